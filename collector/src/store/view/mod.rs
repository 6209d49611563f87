//! What pages and the API show, read in one query each: narrow rows, already joined, by key.
//!
//! Reading order: [`school`], [`device`], [`fault`], [`photo`], [`agent`], [`programme`], [`proof`], [`search`], [`punctuality`]. Comes in: filters, the key after which to go
//! on, a limit. Goes out: rows. What people ask for takes a [`Seen`](super::sight::Seen): nothing is listed
//! without saying for whom. Absent on purpose: writing, words, and the whole values of the core (those are read by the
//! file of their table). Optional filters are null; searched text is folded and matched against folded columns alone.

pub mod agent;
pub mod device;
pub mod fault;
pub mod photo;
pub mod programme;
pub mod proof;
pub mod punctuality;
pub mod school;
pub mod search;

/// Most rows that one call gives: 500 that are shown, and one that tells whether there are more.
pub const MAX_ROWS: i64 = 501;

/// A pattern that finds a folded text anywhere; `None` for an empty search.
pub fn pattern(text: &str) -> Option<String> {
    let folded = crate::domain::folded::fold(text);
    (!folded.is_empty()).then(|| format!("%{}%", folded.chars().take(80).collect::<String>()))
}

/// A text that is there, else null.
pub fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sight::Eyes;
    use crate::store::{Db, Error};
    use rollcall_shared::{DeviceId, SchoolId, Timestamp};

    #[test]
    fn an_empty_database_gives_empty_lists_and_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(folder.path().join("a.db").to_str().unwrap(), Timestamp(0)).unwrap();
        db.read(|tx| -> Result<(), Error> {
            let tx = &mut Eyes::ALL.on(tx);
            let schools = school::Filter { text: pattern("É b"), state: given("fault"), ..Default::default() };
            assert!(school::list(tx, &schools, Some(("a", 1)), 10)?.is_empty());
            assert!(school::by_state(tx)?.is_empty() && school::places(tx, SchoolId(1), "", 10)?.is_empty());
            assert_eq!(school::total(tx)?, school::Counts::default());
            let mut devices = device::Filter { present: Some(true), ..Default::default() };
            devices.search("00:1A:2B:3C");
            assert_eq!(devices.key.as_deref(), Some("%001a2b3c%"));
            assert!(device::list(tx, &devices, 0, 10)?.is_empty() && device::by_kind(tx, None)?.is_empty());
            assert!(device::events(tx, SchoolId(1), Some(DeviceId(1)), 10)?.is_empty() && device::place_of(tx, DeviceId(1))?.is_none());
            assert!(device::presence(tx, SchoolId(1), DeviceId(1), 10)?.is_empty());
            for cleared in [false, true] {
                let filter = fault::Filter { cleared, severity: Some(3), device: Some(1), ..Default::default() };
                assert!(fault::list(tx, &filter, Some((0, 3, 0, 0)), 10)?.is_empty());
            }
            assert!(fault::of_incident(tx, 1, 10)?.is_empty());
            assert!(fault::one(tx, 1, true)?.is_none() && fault::life(tx, 1, 10)?.is_empty() && fault::by_code(tx, None, true)?.is_empty());
            assert!(agent::list(tx, 0, 10)?.is_empty());
            assert_eq!(agent::reporting(tx, Timestamp(0))?, (0, 0));
            assert!(programme::phases(tx)?.is_empty() && programme::kinds(tx, "1")?.is_empty());
            Ok(())
        })
        .unwrap();
    }
}

//! How values cross the wire: JSON in zstd, with a bound on everything, each named here.
//!
//! Comes in: values, and bytes of anybody. Goes out: bytes, and values that were checked. Absent on purpose: HTTP.

use crate::evidence::{Fact, Subject};
use crate::picture::{Gone, Group};
use crate::report::{Batch, Content, Report, Trouble, WIRE_VERSION};
use crate::time::Timestamp;
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserializer, Serialize};
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};
use zstd::zstd_safe::get_frame_content_size;

/// Largest request body, compressed.
pub const MAX_BODY_BYTES: usize = 8 << 20;
/// Largest plain text that a body may unpack to: a stop for zip bombs; the largest honest batch is far below.
pub const MAX_PLAIN_BYTES: usize = 64 << 20;
/// Most reports in one batch (a week of rounds at 5 minutes is 2 016: they travel in several requests).
pub const MAX_BATCH_REPORTS: usize = 256;
/// Most entries (network, subject, probe) in one report.
pub const MAX_GROUPS: usize = 100_000;
/// Most facts in one report.
pub const MAX_FACTS: usize = 400_000;
/// Most readings in one report.
pub const MAX_READINGS: usize = 100_000;
/// Most probe runs in one report.
pub const MAX_PROBE_RUNS: usize = 1_000;
/// Most subjects that a look between two rounds names.
pub const MAX_ONLY: usize = 64;
/// Most troubles in one report; agents fold more into one that counts them.
pub const MAX_TROUBLES: usize = 1_000;
/// Longest name: of a network, a probe, a fact's key, a reading.
pub const MAX_NAME_BYTES: usize = 256;
/// Longest text that a device said (a sysDescr may have 255 octets by RFC 3418, real ones have more; certificates and tables more still).
pub const MAX_TEXT_BYTES: usize = 8_192;
/// Latest instant: the end of the year 9999.
pub const MAX_TIME: i64 = 253_402_300_799;

/// Why bytes were not understood.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// More than a bound allows.
    #[error("{what}: found {found}, at most {most} are allowed")]
    TooLarge {
        /// What was too large.
        what: &'static str,
        /// How large it was (at least).
        found: usize,
        /// The bound.
        most: usize,
    },
    /// An instant that no calendar has.
    #[error("{what}: found {found}, expected seconds since 1970, before the year 10000")]
    Time {
        /// Which one.
        what: &'static str,
        /// What was found.
        found: i64,
    },
    /// Not zstd, or cut short.
    #[error("the body is not whole zstd: {0}")]
    Compression(String),
    /// Not JSON of the expected shape.
    #[error("the body is not the JSON that was expected: {0}")]
    Shape(String),
    /// A later major version.
    #[error("the report speaks wire version {found}, this collector speaks up to {WIRE_VERSION}: update the collector")]
    Version {
        /// The version found.
        found: u16,
    },
}

/// zstd's own default: the best size for its time on reports.
pub const LEVEL: i32 = 3;

/// Compresses a value to send.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, WireError> {
    let plain = serde_json::to_vec(value).map_err(|error| WireError::Shape(error.to_string()))?;
    zstd::bulk::compress(&plain, LEVEL).map_err(compression)
}

thread_local! {
    /// What unpacks, one a thread: to make one anew costs five times what unpacking a difference does.
    static UNPACKER: RefCell<Option<Decoder<'static>>> = const { RefCell::new(None) };
}

/// Unpacks a body, never beyond [`MAX_PLAIN_BYTES`].
pub fn unpack(body: &[u8]) -> Result<Vec<u8>, WireError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(WireError::TooLarge { what: "compressed body in bytes", found: body.len(), most: MAX_BODY_BYTES });
    }
    unpack_within(body, MAX_PLAIN_BYTES)
}

/// Unpacks what need not fit one request, never beyond `most` bytes.
pub fn unpack_within(body: &[u8], most: usize) -> Result<Vec<u8>, WireError> {
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(Decoder::new().map_err(compression)?),
        };
        unpacker.reinit().map_err(compression)?;
        unpack_with(unpacker, body, most)
    })
}

fn unpack_with(unpacker: &mut Decoder<'static>, body: &[u8], most: usize) -> Result<Vec<u8>, WireError> {
    // The first frame's header tells its size, if it was packed in one go; whoever packs otherwise is read all the same.
    let told = get_frame_content_size(body).ok().flatten().and_then(|size| usize::try_from(size).ok()).unwrap_or(body.len() * 6);
    let mut plain = Vec::with_capacity(told.clamp(64, most + 1));
    let mut input = InBuffer::around(body);
    loop {
        let (read, filled) = (input.pos(), plain.len());
        let mut output = OutBuffer::around_pos(&mut plain, filled);
        let missing = unpacker.run(&mut input, &mut output).map_err(compression)?;
        if plain.len() > most {
            return Err(WireError::TooLarge { what: "unpacked body in bytes", found: plain.len(), most });
        }
        let at_end = input.pos() == body.len();
        if missing == 0 && at_end {
            return Ok(plain);
        }
        let is_full = plain.len() == plain.capacity();
        if !is_full && (at_end || (input.pos(), plain.len()) == (read, filled)) {
            return Err(WireError::Compression("it ends in the middle of a frame".to_owned()));
        }
        if is_full {
            plain.reserve(plain.len().min(most + 1 - plain.len()));
        }
    }
}

fn compression(error: std::io::Error) -> WireError {
    WireError::Compression(error.to_string())
}

/// Unpacks and reads a value.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, WireError> {
    serde_json::from_slice(&unpack(body)?).map_err(|error| WireError::Shape(error.to_string()))
}

/// Holds a batch against the bounds.
pub fn check_batch(batch: &Batch) -> Result<(), WireError> {
    within("reports in a batch", batch.reports.len(), MAX_BATCH_REPORTS)?;
    time("time of sending", batch.sent_at)?;
    batch.reports.iter().try_for_each(check_report)
}

/// Holds a report against the bounds.
pub fn check_report(report: &Report) -> Result<(), WireError> {
    if report.wire > WIRE_VERSION {
        return Err(WireError::Version { found: report.wire });
    }
    within("probe runs", report.probes.len(), MAX_PROBE_RUNS)?;
    within("readings", report.readings.len(), MAX_READINGS)?;
    within("troubles", report.troubles.len(), MAX_TROUBLES)?;
    name("agent version", &report.agent_version)?;
    time("begin of the round", report.began_at)?;
    time("end of the round", report.ended_at)?;
    match &report.content {
        Content::Heartbeat => {}
        Content::Full(groups) => check_groups(groups)?,
        Content::Difference { change, .. } => {
            check_groups(&change.put)?;
            check_gone(&change.gone)?;
        }
    }
    for run in &report.probes {
        name("probe name", &run.probe)?;
        name("network name", &run.network)?;
        within("subjects of a look between rounds", run.only.len(), MAX_ONLY)?;
        run.only.iter().try_for_each(subject)?;
    }
    for reading in &report.readings {
        time("time of a reading", reading.at)?;
        name("reading name", &reading.name)?;
        name("reading instance", &reading.instance)?;
        name("network name", &reading.network)?;
        subject(&reading.subject)?;
    }
    report.troubles.iter().try_for_each(check_trouble)
}

fn check_trouble(trouble: &Trouble) -> Result<(), WireError> {
    name("probe name", &trouble.probe)?;
    name("network name", &trouble.network)?;
    name("trouble code", &trouble.code)?;
    trouble.subject.as_ref().map_or(Ok(()), subject)?;
    text("trouble text", &trouble.text)
}

fn check_groups(groups: &[Group]) -> Result<(), WireError> {
    within("entries", groups.len(), MAX_GROUPS)?;
    within("facts", groups.iter().map(|group| group.facts.len()).sum(), MAX_FACTS)?;
    for group in groups {
        name("network name", &group.network)?;
        name("probe name", &group.probe)?;
        subject(&group.subject)?;
        group.facts.iter().try_for_each(check_fact)?;
    }
    Ok(())
}

fn check_gone(gone: &[Gone]) -> Result<(), WireError> {
    within("entries", gone.len(), MAX_GROUPS)?;
    within("facts", gone.iter().map(|gone| gone.keys.len()).sum(), MAX_FACTS)?;
    for gone in gone {
        name("network name", &gone.network)?;
        name("probe name", &gone.probe)?;
        subject(&gone.subject)?;
        gone.keys.iter().try_for_each(|key| name("fact key", key))?;
    }
    Ok(())
}

/// Holds one fact against the bounds.
pub fn check_fact(fact: &Fact) -> Result<(), WireError> {
    name("fact key", &fact.key())?;
    let texts: &[&str] = match fact {
        Fact::Said(said) => &[&said.value],
        Fact::Lease(lease) => &[lease.name.as_deref().unwrap_or(""), lease.vendor_class.as_deref().unwrap_or("")],
        Fact::Interface(row) => &[&row.name, &row.descr, &row.alias],
        Fact::Neighbour(row) => &[&row.local_port, &row.chassis, &row.port, &row.port_descr, &row.name, &row.descr],
        Fact::Entity(row) => {
            &[&row.name, &row.descr, &row.vendor_type, &row.hardware, &row.firmware, &row.software, &row.serial, &row.maker, &row.model]
        }
        Fact::Supply(row) => &[&row.descr, &row.colour],
        Fact::Volume(row) => &[&row.file_system],
        Fact::Service(row) => &[&row.detail],
        Fact::Unknown(row) => &[&row.body],
        Fact::Answers(_) | Fact::Holds(_) | Fact::Forwarding(_) | Fact::Count(_) => &[],
    };
    texts.iter().try_for_each(|value| text("text of a fact", value))
}

fn subject(subject: &Subject) -> Result<(), WireError> {
    match subject {
        Subject::Attached(attached) => name("attached subject", attached),
        _ => Ok(()),
    }
}

fn within(what: &'static str, found: usize, most: usize) -> Result<(), WireError> {
    if found > most { Err(WireError::TooLarge { what, found, most }) } else { Ok(()) }
}

/// Any clock may be wrong by years; beyond the calendar sums of times would overflow.
fn time(what: &'static str, at: Timestamp) -> Result<(), WireError> {
    if (0..=MAX_TIME).contains(&at.0) { Ok(()) } else { Err(WireError::Time { what, found: at.0 }) }
}

fn name(what: &'static str, value: &str) -> Result<(), WireError> {
    within(what, value.len(), MAX_NAME_BYTES)
}

fn text(what: &'static str, value: &str) -> Result<(), WireError> {
    within(what, value.len(), MAX_TEXT_BYTES)
}

/// The first `most` characters of somebody's text, for an error message.
pub fn clip(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// Reads a value from its text form (for types whose wire form is [`std::fmt::Display`]).
pub fn from_text<'de, D: Deserializer<'de>, T: FromStr<Err = String>>(d: D) -> Result<T, D::Error> {
    struct Text<T>(PhantomData<T>);

    impl<T: FromStr<Err = String>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    d.deserialize_str(Text(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AgentId, Picture, StreamId, picture::EntryKey};

    fn report(content: Content) -> Report {
        Report {
            wire: WIRE_VERSION,
            agent_version: "test".into(),
            stream: StreamId(7),
            number: 1,
            began_at: Timestamp(1),
            ended_at: Timestamp(2),
            content,
            hash: Default::default(),
            probes: vec![],
            readings: vec![],
            troubles: vec![],
            every_s: 300,
            folded: 0,
            paused: false,
        }
    }

    #[test]
    fn a_batch_comes_back_as_it_went() {
        let mut picture = Picture::default();
        picture.put(&EntryKey::new("school", Subject::Server, "server"), Fact::said("os.name", "Debian \"12\""));
        let change = Picture::default().difference_to(&picture);
        let reports = vec![
            report(Content::Full(picture.to_groups())),
            report(Content::Difference { from: Default::default(), change }),
            report(Content::Heartbeat),
        ];
        let batch = Batch { agent: AgentId(3), sent_at: Timestamp(9), reports };
        let back: Batch = decode(&encode(&batch).unwrap()).unwrap();
        assert_eq!(back, batch);
        check_batch(&back).unwrap();
    }

    #[test]
    fn truncated_and_foreign_bodies_are_refused() {
        let whole = encode(&report(Content::Heartbeat)).unwrap();
        assert!(matches!(decode::<Report>(&whole[..whole.len() - 4]), Err(WireError::Compression(_))));
        assert!(matches!(decode::<Report>(b"hello"), Err(WireError::Compression(_))));
        assert!(matches!(decode::<Report>(&encode(&42).unwrap()), Err(WireError::Shape(_))));
        assert!(matches!(decode::<Report>(b""), Err(WireError::Compression(_)) | Err(WireError::Shape(_))));
    }

    #[test]
    fn whoever_packs_otherwise_is_read_all_the_same() {
        let plain: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
        // A stream does not tell its size; two frames are one text; what was refused before leaves nothing behind.
        let streamed = zstd::stream::encode_all(plain.as_slice(), LEVEL).unwrap();
        assert!(unpack(&streamed[..streamed.len() / 2]).is_err());
        assert_eq!(unpack(&streamed).unwrap(), plain);
        let two: Vec<u8> = [&plain[..1000], &plain[1000..]].iter().flat_map(|part| zstd::bulk::compress(part, LEVEL).unwrap()).collect();
        assert_eq!(unpack(&two).unwrap(), plain);
        assert!(unpack(&two[..two.len() - 1]).is_err());
    }

    #[test]
    fn a_zip_bomb_stops_at_the_bound() {
        let bomb = zstd::bulk::compress(&vec![b' '; MAX_PLAIN_BYTES + 10], 3).unwrap();
        assert!(bomb.len() < 100_000);
        assert!(matches!(unpack(&bomb), Err(WireError::TooLarge { .. })));
    }

    #[test]
    fn oversize_texts_and_later_versions_are_refused() {
        let long = Group {
            network: "school".into(),
            subject: Subject::Server,
            probe: "server".into(),
            facts: vec![Fact::said("k", "x".repeat(MAX_TEXT_BYTES + 1))],
        };
        assert!(matches!(check_report(&report(Content::Full(vec![long]))), Err(WireError::TooLarge { .. })));
        let never = Report { ended_at: Timestamp(i64::MAX), ..report(Content::Heartbeat) };
        assert!(matches!(check_report(&never), Err(WireError::Time { .. })));
        let later = Report { wire: WIRE_VERSION + 1, ..report(Content::Heartbeat) };
        assert!(matches!(check_report(&later), Err(WireError::Version { .. })));
    }
}

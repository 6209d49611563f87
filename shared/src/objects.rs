//! Which SNMP objects to ask whom for: a table of facts with their sources.
//!
//! Comes in: nothing. Goes out: [`STANDARD`] (objects of standard MIBs); [`NETWORK`], [`WIRELESS`], [`POWER`], [`PRINTING`] and [`EQUIPMENT`]
//! (enterprise objects that tell serial, model, firmware, batteries, clients); and [`groups_for`] to choose among them. The agent asks for each and passes the answer on as a
//! `Said` whose key is the object's name (`sysDescr`; with the instance where it is not `.0`: `hrDeviceDescr.1`); the names are the
//! contract between agent and recognition: they are added, never renamed. Tables that have a fact of their own (interfaces, entities,
//! forwarding, neighbours, supplies) are not here: the agent's parser of each knows its columns.
//! Absent on purpose: what the answers mean (the collector's recognition).

mod equipment;
mod network;
mod power;
mod printing;
mod standard;
mod wireless;

pub use equipment::EQUIPMENT;
pub use network::NETWORK;
pub use power::POWER;
pub use printing::PRINTING;
pub use standard::STANDARD;
pub use wireless::WIRELESS;

/// The tables of makers' own objects.
const MAKERS: [&[Group]; 5] = [NETWORK, WIRELESS, POWER, PRINTING, EQUIPMENT];

/// Objects that are asked for together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// The MIB module or document that defines them (and so what the answers mean).
    pub mib: &'static str,
    /// Who is asked.
    pub whom: Whom,
    /// What the objects' OIDs begin with; [`OWN`] stands for the device's own sysObjectID.
    pub root: &'static str,
    /// The objects.
    pub objects: &'static [Object],
}

/// A [`Group::root`] that stands for the device's own sysObjectID: some makers hang a device's objects under it.
pub const OWN: &str = "@";

/// A [`Group::root`] that stands for the branch in which the device's own sysObjectID lies: others hang the objects beside it.
pub const BESIDE: &str = "@-";

/// Who is asked for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Every device.
    Everyone,
    /// Devices that hold this standard branch (a dotted prefix): one question learns of many branches whether they are there.
    Having(&'static str),
    /// Devices whose sysObjectID lies under one of these enterprise numbers, or that have objects under them: many devices name
    /// net-snmp (8072) in sysObjectID and hang their maker's objects elsewhere.
    Makers(&'static [u32]),
}

const fn group(mib: &'static str, makers: &'static [u32], root: &'static str, objects: &'static [Object]) -> Group {
    Group { mib, whom: Whom::Makers(makers), root, objects }
}

/// One object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Object {
    /// Its name in the MIB (a telling name of ours where the MIB is not published), and in the evidence.
    pub name: &'static str,
    /// Its OID without the instance, relative to the group's root.
    pub oid: &'static str,
    /// How many rows are wanted at most: 1 for a scalar (or the first row), more for a column; 0 where the OID is itself the instance.
    pub rows: u16,
    /// A number that moves by nature: the name of the reading that it becomes, and what to multiply it with to get the reading's unit.
    pub reading: Option<(&'static str, f64)>,
    /// Its octets are no text (BITS, MACs), so they are always told as `0x…`, though they may look like letters.
    pub octets: bool,
    /// How many rows there are is what is told, not what stands in them: a table whose rows come and go (clients of a radio). Here is the object
    /// of the same group whose answer shows that the device keeps such a table: without a row it has none now.
    pub counted_beside: Option<&'static str>,
}

impl Object {
    /// A scalar, or the first row of a column.
    pub const fn one(name: &'static str, oid: &'static str) -> Object {
        Object { name, oid, rows: 1, reading: None, octets: false, counted_beside: None }
    }

    /// A column, of which at most `rows` rows are wanted.
    pub const fn rows(name: &'static str, oid: &'static str, rows: u16) -> Object {
        Object { name, oid, rows, reading: None, octets: false, counted_beside: None }
    }

    /// An exact instance: of a table's row, or of agents that answer a scalar without its `.0`.
    pub const fn exact(name: &'static str, oid: &'static str) -> Object {
        Object { name, oid, rows: 0, reading: None, octets: false, counted_beside: None }
    }

    /// The same object, told in hexadecimal.
    pub const fn raw(mut self) -> Object {
        self.octets = true;
        self
    }

    /// The same object, told as a reading: it moves by nature.
    pub const fn moving(mut self, reading: &'static str, factor: f64) -> Object {
        self.reading = Some((reading, factor));
        self
    }

    /// The same column, of which the number of rows is told as a reading; zero where only the object `beside` is answered.
    pub const fn counted(mut self, reading: &'static str, beside: &'static str) -> Object {
        self.reading = Some((reading, 1.0));
        self.counted_beside = Some(beside);
        self
    }

    /// Its whole OID as numbers, for a device with this sysObjectID; `None` where the group hangs under the device's own sysObjectID
    /// and that is not one of an enterprise.
    pub fn full_oid(&self, root: &str, own: &[u32]) -> Option<Vec<u32>> {
        let is_own = own.len() > ENTERPRISES.len() + 1 && own.starts_with(ENTERPRISES);
        let mut oid = match root {
            OWN if is_own => own.to_vec(),
            BESIDE if is_own => own[..own.len() - 1].to_vec(),
            OWN | BESIDE => return None,
            root => dotted(root),
        };
        oid.extend(dotted(self.oid));
        Some(oid)
    }
}

/// `1.3.6.1.4.1`, under which each maker has a number of its own (IANA private enterprise numbers).
pub const ENTERPRISES: &[u32] = &[1, 3, 6, 1, 4, 1];

/// The numbers of a dotted OID; what is no number is left out.
pub fn dotted(oid: &str) -> Vec<u32> {
    oid.split('.').filter_map(|arc| arc.parse().ok()).collect()
}

/// The enterprise number that an OID lies under.
pub fn enterprise(oid: &[u32]) -> Option<u32> {
    oid.strip_prefix(ENTERPRISES)?.first().copied()
}

/// The groups to ask a device for: `makers` are the enterprises it belongs to or has objects under, `having` tells of a branch whether it is there.
pub fn groups_for<'a>(makers: &'a [u32], having: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = &'static Group> + 'a {
    STANDARD.iter().chain(MAKERS.into_iter().flatten()).filter(move |group| match group.whom {
        Whom::Everyone => true,
        Whom::Having(branch) => having(branch),
        Whom::Makers(numbers) => numbers.iter().any(|number| makers.contains(number)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_is_well_formed() {
        let mut names = BTreeSet::new();
        for group in STANDARD.iter().chain(MAKERS.into_iter().flatten()) {
            assert!(!group.mib.is_empty() && !group.objects.is_empty());
            for object in group.objects {
                let whole = format!("{}.{}", group.root.replace(BESIDE, "1").replace(OWN, "1"), object.oid);
                assert!(whole.split('.').all(|arc| arc.parse::<u32>().is_ok()), "{}: {whole} is no OID", object.name);
                assert!(object.rows <= 1_024, "{}", object.name);
                let beside = object.counted_beside.is_none_or(|beside| group.objects.iter().any(|other| other.name == beside));
                assert!(beside && object.counted_beside != Some(object.name), "{}: counted beside an object of another group", object.name);
                assert!(names.insert((object.name, group.root, object.oid)), "{} stands twice", object.name);
                if let Some((reading, _)) = object.reading {
                    assert!(crate::reading::row(reading).is_some(), "{}: no reading is called {reading}", object.name);
                }
            }
        }
    }

    #[test]
    fn one_name_is_one_object_within_what_a_device_is_asked() {
        for group in MAKERS.into_iter().flatten() {
            let Whom::Makers(numbers) = group.whom else { continue };
            for number in numbers {
                let mut names = BTreeSet::new();
                for object in groups_for(&[*number], |_| true).flat_map(|group| group.objects) {
                    assert!(names.insert(object.name), "enterprise {number} is asked for two objects called {}", object.name);
                }
            }
        }
    }

    #[test]
    fn own_objects_hang_under_the_devices_own_identifier() {
        let object = Object::one("x", "1.2");
        assert_eq!(object.full_oid(OWN, &dotted("1.3.6.1.4.1.4555.2.30")), Some(dotted("1.3.6.1.4.1.4555.2.30.1.2")));
        assert_eq!(object.full_oid(OWN, &dotted("1.3.6.1.4.1")), None);
        assert_eq!(object.full_oid(BESIDE, &dotted("1.3.6.1.4.1.259.10.1.24.101")), Some(dotted("1.3.6.1.4.1.259.10.1.24.1.2")));
        assert_eq!(object.full_oid("1.3", &[]), Some(vec![1, 3, 1, 2]));
        assert_eq!(enterprise(&dotted("1.3.6.1.4.1.9.1.5")), Some(9));
        assert_eq!(enterprise(&dotted("1.3.6.1.2.1")), None);
    }
}

//! Who is who, by a person's decision: two devices that are one, one device that is two, and both taken back.
//!
//! Comes in: devices as they are, and as they were before a decision. Goes out: devices as the decision makes them, or why it cannot be.
//! Absent on purpose: matching by keys ([`super::fleet`]), who decided and when (the store's).
//!
//! A decision moves *keys*: whoever owns a key is seen where that key is seen, so that it sticks without a further rule. What a device
//! lived through stays under its own number; a merge puts the other one aside, whole, and undoing brings it back.

use super::device::{Device, Key, KeyRank};
use rollcall_shared::{DeviceId, Mac, Timestamp};
use std::collections::BTreeSet;

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Two devices are one thing.
    Merge,
    /// One device is two things.
    Split,
}

impl What {
    /// Its code in tables.
    pub fn code(self) -> &'static str {
        match self {
            What::Merge => "merge",
            What::Split => "split",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<What> {
        [What::Merge, What::Split].into_iter().find(|what| what.code() == code)
    }
}

/// Why a decision cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A device is itself.
    #[error("a device cannot be merged with itself")]
    Itself,
    /// Both are seen now, in two schools: they are two.
    #[error("both are seen now, in two schools: they cannot be one thing")]
    BothSeen,
    /// Both say a serial number, and not the same.
    #[error("they say different serial numbers: split off the wrong number first, or confirm that you have read it on the device")]
    TwoSerials,
    /// No key is chosen, or one that the device has not.
    #[error("choose at least one key that the device has")]
    NoKey,
    /// Nothing would be left.
    #[error("leave at least one key to the device itself")]
    AllKeys,
    /// What was decided was changed again since.
    #[error("a later decision builds on this one: undo that first")]
    BuiltUpon,
    /// It was undone already.
    #[error("this was undone already")]
    Undone,
}

/// One device of two: keys and what is known of both; where both know something the kept one's word stands. `confirmed`: a person read the
/// serial number on the device, so that two different ones do not hinder.
pub fn merged(kept: &Device, other: &Device, confirmed: bool) -> Result<Device, Refused> {
    if kept.id == other.id {
        return Err(Refused::Itself);
    }
    if kept.present && other.present && kept.school != other.school {
        return Err(Refused::BothSeen);
    }
    let serial = |device: &Device| device.keys.iter().filter(|key| key.rank == KeyRank::Serial).cloned().collect::<BTreeSet<Key>>();
    let (of_kept, of_other) = (serial(kept), serial(other));
    if !confirmed && !of_kept.is_empty() && !of_other.is_empty() && of_kept.is_disjoint(&of_other) {
        return Err(Refused::TwoSerials);
    }
    // Where it is now is where it was seen last.
    let newer = if (other.present, other.turned_at) > (kept.present, kept.turned_at) { other } else { kept };
    let mut device = Device {
        school: newer.school,
        network: newer.network.clone(),
        addresses: newer.addresses.clone(),
        probes: newer.probes.clone(),
        present: newer.present,
        turned_at: newer.turned_at,
        turned_round: newer.turned_round,
        place: newer.place.clone().or_else(|| kept.place.clone()),
        first_seen_at: kept.first_seen_at.min(other.first_seen_at),
        ..kept.clone()
    };
    let named = device.keys.iter().any(|key| key.rank == KeyRank::Name);
    device.keys.extend(other.keys.iter().filter(|key| !named || key.rank != KeyRank::Name).cloned());
    device.keys.sort();
    device.keys.dedup();
    if kept.present && other.present {
        let met: BTreeSet<_> = device.addresses.iter().chain(&kept.addresses).chain(&other.addresses).cloned().collect();
        device.addresses = met.into_iter().collect();
    }
    device.kind = kept.kind.or(other.kind);
    for (mine, theirs) in [
        (&mut device.vendor, &other.vendor),
        (&mut device.model, &other.model),
        (&mut device.serial, &other.serial),
        (&mut device.name, &other.name),
        (&mut device.os, &other.os),
        (&mut device.os_version, &other.os_version),
        (&mut device.firmware, &other.firmware),
    ] {
        if mine.is_none() {
            mine.clone_from(theirs);
        }
    }
    let told: BTreeSet<&str> = kept.why.iter().map(|why| why.about).collect();
    device.why.extend(other.why.iter().filter(|why| !told.contains(why.about)).cloned());
    Ok(device)
}

/// Both devices after a merge is undone: `now` is the merged one as it is, the others are what was put aside. Keys that were learnt since
/// stay with the kept one; the next look says which of the two is there.
pub fn unmerged(now: &Device, kept: &Device, other: &Device, at: Timestamp) -> (Device, Device) {
    let back: BTreeSet<&Key> = other.keys.iter().filter(|key| !kept.keys.contains(key)).collect();
    let device = Device {
        keys: now.keys.iter().filter(|key| !back.contains(key)).cloned().collect(),
        kind: kept.kind,
        vendor: kept.vendor.clone(),
        model: kept.model.clone(),
        serial: kept.serial.clone(),
        name: kept.name.clone(),
        os: kept.os.clone(),
        os_version: kept.os_version.clone(),
        firmware: kept.firmware.clone(),
        why: kept.why.clone(),
        first_seen_at: kept.first_seen_at,
        ..now.clone()
    };
    (device, absent(other, at))
}

/// The device without some of its keys, and a new one (`id`) that has them. What was known stays with the first; the next look says what
/// the second is.
pub fn split(device: &Device, keys: &BTreeSet<Key>, id: DeviceId, at: Timestamp) -> Result<(Device, Device), Refused> {
    let moves = |key: &&Key| keys.contains(*key) && key.rank != KeyRank::Name;
    let moved: Vec<Key> = device.keys.iter().filter(moves).cloned().collect();
    if moved.is_empty() || moved.len() < keys.len() {
        return Err(Refused::NoKey);
    }
    let left: Vec<Key> = device.keys.iter().filter(|key| !keys.contains(key)).cloned().collect();
    if left.iter().all(|key| key.rank == KeyRank::Name) {
        return Err(Refused::AllKeys);
    }
    let has = |mac: &Mac| moved.iter().any(|key| key.rank == KeyRank::Mac && key.text == mac.to_string().replace(':', ""));
    let (theirs, mine) = device.addresses.iter().cloned().partition(|address| address.mac.as_ref().is_some_and(has));
    let first = Device { keys: left, addresses: mine, ..device.clone() };
    let second = Device {
        id,
        keys: moved,
        addresses: theirs,
        kind: None,
        vendor: None,
        model: None,
        os: None,
        os_version: None,
        serial: None,
        firmware: None,
        name: None,
        place: None,
        parts: Vec::new(),
        signs: Vec::new(),
        why: Vec::new(),
        confidence: 0,
        first_seen_at: at,
        ..absent(device, at)
    };
    Ok((first, second))
}

fn absent(device: &Device, at: Timestamp) -> Device {
    match device.present {
        true => Device { present: false, turned_at: at, ..device.clone() },
        false => device.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::{Address, Part, PartSort, Why};
    use crate::domain::fleet::tests::{blank, key};
    use crate::domain::kind::Kind;
    use rollcall_shared::SchoolId;

    const AT: Timestamp = Timestamp(9_000);

    fn known(id: i64, keys: &[(KeyRank, &str)], name: Option<&str>) -> Device {
        Device { keys: keys.iter().map(|(rank, text)| key(*rank, text)).collect(), name: name.map(str::to_owned), ..blank(id) }
    }

    fn server() -> Device {
        known(1, &[(KeyRank::Serial, "dell:abc"), (KeyRank::Mac, "001122334455")], Some("kwartz"))
    }

    fn its_second_card() -> Device {
        Device { first_seen_at: Timestamp(-5), present: true, ..known(2, &[(KeyRank::Mac, "00aabbccddee")], None) }
    }

    #[test]
    fn two_cards_of_one_server_become_one_device_and_two_again() {
        let one = merged(&server(), &its_second_card(), false).unwrap();
        assert_eq!((one.id.0, one.keys.len(), one.present, one.first_seen_at), (1, 3, true, Timestamp(-5)));
        assert_eq!(one.name.as_deref(), Some("kwartz"));
        let (first, second) = unmerged(&one, &server(), &its_second_card(), AT);
        assert_eq!(first.keys, server().keys);
        assert_eq!(first.first_seen_at, server().first_seen_at);
        assert_eq!(second, Device { present: false, turned_at: AT, ..its_second_card() });
    }

    #[test]
    fn a_key_that_was_learnt_while_they_were_one_stays_with_the_kept() {
        let mut one = merged(&server(), &its_second_card(), false).unwrap();
        one.keys.push(key(KeyRank::Uuid, "u"));
        let (first, second) = unmerged(&one, &server(), &its_second_card(), AT);
        assert!(first.keys.contains(&key(KeyRank::Uuid, "u")) && second.keys == its_second_card().keys);
    }

    /// A device of which everything is told, each text with this ending.
    fn told(id: i64, ending: &str) -> Device {
        let some = |text: &str| Some(format!("{text}{ending}"));
        let why = |about: &'static str| Why { about, value: ending.into(), probe: "snmp".into(), ground: String::new(), confidence: 50 };
        Device {
            kind: Some(Kind::Server),
            vendor: some("dell"),
            model: some("r340"),
            serial: some("sn"),
            name: some("kwartz"),
            os: some("linux"),
            os_version: some("11"),
            firmware: some("2"),
            why: vec![why("kind"), why("name")],
            keys: vec![key(KeyRank::Mac, &format!("00112233445{id}"))],
            ..blank(id)
        }
    }

    fn texts(device: &Device) -> Vec<&str> {
        let all = [&device.vendor, &device.model, &device.serial, &device.name, &device.os, &device.os_version, &device.firmware];
        all.into_iter().map(|text| text.as_deref().unwrap_or("-")).collect()
    }

    #[test]
    fn of_two_that_are_one_what_the_kept_tells_goes_before_and_undone_each_has_its_own() {
        let (first, second) = (told(1, "-a"), told(2, "-b"));
        let one = merged(&first, &second, true).unwrap();
        assert_eq!(texts(&one), texts(&first));
        let untold = Device { kind: None, why: vec![first.why[0].clone()], ..known(1, &[(KeyRank::Mac, "001122334451")], None) };
        let one = merged(&untold, &second, true).unwrap();
        assert_eq!((texts(&one), one.kind), (texts(&second), Some(Kind::Server)));
        let whys: Vec<&str> = one.why.iter().map(|why| why.value.as_str()).collect();
        assert_eq!(whys, ["-a", "-b"], "the ground of the kept for the kind, that of the other for the name");
        // Undone, nothing of the other stays with the first.
        let (back, other) = unmerged(&one, &untold, &second, AT);
        assert_eq!((texts(&back), back.kind, back.why.len(), &back.keys), (texts(&untold), None, 1, &untold.keys));
        assert_eq!(texts(&other), texts(&second));
    }

    #[test]
    fn one_name_is_enough_and_addresses_are_of_both_while_both_are_seen() {
        let address = |last: u8| Address { mac: None, ip: Some([10, 0, 0, last].into()) };
        let named =
            |id: i64, name: &str, last: u8| Device { present: true, addresses: vec![address(last)], ..known(id, &[(KeyRank::Name, name)], None) };
        let one = merged(&named(1, "pc-1", 5), &named(2, "pc-2", 6), false).unwrap();
        assert_eq!(one.keys, [key(KeyRank::Name, "pc-1")]);
        assert_eq!(one.addresses, [address(5), address(6)]);
        let gone = Device { present: false, ..named(2, "pc-2", 6) };
        assert_eq!(merged(&named(1, "pc-1", 5), &gone, false).unwrap().addresses, [address(5)]);
        let nameless = known(1, &[(KeyRank::Mac, "001122334455")], None);
        assert_eq!(merged(&nameless, &gone, false).unwrap().keys.len(), 2);
    }

    #[test]
    fn what_is_split_off_takes_its_addresses_and_is_otherwise_unknown() {
        let mac = |text: &str| Some(text.parse().unwrap());
        let device = Device {
            addresses: vec![Address { mac: mac("00:11:22:33:44:51"), ip: None }, Address { mac: mac("00:11:22:33:44:52"), ip: None }],
            present: true,
            confidence: 90,
            keys: vec![key(KeyRank::Mac, "001122334451"), key(KeyRank::Mac, "001122334452")],
            ..told(1, "-a")
        };
        let (first, second) = split(&device, &BTreeSet::from([key(KeyRank::Mac, "001122334452")]), DeviceId(7), AT).unwrap();
        assert_eq!((first.addresses.len(), first.addresses[0].mac, texts(&first)), (1, mac("00:11:22:33:44:51"), texts(&device)));
        assert_eq!((second.addresses.len(), second.addresses[0].mac), (1, mac("00:11:22:33:44:52")));
        assert_eq!((texts(&second), second.kind, second.confidence, second.why.len()), (vec!["-"; 7], None, 0, 0));
        assert_eq!((second.present, second.turned_at, second.first_seen_at), (false, AT, AT), "the next look says whether it is there");
    }

    #[test]
    fn what_cannot_be_one_thing_is_refused() {
        assert_eq!(merged(&server(), &server(), false), Err(Refused::Itself));
        let elsewhere = Device { school: SchoolId(2), present: true, ..its_second_card() };
        let here = Device { present: true, ..server() };
        assert_eq!(merged(&here, &elsewhere, true), Err(Refused::BothSeen));
        let other_serial = known(3, &[(KeyRank::Serial, "dell:xyz")], None);
        assert_eq!(merged(&server(), &other_serial, false), Err(Refused::TwoSerials));
        assert!(merged(&server(), &other_serial, true).is_ok(), "a person has read the number on the device");
    }

    #[test]
    fn what_was_read_of_the_parts_stays_with_the_first() {
        let part = Part { sort: PartSort::Disk, key: "sda".into(), label: "sda".into(), capacity: 1e12 };
        let device = Device { parts: vec![part], ..server() };
        let (first, second) = split(&device, &BTreeSet::from([key(KeyRank::Mac, "001122334455")]), DeviceId(7), AT).unwrap();
        assert_eq!((first.parts.len(), second.parts.len()), (1, 0));
    }

    #[test]
    fn a_split_moves_the_chosen_keys_and_nothing_else() {
        let chosen = BTreeSet::from([key(KeyRank::Mac, "001122334455")]);
        let (first, second) = split(&server(), &chosen, DeviceId(7), AT).unwrap();
        assert_eq!(first.keys, [key(KeyRank::Serial, "dell:abc")]);
        assert_eq!((second.id, second.keys, second.name), (DeviceId(7), vec![key(KeyRank::Mac, "001122334455")], None));
        assert_eq!(split(&server(), &BTreeSet::new(), DeviceId(7), AT), Err(Refused::NoKey));
        let all: BTreeSet<Key> = server().keys.into_iter().collect();
        assert_eq!(split(&server(), &all, DeviceId(7), AT), Err(Refused::AllKeys));
        assert_eq!(split(&server(), &BTreeSet::from([key(KeyRank::Mac, "ffffffffff00")]), DeviceId(7), AT), Err(Refused::NoKey));
    }

    proptest::proptest! {
        /// Merging and undoing loses no key and gives none to both.
        #[test]
        fn undoing_a_merge_gives_every_key_back(a in 1u8..8, b in 0u8..8) {
            let keys = |bits: u8, from: usize| (0..3).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| key(KeyRank::Mac, &format!("00112233445{}", from + bit)));
            let (first, second) = (Device { keys: keys(a, 0).collect(), ..blank(1) }, Device { keys: keys(b, 3).collect(), ..blank(2) });
            let one = merged(&first, &second, false).unwrap();
            let (back_first, back_second) = unmerged(&one, &first, &second, AT);
            proptest::prop_assert_eq!(back_first.keys, first.keys);
            proptest::prop_assert_eq!(back_second.keys, second.keys);
        }
    }
}

//! Devices laid beside places, line by line, and laws that hold for any school.
//!
//! Comes in: places, devices, assets. Goes out: pass, or who stands elsewhere. Absent on purpose: plans.

use super::*;
use crate::domain::device::{Attachment, Key};
use rollcall_shared::{SchoolId, Subject, Timestamp};

fn device(id: i64, kind: Kind, model: &str, port: &str) -> Device {
    Device {
        id: DeviceId(id),
        school: SchoolId(1),
        network: "school".into(),
        keys: vec![Key { rank: KeyRank::Mac, text: format!("0000000000{id:02x}") }],
        kind: Some(kind),
        vendor: None,
        model: (!model.is_empty()).then(|| model.to_owned()),
        os: None,
        os_version: None,
        serial: Some(format!("SN-{id}")),
        firmware: None,
        name: None,
        addresses: vec![],
        place: (!port.is_empty()).then(|| Attachment { at: Subject::Server, device: "sw01".into(), port: port.into() }),
        parts: vec![],
        signs: vec![],
        probes: vec!["snmp".into()],
        confidence: 90,
        why: vec![],
        first_seen_at: Timestamp(id),
        present: true,
        turned_at: Timestamp(id),
        turned_round: 1,
    }
}

fn place(key: &str, kind: Kind, room: &str, model: &str) -> Place {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let day = jiff::civil::date(2026, 9, 1);
    Place {
        key: key.into(),
        kind,
        room: some(room),
        kit: "classe".into(),
        phase: "1".into(),
        model: some(model),
        due: Some((day, day)),
        pinned: None,
        known_by: KnownBy::Seen,
        inside: None,
        life: Life::Open,
    }
}

/// Lays with rooms A and B behind ports 1 and 2, and writes `place=device:outcome:reason` in one line.
fn check(places: &[Place], devices: &[Device], assets: &[Registered], before: &[(&str, i64)], expected: &str) {
    let before = before.iter().map(|(key, id)| (key.to_string(), DeviceId(*id))).collect();
    let patch = [("1", "A"), ("2", "B")].map(|(port, room)| (("sw01".to_owned(), port.to_owned()), room.to_owned())).into();
    let today = jiff::civil::date(2026, 11, 22);
    let laying = Laying {
        places,
        before: &before,
        devices,
        assets,
        patch: &patch,
        faulty: &BTreeSet::new(),
        decided: &Decided::default(),
        followed: true,
        today,
    };
    let told: Vec<String> = lay(&laying)
        .iter()
        .map(|filled| match (filled.device, filled.reason) {
            (Some(id), Some(reason)) => format!("{}={id}:{}:{}", filled.key, filled.outcome.code(), reason.code()),
            _ => format!("{}:{}", filled.key, filled.outcome.code()),
        })
        .collect();
    assert_eq!(told.join(" "), expected);
}

#[test]
fn by_room_then_model_then_kind() {
    let places = [place("p1", Kind::Projector, "A", ""), place("p2", Kind::Projector, "B", ""), place("p3", Kind::Projector, "C", "")];
    let devices = [device(1, Kind::Projector, "", "2"), device(2, Kind::Projector, "", "1")];
    check(&places, &devices, &[], &[], "p1=2:installed:room p2=1:installed:room p3:due_missing");
}

#[test]
fn a_device_keeps_its_place_while_it_fits() {
    let places = [place("p1", Kind::Tablet, "", ""), place("p2", Kind::Tablet, "", "")];
    let devices = [device(1, Kind::Tablet, "", ""), device(2, Kind::Tablet, "", "")];
    check(&places, &devices, &[], &[("p1", 2)], "p1=2:installed:kept p2=1:installed:model");
    let moved = [place("p1", Kind::Projector, "A", ""), place("p2", Kind::Projector, "B", "")];
    check(&moved, &[device(1, Kind::Projector, "", "2")], &[], &[("p1", 1)], "p1:due_missing p2=1:installed:room");
}

#[test]
fn another_model_fills_the_place_and_is_said() {
    let places = [place("p1", Kind::Projector, "", "EB-685*")];
    check(&places, &[device(1, Kind::Projector, "NP-M403H", "")], &[], &[], "p1=1:other_model:kind");
    check(&places, &[device(1, Kind::Projector, "EB-685Wi", "")], &[], &[], "p1=1:installed:model");
}

#[test]
fn an_interactive_projector_is_one_that_says_it_is_a_projector() {
    let places = [
        place("i1", Kind::InteractiveProjector, "A", "EB-685Wi"),
        place("i2", Kind::InteractiveProjector, "", ""),
        place("p1", Kind::Projector, "", ""),
    ];
    // Room and model before kind; a place that asks for what is seen before one that asks for what cannot be told.
    let wall = device(1, Kind::Projector, "EB-685Wi", "1");
    check(&places, std::slice::from_ref(&wall), &[], &[], "i1=1:installed:room i2:due_missing p1:due_missing");
    let others = [device(2, Kind::Projector, "NP-M403H", ""), device(3, Kind::Projector, "NP-M403H", "")];
    check(&places, &[&[wall.clone()][..], &others[..1]].concat(), &[], &[], "i1=1:installed:room i2:due_missing p1=2:installed:model");
    check(&places, &[&[wall.clone()][..], &others].concat(), &[], &[], "i1=1:installed:room i2=3:installed:model p1=2:installed:model");
    // It keeps its place.
    check(&places[1..2], &[wall], &[], &[("i2", 1)], "i2=1:installed:kept");
}

#[test]
fn a_declared_mac_gives_the_kind_that_nothing_else_tells() {
    let silent = Device { kind: None, serial: None, ..device(7, Kind::Unknown, "", "") };
    let asset = Registered {
        label: "T-07".into(),
        serial: None,
        kind: Kind::Tablet,
        model: Some("iPad".into()),
        macs: vec!["00:00:00:00:00:07".parse().unwrap()],
        room: None,
        state: AssetState::InService,
        delivered: true,
        legacy: false,
        back_on: None,
    };
    check(&[place("p1", Kind::Tablet, "", "")], std::slice::from_ref(&silent), std::slice::from_ref(&asset), &[], "p1=7:installed:model");
    let pinned = Place { pinned: Some("T-08".into()), ..place("p1", Kind::Tablet, "", "") };
    let lent = Registered { label: "T-08".into(), macs: vec![], state: AssetState::Lent, ..asset };
    check(&[pinned], &[], &[lent], &[], "p1:lent");
}

/// A device that the register knows by its serial as legacy.
fn legacy_asset(id: i64) -> Registered {
    Registered { legacy: true, ..asset(id) }
}

fn asset(id: i64) -> Registered {
    Registered {
        label: format!("SN-{id}"),
        serial: None,
        kind: Kind::Desktop,
        model: None,
        macs: vec![],
        room: None,
        state: AssetState::InService,
        delivered: false,
        legacy: false,
        back_on: None,
    }
}

fn with(life: Life, place: Place) -> Place {
    Place { life, ..place }
}

#[test]
fn what_was_there_before_counts_until_it_is_replaced() {
    let place = |key: &str, life| with(life, place(key, Kind::Desktop, "", ""));
    let devices = [device(1, Kind::Desktop, "", ""), device(2, Kind::Desktop, "", "")];
    let old = [legacy_asset(1)];
    // The legacy PC holds the new place as long as nothing better is there.
    check(&[place("new", Life::Replaces)], &devices[..1], &old, &[], "new=1:legacy:kind");
    check(&[place("new", Life::Replaces)], &devices, &old, &[("new", 1)], "new=2:installed:model");
    // It has a place of its own; when the new one is there it is to go.
    let places = [place("old", Life::Legacy), place("new", Life::Replaces)];
    check(&places, &devices[..1], &old, &[], "old=1:legacy:kind new:due_missing");
    check(&places, &devices, &old, &[("old", 1)], "old=1:to_reassign:kept new=2:installed:model");
    // Nobody misses what is gone.
    check(&places, &[], &[], &[], "old:legacy_gone new:due_missing");
}

#[test]
fn a_place_that_is_over_keeps_what_stands_there_until_it_is_seen_elsewhere() {
    let over = with(Life::Over(Over::ClassClosed), place("closed", Kind::Projector, "A", ""));
    let places = [over, place("other", Kind::Projector, "B", "")];
    let stands = |port: &str| device(1, Kind::Projector, "", port);
    // It is not taken for the one that is missing next door …
    check(&places, &[stands("1")], &[], &[("closed", 1)], "closed=1:to_reassign:kept other:due_missing");
    check(&places, &[stands("")], &[], &[("closed", 1)], "closed=1:to_reassign:kept other:due_missing");
    // … until it is seen there.
    check(&places, &[stands("2")], &[], &[("closed", 1)], "closed:closed other=1:installed:room");
    check(&places, &[], &[], &[], "closed:closed other:due_missing");
}

#[test]
fn a_person_puts_a_device_to_a_place_and_accepts_another_model() {
    let places = [place("p1", Kind::Projector, "", "EB-685*"), place("p2", Kind::Projector, "", "")];
    let devices = [device(1, Kind::Projector, "NP-M403H", ""), device(2, Kind::Projector, "", "")];
    let lay_with = |decided: Decided| {
        let (before, patch, faulty) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let today = jiff::civil::date(2026, 11, 22);
        let laying = Laying {
            places: &places,
            before: &before,
            devices: &devices,
            assets: &[],
            patch: &patch,
            faulty: &faulty,
            decided: &decided,
            followed: true,
            today,
        };
        lay(&laying)
            .iter()
            .map(|filled| format!("{}:{}:{}", filled.device.unwrap(), filled.outcome.code(), filled.reason.unwrap().code()))
            .collect::<Vec<_>>()
    };
    assert_eq!(lay_with(Decided::default()), ["2:installed:kind", "1:installed:model"], "what says no model may be the one");
    let chosen = BTreeMap::from([("p1".to_owned(), DeviceId(1))]);
    assert_eq!(lay_with(Decided { chosen: chosen.clone(), ..Decided::default() }), ["1:other_model:chosen", "2:installed:model"]);
    let accepted = BTreeSet::from([("classe".to_owned(), fold("NP-M403H"))]);
    assert_eq!(lay_with(Decided { chosen, accepted, ..Decided::default() }), ["1:installed:chosen", "2:installed:model"], "or equivalent");
}

#[test]
fn a_case_is_there_when_one_of_its_tablets_is() {
    let case = |key: &str| Place { known_by: KnownBy::Through, ..place(key, Kind::Case, "", "") };
    let tablet = |key: &str, inside: &str| Place { inside: Some(inside.into()), ..place(key, Kind::Tablet, "", "") };
    let places = [case("c1"), tablet("c1/1", "c1"), tablet("c1/2", "c1"), case("c2"), tablet("c2/1", "c2")];
    check(&places[..4], &[device(1, Kind::Tablet, "", "")], &[], &[], "c1:installed c1/1=1:installed:model c1/2:due_missing c2:to_be_counted");
    check(&places, &[], &[], &[], "c1:to_be_counted c1/1:due_missing c1/2:due_missing c2:to_be_counted c2/1:due_missing");
}

#[test]
fn what_no_network_sees_is_there_once_somebody_counted_it() {
    let by_hand = |key: &str, label: Option<&str>| Place {
        known_by: KnownBy::Hand,
        pinned: label.map(str::to_owned),
        ..place(key, Kind::DocumentCamera, "", "")
    };
    let places = [by_hand("d#1", Some("D-1")), by_hand("d#2", None), by_hand("d#3", None), place("p1", Kind::Projector, "", "")];
    let (before, patch, faulty) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    // A projector speaks for itself: a count does not make one.
    // Another school has the same kit: what was counted there says nothing of d#3 here.
    let counted = ["d1", "ad2", "ap1", "bd3"].map(str::to_owned).into();
    let decided = Decided { school: "a".to_owned(), counted, ..Decided::default() };
    let today = jiff::civil::date(2026, 11, 28);
    let laying = Laying {
        places: &places,
        before: &before,
        devices: &[],
        assets: &[],
        patch: &patch,
        faulty: &faulty,
        decided: &decided,
        followed: true,
        today,
    };
    let told: Vec<_> = lay(&laying).iter().map(|filled| (filled.outcome.code(), filled.reason.map(Reason::code))).collect();
    assert_eq!(told, [("installed", Some("counted")), ("installed", Some("counted")), ("to_be_counted", None), ("due_missing", None)]);
}

#[test]
fn what_the_register_has_here_may_be_seen_elsewhere_or_be_aside() {
    let pinned = Place { pinned: Some("SN-9".into()), ..place("p1", Kind::Desktop, "", "") };
    let (before, patch, faulty) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let decided = Decided { elsewhere: BTreeMap::from([("SN-9".to_owned(), "jaures".to_owned())]), ..Decided::default() };
    let retired = Registered { state: AssetState::Retired, ..asset(3) };
    let spare = Registered { state: AssetState::Spare, ..asset(4) };
    let assets = [asset(9), legacy_asset(2), retired, spare];
    let devices =
        [device(2, Kind::Printer, "", ""), device(3, Kind::Desktop, "", ""), device(4, Kind::Printer, "", ""), device(5, Kind::Unknown, "", "")];
    let laying = Laying {
        places: &[pinned],
        before: &before,
        devices: &devices,
        assets: &assets,
        patch: &patch,
        faulty: &faulty,
        decided: &decided,
        followed: true,
        today: jiff::civil::date(2026, 11, 22),
    };
    let filled = lay(&laying);
    assert_eq!(filled[0].outcome, Outcome::SeenElsewhere);
    let what: Vec<(i64, Aside)> = aside(&laying, &filled).into_iter().map(|(id, aside)| (id.0, aside)).collect();
    assert_eq!(what, [(2, Aside::Legacy), (3, Aside::Out), (4, Aside::Kept), (5, Aside::NotPlanned)]);
    assert_eq!(unseen(&devices, &assets), [("SN-9".to_owned(), "SN-9".to_owned())]);
}

mod laws {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [Kind; 3] = [Kind::Tablet, Kind::Projector, Kind::Desktop];
    const LIVES: [Life; 5] = [Life::Open, Life::Open, Life::Replaces, Life::Legacy, Life::Over(Over::ClassClosed)];
    const STATES: [AssetState; 5] = [AssetState::InService, AssetState::InService, AssetState::Lent, AssetState::Retired, AssetState::Spare];

    prop_compose! {
        fn some_place()(kind in 0..3usize, room in 0..3usize, model in 0..3usize, life in 0..5usize, pin in prop::option::of(0..12i64), due in any::<bool>()) -> Place {
            let rooms = ["", "A", "B"];
            let models = ["", "EB*", "iPad"];
            let day = if due { jiff::civil::date(2026, 9, 1) } else { jiff::civil::date(2027, 9, 1) };
            Place { pinned: pin.map(|pin| format!("SN-{pin}")), due: Some((day, day)), ..with(LIVES[life], place("", KINDS[kind], rooms[room], models[model])) }
        }
    }

    prop_compose! {
        fn some_device()(kind in 0..4usize, port in 0..3usize, model in 0..4usize, present in any::<bool>(), seen in 0..10u8) -> Device {
            let kind = KINDS.get(kind).copied().unwrap_or(Kind::Unknown);
            let probes = if seen == 0 { vec![] } else { vec!["snmp".to_owned()] };
            Device { present, probes, ..device(0, kind, ["", "EB-685", "iPad 9", "NP"][model], ["", "1", "2"][port]) }
        }
    }

    prop_compose! {
        fn some_asset()(id in 0..12i64, kind in 0..3usize, legacy in any::<bool>(), state in 0..5usize, delivered in any::<bool>(), room in 0..3usize) -> Registered {
            let room = ["", "A", "B"][room];
            Registered { kind: KINDS[kind], legacy, state: STATES[state], delivered, room: (!room.is_empty()).then(|| room.to_owned()), ..asset(id) }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// For any school: laying again changes nothing; no device is in two places, no place has two devices; every place has an
        /// outcome, every device is placed or aside; a device that is chosen for a place stands there.
        #[test]
        fn laying_is_stable_and_loses_nothing(
            mut places in prop::collection::vec(some_place(), 0..14),
            mut devices in prop::collection::vec(some_device(), 0..12),
            assets in prop::collection::vec(some_asset(), 0..10),
            before in prop::collection::btree_map(0..14usize, 0..12i64, 0..8),
            chosen in prop::collection::btree_map(0..14usize, 0..12i64, 0..3),
            faulty in prop::collection::btree_set(0..12i64, 0..3),
            followed in any::<bool>(),
        ) {
            for (number, place) in places.iter_mut().enumerate() {
                place.key = format!("p{number:02}");
            }
            for (number, device) in devices.iter_mut().enumerate() {
                let own = self::device(number as i64, Kind::Tablet, "", "");
                (device.id, device.keys, device.serial, device.first_seen_at) = (own.id, own.keys, own.serial, Timestamp((number as i64 * 7) % 5));
            }
            let named = |map: BTreeMap<usize, i64>| -> BTreeMap<String, DeviceId> {
                let mut taken = BTreeSet::new();
                map.into_iter().filter(|(_, id)| taken.insert(*id)).map(|(place, id)| (format!("p{place:02}"), DeviceId(id))).collect()
            };
            let patch = [("1", "A"), ("2", "B")].map(|(port, room)| (("sw01".to_owned(), port.to_owned()), room.to_owned())).into();
            let decided = Decided { chosen: named(chosen), ..Decided::default() };
            let (before, faulty) = (named(before), faulty.into_iter().map(DeviceId).collect());
            let today = jiff::civil::date(2026, 11, 22);
            let laying =
                Laying { places: &places, before: &before, devices: &devices, assets: &assets, patch: &patch, faulty: &faulty, decided: &decided, followed, today };
            let filled = lay(&laying);

            prop_assert_eq!(filled.iter().map(|filled| &filled.key).collect::<Vec<_>>(), places.iter().map(|place| &place.key).collect::<Vec<_>>());
            let standing: Vec<DeviceId> = filled.iter().filter_map(|filled| filled.device).collect();
            prop_assert_eq!(standing.iter().collect::<BTreeSet<_>>().len(), standing.len(), "a device in two places");
            prop_assert_eq!(standing.len() + aside(&laying, &filled).len(), devices.len(), "a device is lost");
            for filled in &filled {
                let empty = [Outcome::DeliveredNotSeen, Outcome::InRepair, Outcome::Lent, Outcome::DueMissing, Outcome::NotYetDue, Outcome::ToBeCounted,
                    Outcome::NotFollowed, Outcome::LegacyGone, Outcome::SeenElsewhere, Outcome::Closed];
                prop_assert_eq!(filled.device.is_none(), empty.contains(&filled.outcome), "{:?}", filled);
                prop_assert_eq!(filled.device.is_some(), filled.reason.is_some(), "no case is among them");
            }

            let again: BTreeMap<String, DeviceId> = filled.iter().filter_map(|filled| Some((filled.key.clone(), filled.device?))).collect();
            let second = lay(&Laying { before: &again, ..laying });
            let who = |filled: &[Filled]| filled.iter().map(|filled| (filled.key.clone(), filled.device, filled.outcome)).collect::<Vec<_>>();
            prop_assert_eq!(who(&filled), who(&second), "laying again changes nothing");
        }
    }
}

//! What goes on from difference to difference gives what the reference gives.

use super::super::identify;
use super::super::tests_world::{go, step};
use super::{Known, Moved};
use proptest::prelude::*;
use rollcall_shared::evidence::{Fact, Forwarding, Interface, MacVlan, Subject};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::{Mac, Picture};
use std::collections::BTreeMap;

/// Sightings by number, as somebody keeps them who hears only what came and went.
fn hear(kept: &mut BTreeMap<super::SightingId, crate::domain::device::Sighting>, known: &Known, moved: &Moved) {
    for gone in &moved.gone {
        assert!(kept.remove(gone).is_some(), "{gone:?} was never there");
    }
    for come in &moved.come {
        let (_, sighting) = known.sighting(*come).expect("what came is there");
        assert!(kept.insert(*come, sighting.clone()).is_none());
    }
    assert_eq!(kept.len(), known.sightings().count());
    for (id, sighting) in known.sightings() {
        assert!(kept[&id].tells_the_same(sighting), "{:?}\n{sighting:?}", kept[&id]);
    }
}

proptest! {
    #[test]
    fn whatever_comes_and_goes_gives_what_the_reference_gives(
        first in prop::collection::vec(step(), 0..60),
        rounds in prop::collection::vec(prop::collection::vec(step(), 1..6), 1..8),
    ) {
        let mut picture = Picture::default();
        first.iter().for_each(|step| go(&mut picture, step));
        let mut known = Known::of(&picture);
        prop_assert_eq!(known.in_order(), identify(&picture, &[]));
        let mut kept = known.sightings().map(|(id, sighting)| (id, sighting.clone())).collect();
        for round in rounds {
            let before = picture.clone();
            round.iter().for_each(|step| go(&mut picture, step));
            let moved = known.follow(&picture, &before.difference_to(&picture));
            prop_assert_eq!(known.hash(), picture.hash());
            prop_assert_eq!(known.in_order(), identify(&picture, &[]));
            hear(&mut kept, &known, &moved);
        }
    }
}

/// Regression: a station that a switch of another network had learnt before stayed on that network.
#[test]
fn a_station_is_on_the_first_network_that_has_learnt_it() {
    let station = Fact::Forwarding(Forwarding { key: MacVlan { mac: Mac::new([0x00, 0x1b, 0xa9, 0, 0, 13]), vlan: 0 }, port: 1 });
    let other = Fact::Forwarding(Forwarding { key: MacVlan { mac: Mac::new([0x00, 0x1b, 0xa9, 0, 0, 14]), vlan: 0 }, port: 1 });
    let [school, yard] = ["school", "yard"].map(|network| EntryKey::new(network, Subject::Address([10, 0, 0, 2].into()), "snmp"));
    let mut picture = Picture::default();
    picture.put(&school, other);
    picture.put(&yard, station.clone());
    let mut known = Known::of(&picture);
    for learns in [true, false] {
        let before = picture.clone();
        if learns {
            picture.put(&school, station.clone());
        } else {
            assert!(picture.remove(&school, &station.key()));
        }
        known.follow(&picture, &before.difference_to(&picture));
        assert_eq!(known.in_order(), identify(&picture, &[]), "{learns}");
    }
}

#[test]
fn of_two_ports_that_bear_one_index_the_right_one_goes_dark() {
    let at = |last: u8| EntryKey::new("school", Subject::Address([10, 0, 0, last].into()), "snmp");
    // One switch with two addresses, which both name its MAC as their own.
    let mac = Some(Mac::new([0x00, 0x1b, 0xa9, 0, 0, 1]));
    let port =
        |last: u8, up| Fact::Interface(Interface { key: 1, name: format!("port{last}"), if_type: 6, up: Some(up), mac, ..Interface::default() });
    let mut picture = Picture::default();
    [1, 2].into_iter().for_each(|last| picture.put(&at(last), port(last, true)));
    let mut known = Known::of(&picture);
    assert_eq!(known.in_order().len(), 1, "one thing");
    for (last, up) in [(2, false), (1, false), (2, true)] {
        let before = picture.clone();
        picture.put(&at(last), port(last, up));
        known.follow(&picture, &before.difference_to(&picture));
        assert_eq!(known.in_order(), identify(&picture, &[]), "port{last} {up}");
    }
}

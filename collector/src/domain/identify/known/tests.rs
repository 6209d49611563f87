//! What goes on from difference to difference gives what the reference gives.

use super::super::identify;
use super::super::tests_world::{go, step};
use super::{Known, Moved};
use proptest::prelude::*;
use rollcall_shared::Picture;
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

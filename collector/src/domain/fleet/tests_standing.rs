//! What folds on from difference to difference gives what the reference gives.

use super::*;
use crate::domain::identify::tests_world::{go, step};
use crate::domain::identify::{Known, identify};
use proptest::prelude::*;
use rollcall_shared::Picture;

/// One fleet, folded by the reference and by what stands.
struct Two {
    reference: Fleet,
    fleet: Fleet,
    standing: Standing,
    number: u64,
}

impl Two {
    /// Folds one picture on both ways and holds them against each other.
    fn fold(&mut self, picture: &Picture, known: &Known, moved: Option<&crate::domain::identify::Moved>, touches: bool) -> Result<(), TestCaseError> {
        self.number += 1;
        let networks = BTreeMap::from([("school".to_owned(), SchoolId(1)), ("yard".to_owned(), SchoolId(2))]);
        let round = Round { ended_at: Timestamp(self.number as i64), number: self.number, finished: &Rounds::new(), runs: &[], networks: &networks };
        let from = i64::try_from(self.number).unwrap() * 1_000;
        let ids = || {
            let mut next = from;
            move || {
                next += 1;
                DeviceId(next)
            }
        };
        let sightings = identify(picture, &[]);
        let spotted: Vec<Spotted<'_>> = sightings.iter().map(|sighting| Spotted { sighting, folded_into: None }).collect();
        let mut expected = fold(&spotted, &self.reference, &round, |_| touches, ids());
        expected.conflicts.sort_by(|one, other| (one.device, one.other, &one.key).cmp(&(other.device, other.other, &other.key)));
        expected.seats.retain(|_, count| *count > 0);
        let mut folded = match moved.filter(|_| self.standing.holds(&round)) {
            Some(moved) => self.standing.fold_moved(moved, known, &self.fleet, &round, |_| touches, ids()),
            None => self.standing.fold_all(known, &self.fleet, &round, |_| touches, ids()),
        };
        folded.seats.retain(|_, count| *count > 0);
        prop_assert_eq!(&folded.changes, &expected.changes);
        prop_assert_eq!(&folded.conflicts, &expected.conflicts);
        prop_assert_eq!(&folded.seats, &expected.seats);
        for (at, sighting) in sightings.iter().enumerate() {
            let here = expected.assigned.iter().find(|assigned| assigned.at == at && assigned.here).map(|assigned| assigned.device);
            let id = known.sightings().find(|(_, known)| *known == sighting).map(|(id, _)| id).unwrap();
            prop_assert_eq!(self.standing.device_of(id), here);
        }
        expected.changes.iter().for_each(|change| self.reference.put(change.after.clone()));
        folded.changes.iter().for_each(|change| self.fleet.put(change.after.clone()));
        Ok(())
    }
}

proptest! {
    #[test]
    fn whatever_comes_and_goes_folds_as_the_reference_folds(
        first in prop::collection::vec(step(), 0..60),
        rounds in prop::collection::vec((prop::collection::vec(step(), 0..6), any::<bool>()), 1..8),
    ) {
        let mut picture = Picture::default();
        first.iter().for_each(|step| go(&mut picture, step));
        let mut known = Known::of(&picture);
        let mut two = Two { reference: Fleet::default(), fleet: Fleet::default(), standing: Standing::default(), number: 0 };
        two.fold(&picture, &known, None, true)?;
        for (steps, touches) in rounds {
            let before = picture.clone();
            steps.iter().for_each(|step| go(&mut picture, step));
            let moved = known.follow(&picture, &before.difference_to(&picture));
            two.fold(&picture, &known, Some(&moved), touches)?;
        }
    }
}

//! B: a tablet for each pupil, that climbs with them; totals given out over time; mobile classes that work in the holidays.
//!
//! Comes in: `deploy/programmes/clamart`. Goes out: pass, or the fact that the plan no longer says. Absent on purpose: figures of ours.

use super::*;
use rollcall_collector::domain::plan::places::Unfolding;

const TOWN: Town = Town { folder: "clamart", today: date(2021, 11, 22), told: &[] };

/// Tablets of pupils by the level at which their cohort is on a day, of those that have theirs by then.
fn tablets_by_level(on: Date) -> BTreeMap<&'static str, usize> {
    let (_, _, _, unfolded) = TOWN.read_on(on);
    let mut levels = BTreeMap::new();
    for planned in unfolded.places.iter().filter(|planned| planned.cohort.is_some()) {
        if planned.place.due.is_some_and(|(first, _)| first <= on) {
            *levels.entry(planned.level.unwrap()).or_default() += 1;
        }
    }
    levels
}

#[test]
fn what_ships_is_written_strictly() {
    TOWN.is_written_strictly();
}

#[test]
fn who_takes_part() {
    let (_, plan, ..) = read(TOWN);
    let role = |actor: &str| plan.actors.iter().find(|row| row.actor == actor).map(|row| (row.role.as_str(), row.of.as_deref().unwrap_or("")));
    assert_eq!(role("seine-et-yvelines-numerique"), Some(("operator", "ville")));
    assert_eq!(role("direction-de-projet"), Some(("director", "seine-et-yvelines-numerique")));
    assert_eq!(role("comite-de-pilotage"), Some(("committee", "seine-et-yvelines-numerique")));
    assert_eq!(role("comites-techniques"), Some(("committee", "seine-et-yvelines-numerique")));
    assert_eq!(role("prestataires-de-la-ville"), Some(("contractor", "ville")), "the town's own contractors are coordinated too");
    let lot = &plan.lots[0];
    assert_eq!((lot.visits_per_week, lot.weekdays.len()), (Some(2), 2), "a technician is in town two days a week");
    let programme = plan.programme.as_ref().unwrap();
    let years = [&programme.starts_on, &programme.ends_on].map(|date| date.as_ref().unwrap().last.year());
    assert_eq!(years[1] - years[0] + 1, 5, "five years");
    assert_eq!(figure(&plan, "programme", "budget"), "4.5 M€ about");
}

#[test]
fn cohorts_climb_a_level_each_september_and_keep_their_tablets() {
    let first = tablets_by_level(date(2021, 10, 1));
    assert_eq!(first.keys().copied().collect::<Vec<_>>(), ["ce1", "cp"]);
    let (ce1, cp) = (first["ce1"], first["cp"]);
    assert_eq!(ce1 + cp, 875, "875 tablets for CP and CE1 in September 2021");
    let second = tablets_by_level(date(2022, 10, 1));
    assert_eq!((second["ce1"], second["ce2"]), (cp, ce1), "a level up, the same tablets");
    assert!(second["cp"] > 0, "those who enter CP get theirs");
    let fourth = tablets_by_level(date(2024, 10, 1));
    assert_eq!((fourth["cm1"], fourth["cm2"]), (cp, ce1));
    // The same places all the way: keys name the cohort, not the level.
    let keys = |on| -> Vec<String> {
        let (_, _, _, unfolded) = TOWN.read_on(on);
        unfolded
            .places
            .iter()
            .filter(|planned| planned.cohort == Some(2021))
            .map(|planned| format!("{} {}", planned.school, planned.place.key))
            .collect()
    };
    assert_eq!(keys(date(2021, 10, 1)), keys(date(2026, 6, 1)));
}

#[test]
fn at_the_end_of_cm2_a_return_is_due_one_line_a_school() {
    let (_, plan, register, _) = read(TOWN);
    let returns = |on| -> Vec<_> { Unfolding::new(&plan, &register, on).returns() };
    assert_eq!(returns(date(2024, 6, 1)), [], "nobody leaves yet");
    let due = returns(date(2025, 6, 1));
    let schools: BTreeSet<&str> = due.iter().map(|row| row.school.as_str()).collect();
    assert_eq!((due.len(), schools.len()), (9, 9), "one line a school");
    assert!(due.iter().all(|row| row.cohort == 2020 && row.due_on.text == "2025-07" && !row.left));
    let tablets: u64 = due.iter().map(|row| row.count).sum();
    assert_eq!(tablets as usize, tablets_by_level(date(2021, 10, 1))["ce1"], "those who were in CE1 at the start");
    // After the summer the cohort has left: the plan asks for its tablets no more, and still says that they are to come back.
    assert!(returns(date(2025, 10, 1)).iter().filter(|row| row.cohort == 2020).all(|row| row.left));
    let gone = Unfolding::new(&plan, &register, date(2025, 10, 1)).places().iter().all(|planned| planned.cohort != Some(2020));
    assert!(gone);
}

#[test]
fn totals_are_given_out_over_time() {
    let (_, plan, _, unfolded) = read(TOWN);
    let held = |kit: &str| unfolded.held.iter().filter(|held| held.kit == kit).map(|held| (held.kits, held.total)).collect::<Vec<_>>();
    assert_eq!(held("tablette-complement"), [(425, 425)], "425 more in January 2022");
    assert_eq!(held("projection-interactive"), [(160, 160)], "160 classes between 2021 and 2022");
    let due = |kit: &str| plan.allotments.iter().find(|row| row.kit == kit).unwrap().due_on.as_ref().unwrap().text.clone();
    assert_eq!((due("tablette-complement"), due("projection-interactive")), ("2022-01".to_owned(), "2022".to_owned()));
    assert_eq!(figure(&plan, "rentree-2021", "tablet"), "875 exact");
    assert_eq!(figure(&plan, "janvier-2022", "tablet"), "425 exact");
    assert_eq!(figure(&plan, "projection", "interactive_projector"), "160 exact");
}

#[test]
fn twelve_mobile_classes_of_fifteen_work_in_the_holidays_too() {
    let (_, _, register, _) = read(TOWN);
    assert_eq!(register.cases.len(), 12);
    for case in &register.cases {
        assert_eq!((case.capacity, case.kind_inside, case.usage.as_str()), (Some(15), Some(Kind::Tablet), "both"), "{}", case.case);
        assert_eq!(case.shared_by, ["CE2", "CM1", "CM2", "périscolaire"]);
        let tablets = register.assets.iter().filter(|asset| asset.case.as_deref() == Some(&case.case));
        assert_eq!(tablets.filter(|asset| asset.legacy).count(), 15, "taken over, tablet by tablet");
    }
}

#[test]
fn networks_and_workspace() {
    let (_, plan, _, unfolded) = read(TOWN);
    let when = |of: &str, name: &str| {
        plan.milestones.iter().find(|row| row.of == of && row.milestone == name).unwrap().planned_on.as_ref().unwrap().text.clone()
    };
    assert_eq!(when("projection", "cabling"), "2022-09");
    assert_eq!(when("projection", "Wi-Fi dans toutes les écoles"), "2022-09");
    for school in &plan.schools {
        assert!(count(&unfolded, Kind::AccessPoint, |planned| planned.school == school.school) > 0, "{}", school.school);
    }
    assert_eq!(when("rentree-2021", "ENT ouvert aux enseignants"), "2021-09");
    assert_eq!(when("janvier-2022", "ENT ouvert aux familles"), "2022-01");
    assert_eq!(target(&plan, "comptes ENT"), Some(euros(5_480)), "a deliverable that is no device");
}

//! Codes lie in tables, in addresses and with whoever reads the API, for years: none may change, and each is read back as what wrote it.

use super::calendar::{Day, Why};
use super::fault::{Cause, How, Origin, Refusal, Severity, State, Verb, Verdict};
use super::identity::What as Identity;
use super::language::Language;
use super::list::Side;
use super::place::{Aside, Outcome, Reason};
use super::plan::merge::Pick;
use super::plan::note::Severity as Weight;
use super::presence::Usage;
use super::progress::tally::What as Counted;
use super::proof::assign::Gap;
use super::proof::thing::Proof;
use super::right::Role;
use std::fmt::Debug;

/// The codes are these, and each leads back, where codes are read.
fn check<T: Copy + Debug + PartialEq>(all: &[T], codes: &str, code: impl Fn(T) -> &'static str, from: impl Fn(&str) -> Option<T>) {
    assert_eq!(all.iter().map(|one| code(*one)).collect::<Vec<_>>().join(" "), codes);
    for one in all {
        assert_eq!(from(code(*one)), Some(*one));
    }
    assert_eq!(from("no such code"), None);
}

/// Codes that are only told.
fn told<T: Copy>(all: &[T], codes: &str, code: impl Fn(T) -> &'static str) {
    assert_eq!(all.iter().map(|one| code(*one)).collect::<Vec<_>>().join(" "), codes);
}

#[test]
fn of_faults() {
    check(&State::ALL, "open acknowledged assigned in_progress suspended claimed closed", State::code, State::from_code);
    check(&[Origin::Look, Origin::Town, Origin::School], "look town school", Origin::code, Origin::from_code);
    check(&Cause::ALL, "part school_closed no_access quote town line_operator plan", Cause::code, Cause::from_code);
    check(&How::ALL, "look person time not_a_fault accepted", How::code, How::from_code);
    check(&Verdict::ALL, "silence accepted not_a_fault not_ours", Verdict::code, Verdict::from_code);
    check(&[Severity::Critical, Severity::Major, Severity::Minor], "critical major minor", Severity::code, Severity::from_code);
    let refusals = [
        Refusal::NotNow(Verb::Claim, State::Closed),
        Refusal::NotYours(Verb::Dismiss),
        Refusal::NoReason(Verb::Dismiss),
        Refusal::NoLot,
        Refusal::Past,
        Refusal::TooLate,
        Refusal::NothingToConfirm,
        Refusal::NoNumber,
    ];
    told(&refusals, "not_now not_yours no_reason no_lot past too_late nothing_to_confirm no_number", Refusal::code);
}

#[test]
fn of_places_and_what_people_decide() {
    let outcomes = "installed installed_faulty other_model delivered_not_seen in_repair lent due_missing not_yet_due to_be_counted not_followed \
                    legacy legacy_gone seen_elsewhere to_reassign closed";
    check(&Outcome::ALL.map(|(outcome, _)| outcome), outcomes, Outcome::code, Outcome::from_code);
    told(&Aside::ALL.map(|(aside, _)| aside), "surplus legacy kept out not_planned", Aside::code);
    let reasons = [Reason::Chosen, Reason::Pinned, Reason::Kept, Reason::Room, Reason::Model, Reason::Kind, Reason::Through, Reason::Counted];
    told(&reasons, "chosen pinned kept room model kind through counted", Reason::code);
    check(&[Identity::Merge, Identity::Split], "merge split", Identity::code, Identity::from_code);
    check(&[Pick::Ours, Pick::Theirs], "ours theirs", Pick::code, Pick::from_code);
    told(&[Weight::Error, Weight::Warning, Weight::Note], "error warning note", Weight::code);
    told(&[Side::List, Side::Live, Side::Register], "list live register", Side::code);
}

#[test]
fn of_days_counts_and_proofs() {
    let off = [Why::Closed("grève".into()), Why::Holiday("Noël".into()), Why::PublicHoliday("Assomption"), Why::Weekday].map(Day::Off);
    let days: Vec<&str> = [Day::School, Day::Unknown].iter().chain(&off).map(Day::code).collect();
    assert_eq!(days, ["school", "unknown", "closed", "holiday", "public_holiday", "weekday"]);
    let usage = |code: &str| Some(Usage::from_code(code)).filter(|usage| usage.code() == code);
    check(&[Usage::Term, Usage::Holidays, Usage::Both], "term holidays both", Usage::code, usage);
    assert_eq!(Usage::from_code("sometimes"), Usage::Term);
    check(&Counted::ALL, "due_from due undated delivered installed", Counted::code, Counted::from_code);
    let gaps = [Gap::NotSeen, Gap::NoDate, Gap::OutsideTime, Gap::OutsideSchools, Gap::OutsideKinds, Gap::SeenElsewhere, Gap::Legacy];
    told(&gaps, "not_seen no_date outside_time outside_schools outside_kinds seen_elsewhere legacy", Gap::code);
    told(&[Proof::Seen, Proof::Listed, Proof::Attested], "seen listed attested", Proof::code);
}

#[test]
fn of_people() {
    check(&Role::ALL, "admin manager technician contractor school reader", Role::code, Role::from_code);
    check(&[Language::Fr, Language::En], "fr en", Language::code, Language::from_code);
    assert_eq!(
        (Language::from_code("fr_FR.UTF-8"), Language::from_code("EN-gb"), Language::from_code("e")),
        (Some(Language::Fr), Some(Language::En), None)
    );
    assert_eq!((Language::Fr.pick("panne", "fault"), Language::En.pick("panne", "fault")), ("panne", "fault"));
}

//! The table of deeds, as situations of the field; and what may never happen, whatever people do.

use super::*;
use proptest::prelude::*;

fn at(hour: i64) -> Timestamp {
    Timestamp(1_000_000 + hour * 3_600)
}

fn deed(hour: i64) -> Deed<'static> {
    Deed { by: "anne", hand: Hand::Town, at: at(hour), text: "vu", reopens_from: at(hour - 200) }
}

fn done(life: &Life, action: Action, hour: i64) -> Life {
    life.act(&action, &deed(hour)).unwrap().0
}

fn fresh() -> Life {
    Life::new(Origin::Look, at(0))
}

#[test]
fn the_table_stands_in_the_order_of_the_deeds() {
    for (index, line) in MOVES.iter().enumerate() {
        assert_eq!(line.verb as usize, index);
        assert_eq!(Verb::from_code(line.verb.code()), Some(line.verb));
    }
}

#[test]
fn a_lamp_from_the_morning_to_the_evening() {
    let mut life = fresh();
    life = done(&life, Action::Acknowledge, 1);
    life = done(&life, Action::Assign { lot: "M1".into(), contractor: "Sonovision".into() }, 2);
    assert_eq!((life.state, life.lot.as_str(), life.contractor.as_str()), (Assigned, "M1", "Sonovision"));
    life = done(&life, Action::Start, 3);
    life = done(&life, Action::Claim, 5);
    assert_eq!((life.state, life.mended_at()), (Claimed, None));
    life = done(&life, Action::Verify, 30);
    assert_eq!((life.state, life.mended_at(), life.acknowledged_at), (Closed, Some(at(5)), Some(at(1))));
}

#[test]
fn a_wait_ends_where_it_began_and_is_remembered() {
    let mut life = done(&fresh(), Action::Start, 1);
    life = done(&life, Action::Suspend { cause: Cause::Part, until: Some(at(90)) }, 2);
    assert_eq!(life.suspension.as_ref().map(|wait| (wait.cause, wait.by.as_str(), wait.until)), Some((Cause::Part, "anne", Some(at(90)))));
    life = done(&life, Action::Resume, 50);
    assert_eq!((life.state, life.held, life.suspension), (InProgress, vec![(at(2), at(50))], None));
}

#[test]
fn who_mends_what_waits_ends_the_wait() {
    let waits = done(&fresh(), Action::Suspend { cause: Cause::Quote, until: None }, 2);
    let life = done(&waits, Action::Claim, 9);
    assert_eq!((life.state, life.held), (Claimed, vec![(at(2), at(9))]));
}

#[test]
fn what_is_refused_is_refused_in_words() {
    let refused = |life: &Life, action: Action, deed: Deed<'_>| life.act(&action, &deed).unwrap_err();
    let claimed = done(&fresh(), Action::Claim, 1);
    assert_eq!(refused(&fresh(), Action::Verify, deed(1)), Refusal::NotNow(Verb::Verify, Open));
    assert_eq!(refused(&claimed, Action::Verify, Deed { hand: Hand::Contractor, ..deed(2) }), Refusal::NotYours(Verb::Verify));
    assert_eq!(refused(&claimed, Action::Refuse, Deed { text: " ", ..deed(2) }), Refusal::NoReason(Verb::Refuse));
    assert_eq!(refused(&fresh(), Action::Suspend { cause: Cause::Part, until: Some(at(1)) }, deed(2)), Refusal::Past);
    assert_eq!(refused(&fresh(), Action::Assign { lot: String::new(), contractor: String::new() }, deed(2)), Refusal::NoLot);
    assert_eq!(refused(&fresh(), Action::Confirm, deed(2)), Refusal::NothingToConfirm);
    assert_eq!(refused(&fresh(), Action::Refer { number: " ".into() }, deed(2)), Refusal::NoNumber);
}

#[test]
fn people_reopen_under_the_same_number_while_it_is_young() {
    let closed = done(&Life::new(Origin::Town, at(0)), Action::Mend, 1);
    let life = done(&closed, Action::Reopen, 30);
    assert_eq!((life.state, life.held, life.closing), (Open, vec![(at(1), at(30))], None));
    let late = Deed { reopens_from: at(2), ..deed(300) };
    assert_eq!(closed.act(&Action::Reopen, &late), Err(Refusal::TooLate));
}

#[test]
fn what_a_look_saw_mended_a_look_sees_come_back() {
    let mut closed = fresh();
    closed.end(How::Look, at(3));
    assert!(!closed.possible(Hand::Town).contains(&Verb::Reopen));
    assert_eq!(closed.act(&Action::Reopen, &deed(4)), Err(Refusal::NotNow(Verb::Reopen, Closed)));
}

#[test]
fn a_contractor_is_offered_what_is_his() {
    let offered: Vec<&str> = fresh().possible(Hand::Contractor).into_iter().map(Verb::code).collect();
    assert_eq!(offered, ["acknowledge", "start", "suspend", "claim", "comment", "refer"]);
}

#[test]
fn a_school_s_report_waits_for_the_town() {
    let report = Life::new(Origin::School, at(0));
    assert!(report.possible(Hand::Town).contains(&Verb::Confirm));
    let life = done(&report, Action::Confirm, 2);
    assert_eq!(life.confirmed_at, Some(at(2)));
    assert!(!life.possible(Hand::Town).contains(&Verb::Confirm));
}

fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Acknowledge),
        Just(Action::Assign { lot: "M1".into(), contractor: "x".into() }),
        Just(Action::Start),
        Just(Action::Suspend { cause: Cause::Part, until: None }),
        Just(Action::Resume),
        Just(Action::Claim),
        Just(Action::Verify),
        Just(Action::Refuse),
        Just(Action::Mend),
        Just(Action::Dismiss),
        Just(Action::Accept),
        Just(Action::Reopen),
        Just(Action::Confirm),
        Just(Action::Comment),
        Just(Action::Refer { number: "7".into() }),
    ]
}

proptest! {
    /// States move along the table alone; what is offered is possible and nothing else; a life never contradicts itself.
    #[test]
    fn whatever_people_do(actions in prop::collection::vec(any_action(), 1..40), by_school in any::<bool>()) {
        let mut life = Life::new(if by_school { Origin::School } else { Origin::Town }, at(0));
        for (hour, action) in (1..).zip(actions) {
            let offered = life.possible(Hand::Town).contains(&action.verb());
            let outcome = life.act(&action, &deed(hour));
            prop_assert_eq!(outcome.is_ok(), offered, "{:?} in {:?}", action, life.state);
            let Ok((after, event)) = outcome else { continue };
            let line = action.verb().line();
            prop_assert!(line.from.contains(&life.state) && event.what == line.told);
            prop_assert!(line.to.is_none_or(|to| to == after.state));
            prop_assert_eq!(after.closing.is_some(), after.state == Closed);
            prop_assert_eq!(after.suspension.is_some(), after.state == Suspended);
            prop_assert!(after.state != Claimed || after.claim.is_some());
            prop_assert!(after.held.iter().all(|(from, until)| from <= until) && after.held.len() >= life.held.len());
            let quiet = matches!(action.verb(), Verb::Comment | Verb::Refer | Verb::Reopen);
            prop_assert!(after.acknowledged_at.is_some() || quiet);
            life = after;
        }
    }
}

//! What people and towns make of faults, on both engines: deadlines, incidents of several schools, verdicts, lists, visits, swaps.

use super::schools::found;
use super::*;
use jiff::civil::date;
use rollcall_collector::act::{self, Acted, Doer, Report};
use rollcall_collector::domain::fault::{About, Decision, Origin, Verdict};
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::store::verdict::{self, Noted};
use rollcall_collector::store::{intervention, register, view, weekly};
use rollcall_collector::visit::{self, Swap, Swapped};

fn town(db: &Db, codes: &[&'static str]) -> Vec<SchoolId> {
    codes.iter().copied().map(|code: &'static str| write(db, move |tx| Ok(school::save_school(tx, &school_named(code))?.0))).collect()
}

fn open(db: &Db, at: SchoolId, found: Found, now: Timestamp) -> i64 {
    let laid = Laid { opened: vec![found.clone()], ..Laid::default() };
    write(db, move |tx| fault::save_laid(tx, at, &laid, now));
    let known = read(db, |tx| fault::open_faults(tx, at));
    known.iter().find(|known| known.key == found.key).unwrap().fault_id
}

fn anne() -> Doer {
    Doer { login: "anne".into(), hand: Hand::Town }
}

fn acts(db: &Db, number: i64, action: Action, now: Timestamp) -> Acted {
    write(db, move |tx| act::act(tx, number, &action, "vu", &anne(), &jiff::tz::TimeZone::UTC, now))
}

#[test]
fn a_power_cut_of_three_schools_is_one_incident() {
    on_both(|db| {
        let schools = town(db, &["e01", "e02", "e03", "e04"]);
        let cut = |after_s: i64| Found {
            code: "ups_on_battery",
            since_at: NOW + after_s,
            device: None,
            ..found("ups_on_battery/7", Severity::Critical, 1)
        };
        let mut told = Vec::new();
        // The last one is cut an hour later: that is another matter.
        for (at, after_s) in schools.iter().copied().zip([0, 40, 90, 3_600]) {
            open(db, at, cut(after_s), NOW + after_s + 120);
            let opened = vec![cut(after_s)];
            told.push(write(db, move |tx| fault::join_incidents(tx, at, &opened, NOW + after_s + 120)).len());
        }
        assert_eq!(told, [0, 1, 1, 0], "the first is told as a fault, the second makes it an incident");
        let lines = read(db, |tx| view::fault::list(&mut Eyes::ALL.on(tx), &view::fault::Filter::default(), None, 10));
        assert_eq!(lines.iter().map(|line| (line.school_code.as_str(), line.schools)).collect::<Vec<_>>(), [("e01", 3), ("e04", 0)]);
        let one = view::fault::Filter { school: Some("e03".into()), ..Default::default() };
        assert_eq!(read(db, |tx| view::fault::list(&mut Eyes::ALL.on(tx), &one, None, 10)).len(), 1, "a school's own list shows its own");
        let incident = lines[0].incident.unwrap();
        assert_eq!(read(db, |tx| view::fault::of_incident(&mut Eyes::ALL.on(tx), incident, 10)).len(), 3);
        acts(db, lines[0].id, Action::Mend, NOW + 900);
        let lines = read(db, |tx| view::fault::list(&mut Eyes::ALL.on(tx), &view::fault::Filter::default(), None, 10));
        assert_eq!((lines[0].school_code.as_str(), lines[0].schools), ("e02", 2), "the next speaks for the rest");
    });
}

#[test]
fn the_list_begins_with_what_breaks_first() {
    on_both(|db| {
        let at = town(db, &["e01"])[0];
        let (calm, pressing) = (open(db, at, found("a", Severity::Critical, 1), NOW), open(db, at, found("b", Severity::Minor, 1), NOW));
        let contract = move |known: &Known| ("M1".to_owned(), "Sonovision".to_owned(), (known.fault_id == pressing).then_some(NOW + 3_600));
        assert!(write(db, move |tx| fault::save_contracts(tx, at, contract)));
        assert!(!write(db, move |tx| fault::save_contracts(tx, at, contract)), "said twice it changes nothing");
        let filter = view::fault::Filter { lot: Some("M1".into()), ..Default::default() };
        let lines = read(db, |tx| view::fault::list(&mut Eyes::ALL.on(tx), &filter, None, 10));
        assert_eq!(lines.iter().map(|line| line.id).collect::<Vec<_>>(), [pressing, calm]);
        let after = lines[0].key();
        assert_eq!(read(db, |tx| view::fault::list(&mut Eyes::ALL.on(tx), &filter, Some(after), 10))[0].id, calm);
    });
}

#[test]
fn what_somebody_moved_meanwhile_is_not_overwritten() {
    on_both(|db| {
        let at = town(db, &["e01"])[0];
        let number = open(db, at, found("a", Severity::Major, 1), NOW);
        let known = read(db, |tx| fault::known_faults(tx, at, NOW));
        let moment = (Shadow::default(), std::collections::BTreeMap::new());
        let laid =
            lay(&[], &known, &Moment { now: NOW + 5, reopens_from: NOW, lapses_from: NOW, looked_at: NOW, shadow: &moment.0, decided: &moment.1 });
        acts(db, number, Action::Start, NOW + 3);
        write(db, move |tx| fault::save_laid(tx, at, &laid, NOW + 5));
        let (_, known) = read(db, |tx| fault::by_id(tx, number)).unwrap();
        assert_eq!(known.life.state.code(), "in_progress", "the next settle lays it again");
    });
}

#[test]
fn what_is_dismissed_is_remembered_until_it_is_reopened() {
    on_both(|db| {
        let at = town(db, &["e01"])[0];
        let number = open(db, at, found("a", Severity::Major, 1), NOW);
        assert!(matches!(acts(db, number, Action::Dismiss, NOW + 5), Acted::Done(..)));
        let decisions = read(db, |tx| verdict::of_school(tx, at, NOW + 5));
        assert_eq!((decisions.len(), decisions[0].verdict, decisions[0].about.key.as_deref()), (1, Verdict::NotAFault, Some("a")));
        assert!(matches!(acts(db, number, Action::Claim, NOW + 6), Acted::Refused(_)));
        assert!(matches!(acts(db, number, Action::Reopen, NOW + 7), Acted::Done(..)));
        assert!(read(db, |tx| verdict::of_school(tx, at, NOW + 8)).is_empty());
        assert_eq!(acts(db, 999, Action::Claim, NOW), Acted::Unknown);
        let trail: Vec<String> = read(db, |tx| account::audit_lines(tx, i64::MAX, 10)).into_iter().map(|(_, line)| line.what).collect();
        assert_eq!(trail, ["fault.reopen", "fault.dismiss"]);
    });
}

#[test]
fn a_silence_is_the_town_s_or_a_school_s_and_ends() {
    on_both(|db| {
        let schools = town(db, &["e01", "e02"]);
        let about = About { school: Some(schools[0]), phase: Some("2".into()), kind: Some(Kind::Projector), ..About::default() };
        let decision = Decision { verdict: Verdict::Silence, about, from_at: NOW, until_at: Some(NOW + 100) };
        let noted = Noted { id: 0, decision, reason: "câblage".into(), by: "anne".into(), at: NOW, fault: None };
        let saved = noted.clone();
        let id = write(db, move |tx| act::decide(tx, &saved, NOW));
        let back = read(db, |tx| verdict::one(tx, id)).unwrap();
        assert_eq!(Noted { id: 0, ..back }, noted);
        assert_eq!(read(db, |tx| verdict::of_school(tx, schools[0], NOW)), [noted.decision]);
        assert!(
            read(db, |tx| verdict::of_school(tx, schools[1], NOW)).is_empty()
                && read(db, |tx| verdict::of_school(tx, schools[0], NOW + 100)).is_empty()
        );
        assert!(write(db, move |tx| act::take_back(tx, id, &anne(), NOW + 1)) && !write(db, move |tx| act::take_back(tx, id, &anne(), NOW + 2)));
        assert!(read(db, |tx| verdict::list(&mut Eyes::ALL.on(tx), i64::MAX, NOW, 10)).is_empty());
    });
}

#[test]
fn a_report_joins_the_fault_of_its_device() {
    on_both(|db| {
        let at = town(db, &["e01"])[0];
        let number = open(db, at, found("a", Severity::Major, 1), NOW);
        let report = move |device: Option<i64>| Report {
            school: at,
            device: device.map(DeviceId),
            room: "Classe 2".into(),
            kind: "projector".into(),
            text: "il fume".into(),
            severity: Severity::Major,
            origin: Origin::School,
        };
        let filed = write(db, move |tx| act::file(tx, &report(Some(5)), &anne(), NOW + 9));
        assert_eq!((filed.number, filed.joined), (number, true));
        let new = write(db, move |tx| act::file(tx, &report(None), &anne(), NOW + 9));
        assert!(!new.joined && new.number != number);
        assert!(write(db, move |tx| act::file(tx, &report(None), &anne(), NOW + 9)).joined, "the same thing in the same room");
        assert_eq!(read(db, |tx| view::fault::one(&mut Eyes::ALL.on(tx), new.number, true)).unwrap().reports, 2);
    });
}

#[test]
fn lists_are_what_the_last_settle_says() {
    on_both(|db| {
        let at = town(db, &["e01"])[0];
        let line = |key: &str| Found { code: "toner_low", ..found(key, Severity::Minor, 1) };
        let lines = vec![line("toner_low/5"), line("toner_low/6")];
        let again = lines.clone();
        assert!(write(db, move |tx| weekly::save(tx, at, &lines)));
        assert!(!write(db, move |tx| weekly::save(tx, at, &again)));
        assert_eq!(read(db, |tx| weekly::counts(&mut Eyes::ALL.on(tx))), [("toner_low".to_owned(), 2)]);
        let first = read(db, |tx| weekly::lines(&mut Eyes::ALL.on(tx), "toner_low", None, 1));
        let next = read(db, |tx| weekly::lines(&mut Eyes::ALL.on(tx), "toner_low", Some((first[0].school.0, &first[0].key)), 10));
        assert_eq!((first[0].key.as_str(), next[0].key.as_str(), next.len()), ("toner_low/5", "toner_low/6", 1));
        let one = vec![line("toner_low/6")];
        assert!(write(db, move |tx| weekly::save(tx, at, &one)));
        assert_eq!(read(db, |tx| weekly::counts(&mut Eyes::ALL.on(tx))), [("toner_low".to_owned(), 1)]);
    });
}

#[test]
fn a_visit_gathers_faults_and_claims_them_when_it_is_done() {
    on_both(|db| {
        let at = town(db, &["e01"])[0];
        let numbers = [open(db, at, found("a", Severity::Major, 1), NOW), open(db, at, found("b", Severity::Major, 1), NOW)];
        let (monday, tuesday) = (date(2026, 11, 23), date(2026, 11, 24));
        let ids = numbers.map(|number| write(db, move |tx| visit::plan(tx, number, monday, &anne(), NOW)).unwrap());
        assert_eq!(ids[0], ids[1], "one visit for both");
        let moved = write(db, move |tx| visit::plan(tx, numbers[1], tuesday, &anne(), NOW)).unwrap();
        let planned = read(db, |tx| intervention::planned(&mut Eyes::ALL.on(tx), None, None, true, 10));
        assert_eq!(planned.iter().map(|visit| (visit.id, visit.on, visit.faults)).collect::<Vec<_>>(), [(ids[0], monday, 1), (moved, tuesday, 1)]);
        assert_eq!(read(db, |tx| intervention::planned(&mut Eyes::ALL.on(tx), None, Some(intervention::key(&planned[0])), true, 10)).len(), 1);
        let of_nobody = read(db, |tx| intervention::planned(&mut Eyes::of(0).on(tx), None, None, true, 10));
        assert!(of_nobody.is_empty(), "whoever sees no fault of a visit sees no visit");
        // A visit for what only those may know of who work on faults is told to them alone.
        let secret = open(db, at, Found { code: "stolen_seen", ..found("s", Severity::Major, 1) }, NOW);
        let hunt = write(db, move |tx| visit::plan(tx, secret, date(2026, 11, 25), &anne(), NOW)).unwrap();
        let told = |secret: bool| read(db, |tx| intervention::planned(&mut Eyes::ALL.on(tx), None, None, secret, 10));
        assert_eq!((told(true).len(), told(false).len()), (3, 2));
        for (visit, secret, faults) in [(hunt, true, 1), (hunt, false, 0), (ids[0], false, 1)] {
            assert_eq!(read(db, |tx| view::fault::of_visit(&mut Eyes::ALL.on(tx), visit, secret, 10)).len(), faults, "{visit} {secret}");
        }
        assert!(read(db, |tx| view::fault::of_visit(&mut Eyes::of(0).on(tx), ids[0], true, 10)).is_empty());
        let end = move |done: bool| move |tx: &mut Tx<'_>| visit::end(tx, ids[0], done, "lampe changée", &anne(), &jiff::tz::TimeZone::UTC, NOW + 60);
        assert_eq!(write(db, end(true)).unwrap().state, "done");
        assert!(write(db, end(false)).is_none(), "it is over");
        let states = numbers.map(|number| read(db, |tx| fault::by_id(tx, number)).unwrap().1.life.state.code());
        assert_eq!(states, ["claimed", "open"]);
        assert_eq!(read(db, |tx| intervention::of_fault(tx, numbers[0])).len(), 1);
    });
}

#[test]
fn a_swap_carries_the_place_over_to_the_new_serial() {
    on_both(|db| {
        let at = town(db, &["e01"])[0];
        let number = open(db, at, found("a", Severity::Major, 1), NOW);
        let old = [
            ("label_or_serial", "P-1"),
            ("serial", "X 77"),
            ("kind", "projector"),
            ("school", "e01"),
            ("room", "3"),
            ("lot", "L1"),
            ("price_ht", "900"),
        ];
        let cells = old.map(|(name, cell)| (name.to_owned(), cell.to_owned())).into();
        write(db, move |tx| register::write(tx, "assets", &["P-1".to_owned()], Some(&cells), register::Signed { by_whom: "anne", why: "", at: NOW }));
        let swaps = move |old: &'static str, new: &'static str| {
            let swap = Swap { old: old.into(), new: new.into(), serial: "X88".into(), becomes: "repair".into() };
            move |tx: &mut Tx<'_>| visit::swap(&mut Eyes::ALL.on(tx), number, &swap, &anne(), NOW + 5)
        };
        assert_eq!(write(db, swaps("P-9", "P-2")), Swapped::UnknownOld);
        assert_eq!(write(db, swaps("x77", "P-2")), Swapped::Done);
        let row = |label: &'static str| read(db, move |tx| register::row(tx, "assets", &[label.to_owned()])).unwrap();
        let (was, is) = (row("P-1"), row("P-2"));
        assert_eq!((was["state"].as_str(), was["price_ht"].as_str()), ("repair", "900"));
        let cell = |name: &str| is.get(name).map_or("", String::as_str);
        assert_eq!(
            [cell("school"), cell("room"), cell("lot"), cell("replaces"), cell("serial"), cell("price_ht")],
            ["e01", "3", "L1", "P-1", "X88", ""]
        );
        assert_eq!(write(db, swaps("P-1", "P-2")), Swapped::TakenNew);
    });
}

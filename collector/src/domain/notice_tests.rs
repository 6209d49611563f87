//! Who hears of what, and when: choices, quiet hours, digests, secrets.
//!
//! Comes in: news and people in a few words. Goes out: pass, or who heard the wrong thing. Absent on purpose: letters.

use super::*;

const RHYTHM: Rhythm = Rhythm { gather_s: 120, digest_hours: 24 };

fn at(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_second())
}

fn wishes() -> Wishes {
    Wishes { choices: BTreeMap::new(), quiet: Quiet::parse("20:00-07:00"), urgent_at_night: false, zone: TimeZone::get("Europe/Paris").unwrap() }
}

fn person(account: i64, role: Role, wishes: Wishes) -> Person {
    Person { account, login: format!("p{account}"), role, sees_all: false, channels: vec![Channel::Mail(wishes)] }
}

fn news(topic: &str, severity: Severity, seen_by: &[i64]) -> News {
    News { topic: topic.into(), severity: Some(severity), seen_by: seen_by.iter().copied().collect(), ..News::default() }
}

/// When account 1, a technician, hears of it: `at_once 2026-…`; nothing: never.
fn heard(wishes: &Wishes, rhythm: Rhythm, topic: &str, severity: Severity, now: &str) -> String {
    let told = notices(&[news(topic, severity, &[1])], &[person(1, Role::Technician, wishes.clone())], rhythm, at(now));
    told.first().map(|notice| format!("{} {}", notice.pace.code(), notice.due_at)).unwrap_or_default()
}

#[test]
fn what_is_urgent_comes_at_once_and_the_rest_in_the_morning() {
    let wishes = wishes();
    for (topic, severity, now, expected) in [
        // Tuesday 24 November 2026, ten in Paris.
        ("fault_opened", Severity::Critical, "2026-11-24T09:00:00Z", "at_once 2026-11-24T09:02:00Z"),
        ("fault_opened", Severity::Major, "2026-11-24T09:00:00Z", "digest 2026-11-25T06:00:00Z"),
        ("fault_cleared", Severity::Critical, "2026-11-24T09:00:00Z", "digest 2026-11-25T06:00:00Z"),
        ("deed_comment", Severity::Critical, "2026-11-24T09:00:00Z", "digest 2026-11-25T06:00:00Z"),
        // Evening, night, and the last minutes before quiet hours begin.
        ("fault_opened", Severity::Critical, "2026-11-24T19:30:00Z", "at_once 2026-11-25T06:00:00Z"),
        ("fault_opened", Severity::Critical, "2026-11-24T18:59:00Z", "at_once 2026-11-25T06:00:00Z"),
        ("fault_opened", Severity::Critical, "2026-11-25T02:00:00Z", "at_once 2026-11-25T06:00:00Z"),
        ("fault_opened", Severity::Major, "2026-11-25T02:00:00Z", "digest 2026-11-25T06:00:00Z"),
        // Summer time begins in this night.
        ("fault_opened", Severity::Critical, "2026-03-28T22:00:00Z", "at_once 2026-03-29T05:00:00Z"),
        ("deed_refer", Severity::Critical, "2026-11-24T09:00:00Z", ""),
        ("something_new", Severity::Critical, "2026-11-24T09:00:00Z", ""),
    ] {
        assert_eq!(heard(&wishes, RHYTHM, topic, severity, now), expected, "{topic} at {now}");
    }
}

#[test]
fn everybody_chooses() {
    let with = |choice| Wishes { choices: BTreeMap::from([(Matter::New, choice)]), ..wishes() };
    let now = "2026-11-24T09:00:00Z";
    for (choice, expected) in [
        (Choice::Never, ""),
        (Choice::AtOnce, "at_once 2026-11-24T09:02:00Z"),
        (Choice::Digest, "digest 2026-11-25T06:00:00Z"),
        // The Monday after.
        (Choice::Weekly, "weekly 2026-11-30T06:00:00Z"),
    ] {
        assert_eq!(heard(&with(choice), RHYTHM, "fault_opened", Severity::Critical, now), expected);
    }
    // A Monday morning's own digest is still to come at six, and gone at eight.
    assert_eq!(heard(&with(Choice::Weekly), RHYTHM, "fault_opened", Severity::Critical, "2026-11-23T05:00:00Z"), "weekly 2026-11-23T06:00:00Z");
    assert_eq!(heard(&with(Choice::Weekly), RHYTHM, "fault_opened", Severity::Critical, "2026-11-23T07:00:00Z"), "weekly 2026-11-30T06:00:00Z");
    let night = Wishes { urgent_at_night: true, ..wishes() };
    assert_eq!(heard(&night, RHYTHM, "fault_opened", Severity::Critical, "2026-11-25T02:00:00Z"), "at_once 2026-11-25T02:02:00Z");
    assert_eq!(heard(&night, RHYTHM, "fault_opened", Severity::Minor, "2026-11-25T02:00:00Z"), "digest 2026-11-25T06:00:00Z");
    // Every four hours from seven on, and none after eight in the evening.
    let often = Rhythm { digest_hours: 4, ..RHYTHM };
    assert_eq!(heard(&wishes(), often, "fault_cleared", Severity::Minor, now), "digest 2026-11-24T10:00:00Z");
    assert_eq!(heard(&wishes(), often, "fault_cleared", Severity::Minor, "2026-11-24T18:30:00Z"), "digest 2026-11-25T06:00:00Z");
    let awake = Wishes { quiet: None, ..wishes() };
    assert_eq!(heard(&awake, RHYTHM, "fault_opened", Severity::Critical, "2026-11-25T02:00:00Z"), "at_once 2026-11-25T02:02:00Z");
    assert_eq!(heard(&awake, RHYTHM, "fault_opened", Severity::Minor, "2026-11-25T02:00:00Z"), "digest 2026-11-25T06:00:00Z");
    let island = Wishes { zone: TimeZone::get("Indian/Reunion").unwrap(), ..wishes() };
    assert_eq!(heard(&island, RHYTHM, "fault_opened", Severity::Critical, "2026-11-24T17:00:00Z"), "at_once 2026-11-25T03:00:00Z");
}

#[test]
fn a_near_deadline_is_urgent() {
    let now = at("2026-11-24T09:00:00Z");
    let pace = |breaks_at| {
        let piece = News { breaks_at, ..news("fault_opened", Severity::Minor, &[1]) };
        notices(&[piece], &[person(1, Role::Contractor, wishes())], RHYTHM, now)[0].pace
    };
    assert_eq!([pace(None), pace(Some(now + 90_000)), pace(Some(now + 80_000)), pace(Some(now - 5))], {
        [Pace::Digest, Pace::Digest, Pace::AtOnce, Pace::AtOnce]
    });
}

#[test]
fn nobody_hears_what_they_do_not_see_or_did_themselves() {
    let mut all = person(9, Role::Manager, Wishes { choices: Matter::ALL.map(|matter| (matter, Choice::Digest)).into(), ..wishes() });
    all.sees_all = true;
    let people = [person(1, Role::Contractor, wishes()), person(2, Role::Contractor, wishes()), person(3, Role::School, wishes()), all];
    let who = |piece: News| {
        let told = notices(&[piece], &people, RHYTHM, at("2026-11-24T09:00:00Z"));
        told.into_iter().map(|notice| notice.account).collect::<Vec<_>>()
    };
    assert_eq!(who(news("fault_opened", Severity::Major, &[2])), [2, 9]);
    assert_eq!(who(News { by: "p2".into(), ..news("deed_claim", Severity::Major, &[1, 2]) }), [1, 9]);
    // A school hears of what was reported there.
    assert_eq!(who(news("fault_cleared", Severity::Major, &[3])), [9]);
    assert_eq!(who(News { reported: true, ..news("fault_cleared", Severity::Major, &[3]) }), [3, 9]);
    // A stolen device seen again: neither contractor nor manager.
    assert_eq!(who(News { code: SECRET.into(), ..news("fault_opened", Severity::Major, &[1, 2]) }), [0_i64; 0]);
}

#[test]
fn a_program_hears_at_once_what_it_asked_for() {
    let mut program = person(1, Role::Contractor, wishes());
    program.channels = vec![Channel::Hook(5, BTreeSet::from([Matter::New]))];
    let now = at("2026-11-24T23:00:00Z");
    let told = notices(&[news("fault_opened", Severity::Minor, &[1]), news("fault_cleared", Severity::Minor, &[1])], &[program], RHYTHM, now);
    assert_eq!(told, [Notice { news: 0, account: 1, hook: Some(5), matter: Matter::New, pace: Pace::AtOnce, due_at: now }]);
}

#[test]
fn hours_are_read_as_people_write_them() {
    for (text, expected) in [
        ("20:00-07:00", Some("20:00-07:00")),
        (" 9:30 - 12:00", Some("09:30-12:00")),
        ("7-8", None),
        ("25:00-07:00", None),
        ("07:00-07:00", None),
        ("", None),
    ] {
        assert_eq!(Quiet::parse(text).map(|quiet| quiet.to_string()).as_deref(), expected, "{text}");
    }
    for matter in Matter::ALL {
        assert_eq!(Matter::from_code(matter.code()), Some(matter));
    }
    for choice in Choice::ALL {
        assert_eq!(Choice::from_code(choice.code()), Some(choice));
    }
}

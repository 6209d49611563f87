//! What looks make of faults, as situations of the field.

use super::*;
use crate::domain::fault::life::{Action, Deed, Hand, Suspension};
use crate::domain::fault::state::{Cause, State};
use proptest::prelude::*;

const HOUR: i64 = 3_600;
/// Monday 8:00 of the tests.
const MONDAY: i64 = 100 * DAY_S;

/// One school and its faults, laid again and again.
struct Scene {
    known: Vec<Known>,
    shadow: Shadow,
    decided: BTreeMap<String, How>,
    now: i64,
    last: Laid,
}

impl Scene {
    fn new() -> Scene {
        Scene { known: vec![], shadow: Shadow::default(), decided: BTreeMap::new(), now: MONDAY, last: Laid::default() }
    }

    /// Some hours later these keys are found; `?` after one: not confirmed. The look was made now.
    fn finds(&mut self, hours: i64, keys: &[&str]) -> &mut Scene {
        self.now += hours * HOUR;
        let look = Look::At(Timestamp(self.now));
        self.lays(keys, look)
    }

    /// The same evidence as before, nobody has looked since.
    fn still_stands(&mut self, hours: i64, keys: &[&str], read_at: i64) -> &mut Scene {
        self.now += hours * HOUR;
        self.lays(keys, Look::At(Timestamp(read_at)))
    }

    fn lays(&mut self, keys: &[&str], look: Look) -> &mut Scene {
        let found: Vec<Found> = keys.iter().map(|key| Found { look: Some(look), ..found(key.trim_end_matches('?'), !key.ends_with('?')) }).collect();
        // Five school days a week: ten of them are fourteen days back, seven are nine.
        let now = Timestamp(self.now);
        let moment = Moment {
            now,
            reopens_from: now - 9 * DAY_S,
            lapses_from: now - 14 * DAY_S,
            looked_at: now,
            shadow: &self.shadow,
            decided: &self.decided,
        };
        self.last = lay(&found, &self.known, &moment);
        for moved in &self.last.moved {
            let known = self.known.iter_mut().find(|known| known.fault_id == moved.known.fault_id).unwrap();
            assert_eq!(known.life, moved.was);
            *known = moved.known.clone();
        }
        for found in &self.last.opened {
            let fault_id = self.known.len() as i64 + 1;
            self.known.push(Known { fault_id, key: found.key.clone(), life: Life::new(Origin::Look, now), ..known(&found.key) });
        }
        self
    }

    fn does(&mut self, fault: i64, action: Action) -> &mut Scene {
        let now = Timestamp(self.now);
        let known = self.known.iter_mut().find(|known| known.fault_id == fault).unwrap();
        let deed = Deed { by: "anne", hand: Hand::Town, at: now, text: "vu", reopens_from: now - 9 * DAY_S };
        known.life = known.life.act(&action, &deed).unwrap().0;
        self
    }

    /// `number:state` of every fault, with `~` where unstable and how it ended.
    fn stands(&self, expected: &str) {
        let line = |known: &Known| {
            let how = known.life.closing.map(|closing| format!(" {}", closing.how.code())).unwrap_or_default();
            format!("{}{}:{}{how}", known.fault_id, if known.life.unstable { "~" } else { "" }, known.life.state.code())
        };
        assert_eq!(self.known.iter().map(line).collect::<Vec<_>>().join(", "), expected);
    }

    fn tells(&self, expected: &[&str]) -> &Scene {
        let told: Vec<&str> = self.last.moved.iter().flat_map(|moved| moved.events.iter().map(|event| event.what)).collect();
        assert_eq!(told, expected);
        self
    }
}

fn found(key: &str, confirmed: bool) -> Found {
    Found {
        code: "projector_lamp",
        key: key.into(),
        severity: Severity::Major,
        device: Some(DeviceId(7)),
        place: None,
        since_at: Timestamp(0),
        look: None,
        confirmed,
        count: 1,
        facts: BTreeMap::new(),
    }
}

fn known(key: &str) -> Known {
    Known {
        fault_id: 1,
        code: "projector_lamp".into(),
        key: key.into(),
        severity: Some(Severity::Major),
        count: 1,
        opened_at: Timestamp(0),
        device: Some(DeviceId(7)),
        place: String::new(),
        facts: BTreeMap::new(),
        life: Life::new(Origin::Look, Timestamp(MONDAY)),
    }
}

#[test]
fn opened_kept_cleared_the_short_way() {
    let mut scene = Scene::new();
    scene.finds(0, &["lamp", "fan?"]).stands("1:open");
    assert!(scene.last.waiting);
    scene.finds(1, &["lamp"]).tells(&[]).stands("1:open");
    assert_eq!(scene.last, Laid::default(), "laying twice changes nothing");
    scene.finds(1, &["lamp?"]).stands("1:open");
    scene.finds(1, &[]).tells(&["cleared"]).stands("1:closed look");
}

#[test]
fn back_within_seven_school_days_it_keeps_its_number() {
    let mut scene = Scene::new();
    scene.finds(0, &["lamp"]).finds(1, &[]).stands("1:closed look");
    scene.finds(8 * 24, &["lamp"]).tells(&["came_back"]).stands("1:open");
    assert_eq!(scene.known[0].life.held.len(), 1, "what it was mended does not count");
    scene.finds(30, &[]);
    scene.finds(10 * 24, &["lamp"]).stands("1:closed look, 2:open");
}

#[test]
fn what_comes_and_goes_is_told_once() {
    let mut scene = Scene::new();
    scene.finds(0, &["uplink"]).finds(2, &[]).finds(2, &["uplink"]).tells(&["came_back", "unstable"]).stands("1~:open");
    scene.finds(2, &[]).tells(&[]).stands("1~:open");
    assert_eq!(scene.last.again_at, Some(Timestamp(scene.now + DAY_S)));
    scene.finds(2, &["uplink"]).tells(&[]);
    scene.finds(2, &[]).tells(&[]);
    scene.finds(23, &[]).tells(&[]).stands("1~:open");
    scene.finds(1, &[]).tells(&["cleared"]).stands("1:closed look");
}

#[test]
fn two_turns_a_day_are_not_unstable() {
    let mut scene = Scene::new();
    scene.finds(0, &["uplink"]).finds(20, &[]).finds(10, &["uplink"]).tells(&["came_back"]).stands("1:open");
}

#[test]
fn claimed_on_friday_evening_verified_on_monday() {
    let mut scene = Scene::new();
    scene.finds(0, &["lamp"]).does(1, Action::Claim).stands("1:claimed");
    let friday = scene.now;
    // The projector is off all weekend: nobody could see its lamp.
    scene.still_stands(1, &["lamp"], friday - HOUR).still_stands(60, &["lamp"], friday - HOUR).tells(&[]).stands("1:claimed");
    scene.finds(3, &[]).tells(&["verified"]).stands("1:closed look");
    assert_eq!(scene.known[0].life.mended_at(), Some(Timestamp(friday)), "the claim is confirmed, not the look");
}

#[test]
fn a_claim_that_the_next_look_contradicts() {
    let mut scene = Scene::new();
    scene.finds(0, &["lamp"]).does(1, Action::Claim);
    scene.finds(0, &["lamp"]).tells(&[]).stands("1:claimed");
    scene.finds(1, &["lamp"]).tells(&["contradicted"]).stands("1:in_progress");
    assert!(scene.known[0].life.held.is_empty(), "the clock ran on");
}

#[test]
fn by_rounds_a_claim_is_contradicted_by_the_second_one() {
    let mut scene = Scene::new();
    scene.lays(&["lamp"], Look::Rounds(40)).does(1, Action::Claim);
    scene.lays(&["lamp"], Look::Rounds(40)).lays(&["lamp"], Look::Rounds(41)).tells(&[]);
    scene.lays(&["lamp"], Look::Rounds(42)).tells(&["contradicted"]);
}

#[test]
fn ten_school_days_without_a_contrary_sign() {
    let mut scene = Scene::new();
    scene.finds(0, &["lamp"]).does(1, Action::Claim);
    let read_at = scene.now - HOUR;
    scene.still_stands(13 * 24, &["lamp"], read_at).stands("1:claimed");
    scene.still_stands(24, &["lamp"], read_at).tells(&["lapsed"]).stands("1:closed time");
    scene.still_stands(24, &["lamp"], read_at).tells(&[]).stands("1:closed time");
    scene.finds(24, &["lamp"]).tells(&["came_back"]).stands("1:open");
}

#[test]
fn a_person_saw_it_mended_before_any_look_could() {
    let mut scene = Scene::new();
    scene.finds(0, &["lamp"]);
    let read_at = scene.now;
    scene.finds(1, &["lamp"]).does(1, Action::Mend);
    scene.still_stands(1, &["lamp"], read_at).still_stands(1, &["lamp"], read_at).stands("1:closed person");
    assert!(scene.last.opened.is_empty(), "old evidence opens nothing");
    scene.finds(2, &[]).finds(1, &["lamp"]).stands("1:open");
}

#[test]
fn what_is_in_the_shadow_neither_opens_nor_closes() {
    let mut scene = Scene::new();
    scene.finds(0, &["lamp"]);
    scene.shadow.devices.insert(DeviceId(7));
    scene.finds(1, &[]).stands("1:open");
    scene.shadow.devices.clear();
    scene.finds(1, &[]).stands("1:closed look");
}

#[test]
fn what_people_accept_for_a_whole_kit_ends_every_fault_of_it() {
    let mut scene = Scene::new();
    scene.finds(0, &["lamp", "fan"]);
    scene.decided.insert("lamp".into(), How::Accepted);
    scene.finds(1, &["fan"]).tells(&["accepted"]).stands("1:open, 2:closed accepted");
    scene.decided.clear();
    scene.finds(1, &["fan", "lamp"]).tells(&["came_back"]);
}

#[test]
fn a_wait_ends_by_itself() {
    let mut scene = Scene::new();
    let until = Some(Timestamp(MONDAY + 5 * HOUR));
    scene.finds(0, &["lamp"]).does(1, Action::Suspend { cause: Cause::Part, until });
    scene.finds(4, &["lamp"]).stands("1:suspended");
    scene.known[0].life.suspension.as_ref().map(|wait: &Suspension| assert_eq!(wait.back_to, State::Open)).unwrap();
    scene.finds(1, &["lamp"]).tells(&["wait_over"]).stands("1:open");
}

#[test]
fn what_people_filed_no_look_closes() {
    let mut scene = Scene::new();
    scene.known.push(Known { life: Life::new(Origin::Town, Timestamp(MONDAY)), code: "reported".into(), ..known("reported/1") });
    scene.finds(5, &[]).stands("1:open");
    scene.does(1, Action::Claim).finds(14 * 24, &[]).tells(&["lapsed"]).stands("1:closed time");
}

#[test]
fn what_says_anything_else_is_written_anew() {
    let stored = Known { facts: BTreeMap::from([("percent".into(), "92".into())]), ..known("disk") };
    let same = Found { facts: BTreeMap::from([("percent", "92".to_owned())]), ..found("disk", true) };
    assert!(!stored.differs(&same));
    assert!(stored.differs(&Found { severity: Severity::Critical, ..same.clone() }));
    assert!(stored.differs(&Found { count: 2, ..same.clone() }));
    assert!(stored.differs(&Found { device: None, ..same.clone() }));
    assert!(stored.differs(&Found { facts: BTreeMap::from([("percent", "93".to_owned())]), ..same.clone() }));
    assert!(stored.differs(&Found { facts: BTreeMap::new(), ..same }));
}

#[test]
fn what_somebody_reports_joins_what_is_open_of_the_same_thing() {
    let lamp = known("lamp");
    assert!(lamp.is_about(Some(DeviceId(7)), "", ""), "whatever ails the device that somebody names");
    assert!(!lamp.is_about(Some(DeviceId(8)), "", ""));
    assert!(!lamp.is_about(None, "CM2", "projector"), "a look names a device, not a room");
    let facts = BTreeMap::from([("room".into(), "CM2".into()), ("kind".into(), "projector".into())]);
    let reported = Known { code: REPORTED.into(), device: None, facts, ..known("reported/1") };
    assert!(reported.is_about(None, " CM2 ", "projector"));
    assert!(!reported.is_about(None, "CM1", "projector") && !reported.is_about(None, "CM2", "screen"));
    let vague = Known { facts: BTreeMap::new(), ..reported };
    assert!(!vague.is_about(None, " ", ""), "who says neither room nor kind speaks of something else each time");
    assert!(!vague.is_about(None, "", "projector") && !vague.is_about(None, "CM2", ""));
}

proptest! {
    /// However it comes and goes, and whatever is in the shadow: one open fault a key, none lost, laying twice is laying once.
    #[test]
    fn open_and_closed_are_conserved(looks in prop::collection::vec((0i64..40, prop::bool::ANY, prop::bool::ANY, prop::bool::ANY), 1..60)) {
        let mut scene = Scene::new();
        for (hours, one, other, dark) in looks {
            let before = scene.known.len();
            scene.shadow.devices = if dark { [DeviceId(7)].into() } else { Default::default() };
            let keys: Vec<&str> = [("a", one), ("b", other)].into_iter().filter(|(_, there)| *there).map(|(key, _)| key).collect();
            let open_before = scene.known.iter().filter(|known| known.life.is_open()).count();
            scene.finds(hours, &keys);
            prop_assert!(scene.known.len() >= before);
            let open: Vec<&str> = scene.known.iter().filter(|known| known.life.is_open()).map(|known| known.key.as_str()).collect();
            prop_assert!(open.iter().filter(|key| **key == "a").count() <= 1 && open.len() <= 2);
            prop_assert!(keys.iter().all(|key| open.contains(key)), "what is found is open");
            prop_assert!(!dark || open.len() >= open_before, "nothing closes in the shadow");
            let again = lay(
                &keys.iter().map(|key| Found { look: Some(Look::At(Timestamp(scene.now))), ..found(key, true) }).collect::<Vec<_>>(),
                &scene.known,
                &Moment { now: Timestamp(scene.now), reopens_from: Timestamp(scene.now - 9 * DAY_S), lapses_from: Timestamp(scene.now - 14 * DAY_S), looked_at: Timestamp(scene.now), shadow: &scene.shadow, decided: &scene.decided },
            );
            prop_assert!(again.opened.is_empty() && again.moved.is_empty() && again.changed.is_empty());
        }
    }
}

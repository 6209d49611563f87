//! Who is who, by a person: two devices wrongly merged come back whole, a device wrongly taken for one becomes two, on both engines.
//!
//! Comes in: reports of an agent through the collector's own way in. Goes out: pass, or what was lost. Absent on purpose: pages and API
//! (`pages`), which keys match (the core's own tests).

use rollcall_collector::decide::{self, By, DecideError};
use rollcall_collector::domain::device::{Device, Key, KeyRank};
use rollcall_collector::domain::identity::Refused;
use rollcall_collector::ingest::Ingest;
use rollcall_collector::store::report::{NewAgent, insert_agent};
use rollcall_collector::store::school::{self, Network, School};
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::store::{self, Db, fleet, identity, view};
use rollcall_shared::evidence::Holds;
use rollcall_shared::picture::Group;
use rollcall_shared::report::ProbeRun;
use rollcall_shared::{AgentId, Batch, Content, DeviceId, Fact, Mac, Picture, Report, SchoolId, StreamId, Subject, Timestamp};
use rollcall_tests::database;
use std::collections::BTreeSet;

const NOW: Timestamp = Timestamp(1_795_336_200);
const ROUND: i64 = 300;
const CARD_A: Mac2 = [0x00, 0x1b, 0x21, 1, 1, 1];
const CARD_B: Mac2 = [0x00, 0x1b, 0x21, 2, 2, 2];
type Mac2 = [u8; 6];

struct Town {
    db: Db,
    ingest: Ingest,
    agent: AgentId,
    school: SchoolId,
    number: u64,
    now: Timestamp,
}

impl Town {
    fn new(db: Db) -> Town {
        let (agent, school) = db
            .write(|tx| -> store::Result<_> {
                let (school, _) = school::save_school(tx, &School { code: "camus".into(), site: "camus".into(), ..School::default() })?;
                school::save_network(tx, &Network { name: "camus".into(), site: "camus".into(), school: Some(school), ..Network::default() })?;
                let new = NewAgent { public_key: vec![7; 32], host: "kwartz".into(), version: "1".into(), networks: vec!["camus".into()] };
                Ok((insert_agent(tx, &new, NOW)?, school))
            })
            .unwrap();
        Town { ingest: Ingest::new(db.clone()), db, agent, school, number: 0, now: NOW }
    }

    /// A round that meets these network cards.
    fn round(&mut self, cards: &[(u8, Mac2)]) {
        self.number += 1;
        self.now = self.now + ROUND;
        let run = ProbeRun { probe: "neighbours".into(), network: "camus".into(), finished: true, asked: 1, answered: 1, took_ms: 1, only: vec![] };
        let group = |(last, mac): &(u8, Mac2)| Group {
            network: "camus".into(),
            subject: Subject::Address([10, 0, 0, *last].into()),
            probe: "neighbours".into(),
            facts: vec![Fact::answers("arp"), Fact::Holds(Holds { key: Mac::new(*mac) })],
        };
        let groups: Vec<Group> = cards.iter().map(group).collect();
        let report = Report {
            wire: 1,
            agent_version: "1".into(),
            stream: StreamId(3),
            number: self.number,
            began_at: self.now - 10,
            ended_at: self.now,
            hash: Picture::from_groups(groups.clone()).hash(),
            content: Content::Full(groups),
            probes: vec![run],
            readings: vec![],
            troubles: vec![],
            every_s: 300,
            folded: 0,
            paused: false,
        };
        let batch = Batch { agent: self.agent, sent_at: self.now, reports: vec![report] };
        self.ingest.accept(self.agent, batch, self.now).unwrap();
    }

    fn devices(&self) -> Vec<Device> {
        let school = self.school;
        self.db.read(|tx| fleet::devices_of_school(tx, school)).unwrap()
    }

    fn id_of(&self, mac: Mac2) -> DeviceId {
        let text = Mac::new(mac).to_string().replace(':', "");
        let has = |device: &Device| device.keys.iter().any(|key| key.rank == KeyRank::Mac && key.text == text);
        let devices = self.devices();
        let mut found = devices.iter().filter(|device| has(device));
        let id = found.next().expect("a device with this card").id;
        assert!(found.next().is_none(), "one card, one device");
        id
    }

    /// What the device lived through: lines of its timeline and closed intervals of presence.
    fn past(&self, id: DeviceId) -> (Vec<String>, Vec<(Timestamp, Timestamp)>) {
        let school = self.school;
        let events = self.db.read(|tx| view::device::events(&mut Eyes::ALL.on(tx), school, Some(id), 100)).unwrap();
        let events = events.into_iter().map(|event| format!("{} {}", event.at.0, event.what)).collect();
        (events, self.db.read(|tx| view::device::presence(&mut Eyes::ALL.on(tx), school, id, 100)).unwrap())
    }

    fn by(&self) -> By {
        By { whom: "anne".into(), reason: "même machine".into(), at: self.now }
    }
}

fn on_both(test: impl Fn(Town)) {
    for database in database::both() {
        eprintln!("on {}", database.engine);
        test(Town::new(Db::open(&database.location, NOW).unwrap()));
    }
}

#[test]
fn two_devices_wrongly_merged_come_back_with_their_histories() {
    on_both(|mut town| {
        for cards in [&[(1, CARD_A), (2, CARD_B)][..], &[(1, CARD_A)], &[(1, CARD_A), (2, CARD_B)]] {
            town.round(cards);
        }
        let (a, b) = (town.id_of(CARD_A), town.id_of(CARD_B));
        let (past_a, past_b) = (town.past(a), town.past(b));
        assert!(past_b.0.len() >= 3 && past_b.1.len() == 1, "came, left, came back: {past_b:?}");

        let decided = decide::merge(&town.db, &town.ingest, a, b, false, &town.by()).unwrap();
        assert_eq!(town.devices().len(), 1);
        assert_eq!((town.id_of(CARD_A), town.id_of(CARD_B)), (a, a));
        assert_eq!(town.db.read(|tx| identity::merged_into(tx, b)).unwrap(), Some(a));
        // Both cards are seen in each round, side by side, and are one thing still: the decision sticks.
        for _ in 0..3 {
            town.round(&[(1, CARD_A), (2, CARD_B)]);
            assert_eq!(town.devices().len(), 1);
            assert_eq!(town.devices()[0].addresses.len(), 2);
        }
        let events = town.past(a).0.len();
        town.round(&[(1, CARD_A), (2, CARD_B)]);
        assert_eq!(town.past(a).0.len(), events, "seen again unchanged, nothing is written");

        let undone = decide::undo(&town.db, &town.ingest, decided.decision, &town.by()).unwrap();
        assert_eq!((undone.kept, undone.other), (a, b));
        assert_eq!((town.id_of(CARD_A), town.id_of(CARD_B)), (a, b), "each has its own number again");
        assert!(town.devices().iter().all(|device| device.present), "the picture shows both");
        let keeps = |now: &(Vec<String>, Vec<_>), before: &(Vec<String>, Vec<_>)| {
            before.0.iter().all(|line| now.0.contains(line)) && before.1.iter().all(|line| now.1.contains(line))
        };
        assert!(keeps(&town.past(a), &past_a) && keeps(&town.past(b), &past_b), "{:?} was {past_b:?}", town.past(b));
        town.round(&[(1, CARD_A), (2, CARD_B)]);
        assert_eq!(town.devices().len(), 2);
        let again = decide::undo(&town.db, &town.ingest, decided.decision, &town.by());
        assert!(matches!(again, Err(DecideError::Refused(Refused::Undone))));
    });
}

#[test]
fn a_device_taken_for_one_becomes_two_and_one_again() {
    on_both(|mut town| {
        town.round(&[(1, CARD_A), (2, CARD_B)]);
        let (a, b) = (town.id_of(CARD_A), town.id_of(CARD_B));
        let merge = decide::merge(&town.db, &town.ingest, a, b, false, &town.by()).unwrap();
        let card = Key { rank: KeyRank::Mac, text: "001b21020202".into() };
        let split = decide::split(&town.db, &town.ingest, a, BTreeSet::from([card]), &town.by()).unwrap();
        assert_eq!((town.id_of(CARD_A), town.id_of(CARD_B)), (a, split.other));
        assert!(town.devices().iter().all(|device| device.present), "the picture shows both at once");
        // The older decision rests under the newer one.
        let early = decide::undo(&town.db, &town.ingest, merge.decision, &town.by());
        assert!(matches!(early, Err(DecideError::Refused(Refused::BuiltUpon))));
        decide::undo(&town.db, &town.ingest, split.decision, &town.by()).unwrap();
        assert_eq!((town.devices().len(), town.id_of(CARD_B)), (1, a));
        decide::undo(&town.db, &town.ingest, merge.decision, &town.by()).unwrap();
        assert_eq!((town.id_of(CARD_A), town.id_of(CARD_B)), (a, b));
        town.round(&[(1, CARD_A)]);
        assert_eq!(town.devices().iter().filter(|device| device.present).map(|device| device.id).collect::<Vec<_>>(), [a]);
    });
}

#[test]
fn a_picture_read_again_changes_nothing_that_was_right() {
    on_both(|mut town| {
        town.round(&[(1, CARD_A), (2, CARD_B)]);
        let before = town.devices();
        let past = town.past(before[0].id);
        assert_eq!(decide::reread_all(&town.db, &Ingest::new(town.db.clone()), town.now, || true).unwrap(), 1);
        assert_eq!((town.devices(), town.past(before[0].id)), (before, past));
    });
}

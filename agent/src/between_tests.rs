//! Looks between rounds, with a scripted SNMP probe: what they may look at, and who is the newer.

use super::*;
use crate::agent::Scope;
use crate::config;
use crate::probes::{Look, Outcome, Probe, Running, Stage};
use rollcall_shared::{Content, Fact};
use std::cell::{Cell, RefCell};
use std::path::Path;
use tokio::sync::Notify;

thread_local! {
    /// What every device says now.
    static SAYS: Cell<&'static str> = const { Cell::new("normal") };
    /// A round that has asked waits here before it ends, where there is something to wait for.
    static HELD: RefCell<Option<std::rc::Rc<Notify>>> = const { RefCell::new(None) };
    static CLOCK: Cell<i64> = const { Cell::new(1_795_420_800) }; // 2026-11-23T08:00:00Z, a Monday
}

static SCRIPTED: [Probe; 2] = [
    Probe { name: "snmp", every_s: 0, of_server: false, stage: Stage::Ask, run: snmp },
    Probe { name: "server", every_s: 0, of_server: true, stage: Stage::Ask, run: |_| Box::pin(async { Outcome::default() }) },
];

fn snmp<'a>(look: &'a Look<'a>) -> Running<'a> {
    let alone = look.network.cidrs.iter().all(|cidr| cidr.prefix_len() == 32);
    let asked: Vec<u8> = if alone { look.network.cidrs.iter().filter_map(|cidr| last(cidr.addr())).collect() } else { vec![1, 2] };
    let says = SAYS.get();
    Box::pin(async move {
        let held = HELD.with_borrow(Clone::clone).filter(|_| !alone);
        if let Some(held) = held {
            held.notified().await;
        }
        let facts = |last: u8| if last > 9 { vec![] } else { vec![Fact::answers("snmp"), Fact::said("upsOutputSource", says)] };
        let findings = asked.iter().map(|last| Finding::of(ip(*last), facts(*last))).collect();
        Outcome { finished: true, asked: 2, findings, troubles: vec![] }
    })
}

fn ip(last: u8) -> Subject {
    Subject::Address([10, 0, 0, last].into())
}

fn last(ip: IpAddr) -> Option<u8> {
    if let IpAddr::V4(ip) = ip { Some(ip.octets()[3]) } else { None }
}

fn clock() -> Timestamp {
    Timestamp(CLOCK.get())
}

fn open(folder: &Path, keys: &str) -> Agent {
    let network = "[[networks]]\nname = \"school\"\ncidrs = [\"10.0.0.0/24\"]\nnever.addresses = [\"10.0.0.66\"]\n";
    let config = config::parse(&format!("state_folder = \"state\"\ntime_zone = \"UTC\"\n{keys}\n{network}"), folder).unwrap();
    Agent::open_with(config, &SCRIPTED).unwrap()
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

async fn look_at(agent: &Agent, lasts: &[u8]) -> Option<LookedAt> {
    let addresses = lasts.iter().map(|last| IpAddr::from([10, 0, 0, *last])).collect();
    agent.look_at("school", &addresses, &clock).await.unwrap()
}

/// What the picture holds about one device.
fn stands(agent: &Agent, last: u8) -> String {
    let store = agent.store.borrow();
    let facts: Vec<String> = store.state.standing.picture.about("school", &ip(last)).flat_map(|(_, facts)| facts).map(|fact| fact.key()).collect();
    let said = store.state.standing.picture.about("school", &ip(last)).flat_map(|(_, facts)| facts).find_map(|fact| match fact {
        Fact::Said(said) => Some(said.value.clone()),
        _ => None,
    });
    said.unwrap_or_else(|| format!("{facts:?}"))
}

#[test]
fn a_device_that_calls_is_looked_at_alone_and_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let agent = open(folder.path(), "");
        assert!(look_at(&agent, &[1]).await.is_none(), "no round was made yet: the first one sees all");
        let round = agent.round(Scope::Due, &clock).await.unwrap();
        assert!(!round.is_between_rounds());
        SAYS.set("battery");
        CLOCK.set(CLOCK.get() + 20);
        let told = look_at(&agent, &[1, 66, 77]).await.unwrap();
        assert!(told.report.is_between_rounds());
        assert_eq!((told.report.number, told.report.began_at), (round.number + 1, clock()));
        let runs: Vec<_> = told.report.probes.iter().map(|run| (run.probe.as_str(), run.finished, run.only.clone())).collect();
        assert_eq!(runs, [("snmp", true, vec![ip(1), ip(77)])], "never is never, whoever calls");
        assert_eq!(told.silent, [IpAddr::from([10, 0, 0, 77])]);
        let Content::Difference { change, .. } = &told.report.content else { panic!("{:?}", told.report.content) };
        assert_eq!((change.put.len(), &change.put[0].subject), (1, &ip(1)));
        assert_eq!((stands(&agent, 1), stands(&agent, 2)), ("battery".to_owned(), "normal".to_owned()));
        assert_eq!(agent.waiting(), 2);
        // A full picture that is asked for now is as of this look, not as of the round before it.
        assert_eq!(agent.tell_full().unwrap().ended_at, told.report.ended_at);
        assert!(!agent.is_overdue(Timestamp(CLOCK.get())), "when the next round is due is the rounds' own matter");
    });
}

#[test]
fn quiet_hours_and_the_pause_hold_for_callers_as_well() {
    for (keys, paused) in [("quiet_hours = [\"00:00-23:59\"]", false), ("", true)] {
        let folder = tempfile::tempdir().unwrap();
        wait(async {
            let agent = open(folder.path(), keys);
            agent.round(Scope::Due, &clock).await.unwrap();
            if paused {
                std::fs::write(folder.path().join("state/pause"), "").unwrap();
            }
            assert!(look_at(&agent, &[1]).await.is_none(), "{keys}");
            assert!(agent.look_at("elsewhere", &[IpAddr::from([10, 0, 0, 1])].into(), &clock).await.unwrap().is_none());
        });
    }
}

#[test]
fn a_round_that_asked_before_the_call_does_not_undo_what_the_look_saw() {
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let agent = open(folder.path(), "");
        agent.round(Scope::Due, &clock).await.unwrap();
        let held = std::rc::Rc::new(Notify::new());
        HELD.set(Some(held.clone()));
        let called = async {
            SAYS.set("battery"); // the round under way has asked already
            let told = look_at(&agent, &[1]).await.unwrap();
            held.notify_one();
            told
        };
        let (round, told) = futures_util::future::join(agent.round(Scope::Everything, &clock), called).await;
        HELD.set(None);
        assert_eq!(round.unwrap().number, told.report.number + 1);
        assert_eq!((stands(&agent, 1), stands(&agent, 2)), ("battery".to_owned(), "normal".to_owned()));
        SAYS.set("normal");
        agent.round(Scope::Due, &clock).await.unwrap();
        assert_eq!(stands(&agent, 1), "normal", "the next round is the newer again");
    });
}

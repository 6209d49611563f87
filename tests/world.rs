//! The played town: whatever way reports take to the collector, the end is the same. And it is fast.
//!
//! Comes in: seeds. Goes out: pass, or the seed of a town that ends otherwise. Absent on purpose: sentences (the scenarios), sockets.

use proptest::prelude::*;
use rollcall_collector::domain::device::Device;
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::store::view::school::PlaceRow;
use rollcall_shared::{Report, Timestamp};
use rollcall_tests::world::World;
use rollcall_tests::world::thing::{Ail, Plug, Thing};

/// Monday 7 September 2026, 8:00 in Paris.
const MONDAY: Timestamp = Timestamp(1_788_760_800);
/// Between two rounds.
const ROUND_S: i64 = 300;
/// Where everything stands.
const CAMUS: &str = "camus";

/// A school with a server, a switch, projectors and tablets; the plan wants all of them.
fn town(learning: bool) -> World {
    let mut world = World::new(MONDAY, ROUND_S as u32).unwrap();
    world.add_site(CAMUS).unwrap();
    let on = |to: &str, port: u32| Some(Plug { to: to.to_owned(), port });
    let mut add = |name: &str, kind: Kind, plug: Option<Plug>| {
        let thing = Thing { plug, ..Thing::new(name, kind, Some(CAMUS)) };
        world.add_thing(thing).unwrap();
    };
    add("SRV", Kind::Server, None);
    add("SW-1", Kind::Switch, None);
    add("BORNE", Kind::AccessPoint, on("SW-1", 20));
    for number in 1..=3 {
        add(&format!("VP-{number}"), Kind::Projector, on("SW-1", number));
        add(&format!("T-{number}"), Kind::Tablet, on("BORNE", 0));
    }
    let files = [
        ("programme.csv", "code,name\nessai,Essai\n"),
        ("schools.csv", "school,name,kind,phase,followed_from\ncamus,Camus,elementaire,1,2024-09-02\n"),
        ("networks.csv", "site,cidr,name,school\ncamus,10.1.0.0/16,camus,camus\n"),
        ("phases.csv", "phase,name,rank\n1,Phase 1,1\n"),
        ("kits.csv", "kit,item,quantity,per\nk,projector,3,school\nk,tablet,4,school\n"),
        ("allotments.csv", "phase,school_or_selector,kit,quantity,counts,due_on\n1,camus,k,1,each,2025-12-31\n"),
    ];
    let (tables, notes) = rollcall_collector::plan_folder::read_files(files.iter().map(|(name, text)| (*name, text.as_bytes())));
    assert!(world.import(tables, &notes, "anne", "").unwrap().is_some(), "{notes:?}");
    world.add_agent("kwartz", vec![(CAMUS.to_owned(), CAMUS.to_owned())]).unwrap();
    if !learning {
        world.accept_school(CAMUS).unwrap();
    }
    world
}

/// Something that happens between two rounds, by its number.
fn happens(world: &mut World, what: u8) {
    let names = ["VP-1", "VP-2", "VP-3", "T-1", "T-2", "T-3", "SW-1"];
    let name = names[usize::from(what) % names.len()];
    match what / 7 % 5 {
        0 => world.change(name, |thing| thing.on = !thing.on),
        1 => world.change("VP-2", |thing| {
            if !thing.ails.remove(&Ail::Erst(1)) {
                thing.ails.insert(Ail::Erst(1));
            }
        }),
        // A switch is not plugged into itself: all behind it would be cut off, and would not come back with the rest at the end.
        2 if name != "SW-1" => world.change(name, |thing| thing.plug = Some(Plug { to: "SW-1".to_owned(), port: 10 + u32::from(what) % 5 })),
        2 => Ok(()),
        3 => world.change("T-3", |thing| thing.private = !thing.private),
        _ => world.change("SW-1", |thing| thing.broken = !thing.broken),
    }
    .unwrap();
}

/// What the collector knows at the end: devices, outcomes of places, open faults. `history`: with what depends on the way there, too: since
/// when something is as it is, and which of several alike devices has which place.
fn end(world: &World, history: bool) -> [Vec<String>; 3] {
    let told = |text: String| if history { text } else { String::new() };
    let device = |device: &Device| {
        let place = device.place.as_ref().map(|place| place.text());
        let signs: Vec<&str> = device.signs.iter().map(|standing| standing.sign.code).collect();
        let since = told(format!(" since {}", device.turned_at));
        format!("{:?} {:?} present {} at {place:?} signs {signs:?}{since}", device.kind, device.keys, device.present)
    };
    let devices = world.devices(CAMUS).unwrap().iter().map(device).collect();
    let place = |place: &PlaceRow| {
        let alike = place.key.rsplit_once('/').map_or(place.key.as_str(), |(alike, _)| alike);
        format!("{} {}{}", if history { &place.key } else { alike }, place.outcome, told(format!(" {:?}", place.device_name)))
    };
    let places = world.places(CAMUS).unwrap().iter().map(place).collect();
    let faults = world.faults(CAMUS, false).unwrap();
    let faults = faults.iter().map(|fault| format!("{} {:?} {}", fault.code, fault.device_name, fault.count)).collect();
    let mut all: [Vec<String>; 3] = [devices, places, faults];
    all.iter_mut().for_each(|list| list.sort());
    all
}

/// A morning's reports, as the agent would spool them, one event between two rounds.
fn spooled(world: &mut World, events: &[u8]) -> Vec<Report> {
    world.agents[0].line_up = false;
    for what in events {
        happens(world, *what);
        world.advance(world.now + ROUND_S).unwrap();
    }
    // Nothing happens any more, long enough for what switches remember to fade.
    world.advance(world.now + 4 * ROUND_S).unwrap();
    std::mem::take(&mut world.agents[0].spool)
}

/// The line is up again, and everything is there again; the agent does what receipts said, and tells its last rounds. What nobody ever
/// heard of cannot be known; so all comes back before towns are compared.
fn caught_up(world: &mut World) {
    let names: Vec<String> = world.things.keys().cloned().collect();
    for name in names {
        world.change(&name, |thing| (thing.on, thing.broken, thing.private) = (true, false, false)).unwrap();
    }
    world.agents[0].line_up = true;
    world.advance(world.now + 6 * ROUND_S).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Reports that come twice, late, in any order, or never: once the agent has caught up, the town is as if they had come one by one.
    #[test]
    fn whatever_way_reports_come_the_end_is_the_same(
        events in proptest::collection::vec(any::<u8>(), 1..8),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 1..24),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut straight = town(false);
        let reports = spooled(&mut straight, &events);
        straight.deliver(0, reports).unwrap();
        caught_up(&mut straight);

        let mut crooked = town(false);
        let reports = spooled(&mut crooked, &events);
        // Some come, in any order, some twice; those after the cut never.
        let most = cut.index(reports.len()) + 1;
        let chosen: Vec<Report> = order.iter().map(|index| reports[index.index(most)].clone()).collect();
        crooked.deliver(0, chosen).unwrap();
        caught_up(&mut crooked);

        prop_assert_eq!(end(&crooked, false), end(&straight, false));
    }

    /// In their order, each twice, one by one or in one request: the same to the second, and the doubles are taken in as nothing.
    #[test]
    fn doubles_change_nothing_to_the_second(events in proptest::collection::vec(any::<u8>(), 1..8)) {
        let mut once = town(false);
        let reports = spooled(&mut once, &events);
        let count = once.deliver(0, reports.clone()).unwrap();
        prop_assert_eq!(count, reports.len());

        let mut twice = town(false);
        let reports = spooled(&mut twice, &events);
        let doubled: Vec<Report> = reports.iter().flat_map(|report| [report.clone(), report.clone()]).collect();
        let taken = twice.deliver(0, doubled).unwrap();
        prop_assert_eq!(taken, reports.len(), "a double was taken in");
        prop_assert_eq!(twice.deliver(0, reports.clone()).unwrap(), 0, "all of them once more");
        prop_assert_eq!(end(&twice, true), end(&once, true));
    }
}

/// Settling is a look at what is: a second one at the same moment finds nothing to do, whatever happened.
#[test]
fn settling_twice_is_settling_once() {
    for seed in 0..12u8 {
        let mut world = town(false);
        for step in 0..6u8 {
            happens(&mut world, seed.wrapping_mul(31).wrapping_add(step * 17));
            world.advance(world.now + ROUND_S).unwrap();
        }
        let before = end(&world, true);
        let seq = world.db.read(rollcall_collector::store::school::settled_seq).unwrap();
        world.settle_all().unwrap();
        assert_eq!(end(&world, true), before, "seed {seed}");
        assert_eq!(world.db.read(rollcall_collector::store::school::settled_seq).unwrap(), seq, "seed {seed}: something was written");
    }
}

/// No device stands in two places, no place holds two devices, and every place is counted once.
#[test]
fn places_and_devices_are_one_to_one() {
    for seed in 0..12u8 {
        let mut world = town(false);
        for step in 0..8u8 {
            happens(&mut world, seed.wrapping_mul(53).wrapping_add(step * 29));
            world.advance(world.now + ROUND_S).unwrap();
            let places = world.places(CAMUS).unwrap();
            assert_eq!(places.len(), 7, "three projectors and four tablets are planned");
            let mut held: Vec<i64> = places.iter().filter_map(|place| place.device).collect();
            let count = held.len();
            held.sort_unstable();
            held.dedup();
            assert_eq!(held.len(), count, "seed {seed}: a device holds two places");
        }
    }
}

/// A school that is learning is shown like any other; only notices are missing.
#[test]
fn learning_changes_notices_and_nothing_else() {
    let (mut learning, mut accepted) = (town(true), town(false));
    for world in [&mut learning, &mut accepted] {
        for what in [8, 35, 3] {
            happens(world, what);
            world.advance(world.now + 3 * ROUND_S).unwrap();
        }
    }
    assert_eq!(end(&learning, true), end(&accepted, true));
    assert_eq!(learning.take_notices().unwrap(), []);
    assert!(!accepted.take_notices().unwrap().is_empty());
}

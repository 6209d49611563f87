//! A whole school in network namespaces: the real agent in the server's namespace against real daemons, a real collector,
//! and what the collector shows held against the lab's own truth; then things break, and each is told rightly, and cleared.
//!
//! Comes in: the lab (`../shared/lab` beside the checkout, or `$ROLLCALL_SHARED/lab`), root, namespaces. Goes out: pass, a
//! list of what was told wrongly, or "skipped: why". All traffic stays inside the lab's namespaces. `ROLLCALL_LAB_INSTALL=1`
//! lets the lab install the daemons that it needs.

use rollcall_collector::domain::device::Device;
use rollcall_collector::domain::kind::Kind;
use rollcall_tests::lab::cost::Cost;
use rollcall_tests::lab::school::{Lab, Truth};
use rollcall_tests::lab::town::Town;

/// Devices of the school: one server, two switches, four access points, a printer, two UPSes, and these.
const SIZE: [(&str, u32); 3] = [("--tablets", 24), ("--pcs", 14), ("--projectors", 12)];
/// Rooms behind the ports of two projectors, so that a move is a misplacement.
const ROOMS: [(&str, &str); 2] = [("vp03", "Salle 3"), ("vp07", "Salle 7")];

/// The agent's bound of resident memory for a round, KiB: as it is shipped (`ROLLCALL_AGENT` names a release build), and as tests build it,
/// without optimisation, whose code alone takes some 10 MiB more.
const MAX_RSS_KIB: [u64; 2] = [20 * 1024, 32 * 1024];

#[test]
fn a_whole_school_is_told_rightly() {
    let lab = match Lab::up(&SIZE) {
        Ok(lab) => lab,
        Err(why) => {
            eprintln!("skipped: {why}");
            return;
        }
    };
    let mut town = Town::start(&lab, &ROOMS);
    town.round();
    town.round();
    for (number, cost) in town.rounds.iter().enumerate() {
        let Cost { wall_s, cpu_s, peak_rss_kib, sent_packets, .. } = cost;
        println!("agent, round {}: {wall_s:.2} s, CPU {cpu_s:.2} s, peak RSS {peak_rss_kib} KiB, {sent_packets} packets sent", number + 1);
    }
    let peak = town.rounds.iter().map(|cost| cost.peak_rss_kib).max().unwrap_or(0);
    let unoptimised = cfg!(debug_assertions) && std::env::var_os("ROLLCALL_AGENT").is_none();
    assert!(peak <= MAX_RSS_KIB[usize::from(unoptimised)], "the agent took {peak} KiB");
    roll_call(&lab.truth(), &town);
    faults(&lab, &mut town);
    identity(&lab, &mut town);
}

/// Everything that answers or holds a lease is found, nothing is invented, and what a device can tell of itself is told.
fn roll_call(truth: &[Truth], town: &Town) {
    let fleet = town.devices();
    let mut wrong = Vec::new();
    for device in truth {
        match device.find(&fleet) {
            None => wrong.push(format!("{} is not found", device.name)),
            Some(found) => wrong.extend(device.compare(found)),
        }
    }
    for device in &fleet {
        if !truth.iter().any(|known| known.is(device)) {
            wrong.push(format!("invented: {:?} {:?} {:?} {:?}", device.kind, device.name, device.keys, device.addresses));
        }
    }
    assert!(wrong.is_empty(), "{} of {} devices:\n{}", wrong.len(), truth.len(), wrong.join("\n"));
    assert_eq!(fleet.len(), truth.len());
    assert!(town.faults().is_empty(), "a healthy school: {:?}", town.faults());
}

/// One fault after the other: told after two rounds, cleared by the next look that could see it.
fn faults(lab: &Lab, town: &mut Town) {
    for (device, on, off, code) in [
        ("vp01", &["lamp", "on"][..], &["lamp", "off"][..], "projector_lamp"),
        ("vp02", &["filter", "warning"], &["filter", "off"], "projector_filter"),
        ("prn01", &["toner", "0"], &["toner", "64"], "printer_toner"),
        ("ups01", &["battery", "on"], &["battery", "off"], "ups_on_battery"),
        ("vp05", &["duplicate-ip", "vp06"], &["duplicate-ip", "off"], "duplicate_address"),
    ] {
        lab.fault(device, on);
        let (told, rounds) = town.until(4, |town| town.codes().contains(code));
        assert!(told, "{device} {on:?}: {code} is not told after {rounds} rounds: {:?}", town.faults());
        assert!(rounds >= 2, "{code} was told after one round, before it was confirmed");
        let others: Vec<String> = town.codes().into_iter().filter(|other| other != code).collect();
        assert!(others.is_empty(), "beside {code}: {others:?}");
        lab.fault(device, off);
        let (cleared, rounds) = town.until(4, |town| town.codes().is_empty());
        assert!(cleared, "{device} {off:?}: after {rounds} rounds there is still {:?}", town.faults());
    }
    // A printer is no infrastructure: gone, it is absent, and that is no fault yet. A switch is.
    lab.fault("prn01", &["unplug", "on"]);
    let gone = |town: &Town| town.devices().iter().any(|device| device.kind == Some(Kind::Printer) && !device.present);
    assert!(town.until(7, gone).0, "the unplugged printer is still shown as present");
    assert!(town.codes().is_empty(), "{:?}", town.faults());
    lab.fault("prn01", &["unplug", "off"]);
    assert!(town.until(3, |town| !gone(town)).0, "the printer is back and not seen");
    lab.fault("ups01", &["unplug", "on"]);
    let (told, rounds) = town.until(9, |town| town.codes().contains("infrastructure_silent"));
    assert!(told && rounds >= 3, "a silent UPS after {rounds} rounds: {:?}", town.faults());
    lab.fault("ups01", &["unplug", "off"]);
    assert!(town.until(3, |town| town.codes().is_empty()).0, "{:?}", town.faults());
}

/// Identity survives other addresses and other ports, and another unit in the same place is another device.
fn identity(lab: &Lab, town: &mut Town) {
    let id = |town: &Town, name: &str| -> Device {
        let truth = lab.truth();
        let wanted = truth.iter().find(|device| device.name == name).unwrap();
        let fleet = town.devices();
        wanted.find(&fleet).unwrap_or_else(|| panic!("{name} is not found")).clone()
    };
    let (before_a, before_b) = (id(town, "vp09"), id(town, "vp10"));
    lab.fault("vp09", &["swap-ip", "vp10"]);
    let swapped = |town: &Town| id(town, "vp09").addresses != before_a.addresses && id(town, "vp10").addresses != before_b.addresses;
    assert!(town.until(4, swapped).0, "the swapped addresses are not told");
    let (a, b) = (id(town, "vp09"), id(town, "vp10"));
    assert_eq!((a.id, b.id, &a.model, &b.model), (before_a.id, before_b.id, &before_a.model, &before_b.model), "identity follows no address");
    assert_eq!((a.serial, a.name), (before_a.serial, before_a.name));

    let before = id(town, "vp03");
    lab.fault("vp03", &["move", "sw02:30"]);
    let moved = |town: &Town| id(town, "vp03").place.is_some_and(|place| place.port.contains("30"));
    assert!(town.until(8, moved).0, "the move is not told: {:?}", id(town, "vp03").place);
    assert_eq!(id(town, "vp03").id, before.id);
    assert!(town.until(3, |town| town.codes().contains("misplaced")).0, "a projector in another room: {:?}", town.faults());
    let (switch, port) = lab.home("vp03");
    lab.fault("vp03", &["move", &format!("{switch}:{port}")]);
    assert!(town.until(8, |town| town.codes().is_empty()).0, "{:?}", town.faults());

    let (before, count) = (id(town, "vp12"), town.devices().len());
    lab.fault("vp12", &["replace", "NE99999999"]);
    let replaced = |town: &Town| town.devices().len() == count + 1;
    assert!(town.until(7, replaced).0, "another unit is another device: {} devices", town.devices().len());
    // The switch remembers the old unit's MAC for five minutes, so it may still count as there; its address is another's.
    let held =
        |id| town.devices().iter().find(|device| device.id == id).map(|device| device.addresses.iter().filter_map(|address| address.ip).count());
    assert_ne!(held(before.id), None, "the unit that was taken away stays on the register");
    assert!(id(town, "vp12").addresses.iter().any(|address| before.addresses.iter().any(|old| old.ip == address.ip)), "the new unit has the address");
    assert_ne!(id(town, "vp12").id, before.id);
    assert_eq!(town.devices().len(), count + 1, "nothing was invented on the way");
}

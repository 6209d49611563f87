//! The played town as a real agent's probes see it: all that the truth says can be known is said, over real sockets.
//!
//! Comes in: a school of the simulator, on ports that are free. Goes out: pass, or what was not said. Absent on purpose: the
//! collector, time.

use rollcall_agent::config;
use rollcall_agent::look::{Place, look};
use rollcall_shared::{Content, Fact, Report, Timestamp};
use rollcall_tests::sim::agent_config;
use rollcall_tests::sim::control::{Command, apply};
use rollcall_tests::sim::town::{build, sample_spec};
use rollcall_tests::sim::truth::{DeviceTruth, tell};
use rollcall_tests::sim::world::{Ports, World, now_s};
use std::sync::Arc;

/// Plays two schools (one whose switches speak version 3 alone), looks at the second with all probes, and returns what was said.
fn look_at_a_school(folder: &std::path::Path, commands: &[(&str, &str)]) -> (Vec<DeviceTruth>, Report) {
    let world = World::new(build(&[sample_spec(1, 1), sample_spec(2, 5)]), folder, Ports::free());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let tasks = world.speak().await.unwrap();
        for (device, what) in commands {
            let what = what.split(' ').map(str::to_owned).collect();
            apply(&world, &Command { school: "2".into(), device: (*device).into(), what }).unwrap();
        }
        let school = world.see(|town| town.schools[1].clone());
        let file = agent_config::write(&world, &school, &folder.join("agent"), 300).unwrap();
        let mut config = config::load(&file).unwrap();
        // Addresses that hold nobody are left out: waiting for their silence is another test's matter.
        config.networks[0].allow = school.devices.iter().filter_map(|device| Some(std::net::IpAddr::V4(device.ip?).into())).collect();
        let place = Place { server: config.server.clone(), network: &config.server_network };
        let report = look(&config.networks, place, None, &|| Timestamp(now_s())).await.unwrap();
        drop(tasks);
        (told(&world), report)
    })
}

fn told(world: &Arc<World>) -> Vec<DeviceTruth> {
    world.see(|town| tell(town, 0)).devices.into_iter().filter(|device| device.school == "02").collect()
}

/// Everything one probe said about one subject.
fn said(report: &Report, probe: &str, subject: &str) -> Vec<Fact> {
    let Content::Full(groups) = &report.content else { panic!("`look` tells a full picture") };
    groups.iter().filter(|group| group.probe == probe && group.subject.to_string() == subject).flat_map(|group| group.facts.clone()).collect()
}

fn holds(facts: &[Fact], text: &str) -> bool {
    facts.iter().any(|fact| match fact {
        Fact::Said(said) => said.value == text,
        Fact::Entity(entity) => entity.serial == text,
        _ => false,
    })
}

#[test]
fn what_the_truth_says_can_be_known_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (devices, report) = look_at_a_school(folder.path(), &[("vp01", "lamp on"), ("srv01", "service smb on"), ("ups01", "battery on")]);
    assert_eq!(report.troubles, vec![]);
    let about = |device: &DeviceTruth, way: &str| match way {
        "server" => said(&report, "server", "server"),
        "ups" | "nut" => said(&report, "ups", "attached:ups@server"),
        "dmi" => said(&report, "server", "server"),
        "dhcp" => said(&report, "dhcp", &format!("mac:{}", device.mac.clone().unwrap())),
        way => said(&report, way, &format!("ip:{}", device.ip.clone().unwrap())),
    };
    for device in &devices {
        for way in device.seen_via.iter().filter(|way| *way != "forwarding") {
            assert!(!about(device, way).is_empty(), "{} is not seen by {way}", device.device);
        }
        if device.serial_via != "none" {
            assert!(
                holds(&about(device, &device.serial_via), &device.serial),
                "{}: {} does not tell {}",
                device.device,
                device.serial_via,
                device.serial
            );
        }
        if let Some(place) = &device.place {
            let switch = devices.iter().find(|other| other.device == place.switch).unwrap();
            let learnt = said(&report, "snmp", &format!("ip:{}", switch.ip.clone().unwrap()));
            let port = learnt.iter().find_map(|fact| match fact {
                Fact::Forwarding(entry) if Some(entry.key.mac.to_string()) == device.mac => Some(entry.port),
                _ => None,
            });
            assert_eq!(port, Some(place.port), "{} behind {}", device.device, place.switch);
        }
    }
    assert!(holds(&about(devices.iter().find(|device| device.device == "vp01").unwrap(), "pjlink"), "020000"));
    assert!(holds(&said(&report, "ups", "attached:ups@server"), "OB DISCHRG"));
    let down = |fact: &Fact| matches!(fact, Fact::Service(service) if service.key == "smb" && !service.up);
    assert_eq!(said(&report, "server", "server").iter().filter(|fact| matches!(fact, Fact::Service(service) if !service.up)).count(), 1);
    assert!(said(&report, "server", "server").iter().any(down));
}

//! A small world for random tests: a handful of addresses, MACs, switches and controllers, in which everything meets everything.
//!
//! Comes in: numbers of proptest. Goes out: pictures, and steps from one to the next. Absent on purpose: any expectation.

use proptest::prelude::*;
use rollcall_shared::evidence::{Entity, Forwarding, Holds, Interface, Lease, MacVlan, Neighbour, Service, Subject};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::{Fact, Mac, Picture};
use std::net::{IpAddr, Ipv4Addr};

/// A MAC of a small world: a few are invented, shared by many or no address at all.
fn mac(number: u8) -> Mac {
    match number {
        30 => Mac::new([0x02, 0, 0, 0, 0, 1]),
        31 => Mac::new([0x00, 0x00, 0x5e, 0x00, 0x01, 0x01]),
        number => Mac::new([0x00, 0x1b, 0xa9, 0, 0, number]),
    }
}

fn ip(number: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, number))
}

fn subject(number: u8) -> Subject {
    match number {
        0 => Subject::Server,
        1 => Subject::Attached("ups@localhost".to_owned()),
        2..=13 => Subject::Address(ip(number)),
        _ => Subject::Mac(mac(number)),
    }
}

/// Facts of a small world, in which everything meets everything.
fn fact() -> impl Strategy<Value = Fact> {
    let port = 1u32..5;
    prop_oneof![
        6 => (0u8..32, 0u16..3, port.clone()).prop_map(|(of, vlan, port)| Fact::Forwarding(Forwarding { key: MacVlan { mac: mac(of), vlan }, port })),
        3 => (0u8..32).prop_map(|of| Fact::Holds(Holds { key: mac(of) })),
        1 => Just(Fact::answers("arp")),
        2 => (2u8..14, any::<bool>(), any::<bool>(), 0u8..4).prop_map(|(at, active, reserved, name)| Fact::Lease(Lease {
            key: ip(at),
            name: Some(format!("pc-{name}")),
            vendor_class: None,
            reserved,
            active,
        })),
        3 => (port.clone(), prop::option::of(0u8..32), any::<bool>(), any::<bool>(), 0u64..2).prop_map(|(key, own, up, half_duplex, speed)| {
            let speed_bps = speed * 1_000_000_000;
            Fact::Interface(Interface { key, name: format!("port{key}"), if_type: 6, up: Some(up), half_duplex, mac: own.map(mac), speed_bps, ..Interface::default() })
        }),
        2 => (port, 0u8..32, 0u8..6).prop_map(|(port, chassis, name)| Fact::Neighbour(Neighbour {
            key: format!("lldp:{port}.1"),
            local_index: port,
            chassis: mac(chassis).to_string(),
            name: format!("sw{name}"),
            ..Neighbour::default()
        })),
        1 => (1u32..4, 0u8..4).prop_map(|(key, serial)| Fact::Entity(Entity { key, class: 3, serial: format!("CN93FX12{serial}4"), model: "J9776A".to_owned(), ..Entity::default() })),
        1 => any::<bool>().prop_map(|up| Fact::Service(Service { key: "dns".to_owned(), up, detail: String::new() })),
        2 => (0u8..6).prop_map(|name| Fact::said("sysName", format!("sw{name}"))),
        1 => Just(Fact::said("sysObjectID", "1.3.6.1.4.1.11.2.3.7.11.140")),
        1 => Just(Fact::said("sysDescr", "HP J9776A 2530-24G Switch, revision YA.15.16.0005, ROM YA.15.15 (/ws/swbuildm/rel_ukiah)")),
        1 => (0u8..32).prop_map(|own| Fact::said("dot1dBaseBridgeAddress", format!("0x{:012x}", mac(own).to_i64()))),
        1 => (0u8..32).prop_map(|own| Fact::said("net.eth0.mac", mac(own).to_string())),
        1 => (0u8..3, 0u8..3).prop_map(|(row, name)| Fact::said(format!("wlanAPName.0.27.169.0.0.{row}"), format!("ap-{name}"))),
        1 => (0u8..3, 2u8..14).prop_map(|(row, at)| Fact::said(format!("wlanAPIpAddress.0.27.169.0.0.{row}"), ip(at).to_string())),
        1 => (0u8..3, 1u8..3).prop_map(|(row, radio)| Fact::said(format!("wlanAPRadioType.0.27.169.0.0.{row}.1"), radio.to_string())),
        1 => Just(Fact::said("dot1dBaseNumPorts", "24")),
    ]
}

/// One step: facts put, or (by their place among those that stand) taken out, or a whole entry gone.
#[derive(Debug, Clone)]
pub enum Step {
    /// A fact: network, subject, probe.
    Put(u8, u8, u8, Box<Fact>),
    /// A fact that stands leaves.
    Gone(prop::sample::Index),
    /// A whole entry leaves.
    Entry(prop::sample::Index),
}

/// A step.
pub fn step() -> impl Strategy<Value = Step> {
    let put = (0u8..2, prop_oneof![8 => 0u8..32, 4 => 2u8..6], 0u8..4, fact())
        .prop_map(|(network, of, probe, fact)| Step::Put(network, of, probe, Box::new(fact)));
    prop_oneof![
        12 => put,
        4 => any::<prop::sample::Index>().prop_map(Step::Gone),
        2 => any::<prop::sample::Index>().prop_map(Step::Entry),
    ]
}

/// Goes one step.
pub fn go(picture: &mut Picture, step: &Step) {
    let standing: Vec<(EntryKey, String)> = picture.entries().flat_map(|(entry, facts)| facts.map(move |fact| (entry.clone(), fact.key()))).collect();
    match step {
        Step::Put(network, of, probe, fact) => {
            let network = if *network == 0 || *of > 20 { "school" } else { "yard" };
            let probe = ["neighbours", "snmp", "dhcp_heard", "dhcp"][usize::from(*probe)];
            picture.put(&EntryKey::new(network, subject(*of), probe), (**fact).clone());
        }
        Step::Gone(index) if !standing.is_empty() => {
            let (entry, key) = index.get(&standing);
            picture.remove(entry, key);
        }
        Step::Entry(index) if !standing.is_empty() => {
            let (gone, _) = index.get(&standing).clone();
            for (entry, key) in standing.iter().filter(|(entry, _)| *entry == gone) {
                picture.remove(entry, key);
            }
        }
        Step::Gone(_) | Step::Entry(_) => {}
    }
}

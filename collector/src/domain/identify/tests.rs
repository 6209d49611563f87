//! Recognition as a whole: facts in, what is concluded out.

use super::identify;
use crate::domain::device::{Attachment, Sighting};
use rollcall_shared::evidence::{Entity, Fact, Forwarding, Holds, Interface, Lease, MacVlan, Neighbour};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::reading::Reading;
use rollcall_shared::{Mac, Picture, Subject, Timestamp};

/// A picture of lines: subject, probe, fact.
pub(super) fn picture(lines: Vec<(&str, &str, Fact)>) -> Picture {
    let mut picture = Picture::default();
    for (subject, probe, fact) in lines {
        picture.put(&EntryKey::new("school", subject.parse().unwrap(), probe), fact);
    }
    picture
}

/// What one device that said these words over SNMP is taken for: kind, vendor, model.
fn check(said: &[(&str, &str)], expected: (&str, &str, &str)) -> Sighting {
    let lines = said.iter().map(|(key, value)| ("ip:10.0.0.9", "snmp", Fact::said(*key, *value))).collect();
    let sighting = identify(&picture(lines), &[]).remove(0);
    let found = (sighting.kind.map_or("", |kind| kind.code()), sighting.vendor.as_deref().unwrap_or(""), sighting.model.as_deref().unwrap_or(""));
    assert_eq!(found, expected, "{said:?}");
    sighting
}

fn mac(text: &str) -> Mac {
    text.parse().unwrap()
}

fn holds(text: &str) -> Fact {
    Fact::Holds(Holds { key: mac(text) })
}

fn learnt(text: &str, port: u32) -> Fact {
    Fact::Forwarding(Forwarding { key: MacVlan { mac: mac(text), vlan: 0 }, port })
}

pub(super) fn port(index: u32, name: &str, mac_text: &str) -> Fact {
    Fact::Interface(Interface { key: index, name: name.into(), if_type: 6, mac: mac_text.parse().ok(), ..Interface::default() })
}

#[test]
fn makers_are_known_by_number_and_kinds_by_branch() {
    check(&[("sysObjectID", "1.3.6.1.4.1.318.1.3.27")], ("ups", "APC", ""));
    check(&[("sysObjectID", "1.3.6.1.4.1.318.1.3.4.5")], ("other", "APC", ""));
    check(&[("sysObjectID", "1.3.6.1.4.1.11.2.3.9.1")], ("printer", "HP", ""));
    check(&[("sysObjectID", "1.3.6.1.4.1.8072.3.2.10")], ("server", "", ""));
}

#[test]
fn forms_of_descriptions_are_taken_apart() {
    let sighting = check(
        &[("sysObjectID", "1.3.6.1.4.1.11.2.3.7.11.140"), ("sysDescr", "HP J9776A 2530-24G Switch, revision YA.16.04.0008, ROM YA.15.20")],
        ("switch", "HP", "J9776A 2530-24G"),
    );
    assert_eq!(sighting.firmware.as_deref(), Some("YA.16.04.0008"));
    check(
        &[("sysDescr", "Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE11, RELEASE SOFTWARE (fc3)")],
        ("switch", "Cisco", "2960"),
    );
    check(
        &[
            ("sysDescr", "RICOH MP C3004 1.20 / RICOH Network Printer C model / RICOH Network Scanner C model"),
            ("sysObjectID", "1.3.6.1.4.1.367.1.1"),
        ],
        ("printer", "Ricoh", "MP C3004"),
    );
    check(&[("sysDescr", "KONICA MINOLTA bizhub C258")], ("printer", "Konica Minolta", "bizhub C258"));
    check(&[("sysDescr", "RouterOS CRS326-24G-2S+"), ("sysObjectID", "1.3.6.1.4.1.14988.1")], ("switch", "MikroTik", "CRS326-24G-2S+"));
}

#[test]
fn a_maker_of_whom_no_table_knows_more_is_taken_at_its_word() {
    check(&[("sysObjectID", "1.3.6.1.4.1.8072.3.2.10"), ("sysDescr", "Sagemcom FAST5366 gateway")], ("router", "Sagemcom", "FAST5366"));
    check(&[("sysObjectID", "1.3.6.1.4.1.99999.1"), ("sysDescr", "a thing")], ("", "", ""));
}

#[test]
fn makers_that_only_the_register_knows_and_forms_that_many_use() {
    let sighting =
        check(&[("sysObjectID", "1.3.6.1.4.1.20738.1.1"), ("sysDescr", "NX-2401 Frame Unit, 4.11.2, Linux 4.9")], ("other", "TIBBO", "NX-2401"));
    assert_eq!(sighting.firmware.as_deref(), Some("4.11.2"));
    // Of a general operating system only its version is told; the words of its description are a host's.
    let sighting = check(&[("sysObjectID", "1.3.6.1.4.1.8072.3.2.10"), ("sysDescr", "Linux SRV-2000 5.10.0-28-amd64 #1 SMP")], ("server", "", ""));
    assert_eq!(sighting.firmware.as_deref(), Some("5.10.0-28-amd64"));
}

#[test]
fn a_gauge_shows_no_work_of_any_kind() {
    let mut lines = vec![
        ("ip:10.0.0.9", "snmp", Fact::said("sysObjectID", "1.3.6.1.4.1.3854.1")),
        ("ip:10.0.0.9", "snmp", Fact::said("sysDescr", "a box")),
        ("ip:10.0.0.9", "snmp", port(1, "eth0", "00:0b:dc:00:00:01")),
    ];
    let kind = |lines: &[(&str, &str, Fact)]| identify(&picture(lines.to_vec()), &[])[0].kind.map(|kind| kind.code());
    lines[0].2 = Fact::said("sysObjectID", "1.3.6.1.4.1.20738.1.1");
    assert_eq!(kind(&lines), Some("other"));
    // A toolkit's number says nothing of what it is built into.
    lines[0].2 = Fact::said("sysObjectID", "1.3.6.1.4.1.4413");
    assert_eq!(kind(&lines), None);
}

#[test]
fn the_only_board_with_a_serial_number_tells_that_of_its_chassis() {
    let part = |key, class, inside, serial: &str| Fact::Entity(Entity { key, class, inside, serial: serial.into(), ..Entity::default() });
    let serial = |rows: Vec<Fact>| {
        let lines = rows.into_iter().map(|row| ("ip:10.0.0.9", "snmp", row)).collect();
        identify(&picture(lines), &[])[0].serial.clone()
    };
    assert_eq!(serial(vec![part(3, 3, 0, ""), part(9, 9, 3, "2102350ABC01")]), Some("2102350ABC01".into()));
    assert_eq!(serial(vec![part(3, 3, 0, ""), part(9, 9, 3, "2102350ABC01"), part(10, 9, 3, "2102350ABC02")]), None);
}

#[test]
fn the_first_row_describes_what_no_row_says_to_be() {
    let model = |inside| {
        let row = Entity { key: 1, class: 0, inside, descr: "Acme Box 200".into(), ..Entity::default() };
        let lines = vec![("ip:10.0.0.9", "snmp", Fact::said("sysName", "box")), ("ip:10.0.0.9", "snmp", Fact::Entity(row))];
        identify(&picture(lines), &[])[0].model.clone()
    };
    assert_eq!(model(0).as_deref(), Some("Acme Box 200"));
    assert_eq!(model(7), None, "a row inside of another is a part");
}

#[test]
fn makers_who_print_the_mac_as_the_serial_number_tell_it_by_their_interface() {
    let serial = |number: &str| {
        let lines = vec![("ip:10.0.0.9", "snmp", Fact::said("sysObjectID", number)), ("ip:10.0.0.9", "snmp", port(1, "eth0", "00:40:8c:12:34:56"))];
        identify(&picture(lines), &[])[0].serial.clone()
    };
    assert_eq!(serial("1.3.6.1.4.1.368.4").as_deref(), Some("00408C123456"));
    assert_eq!(serial("1.3.6.1.4.1.318.1.3.27"), None);
}

#[test]
fn whoever_bridges_and_has_learnt_stations_is_a_switch_without_a_word() {
    let kind = |ports: u32, stations: u32| {
        let mut lines = vec![("ip:10.0.0.9", "snmp", Fact::said("sysName", "box"))];
        lines.extend((1..=ports).map(|at| ("ip:10.0.0.9", "snmp", port(at, &format!("p{at}"), ""))));
        lines.extend((1..=stations).map(|at| ("ip:10.0.0.9", "snmp", learnt(&format!("00:1b:a9:00:01:{at:02x}"), at))));
        let sightings = identify(&picture(lines), &[]);
        let own = sightings.iter().find(|sighting| sighting.name.as_deref() == Some("box")).unwrap();
        own.kind.map(|kind| kind.code())
    };
    assert_eq!(kind(8, 2), Some("switch"));
    assert_eq!(kind(8, 0), None, "eight network cards alone are none");
}

#[test]
fn a_lease_tells_the_address_of_who_is_seen_by_mac_alone() {
    let lease =
        |ip: &str| Fact::Lease(Lease { key: ip.parse().unwrap(), name: Some("pc-12".into()), vendor_class: None, reserved: false, active: true });
    let sightings = identify(&picture(vec![("mac:00:1b:a9:00:00:08", "dhcp", lease("10.0.0.7"))]), &[]);
    let told: Vec<_> = sightings[0].addresses.iter().map(|address| (address.mac, address.ip.map(|ip| ip.to_string()))).collect();
    assert_eq!(told, [(Some(mac("00:1b:a9:00:00:08")), Some("10.0.0.7".to_owned()))]);
}

#[test]
fn a_chassis_is_described_by_its_model_only_in_few_words_with_a_number() {
    for (descr, expected) in
        [("Frame X480", Some("Frame X480")), ("Modular frame", None), ("Frame with room for 12 boards and 2 supplies of power", None)]
    {
        let chassis = Entity { key: 1, class: 3, descr: descr.into(), serial: "2102350ABC01".into(), ..Entity::default() };
        let found = identify(&picture(vec![("ip:10.0.0.9", "snmp", Fact::Entity(chassis))]), &[]);
        assert_eq!(found[0].model.as_deref(), expected, "{descr}");
    }
}

#[test]
fn a_branch_names_the_maker_where_the_number_is_another_s() {
    check(&[("sysObjectID", "1.3.6.1.4.1.297.1.11.93.1.99")], ("printer", "Xerox", ""));
    check(&[("sysObjectID", "1.3.6.1.4.1.935.10.1.1")], ("ups", "PowerWalker", ""));
}

#[test]
fn a_controllers_access_points_are_devices_of_their_own() {
    let snmp = |key: &str, value: &str| ("ip:10.0.0.9", "snmp", Fact::said(key, value));
    let (one, two) = ("0.26.43.0.0.16", "0.26.43.0.0.32");
    let mut lines = vec![snmp("sysObjectID", "1.3.6.1.4.1.9.1.1069"), snmp("sysName", "wlc"), snmp("agentInventorySerialNumber", "FCW1234L0AB")];
    for (index, name, serial, address, ethernet) in
        [(one, "ap-salle-1", "FGL1111A0AA", "10.0.0.51", "0x001a2b000011"), (two, "ap-salle-2", "FGL2222A0BB", "10.9.0.52", "0x001a2b000021")]
    {
        for (item, value) in [
            ("bsnAPName", name),
            ("bsnAPSerialNumber", serial),
            ("bsnAPModel", "AIR-CAP1702I-E-K9"),
            ("bsnApIpAddress", address),
            ("bsnAPEthernetMacAddress", ethernet),
            ("bsnAPIfOperStatus", "2"),
        ] {
            let radio = if item == "bsnAPIfOperStatus" { ".0" } else { "" };
            lines.push(snmp(&format!("{item}.{index}{radio}"), value));
        }
    }
    // The first is met on the network itself.
    lines.push(("ip:10.0.0.51", "neighbours", holds("00:1a:2b:00:00:11")));
    let reading = |instance: String, value| Reading {
        network: "school".into(),
        subject: "ip:10.0.0.9".parse().unwrap(),
        name: "ap_clients".into(),
        instance,
        value,
        at: Timestamp(0),
    };
    let readings = [reading(format!("{one}.0"), 7.0), reading(format!("{one}.1"), 4.0), reading(format!("{two}.0"), 0.0)];
    let sightings = identify(&picture(lines), &readings);
    assert_eq!(sightings.len(), 3);
    assert_eq!((sightings[0].name.as_deref(), sightings[0].serial.as_deref(), sightings[0].ap_count), (Some("wlc"), Some("FCW1234L0AB"), Some(2)));
    let by_serial = |serial: &str| sightings.iter().find(|sighting| sighting.serial.as_deref() == Some(serial)).unwrap();
    let (first, second) = (by_serial("FGL1111A0AA"), by_serial("FGL2222A0BB"));
    for (sighting, name, clients, present) in [(first, "ap-salle-1", 11, true), (second, "ap-salle-2", 0, false)] {
        assert_eq!(sighting.kind.map(|kind| kind.code()), Some("access_point"));
        assert_eq!((sighting.name.as_deref(), sighting.vendor.as_deref()), (Some(name), Some("Cisco")));
        assert_eq!((sighting.wireless_clients, sighting.present), (Some(clients), present), "{name}");
        assert_eq!(sighting.ports.len(), 1);
    }
    assert_eq!(second.subjects, ["mac:00:1a:2b:00:00:21".parse().unwrap(), "mac:00:1a:2b:00:00:20".parse().unwrap()]);
    assert!(second.addresses.iter().any(|address| address.ip == Some("10.9.0.52".parse().unwrap())));
    assert_eq!(second.probes, ["controller"]);
}

#[test]
fn the_brand_on_the_box_is_the_maker() {
    let hp = "1.3.6.1.4.1.11.2.3.7.11.181";
    check(
        &[("sysObjectID", hp), ("sysDescr", "Aruba JL262A 2930F-48G-PoE+-4SFP Switch, revision WC.16.10.0012, ROM WC.16")],
        ("switch", "Aruba", "JL262A 2930F-48G-PoE+-4SFP"),
    );
    check(&[("sysObjectID", hp), ("sysDescr", "Hewlett-Packard 2530-24G (J9776A), revision YA.16.10.0012")], ("switch", "HP", "2530-24G (J9776A)"));
    check(&[("sysObjectID", "1.3.6.1.4.1.14823.1.2.86"), ("sysDescr", "AP-305 8.6.0.20")], ("access_point", "Aruba", "AP-305"));
}

#[test]
fn a_printer_is_its_row_of_the_host_resources() {
    check(
        &[
            ("hrDeviceType.1", "1.3.6.1.2.1.25.3.1.5"),
            ("hrDeviceDescr.1", "Brother HL-L6300DW series"),
            ("prtGeneralSerialNumber.1", "E78123A5N000001"),
        ],
        ("printer", "Brother", "HL-L6300DW"),
    );
}

#[test]
fn projectors_speak_for_themselves() {
    let lines = [("INF1", "EPSON"), ("INF2", "EB-685Wi"), ("NAME", "Salle 4"), ("SNUM", "X4HP8900123"), ("ERST", "010002")];
    let sighting = &identify(&picture(lines.iter().map(|(key, value)| ("ip:10.0.0.9", "pjlink", Fact::said(*key, *value))).collect()), &[])[0];
    assert_eq!(sighting.kind.map(|kind| kind.code()), Some("projector"));
    assert_eq!((sighting.name.as_deref(), sighting.serial.as_deref()), (Some("Salle 4"), Some("X4HP8900123")));
    assert_eq!(sighting.keys[0].text, "epson:x4hp8900123");
    let signs: Vec<_> = sighting.signs.iter().map(|sign| (sign.code, sign.grave)).collect();
    assert_eq!(signs, [("projector_lamp", false), ("projector_other", true)]);
}

#[test]
fn what_ails_a_ups_and_a_switch_that_gives_power() {
    let signs = |said: &[(&str, &str)]| {
        let lines = said.iter().map(|(key, value)| ("ip:10.0.0.9", "snmp", Fact::said(*key, *value))).collect();
        let sighting = identify(&picture(lines), &[]).remove(0);
        (sighting.signs.iter().map(|sign| format!("{}{}", sign.code, if sign.grave { "!" } else { "" })).collect::<Vec<_>>(), sighting.parts)
    };
    let ups = [("upsIdentModel", "Smart 1500"), ("upsTestResultsSummary", "3"), ("upsAlarmDescr.7", "1.3.6.1.2.1.33.1.6.3.8")];
    let (ailing, parts) = signs(&ups);
    assert_eq!(ailing, ["ups_overload!", "ups_test_failed!"]);
    assert_eq!(parts.iter().map(|part| (part.key.as_str(), part.label.as_str())).collect::<Vec<_>>(), [("test_result", "failed")]);
    assert_eq!(signs(&[("upsIdentModel", "Smart 1500"), ("upsTestResultsSummary", "1")]).0, Vec::<String>::new());
    let trays = [("prtInputMaxCapacity.1.1", "500"), ("prtInputMaxCapacity.1.2", "100"), ("prtInputName.1.1", "1st Cassette")];
    let parts = signs(&trays).1;
    assert_eq!(parts.iter().map(|part| (part.label.as_str(), part.capacity)).collect::<Vec<_>>(), [("1st Cassette", 500.0), ("1.2", 100.0)]);
    let (faulty, parts) = signs(&[("pethMainPsePower.1", "370"), ("pethMainPseOperStatus.1", "3"), ("pethMainPsePower.2", "lots")]);
    assert_eq!(faulty, ["poe_exhausted!"]);
    assert_eq!(parts.iter().map(|part| (part.key.as_str(), part.capacity)).collect::<Vec<_>>(), [("1", 370.0)]);
}

#[test]
fn a_port_that_speaks_half_duplex_where_nobody_need() {
    let port = |key: u32, speed_bps: u64, half_duplex: bool| {
        let row = Interface { key, name: format!("Gi1/0/{key}"), if_type: 6, up: Some(true), speed_bps, half_duplex, ..Interface::default() };
        ("ip:10.0.0.9", "snmp", Fact::Interface(row))
    };
    let mut lines = vec![port(1, 100_000_000, true), port(2, 1_000_000_000, false), port(3, 10_000_000, true)];
    lines.push(("ip:10.0.0.9", "snmp", Fact::said("sysName", "sw01")));
    let sighting = identify(&picture(lines), &[]).remove(0);
    assert_eq!(sighting.signs.iter().map(|sign| (sign.code, sign.instance.as_str())).collect::<Vec<_>>(), [("port_duplex", "Gi1/0/1")]);
}

#[test]
fn a_stack_is_one_thing_with_members() {
    let chassis = |key, inside, serial: &str| {
        Fact::Entity(Entity { key, class: 3, inside, serial: serial.into(), model: "WS-C2960X-24PS-L".into(), ..Entity::default() })
    };
    let lines = vec![
        ("ip:10.0.0.2", "snmp", Fact::said("sysObjectID", "1.3.6.1.4.1.9.1.1208")),
        ("ip:10.0.0.2", "snmp", Fact::Entity(Entity { key: 1, class: 11, ..Entity::default() })),
        ("ip:10.0.0.2", "snmp", chassis(1001, 1, "FCW1929B68S")),
        ("ip:10.0.0.2", "snmp", chassis(2001, 1, "FCW1931A06Z")),
        ("ip:10.0.0.2", "snmp", chassis(2010, 2001, "FOC00000001")),
    ];
    let sightings = identify(&picture(lines), &[]);
    let serials: Vec<_> = sightings[0].members.iter().map(|member| member.serial.as_str()).collect();
    assert_eq!(serials, ["FCW1929B68S", "FCW1931A06Z"]);
    assert_eq!(sightings[0].model.as_deref(), Some("WS-C2960X-24PS-L"));
    assert_eq!(sightings[0].kind.map(|kind| kind.code()), Some("switch"));
}

#[test]
fn who_asked_for_an_address_once_is_known_by_it_and_not_there_for_that() {
    let lines = vec![("mac:00:1b:a9:00:00:08", "dhcp_heard", Fact::said("opt60", "MSFT 5.0"))];
    let sightings = identify(&picture(lines.clone()), &[]);
    assert_eq!((sightings.len(), sightings[0].present, sightings[0].keys.len()), (1, false, 1));
    let held = [lines, vec![("ip:10.0.0.7", "neighbours", holds("00:1b:a9:00:00:08"))]].concat();
    let sightings = identify(&picture(held), &[]);
    assert_eq!((sightings.len(), sightings[0].present), (1, true), "the holder of an address is there");
}

#[test]
fn an_address_is_who_holds_it_now() {
    let lease =
        Fact::Lease(Lease { key: "10.0.0.7".parse().unwrap(), name: Some("pc-12_2".into()), vendor_class: None, reserved: false, active: true });
    let lines = vec![("ip:10.0.0.7", "neighbours", holds("00:1b:a9:00:00:07")), ("mac:00:1b:a9:00:00:08", "dhcp", lease)];
    let sightings = identify(&picture(lines), &[]);
    assert_eq!(sightings.len(), 2, "the lease of another MAC does not make it the holder");
    let leased = sightings.iter().find(|sighting| sighting.subjects.contains(&Subject::Mac(mac("00:1b:a9:00:00:08")))).unwrap();
    assert_eq!((leased.name.as_deref(), leased.present), (Some("pc-12"), false));
    let held = sightings.iter().find(|sighting| sighting.present).unwrap();
    assert_eq!(held.vendor.as_deref(), Some("Brother"));
}

#[test]
fn two_holders_of_one_address_are_two_things_with_a_sign() {
    let lines = vec![("ip:10.0.0.7", "neighbours", holds("00:1b:a9:00:00:07")), ("ip:10.0.0.7", "neighbours", holds("00:26:ab:00:00:08"))];
    let sightings = identify(&picture(lines), &[]);
    let signed =
        sightings.iter().filter(|sighting| sighting.signs.iter().any(|sign| sign.code == "duplicate_address" && sign.instance == "10.0.0.7")).count();
    assert_eq!(signed, 2, "{sightings:#?}");
    assert_eq!(sightings.len(), 2, "the address itself is no third thing");
}

#[test]
fn who_stands_in_an_arp_table_of_a_router_is_known_not_present() {
    let present = |probe| {
        let sightings = identify(&picture(vec![("ip:10.0.9.7", probe, holds("00:1b:a9:00:00:07"))]), &[]);
        assert_eq!((sightings.len(), sightings[0].vendor.as_deref()), (1, Some("Brother")));
        sightings[0].present
    };
    assert!(present("neighbours") && !present("snmp"));
}

#[test]
fn an_invented_mac_alone_is_no_device() {
    let lease = |name: &str| {
        Fact::Lease(Lease { key: "10.0.0.8".parse().unwrap(), name: Some(name.into()), vendor_class: None, reserved: false, active: true })
    };
    let lines = vec![
        ("mac:da:a1:19:00:00:01", "dhcp", lease("iPhone")),
        ("ip:10.0.0.8", "neighbours", holds("da:a1:19:00:00:01")),
        ("ip:10.0.0.2", "snmp", learnt("da:a1:19:00:00:02", 3)),
        ("ip:10.0.0.2", "snmp", Fact::said("sysName", "sw01")),
    ];
    let sightings = identify(&picture(lines), &[]);
    assert_eq!(sightings.len(), 1, "{sightings:#?}");
    assert_eq!(sightings[0].name.as_deref(), Some("sw01"));
}

#[test]
fn a_station_hangs_where_no_other_switch_is_behind() {
    let (one, two) = ("00:0e:7f:00:01:00", "00:0e:7f:00:02:00");
    let (printer, tablet) = ("00:1b:a9:00:00:07", "a4:5e:60:00:00:01");
    let lines = vec![
        ("ip:10.0.0.2", "neighbours", holds(one)),
        ("ip:10.0.0.2", "snmp", Fact::said("sysName", "sw01")),
        ("ip:10.0.0.2", "snmp", port(1, "A1", one)),
        ("ip:10.0.0.2", "snmp", port(24, "A24", one)),
        ("ip:10.0.0.2", "snmp", learnt(printer, 1)),
        ("ip:10.0.0.2", "snmp", learnt(tablet, 24)),
        ("ip:10.0.0.2", "snmp", learnt(two, 24)),
        ("ip:10.0.0.3", "neighbours", holds(two)),
        ("ip:10.0.0.3", "snmp", Fact::said("sysName", "sw02")),
        ("ip:10.0.0.3", "snmp", port(7, "B7", two)),
        ("ip:10.0.0.3", "snmp", port(8, "B8", two)),
        ("ip:10.0.0.3", "snmp", learnt(printer, 8)),
        ("ip:10.0.0.3", "snmp", learnt(one, 8)),
        ("ip:10.0.0.3", "snmp", learnt(tablet, 7)),
        ("ip:10.0.0.3", "snmp", Fact::Neighbour(Neighbour { key: "lldp:8.1".into(), local_index: 8, name: "sw01".into(), ..Neighbour::default() })),
    ];
    let sightings = identify(&picture(lines), &[]);
    let place = |text: &str| {
        let subject = Subject::Mac(mac(text));
        let sighting = sightings.iter().find(|sighting| sighting.subjects.contains(&subject)).unwrap();
        assert!(sighting.present);
        sighting.place.as_ref().map(|place| (place.device.clone(), place.port.clone()))
    };
    assert_eq!(place(printer), Some(("sw01".into(), "A1".into())));
    assert_eq!(place(tablet), Some(("sw02".into(), "B7".into())));
}

#[test]
fn what_is_learnt_with_an_access_point_hangs_on_its_radio() {
    let (radio, tablet, server) = ("24:de:c6:00:00:01", "a4:5e:60:00:00:01", "00:1b:a9:00:00:07");
    let heard = Neighbour { key: "lldp:5.1".into(), local_index: 5, name: "ap01".into(), chassis: radio.into(), ..Neighbour::default() };
    let lines = vec![
        ("ip:10.0.0.2", "snmp", Fact::said("sysName", "sw01")),
        ("ip:10.0.0.2", "snmp", learnt(radio, 5)),
        ("ip:10.0.0.2", "snmp", learnt(tablet, 5)),
        ("ip:10.0.0.2", "snmp", learnt(server, 1)),
        ("ip:10.0.0.2", "snmp", Fact::Neighbour(heard)),
        ("ip:10.0.0.9", "neighbours", holds(radio)),
        ("ip:10.0.0.9", "snmp", Fact::said("sysName", "ap01")),
        ("ip:10.0.0.9", "snmp", Fact::said("sysObjectID", "1.3.6.1.4.1.14823.1.2.111")),
        ("ip:10.0.0.9", "snmp", Fact::said("sysDescr", "ArubaOS (MODEL: 515), Version 8.10.0.0")),
    ];
    let sightings = identify(&picture(lines), &[]);
    let place = |text: &str| {
        let sighting = sightings.iter().find(|sighting| sighting.addresses.iter().any(|address| address.mac == Some(mac(text)))).unwrap();
        sighting.place.as_ref().map(Attachment::text)
    };
    assert_eq!(place(tablet).as_deref(), Some("ap01"));
    assert_eq!(place(radio).as_deref(), Some("sw01 5"));
    assert_eq!(place(server).as_deref(), Some("sw01 1"));
}

#[test]
fn a_bridge_learnt_by_its_neighbour_is_the_switch_that_names_it_its_own() {
    let bridge = |octets: &str| Fact::said("dot1dBaseBridgeAddress", octets);
    let lines = vec![
        ("ip:10.0.0.2", "snmp", bridge("0xfc7ff10103e9")),
        ("ip:10.0.0.2", "snmp", port(1, "1", "fc:7f:f1:01:43:ea")),
        ("ip:10.0.0.3", "snmp", bridge("0x9418820103ea")),
        ("ip:10.0.0.3", "snmp", learnt("fc:7f:f1:01:03:e9", 1)),
    ];
    assert_eq!(identify(&picture(lines), &[]).len(), 2);
}

#[test]
fn members_are_told_by_the_makers_table_where_the_entities_are_silent() {
    let sighting = check(
        &[
            ("sysObjectID", "1.3.6.1.4.1.9.6.1.1006.24.5"),
            ("ciscosbUnitSerialNum.1", "FOC2506LLVF"),
            ("ciscosbUnitSerialNum.2", "FOC2506LMBD"),
            ("ciscosbUnitModelName.1", "CBS350-24P-4X"),
        ],
        ("switch", "Cisco", "CBS350-24P-4X"),
    );
    assert_eq!(sighting.members.len(), 2);
    assert_eq!(sighting.members[0].model.as_deref(), Some("CBS350-24P-4X"));
}

mod any_facts {
    use super::*;
    use proptest::prelude::*;

    /// Texts as devices and enemies write them: real items and values mixed with noise.
    fn text() -> impl Strategy<Value = String> {
        let real = prop::sample::select(vec![
            "sysDescr",
            "sysObjectID",
            "sysName",
            "hrDeviceDescr.1",
            "hrDeviceType.1",
            "INF1",
            "ERST",
            "ups.status",
            "net.eth0.mac",
            "upsBatteryStatus",
            "1.3.6.1.4.1.9.1.1",
            "1.3.6.1.4.1.",
            "HP J9776A 2530-24G Switch, revision YA.16",
            "MFG:HP;MDL:LaserJet;",
            "\u{e9}\u{0}\"\\",
            "0xzz",
            "OB LB",
            "_2",
            ".1.",
        ]);
        prop_oneof![real.prop_map(str::to_owned), any::<String>(), ".{0,40}"]
    }

    fn any_mac() -> impl Strategy<Value = Mac> {
        prop_oneof![any::<[u8; 6]>().prop_map(Mac::new), (0u8..4).prop_map(|last| Mac::new([0x00, 0x1b, 0xa9, 0, 0, last]))]
    }

    fn fact() -> impl Strategy<Value = Fact> {
        prop_oneof![
            (text(), text()).prop_map(|(key, value)| Fact::said(key, value)),
            any_mac().prop_map(|key| Fact::Holds(Holds { key })),
            (any_mac(), 0u32..5).prop_map(|(mac, port)| Fact::Forwarding(Forwarding { key: MacVlan { mac, vlan: 0 }, port })),
            (0u32..5, text(), any_mac()).prop_map(|(key, name, mac)| Fact::Interface(Interface {
                key,
                name,
                mac: Some(mac),
                ..Interface::default()
            })),
            (0u32..5, text(), any_mac()).prop_map(|(local_index, name, mac)| Fact::Neighbour(Neighbour {
                key: format!("lldp:{local_index}"),
                local_index,
                chassis: mac.to_string(),
                name,
                ..Neighbour::default()
            })),
            (0u32..5, 0u32..12, 0u32..5, text(), text()).prop_map(|(key, class, inside, model, serial)| Fact::Entity(Entity {
                key,
                class,
                inside,
                model,
                serial,
                ..Entity::default()
            })),
            (0u8..4, any::<bool>(), any::<bool>(), prop::option::of(text())).prop_map(|(ip, reserved, active, name)| Fact::Lease(Lease {
                key: [10, 0, 0, ip].into(),
                name: name.clone(),
                vendor_class: name,
                reserved,
                active,
            })),
        ]
    }

    fn subject() -> impl Strategy<Value = Subject> {
        prop_oneof![
            (0u8..4).prop_map(|last| Subject::Address([10, 0, 0, last].into())),
            any_mac().prop_map(Subject::Mac),
            Just(Subject::Server),
            Just(Subject::Attached("ups@localhost".into())),
        ]
    }

    proptest! {
        #[test]
        fn never_panic_and_always_give_the_same(facts in prop::collection::vec((subject(), 0usize..3, fact()), 0..40)) {
            let probes = ["snmp", "dhcp", "neighbours"];
            let mut picture = Picture::default();
            for (subject, probe, fact) in &facts {
                picture.put(&EntryKey::new("school", subject.clone(), probes[*probe]), fact.clone());
            }
            let first = identify(&picture, &[]);
            let again = identify(&Picture::from_groups(picture.to_groups().into_iter().rev().collect()), &[]);
            prop_assert_eq!(first, again);
        }
    }
}

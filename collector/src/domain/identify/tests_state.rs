//! What a thing says of its state and of what it is made of: signs, parts, radios, budgets, links, members.

use super::identify;
use super::tests::{picture, port};
use rollcall_shared::Timestamp;
use rollcall_shared::evidence::{Entity, Fact, Interface, Neighbour, Service, Supply};
use rollcall_shared::reading::Reading;

/// The signs of one device that said these words: `code`, `!` where grave, `/part`.
fn signs_of(said: &[(&str, &str)]) -> Vec<String> {
    let lines = said.iter().map(|(key, value)| ("ip:10.0.0.9", "snmp", Fact::said(*key, *value))).collect();
    let signs = identify(&picture(lines), &[]).remove(0).signs;
    let part = |instance: &str| if instance.is_empty() { String::new() } else { format!("/{instance}") };
    signs.iter().map(|sign| format!("{}{}{}", sign.code, if sign.grave { "!" } else { "" }, part(&sign.instance))).collect()
}

#[test]
fn a_projector_says_by_six_digits_what_ails_it() {
    let erst = |digits: &str| signs_of(&[("CLSS", "1"), ("ERST", digits)]);
    assert_eq!(erst("000000"), [""; 0]);
    assert_eq!(erst("121000"), ["projector_fan", "projector_lamp!", "projector_temperature"]);
    assert_eq!(erst("000212"), ["projector_cover!", "projector_filter", "projector_other!"]);
    assert_eq!(erst(" 020000 "), ["projector_lamp!"]);
}

#[test]
fn a_printer_says_by_bits_what_ails_it() {
    let printer = |octets: &str| signs_of(&[("hrDeviceDescr.1", "HP LaserJet"), ("hrPrinterDetectedErrorState.1", octets)]);
    assert_eq!(printer("0x0000"), [""; 0]);
    assert_eq!(printer("0x4000"), ["printer_no_paper!"]);
    assert_eq!(printer("0x2000"), ["printer_toner"]);
    assert_eq!(printer("0x1000"), ["printer_toner!"]);
    assert_eq!(printer("0x3000"), ["printer_toner!"], "low and out is out");
    assert_eq!(printer("0x0400"), ["printer_jam!"]);
    assert_eq!(printer("0x44"), ["printer_jam!", "printer_no_paper!"]);
    // One octet that happens to be a character is told as that.
    assert_eq!(printer("D"), ["printer_jam!", "printer_no_paper!"]);
    assert_eq!(printer("0xzz"), [""; 0]);
}

#[test]
fn a_ups_says_by_words_or_numbers_what_ails_it() {
    let status = |words: &str| signs_of(&[("ups.model", "Smart 1500"), ("ups.status", words)]);
    assert_eq!(status("OL CHRG"), [""; 0]);
    assert_eq!(status("OB LB"), ["ups_battery_low!", "ups_on_battery!"]);
    assert_eq!(status("OL RB OVER"), ["ups_overload!", "ups_replace_battery!"]);
    let ups = |item: &str, value: &str| signs_of(&[("upsIdentModel", "Smart 1500"), (item, value)]);
    assert_eq!(ups("upsOutputSource", "5"), ["ups_on_battery!"]);
    assert_eq!(ups("upsOutputSource", "3"), [""; 0], "on the mains");
    assert_eq!(ups("upsTestResultsSummary", "2"), ["ups_test_failed"]);
    assert_eq!(ups("upsBatteryStatus", "3"), ["ups_battery_low!"]);
    assert_eq!(ups("upsAdvBatteryReplaceIndicator", "2"), ["ups_replace_battery!"]);
}

#[test]
fn a_service_that_is_down_says_which_and_why() {
    let service = |name: &str, up: bool, detail: &str| Fact::Service(Service { key: name.into(), up, detail: detail.into() });
    let lines = vec![
        ("server", "server", service("proxy", false, "inactive")),
        ("server", "server", service("dns", true, "")),
        ("server", "server", service("dhcp", false, "")),
    ];
    let signs = identify(&picture(lines), &[]).remove(0).signs;
    let told: Vec<_> = signs.iter().map(|sign| (sign.code, sign.instance.as_str(), sign.ground.as_str(), sign.grave)).collect();
    assert_eq!(told, [("server_service", "dhcp", "dhcp", true), ("server_service", "proxy", "proxy inactive", true)]);
}

#[test]
fn parts_are_called_as_the_device_calls_them() {
    let said = |key: &str, value: &str| ("ip:10.0.0.9", "snmp", Fact::said(key, value));
    let supply = |key: &str, class, descr: &str, colour: &str, capacity| {
        ("ip:10.0.0.9", "snmp", Fact::Supply(Supply { key: key.into(), class, descr: descr.into(), colour: colour.into(), capacity, supply_type: 3 }))
    };
    let lines = vec![
        said("sysName", "imp-1"),
        supply("1.1", 3, " Toner noir ", "black", 100),
        supply("1.2", 3, " ", "cyan", 100),
        supply("1.3", 4, "Waste toner", "", 1000),
        said("unifiVapEssId.3", "ecole"),
        said("unifiVapRadio.3", "na"),
        said("unifiVapEssId.4", "invites"),
        ("ip:10.0.0.9", "snmp", port(7, "Gi1/0/7", "00:1b:a9:00:00:07")),
        ("ip:10.0.0.9", "snmp", port(8, "8", "00:1b:a9:00:00:08")),
    ];
    let parts = identify(&picture(lines), &[]).remove(0).parts;
    let told: Vec<String> = parts.iter().map(|part| format!("{:?} {} {} {}", part.sort, part.key, part.label, part.capacity)).collect();
    let expected = [
        "Supply 1.1 Toner noir 100",
        "Supply 1.2 cyan 100",
        "Receptacle 1.3 Waste toner 1000",
        "Radio 3 ecole (na) 0",
        "Radio 4 invites 0",
        "Port 7 Gi1/0/7 0",
    ];
    assert_eq!(told, expected, "a port that is called by its number is no part");
}

#[test]
fn what_is_counted_of_a_thing_is_the_sum_over_its_own_radios() {
    let lines = vec![("ip:10.0.0.9", "snmp", Fact::said("sysName", "borne-1")), ("ip:10.0.0.8", "snmp", Fact::said("sysName", "borne-2"))];
    let reading = |subject: &str, instance: &str, value: f64| Reading {
        network: "school".into(),
        subject: subject.parse().unwrap(),
        name: "wireless_clients".into(),
        instance: instance.into(),
        value,
        at: Timestamp(0),
    };
    let readings =
        [reading("ip:10.0.0.9", "1", 7.0), reading("ip:10.0.0.9", "2", 5.0), reading("ip:10.0.0.8", "1", 3.0), reading("ip:10.0.0.9", "3", f64::NAN)];
    let sightings = identify(&picture(lines), &readings);
    let count = |name: &str| sightings.iter().find(|one| one.name.as_deref() == Some(name)).and_then(|one| one.wireless_clients);
    assert_eq!((count("borne-1"), count("borne-2")), (Some(12), Some(3)));
    assert_eq!(identify(&picture(vec![("ip:10.0.0.9", "snmp", Fact::said("sysName", "sw"))]), &readings[2..3])[0].wireless_clients, None);
}

#[test]
fn a_budget_of_power_is_that_of_all_units() {
    let budget = |said: &[(&str, &str)]| check_budget(said);
    assert_eq!(budget(&[("pethMainPsePower.1", "370"), ("pethMainPsePower.2", "370"), ("hpicfPoeMainBudget.1", "9")]), Some(740));
    assert_eq!(budget(&[("pethMainPsePower.1", "0"), ("hpicfPoeMainBudget.1", "370")]), Some(370));
    assert_eq!(budget(&[("sysName", "sw")]), None);
}

fn check_budget(said: &[(&str, &str)]) -> Option<u32> {
    let lines = said.iter().map(|(key, value)| ("ip:10.0.0.9", "snmp", Fact::said(*key, *value))).collect();
    identify(&picture(lines), &[])[0].poe_budget_w
}

#[test]
fn links_are_told_by_the_port_s_own_name_and_the_neighbour_s() {
    let neighbour = |local_index, local_port: &str, name: &str, chassis: &str| {
        let row = Neighbour {
            key: format!("lldp:{local_index}.1"),
            local_index,
            local_port: local_port.into(),
            name: name.into(),
            chassis: chassis.into(),
            port: "24".into(),
            ..Neighbour::default()
        };
        ("ip:10.0.0.9", "snmp", Fact::Neighbour(row))
    };
    let lines = vec![
        ("ip:10.0.0.9", "snmp", Fact::said("sysName", "sw01")),
        ("ip:10.0.0.9", "snmp", port(7, "Gi1/0/7", "00:1b:a9:00:00:07")),
        neighbour(7, "7", "sw02", "00:1b:a9:00:01:00"),
        neighbour(0, "Gi1/0/9", "", "00:1b:a9:00:02:00"),
    ];
    let sightings = identify(&picture(lines), &[]);
    let switch = sightings.iter().find(|one| one.name.as_deref() == Some("sw01")).unwrap();
    let mut told: Vec<String> = switch.neighbours.iter().map(|link| format!("{} {} {}", link.local_port, link.name, link.port)).collect();
    told.sort();
    assert_eq!(told, ["Gi1/0/7 sw02 24", "Gi1/0/9 00:1b:a9:00:02:00 24"]);
    let ports: Vec<&str> = switch.ports.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(ports, ["Gi1/0/7"]);
}

#[test]
fn what_a_thing_does_tells_its_kind_where_no_word_does() {
    let kind = |lines: Vec<Fact>| {
        let lines = lines.into_iter().map(|fact| ("ip:10.0.0.9", "snmp", fact)).collect();
        identify(&picture(lines), &[])[0].kind.map(|kind| kind.code())
    };
    let ports = |count: u32| (1..=count).map(|index| port(index, &format!("p{index}"), "")).collect::<Vec<_>>();
    let with = |mut lines: Vec<Fact>, more: &[(&str, &str)]| {
        lines.extend(more.iter().map(|(key, value)| Fact::said(*key, *value)));
        lines
    };
    assert_eq!(kind(with(ports(5), &[("dot1dBaseNumPorts", "5")])), Some("switch"));
    assert_eq!(kind(with(ports(5), &[("dot1dBaseNumPorts", "4")])), None);
    assert_eq!(kind(with(ports(4), &[("dot1dBaseNumPorts", "5")])), None);
    assert_eq!(kind(ports(15)), Some("switch"), "so many ports, though it tells of no bridge");
    assert_eq!(kind(ports(14)), None);
    let radio = Fact::Interface(Interface { key: 9, name: "wifi0".into(), if_type: 71, ..Interface::default() });
    assert_eq!(kind(ports(4).into_iter().chain([radio.clone()]).collect()), Some("access_point"));
    assert_eq!(kind(ports(5).into_iter().chain([radio]).collect()), None);
    let services = |value: &str| kind(vec![Fact::said("sysName", "x"), Fact::said("sysServices", value)]);
    assert_eq!(services("2"), Some("switch"));
    assert_eq!(services("6"), Some("router"), "it bridges and routes");
    assert_eq!(services("4"), Some("router"));
    assert_eq!(services("76"), None, "a computer that routes serves applications");
    assert_eq!(services("72"), None);
    let supply = Fact::Supply(Supply { key: "1.1".into(), class: 3, descr: "Toner".into(), colour: String::new(), capacity: 100, supply_type: 3 });
    assert_eq!(kind(vec![supply]), Some("printer"));
}

#[test]
fn members_of_a_stack_are_those_with_serials_of_their_own() {
    let part = |key, class, inside, serial: &str, model: &str| {
        ("ip:10.0.0.2", "snmp", Fact::Entity(Entity { key, class, inside, serial: serial.into(), model: model.into(), ..Entity::default() }))
    };
    let members = |rows: Vec<(&'static str, &'static str, Fact)>| {
        let told = identify(&picture(rows), &[]).remove(0).members;
        told.iter().map(|member| format!("{} {}", member.serial, member.model.as_deref().unwrap_or("-"))).collect::<Vec<_>>()
    };
    let stack = || part(1, 11, 0, "", "");
    assert_eq!(members(vec![stack(), part(2, 3, 1, "FCW1929B68S", "C1"), part(3, 3, 1, "FCW1931A06Z", "")]), ["FCW1929B68S C1", "FCW1931A06Z -"]);
    assert_eq!(members(vec![stack(), part(2, 3, 1, "FCW1929B68S", "C1"), part(3, 3, 1, "FCW1929B68S", "C1")]), [""; 0], "one serial is one chassis");
    assert_eq!(members(vec![stack(), part(2, 3, 1, "FCW1929B68S", "C1"), part(3, 3, 1, "N/A", "C1")]), [""; 0]);
}

//! What leaves the school and what does not.

use super::*;
use crate::assemble::assemble;
use crate::network::{Credentials, Never, Ports};
use rollcall_shared::Timestamp;
use rollcall_shared::evidence::{Forwarding, Holds, Lease, MacVlan};

const PHONE: &str = "da:a1:19:00:00:01";
const TABLET: &str = "00:1a:2b:00:00:02";
const ROUTER: &str = "02:00:5e:00:00:03";

fn mac(text: &str) -> Mac {
    text.parse().unwrap()
}

fn ip(last: u8) -> Subject {
    Subject::Address([10, 0, 0, last].into())
}

fn holds(text: &str) -> Fact {
    Fact::Holds(Holds { key: mac(text) })
}

fn lease(last: u8, name: &str) -> Fact {
    let key = IpAddr::from([10, 0, 0, last]);
    Fact::Lease(Lease { key, name: Some(name.into()), vendor_class: None, reserved: false, active: true })
}

fn forwarding(text: &str) -> Fact {
    Fact::Forwarding(Forwarding { key: MacVlan { mac: mac(text), vlan: 1 }, port: 7 })
}

fn looked(probe: &'static str, findings: Vec<Finding>) -> Looked {
    let outcome = Outcome { finished: true, asked: 9, findings, troubles: vec![] };
    Looked { probe, network: "school".into(), whole: true, outcome, took_ms: 1 }
}

fn a_round() -> Vec<Looked> {
    let answers = |how: &str| Fact::answers(how);
    vec![
        looked(
            "dhcp",
            vec![
                Finding::of(Subject::Mac(mac(PHONE)), vec![lease(1, "iPhone-de-Lea")]),
                Finding::of(Subject::Mac(mac(TABLET)), vec![lease(2, "Lea-Martin")]),
                Finding::of(Subject::Mac(mac("00:1a:2b:00:00:09")), vec![lease(9, "TAB-12")]),
            ],
        ),
        looked(
            "neighbours",
            vec![
                Finding::of(ip(1), vec![holds(PHONE), answers("arp")]),
                Finding::of(ip(2), vec![holds(TABLET), answers("arp")]),
                Finding::of(ip(3), vec![holds(ROUTER), answers("arp")]),
            ],
        ),
        looked(
            "snmp",
            vec![Finding::of(ip(3), vec![Fact::said("sysName", "gw"), forwarding(PHONE), forwarding(TABLET), forwarding("ce:00:00:00:00:08")])],
        ),
    ]
}

fn sent(rounds: Vec<Vec<Looked>>) -> String {
    let mask = Mask::new([1; 32], vec!["tab-*".into()]);
    let (mut standing, mut private) = (Standing::default(), PrivateMacs::default());
    for mut looked in rounds {
        mask.apply(&mut looked, &standing, &mut private);
        assemble(&mut standing, looked, Timestamp(0));
    }
    serde_json::to_string(&standing.picture.to_groups()).unwrap()
}

#[test]
fn names_outside_the_naming_and_invented_addresses_stay_at_school() {
    let sent = sent(vec![a_round()]);
    for hidden in ["Lea", "iPhone", PHONE, "ce:00", "10.0.0.1\""] {
        assert!(!sent.contains(hidden), "{hidden} in {sent}");
    }
    for told in ["TAB-12", "masked:", TABLET, ROUTER, "10.0.0.2", "10.0.0.3", r#"{"count":{"key":"private_mac","count":2}}"#] {
        assert!(sent.contains(told), "{told} not in {sent}");
    }
}

#[test]
fn a_router_that_answered_once_keeps_its_address_in_rounds_without_snmp() {
    let mut second = a_round();
    second.pop();
    assert!(sent(vec![a_round(), second]).contains(&format!(r#"{{"holds":{{"key":"{ROUTER}"}}}}"#)));
}

#[test]
fn names_that_devices_announce_are_masked_like_those_of_leases() {
    let hidden = [
        ("mdns", "mdns.host", "iPad-de-Lea"),
        ("mdns", "_airplay._tcp", "Salle des maîtres"),
        ("mdns", "_raop._tcp.2", "DAA119000001@Chambre de Lea"),
        ("mdns", "_googlecast._tcp", "Chromecast-3f2b8c1d9e0a4b7c8d6e5f4a3b2c1d0e"),
        ("mdns", "_googlecast._tcp/fn", "Télé de Lea"),
        ("mdns", "_ipp._tcp/note.2", "bureau de Lea"),
        ("ssdp", "upnp.friendlyName", "Lea's TV"),
        ("wsd", "wsd.friendlyName", "PORTABLE-LEA"),
        ("netbios", "netbios.name", "PORTABLE-LEA"),
        ("dhcp_heard", "opt12.2", "Galaxy-A8-de-Lea"),
        ("ipp", "ipp.printer-info", "bureau de Lea"),
    ];
    let told = [("mdns", "_companion-link._tcp/rpmd", "iPad11,6"), ("netbios", "netbios.group", "ECOLE"), ("mdns", "mdns.host.2", "TAB-17")];
    for (probe, key, value) in hidden.into_iter().chain(told) {
        let sent = sent(vec![vec![looked(probe, vec![Finding::of(ip(2), vec![Fact::said(key, value)])])]]);
        let is_hidden = hidden.iter().any(|row| row.1 == key);
        assert_eq!((sent.contains(value), sent.contains("masked:")), (!is_hidden, is_hidden), "{key} {value} in {sent}");
    }
}

#[test]
fn what_every_phone_answers_makes_no_invented_address_known() {
    let said = |probe| looked(probe, vec![Finding::of(ip(1), vec![Fact::answers(probe), Fact::said("_companion-link._tcp/rpmd", "iPad11,6")])]);
    for probe in ANYBODYS_PROBES {
        let mut round = a_round();
        round.push(said(probe));
        // Beyond a router only the lease tells who holds the address.
        let lease = looked("dhcp", vec![Finding::of(Subject::Mac(mac(PHONE)), vec![lease(1, "iPhone-de-Lea")])]);
        for (round, count) in [(round, 2), (vec![lease, said(probe)], 1)] {
            let sent = sent(vec![round]);
            assert!(!sent.contains(PHONE) && !sent.contains("iPad11,6") && !sent.contains("10.0.0.1\""), "{probe}: {sent}");
            assert!(sent.contains(&format!(r#"{{"count":{{"key":"private_mac","count":{count}}}}}"#)), "{probe}: {sent}");
        }
    }
    let mut round = a_round();
    round.push(said("http"));
    assert!(sent(vec![round]).contains(PHONE), "a web server is equipment");
}

#[test]
fn the_same_name_has_the_same_mask_here_and_another_elsewhere() {
    let here = Mask::new([1; 32], vec![]);
    assert_eq!(here.name("Lea"), here.name("LEA"));
    assert_ne!(here.name("Lea"), here.name("Leo"));
    assert_ne!(here.name("Lea"), Mask::new([2; 32], vec![]).name("Lea"));
    assert_eq!(here.name("Lea").len(), "masked:".len() + 8);
}

#[test]
fn an_invented_address_leaves_under_no_name() {
    let mask = Mask::new([1; 32], vec!["*".into()]);
    for (name, is_hidden) in [
        ("poste-12 [da:a1:19:00:00:01]", true),
        ("DAA119000001@Salle 3", true),
        ("tab-daa119000001", true),
        ("poste-12 [00:1a:2b:00:00:01]", false),
        ("Chromecast-3f2b8c1d9e0a4b7c8d6e5f4a3b2c1d0e", false),
        ("a-b-c-d-e-f", false),
    ] {
        assert_eq!(mask.name(name).starts_with("masked:"), is_hidden, "{name}");
    }
}

#[test]
fn a_certificate_tells_the_make_and_not_the_owner() {
    let shown = |subject: &str| {
        vec![
            looked("mdns", vec![Finding::of(ip(2), vec![Fact::said("mdns.host", "NAS-Martin")])]),
            looked("http", vec![Finding::of(ip(2), vec![Fact::said("x509.subject.443", subject)])]),
        ]
    };
    let mask = Mask::new([1; 32], vec![]);
    let check = |subject: &str, expected: &str| {
        let sent = sent(vec![shown(subject)]);
        assert!(sent.contains(expected), "{subject}: {sent}");
    };
    let name = mask.name("NAS-Martin");
    check("CN=nas-martin.local,O=Synology Inc.", &format!("CN={name},O=Synology Inc."));
    check("O=Yealink Network Technology Co.\\,Ltd.,CN=NAS-Martin", &format!(",CN={name}"));
    check("CN=NPI1A2B3C,O=HP", "CN=NPI1A2B3C,O=HP");
    // Who signs with his own name is named in no town's register.
    let sent = sent(vec![shown("UID=lea.martin+CN=web,1.2.840.113549.1.9.1=#160a6c6561")]);
    assert!(!sent.contains("lea.martin") && !sent.contains("160a6c") && sent.contains("+CN=web,"), "{sent}");
}

#[test]
fn patterns_of_names() {
    for (pattern, name, expected) in [
        ("TAB-*", "tab-12", true),
        ("TAB-??", "TAB-1", false),
        ("TAB-??", "TAB-12", true),
        ("*-PROF", "Salle3-prof", true),
        ("*a*b*c", "xxaxxbxxc", true),
        ("*a*b*c", "xxaxxcxxb", false),
        ("", "", true),
        ("*", "", true),
        ("?", "", false),
        ("é*", "École", true),
    ] {
        assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn what_must_never_be_told_is_not_told() {
    let network = Network {
        name: "school".into(),
        cidrs: vec!["10.0.0.0/24".parse().unwrap()],
        allow: vec![],
        never: Never { addresses: vec!["10.0.0.2/32".parse().unwrap()], mac_prefixes: vec![vec![0xda, 0xa1, 0x19]] },
        max_pps: 200,
        max_arp_pps: 1000,
        ports: Ports::default(),
        credentials: Credentials::default(),
    };
    let told: Vec<String> = a_round()
        .into_iter()
        .flat_map(|mut look| {
            drop_never(&network, &mut look.outcome);
            look.outcome.findings
        })
        .map(|finding| format!("{finding:?}"))
        .collect();
    let told = told.join("\n");
    assert!(!told.contains(PHONE) && !told.contains("Address(10.0.0.2)") && !told.contains("arp\" }), Holds"), "{told}");
    assert!(told.contains(ROUTER) && told.contains("TAB-12"));
}

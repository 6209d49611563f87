//! Cases of files, real and invented, read as a round reads them; and the parsers on anything.

use super::*;
use crate::probes::cases::{Place, check_cases, findings_json};
use futures_util::FutureExt;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Reads the case's files on the case's network at the case's time.
fn look_at(case: &Path) -> Value {
    let told: Value = serde_json::from_slice(&std::fs::read(case.join("case.json")).unwrap()).unwrap();
    let mut place = Place::new(told["cidr"].as_str().unwrap(), told["now"].as_i64().unwrap());
    place.server.dhcp_files = told["files"].as_array().unwrap().iter().map(|name| case.join(name.as_str().unwrap())).collect();
    place.network.never.addresses = vec!["10.1.0.66/32".parse().unwrap()];
    place.network.never.mac_prefixes = vec![vec![0, 0xff, 0xaa]];
    let outcome = read(&place.look()).now_or_never().unwrap();
    assert_eq!((outcome.troubles, outcome.finished), (vec![], true), "{}", case.display());
    let hosts: Vec<String> = place.hosts.borrow().iter().map(|(ip, mac)| format!("{ip} {}", mac.unwrap())).collect();
    json!({ "findings": findings_json(&outcome.findings), "hosts": hosts })
}

#[test]
fn files() {
    check_cases("dhcp", look_at);
}

#[test]
fn a_missing_file_is_told_and_nothing_leaves_for_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("leases"), "lease 10.1.0.5 { ends never; binding state active; hardware ethernet 00:1a:2b:00:00:05; }")
        .unwrap();
    let mut place = Place::new("10.1.0.0/24", 0);
    place.server.dhcp_files = vec![folder.path().join("leases"), folder.path().join("absent")];
    let outcome = read(&place.look()).now_or_never().unwrap();
    assert!(!outcome.finished && !outcome.findings[0].finished);
    assert_eq!((outcome.findings.len(), outcome.asked, outcome.troubles[0].code.as_str()), (1, 2, "no_file"));
    assert!(outcome.troubles[0].text.contains("absent"), "{}", outcome.troubles[0].text);
}

#[test]
fn a_server_elsewhere_is_left_alone() {
    let mut place = Place::new("10.1.0.0/24", 0);
    place.server.here = false;
    place.server.dhcp_files = vec!["/absent".into()];
    let outcome = read(&place.look()).now_or_never().unwrap();
    assert!(outcome.finished && outcome.troubles.is_empty() && outcome.asked == 0);
}

#[test]
fn includes_lie_under_the_root_or_beside_their_file() {
    let check = |root: &str, from: &str, named: &str, expected: &str| {
        assert_eq!(included(Path::new(root), Path::new(from), named), PathBuf::from(expected));
    };
    check("/", "/etc/dhcp/dhcpd.conf", "/etc/dhcp/hosts", "/etc/dhcp/hosts");
    check("/sim/s1", "/sim/s1/etc/dhcpd.conf", "/etc/hosts.conf", "/sim/s1/etc/hosts.conf");
    check("/sim/s1", "/elsewhere/dhcpd.conf", "/etc/hosts.conf", "/etc/hosts.conf");
    check("/", "/etc/dhcp/dhcpd.conf", "hosts", "/etc/dhcp/hosts");
}

#[test]
fn kea_that_is_no_json_is_told() {
    for (text, sign) in [("{ \"Dhcp4\": <?include \"a.json\"?> }", "include"), ("{ \"Dhcp4\": ", "JSON"), ("address,x\n1", "columns")] {
        assert!(parse(text.as_bytes(), Timestamp(0)).complaint.unwrap().contains(sign), "{text}");
    }
}

proptest! {
    #[test]
    fn never_panics_on_octets(octets: Vec<u8>) {
        parse(&octets, Timestamp(0));
    }

    #[test]
    fn never_panics_on_pieces_of_the_formats(pieces in proptest::collection::vec(prop_oneof![
        Just("lease"), Just(" 10.0.0.1 "), Just("{"), Just("}"), Just(";"), Just("\""), Just("\\"), Just("\\777"), Just("host "), Just("é"),
        Just("ends 4 2026/99/99 99:99:99"), Just("binding state active"), Just("include \"x\""), Just("#"), Just("\n"), Just("/*"), Just("//"),
        Just("address,hwaddr,expire,state,hostname\n"), Just(","), Just("dhcp-host="), Just("00:1a:2b:00:00:01"), Just("\"reservations\":["), Just("]"),
        Just("1795350000 "), Just("-"), Just("ends epoch 99999999999999999999;"), Just("hardware ethernet "),
    ], 0..40)) {
        let text = pieces.concat();
        parse(text.as_bytes(), Timestamp(0));
        for format in FORMATS {
            (format.reader)(&text, Timestamp(0));
        }
        isc::parse(&text, Timestamp(0));
    }
}

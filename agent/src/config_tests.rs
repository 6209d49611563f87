//! What the configuration understands, and how it complains.

use super::*;

const SAMPLE: &str = include_str!("../../deploy/agent/agent.toml");
const SMALL: &str = "[[networks]]\nname = \"school\"\ncidrs = [\"10.0.0.0/24\"]\n";

fn problems(text: &str) -> Vec<String> {
    parse(text, Path::new("/nonexistent")).map(|_| ()).unwrap_err()
}

/// The sample with every `#key = default` line switched on.
fn uncommented(sample: &str) -> String {
    let is_key = |line: &str| {
        let key = line.split_once('=').map(|(key, _)| key.trim().trim_start_matches('[').trim_end_matches(']'));
        line.starts_with('[') || key.is_some_and(|key| !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    let line = |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') && is_key(rest)).unwrap_or(line).to_owned();
    sample.lines().map(|text| line(text) + "\n").collect()
}

#[test]
fn the_sample_tells_every_default_as_it_is() {
    let folder = Path::new("/etc/rollcall");
    let (short, long) = (parse(SAMPLE, folder).unwrap(), parse(&uncommented(SAMPLE), folder).unwrap());
    assert!(uncommented(SAMPLE).lines().count() > 20 && uncommented(SAMPLE) != SAMPLE);
    assert_eq!(format!("{:#?}", without_zone(short)), format!("{:#?}", without_zone(long)));
}

fn without_zone(config: Config) -> Config {
    Config { zone: TimeZone::UTC, ..config }
}

#[test]
fn every_problem_is_told_with_its_key_and_what_was_expected() {
    let text = r#"
        collector = "ftp://x"
        round_s = 2
        quiet_hours = ["22:00-06:00", "late"]
        pin = "ABC"
        colour = "red"
        [[networks]]
        name = "school"
        cidrs = ["10.0.0.0/24", "10.0.0.0/8", "x"]
        allow = ["10.0.1.0/24"]
        max_pps = "many"
        never = { mac_prefixes = ["zz"] }
        [[networks.snmp]]
        version = 2
        community = "public"
        [[networks.snmp]]
        user = "reader"
        auth_protocol = "MD5"
        [[networks]]
        name = "school"
        cidrs = []
        [server]
        network = "elsewhere"
        services = ["dns:x"]
        [[server.backups]]
        name = "no space"
        every_h = 0
    "#;
    let problems = problems(text);
    for (key, expected) in [
        ("collector", "https://"),
        ("round_s", "from 5 to 86400"),
        ("quiet_hours[1]", "22:00-06:00"),
        ("pin", "52 characters"),
        ("colour", "unknown key, expected one of"),
        ("networks[0].cidrs[1]", "/16 at most"),
        ("networks[0].cidrs[2]", "10.0.0.0/24"),
        ("networks[0].allow[0]", "none of this network's"),
        ("networks[0].max_pps", "whole number"),
        ("networks[0].never.mac_prefixes[0]", "00:1a:2b"),
        ("networks[0].snmp[0].community_file", "path of a file"),
        ("networks[0].snmp[0].community", "unknown key"),
        ("networks[0].snmp[1].auth_protocol", "SHA256"),
        ("networks[1].name", "another network"),
        ("networks[1].cidrs", "at least one"),
        ("server.network", "elsewhere"),
        ("server.services[0]", "admin:9999"),
        ("server.backups[0].name", "letters, digits"),
        ("server.backups[0].path", "in which backups land"),
        ("server.backups[0].every_h", "from 1 to 8784"),
    ] {
        let found = problems.iter().any(|problem| problem.starts_with(&format!("{key}: ")) && problem.contains(expected));
        assert!(found, "{key} ({expected}) not in {problems:#?}");
    }
    assert!(!problems.iter().any(|problem| problem.contains("public")), "a secret is told: {problems:#?}");
    assert_eq!(problems.len(), 20, "{problems:#?}");
}

#[test]
fn what_is_listened_to_is_named_and_shown() {
    let network = "[[networks]]\nname = \"school\"\ncidrs = [\"10.0.0.0/24\"]\n";
    let read = |listen: &str| parse(&format!("{network}[listen]\n{listen}\n"), Path::new("/nowhere"));
    let config = read("dhcp = [\"eth1\", \"eth1.20\"]\ntraps = \"10.0.0.1:162\"").unwrap();
    let page = crate::page::page(&config, None);
    for expected in ["DHCP on eth1.20 ", "10.0.0.1:162 ", "what it listens to stands below", "informs are acknowledged"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let silent = crate::page::page(&read("").unwrap(), None);
    assert!(silent.contains("opens no port") && !silent.contains("Listens"), "{silent}");
    for (listen, complaint) in [
        ("dhcp = [\"an interface\"]", "listen.dhcp[0]: expected the name of an interface"),
        ("traps = \"0.0.0.0:162\"", "listen.traps: expected an address of this server"),
        ("snmp = 162", "listen.snmp: unknown key, expected one of dhcp, traps"),
    ] {
        let problems = read(listen).unwrap_err();
        assert!(problems.iter().any(|problem| problem.starts_with(complaint)), "{problems:?}");
    }
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let problems = problems("round_s = 300\nnetworks = [[\n");
    assert!(problems[0].contains("line"), "{problems:?}");
}

#[test]
fn secrets_come_from_their_files_version_3_first_version_1_last() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("community"), "hidden-community\n").unwrap();
    std::fs::write(folder.path().join("auth"), "opensesame\n").unwrap();
    for file in ["community", "auth"] {
        std::fs::set_permissions(folder.path().join(file), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    }
    let text = format!(
        "{SMALL}[[networks.snmp]]\nversion = 1\ncommunity_file = \"community\"\n[[networks.snmp]]\nversion = 2\ncommunity_file = \"community\"\n[[networks.snmp]]\nuser = \"reader\"\nauth_protocol = \"SHA256\"\nauth_file = \"auth\"\n"
    );
    let config = parse(&text, folder.path()).unwrap();
    let shown = format!("{:?}", config.networks[0].credentials.snmp);
    assert_eq!(shown, "[User(reader, hidden), Community(hidden), CommunityV1(hidden)]");
    assert!(!format!("{config:?}").contains("sesame"));
    assert_eq!(config.notes.len(), 3, "both files can be read by everybody: {:?}", config.notes);
}

#[test]
fn the_smallest_file_is_enough() {
    let config = parse(SMALL, Path::new("/etc/rollcall")).unwrap();
    assert_eq!((config.round_s, config.server_network.as_str()), (ROUND_S, "school"));
    assert_eq!(config.state_folder, Path::new(STATE_FOLDER));
    assert_eq!(config.server.smartctl, Path::new("/usr/sbin/smartctl"));
}

#[test]
fn searches_are_off_on_loopback_and_where_the_port_is_0() {
    let ports = |cidr: &str, more: &str| {
        let text = format!("[[networks]]\nname = \"school\"\ncidrs = [\"{cidr}\"]\n[networks.ports]\n{more}");
        let ports = parse(&text, Path::new("/etc/rollcall")).unwrap().networks.remove(0).ports;
        [ports.mdns, ports.ssdp, ports.wsd, ports.netbios]
    };
    assert_eq!(ports("10.0.0.0/24", ""), [5353, 1900, 3702, 137]);
    assert_eq!(ports("10.0.0.0/24", "mdns = 0\nnetbios = 0"), [0, 1900, 3702, 0]);
    assert_eq!(ports("127.1.0.0/24", ""), [0; 4]);
    assert_eq!(ports("127.1.0.0/24", "ssdp = 21900"), [0, 21900, 0, 0]);
}

#[test]
fn relative_paths_are_sought_from_the_files_folder() {
    let text =
        format!("state_folder = \"state\"\nca_file = \"ca.pem\"\n{SMALL}[server]\nroot = \"root\"\ndhcp_files = [\"leases\", \"/var/leases\"]\n");
    let config = parse(&text, Path::new("/etc/rollcall")).unwrap();
    let paths =
        [config.state_folder, config.ca_file.unwrap(), config.server.root, config.server.dhcp_files[0].clone(), config.server.dhcp_files[1].clone()];
    let expected = ["/etc/rollcall/state", "/etc/rollcall/ca.pem", "/etc/rollcall/root", "/etc/rollcall/leases", "/var/leases"];
    assert_eq!(paths.map(|path| path.display().to_string()), expected);
}

#[test]
fn what_is_told_of_the_server_s_upkeep() {
    let text = format!(
        "{SMALL}[server]\nroot = \"system\"\ncertificates = [\"/etc/kwartz.pem\", \":636\"]\n[[server.backups]]\nname = \"nas\"\npath = \"done\"\nevery_h = 168\n"
    );
    let config = parse(&text, Path::new("/nonexistent")).unwrap();
    assert_eq!(config.server.backups, [Backup { name: "nas".into(), path: "/nonexistent/done".into(), every_h: 168 }]);
    assert_eq!(config.server.smart_folder, Path::new("/nonexistent/system/run/rollcall-upkeep"), "below the root, where nothing else is said");
    assert!(config.notes[0].contains("/etc/kwartz.pem is not there"), "{:?}", config.notes);
    assert_eq!(config.server.certificates, [Certificate::File("/etc/kwartz.pem".into()), Certificate::Port(636)]);
    assert_eq!(parse(SMALL, Path::new("/nonexistent")).unwrap().server.certificates, [Certificate::UsualPort(443)]);
}

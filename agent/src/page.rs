//! The page for the network engineer: what this agent will put on the wire, before it does.
//!
//! Comes in: a checked configuration and the table of probes. Goes out: plain text. Absent on purpose: secrets (only how many
//! there are), and anything that must be measured.

use crate::agent::{SWEEP_ELSE_S, SWEEP_SCHOOL_HOURS_S};
use crate::config::Config;
use crate::listen::{Listen, calls};
use crate::network::{Network, Ports, SnmpCredential};
use crate::state::Identity;
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr, UdpSocket};

/// One way of speaking with devices.
struct Speech {
    /// What it is called in firewall rules.
    protocol: &'static str,
    /// Its ports, of those of a network; 0 is switched off.
    ports: fn(&Ports) -> Vec<u16>,
    /// To whom, and what for.
    what: &'static str,
}

/// Everything that may leave towards devices. Answers come back to the port that asked; the agent opens none.
const SPEECHES: &[Speech] = &[
    Speech { protocol: "ARP", ports: |_| vec![], what: "who holds an address (own link only)" },
    Speech { protocol: "ICMP echo", ports: |_| vec![], what: "is anybody at an address (beyond the own link)" },
    Speech { protocol: "UDP discard", ports: |_| vec![9], what: "one empty datagram an address, only where ARP and ICMP are not permitted" },
    Speech { protocol: "SNMP/UDP", ports: |ports| vec![ports.snmp], what: "read only (GET, GETNEXT, GETBULK); one conversation a device at a time" },
    Speech { protocol: "PJLink/TCP", ports: |ports| vec![ports.pjlink], what: "projectors: state, lamps, inputs; nothing is switched" },
    Speech {
        protocol: "NetBIOS/UDP",
        ports: |ports| vec![ports.netbios],
        what: "its name, of each known host that told none otherwise: once an hour, of those that do not answer once a day",
    },
    Speech {
        protocol: "mDNS/UDP",
        ports: |ports| vec![ports.mdns],
        what: "names and services, every hour: two or three packets to 224.0.0.251 on a link of this server, one to each known host elsewhere",
    },
    Speech {
        protocol: "SSDP/UDP",
        ports: |ports| vec![ports.ssdp],
        what: "UPnP devices, every hour: one question to 239.255.255.250 on a link of this server, one to each known host elsewhere",
    },
    Speech {
        protocol: "WSD/UDP",
        ports: |ports| vec![ports.wsd],
        what: "devices that Windows finds, every hour: two questions to 239.255.255.250 on a link of this server, two to each known host elsewhere",
    },
    Speech {
        protocol: "HTTP/TCP",
        ports: |ports| if ports.ssdp == 0 && ports.wsd == 0 { vec![0] } else { vec![] },
        what: "descriptions, once a day: of those who answered SSDP or WSD, at the port of their own that they name",
    },
    Speech { protocol: "HTTP/TCP", ports: |ports| vec![ports.http, ports.https], what: "the page at / and the certificate (1)" },
    Speech { protocol: "HTTP/TCP", ports: |ports| vec![ports.http_other, ports.https_other], what: "the same, where neither of those answers (1)" },
    Speech { protocol: "IPP/TCP", ports: |ports| vec![ports.ipp], what: "printers: Get-Printer-Attributes (1; a printer that answers: hourly)" },
    Speech { protocol: "SSH/TCP", ports: |ports| vec![ports.ssh], what: "what the server says first; nothing is said to it (1)" },
    Speech { protocol: "Telnet/TCP", ports: |ports| vec![ports.telnet], what: "the same (1)" },
    Speech { protocol: "FTP/TCP", ports: |ports| vec![ports.ftp], what: "its greeting, then QUIT (1)" },
    Speech { protocol: "SMB/TCP", ports: |ports| vec![ports.smb], what: "version, up to the challenge: nobody logs in (1)" },
];
/// What (1) means.
const SPARINGLY: &str = "(1) only to devices that are there and that SNMP and PJLink do not name: once a day, sooner only when another device holds
                   the address or one that answered was away; one connection at a time; a port that keeps silent rests for a week";

/// Writes the page.
pub fn page(config: &Config, identity: Option<&Identity>) -> String {
    let mut page = String::from("ROLLCALL AGENT: WHAT IT PUTS ON THE NETWORK\n===========================================\n\n");
    reports(&mut page, config, identity);
    for network in &config.networks {
        one_network(&mut page, network);
    }
    listens(&mut page, &config.listen);
    server(&mut page, config);
    hours(&mut page, config);
    page
}

fn reports(page: &mut String, config: &Config, identity: Option<&Identity>) {
    let collector = config.collector.as_ref().map(ToString::to_string).or(identity.map(|identity| identity.collector.clone()));
    let collector = collector.unwrap_or_else(|| "not enrolled yet".to_owned());
    let _ = writeln!(page, "Reports go to      {collector}");
    if let Some(proxy) = &config.proxy {
        let _ = writeln!(page, "  by way of        {proxy}");
    }
    let _ = writeln!(page, "  how              HTTP POST every {} s, usually under 2 kB, signed; compressed", config.round_s);
    let comes_in = if config.listen == Listen::default() { "nothing comes in, the agent opens no port" } else { "what it listens to stands below" };
    let _ = writeln!(page, "  to open          this one outgoing TCP connection; {comes_in}\n");
}

fn listens(page: &mut String, listen: &Listen) {
    if *listen == Listen::default() {
        return;
    }
    let _ = writeln!(page, "Listens to (orders are taken from nobody, connections accepted from nobody)");
    for interface in &listen.dhcp {
        let _ = writeln!(
            page,
            "  {:<17}what clients send to DHCP servers (UDP 67), beside the server; nothing is answered",
            format!("DHCP on {interface}")
        );
    }
    if let Some(place) = &listen.traps {
        let _ = writeln!(page, "  {:<17}SNMP traps and informs (UDP) from addresses that may be asked; informs are acknowledged", place.to_string());
        let _ = writeln!(
            page,
            "                   who calls is looked at by SNMP, at most once in {} s, and again after {} s; at most {} devices at once, then one in {} s",
            calls::SPACING.as_secs(),
            calls::AGAIN.map(|after| after.as_secs().to_string()).join(", "),
            calls::LOOKS_AT_ONCE,
            calls::LOOK_EVERY.as_secs()
        );
    }
    page.push('\n');
}

fn one_network(page: &mut String, network: &Network) {
    let list = |nets: &[ipnet::IpNet]| nets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let _ = writeln!(page, "Network {:?}", network.name);
    let _ = writeln!(
        page,
        "  from             {}",
        source(network).map_or("the address that this server has on the way there".to_owned(), |ip| ip.to_string())
    );
    let _ = writeln!(page, "  to               {}", list(&network.cidrs));
    if !network.allow.is_empty() {
        let _ = writeln!(page, "  of these only    {}", list(&network.allow));
    }
    let prefixes = network.never.mac_prefixes.iter().map(|prefix| prefix.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(":"));
    let never: Vec<String> = network.never.addresses.iter().map(ToString::to_string).chain(prefixes).collect();
    let _ = writeln!(page, "  never            {}", if never.is_empty() { "(nothing named)".to_owned() } else { never.join(", ") });
    let _ = writeln!(page, "  addresses        {}", network.addresses().count());
    let _ = writeln!(
        page,
        "  at most          {} packets/s; on the own link, while silent addresses are swept, {} ARP packets/s and as many to those found",
        network.max_pps, network.max_arp_pps
    );
    for speech in SPEECHES {
        let all = (speech.ports)(&network.ports);
        let spoken: Vec<String> = all.iter().filter(|port| **port != 0).map(ToString::to_string).collect();
        let what = if all.is_empty() || !spoken.is_empty() { speech.what } else { "not spoken" };
        let _ = writeln!(page, "  {:<23} {what}", format!("{} {}", speech.protocol, spoken.join(", ")));
    }
    let _ = writeln!(page, "                   {SPARINGLY}");
    let users = network.credentials.snmp.iter().filter(|credential| matches!(credential, SnmpCredential::User { .. })).count();
    let old = network.credentials.snmp.iter().filter(|credential| matches!(credential, SnmpCredential::CommunityV1(_))).count();
    let communities = network.credentials.snmp.len() - users - old;
    let passwords = network.credentials.pjlink_passwords.len();
    let _ = writeln!(
        page,
        "  opens with       {users} SNMPv3 users, then {communities} communities, then {old} of version 1; {passwords} PJLink passwords"
    );
    let _ = writeln!(page, "                   (each at most once a day to a host that never answered to it)\n");
}

fn server(page: &mut String, config: &Config) {
    if !config.server.here {
        return;
    }
    let _ = writeln!(page, "This server itself (told under network {:?})", config.server_network);
    let _ = writeln!(page, "  read             load, memory, disks, temperature under {}", config.server.root.display());
    for file in &config.server.dhcp_files {
        let _ = writeln!(page, "                   {}", file.display());
    }
    let services: Vec<&str> = config.server.services.iter().map(|(name, _)| name.as_str()).collect();
    if !services.is_empty() {
        let _ = writeln!(page, "  asked            {} at {}", services.join(", "), config.server.services_at);
    }
    if config.server.nut {
        let _ = writeln!(page, "  UPS              NUT upsd at {}", config.server.services_at);
    }
    page.push('\n');
}

fn hours(page: &mut String, config: &Config) {
    let quiet: Vec<String> = config.quiet_hours.iter().map(ToString::to_string).collect();
    let _ = writeln!(page, "Hours (time zone {})", config.zone.iana_name().unwrap_or("of this server"));
    let _ = writeln!(page, "  {:<17}devices that are known", format!("every {} s", config.round_s));
    let _ = writeln!(
        page,
        "  sweeps           silent addresses: every {} min on workdays {}, every {} h else",
        SWEEP_SCHOOL_HOURS_S / 60,
        config.school_hours,
        SWEEP_ELSE_S / 3_600
    );
    let _ = writeln!(
        page,
        "  quiet            {}",
        if quiet.is_empty() { "no hours named".to_owned() } else { format!("{}: nothing is sent to devices", quiet.join(", ")) }
    );
    let pause = config.state_folder.join("pause");
    let _ = writeln!(page, "  to stop it       touch {}  (looking rests from the next round on; remove the file to resume)", pause.display());
}

/// The address from which a network would be asked: a UDP socket that is connected sends nothing.
fn source(network: &Network) -> Option<IpAddr> {
    let target = network.addresses().next()?;
    let any: IpAddr = if target.is_ipv4() { [0, 0, 0, 0].into() } else { [0u16; 8].into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(SocketAddr::new(target, network.ports.snmp)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

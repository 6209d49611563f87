//! Keys of what devices say outside SNMP, PJLink and NUT: the contract between the agent's probes and recognition.
//!
//! Comes in: nothing. Goes out: [`SAID`], a row a key with its source, and whether its value is a name that people gave ([`holds_name`]:
//! such a value is masked before it leaves the school) and, of DNS-SD records, [`TXT`]: which may be passed on. Absent on purpose: what the
//! values mean (the collector's recognition). Keys are added, never renamed.
//!
//! A key may bear a number as its instance (`http.title.8080`: the port; `_ipp._tcp/ty.2`: the second printer of this address); the server's
//! own keys bear a name (`md.md0`: the array).
//! DNS-SD has keys of its own form: `_ipp._tcp` is the instance's name of that service, `_ipp._tcp/ty` its TXT record `ty`.

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The probe that passes it on.
    pub probe: &'static str,
    /// The key without instance.
    pub key: &'static str,
    /// Where it stands: protocol, document, field.
    pub source: &'static str,
    /// People choose its value, so it may hold somebody's name.
    pub is_name: bool,
}

const fn said(probe: &'static str, key: &'static str, source: &'static str) -> Key {
    Key { probe, key, source, is_name: false }
}

const fn name(probe: &'static str, key: &'static str, source: &'static str) -> Key {
    Key { probe, key, source, is_name: true }
}

/// All keys, by probe. Those of probe `list` come with lists of other systems (a management system's export), never from an agent.
pub const SAID: &[Key] = &[
    said(
        "server",
        "md",
        "/proc/mdstat (instance: the array): level, state, members at work of those wanted, map, what is being done, failed members",
    ),
    said("server", "zfs", "/proc/spl/kstat/zfs/POOL/state of OpenZFS (instance: the pool)"),
    said("disks", "smart", "smartctl -j -a, smart_status.passed: passed or failed (instance: the disk; behind it what follows)"),
    said("disks", "smart.DISK.model", "the same: model_name, scsi_model_name"),
    said("disks", "smart.DISK.serial", "the same: serial_number"),
    said("disks", "smart.DISK.failing", "the same: number and name of the ATA attributes at or below their threshold now"),
    said("disks", "smart.DISK.warning", "the same: critical_warning of NVMe's health log (NVM Express base specification), hexadecimal"),
    said("disks", "smart.DISK.test", "the same: the result of the newest self-test"),
    said(
        "upkeep",
        "cert",
        "RFC 5280 section 4.1.2.5: notAfter of the certificate that ends first (instance: its file, or the port that shows it, as `:443`)",
    ),
    said("upkeep", "backup", "the agent's configuration: how often a backup is meant to be made, and whether none was found (instance: its name)"),
    said("upkeep", "updates.reboot", "/run/reboot-required is there"),
    name("mdns", "mdns.host", "RFC 6762: the name under .local that answers for the address, without .local"),
    said("dhcp_heard", "opt55", "RFC 2132 section 9.8: parameter request list, numbers separated by commas, in the client's order"),
    said("dhcp_heard", "opt60", "RFC 2132 section 9.13: vendor class identifier"),
    name("dhcp_heard", "opt12", "RFC 2132 section 3.14: host name"),
    said("dhcp_heard", "options", "RFC 2132: the options' numbers in the order of the packet, separated by commas, 255 included"),
    said("dhcp_heard", "opt77", "RFC 3004: user class"),
    said("dhcp_heard", "opt93", "RFC 4578 section 2.1: client system architecture, a number"),
    said("ssdp", "ssdp.server", "UPnP Device Architecture 1.1 section 1.3.3: SERVER of an answer to M-SEARCH"),
    said("ssdp", "ssdp.st", "UPnP Device Architecture 1.1 section 1.3.3: ST"),
    said("ssdp", "upnp.deviceType", "UPnP Device Architecture 1.1 section 2.3: device description"),
    name("ssdp", "upnp.friendlyName", "the same"),
    said("ssdp", "upnp.manufacturer", "the same"),
    said("ssdp", "upnp.modelName", "the same"),
    said("ssdp", "upnp.modelNumber", "the same"),
    said("ssdp", "upnp.modelDescription", "the same"),
    said("ssdp", "upnp.serialNumber", "the same"),
    said("wsd", "wsd.types", "WS-Discovery 1.1 section 5.3: Types of a ProbeMatch, prefixes taken off"),
    said("wsd", "wsd.scopes", "WS-Discovery 1.1 section 5.3: Scopes of a ProbeMatch"),
    said("wsd", "wsd.manufacturer", "Devices Profile for Web Services 1.1 section 5.1: ThisModel"),
    said("wsd", "wsd.modelName", "the same"),
    said("wsd", "wsd.modelNumber", "the same"),
    name("wsd", "wsd.friendlyName", "Devices Profile for Web Services 1.1 section 5.1: ThisDevice"),
    said("wsd", "wsd.firmware", "the same"),
    said("wsd", "wsd.serial", "the same"),
    name("netbios", "netbios.name", "RFC 1002 section 4.2.18: NODE STATUS RESPONSE, the unique name with suffix 00"),
    said("netbios", "netbios.group", "the same: the group name with suffix 00"),
    said("netbios", "netbios.services", "the same: suffixes of the unique names in hexadecimal, separated by commas"),
    said("http", "http.title", "HTML: the title of the page at / (instance: the port)"),
    said("http", "http.server", "RFC 9110 section 10.2.4: Server (instance: the port)"),
    said("http", "http.www_authenticate", "RFC 9110 section 11.6.1: WWW-Authenticate (instance: the port)"),
    said("http", "x509.subject", "RFC 5280 section 4.1.2.6 of the certificate shown, as RFC 4514 writes it (instance: the port)"),
    said("http", "x509.issuer", "RFC 5280 section 4.1.2.4, the same"),
    said("ipp", "ipp.printer-make-and-model", "RFC 8011 section 5.4.9"),
    said("ipp", "ipp.printer-device-id", "PWG 5107.2: IEEE 1284 device id"),
    name("ipp", "ipp.printer-info", "RFC 8011 section 5.4.6"),
    name("ipp", "ipp.printer-name", "RFC 8011 section 5.4.4"),
    said("ipp", "ipp.printer-location", "RFC 8011 section 5.4.5: where people say that it stands"),
    said("ipp", "ipp.printer-firmware-string-version", "PWG 5100.13 section 5.6.11"),
    said("ipp", "ipp.printer-state-reasons", "RFC 8011 section 5.4.12, separated by commas"),
    said("banner", "ssh.software", "RFC 4253 section 4.2: softwareversion and comments, what follows SSH-2.0-"),
    said("banner", "telnet.banner", "RFC 854: what is shown before a login, options taken out"),
    said("banner", "ftp.banner", "RFC 959 section 5.4: text of the greeting, without 220"),
    said("smb", "smb.native_os", "MS-CIFS section 2.2.4.53.2: NativeOS"),
    said("smb", "smb.native_lm", "MS-CIFS section 2.2.4.53.2: NativeLanMan"),
    name("smb", "smb.name", "MS-NLMP section 2.2.2.1: MsvAvNbComputerName of the challenge"),
    said("smb", "smb.version", "MS-NLMP section 2.2.1.2: Version of the challenge, MAJOR.MINOR.BUILD"),
    said("rtsp", "rtsp.server", "RFC 7826 section 18.46: Server"),
    said("sip", "sip.server", "RFC 3261 section 20.35: Server"),
    said("sip", "sip.user_agent", "RFC 3261 section 20.41: User-Agent"),
    said("ntp", "ntp.variables", "RFC 9327 section 2: answer to readvar"),
    said("pjl", "pjl.id", "PJL Technical Reference Manual, INFO ID"),
    said("list", "android.model", "Build.MODEL, as Android and management systems tell it"),
];

/// TXT records of DNS-SD that may be passed on (lower case; RFC 6763 section 6.4: their case says nothing), and whether people choose the
/// value. What is not here stays in the school: applications put user names, tokens and pictures into TXT records.
pub const TXT: &[(&str, bool)] = &[
    ("model", false),
    ("md", false),
    ("am", false),
    ("rpmd", false),
    ("ty", false),
    ("product", false),
    ("usb_mfg", false),
    ("usb_mdl", false),
    ("usb_cmd", false),
    ("mfg", false),
    ("mdl", false),
    ("manufacturer", false),
    ("vendor", false),
    ("osxvers", false),
    ("srcvers", false),
    ("os", false),
    ("osvers", false),
    ("vers", false),
    ("vs", false),
    ("ov", false),
    ("version", false),
    ("version_major", false),
    ("version_minor", false),
    ("version_build", false),
    ("fv", false),
    ("fw", false),
    ("serialnumber", false),
    ("serial", false),
    ("rs", false),
    ("rp", false),
    ("pdl", false),
    ("color", false),
    ("duplex", false),
    ("scan", false),
    ("fax", false),
    ("ve", false),
    ("ca", false),
    ("st", false),
    ("path", false),
    ("note", true),
    ("fn", true),
];

/// Whether a value under this key may be a name that people gave, which is masked before it leaves the school.
pub fn holds_name(probe: &str, key: &str) -> bool {
    let bare = match key.rsplit_once('.') {
        Some((bare, instance)) if !instance.is_empty() && instance.bytes().all(|c| c.is_ascii_digit()) => bare,
        _ => key,
    };
    match (probe, bare.split_once('/')) {
        ("mdns", Some((_, txt))) => TXT.iter().any(|(name, is_name)| *is_name && name.eq_ignore_ascii_case(txt)),
        ("mdns", None) if bare.starts_with('_') => true,
        _ => SAID.iter().any(|row| row.is_name && row.probe == probe && row.key == bare),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn keys_are_told_once_with_their_source() {
        let mut seen = BTreeSet::new();
        for row in SAID {
            assert!(seen.insert(row.key), "{} stands twice", row.key);
            assert!(!row.source.is_empty());
        }
    }

    #[test]
    fn names_that_people_gave_are_known_with_and_without_an_instance() {
        for (probe, key, expected) in [
            ("mdns", "_airplay._tcp", true),
            ("mdns", "_airplay._tcp.2", true),
            ("mdns", "_airplay._tcp/model", false),
            ("mdns", "_googlecast._tcp/fn.2", true),
            ("dhcp_heard", "opt12", true),
            ("dhcp_heard", "opt12.2", true),
            ("dhcp_heard", "opt60", false),
            ("http", "http.title.8080", false),
            ("netbios", "netbios.name", true),
            ("snmp", "opt12", false),
        ] {
            assert_eq!(holds_name(probe, key), expected, "{probe} {key}");
        }
    }
}

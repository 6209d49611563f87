//! What may be looked at: the networks of the configuration, less what is not allowed, less what must never be touched.
//!
//! Comes in: CIDRs, permissions, ports and credentials of one network. Goes out: the addresses that probes may ask. Absent on
//! purpose: discovery of networks (none is ever looked at by default), and sockets.

use ipnet::IpNet;
use rollcall_shared::Mac;
use std::fmt;
use std::net::IpAddr;

/// Most addresses that one network may have: a /16. Larger ones are a mistake in the configuration.
pub const MAX_ADDRESSES: usize = 65_536;

/// One network to look at.
#[derive(Debug, Clone)]
pub struct Network {
    /// Name in reports; the collector maps it to a school.
    pub name: String,
    /// Its addresses.
    pub cidrs: Vec<IpNet>,
    /// Only these of its addresses may be asked; empty means all of `cidrs`.
    pub allow: Vec<IpNet>,
    /// What is never asked, whatever anybody wishes.
    pub never: Never,
    /// Most packets a second of sweeps beyond the own link and in repeated rounds (product default 200).
    pub max_pps: u32,
    /// Most ARP packets a second on the own link (product default 1 000).
    pub max_arp_pps: u32,
    /// Ports on which protocols are spoken.
    pub ports: Ports,
    /// What opens devices of this network.
    pub credentials: Credentials,
}

/// What is never looked at: alarms, boilers, medical devices.
#[derive(Debug, Clone, Default)]
pub struct Never {
    /// Addresses and networks.
    pub addresses: Vec<IpNet>,
    /// First octets of MACs, such as `[0x00, 0x1a, 0x2b]`.
    pub mac_prefixes: Vec<Vec<u8>>,
}

/// Ports of the protocols, configurable because simulators and some sites move them.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// SNMP, 161.
    pub snmp: u16,
    /// PJLink, 4352.
    pub pjlink: u16,
    /// NUT upsd on the server, 3493.
    pub nut: u16,
    /// mDNS, 5353; 0: not spoken.
    pub mdns: u16,
    /// SSDP, 1900; 0: not spoken.
    pub ssdp: u16,
    /// WS-Discovery, 3702; 0: not spoken.
    pub wsd: u16,
    /// NetBIOS name service, 137; 0: not spoken.
    pub netbios: u16,
    /// HTTP, 80; 0: not spoken.
    pub http: u16,
    /// HTTP over TLS, 443.
    pub https: u16,
    /// HTTP where neither of the two answers, 8080.
    pub http_other: u16,
    /// HTTP over TLS where neither of the two answers, 8443.
    pub https_other: u16,
    /// IPP, 631.
    pub ipp: u16,
    /// SSH, 22.
    pub ssh: u16,
    /// Telnet, 23.
    pub telnet: u16,
    /// FTP, 21.
    pub ftp: u16,
    /// SMB, 445.
    pub smb: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Ports {
            snmp: 161,
            pjlink: 4352,
            nut: 3493,
            mdns: 5353,
            ssdp: 1900,
            wsd: 3702,
            netbios: 137,
            http: 80,
            https: 443,
            http_other: 8080,
            https_other: 8443,
            ipp: 631,
            ssh: 22,
            telnet: 23,
            ftp: 21,
            smb: 445,
        }
    }
}

impl Ports {
    /// The usual ones of a network with these addresses. On a network of this machine alone nobody is searched for: it has no link on which
    /// one question reaches all, and its hosts are simulated ones; and the ports of the machine's own servers are left alone.
    pub fn of(cidrs: &[IpNet]) -> Ports {
        let usual = Ports::default();
        if !is_loopback(cidrs) {
            return usual;
        }
        Ports { snmp: usual.snmp, pjlink: usual.pjlink, nut: usual.nut, ..Ports::none() }
    }

    /// Nothing is spoken.
    fn none() -> Ports {
        Ports {
            snmp: 0,
            pjlink: 0,
            nut: 0,
            mdns: 0,
            ssdp: 0,
            wsd: 0,
            netbios: 0,
            http: 0,
            https: 0,
            http_other: 0,
            https_other: 0,
            ipp: 0,
            ssh: 0,
            telnet: 0,
            ftp: 0,
            smb: 0,
        }
    }
}

fn is_loopback(cidrs: &[IpNet]) -> bool {
    cidrs.iter().all(|cidr| cidr.addr().is_loopback())
}

/// Secrets of one network, in the order in which they are tried. Never printed.
#[derive(Clone, Default)]
pub struct Credentials {
    /// SNMP, version 3 first, version 1 last.
    pub snmp: Vec<SnmpCredential>,
    /// PJLink passwords for projectors that ask for one.
    pub pjlink_passwords: Vec<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({} for SNMP, {} for PJLink)", self.snmp.len(), self.pjlink_passwords.len())
    }
}

/// One way into SNMP.
#[derive(Clone)]
pub enum SnmpCredential {
    /// Version 2c.
    Community(String),
    /// Version 1, for equipment that knows no other.
    CommunityV1(String),
    /// Version 3 (RFC 3414; SHA-2 by RFC 7860; AES by RFC 3826 and, for 256 bits, both key extensions in use).
    User {
        /// User name.
        name: String,
        /// Authentication protocol and password.
        auth: Option<(AuthProtocol, String)>,
        /// Privacy protocol and password.
        privacy: Option<(PrivacyProtocol, String)>,
    },
}

impl fmt::Debug for SnmpCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SnmpCredential::Community(_) => f.write_str("Community(hidden)"),
            SnmpCredential::CommunityV1(_) => f.write_str("CommunityV1(hidden)"),
            SnmpCredential::User { name, .. } => write!(f, "User({name}, hidden)"),
        }
    }
}

/// SNMPv3 authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthProtocol {
    /// HMAC-SHA-96.
    Sha1,
    /// HMAC-SHA-2 with 224 bits.
    Sha224,
    /// HMAC-SHA-2 with 256 bits.
    Sha256,
    /// HMAC-SHA-2 with 384 bits.
    Sha384,
    /// HMAC-SHA-2 with 512 bits.
    Sha512,
}

/// SNMPv3 privacy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrivacyProtocol {
    /// CFB128-AES-128.
    Aes128,
    /// AES-256.
    Aes256,
}

impl Network {
    /// Every address that may be asked, in order, without network and broadcast addresses of IPv4.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.cidrs.iter().flat_map(|cidr| cidr.hosts()).take(MAX_ADDRESSES).filter(|ip| self.may_ask(*ip))
    }

    /// Whether this address lies in the network, is allowed, and is not among the never.
    pub fn may_ask(&self, ip: IpAddr) -> bool {
        let within = |nets: &[IpNet]| nets.iter().any(|net| net.contains(&ip));
        within(&self.cidrs) && (self.allow.is_empty() || within(&self.allow)) && !within(&self.never.addresses)
    }

    /// Whether a device with this MAC may be asked or told of.
    pub fn may_ask_mac(&self, mac: Mac) -> bool {
        !self.never.mac_prefixes.iter().any(|prefix| mac.octets().starts_with(prefix))
    }

    /// A network of this machine alone (127/8, ::1), where the kernel answers every ping: there a ping proves nothing.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.cidrs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(cidr: &str, allow: &[&str], never: &[&str]) -> Network {
        let nets = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Network {
            name: "school".into(),
            cidrs: nets(&[cidr]),
            allow: nets(allow),
            never: Never { addresses: nets(never), mac_prefixes: vec![vec![0, 0x1a, 0x2b]] },
            max_pps: 200,
            max_arp_pps: 1000,
            ports: Ports::default(),
            credentials: Credentials::default(),
        }
    }

    #[test]
    fn only_what_is_configured_and_allowed_and_not_never() {
        let net = network("10.0.0.0/28", &["10.0.0.0/29"], &["10.0.0.3/32"]);
        let asked: Vec<String> = net.addresses().map(|ip| ip.to_string()).collect();
        assert_eq!(asked, ["10.0.0.1", "10.0.0.2", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7"]);
        assert!(!net.may_ask("10.0.1.1".parse().unwrap()));
        assert!(!net.may_ask_mac("00:1a:2b:00:00:01".parse().unwrap()));
        assert!(net.may_ask_mac("00:1a:2c:00:00:01".parse().unwrap()));
    }
}

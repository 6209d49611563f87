//! One played thing, and what it says of itself by each probe.
//!
//! Comes in: its kind, its state. Goes out: facts in the words of real devices (the makes are those of the played town). Absent on purpose: what
//! switches tell of others ([`super::looked`]), and what any of it means.

use rollcall_agent::probes::{Finding, Readings};
use rollcall_collector::domain::kind::Kind;
use rollcall_shared::evidence::{Holds, Lease, Service, Supply, Volume};
use rollcall_shared::{Fact, Mac, Subject};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

/// Where something is plugged in; a radio has no port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plug {
    /// Name of the switch or access point.
    pub to: String,
    /// Its port; 0 on a radio.
    pub port: u32,
}

/// Something that a thing says is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ail {
    /// The digit of a projector's ERST (0 fan, 1 lamp, 2 temperature, 3 cover, 4 filter, 5 other).
    Erst(usize),
    /// A UPS feeds from its battery.
    OnBattery,
    /// Its battery is to be replaced.
    ReplaceBattery,
    /// A printer has no paper.
    NoPaper,
    /// … or a jam.
    Jam,
    /// A service of the server does not answer.
    Service(String),
}

/// One thing.
#[derive(Debug, Clone)]
pub struct Thing {
    /// What people call it here; a switch, a server, a PC and a projector also say it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its number in this world, of which its address is made.
    pub number: u32,
    /// What its label says; only some kinds say it on the network.
    pub serial: String,
    /// Another model than its kind's usual one.
    pub model: Option<String>,
    /// Its site; none: out of town, or not bought yet.
    pub site: Option<String>,
    /// Where it is plugged in.
    pub plug: Option<Plug>,
    /// Its address at the site.
    pub ip: Ipv4Addr,
    /// A burnt-in address that is not the usual one (a network card that moved).
    pub mac: Option<Mac>,
    /// It invents its address (a tablet's private Wi-Fi addresses), so that it leaves the school as a count only.
    pub private: bool,
    /// Switched on.
    pub on: bool,
    /// Broken: nothing comes from it, switched on or not.
    pub broken: bool,
    /// What it says is wrong with it.
    pub ails: BTreeSet<Ail>,
    /// A printer's toner, per cent.
    pub toner: u32,
    /// How full the server's volume is, per cent.
    pub disk: u32,
    /// A projector's lamp, hours.
    pub lamp_hours: u32,
}

/// Services that a server runs.
const SERVICES: [&str; 4] = ["dhcp", "dns", "proxy", "smb"];
/// Size of the server's volume.
const VOLUME_BYTES: u64 = 1 << 40;

impl Thing {
    /// A thing that is on and well.
    pub fn new(name: &str, kind: Kind, site: Option<&str>) -> Thing {
        Thing {
            name: name.to_owned(),
            kind,
            number: 0,
            serial: String::new(),
            model: None,
            site: site.map(str::to_owned),
            plug: None,
            ip: Ipv4Addr::UNSPECIFIED,
            mac: None,
            private: false,
            on: true,
            broken: false,
            ails: BTreeSet::new(),
            toner: 60,
            disk: 30,
            lamp_hours: 500,
        }
    }

    /// Its burnt-in address: its maker's block and its number.
    pub fn mac(&self) -> Mac {
        let [a, b, c] = match self.kind {
            Kind::Server => [0xd0, 0x94, 0x66],
            Kind::Switch => [0x94, 0x18, 0x82],
            Kind::AccessPoint => [0xf4, 0x92, 0xbf],
            Kind::Printer => [0xb4, 0x22, 0x00],
            Kind::Projector => [0xf8, 0xd0, 0x27],
            Kind::Tablet => [0xfc, 0xf1, 0x36],
            _ => [0xe4, 0x43, 0x4b],
        };
        let [_, x, y, z] = self.number.to_be_bytes();
        self.mac.unwrap_or_else(|| Mac::new([a, b, c, x, y, z]))
    }

    /// The serial number on its label.
    pub fn serial(&self) -> String {
        if self.serial.is_empty() { format!("X4RC{:06}", self.number) } else { self.serial.clone() }
    }

    /// Whether it has an address of its own: a UPS hangs on the server.
    pub fn has_address(&self) -> bool {
        self.kind != Kind::Ups
    }

    /// The subject that its own words are about.
    pub fn subject(&self) -> Subject {
        match self.kind {
            Kind::Server => Subject::Server,
            Kind::Ups => Subject::Attached(format!("{}@localhost", self.name.to_lowercase())),
            _ => Subject::Address(IpAddr::V4(self.ip)),
        }
    }

    /// What neighbour tables tell: who holds its address.
    pub fn held(&self) -> Finding {
        Finding::of(Subject::Address(IpAddr::V4(self.ip)), vec![Fact::answers("arp"), Fact::Holds(Holds { key: self.mac() })])
    }

    /// What the DHCP server tells of it.
    pub fn lease(&self) -> Option<Finding> {
        let (name, vendor_class) = match self.kind {
            Kind::Tablet => (None, Some("android-dhcp-13".to_owned())),
            Kind::Desktop | Kind::Laptop => (Some(self.name.clone()), Some("MSFT 5.0".to_owned())),
            _ => return None,
        };
        let lease = Lease { key: IpAddr::V4(self.ip), name, vendor_class, reserved: false, active: true };
        Some(Finding::of(Subject::Mac(self.mac()), vec![Fact::Lease(lease)]))
    }

    /// What it says for itself: by which probe, and what. Ports and stations of a switch come from [`super::looked`].
    pub fn words(&self) -> Option<(&'static str, Finding)> {
        let said = |key: &str, value: &str| Fact::said(key, value);
        let (probe, facts, readings): (_, Vec<Fact>, Readings) = match self.kind {
            Kind::Server => ("server", self.server(), vec![("volume_used", "/home".to_owned(), self.disk as f64 / 100.0 * VOLUME_BYTES as f64)]),
            Kind::Ups => ("ups", self.ups(), vec![("ups_charge", String::new(), 100.0)]),
            Kind::Projector | Kind::InteractiveProjector => {
                ("pjlink", self.projector(), vec![("lamp_hours", "1".to_owned(), f64::from(self.lamp_hours))])
            }
            Kind::Printer => ("snmp", self.printer(), vec![("supply_level", "1.1".to_owned(), f64::from(self.toner))]),
            Kind::Switch => ("snmp", self.switch(), vec![]),
            Kind::AccessPoint => (
                "snmp",
                vec![
                    Fact::answers("snmp"),
                    said("sysObjectID", "1.3.6.1.4.1.8072.3.2.10"),
                    said("sysDescr", "U6-Lite 6.5.62.14788"),
                    said("sysName", &self.name),
                ],
                vec![],
            ),
            Kind::Desktop => ("dhcp_heard", vec![said("opt55", "1,3,6,15,31,33,43,44,46,47,119,121,249,252"), said("opt60", "MSFT 5.0")], vec![]),
            _ => return None,
        };
        // What a client said when it asked for its address is about its network card.
        let subject = if probe == "dhcp_heard" { Subject::Mac(self.mac()) } else { self.subject() };
        Some((probe, Finding { readings, ..Finding::of(subject, facts) }))
    }

    fn server(&self) -> Vec<Fact> {
        let mac = self.mac().to_string();
        let uuid = format!("4c4c4544-0044-3510-8056-{}", mac.replace(':', ""));
        let said = [
            ("host.name", self.name.as_str()),
            ("os.name", "Debian GNU/Linux"),
            ("os.version", "12"),
            ("dmi.sys_vendor", "Dell Inc."),
            ("dmi.product_name", self.model.as_deref().unwrap_or("PowerEdge T150")),
            ("dmi.product_serial", &self.serial()),
            ("dmi.product_uuid", &uuid),
            ("net.eth0.mac", &mac),
        ]
        .map(|(key, value)| Fact::said(key, value));
        let down = |name: &str| self.ails.contains(&Ail::Service(name.to_owned()));
        let services = SERVICES.map(|name| Fact::Service(Service { key: name.to_owned(), up: !down(name), detail: String::new() }));
        let volume = Fact::Volume(Volume { key: "/home".to_owned(), file_system: "ext4".to_owned(), size_bytes: VOLUME_BYTES });
        said.into_iter().chain(services).chain([volume]).collect()
    }

    fn ups(&self) -> Vec<Fact> {
        let mut status = vec![if self.ails.contains(&Ail::OnBattery) { "OB" } else { "OL" }];
        if self.ails.contains(&Ail::ReplaceBattery) {
            status.push("RB");
        }
        let said = [
            ("ups.mfr", "American Power Conversion"),
            ("ups.model", self.model.as_deref().unwrap_or("Back-UPS ES 700G")),
            ("ups.serial", &self.serial()),
            ("ups.status", &status.join(" ")),
        ]
        .map(|(key, value)| Fact::said(key, value));
        [Fact::answers("nut")].into_iter().chain(said).collect()
    }

    fn projector(&self) -> Vec<Fact> {
        let erst: String = (0..6).map(|digit| if self.ails.contains(&Ail::Erst(digit)) { '2' } else { '0' }).collect();
        let said = [
            ("CLSS", "2"),
            ("INF1", "EPSON"),
            ("INF2", self.model.as_deref().unwrap_or("EB-685Wi")),
            ("NAME", &self.name),
            ("SNUM", &self.serial()),
            ("ERST", &erst),
        ]
        .map(|(key, value)| Fact::said(key, value));
        [Fact::answers("pjlink")].into_iter().chain(said).collect()
    }

    fn printer(&self) -> Vec<Fact> {
        let model = self.model.as_deref().unwrap_or("Brother HL-L5200DW series");
        let bit = |ail: Ail, bit: u8| if self.ails.contains(&ail) { bit } else { 0 };
        let state = bit(Ail::NoPaper, 0x40) | bit(Ail::Jam, 0x04);
        let said = [
            ("sysObjectID", "1.3.6.1.4.1.2435.2.3.9.1"),
            ("sysDescr", "Brother NC-8800h, Firmware Ver.1.24  (19.03.14),MID 8CE-J02,FID 2"),
            ("sysName", &self.name),
            ("hrDeviceDescr.1", model),
            ("prtGeneralSerialNumber.1", &self.serial()),
            ("hrPrinterDetectedErrorState.1", &format!("0x{state:02x}")),
        ]
        .map(|(key, value)| Fact::said(key, value));
        let supply = Supply {
            key: "1.1".to_owned(),
            supply_type: 3,
            class: 3,
            descr: "Black Toner Cartridge".to_owned(),
            colour: "black".to_owned(),
            capacity: 100,
        };
        [Fact::answers("snmp")].into_iter().chain(said).chain([Fact::Supply(supply)]).collect()
    }

    fn switch(&self) -> Vec<Fact> {
        let model = self.model.as_deref().unwrap_or("J9776A 2530-24G");
        let said = [
            ("sysObjectID", "1.3.6.1.4.1.11.2.3.7.11.140"),
            ("sysDescr", &format!("HP {model} Switch, revision YA.16.10.0012, ROM YA.15.20")),
            ("sysName", self.name.as_str()),
            ("sysServices", "2"),
        ]
        .map(|(key, value)| Fact::said(key, value));
        [Fact::answers("snmp")].into_iter().chain(said).collect()
    }
}

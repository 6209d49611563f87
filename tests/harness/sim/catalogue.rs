//! What schools in France have on their networks: one row a make, with what it says of itself and how.
//!
//! Comes in: nothing. Goes out: the rows. OUIs are the makers' own (IEEE register), sysObjectIDs too; the texts have the makers' form,
//! serial numbers are made up. Absent on purpose: how many of each a school has (`town.rs`).

/// One make.
#[derive(Debug)]
pub struct Make {
    /// Kind as the product names it.
    pub kind: &'static str,
    /// Maker, as people name it.
    pub vendor: &'static str,
    /// Model, as people name it; empty where nothing on the network tells it.
    pub model: &'static str,
    /// Other names of the same model that are right as well (a part number, a longer name).
    pub also: &'static [&'static str],
    /// First octets of its MACs.
    pub oui: [u8; 3],
    /// Firmware or software version.
    pub firmware: &'static str,
    /// Form of its serial number: `#` is a digit, `@` a letter, `*` the MAC.
    pub serial: &'static str,
    /// What it speaks.
    pub says: Says,
}

/// How a make can be known.
#[derive(Debug)]
pub enum Says {
    /// Runs the agent: DMI and os-release under its own root.
    Server,
    /// SNMP: system, interfaces, bridge tables, LLDP, entities.
    Switch {
        /// sysObjectID.
        object_id: &'static str,
        /// Part number (entPhysicalModelName of this family).
        part: &'static str,
        /// First word of its sysDescr.
        brand: &'static str,
        /// Number of ports.
        ports: u32,
        /// Power over Ethernet it can give, W; 0 = none.
        poe_w: u32,
    },
    /// SNMP of an access point.
    AccessPoint {
        /// sysObjectID.
        object_id: &'static str,
        /// sysDescr.
        descr: &'static str,
        /// Aruba Instant rather than UniFi.
        instant: bool,
    },
    /// SNMP: Printer-MIB, HOST-RESOURCES-MIB.
    Printer {
        /// sysObjectID.
        object_id: &'static str,
        /// sysDescr, `{serial}` is filled in.
        descr: &'static str,
        /// hrDeviceDescr.
        device: &'static str,
        /// Supplies: description, colour, part of the capacity of 100.
        toners: &'static [(&'static str, &'static str)],
    },
    /// SNMP of a UPS's network card: PowerNet-MIB and UPS-MIB.
    PowerCard {
        /// sysObjectID.
        object_id: &'static str,
        /// sysDescr, `{serial}` is the card's.
        descr: &'static str,
    },
    /// NUT on the server, over USB.
    PowerUsb {
        /// ups.mfr.
        maker: &'static str,
    },
    /// PJLink.
    Projector {
        /// Class 1 or 2.
        class: u8,
        /// INF1.
        maker: &'static str,
        /// INF2.
        name: &'static str,
    },
    /// Nothing but a DHCP lease, and the switch's tables.
    Client {
        /// DHCP option 60.
        vendor_class: Option<&'static str>,
        /// DHCP option 12; `#` stands for its number.
        host_name: Option<&'static str>,
    },
}

const HP_SWITCH_ROM: &str = "YA.16.10.0012";

/// The makes of one kind.
pub fn makes(kind: &str) -> Vec<&'static Make> {
    MAKES.iter().filter(|make| make.kind == kind).collect()
}

/// All makes.
pub const MAKES: &[Make] = &[
    Make {
        kind: "server",
        vendor: "Dell",
        model: "PowerEdge T150",
        also: &[],
        oui: [0xd0, 0x94, 0x66],
        firmware: "1.4.2",
        serial: "@##@@#3",
        says: Says::Server,
    },
    Make {
        kind: "server",
        vendor: "HP",
        model: "ProLiant ML30 Gen10",
        also: &[],
        oui: [0x94, 0x18, 0x82],
        firmware: "U44",
        serial: "CZ2########",
        says: Says::Server,
    },
    Make {
        kind: "switch",
        vendor: "Aruba",
        model: "2930F-48G-PoE+-4SFP",
        also: &["JL262A", "2930F"],
        oui: [0xfc, 0x7f, 0xf1],
        firmware: "WC.16.10.0012",
        serial: "CN##@@####",
        says: Says::Switch { object_id: "1.3.6.1.4.1.11.2.3.7.11.181.25", part: "JL262A", brand: "Aruba", ports: 52, poe_w: 370 },
    },
    Make {
        kind: "switch",
        vendor: "HP",
        model: "2530-24G",
        also: &["J9776A"],
        oui: [0x94, 0x18, 0x82],
        firmware: HP_SWITCH_ROM,
        serial: "CN##@@####",
        says: Says::Switch { object_id: "1.3.6.1.4.1.11.2.3.7.11.140", part: "J9776A", brand: "HP", ports: 28, poe_w: 0 },
    },
    Make {
        kind: "switch",
        vendor: "HP",
        model: "2530-48G",
        also: &["J9775A"],
        oui: [0x94, 0x18, 0x82],
        firmware: HP_SWITCH_ROM,
        serial: "CN##@@####",
        says: Says::Switch { object_id: "1.3.6.1.4.1.11.2.3.7.11.139", part: "J9775A", brand: "HP", ports: 52, poe_w: 0 },
    },
    Make {
        kind: "access_point",
        vendor: "Ubiquiti",
        model: "U6-Lite",
        also: &[],
        oui: [0xf4, 0x92, 0xbf],
        firmware: "6.5.62.14788",
        serial: "*",
        says: Says::AccessPoint { object_id: "1.3.6.1.4.1.8072.3.2.10", descr: "U6-Lite 6.5.62.14788", instant: false },
    },
    Make {
        kind: "access_point",
        vendor: "Aruba",
        model: "AP-305",
        also: &["305"],
        oui: [0xf8, 0x60, 0xf0],
        firmware: "8.6.0.20-8.6.0.20_85656",
        serial: "CN##@@####",
        says: Says::AccessPoint { object_id: "1.3.6.1.4.1.14823.1.2.86", descr: "ArubaOS (MODEL: 305), Version 8.6.0.20-8.6.0.20", instant: true },
    },
    Make {
        kind: "printer",
        vendor: "Brother",
        model: "HL-L5200DW",
        also: &["HL-L5200DW series"],
        oui: [0xb4, 0x22, 0x00],
        firmware: "1.24",
        serial: "E7####@#@######",
        says: Says::Printer {
            object_id: "1.3.6.1.4.1.2435.2.3.9.1",
            descr: "Brother NC-8800h, Firmware Ver.1.24  (19.03.14),MID 8CE-J02,FID 2",
            device: "Brother HL-L5200DW series",
            toners: &[("Black Toner Cartridge", "black")],
        },
    },
    Make {
        kind: "printer",
        vendor: "HP",
        model: "Color LaserJet Pro M255dw",
        also: &["M255dw"],
        oui: [0x30, 0x24, 0xa9],
        firmware: "20200612",
        serial: "VN@3@#####",
        says: Says::Printer {
            object_id: "1.3.6.1.4.1.11.2.3.9.1",
            descr: "HP ETHERNET MULTI-ENVIRONMENT,SN:{serial},FN:1F31B6C,SVCID:30012,PID:HP Color LaserJet Pro M255dw",
            device: "HP Color LaserJet Pro M255dw",
            toners: &[
                ("Black Cartridge HP W2210X", "black"),
                ("Cyan Cartridge HP W2211X", "cyan"),
                ("Magenta Cartridge HP W2213X", "magenta"),
                ("Yellow Cartridge HP W2212X", "yellow"),
            ],
        },
    },
    Make {
        kind: "ups",
        vendor: "APC",
        model: "Smart-UPS 1500",
        also: &[],
        oui: [0x00, 0xc0, 0xb7],
        firmware: "UPS 09.3 (ID18)",
        serial: "AS##########",
        says: Says::PowerCard {
            object_id: "1.3.6.1.4.1.318.1.3.27",
            descr: "APC Web/SNMP Management Card (MB:v4.1.0 PF:v7.0.8 PN:apc_hw05_aos_708.bin AF1:v7.0.8 AN1:apc_hw05_sumx_708.bin \
                    MN:AP9631 HR:08 SN: ZA{serial} MD:04/10/2018) (Embedded PowerNet SNMP Agent SW v2.2 compatible)",
        },
    },
    Make {
        kind: "ups",
        vendor: "APC",
        model: "Back-UPS ES 700G",
        also: &[],
        oui: [0, 0, 0],
        firmware: "871.O4 .I",
        serial: "5B##########",
        says: Says::PowerUsb { maker: "American Power Conversion" },
    },
    Make {
        kind: "projector",
        vendor: "Epson",
        model: "EB-685Wi",
        also: &["685Wi/685WS"],
        oui: [0xf8, 0xd0, 0x27],
        firmware: "1.12",
        serial: "X4#########",
        says: Says::Projector { class: 2, maker: "EPSON", name: "EPSON 685Wi/685WS" },
    },
    Make {
        kind: "projector",
        vendor: "NEC",
        model: "UM352W",
        also: &["NP-UM352W"],
        oui: [0xf8, 0xca, 0x85],
        firmware: "1.30",
        serial: "#######@@",
        says: Says::Projector { class: 2, maker: "NEC", name: "UM352W" },
    },
    Make {
        kind: "projector",
        vendor: "Epson",
        model: "EB-X41",
        also: &[],
        oui: [0xe0, 0xbb, 0x9e],
        firmware: "1.04",
        serial: "X4#########",
        says: Says::Projector { class: 1, maker: "EPSON", name: "EB-X41" },
    },
    Make {
        kind: "desktop",
        vendor: "Dell",
        model: "",
        also: &[],
        oui: [0xe4, 0x43, 0x4b],
        firmware: "",
        serial: "@##@@#2",
        says: Says::Client { vendor_class: Some("MSFT 5.0"), host_name: Some("PC-#") },
    },
    Make {
        kind: "desktop",
        vendor: "HP",
        model: "",
        also: &[],
        oui: [0x30, 0x24, 0xa9],
        firmware: "",
        serial: "8CC#######",
        says: Says::Client { vendor_class: Some("MSFT 5.0"), host_name: Some("PC-#") },
    },
    Make {
        kind: "tablet",
        vendor: "Samsung",
        model: "",
        also: &[],
        oui: [0xfc, 0xf1, 0x36],
        firmware: "",
        serial: "R52@#####@@",
        says: Says::Client { vendor_class: Some("android-dhcp-13"), host_name: None },
    },
    Make {
        kind: "tablet",
        vendor: "Apple",
        model: "",
        also: &[],
        oui: [0xfc, 0xfc, 0x48],
        firmware: "",
        serial: "DMP@#####@@",
        says: Says::Client { vendor_class: None, host_name: Some("iPad") },
    },
];

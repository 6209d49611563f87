//! The truth about the town: every device, what it can tell and how, every fault in course, every place left out.
//!
//! Comes in: the town. Goes out: values to be written as JSON, held against what the collector says. Absent on purpose: judgement.

use super::catalogue::Says;
use super::device::{Ail, Device, ERRORS};
use super::dhcp::{Known, known};
use super::register;
use super::town::{LeftOut, School, Town};
use super::world::World;
use anyhow::Result;
use serde::{Deserialize, Serialize};

/// All that is true of the town.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Truth {
    /// UTC seconds.
    pub as_of: i64,
    /// Schools.
    pub schools: Vec<SchoolTruth>,
    /// Devices.
    pub devices: Vec<DeviceTruth>,
    /// Faults in course.
    pub faults: Vec<FaultTruth>,
    /// Places that the plan has and the town has not.
    pub left_out: Vec<LeftOut>,
}

/// One school.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SchoolTruth {
    /// The plan's code.
    pub code: String,
    /// Its number in the town.
    pub number: u8,
    /// Its network.
    pub network: String,
    /// Visitors' telephones: to be counted, never devices.
    pub visitors: usize,
}

/// One device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeviceTruth {
    /// The plan's code of its school.
    pub school: String,
    /// Name in commands.
    pub device: String,
    /// Kind.
    pub kind: String,
    /// Kinds that are as right: what it says does not tell them apart.
    pub kind_accept: Vec<String>,
    /// Maker.
    pub vendor: String,
    /// Names of the maker that are as right.
    pub vendor_accept: Vec<String>,
    /// Model.
    pub model: String,
    /// Names of the model that are as right.
    pub model_accept: Vec<String>,
    /// Serial number on its label.
    pub serial: String,
    /// Burnt-in address.
    pub mac: Option<String>,
    /// Address.
    pub ip: Option<String>,
    /// Room of the plan.
    pub room: String,
    /// Name, address and port of the switch.
    pub place: Option<PlaceTruth>,
    /// By what it is seen at all.
    pub seen_via: Vec<String>,
    /// Whether it gives a sign of its kind and of its maker.
    pub gives_sign: Sign,
    /// By what the model is told, or `none`.
    pub model_via: String,
    /// By what the serial number is told, or `none`.
    pub serial_via: String,
}

/// Where a device is plugged in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlaceTruth {
    /// Name of the switch in commands.
    pub switch: String,
    /// MAC of the switch.
    pub switch_mac: String,
    /// Port.
    pub port: u32,
}

/// Of what a device gives a sign.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Sign {
    /// Of its kind.
    pub kind: bool,
    /// Of its maker.
    pub vendor: bool,
}

/// One fault in course.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct FaultTruth {
    /// The plan's code of the school.
    pub school: String,
    /// Name of the device in commands.
    pub device: String,
    /// The collector's code of such a fault.
    pub code: String,
    /// UTC seconds.
    pub since: i64,
}

/// What is true now.
pub fn tell(town: &Town, now_s: i64) -> Truth {
    let devices = town.schools.iter().flat_map(|school| school.devices.iter().map(move |device| tell_device(school, device)));
    let schools = town.schools.iter().map(|school| SchoolTruth {
        code: school.code.clone(),
        number: school.number,
        network: school.cidr(),
        visitors: school.visitors.len(),
    });
    Truth {
        as_of: now_s,
        schools: schools.collect(),
        devices: devices.collect(),
        faults: town.schools.iter().flat_map(faults).collect(),
        left_out: town.schools.iter().flat_map(|school| school.left_out.clone()).collect(),
    }
}

/// Writes the truth beside the town's folders.
pub fn write(world: &World, now_s: i64) -> Result<()> {
    let truth = world.see(|town| tell(town, now_s));
    super::dhcp::replace(&world.folder().join("truth.json"), &serde_json::to_string_pretty(&truth)?)
}

fn faults(school: &School) -> Vec<FaultTruth> {
    let all = school.devices.iter().flat_map(|device| device.ailments.iter().map(move |ailment| (device, ailment)));
    let told = all.filter_map(|(device, ailment)| {
        let code = code(school, device, &ailment.ail)?;
        Some(FaultTruth { school: school.code.clone(), device: device.name.clone(), code, since: ailment.since_s })
    });
    told.collect()
}

/// The collector's code for a fault, if its rules tell of it at all. Toner that is low stands in a list; what is out is a fault.
fn code(school: &School, device: &Device, ail: &Ail) -> Option<String> {
    let code = match ail {
        Ail::Projector(at) => return Some(format!("projector_{}", ERRORS.get(*at)?)),
        Ail::Toner(0) => "printer_toner",
        Ail::Toner(_) => return None,
        Ail::Jam => "printer_jam",
        Ail::Battery => "ups_on_battery",
        Ail::Disk => "server_disk",
        Ail::Raid => "server_raid",
        Ail::Smart => "server_smart",
        Ail::Backup => "server_backup",
        Ail::Service(_) => "server_service",
        Ail::Silent if device.make.kind == "server" => "agent_silent",
        Ail::Silent if matches!(device.make.kind, "switch" | "ups") => "infrastructure_silent",
        Ail::Moved(_) if stands_elsewhere(school, device) => "misplaced",
        Ail::Silent | Ail::Moved(_) => return None,
    };
    Some(code.to_owned())
}

/// A listed device hangs on a port that leads to another room.
fn stands_elsewhere(school: &School, device: &Device) -> bool {
    let behind = device.plug.as_ref().and_then(|plug| register::room_behind(school, plug));
    register::is_listed(school, device) && behind.is_some_and(|room| room != device.room)
}

fn tell_device(school: &School, device: &Device) -> DeviceTruth {
    let place = device.plug.as_ref().and_then(|plug| {
        let switch = school.device(&plug.switch)?;
        Some(PlaceTruth { switch: plug.switch.clone(), switch_mac: switch.mac?.to_string(), port: plug.port })
    });
    let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let ways = ways(device);
    DeviceTruth {
        school: school.code.clone(),
        device: device.name.clone(),
        kind: device.make.kind.to_owned(),
        kind_accept: texts(kinds_as_right(device)),
        vendor: device.make.vendor.to_owned(),
        vendor_accept: texts(vendors_as_right(device.make.vendor)),
        model: device.make.model.to_owned(),
        model_accept: texts(device.make.also),
        serial: device.serial.clone(),
        mac: device.mac.map(|mac| mac.to_string()),
        ip: device.ip.map(|ip| ip.to_string()),
        room: device.room.clone(),
        seen_via: seen_via(device, place.is_some()),
        place,
        gives_sign: ways.sign,
        model_via: ways.model.to_owned(),
        serial_via: ways.serial.to_owned(),
    }
}

/// Windows tells the same by DHCP from a tower and from a laptop.
fn kinds_as_right(device: &Device) -> &'static [&'static str] {
    if device.make.kind == "desktop" { &["desktop", "laptop"] } else { &[] }
}

/// One maker has had several names, and registers addresses under them.
fn vendors_as_right(vendor: &str) -> &'static [&'static str] {
    match vendor {
        "HP" => &["HP", "HPE", "Hewlett-Packard", "Hewlett Packard", "Hewlett Packard Enterprise"],
        "Aruba" => &["Aruba", "HPE", "HP", "Hewlett Packard Enterprise", "HPE Aruba"],
        "APC" => &["APC", "American Power Conversion", "Schneider Electric"],
        "Epson" => &["Epson", "EPSON", "Seiko Epson"],
        "NEC" => &["NEC", "Sharp NEC"],
        _ => &[],
    }
}

/// By what a device is known.
struct Ways {
    sign: Sign,
    model: &'static str,
    serial: &'static str,
}

fn ways(device: &Device) -> Ways {
    let both = Sign { kind: true, vendor: true };
    let (sign, model, serial) = match &device.make.says {
        Says::Server => (both, "dmi", "dmi"),
        Says::Switch { .. } | Says::Printer { .. } | Says::PowerCard { .. } => (both, "snmp", "snmp"),
        Says::AccessPoint { instant, .. } => (both, "snmp", if *instant { "snmp" } else { "none" }),
        Says::PowerUsb { .. } => (both, "nut", "nut"),
        Says::Projector { class: 2, .. } => (both, "pjlink", "pjlink"),
        Says::Projector { .. } => (both, "pjlink", "none"),
        // A vendor class in a lease tells the system, and with it the kind; an iPad, or a PC with a reserved address, shows only who
        // made it: the delivery list tells the rest.
        Says::Client { vendor_class, .. } => (Sign { kind: vendor_class.is_some() && known(device) == Known::Lease, vendor: true }, "none", "none"),
    };
    Ways { sign, model, serial }
}

fn seen_via(device: &Device, placed: bool) -> Vec<String> {
    let own = match device.make.says {
        Says::Server => &["server"][..],
        Says::Projector { .. } => &["pjlink"],
        Says::PowerUsb { .. } => &["ups"],
        Says::Client { .. } => &[],
        _ => &["snmp"],
    };
    let listed = (known(device) != Known::Static).then_some("dhcp");
    let learnt = placed.then_some("forwarding");
    own.iter().copied().chain(listed).chain(learnt).map(str::to_owned).collect()
}

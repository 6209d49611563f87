//! The lab as the test sees it: up, down, faults, and its truth (`school.json`) compared with devices.
//!
//! Comes in: the lab's scripts. Goes out: [`Truth`] lines. Absent on purpose: anything that runs outside the lab's namespaces.

use rollcall_collector::domain::device::{Address, Attachment, Device, Key, KeyRank, Sighting};
use rollcall_collector::domain::kind::Kind;
use rollcall_shared::Mac;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the lab keeps its state.
const STATE: &str = "/var/tmp/school-lab";

/// A running school; it is taken down with this value.
pub struct Lab {
    scripts: PathBuf,
    /// Name of the school.
    pub name: String,
    /// Its network.
    pub net: String,
}

/// One device of the lab's truth.
#[derive(Debug, Clone, Deserialize)]
pub struct Truth {
    /// Name in the lab.
    pub name: String,
    kind: String,
    vendor: String,
    model: String,
    serial: String,
    mac: Option<Mac>,
    ip: Option<IpAddr>,
    state: String,
    serial_via: String,
    switch: Option<String>,
    port: Option<u32>,
    #[serde(default)]
    services: Vec<String>,
    pjlink: Option<serde_json::Value>,
    ip_source: Option<String>,
}

#[derive(Deserialize)]
struct School {
    net: String,
    devices: Vec<Truth>,
}

/// One field of a device that can be known.
#[derive(Debug, Clone)]
pub struct Field {
    /// Which: kind, vendor, model, serial, presence, address, place.
    pub what: &'static str,
    /// It is shown as it is.
    pub right: bool,
    /// What is shown.
    pub found: String,
}

/// What is shown of a thing, by whichever way it was recognised.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    kind: Option<Kind>,
    vendor: &'a str,
    model: &'a str,
    serial: &'a str,
    present: bool,
    keys: &'a [Key],
    addresses: &'a [Address],
    place: Option<&'a Attachment>,
}

impl<'a> From<&'a Device> for Shown<'a> {
    fn from(device: &'a Device) -> Shown<'a> {
        Shown {
            kind: device.kind,
            vendor: device.vendor.as_deref().unwrap_or_default(),
            model: device.model.as_deref().unwrap_or_default(),
            serial: device.serial.as_deref().unwrap_or_default(),
            present: device.present,
            keys: &device.keys,
            addresses: &device.addresses,
            place: device.place.as_ref(),
        }
    }
}

impl<'a> From<&'a Sighting> for Shown<'a> {
    fn from(sighting: &'a Sighting) -> Shown<'a> {
        Shown {
            kind: sighting.kind,
            vendor: sighting.vendor.as_deref().unwrap_or_default(),
            model: sighting.model.as_deref().unwrap_or_default(),
            serial: sighting.serial.as_deref().unwrap_or_default(),
            present: sighting.present,
            keys: &sighting.keys,
            addresses: &sighting.addresses,
            place: sighting.place.as_ref(),
        }
    }
}

impl Lab {
    /// Starts a school on its usual network, a /22, or says why it cannot.
    pub fn up(size: &[(&str, u32)]) -> Result<Lab, String> {
        Lab::up_on(size, None)
    }

    /// Starts a school on a network of the caller's choice.
    pub fn up_on(size: &[(&str, u32)], net: Option<&str>) -> Result<Lab, String> {
        let shared = std::env::var_os("ROLLCALL_SHARED").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
        let scripts = shared.join("lab");
        if !scripts.join("school-up").exists() {
            return Err(format!("no lab at {}", scripts.display()));
        }
        if !Command::new("ip").args(["netns", "list"]).output().is_ok_and(|output| output.status.success()) {
            return Err("network namespaces are not to be had here (root, iproute2)".to_owned());
        }
        let number = std::process::id() % 150 + 30;
        let name = format!("rc{number}");
        let mut up = Command::new(scripts.join("school-up"));
        up.args(["--school", &name, "--index", &number.to_string()]);
        for (option, count) in size {
            up.args([option.to_string(), count.to_string()]);
        }
        up.args(net.into_iter().flat_map(|net| ["--net", net]));
        if std::env::var_os("ROLLCALL_LAB_INSTALL").is_some() {
            up.arg("--install");
        }
        let mut lab = Lab { scripts, name, net: String::new() };
        let output = up.output().map_err(|error| format!("starting the lab: {error}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned();
            // Dropping takes down what was half up.
            return Err(format!("the lab does not start (ROLLCALL_LAB_INSTALL=1 lets it install what it needs): {said}"));
        }
        lab.net = lab.school().net;
        Ok(lab)
    }

    /// The server's namespace.
    pub fn server(&self) -> String {
        format!("{}-kwartz", self.name)
    }

    /// The folder with the server's lease files.
    pub fn folder(&self) -> PathBuf {
        Path::new(STATE).join(&self.name)
    }

    /// What there is now.
    pub fn truth(&self) -> Vec<Truth> {
        self.school().devices
    }

    /// Where a device was plugged in when asked first.
    pub fn home(&self, device: &str) -> (String, u32) {
        let homes: School = serde_json::from_str(&std::fs::read_to_string(self.folder().join("home.json")).expect("kept at start")).unwrap();
        let found = homes.devices.into_iter().find(|known| known.name == device).expect("a device of the lab");
        (found.switch.expect("plugged in"), found.port.expect("at a port"))
    }

    /// Breaks or mends a device.
    pub fn fault(&self, device: &str, what: &[&str]) {
        let output =
            Command::new(self.scripts.join("school-fault")).args(["--school", &self.name, device]).args(what).output().expect("school-fault runs");
        assert!(output.status.success(), "school-fault {device} {what:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn school(&self) -> School {
        let path = self.folder().join("school.json");
        let text = std::fs::read_to_string(&path).expect("the lab's truth");
        let home = self.folder().join("home.json");
        if !home.exists() {
            std::fs::write(home, &text).expect("keeping where things were plugged in");
        }
        serde_json::from_str(&text).expect("the lab's truth in its known form")
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = Command::new(self.scripts.join("school-down")).args(["--school", &self.name]).output();
    }
}

impl Truth {
    /// It is there and on the network now, with an address.
    pub fn answers(&self) -> bool {
        self.state == "up" && self.ip.is_some()
    }

    /// Its address, if it speaks SNMP.
    pub fn snmp(&self) -> Option<IpAddr> {
        self.ip.filter(|_| self.answers() && self.services.iter().any(|service| service == "snmp"))
    }

    /// Its MAC.
    pub fn mac(&self) -> Option<Mac> {
        self.mac
    }

    /// Whether a device of the fleet is this one: by MAC, else by serial.
    pub fn is<'a>(&self, shown: impl Into<Shown<'a>>) -> bool {
        let shown = shown.into();
        let by_mac = self.mac.is_some_and(|mac| shown.keys.iter().any(|key| key.rank == KeyRank::Mac && key.text.parse() == Ok(mac)));
        by_mac || (self.mac.is_none() && shown.serial == self.serial)
    }

    /// This device in the fleet.
    pub fn find<'a>(&self, fleet: &'a [Device]) -> Option<&'a Device> {
        fleet.iter().find(|device| self.is(*device))
    }

    /// What is shown otherwise than it is.
    pub fn compare<'a>(&self, shown: impl Into<Shown<'a>>) -> Vec<String> {
        self.fields(shown)
            .into_iter()
            .filter(|field| !field.right)
            .map(|field| format!("{}: {}: found {}", self.name, field.what, field.found))
            .collect()
    }

    /// Every field that can be known, and whether it is right.
    pub fn fields<'a>(&self, shown: impl Into<Shown<'a>>) -> Vec<Field> {
        let device = shown.into();
        let mut fields = Vec::new();
        let mut expect = |what: &'static str, right: bool, found: String| fields.push(Field { what, right, found });
        let (sign, speaks) = (self.kind(), self.speaks());
        // A tablet that has just fallen asleep still stands in its switch's table until that forgets it (300 s): either is right.
        expect("presence", device.present || self.state != "up", device.present.to_string());
        if let Some(kind) = sign {
            expect("kind", device.kind == Some(kind), format!("{:?}", device.kind));
        }
        expect("vendor", alike(device.vendor, &self.vendor), device.vendor.to_owned());
        if speaks {
            expect("model", alike(device.model, &self.model), device.model.to_owned());
        }
        if !matches!(self.serial_via.as_str(), "none" | "local") {
            expect("serial", device.serial == self.serial, device.serial.to_owned());
        }
        if self.state == "up" {
            if let Some(ip) = self.ip {
                expect("address", device.addresses.iter().any(|address| address.ip == Some(ip)), format!("{:?}", device.addresses));
            }
            if let Some(radio) = self.switch.as_ref().filter(|_| self.behind_access_point()) {
                let place = device.place.map(|place| place.device.clone());
                expect("place", place.as_ref() == Some(radio), format!("{place:?}, expected {radio}"));
            } else if let (Some(switch), Some(port)) = (&self.switch, self.port.filter(|_| self.kind != "switch" && self.ip_source.is_some())) {
                let place = device.place.map(|place| (place.device.clone(), place.port.clone()));
                expect("place", place == Some((switch.clone(), port.to_string())), format!("{place:?}, expected {switch} {port}"));
            }
        }
        fields
    }

    /// The kind that its signs tell.
    fn kind(&self) -> Option<Kind> {
        match self.kind.as_str() {
            "kwartz" => Some(Kind::Server),
            "ap" => Some(Kind::AccessPoint),
            "pc" => None,
            other => Kind::from_code(other),
        }
    }

    /// It says its model to a protocol that the agent speaks.
    fn speaks(&self) -> bool {
        self.pjlink.is_some() || self.services.iter().any(|service| matches!(service.as_str(), "snmp" | "nut")) && self.kind != "kwartz"
    }

    /// Tablets hang on an access point; the wired network sees them behind its port.
    fn behind_access_point(&self) -> bool {
        self.switch.as_deref().is_some_and(|switch| switch.starts_with("ap"))
    }
}

/// Two names of one maker or model: letters and digits, one within the other, or brands of one house.
fn alike(found: &str, wanted: &str) -> bool {
    const HOUSES: &[&[&str]] = &[&["hp", "hewlettpackard", "aruba", "hpe"], &["apc", "americanpowerconversion", "schneider"], &["lenovo", "lcfc"]];
    let fold = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let (found, wanted) = (fold(found), fold(wanted));
    let series = wanted.trim_end_matches("series");
    let house = |name: &str| HOUSES.iter().position(|house| house.iter().any(|brand| name.starts_with(brand)));
    !found.is_empty() && (found.contains(series) || series.contains(&found) || (house(&found).is_some() && house(&found) == house(&wanted)))
}

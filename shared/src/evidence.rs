//! Evidence: one fact about one subject, as it was said, with its source.
//!
//! Comes in: what probes parsed. Goes out: facts on the wire. Absent on purpose: times (a standing fact has none, so a
//! thing seen again unchanged changes nothing) and conclusions (a fact never says "this is a printer").
//!
//! Law of the wire: every fact is an object with one tag, and inside it a field `key` that names it among the facts of the
//! same tag, probe and subject: `{"said":{"key":"sysDescr","value":"…"}}`. A tag that this version does not know is kept as
//! it came ([`Fact::Unknown`]), can be replaced and removed by its key, and is skipped by everybody who judges.

use crate::mac::Mac;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// What a fact is about. On the wire: `server`, `ip:10.0.0.7`, `mac:00:1a:…`, `attached:ups@localhost`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The machine on which the agent runs.
    Server,
    /// Whatever answers at this address of the network.
    Address(IpAddr),
    /// The holder of this MAC.
    Mac(Mac),
    /// Something that hangs on the server without an address of its own (a UPS on USB).
    Attached(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Server => f.write_str("server"),
            Subject::Address(ip) => write!(f, "ip:{ip}"),
            Subject::Mac(mac) => write!(f, "mac:{mac}"),
            Subject::Attached(name) => write!(f, "attached:{name}"),
        }
    }
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "server" => Ok(Subject::Server),
            Some(("ip", ip)) => {
                ip.parse().map(Subject::Address).map_err(|_| format!("expected an IP address, found {:?}", crate::wire::clip(ip, 60)))
            }
            Some(("mac", mac)) => mac.parse().map(Subject::Mac),
            Some(("attached", name)) if !name.is_empty() => Ok(Subject::Attached(name.to_owned())),
            _ => Err(format!("expected server, ip:…, mac:… or attached:…, found {:?}", crate::wire::clip(text, 60))),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::wire::from_text(d)
    }
}

/// A MAC within a VLAN: the key of a forwarding entry. On the wire `00:1a:…` or `00:1a:…@12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacVlan {
    /// The station's address.
    pub mac: Mac,
    /// The VLAN (1–4094), 0 where the table does not tell it.
    pub vlan: u16,
}

impl fmt::Display for MacVlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.vlan {
            0 => self.mac.fmt(f),
            vlan => write!(f, "{}@{vlan}", self.mac),
        }
    }
}

impl FromStr for MacVlan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mac, vlan) = text.split_once('@').unwrap_or((text, "0"));
        let vlan = vlan.parse().map_err(|_| format!("expected a VLAN number after @, found {:?}", crate::wire::clip(vlan, 20)))?;
        Ok(MacVlan { mac: mac.parse()?, vlan })
    }
}

impl Serialize for MacVlan {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MacVlan {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::wire::from_text(d)
    }
}

/// Something a device said of itself, verbatim.
///
/// The probe is the source; the key names the item in the source's own words: `sysDescr`, `hrDeviceDescr.1` (SNMP object,
/// instance where it is not `.0`), `INF1` (PJLink command), `ups.model` (NUT variable), `dmi.product_name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Which item.
    pub key: String,
    /// Its value as text; octets that are no text are written `0x…`.
    pub value: String,
}

/// The subject answered, and how: key `arp`, `icmp`, `snmp`, `pjlink`, `tcp/9100`, `nut`. The standing sign of presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// By which protocol.
    pub key: String,
}

/// This address is held by this MAC (subject: the address), by ARP or a neighbour table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// The holder. Two holders of one address are a duplicate address.
    pub key: Mac,
}

/// A DHCP lease or reservation as the server's files tell it (subject: the MAC).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The address leased or reserved.
    pub key: IpAddr,
    /// Host name that the client gave, or the name of the reservation; masked where the town's naming does not allow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Vendor class (DHCP option 60), where the server kept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_class: Option<String>,
    /// A fixed reservation (`host` declaration) rather than a lease.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reserved: bool,
    /// The lease is in force now (reservations: always false, they say nothing of now).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub active: bool,
}

/// One network interface (IF-MIB ifTable and ifXTable, RFC 2863).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// ifIndex.
    pub key: u32,
    /// ifName, else ifDescr.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// ifDescr where it differs from the name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub descr: String,
    /// ifAlias: what the network engineer wrote on the port.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alias: String,
    /// ifType (IANAifType-MIB: 6 Ethernet, 71 radio, 53 VLAN …); 0 where not told.
    #[serde(default, rename = "type", skip_serializing_if = "is_zero")]
    pub if_type: u32,
    /// ifOperStatus is up(1); absent where not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up: Option<bool>,
    /// ifAdminStatus is down(2): switched off on purpose.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub admin_down: bool,
    /// dot3StatsDuplexStatus is halfDuplex(2) (EtherLike-MIB, RFC 3635). Only told while up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub half_duplex: bool,
    /// ifPhysAddress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<Mac>,
    /// ifHighSpeed × 10⁶, else ifSpeed; 0 where not told. Only told while up: a dark port's speed says nothing.
    #[serde(default, skip_serializing_if = "is_zero_64")]
    pub speed_bps: u64,
}

/// One neighbour that a device heard on one of its ports (LLDP-MIB lldpRemTable, IEEE 802.1AB; CISCO-CDP-MIB). Evidence about a link, never a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// `lldp:PORT.INDEX` or `cdp:PORT.INDEX` out of the table's own index, without its time mark.
    pub key: String,
    /// Name of the local port (ifName, lldpLocPortId or number).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub local_port: String,
    /// ifIndex of the local port, where it can be told.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub local_index: u32,
    /// Chassis id as text (a MAC in its one spelling).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub chassis: String,
    /// Port id as text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub port: String,
    /// Port description.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub port_descr: String,
    /// System name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// System description or CDP platform.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub descr: String,
    /// Management address, where told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
}

/// One learnt station of a switch (Q-BRIDGE-MIB dot1qTpFdbTable, BRIDGE-MIB dot1dTpFdbTable). Own and static entries are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarding {
    /// Station and VLAN.
    pub key: MacVlan,
    /// ifIndex of the port behind which it was learnt (dot1dBasePortIfIndex), else the bridge port number.
    pub port: u32,
}

/// One row of the ENTITY-MIB (entPhysicalTable, RFC 6933), as said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// entPhysicalIndex.
    pub key: u32,
    /// entPhysicalClass (3 chassis, 5 container, 6 powerSupply, 9 module, 10 port, 11 stack …).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub class: u32,
    /// entPhysicalContainedIn.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inside: u32,
    /// entPhysicalName.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// entPhysicalDescr.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub descr: String,
    /// entPhysicalVendorType, an OID.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vendor_type: String,
    /// entPhysicalHardwareRev.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hardware: String,
    /// entPhysicalFirmwareRev.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub firmware: String,
    /// entPhysicalSoftwareRev.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub software: String,
    /// entPhysicalSerialNum.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub serial: String,
    /// entPhysicalMfgName.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub maker: String,
    /// entPhysicalModelName.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
}

/// One supply of a printer (Printer-MIB prtMarkerSuppliesTable, RFC 3805); its level is a reading `supply_level`, instance = key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supply {
    /// hrDeviceIndex `.` prtMarkerSuppliesIndex.
    pub key: String,
    /// prtMarkerSuppliesType (3 toner, 4 wasteToner, 5 ink, 6 inkCartridge, 9 opc, 15 fuser …).
    #[serde(default, rename = "type", skip_serializing_if = "is_zero")]
    pub supply_type: u32,
    /// prtMarkerSuppliesClass (3 supplyThatIsConsumed, 4 receptacleThatIsFilled).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub class: u32,
    /// prtMarkerSuppliesDescription.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub descr: String,
    /// prtMarkerColorantValue of its colorant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub colour: String,
    /// prtMarkerSuppliesMaxCapacity; -1 other, -2 unknown.
    #[serde(default)]
    pub capacity: i64,
}

/// One mounted file system of the server; its use is a reading `volume_used`, instance = key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Mount point.
    pub key: String,
    /// File system type.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file_system: String,
    /// Size in bytes.
    pub size_bytes: u64,
}

/// Whether one of the server's services answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Which: `dhcp`, `dns`, `proxy`, `smb`, `ipp`, `admin` (a row of the agent's table).
    pub key: String,
    /// It answered as its protocol demands.
    pub up: bool,
    /// What it answered, or the error, in short.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// How many there are of what must not leave the school one by one (key `private_mac`: clients with invented addresses).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// What is counted.
    pub key: String,
    /// How many.
    pub count: u64,
}

/// A fact of a later version: kept word for word, judged by nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its tag.
    pub tag: String,
    /// The text of its `key`, without quotation marks.
    pub key: String,
    /// The object under the tag, as it came.
    pub body: String,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// See [`Said`].
    Said(Said),
    /// See [`Answers`].
    Answers(Answers),
    /// See [`Holds`].
    Holds(Holds),
    /// See [`Lease`].
    Lease(Lease),
    /// See [`Interface`].
    Interface(Interface),
    /// See [`Neighbour`].
    Neighbour(Neighbour),
    /// See [`Forwarding`].
    Forwarding(Forwarding),
    /// See [`Entity`].
    Entity(Entity),
    /// See [`Supply`].
    Supply(Supply),
    /// See [`Volume`].
    Volume(Volume),
    /// See [`Service`].
    Service(Service),
    /// See [`Count`].
    Count(Count),
    /// See [`Unknown`].
    Unknown(Unknown),
}

impl Fact {
    /// A [`Said`] in one line.
    pub fn said(key: impl Into<String>, value: impl Into<String>) -> Fact {
        Fact::Said(Said { key: key.into(), value: value.into() })
    }

    /// An [`Answers`] in one line.
    pub fn answers(how: impl Into<String>) -> Fact {
        Fact::Answers(Answers { key: how.into() })
    }

    /// Its name among the facts of one probe about one subject: `tag:key`.
    pub fn key(&self) -> String {
        match self {
            Fact::Said(fact) => format!("said:{}", fact.key),
            Fact::Answers(fact) => format!("answers:{}", fact.key),
            Fact::Holds(fact) => format!("holds:{}", fact.key),
            Fact::Lease(fact) => format!("lease:{}", fact.key),
            Fact::Interface(fact) => format!("interface:{}", fact.key),
            Fact::Neighbour(fact) => format!("neighbour:{}", fact.key),
            Fact::Forwarding(fact) => format!("forwarding:{}", fact.key),
            Fact::Entity(fact) => format!("entity:{}", fact.key),
            Fact::Supply(fact) => format!("supply:{}", fact.key),
            Fact::Volume(fact) => format!("volume:{}", fact.key),
            Fact::Service(fact) => format!("service:{}", fact.key),
            Fact::Count(fact) => format!("count:{}", fact.key),
            Fact::Unknown(fact) => format!("{}:{}", fact.tag, fact.key),
        }
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = s.serialize_map(Some(1))?;
        match self {
            Fact::Said(fact) => map.serialize_entry("said", fact)?,
            Fact::Answers(fact) => map.serialize_entry("answers", fact)?,
            Fact::Holds(fact) => map.serialize_entry("holds", fact)?,
            Fact::Lease(fact) => map.serialize_entry("lease", fact)?,
            Fact::Interface(fact) => map.serialize_entry("interface", fact)?,
            Fact::Neighbour(fact) => map.serialize_entry("neighbour", fact)?,
            Fact::Forwarding(fact) => map.serialize_entry("forwarding", fact)?,
            Fact::Entity(fact) => map.serialize_entry("entity", fact)?,
            Fact::Supply(fact) => map.serialize_entry("supply", fact)?,
            Fact::Volume(fact) => map.serialize_entry("volume", fact)?,
            Fact::Service(fact) => map.serialize_entry("service", fact)?,
            Fact::Count(fact) => map.serialize_entry("count", fact)?,
            Fact::Unknown(fact) => {
                let body = RawValue::from_string(fact.body.clone()).map_err(serde::ser::Error::custom)?;
                map.serialize_entry(&fact.tag, &body)?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(OneTag)
    }
}

struct OneTag;

impl<'de> Visitor<'de> for OneTag {
    type Value = Fact;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fact: an object with one tag, such as {\"said\":{\"key\":…}}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fact, A::Error> {
        use serde::de::Error;
        let tag = map.next_key::<std::borrow::Cow<'de, str>>()?.ok_or_else(|| A::Error::custom("a fact without a tag"))?;
        let fact = match &*tag {
            "said" => Fact::Said(map.next_value()?),
            "answers" => Fact::Answers(map.next_value()?),
            "holds" => Fact::Holds(map.next_value()?),
            "lease" => Fact::Lease(map.next_value()?),
            "interface" => Fact::Interface(map.next_value()?),
            "neighbour" => Fact::Neighbour(map.next_value()?),
            "forwarding" => Fact::Forwarding(map.next_value()?),
            "entity" => Fact::Entity(map.next_value()?),
            "supply" => Fact::Supply(map.next_value()?),
            "volume" => Fact::Volume(map.next_value()?),
            "service" => Fact::Service(map.next_value()?),
            "count" => Fact::Count(map.next_value()?),
            other => Fact::Unknown(unknown(other, &map.next_value::<Box<RawValue>>()?).map_err(A::Error::custom)?),
        };
        match map.next_key::<serde::de::IgnoredAny>()? {
            None => Ok(fact),
            Some(_) => Err(A::Error::custom("a fact with more than one tag")),
        }
    }
}

fn unknown(tag: &str, body: &RawValue) -> Result<Unknown, String> {
    #[derive(Deserialize)]
    struct Keyed<'a> {
        #[serde(borrow)]
        key: &'a RawValue,
    }
    let keyed: Keyed<'_> = serde_json::from_str(body.get()).map_err(|_| format!("the fact {:?} has no field \"key\"", crate::wire::clip(tag, 40)))?;
    Ok(Unknown { tag: tag.to_owned(), key: keyed.key.get().trim_matches('"').to_owned(), body: body.get().to_owned() })
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_zero_64(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> Fact {
        let fact: Fact = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&fact).unwrap(), text);
        fact
    }

    #[test]
    fn facts_come_back_as_they_went() {
        for (text, key) in [
            (r#"{"said":{"key":"sysDescr","value":"HP J9776A"}}"#, "said:sysDescr"),
            (r#"{"forwarding":{"key":"00:1a:2b:3c:4d:5e@12","port":7}}"#, "forwarding:00:1a:2b:3c:4d:5e@12"),
            (r#"{"interface":{"key":3,"name":"3","type":6,"up":true}}"#, "interface:3"),
            (r#"{"holds":{"key":"00:1a:2b:3c:4d:5e"}}"#, "holds:00:1a:2b:3c:4d:5e"),
        ] {
            assert_eq!(round_trip(text).key(), key);
        }
    }

    #[test]
    fn a_fact_of_a_later_version_is_kept_word_for_word() {
        let fact = round_trip(r#"{"radio":{"key":7,"channel":36,"more":{"a":[1,2]}}}"#);
        assert_eq!(fact.key(), "radio:7");
        assert!(matches!(fact, Fact::Unknown(_)));
    }

    #[test]
    fn malformed_facts_are_refused_with_a_reason() {
        for (text, reason) in [
            ("{}", "without a tag"),
            (r#"{"radio":{"channel":36}}"#, "no field"),
            (r#"{"said":{"key":"a","value":"b"},"count":{"key":"c","count":1}}"#, "more than one tag"),
        ] {
            let error = serde_json::from_str::<Fact>(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}

//! Access points that a controller tells of: each row of its table is a device of its own.
//!
//! Comes in: the things found so far, controllers among them. Goes out: the same, each told row laid to the thing that has its MAC or holds its
//! address, or to a new thing; and what a row tells. Absent on purpose: presence (a controller may tell of other schools' access points, and
//! of those it has lost: only what is seen in this picture itself is here).

use super::cluster::Clusters;
use super::gather::{Thing, Word};
use super::keys::mac_of;
use super::recognise::cast;
use super::tables::controllers::{self, BY_INDEX, MacAt, TOLD, Told};
use super::tables::junk;
use super::weigh::{Ballot, Field, Ground};
use crate::domain::device::{Address, Port};
use crate::domain::kind::Kind;
use rollcall_shared::Mac;
use rollcall_shared::evidence::Subject;
use rollcall_shared::reading::Reading;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::LazyLock;

/// ifType of a radio (IANAifType-MIB ieee80211).
const RADIO: u32 = 71;

/// Readings that count the clients of one access point or radio.
const CLIENTS: [&str; 2] = ["ap_clients", "wireless_clients"];

/// How surely a controller tells kind, maker, model, serial number, firmware and name of its access points.
const SURE: [(Field, u8); 4] = [(Field::Model, 82), (Field::Serial, 84), (Field::Firmware, 70), (Field::Name, 70)];
const SURE_KIND: u8 = 78;
const SURE_VENDOR: u8 = 64;

/// One row of a controller's table.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    table: &'static Told,
    /// Which thing told it.
    controller: usize,
    /// The index of the row.
    instance: &'a str,
    /// Its cells.
    cells: Vec<Word<'a>>,
    /// Its radios: number, and the cell.
    radios: Vec<(&'a str, &'a str)>,
}

impl<'a> Row<'a> {
    fn cell(&self, item: &str) -> Option<&Word<'a>> {
        self.cells.iter().find(|word| !item.is_empty() && word.item == item)
    }

    /// Its MACs: the one told, and the one that is its index (the radio's).
    pub fn macs(&self) -> impl Iterator<Item = Mac> + use<'a> {
        let told = if let MacAt::Column(column) = self.table.mac { self.cell(column).and_then(|word| mac_of(word.value)) } else { None };
        let macs = [told, index_mac(self.instance)];
        macs.into_iter().flatten().filter(|mac| junk::is_burnt_in(*mac))
    }

    /// Its address, where it tells one.
    pub fn address(&self) -> Option<IpAddr> {
        self.cell(self.table.address)?.value.parse().ok().filter(|ip: &IpAddr| !ip.is_unspecified())
    }
}

/// The numbers of an index; none where it is no index.
fn numbers(instance: &str) -> Vec<u8> {
    instance.split('.').map(str::parse).collect::<Result<_, _>>().unwrap_or_default()
}

/// A MAC that is an index: six numbers, by some agents with the length before them.
fn index_mac(instance: &str) -> Option<Mac> {
    match numbers(instance).as_slice() {
        [6, octets @ ..] if octets.len() == 6 => Mac::from_slice(octets),
        octets => Mac::from_slice(octets),
    }
}

/// A string at the end of an index: its length, then its letters; or letters alone.
fn index_string(instance: &str) -> Option<String> {
    let numbers = numbers(instance);
    let letters = |octets: &[u8]| {
        (!octets.is_empty() && octets.iter().all(u8::is_ascii_graphic)).then(|| octets.iter().map(|octet| char::from(*octet)).collect())
    };
    let measured = (0..numbers.len()).find(|at| usize::from(numbers[*at]) == numbers.len() - at - 1 && *at + 1 < numbers.len());
    measured.and_then(|at| letters(&numbers[at + 1..])).or_else(|| letters(&numbers))
}

/// The table that an item belongs to: a column of it, or its radios'.
fn table_of(item: &str) -> Option<(&'static Told, bool)> {
    static TABLES: LazyLock<HashMap<&'static str, (usize, bool)>> = LazyLock::new(|| {
        let mut tables = HashMap::new();
        for (at, row) in TOLD.iter().enumerate() {
            let mac = if let MacAt::Column(column) = row.mac { column } else { "" };
            for item in [row.name, row.model, row.serial, row.firmware, row.address, mac] {
                tables.insert(item, (at, false));
            }
            tables.insert(row.radios.0, (at, true));
        }
        tables
    });
    let (at, is_radio) = TABLES.get(item).filter(|_| !item.is_empty())?;
    Some((&TOLD[*at], *is_radio))
}

/// The rows that one thing tells.
pub fn rows<'a>(controller: usize, thing: &Thing<'a>) -> Vec<Row<'a>> {
    let mut rows: BTreeMap<(&'static str, &'a str), Row<'a>> = BTreeMap::new();
    let mut radios: Vec<(&'static Told, &'a str, &'a str)> = Vec::new();
    for word in thing.said.iter().filter(|word| controllers::is_column(word.item)) {
        let Some((table, is_radio)) = table_of(word.item) else { continue };
        let Some(instance) = word.key.strip_prefix(word.item).and_then(|rest| rest.strip_prefix('.')) else { continue };
        if is_radio {
            radios.push((table, instance, word.value));
            continue;
        }
        let row = || Row { table, controller, instance, cells: Vec::new(), radios: Vec::new() };
        rows.entry((table.name, instance)).or_insert_with(row).cells.push(*word);
    }
    for (table, instance, value) in radios {
        if let Some((bearer, radio)) = instance.rsplit_once('.')
            && let Some(row) = rows.get_mut(&(table.name, bearer))
        {
            row.radios.push((radio, value));
        }
    }
    rows.into_values().collect()
}

/// Lays every row that a controller tells to the thing it is about.
pub fn lay(clusters: &mut Clusters<'_>) {
    let told: Vec<Row<'_>> = clusters.things.iter().enumerate().flat_map(|(at, thing)| rows(at, thing)).collect();
    for row in told {
        let macs: Vec<Mac> = row.macs().collect();
        let Some(first) = macs.first().copied() else { continue };
        let network = clusters.things[row.controller].network;
        let by_mac = macs.iter().find_map(|mac| clusters.of_mac.get(mac)).copied();
        let thing = by_mac.or_else(|| at_address(clusters, network, row.address())).unwrap_or_else(|| {
            clusters.things.push(Thing { network, ..Thing::default() });
            clusters.things.len() - 1
        });
        clusters.of_mac.entry(first).or_insert(thing);
        let bearer = &mut clusters.things[thing];
        if thing != row.controller {
            macs.into_iter().for_each(|mac| bearer.hear(mac));
            bearer.told_by_controller();
        }
        bearer.told.push(row);
    }
}

/// The thing that answers at an address on this network, if no MAC of it is known (a routed network).
fn at_address(clusters: &Clusters<'_>, network: &str, ip: Option<IpAddr>) -> Option<usize> {
    let subject = Subject::Address(ip?);
    let thing = *clusters.of_subject.get(&(network, &subject))?;
    let bearer = &clusters.things[thing];
    (bearer.heard.is_empty() && bearer.interfaces.iter().all(|port| port.mac.is_none())).then_some(thing)
}

/// Votes with what controllers tell of a thing.
pub fn vote<'a>(thing: &Thing<'a>, ballot: &mut Ballot<'a>) {
    for row in &thing.told {
        let table = row.table;
        for ((field, confidence), item) in SURE.into_iter().zip([table.model, table.serial, table.firmware, table.name]) {
            if let Some(word) = row.cell(item) {
                cast(ballot, field, word.value, confidence, Ground { probe: word.probe, item: word.key, value: word.value });
            }
        }
        let Some(word) = row.cells.first() else { continue };
        let ground = Ground { probe: word.probe, item: word.key, value: word.value };
        ballot.cast_kind(Kind::AccessPoint, SURE_KIND, ground);
        ballot.cast(Field::Vendor, table.vendor, SURE_VENDOR, ground);
        if table.serial == BY_INDEX
            && let Some(serial) = index_string(row.instance)
        {
            cast(ballot, Field::Serial, &serial, SURE[1].1, ground);
        }
    }
}

/// The clients of an access point, as the readings about its controller tell.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before the cast")]
pub fn clients(thing: &Thing<'_>, things: &[Thing<'_>], readings: &[Reading]) -> Option<u32> {
    let mut values = Vec::new();
    for row in &thing.told {
        let of_row = |instance: &str| instance.strip_prefix(row.instance).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let told = readings.iter().filter(|reading| CLIENTS.contains(&reading.name.as_str()) && of_row(&reading.instance));
        let told = told.filter(|reading| things[row.controller].subjects.contains(&&reading.subject) && reading.value.is_finite());
        values.extend(told.map(|reading| reading.value));
    }
    (!values.is_empty()).then(|| values.iter().sum::<f64>().clamp(0.0, f64::from(u32::MAX)) as u32)
}

/// Its radios as ports.
pub fn radios(thing: &Thing<'_>) -> Vec<Port> {
    let rows = thing.told.iter().flat_map(|row| row.radios.iter().map(move |(radio, value)| (row.table.radios.1, radio, value)));
    let port = |(on, radio, value): (&str, &&str, &&str)| Port {
        name: format!("radio {radio}"),
        if_type: RADIO,
        up: (!on.is_empty()).then(|| *value == on),
        mac: None,
        speed_bps: 0,
    };
    rows.map(port).collect()
}

/// Its address, where nothing else tells one.
pub fn address(thing: &Thing<'_>) -> Option<Address> {
    let row = thing.told.first()?;
    Some(Address { mac: row.macs().next(), ip: Some(row.address()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_may_be_a_mac_or_hold_a_string() {
        let mac = |text: &str| text.parse::<Mac>().ok();
        for (instance, expected) in
            [("0.26.43.0.0.9", mac("00:1a:2b:00:00:09")), ("6.0.26.43.0.0.9", mac("00:1a:2b:00:00:09")), ("1.2", None), ("", None)]
        {
            assert_eq!(index_mac(instance), expected, "{instance}");
        }
        for (instance, expected) in
            [("1.4.70.80.50.51", Some("FP23")), ("70.80.50.51", Some("FP23")), ("4.70.80.50.51", Some("FP23")), ("1.2.3", None), ("", None)]
        {
            assert_eq!(index_string(instance).as_deref(), expected, "{instance}");
        }
    }
}

//! Recognition: evidence in, physical things out, each with the grounds of every conclusion.
//!
//! Comes in: one agent's picture. Goes out: [`Sighting`]s. Absent on purpose: the past (`fleet` compares with it), what is a fault
//! (`reconcile`), and makers' names anywhere but in `tables`.
//!
//! The way: `cluster` finds which subjects are one thing and `gather` sorts its evidence; `told` adds what controllers tell of; `recognise`
//! (with `entity`, `able`, `tongues` and `wording`) applies the tables and votes; `weigh` finds the winners; `keys`, `attach` and `signs` read
//! the rest; `plain` makes it fit to be shown and kept.

mod able;
mod attach;
mod cluster;
mod entity;
mod gather;
mod keys;
mod known;
mod plain;
mod recognise;
mod server;
mod signs;
pub mod tables;
mod ties;
mod told;
mod tongues;
mod weigh;
mod wording;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_state;
#[cfg(test)]
mod tests_tongues;
#[cfg(test)]
mod tests_wording;
#[cfg(test)]
pub mod tests_world;

pub use self::known::{Known, Moved, SightingId};

use self::attach::{Bearer, Hangs, Table};
use self::cluster::{Clusters, Duplicate};
use self::gather::Thing;
use self::tables::{junk, vendors};
use self::weigh::{Ballot, Field};
use crate::domain::device::{Address, Attachment, Link, Port, Sighting, Sign, Why};
use crate::domain::kind::Kind;
use rollcall_shared::evidence::{Fact, Interface, Subject};
use rollcall_shared::reading::Reading;
use rollcall_shared::{Mac, Picture};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What a masked name begins with.
const MASKED: &str = "masked:";

/// Recognises everything that a picture holds. The same picture always gives the same sightings in the same order: those that spoke for
/// themselves first (most words first), then those that others speak of, by subject.
///
/// This is the reference: it looks at everything. [`Known`] gives the same, looking only at what changed.
pub fn identify(picture: &Picture, readings: &[Reading]) -> Vec<Sighting> {
    let mut clusters = cluster::cluster(picture);
    told::lay(&mut clusters);
    let mut concluded: Vec<Concluded> = clusters.things.iter().map(|thing| conclude(thing, &clusters.duplicates)).collect();
    let bearers: Vec<&Bearer> = concluded.iter().map(|concluded| &concluded.bearer).collect();
    let tables = tables_of(picture, &clusters);
    let heard = attach::hear(&bearers, |mac| clusters.of_mac.get(&mac).copied());
    let place = |hangs: Option<Hangs>| {
        let hangs = hangs?;
        attach::attachment(hangs, bearers[hangs.bearer()], attach::teller(hangs.bearer(), &tables))
    };
    let places: Vec<Option<Attachment>> = attach::places(&bearers, &tables, &heard).into_iter().map(place).collect();
    for ((concluded, place), thing) in concluded.iter_mut().zip(places).zip(&clusters.things) {
        concluded.hang(place);
        if let Some(sighting) = &mut concluded.sighting {
            sighting.wireless_clients = counted(thing, readings, "wireless_clients").or_else(|| told::clients(thing, &clusters.things, readings));
        }
    }
    in_order(concluded.iter_mut().filter_map(|concluded| Some((concluded.words, concluded.sighting.take()?))).collect())
}

/// Most words first, then by subject, then by network: the order in which sightings are told and folded.
pub fn before(words: usize, one: &Sighting, other_words: usize, other: &Sighting) -> Ordering {
    other_words.cmp(&words).then_with(|| (&one.subjects, &one.network).cmp(&(&other.subjects, &other.network)))
}

/// In that order.
fn in_order(mut sightings: Vec<(usize, Sighting)>) -> Vec<Sighting> {
    sightings.sort_by(|(words, one), (other_words, other)| before(*words, one, *other_words, other));
    sightings.into_iter().map(|(_, sighting)| sighting).collect()
}

/// Forwarding tables, each station of a port once whatever its VLANs.
fn tables_of<'a>(picture: &'a Picture, clusters: &Clusters<'a>) -> Vec<Table<'a>> {
    let row = |fact: &Fact| if let Fact::Forwarding(row) = fact { Some((row.port, row.key.mac)) } else { None };
    let station = |mac: Mac| clusters.of_mac.get(&mac).copied().unwrap_or(cluster::NONE);
    let mut tables = Vec::new();
    for (entry, facts) in picture.entries() {
        let rows: BTreeSet<(u32, Mac)> = facts.filter_map(row).collect();
        let thing = clusters.of_subject.get(&(&*entry.network, &entry.subject)).filter(|_| !rows.is_empty());
        let rows = rows.into_iter().map(|(port, mac)| (port, station(mac))).collect();
        tables.extend(thing.map(|thing| Table { thing: *thing, subject: &entry.subject, rows }));
    }
    tables
}

/// What was concluded of one thing.
#[derive(Debug)]
struct Concluded {
    /// As it is shown; `None` where it is no device that can be followed.
    sighting: Option<Sighting>,
    /// How much it said.
    words: usize,
    /// What others hang on.
    bearer: Bearer,
    /// Some probe heard it now; a switch has learnt it.
    present: bool,
    learnt: bool,
}

/// Concludes of one thing everything but its place.
fn conclude(thing: &Thing<'_>, duplicates: &[Duplicate<'_>]) -> Concluded {
    let ballot = recognise::recognise(thing);
    let sighting = is_thing(thing, duplicates).then(|| {
        let mut sighting = sighting(thing, &ballot, duplicates);
        plain::plain(&mut sighting);
        sighting
    });
    Concluded { sighting, words: thing.said.len(), bearer: Bearer::of(thing, &ballot), present: thing.present, learnt: thing.learnt }
}

impl Concluded {
    /// Shows a port as it is now: its cable alone changed. Whether it could: where two ports bear one index nobody knows which it is.
    fn show_port(&mut self, row: &Interface) -> bool {
        let Some(sighting) = &mut self.sighting else { return true };
        let Some(at) = self.bearer.port(row.key).filter(|_| self.bearer.port_count() == sighting.ports.len()) else { return false };
        (sighting.ports[at].up, sighting.ports[at].speed_bps) = (row.up, row.speed_bps);
        true
    }

    /// Sets where it hangs, with the ground of it; whether it tells something else then.
    fn hang(&mut self, place: Option<Attachment>) -> bool {
        let Some(sighting) = &mut self.sighting else { return false };
        let present = self.present || (self.learnt && place.is_some());
        let was = sighting.why.pop_if(|why| why.about == "place");
        let before = (sighting.present, sighting.place.take());
        sighting.present = present;
        sighting.place = place.map(|mut place| {
            let mut value = place.text();
            plain::tidy(&mut value);
            let ground = "forwarding table and neighbours".to_owned();
            sighting.why.push(Why { about: "place", value, probe: "snmp".to_owned(), ground, confidence: 80 });
            plain::tidy(&mut place.device);
            plain::tidy(&mut place.port);
            place
        });
        let now = sighting.why.last().filter(|why| why.about == "place");
        before != (sighting.present, sighting.place.clone()) || was.as_ref() != now
    }
}

/// Whether evidence is of a device that can be followed: one that spoke, or answers at an address, or has a MAC of its own. What is known by an
/// invented MAC only is a visitor, whom the agent counts.
fn is_thing(thing: &Thing<'_>, duplicates: &[Duplicate<'_>]) -> bool {
    // What is said at an address that two hold may be said by either: it makes no third thing, whatever it says.
    let shared = |subject: &&Subject| duplicates.iter().any(|duplicate| duplicate.subject == *subject);
    if thing.heard.is_empty() && thing.subjects.iter().any(shared) {
        return false;
    }
    if !thing.said.is_empty() || !thing.entities.is_empty() || !thing.services.is_empty() || !thing.told.is_empty() {
        return true;
    }
    if thing.heard.iter().any(|mac| junk::is_burnt_in(*mac)) {
        return true;
    }
    // An address that answers on a routed network, without any MAC, is a seat.
    thing.heard.is_empty()
        && thing.present
        && thing.subjects.iter().any(|subject| matches!(subject, Subject::Address(_) | Subject::Server | Subject::Attached(_)))
}

fn sighting(thing: &Thing<'_>, ballot: &Ballot<'_>, duplicates: &[Duplicate<'_>]) -> Sighting {
    let text = |field: Field| ballot.value(field).map(str::to_owned);
    let vendor = text(Field::Vendor);
    let model = text(Field::Model).map(|model| vendors::without_vendor(&model, vendor.as_deref().unwrap_or_default()).to_owned());
    let mut why = ballot.whys();
    let serial = text(Field::Serial).or_else(|| mac_serial(thing, vendor.as_deref(), &mut why));
    let name = text(Field::Name).filter(|name| !name.eq_ignore_ascii_case("<private>"));
    let members = entity::members(thing);
    let keys = keys::keys(thing, vendor.as_deref(), serial.as_deref(), &members, name.as_deref());
    let sure = |field: Field| ballot.best(field).map(|(_, weight)| weight);
    Sighting {
        network: thing.network.to_owned(),
        subjects: subjects(thing),
        probes: thing.probes.iter().map(|probe| (*probe).to_owned()).collect(),
        keys,
        present: thing.present,
        kind: ballot.value(Field::Kind).and_then(Kind::from_code),
        model,
        os: text(Field::Os),
        os_version: text(Field::OsVersion),
        serial,
        firmware: text(Field::Firmware),
        // A name that the town's pattern does not allow crosses as a keyed hash: it still names the device, but it is no word for people.
        name: name.filter(|name| !name.starts_with(MASKED)),
        addresses: addresses(thing, duplicates),
        place: None,
        ports: ports(thing),
        neighbours: links(thing),
        fdb_count: (thing.learnt_count > 0).then_some(thing.learnt_count),
        wireless_clients: None,
        ap_count: access_points(thing),
        poe_budget_w: poe_budget(thing),
        members,
        parts: signs::parts(thing),
        signs: signs_of(thing, duplicates),
        confidence: match (sure(Field::Kind), sure(Field::Vendor)) {
            (Some(kind), Some(vendor)) => kind.min(vendor),
            (Some(one), None) | (None, Some(one)) => one / 2,
            (None, None) => 0,
        },
        vendor,
        why,
    }
}

/// Its subjects; a station that only a switch has learnt is the subject of its MAC.
fn subjects(thing: &Thing<'_>) -> Vec<Subject> {
    if thing.subjects.is_empty() {
        return thing.heard.iter().map(|mac| Subject::Mac(*mac)).collect();
    }
    thing.subjects.iter().map(|subject| (*subject).clone()).collect()
}

/// Makers who print the MAC as the serial number tell it by their interface.
fn mac_serial(thing: &Thing<'_>, vendor: Option<&str>, why: &mut Vec<Why>) -> Option<String> {
    vendor.filter(|vendor| tables::items::SERIAL_IS_MAC.contains(vendor))?;
    let mac = keys::macs(thing).first()?.to_string();
    let serial = junk::bare(&mac).to_uppercase();
    why.push(Why { about: "serial", value: serial.clone(), probe: "snmp".to_owned(), ground: format!("ifPhysAddress {mac}"), confidence: 80 });
    Some(serial)
}

/// Addresses with their holders, then MACs without an address.
fn addresses(thing: &Thing<'_>, duplicates: &[Duplicate<'_>]) -> Vec<Address> {
    let ips: Vec<IpAddr> = thing.subjects.iter().filter_map(|subject| if let Subject::Address(ip) = subject { Some(*ip) } else { None }).collect();
    let leased = thing.leases.iter().filter(|(_, _, lease)| lease.active || lease.reserved).map(|(_, mac, lease)| (*mac, lease.key));
    let mut addresses: Vec<Address> = Vec::new();
    let mut free: Vec<Mac> = thing.heard.clone();
    for (mac, ip) in leased {
        if ips.is_empty() || ips.contains(&ip) {
            addresses.push(Address { mac: Some(mac), ip: Some(ip) });
            free.retain(|other| *other != mac);
        }
    }
    for ip in ips {
        if !addresses.iter().any(|address| address.ip == Some(ip)) {
            let mac =
                if free.is_empty() { thing.heard.first().copied().or_else(|| keys::macs(thing).first().copied()) } else { Some(free.remove(0)) };
            addresses.push(Address { mac, ip: Some(ip) });
        }
    }
    for duplicate in duplicates {
        let Subject::Address(ip) = duplicate.subject else { continue };
        for mac in duplicate.holders.iter().filter(|mac| thing.heard.contains(mac)) {
            addresses.push(Address { mac: Some(*mac), ip: Some(*ip) });
            free.retain(|other| other != mac);
        }
    }
    let told = told::address(thing).filter(|_| addresses.is_empty());
    free.retain(|mac| told.as_ref().is_none_or(|told| told.mac != Some(*mac)));
    addresses.extend(told);
    addresses.extend(free.into_iter().map(|mac| Address { mac: Some(mac), ip: None }));
    addresses.sort();
    addresses.dedup();
    addresses
}

fn ports(thing: &Thing<'_>) -> Vec<Port> {
    if thing.interfaces.is_empty() {
        return told::radios(thing);
    }
    let named = |name: &str, descr: &str| if name.is_empty() { descr.to_owned() } else { name.to_owned() };
    thing
        .interfaces
        .iter()
        .map(|row| Port { name: named(&row.name, &row.descr), if_type: row.if_type, up: row.up, mac: row.mac, speed_bps: row.speed_bps })
        .collect()
}

fn links(thing: &Thing<'_>) -> Vec<Link> {
    let local = |row: &rollcall_shared::evidence::Neighbour| {
        let port = thing.interfaces.iter().find(|port| row.local_index != 0 && port.key == row.local_index).map(|port| port.name.clone());
        port.filter(|name| !name.is_empty()).unwrap_or_else(|| row.local_port.clone())
    };
    thing
        .neighbours
        .iter()
        .map(|row| Link {
            local_port: local(row),
            name: if row.name.is_empty() { row.chassis.clone() } else { row.name.clone() },
            port: row.port.clone(),
        })
        .collect()
}

/// The sum of a reading over its instances, or of items that count the same.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before the cast")]
fn counted(thing: &Thing<'_>, readings: &[Reading], name: &str) -> Option<u32> {
    let mine = readings.iter().filter(|reading| reading.name == name && thing.subjects.contains(&&reading.subject) && reading.value.is_finite());
    let values: Vec<f64> = mine.map(|reading| reading.value).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>().clamp(0.0, f64::from(u32::MAX)) as u32)
}

/// Items that count a controller's access points, the better first, and items of which each row is one.
const AP_COUNTS: [&str; 8] = [
    "wlsxSwitchTotalNumAccessPoints",
    "ruckusZDSystemStatsNumAP",
    "ruckusCtrlSystemNodeNumApConnected",
    "ruckusSZSystemStatsNumAP",
    "ruckusUnleashedSystemStatsNumAP",
    "fgWcApManaged",
    "hh3cDot11ACAPConnectCount",
    "hwWlanCurJointApNum",
];
const AP_ROWS: [&str; 5] = ["bsnAPName", "aiAPName", "hwWlanApName", "wlanAPName", "hh3cDot11CurrAPName"];

fn access_points(thing: &Thing<'_>) -> Option<u32> {
    let counted = AP_COUNTS.iter().find_map(|item| thing.word(item)).and_then(|word| word.value.parse().ok());
    let rows = || AP_ROWS.iter().map(|item| thing.words(item).count()).find(|count| *count > 0).and_then(|count| u32::try_from(count).ok());
    counted.or_else(rows)
}

/// pethMainPsePower (RFC 3621), the sum over the units of a stack; else hpicfPoeMainBudget (HP-ICF-POE-MIB).
fn poe_budget(thing: &Thing<'_>) -> Option<u32> {
    let total = |item: &str| thing.words(item).filter_map(|word| word.value.parse::<u32>().ok()).fold(0u32, u32::saturating_add);
    ["pethMainPsePower", "hpicfPoeMainBudget"].into_iter().map(total).find(|total| *total > 0)
}

/// Its signs, with an address that it shares with another.
fn signs_of(thing: &Thing<'_>, duplicates: &[Duplicate<'_>]) -> Vec<Sign> {
    let mut signs = signs::signs(thing);
    for duplicate in duplicates {
        let mine = thing.subjects.contains(&duplicate.subject) || duplicate.holders.iter().any(|mac| thing.heard.contains(mac));
        if mine && (thing.network.is_empty() || thing.network == duplicate.network) {
            let holders: Vec<String> = duplicate.holders.iter().map(ToString::to_string).collect();
            signs.push(Sign {
                code: "duplicate_address",
                grave: true,
                instance: duplicate.subject.to_string().trim_start_matches("ip:").to_owned(),
                probe: duplicate.probe.to_owned(),
                ground: format!("{} is held by {}", duplicate.subject, holders.join(" and ")),
            });
        }
    }
    signs::tidy(signs)
}

//! `/search`: what a few letters may mean, over everything: devices, schools, rooms, things of the register, a fault's number.
//!
//! Comes in: what is typed. Goes out: the page, and the same as JSON (`api/search`). Absent on purpose: whole lists, to which it leads.

use super::devices::{DeviceLine, line};
use super::{Frame, Page, render};
use crate::domain::device::Address;
use crate::domain::folded::fold;
use crate::domain::plan::model::Network;
use crate::domain::right::Right;
use crate::store::sight::scope;
use crate::store::{self, fleet, register, school, view};
use crate::web::error::Failure;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Query, State};
use rollcall_shared::DeviceId;
use serde::Deserialize;
use std::net::IpAddr;

/// Lines of each sort.
const EACH: i64 = 12;
/// Rooms of such a name that are looked through for those of schools that the account sees; the others are found on their school's page.
const ROOMS: usize = 500;
/// Networks of one address that are looked into.
const NETWORKS: usize = 4;
/// Longest text that is searched for, in characters.
const TEXT: usize = 80;
/// Fewest hexadecimal digits that may be the beginning of a MAC address.
const DIGITS: usize = 4;

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Devices.
    pub devices: Vec<view::device::DeviceRow>,
    /// Schools: code and name.
    pub schools: Vec<(String, String)>,
    /// Rooms: school's code, its name, room.
    pub rooms: Vec<(String, String, String)>,
    /// Things of the register: label, what it is, school's code.
    pub assets: Vec<(String, String, String)>,
    /// Faults of this number: ours, or the contractor's own.
    pub faults: Vec<view::fault::FaultRow>,
}

impl Found {
    /// Nothing was.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty() && self.schools.is_empty() && self.rooms.is_empty() && self.assets.is_empty() && self.faults.is_empty()
    }
}

/// Looks for a text with the eyes of an account.
pub async fn find(web: &Web, signed: &Signed, text: &str) -> Result<Found, Failure> {
    let text: String = text.trim().chars().take(TEXT).collect();
    let folded = fold(&text);
    if folded.is_empty() {
        return Ok(Found::default());
    }
    let (state, whole) = (web.clone(), signed.account.role.may(Right::SeeProgramme));
    // What only those may know of who work on faults is not found by its number either.
    let secret = signed.account.role.may(Right::WorkOnFaults);
    signed
        .read(web, move |tx| -> Result<_, Stop> {
            let planned = state.planned.get(tx)?;
            let mut found = Found::default();
            let mut ids = Vec::new();
            if let Ok(ip) = text.parse::<IpAddr>() {
                ids = at_address(tx, &planned.plan.networks, ip)?;
            }
            let key = as_key(&text);
            ids.extend(view::search::devices(tx, &folded, key.as_deref(), EACH)?);
            for id in ids.into_iter().take(EACH as usize) {
                found.devices.extend(view::device::one(tx, id.0)?);
            }
            if let Some(number) = text.trim_start_matches('#').parse::<i64>().ok().filter(|number| *number > 0) {
                found.faults.extend(view::fault::one(tx, number, secret)?);
            }
            for cleared in [false, true] {
                let filter = view::fault::Filter { cleared, external: Some(folded.clone()), secret, ..Default::default() };
                for row in view::fault::list(tx, &filter, None, EACH)? {
                    if found.faults.len() < EACH as usize && found.faults.iter().all(|known| known.id != row.id) {
                        found.faults.push(row);
                    }
                }
            }
            if found.devices.is_empty() && found.faults.is_empty() && !state.sums(tx)?.only_begins(tx)? {
                let mut filter = view::device::Filter::default();
                filter.search(&text);
                found.devices = view::device::list(tx, &filter, 0, EACH)?;
            }
            if !whole {
                return Ok(found);
            }
            if let Some(pattern) = view::pattern(&text) {
                found.schools = view::search::schools(tx, &pattern, &text, EACH)?;
            }
            for room in planned.rooms_named(&folded).take(ROOMS) {
                if found.rooms.len() >= EACH as usize {
                    break;
                }
                if let Some(row) = view::school::one(tx, &room.school)? {
                    found.rooms.push((row.code, row.name, room.room.clone()));
                }
            }
            if let Some(cells) = register::row(tx, "assets", std::slice::from_ref(&text))? {
                let cell = |name: &str| cells.get(name).cloned().unwrap_or_default();
                let school = cell("school");
                // Whoever reads the register is led to its row; a contractor is told what its schools have.
                let seen = if whole { scope(tx)?.holds(Some(&school), Some(&cell("kind"))) } else { view::school::one(tx, &school)?.is_some() };
                if seen {
                    let what = [cell("vendor"), cell("model")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
                    found.assets.push((text.clone(), what, school));
                }
            }
            Ok(found)
        })
        .await
}

/// Hexadecimal digits however they are parted: `00:1a-2B`, `001a.2b`; `None`: too few, or something else among them.
pub fn as_key(text: &str) -> Option<String> {
    let squeezed: String = text.chars().filter(|letter| !matches!(letter, ':' | '-' | '.' | ' ')).collect::<String>().to_lowercase();
    let hex = squeezed.chars().all(|letter| letter.is_ascii_hexdigit());
    (hex && (DIGITS..=32).contains(&squeezed.len())).then_some(squeezed)
}

/// Devices at an address: those of the schools whose network it lies in.
fn at_address(tx: &mut store::sight::Seen<'_, '_>, networks: &[Network], ip: IpAddr) -> Result<Vec<DeviceId>, Stop> {
    let mut ids = Vec::new();
    let inside = |network: &&Network| lies_in(ip, &network.cidr);
    for network in networks.iter().filter(inside).take(NETWORKS) {
        for known in school::schools_of_network(tx, &network.name)? {
            let here = |address: &Address| address.ip == Some(ip);
            let devices = fleet::devices_of_school(tx, known)?;
            ids.extend(devices.iter().filter(|device| device.addresses.iter().any(here)).map(|device| device.id));
        }
    }
    Ok(ids)
}

/// Whether an IPv4 address lies in a network as plans write it, `10.1.0.0/16`.
fn lies_in(ip: IpAddr, cidr: &str) -> bool {
    let (IpAddr::V4(ip), Some((network, bits))) = (ip, cidr.trim().split_once('/')) else { return false };
    let (Ok(network), Ok(bits)) = (network.parse::<std::net::Ipv4Addr>(), bits.parse::<u32>()) else { return false };
    let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits)).unwrap_or(0);
    bits <= 32 && u32::from(ip) & mask == u32::from(network) & mask
}

#[derive(Template)]
#[template(path = "pages/search.html")]
struct Search {
    frame: Frame,
    q: String,
    asked: bool,
    nothing: bool,
    devices: Vec<DeviceLine>,
    schools: Vec<(String, String)>,
    rooms: Vec<(String, String, String)>,
    assets: Vec<(String, String, String)>,
    faults: Vec<crate::web::fault_line::FaultLine>,
    everywhere: String,
}

/// The address's query.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    let found = find(&web, &signed, &asked.q).await?;
    let words = &signed.visitor.words;
    render(&Search {
        frame: Frame::new(&web, &signed.visitor, "search-title", "/search"),
        asked: !asked.q.trim().is_empty(),
        nothing: found.is_empty(),
        devices: found.devices.iter().map(|row| line(words, row)).collect(),
        schools: found.schools,
        rooms: found.rooms,
        assets: found.assets,
        faults: found.faults.iter().map(|row| crate::web::fault_line::line(words, row)).collect(),
        everywhere: format!("/devices?q={}", form_encoded(asked.q.trim())),
        q: asked.q,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_its_network_alone() {
        let ip: IpAddr = "10.1.2.3".parse().unwrap();
        for (cidr, expected) in [
            ("10.1.0.0/16", true),
            ("10.1.2.3/32", true),
            ("10.1.2.4/32", false),
            ("0.0.0.0/0", true),
            ("10.2.0.0/16", false),
            ("x/16", false),
            ("10.1.0.0/99", false),
            ("", false),
        ] {
            assert_eq!(lies_in(ip, cidr), expected, "{cidr}");
        }
        assert!(!lies_in("::1".parse().unwrap(), "0.0.0.0/0"));
    }

    #[test]
    fn a_mac_is_read_in_any_spelling() {
        for text in ["00:1A:2B:3c", "00-1a-2b-3c", "001a.2b3c", "00 1a 2b 3c", "001A2B3C"] {
            assert_eq!(as_key(text).as_deref(), Some("001a2b3c"), "{text}");
        }
        for text in ["00:1", "projecteur", "", "00:1a:2b:3c:4d:5e:6f:70:81:92:a3:b4:c5:d6:e7:f8:00"] {
            assert_eq!(as_key(text), None, "{text}");
        }
    }
}

//! `/api/v1/devices…`: the fleet, and one device with the ground of every conclusion.
//!
//! Comes in: filters and paging. Goes out: own types. Absent on purpose: pictures (they are re-read, never shown whole).

use super::take::Json;
use super::{Answer, List, codes, limit};
use crate::domain::device::StandingSign;
use crate::domain::fault::key_of_sign;
use crate::store::view::{self, given};
use crate::store::{fault, fleet};
use crate::web::error::{Failure, Problem};
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use axum::extract::{Path, Query, State};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which devices.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DevicesAsked {
    /// Code of a school.
    school: Option<String>,
    /// Code of a kind; `unknown`: not known.
    #[param(schema_with = codes::kinds)]
    kind: Option<String>,
    /// Present now, or not.
    present: Option<bool>,
    /// Part of name or serial, or a MAC in any spelling.
    q: Option<String>,
    /// Rows, 500 at most.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<i64>,
}

/// One device.
#[derive(Serialize, ToSchema)]
pub(super) struct Device {
    /// Its number.
    id: i64,
    /// Code of its school.
    school: String,
    /// Code of its kind; null: not known.
    kind: Option<String>,
    /// Who makes it; null: not known.
    vendor: Option<String>,
    /// Its model; null: not known.
    model: Option<String>,
    /// Its serial number; null: not known.
    serial: Option<String>,
    /// What it calls itself; null: nothing.
    name: Option<String>,
    /// Its addresses.
    addresses: Vec<Address>,
    /// Where it hangs: switch or access point, and port.
    place: Option<Attached>,
    /// Room of the place that it fills.
    room: Option<String>,
    /// It is there now.
    present: bool,
    /// Since when present or absent, RFC 3339; of what is personal only the day is told.
    #[schema(format = DateTime)]
    since: String,
    /// It has a holder or is on loan: when it comes and goes is nobody's business.
    personal: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Address {
    /// Address of the card; null: none is known.
    mac: Option<String>,
    /// IP address; null: none is known.
    ip: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Attached {
    /// The switch or access point: its name, or its number.
    device: String,
    /// Port of it.
    port: String,
}

pub(super) fn addresses(all: &[crate::domain::device::Address]) -> Vec<Address> {
    all.iter().map(|address| Address { mac: address.mac.map(|mac| mac.to_string()), ip: address.ip.map(|ip| ip.to_string()) }).collect()
}

pub(super) fn device_of(row: view::device::DeviceRow, zone: &TimeZone) -> Device {
    let since = row.since(zone).to_string();
    let place = row.place_device.map(|device| Attached { device, port: row.place_port.unwrap_or_default() });
    Device {
        id: row.id.0,
        school: row.school_code,
        kind: row.kind,
        vendor: row.vendor,
        model: row.model,
        serial: row.serial,
        name: row.name,
        addresses: addresses(&row.addresses),
        place,
        room: given(&row.room),
        present: row.present,
        since,
        personal: row.personal,
    }
}

/// Devices by number, with the filters of the page.
#[utoipa::path(get, operation_id = "listDevices", path = "/api/v1/devices", params(DevicesAsked), responses((status = 200, body = List<Device>), (status = 401, body = Problem)))]
pub(super) async fn devices(State(web): State<Web>, signed: Signed, Query(asked): Query<DevicesAsked>) -> Answer<List<Device>> {
    let (state, limit) = (web.clone(), limit(asked.limit));
    let rows = signed.read(&web, move |tx| -> Result<_, Stop> {
        let begins = state.sums(tx)?.only_begins(tx)?;
        let mut filter = view::device::Filter { begins, school: asked.school, kind: asked.kind, present: asked.present, ..Default::default() };
        filter.search(asked.q.as_deref().unwrap_or_default());
        Ok(view::device::list(tx, &filter, asked.after.unwrap_or(0), limit + 1)?)
    });
    Ok(Json(List::of(rows.await?, limit, |row| row.id.to_string(), |row| device_of(row, &web.zone))))
}

/// One device with all that is known of it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeviceInFull {
    #[serde(flatten)]
    device: Device,
    /// Its system; null: not known.
    os: Option<String>,
    /// Version of its system; null: not known.
    os_version: Option<String>,
    /// Its firmware; null: not known.
    firmware: Option<String>,
    /// How sure its kind is, of 100.
    confidence: u8,
    /// When it was seen first.
    #[schema(format = DateTime)]
    first_seen: String,
    /// Why it is taken for what it is.
    why: Vec<Why>,
    /// What it says is wrong with it.
    signs: Vec<Sign>,
}

/// Something that a device says is wrong with it; once confirmed it is a fault of the same code.
#[derive(Serialize, ToSchema)]
pub(super) struct Sign {
    /// Code of the fault that it is or may become.
    code: String,
    /// Which one of several.
    instance: Option<String>,
    /// An error rather than a warning.
    grave: bool,
    /// Which probe heard it.
    probe: String,
    /// What the device said.
    ground: String,
    /// Since when it stands, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
    /// A fault is open for it.
    confirmed: bool,
}

/// One conclusion and its ground.
#[derive(Serialize, ToSchema)]
pub(super) struct Why {
    /// What of the device: kind, vendor, model …
    about: String,
    /// What it is taken for.
    value: String,
    /// Which probe heard it.
    probe: String,
    /// What the device said.
    ground: String,
    /// How sure it is, of 100.
    confidence: u8,
}

/// One device with the ground of every conclusion.
#[utoipa::path(get, operation_id = "getDevice", path = "/api/v1/devices/{id}", params(("id" = i64, Path)), responses((status = 200, body = DeviceInFull), (status = 404, body = Problem)))]
pub(super) async fn device(State(web): State<Web>, signed: Signed, Path(id): Path<i64>) -> Answer<DeviceInFull> {
    let found = signed.read(&web, move |tx| -> Result<_, Stop> {
        let Some(row) = view::device::one(tx, id)? else { return Ok(None) };
        let Some(whole) = fleet::device(tx, row.id)? else { return Ok(None) };
        let open = fault::open_keys(tx, whole.school)?;
        Ok(Some((row, whole, open)))
    });
    let (row, whole, open) = found.await?.ok_or(Failure::NotFound)?;
    let why = |why: crate::domain::device::Why| Why {
        about: why.about.to_owned(),
        value: why.value,
        probe: why.probe,
        ground: why.ground,
        confidence: why.confidence,
    };
    let sign = |StandingSign { sign, since_at, .. }: StandingSign| Sign {
        confirmed: open.contains(&key_of_sign(whole.id, &sign)),
        code: sign.code.to_owned(),
        instance: given(&sign.instance),
        grave: sign.grave,
        probe: sign.probe,
        ground: sign.ground,
        since: since_at.to_string(),
    };
    Ok(Json(DeviceInFull {
        signs: whole.signs.into_iter().map(sign).collect(),
        device: device_of(row, &web.zone),
        os: whole.os,
        os_version: whole.os_version,
        firmware: whole.firmware,
        confidence: whole.confidence,
        first_seen: whole.first_seen_at.to_string(),
        why: whole.why.into_iter().map(why).collect(),
    }))
}

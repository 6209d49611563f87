//! Shell: what people decide about places: this device stands there, that other model is as good. Kept beside the plan, so that imports
//! leave it alone.
//!
//! Comes in: a device and a place, or a kit and a model. Goes out: the schools that are due for it, or what was expected. Absent on purpose:
//! what follows for places (`domain/place`), pages and JSON (`web`).

use crate::domain::plan::edit::Refusal;
use crate::domain::plan::note::Words;
use crate::store::account::{self, AuditLine};
use crate::store::sight::Eyes;
use crate::store::{self, Tx, decision, fleet, school, view};
use rollcall_shared::{DeviceId, SchoolId, Timestamp};

/// Puts a device to a place of the school where it is; without a place, takes such a decision back.
pub fn choose(tx: &mut Tx<'_>, device: DeviceId, place: Option<&str>, who: &str, now: Timestamp) -> store::Result<Result<SchoolId, Refusal>> {
    let Some(known) = fleet::device(tx, device)? else {
        let why = Words::made(
            format!("aucun appareil n'a le numéro {device} ; attendu : un appareil connu"),
            format!("no device has the number {device}; expected a known device"),
        );
        return Ok(Err(Refusal { field: "device", why }));
    };
    let was = decision::place_of(tx, device)?;
    if let Some(place) = place {
        if !decision::has_place(tx, known.school, place)? {
            let why = Words::made(
                format!("son école n'a pas de place « {place} » ; attendu : une place de la liste /api/v1/schools/…/places"),
                format!("its school has no place “{place}”; expected a place of the list /api/v1/schools/…/places"),
            );
            return Ok(Err(Refusal { field: "place", why }));
        }
        decision::choose(tx, known.school, place, device, who, now)?;
    } else {
        decision::unchoose(tx, device)?;
    }
    let line = AuditLine {
        at: now,
        who: who.to_owned(),
        what: "place.choose".to_owned(),
        subject: device.to_string(),
        was: was.unwrap_or_default(),
        becomes: place.unwrap_or_default().to_owned(),
    };
    account::audit(tx, &line)?;
    school::mark_due(tx, known.school, now)?;
    Ok(Ok(known.school))
}

/// Accepts a model as equivalent to what a kit asks for: once, all over the town. Whether that is new.
pub fn accept_model(tx: &mut Tx<'_>, kit: &str, model: &str, who: &str, now: Timestamp) -> store::Result<bool> {
    let new = decision::accept_model(tx, kit, model, who, now)?;
    if new {
        let subject = format!("{kit} : {model}");
        account::audit(
            tx,
            &AuditLine { at: now, who: who.to_owned(), what: "model.accept".to_owned(), subject, was: String::new(), becomes: "accepted".to_owned() },
        )?;
        for school in decision::schools_of_kit(tx, kit)? {
            school::mark_due(tx, school, now)?;
        }
    }
    Ok(new)
}

/// Places of a device's school that ask for its kind: key, room, kit, and who stands there.
pub fn candidates(tx: &mut Tx<'_>, device: DeviceId, limit: i64) -> store::Result<Vec<view::school::PlaceRow>> {
    let Some(known) = fleet::device(tx, device)? else { return Ok(Vec::new()) };
    let kind = known.kind.map_or("", |kind| kind.code());
    let places = view::school::places(&mut Eyes::ALL.on(tx), known.school, "", limit)?;
    Ok(places.into_iter().filter(|place| place.kind == kind && place.outcome != "to_reassign").collect())
}

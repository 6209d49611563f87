//! A row of each of the plan's tables into its struct.
//!
//! Comes in: rows, field by field. Goes out: the structs of `model`. Absent on purpose: what rows mean together.

use super::fields::Fields;
use super::model::{
    Actor, Allotment, Circuit, Deadline, Headcount, KitItem, Lot, Milestone, Network, Patch, Phase, Programme, Room, School, Site, Trait,
};
use crate::domain::kind::KnownBy;

pub(super) fn programme(row: Fields<'_>) -> Option<Programme> {
    let (starts_on, ends_on) = (row.date("starts_on"), row.date("ends_on"));
    Some(Programme { code: row.key("code")?, name: row.text("name"), owner: row.text("owner"), siren: row.some("siren"), starts_on, ends_on })
}

pub(super) fn actor(row: Fields<'_>) -> Option<Actor> {
    let (role, lots) = (row.text("role"), row.list("lot"));
    Some(Actor { actor: row.key("actor")?, role, of: row.some("of"), lots, mailbox: row.some("mailbox") })
}

pub(super) fn lot(row: Fields<'_>) -> Option<Lot> {
    Some(Lot {
        lot: row.key("lot")?,
        name: row.text("name"),
        scope: row.list("scope"),
        contractor: row.some("contractor"),
        weekdays: row.list("weekdays"),
        visits_per_week: row.count("visits_per_week"),
        hours: row.some("hours"),
    })
}

pub(super) fn deadline(row: Fields<'_>) -> Option<Deadline> {
    Some(Deadline {
        lot: row.key("lot")?,
        kind: row.kind("kind"),
        severity: row.key("severity")?,
        respond_h: row.amount("respond_h"),
        repair_h: row.amount("repair_h"),
        penalty: row.some("penalty"),
    })
}

pub(super) fn phase(row: Fields<'_>) -> Option<Phase> {
    let phase = row.key("phase")?;
    Some(Phase {
        row: row.line(),
        name: row.some("name").unwrap_or_else(|| phase.clone()),
        phase,
        rank: row.count("rank").unwrap_or(u32::MAX),
        pilot: row.yes("pilot"),
        starts_on: row.date("starts_on"),
        ends_on: row.date("ends_on"),
        needs: row.list("needs"),
        prefers: row.list("prefers"),
    })
}

pub(super) fn site(row: Fields<'_>) -> Option<Site> {
    Some(Site {
        site: row.key("site")?,
        name: row.text("name"),
        kind: row.text("kind"),
        address: row.text("address"),
        latitude: row.amount("latitude"),
        longitude: row.amount("longitude"),
    })
}

pub(super) fn school(row: Fields<'_>) -> Option<School> {
    let school = row.key("school")?;
    Some(School {
        row: row.line(),
        name: row.some("name").unwrap_or_else(|| school.clone()),
        school,
        kind: row.text("kind"),
        uai: row.some("uai"),
        site: row.some("site"),
        group: row.text("group"),
        phases: row.list("phase"),
        zone: row.some("zone"),
        timetable: row.some("timetable"),
        followed_from: row.date("followed_from"),
        opened_on: row.date("opened_on"),
        closed_on: row.date("closed_on"),
        successor: row.some("successor"),
        was: row.list("was"),
        note: row.text("note"),
    })
}

pub(super) fn network(row: Fields<'_>) -> Option<Network> {
    Some(Network {
        site: row.key("site")?,
        cidr: row.key("cidr")?,
        name: row.text("name"),
        vlan: row.count("vlan"),
        usage: row.text("use"),
        agent: row.some("agent"),
        school: row.some("school"),
    })
}

pub(super) fn circuit(row: Fields<'_>) -> Option<Circuit> {
    Some(Circuit {
        site: row.key("site")?,
        operator: row.key("operator")?,
        reference: row.text("reference"),
        technology: row.text("technology"),
        phone: row.text("phone"),
    })
}

pub(super) fn school_trait(row: Fields<'_>) -> Option<Trait> {
    Some(Trait { school: row.key("school")?, name: row.key("trait")?, value: row.text("value"), as_of: row.date("as_of") })
}

pub(super) fn headcount(row: Fields<'_>) -> Option<Headcount> {
    let (year, what, level) = (row.year("year")?, row.key("what")?, row.key("level")?);
    Some(Headcount { school: row.key("school")?, year, what, level, count: row.count("count")? })
}

pub(super) fn room(row: Fields<'_>) -> Option<Room> {
    let (kind, levels, was) = (row.text("kind"), row.list("level"), row.list("was"));
    Some(Room { school: row.key("school")?, room: row.key("room")?, kind, levels, was, closed_on: row.date("closed_on") })
}

pub(super) fn patch(row: Fields<'_>) -> Option<Patch> {
    Some(Patch { device: row.key("device_label_or_name")?, port: row.key("port")?, room: row.key("room")? })
}

pub(super) fn kit_item(row: Fields<'_>) -> Option<KitItem> {
    let kind = row.kind("item")?;
    Some(KitItem {
        row: row.line(),
        kit: row.key("kit")?,
        kind,
        variant: row.text("variant"),
        // An item that is named without a quantity is there once.
        quantity: row.count("quantity").unwrap_or(1),
        per: row.per("per").unwrap_or_default(),
        model: row.some("model"),
        colour: row.yes("colour"),
        known_by: match row.text("seen_by").as_str() {
            "hand" => KnownBy::Hand,
            // A list is evidence as the network is: what it names can be seen.
            "network" | "list" => KnownBy::Seen,
            _ => kind.row().known_by,
        },
        lot: row.some("lot"),
        price_ht: row.amount("price_ht"),
    })
}

pub(super) fn allotment(row: Fields<'_>) -> Option<Allotment> {
    Some(Allotment {
        row: row.line(),
        phase: row.key("phase")?,
        schools: row.selector("school_or_selector")?,
        kit: row.key("kit")?,
        quantity: row.count("quantity").unwrap_or(1),
        is_total: row.text("counts") == "total",
        year: row.year("year"),
        cohort: row.year("cohort"),
        due_from: row.date("due_from"),
        due_on: row.date("due_on"),
        replaces_legacy: row.yes("replaces_legacy"),
        legacy: row.yes("legacy"),
    })
}

pub(super) fn milestone(row: Fields<'_>) -> Option<Milestone> {
    Some(Milestone {
        row: row.line(),
        of: row.key("phase_or_school")?,
        milestone: row.key("milestone")?,
        promised_on: row.date("promised_on"),
        planned_on: row.date("planned_on"),
        after: row.list("after"),
    })
}

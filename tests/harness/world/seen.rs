//! What the collector shows of a played town: faults with their titles, devices, places, notices.
//!
//! Comes in: the world. Goes out: plain values to compare with what somebody expects. Absent on purpose: judgement, pages.

use super::World;
use super::thing::Thing;
use anyhow::{Context, Result};
use rollcall_collector::domain::device::{Device, Key, KeyRank};
use rollcall_collector::domain::fault::State;
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::store::view::fault::{self, FaultRow};
use rollcall_collector::store::view::school::{PlaceRow, places};
use rollcall_collector::store::{self, fleet, outbox, plan, school};
use rollcall_shared::SchoolId;
use std::collections::BTreeMap;

/// Most rows that are read of anything.
const MOST: i64 = 500;

impl World {
    /// The collector's number of a school.
    pub fn school(&self, code: &str) -> Result<SchoolId> {
        let wanted = code.to_owned();
        let known = self.db.read(move |tx| school::school_by_code(tx, &wanted))?;
        Ok(known.with_context(|| format!("the collector knows no school {code}"))?.id)
    }

    /// Faults of a school: the open ones, or those that are closed.
    pub fn faults(&self, code: &str, closed: bool) -> Result<Vec<FaultRow>> {
        let filter = fault::Filter { cleared: closed, school: Some(code.to_owned()), secret: true, ..fault::Filter::default() };
        Ok(self.db.read(move |tx| fault::list(&mut Eyes::ALL.on(tx), &filter, None, MOST))?)
    }

    /// Where a fault's life stands, and whether it comes and goes.
    pub fn life(&self, fault: i64) -> Result<(State, bool)> {
        let known = self.db.read(move |tx| store::fault::by_id(tx, fault))?.context("no such fault")?.1;
        Ok((known.life.state, known.life.unstable))
    }

    /// How many reports of a school a fault holds.
    pub fn reports(&self, fault: i64) -> Result<u64> {
        Ok(self.db.read(move |tx| store::fault::by_id(tx, fault))?.context("no such fault")?.1.life.reports)
    }

    /// Devices of a school.
    pub fn devices(&self, code: &str) -> Result<Vec<Device>> {
        let school = self.school(code)?;
        Ok(self.db.read(move |tx| fleet::devices_of_school(tx, school))?)
    }

    /// Every device that carries a key of this thing: one, if all is well.
    pub fn devices_of(&self, thing: &Thing) -> Result<Vec<Device>> {
        let keys = keys_of(thing);
        Ok(self.db.read(move |tx| fleet::devices_by_keys(tx, &keys))?)
    }

    /// Places of a school.
    pub fn places(&self, code: &str) -> Result<Vec<PlaceRow>> {
        let school = self.school(code)?;
        let mut all: Vec<PlaceRow> = Vec::new();
        loop {
            let after = all.last().map(|place| place.key.clone()).unwrap_or_default();
            let more = self.db.read(move |tx| places(&mut Eyes::ALL.on(tx), school, &after, MOST))?;
            let done = more.len() < MOST as usize;
            all.extend(more);
            if done {
                return Ok(all);
            }
        }
    }

    /// Notices that wait for somebody, which are taken away: topic and fault's code, with the school's code.
    pub fn take_notices(&self) -> Result<Vec<(String, String, String)>> {
        let now = self.now;
        let messages = self.db.write(move |tx| -> store::Result<_> {
            let messages = outbox::waiting(tx, MOST as u32)?;
            for message in &messages {
                outbox::mark_sent(tx, message.id, now)?;
            }
            let mut told = Vec::new();
            // What people did themselves, and what speaks to whoever sees one fault of an incident alone, is no news of the town.
            let found = |message: &outbox::Message| !message.topic.starts_with("deed_") && message.topic != "incident_joined";
            for message in messages.into_iter().filter(found) {
                let school = match message.school {
                    Some(id) => school::school_by_id(tx, id)?.map(|known| known.school.code),
                    None => None,
                };
                told.push((message.topic, message.body, school.unwrap_or_default()));
            }
            Ok(told)
        })?;
        let code = |body: &str| serde_json::from_str::<BTreeMap<String, serde_json::Value>>(body).ok()?.get("code")?.as_str().map(str::to_owned);
        Ok(messages.into_iter().map(|(topic, body, school)| (topic, code(&body).unwrap_or_default(), school)).collect())
    }

    /// Versions of the plan.
    pub fn version_count(&self) -> Result<usize> {
        Ok(self.db.read(|tx| plan::versions(tx, MOST as u32))?.len())
    }
}

/// Keys that only this thing can have.
fn keys_of(thing: &Thing) -> Vec<Key> {
    let mac = thing.mac().to_string().replace(':', "");
    let mut keys = vec![Key { rank: KeyRank::Mac, text: mac }];
    for vendor in ["epson", "hp", "dell", "brother", "apc"] {
        keys.push(Key { rank: KeyRank::Serial, text: format!("{vendor}:{}", thing.serial().to_lowercase()) });
    }
    keys
}

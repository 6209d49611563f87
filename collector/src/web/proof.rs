//! What pages and files of proof need of the store: plan and register in force, devices as days.
//!
//! Comes in: the store. Goes out: [`Whole`], from which the core makes the file of a grant or a list of things. Absent on purpose: words.

use super::planned;
use super::words::Words;
use super::{Stop, Web};
use crate::domain::kind::Kind;
use crate::domain::plan::Unfolding;
use crate::domain::proof::assign::{Asked, assign};
use crate::domain::proof::evidence::{Evidence, evidence};
use crate::domain::proof::grant::statement;
use crate::domain::proof::thing::{Live, Things};
use crate::store::view::proof::{SeenRow, seen};
use crate::web::error::Failure;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rollcall_shared::Timestamp;
use std::sync::Arc;

/// Plan and register, ready to be asked about money.
pub struct Proving<'a> {
    /// The unfolded plan: headcounts and schools.
    pub unfolding: Unfolding<'a>,
}

impl<'a> Proving<'a> {
    /// Of what is in force.
    pub fn new(planned: &'a planned::Whole, today: Date) -> Proving<'a> {
        Proving { unfolding: Unfolding::new(&planned.plan, &planned.register, today) }
    }
}

/// What is in force, with the devices.
pub struct Whole {
    /// Plan and register.
    pub planned: Arc<planned::Whole>,
    /// Devices.
    pub lives: Vec<Live>,
    grant: Option<String>,
}

impl Whole {
    /// Loads devices of a school, or of all.
    pub async fn load(web: &Web, school: Option<String>, grant: Option<String>) -> Result<Whole, Failure> {
        let (state, zone) = (web.clone(), web.zone.clone());
        let (planned, rows) = web.read(move |tx| -> Result<_, Stop> { Ok((state.planned.whole(tx)?, seen(tx, school.as_deref())?)) }).await?;
        if let Some(grant) = grant.as_ref().filter(|grant| !planned.plan.grants.iter().any(|known| known.grant == **grant)) {
            tracing::debug!(grant, "no such grant");
            return Err(Failure::NotFound);
        }
        Ok(Whole { planned, lives: rows.into_iter().map(|row| live(row, &zone)).collect(), grant })
    }

    /// The file of the grant that was asked for.
    pub fn with<T>(&self, words: &Words, look: impl FnOnce(&Evidence<'_>) -> T) -> Option<T> {
        let (plan, register) = (&self.planned.plan, &*self.planned.register);
        let grant = plan.grants.iter().find(|grant| Some(&grant.grant) == self.grant.as_ref())?;
        let unfolding = Unfolding::new(plan, register, words.today());
        let things = Things::of(register, &self.lives);
        let asked = Asked::all(plan, &unfolding);
        let assigned = assign(&asked, &things);
        Some(look(&evidence(statement(plan, register, &unfolding, grant), &asked, &assigned, &things, register)))
    }
}

fn live(row: SeenRow, zone: &TimeZone) -> Live {
    let day = |at: Timestamp| jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(zone.clone()).date();
    Live {
        device: row.device,
        kind: row.kind.as_deref().and_then(Kind::from_code),
        model: [row.vendor, row.model].into_iter().flatten().collect::<Vec<_>>().join(" "),
        serial: row.serial,
        macs: row.macs.iter().map(ToString::to_string).collect(),
        first_on: day(row.first_at),
        last_on: day(row.last_at),
        school: row.school,
    }
}

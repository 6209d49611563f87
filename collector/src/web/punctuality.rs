//! The service report of a period: each lot's clocks counted, what waited for what, every late fault with its clock explained.
//!
//! Comes in: a period and a lot as an address gives them, lives of faults, plan, calendars. Goes out: a [`Report`] for the page, its files and the API.
//! Absent on purpose: the arithmetic (`domain/fault/punctuality`).

use super::deed::day;
use super::error::Failure;
use super::visitor::Signed;
use super::words::Words;
use super::{Stop, Web};
use crate::domain::calendar::Calendar;
use crate::domain::calendar::working::WorkingHours;
use crate::domain::fault::lot::{deadline, terms};
use crate::domain::fault::punctuality::{Judged, Penalty, Period, Tally, service, suspended};
use crate::domain::fault::{Cause, Severity};
use crate::domain::kind::Kind;
use crate::domain::plan::Decimal;
use crate::domain::plan::model::Plan;
use crate::domain::right::{Right, Role};
use crate::store::school::school_by_id;
use crate::store::view::punctuality::{MOST, ServiceRow, faults, waits};
use crate::store::{fault::severity_of, view};
use jiff::civil::Date;
use rollcall_shared::{SchoolId, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use utoipa::IntoParams;

/// Longest period: a contract's year and a day more.
const MOST_DAYS: i64 = 367;

/// Which report.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Asked {
    /// First day, as 2026-11-01; empty: the first of this month.
    pub from: String,
    /// Last day; empty: today.
    pub to: String,
    /// Code of a lot; empty: all that one sees.
    pub lot: String,
}

/// A report.
#[derive(Debug)]
pub struct Report {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Lots with something of the period, by code.
    pub lots: Vec<LotLine>,
    /// Every late fault, the latest first.
    pub late: Vec<Late>,
    /// More faults than one report holds.
    pub cut: bool,
    /// Whether the asker may know what being late costs.
    pub shows_money: bool,
}

/// One lot.
#[derive(Debug, Default)]
pub struct LotLine {
    /// Code.
    pub lot: String,
    /// Name.
    pub name: String,
    /// Who holds it.
    pub contractor: String,
    /// Faults that are a matter of the period.
    pub faults: u32,
    /// Answering.
    pub respond: Tally,
    /// Mending.
    pub repair: Tally,
    /// Working seconds that they waited, by cause; `None`: closed, and back.
    pub waited: BTreeMap<Option<Cause>, i64>,
    /// Penalties that could be worked out.
    pub penalties: Decimal,
}

/// A fault that was late.
#[derive(Debug)]
pub struct Late {
    /// The fault.
    pub row: ServiceRow,
    /// `respond` or `repair`.
    pub clock: &'static str,
    /// Its clock.
    pub judged: Judged,
    /// What it waited, by cause.
    pub waited: BTreeMap<Option<Cause>, i64>,
    /// The penalty, as the plan writes it; empty: none.
    pub penalty: String,
    /// What that comes to, where it can be worked out.
    pub amount: Option<Decimal>,
}

/// First and last day that are asked for, and the period between; it ends now at the latest.
pub fn period(words: &Words, asked: &Asked) -> Result<(Date, Date, Period), Failure> {
    let today = words.today();
    let read = |text: &str, otherwise: Date| -> Result<Date, Failure> {
        day(words, text)?; // says what a day looks like
        Ok(text.trim().parse().unwrap_or(otherwise))
    };
    let to = read(&asked.to, today)?;
    let from = read(&asked.from, to.first_of_month())?;
    let instant = |date: Date| date.to_zoned(words.zone.clone()).map(|at| Timestamp(at.timestamp().as_second()));
    let bad = || Failure::Bad(words.t("service-bad-period"));
    let first = instant(from).map_err(|_| bad())?;
    let until = to.tomorrow().ok().and_then(|next| instant(next).ok()).ok_or_else(bad)?;
    let within = first < until && until.since_s(first) <= MOST_DAYS * 86_400 && first < words.now;
    if within { Ok((from, to, Period { from: first, until: until.min(words.now) })) } else { Err(bad()) }
}

/// Works the report out for what the asker sees.
pub async fn report(web: &Web, signed: &Signed, asked: &Asked) -> Result<Report, Failure> {
    let (from, to, period) = period(&signed.visitor.words, asked)?;
    let (state, lot, role) = (web.clone(), view::given(&asked.lot), signed.account.role);
    signed
        .read(web, move |tx| -> Result<_, Stop> {
            let rows = faults(tx, period.from, period.until, lot.as_deref(), role.may(Right::WorkOnFaults))?;
            let mut waits = waits(tx, period.from, period.until, lot.as_deref())?;
            let planned = state.planned.get(tx)?;
            let mut schools: BTreeMap<SchoolId, (Calendar, Option<Timestamp>)> = BTreeMap::new();
            let shows_money = role.may(Right::SeeMoney) || role == Role::Contractor;
            let cut = rows.len() as i64 >= MOST;
            let mut report = Report { from, to, lots: Vec::new(), late: Vec::new(), cut, shows_money };
            for row in rows {
                let (calendar, accepted_at) = match schools.entry(row.school) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(free) => {
                        let accepted_at = school_by_id(tx, row.school)?.and_then(|known| known.accepted_at);
                        free.insert((state.calendar(tx, row.school)?, accepted_at))
                    }
                };
                report.add(&planned.plan, row, calendar, *accepted_at, &mut waits, period);
            }
            report.lots.sort_by(|a, b| a.lot.cmp(&b.lot));
            report.late.sort_by_key(|late| std::cmp::Reverse((late.judged.late_s, late.row.id)));
            Ok(report)
        })
        .await
}

impl Report {
    fn add(
        &mut self,
        plan: &Plan,
        row: ServiceRow,
        calendar: &Calendar,
        accepted_at: Option<Timestamp>,
        waits: &mut BTreeMap<i64, Vec<(Timestamp, Cause)>>,
        period: Period,
    ) {
        let lot = plan.lots.iter().find(|lot| lot.lot == row.life.lot);
        let (weekdays, hours) = lot.map_or((&[][..], ""), |lot| (&lot.weekdays[..], lot.hours.as_deref().unwrap_or("")));
        let hours = WorkingHours::read(weekdays, hours, calendar.whereabouts(), calendar.clock().clone());
        let kind = row.kind.as_deref().and_then(Kind::from_code);
        let severity = severity_of(row.severity).unwrap_or(Severity::Minor);
        let service = service(&row.life, accepted_at, terms(plan, &row.life.lot, kind, severity), &hours, period);
        let waited = suspended(&row.life, &waits.remove(&row.id).unwrap_or_default(), &hours, period);
        if service.respond.is_none() && service.repair.is_none() && waited.is_empty() {
            return;
        }
        let written = deadline(plan, &row.life.lot, kind, severity).and_then(|row| row.penalty.clone()).unwrap_or_default();
        let line = self.line(&row.life.lot, plan);
        line.faults += 1;
        for (cause, seconds) in &waited {
            *line.waited.entry(*cause).or_insert(0) += seconds;
        }
        service.respond.iter().for_each(|judged| line.respond.add(judged));
        service.repair.iter().for_each(|judged| line.repair.add(judged));
        let mut late = Vec::new();
        for (clock, judged) in [("repair", service.repair), ("respond", service.respond)] {
            let Some(judged) = judged.filter(|judged| judged.stand.is_late()) else { continue };
            // A penalty is for being mended late; where mending has no term, for answering late.
            let counts = clock == "repair" || service.repair.is_none();
            let penalty = if counts && self.shows_money { written.clone() } else { String::new() };
            let amount = Penalty::read(&penalty).and_then(|penalty| penalty.due(&row.life, &judged, &hours, period));
            late.push(Late { row: row.clone(), clock, judged, waited: waited.clone(), penalty, amount });
        }
        let due: Decimal = late.iter().filter_map(|late| late.amount).sum();
        let line = self.line(&row.life.lot, plan);
        line.penalties = line.penalties.plus(due);
        self.late.extend(late);
    }

    fn line(&mut self, code: &str, plan: &Plan) -> &mut LotLine {
        let at = self.lots.iter().position(|line| line.lot == code).unwrap_or_else(|| {
            let lot = plan.lots.iter().find(|lot| lot.lot == code);
            self.lots.push(LotLine {
                lot: code.to_owned(),
                name: lot.map(|lot| lot.name.clone()).unwrap_or_default(),
                contractor: lot.and_then(|lot| lot.contractor.clone()).unwrap_or_default(),
                ..LotLine::default()
            });
            self.lots.len() - 1
        });
        &mut self.lots[at]
    }
}

/// « 23 h 05 »: working time, never in days of 24 hours.
pub fn worked(seconds: i64) -> String {
    format!("{} h {:02}", seconds / 3_600, seconds % 3_600 / 60)
}

/// What was waited for, in words: « attente d'une pièce 4 h 00 ».
pub fn waited(words: &Words, waited: &BTreeMap<Option<Cause>, i64>) -> Vec<(String, String)> {
    let name = |cause: &Option<Cause>| cause.map_or_else(|| words.t("service-between"), |cause| words.coded("cause-", cause.code()));
    waited.iter().map(|(cause, seconds)| (name(cause), worked(*seconds))).collect()
}

/// A late clock, explained in one line: when it began, what is allowed, what was held and why, its end, when it was stopped.
pub fn explained(words: &Words, late: &Late) -> String {
    let judged = &late.judged;
    let mut parts = vec![words.named("service-began", &words.moment(judged.began_at)), words.named("service-allowed", &worked(judged.allowed_s))];
    if judged.held_s > 0 {
        let causes: Vec<String> = waited(words, &late.waited).into_iter().map(|(cause, _)| cause).collect();
        let held = worked(judged.held_s);
        parts.push(words.named("service-held", &if causes.is_empty() { held } else { format!("{held} ({})", causes.join(", ")) }));
    }
    parts.extend(judged.end_at.map(|end| words.named("service-end", &words.moment(end))));
    parts.push(
        judged.stopped_at.map_or_else(|| words.t("service-runs-on"), |at| words.named(&format!("service-stopped-{}", late.clock), &words.moment(at))),
    );
    parts.join(" ; ")
}

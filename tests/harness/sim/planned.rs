//! A plan moved to today, and the town that answers to it.
//!
//! Comes in: a folder of plan tables, today. Goes out: the tables with every date moved so that the last phase is under way, what each
//! school has ([`Spec`]), and the folder to import. Deliberately left out: some things that are due (the collector is to complain) and
//! most that are not due yet. Absent on purpose: sockets, and any judgement; the collector's own functions read and unfold the plan.

use super::device::Device;
use super::register::{self, Paper};
use super::town::{LeftOut, School, Spec, Want};
use super::world::World;
use anyhow::{Context, Result, bail, ensure};
use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_collector::domain::kind::{Kind, KnownBy};
use rollcall_collector::domain::language::Language;
use rollcall_collector::domain::place::Place;
use rollcall_collector::domain::plan::model::Plan;
use rollcall_collector::domain::plan::places::unfold;
use rollcall_collector::domain::plan::schema::{self, Cell};
use rollcall_collector::domain::plan::table::{Heading, Row, Table};
use rollcall_collector::domain::plan::{Severity, Tables, date, has_error, write};
use rollcall_collector::domain::register::Register;
use rollcall_collector::plan_folder::read_folder;
use std::collections::BTreeMap;
use std::path::Path;

/// The plan of today and what the town has of it.
pub struct Planned {
    tables: Vec<(String, String)>,
    /// When each school is due, and whether with the last phase: deliveries come in the months before.
    due: BTreeMap<String, (Date, bool)>,
    /// What each school has, in the order of the plan.
    pub specs: Vec<Spec>,
}

/// Part of the last phase that has gone by today.
const GONE: f64 = 0.6;
/// Days from today on which the schools of the last phase are due, in turn.
const LAST_PHASE_DUE: &[i64] = &[-30, -7, 40];
/// What is missing though it is due: place of the school in the plan, kind, how many.
const MISSING: &[(usize, Kind, usize)] =
    &[(1, Kind::Projector, 1), (12, Kind::Tablet, 2), (17, Kind::Projector, 2), (17, Kind::Desktop, 2), (18, Kind::Tablet, 16)];
/// Of what is not due yet, this many of each kind are there already.
const EARLY: usize = 3;

/// Reads the plan, moves it to `today`, and says what the town has.
pub fn prepare(folder: &Path, today: Date) -> Result<Planned> {
    let tables = move_to(read_whole(folder)?, today)?;
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let mut specs: Vec<Spec> = Vec::new();
    let last = plan.phases.iter().filter(|phase| !phase.pilot).max_by_key(|phase| phase.rank).map(|phase| phase.phase.clone());
    let mut due = BTreeMap::new();
    for planned in unfold(&plan, &register, today).places {
        if specs.last().is_none_or(|spec| spec.code != planned.school) {
            let name = plan.schools.iter().find(|school| school.school == planned.school).map_or(String::new(), |school| school.name.clone());
            specs.push(Spec { code: planned.school.clone(), name, wants: Vec::new(), left_out: Vec::new() });
        }
        let at = specs.len() - 1;
        if let Some((_, day)) = planned.place.due {
            due.entry(planned.school.clone()).or_insert((day, Some(&planned.place.phase) == last.as_ref()));
        }
        place(&mut specs[at], at, &planned.place, today);
    }
    ensure!(!specs.is_empty(), "the plan in {} unfolds into no place", folder.display());
    let tables = tables.iter().map(|table| (write::file_name(table), write::write_table(table))).collect();
    Ok(Planned { tables, due, specs })
}

/// Puts one place into a school's spec: there, or left out.
fn place(spec: &mut Spec, at: usize, place: &Place, today: Date) {
    if place.known_by != KnownBy::Seen {
        return;
    }
    let (kind, room) = (place.kind.code().to_owned(), place.room.clone().unwrap_or_default());
    let due = place.due.is_some_and(|(_, last)| last < today);
    let left_out = spec.left_out.iter().filter(|left| left.kind == kind).count();
    let there = spec.wants.iter().filter(|want| want.kind == kind).count();
    let missing = MISSING.iter().any(|(school, of, most)| *school == at && *of == place.kind && left_out < *most);
    if if due { missing } else { there >= EARLY } {
        spec.left_out.push(LeftOut { school: spec.code.clone(), kind, room, due });
    } else {
        spec.wants.push(Want { kind, room });
    }
}

/// Writes the plan and what the town's own lists say, as a folder to import.
pub fn write(planned: &Planned, world: &World, folder: &Path, today: Date) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let paper = |school: &School, device: &Device, number: usize| planned.paper(school, device, number, today);
    let lists = world.see(|town| {
        [("assets.csv", register::assets(town, paper)), ("patch.csv", register::patch(town)), ("networks.csv", register::networks(town))]
    });
    let own = planned.tables.iter().map(|(name, text)| (name.as_str(), text));
    let invoices = invoices(today);
    for (name, text) in own.chain(lists.iter().map(|(name, text)| (*name, text))).chain([("invoices.csv", &invoices)]) {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// Weeks before its due day in which a school's things come.
const DELIVERY_WEEKS: usize = 14;
/// Invoices of the last phase, with the parts of its line (not in the source: the source knows the sum alone).
const INVOICES: [(&str, &str); 3] = [("F-2021-014", "14000"), ("F-2021-022", "12562"), ("F-2021-031", "10000")];
/// Prices before tax, for the insurer (not in the source).
const PRICES: &[(&str, &str)] = &[("tablet", "219"), ("desktop", "640"), ("projector", "480")];

/// Invoices that the source's sums fit.
fn invoices(today: Date) -> String {
    let mut text = "invoice;supplier;dated_on;paid_on;amount_ttc;line;note\n".to_owned();
    let dated = |weeks: i64| today.checked_sub((weeks * 7).days()).unwrap_or(today).to_string();
    for ((invoice, amount), weeks) in INVOICES.iter().zip([9, 6, 2]) {
        let paid = if weeks > 4 { dated(weeks - 4) } else { String::new() };
        text.push_str(&format!("{invoice};titulaire-1;{};{paid};{amount};socle-equipement;not in the source\n", dated(weeks)));
    }
    text
}

impl Planned {
    /// What papers say of a device: a few things each week before its school was due; the newest are not accepted yet.
    fn paper(&self, school: &School, device: &Device, number: usize, today: Date) -> Paper {
        let Some((due, is_last)) = self.due.get(&school.code).copied() else { return Paper::default() };
        let end = due.min(today.checked_sub(4.days()).unwrap_or(today));
        let weeks = (number * 5 + usize::from(school.number)) % DELIVERY_WEEKS;
        let delivered = end.checked_sub((weeks as i64 * 7).days()).unwrap_or(end);
        let accepted = delivered.checked_add(10.days()).ok().filter(|day| *day < today);
        let price = PRICES.iter().find(|(kind, _)| *kind == device.make.kind).map_or("", |(_, price)| price);
        Paper {
            delivered_on: delivered.to_string(),
            accepted_on: accepted.map(|day| day.to_string()).unwrap_or_default(),
            // One thing in seven came without its invoice number: the evidence file is to say so.
            invoice: if is_last && number % 7 != 3 { INVOICES[weeks * INVOICES.len() / DELIVERY_WEEKS].0.to_owned() } else { String::new() },
            price_ht: price.to_owned(),
        }
    }
}

fn read_whole(folder: &Path) -> Result<Tables> {
    let (tables, notes) = read_folder(folder).with_context(|| format!("reading the plan in {}", folder.display()))?;
    if has_error(&notes) {
        let errors = notes.iter().filter(|note| note.severity == Severity::Error).map(|note| note.text(Language::En));
        bail!("the plan in {} has errors:\n{}", folder.display(), errors.collect::<Vec<_>>().join("\n"));
    }
    Ok(tables)
}

/// Moves every date by the same number of days, so that [`GONE`] of the last phase lies behind; its schools get due days of their own.
fn move_to(tables: Tables, today: Date) -> Result<Tables> {
    let plan = Plan::from_tables(&tables);
    let last = plan.phases.iter().filter(|phase| !phase.pilot).max_by_key(|phase| phase.rank).context("the plan has no phase")?;
    let starts = last.starts_on.as_ref().with_context(|| format!("phase {} has no first day", last.phase))?.first;
    let ends = last.ends_on.as_ref().with_context(|| format!("phase {} has no last day", last.phase))?.last;
    let length = f64::from(starts.until(ends)?.get_days());
    let moved_starts = today.checked_sub(((length * GONE) as i64).days())?;
    let days = i64::from(starts.until(moved_starts)?.get_days());
    let schools = plan.allotments.iter().filter(|allotment| allotment.phase == last.phase);
    let choosing = plan.choosing();
    let mut schools: Vec<usize> = schools.flat_map(|allotment| choosing.chosen(&allotment.schools)).collect();
    schools.sort_unstable();
    schools.dedup();
    let mut moved = Tables::default();
    for table in tables.iter() {
        let mut table = table.clone();
        move_dates(&mut table, days, today)?;
        moved.put(table);
    }
    for (school, due) in schools.into_iter().zip(LAST_PHASE_DUE.iter().cycle()) {
        set_due(&mut moved, &plan.schools[school].school, &last.phase, today.checked_add(due.days())?);
    }
    Ok(moved)
}

/// Moves the date cells of one table. What the source dates only by a season becomes its last day, or its first where something begins;
/// what has happened cannot lie ahead of today.
fn move_dates(table: &mut Table, days: i64, today: Date) -> Result<()> {
    let columns: Vec<Option<&schema::Column>> = table.headings.iter().map(|heading| known_column(table, heading)).collect();
    let years = (days as f64 / 365.25).round() as i64;
    for row in &mut table.rows {
        for (cell, column) in row.cells.iter_mut().zip(&columns) {
            let Some(column) = column.filter(|_| !cell.is_empty()) else { continue };
            match column.cell {
                Cell::Date => {
                    let Ok(date) = date::parse(cell) else { continue };
                    let begins = matches!(column.name, "starts_on" | "from" | "due_from" | "followed_from" | "opened_on");
                    let moved = if begins { date.first } else { date.last }.checked_add(days.days())?;
                    let happened = matches!(column.name, "actual_on" | "as_of" | "delivered_on" | "accepted_on" | "paid_on" | "dated_on");
                    *cell = if happened && moved > today { String::new() } else { moved.to_string() };
                }
                Cell::Year => {
                    let Ok(year) = cell.get(..4).unwrap_or_default().parse::<i64>() else { continue };
                    *cell = (year + years).to_string();
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn known_column(table: &Table, heading: &Heading) -> Option<&'static schema::Column> {
    match heading {
        Heading::Known(column) => table.schema.columns.get(*column),
        Heading::Own(_) => None,
    }
}

/// Gives a school a due day of its own: the planned day of its installation, and of allotments that name it.
fn set_due(tables: &mut Tables, school: &str, phase: &str, due: Date) {
    if let Some(mut allotments) = tables.get("allotments").cloned() {
        edit(&mut allotments, "due_on", due, |cell| cell("school_or_selector") == school && cell("phase") == phase);
        tables.put(allotments);
    }
    let Some(mut milestones) = tables.get("milestones").cloned() else { return };
    if edit(&mut milestones, "planned_on", due, |cell| cell("phase_or_school") == school && cell("milestone") == "installation") == 0 {
        let cells = milestones.headings.iter().map(|heading| match known_column(&milestones, heading).map(|column| column.name) {
            Some("phase_or_school") => school.to_owned(),
            Some("milestone") => "installation".to_owned(),
            Some("planned_on") => due.to_string(),
            _ => String::new(),
        });
        let row = Row { line: milestones.rows.len() as u64 + 2, cells: cells.collect() };
        milestones.rows.push(row);
    }
    tables.put(milestones);
}

/// Writes a day into a column of the rows that fit, and returns how many did.
fn edit(table: &mut Table, column: &str, day: Date, fits: impl Fn(&dyn Fn(&str) -> String) -> bool) -> usize {
    let names: Vec<String> = table.heading_names().into_iter().map(str::to_owned).collect();
    let Some(at) = names.iter().position(|name| name == column) else { return 0 };
    let mut count = 0;
    for row in &mut table.rows {
        let cell = |name: &str| names.iter().position(|known| known == name).map_or(String::new(), |at| row.cells[at].clone());
        if fits(&cell) {
            row.cells[at] = day.to_string();
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    const TABLES: &[(&str, &str)] = &[
        ("phases.csv", "phase;name;rank;starts_on;ends_on\n1;One;1;2019-01-01;2019-12-31\n3;Three;3;2021-01-01;2021-10-28\n"),
        ("schools.csv", "school;name;kind;phase\na;A;elementaire;1\nb;B;elementaire;3\n"),
        ("headcounts.csv", "school;year;what;level;count\na;2019;class;all;5\nb;2019;class;all;4\n"),
        ("kits.csv", "kit;item;quantity;per\nclass;projector;1;class\n"),
        ("allotments.csv", "phase;school or selector;kit;quantity\n1;phase=1;class;1\n3;phase=3;class;1\n"),
        ("milestones.csv", "phase_or_school;milestone;planned_on;actual_on\n1;installation;2019-11-01;2019-11-05\n3;installation;2021-10-01;\n"),
    ];

    #[test]
    fn the_last_phase_is_under_way_today_and_what_was_promised_to_its_schools_is_due() {
        let folder = tempfile::tempdir().unwrap();
        TABLES.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
        let today = day(2026, 11, 22);
        let planned = prepare(folder.path(), today).unwrap();
        let text = |name: &str| planned.tables.iter().find(|(known, _)| known == name).unwrap().1.clone();
        assert!(text("phases.csv").contains("2026-05-26,2027-03-22"), "{}", text("phases.csv"));
        assert!(text("milestones.csv").contains("b,installation,2026-10-23"), "{}", text("milestones.csv"));
        let counts: Vec<(usize, usize)> = planned.specs.iter().map(|spec| (spec.wants.len(), spec.left_out.len())).collect();
        assert_eq!(counts, [(5, 0), (3, 1)], "one projector of the second school is due and was left out");
        assert!(planned.specs[1].left_out[0].due);
    }

    #[test]
    fn the_phased_town_has_its_twenty_schools_and_some_of_the_last_phase_are_not_done() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/programmes/phased-town");
        let planned = prepare(&folder, day(2026, 11, 22)).unwrap();
        assert_eq!(planned.specs.len(), 20);
        let left_out = |due: bool| planned.specs.iter().flat_map(|spec| &spec.left_out).filter(|left| left.due == due).count();
        assert_eq!(left_out(true), MISSING.iter().map(|(_, _, most)| most).sum::<usize>());
        assert!(left_out(false) > 20, "most of what is not due is not there");
        let devices: usize = super::super::town::build(&planned.specs).schools.iter().map(|school| school.devices.len()).sum();
        assert!(devices >= 850, "{devices}");
    }
}

//! The programmes that ship with Rollcall, held fact by fact against what their towns published: a file a town.
//!
//! Comes in: the tables in `deploy/programmes/`. Goes out: pass, or the fact that the plan no longer says. Absent on purpose: any
//! figure of ours; every number here stands in the town's public document.

mod clamart;
mod le_mans;
mod lorient;
mod phased_town;
mod strasbourg;
mod unseen;

use jiff::civil::{Date, date};
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::domain::language::Language;
use rollcall_collector::domain::plan::model::Plan;
use rollcall_collector::domain::plan::places::{Planned, Unfolded, unfold};
use rollcall_collector::domain::plan::read::sort_notes;
use rollcall_collector::domain::plan::{Decimal, Tables, check, write_table};
use rollcall_collector::domain::register::Register;
use rollcall_collector::plan_folder::read_folder;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A town: its folder, the day on which it is looked at, and what `plan check` says of it (without the severity, which is a warning).
struct Town {
    folder: &'static str,
    today: Date,
    told: &'static [&'static str],
}

impl Town {
    fn path(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/programmes").join(self.folder)
    }

    /// Its tables, unfolded on a day; whatever the check says must be what its source deserves.
    fn read_on(&self, today: Date) -> (Tables, Plan, Register, Unfolded) {
        let (tables, mut notes) = read_folder(&self.path()).unwrap();
        notes.extend(check(&tables, today));
        sort_notes(&mut notes);
        let told: Vec<String> = notes.iter().map(|note| note.text(Language::En)).collect();
        assert_eq!(told, self.told, "what the check says of {} on {today}", self.folder);
        let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
        let unfolded = unfold(&plan, &register, today);
        (tables, plan, register, unfolded)
    }

    /// What ships is what `plan export` would write, and what is made up says so.
    fn is_written_strictly(&self) {
        let (tables, plan, ..) = self.read_on(self.today);
        for table in tables.iter() {
            let text = std::fs::read_to_string(self.path().join(&table.file)).unwrap();
            assert_eq!(write_table(table), text, "{}", table.file);
        }
        for school in &plan.schools {
            let made_up = school.uai.as_deref().is_none_or(|uai| uai.starts_with("999"));
            assert!(made_up && school.note.contains("not in the source"), "{}: a UAI of department 999, and said so", school.school);
        }
    }
}

fn read(town: Town) -> (Tables, Plan, Register, Unfolded) {
    town.read_on(town.today)
}

fn euros(amount: i64) -> Decimal {
    Decimal::whole(amount)
}

/// How many places of a kind there are among those that `of` picks.
fn count(unfolded: &Unfolded, kind: Kind, of: impl Fn(&Planned) -> bool) -> usize {
    unfolded.places.iter().filter(|planned| planned.place.kind == kind && of(planned)).count()
}

/// The figure that the source states, as `value unit precision`.
fn figure(plan: &Plan, scope: &str, measure: &str) -> String {
    let figure = plan.figures.iter().find(|figure| figure.scope == scope && figure.measure == measure);
    let figure = figure.unwrap_or_else(|| panic!("no figure {measure} of {scope}"));
    [figure.text.as_str(), &figure.unit, &figure.precision].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// A deliverable's target over all its rows, if it has any.
fn target(plan: &Plan, name: &str) -> Option<Decimal> {
    let rows: Vec<_> = plan.deliverables.iter().filter(|row| row.deliverable == name).collect();
    assert!(!rows.is_empty(), "no deliverable {name}");
    let targets: Vec<Decimal> = rows.iter().filter_map(|row| row.target).collect();
    (!targets.is_empty()).then(|| targets.into_iter().sum())
}

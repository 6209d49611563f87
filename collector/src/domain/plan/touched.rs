//! Which schools a change of the tables concerns, so that one school's change costs that school only.
//!
//! Comes in: the tables before and after. Goes out: the schools whose places, assets, rooms or networks are others now, or all of them
//! where a table speaks of no school. Absent on purpose: what the change means for a school; that is settled there.

use super::places::Unfolding;
use super::table::Tables;
use super::{Plan, diff};
use crate::domain::register::Register;
use jiff::civil::Date;
use std::collections::{BTreeSet, HashSet};

/// Tables by which any school may be concerned: they name no school, and what is judged rests on them.
const FOR_ALL: &[&str] = &["patch", "closures", "lots", "deadlines", "scopes"];
/// Tables whose rows tell in their column `school` whom they concern; what hangs on other tables shows in the places.
const BY_SCHOOL: &[&str] = &["schools", "rooms", "networks", "assets", "cases", "attestations"];

/// Whom a change concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// Everybody.
    All,
    /// These schools.
    Schools(BTreeSet<String>),
}

/// Whom the change from one set of tables to another concerns, as of a day.
pub fn touched(before: &Tables, after: &Tables, on: Date) -> Touched {
    let changes = diff::diff(before, after);
    if changes.iter().any(|change| FOR_ALL.contains(&change.table)) {
        return Touched::All;
    }
    let (mut schools, mut sites): (BTreeSet<String>, BTreeSet<String>) = Default::default();
    for name in BY_SCHOOL {
        let changed: HashSet<Vec<&str>> =
            changes.iter().filter(|change| change.table == *name).map(|change| change.key.iter().map(String::as_str).collect()).collect();
        for table in [before, after].into_iter().filter_map(|tables| tables.get(name)).filter(|_| !changed.is_empty()) {
            let rows = table.rows.iter().filter(|row| changed.contains(&table.key(row)));
            for row in rows {
                schools.insert(table.cell(row, "school").to_owned());
                if *name == "networks" {
                    sites.insert(table.cell(row, "site").to_owned());
                }
            }
        }
    }
    schools.remove("");
    let (old, new) = (Told::of(before), Told::of(after));
    // A network may name a site, which is that of one school or several, or a school itself.
    for school in old.plan.schools.iter().chain(&new.plan.schools) {
        if sites.contains(school.site.as_ref().unwrap_or(&school.school)) || sites.contains(&school.school) {
            schools.insert(school.school.clone());
        }
    }
    let (old, new) = (Unfolding::new(&old.plan, &old.register, on), Unfolding::new(&new.plan, &new.register, on));
    for code in old.codes().chain(new.codes()) {
        if !schools.contains(code) && (old.standing(code) != new.standing(code) || old.registered(code) != new.registered(code)) {
            schools.insert(code.to_owned());
        }
    }
    Touched::Schools(schools)
}

struct Told {
    plan: Plan,
    register: Register,
}

impl Told {
    fn of(tables: &Tables) -> Self {
        Told { plan: Plan::from_tables(tables), register: Register::from_tables(tables) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read_tables;

    fn check(before: &[(&str, &str)], after: &[(&str, &str)], expected: Option<&[&str]>) {
        let read = |files: &[(&str, &str)]| read_tables(files.iter().copied()).0;
        let told = touched(&read(before), &read(after), jiff::civil::date(2025, 5, 12));
        let schools = |schools: &[&str]| Touched::Schools(schools.iter().map(|code| (*code).to_owned()).collect());
        assert_eq!(told, expected.map_or(Touched::All, schools));
    }

    #[test]
    fn one_school_s_change_costs_that_school_only() {
        let schools = ("schools.csv", "school,phase\na,1\nb,1\nc,2\n");
        let phases = ("phases.csv", "phase,ends_on\n1,2025\n2,2026\n");
        let kits = ("kits.csv", "kit,item,per\nk,projector,class\n");
        let allotments = ("allotments.csv", "phase,school,kit\n1,phase=1,k\n2,phase=2,k\n");
        let counts = ("headcounts.csv", "school,year,what,level,count\na,2024,class,all,2\nb,2024,class,all,2\nc,2024,class,all,2\n");
        let town = [schools, phases, kits, allotments, counts];
        let with = |file| town.iter().copied().chain([file]).collect::<Vec<_>>();
        let but = |at: usize, text| town.iter().enumerate().map(|(index, file)| if index == at { (file.0, text) } else { *file }).collect::<Vec<_>>();
        check(&town, &town, Some(&[]));
        check(&town, &with(("assets.csv", "label,kind,school\nP1,projector,b\n")), Some(&["b"]));
        check(&town, &with(("milestones.csv", "phase,milestone,planned_on\nc,installation,2027\n")), Some(&["c"]));
        check(&town, &but(4, "school,year,what,level,count\na,2024,class,all,3\nb,2024,class,all,2\nc,2024,class,all,2\n"), Some(&["a"]));
        check(&town, &but(1, "phase,ends_on\n1,2025\n2,2027\n"), Some(&["c"]));
        check(&town, &but(0, "school,phase,name\na,1,Anatole\nb,1,\nc,2,\n"), Some(&["a"]));
        check(&town, &with(("networks.csv", "site,cidr,name\nc,10.0.3.0/24,c\n")), Some(&["c"]));
        check(&town, &with(("closures.csv", "school_or_zone,from\nb,2025-05-14\n")), None);
        // A loan reaches the school of what is lent.
        let assets = ("assets.csv", "label,kind,school,state\nP1,projector,b,in_service\n");
        let lent: Vec<_> = with(assets).into_iter().chain([("loans.csv", "label,lent_on\nP1,2025-05-01\n")]).collect();
        check(&with(assets), &lent, Some(&["b"]));
    }

    #[test]
    fn a_network_concerns_the_schools_of_its_site_or_the_school_that_it_names() {
        let town = [("schools.csv", "school,site\na,s\nb,s\nc,\nd,t\n")];
        for (network, expected) in [("s,10.0.1.0/24", &["a", "b"] as &[&str]), ("c,10.0.3.0/24", &["c"]), ("d,10.0.4.0/24", &["d"])] {
            let networks = format!("site,cidr\n{network}\n");
            check(&town, &[town[0], ("networks.csv", &networks)], Some(expected));
        }
    }
}

//! What an account sees: lots × schools × kinds, from its bounds, the plan's actors and the register's scopes.
//!
//! Comes in: role and bounds of an account, plan, scopes of the register. Goes out: rows of what is seen, or that all is. Absent on purpose: what may be
//! *done* ([`super::right`]), storage.
//!
//! A contractor sees what its lots cover, narrowed by its scopes; a subcontractor what its own scopes say of what the one sees for whom it
//! works. The bounds of the account itself narrow further: an account never sees more than its actor.

use super::kind::Kind;
use super::plan::model::{Actor, Choosing, Plan};
use super::plan::selector::Selector;
use super::register::Scope;
use super::right::Role;
use std::collections::BTreeSet;

/// In a row: any, and what has none.
pub const ANY: &str = "*";
/// So many links from a subcontractor up to who holds the lot.
const MOST_LINKS: usize = 4;

/// The bounds of an account, as its administrator wrote them; empty: none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The actor of the plan for whom it works.
    pub actor: String,
    /// A selector of schools.
    pub schools: String,
    /// Kinds.
    pub kinds: Vec<Kind>,
}

/// One thing seen: what is of this lot and of this kind, in this school.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// Code of the school.
    pub school: String,
    /// Code of the lot; [`ANY`]: whatever the lot.
    pub lot: String,
    /// Code of the kind; [`ANY`]: whatever the kind.
    pub kind: String,
}

/// What is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// Everything.
    All,
    /// These, in order, each once. None: nothing.
    Of(Vec<Seen>),
}

/// Lots × schools × kinds; `None`: all of them.
#[derive(Debug, Clone, Default)]
struct Part {
    lots: Option<BTreeSet<String>>,
    schools: Option<BTreeSet<usize>>,
    kinds: Option<BTreeSet<Kind>>,
}

impl Part {
    fn and(&self, other: &Part) -> Part {
        Part {
            lots: both(self.lots.as_ref(), other.lots.as_ref()),
            schools: both(self.schools.as_ref(), other.schools.as_ref()),
            kinds: both(self.kinds.as_ref(), other.kinds.as_ref()),
        }
    }
}

fn both<T: Ord + Clone>(one: Option<&BTreeSet<T>>, other: Option<&BTreeSet<T>>) -> Option<BTreeSet<T>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one & other),
        (one, other) => one.or(other).cloned(),
    }
}

/// What an account of this role and these bounds sees.
pub fn sight(role: Role, bounds: &Bounds, plan: &Plan, scopes: &[Scope]) -> Sight {
    let bounded = !bounds.schools.is_empty() || !bounds.kinds.is_empty();
    if !role.can_be_bounded() || (role.sees_all_unless_told() && !bounded) {
        return Sight::All;
    }
    let choosing = plan.choosing();
    let parts = match role {
        Role::Contractor => of_actor(&bounds.actor, plan, scopes, &choosing, MOST_LINKS),
        // A school is named, not chosen by what it is like.
        Role::School if choosing.position(&bounds.schools).is_none() => Vec::new(),
        _ => vec![Part::default()],
    };
    let own = Part {
        lots: None,
        // A selector that says nothing chooses nothing.
        schools: (!bounds.schools.is_empty())
            .then(|| Selector::parse(&bounds.schools).map(|chosen| positions(&choosing, &chosen)).unwrap_or_default()),
        kinds: (!bounds.kinds.is_empty()).then(|| bounds.kinds.iter().copied().collect()),
    };
    let mut seen = BTreeSet::new();
    for part in &parts {
        rows(&part.and(&own), plan, &mut seen);
    }
    Sight::Of(seen.into_iter().collect())
}

/// What is seen of the one within the other: an account that somebody made who sees only so much. Never more than either.
pub fn narrowed(own: Sight, within: &Sight) -> Sight {
    let (own, within) = match (own, within) {
        (Sight::All, within) => return within.clone(),
        (own, Sight::All) => return own,
        (Sight::Of(own), Sight::Of(within)) => (own, within),
    };
    let mut seen = BTreeSet::new();
    for row in &own {
        // Both are in order: the rows of one school stand together.
        let first = within.partition_point(|other| other.school < row.school);
        for other in within[first..].iter().take_while(|other| other.school == row.school) {
            if let (Some(lot), Some(kind)) = (meet(&row.lot, &other.lot), meet(&row.kind, &other.kind)) {
                seen.insert(Seen { school: row.school.clone(), lot, kind });
            }
        }
    }
    Sight::Of(seen.into_iter().collect())
}

/// What two words name together; none: nothing.
fn meet(one: &str, other: &str) -> Option<String> {
    match (one, other) {
        (ANY, word) | (word, ANY) => Some(word.to_owned()),
        (one, other) => (one == other).then(|| one.to_owned()),
    }
}

fn positions(choosing: &Choosing<'_>, selector: &Selector) -> BTreeSet<usize> {
    choosing.chosen(selector).into_iter().collect()
}

/// The lots that an actor holds, cut by its scopes.
fn of_actor(code: &str, plan: &Plan, known: &[Scope], choosing: &Choosing<'_>, links: usize) -> Vec<Part> {
    let Some(actor) = plan.actors.iter().find(|actor| actor.actor == code) else { return Vec::new() };
    let scopes: Vec<Part> = known.iter().filter(|scope| scope.actor == code).map(|scope| part_of(scope, choosing)).collect();
    match actor.of.as_deref().filter(|_| actor.role == "subcontractor") {
        // Without a scope of its own a subcontractor has been given nothing yet, unless lots are named for it.
        Some(of) if links > 0 => {
            let named = (!actor.lots.is_empty()).then(|| Part { lots: Some(actor.lots.iter().cloned().collect()), ..Part::default() });
            let given: Vec<Part> = if scopes.is_empty() { named.into_iter().collect() } else { scopes };
            let above = of_actor(of, plan, known, choosing, links - 1);
            above.iter().flat_map(|above| given.iter().map(|given| above.and(given))).collect()
        }
        Some(_) => Vec::new(),
        None => {
            let held = Part { lots: Some(held(actor, plan)), ..Part::default() };
            if scopes.is_empty() { vec![held] } else { scopes.iter().map(|scope| held.and(scope)).collect() }
        }
    }
}

/// Lots by the plan's table of lots, and those that the actor's own row names.
fn held(actor: &Actor, plan: &Plan) -> BTreeSet<String> {
    let by_lot = plan.lots.iter().filter(|lot| lot.contractor.as_ref() == Some(&actor.actor)).map(|lot| lot.lot.clone());
    let elsewhere = |lot: &&String| plan.lots.iter().any(|row| row.lot == **lot && row.contractor.as_ref().is_some_and(|by| *by != actor.actor));
    by_lot.chain(actor.lots.iter().filter(|lot| !elsewhere(lot)).cloned()).collect()
}

fn part_of(scope: &Scope, choosing: &Choosing<'_>) -> Part {
    Part {
        lots: (!scope.lots.is_empty()).then(|| scope.lots.iter().cloned().collect()),
        schools: scope.schools.as_ref().map(|selector| positions(choosing, selector)),
        kinds: (!scope.kinds.is_empty()).then(|| scope.kinds.iter().copied().collect()),
    }
}

fn rows(part: &Part, plan: &Plan, seen: &mut BTreeSet<Seen>) {
    let any = || BTreeSet::from([ANY.to_owned()]);
    let lots = part.lots.clone().unwrap_or_else(any);
    let kinds = part.kinds.as_ref().map_or_else(any, |kinds| kinds.iter().map(|kind| kind.code().to_owned()).collect());
    let all = || (0..plan.schools.len()).collect();
    for position in part.schools.clone().unwrap_or_else(all) {
        for lot in &lots {
            for kind in &kinds {
                seen.insert(Seen { school: plan.schools[position].school.clone(), lot: lot.clone(), kind: kind.clone() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::Tables;
    use crate::domain::register::Register;
    use crate::plan_folder;

    const TOWN: &[(&str, &str)] = &[
        ("programme.csv", "code,name\nessai,Essai\n"),
        ("schools.csv", "school,name,kind,group\ncamus,Camus,elementaire,nord\nzola,Zola,maternelle,nord\nferry,Ferry,elementaire,sud\n"),
        (
            "actors.csv",
            "actor,role,of,lot\nvideo,contractor,,L1\nreseau,contractor,,\nnord,subcontractor,video,\nsud,subcontractor,video,L1\nautre,subcontractor,reseau,\n",
        ),
        ("lots.csv", "lot,name,scope,contractor\nL1,Vidéo,maintenance,video\nL2,Réseau,maintenance,reseau\nL3,Bornes,maintenance,reseau\n"),
        ("scopes.csv", "actor,lots,schools,kinds\nnord,,groupe=nord,projector\nautre,L1,,\nreseau,L3,camus,access_point\n"),
    ];

    fn town() -> (Plan, Vec<Scope>) {
        let (tables, notes): (Tables, _) = plan_folder::read_files(TOWN.iter().map(|(name, text)| (*name, text.as_bytes())));
        assert!(notes.iter().all(|note| note.severity != crate::domain::plan::note::Severity::Error), "{notes:?}");
        (Plan::from_tables(&tables), Register::from_tables(&tables).scopes)
    }

    fn seen(role: Role, actor: &str, schools: &str, kinds: &[Kind]) -> String {
        let (plan, scopes) = town();
        let bounds = Bounds { actor: actor.to_owned(), schools: schools.to_owned(), kinds: kinds.to_vec() };
        match sight(role, &bounds, &plan, &scopes) {
            Sight::All => "all".to_owned(),
            Sight::Of(rows) => rows.iter().map(|row| format!("{} {} {}", row.school, row.lot, row.kind)).collect::<Vec<_>>().join("; "),
        }
    }

    #[test]
    fn who_runs_the_programme_sees_all_of_it() {
        assert_eq!(seen(Role::Admin, "", "ferry", &[]), "all");
        assert_eq!(seen(Role::Manager, "", "ferry", &[]), "all");
        assert_eq!(seen(Role::Technician, "", "", &[]), "all");
    }

    #[test]
    fn a_technician_sees_the_schools_in_scope() {
        assert_eq!(seen(Role::Technician, "", "ferry", &[]), "ferry * *");
        assert_eq!(seen(Role::Reader, "", "kind=maternelle", &[Kind::Tablet]), "zola * tablet");
        assert_eq!(seen(Role::Reader, "", "no such school", &[]), "");
    }

    #[test]
    fn a_contractor_sees_its_lots_and_no_other() {
        assert_eq!(seen(Role::Contractor, "video", "", &[]), "camus L1 *; ferry L1 *; zola L1 *");
        assert_eq!(seen(Role::Contractor, "reseau", "", &[]), "camus L3 access_point");
        assert_eq!(seen(Role::Contractor, "reseau", "ferry", &[]), "");
        assert_eq!(seen(Role::Contractor, "", "", &[]), "");
        assert_eq!(seen(Role::Contractor, "nobody", "", &[]), "");
    }

    #[test]
    fn a_subcontractor_sees_less_than_who_gave_it_the_work() {
        assert_eq!(seen(Role::Contractor, "nord", "", &[]), "camus L1 projector; zola L1 projector");
        assert_eq!(seen(Role::Contractor, "sud", "ferry", &[]), "ferry L1 *");
        // A lot that is not theirs who gave the work.
        assert_eq!(seen(Role::Contractor, "autre", "", &[]), "");
    }

    #[test]
    fn who_was_made_by_a_lead_sees_no_more_than_the_lead() {
        let (plan, register) = town();
        let of = |actor: &str, schools: &str, kinds: &[Kind]| {
            let bounds = Bounds { actor: actor.to_owned(), schools: schools.to_owned(), kinds: kinds.to_vec() };
            sight(Role::Contractor, &bounds, &plan, &register)
        };
        let said = |sight: Sight| match sight {
            Sight::All => "all".to_owned(),
            Sight::Of(rows) => rows.iter().map(|row| format!("{} {} {}", row.school, row.lot, row.kind)).collect::<Vec<_>>().join("; "),
        };
        let lead = of("video", "groupe=nord", &[Kind::Projector, Kind::Tablet]);
        assert_eq!(said(narrowed(of("video", "", &[]), &lead)), "camus L1 projector; camus L1 tablet; zola L1 projector; zola L1 tablet");
        assert_eq!(said(narrowed(of("video", "ferry", &[]), &lead)), "");
        assert_eq!(said(narrowed(of("video", "camus", &[Kind::Tablet, Kind::Switch]), &lead)), "camus L1 tablet");
        assert_eq!(said(narrowed(of("reseau", "", &[]), &lead)), "", "another's lot, whatever was written");
        assert_eq!(said(narrowed(Sight::All, &lead)), said(lead.clone()));
        // Never wider, whoever is laid beside whom.
        for actor in ["video", "reseau", "nord", "sud", "autre"] {
            for schools in ["", "camus", "groupe=nord"] {
                let both = narrowed(of(actor, schools, &[]), &lead);
                assert_eq!(narrowed(both.clone(), &lead), both, "{actor} {schools}");
                assert_eq!(narrowed(both.clone(), &of(actor, schools, &[])), both, "{actor} {schools}");
            }
        }
    }

    #[test]
    fn a_school_sees_itself() {
        assert_eq!(seen(Role::School, "", "zola", &[]), "zola * *");
        assert_eq!(seen(Role::School, "", "", &[]), "");
        assert_eq!(seen(Role::School, "", "kind=elementaire", &[]), "");
    }
}

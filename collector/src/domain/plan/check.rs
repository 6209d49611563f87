//! What the tables say against each other: every note, never only the first.
//!
//! Comes in: tables that were read, and today. Goes out: notes. The parts: `references` (names that do not exist), `order` (dates and
//! milestones), `sums` (figures, limits), `funding` (lines, grants), and here what is left: phases, kits, national numbers.
//! Absent on purpose: what one cell may hold (`cell`).

use super::cell::is_siren_valid;
use super::model::Plan;
use super::note::{Note, Words};
use super::places::Unfolding;
use super::problem::{self, Problem};
use super::read::MAX_NOTES;
use super::selector::Per;
use super::table::Tables;
use super::{funding, order, references, sums, waves};
use crate::domain::register::Register;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashSet};

/// Most names that one note lists.
const MOST_NAMES: usize = 6;

/// What is checked, read once.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    pub(super) tables: &'a Tables,
    pub(super) plan: &'a Plan,
    pub(super) register: &'a Register,
    pub(super) unfolding: Unfolding<'a>,
}

impl Checked<'_> {
    /// A note about a table that is there.
    pub(super) fn note(&self, problem: &'static Problem, table: &'static str) -> Note {
        let file = self.tables.get(table).map_or_else(|| format!("{table}.csv"), |table| table.file.clone());
        Note::new(problem, &file, table)
    }
}

/// Everything that the tables, taken together, have wrong or odd, as of a day.
pub fn check(tables: &Tables, on: Date) -> Vec<Note> {
    let (plan, register) = (Plan::from_tables(tables), Register::from_tables(tables));
    let unfolding = Unfolding::new(&plan, &register, on);
    let checked = Checked { tables, plan: &plan, register: &register, unfolding };
    let parts = [references::check, order::check, sums::check, funding::check, waves::check, phaseless, unused_kits, uncounted, numbers];
    let mut notes: Vec<Note> = parts.into_iter().flat_map(|part| part(&checked)).collect();
    notes.iter_mut().for_each(|note| in_their_words(tables, note));
    bounded(notes)
}

/// At most [`MAX_NOTES`] of each problem in each table, and a note that says how many there were.
fn bounded(notes: Vec<Note>) -> Vec<Note> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut kept = Vec::with_capacity(notes.len());
    let mut beyond: BTreeMap<(&str, &str), Note> = BTreeMap::new();
    for note in notes {
        let of = (note.table, note.problem.key);
        let count = counts.entry(of).or_default();
        *count += 1;
        if *count <= MAX_NOTES {
            kept.push(note);
            continue;
        }
        let expected = Words::made(format!("{MAX_NOTES} remarques de ce genre"), format!("{MAX_NOTES} notes of this sort"));
        let severity = note.severity;
        let summary =
            Note::new(&problem::TOO_MUCH, &note.file, note.table).found(format!("{} : {count}", of.1)).expected(expected).weighing(severity);
        beyond.insert(of, summary);
    }
    kept.extend(beyond.into_values());
    kept
}

/// Names the column as the person's file does; no column where the file has none (a whole row is meant then).
fn in_their_words(tables: &Tables, note: &mut Note) {
    if let (Some(table), Some(column)) = (tables.get(note.table), note.column.take()) {
        note.column = table.written(&column).map(str::to_owned);
    }
}

/// `a, b, c … (12)`: names in a note, not more than fit.
pub(super) fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST_NAMES { format!("{shown} … ({})", names.len()) } else { shown }
}

/// Schools that are in no phase. A pilot is in its phase; a school that nothing but its own row and figures speaks of is only counted.
fn phaseless(checked: &Checked<'_>) -> Vec<Note> {
    let plan = checked.plan;
    let mut reached: HashSet<usize> = HashSet::new();
    for allotment in &plan.allotments {
        // An allotment to everybody puts nobody into a phase.
        if !allotment.schools.terms.is_empty() {
            reached.extend(checked.unfolding.choosing().chosen(&allotment.schools));
        }
    }
    let spoken: HashSet<&str> = (plan.headcounts.iter().map(|row| row.school.as_str()))
        .chain(plan.rooms.iter().map(|row| row.school.as_str()))
        .chain(plan.networks.iter().filter_map(|row| row.school.as_deref()))
        .chain(plan.milestones.iter().map(|row| row.of.as_str()))
        .chain(checked.register.assets.iter().filter_map(|row| row.school.as_deref()))
        .collect();
    let expected = || Words::fixed("une phase dans schools.phase, ou une dotation", "a phase in schools.phase, or an allotment");
    let note = |row: u64, school: &str| checked.note(&problem::NO_PHASE, "schools").at_row(row).at_column("phase").found(school).expected(expected());
    let schools = plan.schools.iter().enumerate();
    let left = schools.filter(|(index, school)| school.phases.is_empty() && school.closed_on.is_none() && !reached.contains(index));
    left.filter(|(_, school)| school.followed_from.is_some() || spoken.contains(school.school.as_str()))
        .map(|(_, school)| note(school.row, &school.school))
        .collect()
}

/// Kits that no allotment names.
fn unused_kits(checked: &Checked<'_>) -> Vec<Note> {
    let allotted: HashSet<&str> = checked.plan.allotments.iter().map(|allotment| allotment.kit.as_str()).collect();
    let mut first: BTreeMap<&str, u64> = BTreeMap::new();
    for item in checked.plan.kits.iter().filter(|item| !allotted.contains(item.kit.as_str())) {
        first.entry(&item.kit).or_insert(item.row);
    }
    let expected = || Words::fixed("une ligne d'allotments", "a row of allotments");
    first
        .into_iter()
        .map(|(kit, row)| checked.note(&problem::UNUSED_KIT, "kits").at_row(row).at_column("kit").found(kit).expected(expected()))
        .collect()
}

/// Items counted for classes, pupils, teachers or rooms in schools that tell none of them: no place comes of them.
fn uncounted(checked: &Checked<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for allotment in checked.plan.allotments.iter().filter(|allotment| !allotment.is_total) {
        let chosen = checked.unfolding.choosing().chosen(&allotment.schools);
        for item in checked.plan.kits.iter().filter(|item| item.kit == allotment.kit) {
            let code = |index: usize| checked.plan.schools[index].school.as_str();
            let empty: Vec<&str> = chosen.iter().map(|index| code(*index)).filter(|school| is_uncounted(checked, school, &item.per)).collect();
            if empty.is_empty() {
                continue;
            }
            let found = format!("{}, {} ({})", item.kind.code(), item.per, listed(&empty));
            let expected = match &item.per {
                Per::Room(kind) => Words::made(format!("des salles « {kind} » dans rooms"), format!("rooms of kind “{kind}” in rooms")),
                per => Words::made(format!("des effectifs « {per} » dans headcounts"), format!("counts of “{per}” in headcounts")),
            };
            notes.push(checked.note(&problem::NOTHING_TO_COUNT, "allotments").at_row(allotment.row).at_column("kit").found(found).expected(expected));
        }
    }
    notes
}

fn is_uncounted(checked: &Checked<'_>, school: &str, per: &Per) -> bool {
    let unfolding = &checked.unfolding;
    match per {
        Per::School | Per::Case => false,
        Per::Class => unfolding.count(school, "class", "all", None) == 0,
        Per::Teacher => unfolding.count(school, "teacher", "all", None) == 0,
        Per::Pupil(level) => unfolding.count(school, "pupil", level, None) == 0,
        Per::Room(kind) => !unfolding.has_room(school, kind),
    }
}

/// National numbers: a SIREN's key, one UAI for two schools.
fn numbers(checked: &Checked<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let siren = checked.plan.programme.as_ref().and_then(|programme| programme.siren.as_deref());
    if let Some(siren) = siren.filter(|siren| !is_siren_valid(siren)) {
        let expected = Words::fixed("neuf chiffres dont la clé est juste", "nine digits with a right check digit");
        notes.push(checked.note(&problem::BAD_SIREN, "programme").at_column("siren").found(siren).expected(expected));
    }
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for school in &checked.plan.schools {
        let Some(uai) = school.uai.as_deref() else { continue };
        let other = *first.entry(uai).or_insert(&school.school);
        if other != school.school {
            let expected = Words::made(format!("un UAI par école (déjà celui de {other})"), format!("one UAI a school (it is {other}'s)"));
            notes.push(checked.note(&problem::DOUBLE_KEY, "schools").at_row(school.row).at_column("uai").found(uai).expected(expected));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use crate::domain::language::Language;
    use crate::domain::plan::read::sort_notes;
    use crate::domain::plan::read_tables;

    /// Reads and checks tables; expects these notes, in English, errors first.
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let (tables, mut notes) = read_tables(files.iter().copied());
        notes.extend(super::check(&tables, jiff::civil::date(2026, 11, 22)));
        sort_notes(&mut notes);
        let told: Vec<String> = notes.iter().map(|note| format!("{} {}", note.severity.code(), note.text(Language::En))).collect();
        assert_eq!(told, expected);
        for note in &notes {
            let fr = note.text(Language::Fr);
            assert!(!fr.contains('{') && !note.text(Language::En).contains('{'), "{fr}");
        }
    }

    #[test]
    fn a_note_names_a_few() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        assert_eq!((super::listed(&names[..2]).as_str(), super::listed(&names[..6]).as_str()), ("a, b", "a, b, c, d, e, f"));
        assert_eq!((super::listed(&names[..7]).as_str(), super::listed(&names).as_str()), ("a, b, c, d, e, f … (7)", "a, b, c, d, e, f … (8)"));
    }

    #[test]
    fn a_bad_plan_gets_every_problem_with_its_place() {
        check(
            &[
                (
                    "écoles.csv",
                    "école;nom;uai;suivie depuis;étage\ncamus;Camus;9990001A;2021-09-01;1\ncezanne;Cézanne;9990002Y;30/02/2021;\ncamus;Encore;;soon;2\n",
                ),
                ("kits.csv", "kit,item,quantity\nclasse,vidéoprojecteur,1\nclasse,projektor,x\n"),
                ("klasses.csv", "a,b\n"),
            ],
            &[
                "error kits.csv, row 3, column item: “projektor” is not a known kind of device; expected “projector”?",
                "error kits.csv, row 3, column quantity: “x” is not a number here; expected a whole number: 0, 1, 2 …",
                "error klasses.csv: “klasses” is the name of no table; expected programme, actors, lots, deadlines, phases, sites, schools, networks, circuits, traits, headcounts, rooms, patch, kits, allotments, milestones, deliverables, limits, figures, lines, invoices, grants, grant_rules, assets, cases, loans, attestations, closures, scopes",
                "error écoles.csv, row 1, column étage: unknown column “étage”; expected school, name, kind, uai, site, group, phase, zone, timetable, followed_from, opened_on, closed_on, successor, was, note, or x_… for a column of your own",
                "error écoles.csv, row 2, column uai: the check letter of the UAI “9990001A” is wrong; expected 9990001X (letter X)",
                "error écoles.csv, row 3, column suivie depuis: the date “30/02/2021” does not exist; expected a day from 1 to 28 in the month 2021-02",
                "error écoles.csv, row 4, column suivie depuis: “soon” is not a date; expected a date: 2021-09-01, 01/09/2021, 2022-09, 2021-Q3, summer 2021, end 2023 or 2019",
                "error écoles.csv, row 4, column école: “camus” is there already; expected once (it is on row 2 already)",
                "warning kits.csv, row 2, column kit: nobody gets the kit “classe”; expected a row of allotments",
                "warning écoles.csv, row 2: school camus is in no phase; expected a phase in schools.phase, or an allotment",
            ],
        );
    }

    #[test]
    fn the_shape_of_a_file() {
        check(
            &[
                ("schools.csv", "schol;nom;;x_mine;nom\ncamus;Camus;lost;m;n\n"),
                ("rooms.csv", "school,room\ncamus,1\ncamus,,3\n"),
                ("salles.csv", ""),
                ("Salles 2.csv", "a"),
                ("locaux.csv", "school,room\n"),
            ],
            &[
                "error Salles 2.csv: “Salles 2” is the name of no table; expected “salles”?",
                "error locaux.csv: rooms.csv gives this table already; expected one file a table",
                "error rooms.csv, row 3: value “3” beyond the last heading; expected 2 cells",
                "error rooms.csv, row 3, column room: the cell is empty but required; expected room",
                "error salles.csv: the file is empty; expected a line of headings: school, room …",
                "error schools.csv, row 1, column nom: “nom” names a column that is there already; expected each column once",
                "error schools.csv, row 1, column schol: unknown column “schol”; expected “school”?",
                "error schools.csv, row 1, column school: a required column is missing; found schol, nom, , x_mine, nom; expected school",
                "error schools.csv, row 2: value “lost” beyond the last heading; expected 4 cells",
                "note schools.csv, row 1, column x_mine: column of your own “x_mine”: kept, never read",
            ],
        );
    }

    const SCHOOLS: (&str, &str) = ("schools.csv", "school,kind,phase,closed_on\na,elementaire,1,\nb,maternelle,1,\n");
    const PHASES: (&str, &str) = ("phases.csv", "phase,rank,starts_on,ends_on\n1,1,2021,2022\n");

    #[test]
    fn names_that_do_not_exist() {
        check(
            &[
                SCHOOLS,
                PHASES,
                ("kits.csv", "kit,item\nk,tablet\n"),
                ("allotments.csv", "phase,school,kit\n1,a,k\n2,kind=primaire,k\n1,aa,kk\n1,phase=7,k\n"),
                ("rooms.csv", "school,room\na,Salle 1\nc,Salle 2\n"),
                ("assets.csv", "label,kind,school,room,case,lot\nT1,tablette,a,Salle 11,V1,1\n"),
                ("deliverables.csv", "deliverable,phase,target\nENT,1,5\nENT,x,5\n"),
                ("closures.csv", "school_or_zone,from\nzone A,2021\nq,2021\n"),
            ],
            &[
                "error allotments.csv, row 3, column phase: “2” does not exist; expected 1 (table phases)",
                "error allotments.csv, row 4, column kit: “kk” does not exist; expected k (table kits)",
                "error allotments.csv, row 4, column school: “aa” does not exist; expected a, b (table schools)",
                "error allotments.csv, row 5, column school: “7” does not exist; expected 1 (table phases)",
                "error closures.csv, row 3, column school_or_zone: “q” does not exist; expected a, b (table schools)",
                "error deliverables.csv, row 3, column phase: “x” does not exist; expected 1, a, b (table schools, phases)",
                "error rooms.csv, row 3, column school: “c” does not exist; expected a, b (table schools)",
                "warning allotments.csv, row 3, column school: “kind=primaire” selects no school; expected at least one school",
                "warning assets.csv, row 2, column case: “V1” cannot be checked; expected table cases, which is absent here",
                "warning assets.csv, row 2, column lot: “1” cannot be checked; expected table lots, which is absent here",
                "warning assets.csv, row 2, column room: “Salle 11” does not exist; expected “Salle 1”? (rooms of a)",
            ],
        );
    }

    #[test]
    fn an_asset_stands_in_a_room_of_its_school_by_any_name_or_in_none() {
        check(
            &[
                SCHOOLS,
                PHASES,
                ("rooms.csv", "school,room,was\na,Salle 1,CP\na,Salle 2,\n"),
                ("assets.csv", "label,kind,school,room\nT1,tablet,a,\nT2,tablet,a,Salle 1\nT3,tablet,a,CP\nT4,tablet,b,Cave\nT5,tablet,a,Atelier\n"),
            ],
            &["warning assets.csv, row 6, column room: “Atelier” does not exist; expected a room of a: CP, Salle 1, Salle 2"],
        );
    }

    #[test]
    fn phases_kits_and_counts() {
        check(
            &[
                ("schools.csv", "school,phase,closed_on,followed_from\na,1,,\nb,,,2021\nc,,2020,2019\nd,,,\ne,,,\n"),
                PHASES,
                ("kits.csv", "kit,item,per\nk,projector,class\nk,laptop,room:staff\n"),
                ("allotments.csv", "phase,school,kit\n1,phase=1,k\n"),
                ("headcounts.csv", "school,year,what,level,count\ne,2021,class,all,4\n"),
            ],
            &[
                "warning allotments.csv, row 2, column kit: projector, class (a): nothing to count, no place comes of it; expected counts of “class” in headcounts",
                "warning allotments.csv, row 2, column kit: laptop, room:staff (a): nothing to count, no place comes of it; expected rooms of kind “staff” in rooms",
                "warning schools.csv, row 3, column phase: school b is in no phase; expected a phase in schools.phase, or an allotment",
                "warning schools.csv, row 6, column phase: school e is in no phase; expected a phase in schools.phase, or an allotment",
            ],
        );
    }

    #[test]
    fn milestones_in_their_order() {
        check(
            &[
                SCHOOLS,
                ("phases.csv", "phase,starts_on,ends_on\n1,2022,2021\n"),
                (
                    "milestones.csv",
                    "phase ou école,jalon,prévu le,réalisé le,après\n1,câblage,été 2021,2021-12,\n1,installation,2021,2021-11,câblage\na,livraison,2021-05,,cabling\na,recette,2021,,ghost\nb,x,,,y\nb,y,,,x\n",
                ),
            ],
            &[
                "error milestones.csv, row 5, column après: “ghost” does not exist; expected a milestone of a",
                "error milestones.csv, row 6, column après: these milestones wait for each other: b : x → y → x; expected an order without a circle",
                "warning milestones.csv, row 3, column réalisé le: 1 installation (2021-11) comes before the milestone it comes after; expected after “cabling” (2021-12)",
                "warning milestones.csv, row 4, column prévu le: a delivery (2021-05) comes before the milestone it comes after; expected after “cabling” (été 2021)",
                "warning phases.csv, row 2, column ends_on: the end 2021 comes before the beginning; expected not before 2022",
            ],
        );
    }

    #[test]
    fn money_that_does_not_add_up() {
        check(
            &[
                ("lines.csv", "line,axis,amount_ht,amount_ttc\nfibre,1,335000,402000\nvdi,1,120000,100000\nuem,2,90000,108000\nent,2,1000,1200\n"),
                (
                    "figures.csv",
                    "scope,measure,value,unit,precision\n1,montant HT,455 000,€,exact\n2,amount_ttc,90,k€,exact\nprogramme,amount_ht,0.6,M€,about\nprogramme,wishes,7,,\n",
                ),
                (
                    "grants.csv",
                    "grant,funder,lines,base,awarded\nfeder,Europe,fibre|vdi,ht,300000\ntown,ville,fibre,ht,200000\nent,state,ent,ttc,800\n",
                ),
                ("grant_rules.csv", "grant,from_amount,rate,cap,spent_to\nfeder,0,60 %,250000,2022\nent,0,50,,\n"),
            ],
            &[
                "warning figures.csv, row 3, column value: the figure stated is amount_ttc 90 k€, the tables give 109200",
                "warning figures.csv, row 4, column value: the figure stated is amount_ht 0.6 M€, the tables give 546000",
                "warning grants.csv, row 2, column awarded: the grant is 300000, its rules give 250000",
                "warning grants.csv, row 4, column awarded: the grant is 800, its rules give 600",
                "warning lines.csv, row 2, column line: lines funded beyond their amount: fibre, vdi : 500000 (feder, town); expected 455000",
                "warning lines.csv, row 3, column amount_ttc: TTC 100000 is less than HT; expected at least 120000 (HT)",
                "warning lines.csv, row 4, column line: unfunded line: uem; expected a row of grants (the town's own share is one)",
                "warning lines.csv, row 5, column line: unfunded line: ent : 800 (ent); expected 1200",
            ],
        );
    }

    #[test]
    fn a_milestone_of_another_phase_and_criteria_of_a_phase() {
        check(
            &[
                ("schools.csv", "school,phase\na,1\nb,1|2\n"),
                ("phases.csv", "phase,needs\n1,fibre\n2,\n"),
                ("traits.csv", "school,trait\nb,Fibre\n"),
                ("milestones.csv", "phase,milestone,planned_on,after\n1,cabling,2022,\n2,installation,2021,1/cabling\n2,training,2023,3/cabling\n"),
            ],
            &[
                "error milestones.csv, row 4, column after: “3/cabling” does not exist; expected a milestone of 2",
                "warning milestones.csv, row 3, column planned_on: 2 installation (2021) comes before the milestone it comes after; expected after “cabling” (2022)",
                "warning schools.csv, row 2, column phase: school a (1) does not meet a criterion of its phase; expected the trait “fibre” in traits",
            ],
        );
    }

    #[test]
    fn figures_of_every_sort_are_held_against_the_tables() {
        let files = |figures: &'static str| {
            [
                ("programme.csv", "programme,name,owner,siren\np,P,Ville de X,\n"),
                ("actors.csv", "actor,role\nmairie,owner\nrect,funder\n"),
                ("schools.csv", "school,kind,phase,site,group\na,elementaire,1,S1,G1\nb,maternelle,1,S1,\nc,elementaire,2,,G2\n"),
                ("sites.csv", "site,name\nS1,Site 1\n"),
                ("phases.csv", "phase,rank,starts_on,ends_on\n1,1,2021,2022\n2,2,2023,2023\n"),
                (
                    "headcounts.csv",
                    "school,year,what,level,count\na,2020,class,all,4\na,2020,pupil,all,90\na,2020,teacher,all,5\nb,2020,class,all,3\nc,2020,class,all,2\n",
                ),
                ("kits.csv", "kit,item,quantity,per\nk,projector,1,class\nv,laptop,2,school\n"),
                ("allotments.csv", "phase,school,kit,quantity,counts\n1,phase=1,k,1,each\n2,c,k,1,each\n1,*,v,5,total\n1,a,v,1,each\n"),
                ("grants.csv", "grant,funder,base,awarded\nfeder,Europe,ht,300\nfonds,Mairie,ht,200\nfonds2,ville de x,ht,50\n"),
                ("deliverables.csv", "deliverable,phase,target\nForm\u{e9}s,1,7\nForm\u{e9}s,2,3\n"),
                ("figures.csv", figures),
            ]
        };
        let told = |figures: &'static str| -> Vec<String> {
            let (tables, mut notes) = read_tables(files(figures));
            notes.extend(super::check(&tables, jiff::civil::date(2026, 11, 22)));
            let of_figures = notes.into_iter().filter(|note| note.table == "figures");
            of_figures.map(|note| format!("{} = {}", note.found, note.expected.text(Language::En))).collect()
        };
        let right = "scope,measure,value\nprogramme,\u{e9}coles,3\n1,schools,2\nkind=elementaire,schools,2\nprogramme,sites,2\nprogramme,groups,2\n1,classes,7\na,pupils,90\n\
                     a,teachers,5\n1,projector,7\n2,projector,2\na,projector,4\nprogramme,laptop,10\nprogramme,subvention,300\nprogramme,own share,250\nprogramme,form\u{e9}s,10\n1,form\u{e9}s,7\n";
        assert_eq!(told(right), [""; 0]);
        let wrong = "scope,measure,value\nprogramme,\u{e9}coles,9\n1,schools,9\nkind=elementaire,schools,9\nprogramme,sites,9\nprogramme,groups,9\n1,classes,9\na,pupils,9\n\
                     a,teachers,9\n1,projector,9\n2,projector,9\na,projector,9\nprogramme,laptop,9\nprogramme,subvention,9\nprogramme,own share,9\nprogramme,form\u{e9}s,9\n1,form\u{e9}s,9\n";
        let sums: Vec<String> = told(wrong).iter().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect();
        assert_eq!(sums, ["3", "2", "2", "2", "2", "7", "90", "5", "7", "2", "4", "10", "300", "250", "10", "7"]);
        // Of what the tables hold nothing there is nothing to say.
        assert_eq!(told("scope,measure,value\nb,pupils,9\n1,switch,9\n1,subvention,9\nprogramme,wishes,9\n2,wishes,9\n"), [""; 0]);
    }

    #[test]
    fn figures_hold_on_their_day() {
        let files = |figure: &'static str| {
            [
                ("schools.csv", "school,phase\na,1\n"),
                ("phases.csv", "phase\n1\n"),
                ("headcounts.csv", "school,year,what,level,count\na,2020,class,all,4\na,2026,class,all,6\na,2020,pupil,cp,7\n"),
                ("kits.csv", "kit,item,per\nt,tablet,pupil:cp\n"),
                ("allotments.csv", "phase,school,kit,cohort\n1,a,t,2020\n"),
                ("figures.csv", figure),
            ]
        };
        // A cohort that has left by now had its tablets then.
        check(&files("scope,measure,value,as_of\nprogramme,classes,4,2020-10\nprogramme,tablet,7,2020-10\n"), &[]);
        let now = "warning figures.csv, row 2, column value: the figure stated is classes 4, the tables give 6";
        check(&files("scope,measure,value\nprogramme,classes,4\nprogramme,tablet,7\n"), &[now]);
    }

    #[test]
    fn limits_by_year_and_totals_given_out() {
        check(
            &[
                SCHOOLS,
                PHASES,
                ("deliverables.csv", "deliverable,phase,target\nteachers trained,1,700\n"),
                ("limits.csv", "measure,per,most\nteachers trained,year,300\nschools,year,2\n"),
                ("kits.csv", "kit,item\nv,valise\n"),
                ("allotments.csv", "phase,school,kit,quantity,counts\n1,*,v,2,total\n1,a,v,3,each\n"),
            ],
            &[
                "warning allotments.csv, row 2, column quantity: the figure stated is v 2, the tables give 3",
                "warning limits.csv, row 2, column most: over the yearly limit: teachers trained 2021 : 350 (1); expected at most 300 a year",
                "warning limits.csv, row 2, column most: over the yearly limit: teachers trained 2022 : 350 (1); expected at most 300 a year",
            ],
        );
    }

    #[test]
    fn a_euro_for_each_grant_may_be_missing_or_over() {
        check(
            &[
                ("lines.csv", "line,amount_ht\na,1000\nb,1000\nc,1000\nd,1000\ne,1000\n"),
                (
                    "grants.csv",
                    "grant,funder,lines,base,awarded\nga,Europe,a,ht,999\ngb,Europe,b,ht,998.99\ngc,Europe,c,ht,1001\ngd,Europe,d,ht,1001.01\nge,Europe,e,ht,600\ngf,Europe,e,ht,398\n",
                ),
            ],
            &[
                "warning lines.csv, row 3, column line: unfunded line: b : 998.99 (gb); expected 1000",
                "warning lines.csv, row 5, column line: lines funded beyond their amount: d : 1001.01 (gd); expected 1000",
            ],
        );
    }
}

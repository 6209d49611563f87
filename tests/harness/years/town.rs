//! Villedemo, a town that does not exist: its schools, what each gets and when, and its plan as tables of a day.
//!
//! Comes in: a day. Goes out: schools, items with the day on which each is put up, the plan's files as they are on that day. Absent on purpose:
//! what happens there ([`super::trouble`]), chance.

use super::off::add_days;
use crate::world::thing::{Plug, Thing};
use jiff::civil::{Date, date};
use rollcall_collector::domain::kind::Kind;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Model of all projectors but those that are wrong.
pub const MODEL: &str = "EB-685Wi";
/// Model of those that the supplier sends instead.
pub const OTHER_MODEL: &str = "EB-X41";
/// On this day the town learns that phase 3 will be late.
pub const DELAY_TOLD: Date = date(2026, 6, 10);
/// In June it is known that a class closes in September.
pub const CLOSING_TOLD: Date = date(2025, 6, 16);

/// One school.
#[derive(Debug, Clone, Copy)]
pub struct School {
    /// Its code, and the name of its building.
    pub code: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Its phase.
    pub phase: &'static str,
    /// Its classes.
    pub classes: u32,
    /// The day on which its server is put up; the rest follows.
    pub begins: Date,
    /// Its power is cut in holidays, its server's too.
    pub cuts_power: bool,
}

const fn school(code: &'static str, name: &'static str, phase: &'static str, classes: u32, begins: Date, cuts_power: bool) -> School {
    School { code, name, phase, classes, begins, cuts_power }
}

/// Every school.
pub const SCHOOLS: &[School] = &[
    school("moulin", "École du Moulin", "1", 5, date(2025, 1, 13), false),
    school("tilleuls", "École des Tilleuls", "1", 4, date(2025, 3, 3), true),
    school("bellevue", "École Bellevue", "1", 5, date(2025, 5, 5), false),
    school("lavoir", "École du Lavoir", "2", 4, date(2025, 9, 15), true),
    school("vignes", "École des Vignes", "2", 6, date(2025, 11, 17), false),
    school("gare", "École de la Gare", "2", 4, date(2026, 1, 26), false),
    school("pont", "École du Pont", "3", 4, date(2026, 9, 14), true),
    school("remparts", "École des Remparts", "3", 5, date(2026, 11, 2), false),
    school("prairie", "École de la Prairie", "3", 4, date(2027, 1, 18), false),
];

/// One thing that a school gets.
#[derive(Debug, Clone)]
pub struct Item {
    /// It, with its number, so that its address and serial number are known before it is there.
    pub thing: Thing,
    /// Its school.
    pub school: usize,
    /// Its room.
    pub room: Option<String>,
    /// Its case.
    pub case: Option<String>,
    /// The day on which it is put up.
    pub on: Date,
    /// What the register says of its state, once it is put up.
    pub state: &'static str,
    /// What it replaced.
    pub replaces: Option<String>,
    /// Nothing is done to it any more: a class that is closed, a device that was taken away.
    pub over: bool,
}

/// The `n`th class of a school.
pub fn class(number: u32) -> String {
    format!("Classe {number:02}")
}

/// Everything that these schools get, in order of days.
pub fn items(schools: &[School]) -> Vec<Item> {
    let mut all = Vec::new();
    for (index, school) in schools.iter().enumerate() {
        of_school(index, school, &mut all);
    }
    for (number, item) in all.iter_mut().enumerate() {
        item.thing.number = 1_000 + number as u32;
    }
    all
}

fn of_school(index: usize, school: &School, all: &mut Vec<Item>) {
    let short = school.code[..3].to_uppercase();
    let name = |what: &str| format!("{short}-{what}");
    let switch = name("SW-1");
    let plug = |port: u32| Some(Plug { to: switch.clone(), port });
    let mut add = |what: &str, kind: Kind, plug: Option<Plug>, room: Option<String>, day: i32| {
        let thing = Thing { plug, ..Thing::new(&name(what), kind, Some(school.code)) };
        let on = weekday(school.begins, day);
        all.push(Item { thing, school: index, room, case: None, on, state: "in_service", replaces: None, over: false });
    };
    add("SRV", Kind::Server, None, Some("Baie".to_owned()), 0);
    add("OND", Kind::Ups, None, Some("Baie".to_owned()), 0);
    add("SW-1", Kind::Switch, None, Some("Baie".to_owned()), 0);
    add("BORNE-1", Kind::AccessPoint, plug(24), None, 1);
    add("BORNE-2", Kind::AccessPoint, plug(25), None, 1);
    add("IMP-1", Kind::Printer, plug(23), Some("Direction".to_owned()), 1);
    for number in 1..=school.classes {
        let day = 1 + 3 * number as i32;
        add(&format!("VP-{number:02}"), Kind::Projector, plug(number), Some(class(number)), day);
        add(&format!("PC-{number:02}"), Kind::Desktop, plug(10 + number), Some(class(number)), day);
    }
    let last = 4 + 3 * school.classes as i32;
    let radio = |number: u32| Some(Plug { to: format!("{short}-BORNE-{number}"), port: 0 });
    for number in 1..=8 {
        add(&format!("T-{number:02}"), Kind::Tablet, radio(number % 2 + 1), None, last);
    }
    for item in all.iter_mut().filter(|item| item.school == index && item.thing.kind == Kind::Tablet) {
        item.case = Some(format!("valise-{}", school.code));
    }
    // Each pupil who enters the first class at Les Tilleuls gets a tablet, and carries it up a level each September.
    for (year, count) in cohorts(school) {
        for number in 1..=*count {
            let thing =
                Thing { plug: radio(number % 2 + 1), ..Thing::new(&name(&format!("E{}-{number:02}", year % 100)), Kind::Tablet, Some(school.code)) };
            let on = date(*year, 9, 22);
            all.push(Item { thing, school: index, room: None, case: None, on, state: "in_service", replaces: None, over: false });
        }
    }
}

fn cohorts(school: &School) -> &'static [(i16, u32)] {
    if school.code == "tilleuls" { &[(2025, 6), (2026, 5)] } else { &[] }
}

/// So many working days later.
fn weekday(begins: Date, days: i32) -> Date {
    let mut day = begins;
    let mut left = days;
    while left > 0 {
        day = add_days(day, 1);
        if day.weekday().to_monday_zero_offset() < 5 {
            left -= 1;
        }
    }
    day
}

/// Rows of the register that change by what happens.
#[derive(Debug, Clone, Default)]
pub struct Register {
    /// Loans: label, lent on, due back on, returned on.
    pub loans: Vec<(String, Date, Date, Option<Date>)>,
    /// Days without class that the town declared: school or zone, first, last, why.
    pub closures: Vec<(String, Date, Date, &'static str)>,
}

/// The plan's files as they are on a day.
pub fn files(schools: &[School], items: &[Item], register: &Register, today: Date) -> Vec<(String, String)> {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for (name, text) in FIXED {
        files.insert(name, (*text).to_owned());
    }
    let mut line = |file: &'static str, head: &str, row: String| {
        let text = files.entry(file).or_insert_with(|| format!("{head}\n"));
        let _ = writeln!(text, "{row}");
    };
    for (index, school) in schools.iter().enumerate() {
        let School { code, name, phase, begins, .. } = school;
        let number = index + 1;
        line(
            "schools",
            "school,name,kind,uai,phase,zone,timetable,followed_from,site",
            format!("{code},{name},elementaire,{},{phase},B,4.5,2024-09-02,{code}", UAIS[index]),
        );
        line("sites", "site,name,kind,address", format!("{code},{name},school,\"{number} rue de l'Exemple, 99999 Villedemo\""));
        line("networks", "site,cidr,name,school", format!("{code},10.{number}.0.0/16,{code},{code}"));
        line("cases", "case,school,capacity,kind_inside", format!("valise-{code},{code},8,tablet"));
        let closing = *code == "moulin" && today >= CLOSING_TOLD;
        let rooms = (1..=school.classes).map(|class_number| (class(class_number), "class"));
        for (room, kind) in
            rooms.chain([("Direction".to_owned(), "head_office"), ("Bibliothèque".to_owned(), "library"), ("Baie".to_owned(), "cabinet")])
        {
            let closed = if closing && room == class(school.classes) { "2025-08-31" } else { "" };
            line("rooms", "school,room,kind,closed_on", format!("{code},{room},{kind},{closed}"));
        }
        let switch = format!("{}-SW-1", code[..3].to_uppercase());
        for number in 1..=school.classes {
            line("patch", "device,port,room", format!("{switch},{number},{}", class(number)));
            line("patch", "device,port,room", format!("{switch},{},{}", 10 + number, class(number)));
        }
        line("patch", "device,port,room", format!("{switch},20,Bibliothèque"));
        line("patch", "device,port,room", format!("{switch},23,Direction"));
        for year in [2024, 2025, 2026] {
            let less = u32::from(closing && year >= 2025);
            line("headcounts", "school,year,what,level,count", format!("{code},{year},class,all,{}", school.classes - less));
        }
        for (year, count) in cohorts(school) {
            for (later, level) in ["cp", "ce1"].iter().enumerate().filter(|(later, _)| *year + *later as i16 <= 2026) {
                line("headcounts", "school,year,what,level,count", format!("{code},{},pupil,{level},{count}", *year + later as i16));
            }
            let phase = if *year == 2025 { "2" } else { "3" };
            let head = ALLOTMENTS;
            line("allotments", head, format!("{phase},{code},eleve,1,each,{year},{year}-10-31"));
        }
        if add_days(*begins, -12) <= today {
            let invoice = format!(
                "F-{number:03},Exemple SARL,{},{},{},materiel-{phase}",
                add_days(*begins, -12),
                paid(*begins, today),
                9_000 + 1_450 * school.classes
            );
            line("invoices", "invoice,supplier,dated_on,paid_on,amount_ht,line", invoice);
        }
    }
    let mut phases: Vec<&str> = schools.iter().map(|school| school.phase).collect();
    phases.dedup();
    for phase in &phases {
        for kit in ["ecole", "classe", "mobile"] {
            line("allotments", ALLOTMENTS, format!("{phase},phase={phase},{kit},1,each,,{}", due(phase, today)));
        }
    }
    for row in milestones(today).iter().filter(|row| phases.contains(&row.phase)) {
        let reached = if row.reached <= today { row.reached.to_string() } else { String::new() };
        let cause =
            if row.phase == "3" && today >= DELAY_TOLD && row.milestone != "order" { "pénurie de composants chez le fournisseur" } else { "" };
        let text = format!("{},{},{},{},{reached},{},{cause}", row.phase, row.milestone, row.promised, row.planned, row.after);
        line("milestones", "phase_or_school,milestone,promised_on,planned_on,actual_on,after,cause", text);
    }
    for (phase, year, material, training) in [("1", 2025, 46_000, 3_200), ("2", 2025, 49_500, 3_200), ("3", 2026, 47_000, 3_600)] {
        if phases.contains(&phase) {
            let head = "line,axis,objective,phase,year,amount_ht,amount_ttc";
            line("lines", head, format!("materiel-{phase},Équipement,Classes et Wi-Fi,{phase},{year},{material},{}", material * 6 / 5));
            line("lines", head, format!("formation-{phase},Usages,Formation des enseignants,{phase},{year},{training},{}", training * 6 / 5));
        }
    }
    if phases.len() == 3 {
        let (called, paid) = if today >= date(2026, 3, 2) { ("57300", if today >= date(2026, 5, 18) { "57300" } else { "" }) } else { ("", "") };
        let head = "grant,funder,lines,base,awarded,called,paid,due_on";
        line("grants", head, format!("etat-socle,etat,materiel-1|materiel-2|materiel-3,ht,85500,{called},{paid},2027-06-30"));
        line("grants", head, "region,region,formation-1|formation-2|formation-3,ht,5000,,,2027-03-31".to_owned());
        line("grant_rules", "grant,from_amount,rate", "etat-socle,0,60 %".to_owned());
        line("grant_rules", "grant,from_amount,rate", "region,0,50 %".to_owned());
    }
    // What is ordered is in the register before it comes.
    for item in items.iter().filter(|item| add_days(item.on, -12) <= today) {
        let thing = &item.thing;
        let delivered = add_days(item.on, -4);
        let state = match () {
            () if item.on <= today => item.state,
            () if delivered <= today => "stock",
            () => "ordered",
        };
        let mac = if thing.kind == Kind::Ups { String::new() } else { thing.mac().to_string() };
        let row = [
            thing.name.clone(),
            thing.serial(),
            thing.kind.code().to_owned(),
            mac,
            schools[item.school].code.to_owned(),
            item.room.clone().unwrap_or_default(),
            item.case.clone().unwrap_or_default(),
            state.to_owned(),
            item.replaces.clone().unwrap_or_default(),
            add_days(item.on, -12).to_string(),
            if delivered <= today { delivered.to_string() } else { String::new() },
            add_days(item.on, 3 * 365).to_string(),
            price(thing.kind).to_string(),
        ];
        let head = "label_or_serial,serial,kind,macs,school,room,case,state,replaces,ordered_on,delivered_on,warranty_until,price_ht";
        line("assets", head, row.join(","));
    }
    for (label, lent, due, returned) in &register.loans {
        let returned = returned.map(|day| day.to_string()).unwrap_or_default();
        line("loans", "label_or_pool,lent_on,due_back_on,returned_on", format!("{label},{lent},{due},{returned}"));
    }
    for (of, from, to, why) in &register.closures {
        line("closures", "school_or_zone,from,to,why", format!("{of},{from},{to},{why}"));
    }
    files.into_iter().map(|(name, text)| (format!("{name}.csv"), text)).collect()
}

const ALLOTMENTS: &str = "phase,school_or_selector,kit,quantity,counts,cohort,due_on";

/// Codes that no school has: department 999.
const UAIS: [&str; 9] = ["9990001X", "9990002Y", "9990003Z", "9990004A", "9990005B", "9990006C", "9990007D", "9990008E", "9990009F"];

/// Tables that no day changes.
const FIXED: &[(&str, &str)] = &[
    ("programme", "code,name,owner,starts_on,ends_on\nvilledemo,Le numérique dans les écoles de Villedemo,Ville de Villedemo,2024-11,2027-06\n"),
    ("actors", "actor,role,lot\nvilledemo,owner,\nexemple-sarl,contractor,1\netat,funder,\nregion,funder,\n"),
    ("lots", "lot,name,scope,contractor\n1,Fourniture et maintenance,supply|deploy|maintenance,exemple-sarl\n"),
    (
        "phases",
        "phase,name,rank,starts_on,ends_on\n1,Phase 1,1,2024-12-02,2025-06-30\n2,Phase 2,2,2025-09-01,2026-03-31\n3,Phase 3,3,2026-05-04,2027-03-31\n",
    ),
    (
        "kits",
        "kit,item,quantity,per,model,lot,price_ht\necole,server,1,school,,1,1900\necole,ups,1,school,,1,140\necole,switch,1,school,,1,420\n\
         ecole,access_point,2,school,,1,130\necole,printer,1,school,,1,380\nclasse,projector,1,class,EB-685*,1,890\nclasse,desktop,1,class,,1,560\n\
         mobile,tablet,8,school,,1,210\neleve,tablet,1,pupil:cp,,1,210\n",
    ),
];

fn price(kind: Kind) -> u32 {
    match kind {
        Kind::Server => 1_900,
        Kind::Projector => 890,
        Kind::Desktop => 560,
        Kind::Switch => 420,
        Kind::Printer => 380,
        Kind::AccessPoint => 130,
        Kind::Ups => 140,
        _ => 210,
    }
}

fn paid(begins: Date, today: Date) -> String {
    let paid = add_days(begins, 35);
    if paid <= today { paid.to_string() } else { String::new() }
}

fn due(phase: &str, today: Date) -> &'static str {
    match phase {
        "1" => "2025-06-30",
        "2" => "2026-03-31",
        _ if today < DELAY_TOLD => "2026-10-31",
        _ => "2027-02-26",
    }
}

struct Milestone {
    phase: &'static str,
    milestone: &'static str,
    promised: Date,
    planned: Date,
    reached: Date,
    after: &'static str,
}

fn milestones(today: Date) -> Vec<Milestone> {
    let row = |phase, milestone, planned: Date, reached, after| Milestone { phase, milestone, promised: planned, planned, reached, after };
    let never = date(2099, 1, 1);
    let mut rows = vec![
        row("1", "order", date(2024, 12, 9), date(2024, 12, 9), ""),
        row("1", "delivery", date(2025, 4, 30), date(2025, 4, 28), "order"),
        row("1", "installation", date(2025, 6, 13), date(2025, 6, 10), "delivery"),
        row("1", "training", date(2025, 6, 27), date(2025, 7, 2), "installation"),
        row("2", "order", date(2025, 7, 1), date(2025, 7, 1), ""),
        row("2", "delivery", date(2026, 1, 23), date(2026, 1, 22), "order"),
        row("2", "installation", date(2026, 3, 6), date(2026, 3, 4), "delivery"),
        row("2", "training", date(2026, 3, 27), date(2026, 3, 25), "installation"),
        row("3", "order", date(2026, 5, 11), date(2026, 5, 11), ""),
        row("3", "delivery", date(2026, 9, 4), never, "order"),
        row("3", "installation", date(2026, 10, 16), never, "delivery"),
        row("3", "training", date(2026, 10, 30), never, "installation"),
    ];
    if today >= DELAY_TOLD {
        for (milestone, planned) in [("delivery", date(2027, 1, 13)), ("installation", date(2027, 2, 12)), ("training", date(2027, 2, 26))] {
            rows.iter_mut().filter(|row| row.phase == "3" && row.milestone == milestone).for_each(|row| row.planned = planned);
        }
    }
    rows
}

//! Tables of a plan, each row as its struct.

use super::*;
use crate::domain::plan::money::Base;
use crate::domain::plan::read_tables;

fn plan(files: &[(&str, &str)]) -> Plan {
    Plan::from_tables(&read_tables(files.iter().copied()).0)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn day(text: &str) -> Option<PlanDate> {
    crate::domain::plan::date::parse(text).ok()
}

fn list(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn who_acts_and_on_which_terms() {
    let plan = plan(&[
        ("programme.csv", "code,name,owner,siren,starts_on,ends_on\np,Plan numérique,Ville,213500010,2021-01-01,2026-12-31\n"),
        ("actors.csv", "actor,role,of,lot,mailbox\nacme,contractor,mairie,L1|L2,a@example.org\n"),
        ("lots.csv", "lot,name,scope,contractor,weekdays,visits_per_week,hours\nL1,Image,supply|maintenance,acme,mardi|jeudi,2,8h-18h\n"),
        ("deadlines.csv", "lot,kind,severity,respond_h,repair_h,penalty\nL1,projector,major,4,8,50 €\n"),
    ]);
    let (code, name, owner, siren) = ("p".to_owned(), "Plan numérique".to_owned(), "Ville".to_owned(), some("213500010"));
    assert_eq!(plan.programme, Some(Programme { code, name, owner, siren, starts_on: day("2021-01-01"), ends_on: day("2026-12-31") }));
    let (role, lots, mailbox) = ("contractor".to_owned(), list(&["L1", "L2"]), some("a@example.org"));
    assert_eq!(plan.actors, [Actor { actor: "acme".into(), role, of: some("mairie"), lots, mailbox }]);
    let lot = Lot {
        lot: "L1".into(),
        name: "Image".into(),
        scope: list(&["supply", "maintenance"]),
        contractor: some("acme"),
        weekdays: plan.lots[0].weekdays.clone(),
        visits_per_week: Some(2),
        hours: some("8h-18h"),
    };
    assert_eq!((plan.lots[0].weekdays.len(), &plan.lots), (2, &vec![lot]));
    let hours = |count| Some(Decimal::whole(count));
    let (severity, penalty) = ("major".to_owned(), some("50 €"));
    assert_eq!(
        plan.deadlines,
        [Deadline { lot: "L1".into(), kind: Some(Kind::Projector), severity, respond_h: hours(4), repair_h: hours(8), penalty }]
    );
}

#[test]
fn phases_come_by_their_rank_and_sites_and_lines_of_the_network_as_told() {
    let plan = plan(&[
        ("phases.csv", "phase,name,rank,pilot,starts_on,ends_on,needs,prefers\n2,,2,,2023,2024,fibre|vdi,rep\n1,Pilote,1,oui,2022,,,\n3,,,,,,,\n"),
        ("sites.csv", "site,name,kind,address,latitude,longitude\nS1,Groupe Camus,school,1 rue X,47.7,-3.3\n"),
        ("networks.csv", "site,cidr,name,vlan,use,agent,school\nS1,10.1.0.0/24,peda,10,pupil,srv,e01\n"),
        ("circuits.csv", "site,operator,reference,technology,phone\nS1,Orange,R-1,ftth,3900\n"),
        ("traits.csv", "school,trait,value,as_of\ne01,fibre,oui,2021-09-01\n"),
        ("patch.csv", "device_label_or_name,port,room\nsw01,3,CM2\n"),
    ]);
    assert_eq!(plan.phases.iter().map(|phase| phase.phase.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    let (first, second) = (&plan.phases[0], &plan.phases[1]);
    assert_eq!((first.name.as_str(), first.pilot, first.row, &first.starts_on, &first.ends_on), ("Pilote", true, 3, &day("2022"), &None));
    assert_eq!((second.name.as_str(), second.rank, second.pilot, &second.ends_on), ("2", 2, false, &day("2024")), "called by its code");
    assert_eq!((&second.needs, &second.prefers), (&list(&["fibre", "vdi"]), &list(&["rep"])));
    assert_eq!((plan.phase("2").map(|phase| phase.row), plan.phase("9")), (Some(2), None));
    let site = &plan.sites[0];
    assert_eq!((site.site.as_str(), site.name.as_str(), site.kind.as_str(), site.address.as_str()), ("S1", "Groupe Camus", "school", "1 rue X"));
    assert!(site.latitude.is_some_and(|at| at > Decimal::whole(47)) && site.longitude.is_some_and(|at| at < Decimal::whole(-3)));
    let (site, cidr, name, usage) = ("S1".to_owned(), "10.1.0.0/24".to_owned(), "peda".to_owned(), "pupil".to_owned());
    assert_eq!(plan.networks, [Network { site: site.clone(), cidr, name, vlan: Some(10), usage, agent: some("srv"), school: some("e01") }]);
    let (operator, reference, technology, phone) = ("Orange".to_owned(), "R-1".to_owned(), "ftth".to_owned(), "3900".to_owned());
    assert_eq!(plan.circuits, [Circuit { site, operator, reference, technology, phone }]);
    assert_eq!(plan.traits, [Trait { school: "e01".into(), name: "fibre".into(), value: "oui".into(), as_of: day("2021-09-01") }]);
    assert_eq!(plan.patch, [Patch { device: "sw01".into(), port: "3".into(), room: "CM2".into() }]);
}

#[test]
fn a_school_is_what_its_row_says() {
    let head = "school,name,kind,uai,site,group,phase,zone,timetable,followed_from,opened_on,closed_on,successor,was,note\n";
    let row = "e01,Camus,elementaire,9990001X,S1,G1,1|2,B,4.5,2021-09-01,2000-09-01,2026-08-31,e02,old1|old2,à voir\n";
    let plan = plan(&[("schools.csv", &format!("{head}{row}e02,,,,,,,,,,,,,,\n"))]);
    let school = School {
        row: 2,
        school: "e01".into(),
        name: "Camus".into(),
        kind: "elementaire".into(),
        uai: some("9990001X"),
        site: some("S1"),
        group: "G1".into(),
        phases: list(&["1", "2"]),
        zone: plan.schools[0].zone.clone(),
        timetable: some("4.5"),
        followed_from: day("2021-09-01"),
        opened_on: day("2000-09-01"),
        closed_on: day("2026-08-31"),
        successor: some("e02"),
        was: list(&["old1", "old2"]),
        note: "à voir".into(),
    };
    assert_eq!(plan.schools[0], school);
    assert!(school.zone.is_some());
    assert_eq!((plan.schools[1].name.as_str(), plan.schools[1].row), ("e02", 3), "called by its code");
    let on = jiff::civil::date;
    assert!(!school.is_closed(on(2026, 8, 31)) && school.is_closed(on(2026, 9, 1)) && !plan.schools[1].is_closed(on(2099, 1, 1)));
}

#[test]
fn the_heir_of_a_school_is_who_carries_its_history_on() {
    let plan = plan(&[("schools.csv", "school,closed_on,successor\na,2024,b\nb,2025,c\nc,,a\nd,2024,\ne,2024,f\nf,2024,e\ng,2024,nowhere\n")]);
    let heir = |code: &str, year: i16| plan.choosing().heir(code, jiff::civil::date(year, 9, 1)).map(str::to_owned);
    assert_eq!((heir("a", 2023), heir("a", 2025), heir("a", 2026)), (some("a"), some("b"), some("c")));
    assert_eq!((heir("d", 2026), heir("g", 2026), heir("x", 2026)), (some("d"), some("g"), None));
    assert!(heir("e", 2026).is_some(), "two that name each other end somewhere");
}

#[test]
fn what_schools_get_and_when() {
    let plan = plan(&[
        ("headcounts.csv", "school,year,what,level,count\ne01,2021,pupil,cp,25\ne01,2021,class,all,\n"),
        ("rooms.csv", "school,room,kind,level,was,closed_on\ne01,CM2,class,cm1|cm2,Salle 4,2025-08-31\n"),
        (
            "kits.csv",
            "kit,item,variant,quantity,per,model,colour,seen_by,lot,price_ht\nk,projector,court,2,class,EB-685*,non,hand,L1,900\nk,printer,,,,,oui,,,\nk,screen,,1,,,,network,,\nk,case,,1,,,,list,,\n",
        ),
        (
            "allotments.csv",
            "phase,school_or_selector,kit,quantity,counts,year,cohort,due_from,due_on,replaces_legacy,legacy\n1,*,k,3,total,2021,2020,2021-01,2021-06,oui,\n1,e01,k,,each,,,,,,oui\n",
        ),
        ("milestones.csv", "phase_or_school,milestone,promised_on,planned_on,after\n1,cabling,2021,2022,order|delivery\n"),
    ]);
    assert_eq!(plan.headcounts, [Headcount { school: "e01".into(), year: 2021, what: "pupil".into(), level: "cp".into(), count: 25 }]);
    let room = &plan.rooms[0];
    assert_eq!((room.school.as_str(), room.room.as_str(), room.kind.as_str()), ("e01", "CM2", "class"));
    assert_eq!((&room.levels, &room.was, &room.closed_on), (&list(&["cm1", "cm2"]), &list(&["Salle 4"]), &day("2025-08-31")));
    let (first, second) = (&plan.kits[0], &plan.kits[1]);
    assert_eq!((first.kit.as_str(), first.kind, first.variant.as_str(), first.quantity), ("k", Kind::Projector, "court", 2));
    assert_eq!((&first.per, first.model.as_deref(), first.colour, first.known_by), (&Per::Class, Some("EB-685*"), false, KnownBy::Hand));
    assert_eq!((first.lot.as_deref(), first.price_ht, first.row), (Some("L1"), Some(Decimal::whole(900)), 2));
    assert_eq!(
        (second.quantity, second.colour, second.known_by),
        (1, true, Kind::Printer.row().known_by),
        "named without a quantity it is there once"
    );
    assert_eq!((plan.kits[2].known_by, plan.kits[3].known_by), (KnownBy::Seen, KnownBy::Seen));
    let (first, second) = (&plan.allotments[0], &plan.allotments[1]);
    assert_eq!((first.phase.as_str(), first.kit.as_str(), first.quantity, first.is_total), ("1", "k", 3, true));
    assert_eq!((first.year, first.cohort, &first.due_from, &first.due_on), (Some(2021), Some(2020), &day("2021-01"), &day("2021-06")));
    assert_eq!((first.replaces_legacy, first.legacy, first.row), (true, false, 2));
    assert_eq!((second.quantity, second.is_total, second.replaces_legacy, second.legacy), (1, false, false, true));
    let (of, milestone, after) = ("1".to_owned(), "cabling".to_owned(), list(&["order", "delivery"]));
    assert_eq!(plan.milestones, [Milestone { row: 2, of, milestone, promised_on: day("2021"), planned_on: day("2022"), after }]);
    assert_eq!(Milestone::elsewhere("2/delivery"), Some(("2", "delivery")));
    assert_eq!((Milestone::elsewhere("delivery"), Milestone::elsewhere("/x"), Milestone::elsewhere("x/")), (None, None, None));
}

#[test]
fn what_is_promised_in_numbers() {
    let plan = plan(&[
        ("deliverables.csv", "deliverable,phase_school_or_selector,target,unit\nformés,1,700,personnes\n"),
        ("limits.csv", "measure,per,most\nformés,year,300\n"),
        ("figures.csv", "scope,measure,value,unit,precision,as_of,source\n1,tablet,\"1,50\",k€,about,2021-09-01,délibération\n"),
        (
            "lines.csv",
            "line,axis,objective,action,phase,school_or_selector,kit_or_deliverable,quantity,year,amount_ht,amount_ttc,lot\nvdi,1,o,a,2,kind=maternelle,k,3,2021,100,,L1\nx,,,,,,,,,,120,\n",
        ),
        ("grants.csv", "grant,funder,lines,base,awarded,due_on\nfeder,Europe,vdi|x,ht,300,2022-12-31\nent,État,x,ttc,,\n"),
        (
            "grant_rules.csv",
            "grant,from_amount,rate,cap,cap_per,eligible_kinds,spent_from,spent_to\nfeder,1000,60,250,class,tablet|projector,2021-04-01,2022-12-31\n",
        ),
    ]);
    let whole = |count| Some(Decimal::whole(count));
    let row = &plan.deliverables[0];
    assert_eq!((row.deliverable.as_str(), row.of.as_str(), row.target, row.unit.as_str(), row.row), ("formés", "1", whole(700), "personnes", 2));
    let row = &plan.limits[0];
    assert_eq!((row.measure.as_str(), row.per.as_str(), row.most, row.row), ("formés", "year", whole(300), 2));
    let row = &plan.figures[0];
    assert_eq!((row.scope.as_str(), row.measure.as_str(), row.unit.as_str(), row.precision.as_str()), ("1", "tablet", "k€", "about"));
    assert_eq!(
        (row.text.as_str(), row.value.map(|value| value.0), &row.as_of, row.source.as_str()),
        ("1.50", Some(1_500_000), &day("2021-09-01"), "délibération")
    );
    let row = &plan.lines[0];
    assert_eq!((row.line.as_str(), row.axis.as_str(), row.objective.as_str(), row.action.as_str()), ("vdi", "1", "o", "a"));
    assert_eq!((row.phase.as_deref(), row.schools.is_some(), row.pays.as_deref(), row.quantity), (Some("2"), true, Some("k"), whole(3)));
    assert_eq!((row.year, row.amount_ht, row.amount_ttc, row.lot.as_deref()), (Some(2021), whole(100), None, Some("L1")));
    assert_eq!((row.amount(Base::Ht), row.amount(Base::Ttc)), (whole(100), whole(100)), "where only one is told, that");
    assert_eq!(plan.lines[1].amount(Base::Ht), whole(120));
    let row = &plan.grants[0];
    assert_eq!((row.grant.as_str(), row.funder.as_str(), &row.lines, row.base), ("feder", "Europe", &list(&["vdi", "x"]), Base::Ht));
    assert_eq!((row.awarded, &row.due_on, plan.grants[1].base), (whole(300), &day("2022-12-31"), Base::Ttc));
    let row = &plan.grant_rules[0];
    assert_eq!(
        (row.grant.as_str(), Some(row.from_amount), row.rate, row.cap, row.cap_per.as_str()),
        ("feder", whole(1_000), whole(60), whole(250), "class")
    );
    assert_eq!((&row.eligible_kinds, &row.spent_from, &row.spent_to), (&vec![Kind::Tablet, Kind::Projector], &day("2021-04-01"), &day("2022-12-31")));
}

//! Plans unfolded: classes and rooms, cases, cohorts, totals, what closes.
//!
//! Comes in: small tables. Goes out: pass, or the place that is otherwise. Absent on purpose: devices.

use super::*;
use crate::domain::place::Life;
use crate::domain::plan::read_tables;

const SCHOOLS: (&str, &str) = ("schools.csv", "school,kind,phase\nv,elementaire,pilot|1\nw,maternelle,1\n");
const PHASES: (&str, &str) = ("phases.csv", "phase,rank,ends_on,pilot\n1,1,2019,no\npilot,0,2017,yes\n");

fn unfolded(files: &[(&str, &str)]) -> Unfolded {
    let (tables, notes) = read_tables(files.iter().copied());
    assert_eq!(notes, []);
    unfold(&Plan::from_tables(&tables), &Register::from_tables(&tables), jiff::civil::date(2021, 11, 22))
}

/// Unfolds; expects these places, each `school key @room !phase due =pin`.
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let places = unfolded(files).places;
    let told: Vec<String> = places
        .iter()
        .map(|planned| {
            let place = &planned.place;
            let part = |sign: &str, text: Option<&str>| text.map(|text| format!(" {sign}{text}")).unwrap_or_default();
            let room = part("@", place.room.as_deref());
            let due = planned.due_on.as_ref().map(|due| due.text.as_str());
            format!("{} {}{room} !{}{}{}", planned.school, place.key, place.phase, part("", due), part("=", place.pinned.as_deref()))
        })
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn classes_take_their_rooms_in_order() {
    check(
        &[
            SCHOOLS,
            PHASES,
            ("rooms.csv", "school,room,kind\nv,S2,class\nv,BCD,library\nv,S1,class\n"),
            (
                "headcounts.csv",
                "school,year,what,level,count\nv,2020,class,all,1\nv,2021,class,cp,2\nv,2021,class,ce1,1\nv,2022,class,all,9\nw,2023,class,all,1\n",
            ),
            ("kits.csv", "kit,item,quantity,per\nk,projector,1,class\nk,desktop,2,salle:bcd\n"),
            ("allotments.csv", "phase,school,kit\n1,*,k\n"),
        ],
        &[
            "v k/projector/S2 @S2 !1 2019",
            "v k/projector/S1 @S1 !1 2019",
            "v k/projector/class 3 !1 2019",
            "v k/desktop/BCD/01 @BCD !1 2019",
            "v k/desktop/BCD/02 @BCD !1 2019",
            "w k/projector/class 1 !1 2019",
        ],
    );
}

#[test]
fn a_school_in_two_phases_has_its_kit_once() {
    check(
        &[SCHOOLS, PHASES, ("kits.csv", "kit,item\nk,server\n"), ("allotments.csv", "phase,school,kit,quantity\n1,phase=1,k,\npilot,v,k,\n")],
        &["v k/server !pilot 2017", "w k/server !1 2019"],
    );
    check(
        &[SCHOOLS, PHASES, ("kits.csv", "kit,item\nk,server\n"), ("allotments.csv", "phase,school,kit,quantity\n1,v,k,2\npilot,v,k,1\n")],
        &["v k/server !pilot 2017", "v k 2/server !1 2019"],
    );
}

#[test]
fn cases_hold_their_tablets_and_the_register_names_them() {
    check(
        &[
            SCHOOLS,
            PHASES,
            ("kits.csv", "kit,item,quantity,per\nk,case,2,school\nk,tablet,2,case\n"),
            ("allotments.csv", "phase,school,kit\n1,v,k\n"),
            ("rooms.csv", "school,room\nv,BCD\n"),
            ("cases.csv", "case,school,room\nV-07,v,BCD\n"),
            ("assets.csv", "label,kind,school,case,state\nT1,tablet,v,V-07,\nT2,tablet,v,,in_service\nT3,tablet,v,,retired\n"),
        ],
        &[
            "v k/case/case 1 @BCD !1 2019 =V-07",
            "v k/case/case 2 !1 2019",
            "v k/tablet/case 1/01 !1 2019 =T1",
            "v k/tablet/case 1/02 !1 2019 =T2",
            "v k/tablet/case 2/01 !1 2019",
            "v k/tablet/case 2/02 !1 2019",
        ],
    );
}

#[test]
fn cohorts_are_apart_and_totals_are_held() {
    let files = [
        SCHOOLS,
        PHASES,
        ("headcounts.csv", "school,year,what,level,count\nw,2020,pupil,cp,1\nw,2021,pupil,cp,2\n"),
        ("kits.csv", "kit,item,quantity,per\nt,tablet,1,pupil:CP\nc,case,1,school\nc,tablet,9,case\n"),
        ("allotments.csv", "phase,school,kit,quantity,counts,cohort\n1,w,t,,,2021\npilot,w,t,,,2020\n1,*,c,20,total,\n1,kind=maternelle,c,6,each,\n"),
    ];
    let places = unfolded(&files).places;
    let tablets: Vec<&str> = places.iter().filter(|planned| planned.cohort.is_some()).map(|planned| planned.place.key.as_str()).collect();
    assert_eq!(tablets, ["t@2020/tablet/cp 1", "t@2021/tablet/cp 1", "t@2021/tablet/cp 2"]);
    assert_eq!(places.iter().filter(|planned| planned.place.kind == Kind::Case).count(), 6);
    // Only rows that name a school by its code give a total out.
    let held = |rows: &str| unfolded(&[files[0], files[1], files[3], ("allotments.csv", rows)]).held;
    let told = held("phase,school,kit,quantity,counts\n1,*,c,20,total\n1,w,c,6,each\n");
    assert_eq!((told[0].kits, told[0].total, &told[0].items), (14, 20, &vec![(Kind::Case, 14), (Kind::Tablet, 126)]));
    let two = ("kits.csv", "kit,item,quantity,per\nc,case,2,school\nc,tablet,9,case\n");
    let told = unfolded(&[files[0], files[1], two, ("allotments.csv", "phase,school,kit,quantity,counts\n1,*,c,20,total\n1,w,c,6,each\n")]).held;
    assert_eq!(told[0].items, [(Kind::Case, 28), (Kind::Tablet, 252)], "each of two cases has its tablets");
}

#[test]
fn what_is_said_of_the_school_itself_comes_first() {
    let kit = ("kits.csv", "kit,item\nk,server\n");
    let all = ("allotments.csv", "phase,school,kit,due_on\n1,*,k,2020-05\n");
    check(&[SCHOOLS, PHASES, kit, all], &["v k/server !1 2020-05", "w k/server !1 2020-05"]);
    let milestones = ("milestones.csv", "phase_or_school,milestone,planned_on\nw,installation,fin 2020\n1,installation,2018\n");
    check(&[SCHOOLS, PHASES, kit, all, milestones], &["v k/server !1 2020-05", "w k/server !1 fin 2020"]);
    let named = ("allotments.csv", "phase,school,kit,due_on\n1,w,k,2020-05\n1,v,k,\n");
    check(&[SCHOOLS, PHASES, kit, named, milestones], &["v k/server !1 2018", "w k/server !1 2020-05"]);
}

#[test]
fn a_closed_school_has_no_place() {
    let schools = ("schools.csv", "school,closed_on\na,2020\nb,2021\n");
    check(&[schools, PHASES, ("kits.csv", "kit,item\nk,nas\n"), ("allotments.csv", "phase,school,kit\n1,*,k\n")], &["b k/nas !1 2019"]);
}

/// Places of a school on a day: `key`, with `!` and the reason where it is over, `~` where it was there before.
fn standing(files: &[(&str, &str)], school: &str, on: jiff::civil::Date) -> Vec<String> {
    let (tables, notes) = read_tables(files.iter().copied());
    assert_eq!(notes, []);
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let sign = |life| match life {
        Life::Open => String::new(),
        Life::Replaces => "^".to_owned(),
        Life::Legacy => "~".to_owned(),
        Life::Over(over) => format!("!{over:?}"),
    };
    let planned = Unfolding::new(&plan, &register, on).standing(school);
    planned.into_iter().map(|planned| format!("{}{}", planned.place.key, sign(planned.place.life))).collect()
}

#[test]
fn fewer_classes_than_last_year_leave_places_that_are_over() {
    let kit = ("kits.csv", "kit,item,quantity,per\nk,projector,1,class\nt,laptop,1,teacher\n");
    let allotments = ("allotments.csv", "phase,school,kit\n1,v,k\n1,v,t\n");
    let counts =
        ("headcounts.csv", "school,year,what,level,count\nv,2020,class,all,3\nv,2021,class,all,2\nv,2020,teacher,all,2\nv,2021,teacher,all,1\n");
    let files = [SCHOOLS, PHASES, kit, allotments, counts];
    let (summer, september) = (jiff::civil::date(2021, 7, 20), jiff::civil::date(2021, 9, 2));
    assert_eq!(standing(&files, "v", summer).iter().filter(|place| place.contains('!')).count(), 0);
    assert_eq!(
        standing(&files, "v", september),
        ["k/projector/class 1", "k/projector/class 2", "k/projector/class 3!ClassClosed", "t/laptop/teacher 1", "t/laptop/teacher 2!FewerCounted"]
    );
    // The room that was closed is over, not the last one; a class without a room keeps its number.
    let rooms = ("rooms.csv", "school,room,kind,closed_on\nv,A,class,2021-08-31\nv,B,class,\n");
    let files = [SCHOOLS, PHASES, kit, ("allotments.csv", "phase,school,kit\n1,v,k\n"), counts, rooms];
    assert_eq!(standing(&files, "v", september), ["k/projector/A!ClassClosed", "k/projector/B", "k/projector/class 3"]);
}

#[test]
fn what_was_there_before_is_marked_and_so_is_what_replaces_it() {
    let files = [
        SCHOOLS,
        PHASES,
        ("kits.csv", "kit,item,quantity\nold,desktop,1\nnew,desktop,2\n"),
        ("allotments.csv", "phase,school,kit,legacy,replaces_legacy\npilot,v,old,oui,\n1,v,new,,oui\n"),
    ];
    assert_eq!(standing(&files, "v", jiff::civil::date(2021, 11, 22)), ["old/desktop~", "new/desktop/01^", "new/desktop/02^"]);
}

#[test]
fn two_sorts_of_one_kind_in_a_kit() {
    let files = [
        SCHOOLS,
        PHASES,
        ("kits.csv", "kit,item,variante,quantity\nk,client léger,fixe,2\nk,client léger,portable,1\n"),
        ("allotments.csv", "phase,school,kit\n1,v,k\n"),
    ];
    assert_eq!(standing(&files, "v", jiff::civil::date(2021, 11, 22)), ["k/thin_client fixe/01", "k/thin_client fixe/02", "k/thin_client portable"]);
}

#[test]
fn a_cohort_s_places_stay_the_same_until_it_leaves() {
    let files = [
        SCHOOLS,
        PHASES,
        ("headcounts.csv", "school,year,what,level,count\nv,2021,pupil,cp,1\nv,2021,pupil,ce1,2\nv,2022,pupil,cp,5\nv,2022,pupil,ce1,9\n"),
        ("kits.csv", "kit,item,quantity,per\nt,tablet,1,pupil:CP\n"),
        ("allotments.csv", "phase,school,kit,year,cohort\n1,v,t,,2021\n1,v,t,2021,2020\n"),
    ];
    let keys = ["t@2021/tablet/cp 1", "t@2020/tablet/cp 1", "t@2020/tablet/cp 2"];
    assert_eq!(standing(&files, "v", jiff::civil::date(2021, 9, 10)), keys);
    assert_eq!(standing(&files, "v", jiff::civil::date(2024, 9, 10)), keys);
    let left = standing(&files, "v", jiff::civil::date(2025, 9, 10));
    assert_eq!(left, [keys[0].to_owned(), format!("{}!CohortLeft", keys[1]), format!("{}!CohortLeft", keys[2])]);
}

#[test]
fn it_says_when_places_may_change_by_themselves() {
    let files = [
        ("schools.csv", "school,closed_on\nv,2025-07-04\nw,\n"),
        ("phases.csv", "phase,ends_on\n1,2024-03\n"),
        ("kits.csv", "kit,item\nk,server\n"),
        ("allotments.csv", "phase,school,kit\n1,*,k\n"),
    ];
    let (tables, _) = read_tables(files);
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let next = |school: &str, on: jiff::civil::Date| {
        let unfolding = Unfolding::new(&plan, &register, on);
        unfolding.next_change(school, &unfolding.standing(school)).unwrap().to_string()
    };
    assert_eq!(next("v", jiff::civil::date(2024, 1, 10)), "2024-04-01", "due in March, late from April on");
    assert_eq!(next("v", jiff::civil::date(2024, 4, 1)), "2024-08-01", "what changes today has changed");
    assert_eq!(next("v", jiff::civil::date(2025, 5, 1)), "2025-07-05", "the school closes");
    assert_eq!(next("w", jiff::civil::date(2025, 5, 1)), "2025-08-01", "a school year begins");
}

#[test]
fn tablets_know_the_place_of_their_case() {
    let files = [
        SCHOOLS,
        PHASES,
        ("kits.csv", "kit,item,quantity,per\nk,case,2,school\nk,tablet,1,case\n"),
        ("allotments.csv", "phase,school,kit,quantity\n1,v,k,2\n1,w,k,1\n"),
    ];
    let places = unfolded(&files).places;
    for planned in places.iter().filter(|planned| planned.place.kind == Kind::Tablet) {
        let inside = planned.place.inside.as_deref().unwrap();
        let case = places.iter().find(|other| other.school == planned.school && other.place.key == inside);
        assert_eq!(case.map(|case| case.place.kind), Some(Kind::Case), "{inside}");
    }
}

#[test]
fn what_the_register_has_stands_in_rooms_by_the_names_of_now() {
    let files = [
        ("schools.csv", "school\nv\nw\n"),
        ("rooms.csv", "school,room,was\nv,CM2,CE1|Salle 4\nv,CE1,\nw,BCD,CM2\n"),
        ("patch.csv", "device,port,room\nsw01,1,Salle 4\nsw01,2,CE1\nsw02,1,CM2\nsw03,1,Ailleurs\n"),
        (
            "assets.csv",
            "label,kind,school,room\nA,projector,v,Salle 4\nB,projector,v,CE1\nC,projector,v,Cave\nD,projector,w,CM2\nE,projector,v,\nF,,v,CM2\n",
        ),
        ("loans.csv", "label_or_pool,lent_on,returned_on\nB,2021-09-01,\nC,2021-09-01,2021-10-01\n"),
    ];
    let (tables, _) = read_tables(files);
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let unfolding = Unfolding::new(&plan, &register, jiff::civil::date(2021, 11, 22));
    let told = |school: &str| {
        let here = unfolding.registered(school);
        here.iter().map(|asset| format!("{} {} {:?}", asset.label, asset.room.as_deref().unwrap_or("-"), asset.state)).collect::<Vec<_>>()
    };
    // CE1 is a room of today: the former name of another does not take it.
    assert_eq!(told("v"), ["A CM2 InService", "B CE1 Lent", "C Cave InService", "E - InService"]);
    assert_eq!((told("w"), told("x")), (vec!["D BCD InService".to_owned()], vec![]));
    let patch = unfolding.patch("v", ["sw01", "sw02"]);
    let told: Vec<String> = patch.iter().map(|((switch, port), room)| format!("{switch}/{port} {room}")).collect();
    assert_eq!(told, ["sw01/1 CM2", "sw01/2 CE1", "sw02/1 CM2"]);
    assert_eq!(unfolding.patch("w", ["sw02"]).into_values().collect::<Vec<_>>(), ["BCD"]);
}

#[test]
fn what_cohorts_give_back_is_told_in_their_last_year_and_after_it() {
    let files = [
        ("schools.csv", "school,closed_on\nv,\nw,2020\n"),
        PHASES,
        ("headcounts.csv", "school,year,what,level,count\nv,2020,pupil,cp,10\nv,2021,pupil,ce1,11\nw,2020,pupil,cp,4\n"),
        ("kits.csv", "kit,item,quantity,per\nt,tablet,2,pupil:CP\nt,case,1,school\n"),
        ("allotments.csv", "phase,school,kit,quantity,cohort\n1,*,t,3,2020\n"),
    ];
    let (tables, _) = read_tables(files);
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let on = |year: i16| {
        let returns = Unfolding::new(&plan, &register, jiff::civil::date(year, 11, 22)).returns();
        returns
            .iter()
            .map(|back| {
                format!(
                    "{} {} {} {} {}{}",
                    back.school,
                    back.kit,
                    back.cohort,
                    back.count,
                    back.due_on.first.year(),
                    if back.left { " left" } else { "" }
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(on(2020), [""; 0]);
    assert_eq!(on(2023), [""; 0]);
    assert_eq!(on(2024), ["v t 2020 60 2025"]);
    assert_eq!(on(2025), ["v t 2020 60 2025 left"]);
}

#[test]
fn heads_are_counted_of_the_year_asked_else_the_latest_else_the_first_told() {
    let files = [
        ("schools.csv", "school\nv\n"),
        (
            "headcounts.csv",
            "school,year,what,level,count\nv,2019,class,cp,2\nv,2019,class,ce1,3\nv,2021,class,all,9\nv,2021,class,cp,4\nv,2023,class,all,1\n",
        ),
    ];
    let (tables, _) = read_tables(files);
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let unfolding = Unfolding::new(&plan, &register, jiff::civil::date(2021, 11, 22));
    let count = |level: &str, year| unfolding.count("v", "class", level, year);
    assert_eq!((count("all", None), count("cp", None), count("ce1", None)), (9, 4, 0));
    assert_eq!((count("all", Some(2019)), count("all", Some(2020)), count("all", Some(2030))), (5, 5, 1));
    assert_eq!(count("all", Some(2018)), 5, "before the first that is told: that one");
    assert_eq!((unfolding.count("v", "pupil", "all", None), unfolding.count("x", "class", "all", None)), (0, 0));
}

#[test]
fn rooms_beyond_the_classes_hold_no_class() {
    let files = [
        SCHOOLS,
        PHASES,
        ("rooms.csv", "school,room,kind\nv,A,class\nv,B,class\nv,C,class\n"),
        ("headcounts.csv", "school,year,what,level,count\nv,2020,class,all,2\nv,2021,class,all,1\n"),
        ("kits.csv", "kit,item,quantity,per\nk,projector,1,class\n"),
        ("allotments.csv", "phase,school,kit\n1,v,k\n"),
    ];
    assert_eq!(standing(&files, "v", jiff::civil::date(2021, 11, 22)), ["k/projector/A", "k/projector/B!ClassClosed"]);
    assert_eq!(standing(&files, "v", jiff::civil::date(2021, 7, 1)), ["k/projector/A", "k/projector/B"]);
    // In a year that is told they count once and for all.
    let told = [SCHOOLS, PHASES, files[2], files[3], files[4], ("allotments.csv", "phase,school,kit,year\n1,v,k,2021\n")];
    assert_eq!(standing(&told, "v", jiff::civil::date(2021, 11, 22)), ["k/projector/A"]);
}

#[test]
fn tablets_know_their_case_their_level_and_who_supplies_them() {
    let files = [
        SCHOOLS,
        PHASES,
        ("headcounts.csv", "school,year,what,level,count\nv,2020,pupil,cp,1\n"),
        ("kits.csv", "kit,item,quantity,per,model,lot\nk,case,1,school,,L1\nk,tablet,1,case,iPad*,L2\nt,tablet,1,pupil:cp,,\nx,tablet,2,case,,\n"),
        ("cases.csv", "case,school,room\nV-07,v,\nV-08,v,\n"),
        ("allotments.csv", "phase,school,kit,cohort,due_from,due_on,replaces_legacy\n1,v,k,,2021-01,2021-06,oui\n1,v,t,2020,,,\npilot,v,x,,,,\n"),
    ];
    let told: Vec<String> = unfolded(&files)
        .places
        .iter()
        .map(|planned| {
            let part = |text: Option<&str>| text.unwrap_or("-").to_owned();
            let (case, lot, model) = (part(planned.case.as_deref()), part(planned.lot.as_deref()), part(planned.place.model.as_deref()));
            let dates = [&planned.due_from, &planned.due_on].map(|date| date.as_ref().map_or("-", |date| date.text.as_str())).join("..");
            let cohort = planned.cohort.map_or("-".to_owned(), |year| year.to_string());
            format!("{} {case} {lot} {model} {dates} {cohort} {} {}", planned.place.key, planned.level.unwrap_or("-"), planned.replaces_legacy)
        })
        .collect();
    let expected = [
        "x/tablet/case 1/01 V-07 - - -..2017 - - false",
        "x/tablet/case 1/02 V-07 - - -..2017 - - false",
        "x/tablet/case 2/01 V-08 - - -..2017 - - false",
        "x/tablet/case 2/02 V-08 - - -..2017 - - false",
        "k/case - L1 - 2021-01..2021-06 - - true",
        "k/tablet/case V-07 L2 iPad* 2021-01..2021-06 - - true",
        "t@2020/tablet/cp 1 - - - -..2019 2020 ce1 false",
    ];
    assert_eq!(told, expected);
}

#[test]
fn assets_are_pinned_by_case_then_room_then_anywhere() {
    let files = |assets: &'static str| {
        unfolded(&[
            SCHOOLS,
            PHASES,
            ("rooms.csv", "school,room,kind\nv,A,class\nv,B,class\n"),
            ("headcounts.csv", "school,year,what,level,count\nv,2021,class,all,2\n"),
            ("kits.csv", "kit,item,quantity,per\nk,projector,1,class\ns,server,1,school\n"),
            ("allotments.csv", "phase,school,kit\n1,v,k\n1,v,s\n"),
            ("assets.csv", assets),
        ])
        .places
        .iter()
        .map(|planned| planned.place.pinned.clone().unwrap_or_else(|| "-".to_owned()))
        .collect::<Vec<_>>()
        .join(" ")
    };
    assert_eq!(files("label,kind,school,room\nP1,projector,v,B\nP2,projector,v,\nS1,server,v,Cave\n"), "P2 P1 S1");
    assert_eq!(files("label,kind,school,room\nP1,projector,v,B\nP2,projector,v,B\n"), "- P1 -", "who stands in another room is not moved");
    assert_eq!(files("label,kind,school,room\nP1,projector,w,A\nP2,laptop,v,A\n"), "- - -");
    for (state, pinned) in [("repair", "- P1 -"), ("ordered", "- P1 -"), ("stock", "- - -"), ("stolen", "- - -"), ("retired", "- - -")] {
        let rows: &'static str = Box::leak(format!("label,kind,school,room,state\nP1,projector,v,B,{state}\n").into_boxed_str());
        assert_eq!(files(rows), pinned, "{state}");
    }
    assert_eq!(files("label,kind,school,room,legacy\nP1,projector,v,B,oui\n"), "- - -", "what was there before takes no new place");
}

//! What a large plan costs: read, checked, imported, exported, merged, in each container, with the memory at its highest.
//!
//! `cargo run --release -p rollcall-tests --bin bench-plan`. Comes in: a made-up town of 500 schools with 20 000 assets. Goes out: wall time of
//! each step on a fresh SQLite file, and the process's largest memory. Absent on purpose: pages, which do the same behind HTTP.

use clap::Parser;
use rollcall_collector::domain::language::Language;
use rollcall_collector::domain::plan::{Origin, Tables, check, has_error, read_tables};
use rollcall_collector::import::{Proposal, import, in_force, origin, propose};
use rollcall_collector::plan_folder::{Container, Export, pack, read_path, read_upload, write_folder};
use rollcall_collector::store::{self, Db};
use rollcall_shared::Timestamp;
use std::fmt::Write as _;
use std::time::Instant;

const NOW: Timestamp = Timestamp(1_795_336_200);

/// Measures reading, checking, importing, exporting and merging a plan.
#[derive(Parser)]
struct Arguments {
    /// Schools.
    #[arg(long, default_value_t = 500)]
    schools: u32,
    /// Assets of each school.
    #[arg(long, default_value_t = 40)]
    assets: u32,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir().unwrap();
    let town = town(arguments.schools, arguments.assets);
    write_folder(&folder.path().join("plan"), &town).unwrap();
    println!("{} schools, {} assets, {} rows in all", arguments.schools, arguments.schools * arguments.assets, town.row_count());
    for (name, container) in [("plan.xlsx", Container::Xlsx), ("plan.ods", Container::Ods), ("plan.zip", Container::Zip)] {
        let export = Export { tables: &town, origin: None, language: Some(Language::Fr), made_at: NOW };
        let bytes = timed(&format!("{name} written"), || pack(container, &export).unwrap());
        std::fs::write(folder.path().join(name), &bytes).unwrap();
        println!("    {} KiB", bytes.len() / 1024);
    }
    for name in ["plan", "plan.xlsx", "plan.ods", "plan.zip"] {
        let db = Db::open(folder.path().join(format!("{name}.db")).to_str().unwrap(), NOW).unwrap();
        let whole = Instant::now();
        let brought = timed(&format!("{name}: read"), || read_path(&folder.path().join(name)).unwrap());
        assert!(!has_error(&brought.notes), "{:?}", brought.notes);
        timed(&format!("{name}: checked"), || assert!(!has_error(&check(&brought.tables, jiff::civil::date(2026, 11, 28)))));
        timed(&format!("{name}: imported"), || import(&db, brought.tables, "bench", "", NOW).unwrap());
        println!("{name}: the import whole {:.2} s", whole.elapsed().as_secs_f64());
        if name == "plan.xlsx" {
            merged(&db);
        }
    }
    println!("largest memory {} MiB", peak_kib() / 1024);
}

/// An export in which 100 states were changed comes back after a school was renamed here.
fn merged(db: &Db) {
    let (tables, of): (Tables, Option<Origin>) = db.read(|tx| -> store::Result<_> { Ok((in_force(tx)?, origin(tx, NOW)?)) }).unwrap();
    let export = Export { tables: &tables, origin: of.as_ref(), language: None, made_at: NOW };
    let bytes = timed("the export of what is in force", || pack(Container::Xlsx, &export).unwrap());
    let mut edited = read_upload("plan.xlsx", &bytes);
    let mut assets = edited.tables.get("assets").unwrap().clone();
    let state = assets.heading_names().iter().position(|name| *name == "state").unwrap();
    assets.rows.iter_mut().take(100).for_each(|row| row.cells[state] = "repair".to_owned());
    edited.tables.put(assets);
    let proposal = Proposal { tables: edited.tables, origin: edited.origin, ..Proposal::default() };
    let imported = timed("the edited export merged", || propose(db, &proposal, "bench", "", NOW + 60).unwrap());
    assert_eq!((imported.version, imported.register_rows), (None, 100));
}

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = run();
    println!("{what} {:.2} s", start.elapsed().as_secs_f64());
    done
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn town(schools: u32, assets: u32) -> Tables {
    let mut files: Vec<(&str, String)> = vec![
        ("programme.csv", "code,name,starts_on,ends_on\nbench,Grande ville,2024,2028\n".to_owned()),
        ("phases.csv", "phase,name,rank\n1,Un,1\n2,Deux,2\n3,Trois,3\n".to_owned()),
        ("kits.csv", "kit,item,quantity,per\nclasse,projector,1,room:class\nvalise,tablet,16,case\ninfra,switch,1,school\ninfra,access_point,3,school\n".to_owned()),
        ("allotments.csv", "phase,selector,kit,quantity,due_on\n1,phase=1,classe,1,2025-06-30\n2,phase=2,classe,1,2026-06-30\n3,phase=3,classe,1,2027-06-30\n1,*,infra,1,2025-06-30\n".to_owned()),
    ];
    let (mut sites, mut list, mut networks) =
        ("site,name,address\n".to_owned(), "school,name,kind,site,phase,zone\n".to_owned(), "site,cidr,name\n".to_owned());
    let (mut rooms, mut heads) = ("school,room,kind,level\n".to_owned(), "school,year,what,level,count\n".to_owned());
    let mut register =
        "label,serial,kind,vendor,model,macs,host_name,school,room,owner,state,ordered_on,delivered_on,accepted_on,warranty_until,price_ht,note\n"
            .to_owned();
    for school in 0..schools {
        let _ = writeln!(sites, "s{school:03},\"Site {school}\",\"{school} rue de l'École\"");
        let _ = writeln!(list, "e{school:03},Élémentaire {school:03},elementaire,s{school:03},{},B", school % 3 + 1);
        let _ = writeln!(networks, "s{school:03},10.{}.{}.0/24,pedago-{school:03}", school / 250, school % 250);
        for room in 0..12 {
            let _ = writeln!(rooms, "e{school:03},Classe {room:02},class,cp");
        }
        for level in ["cp", "ce1", "ce2", "cm1", "cm2"] {
            let _ = writeln!(heads, "e{school:03},2026,class,{level},2");
        }
        for asset in 0..assets {
            let number = school * assets + asset;
            let kind = ["tablet", "tablet", "projector", "desktop", "access_point"][(asset % 5) as usize];
            let _ = writeln!(
                register,
                "A{number:06},SN{number:08X},{kind},Epson,EB-{},00:1a:2b:{:02x}:{:02x}:{:02x},poste-{number},e{school:03},Classe {:02},town,in_service,2024-09-01,2024-10-15,2024-10-20,2029-10-15,399.5,lot {}",
                asset % 7,
                number >> 16 & 255,
                number >> 8 & 255,
                number & 255,
                asset % 12,
                asset % 3
            );
        }
    }
    files.extend([
        ("sites.csv", sites),
        ("schools.csv", list),
        ("networks.csv", networks),
        ("rooms.csv", rooms),
        ("headcounts.csv", heads),
        ("assets.csv", register),
    ]);
    let (tables, notes) = read_tables(files.iter().map(|(file, text)| (*file, text.as_str())));
    assert!(!has_error(&notes), "{:?}", notes.first());
    tables
}

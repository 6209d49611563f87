//! Shell: the commands that need a store beside the plan's folders: `plan import`, `plan draft`, `plan export`, `backup`, `restore`.
//!
//! Comes in: arguments, an open database, the time. Goes out: a new version, folders, words on how it ended. Absent on
//! purpose: reading and checking tables (`domain/plan`, `plan_folder`), the copy itself (`backup`), the clock.

use crate::backup;
use crate::cli_plan::{DraftArgs, ExportArgs, ImportArgs, print_notes};
use crate::config::Config;
use crate::domain::language::Language;
use crate::domain::plan::draft::{Drafted, draft};
use crate::domain::plan::read::sort_notes;
use crate::domain::plan::{Tables, check, has_error};
use crate::import::import;
use crate::plan_folder::{Export, read_path, write_path};
use crate::store::{self, Db};
use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;
use rollcall_shared::{SchoolId, Timestamp};
use std::io::Write;
use std::path::{Path, PathBuf};

/// `plan import`: all or nothing. False, and nothing changed, where a note is an error.
pub fn import_plan(db: &Db, args: &ImportArgs, today: Date, now: Timestamp, out: &mut dyn Write) -> Result<bool> {
    let brought = read_path(&args.folder)?;
    let (tables, mut notes) = (brought.tables, brought.notes);
    notes.extend(check(&tables, today));
    sort_notes(&mut notes);
    print_notes(&notes, &tables, today, args.speaking, out)?;
    if has_error(&notes) {
        bail!("nothing was imported: mend the errors above first");
    }
    if args.dry_run {
        writeln!(out, "dry run: nothing was imported")?;
        return Ok(true);
    }
    let imported = import(db, tables, &args.author, &args.remark, now)?;
    match imported.version {
        Some(version) => writeln!(
            out,
            "version {version}: {} schools, {} networks, {} rows of the register changed",
            imported.schools, imported.networks, imported.register_rows
        )?,
        None => writeln!(out, "the plan says the same as the version in force; {} rows of the register changed", imported.register_rows)?,
    }
    Ok(true)
}

/// `plan export` without `--from`: what is in force, as the same tables.
pub fn export_plan(db: &Db, args: &ExportArgs, now: Timestamp, out: &mut dyn Write) -> Result<()> {
    let tables = db.read(|tx| -> Result<Option<Tables>, store::Error> {
        let (version, _) = store::plan::stamp(tx)?;
        let Some(mut tables) = store::plan::version(tx, version)? else { return Ok(None) };
        for table in store::plan::register(tx)?.iter() {
            tables.put(table.clone());
        }
        Ok(Some(tables))
    })?;
    let tables = tables.context("no plan is in force here: import one first")?;
    let language = args.lang.map(Language::from);
    write_path(&args.to, &Export { tables: &tables, origin: None, language, made_at: now })?;
    writeln!(out, "{} tables, {} rows: {}", tables.iter().count(), tables.row_count(), args.to.display())?;
    Ok(())
}

/// `plan draft`: rooms and assets out of what was seen, for people to correct.
pub fn draft_plan(db: &Db, args: &DraftArgs, now: Timestamp, out: &mut dyn Write) -> Result<()> {
    let schools = db.read(|tx| store::school::schools(tx, SchoolId(0), u32::MAX >> 1))?;
    let wanted: Vec<_> = schools.into_iter().filter(|known| args.schools.is_empty() || args.schools.contains(&known.school.code)).collect();
    ensure!(!wanted.is_empty(), "no school has one of these codes; `plan draft` without codes drafts all");
    let mut fleet = Vec::new();
    for known in &wanted {
        let (id, code) = (known.id, known.school.code.as_str());
        let devices = db.read(move |tx| store::fleet::devices_of_school(tx, id))?;
        fleet.extend(devices.into_iter().map(|device| (code, device)));
    }
    let drafted: Vec<Drafted<'_>> = fleet.iter().map(|(school, device)| Drafted { device, school, room: None }).collect();
    let tables = draft(&drafted);
    write_path(&args.to, &Export { tables: &tables, origin: None, language: None, made_at: now })?;
    writeln!(out, "{} rows from {} schools: {}", tables.row_count(), wanted.len(), args.to.display())?;
    Ok(())
}

/// `backup`: database and key files of one moment into a new folder, while reports come in.
pub fn make_backup(db: &Db, config: &Config, folder: &Path, now: Timestamp, out: &mut dyn Write) -> Result<()> {
    let manifest = backup::backup(db, folder, &key_files(config), now)?;
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    writeln!(out, "{} files, {bytes} bytes: {}", manifest.files.len(), folder.display())?;
    Ok(())
}

/// `restore`: the same put back; the collector must not be running.
pub fn put_back(config: &Config, folder: &Path, now: Timestamp, out: &mut dyn Write) -> Result<()> {
    let location = config.database()?;
    ensure!(!location.starts_with("postgres"), "this database is PostgreSQL: restore it with its own tools (see the runbook)");
    std::fs::create_dir_all(config.store.folder.join("tls")).with_context(|| format!("making {}", config.store.folder.display()))?;
    let manifest = backup::restore(folder, Path::new(&location), &key_files(config), now)?;
    writeln!(out, "{} files of {} are in place; what stood there was moved aside", manifest.files.len(), Timestamp(manifest.made_at))?;
    Ok(())
}

/// Files beside the database without which agents would not know the collector again.
fn key_files(config: &Config) -> Vec<PathBuf> {
    ["ca.key.pem", "ca.pem"].iter().map(|name| config.store.folder.join("tls").join(name)).collect()
}

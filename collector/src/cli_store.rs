//! Shell: the commands that need a store beside the plan's folders: `plan import`, `plan draft`, `plan export`, `backup`, `restore`.
//!
//! Comes in: arguments, an open database, the time. Goes out: a new version, folders, words on how it ended. Absent on
//! purpose: reading and checking tables (`domain/plan`, `plan_folder`), the copy itself (`backup`), the clock.

use crate::backup;
use crate::cli_plan::{DraftArgs, ExportArgs, ImportArgs, changes_json, print_changes, print_notes};
use crate::config::Config;
use crate::domain::language::Language;
use crate::domain::plan::effect::{Effect, effects};
use crate::domain::plan::merge::Conflict;
use crate::domain::plan::read::sort_notes;
use crate::domain::plan::{check, has_error};
use crate::import::{Against, By, Prepared, Proposal, Refused, drafted, in_force, origin, prepare, propose};
use crate::plan_folder::{Export, read_path, write_path};
use crate::store::{self, Db};
use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;
use rollcall_shared::Timestamp;
use std::io::Write;
use std::path::{Path, PathBuf};

/// `plan import`: all or nothing. False, and nothing changed, where a note is an error.
pub fn import_plan(db: &Db, args: &ImportArgs, today: Date, now: Timestamp, out: &mut dyn Write) -> Result<bool> {
    let brought = read_path(&args.folder)?;
    let proposal = Proposal { tables: brought.tables, origin: brought.origin, picks: args.picks() };
    let prepared = db.read(|tx| prepare(tx, &proposal))?;
    let mut notes = brought.notes;
    notes.extend(check(&prepared.merged.tables, today));
    sort_notes(&mut notes);
    print_notes(&notes, &prepared.merged.tables, today, args.speaking, out)?;
    if has_error(&notes) {
        bail!("nothing was imported: mend the errors above first");
    }
    if args.dry_run {
        print_prepared(&prepared, today, args, out)?;
        writeln!(out, "dry run: nothing was imported")?;
        return Ok(true);
    }
    let imported = match propose(db, &proposal, &args.author, &args.remark, now) {
        Err(Refused::Conflicts(prepared)) => {
            print_conflicts(&prepared, args, out)?;
            bail!(
                "nothing was imported: settle the conflicts above: change the cells in the file, or --ours keeps what is in force, --theirs takes the file's"
            )
        }
        imported => imported?,
    };
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

/// What an import would do: against what, what changes, for whom, and what two want differently.
fn print_prepared(prepared: &Prepared, today: Date, args: &ImportArgs, out: &mut dyn Write) -> Result<()> {
    if args.speaking.json {
        let effects = effects(&prepared.in_force, &prepared.merged.tables, today);
        writeln!(out, "{}", serde_json::to_string_pretty(&prepared_json(prepared, &effects, args.speaking.language()))?)?;
        return Ok(());
    }
    let language = args.speaking.language();
    writeln!(out, "{}", against_text(prepared, language))?;
    print_changes(&prepared.changes, &effects(&prepared.in_force, &prepared.merged.tables, today), args.speaking, out)?;
    print_conflicts(prepared, args, out)
}

/// Against what tables are laid, in words.
pub fn against_text(prepared: &Prepared, language: Language) -> String {
    let kept = prepared.meanwhile.len();
    match prepared.against {
        Against::Nothing => language.pick("Premier plan : rien n'est en vigueur.", "The first plan: nothing is in force.").to_owned(),
        Against::InForce => language
            .pick(
                "Ces tables ne viennent d'aucune version d'ici : elles remplacent les tables qu'elles apportent, les autres restent.",
                "These tables come from no version of this store: they replace the tables that they bring, the others stay.",
            )
            .to_owned(),
        Against::OtherProgramme => language
            .pick(
                "Un autre programme : ces tables remplacent tout ce qui est en vigueur.",
                "Another programme: these tables replace all that is in force.",
            )
            .to_owned(),
        Against::Version(version) => match kept {
            0 => language.pick(
                format!("Exportées de la version {version} ; rien n'a changé ici depuis."),
                format!("Exported from version {version}; nothing has changed here since."),
            ),
            1 => language.pick(
                format!("Exportées de la version {version} ; une ligne modifiée ici depuis, conservée."),
                format!("Exported from version {version}; one row changed here since, kept."),
            ),
            _ => language.pick(
                format!("Exportées de la version {version} ; {kept} lignes modifiées ici depuis, conservées."),
                format!("Exported from version {version}; {kept} rows changed here since, kept."),
            ),
        },
    }
}

fn print_conflicts(prepared: &Prepared, args: &ImportArgs, out: &mut dyn Write) -> Result<()> {
    for (conflict, by) in prepared.merged.open.iter().zip(&prepared.authors) {
        writeln!(out, "{}", conflict_text(conflict, by, &args.author, args.speaking.language()))?;
    }
    Ok(())
}

/// A conflict in words: where, what both had, what each has now, and who.
pub fn conflict_text(conflict: &Conflict, by: &By, author: &str, language: Language) -> String {
    let gone = language.pick("(ligne retirée)", "(row taken out)");
    let empty = language.pick("(vide)", "(empty)");
    let value = |side: &Option<String>| side.as_ref().map_or(gone.to_owned(), |text| if text.is_empty() { empty.to_owned() } else { text.clone() });
    let (here, day) = match by.who.as_str() {
        "" => (language.pick("ici", "here").to_owned(), String::new()),
        who => (who.to_owned(), format!(", {}", by.at)),
    };
    let column = if conflict.at.column.is_empty() { String::new() } else { format!(", {}", conflict.at.column) };
    let place = format!("{} {}{column}", conflict.at.table, conflict.at.key.join(", "));
    let (was, ours, theirs) = (value(&conflict.base), value(&conflict.ours), value(&conflict.theirs));
    language.pick(
        format!("conflit  {place} : était {was} ; {ours} ({here}{day}) ou {theirs} ({author}, dans le fichier)"),
        format!("conflict  {place}: was {was}; {ours} ({here}{day}) or {theirs} ({author}, in the file)"),
    )
}

/// What an import would do, as JSON.
pub fn prepared_json(prepared: &Prepared, effects: &[Effect], language: Language) -> serde_json::Value {
    let conflicts = prepared.merged.open.iter().zip(&prepared.authors).map(|(conflict, by)| {
        serde_json::json!({
            "table": conflict.at.table, "key": conflict.at.key, "column": conflict.at.column, "row": conflict.line,
            "base": conflict.base, "ours": conflict.ours, "theirs": conflict.theirs,
            "ours_by": by.who, "ours_at": by.at.to_string(),
        })
    });
    serde_json::json!({
        "against": against_text(prepared, language),
        "changes": changes_json(&prepared.changes, effects, language),
        "meanwhile": prepared.meanwhile.len(),
        "conflicts": conflicts.collect::<Vec<_>>(),
    })
}

/// `plan export` without `--from`: what is in force, as the same tables, with the version that it is.
pub fn export_plan(db: &Db, args: &ExportArgs, now: Timestamp, out: &mut dyn Write) -> Result<()> {
    let (tables, origin) = db.read(|tx| -> store::Result<_> { Ok((in_force(tx)?, origin(tx, now)?)) })?;
    let origin = origin.context("no plan is in force here: import one first")?;
    write_path(&args.to, &Export { tables: &tables, origin: Some(&origin), language: args.lang.map(Language::from), made_at: now })?;
    writeln!(out, "{} tables, {} rows: {}", tables.iter().count(), tables.row_count(), args.to.display())?;
    Ok(())
}

/// `plan draft`: rooms and assets out of what was seen, beside what is in force, for people to correct and import.
pub fn draft_plan(db: &Db, args: &DraftArgs, now: Timestamp, out: &mut dyn Write) -> Result<()> {
    let found = db.read(|tx| drafted(tx, &args.schools, now))?;
    let (tables, origin, schools) = found.context("no school has one of these codes; `plan draft` without codes drafts all")?;
    let language = args.lang.map(Language::from);
    write_path(&args.to, &Export { tables: &tables, origin: origin.as_ref(), language, made_at: now })?;
    writeln!(out, "{} rows from {schools} schools: {}", tables.row_count(), args.to.display())?;
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

/// Files beside the database without which agents would not know the collector again, nor programs its signature.
fn key_files(config: &Config) -> Vec<PathBuf> {
    let of_agents = ["ca.key.pem", "ca.pem"].iter().map(|name| config.store.folder.join("tls").join(name));
    of_agents.chain([crate::hook::key_path(&config.store.folder), crate::seal::key_path(&config.store.folder)]).collect()
}

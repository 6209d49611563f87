//! Shell: `rollcall-collector plan …`, the plan's tables on the command line.
//!
//! Comes in: folders and workbooks, today. Goes out: notes and changes on standard output, folders written, a word on how it ended. Absent on
//! purpose: what needs a store (`import`, `draft`, `export` of what is in force), which stands in `cli_store`.

use crate::domain::language::Language;
use crate::domain::plan::diff::{Change, What, diff};
use crate::domain::plan::effect::{Effect, effects};
use crate::domain::plan::merge::{Pick, Picks};
use crate::domain::plan::read::{count_of, sort_notes};
use crate::domain::plan::{Note, Plan, Severity, Tables, check, has_error, unfold};
use crate::domain::register::Register;
use crate::plan_folder::{Export, read_path, write_path};
use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use rollcall_shared::Timestamp;
use std::io::Write;
use std::path::PathBuf;

/// What to do with a plan.
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Tell everything that is wrong or odd in a folder of tables or a workbook; ends 0 unless something is an error
    Check(CheckArgs),
    /// Tell what changed between two folders of tables or workbooks; ends 0
    Diff(DiffArgs),
    /// Take a folder of tables or a workbook in as a new version; an error changes nothing
    Import(ImportArgs),
    /// Write the tables in force, or others, strictly into a folder or a workbook
    Export(ExportArgs),
    /// Write rooms and assets out of the live fleet, for correction
    Draft(DraftArgs),
}

/// How to speak.
#[derive(Debug, Clone, Copy, Args)]
pub struct Speaking {
    /// Language of the words
    #[arg(long, value_enum, default_value_t = Lang::Fr)]
    pub lang: Lang,
    /// JSON instead of words
    #[arg(long)]
    pub json: bool,
}

impl Speaking {
    /// The language of the words.
    pub fn language(self) -> Language {
        Language::from(self.lang)
    }
}

/// A language on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// French
    Fr,
    /// English
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Fr => Language::Fr,
            Lang::En => Language::En,
        }
    }
}

/// Arguments of `plan check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Folder of TABLE.csv files, .xlsx, .ods or .zip
    folder: PathBuf,
    #[command(flatten)]
    speaking: Speaking,
}

/// Arguments of `plan diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Folder or workbook before
    before: PathBuf,
    /// Folder or workbook after
    after: PathBuf,
    #[command(flatten)]
    speaking: Speaking,
}

/// Arguments of `plan export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Folder to write, or a file ending in .xlsx, .ods or .zip
    pub to: PathBuf,
    /// Folder or workbook to read, instead of what is in force
    #[arg(long)]
    pub from: Option<PathBuf>,
    /// Language of words, and of the headings written; without it headings are the canonical ones
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
    /// JSON instead of words
    #[arg(long)]
    pub json: bool,
}

impl ExportArgs {
    fn speaking(&self) -> Speaking {
        Speaking { lang: self.lang.unwrap_or(Lang::Fr), json: self.json }
    }
}

/// Arguments of `plan import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Folder of TABLE.csv files, .xlsx, .ods or .zip
    pub folder: PathBuf,
    /// Who imports it
    #[arg(long, default_value = "console")]
    pub author: String,
    /// Why, in a sentence
    #[arg(long = "note", default_value = "")]
    pub remark: String,
    /// Tell what is wrong, what would change for whom, and what was changed on both sides; change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where a cell was changed here and in the file since the export: keep what is in force
    #[arg(long, conflicts_with = "theirs")]
    pub ours: bool,
    /// Where a cell was changed here and in the file since the export: take the file's
    #[arg(long)]
    pub theirs: bool,
    /// How to speak.
    #[command(flatten)]
    pub speaking: Speaking,
}

impl ImportArgs {
    /// How conflicts are settled.
    pub fn picks(&self) -> Picks {
        match (self.ours, self.theirs) {
            (true, _) => Picks::all(Pick::Ours),
            (_, true) => Picks::all(Pick::Theirs),
            _ => Picks::default(),
        }
    }
}

/// Arguments of `plan draft`.
#[derive(Debug, Args)]
pub struct DraftArgs {
    /// Folder to write, or a file ending in .xlsx, .ods or .zip
    pub to: PathBuf,
    /// Codes of schools; without any, all
    pub schools: Vec<String>,
    /// Language of the headings written; without it they are the canonical ones
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
}

/// Does what needs no store; true when nothing is an error. Whoever stops reading the output early (`| head`) breaks nothing.
pub fn run(command: &PlanCommand, today: Date, out: &mut dyn Write) -> Result<bool> {
    let mut text = Vec::new();
    let done = tell(command, today, &mut text);
    match out.write_all(&text) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("writing to standard output"),
        _ => done,
    }
}

fn tell(command: &PlanCommand, today: Date, out: &mut dyn Write) -> Result<bool> {
    match command {
        PlanCommand::Check(args) => {
            let brought = read_path(&args.folder)?;
            let (tables, mut notes) = (brought.tables, brought.notes);
            notes.extend(check(&tables, today));
            sort_notes(&mut notes);
            print_notes(&notes, &tables, today, args.speaking, out)?;
            Ok(!has_error(&notes))
        }
        PlanCommand::Diff(args) => {
            let (before, after) = (read_path(&args.before)?.tables, read_path(&args.after)?.tables);
            print_changes(&diff(&before, &after), &effects(&before, &after, today), args.speaking, out)?;
            Ok(true)
        }
        PlanCommand::Import(_) | PlanCommand::Draft(_) => bail!("this command needs a store"),
        PlanCommand::Export(args) => {
            let from = args.from.as_ref().context("this command needs a store, or --from FOLDER")?;
            let brought = read_path(from)?;
            let (tables, mut notes) = (brought.tables, brought.notes);
            sort_notes(&mut notes);
            if has_error(&notes) {
                print_notes(&notes, &tables, today, args.speaking(), out)?;
                ensure!(!has_error(&notes), "nothing was written: mend the errors above first");
            }
            // The day is enough for a file made of other files; only `main` knows the hour.
            let made_at = today.to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp(0), |day| Timestamp(day.timestamp().as_second()));
            let language = args.lang.map(Language::from);
            write_path(&args.to, &Export { tables: &tables, origin: brought.origin.as_ref(), language, made_at })?;
            writeln!(out, "{} tables, {} rows: {}", tables.iter().count(), tables.row_count(), args.to.display())?;
            Ok(true)
        }
    }
}

/// Prints notes, aligned, with a closing line that counts them.
pub fn print_notes(notes: &[Note], tables: &Tables, today: Date, speaking: Speaking, out: &mut dyn Write) -> Result<()> {
    let language = Language::from(speaking.lang);
    if speaking.json {
        let notes: Vec<_> = notes.iter().map(|note| note_json(note, language)).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&notes)?)?;
        return Ok(());
    }
    let lines: Vec<[String; 4]> = notes
        .iter()
        .map(|note| {
            let place = note.row.map_or_else(|| note.file.clone(), |row| format!("{}:{row}", note.file));
            [note.severity.label(language).to_owned(), place, note.column.clone().unwrap_or_default(), note.sentence(language)]
        })
        .collect();
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    for [severity, place, column, sentence] in &lines {
        writeln!(out, "{severity:<0$}  {place:<1$}  {column:<2$}  {sentence}", widths[0], widths[1], widths[2])?;
    }
    let [errors, warnings, others] = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| count_of(notes, severity));
    let (plan, register) = (Plan::from_tables(tables), Register::from_tables(tables));
    let places = unfold(&plan, &register, today).places.len();
    let (count, rows, schools) = (tables.iter().count(), tables.row_count(), plan.schools.len());
    let some = |count: usize, fr: &str, en: &str| match language {
        Language::Fr => format!("{count} {fr}{}", if count > 1 { "s" } else { "" }),
        Language::En => format!("{count} {en}{}", if count == 1 { "" } else { "s" }),
    };
    let size = [some(count, "table", "table"), some(rows, "ligne", "row"), some(schools, "école", "school"), some(places, "place", "place")];
    let told = [some(errors, "erreur", "error"), some(warnings, "avertissement", "warning"), some(others, "remarque", "note")];
    let summary = format!("{}{}{}.", size.join(", "), language.pick(" : ", ": "), told.join(", "));
    writeln!(out, "{summary}")?;
    Ok(())
}

/// A note as JSON: the same names as the struct's.
pub fn note_json(note: &Note, language: Language) -> serde_json::Value {
    serde_json::json!({
        "severity": note.severity.code(),
        "key": note.problem.key,
        "table": note.table,
        "file": note.file,
        "row": note.row,
        "column": note.column,
        "found": note.found,
        "expected": note.expected.text(language),
        "message": note.sentence(language),
    })
}

/// Prints changes row by row, then what they mean for whom, with a closing line that counts them.
pub fn print_changes(changes: &[Change], effects: &[Effect], speaking: Speaking, out: &mut dyn Write) -> Result<()> {
    let language = speaking.language();
    if speaking.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&changes_json(changes, effects, language))?)?;
        return Ok(());
    }
    for change in changes {
        writeln!(out, "{}", change.text(language))?;
    }
    if !effects.is_empty() {
        writeln!(out, "{}", language.pick("\nCe que cela change :", "\nWhat this means:"))?;
    }
    for effect in effects {
        writeln!(out, "  {}", effect.text(language))?;
    }
    let count = changes.len();
    let summary = match (language, count) {
        (Language::Fr, 0) => "Aucun changement.".to_owned(),
        (Language::En, 0) => "Nothing changed.".to_owned(),
        (Language::Fr, _) => format!("{count} ligne{} en tout.", if count > 1 { "s" } else { "" }),
        (Language::En, _) => format!("{count} row{} in all.", if count == 1 { "" } else { "s" }),
    };
    writeln!(out, "{summary}")?;
    Ok(())
}

/// Changes and what they mean, as JSON.
pub fn changes_json(changes: &[Change], effects: &[Effect], language: Language) -> serde_json::Value {
    let effect = |effect: &Effect| {
        let what: Vec<String> = effect.what.iter().map(|what| what.text(language)).collect();
        serde_json::json!({ "for": effect.whom.sort(), "code": effect.whom.code(), "what": what, "message": effect.text(language) })
    };
    serde_json::json!({ "rows": changes.iter().map(change_json).collect::<Vec<_>>(), "effects": effects.iter().map(effect).collect::<Vec<_>>() })
}

fn change_json(change: &Change) -> serde_json::Value {
    let cells =
        |cells: &[(String, String)]| cells.iter().map(|(column, cell)| (column.clone(), cell.clone().into())).collect::<serde_json::Map<_, _>>();
    let (what, cells) = match &change.what {
        What::Added(row) => ("added", serde_json::Value::from(cells(row))),
        What::Removed(row) => ("removed", cells(row).into()),
        What::Changed(changed) => {
            let cells = changed.iter().map(|cell| serde_json::json!({"column": cell.column, "before": cell.before, "after": cell.after}));
            ("changed", cells.collect::<Vec<_>>().into())
        }
    };
    serde_json::json!({ "table": change.table, "key": change.key, "what": what, "cells": cells })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Runs `plan ARGUMENTS` over a folder with these files; expects this output and whether it ended well.
    fn check(files: &[(&str, &str)], make: impl Fn(PathBuf) -> PlanCommand, expected: &str, well: bool) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut out = Vec::new();
        let done = run(&make(folder.path().to_owned()), date(2026, 11, 22), &mut out);
        assert_eq!((String::from_utf8(out).unwrap().as_str(), done.unwrap_or(false)), (expected, well));
    }

    fn speaking(lang: Lang) -> Speaking {
        Speaking { lang, json: false }
    }

    #[test]
    fn notes_stand_in_columns_and_errors_end_badly() {
        let files = [("schools.csv", "school,uai,nam\ncamus,9990001A,x\n"), ("kits.csv", "kit,item\nk,tablette\n")];
        let expected = "\
error    schools.csv:1  nam  unknown column “nam”; expected “name”?
error    schools.csv:2  uai  the check letter of the UAI “9990001A” is wrong; expected 9990001X (letter X)
warning  kits.csv:2     kit  nobody gets the kit “k”; expected a row of allotments
2 tables, 2 rows, 1 school, 0 places: 2 errors, 1 warning, 0 notes.
";
        check(&files, |folder| PlanCommand::Check(CheckArgs { folder, speaking: speaking(Lang::En) }), expected, false);
        let expected = "1 table, 1 ligne, 0 école, 0 place : 0 erreur, 0 avertissement, 0 remarque.\n";
        let files = [("actors.csv", "actor\nville\n")];
        check(&files, |folder| PlanCommand::Check(CheckArgs { folder, speaking: speaking(Lang::Fr) }), expected, true);
    }

    #[test]
    fn a_plan_with_errors_is_not_exported() {
        let to = tempfile::tempdir().unwrap();
        let target = to.path().join("out");
        let make = |from| PlanCommand::Export(ExportArgs { from: Some(from), to: target.clone(), lang: None, json: false });
        let expected = "\
erreur  schools.csv:2  uai  la lettre de contrôle de l'UAI « 9990001A » est fausse ; attendu : 9990001X (lettre X)
1 table, 1 ligne, 1 école, 0 place : 1 erreur, 0 avertissement, 0 remarque.
";
        check(&[("schools.csv", "school,uai\ncamus,9990001A\n")], make, expected, false);
        assert!(!target.exists());
    }
}

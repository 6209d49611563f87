//! Shell: `calendar import` and `calendar show`.
//!
//! Comes in: arguments, an open database, the time. Goes out: words on how it ended. Absent on purpose: reading the file (`calendar_file`), the clock.

use crate::calendar_file;
use crate::calendars::Kept;
use crate::domain::language::Language;
use crate::store::Db;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use rollcall_shared::Timestamp;
use std::io::Write;
use std::path::PathBuf;

/// What to do with school years.
#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// Take in the ministry's school calendar (fr-en-calendrier-scolaire) as it is published, CSV or JSON
    Import {
        /// The file
        file: PathBuf,
        /// Language of what is said: fr, en
        #[arg(long, default_value = "en")]
        lang: String,
    },
    /// Which school years are known, by zone
    Show,
}

/// Runs it.
pub fn run(db: &Db, command: &CalendarCommand, now: Timestamp, out: &mut dyn Write) -> Result<()> {
    match command {
        CalendarCommand::Import { file, lang } => {
            let language = Language::from_code(lang).unwrap_or(Language::En);
            let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            match calendar_file::import(db, &bytes, &name, "console", now)? {
                Ok(imported) => {
                    for line in &imported.refused {
                        writeln!(out, "{}", line.text(language))?;
                    }
                    let (changed, years) = (imported.changed, imported.years);
                    let fr = format!("{changed} années scolaires nouvelles ou changées sur {years} du fichier");
                    let en = format!("{changed} school years new or changed, of {years} in the file");
                    writeln!(out, "{}", language.pick(fr, en))?;
                }
                Err(refusal) => bail!("{}: {}", file.display(), refusal.text(language)),
            }
        }
        CalendarCommand::Show => {
            let kept = Kept::default();
            for (zone, year, whole) in db.read(|tx| kept.get(tx))?.holidays.years() {
                writeln!(out, "{zone} {year}{}", if whole { "" } else { " (not whole: presence stays unknown)" })?;
            }
        }
    }
    Ok(())
}

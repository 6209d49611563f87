//! Shell: `rollcall-collector list …`: lists that others keep of the devices, and how they stand beside register and live fleet.
//!
//! Comes in: files, a database, today. Goes out: words or JSON on standard output. Absent on purpose: what headings mean (`domain/list`).

use crate::domain::language::Language;
use crate::domain::list::{Field, Live, SOURCES, Side, compare, source};
use crate::domain::register::Register;
use crate::list_in::{self, Bringing};
use crate::store::sight::Eyes;
use crate::store::{self, Db};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use jiff::civil::Date;
use rollcall_shared::Timestamp;
use std::io::Write;
use std::path::PathBuf;

/// What to do with lists.
#[derive(Debug, Subcommand)]
pub enum ListCommand {
    /// Bring a list in: .csv, .xlsx or .ods; one of the same name is replaced
    Bring {
        /// The file
        file: PathBuf,
        /// Where it comes from: jamf, intune, relution, uem, kwartz, glpi, other
        #[arg(long)]
        from: String,
        /// What people call it; without it the source's name
        #[arg(long)]
        name: Option<String>,
        /// Its own date, YYYY-MM-DD; without it today
        #[arg(long)]
        as_of: Option<Date>,
        /// A column named by hand, FIELD=HEADING (serial, uem_id, mac, name, model, os, os_version, seen_on, school, group)
        #[arg(long = "map", value_name = "FIELD=HEADING")]
        columns: Vec<String>,
        /// Who brings it
        #[arg(long, default_value = "console")]
        author: String,
        /// Tell what would be read, keep nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Tell which lists there are
    Show,
    /// Take a list out
    Remove {
        /// Its number
        number: i64,
    },
    /// Tell who knows what: one line a thing, with the sides that know it
    Compare {
        /// Only what this side alone knows: list, live, register
        #[arg(long)]
        only: Option<String>,
    },
}

/// Does it; whether it went well.
pub fn run(db: &Db, command: ListCommand, today: Date, now: Timestamp, out: &mut impl Write) -> Result<bool> {
    match command {
        ListCommand::Bring { file, from, name, as_of, columns, author, dry_run } => {
            let known = source(&from).with_context(|| format!("--from: found {from:?}, expected one of {}", codes()))?;
            let chosen = columns.iter().map(|text| chosen(text)).collect::<Result<Vec<_>>>()?;
            let bytes = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
            let brought = match list_in::read(&bytes, &chosen) {
                Ok(brought) => brought,
                Err(odd) => {
                    writeln!(out, "{}: found {}; expected {}", file.display(), odd.found, odd.expected.text(Language::En))?;
                    return Ok(false);
                }
            };
            for odd in &brought.odd {
                writeln!(out, "{}, line {}: found {}; expected {}", file.display(), odd.line, odd.found, odd.expected.text(Language::En))?;
            }
            let as_of = as_of.unwrap_or(today);
            writeln!(out, "{} rows name a device; the list is of {as_of}", brought.rows.len())?;
            if !dry_run {
                let name = name.unwrap_or_else(|| known.name.to_owned());
                let bringing = Bringing { source: from, name, as_of, chosen, by_whom: author, at: now };
                let number = list_in::keep(db, &bringing, brought.rows)?;
                writeln!(out, "list {number} kept")?;
            }
        }
        ListCommand::Show => {
            for list in db.read(store::list::lists)? {
                writeln!(out, "{}\t{}\t{}\t{}\t{} rows\t{}", list.id, list.source, list.name, list.as_of, list.rows, list.by_whom)?;
            }
        }
        ListCommand::Remove { number } => {
            if !db.write(move |tx| store::list::remove(tx, number, now))? {
                bail!("there is no list {number}: `list show` tells the numbers");
            }
        }
        ListCommand::Compare { only } => tell(db, only.as_deref(), out)?,
    }
    Ok(true)
}

fn codes() -> String {
    SOURCES.iter().map(|source| source.code).collect::<Vec<_>>().join(", ")
}

fn chosen(text: &str) -> Result<(Field, String)> {
    let (code, heading) = text.split_once('=').with_context(|| format!("--map: found {text:?}, expected FIELD=HEADING"))?;
    let field = Field::from_code(code).with_context(|| format!("--map: found the field {code:?}, expected serial, uem_id, mac, name, …"))?;
    Ok((field, heading.to_owned()))
}

fn tell(db: &Db, only: Option<&str>, out: &mut impl Write) -> Result<()> {
    let (listed, assets, devices) = db.read(|tx| -> store::Result<_> {
        let assets = Register::from_tables(&store::plan::register(tx)?).assets;
        let live: Vec<Live> = store::list::live(&mut Eyes::ALL.on(tx), None, i64::MAX)?.into_iter().map(|(live, _)| live).collect();
        Ok((store::list::listed(tx)?, assets, live))
    })?;
    for line in compare(&listed, &devices, &assets) {
        let sides: Vec<&str> = line.sides().into_iter().map(Side::code).collect();
        if only.is_some_and(|only| sides != [only]) {
            continue;
        }
        let row = line.listed.first().map(|at| &listed[*at].row);
        let named = row.and_then(|row| row.serial.clone().or(row.name.clone()).or(row.uem_id.clone()));
        let asset = line.assets.first().map(|at| assets[*at].label.clone());
        let device = line.devices.first().map(|id| format!("#{id}"));
        let known = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        writeln!(out, "{}\t{}\t{}\t{}", sides.join("+"), known(named), known(asset), known(device))?;
    }
    Ok(())
}

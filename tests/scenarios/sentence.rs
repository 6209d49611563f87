//! The sentences that a scenario may say, each a pattern with what it does: deeds ([`super::deed`]) and expectations ([`super::expect`]).
//!
//! Comes in: a line. Goes out: an [`Act`], or what sentences come near. In a pattern `{x}` is any words, `[…]` may be left out, `(a|b)` is one
//! of the two.

use super::book::Written;
use super::run::Run;
use super::who::Known;
use super::{deed, expect};
use jiff::civil::DateTime;
use regex_lite::{Captures, Regex};
use rollcall_collector::domain::folded::fold;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

type Doing = Box<dyn Fn(&mut Run) -> Result<(), String> + Send>;

/// What a line means.
pub enum Act {
    /// Time passes until then.
    Until(DateTime),
    /// Something happens, or is expected.
    Do(Doing),
    /// Tables are taken in; those that follow belong to it.
    Import(Import),
}

/// An import.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// Who.
    pub author: String,
    /// What comes back is the last export, edited; else the scenario's own tables.
    pub exported: bool,
    /// Tables that are written anew, in their order.
    pub written: Vec<Written>,
}

impl Act {
    /// Time passes.
    pub fn until(at: DateTime) -> Act {
        Act::Until(at)
    }

    /// Something is done.
    pub fn of(doing: impl Fn(&mut Run) -> Result<(), String> + Send + 'static) -> Result<Act, String> {
        Ok(Act::Do(Box::new(doing)))
    }

    /// A table that stands below it.
    pub fn take_table(&mut self, table: Written) -> Result<(), String> {
        let Act::Import(import) = self else {
            return Err("une table se met en tête du scénario ou sous « on importe le plan »".to_owned());
        };
        import.written.push(table);
        Ok(())
    }
}

/// One sentence.
pub struct Sentence {
    /// Its pattern, which is also how the README tells it.
    pub pattern: &'static str,
    /// Makes the act.
    pub make: fn(&Words<'_>, &mut Known) -> Result<Act, String>,
}

/// The words that stand where a pattern has names.
pub struct Words<'a>(Captures<'a>);

impl Words<'_> {
    /// What stands at `{name}`; empty where it was left out.
    pub fn get(&self, name: &str) -> String {
        self.0.name(name).map_or("", |found| found.as_str()).trim().to_owned()
    }

    /// The whole line.
    pub fn line(&self) -> &str {
        self.0.get(0).map_or("", |found| found.as_str())
    }

    /// A number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, String> {
        let text = self.get(name);
        text.parse().map_err(|_| format!("« {text} » n'est pas un nombre"))
    }
}

/// Reads a line.
pub fn read(line: &str, known: &mut Known) -> Result<Act, String> {
    let (text, expects) = line.strip_prefix('>').map_or((line, false), |rest| (rest.trim(), true));
    let table = if expects { expect::SENTENCES } else { deed::SENTENCES };
    for (sentence, regex) in table.iter().zip(compiled(expects)) {
        if let Some(found) = regex.captures(text) {
            return (sentence.make)(&Words(found), known);
        }
    }
    Err(format!("phrase inconnue ; les plus proches :\n      {}", nearest(text, table).join("\n      ")))
}

fn compiled(expects: bool) -> &'static [Regex] {
    static ALL: OnceLock<[Vec<Regex>; 2]> = OnceLock::new();
    let all = ALL.get_or_init(|| [deed::SENTENCES, expect::SENTENCES].map(|table| table.iter().map(|sentence| regex(sentence.pattern)).collect()));
    &all[usize::from(expects)]
}

/// A pattern as a regular expression.
fn regex(pattern: &str) -> Regex {
    let mut text = String::from("(?i)^");
    for c in pattern.chars() {
        match c {
            '{' => text.push_str("(?P<"),
            '}' => text.push_str(">.+?)"),
            '[' => text.push_str("(?:"),
            ']' => text.push_str(")?"),
            '(' => text.push_str("(?:"),
            '.' | '+' | '*' | '?' => text.extend(['\\', c]),
            other => text.push(other),
        }
    }
    text.push('$');
    Regex::new(&text).unwrap_or_else(|error| panic!("the pattern « {pattern} »: {error}"))
}

/// The three sentences with the most words in common.
fn nearest(text: &str, table: &[Sentence]) -> Vec<&'static str> {
    let words = |text: &str| -> BTreeSet<String> { fold(text).split_whitespace().map(str::to_owned).collect() };
    let said = words(text);
    let mut ranked: Vec<(usize, &'static str)> =
        table.iter().map(|sentence| (words(sentence.pattern).intersection(&said).count(), sentence.pattern)).collect();
    ranked.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    ranked.into_iter().take(3).map(|(_, pattern)| pattern).collect()
}

/// The README beside the scenarios tells every sentence, word for word.
pub fn readme_names_all(folder: &Path) -> Result<(), String> {
    let readme = std::fs::read_to_string(folder.join("README.md")).map_err(|error| error.to_string())?;
    let all = deed::SENTENCES
        .iter()
        .map(|sentence| sentence.pattern.to_owned())
        .chain(expect::SENTENCES.iter().map(|sentence| format!("> {}", sentence.pattern)));
    let missing: Vec<String> = all.filter(|pattern| !readme.contains(&format!("`{pattern}`"))).map(|pattern| format!("`{pattern}`")).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("tests/scenarios/README.md does not tell:\n{}", missing.join("\n"))) }
}

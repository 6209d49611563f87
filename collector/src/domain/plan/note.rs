//! Notes: everything there is to say about a plan, each with its place in the tables, never only the first.
//!
//! Comes in: a problem of the table in `problem`, where it stands, what was found, what was expected. Goes out: [`Note`], and its
//! words in either language. Absent on purpose: what decides that something is wrong (`read`, `check`).

use super::problem::Problem;
use crate::domain::language::Language;
use std::borrow::Cow;

/// How much a note weighs. An import with an error changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It cannot be taken in as it stands.
    Error,
    /// It can, but is probably not what was meant, or the source contradicts itself.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Its code: `error`, `warning`, `note`.
    pub fn code(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }

    /// Its word.
    pub fn label(self, language: Language) -> &'static str {
        match self {
            Severity::Error => language.pick("erreur", "error"),
            Severity::Warning => language.pick("attention", "warning"),
            Severity::Note => language.pick("remarque", "note"),
        }
    }
}

/// The same words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// French.
    pub fr: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Words {
    /// Words that are known when the program is written.
    pub const fn fixed(fr: &'static str, en: &'static str) -> Self {
        Words { fr: Cow::Borrowed(fr), en: Cow::Borrowed(en) }
    }

    /// Words that name found things.
    pub fn made(fr: String, en: String) -> Self {
        Words { fr: Cow::Owned(fr), en: Cow::Owned(en) }
    }

    /// A code or a number, the same in both languages.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Words { fr: Cow::Owned(text.clone()), en: Cow::Owned(text) }
    }

    /// The words in a language.
    pub fn text(&self, language: Language) -> &str {
        language.pick(&self.fr, &self.en)
    }
}

/// One thing to say about a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How much it weighs.
    pub severity: Severity,
    /// What is the matter; [`Problem::key`] is its stable name.
    pub problem: &'static Problem,
    /// The file, as the person calls it: `rooms.csv`.
    pub file: String,
    /// The table's code, empty where the file is no table.
    pub table: &'static str,
    /// The line of the file, counted from 1 with the headings as line 1; absent where the whole table is meant.
    pub row: Option<u64>,
    /// The column's heading.
    pub column: Option<String>,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: Words,
}

impl Note {
    /// A note about a whole file, with the problem's own weight.
    pub fn new(problem: &'static Problem, file: &str, table: &'static str) -> Self {
        Note {
            severity: problem.severity,
            problem,
            file: file.to_owned(),
            table,
            row: None,
            column: None,
            found: String::new(),
            expected: Words::default(),
        }
    }

    /// On this line; 0: of no file (a row that was there before).
    pub fn at_row(mut self, row: u64) -> Self {
        self.row = (row > 0).then_some(row);
        self
    }

    /// In this column.
    pub fn at_column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// What was found there (clipped: a cell may be a page long).
    pub fn found(mut self, found: impl AsRef<str>) -> Self {
        self.found = rollcall_shared::wire::clip(found.as_ref(), 120).to_owned();
        self
    }

    /// What was expected instead.
    pub fn expected(mut self, expected: Words) -> Self {
        self.expected = expected;
        self
    }

    /// With another weight than the problem's own.
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Where it stands: « rooms.csv, ligne 12, colonne school ».
    pub fn place(&self, language: Language) -> String {
        let mut place = self.file.clone();
        if let Some(row) = self.row {
            place.push_str(&format!(", {} {row}", language.pick("ligne", "row")));
        }
        if let Some(column) = &self.column {
            place.push_str(&format!(", {} {column}", language.pick("colonne", "column")));
        }
        place
    }

    /// What is the matter, in one sentence.
    pub fn sentence(&self, language: Language) -> String {
        let template = language.pick(self.problem.fr, self.problem.en);
        template.replace("{found}", &self.found).replace("{expected}", self.expected.text(language))
    }

    /// Place and sentence.
    pub fn text(&self, language: Language) -> String {
        let colon = language.pick(" : ", ": ");
        format!("{}{colon}{}", self.place(language), self.sentence(language))
    }
}

/// Whether any note is an error, so that nothing may be taken in.
pub fn has_error(notes: &[Note]) -> bool {
    notes.iter().any(|note| note.severity == Severity::Error)
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::problem;

    #[test]
    fn a_note_says_where_it_stands_in_both_languages() {
        let note = Note::new(&problem::SUM_DIFFERS, "figures.csv", "figures").at_row(3).at_column("value").found("22").expected(Words::same("21"));
        assert_eq!(note.text(Language::En), "figures.csv, row 3, column value: the figure stated is 22, the tables give 21");
        assert!(note.text(Language::Fr).starts_with("figures.csv, ligne 3, colonne value : "), "{}", note.text(Language::Fr));
        // A row that was there before stands in no file; the first line of one is a line.
        assert_eq!(note.clone().at_row(0).place(Language::Fr), "figures.csv, colonne value");
        assert_eq!(note.clone().at_row(1).place(Language::Fr), "figures.csv, ligne 1, colonne value");
        assert_eq!(note.found("é".repeat(200)).found.chars().count(), 120, "a cell may be a page long");
    }

    #[test]
    fn only_an_error_keeps_a_plan_out() {
        let weighing = |severity| Note::new(&problem::SUM_DIFFERS, "figures.csv", "figures").weighing(severity);
        assert!(!has_error(&[]) && !has_error(&[weighing(Severity::Warning), weighing(Severity::Note)]));
        assert!(has_error(&[weighing(Severity::Warning), weighing(Severity::Error)]));
        assert_eq!(Severity::Warning.label(Language::Fr), "attention");
        assert_eq!([Severity::Error, Severity::Warning, Severity::Note].map(|one| one.label(Language::En)), ["error", "warning", "note"]);
    }

    #[test]
    fn what_is_expected_is_said_in_the_language_asked() {
        let made = Words::made("au plus 2".into(), "at most 2".into());
        assert_eq!((made.text(Language::Fr), made.text(Language::En)), ("au plus 2", "at most 2"));
        let fixed = Words::fixed("une date", "a date");
        assert_eq!((fixed.text(Language::Fr), fixed.text(Language::En)), ("une date", "a date"));
    }
}

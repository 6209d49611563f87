//! The two languages in which Rollcall speaks to people.
//!
//! Comes in: a browser's or a user's wish. Goes out: a choice that the functions which make words take as a parameter.
//! Absent on purpose: the words themselves; they stand with what they speak of.

/// A language of the interface. French is the default: it is the users' own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

impl Language {
    /// Its code: `fr`, `en`.
    pub fn code(self) -> &'static str {
        match self {
            Language::Fr => "fr",
            Language::En => "en",
        }
    }

    /// The language of a code or a tag that begins with one (`en`, `en-GB`, `fr_FR.UTF-8`).
    pub fn from_code(code: &str) -> Option<Language> {
        match code.get(..2)?.to_ascii_lowercase().as_str() {
            "fr" => Some(Language::Fr),
            "en" => Some(Language::En),
            _ => None,
        }
    }

    /// Chooses between two texts.
    pub fn pick<T>(self, fr: T, en: T) -> T {
        match self {
            Language::Fr => fr,
            Language::En => en,
        }
    }
}

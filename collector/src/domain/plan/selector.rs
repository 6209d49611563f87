//! Selectors: the words by which a row names schools, and the words that say how often a kit's item is counted.
//!
//! Comes in: text of a cell. Goes out: [`Selector`], [`Per`], each with its canonical text. Absent on purpose: the schools; a
//! selector is asked school by school.

use super::note::Words;
use super::schema::{self, LEVELS, ROOM_KINDS, SCHOOL_KINDS};
use crate::domain::folded::fold;
use std::fmt;

/// What a selector asks of a school.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Term {
    /// The school with this code.
    School(String),
    /// Schools of this kind.
    Kind(String),
    /// Schools of this group.
    Group(String),
    /// Schools in this phase.
    Phase(String),
    /// Schools with this trait.
    Trait(String),
}

/// Schools, named by terms that all hold; without a term, every school.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Selector {
    /// The terms, in the order written.
    pub terms: Vec<Term>,
}

/// What a selector may ask about a school.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Its code.
    pub school: &'a str,
    /// Its kind, empty where not told.
    pub kind: &'a str,
    /// Its group, empty where not told.
    pub group: &'a str,
    /// Its phases.
    pub phases: &'a [String],
    /// Its traits, folded.
    pub traits: &'a [String],
}

/// What a selector looks like, for notes.
pub const EXPECTED: Words = Words::fixed(
    "le code d'une école, * ou des termes joints par & : kind=elementaire, group=…, phase=2, trait=rep+",
    "a school's code, *, or terms joined by &: kind=elementaire, group=…, phase=2, trait=rep+",
);

impl Selector {
    /// Reads a selector.
    pub fn parse(text: &str) -> Option<Selector> {
        let text = text.trim();
        if matches!(text, "*") || matches!(fold(text).as_str(), "toutes" | "tous" | "all" | "toutes les ecoles" | "all schools") {
            return Some(Selector::default());
        }
        let terms = text.split('&').map(term).collect::<Option<Vec<_>>>()?;
        Some(Selector { terms })
    }

    /// The one school it names by code, if it does.
    pub fn school(&self) -> Option<&str> {
        match &self.terms[..] {
            [Term::School(code)] => Some(code),
            _ => None,
        }
    }

    /// Whether it chooses this school.
    pub fn chooses(&self, facts: Facts<'_>) -> bool {
        self.terms.iter().all(|term| match term {
            Term::School(code) => code == facts.school,
            Term::Kind(kind) => kind == facts.kind,
            Term::Group(group) => group == facts.group,
            Term::Phase(phase) => facts.phases.contains(phase),
            Term::Trait(name) => facts.traits.iter().any(|has| *has == fold(name)),
        })
    }
}

fn term(text: &str) -> Option<Term> {
    let Some((name, value)) = text.split_once('=') else {
        let code = text.trim();
        return (!code.is_empty() && code != "*").then(|| Term::School(code.to_owned()));
    };
    let value = value.trim().to_owned();
    if value.is_empty() {
        return None;
    }
    match fold(name).as_str() {
        "kind" | "type" | "nature" => schema::choose(SCHOOL_KINDS, &value).map(|kind| Term::Kind(kind.to_owned())),
        "group" | "groupe" => Some(Term::Group(value)),
        "phase" => Some(Term::Phase(value)),
        "trait" | "label" | "critere" => Some(Term::Trait(value)),
        "school" | "ecole" => Some(Term::School(value)),
        _ => None,
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return f.write_str("*");
        }
        for (index, term) in self.terms.iter().enumerate() {
            if index > 0 {
                f.write_str("&")?;
            }
            match term {
                Term::School(code) => f.write_str(code)?,
                Term::Kind(kind) => write!(f, "kind={kind}")?,
                Term::Group(group) => write!(f, "group={group}")?,
                Term::Phase(phase) => write!(f, "phase={phase}")?,
                Term::Trait(name) => write!(f, "trait={name}")?,
            }
        }
        Ok(())
    }
}

/// How often an item of a kit is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Per {
    /// Once a school.
    #[default]
    School,
    /// Once a class of the school year.
    Class,
    /// Once a room of this kind.
    Room(&'static str),
    /// Once a teacher.
    Teacher,
    /// Once a pupil of this level.
    Pupil(&'static str),
    /// Once a case.
    Case,
}

/// What `per` looks like, for notes.
pub const EXPECTED_PER: Words =
    Words::fixed("school, class, room:GENRE, teacher, pupil:NIVEAU ou case", "school, class, room:KIND, teacher, pupil:LEVEL or case");

impl Per {
    /// Reads it.
    pub fn parse(text: &str) -> Option<Per> {
        let (name, of) = text.split_once(':').map_or((text, None), |(name, of)| (name, Some(of.trim())));
        match (fold(name).as_str(), of) {
            ("school" | "ecole" | "site" | "etablissement", None) => Some(Per::School),
            ("class" | "classe", None) => Some(Per::Class),
            ("room" | "salle", Some(kind)) => schema::choose(ROOM_KINDS, kind).map(Per::Room),
            ("teacher" | "enseignant" | "enseignante" | "professeur", None) => Some(Per::Teacher),
            ("pupil" | "eleve", Some(level)) => schema::choose(LEVELS, level).map(Per::Pupil),
            ("pupil" | "eleve", None) => Some(Per::Pupil("all")),
            ("case" | "valise" | "classe mobile", None) => Some(Per::Case),
            _ => None,
        }
    }
}

impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Per::School => f.write_str("school"),
            Per::Class => f.write_str("class"),
            Per::Room(kind) => write!(f, "room:{kind}"),
            Per::Teacher => f.write_str("teacher"),
            Per::Pupil(level) => write!(f, "pupil:{level}"),
            Per::Case => f.write_str("case"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_have_one_canonical_text() {
        for (text, expected) in [
            ("*", Some("*")),
            ("Toutes", Some("*")),
            ("camus", Some("camus")),
            ("kind = Élémentaire & phase=2", Some("kind=elementaire&phase=2")),
            ("trait=REP+&groupe=Centre", Some("trait=REP+&group=Centre")),
            ("kind=lycee", None),
            ("colour=red", None),
            ("phase=", None),
            ("", None),
            ("a&&b", None),
        ] {
            assert_eq!(Selector::parse(text).map(|selector| selector.to_string()).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_selector_chooses() {
        let (phases, traits) = (["pilot".to_owned(), "1".to_owned()], ["rep+".to_owned()]);
        let facts = Facts { school: "verlaine", kind: "elementaire", group: "", phases: &phases, traits: &traits };
        for (text, expected) in
            [("phase=1", true), ("phase=2", false), ("trait=REP+&kind=elementaire", true), ("kind=maternelle", false), ("*", true)]
        {
            assert_eq!(Selector::parse(text).unwrap().chooses(facts), expected, "{text}");
        }
    }

    #[test]
    fn per_in_two_languages() {
        for (text, expected) in [
            ("Classe", Some("class")),
            ("salle:bibliothèque", Some("room:library")),
            ("pupil:CP", Some("pupil:cp")),
            ("élève:ce1", Some("pupil:ce1")),
            ("room", None),
            ("bus", None),
        ] {
            assert_eq!(Per::parse(text).map(|per| per.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_selector_chooses_by_every_one_of_its_terms() {
        let (phases, traits) = (["1".to_owned(), "2".to_owned()], ["rep+".to_owned()]);
        let facts = Facts { school: "camus", kind: "elementaire", group: "G1", phases: &phases, traits: &traits };
        for (text, expected) in [
            ("*", true),
            ("camus", true),
            ("rameau", false),
            ("ecole=camus", true),
            ("kind=elementaire", true),
            ("kind=maternelle", false),
            ("group=G1", true),
            ("group=G2", false),
            ("phase=2", true),
            ("phase=3", false),
            ("trait=REP+", true),
            ("trait=fibre", false),
            ("phase=2&group=G1&trait=rep+", true),
            ("phase=2&group=G2", false),
        ] {
            assert_eq!(Selector::parse(text).unwrap().chooses(facts), expected, "{text}");
        }
        for text in ["", "&", "phase=", "colour=blue", "*&phase=1"] {
            assert_eq!(Selector::parse(text), None, "{text}");
        }
    }
}

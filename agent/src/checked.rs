//! Reading TOML so that every problem is told at once: each with its key and what was expected there.
//!
//! Comes in: a TOML table. Goes out: values, and problems. Absent on purpose: which keys there are ([`crate::config`]).

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// All problems found so far, each naming its key.
#[derive(Debug, Default)]
pub struct Problems {
    errors: RefCell<Vec<String>>,
    notes: RefCell<Vec<String>>,
}

impl Problems {
    /// Adds one.
    pub fn add(&self, path: &str, text: impl Display) {
        self.errors.borrow_mut().push(if path.is_empty() { text.to_string() } else { format!("{path}: {text}") });
    }

    /// Takes the notes out: what works, but should be looked at.
    pub fn take_notes(&self) -> Vec<String> {
        self.notes.take()
    }

    /// All of them, in the order found.
    pub fn into_vec(self) -> Vec<String> {
        self.errors.into_inner()
    }
}

/// One table being read. Dropped with keys unread, it complains of each.
pub struct Table<'a> {
    path: String,
    table: toml::Table,
    known: Vec<&'static str>,
    problems: &'a Problems,
}

impl<'a> Table<'a> {
    /// The whole file.
    pub fn root(table: toml::Table, problems: &'a Problems) -> Table<'a> {
        Table { path: String::new(), table, known: Vec::new(), problems }
    }

    /// The full name of one of its keys.
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Complains about one of its keys.
    pub fn problem(&self, key: &str, text: impl Display) {
        self.problems.add(&self.path_of(key), text);
    }

    /// Notes something about one of its keys that is no error.
    pub fn note(&self, key: &str, text: impl Display) {
        self.problems.notes.borrow_mut().push(format!("{}: {text}", self.path_of(key)));
    }

    /// Whether a key stands there.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A text.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        match self.take(key)? {
            toml::Value::String(text) => Some(text),
            other => self.wrong(key, "a text in quotation marks", &other),
        }
    }

    /// A text that stands for something; its own complaint is passed on.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Option<T> {
        let text = self.text(key)?;
        text.parse().map_err(|error| self.problem(key, format!("{error}, found {text:?}"))).ok()
    }

    /// A list of texts, each read by `read`.
    pub fn list<T>(&mut self, key: &'static str, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let items = match self.take(key) {
            None => return Vec::new(),
            Some(toml::Value::Array(items)) => items,
            Some(other) => return self.wrong(key, "a list of texts such as [\"…\", \"…\"]", &other).unwrap_or_default(),
        };
        let mut all = Vec::new();
        for (number, item) in items.iter().enumerate() {
            let path = format!("{key}[{number}]");
            match item.as_str().map(&read) {
                Some(Ok(value)) => all.push(value),
                Some(Err(complaint)) => self.problem(&path, complaint),
                None => self.problem(&path, format!("expected a text in quotation marks, found {}", item.type_str())),
            }
        }
        all
    }

    /// A whole number within bounds, or the default.
    pub fn number<T: TryFrom<i64> + Display + PartialOrd>(&mut self, key: &'static str, bounds: RangeInclusive<T>, default: T) -> T {
        match self.take(key) {
            None => default,
            Some(toml::Value::Integer(found)) => match T::try_from(found) {
                Ok(value) if bounds.contains(&value) => value,
                _ => {
                    self.problem(key, format!("expected a number from {} to {}, found {found}", bounds.start(), bounds.end()));
                    default
                }
            },
            Some(other) => self.wrong(key, "a whole number", &other).unwrap_or(default),
        }
    }

    /// True or false, or the default.
    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        match self.take(key) {
            None => default,
            Some(toml::Value::Boolean(value)) => value,
            Some(other) => self.wrong(key, "true or false", &other).unwrap_or(default),
        }
    }

    /// A table within; empty where it is absent.
    pub fn table(&mut self, key: &'static str) -> Table<'a> {
        let table = match self.take(key) {
            None => toml::Table::new(),
            Some(toml::Value::Table(table)) => table,
            Some(other) => self.wrong(key, "a table", &other).unwrap_or_default(),
        };
        Table { path: self.path_of(key), table, known: Vec::new(), problems: self.problems }
    }

    /// The tables of a list of tables.
    pub fn tables(&mut self, key: &'static str) -> Vec<Table<'a>> {
        let items = match self.take(key) {
            None => Vec::new(),
            Some(toml::Value::Array(items)) => items,
            Some(other) => self.wrong(key, "tables, each headed [[…]]", &other).unwrap_or_default(),
        };
        let mut tables = Vec::new();
        for (number, item) in items.into_iter().enumerate() {
            let path = format!("{}[{number}]", self.path_of(key));
            match item {
                toml::Value::Table(table) => tables.push(Table { path, table, known: Vec::new(), problems: self.problems }),
                other => self.problems.add(&path, format!("expected a table, found {}", other.type_str())),
            }
        }
        tables
    }

    fn take(&mut self, key: &'static str) -> Option<toml::Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn wrong<T>(&self, key: &str, expected: &str, found: &toml::Value) -> Option<T> {
        self.problem(key, format!("expected {expected}, found {}", found.type_str()));
        None
    }
}

impl Drop for Table<'_> {
    fn drop(&mut self) {
        for key in self.table.keys() {
            self.problems.add(&self.path_of(key), format!("unknown key, expected one of {}", self.known.join(", ")));
        }
    }
}

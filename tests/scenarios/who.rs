//! Who is meant: « VP-1 », « le vidéoprojecteur VP-1 », « T-01 à T-16 », « les tablettes de la valise V1 », « tout le matériel de camus ».
//!
//! Comes in: words, and what the scenario has declared so far. Goes out: names of things, or why nobody is meant.

use rollcall_collector::domain::kind::Kind;
use std::collections::BTreeMap;

/// What a scenario has declared of a thing.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Its kind.
    pub kind: Kind,
    /// Its case.
    pub case: Option<String>,
    /// Where it was declared, or carried to since.
    pub site: Option<String>,
}

/// Everything declared so far, by name.
#[derive(Debug, Clone, Default)]
pub struct Known(pub BTreeMap<String, Declared>);

const ARTICLES: [&str; 8] = ["le ", "la ", "les ", "l'", "un ", "une ", "des ", "leur "];

/// Without its article.
pub fn bare(text: &str) -> &str {
    let text = text.trim();
    let lower = text.to_lowercase();
    ARTICLES.iter().find(|article| lower.starts_with(**article)).map_or(text, |article| text[article.len()..].trim())
}

impl Known {
    /// The things that these words mean.
    pub fn who(&self, text: &str) -> Result<Vec<String>, String> {
        let mut all = Vec::new();
        for part in text.split(',').flat_map(|part| part.split(" et ")) {
            all.extend(self.part(bare(part))?);
        }
        Ok(all)
    }

    /// The one thing that these words mean.
    pub fn one(&self, text: &str) -> Result<String, String> {
        match self.who(text)?.as_slice() {
            [only] => Ok(only.clone()),
            several => Err(format!("« {} » nomme {} appareils, on en attend un", text.trim(), several.len())),
        }
    }

    fn part(&self, text: &str) -> Result<Vec<String>, String> {
        if let Some(site) = text.strip_prefix("tout le matériel de ").or_else(|| text.strip_prefix("matériel de ")) {
            return self.some(text, |declared| declared.site.as_deref() == Some(site));
        }
        if let Some((kind, case)) = text.split_once(" de la valise ") {
            let (most, kind) = counted(kind)?;
            let mut all = self.some(text, |declared| declared.kind == kind && declared.case.as_deref() == Some(case))?;
            all.truncate(most);
            return Ok(all);
        }
        if let Some((kind, site)) = text.split_once(" de ")
            && let Ok((most, kind)) = counted(kind)
        {
            let mut all = self.some(text, |declared| declared.kind == kind && declared.site.as_deref() == Some(site))?;
            all.truncate(most);
            return Ok(all);
        }
        if let Some((first, last)) = text.split_once(" à ") {
            return self.range(first, last);
        }
        let (kind, name) = text.rsplit_once(' ').map_or((None, text), |(kind, name)| (Some(kind), name));
        let declared = self.0.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
            format!("aucun appareil ne s'appelle « {name} » ; il y a {}", names.join(", "))
        })?;
        if let Some(word) = kind {
            let kind = Kind::from_word(word).ok_or_else(|| format!("« {word} » n'est pas une sorte d'appareil"))?;
            if kind != declared.kind {
                return Err(format!("{name} n'est pas « {word} » mais « {} »", declared.kind.row().fr[0]));
            }
        }
        Ok(vec![name.to_owned()])
    }

    fn some(&self, text: &str, is: impl Fn(&Declared) -> bool) -> Result<Vec<String>, String> {
        let all: Vec<String> = self.0.iter().filter(|(_, declared)| is(declared)).map(|(name, _)| name.clone()).collect();
        if all.is_empty() { Err(format!("« {text} » ne nomme aucun appareil")) } else { Ok(all) }
    }

    fn range(&self, first: &str, last: &str) -> Result<Vec<String>, String> {
        let names = names_between(bare(first), last)?;
        names.into_iter().map(|name| self.one(&name)).collect()
    }
}

/// « 16 tablettes »: how many at most, and of which kind.
fn counted(text: &str) -> Result<(usize, Kind), String> {
    let (most, word) = match text.split_once(' ') {
        Some((number, word)) if number.parse::<usize>().is_ok() => (number.parse().unwrap_or(0), word),
        _ => (usize::MAX, text),
    };
    let kind = Kind::from_word(bare(word)).ok_or_else(|| format!("« {word} » n'est pas une sorte d'appareil"))?;
    Ok((most, kind))
}

/// T-01, T-02 … T-16.
pub fn names_between(first: &str, last: &str) -> Result<Vec<String>, String> {
    let stem = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let wrong = || format!("« {first} à {last} » : les deux noms ne diffèrent pas que par leur numéro");
    let first_word = first.rsplit(' ').next().unwrap_or(first);
    let (head, tail) = first_word.split_at(stem(first_word));
    let (other, end) = last.split_at(stem(last));
    let (Ok(from), Ok(to), true) = (tail.parse::<u32>(), end.parse::<u32>(), head == other) else { return Err(wrong()) };
    if from > to {
        return Err(wrong());
    }
    Ok((from..=to).map(|number| format!("{head}{number:0width$}", width = tail.len())).collect())
}

//! The laws of the house that a program can check: what the calm core may not name, where SQL and markup stand, heads, the map.
//!
//! Comes in: the source tree. Goes out: pass, or the file and line that breaks a law, with the law. Absent on purpose: taste.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate lies in the project").to_path_buf()
}

/// Every file below `folder` with one of these endings, without build output.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "node_modules" | ".git") {
                    open.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The code of a file: without comments, and without the tests at its end.
fn code(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        let code = line.split("//").next().unwrap_or_default();
        lines.push((number + 1, code.to_owned()));
    }
    lines
}

/// Fails with every place where one of `words` stands in the code of `paths`.
fn forbid(law: &str, paths: &[PathBuf], words: &[&str]) {
    assert!(!paths.is_empty(), "{law}: no file to check, the house has moved");
    let mut broken = Vec::new();
    for path in paths {
        for (number, line) in code(path) {
            for word in words {
                if line.contains(word) {
                    broken.push(format!("{}:{number}: {word}", shown(path)));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{law}\n{}", broken.join("\n"));
}

#[test]
fn law_1_the_core_is_calm() {
    let words = [
        "std::fs",
        "std::net::Tcp",
        "std::net::Udp",
        "std::process",
        "crate::store",
        "crate::web",
        "async ",
        ".await",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "getrandom",
        "Serialize",
        "rusqlite",
        "postgres::",
        "tokio",
    ];
    forbid("domain/ names no files, sockets, store, web, async, clock, randomness or Serialize", &files("collector/src/domain", &[".rs"]), &words);
}

#[test]
fn law_2_sql_stands_only_in_the_store() {
    let outside: Vec<PathBuf> = ["agent/src", "shared/src", "collector/src"]
        .iter()
        .flat_map(|folder| files(folder, &[".rs"]))
        .filter(|path| !shown(path).starts_with("collector/src/store"))
        .collect();
    forbid("SQL stands only in store/", &outside, &["insert into ", "delete from ", "select distinct", "\"select ", "order by "]);
}

#[test]
fn law_2_the_clock_is_read_only_in_main() {
    let outside: Vec<PathBuf> = ["agent/src", "shared/src", "collector/src"]
        .iter()
        .flat_map(|folder| files(folder, &[".rs"]))
        .filter(|path| !path.ends_with("main.rs"))
        .collect();
    forbid(
        "the system clock is read only in main.rs, which hands it down",
        &outside,
        &["SystemTime::now", "Timestamp::now", "Zoned::now", "UNIX_EPOCH"],
    );
}

#[test]
fn law_2_markup_stands_only_in_templates() {
    let outside: Vec<PathBuf> = files("collector/src", &[".rs"])
        .into_iter()
        .filter(|path| !shown(path).starts_with("collector/src/web") && !shown(path).starts_with("collector/src/notify"))
        .collect();
    forbid("markup stands only in web/ and notify/", &outside, &["</", "<div", "<span", "<svg"]);
}

#[test]
fn law_3_every_file_says_what_lives_in_it() {
    let bare: Vec<String> = ["agent", "shared", "collector", "tests"]
        .iter()
        .flat_map(|folder| files(folder, &[".rs"]))
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//!"))
        .map(|path| shown(&path))
        .collect();
    assert!(bare.is_empty(), "these files do not open with //!:\n{}", bare.join("\n"));
}

#[test]
fn law_4_the_map_and_the_tree_name_the_same_places() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut missing = Vec::new();
    for folder in ["agent/src", "shared/src", "collector/src", "collector/src/domain", "collector/src/store", "collector/src/web"] {
        for entry in fs::read_dir(root().join(folder)).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let stem = name.trim_end_matches(".rs");
            let told = matches!(stem, "mod" | "lib" | "main") || stem.ends_with("_tests") || name.ends_with(".html") || readme.contains(stem);
            if !told {
                missing.push(format!("{folder}/{name}"));
            }
        }
    }
    assert!(missing.is_empty(), "the README's map does not name:\n{}", missing.join("\n"));
}

#[test]
fn no_settle_runs_in_a_report_s_transaction() {
    forbid("a report marks its school due; settle judges it later, on its own", &files("collector/src/ingest", &[".rs"]), &["settle", "reconcile"]);
}

#[test]
fn no_shelf_names() {
    let shelves = ["util", "utils", "helper", "helpers", "common", "base", "types", "manager", "service", "info", "misc"];
    let named: Vec<String> = ["agent", "shared", "collector", "tests"]
        .iter()
        .flat_map(|folder| files(folder, &[".rs"]))
        .filter(|path| path.file_stem().is_some_and(|stem| shelves.contains(&stem.to_string_lossy().as_ref())))
        .map(|path| shown(&path))
        .collect();
    assert!(named.is_empty(), "a shelf is no name for what lives in a file:\n{}", named.join("\n"));
}

#[test]
fn no_snmp_set_exists() {
    // The words of async-snmp for writing; `.set(` alone is also a cell's.
    let words = ["SetRequest", "set_request", "PduType::Set", "client.set", "client().set", "set_many", "Pdu::set"];
    forbid("SNMP is GET only", &files("agent/src", &[".rs"]), &words);
}

/// Two files of a language that define one text make every page fail when the first is asked for.
#[test]
fn a_text_has_one_definition_in_each_language() {
    let mut double = Vec::new();
    for language in ["fr", "en"] {
        let mut seen = std::collections::BTreeMap::new();
        for path in files(&format!("collector/locales/{language}"), &[".ftl"]) {
            for line in fs::read_to_string(&path).unwrap().lines() {
                let Some((key, _)) = line.split_once(" =").filter(|(key, _)| key.starts_with(|letter: char| letter.is_ascii_lowercase())) else {
                    continue;
                };
                if let Some(other) = seen.insert(key.to_owned(), path.clone()) {
                    double.push(format!("{key}: {} and {}", shown(&other), shown(&path)));
                }
            }
        }
        assert!(!seen.is_empty(), "no texts of {language}: the house has moved");
    }
    assert!(double.is_empty(), "these texts are defined twice:\n{}", double.join("\n"));
}

//! The scenarios: each file of this folder tells one situation from the field in the words of a school officer, and is one test.
//!
//! Comes in: `NN-title.txt`. Goes out: a pass, or the line that failed with what was expected and what was found. `README.md` beside this file
//! tells how one is written. Absent on purpose: sockets, processes, waiting; the town is played by `rollcall_tests::world`.
//!
//! Reading order: [`script`] reads a file, [`sentence`] knows the sentences, [`deed`] does what is told, [`expect`] compares.

mod book;
mod deed;
mod expect;
mod moment;
mod run;
mod script;
mod sentence;
mod who;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut trials: Vec<Trial> = scenarios(&folder).into_iter().map(|path| trial(&folder, path)).collect();
    trials.push(Trial::test("README_names_every_sentence", move || sentence::readme_names_all(&folder).map_err(Failed::from)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn scenarios(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of scenarios").flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "txt")).collect();
    files.sort();
    files
}

fn trial(folder: &Path, path: PathBuf) -> Trial {
    let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
    let folder = folder.to_owned();
    Trial::test(name.clone(), move || {
        let text = std::fs::read_to_string(&path)?;
        let told = |at: script::Wrong| Failed::from(format!("{name}.txt, ligne {}\n    {}\n{}", at.line, at.text, at.why));
        let script = script::read(&text, &folder.join("plans")).map_err(told)?;
        run::run(&script).map_err(told)
    })
}

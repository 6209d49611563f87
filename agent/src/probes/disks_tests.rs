//! SMART as smartctl tells it: cases as files, the timer's folder, the program itself.

use super::*;
use crate::probes::cases::{Place, check_cases};
use proptest::prelude::*;

const NOW: i64 = 1_795_336_200;

/// A server with a root of its own and a disk of each sort.
fn place(folder: &Path) -> Place {
    let mut place = Place::new("127.0.0.0/30", NOW);
    place.server.root = folder.join("root");
    place.server.smart_folder = folder.join("smart");
    place.server.smartctl = folder.join("smartctl");
    for (disk, removable) in [("sda", "0"), ("sdb", "1"), ("nvme0n1", "0"), ("vda", "0"), ("loop0", "0"), ("md0", "0")] {
        let block = place.server.root.join("sys/block").join(disk);
        std::fs::create_dir_all(&block).unwrap();
        std::fs::write(block.join("removable"), removable).unwrap();
    }
    place
}

/// A program that answers with the files in `answers/` (written once and for all: a script that was just written may be busy).
fn smartctl(folder: &Path) -> PathBuf {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/probes/disks/smartctl");
    std::os::unix::fs::symlink(program, folder.join("smartctl")).unwrap();
    let answers = folder.join("answers");
    std::fs::create_dir(&answers).unwrap();
    answers
}

fn case(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/probes/disks").join(name).join("answer.json");
    std::fs::read(path).unwrap()
}

fn said(outcome: &Outcome) -> Vec<String> {
    let facts = outcome.findings.iter().flat_map(|finding| &finding.facts);
    facts.filter_map(|fact| if let Fact::Said(said) = fact { Some(format!("{}={}", said.key, said.value)) } else { None }).collect()
}

#[test]
fn answers() {
    check_cases("disks", |case| {
        let told = parse("sda", &std::fs::read(case.join("answer.json")).unwrap()).unwrap().unwrap();
        serde_json::json!({ "facts": told.0, "readings": told.1 })
    });
}

#[test]
fn what_is_no_answer_says_why() {
    let message = |text: &str, severity: &str| {
        parse("sda", format!(r#"{{"smartctl":{{"messages":[{{"string":"{text}","severity":"{severity}"}}]}}}}"#).as_bytes())
    };
    assert!(message("Smartctl open device: /dev/sda failed: Permission denied", "error").unwrap_err().contains("Permission denied"));
    assert_eq!(message("Device is in STANDBY mode, exit(2)", "information"), Ok(None));
    assert_eq!(message("/dev/sda: Unknown USB bridge [0x1234]", "error"), Ok(Some((vec![], vec![]))));
    assert_eq!(parse("sda", b"").unwrap_err(), "smartctl wrote nothing");
    assert!(parse("sda", b"smartctl 6.6").unwrap_err().contains("something else than its JSON"));
}

#[tokio::test]
async fn the_files_of_the_timer_are_read_and_nobody_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    std::fs::create_dir(&place.server.smart_folder).unwrap();
    std::fs::write(place.server.smart_folder.join("sda.json"), case("ata-invented")).unwrap();
    std::fs::write(place.server.smart_folder.join("sda.json.new"), "half").unwrap();
    smartctl(folder.path());
    let mut place = place;
    place.now = Timestamp(std::fs::metadata(place.server.smart_folder.join("sda.json")).unwrap().mtime() + 3_600);
    let outcome = read(&place.look()).await;
    assert!(outcome.finished && outcome.troubles.is_empty() && said(&outcome).contains(&"smart.sda=passed".to_owned()), "{outcome:?}");
    assert!(!folder.path().join("was-asked").exists());

    place.now = place.now + 27 * 3_600;
    let outcome = read(&place.look()).await;
    assert!(!outcome.finished && outcome.troubles[0].text.contains("28 hours old"), "{outcome:?}");
}

#[tokio::test]
async fn fixed_disks_are_asked_and_one_that_fails_keeps_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let answers = smartctl(folder.path());
    std::fs::write(answers.join("sda"), case("ata-invented")).unwrap();
    std::fs::write(answers.join("nvme0n1"), case("nvme-invented")).unwrap();
    let outcome = read(&place.look()).await;
    assert_eq!((outcome.asked, outcome.finished), (2, true), "{outcome:?}");
    let said = said(&outcome);
    assert!(said.contains(&"smart.nvme0n1=failed".to_owned()) && said.contains(&"smart.sda=passed".to_owned()), "{said:?}");

    std::fs::write(answers.join("sda"), r#"{"smartctl":{"messages":[{"string":"open failed: Permission denied","severity":"error"}]}}"#).unwrap();
    let outcome = read(&place.look()).await;
    assert!(!outcome.finished, "what sda said before stays");
    assert_eq!(outcome.troubles.iter().map(|trouble| trouble.code.as_str()).collect::<Vec<_>>(), ["no_permission"]);
    assert!(outcome.troubles[0].text.contains("rollcall-upkeep.timer"));
}

/// The script of root's timer, with programs that stand for smartctl and apt-get: what it writes is what both probes read.
#[test]
fn what_root_s_timer_writes() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(folder.path());
    let answers = smartctl(folder.path());
    std::fs::write(answers.join("sda"), case("ata-invented")).unwrap();
    std::fs::write(answers.join("nvme0n1"), r#"{"smartctl":{"messages":[{"string":"Device is in STANDBY mode, exit(2)"}]}}"#).unwrap();
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::os::unix::fs::symlink(project.join("tests/data/probes/disks/apt-get"), folder.path().join("apt-get")).unwrap();
    std::fs::create_dir(&place.server.smart_folder).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut script = std::process::Command::new(project.join("deploy/agent/rollcall-upkeep"));
    script.current_dir(&place.server.smart_folder).env("PATH", path).env("ROLLCALL_BLOCKS", place.server.root.join("sys/block"));
    assert!(script.status().unwrap().success());
    let written: Vec<String> = files::children(&place.server.smart_folder).iter().map(|path| files::name_of(path)).collect();
    assert_eq!(written, ["sda.json", "updates"]);
    assert_eq!(files::text(&place.server.smart_folder.join("updates")).unwrap(), "2;1");
    assert!(parse("sda", &std::fs::read(place.server.smart_folder.join("sda.json")).unwrap()).unwrap().is_some());
}

#[tokio::test]
async fn without_program_and_files_there_is_nothing_to_tell() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = read(&place(folder.path()).look()).await;
    assert!(outcome.finished && outcome.troubles.is_empty() && said(&outcome).is_empty());
}

proptest! {
    #[test]
    fn never_panics(text: String, id in 0u32..300, raw: f64) {
        let _ = parse("sda", text.as_bytes());
        let attribute = format!(r#"{{"id":{id},"raw":{{"value":{raw:e}}}}}"#);
        let _ = parse("sda", format!(r#"{{"smart_status":{{"passed":true}},"ata_smart_attributes":{{"table":[{attribute}]}}}}"#).as_bytes());
    }
}

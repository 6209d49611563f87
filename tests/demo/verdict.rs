//! The result of a judged roll call: a short table for people, one JSON line for programs.
//!
//! Comes in: truth and what the collector shows. Goes out: text, and whether it is good.

use super::process::Usage;
use super::score::{self, FaultKey, Faults, Recognition, Seen, Share};
use rollcall_tests::sim::truth::Truth;
use serde::Serialize;
use std::time::Instant;

/// What must be right at least, per cent.
const RIGHT_PERCENT: f64 = 98.0;

/// The last line.
#[derive(Debug, Serialize)]
struct Line {
    schools: usize,
    agents: usize,
    places: usize,
    devices: usize,
    installed: usize,
    missing: usize,
    faults: usize,
    expected_faults: usize,
    unexpected_faults: usize,
    seconds: f64,
}

/// All that was found.
pub struct Verdict {
    line: Line,
    hired: usize,
    schools: usize,
    recognition: Recognition,
    faults: Faults,
}

impl Verdict {
    /// Judges.
    pub fn of(truth: &Truth, seen: &Seen, hired: usize, began: Instant) -> Verdict {
        let (recognition, faults) = (score::recognition(truth, seen), score::faults(truth, seen));
        let line = Line {
            schools: seen.schools,
            agents: seen.agents,
            places: seen.places,
            devices: seen.devices.len(),
            installed: seen.installed,
            missing: seen.missing,
            faults: seen.faults.len(),
            expected_faults: faults.seen.len() + faults.unseen.len(),
            unexpected_faults: faults.unexpected.len(),
            seconds: (began.elapsed().as_secs_f64() * 10.0).round() / 10.0,
        };
        Verdict { line, hired, schools: truth.schools.len(), recognition, faults }
    }

    /// Every agent reported, every fault of the truth is shown and no other, and devices are known well enough.
    pub fn is_good(&self) -> bool {
        let known = [self.recognition.kind, self.recognition.vendor, self.recognition.model, self.recognition.serial];
        self.line.agents >= self.hired
            && self.line.schools >= self.schools
            && self.faults.unseen.is_empty()
            && self.faults.unexpected.is_empty()
            && known.iter().all(|share| share.percent() >= RIGHT_PERCENT)
    }

    /// Prints the table, then the line.
    pub fn print(&self, agents: Usage, collector: Usage) {
        let recognition = &self.recognition;
        println!("\n{:<44} {:>6} {:>6} {:>7}", "held against the truth", "right", "of", "%");
        row("devices of the town found", recognition.found);
        row("kind, of those that give a sign", recognition.kind);
        row("maker, of those that give a sign", recognition.vendor);
        row("model, where a protocol tells it", recognition.model);
        row("serial, where a protocol tells it", recognition.serial);
        row("faults in course shown", Share { right: self.faults.seen.len(), of: self.faults.seen.len() + self.faults.unseen.len() });
        println!("{:<44} {:>6}", "devices that are not of the town", recognition.invented);
        println!("{:<44} {:>6}", "faults that are not of the town", self.faults.unexpected.len());
        let (megabytes, seconds) = (|usage: Usage| usage.peak_kib as f64 / 1000.0, |usage: Usage| usage.cpu_ticks as f64 / 100.0);
        println!("each agent: peak {:.1} MB at most; all agents: {:.1} s of CPU", megabytes(agents), seconds(agents));
        println!("collector: peak {:.1} MB, {:.1} s of CPU", megabytes(collector), seconds(collector));
        list("wrong", recognition.wrong.iter().cloned());
        list("not shown", self.faults.unseen.iter().map(words));
        list("not true", self.faults.unexpected.iter().map(words));
        println!("{}", serde_json::to_string(&self.line).expect("numbers are JSON"));
    }
}

fn row(what: &str, share: Share) {
    println!("{what:<44} {:>6} {:>6} {:>7.1}", share.right, share.of, share.percent());
}

fn list(title: &str, lines: impl Iterator<Item = String>) {
    for line in lines {
        println!("{title}: {line}");
    }
}

fn words((school, code, about): &FaultKey) -> String {
    format!("school {school}: {code} of {about}")
}

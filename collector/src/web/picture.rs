//! Pictures that only we need, drawn as SVG by templates, readable without colour.
//!
//! Comes in: counts, places, ports. Goes out: coordinates for the templates in `pieces/`. Absent on purpose: markup.

use super::words::{State, Words};
use askama::Template;
use askama::filters::HtmlSafe;

/// Width of a bar in its own units.
const BAR: i64 = 400;
/// Width of a step that must not be overlooked.
const LEAST: i64 = 6;

/// A bar of steps: installed, faulty, missing, not yet due; with a tick where the plan is due by now.
#[derive(Debug, Clone, Template)]
#[template(path = "pieces/progress.html")]
pub struct Progress {
    label: String,
    width: i64,
    steps: Vec<Step>,
    due_x: Option<i64>,
}
impl HtmlSafe for Progress {}

#[derive(Debug, Clone)]
struct Step {
    code: &'static str,
    x: i64,
    width: i64,
}

impl Progress {
    /// From counts; `faulty` are part of `installed`.
    pub fn new(words: &Words, planned: i64, due: i64, installed: i64, missing: i64, faulty: i64) -> Progress {
        let all = planned.max(1);
        let rest = (planned - installed - missing).max(0);
        let mut steps = Vec::new();
        let mut sum = 0;
        for (code, count) in [("installed", installed - faulty), ("faulty", faulty), ("missing", missing), ("planned", rest)] {
            let (x, until) = (sum * BAR / all, ((sum + count.max(0)) * BAR / all).min(BAR));
            sum += count.max(0);
            if count > 0 {
                // However few are missing or faulty among many, one sees them.
                let width = if matches!(code, "missing" | "faulty") { (until - x).max(LEAST) } else { until - x };
                steps.push(Step { code, x: x.min(BAR - width), width });
            }
        }
        let label = words.with("progress-label", [("installed", installed.into()), ("planned", planned.into()), ("missing", missing.into())]);
        Progress { label, width: BAR, steps, due_x: (due > 0 && due < planned).then_some(due * BAR / all) }
    }
}

/// A place of the place grid: a square with the kind's drawing and the state's shape.
#[derive(Debug, Clone)]
pub struct Square {
    /// Code of its state: class and shape.
    pub mark: &'static str,
    /// Name of the kind's drawing.
    pub icon: &'static str,
    /// In words: « vidéoprojecteur : manquant ».
    pub title: String,
    /// Where it leads.
    pub href: String,
}

/// A room of the place grid.
#[derive(Debug, Clone)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// In words: « 3 places ».
    pub summary: String,
    /// Its places.
    pub squares: Vec<Square>,
}

/// The front of a switch: ports as on the plate, odd ones above, even ones below, uplinks apart.
#[derive(Debug, Clone)]
pub struct Plate {
    /// Width and height of the drawing.
    pub width: i64,
    /// See `width`.
    pub height: i64,
    /// Its ports.
    pub ports: Vec<PlatePort>,
}

/// One port of a plate.
#[derive(Debug, Clone)]
pub struct PlatePort {
    /// Left edge.
    pub x: i64,
    /// Upper edge.
    pub y: i64,
    /// What stands on it: a number.
    pub text: String,
    /// Classes: `up`, `off`, `bad`, `uplink`.
    pub class: String,
    /// In words.
    pub title: String,
    /// Anchor of its row in the list beside.
    pub anchor: String,
}

/// A port as a plate is drawn from.
#[derive(Debug, Clone)]
pub struct PortFacts {
    /// Its name.
    pub name: String,
    /// Its link; `None`: not told.
    pub up: Option<bool>,
    /// Another switch or access to the rest of the school hangs on it.
    pub uplink: bool,
    /// Something that ails hangs on it.
    pub bad: bool,
    /// In words.
    pub title: String,
    /// Anchor of its row.
    pub anchor: String,
}

const PORT: i64 = 26;
const GAP: i64 = 4;

impl Plate {
    /// Draws ports in the order given.
    pub fn new(ports: &[PortFacts]) -> Plate {
        let columns = (ports.len() as i64 + 1) / 2;
        let drawn = ports.iter().enumerate().map(|(index, port)| {
            let (column, row) = (index as i64 / 2, index as i64 % 2);
            // A wider gap after every six columns, as on plates.
            let x = GAP + column * (PORT + GAP) + column / 6 * 2 * GAP;
            let mut class = match port.up {
                Some(true) => "up",
                Some(false) => "off",
                None => "",
            }
            .to_owned();
            for (is, name) in [(port.uplink, " uplink"), (port.bad, " bad")] {
                class.push_str(if is { name } else { "" });
            }
            let text = short(&port.name);
            PlatePort { x, y: GAP + row * (PORT + GAP), text, class, title: port.title.clone(), anchor: port.anchor.clone() }
        });
        Plate { width: 2 * GAP + columns * (PORT + GAP) + columns / 6 * 2 * GAP, height: 3 * GAP + 2 * PORT, ports: drawn.collect() }
    }
}

/// The last number of a port's name is what stands on the plate: `GigabitEthernet1/0/12` is 12.
fn short(name: &str) -> String {
    let digits: Vec<char> = name.chars().rev().take_while(char::is_ascii_digit).take(3).collect();
    if digits.is_empty() { name.chars().take(3).collect() } else { digits.into_iter().rev().collect() }
}

/// Order of ports as on the plate: by the numbers in their names.
pub fn port_order(name: &str) -> Vec<(u64, String)> {
    let mut parts: Vec<(u64, String)> = Vec::new();
    let mut rest = name;
    while !rest.is_empty() && parts.len() < 8 {
        let text_end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (text, tail) = rest.split_at(text_end);
        let digits_end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (digits, next) = tail.split_at(digits_end);
        parts.push((digits.parse().unwrap_or(0), text.to_lowercase()));
        rest = next;
    }
    parts.iter_mut().for_each(|part| part.1.truncate(part.1.floor_char_boundary(20)));
    parts
}

/// What became of a place, as a state.
pub fn outcome_mark(outcome: &str) -> &'static str {
    match outcome {
        "installed" => "installed",
        "installed_faulty" => "fault",
        "other_model" | "delivered_not_seen" | "in_repair" | "seen_elsewhere" | "to_reassign" => "check",
        "legacy" => "quiet",
        "lent" => "lent",
        "due_missing" => "missing",
        "not_yet_due" => "planned",
        _ => "unknown",
    }
}

/// A place's state with its own word.
pub fn outcome_state(words: &Words, outcome: &str) -> State {
    State { code: outcome_mark(outcome), word: words.coded("outcome-", outcome) }
}

/// A fault's severity as a state's shape.
pub fn severity_mark(severity: i64) -> &'static str {
    if severity >= 2 { "fault" } else { "check" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use jiff::tz::TimeZone;
    use rollcall_shared::Timestamp;

    #[test]
    fn a_bar_is_full_and_never_overflows() {
        let words = Words { language: Language::Fr, zone: TimeZone::UTC, now: Timestamp(0) };
        for (planned, due, installed, missing, faulty) in [(10, 8, 6, 2, 1), (3, 3, 3, 0, 0), (0, 0, 0, 0, 0), (7, 7, 9, 0, 9)] {
            let bar = Progress::new(&words, planned, due, installed, missing, faulty);
            let end = bar.steps.last().map_or(0, |step| step.x + step.width);
            assert!(end == BAR || planned == 0, "{bar:?}");
        }
    }

    #[test]
    fn ports_stand_as_on_the_plate() {
        let mut names = vec!["Gi1/0/10", "Gi1/0/2", "Gi1/0/1", "Te1/1/1", "12"];
        names.sort_by_key(|name| port_order(name));
        assert_eq!(names, ["Gi1/0/1", "Gi1/0/2", "Gi1/0/10", "Te1/1/1", "12"]);
        assert_eq!(["GigabitEthernet1/0/12", "sfp-a", "7"].map(short), ["12", "sfp", "7"]);
    }
}

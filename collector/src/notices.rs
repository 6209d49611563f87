//! What people are to hear of faults: lines for the outbox, each with a natural key.
//!
//! Comes in: what a laying opened and moved, incidents that were joined, deeds of people. Goes out: messages. Absent on purpose: sending, and whom it concerns. A
//! school that is still learning notifies nobody, and one fault of an incident speaks for all.

use crate::domain::fault::{Found, Laid, Moved};
use crate::store::fault::Joined;
use crate::store::outbox::Message;
use rollcall_shared::{SchoolId, Timestamp};

/// Topic of a line by which somebody asks for a link; it is about no fault.
pub const LINK_ASKED: &str = "link_asked";

/// Of one school's laying.
pub fn of_laid(school: SchoolId, laid: &Laid, now: Timestamp) -> Vec<Message> {
    let opened = |found: &Found| {
        let body = serde_json::json!({ "code": found.code, "severity": found.severity.code(), "key": found.key, "facts": found.facts });
        line(Some(school), "fault_opened", &keyed("fault_opened", school, &found.key, now), &body, now)
    };
    let moved = |moved: &Moved| {
        let topic = moved.events.iter().find_map(|event| topic(event.what))?;
        let body = serde_json::json!({ "code": moved.known.code, "fault": moved.known.fault_id });
        Some(line(Some(school), topic, &keyed(topic, school, &moved.known.key, now), &body, now))
    };
    laid.opened.iter().map(opened).chain(laid.moved.iter().filter_map(moved)).collect()
}

fn keyed(topic: &str, school: SchoolId, key: &str, now: Timestamp) -> String {
    format!("{topic}/{school}/{key}/{}", now.0)
}

fn line(school: Option<SchoolId>, topic: &str, key: &str, body: &serde_json::Value, now: Timestamp) -> Message {
    Message { id: 0, at: now, school, topic: topic.to_owned(), key: key.to_owned(), body: body.to_string() }
}

/// What somebody did with a fault, or reported.
pub fn of_deed(school: SchoolId, fault: i64, code: &str, verb: &str, (by, said): (&str, &str), now: Timestamp) -> Message {
    let topic = format!("deed_{verb}");
    let body = serde_json::json!({ "code": code, "fault": fault, "by": by, "said": said });
    let beginning: String = said.chars().take(40).collect();
    line(Some(school), &topic, &format!("{topic}/{fault}/{}/{by}/{beginning}", now.0), &body, now)
}

/// What people hear of a line of a fault's history that looks wrote.
fn topic(what: &str) -> Option<&'static str> {
    match what {
        "cleared" | "verified" | "lapsed" => Some("fault_cleared"),
        "came_back" => Some("fault_reopened"),
        "contradicted" => Some("fault_contradicted"),
        "wait_over" => Some("fault_resumed"),
        _ => None,
    }
}

/// Whether a fault that this message opens was told with an incident.
pub fn is_joined(message: &Message, school: SchoolId, joined: &[Joined]) -> bool {
    message.topic == "fault_opened" && joined.iter().any(|joined| message.key.starts_with(&format!("fault_opened/{school}/{}/", joined.key)))
}

/// Who sees no other fault of an incident hears of their own: a line for each fault that joined one.
pub fn of_joined(school: SchoolId, joined: &[Joined], now: Timestamp) -> Vec<Message> {
    let message = |joined: &Joined| {
        let body = serde_json::json!({ "code": joined.code, "fault": joined.incident });
        line(Some(school), "incident_joined", &keyed("incident_joined", school, &joined.key, now), &body, now)
    };
    joined.iter().map(message).collect()
}

/// One message an incident, when it becomes one: its key says that it was told.
pub fn of_incidents(joined: &[Joined], now: Timestamp) -> Vec<Message> {
    let message = |joined: &Joined| {
        let body = serde_json::json!({ "code": joined.code, "fault": joined.incident });
        line(None, "incident_opened", &format!("incident_opened/{}", joined.incident), &body, now)
    };
    joined.iter().map(message).collect()
}

//! Printers that speak IPP (RFC 8010, RFC 8011), TCP port 631: Get-Printer-Attributes.
//!
//! Comes in: addresses that nothing else names, and those that tell of supplies over SNMP (they know more of themselves here: firmware,
//! place). Goes out, about each that answers: `answers ipp` and the attributes of [`ATTRIBUTES`], several values separated by commas.
//! Asked at `/ipp/print`, where printers have it (RFC 7472 and IPP Everywhere), then at `/ipp` and at `/`, where older ones do. Absent on
//! purpose: jobs, and every operation but this one.

mod message;

use super::http::USER_AGENT;
use super::http_answer::{self, Answer, exchange};
use super::visit::{Habit, Heard, Visit, visit};
use super::{Look, Outcome};
use futures_util::{StreamExt, stream};
use message::{attributes, request};
use rollcall_shared::Fact;
use rollcall_shared::wire::clip;
use std::net::IpAddr;

/// One that answered is asked hourly: why it stopped ([`ATTRIBUTES`]: printer-state-reasons) is no matter of days.
const HABIT: Habit = Habit { probe: "ipp", again_s: 3_600 };
/// Where it is asked, in this order.
const PATHS: &[&str] = &["/ipp/print", "/ipp", "/"];
/// What is asked for (RFC 8011 section 5.4, PWG 5100.13 and 5107.2).
pub const ATTRIBUTES: &[&str] = &[
    "printer-make-and-model",
    "printer-device-id",
    "printer-info",
    "printer-name",
    "printer-location",
    "printer-firmware-string-version",
    "printer-state-reasons",
];
/// Characters that are passed on of one attribute.
const MAX_CHARS: usize = 1_000;

/// Asks everybody who is due.
pub async fn read(look: &Look<'_>) -> Outcome {
    let port = look.network.ports.ipp;
    if port == 0 {
        return Outcome { finished: true, ..Outcome::default() };
    }
    // The unnamed come to an end when all that name have ended: then it is known who tells of supplies.
    let printers = stream::once(async { stream::iter(printers(look)) }).flatten();
    visit(look, HABIT, look.unnamed().chain(printers), async |visit| talk(visit, port).await).await
}

/// Those that are named, and print.
fn printers(look: &Look<'_>) -> Vec<IpAddr> {
    let (met, empty) = (look.met.borrow(), look.empty.borrow());
    let prints = |ip: &IpAddr| !look.thorough && met.named.contains(ip) && met.printers.contains(ip) && !empty.contains(ip);
    look.targets().into_iter().filter(prints).collect()
}

async fn talk(visit: &Visit<'_>, port: u16) -> Heard {
    let mut heard = Heard::default();
    for path in PATHS {
        let Some(mut stream) = visit.connect(port).await else { break };
        visit.turn().await;
        let octets = exchange(&mut stream, &post(visit.ip, port, path), |_| false).await;
        let Some(answer) = http_answer::parse(&octets) else {
            heard.cut = true; // whoever listens there does not speak HTTP, or not in time
            break;
        };
        heard.facts = parse(&answer);
        if !heard.facts.is_empty() {
            break;
        }
    }
    heard
}

/// The whole request: a POST of the message (RFC 8010 section 4).
fn post(ip: IpAddr, port: u16, path: &str) -> Vec<u8> {
    let host = std::net::SocketAddr::new(ip, port);
    let message = request(&format!("ipp://{host}{path}"), ATTRIBUTES);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        message.len()
    );
    [head.as_bytes(), &message].concat()
}

/// Facts of an answer; none where no printer gave it.
pub fn parse(answer: &Answer) -> Vec<Fact> {
    let Some(told) = attributes(&answer.body).filter(|told| answer.status == 200 && !told.is_empty()) else { return Vec::new() };
    let said = ATTRIBUTES.iter().filter_map(|name| {
        let value = told.get(*name)?.join(",");
        (!value.is_empty()).then(|| Fact::said(format!("ipp.{name}"), clip(&value, MAX_CHARS)))
    });
    std::iter::once(Fact::answers("ipp")).chain(said).collect()
}

#[cfg(test)]
mod tests;

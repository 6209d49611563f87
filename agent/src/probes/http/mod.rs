//! Web pages that embedded devices show of themselves: HTTP on ports 80 and 443, on 8080 and 8443 where neither answers.
//!
//! Comes in: addresses that nothing else names. Goes out, about each that answers: `answers http`; by port (`http.title.80`) the title of
//! the page at `/`, `Server`, `WWW-Authenticate` and, where TLS is spoken, subject and issuer of the certificate shown. One GET a port,
//! one redirect at most, and only within the address.
//!
//! Reading order: this file goes from port to port; `page` makes text of titles; `tls` shakes hands without trust; `names` reads
//! whom certificates name. Absent on purpose: scripts, cookies, log-ins, trust (whoever answers is only quoted), and virtual hosts: the address is
//! the host that is asked for.

mod names;
mod page;
pub mod tls;

use super::http_answer::{self, Answer, exchange};
use super::said_text;
use super::visit::{DAY_S, Habit, Heard, Visit, visit};
use super::{Look, Outcome};
use page::Title;
use rollcall_shared::Fact;
use rollcall_shared::wire::clip;
use std::net::IpAddr;
use tokio::net::TcpStream;

const HABIT: Habit = Habit { probe: "http", again_s: DAY_S };
/// Who asks, for whoever reads the device's log.
pub const USER_AGENT: &str = "Rollcall-agent (school inventory)";
/// Characters that are passed on of one value.
const MAX_CHARS: usize = 300;
/// Octets of a path that is followed.
const MAX_PATH_BYTES: usize = 500;

/// Asks everybody who is due.
pub async fn read(look: &Look<'_>) -> Outcome {
    let ports = look.network.ports;
    if [ports.http, ports.https, ports.http_other, ports.https_other] == [0; 4] {
        return Outcome { finished: true, ..Outcome::default() };
    }
    visit(look, HABIT, look.unnamed(), async |visit| talk(visit, ports).await).await
}

/// One port, and what is spoken there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Door {
    port: u16,
    tls: bool,
}

/// What one port showed.
#[derive(Debug, Default, PartialEq)]
pub struct Shown {
    /// The certificate, DER.
    pub certificate: Option<Vec<u8>>,
    /// The first answer.
    pub answer: Option<Answer>,
    /// The answer to which a redirect led.
    pub led_to: Option<Answer>,
}

async fn talk(visit: &Visit<'_>, ports: crate::network::Ports) -> Heard {
    let mut heard = Heard::default();
    let (plain, secure) = (Door { port: ports.http, tls: false }, Door { port: ports.https, tls: true });
    let mut path = "/".to_owned();
    let mut open = false;
    if let Some(stream) = visit.connect(plain.port).await {
        open = true;
        let leads = ask(visit, stream, plain, "/", Some(secure.port), &mut heard).await;
        path = leads.unwrap_or(path);
    }
    if let Some(stream) = visit.connect(secure.port).await {
        open = true;
        ask(visit, stream, secure, &path, None, &mut heard).await;
    }
    for door in [Door { port: ports.http_other, tls: false }, Door { port: ports.https_other, tls: true }] {
        if !open && let Some(stream) = visit.connect(door.port).await {
            ask(visit, stream, door, "/", None, &mut heard).await;
        }
    }
    if !heard.facts.is_empty() {
        heard.facts.insert(0, Fact::answers("http"));
    }
    heard
}

/// Asks one port. A redirect to the port `next`, which is asked anyway, is not followed but given back: the path there.
async fn ask(visit: &Visit<'_>, stream: TcpStream, door: Door, path: &str, next: Option<u16>, heard: &mut Heard) -> Option<String> {
    let mut shown = Shown::default();
    let (answer, certificate) = get(visit, stream, door, path).await;
    shown.certificate = certificate;
    let mut leads = None;
    if let Some((to, path)) = answer.as_ref().and_then(|answer| redirect(answer, visit.ip, door)) {
        if Some(to.port) == next && to.tls {
            leads = Some(path);
        } else if let Some(stream) = visit.connect(to.port).await {
            shown.led_to = get(visit, stream, to, &path).await.0;
        }
    }
    heard.cut |= answer.is_none() && shown.certificate.is_none();
    shown.answer = answer;
    heard.facts.extend(parse(door.port, &shown));
    leads
}

/// One GET, with the certificate where TLS is spoken.
async fn get(visit: &Visit<'_>, stream: TcpStream, door: Door, path: &str) -> (Option<Answer>, Option<Vec<u8>>) {
    let host = host(visit.ip, door);
    let request =
        format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\nAccept: text/html, */*;q=0.1\r\nConnection: close\r\n\r\n");
    visit.turn().await;
    let has_title = |octets: &[u8]| page::has_title(octets);
    let (octets, certificate) = if door.tls {
        let Some((mut stream, certificate)) = tls::shake_hands(stream, visit.ip).await else { return (None, None) };
        (exchange(&mut stream, request.as_bytes(), has_title).await, certificate)
    } else {
        let mut stream = stream;
        (exchange(&mut stream, request.as_bytes(), has_title).await, None)
    };
    (http_answer::parse(&octets), certificate)
}

/// The `Host` of an address and port, the usual port left out (RFC 9110 section 7.2).
fn host(ip: IpAddr, door: Door) -> String {
    let host = if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() };
    if door.port == usual_port(door.tls) { host } else { format!("{host}:{}", door.port) }
}

fn usual_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

/// Where an answer leads within the same address: port and path.
fn redirect(answer: &Answer, ip: IpAddr, from: Door) -> Option<(Door, String)> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = std::str::from_utf8(answer.field("location")?).ok()?.trim();
    let location = location.split('#').next().unwrap_or_default();
    let is_path = |path: &str| path.len() <= MAX_PATH_BYTES && path.bytes().all(|octet| octet.is_ascii_graphic());
    let tls = match location.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => true,
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => false,
        Some(_) => return None,
        None if location.starts_with("//") => return None,
        None => {
            let path = if location.starts_with('/') { location.to_owned() } else { format!("/{location}") };
            return (is_path(&path) && path != "/").then_some((from, path));
        }
    };
    let rest = location.split_once("://")?.1;
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(at);
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let to = Door { port: port_of(authority, ip)?.unwrap_or(usual_port(tls)), tls };
    (is_path(&path) && (to, path.as_str()) != (from, "/")).then_some((to, path))
}

/// The port that an authority names, where it is this address; outside nothing where it is another host.
fn port_of(authority: &str, ip: IpAddr) -> Option<Option<u16>> {
    if let Ok(socket) = authority.parse::<std::net::SocketAddr>() {
        return (socket.ip() == ip && socket.port() != 0).then_some(Some(socket.port()));
    }
    let host = authority.trim_start_matches('[').trim_end_matches(']').trim_end_matches(':');
    (host.parse::<IpAddr>().ok()? == ip).then_some(None)
}

/// Facts of what one port showed.
pub fn parse(port: u16, shown: &Shown) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut said = |key: &str, value: String| {
        if !value.is_empty() {
            facts.push(Fact::said(format!("{key}.{port}"), clip(&value, MAX_CHARS)));
        }
    };
    let answers: Vec<&Answer> = shown.led_to.iter().chain(&shown.answer).collect();
    let page = answers.iter().find(|answer| !(300..400).contains(&answer.status));
    if let Some(Title(title)) = page.and_then(|answer| page::title(answer)) {
        said("http.title", title);
    }
    if let Some(server) = answers.iter().find_map(|answer| answer.field("server")) {
        said("http.server", said_text(server));
    }
    if let Some(answer) = answers.iter().find(|answer| answer.field("www-authenticate").is_some()) {
        let ways: Vec<String> = answer.all("www-authenticate").map(|way| without_chance(&said_text(way))).collect();
        said("http.www_authenticate", ways.join(", "));
    }
    if let Some((issuer, subject)) = shown.certificate.as_deref().and_then(names::issuer_and_subject) {
        said("x509.subject", subject);
        said("x509.issuer", issuer);
    }
    facts
}

/// A challenge without what is drawn by lot for each (RFC 7616 section 3.3): that says nothing of the device, and would be news at every look.
fn without_chance(challenge: &str) -> String {
    let (scheme, rest) = challenge.split_once(' ').unwrap_or((challenge, ""));
    let mut quoted = false;
    let parameters = rest.split(|c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    let is_chance =
        |parameter: &str| ["nonce=", "opaque="].iter().any(|name| parameter.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)));
    let kept: Vec<&str> = parameters.map(str::trim).filter(|parameter| !parameter.is_empty() && !is_chance(parameter)).collect();
    format!("{scheme} {}", kept.join(", ")).trim_end().to_owned()
}

#[cfg(test)]
mod tests;

//! Descriptions that devices point to in their answers: a document behind a URL, for `ssdp` and `wsd`.
//!
//! Comes in: who pointed where. Goes out: what the documents say, by address. A device may point only to itself: a document is fetched from
//! the address that answered, by plain HTTP, within the bounds of [`http_answer`]; nothing that it leads to is followed. It is fetched anew when
//! the device says that it changed, and else once a day; in between what it said is remembered. Absent on purpose: what a document means.
//!
//! [`http_answer`]: super::http_answer

use super::Look;
use super::http_answer::{exchange, parse};
use futures_util::{StreamExt, stream};
use rollcall_shared::{Mac, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Documents fetched at a time.
const AT_ONCE: usize = 8;
/// Documents of one address.
const MAX_DOCUMENTS: usize = 4;
/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_millis(1_000);
/// A document that did not change is fetched again after this time.
const AGAIN_S: i64 = 86_400;
/// Longest URL that is followed.
const MAX_URL_BYTES: usize = 512;

/// What a document says: keys of `shared/said` with their values.
pub type Said = Vec<(String, String)>;

/// A document as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// Who held the address.
    #[serde(default)]
    pub mac: Option<Mac>,
    /// Where it was.
    pub url: String,
    /// What the device said of its state then.
    #[serde(default)]
    pub mark: String,
    /// When it was fetched.
    pub at: Timestamp,
    /// What it said; nothing where it could not be fetched.
    pub said: Said,
}

/// A document that a device points to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer {
    /// Who points, and to whom.
    pub ip: IpAddr,
    /// Where to.
    pub url: String,
    /// What the device says of its state: another one means another document.
    pub mark: String,
    /// What is sent to the URL; nothing for GET.
    pub body: Option<String>,
}

/// Fetches those documents that are due, and gives all that the pointers lead to, by address.
pub async fn describe(look: &Look<'_>, probe: &str, pointers: &BTreeSet<Pointer>, read: fn(&[u8]) -> Said) -> BTreeMap<IpAddr, Vec<Said>> {
    let due = bounded(pointers).filter(|pointer| is_due(look, probe, pointer));
    let fetched = stream::iter(due).map(|pointer| async move { (pointer, fetch(look, pointer).await) }).buffer_unordered(AT_ONCE);
    let fetched: Vec<(&Pointer, Option<Vec<u8>>)> = fetched.collect().await;
    for (pointer, document) in fetched {
        remember(look, probe, pointer, document.map(|document| read(&document)));
    }
    let memory = &mut *look.memory.borrow_mut();
    let known = memory.described.entry(probe.to_owned()).or_default();
    known.retain(|_, documents| {
        documents.retain(|one| (0..2 * AGAIN_S).contains(&look.now.since_s(one.at))); // what is still pointed to is fetched daily
        !documents.is_empty()
    });
    let mut all: BTreeMap<IpAddr, Vec<Said>> = BTreeMap::new();
    for pointer in bounded(pointers) {
        let remembered = known.get(&pointer.ip).and_then(|known| known.iter().find(|one| one.url == pointer.url));
        let said = all.entry(pointer.ip).or_default();
        said.extend(remembered.map(|one| one.said.clone()).filter(|one| !one.is_empty() && !said.contains(one)));
        said.sort();
    }
    all
}

/// The pointers that are followed.
fn bounded(pointers: &BTreeSet<Pointer>) -> impl Iterator<Item = &Pointer> {
    let mut counts: BTreeMap<IpAddr, usize> = BTreeMap::new();
    pointers.iter().filter(move |pointer| {
        let count = counts.entry(pointer.ip).or_default();
        *count += 1;
        *count <= MAX_DOCUMENTS && place(&pointer.url, pointer.ip).is_some()
    })
}

fn holder(look: &Look<'_>, ip: IpAddr) -> Option<Mac> {
    look.hosts.borrow().get(&ip).copied().flatten()
}

fn is_due(look: &Look<'_>, probe: &str, pointer: &Pointer) -> bool {
    let memory = look.memory.borrow();
    let known = memory.described.get(probe).and_then(|known| known.get(&pointer.ip));
    let same = |one: &&Described| one.url == pointer.url && one.mark == pointer.mark && one.mac == holder(look, pointer.ip);
    known.and_then(|known| known.iter().find(same)).is_none_or(|one| !(0..AGAIN_S).contains(&look.now.since_s(one.at)))
}

/// Writes down what a document says. One that could not be fetched says what it said before, if the same device pointed there.
fn remember(look: &Look<'_>, probe: &str, pointer: &Pointer, said: Option<Said>) {
    let mac = holder(look, pointer.ip);
    let memory = &mut *look.memory.borrow_mut();
    let known = memory.described.entry(probe.to_owned()).or_default().entry(pointer.ip).or_default();
    known.retain(|one| one.mac == mac);
    let before = known.iter().position(|one| one.url == pointer.url).map(|at| known.remove(at).said);
    let said = said.or(before).unwrap_or_default();
    known.push(Described { mac, url: pointer.url.clone(), mark: pointer.mark.clone(), at: look.now, said });
    let surplus = known.len().saturating_sub(MAX_DOCUMENTS);
    known.drain(..surplus);
}

/// Fetches one document.
async fn fetch(look: &Look<'_>, pointer: &Pointer) -> Option<Vec<u8>> {
    let (at, path) = place(&pointer.url, pointer.ip)?;
    look.pace_to(pointer.ip).take().await;
    let mut stream = timeout(CONNECT, TcpStream::connect(at)).await.ok()?.ok()?;
    let octets = exchange(&mut stream, &request(at, path, pointer.body.as_deref()), |_| false).await;
    let answer = parse(&octets).filter(|answer| answer.status == 200);
    tracing::debug!(url = pointer.url, octets = octets.len(), good = answer.is_some(), "description");
    Some(answer?.body)
}

/// A GET, or a POST of a SOAP message.
fn request(at: SocketAddr, path: &str, body: Option<&str>) -> Vec<u8> {
    let agent = super::http::USER_AGENT;
    let head = |method: &str, more: &str| format!("{method} {path} HTTP/1.1\r\nHost: {at}\r\nUser-Agent: {agent}\r\n{more}Connection: close\r\n\r\n");
    match body {
        None => head("GET", "").into_bytes(),
        Some(body) => (head("POST", &format!("Content-Type: application/soap+xml\r\nContent-Length: {}\r\n", body.len())) + body).into_bytes(),
    }
}

/// Address and path of a URL that leads to the address that named it.
pub fn place(url: &str, named_by: IpAddr) -> Option<(SocketAddr, &str)> {
    let rest = url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("http://")).and_then(|_| url.get(7..))?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let at = host.parse().or_else(|_| host.trim_start_matches('[').trim_end_matches(']').parse().map(|ip| SocketAddr::new(ip, 80))).ok()?;
    let is_good = url.len() <= MAX_URL_BYTES && path.bytes().all(|octet| octet.is_ascii_graphic()) && at.ip() == named_by && at.port() != 0;
    is_good.then_some((at, if path.is_empty() { "/" } else { path }))
}

//! ISC dhcpd: the lease file (dhcpd.leases(5)) and the configuration (dhcpd.conf(5)), which share one grammar.
//!
//! Comes in: text. Goes out: leases in force (the last declaration of an address is the valid one; times are UTC), `host`
//! declarations at any depth with a MAC and a fixed address, the files that `include` names. Absent on purpose: everything
//! else that a configuration says, and names as fixed addresses (they would have to be looked up).

use super::{Contents, Entry, MAX_ENTRIES};
use crate::probes::said_text;
use rollcall_shared::{Mac, Timestamp};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Statements kept of one declaration; real ones have a dozen.
const MAX_STATEMENTS: usize = 200;

/// A word or a quoted text; commas and equals signs are words.
type Words = Vec<String>;

/// One declaration that is open.
struct Block {
    header: Words,
    statements: Vec<Words>,
}

/// Reads leases, hosts and includes.
pub fn parse(text: &str, now: Timestamp) -> Contents {
    let mut leases: BTreeMap<IpAddr, Option<Entry>> = BTreeMap::new();
    let mut hosts: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut contents = Contents::default();
    let (mut open, mut words): (Vec<Block>, Words) = (Vec::new(), Vec::new());
    for token in (Tokens { rest: text.as_bytes() }) {
        match token {
            Token::Word(word) => words.push(word),
            Token::Open => open.push(Block { header: std::mem::take(&mut words), statements: Vec::new() }),
            Token::End => {
                let statement = std::mem::take(&mut words);
                match (statement.as_slice(), open.last_mut()) {
                    ([key, path], _) if key == "include" => contents.includes.push(path.clone()),
                    (_, Some(block)) if block.statements.len() < MAX_STATEMENTS => block.statements.push(statement),
                    _ => {}
                }
            }
            Token::Close => {
                words.clear();
                let Some(block) = open.pop() else { continue };
                match block.header.first().map(String::as_str) {
                    Some("lease") if leases.len() < MAX_ENTRIES => {
                        block.header.get(1).and_then(|ip| ip.parse().ok()).map(|ip| leases.insert(ip, lease(ip, &block, now)));
                    }
                    Some("host") if hosts.len() < MAX_ENTRIES => {
                        hosts.insert(block.header.get(1).cloned().unwrap_or_default(), host(&block));
                    }
                    _ => {}
                }
            }
        }
    }
    contents.entries = hosts.into_values().flatten().chain(leases.into_values().flatten()).collect();
    contents
}

/// A lease, if it is in force and has a MAC.
fn lease(ip: IpAddr, block: &Block, now: Timestamp) -> Option<Entry> {
    let find = |head: &[&str]| block.statements.iter().find_map(|words| after(words, head));
    let active = find(&["binding", "state"])?.first()? == "active" && ends(find(&["ends"]).unwrap_or_default()).is_none_or(|ends| ends > now);
    let entry = Entry {
        mac: find(&["hardware", "ethernet"])?.first()?.parse().ok()?,
        ip,
        name: find(&["client-hostname"]).and_then(|words| words.first().cloned()),
        vendor_class: find(&["set", "vendor-class-identifier", "="]).and_then(|words| words.first().cloned()),
        reserved: false,
        active,
    };
    active.then_some(entry)
}

/// A reservation: one entry a fixed address. Hosts made at run time may be marked as deleted in the lease file.
fn host(block: &Block) -> Vec<Entry> {
    let find = |head: &[&str]| block.statements.iter().find_map(|words| after(words, head));
    let mac: Option<Mac> = find(&["hardware", "ethernet"]).and_then(|words| words.first()?.parse().ok());
    let (Some(mac), None) = (mac, find(&["deleted"])) else { return Vec::new() };
    let name =
        find(&["option", "host-name"]).or_else(|| find(&["supersede", "host-name", "="])).and_then(|words| words.first()).or(block.header.get(1));
    let addresses = find(&["fixed-address"]).unwrap_or_default().iter().filter_map(|word| word.parse().ok()).take(64);
    addresses.map(|ip| Entry { mac, ip, name: name.cloned(), vendor_class: None, reserved: true, active: false }).collect()
}

/// What follows these words at the start of a statement.
fn after<'a>(words: &'a [String], head: &[&str]) -> Option<&'a [String]> {
    let (start, rest) = words.split_at_checked(head.len())?;
    start.iter().zip(head).all(|(word, expected)| word.eq_ignore_ascii_case(expected)).then_some(rest)
}

/// When a lease ends; nothing = never. `4 2026/11/19 22:00:00` (weekday, UTC), `epoch SECONDS`, `never`.
fn ends(words: &[String]) -> Option<Timestamp> {
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["epoch", seconds, ..] => seconds.parse().ok().map(Timestamp),
        [_, date, time, ..] => {
            let date: Vec<i64> = date.split('/').map_while(|part| part.parse().ok()).collect();
            let time: Vec<i64> = time.split(':').map_while(|part| part.parse().ok()).collect();
            match (date.as_slice(), time.as_slice()) {
                (&[year @ 1970..=9999, month @ 1..=12, day @ 1..=31], &[hour @ 0..=24, minute @ 0..=59, second @ 0..=60]) => {
                    Some(Timestamp(days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second))
                }
                _ => Some(Timestamp(0)),
            }
        }
        ["never"] | [] => None,
        _ => Some(Timestamp(0)),
    }
}

/// Days from 1970-01-01, Gregorian; the year begins in March, so that the leap day ends it.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}

enum Token {
    Word(String),
    Open,
    Close,
    End,
}

struct Tokens<'a> {
    rest: &'a [u8],
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let (&first, rest) = self.rest.split_first()?;
            match first {
                b'#' => self.rest = rest.iter().position(|octet| *octet == b'\n').map_or(&[], |end| &rest[end..]),
                b'{' | b'}' | b';' | b',' | b'=' | b'"' => {
                    self.rest = rest;
                    return Some(match first {
                        b'{' => Token::Open,
                        b'}' => Token::Close,
                        b';' => Token::End,
                        b'"' => Token::Word(self.quoted()),
                        other => Token::Word(char::from(other).to_string()),
                    });
                }
                octet if octet.is_ascii_whitespace() => self.rest = rest,
                _ => {
                    let end =
                        self.rest.iter().position(|octet| octet.is_ascii_whitespace() || b"{};,=\"#".contains(octet)).unwrap_or(self.rest.len());
                    let (word, rest) = self.rest.split_at(end);
                    self.rest = rest;
                    return Some(Token::Word(said_text(word)));
                }
            }
        }
    }
}

impl Tokens<'_> {
    /// The inside of a quoted text whose first quotation mark is read: `\"`, `\\`, and octets as `\ooo`.
    fn quoted(&mut self) -> String {
        let mut octets = Vec::new();
        while let Some((&octet, rest)) = self.rest.split_first() {
            self.rest = rest;
            match (octet, rest) {
                (b'"', _) => break,
                (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                    octets.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                    self.rest = after;
                }
                (b'\\', [escaped, after @ ..]) => {
                    octets.push(*escaped);
                    self.rest = after;
                }
                _ => octets.push(octet),
            }
        }
        said_text(&octets)
    }
}

//! Kea: the memfile of leases (CSV with a header line) and the JSON configuration with its reservations.
//!
//! Comes in: text. Goes out: leases in force (the last line of an address is the valid one), reservations with a MAC.
//! Absent on purpose: host reservations in databases, and `<?include …?>`, which is told as a complaint.

use super::{Contents, Entry, MAX_ENTRIES, first_sign};
use rollcall_shared::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The header that Kea writes: `address,hwaddr,…` for IPv4, `address,duid,…` for IPv6.
pub fn is_leases(text: &str) -> bool {
    text.trim_start().starts_with("address,")
}

/// JSON, after comments.
pub fn is_config(text: &str) -> bool {
    first_sign(text).starts_with('{')
}

/// Leases in state 0 (default: assigned) whose end lies ahead.
pub fn leases(text: &str, now: Timestamp) -> Contents {
    let mut lines = text.trim_start().lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let column = |name: &str| header.iter().position(|column| *column == name);
    let (Some(address), Some(hwaddr), Some(expire)) = (column("address"), column("hwaddr"), column("expire")) else {
        let complaint = Some("expected the columns address, hwaddr and expire of a Kea memfile".to_owned());
        return Contents { complaint, ..Contents::default() };
    };
    let (hostname, state) = (column("hostname"), column("state"));
    let mut leases: BTreeMap<IpAddr, Option<Entry>> = BTreeMap::new();
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let field = |column: usize| fields.get(column).copied().unwrap_or_default();
        let Ok(ip) = field(address).parse() else { continue };
        let active = state.is_none_or(|state| matches!(field(state), "0" | "")) && field(expire).parse().is_ok_and(|ends| Timestamp(ends) > now);
        let name = hostname.map(|column| field(column).replace("&#x2c", ",")).filter(|name| !name.is_empty());
        let entry = field(hwaddr).parse().ok().filter(|_| active).map(|mac| Entry { mac, ip, name, vendor_class: None, reserved: false, active });
        if leases.len() < MAX_ENTRIES || leases.contains_key(&ip) {
            leases.insert(ip, entry);
        }
    }
    Contents { entries: leases.into_values().flatten().collect(), ..Contents::default() }
}

/// Every reservation, wherever the configuration has them (global, subnets, shared networks).
pub fn config(text: &str, _now: Timestamp) -> Contents {
    let mut contents = Contents::default();
    match serde_json::from_str::<Value>(&plain_json(text)) {
        Ok(value) => reservations(&value, &mut contents.entries),
        Err(error) if text.contains("<?include") => {
            contents.complaint = Some(format!("its <?include …?> is not followed: name the included files as well ({error})"))
        }
        Err(error) => contents.complaint = Some(format!("expected Kea's JSON: {error}")),
    }
    contents
}

/// Goes down at most as deep as the JSON reader allows (128).
fn reservations(value: &Value, entries: &mut Vec<Entry>) {
    match value {
        Value::Object(map) => {
            for (key, below) in map {
                match below {
                    Value::Array(list) if key == "reservations" => entries.extend(list.iter().flat_map(reservation)),
                    _ => reservations(below, entries),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|below| reservations(below, entries)),
        _ => {}
    }
}

fn reservation(value: &Value) -> Vec<Entry> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let Some(mac) = text("hw-address").and_then(|mac| mac.parse().ok()) else { return Vec::new() };
    let several = value.get("ip-addresses").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let name = text("hostname").filter(|name| !name.is_empty());
    let addresses = text("ip-address").into_iter().chain(several).filter_map(|ip| ip.parse().ok()).take(64);
    addresses.map(|ip| Entry { mac, ip, name: name.map(str::to_owned), vendor_class: None, reserved: true, active: false }).collect()
}

/// JSON without what Kea allows beyond it: comments (`#`, `//`, `/* */`) and a comma after the last element.
fn plain_json(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(c) = rest.chars().next() {
        if c == '#' || rest.starts_with("//") || rest.starts_with("/*") {
            rest = first_sign(rest);
            plain.push(' ');
            continue;
        }
        let length = if c == '"' { string_length(rest) } else { c.len_utf8() };
        if matches!(c, ']' | '}') && plain.trim_end().ends_with(',') {
            plain.truncate(plain.trim_end().len() - 1);
        }
        plain.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    plain
}

/// Octets of the JSON string at the start of the text, quotation marks counted.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

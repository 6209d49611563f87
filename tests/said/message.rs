//! A message as it is recorded, made the facts that a probe would pass on.
//!
//! Comes in: one JSON object with one key, the protocol (`mdns`, `dhcp`, `ssdp`, `pjlink`, …). Goes out: a [`Picture`] of one subject, with
//! the keys of `shared/src/said.rs`. Absent on purpose: any reading of the values.
//!
//! An address is the subject, for every message but DHCP's comes from one; a DHCP client's is a MAC that is burnt in but sold to nobody, so
//! that it says nothing of the maker.

use rollcall_shared::picture::EntryKey;
use rollcall_shared::{Fact, Mac, Picture, Subject, said, wire};
use serde_json::{Map, Value};

/// Longest value that a probe passes on, in characters.
const MAX_VALUE: usize = 4_096;

/// The client of DHCP messages: 00:fe:fe is in no register of the IEEE.
pub const CLIENT: [u8; 6] = [0x00, 0xfe, 0xfe, 0x00, 0x00, 0x01];

/// Field of a recorded message, probe, key.
const KEYS: &[(&str, &str, &str, &str)] = &[
    ("ssdp", "server", "ssdp", "ssdp.server"),
    ("ssdp", "st", "ssdp", "ssdp.st"),
    ("ssdp", "nt", "ssdp", "ssdp.st"),
    ("ssdp", "service_type", "ssdp", "ssdp.st"),
    ("ssdp", "device_type", "ssdp", "upnp.deviceType"),
    ("ssdp", "friendly_name", "ssdp", "upnp.friendlyName"),
    ("ssdp", "manufacturer", "ssdp", "upnp.manufacturer"),
    ("ssdp", "model_name", "ssdp", "upnp.modelName"),
    ("ssdp", "model_number", "ssdp", "upnp.modelNumber"),
    ("ssdp", "model_description", "ssdp", "upnp.modelDescription"),
    ("ssdp", "serial_number", "ssdp", "upnp.serialNumber"),
    ("ssdp", "types", "wsd", "wsd.types"),
    ("ssdp", "scopes", "wsd", "wsd.scopes"),
    ("wsd", "types", "wsd", "wsd.types"),
    ("wsd", "scopes", "wsd", "wsd.scopes"),
    ("wsd", "manufacturer", "wsd", "wsd.manufacturer"),
    ("wsd", "model_name", "wsd", "wsd.modelName"),
    ("wsd", "model_number", "wsd", "wsd.modelNumber"),
    ("wsd", "friendly_name", "wsd", "wsd.friendlyName"),
    ("wsd", "firmware", "wsd", "wsd.firmware"),
    ("wsd", "serial", "wsd", "wsd.serial"),
    ("sysdescr", "text", "snmp", "sysDescr"),
];

/// Facts of one message; none where it is no message.
pub fn picture(message: &Value) -> Option<Picture> {
    let mut picture = Picture::default();
    for (protocol, fields) in message.as_object()? {
        let fields = fields.as_object()?;
        match protocol.as_str() {
            "mdns" => mdns(&mut picture, fields),
            "dhcp" => dhcp(&mut picture, fields),
            "pjlink" => pjlink(&mut picture, fields),
            _ => other(&mut picture, protocol, fields),
        }
    }
    Some(picture)
}

/// Puts one fact, as text: a list is written with commas.
fn put(picture: &mut Picture, subject: Subject, probe: &str, key: &str, value: &Value) {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => {
            values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect::<Vec<_>>().join(",")
        }
        _ => return,
    };
    picture.put(&EntryKey::new("recorded", subject, probe), Fact::said(key, wire::clip(&text, MAX_VALUE)));
}

fn address() -> Subject {
    Subject::Address([192, 0, 2, 9].into())
}

/// A record of DNS-SD: the instance under its service's name, and of the TXT records those that the agent lets pass.
fn mdns(picture: &mut Picture, fields: &Map<String, Value>) {
    let service = fields.get("service").and_then(Value::as_str).unwrap_or_default().trim_end_matches('.').trim_end_matches(".local");
    if let Some(instance) = fields.get("instance") {
        put(picture, address(), "mdns", service, instance);
    }
    if let Some(host) = fields.get("host") {
        put(picture, address(), "mdns", "mdns.host", host);
    }
    for (name, value) in fields.get("txt").and_then(Value::as_object).into_iter().flatten() {
        let name = name.to_ascii_lowercase();
        if said::TXT.iter().any(|(known, _)| *known == name) {
            put(picture, address(), "mdns", &format!("{service}/{name}"), value);
        }
    }
}

fn dhcp(picture: &mut Picture, fields: &Map<String, Value>) {
    for (option, value) in fields {
        put(picture, Subject::Mac(Mac::new(CLIENT)), "dhcp_heard", option, value);
    }
}

/// Answers under their commands' names, the greeting as the probe tells it; an answer that is an error is no answer.
fn pjlink(picture: &mut Picture, fields: &Map<String, Value>) {
    let greeting = fields.get("banner").and_then(Value::as_str).unwrap_or("PJLINK 0");
    let asks_password = if greeting == "PJLINK 0" { "0" } else { "1" };
    put(picture, address(), "pjlink", "PJLINK", &Value::from(asks_password));
    for (command, value) in fields.iter().filter(|(command, _)| *command != "banner") {
        let is_error = value.as_str().is_some_and(|value| matches!(value, "ERR1" | "ERR2" | "ERR3" | "ERR4"));
        if !is_error {
            put(picture, address(), "pjlink", command, value);
        }
    }
}

/// Whatever has its keys in a table, or under the protocol's own name.
fn other(picture: &mut Picture, protocol: &str, fields: &Map<String, Value>) {
    for (field, value) in fields {
        let row = KEYS.iter().find(|(of, name, ..)| *of == protocol && *name == field);
        if let Some((.., probe, key)) = row {
            put(picture, address(), probe, key, &without_prefixes(key, value));
            continue;
        }
        let key = format!("{protocol}.{field}");
        let probe = said::SAID.iter().find(|row| row.key == key).map_or(protocol, |row| row.probe);
        put(picture, address(), probe, &key, value);
    }
}

/// Types of WS-Discovery are qualified names; the probe takes the prefixes off.
fn without_prefixes(key: &str, value: &Value) -> Value {
    match value.as_str() {
        Some(text) if key == "wsd.types" => {
            let types = text.split_whitespace().map(|name| name.rsplit_once(':').map_or(name, |(_, local)| local));
            Value::from(types.collect::<Vec<_>>().join(" "))
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_collector::domain::identify::tables::{junk, oui};

    #[test]
    fn the_clients_mac_says_nothing() {
        let mac = Mac::new(CLIENT);
        assert!(junk::is_burnt_in(mac) && oui::registrant(mac).is_none());
    }

    #[test]
    fn messages_become_facts_under_the_keys_of_the_contract() {
        for (message, expected) in [
            (
                r#"{"mdns":{"service":"_ipp._tcp.local.","instance":"A","txt":{"TY":"B","secret":"C"}}}"#,
                &[("mdns", "_ipp._tcp", "A"), ("mdns", "_ipp._tcp/ty", "B")] as &[_],
            ),
            (r#"{"dhcp":{"opt55":[1,3,6],"opt60":"MSFT 5.0"}}"#, &[("dhcp_heard", "opt55", "1,3,6"), ("dhcp_heard", "opt60", "MSFT 5.0")]),
            (r#"{"ssdp":{"model_name":"X","types":"dn:A tds:B"}}"#, &[("ssdp", "upnp.modelName", "X"), ("wsd", "wsd.types", "A B")]),
            (r#"{"pjlink":{"banner":"PJLINK ERRA","INF1":"ERR3"}}"#, &[("pjlink", "PJLINK", "1")]),
            (r#"{"x509":{"subject":"CN=a"}}"#, &[("http", "x509.subject", "CN=a")]),
            (r#"{"ssh":{"software":"OpenSSH_9.2"}}"#, &[("banner", "ssh.software", "OpenSSH_9.2")]),
        ] {
            let picture = picture(&serde_json::from_str(message).unwrap()).unwrap();
            let mut facts = Vec::new();
            for (entry, said) in picture.entries() {
                for fact in said {
                    let Fact::Said(said) = fact else { panic!("{fact:?}") };
                    facts.push((&*entry.probe, said.key.as_str(), said.value.as_str()));
                }
            }
            assert_eq!(facts, expected, "{message}");
        }
    }
}

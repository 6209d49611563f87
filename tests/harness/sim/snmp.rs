//! SNMP as a played device speaks it: v1 is not spoken, v2c by community, v3 by [`super::usm`] (RFC 3416, RFC 3412).
//!
//! Comes in: datagrams, and what the device has to tell ([`Mib`]). Goes out: answers, or silence where a real agent is silent too.
//! Absent on purpose: SET (refused by silence), traps, views.

use super::ber::{self, Reader, Value, tlv};
use super::usm::Engine;
use std::collections::BTreeMap;

/// Largest answer in octets: what an Ethernet frame carries, as most agents hold it.
const MOST_OCTETS: usize = 1400;
/// Most rows of one GETBULK.
const MOST_REPETITIONS: i64 = 50;

/// Everything that a device can tell, in the order of object identifiers.
#[derive(Debug, Clone, Default)]
pub struct Mib {
    rows: BTreeMap<Vec<u32>, Value>,
}

/// A dotted identifier of our own tables.
pub fn parse_oid(text: &str) -> Vec<u32> {
    text.split('.').map(|arc| arc.parse().expect("identifiers in the simulator's tables are dotted numbers")).collect()
}

impl Mib {
    /// One object with its instance, such as `1.3.6.1.2.1.1.5.0`.
    pub fn put(&mut self, object: &str, value: Value) {
        self.rows.insert(parse_oid(object), value);
    }

    /// One cell of a table.
    pub fn cell(&mut self, column: &str, index: &[u32], value: Value) {
        let mut key = parse_oid(column);
        key.extend_from_slice(index);
        self.rows.insert(key, value);
    }

    /// Text in a scalar.
    pub fn text(&mut self, object: &str, text: &str) {
        self.put(object, Value::Octets(text.as_bytes().to_vec()));
    }

    fn after(&self, asked: &[u32]) -> Option<(&Vec<u32>, &Value)> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.rows.range::<[u32], _>((Excluded(asked), Unbounded)).next()
    }
}

/// Who answers: how the device is opened, and what it tells.
#[derive(Debug)]
pub struct Speaker {
    /// Community of v2c; none = only v3 is spoken.
    pub community: Option<String>,
    /// v3, where the device speaks it.
    pub engine: Option<Engine>,
    /// What it tells.
    pub mib: Mib,
}

/// Answers one datagram.
pub fn answer(speaker: &Speaker, datagram: &[u8], now_s: u32) -> Option<Vec<u8>> {
    let mut message = Reader::new(Reader::new(datagram).body(0x30)?);
    match message.number()? {
        1 => {
            let community = message.body(0x04)?;
            let wanted = speaker.community.as_ref()?;
            let (tag, pdu) = message.next()?;
            let reply = (community == wanted.as_bytes()).then(|| answer_pdu(&speaker.mib, tag, pdu)).flatten()?;
            Some(tlv(0x30, &[ber::integer(2, 1), tlv(4, community), reply].concat()))
        }
        3 => speaker.engine.as_ref()?.answer(datagram, now_s, |tag, pdu| answer_pdu(&speaker.mib, tag, pdu)),
        _ => None,
    }
}

/// Answers one request: GET, GETNEXT, GETBULK; all else is met with silence.
fn answer_pdu(mib: &Mib, tag: u8, pdu: &[u8]) -> Option<Vec<u8>> {
    let mut fields = Reader::new(pdu);
    let request = fields.number()?;
    let (first, second) = (fields.number()?, fields.number()?);
    let mut bindings = Reader::new(fields.body(0x30)?);
    let mut asked = Vec::new();
    while let Some((0x30, binding)) = bindings.next() {
        asked.push(ber::arcs(Reader::new(binding).body(0x06)?)?);
    }
    let rows = match tag {
        0xa0 => asked.iter().map(|oid| bound(oid, mib.rows.get(oid), 0x80)).collect(),
        0xa1 => asked.iter().map(|oid| next(mib, oid).1).collect(),
        0xa5 => bulk(mib, asked, first, second),
        _ => return None,
    };
    let list: Vec<u8> = if rows.iter().map(Vec::len).sum::<usize>() > 60_000 { Vec::new() } else { rows.concat() };
    Some(tlv(0xa2, &[ber::integer(2, i128::from(request)), ber::integer(2, 0), ber::integer(2, 0), tlv(0x30, &list)].concat()))
}

/// A binding, or the exception that says why there is none (0x80 noSuchObject, 0x82 endOfMibView).
fn bound(oid: &[u32], value: Option<&Value>, exception: u8) -> Vec<u8> {
    let value = value.map_or_else(|| tlv(exception, &[]), Value::encode);
    tlv(0x30, &[ber::oid(oid), value].concat())
}

/// What follows an identifier: the next identifier, if there is one, and its binding.
fn next(mib: &Mib, oid: &[u32]) -> (Option<Vec<u32>>, Vec<u8>) {
    match mib.after(oid) {
        Some((key, value)) => (Some(key.clone()), bound(key, Some(value), 0x82)),
        None => (None, bound(oid, None, 0x82)),
    }
}

fn bulk(mib: &Mib, mut asked: Vec<Vec<u32>>, once: i64, repetitions: i64) -> Vec<Vec<u8>> {
    let repeated = asked.split_off((once.max(0) as usize).min(asked.len()));
    let mut rows: Vec<Vec<u8>> = asked.iter().map(|oid| next(mib, oid).1).collect();
    let mut octets: usize = rows.iter().map(Vec::len).sum();
    let mut at = repeated;
    for _ in 0..repetitions.clamp(0, MOST_REPETITIONS) {
        let found: Vec<_> = at.iter().map(|oid| next(mib, oid)).collect();
        octets += found.iter().map(|(_, row)| row.len()).sum::<usize>();
        if octets > MOST_OCTETS && !rows.is_empty() {
            break;
        }
        let ended = found.iter().all(|(key, _)| key.is_none());
        at = at.into_iter().zip(&found).map(|(oid, (key, _))| key.clone().unwrap_or(oid)).collect();
        rows.extend(found.into_iter().map(|(_, row)| row));
        if ended {
            break;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn speaker() -> Speaker {
        let mut mib = Mib::default();
        mib.text("1.3.6.1.2.1.1.1.0", "Printer");
        mib.text("1.3.6.1.2.1.1.5.0", "office");
        Speaker { community: Some("public".into()), engine: None, mib }
    }

    fn request(community: &str, tag: u8, oid: &str) -> Vec<u8> {
        let binding = tlv(0x30, &[ber::oid(&parse_oid(oid)), tlv(5, &[])].concat());
        let fields = [ber::integer(2, 7), ber::integer(2, 0), ber::integer(2, 10), tlv(0x30, &binding)].concat();
        tlv(0x30, &[ber::integer(2, 1), tlv(4, community.as_bytes()), tlv(tag, &fields)].concat())
    }

    fn has(answer: &[u8], text: &str) -> bool {
        answer.windows(text.len()).any(|part| part == text.as_bytes())
    }

    #[test]
    fn each_request_is_answered_and_a_wrong_community_is_not() {
        let get = answer(&speaker(), &request("public", 0xa0, "1.3.6.1.2.1.1.5.0"), 0).unwrap();
        assert!(has(&get, "office") && !has(&get, "Printer"));
        let bulk = answer(&speaker(), &request("public", 0xa5, "1.3.6.1.2.1.1"), 0).unwrap();
        assert!(has(&bulk, "office") && has(&bulk, "Printer"));
        assert_eq!(answer(&speaker(), &request("secret", 0xa0, "1.3.6.1.2.1.1.5.0"), 0), None);
        assert_eq!(answer(&speaker(), &request("public", 0xa3, "1.3.6.1.2.1.1.5.0"), 0), None, "SET is not spoken");
    }

    proptest! {
        #[test]
        fn never_panics_on_any_bytes(octets: Vec<u8>) {
            answer(&speaker(), &octets, 0);
        }
    }
}

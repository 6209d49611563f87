//! The little of ASN.1 BER (ITU-T X.690) that SNMP needs, for devices that are played.
//!
//! Comes in: values to write; datagrams of anybody to read. Goes out: octets; borrowed pieces. Absent on purpose: SNMP's meaning.

use std::net::Ipv4Addr;

/// One SNMP value (RFC 2578 section 7.1; tags of RFC 3416).
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// INTEGER.
    Int(i64),
    /// OCTET STRING.
    Octets(Vec<u8>),
    /// OBJECT IDENTIFIER.
    Oid(Vec<u32>),
    /// IpAddress.
    Ip(Ipv4Addr),
    /// Counter32.
    Counter(u32),
    /// Gauge32.
    Gauge(u32),
    /// TimeTicks, hundredths of a second.
    Ticks(u32),
    /// Counter64.
    Counter64(u64),
}

/// Tag, length, body.
pub fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match body.len() {
        length @ 0..=127 => out.push(length as u8),
        length @ 128..=255 => out.extend([0x81, length as u8]),
        length => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(body);
    out
}

/// A whole number in the fewest octets of two's complement.
pub fn integer(tag: u8, value: i128) -> Vec<u8> {
    let octets = value.to_be_bytes();
    let spare = |pair: &[u8]| (pair[0] == 0 && pair[1] < 0x80) || (pair[0] == 0xff && pair[1] >= 0x80);
    let skip = octets.windows(2).take_while(|pair| spare(pair)).count();
    tlv(tag, &octets[skip..])
}

/// An object identifier; arcs in base 128.
pub fn oid(arcs: &[u32]) -> Vec<u8> {
    let mut body = Vec::with_capacity(arcs.len() + 8);
    let (first, rest) = match arcs {
        [a, b, rest @ ..] => (a * 40 + b, rest),
        _ => (0, &[][..]),
    };
    for arc in std::iter::once(&first).chain(rest) {
        let groups = (1..5).rev().filter(|group| arc >> (7 * group) != 0);
        body.extend(groups.map(|group| (arc >> (7 * group)) as u8 | 0x80));
        body.push((arc & 0x7f) as u8);
    }
    tlv(0x06, &body)
}

impl Value {
    /// As it stands in a variable binding.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Value::Int(value) => integer(0x02, i128::from(*value)),
            Value::Octets(octets) => tlv(0x04, octets),
            Value::Oid(arcs) => oid(arcs),
            Value::Ip(address) => tlv(0x40, &address.octets()),
            Value::Counter(value) => integer(0x41, i128::from(*value)),
            Value::Gauge(value) => integer(0x42, i128::from(*value)),
            Value::Ticks(value) => integer(0x43, i128::from(*value)),
            Value::Counter64(value) => integer(0x46, i128::from(*value)),
        }
    }
}

/// Reads octets piece by piece; `None` where they are not what they claim.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Over these octets.
    pub fn new(octets: &'a [u8]) -> Reader<'a> {
        Reader { rest: octets }
    }

    /// The body of the next piece, which must have this tag.
    pub fn body(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, body)| body)
    }

    /// The next piece as a whole number.
    pub fn number(&mut self) -> Option<i64> {
        self.body(0x02).and_then(number)
    }
}

/// The pieces: tag and body of each.
impl<'a> Iterator for Reader<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, first], rest) = self.rest.split_first_chunk::<2>()?;
        let (length, rest) = match first {
            0..=127 => (usize::from(first), rest),
            0x81..=0x83 => {
                let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (octets.iter().fold(0, |all, octet| all << 8 | usize::from(*octet)), rest)
            }
            _ => return None,
        };
        let (body, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some((tag, body))
    }
}

/// Two's complement of at most eight octets.
fn number(body: &[u8]) -> Option<i64> {
    let first = *body.first().filter(|_| body.len() <= 8)?;
    let sign = if first >= 0x80 { -1 } else { 0 };
    Some(body.iter().fold(sign, |all, octet| all << 8 | i64::from(*octet)))
}

/// The arcs of an object identifier's body.
pub fn arcs(body: &[u8]) -> Option<Vec<u32>> {
    let mut all = Vec::with_capacity(body.len() + 1);
    let mut arc: u64 = 0;
    for octet in body {
        arc = arc << 7 | u64::from(octet & 0x7f);
        if arc > u64::from(u32::MAX) {
            return None;
        }
        if octet & 0x80 == 0 {
            all.push(arc as u32);
            arc = 0;
        }
    }
    let first = *all.first()?;
    all.splice(0..1, [(first / 40).min(2), first - (first / 40).min(2) * 40]);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_and_identifiers_come_back() {
        for value in [0, 1, 127, 128, 255, 256, -1, -128, -129, i64::from(u32::MAX)] {
            assert_eq!(Reader::new(&integer(2, i128::from(value))).number(), Some(value));
        }
        for text in [&[1, 3, 6, 1, 4, 1, 14823, 1][..], &[1, 0, 8802, 1, 1, 2], &[1, 3, 4294967295]] {
            assert_eq!(Reader::new(&oid(text)).body(6).and_then(arcs).as_deref(), Some(text));
        }
    }

    proptest! {
        #[test]
        fn never_panics_on_any_bytes(octets: Vec<u8>) {
            for (_, body) in Reader::new(&octets) {
                arcs(body);
                number(body);
            }
        }
    }
}

//! What SNMP answers with: OIDs, values, and rows of tables, apart from any library.
//!
//! Comes in: what [`super::session`] decoded. Goes out: text and numbers for the parsers. Absent on purpose: the wire.

use rollcall_shared::wire::MAX_TEXT_BYTES;
use std::collections::BTreeMap;

/// An object identifier, number by number.
pub type Oid = Vec<u32>;

/// The longest value that is kept, in bytes: far beyond any real sysDescr (255 by its MIB), well within the wire's bound.
pub const MAX_VALUE_BYTES: usize = 2_048;
const _: () = assert!(MAX_VALUE_BYTES < MAX_TEXT_BYTES);

/// HP printers begin strings with the number of their symbol set, 277 = Roman-8 (HP-LASERJET-COMMON-MIB, DisplayString with symbol set).
const HP_ROMAN_8: &[u8] = &[0x01, 0x15];

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Value {
    /// INTEGER, Counter, Gauge, TimeTicks.
    Number(i64),
    /// OCTET STRING and its kin.
    Octets(Vec<u8>),
    /// OBJECT IDENTIFIER.
    Name(Oid),
    /// IpAddress.
    Address([u8; 4]),
    /// NULL, no such object, no such instance, end of the view.
    #[default]
    Nothing,
}

impl Value {
    /// As text: octets that are no text are written `0x…`, OIDs dotted. Outer blanks and trailing NULs fall away.
    pub fn text(&self) -> String {
        match self {
            Value::Number(number) => number.to_string(),
            Value::Octets(octets) => octets_text(octets),
            Value::Name(oid) => dotted(oid),
            Value::Address(octets) => std::net::Ipv4Addr::from(*octets).to_string(),
            Value::Nothing => String::new(),
        }
    }

    /// Octets in hexadecimal whatever they look like; anything else as text.
    pub fn hex(&self) -> String {
        match self {
            Value::Octets(octets) if !octets.is_empty() => hex(octets),
            other => other.text(),
        }
    }

    /// As a number; some agents send numbers as text.
    pub fn number(&self) -> Option<i64> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Octets(octets) => std::str::from_utf8(octets).ok()?.trim().parse().ok(),
            _ => None,
        }
    }

    /// As a small positive number such as an index; anything else is `None`.
    pub fn index(&self) -> Option<u32> {
        self.number().and_then(|number| u32::try_from(number).ok())
    }

    /// Its octets, if it has any.
    pub fn octets(&self) -> &[u8] {
        match self {
            Value::Octets(octets) => octets,
            _ => &[],
        }
    }

    /// Whether it says anything.
    pub fn is_nothing(&self) -> bool {
        *self == Value::Nothing
    }
}

/// An OID as people write it.
pub fn dotted(oid: &[u32]) -> String {
    oid.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// Text of octets; those that are no text in hexadecimal.
pub fn octets_text(octets: &[u8]) -> String {
    let whole = octets;
    let end = octets.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
    let octets = &octets[..end.min(MAX_VALUE_BYTES)];
    let octets = octets.strip_prefix(HP_ROMAN_8).filter(|rest| rest.iter().all(|octet| matches!(octet, b' '..=b'~'))).unwrap_or(octets);
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    match std::str::from_utf8(octets) {
        Ok(text) if text.chars().all(plain) => text.trim().to_owned(),
        Err(error)
            if error.error_len().is_none()
                && std::str::from_utf8(&octets[..error.valid_up_to()]).is_ok_and(|text| text.len() > 8 && text.chars().all(plain)) =>
        {
            String::from_utf8_lossy(&octets[..error.valid_up_to()]).trim().to_owned()
        }
        _ if is_latin1(octets) => octets.iter().map(|octet| char::from(*octet)).collect::<String>().trim().to_owned(),
        _ => hex(whole),
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().take(MAX_VALUE_BYTES).fold(String::from("0x"), |text, octet| text + &format!("{octet:02x}"))
}

/// Old equipment writes ISO 8859-1; eight octets or more, mostly ASCII, are taken for it (a MAC or a bit map is shorter or wilder).
fn is_latin1(octets: &[u8]) -> bool {
    let ascii = octets.iter().filter(|octet| matches!(octet, b' '..=b'~' | b'\n' | b'\r' | b'\t')).count();
    octets.len() >= 8 && ascii * 4 >= octets.len() * 3 && octets.iter().all(|octet| matches!(octet, b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0xa0..))
}

/// Rows of a table: by index, one value for each column that was asked for, in that order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows(pub BTreeMap<Oid, Vec<Value>>);

impl Rows {
    /// Sets one cell of a table of `columns` columns.
    pub fn set(&mut self, index: &[u32], column: usize, columns: usize, value: Value) {
        let row = self.0.entry(index.to_vec()).or_insert_with(|| vec![Value::Nothing; columns]);
        if let Some(cell) = row.get_mut(column) {
            *cell = value;
        }
    }

    /// Rows in the order of their index.
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], Row<'_>)> {
        self.0.iter().map(|(index, cells)| (index.as_slice(), Row(cells)))
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One row; a column that was not answered is [`Value::Nothing`].
#[derive(Debug, Clone, Copy)]
pub struct Row<'a>(pub &'a [Value]);

impl Row<'_> {
    /// The value of a column, counted as the columns were asked for.
    pub fn value(&self, column: usize) -> &Value {
        self.0.get(column).unwrap_or(&Value::Nothing)
    }

    /// A column as text.
    pub fn text(&self, column: usize) -> String {
        self.value(column).text()
    }

    /// A column as an index or enumeration; 0 where it is not told.
    pub fn index(&self, column: usize) -> u32 {
        self.value(column).index().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(octets: &[u8], text: &str) {
        assert_eq!(octets_text(octets), text, "{octets:?}");
    }

    #[test]
    fn octets_as_text() {
        check(b"HP J9776A \0\0", "HP J9776A");
        check("Salle des maîtres".as_bytes(), "Salle des maîtres");
        check(b"Salle des ma\xeetres", "Salle des maîtres");
        check(&[0x00, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e], "0x001a2b3c4d5e");
        check(&[0xac, 0x7e, 0x8a, 0x19, 0xbf, 0x00], "0xac7e8a19bf00");
        check(&[0x40], "@");
        check(&[0x04], "0x04");
        check(b"two\r\nlines", "two\r\nlines");
        check(b"", "");
        check(b"\x01\x15VNC123", "VNC123");
        check("cut in mid of \u{e9}".as_bytes().split_last().unwrap().1, "cut in mid of");
    }

    proptest! {
        #[test]
        fn any_octets_become_some_bounded_text(octets in proptest::collection::vec(any::<u8>(), 0..5000)) {
            prop_assert!(octets_text(&octets).len() <= 2 * MAX_VALUE_BYTES + 2);
        }
    }
}

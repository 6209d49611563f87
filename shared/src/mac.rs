//! MAC addresses (IEEE 802 EUI-48): many spellings in, one out.
//!
//! Comes in: `00:1A:2b:…`, `00-1a-2b-…`, `001a.2b3c.4d5e`, `001a2b3c4d5e`, six octets. Goes out: `00:1a:2b:3c:4d:5e`.
//! Absent on purpose: vendors and lists of worthless addresses (the collector's tables know them).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One 48-bit address; orders and stores as its integer value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(u64);

impl Mac {
    /// From its six octets, first on the wire first.
    pub fn new(octets: [u8; 6]) -> Mac {
        Mac(octets.iter().fold(0, |all, octet| all << 8 | u64::from(*octet)))
    }

    /// From a byte string as SNMP gives it; anything but six octets is no MAC.
    pub fn from_slice(octets: &[u8]) -> Option<Mac> {
        <[u8; 6]>::try_from(octets).ok().map(Mac::new)
    }

    /// From the integer that [`Mac::to_i64`] gave; the upper 16 bits are ignored.
    pub fn from_i64(value: i64) -> Mac {
        Mac(value.cast_unsigned() & 0xffff_ffff_ffff)
    }

    /// The integer form that tables hold (48 bits, never negative).
    pub fn to_i64(self) -> i64 {
        self.0.cast_signed()
    }

    /// The six octets.
    pub fn octets(self) -> [u8; 6] {
        let [_, _, a, b, c, d, e, f] = self.0.to_be_bytes();
        [a, b, c, d, e, f]
    }

    /// Locally administered (IEEE 802c: second-lowest bit of the first octet): invented by software, so it identifies nothing alone.
    pub fn is_local(self) -> bool {
        self.octets()[0] & 0x02 != 0
    }

    /// Group address (multicast or broadcast): never a device.
    pub fn is_group(self) -> bool {
        self.octets()[0] & 0x01 != 0
    }

    /// All zeros or all ones: no address at all.
    pub fn is_void(self) -> bool {
        self.0 == 0 || self.0 == 0xffff_ffff_ffff
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.octets();
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mac({self})")
    }
}

impl FromStr for Mac {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let complaint = || format!("expected a MAC address such as 00:1a:2b:3c:4d:5e, found {:?}", crate::wire::clip(text, 40));
        let mut value: u64 = 0;
        let mut digits = 0;
        for c in text.trim().chars() {
            match c.to_digit(16) {
                Some(digit) if digits < 12 => {
                    value = value << 4 | u64::from(digit);
                    digits += 1;
                }
                None if matches!(c, ':' | '-' | '.' | ' ') => {}
                _ => return Err(complaint()),
            }
        }
        if digits == 12 { Ok(Mac(value)) } else { Err(complaint()) }
    }
}

impl Serialize for Mac {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Mac {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::wire::from_text(d)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_one_address() {
        for text in ["00:1A:2b:3c:4d:5e", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e", "001A2B3C4D5E", " 00 1a 2b 3c 4d 5e "] {
            assert_eq!(text.parse::<Mac>().unwrap().to_string(), "00:1a:2b:3c:4d:5e", "{text}");
        }
        for text in ["", "00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5e:6f", "00:1g:2b:3c:4d:5e"] {
            assert!(text.parse::<Mac>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_two_bits_of_the_first_octet() {
        assert!(Mac::new([0x02, 0, 0, 0, 0, 1]).is_local());
        assert!(!Mac::new([0x00, 0x1a, 0x2b, 0, 0, 1]).is_local());
        assert!(Mac::new([0x01, 0, 0x5e, 0, 0, 1]).is_group());
        assert!(Mac::new([0xff; 6]).is_void());
        assert_eq!(Mac::from_i64(Mac::new([0xfc, 1, 2, 3, 4, 5]).to_i64()), Mac::new([0xfc, 1, 2, 3, 4, 5]));
    }
}

//! The parts of an X.509 certificate (RFC 5280 section 4.1), out of PEM or DER, and its last day.
//!
//! Comes in: octets of a file or of a TLS conversation. Goes out: the end of its validity; issuer and subject as they stand
//! ([`super::http`] makes text of them). Absent on purpose: any judgement of signatures, names and chains; whoever wants those has a verifier.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rollcall_shared::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// Certificates of one file that are looked at: a chain has three or four.
const MAX_CERTIFICATES: usize = 16;

/// DER's tag of a SEQUENCE (X.690).
pub const SEQUENCE: u8 = 0x30;
/// INTEGER, UTCTime, GeneralizedTime, and the context's own [0].
const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;

/// The end of the validity of a PEM file's certificates: of that which ends first, for with it the chain breaks.
pub fn file_ends_at(pem: &[u8]) -> Option<Timestamp> {
    let all = CertificateDer::pem_slice_iter(pem).take(MAX_CERTIFICATES).flatten();
    all.filter_map(|certificate| ends_at(&certificate)).min()
}

/// The end of the validity of one certificate in DER.
pub fn ends_at(der: &[u8]) -> Option<Timestamp> {
    let (_, _, after) = element(Parts::of(der)?.validity)?;
    let (tag, text, _) = element(after)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

/// Parts of a certificate: the content of each.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// Who signed it, a Name.
    pub issuer: &'a [u8],
    /// From when to when.
    pub validity: &'a [u8],
    /// Whom it names, a Name.
    pub subject: &'a [u8],
}

impl Parts<'_> {
    /// Of one certificate in DER; nothing where it is none.
    pub fn of(der: &[u8]) -> Option<Parts<'_>> {
        let (mut fields, _) = expect(SEQUENCE, expect(SEQUENCE, der)?.0)?;
        if let Some((_, rest)) = expect(VERSION, fields) {
            fields = rest;
        }
        // serialNumber, signature; then the parts that are read.
        for tag in [INTEGER, SEQUENCE] {
            fields = expect(tag, fields)?.1;
        }
        let (issuer, fields) = expect(SEQUENCE, fields)?;
        let (validity, fields) = expect(SEQUENCE, fields)?;
        let (subject, _) = expect(SEQUENCE, fields)?;
        Some(Parts { issuer, validity, subject })
    }
}

/// The content of an element of this tag, and what follows it.
pub fn expect(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = element(der)?;
    (found == tag).then_some((content, rest))
}

/// Tag, content and rest. Lengths of more than four octets are refused: no certificate is that long.
pub fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDHHMMSSZ` (UTCTime: from 1950 to 2049) or `YYYYMMDDHHMMSSZ`.
fn time(tag: u8, text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|octet| octet.is_ascii_digit()))?;
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year: i16 = digits.get(..2)?.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, digits.get(2..)?)
        }
        (GENERALIZED_TIME, 14) => (digits.get(..4)?.parse().ok()?, digits.get(4..)?),
        _ => return None,
    };
    let two = |at: usize| rest.get(2 * at..2 * at + 2)?.parse::<i8>().ok();
    let civil = DateTime::new(year, two(0)?, two(1)?, two(2)?, two(3)?, two(4)?, 0).ok()?;
    Some(Timestamp(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn certificate(not_after: (i32, u8, u8)) -> rcgen::Certificate {
        let mut params = rcgen::CertificateParams::new(vec!["kwartz.example".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(not_after.0, not_after.1, not_after.2);
        params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap()
    }

    #[test]
    fn the_last_day_of_certificates() {
        // UTCTime, and GeneralizedTime as RFC 5280 asks from 2050 on.
        for (date, expected) in [((2027, 1, 31), 1_801_353_600), ((2051, 6, 1), 2_569_190_400)] {
            assert_eq!(ends_at(certificate(date).der()), Some(Timestamp(expected)), "{date:?}");
        }
    }

    #[test]
    fn of_a_chain_the_certificate_that_ends_first_counts() {
        let file = certificate((2030, 1, 1)).pem() + &certificate((2027, 1, 31)).pem();
        assert_eq!(file_ends_at(file.as_bytes()), Some(Timestamp(1_801_353_600)));
        assert_eq!(file_ends_at(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), None);
    }

    proptest! {
        #[test]
        fn never_panics(octets: Vec<u8>, cut in 0usize..400, flip: u8) {
            ends_at(&octets);
            file_ends_at(&octets);
            let mut der = certificate((2027, 1, 31)).der().to_vec();
            let at = cut.min(der.len() - 1);
            der[at] ^= flip;
            ends_at(&der);
            ends_at(&der[..at]);
        }
    }
}

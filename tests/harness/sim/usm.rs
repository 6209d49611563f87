//! SNMPv3 with the User-based Security Model as a played device speaks it (RFC 3414, RFC 3826): one user, SHA-256 and AES-128.
//!
//! Comes in: datagrams of version 3. Goes out: answers signed and encrypted, and the reports that discovery needs. The keys are
//! the `async-snmp` crate's; the message itself is written here, so that device and agent do not share their mistakes.
//! Absent on purpose: several users, contexts, boots that grow.

use super::ber::{self, Reader, tlv};
use async_snmp::MasterKey;
use async_snmp::v3::{AuthProtocol, LocalizedKey, PrivKey, PrivProtocol, SaltCounter};
use std::fmt;
use std::sync::OnceLock;

/// User of all played devices that speak version 3.
pub const USER: &str = "rollcall";
/// Its authentication password (SHA-256).
pub const AUTH_PASSWORD: &str = "lecture-seule-auth";
/// Its privacy password (AES-128).
pub const PRIVACY_PASSWORD: &str = "lecture-seule-priv";

const BOOTS: i64 = 3;
/// RFC 3414 section 2.2.3: a message is timely within 150 seconds.
const WINDOW_S: i64 = 150;
const HMAC_SHA256_192_OCTETS: usize = 24;
const UNKNOWN_ENGINE: &[u32] = &[1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0];
const NOT_IN_TIME: &[u32] = &[1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0];
const UNKNOWN_USER: &[u32] = &[1, 3, 6, 1, 6, 3, 15, 1, 1, 3, 0];
const WRONG_DIGEST: &[u32] = &[1, 3, 6, 1, 6, 3, 15, 1, 1, 5, 0];
const AUTH: u8 = 1;
const PRIVACY: u8 = 2;

/// One device's engine: its name and the keys localised to it.
pub struct Engine {
    id: Vec<u8>,
    auth: LocalizedKey,
    privacy: PrivKey,
    salt: SaltCounter,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({:02x?})", self.id)
    }
}

/// The parts of a message that its answer repeats or judges by.
struct Incoming<'a> {
    message_id: i64,
    flags: u8,
    engine: &'a [u8],
    boots: i64,
    time: i64,
    user: &'a [u8],
    auth: &'a [u8],
    salt: &'a [u8],
    data: (u8, &'a [u8]),
}

impl Engine {
    /// The engine of the device with this MAC (RFC 3411: format 3 = MAC, under our example enterprise number 8072).
    pub fn new(mac: [u8; 6]) -> Engine {
        static MASTERS: OnceLock<(MasterKey, MasterKey)> = OnceLock::new();
        let master = |password: &str| MasterKey::from_password(AuthProtocol::Sha256, password.as_bytes()).expect("SHA-256 is built in");
        let (auth, privacy) = MASTERS.get_or_init(|| (master(AUTH_PASSWORD), master(PRIVACY_PASSWORD)));
        let id = [&[0x80, 0x00, 0x1f, 0x88, 0x03][..], &mac].concat();
        Engine {
            auth: auth.localize(&id).expect("SHA-256 is built in"),
            privacy: PrivKey::from_master_key(privacy, PrivProtocol::Aes128, &id).expect("AES-128 is built in"),
            salt: SaltCounter::new().expect("the system has randomness"),
            id,
        }
    }

    /// Answers one datagram; `reply` answers the request within.
    pub fn answer(&self, datagram: &[u8], now_s: u32, reply: impl Fn(u8, &[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
        let incoming = parse(datagram)?;
        let now = i64::from(now_s);
        if incoming.engine != self.id {
            return self.report(&incoming, UNKNOWN_ENGINE, 0, now);
        }
        if incoming.user != USER.as_bytes() {
            return self.report(&incoming, UNKNOWN_USER, 0, now);
        }
        if incoming.flags & AUTH == 0 {
            return None; // a read without authentication is not offered
        }
        if !self.signed_by_user(datagram, incoming.auth) {
            return self.report(&incoming, WRONG_DIGEST, 0, now);
        }
        if incoming.boots != BOOTS || (incoming.time - now).abs() > WINDOW_S {
            return self.report(&incoming, NOT_IN_TIME, AUTH, now);
        }
        let plain;
        let scoped = match incoming.data {
            (0x04, encrypted) => {
                plain = self.privacy.decrypt(encrypted, BOOTS as u32, incoming.time as u32, incoming.salt).ok()?;
                Reader::new(&plain).body(0x30)?
            }
            (0x30, scoped) => scoped,
            _ => return None,
        };
        let mut scoped = Reader::new(scoped);
        let (_, context) = (scoped.body(0x04)?, scoped.body(0x04)?);
        let (tag, pdu) = scoped.next()?;
        self.message(incoming.message_id, incoming.flags & (AUTH | PRIVACY), context, &reply(tag, pdu)?, now)
    }

    fn signed_by_user(&self, datagram: &[u8], auth: &[u8]) -> bool {
        let offset = auth.as_ptr() as usize - datagram.as_ptr() as usize;
        async_snmp::v3::auth::verify_message(&self.auth, datagram, offset, auth.len()).unwrap_or(false)
    }

    /// A report (RFC 3414 section 3.2): one counter that says what was wrong.
    fn report(&self, incoming: &Incoming<'_>, counter: &[u32], flags: u8, now: i64) -> Option<Vec<u8>> {
        let binding = tlv(0x30, &[ber::oid(counter), ber::integer(0x41, 1)].concat());
        // The request's own number is known only where it came in clear text; 0 otherwise (RFC 3412 section 7.1).
        let request = clear_request(incoming.data).unwrap_or(0);
        let fields = [ber::integer(2, i128::from(request)), ber::integer(2, 0), ber::integer(2, 0), tlv(0x30, &binding)].concat();
        self.message(incoming.message_id, flags, &[], &tlv(0xa8, &fields), now)
    }

    fn message(&self, id: i64, flags: u8, context: &[u8], pdu: &[u8], now: i64) -> Option<Vec<u8>> {
        let scoped = tlv(0x30, &[&tlv(4, &self.id), &tlv(4, context), pdu].concat());
        let (data, salt) = if flags & PRIVACY == 0 {
            (scoped, Vec::new())
        } else {
            let (encrypted, salt) = self.privacy.encrypt_aes(&scoped, BOOTS as u32, now as u32, &self.salt).ok()?;
            (tlv(4, &encrypted), salt.to_vec())
        };
        let user = if flags & AUTH == 0 { "" } else { USER };
        let digest = if flags & AUTH == 0 { Vec::new() } else { vec![0; HMAC_SHA256_192_OCTETS] };
        let numbers = [ber::integer(2, i128::from(BOOTS)), ber::integer(2, i128::from(now))].concat();
        let usm = tlv(0x30, &[tlv(4, &self.id), numbers, tlv(4, user.as_bytes()), tlv(4, &digest), tlv(4, &salt)].concat());
        let global = [ber::integer(2, i128::from(id)), ber::integer(2, 65_507), tlv(4, &[flags]), ber::integer(2, 3)].concat();
        let mut whole = tlv(0x30, &[ber::integer(2, 3), tlv(0x30, &global), tlv(4, &usm), data].concat());
        if flags & AUTH != 0 {
            let offset = parse(&whole)?.auth.as_ptr() as usize - whole.as_ptr() as usize;
            async_snmp::v3::auth::authenticate_message(&self.auth, &mut whole, offset, HMAC_SHA256_192_OCTETS).ok()?;
        }
        Some(whole)
    }
}

fn clear_request((tag, scoped): (u8, &[u8])) -> Option<i64> {
    let mut scoped = Reader::new(Some(scoped).filter(|_| tag == 0x30)?);
    let (_, _, (_, pdu)) = (scoped.body(0x04)?, scoped.body(0x04)?, scoped.next()?);
    Reader::new(pdu).number()
}

fn parse(datagram: &[u8]) -> Option<Incoming<'_>> {
    let mut message = Reader::new(Reader::new(datagram).body(0x30)?);
    message.number().filter(|version| *version == 3)?;
    let mut global = Reader::new(message.body(0x30)?);
    let (message_id, _most, flags) = (global.number()?, global.number()?, *global.body(0x04)?.first()?);
    let mut usm = Reader::new(Reader::new(message.body(0x04)?).body(0x30)?);
    let (engine, boots, time) = (usm.body(0x04)?, usm.number()?, usm.number()?);
    let (user, auth, salt) = (usm.body(0x04)?, usm.body(0x04)?, usm.body(0x04)?);
    Some(Incoming { message_id, flags, engine, boots, time, user, auth, salt, data: message.next()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn never_panics_on_any_bytes(octets: Vec<u8>) {
            Engine::new([0; 6]).answer(&octets, 0, |_, _| None);
        }
    }
}

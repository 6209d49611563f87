//! SNMP sessions over one shared socket: with the receiver of notifications (`listen/traps`) the only file that names the SNMP library.
//!
//! Comes in: an address, a credential, OIDs. Goes out: `(OID, value)` pairs, or why there are none ([`Refusal`]). Absent on purpose:
//! SET (none exists here), retries and walks (see [`super::walk`]: they resume where this library's would start again), discovery of networks.
//!
//! What the library is held to, by measurement: it advertises 1472 octets as its largest message, and net-snmp answers genErr to a v3 GETBULK
//! whose answer would be larger; so the socket takes the largest UDP message. Its default of three retries costs a dead host 11 seconds; so none.

use super::value::{MAX_VALUE_BYTES, Oid, Value};
use crate::network::{AuthProtocol, PrivacyProtocol, SnmpCredential};
use async_snmp::transport::{UdpHandle, UdpTransport};
use async_snmp::v3::EngineCache;
use async_snmp::{Auth, Client, ErrorKind, MasterKeys, PrivProtocol, Retry, UsmConfig, UsmUser, VarBind};
use std::cell::Cell;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Largest UDP payload over IPv4 (65 535 less 20 of IP and 8 of UDP).
const MAX_MESSAGE_BYTES: usize = 65_507;

/// Why an SNMP question was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing came in time (a wrong v3 password looks the same: its refusals are not authenticated, so not believed).
    Silent,
    /// The device answered that the answer would not fit (tooBig).
    TooBig,
    /// Version 1 (RFC 1157 section 4.1): there is nothing of that name, or nothing after it; the place of the name among those asked for.
    Missing(usize),
    /// The device answered with another error status, such as genErr.
    Status(String),
    /// Something else: no route, an answer that cannot be decoded.
    Broken(String),
}

/// The version of SNMP that is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// RFC 1157.
    V1,
    /// RFC 3416 with communities (RFC 1901).
    V2c,
    /// RFC 3414.
    V3,
}

/// One way into SNMP, ready to use: a credential, and of AES-256 one of the two key extensions in use.
#[derive(Clone)]
pub struct Way {
    auth: Auth,
    /// Its version.
    pub version: Version,
}

impl Way {
    /// The ways of some credentials, in their order. Keys of version 3 are derived here, once (each takes a mebibyte of hashing).
    pub fn of(credentials: &[SnmpCredential]) -> Result<Vec<Way>, String> {
        let mut ways = Vec::new();
        for credential in credentials {
            match credential {
                SnmpCredential::Community(community) => ways.push(Way { auth: Auth::v2c(community.clone()), version: Version::V2c }),
                SnmpCredential::CommunityV1(community) => ways.push(Way { auth: Auth::v1(community.clone()), version: Version::V1 }),
                SnmpCredential::User { name, auth, privacy } => {
                    let users = users(name, auth.as_ref(), privacy.as_ref()).map_err(|error| format!("SNMP user {name}: {error}"))?;
                    ways.extend(users.into_iter().map(|user| Way { auth: Auth::Usm(user), version: Version::V3 }));
                }
            }
        }
        Ok(ways)
    }

    /// The same way into one VLAN of a Cisco switch: community indexing, or the context `vlan-N` (CISCO-COMMUNITY-INDEXING).
    pub fn of_vlan(&self, vlan: u32) -> Way {
        let auth = match &self.auth {
            Auth::Usm(user) => Auth::Usm(user.clone().context_name(format!("vlan-{vlan}"))),
            Auth::Community { version, community } => {
                let indexed = [community.as_bytes(), format!("@{vlan}").as_bytes()].concat();
                Auth::Community { version: *version, community: indexed.into() }
            }
        };
        Way { auth, version: self.version }
    }
}

fn users(name: &str, auth: Option<&(AuthProtocol, String)>, privacy: Option<&(PrivacyProtocol, String)>) -> Result<Vec<UsmConfig>, String> {
    let user = |keys: Option<MasterKeys>| match keys {
        None => Ok(UsmConfig::new(name.to_owned())),
        Some(keys) => UsmConfig::new(name.to_owned()).with_master_keys(keys).map_err(|error| error.to_string()),
    };
    keys(auth, privacy)?.into_iter().map(user).collect()
}

/// A user as the receiver of notifications knows it; of AES-256 with the key extension of Blumenthal, which most agents use.
pub fn receiving_user(name: &str, auth: Option<&(AuthProtocol, String)>, privacy: Option<&(PrivacyProtocol, String)>) -> Result<UsmUser, String> {
    match keys(auth, privacy)?.into_iter().next().flatten() {
        None => Ok(UsmUser::new(name.to_owned())),
        Some(keys) => UsmUser::new(name.to_owned()).with_master_keys(keys).map_err(|error| error.to_string()),
    }
}

/// The keys of a user, derived from its passwords; none where it has none, two where there are two key extensions.
fn keys(auth: Option<&(AuthProtocol, String)>, privacy: Option<&(PrivacyProtocol, String)>) -> Result<Vec<Option<MasterKeys>>, String> {
    use async_snmp::AuthProtocol as Auth;
    let Some((protocol, password)) = auth else {
        return match privacy {
            None => Ok(vec![None]),
            Some(_) => Err("privacy needs authentication (RFC 3414 section 1.4.3)".to_owned()),
        };
    };
    let protocol = match protocol {
        AuthProtocol::Sha1 => Auth::Sha1,
        AuthProtocol::Sha224 => Auth::Sha224,
        AuthProtocol::Sha256 => Auth::Sha256,
        AuthProtocol::Sha384 => Auth::Sha384,
        AuthProtocol::Sha512 => Auth::Sha512,
    };
    let keys = MasterKeys::new(protocol, password.as_bytes()).map_err(|error| error.to_string())?;
    let Some((protocol, password)) = privacy else { return Ok(vec![Some(keys)]) };
    let variants: &[PrivProtocol] = match protocol {
        PrivacyProtocol::Aes128 => &[PrivProtocol::Aes128],
        PrivacyProtocol::Aes256 => &[PrivProtocol::Aes256Blumenthal, PrivProtocol::Aes256Reeder],
    };
    let with = |variant: &PrivProtocol| keys.clone().with_privacy(*variant, password.as_bytes()).map(Some).map_err(|error| error.to_string());
    variants.iter().map(with).collect()
}

/// The sockets of one look: one for each address family in use, shared by all devices.
pub struct Sockets {
    four: Option<UdpTransport>,
    six: Option<UdpTransport>,
    engines: Arc<EngineCache>,
    within: Duration,
}

impl Sockets {
    /// Opens the sockets that these addresses need; a question may stay unanswered `within` that time.
    pub async fn open(addresses: impl Iterator<Item = IpAddr> + Clone, within: Duration) -> Result<Sockets, String> {
        let four = if addresses.clone().any(|ip| ip.is_ipv4()) { Some(bind("0.0.0.0:0").await?) } else { None };
        let six = if addresses.clone().any(|ip| ip.is_ipv6()) { Some(bind("[::]:0").await?) } else { None };
        Ok(Sockets { four, six, engines: Arc::new(EngineCache::new()), within })
    }

    /// Whether something there answered to SNMPv3's discovery: it speaks version 3, with whatever credentials.
    pub fn speaks_v3(&self, to: SocketAddr) -> bool {
        self.engines.get(&to).is_some()
    }

    /// A session with one device.
    pub async fn session(&self, to: SocketAddr, way: &Way) -> Result<Session, Refusal> {
        let socket = if to.is_ipv4() { &self.four } else { &self.six };
        let socket = socket.as_ref().ok_or_else(|| Refusal::Broken(format!("no socket for {to}")))?;
        let builder = Client::builder(to, way.auth.clone()).request_timeout(self.within).retry(Retry::none()).engine_cache(self.engines.clone());
        let builder = builder.max_oids_per_request(usize::MAX); // else it makes two messages of one question, and the pace counts one
        let client = builder.build_with(socket).await.map_err(|error| refusal(&error))?;
        Ok(Session { client, version: way.version, heard_bytes: Cell::default() })
    }
}

async fn bind(to: &str) -> Result<UdpTransport, String> {
    let builder = UdpTransport::builder().bind(to).max_message_size(MAX_MESSAGE_BYTES).warn_on_source_mismatch(false);
    builder.build().await.map_err(|error| format!("binding a UDP socket to {to}: {error}"))
}

/// A conversation with one device.
pub struct Session {
    client: Client<UdpHandle>,
    /// Its version.
    pub version: Version,
    heard_bytes: Cell<usize>,
}

impl Session {
    /// GET.
    pub async fn get(&self, oids: &[Oid]) -> Result<Vec<(Oid, Value)>, Refusal> {
        let answer = self.client.get_many(&names(oids)).await.map_err(|error| refusal(&error))?;
        Ok(self.heard(answer.varbinds))
    }

    /// GETNEXT: what comes after each OID, in their order.
    pub async fn next(&self, oids: &[Oid]) -> Result<Vec<(Oid, Value)>, Refusal> {
        let answer = self.client.get_next_many(&names(oids)).await.map_err(|error| refusal(&error))?;
        Ok(self.heard(answer.varbinds))
    }

    /// GETBULK, which version 1 has not: up to `repetitions` times what comes after each OID, row by row.
    pub async fn bulk(&self, oids: &[Oid], repetitions: u32) -> Result<Vec<(Oid, Value)>, Refusal> {
        let answer = self.client.get_bulk(&names(oids), 0, repetitions).await.map_err(|error| refusal(&error))?;
        Ok(self.heard(answer))
    }

    /// Octets of names and values that came since this was last asked, as they were before any was clipped.
    pub fn take_heard_bytes(&self) -> usize {
        self.heard_bytes.take()
    }

    fn heard(&self, varbinds: Vec<VarBind>) -> Vec<(Oid, Value)> {
        let bytes: usize = varbinds.iter().map(|varbind| varbind.oid.arcs().len() + size(&varbind.value)).sum();
        self.heard_bytes.update(|before| before + bytes);
        pairs(varbinds)
    }
}

/// What a message of whoever it comes from says, decoded as sessions do: its objects; none where it is refused.
pub fn decode(message: &[u8]) -> Vec<(Oid, Value)> {
    let decoded = async_snmp::message::Message::decode(message.to_vec().into(), async_snmp::DecodeConfig::default());
    decoded.ok().and_then(|outcome| outcome.value.into_pdu()).map_or(Vec::new(), |pdu| pairs(pdu.varbinds().to_vec()))
}

fn names(oids: &[Oid]) -> Vec<async_snmp::Oid> {
    oids.iter().map(|oid| async_snmp::Oid::from_slice(oid)).collect()
}

fn pairs(varbinds: Vec<VarBind>) -> Vec<(Oid, Value)> {
    varbinds.into_iter().map(|varbind| (varbind.oid.arcs().to_vec(), value(varbind.value))).collect()
}

fn value(value: async_snmp::Value) -> Value {
    use async_snmp::Value as From;
    match value {
        From::Integer(number) => Value::Number(number.into()),
        From::Counter32(number) | From::Gauge32(number) | From::UInteger32(number) | From::TimeTicks(number) => Value::Number(number.into()),
        From::Counter64(number) => Value::Number(i64::try_from(number).unwrap_or(i64::MAX)),
        From::OctetString(octets) | From::Opaque(octets) | From::Nsap(octets) => {
            Value::Octets(octets.iter().copied().take(MAX_VALUE_BYTES).collect())
        }
        From::ObjectIdentifier(oid) => Value::Name(oid.arcs().to_vec()),
        From::IpAddress(octets) => Value::Address(octets),
        _ => Value::Nothing,
    }
}

/// Octets of a value, near enough to those on the wire.
fn size(value: &async_snmp::Value) -> usize {
    use async_snmp::Value as From;
    match value {
        From::OctetString(octets) | From::Opaque(octets) | From::Nsap(octets) => octets.len(),
        From::ObjectIdentifier(oid) => oid.arcs().len(),
        _ => 8,
    }
}

fn refusal(error: &async_snmp::Error) -> Refusal {
    use async_snmp::{Error, ErrorStatus};
    match (error.kind(), error.exchange_source()) {
        (ErrorKind::Timeout | ErrorKind::Auth | ErrorKind::Report, _) => Refusal::Silent,
        (_, Error::Snmp { status: ErrorStatus::TooBig, .. }) => Refusal::TooBig,
        // The wire counts from 1; 0 names none.
        (_, Error::Snmp { status: ErrorStatus::NoSuchName, index: index @ 1.., .. }) => Refusal::Missing(*index as usize - 1),
        (_, Error::Snmp { status, .. }) => Refusal::Status(status.to_string()),
        _ => Refusal::Broken(error.to_string()),
    }
}

//! The ear for SNMP notifications: traps of versions 1, 2c and 3, and informs, which are acknowledged (RFC 3413).
//!
//! Comes in: datagrams at the configured address. Goes out: calls ([`super::calls`]). Absent on purpose: belief: source and community can be forged by
//! anybody on the network, so a notification only says where to look, and only at devices that the agent may ask anyway.
//!
//! A notification counts when it comes from an address that its network allows to ask, with a community or an authenticated user of that
//! network. Version 3 knows a user by name alone: where two networks give one name different passwords, the first one's count.
//!
//! A flood costs at most one turn of the receiver each `PAUSE`: what the kernel's buffer does not hold meanwhile is lost.

use super::bucket::Bucket;
use super::calls::Calls;
use super::notifications::notification;
use super::{Place, Tallies};
use crate::agent::Agent;
use crate::network::{Network, SnmpCredential};
use crate::probes::neighbours::netlink;
use crate::probes::snmp::session::receiving_user;
use crate::state::Engine;
use async_snmp::notification::{Notification, NotificationAcceptance, NotificationReceiver, ReceivedNotification};
use async_snmp::{AuthoritativeEngine, PersistedAuthoritativeEngine, SecurityLevel, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

/// Name under which this ear tells its troubles.
pub const PROBE: &str = "traps";
/// How long an address that cannot be listened at is left alone.
const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// Shortest time between two turns of the receiver where datagrams keep coming; in one turn it reads at most as many as the runtime lets
/// one task read without a break (128).
const PAUSE: Duration = Duration::from_millis(20);
/// Notifications taken in at once …
const TAKEN_AT_ONCE: u32 = 200;
/// … and then one each.
const TAKEN_EVERY: Duration = Duration::from_millis(20);
/// How often what the receiver refused by itself is counted.
const COUNT_EVERY: Duration = Duration::from_secs(60);
/// ifIndex (IF-MIB, RFC 2863): the port that linkDown and linkUp are about.
const IF_INDEX: &[u32] = &[1, 3, 6, 1, 2, 1, 2, 2, 1, 1];

/// Receives for ever.
pub async fn receive(place: &Place, agent: &Agent, calls: &RefCell<Calls>, called: &Notify) {
    let gate = Arc::new(Gate { networks: agent.config().networks.clone(), tallies: agent.ears().borrow().tallies.clone() });
    let name = place.to_string();
    loop {
        let error = match open(place, agent, &gate).await {
            Ok(receiver) => {
                agent.ears().borrow_mut().opened(PROBE, &name, None);
                listen(&receiver, &gate, calls, called).await
            }
            Err(error) => error,
        };
        let (code, text) = match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::PermissionDenied) => {
                let advice = "Give the agent CAP_NET_BIND_SERVICE (its systemd unit does), or choose a port from 1024 on";
                ("no_permission", format!("SNMP notifications at {name} are not received: a port below 1024 needs CAP_NET_BIND_SERVICE. {advice}"))
            }
            Some(io::ErrorKind::AddrInUse) => {
                ("not_listening", format!("SNMP notifications at {name} are not received: another program (snmptrapd?) holds the port"))
            }
            _ => ("not_listening", format!("SNMP notifications at {name} are not received: {error:#}")),
        };
        agent.ears().borrow_mut().ails(PROBE, &name, code, text);
        sleep(AGAIN_AFTER).await;
    }
}

/// The address of a place, as the kernel has it now.
fn address(place: &Place) -> anyhow::Result<SocketAddr> {
    let (name, port) = match place {
        Place::Address(address) => return Ok(*address),
        Place::Interface(name, port) => (name, port),
    };
    let link = netlink::links()?.into_iter().find(|link| link.name == *name);
    let link = link.ok_or_else(|| anyhow::anyhow!("this machine has no interface {name}"))?;
    let own = netlink::addresses()?.into_iter().find(|own| own.index == link.index);
    own.map(|own| SocketAddr::new(IpAddr::V4(own.ip), *port)).ok_or_else(|| anyhow::anyhow!("{name} has no address"))
}

async fn open(place: &Place, agent: &Agent, gate: &Arc<Gate>) -> anyhow::Result<NotificationReceiver> {
    let address = address(place)?;
    let (policy, mut users) = (gate.clone(), BTreeSet::new());
    let mut builder = NotificationReceiver::builder().bind(address.to_string()).acceptance_policy(move |envelope| {
        match policy.network(envelope.source.ip(), envelope.notification()) {
            Some(_) => NotificationAcceptance::Accept,
            None => NotificationAcceptance::Reject,
        }
    });
    for credential in gate.networks.iter().flat_map(|network| &network.credentials.snmp) {
        if let SnmpCredential::User { name, auth, privacy } = credential
            && users.insert(name)
        {
            let user = receiving_user(name, auth.as_ref(), privacy.as_ref()).map_err(|error| anyhow::anyhow!("SNMP user {name}: {error}"))?;
            builder = builder.usm_user(name.clone(), |_| Ok(user))?;
        }
    }
    if !users.is_empty() {
        builder = builder.authoritative_engine(engine(agent)?);
    }
    builder.build().await.map_err(|error| match *error {
        async_snmp::Error::Network { source, .. } => source.into(),
        other => anyhow::anyhow!("{other}"),
    })
}

/// This receiver as informs know it: a name for good, and how often it was started (RFC 3414 section 2.2), both on disk.
fn engine(agent: &Agent) -> anyhow::Result<AuthoritativeEngine> {
    let folder = agent.folder().clone();
    let keep = move |engine: &PersistedAuthoritativeEngine| {
        let kept = folder.save_engine(&Engine { id: engine.engine_id().to_vec(), boots: engine.engine_boots() });
        kept.map_err(|error| io::Error::other(format!("{error:#}")))
    };
    let started = match agent.folder().engine()? {
        Some(known) => AuthoritativeEngine::restart(PersistedAuthoritativeEngine::new(known.id, known.boots)?, keep)?,
        None => AuthoritativeEngine::install(async_snmp::v3::generate_engine_id()?, keep)?,
    };
    Ok(started)
}

/// Receives until the socket breaks.
async fn listen(receiver: &NotificationReceiver, gate: &Gate, calls: &RefCell<Calls>, called: &Notify) -> anyhow::Error {
    let mut bucket = Bucket::new(TAKEN_AT_ONCE, TAKEN_EVERY);
    let mut refused = 0;
    loop {
        let mut receiving = pin!(at_most_every(PAUSE, receiver.recv()));
        let received = loop {
            tokio::select! {
                received = receiving.as_mut() => break received,
                () = sleep(COUNT_EVERY) => count_refused(receiver, gate, &mut refused),
            }
        };
        count_refused(receiver, gate, &mut refused);
        match received {
            Ok(_) if !bucket.take(Instant::now()) => {
                gate.tallies.add(PROBE, "storm", 1, None);
                sleep_until(bucket.ready_at(Instant::now())).await;
            }
            Ok(received) => {
                take(&received, gate, calls);
                called.notify_one();
            }
            Err(error) => return anyhow::anyhow!("{error}"),
        }
    }
}

/// What version 3 refused before anybody was asked: unknown users, wrong passwords.
fn count_refused(receiver: &NotificationReceiver, gate: &Gate, before: &mut u32) {
    let now = receiver.usm_unknown_usernames().wrapping_add(receiver.usm_wrong_digests()).wrapping_add(receiver.usm_decryption_errors());
    let more = now.wrapping_sub(*before);
    if more > 0 {
        gate.tallies.add(PROBE, "refused", u64::from(more), None);
        *before = now;
    }
}

/// One notification that was accepted.
fn take(received: &ReceivedNotification, gate: &Gate, calls: &RefCell<Calls>) {
    let from = received.source.ip();
    let Some(network) = gate.network(from, &received.notification) else { return };
    let Ok(oid) = received.notification.trap_oid() else { return };
    let port = received.notification.varbinds().iter().find_map(|bound| match bound.value {
        Value::Integer(index) if bound.oid.arcs().starts_with(IF_INDEX) => u32::try_from(index).ok(),
        _ => None,
    });
    match notification(oid.arcs()) {
        Some(what) => {
            tracing::info!(%from, network = network.name, what = what.name, port, "called");
            calls.borrow_mut().hear((network.name.clone(), from), what, port, Instant::now());
        }
        None => tracing::debug!(%from, %oid, "a notification that the table does not know"),
    }
}

/// Who may call.
struct Gate {
    networks: Vec<Network>,
    tallies: Tallies,
}

/// By what a notification is opened.
enum Key<'a> {
    Community(&'a [u8]),
    User(&'a [u8], SecurityLevel),
}

impl Gate {
    /// The network of a notification that counts; what does not is counted.
    fn network(&self, from: IpAddr, notification: &Notification) -> Option<&Network> {
        let mut may_ask = self.networks.iter().filter(|network| network.may_ask(from)).peekable();
        let code = if may_ask.peek().is_none() { "unknown_source" } else { "refused" };
        let found = may_ask.find(|network| network.credentials.snmp.iter().any(|credential| opens(credential, &key(notification))));
        if found.is_none() {
            self.tallies.add(PROBE, code, 1, Some(from));
        }
        found
    }
}

fn key(notification: &Notification) -> Key<'_> {
    match notification {
        Notification::TrapV1 { community, .. } | Notification::TrapV2c { community, .. } | Notification::InformV2c { community, .. } => {
            Key::Community(community.as_bytes())
        }
        Notification::TrapV3 { username, security_level, .. } | Notification::InformV3 { username, security_level, .. } => {
            Key::User(username, *security_level)
        }
    }
}

/// Whether a credential of the network is the notification's; of a user with a password only what is signed with it counts.
fn opens(credential: &SnmpCredential, key: &Key<'_>) -> bool {
    match (credential, key) {
        (SnmpCredential::Community(community) | SnmpCredential::CommunityV1(community), Key::Community(told)) => community.as_bytes() == *told,
        (SnmpCredential::User { name, auth, .. }, Key::User(told, level)) => {
            name.as_bytes() == *told && (auth.is_none() || *level >= SecurityLevel::AuthNoPriv)
        }
        _ => false,
    }
}

/// Gives a future that is woken very often a turn at most once in `gap`.
async fn at_most_every<T>(gap: Duration, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        let mut had_its_turn = false;
        let turn = poll_fn(|context| {
            if had_its_turn {
                return Poll::Ready(None); // woken: something came
            }
            had_its_turn = true;
            match work.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(Some(done)),
                Poll::Pending => Poll::Pending,
            }
        });
        match turn.await {
            Some(done) => return done,
            None => sleep(gap).await,
        }
    }
}

#[cfg(test)]
#[path = "traps_tests.rs"]
mod tests;

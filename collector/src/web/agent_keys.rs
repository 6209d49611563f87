//! The keys that agents sign with, kept once read: an agent's key is for ever (a new key is a new agent), and each report asks for it.
//!
//! Comes in: agents that claim to speak. Goes out: keys; and who is welcome no more, which is for ever too. Absent on purpose: that somebody is still
//! welcome, which is asked with the report itself.

use super::{Failure, Web};
use crate::store;
use ed25519_dalek::VerifyingKey;
use rollcall_shared::AgentId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keys that are kept, 250 octets each; beyond them all are forgotten and read again.
const MOST: usize = 65_536;

/// A key that is known.
#[derive(Clone, Copy)]
pub struct Known {
    /// It.
    pub key: VerifyingKey,
    /// Whoever signs with it was revoked.
    pub revoked: bool,
}

/// The keys that are known.
#[derive(Default)]
pub struct AgentKeys(Mutex<HashMap<AgentId, Known>>);

impl AgentKeys {
    /// The key of an agent; the reason, where there is none.
    pub async fn get(web: &Web, agent: AgentId) -> Result<Result<Known, &'static str>, Failure> {
        if let Some(known) = web.agent_keys.held().get(&agent) {
            return Ok(Ok(*known));
        }
        let Some(stored) = web.read(move |tx| Ok(store::report::agent_by_id(tx, agent)?)).await? else {
            return Ok(Err("no agent has this id: enrol it"));
        };
        let octets = stored.public_key.as_slice().try_into().ok();
        let Some(key) = octets.and_then(|octets| VerifyingKey::from_bytes(octets).ok()) else {
            return Ok(Err("the stored key of this agent is no key"));
        };
        let known = Known { key, revoked: stored.revoked_at.is_some() };
        let mut held = web.agent_keys.held();
        if held.len() >= MOST {
            held.clear();
        }
        held.insert(agent, known);
        Ok(Ok(known))
    }

    /// Remembers that an agent is welcome no more.
    pub fn revoke(&self, agent: AgentId) {
        if let Some(known) = self.held().get_mut(&agent) {
            known.revoked = true;
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<AgentId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The keys that agents sign with, kept once read: an agent's key is for ever (a new key is a new agent), and each report asks for it.
//!
//! Comes in: agents that claim to speak. Goes out: keys. Absent on purpose: whether an agent is still welcome, which is asked with the report itself.

use super::{Failure, Web};
use crate::store;
use ed25519_dalek::VerifyingKey;
use rollcall_shared::AgentId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keys that are kept, 200 octets each; beyond them all are forgotten and read again.
const MOST: usize = 65_536;

/// The keys that are known.
#[derive(Default)]
pub struct AgentKeys(Mutex<HashMap<AgentId, VerifyingKey>>);

impl AgentKeys {
    /// The key of an agent: none where there is no such agent, or its stored key is no key.
    pub async fn get(web: &Web, agent: AgentId) -> Result<Option<VerifyingKey>, Failure> {
        if let Some(key) = web.agent_keys.held().get(&agent) {
            return Ok(Some(*key));
        }
        let known = web.read(move |tx| Ok(store::report::agent_by_id(tx, agent)?)).await?;
        let key = known.and_then(|known| VerifyingKey::from_bytes(known.public_key.as_slice().try_into().ok()?).ok());
        if let Some(key) = key {
            let mut held = web.agent_keys.held();
            if held.len() >= MOST {
                held.clear();
            }
            held.insert(agent, key);
        }
        Ok(key)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<AgentId, VerifyingKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

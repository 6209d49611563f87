//! The school server itself: what its files tell ([`files`]), its arrays ([`raid`]) and volumes ([`volumes`]), and whether its services answer
//! ([`services`]).
//!
//! Comes in: the folder that stands for `/`, the address of its services and which to ask. Goes out, about the subject `server`:
//! `said os.*`, `kernel.release`, `host.name`, `memory.total_bytes`, `dmi.*`, `net.INTERFACE.mac`, `md.*`, `zfs.*`; volumes; services; readings
//! of uptime, load, memory, volumes, temperatures, arrays being made whole. Absent on purpose: processes, users, logs.

pub mod files;
pub mod raid;
pub mod services;
pub mod volumes;

use super::{Finding, Look, Outcome};
use rollcall_shared::Subject;

/// Reads the files and asks the services.
pub async fn read(look: &Look<'_>) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    if !look.server.here {
        return outcome;
    }
    outcome.asked = 1;
    let root = &look.server.root;
    let mut finding = files::read(root);
    let (arrays, sync) = raid::read(root);
    finding.facts.extend(arrays);
    finding.readings.extend(sync);
    let unreadable = files::unreadable(root);
    if !unreadable.is_empty() {
        let text = format!("no permission to read {}: let the agent read them (its systemd unit does)", unreadable.join(", "));
        outcome.troubles.push(look.trouble("server", Some(Subject::Server), "no_permission", text));
    }
    match volumes::read(root) {
        Ok(volumes) => volumes.into_iter().for_each(|volume| volume.tell(&mut finding)),
        Err(text) => {
            // What the volumes were before is not forgotten for it.
            finding.finished = false;
            outcome.troubles.push(look.trouble("server", Some(Subject::Server), "bad_answer", text));
        }
    }
    let (facts, unknown) = services::read(root, look.server.services_at, &look.server.services).await;
    finding.facts.extend(facts);
    for name in unknown {
        let text = format!("there is no service {name:?} in this program's table; expected one of {}", services::names());
        outcome.troubles.push(look.trouble("server", Some(Subject::Server), "bad_config", text));
    }
    outcome.finished = finding.finished;
    outcome.findings.push(Finding { subject: Subject::Server, ..finding });
    outcome
}

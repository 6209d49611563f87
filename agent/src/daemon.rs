//! The daemon: rounds by the clock, looks at who calls between them, requests after each, until told to stop.
//!
//! Comes in: an agent, a clock. Goes out: nothing but what agent and uplink do. Absent on purpose: state (what is in memory here
//! may be lost at any moment).
//!
//! Rounds of different schools fall apart by a hash of the agent's number, so that a town's reports are spread over the period.

use crate::agent::{Agent, Scope};
use crate::listen;
use crate::state::random;
use crate::uplink::Failure;
use rollcall_shared::{AgentId, Timestamp};
use sd_notify::NotifyState;
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio::time::sleep;

/// First wait after a failed request, seconds; doubled each time.
const FIRST_WAIT_S: u64 = 5;
/// Longest wait after failed requests, seconds.
const LONGEST_WAIT_S: u64 = 900;
/// Wait of a revoked agent, seconds: a person may have changed their mind.
const REVOKED_WAIT_S: u64 = 3_600;

/// Wakes the sender.
#[derive(Debug, Default)]
pub struct Spooled {
    /// A report waits.
    pub report: Notify,
    /// A report waits that is about somebody who called.
    pub urgent: Notify,
}

/// Looks and tells until SIGTERM or SIGINT.
pub async fn run(agent: &Agent, clock: &dyn Fn() -> Timestamp) -> anyhow::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let spooled = Spooled::default();
    sd_notify::notify(&[NotifyState::Ready]).ok(); // not under systemd: nobody to tell
    tokio::select! {
        () = look_on(agent, clock, &spooled) => {}
        () = send_on(agent, clock, &spooled) => {}
        () = listen::run(agent, clock, &spooled) => {}
        () = tell_watchdog() => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!(waiting = agent.waiting(), "stopping; what waits is on disk");
    sd_notify::notify(&[NotifyState::Stopping]).ok();
    Ok(())
}

async fn look_on(agent: &Agent, clock: &dyn Fn() -> Timestamp, spooled: &Spooled) {
    let round_s = agent.config().round_s;
    let phase_s = agent.identity().map_or(0, |identity| phase_s(identity.agent, round_s));
    if !agent.is_overdue(clock()) {
        sleep(until_next(clock(), round_s, phase_s)).await;
    } else {
        sleep(part_of(Duration::from_secs(u64::from(round_s) / 10))).await;
    }
    loop {
        match agent.round(Scope::Due, clock).await {
            Ok(report) => tracing::info!(number = report.number, probes = report.probes.len(), troubles = report.troubles.len(), "round"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "round failed"),
        }
        spooled.report.notify_one();
        sleep(until_next(clock(), round_s, phase_s)).await;
    }
}

async fn send_on(agent: &Agent, clock: &dyn Fn() -> Timestamp, spooled: &Spooled) {
    let mut failures = 0;
    loop {
        if agent.waiting() == 0 {
            spooled.report.notified().await;
        }
        match agent.drain(clock).await {
            Ok(reports) => {
                if failures > 0 {
                    tracing::info!(reports, "the collector is reached again");
                }
                failures = 0;
            }
            Err(failure) => {
                let wait = wait_after(&failure, failures);
                tracing::warn!(%failure, waiting = agent.waiting(), wait_s = wait.as_secs(), "reports wait");
                failures += 1;
                tokio::select! {
                    () = sleep(wait) => {}
                    // The line may be back, and somebody calls; who is busy or refuses is not asked sooner for that.
                    () = spooled.urgent.notified(), if matches!(failure, Failure::Unreachable(_)) => {}
                }
            }
        }
    }
}

/// Tells systemd that the one thread still turns; for ever.
async fn tell_watchdog() {
    let Some(period) = sd_notify::watchdog_enabled() else { return std::future::pending().await };
    loop {
        sd_notify::notify(&[NotifyState::Watchdog]).ok();
        sleep(period / 2).await;
    }
}

/// How far into each period an agent's rounds begin.
pub fn phase_s(agent: AgentId, round_s: u32) -> u32 {
    let digest = Sha256::digest(agent.0.to_be_bytes());
    let hash = digest.iter().take(4).fold(0u32, |all, octet| all << 8 | u32::from(*octet));
    hash % round_s.max(1)
}

/// Time until the next beginning of a period, never zero.
fn until_next(now: Timestamp, round_s: u32, phase_s: u32) -> Duration {
    let into = (now.0 - i64::from(phase_s)).rem_euclid(i64::from(round_s.max(1)));
    Duration::from_secs(u64::try_from(i64::from(round_s) - into).unwrap_or(1).max(1))
}

/// How long to wait after a failure: as the collector says, else growing, with full jitter so that schools do not knock together.
fn wait_after(failure: &Failure, failures: u32) -> Duration {
    match failure {
        Failure::NotReady { retry_after_s: Some(seconds), .. } => Duration::from_secs(*seconds) + part_of(Duration::from_secs(seconds / 10 + 1)),
        Failure::Revoked(_) | Failure::NotEnrolled => Duration::from_secs(REVOKED_WAIT_S) + part_of(Duration::from_secs(REVOKED_WAIT_S / 10)),
        _ => {
            let longest = FIRST_WAIT_S.saturating_mul(1 << failures.min(16)).min(LONGEST_WAIT_S);
            Duration::from_secs(1) + part_of(Duration::from_secs(longest))
        }
    }
}

/// A random part of a time.
fn part_of(whole: Duration) -> Duration {
    let [a, b, ..] = random().unwrap_or([128; 32]); // without randomness: half
    whole * u32::from(u16::from_be_bytes([a, b])) / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_of_a_town_are_spread_over_the_period() {
        let mut tenths = [0; 10];
        for agent in 0..1_000 {
            tenths[phase_s(AgentId(agent), 300) as usize / 30] += 1;
        }
        assert!(tenths.iter().all(|count| (60..150).contains(count)), "{tenths:?}");
    }

    #[test]
    fn the_next_round_begins_at_its_phase() {
        for (now, expected_s) in [(0, 17), (16, 1), (17, 300), (18, 299), (317, 300)] {
            assert_eq!(until_next(Timestamp(now), 300, 17), Duration::from_secs(expected_s), "{now}");
        }
    }

    #[test]
    fn waits_grow_are_bounded_and_honour_the_collector() {
        let lost = Failure::Unreachable(String::new());
        assert!(wait_after(&lost, 0) <= Duration::from_secs(1 + FIRST_WAIT_S));
        assert!((0..100).all(|failures| wait_after(&lost, failures) <= Duration::from_secs(1 + LONGEST_WAIT_S)));
        let busy = Failure::NotReady { reason: String::new(), retry_after_s: Some(100) };
        assert!((100..=112).contains(&wait_after(&busy, 0).as_secs()));
    }
}

//! The packet rate on one network.
//!
//! Comes in: a rate of the configuration. Goes out: waiting. Absent on purpose: what is sent, and any burst: a sender that was
//! late may catch up 20 ms, and one that is early may be so by 5 ms, no more.

use crate::network::Network;
use std::cell::Cell;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How far a late sender may catch up: a few of tokio's timer steps of 1 ms, so that 1 000 packets a second can be held at all.
const CATCH_UP: Duration = Duration::from_millis(20);

/// How early a packet may leave: to wake for each of a thousand packets a second costs more than to send it.
const EARLY: Duration = Duration::from_millis(5);

/// Hands out moments at which a packet may be sent.
#[derive(Debug)]
pub struct Pacer {
    gap: Duration,
    next: Cell<Option<Instant>>,
}

impl Pacer {
    /// At most `pps` packets a second; 0 counts as 1.
    pub fn new(pps: u32) -> Pacer {
        Pacer { gap: Duration::from_secs(1) / pps.max(1), next: Cell::new(None) }
    }

    /// Waits until the next packet may go.
    pub async fn take(&self) {
        let now = Instant::now();
        let at = self.slot(now);
        if at > now + EARLY {
            sleep_until(at).await;
        }
    }

    /// The moment of the next packet, for a sender who comes at `now`.
    fn slot(&self, now: Instant) -> Instant {
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        let at = self.next.get().map_or(now, |next| next.max(earliest));
        self.next.set(Some(at + self.gap));
        at
    }
}

/// The rates of conversations on one network, shared by all probes of a round.
#[derive(Debug)]
pub struct Pace {
    /// Beyond a router, and everywhere in repeated rounds.
    pub usual: Pacer,
    /// On an own link while silent addresses are swept: as fast again as ARP asks there.
    link: Option<Pacer>,
}

impl Pace {
    /// Of this network; none on loopback, where no packet meets a wire.
    pub fn of(network: &Network, sweep: bool) -> Pace {
        if network.is_loopback() {
            return Pace { usual: Pacer { gap: Duration::ZERO, next: Cell::new(None) }, link: None };
        }
        Pace { usual: Pacer::new(network.max_pps), link: sweep.then(|| Pacer::new(network.max_arp_pps.max(network.max_pps))) }
    }

    /// Towards an address.
    pub fn to(&self, on_link: bool) -> &Pacer {
        self.link.as_ref().filter(|_| on_link).unwrap_or(&self.usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_packets_take_a_second_however_late_each_comes() {
        let (pacer, start) = (Pacer::new(1_000), Instant::now());
        let mut now = start;
        for _ in 0..=1_000 {
            // The timer wakes up to a millisecond late.
            now = pacer.slot(now).max(now) + Duration::from_micros(900);
        }
        let took = now - start;
        assert!(took >= Duration::from_millis(1_000) && took < Duration::from_millis(1_010), "{took:?}");
    }

    #[test]
    fn the_own_link_bears_more_while_it_is_swept() {
        let check = |cidr: &str, sweep: bool, on_link: bool, expected_ms: u64| {
            let pace = Pace::of(&crate::probes::cases::Place::new(cidr, 0).network, sweep);
            assert_eq!(pace.to(on_link).gap, Duration::from_millis(expected_ms), "{cidr} {sweep} {on_link}");
        };
        check("10.0.0.0/24", false, true, 5);
        check("10.0.0.0/24", true, true, 1);
        check("10.0.0.0/24", true, false, 5);
        check("127.0.0.0/24", true, true, 0);
    }

    #[test]
    fn idle_time_is_not_saved_up() {
        let (pacer, start) = (Pacer::new(100), Instant::now());
        pacer.slot(start);
        let later = start + Duration::from_secs(5);
        let last = (0..12).map(|_| pacer.slot(later)).last().unwrap();
        assert_eq!(last - start, Duration::from_millis(5_090));
    }
}

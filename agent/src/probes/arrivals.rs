//! Addresses as they are found: probes that ask need not wait until the last silent address has been asked for the third time.
//!
//! Comes in: what probes of the first stage find, while they find it ([`Look::meet`]). Goes out: streams of addresses to ask, each
//! once: [`Look::arrivals`] and, of those whom nothing named, [`Look::unnamed`]. Absent on purpose: asking, and who is remembered.

use super::Look;
use futures_util::{Stream, StreamExt, stream};
use rollcall_shared::Mac;
use std::cell::Cell;
use std::collections::{BTreeSet, VecDeque};
use std::future::ready;
use std::net::IpAddr;
use tokio::sync::Notify;

/// How far a round has come on one network.
#[derive(Debug, Default)]
pub struct Progress {
    found: Cell<bool>,
    asked: Cell<bool>,
    /// How many probes of this round can name a device.
    namers: usize,
    news: Notify,
}

impl Progress {
    /// Nothing is found yet; so many probes of the round can name a device.
    pub fn new(namers: usize) -> Progress {
        Progress { namers, ..Progress::default() }
    }

    /// All is found that can be.
    pub fn all_found(&self) {
        self.found.set(true);
        self.news.notify_waiters();
    }

    /// Those whose answers name a device have ended as well.
    pub fn all_asked(&self) {
        self.asked.set(true);
        self.news.notify_waiters();
    }
}

impl Look<'_> {
    /// Somebody answers at an address of an own link; `macs` are its holders that may be told of, at least one.
    pub fn meet(&self, ip: IpAddr, macs: &[Mac]) {
        let mut hosts = self.hosts.borrow_mut();
        let known = hosts.entry(ip).or_default();
        // A MAC known before stays while it is among the holders.
        *known = known.filter(|mac| macs.contains(mac)).or(macs.first().copied());
        let met = &mut *self.met.borrow_mut();
        met.there.insert(ip);
        met.on_link.insert(ip);
        self.progress.news.notify_waiters();
    }

    /// A probe that could have named this address has had no answer so far, or does not ask it now.
    pub fn leave(&self, ip: IpAddr, probe: &'static str) {
        self.met.borrow_mut().left.entry(ip).or_default().insert(probe);
        self.progress.news.notify_waiters();
    }

    /// What this address said names it: probes of what is unnamed need not ask it.
    pub fn named(&self, ip: IpAddr) {
        self.met.borrow_mut().named.insert(ip);
    }

    /// All is found that can be.
    pub fn is_all_found(&self) -> bool {
        self.progress.found.get()
    }

    /// Waits until all is found that can be: hosts are complete then.
    pub async fn all_found(&self) {
        loop {
            let news = self.progress.news.notified();
            if self.progress.found.get() {
                return;
            }
            news.await;
        }
    }

    /// Addresses that may be asked, as soon as somebody answers there; when all is found also those that are known and have not answered (a
    /// ping many leave unanswered), but none that nobody holds. Ends then.
    pub fn arrivals(&self) -> impl Stream<Item = IpAddr> + '_ {
        self.as_they_come(|| (self.progress.found.get(), self.here()))
    }

    /// Of the arrivals those that nothing named: each once all who could name it have left it, the others when those have ended.
    pub fn unnamed(&self) -> impl Stream<Item = IpAddr> + '_ {
        let left = || {
            let over = self.progress.asked.get();
            let met = self.met.borrow();
            let is_left = |ip: &IpAddr| met.left.get(ip).is_some_and(|probes| probes.len() >= self.progress.namers);
            (over, self.here().into_iter().filter(|ip| over || is_left(ip)).collect())
        };
        self.as_they_come(left).filter(|ip| ready(self.thorough || !self.met.borrow().named.contains(ip)))
    }

    /// Whom to ask, or to hear, of those met so far.
    pub fn here(&self) -> Vec<IpAddr> {
        let (met, empty, found) = (self.met.borrow(), self.empty.borrow(), self.progress.found.get());
        let is_here = |ip: &IpAddr| !empty.contains(ip) && (found || met.there.contains(ip));
        self.targets().into_iter().filter(is_here).collect()
    }

    /// What `now` gives, each address once, until it says that no more will come.
    fn as_they_come<'s>(&'s self, now: impl Fn() -> (bool, Vec<IpAddr>) + Copy + 's) -> impl Stream<Item = IpAddr> + 's {
        let next = move |(mut seen, mut queue): (BTreeSet<IpAddr>, VecDeque<IpAddr>)| async move {
            loop {
                if let Some(ip) = queue.pop_front() {
                    return Some((ip, (seen, queue)));
                }
                let news = self.progress.news.notified();
                let (over, here) = now();
                queue.extend(here.into_iter().filter(|ip| seen.insert(*ip)));
                if queue.is_empty() {
                    if over {
                        return None;
                    }
                    news.await;
                }
            }
        };
        stream::unfold(Default::default(), next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::cases::Place;
    use futures_util::FutureExt;

    fn ip(last: u8) -> IpAddr {
        [10, 0, 0, last].into()
    }

    /// What a stream gives without waiting.
    fn given(stream: &mut (impl Stream<Item = IpAddr> + Unpin)) -> (Vec<IpAddr>, bool) {
        let mut all = Vec::new();
        loop {
            match stream.next().now_or_never() {
                Some(Some(ip)) => all.push(ip),
                Some(None) => return (all, true),
                None => return (all, false),
            }
        }
    }

    #[test]
    fn each_address_comes_once_as_it_is_found_and_known_ones_at_the_end() {
        let place = Place { progress: Progress::default(), ..Place::new("10.0.0.0/24", 0) };
        let (look, mac) = (place.look(), Mac::new([0, 0x1a, 0x2b, 0, 0, 1]));
        place.hosts.borrow_mut().extend([(ip(7), Some(mac)), (ip(8), None), (ip(9), None)]);
        let mut arrivals = std::pin::pin!(look.arrivals());
        assert_eq!(given(&mut arrivals), (vec![], false));
        look.meet(ip(3), &[mac]);
        look.meet(ip(7), &[Mac::new([2; 6])]);
        assert_eq!(given(&mut arrivals), (vec![ip(3), ip(7)], false));
        assert_eq!(place.hosts.borrow()[&ip(7)], Some(Mac::new([2; 6])), "another one holds the address");
        place.empty.borrow_mut().insert(ip(9));
        assert_eq!(look.all_found().now_or_never(), None);
        look.progress.all_found();
        assert_eq!(given(&mut arrivals), (vec![ip(8)], true), "nobody holds 10.0.0.9");
        assert_eq!(look.all_found().now_or_never(), Some(()));
    }

    #[test]
    fn who_is_named_is_not_unnamed() {
        let place = Place { progress: Progress::new(2), ..Place::new("10.0.0.0/24", 0) };
        let look = place.look();
        (1..=4).for_each(|last| look.meet(ip(last), &[Mac::new([0; 6])]));
        let mut unnamed = std::pin::pin!(look.unnamed());
        assert_eq!(given(&mut unnamed), (vec![], false), "somebody may yet name them");
        [(1, "snmp"), (2, "snmp"), (2, "pjlink"), (3, "pjlink"), (1, "pjlink")].into_iter().for_each(|(last, probe)| look.leave(ip(last), probe));
        look.named(ip(2)); // late
        assert_eq!(given(&mut unnamed), (vec![ip(1)], false));
        look.named(ip(3));
        look.progress.all_found();
        look.progress.all_asked();
        assert_eq!(given(&mut unnamed), (vec![ip(4)], true));
        let thorough = Look { thorough: true, ..place.look() };
        assert_eq!(given(&mut std::pin::pin!(thorough.unnamed())).0.len(), 4, "a person asks");
    }
}

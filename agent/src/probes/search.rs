//! One question to everybody: how `ssdp` and `wsd` search.
//!
//! Comes in: what to ask, of which group. Goes out: every datagram that answers, and what was amiss. On a link of this machine one multicast
//! asks all; hosts beyond a router, on loopback networks, and single ones are asked by themselves when all are found. Absent on purpose: what an
//! answer means, and asking twice: who did not hear it is asked by the next search.

use super::cast::{Ear, OnLink, Tally};
use super::{Look, Outcome};
use futures_util::future::join_all;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;
use tokio::time::Instant;

/// What is asked.
pub struct Search<'a> {
    /// The probe.
    pub probe: &'static str,
    /// The group, and how far a multicast may go.
    pub group: Ipv4Addr,
    /// Routers that it may pass, and one.
    pub hops: u32,
    /// The port of the group and of single hosts.
    pub port: u16,
    /// How long answers are waited for.
    pub wait: Duration,
    /// Datagrams that ask everybody.
    pub all: Vec<Vec<u8>>,
    /// Datagrams that ask one.
    pub one: &'a dyn Fn(SocketAddr) -> Vec<Vec<u8>>,
    /// Takes an answer.
    pub hear: &'a dyn Fn(IpAddr, &[u8]),
}

impl Search<'_> {
    /// Asks everybody on the links.
    pub async fn on_links(&self, look: &Look<'_>, links: &[OnLink]) -> Vec<io::Result<Tally>> {
        join_all(links.iter().map(|link| self.on_link(look, link))).await
    }

    async fn on_link(&self, look: &Look<'_>, link: &OnLink) -> io::Result<Tally> {
        let mut ear = Ear::on_link(look.network, link, self.hops)?;
        for datagram in &self.all {
            look.pace.usual.take().await;
            ear.ask(datagram, SocketAddrV4::new(self.group, self.port).into()).await?;
        }
        self.listen(&mut ear).await;
        Ok(ear.tally)
    }

    /// Asks those whom no multicast reached, when all are found.
    pub async fn alone(&self, look: &Look<'_>, links: &[OnLink]) -> Vec<io::Result<Tally>> {
        look.all_found().await;
        let targets = look.here().into_iter().filter(|ip| !links.iter().any(|link| link.reaches(*ip)));
        let (v6, v4): (Vec<IpAddr>, Vec<IpAddr>) = targets.partition(IpAddr::is_ipv6);
        let families = [v4, v6].into_iter().filter(|family| !family.is_empty());
        join_all(families.map(|targets| self.ask_family(look, targets))).await
    }

    async fn ask_family(&self, look: &Look<'_>, targets: Vec<IpAddr>) -> io::Result<Tally> {
        let mut ear = Ear::anywhere(look.network, targets[0].is_ipv6())?;
        for ip in targets {
            let to = SocketAddr::new(ip, self.port);
            for datagram in (self.one)(to) {
                look.pace_to(ip).take().await;
                ear.ask(&datagram, to).await?;
            }
        }
        self.listen(&mut ear).await;
        Ok(ear.tally)
    }

    async fn listen(&self, ear: &mut Ear<'_>) {
        let hear = |from, octets: &[u8]| {
            (self.hear)(from, octets);
            false
        };
        ear.hear(Instant::now() + self.wait, hear).await;
    }

    /// Tells what was amiss, and gives the tallies.
    pub fn tell(&self, look: &Look<'_>, searched: Vec<io::Result<Tally>>, outcome: &mut Outcome) -> Vec<Tally> {
        let mut tallies = Vec::new();
        for result in searched {
            match result {
                Ok(tally) => {
                    tally.tell(look, self.probe, outcome);
                    tallies.push(tally);
                }
                Err(error) => {
                    outcome.finished = false;
                    let text = format!("searching failed: {error}; does a packet filter of this server hold it up?");
                    outcome.troubles.push(look.trouble(self.probe, None, "send_failed", text));
                }
            }
        }
        tallies
    }
}

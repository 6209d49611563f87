//! Looking once, for a person: `look` and `probe`. Nothing is sent, nothing is kept.
//!
//! Comes in: networks as flags or configuration name them. Goes out: one full report. Absent on purpose: the state folder,
//! so that both work on any machine without a trace.

use crate::assemble::{Standing, assemble};
use crate::config::usual_dhcp_files;
use crate::mask::{Mask, PrivateMacs, drop_never};
use crate::network::Network;
use crate::probes::{Memory, PROBES, Probe, ServerPlace};
use crate::round::{Task, look_around};
use rollcall_shared::report::WIRE_VERSION;
use rollcall_shared::{Content, Report, StreamId, Timestamp};
use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

/// The only probe that speaks when a port is given.
const SNMP: &str = "snmp";

/// Where the server's own facts are read, and which network carries them.
pub struct Place<'a> {
    /// The server.
    pub server: ServerPlace,
    /// Name of the network.
    pub network: &'a str,
}

/// This machine, where no configuration says otherwise.
pub fn server_place(here: bool) -> ServerPlace {
    let dhcp_files = if here { usual_dhcp_files(Path::new("/")) } else { Vec::new() };
    ServerPlace { dhcp_files, ..ServerPlace::bare(here, PathBuf::from("/"), IpAddr::V4(Ipv4Addr::LOCALHOST)) }
}

/// One address: every probe of the network, or SNMP alone.
pub async fn probe(network: &Network, ip: IpAddr, only_snmp: bool, clock: &dyn Fn() -> Timestamp) -> anyhow::Result<Report> {
    let probes = PROBES.iter().filter(|probe| !probe.of_server && (!only_snmp || probe.name == SNMP)).collect();
    let task =
        Task { network, server: server_place(false), probes, sweep: true, thorough: true, hosts: [(ip, None)].into(), met: Default::default() };
    one_round(std::slice::from_ref(network), vec![task], None, clock).await
}

/// Every network, every probe, with a sweep. With a mask the report is what would be sent, else what was found.
pub async fn look(networks: &[Network], place: Place<'_>, mask: Option<&Mask>, clock: &dyn Fn() -> Timestamp) -> anyhow::Result<Report> {
    let tasks = networks.iter().map(|network| {
        let server = ServerPlace { here: place.server.here && network.name == place.network, ..place.server.clone() };
        let probes: Vec<&Probe> = PROBES.iter().filter(|probe| !probe.of_server || server.here).collect();
        Task { network, server, probes, sweep: true, thorough: false, hosts: Default::default(), met: Default::default() }
    });
    one_round(networks, tasks.collect(), mask, clock).await
}

async fn one_round(networks: &[Network], tasks: Vec<Task<'_>>, mask: Option<&Mask>, clock: &dyn Fn() -> Timestamp) -> anyhow::Result<Report> {
    let began_at = clock();
    let memory = RefCell::new(Memory::default());
    let mut looked = look_around(tasks, &memory, began_at).await;
    let ended_at = clock();
    let mut standing = Standing::default();
    for look in &mut looked {
        if let Some(network) = networks.iter().find(|network| network.name == look.network) {
            drop_never(network, &mut look.outcome);
        }
    }
    if let Some(mask) = mask {
        mask.apply(&mut looked, &standing, &mut PrivateMacs::default());
    }
    let told = assemble(&mut standing, looked, ended_at);
    Ok(Report {
        wire: WIRE_VERSION,
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        stream: StreamId(0),
        number: 1,
        began_at,
        ended_at,
        content: Content::Full(standing.picture.to_groups()),
        hash: standing.picture.hash(),
        probes: told.probes,
        readings: told.readings,
        troubles: told.troubles,
        every_s: 0,
        folded: 0,
        paused: false,
    })
}

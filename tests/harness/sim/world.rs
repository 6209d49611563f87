//! The town alive: its state behind one lock, and every socket and file through which schools speak.
//!
//! Comes in: a town, a folder, ports. Goes out: responders on loopback addresses, files of each school's server. Absent on purpose:
//! commands (`control.rs`), truth (`truth.rs`).

use super::town::{School, Town};
use super::{dhcp, nut, pjlink, server, services, snmp_port};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::JoinSet;

/// Ports, the same at every address.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// SNMP of all devices.
    pub snmp: u16,
    /// PJLink of all projectors.
    pub pjlink: u16,
    /// NUT of each server.
    pub nut: u16,
    /// First of the ports of each server's services (`services.rs` tells which follows).
    pub services: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Ports { snmp: 16161, pjlink: 14352, nut: 13493, services: 18000 }
    }
}

impl Ports {
    /// The usual ports, or the first that nobody on this machine plays a town on: two demos may run side by side.
    pub fn free() -> Ports {
        const STEP: u16 = 50;
        const MOST_TOWNS: u16 = 20;
        let usual = Ports::default();
        let shifted = (0..MOST_TOWNS).map(|town| town * STEP).map(|by| Ports {
            snmp: usual.snmp + by,
            pjlink: usual.pjlink + by,
            nut: usual.nut + by,
            services: usual.services + by,
        });
        // NUT is at the first address of every school, in every town.
        let is_free = |ports: &Ports| std::net::TcpListener::bind(("127.41.0.1", ports.nut)).is_ok();
        shifted.into_iter().find(is_free).unwrap_or(usual)
    }
}

/// What opens the devices.
pub const COMMUNITY: &str = "ecole-lecture";
/// Password of the projectors that have one.
pub const PJLINK_PASSWORD: &str = "JBMIAProjectorLink";

/// The town and where it lives.
#[derive(Debug)]
pub struct World {
    town: RwLock<Town>,
    version: AtomicU64,
    /// Ports on which it speaks.
    pub ports: Ports,
    folder: PathBuf,
    started_s: i64,
}

/// Seconds since 1970.
pub fn now_s() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs().cast_signed()
}

impl World {
    /// A world that does not speak yet.
    pub fn new(town: Town, folder: &Path, ports: Ports) -> Arc<World> {
        Arc::new(World { town: RwLock::new(town), version: AtomicU64::new(1), ports, folder: folder.to_owned(), started_s: now_s() })
    }

    /// Looks at the town.
    pub fn see<R>(&self, look: impl FnOnce(&Town) -> R) -> R {
        look(&self.town.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Changes the town; every responder and file follows.
    pub fn change<R>(&self, alter: impl FnOnce(&mut Town) -> R) -> Result<R> {
        let result = alter(&mut self.town.write().unwrap_or_else(std::sync::PoisonError::into_inner));
        self.version.fetch_add(1, Ordering::SeqCst);
        self.write_files()?;
        Ok(result)
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::SeqCst)
    }

    /// Seconds that the played devices have been on: at least a day.
    pub fn uptime_s(&self) -> u32 {
        (now_s() - self.started_s + 86_400) as u32
    }

    /// Folder of one school's server.
    pub fn school_folder(&self, school: &School) -> PathBuf {
        self.folder.join(format!("school-{:02}", school.number))
    }

    /// Folder of the whole town.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn write_files(&self) -> Result<()> {
        self.see(|town| {
            for school in &town.schools {
                let folder = self.school_folder(school);
                dhcp::write(school, &folder, now_s()).with_context(|| format!("writing the leases of school {}", school.code))?;
                server::write(school, &folder).with_context(|| format!("writing the server of school {}", school.code))?;
            }
            Ok(())
        })
    }

    /// Opens every socket. The set's tasks end with it.
    pub async fn speak(self: &Arc<World>) -> Result<JoinSet<()>> {
        self.write_files()?;
        super::truth::write(self, now_s())?;
        let mut tasks = JoinSet::new();
        let places = self.see(|town| {
            let all = town.schools.iter().enumerate();
            all.flat_map(|(at, school)| school.devices.iter().enumerate().map(move |(number, device)| (at, number, device.clone())))
                .collect::<Vec<_>>()
        });
        for (school, number, device) in places {
            let place = Place { world: Arc::clone(self), school, device: number };
            let Some(ip) = device.ip else { continue };
            snmp_port::open(&mut tasks, &place, &device, ip).await.with_context(|| format!("SNMP at {ip}"))?;
            pjlink::open(&mut tasks, &place, &device, ip).await.with_context(|| format!("PJLink at {ip}"))?;
            nut::open(&mut tasks, &place, &device, ip).await.with_context(|| format!("NUT at {ip}"))?;
            services::open(&mut tasks, &place, &device, ip).await.with_context(|| format!("services at {ip}"))?;
        }
        Ok(tasks)
    }
}

/// One device's place in the world, as its responders hold it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The world.
    pub world: Arc<World>,
    /// Number of the school in the town's list.
    pub school: usize,
    /// Number of the device in the school's list.
    pub device: usize,
}

impl Place {
    /// Looks at the school and the device.
    pub fn see<R>(&self, look: impl FnOnce(&School, &super::device::Device) -> R) -> R {
        self.world.see(|town| {
            let school = &town.schools[self.school];
            look(school, &school.devices[self.device])
        })
    }
}

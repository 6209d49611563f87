//! A server that is not looked after: disks that wear out, old backups, certificates that end, heat, updates that nobody installs.
//!
//! Comes in: a server's parts, newest readings and their last days. Goes out: faults. Absent on purpose: what the server says itself (`signs`), how
//! full its volumes are (`levels`).

use super::{Judge, about, read};
use crate::domain::device::{Device, Part, PartSort};
use crate::domain::fault::{Found, Look};
use crate::domain::kind::Kind;
use crate::domain::reading::{DAY_S, HOUR_S, Latest};
use rollcall_shared::Timestamp;

/// A backup is old at one and a half times its period, and very old at three times.
pub const BACKUP_OLD: f64 = 1.5;
/// See [`BACKUP_OLD`].
pub const BACKUP_VERY_OLD: f64 = 3.0;
/// Backups are told of each hour; what was not told for longer than this is not known to be older.
const BACKUP_TOLD_S: i64 = 2 * HOUR_S;
/// Days before the last one of a certificate at which it is to be renewed, and at which it presses. Certificates that renew themselves do so 30 days
/// before (Let's Encrypt's advice to its users).
pub const CERTIFICATE_DAYS: i64 = 21;
/// See [`CERTIFICATE_DAYS`].
pub const CERTIFICATE_FEW_DAYS: i64 = 7;
/// Sectors that a disk could not read: any is a sign of its end. Reallocated ones are how disks mend themselves: many are.
const SMART_LIMITS: &[(&str, f64)] = &[("smart_pending", 1.0), ("smart_uncorrectable", 1.0), ("smart_reallocated", 100.0), ("smart_wear", 100.0)];
/// Degrees Celsius from which a sensor is warm and hot, by the beginning of its name. Disks of servers are made for 60 °C at most and solid-state ones
/// for 70 °C (their makers' data sheets); processors throttle themselves near 100 °C.
const HEAT: &[(&str, f64, f64)] =
    &[("disk nvme", 75.0, 85.0), ("disk ", 55.0, 60.0), ("drivetemp", 55.0, 60.0), ("nvme", 75.0, 85.0), ("", 88.0, 95.0)];
/// A temperature older than this, against its agent's newest round, says nothing of now.
const WARM_LATELY_S: i64 = 13 * HOUR_S;
/// Updates of security, or a restart, that wait so long are not being seen to.
pub const UPDATES_WAIT_S: i64 = 7 * DAY_S;

impl Judge<'_> {
    /// A backup is older than it should be.
    pub(super) fn server_backup(&self) -> Vec<Found> {
        let mut all = Vec::new();
        for (device, part) in self.parts_of(PartSort::Backup) {
            let Some(latest) = self.latest(device, "backup_age", &part.key) else { continue };
            let made_at = latest.at - latest.value as i64;
            let known_at = self.agent_of(device).map_or(latest.at, |agent| agent.reported_at.min(latest.at + BACKUP_TOLD_S));
            let periods = known_at.since_s(made_at) as f64 / part.capacity;
            if periods < BACKUP_OLD {
                continue;
            }
            let again = self.told_again(device, latest, |was| was / part.capacity >= BACKUP_OLD);
            let mut fault = read("server_backup", device, latest, periods >= BACKUP_VERY_OLD, again);
            fault.key = format!("{}/{}", fault.key, part.key);
            fault.facts.insert("instance", part.label.clone());
            // Its moment stays; its age would say something else each hour.
            fault.facts.insert("made", made_at.to_string());
            all.push(fault);
        }
        all
    }

    /// A certificate ends soon, or has ended.
    pub(super) fn server_certificate(&self) -> Vec<Found> {
        let ends = |(device, part): (&Device, &Part)| {
            let ends_at = Timestamp(part.capacity as i64);
            let due_at = ends_at - CERTIFICATE_DAYS * DAY_S;
            let days = ends_at.since_s(self.now).div_euclid(DAY_S);
            (self.now >= due_at).then(|| {
                let mut fault = about("server_certificate", device, due_at, days < CERTIFICATE_FEW_DAYS, true);
                fault.key = format!("{}/{}", fault.key, part.key);
                fault.facts.insert("instance", part.label.clone());
                fault.facts.insert("ends", ends_at.to_string());
                fault
            })
        };
        self.parts_of(PartSort::Certificate).filter_map(ends).collect()
    }

    /// The next moment at which a backup is old or a certificate to be renewed, though nobody tells anything.
    pub(super) fn ages_at(&self) -> Option<Timestamp> {
        let backups = self.parts_of(PartSort::Backup).flat_map(|(device, part)| {
            let made_at = self.latest(device, "backup_age", &part.key).map(|latest| latest.at - latest.value as i64);
            [BACKUP_OLD, BACKUP_VERY_OLD].into_iter().filter_map(move |times| Some(made_at? + (times * part.capacity) as i64))
        });
        let certificates = self.parts_of(PartSort::Certificate).flat_map(|(_, part)| {
            let ends_at = Timestamp(part.capacity as i64);
            [CERTIFICATE_DAYS, CERTIFICATE_FEW_DAYS].map(|days| ends_at - days * DAY_S)
        });
        certificates.chain(backups).filter(|at| *at > self.now).min()
    }

    /// A disk counts sectors that it cannot read, or has written what it was made for. One fault a disk, with what its own verdict says.
    pub(super) fn server_smart(&self) -> Vec<Found> {
        let mut all = Vec::new();
        for (device, part) in self.parts_of(PartSort::Disk) {
            for (name, limit) in SMART_LIMITS {
                let Some(latest) = self.latest(device, name, &part.key).filter(|latest| latest.value >= *limit) else { continue };
                let mut fault = read("server_smart", device, latest, false, true);
                fault.key = format!("{}/{}", fault.key, part.key);
                fault.facts.insert("instance", part.label.clone());
                fault.facts.insert(name, format!("{:.0}", latest.value));
                all.push(fault);
            }
        }
        all
    }

    /// A sensor of a server is hot: one fault a server, of its hottest.
    pub(super) fn server_hot(&self) -> Vec<Found> {
        let servers = self.school.laying.devices.iter().filter(|device| device.kind == Some(Kind::Server));
        let hottest = |device: &Device| {
            let heat = |instance: &str, value: f64| {
                let (_, warm, hot) = HEAT.iter().find(|(begin, ..)| instance.starts_with(begin))?;
                (value >= *warm).then_some((value >= *hot, value - warm))
            };
            let lately = |latest: &&Latest| self.agent_of(device).is_some_and(|agent| agent.reported_at.since_s(latest.at) <= WARM_LATELY_S);
            let warm =
                self.readings_of(device, "temperature").filter(lately).filter_map(|latest| Some((latest, heat(&latest.instance, latest.value)?)));
            let (latest, (grave, _)) = warm.max_by(|(_, one), (_, other)| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)))?;
            let again = self.told_again(device, latest, |was| heat(&latest.instance, was).is_some());
            let mut fault = read("server_hot", device, latest, grave, again);
            fault.facts.insert("sensor", latest.instance.clone());
            fault.facts.insert("degrees", format!("{:.0}", latest.value));
            Some(fault)
        };
        servers.filter_map(hottest).collect()
    }

    /// Updates of security, or a restart that updates want, have waited for a week.
    pub(super) fn server_updates(&self) -> Vec<Found> {
        let waits = |name: &str, instance: &str| {
            let courses = self.school.courses.iter().filter(move |series| series.name == name && series.instance == instance);
            courses.filter_map(|series| Some((series.device, series.since(|hour| hour.low >= 1.0)?))).collect::<Vec<_>>()
        };
        let mut all = Vec::new();
        for (fact, waiting) in [("security", waits("updates_pending", "security")), ("restart", waits("restart_wanted", ""))] {
            for (device, since_at) in waiting.into_iter().filter(|(_, since_at)| self.now.since_s(*since_at) >= UPDATES_WAIT_S) {
                let Some(device) = self.school.laying.devices.iter().find(|known| known.id == device) else { continue };
                let mut fault = about("server_updates", device, since_at, false, true);
                fault.look = self.latest(device, "updates_pending", "security").map(|latest| Look::At(latest.at));
                let count = self.latest(device, "updates_pending", "security").map_or(0.0, |latest| latest.value);
                fault.facts.insert(fact, if fact == "security" { format!("{count:.0}") } else { "1".to_owned() });
                all.push(fault);
            }
        }
        all
    }
}

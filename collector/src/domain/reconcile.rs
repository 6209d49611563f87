//! Lays one school's fleet beside its plan at one moment: what is amiss, what is installed, when to look again.
//!
//! Comes in: everything about one school as it is, and `now`. Goes out: faults found, places filled, the next moment at
//! which the answer may change by itself. Absent on purpose: opening and closing ([`super::fault`]), storage, notices.
//!
//! One function a rule. A rule looks at what *is* and may be asked twice. While an agent is silent the devices behind it
//! stay as they were last known: they are in its shadow, unknown rather than silent, so nothing opens or clears for them.

use super::device::{Device, PartSort};
use super::fault::{Found, Severity, fault_row};
use super::fleet::{Rounds, finished};
use super::kind::{Kind, Presence};
use super::place::{Filled, Laying, Outcome, Place, declared, kind_of, room_of};
use rollcall_shared::{AgentId, DeviceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// An agent is silent after this many of its own reporting periods …
pub const SILENT_AFTER_PERIODS: i64 = 3;
/// … but never before this many seconds, so that a slow line is no alarm.
pub const SILENT_AT_LEAST_S: i64 = 45;
/// While a server is cloned its school is looked at again after this time.
const CLONED_AGAIN_S: i64 = 900;
/// Part of a volume in use from which it is nearly full (minor evidence) and full (grave).
pub const DISK_NEARLY_FULL: f64 = 0.90;
/// See [`DISK_NEARLY_FULL`].
pub const DISK_FULL: f64 = 0.97;
/// Volumes smaller than this (boot partitions, installation media) are not judged.
pub const DISK_AT_LEAST_BYTES: f64 = 1_073_741_824.0;
/// Part of a supply left at which it is low and at which it is out.
pub const SUPPLY_LOW: f64 = 0.05;
/// See [`SUPPLY_LOW`].
pub const SUPPLY_OUT: f64 = 0.0;

/// One agent that looks at the school.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentState {
    /// Which.
    pub id: AgentId,
    /// Host name, for people.
    pub host: String,
    /// When the collector last heard of it (or enrolled it), by the collector's clock.
    pub contact_at: Timestamp,
    /// End of its newest round, by its own clock.
    pub reported_at: Timestamp,
    /// How often it means to report; 0 unknown.
    pub every_s: i64,
    /// How many rounds it told.
    pub rounds: u64,
    /// Finished rounds by network and probe.
    pub finished: Rounds,
    /// Its networks.
    pub networks: Vec<String>,
    /// Two streams of its key are alive: a cloned server.
    pub cloned: bool,
    /// Looking is paused: nothing may be concluded from what is not seen.
    pub paused: bool,
}

impl AgentState {
    /// From this moment without a word it is silent.
    pub fn silent_at(&self) -> Timestamp {
        self.contact_at + (SILENT_AFTER_PERIODS * self.every_s).max(SILENT_AT_LEAST_S)
    }

    /// Whether it is silent now.
    pub fn is_silent(&self, now: Timestamp) -> bool {
        now >= self.silent_at()
    }
}

/// The newest value of one reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Latest {
    /// Of which device.
    pub device: DeviceId,
    /// Which reading.
    pub name: String,
    /// Which one of several.
    pub instance: String,
    /// Its value.
    pub value: f64,
    /// When it was read.
    pub at: Timestamp,
}

/// Everything about one school.
#[derive(Debug, Clone, Copy)]
pub struct SchoolState<'a> {
    /// The agents that look at it.
    pub agents: &'a [AgentState],
    /// Its readings.
    pub readings: &'a [Latest],
    /// Its places, fleet, assets and rooms. `faulty` is filled in here.
    pub laying: Laying<'a>,
}

/// What reconciling gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reconciled {
    /// Faults found.
    pub found: Vec<Found>,
    /// What became of each place.
    pub filled: Vec<Filled>,
    /// Devices of planned kinds that fill no place.
    pub surplus: Vec<DeviceId>,
    /// The answer may change by itself at this moment (silence, confirmation, a due date).
    pub again_at: Option<Timestamp>,
}

/// Lays one school side by side.
pub fn reconcile(school: &SchoolState<'_>, now: Timestamp) -> Reconciled {
    let judge = Judge::new(school, now);
    let mut found = Vec::new();
    found.extend(judge.agent_silent());
    found.extend(judge.cloned_server());
    found.extend(judge.infrastructure_silent());
    found.extend(judge.signs());
    found.extend(judge.server_disk());
    found.extend(judge.printer_toner());
    found.extend(judge.misplaced());
    let found = one_by_key(found);
    let faulty: BTreeSet<DeviceId> = found.iter().filter(|found| found.confirmed).filter_map(|found| found.device).collect();
    let filled = super::place::lay(&Laying { faulty: &faulty, ..school.laying });
    let mut all = found;
    all.extend(judge.due_missing(&filled));
    let surplus = judge.surplus(&filled);
    let again_at = judge.again_at(&all);
    Reconciled { found: all, filled, surplus, again_at }
}

/// The same key by two ways of seeing is one fault: the graver, the earlier, the surer.
fn one_by_key(found: Vec<Found>) -> Vec<Found> {
    let mut by_key: BTreeMap<String, Found> = BTreeMap::new();
    for new in found {
        match by_key.get_mut(&new.key) {
            None => {
                by_key.insert(new.key.clone(), new);
            }
            Some(known) => {
                known.severity = known.severity.min(new.severity);
                known.since_at = known.since_at.min(new.since_at);
                known.confirmed |= new.confirmed;
                known.facts.extend(new.facts);
            }
        }
    }
    by_key.into_values().collect()
}

struct Judge<'a> {
    school: &'a SchoolState<'a>,
    now: Timestamp,
    by_network: BTreeMap<&'a str, &'a AgentState>,
}

impl<'a> Judge<'a> {
    fn new(school: &'a SchoolState<'a>, now: Timestamp) -> Judge<'a> {
        let mut by_network = BTreeMap::new();
        for agent in school.agents {
            for network in &agent.networks {
                by_network.insert(network.as_str(), agent);
            }
        }
        Judge { school, now, by_network }
    }

    fn agent_of(&self, device: &Device) -> Option<&'a AgentState> {
        self.by_network.get(device.network.as_str()).copied()
    }

    /// The agent does not report: everything behind it is in its shadow, one incident.
    fn agent_silent(&self) -> Vec<Found> {
        let shadow = |agent: &AgentState| self.school.laying.devices.iter().filter(|device| agent.networks.contains(&device.network)).count() as u64;
        let silent = self.school.agents.iter().filter(|agent| agent.is_silent(self.now));
        silent
            .map(|agent| Found {
                count: shadow(agent),
                facts: BTreeMap::from([("host", agent.host.clone()), ("last", agent.contact_at.to_string())]),
                ..found("agent_silent", format!("agent_silent/{}", agent.id), true, agent.silent_at(), true)
            })
            .collect()
    }

    /// Two streams of one key are alive.
    fn cloned_server(&self) -> Vec<Found> {
        let cloned = self.school.agents.iter().filter(|agent| agent.cloned);
        cloned
            .map(|agent| Found {
                facts: BTreeMap::from([("host", agent.host.clone())]),
                ..found("cloned_server", format!("cloned_server/{}", agent.id), true, agent.reported_at, true)
            })
            .collect()
    }

    /// A device on which others depend is gone for some rounds. What hangs behind a silent switch is in its shadow.
    fn infrastructure_silent(&self) -> Vec<Found> {
        let rounds = fault_row("infrastructure_silent").map_or(3, |row| row.rounds);
        let gone = |device: &&Device| !device.present && is_always_on(device) && !device.probes.is_empty();
        let devices: Vec<&Device> = self.school.laying.devices.iter().filter(gone).collect();
        let names: BTreeSet<&str> = devices.iter().filter_map(|device| device.name.as_deref()).collect();
        let mut all = Vec::new();
        for device in &devices {
            let Some(agent) = self.agent_of(device).filter(|agent| !agent.is_silent(self.now) && !agent.paused) else { continue };
            let behind_silent =
                device.place.as_ref().is_some_and(|place| names.contains(place.device.as_str()) && device.name.as_deref() != Some(&place.device));
            if behind_silent {
                continue;
            }
            let shadow = self
                .school
                .laying
                .devices
                .iter()
                .filter(|other| other.place.as_ref().is_some_and(|place| device.name.as_deref() == Some(&place.device)));
            let confirmed = agent.rounds.saturating_sub(device.turned_round) + 1 >= rounds;
            all.push(Found { count: shadow.count() as u64, ..about("infrastructure_silent", device, device.turned_at, true, confirmed) });
        }
        all
    }

    /// What devices say is wrong with them, seen often enough by the probe that sees it.
    fn signs(&self) -> Vec<Found> {
        let mut all = Vec::new();
        for device in self.school.laying.devices {
            for standing in &device.signs {
                let Some(row) = fault_row(standing.sign.code) else { continue };
                let Some(agent) = self.agent_of(device) else { continue };
                let seen = finished(&agent.finished, &device.network, &standing.sign.probe).saturating_sub(standing.since_round) + 1;
                let mut fault = about(row.code, device, standing.since_at, standing.sign.grave, seen >= row.rounds);
                if !standing.sign.instance.is_empty() {
                    fault.key = format!("{}/{}", fault.key, standing.sign.instance);
                    fault.facts.insert("instance", standing.sign.instance.clone());
                }
                fault.facts.insert("ground", standing.sign.ground.clone());
                all.push(fault);
            }
        }
        all
    }

    /// A volume of a server is nearly full.
    fn server_disk(&self) -> Vec<Found> {
        self.parts(PartSort::Volume, "volume_used", |used, capacity| {
            let part = used / capacity;
            (capacity >= DISK_AT_LEAST_BYTES && part >= DISK_NEARLY_FULL).then_some((part >= DISK_FULL, part))
        })
        .into_iter()
        .map(|(device, label, latest, grave, part)| {
            let mut fault = about("server_disk", device, latest.at, grave, self.told_again(device, latest));
            fault.key = format!("{}/{label}", fault.key);
            fault.facts.insert("instance", label);
            fault.facts.insert("percent", format!("{:.0}", part * 100.0));
            fault
        })
        .collect()
    }

    /// A consumed supply of a printer is low or out: one fault a printer.
    fn printer_toner(&self) -> Vec<Found> {
        let low = self.parts(PartSort::Supply, "supply_level", |level, capacity| {
            // RFC 3805: -1 other, -2 unknown, -3 some remains.
            let part = level / capacity;
            (level >= 0.0 && part <= SUPPLY_LOW).then_some((part <= SUPPLY_OUT, part))
        });
        low.into_iter()
            .map(|(device, label, latest, grave, part)| {
                let mut fault = about("printer_toner", device, latest.at, grave, self.told_again(device, latest));
                fault.facts.insert("supply", label);
                fault.facts.insert("percent", format!("{:.0}", part * 100.0));
                fault
            })
            .collect()
    }

    /// Parts of devices whose reading passes a judgement: (device, label, reading, grave, part).
    fn parts(
        &self,
        sort: PartSort,
        reading: &str,
        judge: impl Fn(f64, f64) -> Option<(bool, f64)>,
    ) -> Vec<(&'a Device, String, &'a Latest, bool, f64)> {
        let mut all = Vec::new();
        for device in self.school.laying.devices {
            for part in device.parts.iter().filter(|part| part.sort == sort && part.capacity > 0.0) {
                let latest =
                    self.school.readings.iter().find(|latest| latest.device == device.id && latest.name == reading && latest.instance == part.key);
                if let Some((latest, (grave, level))) = latest.and_then(|latest| Some((latest, judge(latest.value, part.capacity)?))) {
                    all.push((device, part.label.clone(), latest, grave, level));
                }
            }
        }
        all
    }

    /// A later round came and did not say otherwise.
    fn told_again(&self, device: &Device, latest: &Latest) -> bool {
        self.agent_of(device).is_some_and(|agent| agent.reported_at > latest.at)
    }

    /// A fixed device stands in another room than the register says.
    fn misplaced(&self) -> Vec<Found> {
        let laying = &self.school.laying;
        let declared = declared(laying.devices, laying.assets);
        let mut all = Vec::new();
        for device in laying.devices.iter().filter(|device| device.present) {
            let fixed = kind_of(device, &declared).is_some_and(|kind| kind.row().fixed);
            let wanted = declared.get(&device.id).and_then(|asset| asset.room.as_deref());
            let seen = device.place.as_ref().and_then(|place| laying.patch.get(&(place.device.clone(), place.port.clone())));
            let (Some(wanted), Some(seen), true) = (wanted, seen, fixed) else { continue };
            if wanted != seen {
                let since = self.agent_of(device).map_or(self.now, |agent| agent.reported_at);
                let mut fault = about("misplaced", device, since, false, true);
                fault.facts.insert("room", wanted.to_owned());
                fault.facts.insert("seen", seen.clone());
                all.push(fault);
            }
        }
        all
    }

    /// Places that are due and empty: one fault for each kind of a kit in a phase, which is what one orders or installs.
    fn due_missing(&self, filled: &[Filled]) -> Vec<Found> {
        let places: BTreeMap<&str, &Place> = self.school.laying.places.iter().map(|place| (place.key.as_str(), place)).collect();
        let mut groups: BTreeMap<(&str, &str, Kind), (Vec<&Place>, u64)> = BTreeMap::new();
        for filled in filled {
            let Some(place) = places.get(filled.key.as_str()) else { continue };
            let group = groups.entry((&place.phase, &place.kit, place.kind)).or_default();
            group.1 += 1;
            if filled.outcome == Outcome::DueMissing {
                group.0.push(place);
            }
        }
        // What nobody could have seen is not missing: an agent must have told rounds of the school, and must speak now.
        let seen = self.school.agents.iter().any(|agent| agent.rounds > 0 && !agent.paused);
        let missing = groups.into_iter().filter(|(_, (places, _))| seen && !places.is_empty());
        missing
            .map(|((phase, kit, kind), (places, all))| {
                let confirmed = self.school.agents.iter().any(|agent| agent.rounds >= 2);
                let facts = BTreeMap::from([
                    ("phase", phase.to_owned()),
                    ("kit", kit.to_owned()),
                    ("kind", kind.row().code.to_owned()),
                    ("of", all.to_string()),
                    ("due", places.iter().filter_map(|place| place.due).map(|(_, last)| last).min().map(|day| day.to_string()).unwrap_or_default()),
                    (
                        "rooms",
                        places.iter().filter_map(|place| place.room.as_deref()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", "),
                    ),
                ]);
                Found {
                    place: places.first().map(|place| place.key.clone()),
                    count: places.len() as u64,
                    facts,
                    ..found("due_missing", format!("due_missing/{phase}/{kit}/{}", kind.row().code), false, self.now, confirmed)
                }
            })
            .collect()
    }

    fn surplus(&self, filled: &[Filled]) -> Vec<DeviceId> {
        let laying = &self.school.laying;
        let declared = declared(laying.devices, laying.assets);
        let planned: BTreeSet<Kind> = laying.places.iter().map(|place| place.kind).collect();
        let placed: BTreeSet<DeviceId> = filled.iter().filter_map(|filled| filled.device).collect();
        let extra = |device: &&Device| {
            device.present && !placed.contains(&device.id) && kind_of(device, &declared).is_some_and(|kind| planned.contains(&kind))
        };
        laying.devices.iter().filter(extra).map(|device| device.id).collect()
    }

    /// The next moment at which the answer may change though nothing is reported.
    fn again_at(&self, found: &[Found]) -> Option<Timestamp> {
        let silence = self.school.agents.iter().filter(|agent| !agent.is_silent(self.now)).map(AgentState::silent_at);
        let waiting = found.iter().any(|found| !found.confirmed);
        let next_round = self.school.agents.iter().filter(|_| waiting).map(|agent| self.now + agent.every_s.clamp(1, 300));
        // A clone that is switched off says nothing: only time tells that it is gone.
        let cloned = self.school.agents.iter().filter(|agent| agent.cloned).map(|_| self.now + CLONED_AGAIN_S);
        silence.chain(next_round).chain(cloned).min()
    }
}

fn is_always_on(device: &Device) -> bool {
    device.kind.is_some_and(|kind| kind.row().presence == Presence::Always)
}

fn found(code: &'static str, key: String, grave: bool, since_at: Timestamp, confirmed: bool) -> Found {
    let row = fault_row(code);
    let severity = row.map_or(Severity::Minor, |row| if grave { row.grave } else { row.mild });
    Found { code, key, severity, device: None, place: None, since_at, confirmed, count: 1, facts: BTreeMap::new() }
}

/// A fault of one device: its key is code and device, its facts name it.
fn about(code: &'static str, device: &Device, since_at: Timestamp, grave: bool, confirmed: bool) -> Found {
    let mut facts = BTreeMap::new();
    let label = device
        .name
        .clone()
        .or_else(|| device.serial.clone())
        .or_else(|| device.addresses.iter().find_map(|address| address.ip).map(|ip| ip.to_string()));
    facts.insert("device", label.unwrap_or_else(|| format!("#{}", device.id)));
    if let Some(kind) = device.kind {
        facts.insert("kind", kind.row().code.to_owned());
    }
    if let Some(place) = &device.place {
        facts.insert("port", format!("{} {}", place.device, place.port));
    }
    Found { device: Some(device.id), facts, ..found(code, format!("{code}/{}", device.id), grave, since_at, confirmed) }
}

/// The room that a page shows for a device.
pub fn shown_room<'a>(device: &Device, laying: &Laying<'a>) -> Option<&'a str> {
    room_of(device, laying.patch, &declared(laying.devices, laying.assets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::{Attachment, Part, Sign, StandingSign};
    use jiff::civil::date;
    use rollcall_shared::{SchoolId, Subject};

    fn device(id: i64, kind: Kind) -> Device {
        Device {
            id: DeviceId(id),
            school: SchoolId(1),
            network: "school".into(),
            keys: vec![],
            kind: Some(kind),
            vendor: None,
            model: None,
            os: None,
            os_version: None,
            serial: None,
            firmware: None,
            name: Some(format!("d{id}")),
            addresses: vec![],
            place: None,
            parts: vec![],
            signs: vec![],
            probes: vec!["snmp".into()],
            confidence: 90,
            why: vec![],
            first_seen_at: Timestamp(0),
            present: true,
            turned_at: Timestamp(0),
            turned_round: 1,
        }
    }

    fn agent(rounds: u64) -> AgentState {
        AgentState {
            id: AgentId(1),
            host: "kwartz".into(),
            contact_at: Timestamp(1000),
            reported_at: Timestamp(1000),
            every_s: 300,
            rounds,
            finished: BTreeMap::from([(("school".to_owned(), "pjlink".to_owned()), rounds), (("school".to_owned(), "snmp".to_owned()), rounds)]),
            networks: vec!["school".into()],
            cloned: false,
            paused: false,
        }
    }

    /// Reconciles at `now` and writes `key[?]:severity:count` of each fault; `?` where it waits for confirmation.
    fn check(agents: &[AgentState], devices: &[Device], readings: &[Latest], places: &[Place], now: i64, expected: &[&str]) -> Reconciled {
        let laying = Laying {
            places,
            before: &BTreeMap::new(),
            devices,
            assets: &[],
            patch: &BTreeMap::new(),
            faulty: &BTreeSet::new(),
            followed: true,
            today: date(2026, 11, 22),
        };
        let reconciled = reconcile(&SchoolState { agents, readings, laying }, Timestamp(now));
        let line = |found: &Found| format!("{}{}:{}:{}", found.key, if found.confirmed { "" } else { "?" }, found.severity.code(), found.count);
        assert_eq!(reconciled.found.iter().map(line).collect::<Vec<_>>(), expected);
        reconciled
    }

    #[test]
    fn a_silent_agent_is_one_incident_with_its_shadow() {
        let mut gone = device(2, Kind::Switch);
        gone.present = false;
        check(&[agent(9)], &[device(1, Kind::Server), gone], &[], &[], 1000 + 900, &["agent_silent/1:critical:2"]);
    }

    #[test]
    fn it_says_when_the_agent_would_be_silent() {
        let reconciled = check(&[agent(9)], &[], &[], &[], 1100, &[]);
        assert_eq!(reconciled.again_at, Some(Timestamp(1900)));
    }

    #[test]
    fn a_silent_switch_takes_three_rounds_and_shadows_what_hangs_on_it() {
        let mut switch = device(1, Kind::Switch);
        switch.present = false;
        switch.turned_round = 5;
        let mut behind = device(2, Kind::Ups);
        behind.present = false;
        behind.place = Some(Attachment { at: Subject::Server, device: "d1".into(), port: "3".into() });
        let devices = [switch, behind];
        check(&[agent(6)], &devices, &[], &[], 1001, &["infrastructure_silent/1?:critical:1"]);
        check(&[agent(7)], &devices, &[], &[], 1001, &["infrastructure_silent/1:critical:1"]);
    }

    #[test]
    fn an_access_point_and_a_projector_may_be_off() {
        let mut off = device(1, Kind::AccessPoint);
        off.present = false;
        let mut dark = device(2, Kind::Projector);
        dark.present = false;
        check(&[agent(99)], &[off, dark], &[], &[], 1001, &[]);
    }

    #[test]
    fn a_lamp_error_is_told_in_the_second_round_of_its_probe() {
        let mut projector = device(1, Kind::Projector);
        let sign = Sign { code: "projector_lamp", grave: true, instance: String::new(), probe: "pjlink".into(), ground: "ERST 020000".into() };
        projector.signs = vec![StandingSign { sign, since_at: Timestamp(900), since_round: 4 }];
        let devices = [projector];
        check(&[agent(4)], &devices, &[], &[], 1001, &["projector_lamp/1?:major:1"]);
        check(&[agent(5)], &devices, &[], &[], 1001, &["projector_lamp/1:major:1"]);
    }

    #[test]
    fn disk_and_toner_by_their_readings() {
        let mut server = device(1, Kind::Server);
        server.parts = vec![Part { sort: PartSort::Volume, key: "/".into(), label: "/".into(), capacity: 1e11 }];
        let mut printer = device(2, Kind::Printer);
        printer.parts = vec![Part { sort: PartSort::Supply, key: "1.1".into(), label: "Black Toner".into(), capacity: 100.0 }];
        let read = |device: i64, name: &str, instance: &str, value: f64| Latest {
            device: DeviceId(device),
            name: name.into(),
            instance: instance.into(),
            value,
            at: Timestamp(900),
        };
        let devices = [server, printer];
        let faulty = ["printer_toner/2:minor:1", "server_disk/1//:major:1"];
        check(&[agent(5)], &devices, &[read(1, "volume_used", "/", 0.92e11), read(2, "supply_level", "1.1", 4.0)], &[], 1001, &faulty);
        check(&[agent(5)], &devices, &[read(1, "volume_used", "/", 0.5e11), read(2, "supply_level", "1.1", -3.0)], &[], 1001, &[]);
    }

    #[test]
    fn due_places_are_one_fault_for_each_kind_of_a_kit() {
        let place = |key: &str, due| Place {
            key: key.into(),
            kind: Kind::Projector,
            room: None,
            kit: "classe".into(),
            phase: "3".into(),
            model: None,
            due: Some((due, due)),
            pinned: None,
            known_by: super::super::kind::KnownBy::Seen,
        };
        let places = [place("a", date(2026, 11, 1)), place("b", date(2026, 11, 1)), place("c", date(2027, 1, 1))];
        let reconciled = check(&[agent(5)], &[device(1, Kind::Projector)], &[], &places, 1001, &["due_missing/3/classe/projector:minor:1"]);
        let outcomes: Vec<&str> = reconciled.filled.iter().map(|filled| filled.outcome.code()).collect();
        assert_eq!(outcomes, ["installed", "due_missing", "not_yet_due"]);
        check(&[agent(0)], &[], &[], &places, 1001, &[]);
    }
}

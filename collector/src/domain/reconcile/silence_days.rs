//! Silence of what may be off: projectors, PCs, tablets, access points, judged by days of class.
//!
//! Comes in: devices that are no longer seen, what presence says of each. Goes out: faults, one for each cause that a person can act on: the school, a room,
//! a case, a device. Absent on purpose: counting days ([`crate::domain::presence`]), what is always on (`silence`).
//!
//! Such a fault opens on a day of class, during its hours or after: on another day nobody is there who could have used the thing, or look after it.

use super::{Judge, about, found};
use crate::domain::device::{Device, KeyRank};
use crate::domain::fault::Found;
use crate::domain::kind::{Kind, Presence};
use crate::domain::place::{AssetState, Life, Registered, declared, kind_of, room_of};
use crate::domain::presence::{self, Expected, Judged, State};
use rollcall_shared::{DeviceId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// So many devices that should be on every day, all silent, are the school's own silence: a strike that nobody told, a main switch.
const SCHOOL_AT_LEAST: usize = 5;
/// So many of a room or case are one line.
const GROUP_AT_LEAST: usize = 2;

/// One device with what its silence would be one of.
struct Watch<'a> {
    judged: Judged<'a>,
    room: Option<&'a str>,
    case: Option<&'a str>,
}

impl<'a> Judge<'a> {
    /// Devices whose intervals of presence must be known before their mates can be judged, and since when.
    pub(super) fn wanted(&self) -> BTreeMap<DeviceId, Timestamp> {
        let watches = self.watches();
        let judged: Vec<Judged<'_>> = watches.into_iter().map(|watch| watch.judged).collect();
        self.school.watched.wanted(&judged)
    }

    /// What is silent, and when that may change by itself.
    pub(super) fn silent_by_days(&self) -> (Vec<Found>, Option<Timestamp>) {
        if !self.school.laying.followed {
            return (Vec::new(), None);
        }
        let watches = self.watches();
        let judged: Vec<Judged<'_>> = watches.iter().map(|watch| watch.judged.clone()).collect();
        let (states, again_at) = presence::judge(&judged, self.school.watched, self.now);
        let all: Vec<(&Watch<'_>, State)> = watches.iter().zip(states).collect();
        (self.lines(&all), again_at)
    }

    fn watches(&self) -> Vec<Watch<'a>> {
        let laying = &self.school.laying;
        let declared: BTreeMap<DeviceId, &'a Registered> = declared(laying.devices, laying.assets);
        let stands: BTreeSet<DeviceId> = laying.before.values().copied().collect();
        let over = laying.places.iter().filter(|place| matches!(place.life, Life::Over(_)));
        let waiting: BTreeSet<DeviceId> = over.filter_map(|place| laying.before.get(&place.key)).copied().collect();
        let by_name: BTreeMap<&str, &Device> = laying.devices.iter().filter_map(|device| Some((device.name.as_deref()?, device))).collect();
        let case_of = |device: &Device| declared.get(&device.id).and_then(|asset| self.school.watched.cases.get(&asset.label));
        let points: Vec<DeviceId> = laying.devices.iter().filter(|device| device.kind == Some(Kind::AccessPoint)).map(|device| device.id).collect();
        let mut mates: BTreeMap<&str, Vec<DeviceId>> = BTreeMap::new();
        for device in laying.devices {
            if let Some(inside) = case_of(device) {
                mates.entry(inside.case.as_str()).or_default().push(device.id);
            }
        }
        let watch = |device: &'a Device| {
            let kind = kind_of(device, &declared)?;
            let asset = declared.get(&device.id);
            let inside = case_of(device);
            let room = room_of(device, laying.patch, &declared);
            let usage = inside.map(|inside| inside.usage).or_else(|| self.school.watched.rooms.get(room?).copied()).unwrap_or_default();
            let known = asset.is_some() || stands.contains(&device.id);
            // What waits for another place (a class has closed, a cohort has left) is switched on by nobody.
            let waits = waiting.contains(&device.id);
            // Ordered and still said to be so, but seen: it has come.
            let state = asset.map(|asset| asset.state).filter(|state| *state != AssetState::Ordered);
            let expected = match presence::expected_of(kind, state, known, usage, &self.school.watched.settings) {
                Expected::Always => Expected::Always,
                _ if waits => Expected::Not,
                expected => expected,
            };
            // While it was lent nobody could miss it here; nor on the day on which it came back.
            let back = asset.and_then(|asset| asset.back_on).and_then(|day| day.tomorrow().ok());
            let since = back.and_then(|day| self.school.watched.calendar.as_ref()?.instant(day, 0));
            let told = self.agent_of(device).filter(|agent| !agent.is_silent(self.now) && !agent.paused && agent.rounds > 0);
            let above = device
                .place
                .as_ref()
                .and_then(|place| by_name.get(place.device.as_str()))
                .filter(|above| above.id != device.id && is_always_on(above));
            Some(Watch {
                judged: Judged {
                    device,
                    expected,
                    mates: match expected {
                        Expected::AsOthers { .. } => points.clone(),
                        _ => inside.and_then(|inside| mates.get(inside.case.as_str())).cloned().unwrap_or_default(),
                    },
                    since: since.map_or(device.turned_at, |since| since.max(device.turned_at)),
                    told: told.map(|agent| (agent.id, agent.reported_at.min(self.now))),
                    above: above.map(|above| (above.id, above.present)),
                },
                room,
                case: inside.map(|inside| inside.case.as_str()),
            })
        };
        // Seats without any key and what was only reserved is nothing that could be missed.
        let identified = |device: &&Device| !device.probes.is_empty() && device.keys.iter().any(|key| key.rank != KeyRank::Name);
        laying.devices.iter().filter(identified).filter_map(watch).collect()
    }

    /// Silent devices as lines, each device in one.
    fn lines(&self, all: &[(&Watch<'_>, State)]) -> Vec<Found> {
        let confirmed = self.may_open();
        let daily: Vec<&(&Watch<'_>, State)> = all.iter().filter(|(watch, _)| matches!(watch.judged.expected, Expected::Daily { .. })).collect();
        let mut left: Vec<&(&Watch<'_>, State)> = all.iter().filter(|(_, state)| is_silent(*state)).collect();
        let mut lines = Vec::new();
        if daily.len() >= SCHOOL_AT_LEAST && daily.iter().all(|(_, state)| is_silent(*state)) {
            left.retain(|(watch, _)| !matches!(watch.judged.expected, Expected::Daily { .. }));
            lines.push(group("school_silent", "school_silent".to_owned(), &daily, BTreeMap::new(), confirmed));
        }
        for (room, members) in grouped(&left, |watch| watch.room.filter(|_| matches!(watch.judged.expected, Expected::Daily { .. }))) {
            let whole = daily.iter().filter(|(watch, state)| watch.room == Some(room) && *state != State::NotExpected).count();
            if members.len() >= GROUP_AT_LEAST && members.len() == whole {
                left.retain(|(watch, _)| watch.room != Some(room) || !matches!(watch.judged.expected, Expected::Daily { .. }));
                lines.push(group("room_silent", format!("room_silent/{room}"), &members, BTreeMap::from([("seen", room.to_owned())]), confirmed));
            }
        }
        for (case, members) in grouped(&left, |watch| watch.case) {
            let whole = all.iter().filter(|(watch, state)| watch.case == Some(case) && *state != State::NotExpected).count();
            let unopened: Vec<_> = members.iter().copied().filter(|(_, state)| matches!(state, State::Silent { alone: false, .. })).collect();
            if members.len() >= GROUP_AT_LEAST && members.len() == whole && unopened.len() >= GROUP_AT_LEAST {
                // Those that were missing while the case was still in use stay lines of their own.
                left.retain(|(watch, state)| watch.case != Some(case) || matches!(state, State::Silent { alone: true, .. }));
                lines.push(group("case_silent", format!("case_silent/{case}"), &unopened, BTreeMap::from([("case", case.to_owned())]), confirmed));
            } else if whole >= GROUP_AT_LEAST {
                // Not all were last seen on the same day, and not all are taken out on the day on which the case is opened again: what was
                // missed only while its mates were missing too is the case's silence, or nothing.
                left.retain(|(watch, state)| watch.case != Some(case) || matches!(state, State::Silent { alone: true, .. }));
            }
        }
        lines.extend(left.into_iter().map(|(watch, state)| single(watch, *state, confirmed)));
        lines
    }

    /// It is a day of class, and class has begun.
    fn may_open(&self) -> bool {
        self.school.watched.calendar.as_ref().is_some_and(|calendar| {
            let today = calendar.date_at(self.now);
            calendar.is_school_day(today) && calendar.class_day(today).is_some_and(|(from, _)| from <= self.now)
        })
    }
}

fn is_always_on(device: &Device) -> bool {
    device.kind.is_some_and(|kind| kind.row().presence == Presence::Always)
}

fn is_silent(state: State) -> bool {
    matches!(state, State::Silent { .. })
}

type Members<'s, 'a> = Vec<&'s (&'s Watch<'a>, State)>;

fn grouped<'s, 'a, 'k>(all: &[&'s (&'s Watch<'a>, State)], key: impl Fn(&'s Watch<'a>) -> Option<&'k str>) -> BTreeMap<&'k str, Members<'s, 'a>> {
    let mut groups: BTreeMap<&str, Members<'s, 'a>> = BTreeMap::new();
    for one in all {
        if let Some(key) = key(one.0) {
            groups.entry(key).or_default().push(one);
        }
    }
    groups
}

fn group(code: &'static str, key: String, members: &[&(&Watch<'_>, State)], mut facts: BTreeMap<&'static str, String>, confirmed: bool) -> Found {
    let since_at = members.iter().map(|(watch, _)| watch.judged.device.turned_at).max().unwrap_or_default();
    facts.insert("days", members.iter().map(|(_, state)| days(*state)).min().unwrap_or(0).to_string());
    Found { count: members.len() as u64, facts, ..found(code, key, true, since_at, confirmed) }
}

fn single(watch: &Watch<'_>, state: State, confirmed: bool) -> Found {
    let device = watch.judged.device;
    let grave = device.kind.is_some_and(|kind| kind.row().infrastructure);
    let mut line = about("device_silent", device, device.turned_at, grave, confirmed);
    line.facts.insert("days", days(state).to_string());
    line.facts.extend(watch.room.map(|room| ("seen", room.to_owned())));
    line.facts.extend(watch.case.map(|case| ("case", case.to_owned())));
    line
}

fn days(state: State) -> u32 {
    match state {
        State::Silent { days, .. } | State::Quiet(days) => days,
        _ => 0,
    }
}

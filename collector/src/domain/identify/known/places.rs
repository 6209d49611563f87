//! Places found anew: where things hang now, and which sightings tell something else for it.
//!
//! Comes in: things and forwarding tables as they are kept. Goes out: sightings with their places, numbers of those that came and went. Absent on
//! purpose: how places are found (`attach`, as in the reference).

use super::super::attach::{self, Bearer, Hangs, Table};
use super::super::cluster::NONE;
use super::{Known, Moved, SightingId};
use crate::domain::device::Attachment;
use rollcall_shared::evidence::Subject;

/// A forwarding table in short: whose it is, who told it, how many stations.
type Switch = (usize, Subject, u32);

impl Known {
    /// Finds every place anew; sightings that tell something else are noted.
    pub(super) fn hang(&mut self, moved: &mut Moved) {
        let (places, switches) = self.places();
        for thing in 0..self.order.len() {
            let switch = switches.iter().find(|(of, ..)| *of == thing);
            let Some(slot) = self.slots[self.order[thing]].as_mut() else { continue };
            let teller = switch.map(|(_, teller, _)| teller);
            if slot.teller.as_ref() != teller {
                slot.teller = teller.cloned();
                self.numbers += 1;
                slot.edition = self.numbers;
            }
            if let (Some((.., stations)), Some(sighting)) = (switch, &mut slot.concluded.sighting) {
                sighting.fdb_count = (*stations > 0).then_some(*stations);
            }
        }
        for (thing, hangs) in places.into_iter().enumerate() {
            let at = self.order[thing];
            let hung = hangs.and_then(|hangs| self.hung(hangs));
            let Some(slot) = &self.slots[at] else { continue };
            let moves = slot.hung != hung;
            let place = if moves { hangs.and_then(|hangs| self.attachment(hangs)) } else { None };
            let Some(slot) = &mut self.slots[at] else { continue };
            let mut is_other = slot.is_fresh;
            if moves {
                slot.hung = hung;
                is_other |= slot.concluded.hang(place);
            }
            if is_other {
                self.renumber(at, moved);
            }
        }
    }

    fn places(&self) -> (Vec<Option<Hangs>>, Vec<Switch>) {
        let mut thing_of = vec![NONE; self.slots.len()];
        self.order.iter().enumerate().for_each(|(thing, slot)| thing_of[*slot] = thing);
        let station = |node: usize| self.of_mac.get(node).copied().unwrap_or(NONE);
        let mut stations: Vec<usize> = Vec::new();
        let mut tables: Vec<Table<'_>> = Vec::new();
        for (key, kept) in self.entries.iter().filter(|(_, kept)| !kept.table.is_empty()) {
            let rows = kept.table.rows().map(|(port, node)| (port, station(node))).collect();
            tables.push(Table { thing: thing_of[kept.slot], subject: &key.subject, rows });
            stations.push(kept.table.len());
        }
        let bearers: Vec<&Bearer> = self.order.iter().filter_map(|slot| Some(&self.slots[*slot].as_ref()?.concluded.bearer)).collect();
        let places = attach::places(&bearers, &tables, &self.heard);
        let mut switches: Vec<Switch> = Vec::new();
        for (table, stations) in tables.iter().zip(stations) {
            let stations = u32::try_from(stations).unwrap_or(u32::MAX);
            match switches.iter_mut().find(|(thing, ..)| *thing == table.thing) {
                Some((_, _, all)) => *all = all.saturating_add(stations),
                None => switches.push((table.thing, table.subject.clone(), stations)),
            }
        }
        (places, switches)
    }

    /// A place in numbers that stay.
    fn hung(&self, hangs: Hangs) -> Option<(usize, Option<u32>, u64)> {
        let slot = self.order[hangs.bearer()];
        let port = if let Hangs::Port((_, port)) = hangs { Some(port) } else { None };
        Some((slot, port, self.slots[slot].as_ref()?.edition))
    }

    fn attachment(&self, hangs: Hangs) -> Option<Attachment> {
        let bearer = self.slots[self.order[hangs.bearer()]].as_ref()?;
        attach::attachment(hangs, &bearer.concluded.bearer, bearer.teller.as_ref())
    }

    /// Gives the sighting of a slot another number, unless it tells what it told before.
    fn renumber(&mut self, at: usize, moved: &mut Moved) {
        let number = self.number();
        let Some(slot) = &mut self.slots[at] else { return };
        let before = if std::mem::take(&mut slot.is_fresh) { slot.before.take() } else { None };
        if let (Some(before), Some(now)) = (&before, &slot.concluded.sighting)
            && before.tells_the_same(now)
        {
            return;
        }
        if let Some(id) = slot.id.take() {
            self.by_id.remove(&id);
            moved.gone.push(id);
        }
        if slot.concluded.sighting.is_some() {
            let id = SightingId(number);
            slot.id = Some(id);
            self.by_id.insert(id, at);
            moved.come.push(id);
        }
    }
}

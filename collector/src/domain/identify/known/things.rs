//! Things found anew: which of them are as they were, and what is concluded of the others.
//!
//! Comes in: what is kept of the entries. Goes out: slots with what was concluded of each thing; numbers of sightings that came and went. Absent
//! on purpose: rules of recognition (a thing is concluded by the functions of the reference), and places (`hang`).

use super::super::attach;
use super::super::cluster::{Duplicate, NONE, Partition, partition};
use super::super::gather::Thing;
use super::super::ties::{Node, Nodes, Ties};
use super::super::told::{self, Row};
use super::super::{Concluded, conclude};
use super::{Known, Moved, SightingId, Twice};
use crate::domain::device::Sighting;
use rollcall_shared::evidence::Subject;
use rollcall_shared::picture::EntryKey;
use rollcall_shared::{Mac, Picture};
use std::collections::HashMap;
use std::net::IpAddr;

/// One thing.
#[derive(Debug)]
pub struct Slot {
    recipe: Recipe,
    /// Another number whenever its own part of the recipe changes: what it tells of others rests on it.
    make: u64,
    /// What it tells of access points, if it is a controller.
    tells: Vec<Tells>,
    /// What was concluded.
    pub concluded: Concluded,
    /// Another number whenever what hangs on it may be called otherwise.
    pub edition: u64,
    /// Which of its subjects told its forwarding table.
    pub teller: Option<Subject>,
    /// On which slot it hangs, at which port (none: a radio), of which edition.
    pub hung: Option<(usize, Option<u32>, u64)>,
    /// The number of its sighting.
    pub id: Option<SightingId>,
    /// It was concluded anew, and what it told before.
    pub is_fresh: bool,
    /// See there.
    pub before: Option<Sighting>,
}

/// All that the conclusion of one thing rests on: of two equal recipes the conclusion is the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Recipe {
    own: Own,
    /// Rows that controllers tell of it: the controller's make and the row's place.
    told: Vec<(u64, usize)>,
    /// Numbers of addresses held twice that concern it by a MAC which only a controller tells.
    told_twice: Vec<u64>,
}

/// What of a recipe no controller tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Own {
    /// Versions of its entries, in the order of the picture, each with whether it has learnt stations.
    entries: Vec<(u64, bool)>,
    /// MACs by which it was heard, in their order.
    heard: Vec<Node>,
    /// A switch has learnt it.
    learnt: bool,
    /// On which network, where no entry of its own says it.
    network: String,
    /// Numbers of the addresses held twice that concern it.
    twice: Vec<u64>,
}

/// One row that a controller tells.
#[derive(Debug)]
struct Tells {
    macs: Vec<Mac>,
    address: Option<IpAddr>,
}

/// A thing on the way.
#[derive(Default)]
struct Draft {
    recipe: Recipe,
    /// Its entries, as places in the list.
    entries: Vec<usize>,
    /// The slot that it may have had.
    slot: Option<usize>,
    make: u64,
    /// Rows told of it: which draft tells, and the row's place.
    told: Vec<(usize, usize)>,
    /// It was heard by a MAC that a controller tells.
    has_told_macs: bool,
}

type Listed<'a> = Vec<(&'a EntryKey, &'a Ties)>;

impl Known {
    /// Finds the things anew; sightings of things that are no more are noted.
    pub(super) fn find_things(&mut self, picture: &Picture, moved: &mut Moved) {
        // Out of the way, so that what is kept of the entries can be borrowed while slots change.
        let mut entries = std::mem::take(&mut self.entries);
        let list: Listed<'_> = entries.iter().map(|(key, kept)| (key, &kept.ties)).collect();
        let mut partition = partition(&self.nodes, &list, (0..self.nodes.count()).filter(|node| self.is_learnt(*node)));
        let duplicates = self.number_duplicates(&partition);
        let mut drafts = self.drafts(&list, &entries, &partition, &duplicates);
        let tells = self.recognise_makes(&mut drafts, &list, &entries, picture);
        self.lay(&mut drafts, &tells, &list, &entries, &mut partition.of_mac, &duplicates);
        self.settle_slots(drafts, tells, &list, &partition.duplicates, picture, moved);
        let Partition { of_entry, of_mac, .. } = partition;
        for (kept, thing) in entries.values_mut().zip(of_entry) {
            kept.slot = self.order[thing];
        }
        self.of_mac = of_mac;
        self.entries = entries;
        self.hear();
    }

    /// Whether switches have learnt a station that can be followed.
    fn is_learnt(&self, node: Node) -> bool {
        self.learnt.get(node).is_some_and(|count| *count > 0) && self.nodes.is_burnt_in(node)
    }

    /// The numbers of the addresses held twice: the same as before for those that are as they were.
    fn number_duplicates(&mut self, partition: &Partition<'_>) -> Vec<u64> {
        let mut before = std::mem::take(&mut self.duplicates);
        for duplicate in &partition.duplicates {
            let known = before.iter().position(|(_, twice)| twice.is(duplicate)).map(|at| before.swap_remove(at));
            let numbered = known.unwrap_or_else(|| (self.number(), Twice::of(duplicate)));
            self.duplicates.push(numbered);
        }
        self.duplicates.iter().map(|(number, _)| *number).collect()
    }

    /// Every thing with its own part of its recipe.
    fn drafts(&self, list: &Listed<'_>, entries: &super::Entries, partition: &Partition<'_>, duplicates: &[u64]) -> Vec<Draft> {
        let mut drafts: Vec<Draft> = (0..partition.count).map(|_| Draft::default()).collect();
        for ((at, thing), kept) in partition.of_entry.iter().enumerate().zip(entries.values()) {
            let draft = &mut drafts[*thing];
            if draft.entries.is_empty() && kept.slot != NONE {
                draft.slot = Some(kept.slot);
            }
            draft.entries.push(at);
            draft.recipe.own.entries.push((kept.version, !kept.table.is_empty()));
        }
        let several = list.first().zip(list.last()).is_some_and(|((first, _), (last, _))| first.network != last.network);
        let networks = if several { first_networks(entries) } else { HashMap::new() };
        let only = list.first().map(|(key, _)| &*key.network).unwrap_or_default();
        for (_, node) in &partition.heard {
            let draft = &mut drafts[partition.of_mac[*node]];
            let own = &mut draft.recipe.own;
            own.heard.push(*node);
            if !own.learnt && self.is_learnt(*node) {
                own.learnt = true;
                if draft.entries.is_empty() {
                    own.network = networks.get(node).copied().unwrap_or(only).to_owned();
                }
            }
            if draft.entries.is_empty() && draft.slot.is_none() {
                draft.slot = self.of_mac.get(*node).and_then(|thing| self.order.get(*thing)).copied();
            }
        }
        for (duplicate, number) in partition.duplicates.iter().zip(duplicates) {
            let holders = duplicate.holders.iter().filter_map(|mac| self.nodes.of_mac(*mac)).map(|node| partition.of_mac[node]);
            let named = list.iter().zip(&partition.of_entry).filter(|((key, _), _)| key.subject == *duplicate.subject).map(|(_, thing)| *thing);
            for thing in holders.chain(named).filter(|thing| *thing != NONE) {
                let twice = &mut drafts[thing].recipe.own.twice;
                if twice.last() != Some(number) {
                    twice.push(*number);
                }
            }
        }
        drafts
    }

    /// Gives each draft its make: that of its slot where nothing of its own changed. What controllers tell, by draft.
    fn recognise_makes(
        &mut self,
        drafts: &mut [Draft],
        list: &Listed<'_>,
        entries: &super::Entries,
        picture: &Picture,
    ) -> HashMap<usize, Vec<Tells>> {
        let telling: Vec<bool> = entries.values().map(|kept| kept.tells).collect();
        let mut tells = HashMap::new();
        for (at, draft) in drafts.iter_mut().enumerate() {
            let before = draft.slot.and_then(|slot| self.slots[slot].as_mut()).filter(|slot| slot.recipe.own == draft.recipe.own);
            match before {
                Some(slot) => {
                    draft.make = slot.make;
                    if !slot.tells.is_empty() {
                        tells.insert(at, std::mem::take(&mut slot.tells));
                    }
                }
                None => {
                    draft.make = self.number();
                    if draft.entries.iter().any(|entry| telling[*entry]) {
                        let thing = gathered(&draft.entries, list, picture);
                        let rows = told::rows(at, &thing).iter().map(|row| Tells { macs: row.macs().collect(), address: row.address() }).collect();
                        tells.insert(at, rows);
                    }
                }
            }
        }
        tells
    }

    /// Lays every row that a controller tells to the thing it is about, as [`told::lay`] does.
    fn lay(
        &mut self,
        drafts: &mut Vec<Draft>,
        tells: &HashMap<usize, Vec<Tells>>,
        list: &Listed<'_>,
        entries: &super::Entries,
        of_mac: &mut Vec<usize>,
        duplicates: &[u64],
    ) {
        let mut controllers: Vec<usize> = tells.keys().copied().collect();
        controllers.sort_unstable();
        for controller in controllers {
            let network = drafts[controller].entries.first().map(|entry| list[*entry].0.network.clone()).unwrap_or_default();
            for (at, row) in tells[&controller].iter().enumerate() {
                let Some(first) = row.macs.first() else { continue };
                let first = self.nodes.mac(*first);
                of_mac.resize(self.nodes.count(), NONE);
                let known = row.macs.iter().filter_map(|mac| self.nodes.of_mac(*mac)).map(|node| of_mac[node]).find(|thing| *thing != NONE);
                let thing = known.or_else(|| at_address(drafts, list, entries, &network, row.address)).unwrap_or_else(|| {
                    drafts.push(Draft::default());
                    let own = drafts.last_mut().map(|draft| &mut draft.recipe.own);
                    own.into_iter().for_each(|own| own.network = network.to_string());
                    drafts.len() - 1
                });
                if of_mac[first] == NONE {
                    of_mac[first] = thing;
                }
                let make = drafts[controller].make;
                let bearer = &mut drafts[thing];
                if thing != controller {
                    bearer.has_told_macs |= !row.macs.is_empty();
                    for ((_, twice), number) in self.duplicates.iter().zip(duplicates) {
                        if row.macs.iter().any(|mac| twice.holders.contains(mac)) {
                            bearer.recipe.told_twice.push(*number);
                        }
                    }
                }
                bearer.told.push((controller, at));
                bearer.recipe.told.push((make, at));
            }
        }
    }

    /// Keeps the slots of things that are as they were, concludes the others anew, and lets go of things that are no more.
    fn settle_slots(
        &mut self,
        drafts: Vec<Draft>,
        mut tells: HashMap<usize, Vec<Tells>>,
        list: &Listed<'_>,
        duplicates: &[Duplicate<'_>],
        picture: &Picture,
        moved: &mut Moved,
    ) {
        let mut before = std::mem::take(&mut self.order);
        let mut is_taken = vec![false; self.slots.len()];
        // Rows are gathered once a controller, and only where something that it tells of is concluded anew.
        let mut rows: HashMap<usize, Vec<Row<'_>>> = HashMap::new();
        let told_only: HashMap<(u64, usize), usize> = before
            .iter()
            .filter_map(|slot| Some((*slot, self.slots[*slot].as_ref()?)))
            .filter(|(_, slot)| slot.recipe.own.entries.is_empty() && slot.recipe.own.heard.is_empty())
            .filter_map(|(at, slot)| Some((*slot.recipe.told.first()?, at)))
            .collect();
        for (at, draft) in drafts.iter().enumerate() {
            let by_row = || draft.recipe.told.first().filter(|_| draft.entries.is_empty()).and_then(|row| told_only.get(row)).copied();
            let slot = draft.slot.or_else(by_row).filter(|slot| !std::mem::replace(&mut is_taken[*slot], true));
            let kept = slot.and_then(|slot| self.slots[slot].as_mut());
            let tells = tells.remove(&at).unwrap_or_default();
            if let Some(kept) = kept.filter(|kept| kept.recipe == draft.recipe) {
                kept.tells = tells;
                self.order.extend(slot);
                continue;
            }
            for (controller, _) in &draft.told {
                rows.entry(*controller).or_insert_with(|| told::rows(*controller, &gathered(&drafts[*controller].entries, list, picture)));
            }
            let concluded = concluded(at, draft, list, duplicates, &self.nodes, &rows, picture);
            let old = slot.and_then(|slot| self.slots[slot].take());
            let is_same_bearer = old.as_ref().is_some_and(|old| old.concluded.bearer == concluded.bearer);
            let (edition, teller) = match &old {
                Some(old) if is_same_bearer => (old.edition, old.teller.clone()),
                _ => (self.number(), None),
            };
            let (id, before) = old.map_or((None, None), |old| (old.id, old.concluded.sighting));
            let recipe = draft.recipe.clone();
            let made = Slot { recipe, make: draft.make, tells, concluded, edition, teller, hung: None, id, before, is_fresh: true };
            let at = slot.or_else(|| self.free.pop()).unwrap_or(self.slots.len());
            if at == self.slots.len() {
                self.slots.push(None);
            }
            self.slots[at] = Some(made);
            self.order.push(at);
        }
        before.retain(|slot| !is_taken.get(*slot).copied().unwrap_or(false));
        for gone in before {
            if let Some(id) = self.slots[gone].take().and_then(|slot| slot.id) {
                self.by_id.remove(&id);
                moved.gone.push(id);
            }
            self.free.push(gone);
        }
    }

    /// Finds anew who hears whom.
    fn hear(&mut self) {
        let bearers: Vec<&attach::Bearer> = self.order.iter().filter_map(|slot| Some(&self.slots[*slot].as_ref()?.concluded.bearer)).collect();
        let of_mac = |mac: Mac| self.nodes.of_mac(mac).and_then(|node| self.of_mac.get(node)).copied().filter(|thing| *thing != NONE);
        self.heard = attach::hear(&bearers, of_mac);
    }
}

/// The network of the first table that has each station.
fn first_networks(entries: &super::Entries) -> HashMap<Node, &str> {
    let mut networks = HashMap::new();
    for (key, kept) in entries {
        for (_, node) in kept.table.rows() {
            networks.entry(node).or_insert(&*key.network);
        }
    }
    networks
}

/// The thing that answers at an address on this network, if no MAC of it is known, as [`told::lay`] finds it.
fn at_address(drafts: &[Draft], list: &Listed<'_>, entries: &super::Entries, network: &str, ip: Option<IpAddr>) -> Option<usize> {
    let subject = Subject::Address(ip?);
    let at = list.partition_point(|(key, _)| (&*key.network, &key.subject) < (network, &subject));
    list.get(at).filter(|(key, _)| &*key.network == network && key.subject == subject)?;
    let thing = drafts.iter().position(|draft| draft.entries.binary_search(&at).is_ok())?;
    let draft = &drafts[thing];
    let has_macs = || draft.entries.iter().any(|entry| entries.get(list[*entry].0).is_some_and(|kept| kept.has_macs));
    (draft.recipe.own.heard.is_empty() && !draft.has_told_macs && !has_macs()).then_some(thing)
}

/// A thing with what its entries say.
fn gathered<'a>(at: &[usize], list: &Listed<'a>, picture: &'a Picture) -> Thing<'a> {
    let mut thing = Thing::default();
    for entry in at {
        let (key, _) = list[*entry];
        thing.take(key, picture.facts(key));
    }
    thing
}

/// Concludes a thing, put together step by step as the reference does.
fn concluded<'a>(
    at: usize,
    draft: &'a Draft,
    list: &Listed<'a>,
    duplicates: &[Duplicate<'a>],
    nodes: &Nodes,
    rows: &HashMap<usize, Vec<Row<'a>>>,
    picture: &'a Picture,
) -> Concluded {
    let own = &draft.recipe.own;
    let mut thing = gathered(&draft.entries, list, picture);
    own.heard.iter().filter_map(|node| nodes.mac_of(*node)).for_each(|mac| thing.hear(mac));
    for duplicate in duplicates {
        let is_holder = |mac: &Mac| nodes.of_mac(*mac).is_some_and(|node| own.heard.contains(&node));
        if duplicate.holders.iter().any(is_holder) {
            thing.heard_by(duplicate.network, duplicate.probe);
        }
    }
    if own.learnt {
        thing.learnt_by_switch(&own.network);
    } else if draft.entries.is_empty() && own.heard.is_empty() {
        thing.network = &own.network;
    }
    for (controller, row) in &draft.told {
        let Some(row) = rows.get(controller).and_then(|rows| rows.get(*row)) else { continue };
        if *controller != at {
            row.macs().for_each(|mac| thing.hear(mac));
            thing.told_by_controller();
        }
        thing.told.push(row.clone());
    }
    conclude(&thing, duplicates)
}

impl Twice {
    fn of(duplicate: &Duplicate<'_>) -> Twice {
        Twice {
            network: duplicate.network.to_owned(),
            subject: duplicate.subject.clone(),
            holders: duplicate.holders.clone(),
            probe: duplicate.probe.to_owned(),
        }
    }
}

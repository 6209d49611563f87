//! What papers date: when an asset was delivered, accepted, attested by a person.
//!
//! Comes in: the register. Goes out: [`Papers`], asked by label, serial or MAC. A unit that took another's place (`replaces`)
//! inherits its dates: the place was equipped when the first of them came. Absent on purpose: what agents saw.

use crate::domain::device::{Device, KeyRank};
use crate::domain::folded::squeezed;
use crate::domain::plan::PlanDate;
use crate::domain::register::{Asset, Register};
use jiff::civil::Date;
use std::collections::HashMap;

/// Units that took each other's place, one after the other: beyond it, a circle.
const MAX_CHAIN: usize = 16;

/// The dates of one asset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paper {
    /// Delivered.
    pub delivered_on: Option<PlanDate>,
    /// Accepted: somebody signed that it stands and works.
    pub accepted_on: Option<PlanDate>,
    /// Seen by a person, for the first time.
    pub attested_on: Option<PlanDate>,
}

impl Paper {
    fn merged(mut self, other: &Paper) -> Paper {
        self.delivered_on = earlier(self.delivered_on, other.delivered_on.clone());
        self.accepted_on = earlier(self.accepted_on, other.accepted_on.clone());
        self.attested_on = earlier(self.attested_on, other.attested_on.clone());
        self
    }
}

fn earlier(one: Option<PlanDate>, other: Option<PlanDate>) -> Option<PlanDate> {
    [one, other].into_iter().flatten().min_by_key(|date| date.last)
}

/// The day on which a dated thing counts: its last possible day, but never one that lies ahead; `None` where it has not come yet.
pub fn by(date: Option<&PlanDate>, today: Date) -> Option<Date> {
    date.filter(|date| date.first <= today).map(|date| date.last.min(today))
}

/// All papers of a register.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Papers {
    papers: Vec<Paper>,
    /// By squeezed label, serial and MAC.
    by_name: HashMap<String, usize>,
}

impl Papers {
    /// Those of this register.
    pub fn of(register: &Register) -> Papers {
        let mut papers = Papers::default();
        for asset in &register.assets {
            let paper = Paper { delivered_on: asset.delivered_on.clone(), accepted_on: asset.accepted_on.clone(), attested_on: None };
            papers.add(names(asset), paper);
        }
        for seen in &register.attestations {
            let paper = Paper { attested_on: Some(seen.on.clone()), ..Paper::default() };
            papers.add([squeezed(&seen.label)].into_iter(), paper);
        }
        papers.inherit(&register.assets);
        papers
    }

    /// The paper that bears this label or serial.
    pub fn labelled(&self, label: &str) -> Option<&Paper> {
        self.by_name.get(&squeezed(label)).and_then(|index| self.papers.get(*index))
    }

    /// The paper of a live device: by its serial, else by a MAC.
    pub fn of_device(&self, device: &Device) -> Option<&Paper> {
        let macs = device.keys.iter().filter(|key| key.rank == KeyRank::Mac).map(|key| key.text.as_str());
        device.serial.as_deref().into_iter().chain(macs).find_map(|name| self.labelled(name))
    }

    fn add(&mut self, names: impl Iterator<Item = String>, paper: Paper) {
        let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
        match names.iter().find_map(|name| self.by_name.get(name)) {
            Some(known) => self.papers[*known] = std::mem::take(&mut self.papers[*known]).merged(&paper),
            None => {
                for name in names {
                    self.by_name.entry(name).or_insert(self.papers.len());
                }
                self.papers.push(paper);
            }
        }
    }

    fn inherit(&mut self, assets: &[Asset]) {
        let before: HashMap<String, &str> = assets.iter().filter_map(|asset| Some((squeezed(&asset.label), asset.replaces.as_deref()?))).collect();
        let known = self.papers.clone();
        for asset in assets.iter().filter(|asset| asset.replaces.is_some()) {
            let Some(&own) = self.by_name.get(&squeezed(&asset.label)) else { continue };
            let chain = std::iter::successors(asset.replaces.as_deref(), |label| before.get(&squeezed(label)).copied()).take(MAX_CHAIN);
            let dates = chain.filter_map(|label| self.by_name.get(&squeezed(label)).map(|index| &known[*index]));
            self.papers[own] = dates.fold(known[own].clone(), Paper::merged);
        }
    }
}

fn names(asset: &Asset) -> impl Iterator<Item = String> {
    let macs = asset.macs.iter().map(|mac| squeezed(&mac.to_string()));
    std::iter::once(squeezed(&asset.label)).chain(asset.serial.as_deref().map(squeezed)).chain(macs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fleet::tests::{blank, key};
    use crate::domain::plan::read_tables;

    fn check(assets: &str, attestations: &str, label: &str, expected: &str) {
        let attestations = format!("label_or_serial,on\n{attestations}");
        let (tables, _) = read_tables([("assets.csv", assets), ("attestations.csv", attestations.as_str())]);
        let papers = Papers::of(&Register::from_tables(&tables));
        let text = |date: &Option<PlanDate>| date.as_ref().map_or("-", |date| date.text.as_str()).to_owned();
        let told = papers.labelled(label).map(|paper| [&paper.delivered_on, &paper.accepted_on, &paper.attested_on].map(text).join(" "));
        assert_eq!(told.unwrap_or_default(), expected);
    }

    #[test]
    fn an_asset_is_found_by_label_serial_or_mac() {
        let assets = "label_or_serial,serial,kind,macs,delivered_on\nT-1,SN 17,tablet,02-00-00-00-00-01,2021-09-01\n";
        for name in ["t1", "SN17", "02:00:00:00:00:01"] {
            check(assets, "", name, "2021-09-01 - -");
        }
        check(assets, "sn-17,2021-10-04\nT-1,2021-10-01\n", "T-1", "2021-09-01 - 2021-10-01");
        check(assets, "VAL-3,2021-10-04\n", "VAL-3", "- - 2021-10-04");
    }

    #[test]
    fn what_replaces_a_dead_unit_is_as_old_as_the_place() {
        let head = "label_or_serial,kind,replaces,delivered_on,accepted_on\n";
        let assets = format!("{head}A,projector,,2019-09-01,2019-10-01\nB,projector,A,2022-03-01,\nC,projector,B,2024-03-01,\n");
        check(&assets, "", "C", "2019-09-01 2019-10-01 -");
        check(&format!("{head}A,projector,B,2019-09-01,\nB,projector,A,2018-09-01,\n"), "", "A", "2018-09-01 - -");
    }

    #[test]
    fn a_vague_date_counts_on_its_last_day_and_never_ahead_of_today() {
        let date = |text: &str| crate::domain::plan::date::parse(text).unwrap();
        let today = jiff::civil::date(2021, 11, 22);
        assert_eq!(by(Some(&date("2019")), today), Some(jiff::civil::date(2019, 12, 31)));
        assert_eq!(by(Some(&date("2021")), today), Some(today));
        assert_eq!(by(Some(&date("2022-01-05")), today), None);
    }

    #[test]
    fn a_device_has_the_paper_of_its_serial_else_of_a_mac() {
        let assets = "label_or_serial,serial,kind,macs,delivered_on\nT-1,SN 17,tablet,,2021-09-01\nT-2,,tablet,02-00-00-00-00-01,2021-10-01\n";
        let (tables, _) = read_tables([("assets.csv", assets)]);
        let papers = Papers::of(&Register::from_tables(&tables));
        let (mac, name) = (key(KeyRank::Mac, "020000000001"), key(KeyRank::Name, "T-1"));
        for (serial, keys, expected) in [
            (Some("sn-17"), vec![mac.clone()], Some("2021-09-01")),
            (Some("other"), vec![mac.clone()], Some("2021-10-01")),
            (None, vec![name.clone(), mac], Some("2021-10-01")),
            (None, vec![name], None),
        ] {
            let device = Device { serial: serial.map(str::to_owned), keys, ..blank(1) };
            let delivered = papers.of_device(&device).and_then(|paper| paper.delivered_on.as_ref());
            assert_eq!(delivered.map(|date| date.text.as_str()), expected, "{serial:?} {:?}", device.keys);
        }
    }
}

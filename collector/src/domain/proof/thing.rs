//! An owned thing with all that proves it: its papers, its live device, who else saw it.
//!
//! Comes in: the register, devices as last seen. Goes out: [`Thing`] for each asset, and devices of which no paper knows. Absent on
//! purpose: what a thing proves ([`super::assign`]).

use crate::domain::folded::squeezed;
use crate::domain::kind::Kind;
use crate::domain::list::LISTED;
use crate::domain::plan::PlanDate;
use crate::domain::register::{Asset, Attestation, Invoice, Register};
use jiff::civil::Date;
use rollcall_shared::DeviceId;
use std::collections::{HashMap, HashSet};

/// A device as its school's agents last saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Its id.
    pub device: DeviceId,
    /// Code of the school.
    pub school: String,
    /// Kind.
    pub kind: Option<Kind>,
    /// Maker and model, as seen.
    pub model: String,
    /// Serial.
    pub serial: Option<String>,
    /// Burnt-in MACs.
    pub macs: Vec<String>,
    /// First seen.
    pub first_on: Date,
    /// Last seen.
    pub last_on: Date,
}

/// One owned thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thing<'a> {
    /// What the register says.
    pub asset: &'a Asset,
    /// What agents saw.
    pub live: Option<&'a Live>,
    /// Its invoice, where the register holds it.
    pub invoice: Option<&'a Invoice>,
    /// The latest time that a person saw it.
    pub attested: Option<&'a Attestation>,
}

/// How a thing is proved to be there, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// An agent saw it on the school's network.
    Seen,
    /// A list of a device management heard of it.
    Listed,
    /// A person saw it: a label scanned, a photo, a delivery note, a count.
    Attested,
}

impl Proof {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Proof::Seen => "seen",
            Proof::Listed => "listed",
            Proof::Attested => "attested",
        }
    }
}

/// Which paper dates a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatedBy {
    /// The invoice.
    Invoice,
    /// The delivery, where no invoice is dated.
    Delivery,
}

impl<'a> Thing<'a> {
    /// When it was bought, and by which paper: the invoice's date, else the delivery's.
    pub fn bought(&self) -> Option<(DatedBy, &'a PlanDate)> {
        let invoice = self.invoice.and_then(|invoice| invoice.dated_on.as_ref()).map(|date| (DatedBy::Invoice, date));
        invoice.or(self.asset.delivered_on.as_ref().map(|date| (DatedBy::Delivery, date)))
    }

    /// How it is proved to be there; none: nobody has seen it.
    pub fn proof(&self) -> Option<Proof> {
        let attested = || self.attested.map(|seen| if seen.how == LISTED { Proof::Listed } else { Proof::Attested });
        self.live.map(|_| Proof::Seen).or_else(attested)
    }

    /// Its kind: as declared, else as seen.
    pub fn kind(&self) -> Option<Kind> {
        self.asset.kind.or_else(|| self.live.and_then(|live| live.kind))
    }

    /// Its serial: as declared, else as seen, else its label.
    pub fn serial(&self) -> &'a str {
        let seen = self.live.and_then(|live| live.serial.as_deref());
        self.asset.serial.as_deref().or(seen).unwrap_or(&self.asset.label)
    }

    /// First and last day on which it was seen by anybody.
    pub fn seen(&self) -> Option<(Date, Date)> {
        let live = self.live.map(|live| (live.first_on, live.last_on));
        let attested = self.attested.map(|attested| (attested.on.first, attested.on.last));
        match (live, attested) {
            (Some((first, last)), Some((_, by_hand))) => Some((first, last.max(by_hand))),
            (live, attested) => live.or(attested),
        }
    }
}

/// What the town owns, and what is there without a paper.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Things<'a> {
    /// Owned things, in the register's order.
    pub owned: Vec<Thing<'a>>,
    /// Devices of which the register knows nothing.
    pub without_paper: Vec<&'a Live>,
}

impl<'a> Things<'a> {
    /// Lays the register beside the devices: by serial or label, else by MAC; each device belongs to one asset at most.
    pub fn of(register: &'a Register, lives: &'a [Live]) -> Things<'a> {
        let mut by_name: HashMap<String, usize> = HashMap::new();
        for (index, live) in lives.iter().enumerate() {
            for name in live.serial.iter().chain(&live.macs).map(|name| squeezed(name)).filter(|name| !name.is_empty()) {
                by_name.entry(name).or_insert(index);
            }
        }
        let invoices: HashMap<&str, &Invoice> = register.invoices.iter().map(|invoice| (invoice.invoice.as_str(), invoice)).collect();
        let mut attested: HashMap<String, &Attestation> = HashMap::new();
        for seen in &register.attestations {
            let known = attested.entry(squeezed(&seen.label)).or_insert(seen);
            if seen.on.last > known.on.last {
                *known = seen;
            }
        }
        let mut taken = HashSet::new();
        let mut thing = |asset: &'a Asset| {
            let names: Vec<String> = names(asset);
            let live = names.iter().filter_map(|name| by_name.get(name)).copied().find(|index| taken.insert(*index));
            Thing {
                asset,
                live: live.map(|index| &lives[index]),
                invoice: asset.invoice.as_deref().and_then(|code| invoices.get(code).copied()),
                attested: names.iter().filter_map(|name| attested.get(name)).max_by_key(|seen| seen.on.last).copied(),
            }
        };
        let owned: Vec<Thing<'a>> = register.assets.iter().map(&mut thing).collect();
        let without_paper = lives.iter().enumerate().filter(|(index, _)| !taken.contains(index)).map(|(_, live)| live).collect();
        Things { owned, without_paper }
    }
}

fn names(asset: &Asset) -> Vec<String> {
    let macs = asset.macs.iter().map(|mac| squeezed(&mac.to_string()));
    let names = asset.serial.as_deref().map(squeezed).into_iter().chain([squeezed(&asset.label)]).chain(macs);
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::plan::read_tables;
    use jiff::civil::date;

    /// A device seen at a school since 2021-09-15.
    pub fn live(id: i64, school: &str, kind: Kind, serial: &str) -> Live {
        Live {
            device: DeviceId(id),
            school: school.to_owned(),
            kind: Some(kind),
            model: String::new(),
            serial: Some(serial.to_owned()),
            macs: vec![format!("0000000000{id:02x}")],
            first_on: date(2021, 9, 15),
            last_on: date(2021, 11, 22),
        }
    }

    #[test]
    fn papers_find_their_devices() {
        let (tables, _) = read_tables([
            (
                "assets.csv",
                "label_or_serial,serial,kind,macs,invoice,delivered_on\nT-1,SN1,tablet,,F1,\nT-2,,tablet,00:00:00:00:00:02,,2021-09-01\nSN3,,tablet,,,\nT-4,,screen,,,\n",
            ),
            ("invoices.csv", "invoice,dated_on\nF1,2021-08-30\n"),
            ("attestations.csv", "label_or_serial,on,how\nT-4,2021-10-01,label_scan\nT-4,2021-11-01,count\n"),
        ]);
        let register = Register::from_tables(&tables);
        let lives = [
            live(1, "a", Kind::Tablet, "sn-1"),
            live(2, "a", Kind::Tablet, "other"),
            live(3, "a", Kind::Tablet, "SN3"),
            live(4, "a", Kind::Printer, "P"),
        ];
        let things = Things::of(&register, &lives);
        let line = |thing: &Thing<'_>| {
            let bought = thing.bought().map(|(by, date)| format!(" {by:?} {}", date.text)).unwrap_or_default();
            format!("{} {:?}{bought}", thing.asset.label, thing.proof().map(Proof::code))
        };
        let told: Vec<String> = things.owned.iter().map(line).collect();
        assert_eq!(
            told,
            ["T-1 Some(\"seen\") Invoice 2021-08-30", "T-2 Some(\"seen\") Delivery 2021-09-01", "SN3 Some(\"seen\")", "T-4 Some(\"attested\")"]
        );
        assert_eq!(things.owned[3].seen(), Some((date(2021, 11, 1), date(2021, 11, 1))));
        assert_eq!(things.without_paper.iter().map(|live| live.device.0).collect::<Vec<_>>(), [4]);
    }
}

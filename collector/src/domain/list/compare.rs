//! Three sides of one page: what lists know, what agents see, what the register holds.
//!
//! Comes in: rows of lists, live devices, assets. Goes out: a [`Line`] for each thing with the sides that know it; and for assets, what lists
//! add to them. Things meet by serial number, by the management's id, by a burnt-in MAC; a name meets nothing. Absent on purpose:
//! judging who is right.

use super::Row;
use crate::domain::device::{Key, KeyRank};
use crate::domain::folded::{fold, squeezed};
use crate::domain::plan::PlanDate;
use crate::domain::register::{Asset, Attestation, Register};
use jiff::civil::Date;
use rollcall_shared::{DeviceId, Mac};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A row with the list that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The list's number.
    pub list: i64,
    /// Its date.
    pub as_of: Date,
    /// The management has heard of the device itself.
    pub sees: bool,
    /// The row.
    pub row: Row,
}

impl Listed {
    /// The last day on which the management heard of it; none where it only writes down.
    pub fn seen_on(&self) -> Option<Date> {
        self.row.seen_on.filter(|_| self.sees).map(|day| day.min(self.as_of))
    }

    /// Whether the row says that it belongs to this school, by code or name.
    pub fn names_school(&self, code: &str, name: &str) -> bool {
        self.names_one_of(&[(fold(code), fold(name))])
    }

    /// Whether it says so of one of these schools, each with code and name folded.
    pub fn names_one_of(&self, schools: &[(String, String)]) -> bool {
        self.row.school.iter().chain(&self.row.group).map(|text| fold(text)).any(|text| {
            let named = |(code, name): &(String, String)| text == *code || (!name.is_empty() && text.contains(name.as_str()));
            schools.iter().any(named)
        })
    }
}

/// A live device, by what names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Which.
    pub id: DeviceId,
    /// Its keys.
    pub keys: Vec<Key>,
}

/// Who knows a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// A list.
    List,
    /// An agent has seen it.
    Live,
    /// The register.
    Register,
}

impl Side {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Side::List => "list",
            Side::Live => "live",
            Side::Register => "register",
        }
    }
}

/// One thing, as each side knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Positions of its rows among the listed.
    pub listed: Vec<usize>,
    /// Its devices.
    pub devices: Vec<DeviceId>,
    /// Positions of its assets.
    pub assets: Vec<usize>,
}

impl Line {
    /// The sides that know it.
    pub fn sides(&self) -> BTreeSet<Side> {
        let all = [(Side::List, self.listed.is_empty()), (Side::Live, self.devices.is_empty()), (Side::Register, self.assets.is_empty())];
        all.into_iter().filter(|(_, none)| !none).map(|(side, _)| side).collect()
    }
}

/// What two sides may have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Clue {
    Serial(String),
    Id(String),
    Mac(String),
}

fn serial(text: &str) -> Option<Clue> {
    let text = squeezed(text);
    (text.len() >= 4).then_some(Clue::Serial(text))
}

/// A locally administered address names nothing that is seen; in a list that names it, it names the row.
fn mac(mac: &Mac) -> Clue {
    Clue::Mac(mac.to_string().replace(':', ""))
}

fn of_row(row: &Row) -> Vec<Clue> {
    let id = row.uem_id.as_deref().map(|id| Clue::Id(squeezed(id)));
    row.serial.as_deref().and_then(serial).into_iter().chain(id).chain(row.macs.iter().map(mac)).collect()
}

fn of_asset(asset: &Asset) -> Vec<Clue> {
    let numbers = asset.serial.as_deref().into_iter().chain([asset.label.as_str()]).filter_map(serial);
    let id = asset.uem_id.as_deref().map(|id| Clue::Id(squeezed(id)));
    numbers.chain(id).chain(asset.macs.iter().map(mac)).collect()
}

fn of_device(device: &Live) -> Vec<Clue> {
    let clue = |rank, text: &str| match rank {
        KeyRank::Serial => serial(text.rsplit(':').next().unwrap_or(text)),
        KeyRank::Mac => Some(Clue::Mac(text.to_owned())),
        KeyRank::Uuid | KeyRank::Uem => Some(Clue::Id(squeezed(text))),
        KeyRank::Name => None,
    };
    device.keys.iter().filter_map(|key| clue(key.rank, &key.text)).collect()
}

/// Lays the three sides beside each other; lines in the order of lists, then register, then devices.
pub fn compare(listed: &[Listed], devices: &[Live], assets: &[Asset]) -> Vec<Line> {
    let mut groups = Groups::default();
    let members = listed
        .iter()
        .enumerate()
        .map(|(at, listed)| (Member::Listed(at), of_row(&listed.row)))
        .chain(assets.iter().enumerate().map(|(at, asset)| (Member::Asset(at), of_asset(asset))))
        .chain(devices.iter().map(|device| (Member::Device(device.id), of_device(device))));
    members.for_each(|(member, clues)| groups.take(member, clues));
    groups.lines()
}

/// Adds to the register what lists tell of its assets, as [`Completing::complete`] does.
pub fn complete(register: &mut Register, listed: &[Listed]) {
    Completing::of(listed).complete(register, listed);
}

/// Which rows of lists name an asset: an index made once, asked often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completing(HashMap<Clue, Vec<usize>>);

impl Completing {
    /// Of these rows.
    pub fn of(listed: &[Listed]) -> Completing {
        let named = |clue: &Clue| !matches!(clue, Clue::Mac(_));
        let mut by_clue: HashMap<Clue, Vec<usize>> = HashMap::new();
        for (at, listed) in listed.iter().enumerate() {
            of_row(&listed.row).into_iter().filter(named).for_each(|clue| by_clue.entry(clue).or_default().push(at));
        }
        Completing(by_clue)
    }

    /// Adds to the register what these same rows tell of its assets: network cards, so that who is seen by a card alone is known; and the last day
    /// on which a management heard of them, as a dated seeing. Rows meet assets by serial number or by the management's id, never by a card.
    pub fn complete(&self, register: &mut Register, listed: &[Listed]) {
        if self.0.is_empty() {
            return;
        }
        for asset in &mut register.assets {
            let rows: Vec<usize> = of_asset(asset).iter().filter_map(|clue| self.0.get(clue)).flatten().copied().collect();
            for mac in rows.iter().flat_map(|at| &listed[*at].row.macs) {
                if !asset.macs.contains(mac) {
                    asset.macs.push(*mac);
                }
            }
            if let Some(day) = rows.iter().filter_map(|at| listed[*at].seen_on()).max() {
                register.attestations.push(Attestation {
                    label: asset.label.clone(),
                    on: PlanDate::day(day),
                    school: asset.school.clone(),
                    room: None,
                    how: LISTED.to_owned(),
                    role: String::new(),
                });
            }
        }
    }
}

/// How a list sees: beside the ways in which people do.
pub const LISTED: &str = "listed";

#[derive(Debug, Clone, Copy)]
enum Member {
    Listed(usize),
    Asset(usize),
    Device(DeviceId),
}

/// Groups of members that share a clue, directly or by others.
#[derive(Default)]
struct Groups {
    members: Vec<Member>,
    parent: Vec<usize>,
    owner: HashMap<Clue, usize>,
}

impl Groups {
    fn take(&mut self, member: Member, clues: Vec<Clue>) {
        let at = self.members.len();
        self.members.push(member);
        self.parent.push(at);
        for clue in clues {
            let first = *self.owner.entry(clue).or_insert(at);
            let (a, b) = (self.root(first), self.root(at));
            let (low, high) = (a.min(b), a.max(b));
            self.parent[high] = low;
        }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    fn lines(mut self) -> Vec<Line> {
        let mut lines: BTreeMap<usize, Line> = BTreeMap::new();
        for at in 0..self.members.len() {
            let root = self.root(at);
            let line = lines.entry(root).or_default();
            match self.members[at] {
                Member::Listed(at) => line.listed.push(at),
                Member::Asset(at) => line.assets.push(at),
                Member::Device(id) => line.devices.push(id),
            }
        }
        lines.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fleet::tests::key;
    use crate::domain::plan::read_tables;
    use jiff::civil::date;

    fn assets(text: &str) -> Vec<Asset> {
        let (tables, _) = read_tables([("assets.csv", text)]);
        Register::from_tables(&tables).assets
    }

    fn listed(serial: &str, mac: Option<&str>) -> Listed {
        let row = Row {
            line: 2,
            serial: Some(serial.into()),
            macs: mac.iter().filter_map(|mac| mac.parse().ok()).collect(),
            seen_on: Some(date(2026, 11, 25)),
            ..Row::default()
        };
        Listed { list: 1, as_of: date(2026, 11, 20), sees: true, row }
    }

    /// The tablet is seen by its card alone; the register knows its serial number alone; the management knows both.
    #[test]
    fn a_list_joins_what_agents_see_with_what_the_register_holds() {
        let assets = assets("label_or_serial,kind,school\nDMPX1234,tablet,\n");
        let device = Live { id: DeviceId(7), keys: vec![key(KeyRank::Mac, "a483e7000003")] };
        let apart = compare(&[], std::slice::from_ref(&device), &assets);
        assert_eq!(apart.len(), 2);
        let joined = compare(&[listed("dmpx-1234", Some("a4:83:e7:00:00:03"))], std::slice::from_ref(&device), &assets);
        assert_eq!(joined.len(), 1);
        assert_eq!(joined[0].sides(), BTreeSet::from([Side::List, Side::Live, Side::Register]));
        let mut register = Register { assets, ..Register::default() };
        complete(&mut register, &[listed("DMPX1234", Some("a4:83:e7:00:00:03"))]);
        assert_eq!((register.assets[0].macs.len(), register.attestations.len()), (1, 1));
        assert_eq!((register.attestations[0].how.as_str(), register.attestations[0].on.last), (LISTED, date(2026, 11, 20)));
    }

    #[test]
    fn each_side_alone_is_a_line_of_its_own() {
        let assets = assets("label_or_serial,kind,school\nAAAA1111,tablet,\n");
        let device = Live { id: DeviceId(7), keys: vec![key(KeyRank::Mac, "001122334455"), key(KeyRank::Name, "AAAA1111")] };
        let lines = compare(&[listed("BBBB2222", None)], &[device], &assets);
        let sides: Vec<Vec<Side>> = lines.iter().map(|line| line.sides().into_iter().collect()).collect();
        assert_eq!(sides, [[Side::List], [Side::Register], [Side::Live]], "a name meets nothing");
    }

    #[test]
    fn a_management_cannot_have_heard_of_a_device_after_its_list_was_made() {
        assert_eq!(listed("AAAA1111", None).seen_on(), Some(date(2026, 11, 20)));
        assert_eq!(Listed { sees: false, ..listed("AAAA1111", None) }.seen_on(), None);
    }

    proptest::proptest! {
        /// Everything stands in exactly one line.
        #[test]
        fn nothing_is_lost_and_nothing_doubled(serials in proptest::collection::vec("[A-C]{4}", 0..12), cards in proptest::collection::vec(0u8..4, 0..8)) {
            let lists: Vec<Listed> = serials.iter().map(|serial| listed(serial, None)).collect();
            let devices: Vec<Live> = cards
                .iter()
                .enumerate()
                .map(|(at, card)| Live { id: DeviceId(at as i64 + 1), keys: vec![key(KeyRank::Serial, &format!("x:{}", ["AAAA", "BBBB", "CCCC", "ABCA"][*card as usize]))] })
                .collect();
            let lines = compare(&lists, &devices, &[]);
            proptest::prop_assert_eq!(lines.iter().map(|line| line.listed.len()).sum::<usize>(), lists.len());
            proptest::prop_assert_eq!(lines.iter().map(|line| line.devices.len()).sum::<usize>(), devices.len());
        }
    }
}

//! A first plan out of what is there: rooms and assets tables written from live devices, for people to correct.
//!
//! Comes in: devices, with the school's code and the room where the caller knows them; what is in force already. Goes out: the tables
//! `rooms` and `assets`, what is in force first and untouched, so that a draft can be imported without losing a row. Absent on purpose: guesses; what nobody said stays empty. Only what a school owns is drafted: no passing phones, no unknown.

use super::merge::{Pick, Picks, merge};
use super::table::{Heading, Row, Table, Tables};
use super::{cell, schema};
use crate::domain::device::{Device, KeyRank};
use crate::domain::folded::fold;
use crate::domain::kind::{Kind, KnownBy};
use std::collections::{BTreeSet, HashSet};

/// One live device with its place as far as it is known.
#[derive(Debug, Clone, Copy)]
pub struct Drafted<'a> {
    /// The device.
    pub device: &'a Device,
    /// Its school's code.
    pub school: &'a str,
    /// Its room, if a patch table or a person says it.
    pub room: Option<&'a str>,
}

const ASSETS: &[&str] = &["label_or_serial", "serial", "kind", "vendor", "model", "macs", "host_name", "school", "room", "owner", "state", "note"];

/// Rooms and assets in force, and after them those of devices that no asset names yet: by label, serial or MAC.
pub fn draft_beside(in_force: &Tables, devices: &[Drafted<'_>]) -> Tables {
    let mut known: HashSet<String> = HashSet::new();
    for (table, row) in in_force.get("assets").into_iter().flat_map(|table| table.rows.iter().map(move |row| (table, row))) {
        let named = [table.cell(row, "label_or_serial"), table.cell(row, "serial")].into_iter().chain(table.cell(row, "macs").split('|'));
        known.extend(named.filter(|name| !name.is_empty()).map(fold));
    }
    let is_new = |drafted: &&Drafted<'_>| {
        let mut names = asset(drafted).into_iter().flatten().take(2).chain(macs(drafted.device));
        !names.any(|name| known.contains(&fold(&name)))
    };
    let fresh: Vec<Drafted<'_>> = devices.iter().filter(is_new).copied().collect();
    let mut old = Tables::default();
    ["rooms", "assets"].into_iter().filter_map(|name| in_force.get(name)).for_each(|table| drop(old.put(table.clone())));
    // A row that both have stays as it is in force.
    merge(&Tables::default(), &old, &draft(&fresh), &Picks::all(Pick::Ours)).tables
}

/// Rooms and assets of these devices, in the order of school, kind and key. A device without serial is named by its first MAC.
pub fn draft(devices: &[Drafted<'_>]) -> Tables {
    let mut rows: Vec<Vec<String>> = devices.iter().filter_map(asset).collect();
    let column = |name: &str| ASSETS.iter().position(|column| *column == name).unwrap_or(0);
    rows.sort_by(|a, b| {
        ["school", "kind", "label_or_serial"].map(|name| &a[column(name)]).cmp(&["school", "kind", "label_or_serial"].map(|name| &b[column(name)]))
    });
    rows.dedup_by(|a, b| a[0] == b[0]);
    let rooms: BTreeSet<(&str, &str)> = devices.iter().filter_map(|drafted| Some((drafted.school, drafted.room?))).collect();
    let rooms = rooms.into_iter().map(|(school, room)| vec![school.to_owned(), room.to_owned()]).collect();
    let mut tables = Tables::default();
    tables.put(table("rooms", &["school", "room"], rooms));
    tables.put(table("assets", ASSETS, rows));
    tables
}

fn table(name: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Table {
    let schema = schema::table(name).expect("the draft's tables are in the schema");
    let headings: Vec<Heading> = columns.iter().filter_map(|column| schema.position(column)).map(Heading::Known).collect();
    let mut table = Table::new(schema, &format!("{name}.csv"), headings);
    table.rows = rows.into_iter().enumerate().map(|(index, cells)| Row { line: index as u64 + 2, cells }).collect();
    table
}

fn asset(drafted: &Drafted<'_>) -> Option<Vec<String>> {
    let device = drafted.device;
    let kind = device.kind.filter(|kind| !matches!(kind, Kind::Unknown | Kind::Phone) && kind.row().known_by == KnownBy::Seen)?;
    let macs = macs(device);
    let serial = device.serial.as_deref().map(clean).filter(|serial| !serial.is_empty());
    let label = serial.clone().or_else(|| macs.first().cloned())?;
    let text = |text: &Option<String>| text.as_deref().map(clean).unwrap_or_default();
    let cells = ASSETS.iter().map(|column| match *column {
        "label_or_serial" => label.clone(),
        "serial" => serial.clone().unwrap_or_default(),
        "kind" => kind.code().to_owned(),
        "vendor" => text(&device.vendor),
        "model" => text(&device.model),
        "macs" => macs.join("|"),
        "host_name" => text(&device.name),
        "school" => drafted.school.to_owned(),
        "room" => drafted.room.unwrap_or_default().to_owned(),
        "state" => "in_service".to_owned(),
        _ => String::new(),
    });
    Some(cells.collect())
}

fn macs(device: &Device) -> Vec<String> {
    let keys = device.keys.iter().filter(|key| key.rank == KeyRank::Mac);
    keys.filter_map(|key| Some(key.text.parse::<rollcall_shared::Mac>().ok()?.to_string())).collect()
}

/// A device's own words as a cell: what would part cells or name terms becomes a space.
fn clean(text: &str) -> String {
    let text: String = text.chars().map(|letter| if matches!(letter, '|' | '&' | '=' | '\n') { ' ' } else { letter }).collect();
    cell::plain_text(text.trim()).chars().take(200).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::Key;
    use crate::domain::plan::{read_tables, write_table};
    use rollcall_shared::{DeviceId, SchoolId, Timestamp};

    fn device(kind: Option<Kind>, serial: Option<&str>, mac: &str) -> Device {
        Device {
            id: DeviceId(1),
            school: SchoolId(1),
            network: "camus".into(),
            keys: vec![Key { rank: KeyRank::Mac, text: mac.into() }],
            kind,
            vendor: Some("Ep|son".into()),
            model: None,
            os: None,
            os_version: None,
            serial: serial.map(str::to_owned),
            firmware: None,
            name: None,
            addresses: vec![],
            place: None,
            parts: vec![],
            signs: vec![],
            probes: vec![],
            confidence: 90,
            why: vec![],
            first_seen_at: Timestamp(1),
            present: true,
            turned_at: Timestamp(1),
            turned_round: 1,
        }
    }

    #[test]
    fn what_is_there_becomes_tables_that_read_without_a_note() {
        let devices = [
            device(Some(Kind::Projector), Some("X1"), "00000000aa01"),
            device(Some(Kind::Tablet), None, "00000000aa02"),
            device(Some(Kind::Phone), Some("P"), "00000000aa03"),
            device(None, Some("U"), "00000000aa04"),
        ];
        let drafted: Vec<Drafted<'_>> =
            devices.iter().zip([Some("Classe 01"), None, None, None]).map(|(device, room)| Drafted { device, school: "camus", room }).collect();
        let tables = draft(&drafted);
        let texts: Vec<(String, String)> = tables.iter().map(|table| (table.file.clone(), write_table(table))).collect();
        assert_eq!(texts[0].1, "school,room\ncamus,Classe 01\n");
        let lines = |name: &str| tables.get(name).unwrap().rows.iter().map(|row| row.line).collect::<Vec<_>>();
        assert!(lines("assets").iter().copied().eq(2..2 + lines("assets").len() as u64), "as a file's would be: the first is the headings'");
        let expected = "label_or_serial,serial,kind,vendor,model,macs,host_name,school,room,owner,state,note\n\
            X1,X1,projector,Ep son,,00:00:00:00:aa:01,,camus,Classe 01,,in_service,\n\
            00:00:00:00:aa:02,,tablet,Ep son,,00:00:00:00:aa:02,,camus,,,in_service,\n";
        assert_eq!(texts[1].1, expected);
        let (back, notes) = read_tables(texts.iter().map(|(file, text)| (file.as_str(), text.as_str())));
        assert_eq!((notes, back), (vec![], tables));
    }

    #[test]
    fn a_draft_says_all_that_a_device_says_of_itself() {
        let said =
            Device { name: Some("vp-cm2".into()), model: Some("EB=685|Wi".into()), ..device(Some(Kind::Projector), Some(" X&1 "), "00000000aa01") };
        let cells = asset(&Drafted { device: &said, school: "camus", room: Some("CM2") }).unwrap();
        let of = |column: &str| cells[ASSETS.iter().position(|name| *name == column).unwrap()].as_str();
        assert_eq!((of("label_or_serial"), of("serial"), of("kind"), of("vendor")), ("X 1", "X 1", "projector", "Ep son"));
        assert_eq!((of("model"), of("macs"), of("host_name")), ("EB 685 Wi", "00:00:00:00:aa:01", "vp-cm2"));
        assert_eq!((of("school"), of("room"), of("state")), ("camus", "CM2", "in_service"));
        let nameless = Device { keys: vec![], ..device(Some(Kind::Projector), None, "00000000aa01") };
        assert_eq!(asset(&Drafted { device: &nameless, school: "camus", room: None }), None, "it has no label of its own");
    }

    #[test]
    fn what_the_register_names_already_is_not_drafted_again() {
        let force = read_tables([
            ("rooms.csv", "school,room,kind\ncamus,BCD,library\n"),
            ("assets.csv", "label,kind,school,macs,price_ht\nT-001,tablet,camus,00:00:00:00:aa:02,399\nx1,projector,zola,,\n"),
        ])
        .0;
        let devices = [
            device(Some(Kind::Projector), Some("X1"), "00000000aa01"),
            device(Some(Kind::Tablet), Some("S2"), "00000000aa02"),
            device(Some(Kind::Switch), Some("S3"), "00000000aa03"),
        ];
        let drafted: Vec<Drafted<'_>> = devices.iter().map(|device| Drafted { device, school: "camus", room: Some("Baie") }).collect();
        let tables = draft_beside(&force, &drafted);
        let labels: Vec<&str> = tables.get("assets").unwrap().rows.iter().map(|row| row.cells[0].as_str()).collect();
        assert_eq!(labels, ["T-001", "x1", "S3"]);
        let rooms: Vec<&str> = tables.get("rooms").unwrap().rows.iter().map(|row| row.cells[1].as_str()).collect();
        assert_eq!(rooms, ["BCD", "Baie"]);
        assert_eq!(merge(&force, &force, &tables, &Picks::default()).open, vec![]);
    }
}

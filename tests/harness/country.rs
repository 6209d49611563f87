//! A programme of schools that are alike, with what agents would have seen of it: a store ready to be settled; what those agents would tell.
//!
//! Comes in: how many schools of how many rooms. Goes out: a filled store. The plan speaks in phases, kits and selectors; of a hundred places about
//! ninety are filled, some by another model, some missing, some with a fault. Absent on purpose: pictures, which settling does not read.

use ed25519_dalek::SigningKey;
use rollcall_collector::domain::device::{Address, Attachment, Device, Key, KeyRank, Part, PartSort, Sign, StandingSign, Why};
use rollcall_collector::domain::fleet::{Change, Rounds};
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::domain::plan::{Tables, has_error, read_tables};
use rollcall_collector::import::import;
use rollcall_collector::store::report::{Accepted, NewAgent};
use rollcall_collector::store::{self, Db, Tx, fleet, reading, report, school};
use rollcall_shared::evidence::{Forwarding, Holds, MacVlan};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::reading::Reading;
use rollcall_shared::{AgentId, Content, DeviceId, Fact, Mac, Picture, Report, SchoolId, StreamId, Subject, Timestamp};
use std::fmt::Write as _;

/// A Tuesday of class, ten o'clock in Paris.
pub const NOW: Timestamp = Timestamp(1_795_510_800);
/// Rows of one import: larger programmes come in by several tables of the register.
const SCHOOLS_A_COMMIT: u32 = 100;

/// How large a programme is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Schools.
    pub schools: u32,
    /// Classrooms of each: about nine places a room.
    pub rooms: u32,
}

/// Fills an empty store.
pub fn fill(db: &Db, size: Size) {
    import(db, tables(size), "bench", "", NOW + -3_600).unwrap();
    for first in (0..size.schools).step_by(SCHOOLS_A_COMMIT as usize) {
        db.write(move |tx| (first..(first + SCHOOLS_A_COMMIT).min(size.schools)).try_for_each(|number| look_at(tx, number, size.rooms))).unwrap();
    }
}

/// The code of a school, and of its network; schools are numbered from 0.
pub fn code(number: u32) -> String {
    format!("e{number:05}")
}

fn tables(size: Size) -> Tables {
    // Tablets of two cases a four rooms, and what a school has once.
    let cases = size.rooms / 4;
    let mut files: Vec<(&str, String)> = vec![
        ("programme.csv", "code,name,starts_on,ends_on\nbench,Le pays,2024,2028\n".to_owned()),
        ("actors.csv", "actor,role,lots\nacme,contractor,L1\nbeta,contractor,M1\n".to_owned()),
        ("lots.csv", "lot,name,scope,contractor,weekdays,hours\nL1,Fourniture,supply,acme,,\nM1,Maintenance,maintenance,beta,1-5,08:00-18:00\n".to_owned()),
        ("deadlines.csv", "lot,kind,severity,respond_h,repair_h\nM1,projector,critical,4,8\nM1,projector,major,8,24\nM1,switch,minor,24,120\nM1,printer,major,8,24\n".to_owned()),
        ("phases.csv", "phase,name,rank,ends_on\n1,Un,1,2025-06-30\n2,Deux,2,2026-06-30\n3,Trois,3,2027-06-30\n".to_owned()),
        ("kits.csv", "kit,item,quantity,per,model\nclasse,projector,1,room:class,EB*\nclasse,desktop,1,room:class,\nvalise,case,1,school,\nvalise,tablet,22,case,\ninfra,server,1,school,\ninfra,switch,2,school,\ninfra,access_point,6,school,\ninfra,ups,1,school,\ninfra,printer,2,school,\n".to_owned()),
        ("allotments.csv", format!("phase,selector,kit,quantity,due_on\n1,phase=1,classe,1,2025-06-30\n2,phase=2,classe,1,2026-06-30\n3,phase=3,classe,1,2027-06-30\n1,*,infra,1,2025-06-30\n2,kind=elementaire,valise,{cases},2026-06-30\n")),
    ];
    let (mut sites, mut list, mut networks) =
        ("site,name,address\n".to_owned(), "school,name,kind,site,phase,zone,followed_from\n".to_owned(), "site,cidr,name,school\n".to_owned());
    let (mut rooms, mut heads) = ("school,room,kind,level\n".to_owned(), "school,year,what,level,count\n".to_owned());
    let (mut assets, mut loans) = (
        "label,serial,kind,vendor,model,macs,school,room,owner,state,delivered_on,accepted_on,warranty_until,price_ht\n".to_owned(),
        "label,lent_on,due_back_on\n".to_owned(),
    );
    for number in 0..size.schools {
        let school = code(number);
        let _ = writeln!(sites, "s{number:05},Site {number},{number} rue de l'École");
        let _ = writeln!(
            list,
            "{school},Élémentaire {number:05},elementaire,s{number:05},{},{},2024-09-01",
            number % 3 + 1,
            ["A", "B", "C"][number as usize % 3]
        );
        let _ = writeln!(networks, "s{number:05},10.{}.{}.0/24,{school},{school}", number / 250 % 250, number % 250);
        for room in 0..size.rooms {
            let _ = writeln!(rooms, "{school},Classe {room:02},class,cp");
        }
        for level in ["cp", "ce1", "ce2", "cm1", "cm2"] {
            let _ = writeln!(heads, "{school},2026,class,{level},{}", size.rooms / 5);
        }
        for device in seen(number, size.rooms).iter().filter(|device| device.serial.is_some()).take(20) {
            let mac = device.addresses[0].mac.map(|mac| mac.to_string()).unwrap_or_default();
            let (kind, serial, label) = (device.kind.map_or("", Kind::code), device.serial.as_deref().unwrap_or_default(), device.id.0);
            let _ = writeln!(assets, "A{label},{serial},{kind},,,{mac},{school},,town,in_service,2025-05-02,2025-06-03,2030-05-02,399.5");
        }
        let _ = writeln!(loans, "A{},2026-09-01,2026-11-02", i64::from(number) * 1_000);
    }
    files.extend([
        ("sites.csv", sites),
        ("schools.csv", list),
        ("networks.csv", networks),
        ("rooms.csv", rooms),
        ("headcounts.csv", heads),
        ("assets.csv", assets),
        ("loans.csv", loans),
    ]);
    let (tables, notes) = read_tables(files.iter().map(|(file, text)| (*file, text.as_str())));
    assert!(!has_error(&notes), "{:?}", notes.iter().find(|note| note.severity == rollcall_collector::domain::plan::Severity::Error));
    tables
}

/// A school's agent tells three rounds; what stands there is known.
fn look_at(tx: &mut Tx<'_>, number: u32, rooms: u32) -> store::Result<()> {
    let network = code(number);
    let known = school::school_by_code(tx, &network)?.expect("the import has made it");
    school::accept_school(tx, known.id, NOW + -1_000)?;
    let new = NewAgent {
        public_key: key(number).verifying_key().to_bytes().to_vec(),
        host: "serveur".into(),
        version: "1".into(),
        networks: vec![network.clone()],
    };
    let agent = report::insert_agent(tx, &new, NOW + -1_000_000)?;
    let before = report::agent_by_id(tx, agent)?.expect("it was inserted");
    let probes = ["neighbours", "snmp", "pjlink", "dhcp"];
    let rounds: Rounds = probes.iter().map(|probe| ((network.clone(), (*probe).to_owned()), 3)).collect();
    let accepted = Accepted { now: NOW, skew_s: 0, round_count: 3, rounds: &rounds, placed: true };
    report::record_report(tx, &before, &heartbeat(), &accepted)?;
    let arrived: Vec<Change> = seen(number, rooms)
        .into_iter()
        .map(|device| Change { before: None, after: Device { school: known.id, ..device }, events: Vec::new() })
        .collect();
    for Change { after: device, .. } in &arrived {
        for part in &device.parts {
            let (network, subject) = (network.clone(), Subject::Server);
            let reading = Reading { network, subject, name: "supply_level".into(), instance: part.key.clone(), value: 62.0, at: NOW + -60 };
            reading::save(tx, known.id, device.id, &reading)?;
        }
    }
    fleet::save_changes(tx, &arrived, agent, NOW + -60).map(drop)
}

/// The key that a school's agent signs with.
pub fn key(number: u32) -> SigningKey {
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    SigningKey::from_bytes(&seed)
}

/// What the agent of a school has seen, as it would tell it: each address with its holder, and behind which port of the first switch. In every other
/// turn three of them hang at another port.
pub fn picture(number: u32, rooms: u32, turn: u64) -> Picture {
    let network = code(number);
    let mut picture = Picture::default();
    let switch = EntryKey::new(&network, Subject::Address([10, 0, 0, 2].into()), "snmp");
    for (index, device) in (0u32..).zip(seen(number, rooms)) {
        for Address { mac, ip } in device.addresses {
            let (Some(mac), Some(ip)) = (mac, ip) else { continue };
            let entry = EntryKey::new(&network, Subject::Address(ip), "neighbours");
            picture.put(&entry, Fact::answers("arp"));
            picture.put(&entry, Fact::Holds(Holds { key: mac }));
            let moved = u32::from(index < 3 && turn % 2 == 1);
            picture.put(&switch, Fact::Forwarding(Forwarding { key: MacVlan { mac, vlan: 1 }, port: index % 24 + 1 + moved }));
        }
    }
    picture
}

fn heartbeat() -> Report {
    Report {
        wire: 1,
        agent_version: "1.0".into(),
        stream: StreamId(7),
        number: 3,
        began_at: NOW + -80,
        ended_at: NOW + -60,
        content: Content::Heartbeat,
        hash: Picture::default().hash(),
        probes: vec![],
        readings: vec![],
        troubles: vec![],
        every_s: 300,
        folded: 0,
        paused: false,
    }
}

/// What a school's agent sees: of each kind as many as the plan asks for, less a few.
fn seen(number: u32, rooms: u32) -> Vec<Device> {
    let kinds: [(Kind, u32); 8] = [
        (Kind::Projector, rooms),
        (Kind::Server, 1),
        (Kind::Switch, 2),
        (Kind::AccessPoint, 6),
        (Kind::Ups, 1),
        (Kind::Printer, 2),
        (Kind::Desktop, rooms),
        (Kind::Tablet, rooms / 4 * 22),
    ];
    let all = kinds.iter().flat_map(|(kind, count)| std::iter::repeat_n(*kind, *count as usize));
    all.enumerate().filter(|(index, _)| index % 19 != 7).map(|(index, kind)| device(number, index as u32, kind)).collect()
}

fn device(school: u32, index: u32, kind: Kind) -> Device {
    let id = i64::from(school) * 1_000 + i64::from(index);
    let mac = Mac::new([0x00, 0x1a, (id >> 24 & 255) as u8, (id >> 16 & 255) as u8, (id >> 8 & 255) as u8, (id & 255) as u8]);
    let told = !matches!(kind, Kind::Tablet | Kind::Desktop);
    let serial = told.then(|| format!("SN{id:08}"));
    let mut keys = vec![Key { rank: KeyRank::Mac, text: mac.to_string().replace(':', "") }];
    keys.extend(serial.iter().map(|serial| Key { rank: KeyRank::Serial, text: format!("acme:{}", serial.to_lowercase()) }));
    keys.sort();
    let model = match kind {
        Kind::Projector if index % 5 == 3 => Some("PT-VW360"),
        Kind::Projector => Some("EB-685Wi"),
        _ if told => Some("J9776A"),
        _ => None,
    };
    let probe = if kind == Kind::Projector { "pjlink" } else { "snmp" };
    let lamp = kind == Kind::Projector && index % 12 == 5;
    let part = |at: u32| Part { sort: PartSort::Supply, key: format!("1.{at}"), label: format!("Toner {at}"), capacity: 100.0 };
    let port = Attachment { at: Subject::Address([10, 0, 0, 2].into()), device: format!("sw-{school:05}"), port: (index % 24 + 1).to_string() };
    let why = |about: &'static str, value: &str| Why {
        about,
        value: value.into(),
        probe: probe.into(),
        ground: "sysObjectID 1.3.6.1.4.1.11.2.3.7".into(),
        confidence: 95,
    };
    Device {
        id: DeviceId(id + 1),
        school: SchoolId(0),
        network: code(school),
        keys,
        kind: Some(kind),
        vendor: told.then(|| "Acme".into()),
        model: model.map(str::to_owned),
        os: None,
        os_version: None,
        serial,
        firmware: told.then(|| "YA.16".into()),
        name: Some(format!("{}-{index:03}", kind.code())),
        addresses: vec![Address { mac: Some(mac), ip: Some([10, 0, (index / 250) as u8, (index % 250 + 1) as u8].into()) }],
        place: (kind != Kind::Tablet).then_some(port),
        parts: if kind == Kind::Printer { (1..=4).map(part).collect() } else { vec![] },
        signs: if lamp { vec![failed_lamp()] } else { vec![] },
        probes: vec!["neighbours".into(), probe.into()],
        confidence: 95,
        why: vec![why("kind", kind.code()), why("name", "x"), why("model", model.unwrap_or_default())],
        first_seen_at: NOW + -900_000,
        present: true,
        turned_at: NOW + -900_000,
        turned_round: 1,
    }
}

fn failed_lamp() -> StandingSign {
    let sign = Sign { code: "projector_lamp", grave: true, instance: String::new(), probe: "pjlink".into(), ground: "ERST 020000".into() };
    StandingSign { sign, since_at: NOW + -600, since_round: 1 }
}

/// A lamp fails or is well again, two devices move to another port, one leaves or comes back.
pub fn change(db: &Db, school: SchoolId, turn: bool, at: Timestamp) {
    let before = db.read(move |tx| fleet::devices_of_school(tx, school)).unwrap();
    let changed = |mut device: Device, index: usize| {
        match index {
            0 => device.signs = if turn { vec![failed_lamp()] } else { vec![] },
            3 => (device.present, device.turned_at) = (!turn, at),
            _ => device.place.iter_mut().for_each(|place| place.port = if turn { "23".into() } else { "24".into() }),
        }
        device
    };
    let changes: Vec<Change> = before
        .into_iter()
        .take(4)
        .enumerate()
        .map(|(index, device)| Change { after: changed(device.clone(), index), before: Some(device), events: Vec::new() })
        .collect();
    db.write(move |tx| fleet::save_changes(tx, &changes, AgentId(1), at).map(drop)).unwrap();
}

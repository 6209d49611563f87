//! A played town with two schools, two lots and a fault of each, and people of every role.

use reqwest::{Method, StatusCode};
use rollcall_collector::config::Config;
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_shared::Timestamp;
use rollcall_tests::served::Served;
use rollcall_tests::world::World;
use rollcall_tests::world::thing::{Ail, Plug, Thing};
use std::collections::BTreeMap;

/// Monday 7 September 2026, 8:00 in Paris.
pub const MONDAY: Timestamp = Timestamp(1_788_760_800);
const PLAN: &[(&str, &str)] = &[
    ("programme.csv", "code,name\nessai,Essai\n"),
    (
        "schools.csv",
        "school,name,kind,phase,zone,timetable,followed_from\ncamus,École Camus,elementaire,1,B,4.5,2024-09-02\nzola,École Zola,maternelle,1,B,4.5,2024-09-02\n",
    ),
    ("networks.csv", "site,cidr,name,school\ncamus,10.1.0.0/16,camus,camus\nzola,10.2.0.0/16,zola,zola\n"),
    ("sites.csv", "site,name,latitude,longitude\ncamus,Camus,48.0061,0.1996\nzola,Zola,,\n"),
    ("assets.csv", "label_or_serial,kind,school,room,state\nD-1,document_camera,camus,CP,in_service\nD-2,document_camera,zola,CE1,in_service\n"),
    ("milestones.csv", "phase_or_school,milestone,planned_on\n1,training,2027-05\ncamus,training,2027-05\nzola,training,2027-05\n"),
    ("phases.csv", "phase,name,rank\n1,Phase 1,1\n"),
    ("actors.csv", "actor,role,of,lot\nvideo,contractor,,L1\nreseau,contractor,,L2\nsous,subcontractor,video,\n"),
    ("lots.csv", "lot,name,scope,contractor\nL1,Vidéo,maintenance,video\nL2,Réseau,maintenance,reseau\n"),
    ("deadlines.csv", "lot,kind,severity,respond_h,repair_h\nL1,projector,*,4,16\nL2,switch,*,4,16\nL2,access_point,*,4,16\n"),
    ("scopes.csv", "actor,lots,schools,kinds\nsous,L1,zola,projector\n"),
    ("kits.csv", "kit,item,quantity,per\nk,projector,2,school\nk,switch,1,school\n"),
    ("allotments.csv", "phase,school_or_selector,kit,quantity,counts,due_on\n1,*,k,1,each,2025-12-31\n"),
];

/// A device, its fault, and what of it must stay hidden.
#[derive(Debug, Clone)]
pub struct Subject {
    pub device: i64,
    pub fault: i64,
    pub secrets: Vec<String>,
}

pub struct Town {
    pub served: Served,
    pub tokens: BTreeMap<&'static str, String>,
    /// The projector of Camus and that of Zola (lot L1), the switch of Camus (lot L2).
    pub camus_projector: Subject,
    pub zola_projector: Subject,
    pub switch: Subject,
    /// Keeps the store.
    pub world: World,
}

/// Accounts: login, role, actor, schools.
const ACCOUNTS: &[(&str, Role, &str, &str)] = &[
    ("anne", Role::Admin, "", ""),
    ("max", Role::Manager, "", ""),
    ("theo", Role::Technician, "", ""),
    ("tom", Role::Technician, "", "camus"),
    ("rita", Role::Reader, "", ""),
    ("paul", Role::Contractor, "video", ""),
    ("remi", Role::Contractor, "reseau", ""),
    ("sam", Role::Contractor, "sous", ""),
    ("nobody", Role::Contractor, "", ""),
    ("ecole", Role::School, "", "camus"),
];

pub fn played() -> World {
    let mut world = World::new(MONDAY, 300).unwrap();
    for site in ["camus", "zola"] {
        world.add_site(site).unwrap();
        let mut add = |name: &str, kind: Kind, plug: Option<Plug>| {
            world.add_thing(Thing { plug, ..Thing::new(&format!("{name}-{}", site.to_uppercase()), kind, Some(site)) }).unwrap();
        };
        let on = |port: u32| Some(Plug { to: format!("SW-{}", site.to_uppercase()), port });
        add("SRV", Kind::Server, None);
        add("SW", Kind::Switch, None);
        add("VP-A", Kind::Projector, on(5));
        add("VP-B", Kind::Projector, on(6));
    }
    let (tables, notes) = rollcall_collector::plan_folder::read_files(PLAN.iter().map(|(name, text)| (*name, text.as_bytes())));
    assert!(world.import(tables, &notes, "anne", "").unwrap().is_some(), "{notes:?}");
    for school in ["camus", "zola"] {
        world.add_agent(&format!("kwartz-{school}"), vec![(school.to_owned(), school.to_owned())]).unwrap();
        world.accept_school(school).unwrap();
    }
    world.advance(world.now + 1_200).unwrap();
    for name in ["VP-A-CAMUS", "VP-A-ZOLA"] {
        world.change(name, |thing| _ = thing.ails.insert(Ail::Erst(1))).unwrap();
    }
    world.advance(world.now + 1_800).unwrap();
    // What hangs behind the switch is in its shadow, and its fault stays open.
    world.change("SW-CAMUS", |thing| thing.broken = true).unwrap();
    world.advance(world.now + 3_600).unwrap();
    world
}

/// The fault of a device in a lot, by number.
fn subject(world: &World, school: &str, name: &str, lot: &str) -> Subject {
    let faults: Vec<_> = ["camus", "zola"].iter().flat_map(|school| world.faults(school, false).unwrap()).collect();
    let device = world.devices_of(&world.things[name]).unwrap().remove(0);
    let fault = faults.iter().find(|fault| fault.school_code == school && fault.device == Some(device.id));
    let fault = fault.unwrap_or_else(|| panic!("{name} has no fault: {:?}", faults.iter().map(|f| (&f.code, &f.device_name)).collect::<Vec<_>>()));
    assert_eq!(fault.lot, lot, "{name}");
    let mut secrets: Vec<String> = device.serial.iter().cloned().collect();
    secrets.extend(device.addresses.iter().filter_map(|address| address.mac).map(|mac| mac.to_string()));
    assert!(secrets.len() >= 2, "{name} has a serial number and an address: {secrets:?}");
    Subject { device: device.id.0, fault: fault.id, secrets }
}

pub async fn town() -> Town {
    town_with(|_| {}).await
}

/// The same with other settings.
pub async fn town_with(set: impl FnOnce(&mut Config)) -> Town {
    let world = tokio::task::spawn_blocking(played).await.unwrap();
    let camus_projector = subject(&world, "camus", "VP-A-CAMUS", "L1");
    let zola_projector = subject(&world, "zola", "VP-A-ZOLA", "L1");
    let switch = subject(&world, "camus", "SW-CAMUS", "L2");
    let served = Served::with(world.db.clone(), world.now, set).await.unwrap();
    let mut tokens = BTreeMap::new();
    for (login, role, actor, schools) in ACCOUNTS {
        let bounds = Bounds { actor: (*actor).to_owned(), schools: (*schools).to_owned(), kinds: vec![] };
        served.add_account(login, *role, bounds).await.unwrap();
        tokens.insert(*login, served.token(login).await.unwrap());
    }
    Town { served, tokens, camus_projector, zola_projector, switch, world }
}

impl Town {
    /// A program's request with an account's token, and what the answer says; null: nothing.
    pub async fn call(&self, login: &str, method: &str, path: &str, body: serde_json::Value) -> (StatusCode, serde_json::Value) {
        let url = format!("{}{path}", self.served.base);
        let request = self.served.client().unwrap().request(Method::from_bytes(method.as_bytes()).unwrap(), url).bearer_auth(&self.tokens[login]);
        let answer = if body.is_null() { request } else { request.json(&body) }.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        (status, if text.is_empty() { serde_json::Value::Null } else { serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}")) })
    }

    /// Asks for something with an account's token; nobody's, if there is no such account.
    pub async fn ask(&self, login: &str, method: &str, path: &str) -> (StatusCode, String) {
        let url = format!("{}{path}", self.served.base);
        let mut request = self.served.client().unwrap().request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        if let Some(token) = self.tokens.get(login) {
            request = request.bearer_auth(token);
        }
        if method != "GET" {
            request = if path.starts_with("/api/") { request.json(&serde_json::json!({})) } else { request.form(&[("csrf", "none")]) };
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        // The stream of events does not end.
        let text = if path.starts_with("/live") && status == StatusCode::OK { String::new() } else { answer.text().await.unwrap() };
        (status, text)
    }
}

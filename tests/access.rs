//! Who opens which door, and what they see behind it: every role at every route, and two contractors who must not see each other's work.
//!
//! Comes in: a played town with two schools, two lots and a fault of each. Goes out: pass, or the door that was open to the wrong person.
//! Absent on purpose: passwords and sessions (`pages.rs`), what pages look like.

use reqwest::{Method, StatusCode};
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::store::view;
use rollcall_collector::web::access::{DOORS, Who};
use rollcall_shared::Timestamp;
use rollcall_tests::served::{Browser, Served};
use rollcall_tests::world::World;
use rollcall_tests::world::thing::{Ail, Plug, Thing};
use std::collections::{BTreeMap, BTreeSet};

/// Monday 7 September 2026, 8:00 in Paris.
const MONDAY: Timestamp = Timestamp(1_788_760_800);
/// What a door says to the wrong person.
const DENIED: &str = "your role does not allow this";

const PLAN: &[(&str, &str)] = &[
    ("programme.csv", "code,name\nessai,Essai\n"),
    (
        "schools.csv",
        "school,name,kind,phase,zone,timetable,followed_from\ncamus,École Camus,elementaire,1,B,4.5,2024-09-02\nzola,École Zola,maternelle,1,B,4.5,2024-09-02\n",
    ),
    ("networks.csv", "site,cidr,name,school\ncamus,10.1.0.0/16,camus,camus\nzola,10.2.0.0/16,zola,zola\n"),
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
struct Subject {
    device: i64,
    fault: i64,
    secrets: Vec<String>,
}

struct Town {
    served: Served,
    tokens: BTreeMap<&'static str, String>,
    /// The projector of Camus and that of Zola (lot L1), the switch of Camus (lot L2).
    camus_projector: Subject,
    zola_projector: Subject,
    switch: Subject,
    _world: World,
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

fn played() -> World {
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

async fn town() -> Town {
    let world = tokio::task::spawn_blocking(played).await.unwrap();
    let camus_projector = subject(&world, "camus", "VP-A-CAMUS", "L1");
    let zola_projector = subject(&world, "zola", "VP-A-ZOLA", "L1");
    let switch = subject(&world, "camus", "SW-CAMUS", "L2");
    let served = Served::new(world.db.clone(), world.now).await.unwrap();
    let mut tokens = BTreeMap::new();
    for (login, role, actor, schools) in ACCOUNTS {
        let bounds = Bounds { actor: (*actor).to_owned(), schools: (*schools).to_owned(), kinds: vec![] };
        served.add_account(login, *role, bounds).await.unwrap();
        tokens.insert(*login, served.token(login).await.unwrap());
    }
    Town { served, tokens, camus_projector, zola_projector, switch, _world: world }
}

impl Town {
    async fn ask(&self, login: &str, method: &str, path: &str) -> (StatusCode, String) {
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

/// A route with something in its holes.
fn filled(route: &str, id: i64) -> String {
    let known = [("{code}", "camus".to_owned()), ("{id}", id.to_string()), ("{table}", "assets".to_owned()), ("{file}", "plan.csv".to_owned())];
    let mut path = known.into_iter().fold(route.to_owned(), |path, (hole, with)| path.replace(hole, &with));
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        path.replace_range(from..=to, "1");
    }
    if path == "/live" { "/live?topics=faults".to_owned() } else { path }
}

/// What product rules say of each role, written down a second time: a door that is added to the table changes nothing here by itself.
fn expected(role: Role, method: &str, route: &str) -> bool {
    let path = route.strip_prefix("/api/v1").unwrap_or(route);
    let api = route.starts_with("/api/");
    let writes = method != "GET";
    let money = ["/plan/budget", "/plan/grants"].iter().any(|part| path.starts_with(part));
    let own = path == "/live" || path == "/" || path.starts_with("/account");
    let works_on_faults =
        writes && (path.starts_with("/faults") || path.starts_with("/visits") || path.starts_with("/verdicts") || path.ends_with("/accept"));
    let reports = path == "/faults/new" || (api && writes && path == "/faults");
    let mends = ["/faults/{id}/act", "/faults/{id}/comment"].contains(&path);
    let queue = !writes && ["/faults", "/faults/{id}", "/visits", "/devices/{id}"].contains(&path) || (api && !writes && path == "/devices");
    let plans = ["/plan/edit", "/plan/edits", "/plan/import"].iter().any(|part| path.starts_with(part)) || path.ends_with("/back");
    let registers = writes && (path.starts_with("/register") || path == "/plan/spares")
        || path.ends_with("/new") && path.starts_with("/register")
        || path.starts_with("/plan/draft")
        || path.ends_with("/swap");
    let identity = writes && ["/devices", "/decisions", "/conflicts", "/compare", "/accepted-models"].iter().any(|part| path.starts_with(part))
        || path == "/devices/{id}/place";
    let administers =
        path.starts_with("/admin") || path.ends_with("/revoke") && path.starts_with("/agents") || writes && path.starts_with("/calendar");
    match role {
        Role::Admin => true,
        _ if own => true,
        _ if administers => false,
        Role::Contractor => mends || queue,
        Role::School => reports,
        Role::Manager => !(reports || works_on_faults || mends || identity) || path.ends_with("/swap"),
        Role::Technician => !(plans || money),
        Role::Reader => !(writes || plans || registers || identity || reports),
    }
}

#[tokio::test]
async fn every_role_at_every_door() {
    let town = town().await;
    let mut wrong = Vec::new();
    for (method, route, _) in DOORS.iter().filter(|(method, _, who)| *who != Who::Anybody && *method != "*") {
        let path = filled(route, 999_999);
        let (status, _) = town.ask("", method, &path).await;
        if status != StatusCode::UNAUTHORIZED {
            wrong.push(format!("{method} {route}: nobody in particular gets {status}"));
        }
        // Accounts that see everything; those with bounds follow below.
        for (login, role) in [("anne", Role::Admin), ("max", Role::Manager), ("theo", Role::Technician), ("rita", Role::Reader)] {
            let (status, text) = town.ask(login, method, &path).await;
            let denied = status == StatusCode::FORBIDDEN && text.contains(DENIED);
            if denied == expected(role, method, route) {
                wrong.push(format!("{method} {route}: {login} ({}) gets {status}", role.code()));
            }
            if status.is_server_error() {
                wrong.push(format!("{method} {route}: {login} gets {status}"));
            }
        }
        for (login, role) in [("paul", Role::Contractor), ("nobody", Role::Contractor), ("ecole", Role::School)] {
            let (status, text) = town.ask(login, method, &path).await;
            let denied = status == StatusCode::FORBIDDEN && text.contains(DENIED);
            if denied == expected(role, method, route) {
                wrong.push(format!("{method} {route}: {login} ({}) gets {status}", role.code()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_route_has_its_door() {
    let town = town().await;
    let doors: BTreeSet<(String, String)> = DOORS.iter().map(|(method, route, _)| ((*method).to_owned(), (*route).to_owned())).collect();
    let (_, text) = town.ask("anne", "GET", "/api/v1/openapi.json").await;
    let described: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut described_count = 0;
    for (path, methods) in described["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|method| *method != "parameters") {
            described_count += 1;
            assert!(doors.contains(&(method.to_uppercase(), path.clone())), "{method} {path} is in the description and has no door");
        }
    }
    assert!(described_count > 30, "the description was read");
    // Pages are not described: their routes are read where they are written.
    let written = include_str!("../collector/src/web/pages/mod.rs");
    let routes: Vec<&str> = written.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(routes.len() > 40, "the routes were found");
    for route in routes {
        assert!(DOORS.iter().any(|(_, known, _)| *known == route), "{route} has no door");
    }
}

/// Every address that shows something, for one subject and for all filters by which it might be found.
fn addresses(subject: &Subject, school: &str, kind: &str, lot: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (method, route, who) in DOORS {
        if *method != "GET" || *who == Who::Anybody || *route == "/live" {
            continue;
        }
        let id = if route.contains("faults") { subject.fault } else { subject.device };
        all.push(filled(&route.replace("{code}", school), id));
    }
    let serial = &subject.secrets[0];
    let squeezed: String = subject.secrets[1].chars().filter(char::is_ascii_alphanumeric).collect();
    for list in ["/faults", "/api/v1/faults"] {
        for query in [
            String::new(),
            format!("?lot={lot}"),
            format!("?school={school}"),
            format!("?kind={kind}"),
            format!("?device={}", subject.device),
            "?state=cleared".to_owned(),
            format!("?state=cleared&device={}", subject.device),
            "?severity=2".to_owned(),
        ] {
            all.push(format!("{list}{query}"));
        }
    }
    for query in [
        String::new(),
        format!("?q={serial}"),
        format!("?q={squeezed}"),
        format!("?school={school}"),
        format!("?kind={kind}"),
        "?limit=500".to_owned(),
    ] {
        all.push(format!("/devices{query}"));
        all.push(format!("/api/v1/devices{query}"));
    }
    all.push(format!("/visits?lot={lot}"));
    all
}

async fn must_not_see(town: &Town, login: &str, subject: &Subject, school: &str, kind: &str, lot: &str) {
    for path in addresses(subject, school, kind, lot) {
        let (status, text) = town.ask(login, "GET", &path).await;
        // What was searched for is said back; the page says nothing else.
        let said_back = path.split_once("?q=").map(|(_, q)| q.to_owned());
        for secret in subject.secrets.iter().filter(|secret| said_back.as_ref() != Some(secret)) {
            assert!(!text.to_lowercase().contains(&secret.to_lowercase()), "{login} reads {secret} at {path} ({status})");
        }
        assert!(!text.contains(&format!("/faults/{}\"", subject.fault)), "{login} is led to fault {} at {path}", subject.fault);
        assert!(!text.contains(&format!("/devices/{}\"", subject.device)), "{login} is led to device {} at {path}", subject.device);
    }
    for path in [format!("/faults/{}", subject.fault), format!("/devices/{}", subject.device)] {
        for path in [path.clone(), format!("/api/v1{path}")] {
            assert_eq!(town.ask(login, "GET", &path).await.0, StatusCode::NOT_FOUND, "{login} {path}: its existence is a secret");
        }
    }
    let act = format!("{}/api/v1/faults/{}/act", town.served.base, subject.fault);
    let body = serde_json::json!({ "verb": "acknowledge" });
    let answer = town.served.client().unwrap().post(act).bearer_auth(&town.tokens[login]).json(&body).send().await.unwrap();
    assert!(matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::FORBIDDEN), "{login} acts on fault {}: {}", subject.fault, answer.status());
}

#[tokio::test]
async fn a_contractor_sees_its_lots_and_nothing_of_another() {
    let town = town().await;
    must_not_see(&town, "paul", &town.switch, "camus", "switch", "L2").await;
    must_not_see(&town, "remi", &town.camus_projector, "camus", "projector", "L1").await;
    must_not_see(&town, "remi", &town.zola_projector, "zola", "projector", "L1").await;
    // A subcontractor of lot L1 at Zola sees Zola alone; somebody without an actor sees nothing.
    must_not_see(&town, "sam", &town.camus_projector, "camus", "projector", "L1").await;
    for subject in [&town.camus_projector, &town.switch] {
        must_not_see(&town, "nobody", subject, "camus", "projector", "L1").await;
    }
    // A technician with one school.
    must_not_see(&town, "tom", &town.zola_projector, "zola", "projector", "L1").await;
    // And each sees what is theirs.
    for (login, subject) in [
        ("paul", &town.camus_projector),
        ("paul", &town.zola_projector),
        ("remi", &town.switch),
        ("sam", &town.zola_projector),
        ("tom", &town.switch),
        ("rita", &town.zola_projector),
    ] {
        for path in [format!("/faults/{}", subject.fault), format!("/devices/{}", subject.device)] {
            let (status, text) = town.ask(login, "GET", &path).await;
            assert_eq!(status, StatusCode::OK, "{login} {path}");
            assert!(!path.starts_with("/devices") || text.contains(&subject.secrets[0]), "{login} {path} shows the serial number");
        }
        let (_, text) = town.ask(login, "GET", "/faults").await;
        assert!(text.contains(&format!("/faults/{}\"", subject.fault)), "{login} finds fault {} in the list", subject.fault);
    }
}

#[tokio::test]
async fn a_contractor_takes_its_fault_and_only_as_far_as_its_hand_goes() {
    let town = town().await;
    let client = town.served.client().unwrap();
    let act = |verb: &'static str| {
        let url = format!("{}/api/v1/faults/{}/act", town.served.base, town.camus_projector.fault);
        let body = serde_json::json!({ "verb": verb, "text": "vu", "lot": "L2", "cause": "part" });
        client.post(url).bearer_auth(&town.tokens["paul"]).json(&body).send()
    };
    assert_eq!(act("acknowledge").await.unwrap().status(), StatusCode::OK);
    for verb in ["assign", "verify", "dismiss", "accept", "mend"] {
        assert_eq!(act(verb).await.unwrap().status(), StatusCode::CONFLICT, "{verb} is the town's");
    }
    let answer: serde_json::Value = act("suspend").await.unwrap().json().await.unwrap();
    assert_eq!(answer["suspended"]["cause"], "part");
    // The device page says when it was last seen, and nothing of when it was there.
    let (_, text) = town.ask("paul", "GET", &format!("/devices/{}", town.camus_projector.device)).await;
    assert!(!text.contains("id=\"device-presence\"") && !text.contains("id=\"device-events\""));
    let (_, text) = town.ask("rita", "GET", &format!("/devices/{}", town.camus_projector.device)).await;
    assert!(text.contains("id=\"device-presence\"") && text.contains("id=\"device-events\""));
}

#[tokio::test]
async fn a_changed_scope_holds_at_once() {
    let town = town().await;
    let path = format!("/faults/{}", town.switch.fault);
    assert_eq!(town.ask("paul", "GET", &path).await.0, StatusCode::NOT_FOUND);
    town.served.add_account("paul", Role::Contractor, Bounds { actor: "reseau".to_owned(), ..Bounds::default() }).await.unwrap();
    assert_eq!(town.ask("paul", "GET", &path).await.0, StatusCode::OK);
    town.served
        .add_account("paul", Role::Contractor, Bounds { actor: "reseau".to_owned(), schools: "zola".to_owned(), kinds: vec![] })
        .await
        .unwrap();
    assert_eq!(town.ask("paul", "GET", &path).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_has_only_a_queue_begins_there() {
    let town = town().await;
    let paul: Browser = town.served.browser("paul").await.unwrap();
    assert_eq!(paul.get("/").await.unwrap().headers()["location"], "/faults");
    let page = paul.page("/faults").await.unwrap();
    for gone in ["href=\"/plan\"", "href=\"/schools\"", "href=\"/devices\"", "href=\"/admin\"", "href=\"/verdicts\"", "href=\"/schools/"] {
        assert!(!page.contains(gone), "{gone} leads nowhere for a contractor");
    }
}

/// Eyes of an account that does not exist see nothing at all.
#[test]
fn eyes_of_nobody_see_nothing() {
    let world = played();
    let seen = world.db.read(|tx| -> rollcall_collector::store::Result<_> {
        let mut nobody = Eyes::of(0).on(tx);
        let faults = view::fault::list(&mut nobody, &view::fault::Filter::default(), None, 100)?.len();
        let schools = view::school::list(&mut nobody, &view::school::Filter::default(), None, 100)?.len();
        Ok((faults, schools, view::device::list(&mut nobody, &view::device::Filter::default(), 0, 100)?.len()))
    });
    assert_eq!(seen.unwrap(), (0, 0, 0));
    assert!(!world.faults("camus", false).unwrap().is_empty());
}

/// What stands between two texts on a page.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let rest = page.split(from).nth(1).unwrap_or_else(|| panic!("no {from:?} on the page: {page}"));
    rest.split(to).next().unwrap()
}

#[tokio::test]
async fn a_token_does_what_its_owner_may_and_less() {
    let town = town().await;
    let paul = town.served.browser("paul").await.unwrap();
    let csrf = paul.csrf("/account").await.unwrap();
    let make = async |reads_only: &str| {
        let form = [("name", "GMAO"), ("days", "30"), ("reads_only", reads_only), ("csrf", csrf.as_str())];
        let page = paul.post("/account/tokens", &form).await.unwrap().text().await.unwrap();
        between(&page, "Bearer ", "<").to_owned()
    };
    let (reads, writes) = (make("yes").await, make("no").await);
    let client = town.served.client().unwrap();
    let get = |token: &str, path: &str| client.get(format!("{}{path}", town.served.base)).bearer_auth(token.to_owned()).send();
    let act = |token: &str| {
        let url = format!("{}/api/v1/faults/{}/act", town.served.base, town.camus_projector.fault);
        client.post(url).bearer_auth(token.to_owned()).json(&serde_json::json!({ "verb": "acknowledge" })).send()
    };
    for token in [&reads, &writes] {
        let text = get(token, "/api/v1/faults").await.unwrap().text().await.unwrap();
        assert!(text.contains("projector_lamp") && !text.contains("infrastructure_silent"), "{text}");
        // A token makes no tokens and changes no password.
        assert_eq!(get(token, "/account").await.unwrap().status(), StatusCode::FORBIDDEN);
        assert_eq!(get(token, &format!("/api/v1/faults/{}", town.switch.fault)).await.unwrap().status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(act(&reads).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(act(&writes).await.unwrap().status(), StatusCode::OK);
    // Dropped, it is nobody's.
    let page = paul.page("/account").await.unwrap();
    let id = between(&page, "action=\"/account/tokens/", "/drop");
    assert_eq!(paul.post(&format!("/account/tokens/{id}/drop"), &[("csrf", &csrf)]).await.unwrap().status(), StatusCode::SEE_OTHER);
    // The newest stands first.
    assert_eq!(get(&writes, "/api/v1/faults").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(get(&reads, "/api/v1/faults").await.unwrap().status(), StatusCode::OK);
    // Somebody else's token is not there for me.
    let remi = town.served.browser("remi").await.unwrap();
    let other = remi.csrf("/account").await.unwrap();
    let page = paul.page("/account").await.unwrap();
    let id = between(&page, "action=\"/account/tokens/", "/drop");
    assert_eq!(remi.post(&format!("/account/tokens/{id}/drop"), &[("csrf", &other)]).await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_password_is_chosen_by_its_owner() {
    let town = town().await;
    let anne = town.served.browser("anne").await.unwrap();
    let paul = town.served.browser("paul").await.unwrap();
    let csrf = anne.csrf("/admin/accounts/paul").await.unwrap();
    let make = async || {
        let page = anne.post("/admin/accounts/paul/link", &[("csrf", &csrf)]).await.unwrap().text().await.unwrap();
        format!("/password/{}", between(&page, "/password/", "<"))
    };
    let (old, link) = (make().await, make().await);
    let nobody = Browser { base: town.served.base.clone(), client: town.served.client().unwrap() };
    assert_eq!(nobody.get(&old).await.unwrap().status(), StatusCode::NOT_FOUND, "a newer link ends the older one");
    assert!(nobody.page(&link).await.unwrap().contains("name=\"again\""));
    let short = [("password", "court"), ("again", "court")];
    assert!(nobody.post(&link, &short).await.unwrap().text().await.unwrap().contains("role=\"alert\""));
    let form = [("password", "une autre phrase"), ("again", "une autre phrase")];
    assert_eq!(nobody.post(&link, &form).await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(nobody.post(&link, &form).await.unwrap().status(), StatusCode::NOT_FOUND, "it works once");
    assert_eq!(paul.get("/faults").await.unwrap().headers()["location"], "/sign-in?next=/faults", "open sessions are ended");
    let asked = |password: &'static str| {
        let url = format!("{}/api/v1/session", town.served.base);
        nobody.client.post(url).json(&serde_json::json!({ "login": "paul", "password": password })).send()
    };
    assert_eq!(asked("cheval batterie agrafe").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(asked("une autre phrase").await.unwrap().status(), StatusCode::OK);
    // Refused, it does not come in; let in again, it does.
    for (on, expected) in [("no", StatusCode::UNAUTHORIZED), ("yes", StatusCode::OK)] {
        let form = [("csrf", csrf.as_str()), ("on", on)];
        assert_eq!(anne.post("/admin/accounts/paul/state", &form).await.unwrap().status(), StatusCode::SEE_OTHER);
        assert_eq!(asked("une autre phrase").await.unwrap().status(), expected);
    }
    // Nobody shuts out the last administrator, nor takes the administration from himself.
    let form = [("csrf", csrf.as_str()), ("on", "no")];
    assert_eq!(anne.post("/admin/accounts/anne/state", &form).await.unwrap().status(), StatusCode::OK);
    let form = [("csrf", csrf.as_str()), ("role", "reader")];
    assert!(anne.post("/admin/accounts/anne", &form).await.unwrap().text().await.unwrap().contains("role=\"alert\""));
    assert_eq!(anne.get("/admin").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn an_administrator_sees_what_an_account_sees() {
    let town = town().await;
    let anne = town.served.browser("anne").await.unwrap();
    let page = anne.page("/admin/accounts/sam").await.unwrap();
    assert!(page.contains("Lot L1") && page.contains("zola"), "{page}");
    let csrf = anne.csrf("/admin/accounts/tom").await.unwrap();
    let form = [("csrf", csrf.as_str()), ("role", "technician"), ("schools", "kind=château")];
    assert!(anne.post("/admin/accounts/tom", &form).await.unwrap().text().await.unwrap().contains("role=\"alert\""), "no such kind of school");
    let form = [("csrf", csrf.as_str()), ("role", "technician"), ("schools", "kind=maternelle"), ("kind-projector", "yes")];
    assert_eq!(anne.post("/admin/accounts/tom", &form).await.unwrap().status(), StatusCode::SEE_OTHER);
    let zola = format!("/faults/{}", town.zola_projector.fault);
    assert_eq!(town.ask("tom", "GET", &zola).await.0, StatusCode::OK);
    assert_eq!(town.ask("tom", "GET", &format!("/faults/{}", town.switch.fault)).await.0, StatusCode::NOT_FOUND);
    let (_, trail) = town.ask("anne", "GET", "/admin").await;
    assert!(trail.contains("account.change"));
}

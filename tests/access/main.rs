//! Who opens which door, and what they see behind it: every role at every route, and two contractors who must not see each other's work.
//!
//! Comes in: a played town with two schools, two lots and a fault of each. Goes out: pass, or the door that was open to the wrong person.
//! Absent on purpose: passwords and sessions (`pages.rs`), what pages look like.

mod accounts;
mod bounds;
mod desk;
mod office;
mod people;
mod programs;
mod spot;
mod town;
mod twins;

use reqwest::StatusCode;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_collector::store::sight::Eyes;
use rollcall_collector::store::view;
use rollcall_collector::web::access::{DOORS, Who};
use rollcall_tests::served::Browser;
use std::collections::BTreeSet;
use town::{Subject, Town, played, town};

/// What a door says to the wrong person.
const DENIED: &str = "your role does not allow this";

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
    let own = path == "/live" || path == "/" || path == "/account" || path.starts_with("/account/");
    let works_on_faults =
        writes && (path.starts_with("/faults") || path.starts_with("/visits") || path.starts_with("/verdicts") || path.ends_with("/accept"));
    let reports = ["/faults/new", "/my-school"].contains(&path) || (api && writes && path == "/faults");
    let mends = ["/faults/act", "/faults/deeds", "/faults/{id}/act", "/faults/{id}/comment", "/my-queue"].contains(&path)
        || writes && path.starts_with("/faults/{id}/photos");
    let queue = !writes
        && (["/faults/{id}/photos/", "/punctuality", "/round"].iter().any(|part| path.starts_with(part))
            || ["/faults", "/faults/{id}", "/faults/export/{file}", "/export/visits/{file}", "/visits", "/devices/{id}", "/search"].contains(&path))
        || (api && !writes && path == "/devices");
    let plans = ["/plan/edit", "/plan/edits", "/plan/import"].iter().any(|part| path.starts_with(part)) || path.ends_with("/back");
    let registers = writes && (path.starts_with("/register") || path.starts_with("/plan/spares"))
        || path.ends_with("/new") && path.starts_with("/register")
        || path.starts_with("/plan/draft")
        || path.ends_with("/labels")
        || path.ends_with("/stocktake")
        || path.ends_with("/swap");
    let identity = writes && ["/devices", "/decisions", "/conflicts", "/compare", "/accepted-models"].iter().any(|part| path.starts_with(part))
        || path == "/devices/{id}/place";
    let administers = path.starts_with("/admin")
        || path.starts_with("/accounts")
        || ["/enrolment-codes", "/audit"].iter().any(|part| path.starts_with(part))
        || path.ends_with("/revoke") && path.starts_with("/agents")
        || writes && path.starts_with("/calendar");
    // Leads alone: none of these accounts is one.
    let people = path.starts_with("/my-people") || path.starts_with("/people");
    match role {
        // Of the page an administrator is led to all accounts.
        Role::Admin => !(api && people),
        _ if people => false,
        // A mailbox has no telephone.
        Role::School if path.starts_with("/account/second") => false,
        _ if own => true,
        _ if administers => false,
        Role::Contractor => mends || queue,
        Role::School => reports,
        // Of the page a manager is told why not; a program is told that its role does not allow it.
        Role::Manager => !(reports || works_on_faults || mends || identity) || !api && path.ends_with("/swap"),
        Role::Technician => !(plans || money),
        Role::Reader => !(writes || mends || plans || registers || identity || reports),
    }
}

/// What a technician of some schools does not open although its role might: what is told of the whole programme, or decided for all of it.
fn whole(method: &str, route: &str) -> bool {
    let path = route.strip_prefix("/api/v1").unwrap_or(route);
    let lists = path.starts_with("/compare") && (method != "GET" || path == "/compare/lists");
    ["/plan", "/agents", "/aside"].iter().any(|part| path.starts_with(part))
        || ["/accepted-models", "/devices/{id}/accept-model"].contains(&path)
        || lists
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
        let bounded = [("paul", Role::Contractor), ("nobody", Role::Contractor), ("ecole", Role::School), ("tom", Role::Technician)];
        for (login, role) in bounded {
            let (status, text) = town.ask(login, method, &path).await;
            let denied = status == StatusCode::FORBIDDEN && text.contains(DENIED);
            let open = expected(role, method, route) && (role != Role::Technician || !whole(method, route));
            if denied == open {
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
    let written = include_str!("../../collector/src/web/pages/mod.rs");
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
    for due in ["overdue", "today", "later", "undated"] {
        all.push(format!("/faults?due={due}"));
        all.push(format!("/api/v1/faults?due={due}"));
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
    assert_eq!(paul.get("/").await.unwrap().headers()["location"], "/my-queue");
    let page = paul.page("/my-queue").await.unwrap();
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

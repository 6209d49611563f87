//! Every page and the API over real HTTP, on a filled store: both languages, hostile texts, bounds, sessions, forms.
//!
//! Comes in: a collector on port 0, a clock that stands. Goes out: pass, or which page said what. Absent on purpose: looks
//! and live updates (the browser tests see those).

use reqwest::{Client, Response, StatusCode};
use rollcall_collector::config::Config;
use rollcall_collector::store::Db;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_collector::web::words::MISSING;
use rollcall_collector::web::{Web, serve, session};
use rollcall_shared::Timestamp;
use rollcall_tests::served::Served;
use rollcall_tests::{database, filled};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Saturday 7 November 2026, 08:30 UTC.
const NOW: Timestamp = Timestamp(1_794_040_200);
/// Largest page, in bytes before compression.
const MAX_PAGE_BYTES: usize = 60 * 1024;
/// Markup, both quotation marks, and an entity.
const HOSTILE: &str = "<xss a=\"b\" c='d'>&amp;{{7*7}}";

struct Collector {
    base: String,
    client: Client,
    _served: Served,
    _database: database::Database,
}

/// A collector on a free port with a filled store and the account anne, an administrator.
async fn collector(spice: &str) -> Collector {
    let database = database::sqlite();
    let (location, spice) = (database.location.clone(), spice.to_owned());
    let db = tokio::task::spawn_blocking(move || {
        let db = Db::open(&location, NOW).unwrap();
        filled::fill(&db, &spice, NOW).unwrap();
        db
    });
    let served = Served::new(db.await.unwrap(), NOW).await.unwrap();
    served.add_account("anne", Role::Admin, Bounds::default()).await.unwrap();
    Collector { base: served.base.clone(), client: served.client().unwrap(), _served: served, _database: database }
}

impl Collector {
    async fn get(&self, path: &str, language: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.base)).header("accept", "text/html, */*;q=0.8").header("accept-language", language);
        request.send().await.unwrap()
    }

    async fn page(&self, path: &str, language: &str) -> String {
        let response = self.get(path, language).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        text
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.client.post(format!("{}{path}", self.base)).header("accept", "text/html").form(form).send().await.unwrap()
    }

    /// The form token of a page.
    async fn csrf(&self, path: &str) -> String {
        let page = self.get(path, "fr").await.text().await.unwrap();
        let rest = page.split("name=\"csrf\" value=\"").nth(1).expect("a form with its token");
        rest.split('"').next().unwrap().to_owned()
    }

    async fn sign_in(&self) {
        let csrf = self.csrf("/sign-in").await;
        let form = [("login", "Anne"), ("password", "cheval batterie agrafe"), ("csrf", &csrf), ("next", "/faults")];
        let response = self.post("/sign-in", &form).await;
        assert_eq!((response.status(), response.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/faults"));
    }

    /// Addresses of every page that the filled store has something for.
    async fn addresses(&self) -> Vec<String> {
        let devices: serde_json::Value = self.get("/api/v1/devices?limit=500", "fr").await.json().await.unwrap();
        let faults: serde_json::Value = self.get("/api/v1/faults", "fr").await.json().await.unwrap();
        let ids = |list: &serde_json::Value, path: &str| -> Vec<String> {
            list["items"].as_array().unwrap().iter().map(|item| format!("{path}/{}", item["id"])).collect()
        };
        let (mut devices, faults) = (ids(&devices, "/devices"), ids(&faults, "/faults"));
        devices.extend(devices.first().map(|device| format!("{device}/place")));
        assert!(devices.len() >= 6 && faults.len() >= 2, "the store is filled: {devices:?} {faults:?}");
        let fixed = [
            "/",
            "/schools",
            "/schools?state=fault",
            "/devices",
            "/faults",
            "/faults/new",
            "/faults?state=cleared",
            "/plan",
            "/plan/edit?action=close_class",
            "/plan/held",
            "/calendar",
            "/plan/import",
            "/plan/versions",
            "/plan/versions/1",
            "/register",
            "/register/assets",
            "/register/assets/new",
            "/register/milestones",
            "/agents",
            "/conflicts",
            "/compare",
            "/admin",
            "/admin/accounts/anne",
            "/account",
            "/search",
            "/search?q=vp",
            "/privacy",
        ];
        let followed = [
            "/plan/milestones",
            "/plan/budget",
            "/plan/grants",
            "/plan/grants/etat",
            "/plan/grants/ville",
            "/plan/spares",
            "/inventory",
            "/map",
            "/wall",
        ];
        let school = ["", "/inventory", "/theft", "/theft?label=VP-99", "/labels", "/year", "/stocktake"]
            .map(|part| format!("/schools/{}{part}", filled::SCHOOL));
        fixed.into_iter().chain(followed).map(str::to_owned).chain(school).chain(devices).chain(faults).collect()
    }
}

#[tokio::test]
async fn every_page_speaks_both_languages_whole() {
    let collector = collector("").await;
    collector.sign_in().await;
    for path in collector.addresses().await {
        for (language, code) in [("fr-FR,fr", "lang=\"fr\""), ("en-GB,en", "lang=\"en\"")] {
            let page = collector.page(&path, language).await;
            assert!(page.contains(code) && !page.contains(MISSING), "{path} in {language}: {}", page.split(MISSING).nth(1).unwrap_or_default());
            assert!(page.len() <= MAX_PAGE_BYTES, "{path} has {} bytes", page.len());
            assert_eq!(page.matches("<h1>").count(), 1, "{path}: one heading says what the page is");
        }
    }
}

#[tokio::test]
async fn the_wall_calls_grave_what_the_first_page_does() {
    let collector = collector("").await;
    collector.sign_in().await;
    let (first, wall, list) = (collector.page("/", "en").await, collector.page("/wall", "en").await, collector.page("/api/v1/faults", "en").await);
    assert!(list.contains("\"severity\":\"major\""), "there are faults that are less than critical, and more than minor");
    let before = |page: &str, words: &str| {
        let text = page.contains(words).then(|| page.split(words).next()).flatten()?;
        text.split([' ', '>']).next_back()?.parse::<u32>().ok()
    };
    let on_first = if first.contains("One is critical.") { 1 } else { before(&first, " are critical.").unwrap_or(0) };
    let on_wall = if wall.contains("one of them critical") { Some(1) } else { before(&wall, " of them critical") };
    let on_wall = if wall.contains("none critical") { Some(0) } else { on_wall };
    assert_eq!(on_wall, Some(on_first), "{wall}");
}

#[tokio::test]
async fn nothing_reaches_a_page_unescaped() {
    let collector = collector(HOSTILE).await;
    collector.sign_in().await;
    let fault = collector.addresses().await.into_iter().rfind(|path| path.starts_with("/faults/")).unwrap();
    let csrf = collector.csrf(&fault).await;
    let comment = collector.post(&format!("{fault}/comment"), &[("text", HOSTILE), ("csrf", &csrf)]).await;
    assert_eq!(comment.status(), StatusCode::SEE_OTHER);
    let mut seen = 0;
    let query = HOSTILE.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let searches = ["/schools", "/devices", "/faults"]
        .map(|path| format!("{path}?q={query}&state={query}&kind={query}&code={query}&school={query}&phase={query}"));
    for path in collector.addresses().await.into_iter().chain(searches) {
        let page = collector.page(&path, "fr").await;
        for raw in ["<xss", "a=\"b\"", "c='d'", "&amp;{{7*7}}"] {
            assert!(
                !page.contains(raw),
                "{path} shows {raw} as it came: {:?}",
                page.split(raw).next().map(|before| before.chars().rev().take(120).collect::<String>())
            );
        }
        seen += page.matches("&#60;xss").count();
    }
    assert!(seen > 30, "the hostile texts were shown at all: {seen}");
    let missing = collector.get(&format!("/schools/{query}"), "fr").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert!(!missing.text().await.unwrap().contains("<xss"));
}

/// A room is renamed on the page, a school merged through the API; each makes a version, and what is refused says why.
#[tokio::test]
async fn the_plan_changes_in_one_action() {
    let collector = collector("").await;
    collector.sign_in().await;
    let page = collector.page("/plan/edit", "fr").await;
    let csrf = collector.csrf("/plan/edit").await;
    assert!(page.contains("Renommer une salle") && page.contains("name=\"action\" value=\"merge_school\""));
    let rename = |name: &'static str, step: &'static str| {
        vec![("action", "rename_school"), ("school", filled::SCHOOL), ("name", name), ("step", step), ("csrf", csrf.as_str())]
    };
    let looked = collector.post("/plan/edit", &rename("Victor Hugo", "")).await;
    assert_eq!(looked.status(), StatusCode::OK);
    let looked = looked.text().await.unwrap();
    assert!(looked.contains("renommée Victor Hugo") && looked.contains("Confirmer : 1 école est concernée"), "{looked}");
    let done = collector.post("/plan/edit", &rename("Victor Hugo", "do")).await;
    let location = done.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with("/plan/edit?version="), "{location}");
    assert!(collector.page(&location, "fr").await.contains("renommée Victor Hugo"));
    assert!(collector.page("/schools", "fr").await.contains("Victor Hugo"));
    let refused = collector.post("/plan/edit", &rename("a|b", "do")).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert!(refused.text().await.unwrap().contains("ne peut pas être un nom"));

    let api = |body: serde_json::Value, dry: bool| {
        collector.client.post(format!("{}/api/v1/plan/edits?dry_run={dry}", collector.base)).header("accept-language", "en").json(&body).send()
    };
    let move_dates = serde_json::json!({"action": "move_dates", "schools": filled::SCHOOL, "milestone": "installation", "to": "2027-03", "cause": "late delivery"});
    let told: serde_json::Value = api(move_dates.clone(), true).await.unwrap().json().await.unwrap();
    assert_eq!((&told["version"], told["count"].as_u64().unwrap() > 0), (&serde_json::Value::Null, true), "{told}");
    let told: serde_json::Value = api(move_dates, false).await.unwrap().json().await.unwrap();
    assert!(told["version"].as_i64().is_some(), "{told}");
    let held: serde_json::Value = collector.get("/api/v1/plan/held", "fr").await.json().await.unwrap();
    assert!(held["totals"].is_array() && held["returns"].is_array() && held["to_reassign"].is_array(), "{held}");
    assert_eq!(collector.get("/api/v1/aside?what=surplus", "fr").await.status(), StatusCode::OK);
    assert_eq!(collector.get("/api/v1/aside?what=lost", "fr").await.status(), StatusCode::BAD_REQUEST);
    let bad = api(serde_json::json!({"action": "close_school", "school": "nowhere", "on": "2027"}), false).await.unwrap();
    assert_eq!(bad.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: serde_json::Value = bad.json().await.unwrap();
    assert_eq!(problem["detail"], "school: no school has the code “nowhere”; expected the code of a school of the plan");
}

/// A person puts a device to a place; the decision shows, outlasts the next settle, and can be taken back.
#[tokio::test]
async fn a_device_is_put_to_a_place() {
    let collector = collector("").await;
    collector.sign_in().await;
    let places: serde_json::Value = collector.get(&format!("/api/v1/schools/{}/places?limit=500", filled::SCHOOL), "fr").await.json().await.unwrap();
    let filled = places["items"].as_array().unwrap().iter().find(|place| place["device"].is_i64()).expect("a place that is filled").clone();
    let (device, key) = (filled["device"].as_i64().unwrap(), filled["key"].as_str().unwrap());
    let page = format!("/devices/{device}/place");
    assert!(collector.page(&page, "fr").await.contains("Placer cet appareil"));
    let csrf = collector.csrf(&page).await;
    let chosen = collector.post(&page, &[("place", key), ("csrf", &csrf)]).await;
    assert_eq!(chosen.status(), StatusCode::SEE_OTHER);
    assert!(collector.page(&page, "fr").await.contains("Ne plus imposer cette place"));
    let wrong = collector.post(&page, &[("place", "no such place"), ("csrf", &csrf)]).await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    let put = collector.client.put(format!("{}/api/v1{page}", collector.base)).json(&serde_json::json!({"place": null})).send().await.unwrap();
    assert_eq!(put.status(), StatusCode::OK);
    assert!(!collector.page(&page, "fr").await.contains("Ne plus imposer cette place"));
}

#[tokio::test]
async fn a_visitor_sees_nothing_but_the_sign_in_page() {
    let collector = collector("").await;
    for path in ["/", "/schools", "/schools/camus", "/devices", "/faults", "/plan", "/agents", "/admin"] {
        let response = collector.get(path, "fr").await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
        assert!(response.headers()["location"].to_str().unwrap().starts_with("/sign-in?next="), "{path}");
    }
    for path in ["/api/v1/overview", "/api/v1/devices", "/live?topics=overview"] {
        let response = collector.client.get(format!("{}{path}", collector.base)).send().await.unwrap();
        assert_eq!(
            (response.status(), response.headers()["content-type"].to_str().unwrap()),
            (StatusCode::UNAUTHORIZED, "application/problem+json"),
            "{path}"
        );
    }
    assert_eq!(collector.get("/privacy", "fr").await.status(), StatusCode::OK, "open to everybody");
}

#[tokio::test]
async fn forms_of_others_wrong_passwords_and_too_many_of_them_are_refused() {
    let collector = collector("").await;
    let stolen = collector.post("/sign-in", &[("login", "anne"), ("password", "cheval batterie agrafe"), ("csrf", "x")]).await;
    assert_eq!(stolen.status(), StatusCode::OK, "the page again, not a session");
    for attempt in 0..8 {
        let csrf = collector.csrf("/sign-in").await;
        let page = collector.post("/sign-in", &[("login", "anne"), ("password", "faux mot de passe"), ("csrf", &csrf)]).await.text().await.unwrap();
        assert!(page.contains(if attempt < 5 { "inconnu" } else { "Trop d’essais" }), "attempt {attempt}");
    }
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let collector = collector("").await;
    collector.sign_in().await;
    for path in ["/schools/camus/accept", "/agents/1/revoke", "/sign-out"] {
        assert_eq!(collector.post(path, &[("csrf", "x")]).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let csrf = collector.csrf("/schools/camus").await;
    assert_eq!(collector.post("/schools/camus/accept", &[("csrf", &csrf)]).await.status(), StatusCode::SEE_OTHER);
    assert!(!collector.page("/schools/camus", "fr").await.contains("/schools/camus/accept"), "accepted once, asked no more");
    let out = collector.post("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    assert_eq!(collector.get("/", "fr").await.status(), StatusCode::SEE_OTHER, "signed out");
}

#[tokio::test]
async fn an_enrolment_code_is_shown_once_and_kept_as_its_hash() {
    let collector = collector("").await;
    collector.sign_in().await;
    let csrf = collector.csrf("/admin").await;
    let page = collector.post("/admin/codes", &[("networks", "camus"), ("csrf", &csrf)]).await.text().await.unwrap();
    let code = page.split("--code</span> ").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(code.len(), 19, "{code}");
    assert!(!collector.page("/admin", "fr").await.contains(&code));
}

#[tokio::test]
async fn answers_carry_their_guards() {
    let collector = collector("").await;
    let response = collector.get("/sign-in", "fr").await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in [("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin"), ("cache-control", "no-store")] {
        assert_eq!(response.headers()[name], value);
    }
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let page = response.text().await.unwrap();
    for word in [" style=", "<style", " onclick=", "<script>", "javascript:"] {
        assert!(!page.contains(word), "the policy forbids {word}");
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(collector.get(path, "fr").await.status(), StatusCode::OK, "{path}");
    }
    let nowhere = collector.get("/nowhere", "en").await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    assert!(nowhere.text().await.unwrap().contains("There is nothing at this address"));
}

#[tokio::test]
async fn the_api_pages_by_key_and_describes_itself() {
    let collector = collector("").await;
    let wrong = collector.client.post(format!("{}/api/v1/session", collector.base)).json(&serde_json::json!({"login": "anne", "password": "faux"}));
    assert_eq!(wrong.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let right = serde_json::json!({"login": "anne", "password": "cheval batterie agrafe"});
    let session = collector.client.post(format!("{}/api/v1/session", collector.base)).json(&right).send().await.unwrap();
    let token = session.json::<serde_json::Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    let get = async |path: &str| {
        let request = collector.client.get(format!("{}{path}", collector.base)).bearer_auth(&token);
        request.send().await.unwrap().json::<serde_json::Value>().await.unwrap()
    };
    let mut ids = Vec::new();
    let mut after = 0;
    loop {
        let page = get(&format!("/api/v1/devices?limit=2&after={after}")).await;
        ids.extend(page["items"].as_array().unwrap().iter().map(|device| device["id"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => after = next.parse().unwrap(),
            None => break,
        }
    }
    let overview = get("/api/v1/overview").await;
    assert_eq!(overview["devices"].as_i64(), Some(ids.len() as i64), "{overview}");
    assert_eq!(overview["faults"]["projector_lamp"], 1, "{overview}");
    let problem = get("/api/v1/faults?code=nonsense").await;
    assert_eq!(problem["status"], 400, "{problem}");
    assert_eq!(get("/api/v1/nothing").await["status"], 404);
    let description = get("/api/v1/openapi.json").await;
    for path in ["/api/v1/overview", "/api/v1/schools/{code}/places", "/api/v1/devices/{id}", "/api/v1/faults"] {
        assert!(description["paths"][path]["get"].is_object(), "{path} is described");
    }
}

#[tokio::test]
async fn people_move_a_fault_by_forms_and_over_the_api_and_hear_why_not() {
    let collector = collector("").await;
    collector.sign_in().await;
    let path = collector.addresses().await.into_iter().rfind(|path| path.starts_with("/faults/")).unwrap();
    let csrf = collector.csrf(&path).await;
    let noted = collector.post(&format!("{path}/act"), &[("verb", "acknowledge"), ("text", "vu ce matin"), ("csrf", &csrf)]).await;
    assert_eq!(noted.status(), StatusCode::SEE_OTHER);
    let page = collector.page(&path, "fr").await;
    assert!(page.contains("prise en compte") && page.contains("vu ce matin"), "{page}");
    let again = collector.post(&format!("{path}/act"), &[("verb", "acknowledge"), ("csrf", &csrf)]).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(again.text().await.unwrap().contains("pas possible"), "the refusal is said");
    let api = |asked: serde_json::Value| collector.client.post(format!("{}/api/v1{path}/act", collector.base)).json(&asked).send();
    let waits = api(serde_json::json!({ "verb": "suspend", "cause": "part", "until": "2099-01-01" })).await.unwrap();
    let fault: serde_json::Value = waits.json().await.unwrap();
    assert_eq!((fault["state"].as_str(), fault["suspended"]["cause"].as_str()), (Some("suspended"), Some("part")), "{fault}");
    assert!(collector.page(&path, "fr").await.contains("attente d’une pièce"));
    let wrong = api(serde_json::json!({ "verb": "suspend", "cause": "rain" })).await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let claimed: serde_json::Value = api(serde_json::json!({ "verb": "claim" })).await.unwrap().json().await.unwrap();
    assert_eq!((claimed["state"].as_str(), claimed["held"].as_array().unwrap().len()), (Some("claimed"), 1), "{claimed}");
}

#[tokio::test]
async fn a_visit_a_verdict_and_a_swap_by_their_forms() {
    let collector = collector("").await;
    collector.sign_in().await;
    let path = collector.addresses().await.into_iter().rfind(|path| path.starts_with("/faults/")).unwrap();
    let csrf = collector.csrf(&path).await;
    let visit = collector.post(&format!("{path}/visit"), &[("on", "2099-03-02"), ("csrf", &csrf)]).await;
    assert_eq!(visit.status(), StatusCode::SEE_OTHER);
    let visits = collector.page("/visits", "fr").await;
    assert!(visits.contains(&format!("href=\"{path}\"")), "{visits}");
    let past = collector.post(&format!("{path}/visit"), &[("on", "2020-03-02"), ("csrf", &csrf)]).await;
    assert_eq!(past.status(), StatusCode::CONFLICT);
    let swap = collector.post(&format!("{path}/swap"), &[("old", "inconnu"), ("new", "P-2"), ("csrf", &csrf)]).await;
    assert_eq!(swap.status(), StatusCode::CONFLICT);
    assert!(swap.text().await.unwrap().contains("inconnu"));
    let works = [("verdict", "silence"), ("school", filled::SCHOOL), ("until", "2099-01-01"), ("reason", "peinture"), ("csrf", csrf.as_str())];
    assert_eq!(collector.post("/verdicts", &works).await.status(), StatusCode::SEE_OTHER);
    let verdicts = collector.page("/verdicts", "fr").await;
    assert!(verdicts.contains("peinture"), "{verdicts}");
    let wide = [("verdict", "accepted"), ("reason", "tout"), ("csrf", csrf.as_str())];
    assert_eq!(collector.post("/verdicts", &wide).await.status(), StatusCode::BAD_REQUEST);
    let revoke = verdicts.split("/verdicts/").find_map(|rest| rest.split_once("/revoke").map(|(id, _)| format!("/verdicts/{id}/revoke"))).unwrap();
    assert_eq!(collector.post(&revoke, &[("csrf", &csrf)]).await.status(), StatusCode::SEE_OTHER);
    assert!(!collector.page("/verdicts", "fr").await.contains("peinture"));
    assert!(collector.get("/api/v1/lists?code=nonsense", "fr").await.status() == StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_report_opens_a_fault_and_the_next_one_joins_it() {
    let collector = collector("").await;
    collector.sign_in().await;
    let csrf = collector.csrf("/faults/new").await;
    let form = [
        ("school", filled::SCHOOL),
        ("room", "Classe 02"),
        ("kind", "document_camera"),
        ("text", "bras cassé"),
        ("origin", "school"),
        ("csrf", &csrf),
    ];
    let filed = collector.post("/faults/new", &form).await;
    assert_eq!(filed.status(), StatusCode::SEE_OTHER);
    let path = filed.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(collector.post("/faults/new", &form).await.headers()["location"].to_str().unwrap(), path);
    let fault: serde_json::Value = collector.get(&format!("/api/v1{path}"), "fr").await.json().await.unwrap();
    assert_eq!((fault["origin"].as_str(), fault["reports"].as_i64()), (Some("school"), Some(2)), "{fault}");
    assert!(fault["possible"].as_array().unwrap().iter().any(|verb| verb == "confirm"), "{fault}");
    let nowhere = [("school", "nulle-part"), ("text", "x"), ("csrf", csrf.as_str())];
    assert_eq!(collector.post("/faults/new", &nowhere).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_first_administrator_comes_by_a_link_that_works_once() {
    let database = database::sqlite();
    let location = database.location.clone();
    let (db, link) = tokio::task::spawn_blocking(move || {
        let db = Db::open(&location, NOW).unwrap();
        let link = session::first_admin_link(&db, NOW).unwrap().expect("no account yet: a link");
        (db, link)
    })
    .await
    .unwrap();
    let served = Served::new(db, NOW).await.unwrap();
    let base = &served.base;
    let client = Client::builder().cookie_store(true).no_proxy().build().unwrap();
    let short = client.post(format!("{base}{link}")).form(&[("login", "anne"), ("password", "court"), ("again", "court")]).send().await.unwrap();
    assert!(short.text().await.unwrap().contains("10"), "the page says how long a password must be");
    let form = [("login", "anne"), ("password", "cheval batterie agrafe"), ("again", "cheval batterie agrafe")];
    let made = client.post(format!("{base}{link}")).form(&form).send().await.unwrap();
    assert_eq!((made.status(), made.url().path()), (StatusCode::OK, "/"), "signed in");
    assert_eq!(client.get(format!("{base}{link}")).send().await.unwrap().status(), StatusCode::NOT_FOUND, "used up");
}

#[tokio::test]
async fn over_tls_of_its_own_authority_cookies_are_bound_to_the_host() {
    let (database, folder) = (database::sqlite(), tempfile::tempdir().unwrap());
    let location = database.location.clone();
    let db = tokio::task::spawn_blocking(move || Db::open(&location, NOW).unwrap()).await.unwrap();
    let mut config = Config::default();
    config.store.folder = folder.path().to_owned();
    // The client holds certificates against the machine's clock, so this one collector goes by it as well.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let web = Web::new(db, config, Arc::new(move || Timestamp(now))).unwrap();
    assert!(web.pin.is_some(), "enrolment codes carry the pin of the authority");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { serve(listener, web, std::future::pending()).await });
    let _ = rustls::crypto::ring::default_provider().install_default();
    let authority = reqwest::Certificate::from_pem(&std::fs::read(folder.path().join("tls/ca.pem")).unwrap()).unwrap();
    let client = Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
    let page = client.get(format!("{base}/sign-in")).send().await.unwrap();
    assert!(page.headers().contains_key("strict-transport-security"));
    let cookie = page.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-rollcall-visit=") && cookie.contains("Secure"), "{cookie}");
    let plain = Client::builder().no_proxy().build().unwrap().get(format!("{base}/healthz")).send().await;
    assert!(plain.is_err(), "an authority that nobody trusts yet is no authority");
}

/// The evidence file of a grant in its three forms: its sums come out, and what cannot be proved stands first.
#[tokio::test]
async fn an_evidence_file_checks_its_own_arithmetic() {
    let collector = collector("").await;
    collector.sign_in().await;
    let grants: serde_json::Value = collector.get("/api/v1/plan/grants", "en").await.json().await.unwrap();
    assert_eq!((&grants["granted"], &grants["left_to_town"]), (&"25593".into(), &"10969".into()));
    assert!(grants["checks"].as_array().unwrap().iter().all(|check| check["holds"] == true), "{grants}");
    let file: serde_json::Value = collector.get("/api/v1/plan/grants/etat", "en").await.json().await.unwrap();
    let labels: Vec<&str> = file["proof"].as_array().unwrap().iter().map(|thing| thing["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["VP-10"], "{file}");
    let page = collector.page("/plan/grants/etat", "en").await;
    assert!(page.find("Not proved yet").unwrap() < page.find("Proof</h2>").unwrap());
    for (form, opens) in [("xlsx", &b"PK"[..]), ("ods", &b"PK"[..]), ("csv", "\u{feff}".as_bytes())] {
        let response = collector.get(&format!("/plan/grants/etat/evidence.{form}"), "en").await;
        assert_eq!(response.status(), StatusCode::OK, "{form}");
        assert!(response.headers()["content-disposition"].to_str().unwrap().contains(&format!("evidence-etat.{form}")));
        let bytes = response.bytes().await.unwrap();
        assert!(bytes.starts_with(opens), "{form}");
        if form == "csv" {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(text.contains("VP-10") && text.contains("70% of the eligible spending") && !text.contains("differs"), "{text}");
        }
    }
    for path in ["/plan/grants/none", "/plan/grants/etat/evidence.exe", "/schools/none/inventory", "/schools/camus/inventory/inventory.exe"] {
        assert_eq!(collector.get(path, "en").await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let inventory = collector.get("/schools/camus/inventory/inventory.csv", "fr").await.text().await.unwrap();
    assert!(inventory.contains("VP-10;") && inventory.contains("480,00"), "{inventory}");
}

#[tokio::test]
async fn a_minimum_of_spares_says_what_to_order() {
    let collector = collector("").await;
    collector.sign_in().await;
    let csrf = collector.csrf("/plan/spares").await;
    let response = collector.post("/plan/spares", &[("csrf", &csrf), ("kind", "tablet"), ("minimum", "5")]).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let spares: serde_json::Value = collector.get("/api/v1/plan/spares", "en").await.json().await.unwrap();
    let tablet = spares.as_array().unwrap().iter().find(|spare| spare["kind"] == "tablet").unwrap();
    assert_eq!((&tablet["spare"], &tablet["to_order"]), (&1.into(), &4.into()), "{spares}");
}

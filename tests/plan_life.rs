//! The plan's life on pages and over the API, over real HTTP: exported, edited, merged, undone; who may, and what is said of it.
//!
//! Comes in: a collector on port 0 with a filled store, a clock that stands. Goes out: pass, or which answer said what. Absent on
//! purpose: the rules of merging (the core's tests), both engines (`store/merges`).

use reqwest::{Client, Response, StatusCode};
use rollcall_collector::domain::language::Language;
use rollcall_collector::plan_folder::{Container, Export, pack, read_upload};
use rollcall_collector::store::Db;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_shared::Timestamp;
use rollcall_tests::served::{Browser, Served};
use rollcall_tests::{database, filled};
use serde_json::{Value, json};

/// Saturday 7 November 2026, 08:30 UTC.
const NOW: Timestamp = Timestamp(1_794_040_200);

struct Collector {
    base: String,
    client: Client,
    _served: Served,
    _database: database::Database,
}

/// A collector on a free port, where somebody of this role is signed in.
async fn collector(role: Role) -> Collector {
    let database = database::sqlite();
    let location = database.location.clone();
    let db = tokio::task::spawn_blocking(move || {
        let db = Db::open(&location, NOW).unwrap();
        filled::fill(&db, "", NOW).unwrap();
        db
    });
    let served = Served::new(db.await.unwrap(), NOW).await.unwrap();
    served.add_account("anne", role, Bounds::default()).await.unwrap();
    let Browser { base, client } = served.browser("anne").await.unwrap();
    Collector { base, client, _served: served, _database: database }
}

impl Collector {
    async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.base)).header("accept", "text/html").header("accept-language", "fr");
        request.send().await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        text
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.client.post(format!("{}{path}", self.base)).header("accept", "text/html").form(form).send().await.unwrap()
    }

    async fn csrf(&self, path: &str) -> String {
        let page = self.get(path).await.text().await.unwrap();
        page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form with its token").to_owned()
    }

    /// Brings a file through the page; where it leads.
    async fn upload(&self, name: &str, bytes: &[u8]) -> String {
        let csrf = self.csrf("/plan/import").await;
        let mut body = format!("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let request = self.client.post(format!("{}/plan/import", self.base)).header("accept", "text/html");
        let response = request.header("content-type", "multipart/form-data; boundary=x").body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{}", response.text().await.unwrap());
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn api(&self, method: reqwest::Method, path: &str, body: Value) -> (StatusCode, Value) {
        let response = self.client.request(method, format!("{}/api/v1{path}", self.base)).json(&body).send().await.unwrap();
        (response.status(), response.json().await.unwrap_or(Value::Null))
    }

    async fn bytes(&self, path: &str) -> Vec<u8> {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.bytes().await.unwrap().to_vec()
    }
}

/// An export with one table written anew.
fn edited(export: &[u8], table: &str, text: &str) -> Vec<u8> {
    let brought = read_upload("plan.xlsx", export);
    assert_eq!(brought.notes, []);
    let mut tables = brought.tables;
    for fresh in rollcall_collector::domain::plan::read_tables([(table, text)]).0.iter() {
        tables.put(fresh.clone());
    }
    let export = Export { tables: &tables, origin: brought.origin.as_ref(), language: Some(Language::Fr), made_at: NOW };
    pack(Container::Xlsx, &export).unwrap()
}

#[tokio::test]
async fn an_export_comes_back_edited_and_is_confirmed_with_a_note() {
    let collector = collector(Role::Manager).await;
    let export = collector.bytes("/plan/export/plan.xlsx").await;
    let changed =
        edited(&export, "phases.csv", "phase,name,rank,pilot,starts_on,ends_on\n1,Première phase,1,no,2024,2024\n2,Phase 2,2,no,2026,2028\n");
    let review = collector.upload("plan corrigé.xlsx", &changed).await;
    let page = collector.page(&review).await;
    assert!(page.contains("Exportées de la version 1") && page.contains("2 lignes changent") && page.contains("Première phase"), "{page}");
    let csrf = collector.csrf(&review).await;
    let without = collector.post(&review, &[("csrf", &csrf), ("note", " ")]).await.text().await.unwrap();
    assert!(without.contains("Dites en une phrase pourquoi"), "{without}");
    let done = collector.post(&review, &[("csrf", &csrf), ("note", "phase 2 prolongée")]).await;
    assert_eq!(done.headers()["location"], "/plan/versions/2");
    assert_eq!(collector.get(&review).await.status(), StatusCode::NOT_FOUND, "a file is taken in once");
    let version = collector.page("/plan/versions/2").await;
    assert!(version.contains("phase 2 prolongée") && version.contains("ends_on 2027 → 2028"), "{version}");
    // And back again: a third version that says what the first said.
    let csrf = collector.csrf("/plan/versions/1").await;
    let back = collector.post("/plan/versions/1/back", &[("csrf", &csrf), ("note", "finalement non")]).await;
    assert_eq!(back.headers()["location"], "/plan/versions/3");
    let (_, changes) = collector.api(reqwest::Method::GET, "/plan/versions/3/changes?from=1", json!({})).await;
    assert_eq!(changes, json!({ "rows": [], "effects": [] }));
}

#[tokio::test]
async fn a_cell_changed_on_both_sides_waits_for_a_choice() {
    let collector = collector(Role::Admin).await;
    let export = collector.bytes("/plan/export/plan.ods").await;
    let rooms = "school,room,kind\ncamus,Classe 01,library\n";
    let here = edited(&export, "rooms.csv", rooms);
    let (status, told) = import(&collector, "?note=ici", here).await;
    assert_eq!((status, &told["version"]), (StatusCode::OK, &json!(2)), "{told}");
    let there = edited(&export, "rooms.csv", "school,room,kind\ncamus,Classe 01,staff\n");
    let (status, told) = import(&collector, "?note=la-bas", there.clone()).await;
    assert_eq!(
        (status, told["conflicts"].as_array().map(Vec::len), &told["conflicts"][0]["ours_by"]),
        (StatusCode::CONFLICT, Some(1), &json!("anne")),
        "{told}"
    );
    let review = collector.upload("plan.ods", &there).await;
    let page = collector.page(&review).await;
    assert!(page.contains("1 cellule changée des deux côtés") && page.contains("library") && page.contains("staff"), "{page}");
    let field = page.split("type=\"radio\" name=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let csrf = collector.csrf(&review).await;
    let open = collector.post(&review, &[("csrf", &csrf), ("note", "salle des maîtres")]).await.text().await.unwrap();
    assert!(open.contains("Il reste 1 cellule à choisir"), "{open}");
    let done = collector.post(&review, &[("csrf", &csrf), ("note", "salle des maîtres"), (field, "theirs")]).await;
    assert_eq!(done.headers()["location"], "/plan/versions/3");
}

async fn import(collector: &Collector, query: &str, bytes: Vec<u8>) -> (StatusCode, Value) {
    let request = collector.client.post(format!("{}/api/v1/plan/import{query}", collector.base)).header("content-type", "application/octet-stream");
    let response = request.body(bytes).send().await.unwrap();
    (response.status(), response.json().await.unwrap_or(Value::Null))
}

#[tokio::test]
async fn errors_name_sheet_row_and_column_and_nothing_is_taken_in() {
    let collector = collector(Role::Admin).await;
    let (status, told) = import(&collector, "?name=rooms.csv", b"school,room\nnowhere,1\n".to_vec()).await;
    assert_eq!(
        (status, &told["notes"][0]["row"], &told["notes"][0]["column"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!(2), &json!("school")),
        "{told}"
    );
    let (status, told) = import(&collector, "?name=plan.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()).await;
    assert_eq!((status, &told["notes"][0]["key"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("unreadable")), "{told}");
    let review = collector.upload("rooms.csv", b"school,room\nnowhere,1\n").await;
    let page = collector.page(&review).await;
    assert!(page.contains("nowhere") && page.contains("rooms.csv") && !page.contains("name=\"note\""), "{page}");
    let (_, versions) = collector.api(reqwest::Method::GET, "/plan/versions", json!({})).await;
    assert_eq!(versions["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_row_of_the_register_is_changed_signed_shown_and_undone() {
    let collector = collector(Role::Technician).await;
    let csrf = collector.csrf("/register/assets/new").await;
    let form =
        [("csrf", csrf.as_str()), ("label_or_serial", "T/1"), ("kind", "tablet"), ("school", "camus"), ("state", "in_service"), ("why", "livraison")];
    let made = collector.post("/register/assets/new", &form).await;
    assert_eq!(made.headers()["location"], "/register/assets/T%2F1");
    let wrong = collector
        .post("/register/assets/T%2F1", &[("csrf", &csrf), ("school", "nulle-part"), ("warranty_until", "31/02/2026")])
        .await
        .text()
        .await
        .unwrap();
    assert!(wrong.contains("la date « 31/02/2026 »"), "{wrong}");
    let form = [("csrf", csrf.as_str()), ("state", "repair"), ("warranty_until", "fin 2027"), ("why", "écran fendu")];
    assert_eq!(collector.post("/register/assets/T%2F1", &form).await.status(), StatusCode::SEE_OTHER);
    let page = collector.page("/register/assets/T%2F1").await;
    assert!(page.contains("écran fendu") && page.contains("en service → en réparation"), "{page}");
    let (status, told) = collector.api(reqwest::Method::GET, "/register/assets/T%2F1", json!({})).await;
    assert_eq!(
        (status, &told["cells"]["state"], &told["cells"]["warranty_until"], told["history"].as_array().map(Vec::len)),
        (StatusCode::OK, &json!("repair"), &json!("fin 2027"), Some(2))
    );
    let change = told["history"][0]["change"].clone();
    let (status, told) = collector.api(reqwest::Method::POST, &format!("/register/changes/{change}/undo"), json!({ "why": "erreur" })).await;
    assert_eq!((status, &told["cells"]["state"], &told["history"][0]["why"]), (StatusCode::OK, &json!("in_service"), &json!("erreur")), "{told}");
    let (status, told) = collector.api(reqwest::Method::PUT, "/register/assets/T%2F1", json!({ "cells": { "school": "nulle-part" } })).await;
    assert_eq!((status, &told["notes"][0]["column"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("school")), "{told}");
    let (status, told) = collector.api(reqwest::Method::DELETE, "/register/assets/T%2F1", json!({})).await;
    assert_eq!((status, &told["cells"]), (StatusCode::OK, &Value::Null), "{told}");
    assert!(collector.page("/register").await.contains("T/1"));
}

#[tokio::test]
async fn roles_may_what_the_table_of_rights_says() {
    let technician = collector(Role::Technician).await;
    assert_eq!(technician.get("/plan/import").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(import(&technician, "", Vec::new()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(technician.get("/register/invoices").await.status(), StatusCode::NOT_FOUND, "money is not a technician's");
    let reader = collector(Role::Reader).await;
    let page = reader.page("/register/assets").await;
    assert!(!page.contains("/register/assets/new"), "{page}");
    let (status, _) = reader.api(reqwest::Method::PUT, "/register/assets/T1", json!({ "cells": {} })).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(read_upload("plan.zip", &reader.bytes("/plan/export/plan.zip").await).origin.is_some());
}

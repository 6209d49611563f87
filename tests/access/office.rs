//! What the office brings in and decides by programs: decisions and their end, swaps, photos taken away, first pictures, lists, calendars, a theft.

use super::town::{Town, town};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

/// Sends a file.
pub(super) async fn send(town: &Town, login: &str, path: &str, kind: &str, bytes: &[u8]) -> (StatusCode, Value) {
    let request = town.served.client().unwrap().post(format!("{}{path}", town.served.base)).bearer_auth(&town.tokens[login]);
    let answer = request.header(CONTENT_TYPE, kind).body(bytes.to_vec()).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}")))
}

#[tokio::test]
async fn decisions_are_listed_and_taken_back_within_what_is_seen() {
    let town = town().await;
    let decide = async |login: &str, school: &str| {
        let asked = json!({ "verdict": "silence", "school": school, "until": "2026-09-20", "reason": "travaux" });
        let (status, answer) = town.call(login, "POST", "/api/v1/verdicts", asked).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["id"].as_i64().unwrap()
    };
    let (zola, camus) = (decide("theo", "zola").await, decide("tom", "camus").await);
    let list = async |login: &str, query: &str| town.call(login, "GET", &format!("/api/v1/verdicts{query}"), Value::Null).await.1;
    let all = list("theo", "?limit=1").await;
    assert_eq!(
        (&all["items"][0]["id"], &all["items"][0]["school"], &all["items"][0]["by"]),
        (&json!(camus), &json!("camus"), &json!("tom")),
        "{all}"
    );
    let rest = list("theo", &format!("?after={}", all["next"].as_str().unwrap())).await;
    assert_eq!((&rest["items"][0]["id"], &rest["next"]), (&json!(zola), &Value::Null), "{rest}");
    let own = list("tom", "").await;
    assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["id"]), (1, &json!(camus)), "{own}");
    let revoke = async |login: &str, id: i64| town.call(login, "POST", &format!("/api/v1/verdicts/{id}/revoke"), Value::Null).await.0;
    assert_eq!((revoke("tom", zola).await, revoke("rita", zola).await), (StatusCode::NOT_FOUND, StatusCode::FORBIDDEN));
    assert_eq!((revoke("tom", camus).await, revoke("tom", camus).await), (StatusCode::NO_CONTENT, StatusCode::NOT_FOUND));
    assert_eq!(list("tom", "").await["items"], json!([]));
}

#[tokio::test]
async fn a_swap_is_noted_by_a_program_and_the_new_one_stands_where_the_old_one_stood() {
    let town = town().await;
    let cells = json!({ "cells": { "kind": "projector", "school": "camus", "room": "CM1", "state": "in_service" } });
    assert_eq!(town.call("theo", "PUT", "/api/v1/register/assets/VP-12", cells).await.0, StatusCode::OK);
    let fault = town.camus_projector.fault;
    let swap = async |login: &str, fault: i64, old: &str, becomes: &str| {
        let asked = json!({ "old": old, "new": "VP-13", "serial": "SN-13", "becomes": becomes });
        town.call(login, "POST", &format!("/api/v1/faults/{fault}/swap"), asked).await
    };
    for (login, fault, old, becomes, expected) in [
        ("tom", town.zola_projector.fault, "VP-12", "repair", StatusCode::NOT_FOUND),
        ("max", fault, "VP-12", "repair", StatusCode::FORBIDDEN),
        ("paul", fault, "VP-12", "repair", StatusCode::FORBIDDEN),
        ("theo", fault, "VP-99", "repair", StatusCode::CONFLICT),
        ("tom", fault, "D-2", "repair", StatusCode::CONFLICT),
        ("theo", fault, "", "repair", StatusCode::UNPROCESSABLE_ENTITY),
        ("theo", fault, "VP-12", "burnt", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, answer) = swap(login, fault, old, becomes).await;
        assert_eq!(status, expected, "{login} {fault} {old} {becomes}: {answer}");
    }
    let (status, told) = swap("tom", fault, "VP-12", "repair").await;
    assert_eq!((status, &told["id"]), (StatusCode::OK, &json!(fault)), "{told}");
    let (_, new) = town.call("theo", "GET", "/api/v1/register/assets/VP-13", Value::Null).await;
    let (_, old) = town.call("theo", "GET", "/api/v1/register/assets/VP-12", Value::Null).await;
    assert_eq!(
        (&new["cells"]["room"], &new["cells"]["replaces"], &new["cells"]["serial"]),
        (&json!("CM1"), &json!("VP-12"), &json!("SN-13")),
        "{new}"
    );
    assert_eq!(old["cells"]["state"], "repair");
}

#[tokio::test]
async fn a_photo_is_taken_away_by_whoever_sent_it() {
    let town = town().await;
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 8, image::Rgb([20, 200, 20])).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let photos = format!("/api/v1/faults/{}/photos", town.camus_projector.fault);
    let (status, photo) = send(&town, "paul", &photos, "application/octet-stream", png.get_ref()).await;
    assert_eq!(status, StatusCode::CREATED, "{photo}");
    let remove = async |login: &str| town.call(login, "DELETE", &format!("{photos}/{}", photo["id"]), Value::Null).await.0;
    assert_eq!((remove("remi").await, remove("rita").await), (StatusCode::NOT_FOUND, StatusCode::FORBIDDEN));
    assert_eq!((remove("paul").await, remove("paul").await), (StatusCode::NO_CONTENT, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn a_first_picture_is_accepted_where_the_school_is_seen() {
    let town = town().await;
    let accept = async |login: &str, school: &str| town.call(login, "POST", &format!("/api/v1/schools/{school}/accept"), Value::Null).await;
    let (status, school) = accept("tom", "camus").await;
    assert_eq!((status, &school["code"], &school["learning"]), (StatusCode::OK, &json!("camus"), &json!(false)), "{school}");
    assert_eq!((accept("tom", "zola").await.0, accept("rita", "camus").await.0), (StatusCode::NOT_FOUND, StatusCode::FORBIDDEN));
}

#[tokio::test]
async fn the_ministry_s_calendar_comes_in_by_a_program() {
    let town = town().await;
    let file = "Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire\n\
        Vacances de Noël;-;2030-12-20T23:00:00+00:00;2031-01-05T23:00:00+00:00;Paris;Zone C;2030-2031\n";
    let import =
        async |login: &str, kind: &str, text: &str| send(&town, login, "/api/v1/calendar/import?name=essai.csv", kind, text.as_bytes()).await;
    let (status, told) = import("anne", "text/csv", file).await;
    assert_eq!((status, &told), (StatusCode::OK, &json!({ "years": 1, "changed": 1, "refused": [] })));
    assert_eq!(import("anne", "application/octet-stream", file).await.1["changed"], 0, "it says nothing new");
    let (_, years) = town.call("rita", "GET", "/api/v1/calendar", Value::Null).await;
    assert!(years.as_array().unwrap().iter().any(|year| year["zone"] == "C" && year["year"] == "2030-2031" && year["whole"] == false), "{years}");
    assert_eq!(import("anne", "text/plain", file).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(import("anne", "text/csv", "Nom;Âge\nLéa;7\n").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(import("max", "text/csv", file).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_list_of_others_is_brought_in_and_taken_out() {
    let town = town().await;
    let path = "/api/v1/compare/lists?source=jamf&name=Tablettes&as_of=2026-09-01";
    let file = "Nom;Numéro de série\nTablette 1;DMPXX1\nTablette 2;DMPXX2\n".as_bytes();
    let (status, brought) = send(&town, "theo", path, "text/csv", file).await;
    assert_eq!((status, &brought["rows"], &brought["odd"]), (StatusCode::CREATED, &json!(2), &json!([])), "{brought}");
    let list = async || town.call("rita", "GET", "/api/v1/compare/lists", Value::Null).await.1;
    let lists = list().await;
    assert_eq!(
        (&lists[0]["name"], &lists[0]["source"], &lists[0]["as_of"], &lists[0]["by"]),
        (&json!("Tablettes"), &json!("jamf"), &json!("2026-09-01"), &json!("theo"))
    );
    let (_, again) = send(&town, "theo", path, "text/csv", file).await;
    assert_eq!(list().await.as_array().unwrap().len(), 1, "a list of the same name is replaced");
    assert_eq!(send(&town, "theo", path, "text/csv", b"").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(&town, "theo", &path.replace("2026-09-01", "hier"), "text/csv", file).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(send(&town, "theo", &path.replace("jamf", "excel"), "text/csv", file).await.0, StatusCode::BAD_REQUEST);
    // A list may say who is who anywhere: whoever sees one school brings none, and reads none.
    for login in ["rita", "tom", "paul"] {
        assert_eq!(send(&town, login, path, "text/csv", file).await.0, StatusCode::FORBIDDEN, "{login}");
    }
    assert_eq!(town.call("tom", "GET", "/api/v1/compare/lists", Value::Null).await.0, StatusCode::FORBIDDEN);
    let remove = async |login: &str| town.call(login, "DELETE", &format!("/api/v1/compare/lists/{}", again["id"]), Value::Null).await.0;
    assert_eq!(
        (remove("rita").await, remove("theo").await, remove("theo").await),
        (StatusCode::FORBIDDEN, StatusCode::NO_CONTENT, StatusCode::NOT_FOUND)
    );
    assert_eq!(list().await, json!([]));
}

#[tokio::test]
async fn a_theft_is_stated_by_what_was_chosen_or_is_called_stolen() {
    let town = town().await;
    let cells = |label: &str, state: &str| {
        (
            format!("/api/v1/register/assets/{label}"),
            json!({ "cells": { "kind": "projector", "school": "camus", "state": state, "price_ht": "450" } }),
        )
    };
    for (path, cells) in [cells("VP-12", "stolen"), cells("VP-13", "in_service")] {
        let (status, answer) = town.call("anne", "PUT", &path, cells).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
    let stated =
        async |login: &str, school: &str, query: &str| town.call(login, "GET", &format!("/api/v1/schools/{school}/theft{query}"), Value::Null).await;
    let labels =
        |told: &Value| told["things"].as_array().unwrap().iter().map(|thing| thing["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let (status, told) = stated("tom", "camus", "").await;
    assert_eq!((status, labels(&told), &told["school"]), (StatusCode::OK, vec!["VP-12".to_owned()], &json!("École Camus")), "{told}");
    assert!(told["worth_ht"].is_null() && told["things"][0]["price_ht"].is_null(), "a technician is told no price, here as in the register: {told}");
    let (_, told) = stated("anne", "camus", "").await;
    assert!(told["worth_ht"].as_str().unwrap().starts_with("450") && told["things"][0]["price_ht"].is_string(), "{told}");
    let (_, told) = stated("theo", "camus", "?labels=VP-13%7CD-1%7CD-2").await;
    assert_eq!(labels(&told), ["D-1", "VP-13"], "another school's thing was not taken here");
    assert_eq!(stated("tom", "zola", "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(stated("paul", "camus", "").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_agent_is_refused_and_spares_are_wanted_by_programs() {
    let town = town().await;
    let (_, agents) = town.call("rita", "GET", "/api/v1/agents?limit=1", Value::Null).await;
    let (id, host) = (agents["items"][0]["id"].as_i64().unwrap(), agents["items"][0]["host"].as_str().unwrap());
    let revoke = async |login: &str, id: i64| town.call(login, "POST", &format!("/api/v1/agents/{id}/revoke"), Value::Null).await.0;
    assert_eq!(
        (revoke("theo", id).await, revoke("anne", 999_999).await, revoke("anne", id).await),
        (StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::NO_CONTENT)
    );
    let (_, agents) = town.call("rita", "GET", "/api/v1/agents?limit=1", Value::Null).await;
    assert_eq!((&agents["items"][0]["host"], &agents["items"][0]["revoked"]), (&json!(host), &json!(true)), "{agents}");
    let want = async |login: &str, kind: &str, minimum: Value| {
        town.call(login, "PUT", &format!("/api/v1/plan/spares/{kind}"), json!({ "minimum": minimum })).await
    };
    let (status, spares) = want("max", "projector", json!(3)).await;
    let projectors = spares.as_array().unwrap().iter().find(|spare| spare["kind"] == "projector").unwrap_or_else(|| panic!("{spares}"));
    assert_eq!((status, &projectors["minimum"]), (StatusCode::OK, &json!(3)));
    assert_eq!(want("max", "projector", json!(10_001)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((want("max", "tank", json!(1)).await.0, want("rita", "projector", json!(1)).await.0), (StatusCode::NOT_FOUND, StatusCode::FORBIDDEN));
    assert_eq!(want("tom", "projector", json!(1)).await.0, StatusCode::FORBIDDEN, "whoever sees one school says nothing for the town");
}

//! What pages show and do, programs see and do as well: codes for agents, settings of presence, a stocktake, a comparison, one's own sessions and tokens;
//! and each looks with the eyes of its account.

use super::office::send;
use super::programs::{each, trail};
use super::town::{Town, town};
use reqwest::StatusCode;
use rollcall_collector::domain::device::{Key, KeyRank};
use rollcall_collector::domain::fleet::Conflict;
use rollcall_collector::store::{self, Tx, fleet, register, school};
use rollcall_shared::DeviceId;
use serde_json::{Value, json};

#[tokio::test]
async fn a_code_for_agents_is_made_and_told_once() {
    let town = town().await;
    let make = async |login: &str, networks: Value| town.call(login, "POST", "/api/v1/enrolment-codes", json!({ "networks": networks })).await;
    let (status, made) = make("anne", json!(["camus", " zola "])).await;
    assert_eq!((status, &made["networks"]), (StatusCode::CREATED, &json!(["camus", "zola"])), "{made}");
    assert!(made["code"].as_str().unwrap().len() > 12 && made["url"].as_str().unwrap().starts_with("http"), "{made}");
    let list = async |login: &str| town.call(login, "GET", "/api/v1/enrolment-codes", Value::Null).await;
    let (status, codes) = list("anne").await;
    assert_eq!(status, StatusCode::OK);
    let new = codes.as_array().unwrap().iter().find(|code| code["networks"] == json!(["camus", "zola"])).unwrap();
    assert_eq!((&new["by"], &new["used"], &new["agent"], &new["until"]), (&json!("anne"), &Value::Null, &Value::Null, &made["until"]), "{codes}");
    assert!(!codes.to_string().contains(made["code"].as_str().unwrap()), "it is told once");
    for networks in [json!([]), json!([" "]), json!(["x".repeat(81)]), json!(vec!["n"; 65])] {
        assert_eq!(make("anne", networks.clone()).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{networks}");
    }
    assert_eq!(make("anne", json!("camus")).await.0, StatusCode::BAD_REQUEST);
    for login in ["max", "theo", "tom", "rita", "paul"] {
        assert_eq!((make(login, json!(["camus"])).await.0, list(login).await.0), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN), "{login}");
    }
    assert_eq!(trail(&town, "agent.code"), [("anne".to_owned(), "camus, zola".to_owned())]);
}

#[tokio::test]
async fn what_is_expected_of_devices_is_set_for_the_town_and_for_a_school() {
    let town = town().await;
    let set = async |login: &str, wish: Value| town.call(login, "PUT", "/api/v1/calendar/settings", wish).await;
    let threshold = |told: &Value| {
        told["thresholds"].as_array().unwrap().iter().find(|row| row["kind"] == "projector").map(|row| (row["days"].clone(), row["set"].clone()))
    };
    let (status, before) = town.call("rita", "GET", "/api/v1/calendar/settings", Value::Null).await;
    assert_eq!((status, &before["set"]), (StatusCode::OK, &json!([])), "{before}");
    let (status, told) = set("anne", json!({ "what": "days", "kind": "projector", "days": 12.0 })).await;
    assert_eq!((status, threshold(&told)), (StatusCode::OK, Some((json!(12), json!(true)))), "{told}");
    let (_, told) = set("anne", json!({ "what": "night", "school": "camus", "off": "19:00", "on": "6:30" })).await;
    let own = |told: &Value| told["set"].as_array().unwrap().iter().find(|one| one["school"] == "camus").cloned();
    let night = own(&told).unwrap_or_else(|| panic!("{told}"));
    assert_eq!((&night["what"], &night["off"], &night["on"], &night["days"]), (&json!("night"), &json!("19:00"), &json!("06:30"), &Value::Null));
    set("anne", json!({ "what": "holidays", "school": "zola", "cuts": true })).await;
    let (_, seen) = town.call("tom", "GET", "/api/v1/calendar/settings", Value::Null).await;
    assert!(own(&seen).is_some() && !seen.to_string().contains("zola") && threshold(&seen) == threshold(&told), "{seen}");
    assert_eq!(set("anne", json!({ "what": "holidays", "school": "zola", "cuts": null })).await.0, StatusCode::OK);
    let page = town.served.browser("anne").await.unwrap().page("/calendar").await.unwrap();
    assert!(page.contains("École Camus") && page.contains("19:00"), "{page}");
    // As usual again.
    set("anne", json!({ "what": "days", "kind": "projector", "days": null })).await;
    let (_, told) = set("anne", json!({ "what": "night", "school": "camus" })).await;
    assert_eq!((threshold(&told), &told["set"]), (threshold(&before), &json!([])), "{told}");
    for (wish, expected) in [
        (json!({ "what": "days", "kind": "tank", "days": 3 }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "what": "days", "kind": "projector", "days": 4_000 }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "what": "days", "kind": "projector", "days": 3.5 }), StatusCode::BAD_REQUEST),
        (json!({ "what": "night", "off": "25:00", "on": "6:00" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "what": "weather" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "what": "holidays", "cuts": true, "school": "nowhere" }), StatusCode::NOT_FOUND),
        (json!({}), StatusCode::BAD_REQUEST),
    ] {
        let (status, answer) = set("anne", wish.clone()).await;
        assert_eq!(status, expected, "{wish}: {answer}");
    }
    for login in ["max", "theo", "tom", "rita", "paul"] {
        assert_eq!(set(login, json!({ "what": "holidays", "cuts": true })).await.0, StatusCode::FORBIDDEN, "{login}");
    }
    assert_eq!(trail(&town, "presence.set").len(), 6);
}

#[tokio::test]
async fn a_room_is_counted_by_a_program_as_on_its_page() {
    let town = town().await;
    let path = "/api/v1/schools/camus/stocktake";
    assert_eq!(town.call("tom", "GET", path, Value::Null).await.0, StatusCode::OK, "of what fills no place he sees nothing, as on the page");
    let (status, told) = town.call("theo", "GET", path, Value::Null).await;
    assert_eq!((status, &told["since"]), (StatusCode::OK, &json!("2026-08-01")), "{told}");
    let thing = |told: &Value| told["rooms"].as_array().unwrap().iter().find(|room| room["room"] == "CP").unwrap()["labelled"][0].clone();
    assert_eq!(thing(&told), json!({ "label": "D-1", "kind": "document_camera", "looked": null, "there": null }));
    let note = async |login: &str, body: Value| town.call(login, "POST", path, body).await;
    let (status, told) = note("theo", json!({ "room": "CP", "labelled": { "D-1": true } })).await;
    assert_eq!((status, &thing(&told)["there"], &thing(&told)["looked"]), (StatusCode::OK, &json!(true), &json!("2026-09-07")), "{told}");
    assert_eq!(told["rooms"][0]["counted"], true);
    let page = town.served.browser("theo").await.unwrap().page("/schools/camus/stocktake").await.unwrap();
    assert!(page.contains("La seule salle à compter l’est depuis"), "{page}");
    assert_eq!(thing(&note("theo", json!({ "room": "CP", "labelled": { "D-1": false } })).await.1)["there"], json!(false));
    assert_eq!(note("theo", json!({ "room": "CP", "read": "https://parc.example/l/D-2/abcdefgh" })).await.0, StatusCode::OK);
    let row =
        |label: &str| town.world.db.read(|tx| register::row(tx, "attestations", &[label.to_owned(), "2026-09-07".to_owned()])).unwrap().unwrap();
    assert_eq!((row("D-1")["how"].as_str(), row("D-2")["how"].as_str(), row("D-2")["room"].as_str()), ("absent", "label_scan", "CP"));
    for (login, body, expected) in [
        ("theo", json!({ "room": "CP" }), StatusCode::UNPROCESSABLE_ENTITY),
        ("theo", json!({ "room": "CP", "labelled": { "D-2": true } }), StatusCode::UNPROCESSABLE_ENTITY),
        ("theo", json!({ "room": "CP", "read": "D-77" }), StatusCode::UNPROCESSABLE_ENTITY),
        ("theo", json!({ "room": "CP", "unlabelled": { "tank": 1 } }), StatusCode::UNPROCESSABLE_ENTITY),
        ("theo", json!({ "room": "CP", "unlabelled": { "document_camera": 3.0 } }), StatusCode::UNPROCESSABLE_ENTITY),
        ("theo", json!({ "room": "CP", "unlabelled": { "document_camera": -1 } }), StatusCode::UNPROCESSABLE_ENTITY),
        ("theo", json!({ "room": "CP", "unlabelled": { "document_camera": "1" } }), StatusCode::BAD_REQUEST),
        ("rita", json!({ "room": "CP", "labelled": { "D-1": true } }), StatusCode::FORBIDDEN),
        ("paul", json!({ "room": "CP", "labelled": { "D-1": true } }), StatusCode::FORBIDDEN),
    ] {
        let (status, answer) = note(login, body.clone()).await;
        assert_eq!(status, expected, "{login} {body}: {answer}");
    }
    assert_eq!(town.call("tom", "GET", "/api/v1/schools/zola/stocktake", Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(town.call("tom", "POST", "/api/v1/schools/zola/stocktake", json!({ "labelled": { "D-2": true } })).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_comparison_is_read_line_by_line_as_on_its_page() {
    let town = town().await;
    let known = &town.camus_projector.secrets[0];
    let file = format!("Nom;Numéro de série;Ecole\nVP;{known};camus\nTablette;DMPXX9;zola\n");
    let (status, brought) = send(&town, "theo", "/api/v1/compare/lists?source=jamf&name=Parc&as_of=2026-09-01", "text/csv", file.as_bytes()).await;
    assert_eq!(status, StatusCode::CREATED, "{brought}");
    let get = async |query: &str| town.call("rita", "GET", &format!("/api/v1/compare{query}"), Value::Null).await;
    let (_, alone) = get("?side=list").await;
    assert_eq!(each(&alone, "devices"), [&json!([])], "{alone}");
    let row = &alone["items"][0]["listed"][0];
    assert_eq!((&row["serial"], &row["list"], &row["line"], &row["school"]), (&json!("DMPXX9"), &brought["id"], &json!(3), &json!("zola")));
    let (_, all) = get("?side=all&limit=500").await;
    let joined = all["items"].as_array().unwrap().iter().find(|line| line["devices"] == json!([town.camus_projector.device])).unwrap();
    assert_eq!((&joined["listed"][0]["serial"], &joined["labels"]), (&json!(known), &json!([])), "one thing, one line: {all}");
    let (_, live) = get("?side=live&limit=500").await;
    let (_, owned) = get("?side=register").await;
    assert_eq!(each(&owned, "labels"), [&json!(["D-1"]), &json!(["D-2"])], "{owned}");
    assert!(each(&live, "listed").iter().all(|listed| **listed == json!([])) && !live.to_string().contains(known.as_str()));
    // Page by page nothing is lost and nothing comes twice; a list that comes between two pages moves nothing.
    let (mut paged, mut after) = (Vec::new(), String::new());
    for page in 0..100 {
        let (_, told) = get(&format!("?side=all&limit=3{after}")).await;
        paged.extend(told["items"].as_array().unwrap().clone());
        if page == 1 {
            let newer = "/api/v1/compare/lists?source=other&name=Neuf&as_of=2026-09-05";
            assert_eq!(send(&town, "theo", newer, "text/csv", "Nom;Numéro de série\nX;NEWXX1\n".as_bytes()).await.0, StatusCode::CREATED);
        }
        let Some(next) = told["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(paged, *all["items"].as_array().unwrap());
    // The page counts the same, by school as well.
    let (_, here) = get("?side=live&school=camus&limit=500").await;
    let page = town.served.browser("rita").await.unwrap().page("/compare?side=live&school=camus").await.unwrap();
    for device in each(&here, "devices") {
        assert!(page.contains(&format!("/devices/{}\"", device[0])), "{device} {page}");
    }
    assert!(!each(&here, "devices").is_empty() && each(&here, "devices").len() < each(&live, "devices").len());
    for (query, expected) in [("?side=none", 400), ("?limit=0", 400), ("?after=list/3", 422), ("?after=x", 422), ("?after=&school=", 200)] {
        assert_eq!(get(query).await.0.as_u16(), expected, "{query}");
    }
    assert_eq!(town.call("paul", "GET", "/api/v1/compare", Value::Null).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn somebody_s_program_ends_sessions_and_makes_tokens_after_signing_in() {
    let town = town().await;
    let call = async |method: &str, path: &str, body: Value| town.call("theo", method, &format!("/api/v1/account/{path}"), body).await;
    let other = town.served.token("theo").await.unwrap();
    let opens = async |token: &str| {
        let url = format!("{}/api/v1/overview", town.served.base);
        town.served.client().unwrap().get(url).bearer_auth(token).send().await.unwrap().status()
    };
    let (_, sessions) = call("GET", "sessions", Value::Null).await;
    let own: Vec<bool> = sessions.as_array().unwrap().iter().map(|session| session["this"].as_bool().unwrap()).collect();
    assert_eq!((own.len(), own.iter().filter(|own| **own).count()), (2, 1), "{sessions}");
    assert_eq!(call("DELETE", "sessions", Value::Null).await, (StatusCode::OK, json!({ "ended": 1 })));
    assert_eq!(opens(&other).await, StatusCode::UNAUTHORIZED);
    assert_eq!(call("GET", "sessions", Value::Null).await.1.as_array().unwrap().len(), 1, "the one that asks goes on");
    // A token.
    let (status, made) = call("POST", "tokens", json!({ "name": "GMAO", "days": 30, "reads_only": true })).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let token = made["token"].as_str().unwrap();
    assert_eq!(opens(token).await, StatusCode::OK);
    let (_, tokens) = call("GET", "tokens", Value::Null).await;
    assert_eq!(
        (&tokens[0]["id"], &tokens[0]["name"], &tokens[0]["reads_only"], &tokens[0]["until"]),
        (&made["id"], &json!("GMAO"), &json!(true), &made["until"]),
        "{tokens}"
    );
    assert!(tokens[0]["used"].is_string() && !tokens.to_string().contains(token));
    let page = town.served.browser("theo").await.unwrap().page("/account").await.unwrap();
    assert!(page.contains("GMAO"), "{page}");
    // One's own alone.
    let drop = async |login: &str| town.call(login, "DELETE", &format!("/api/v1/account/tokens/{}", made["id"]), Value::Null).await.0;
    assert_eq!((drop("tom").await, opens(token).await), (StatusCode::NOT_FOUND, StatusCode::OK));
    assert_eq!(
        (drop("theo").await, opens(token).await, drop("theo").await),
        (StatusCode::NO_CONTENT, StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND)
    );
    for body in [
        json!({ "name": " ", "days": 3 }),
        json!({ "name": "x", "days": 0 }),
        json!({ "name": "x", "days": 367 }),
        json!({ "name": "x".repeat(61), "days": 3 }),
    ] {
        assert_eq!(call("POST", "tokens", body.clone()).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    for number in 0..20 {
        assert_eq!(call("POST", "tokens", json!({ "name": format!("n{number}"), "days": 1 })).await.0, StatusCode::CREATED);
    }
    assert_eq!(call("POST", "tokens", json!({ "name": "one more", "days": 1 })).await.0, StatusCode::CONFLICT);
    assert!(trail(&town, "token.add").len() == 21 && trail(&town, "token.drop").len() == 1 && trail(&town, "account.sessions_end").len() == 1);
}

#[tokio::test]
async fn an_account_that_somebody_else_has_changed_is_not_overwritten() {
    let town = town().await;
    let (client, url) = (town.served.client().unwrap(), format!("{}/api/v1/accounts/tom", town.served.base));
    let read = async || {
        let answer = client.get(&url).bearer_auth(&town.tokens["anne"]).send().await.unwrap();
        answer.headers()["etag"].to_str().unwrap().to_owned()
    };
    let bound = async |known: Option<&str>, schools: &str| {
        let mut request = client.put(&url).bearer_auth(&town.tokens["anne"]).json(&json!({ "role": "technician", "schools": schools }));
        if let Some(known) = known {
            request = request.header("if-match", known);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned()))
    };
    let first = read().await;
    let (status, second) = bound(Some(&first), "zola").await;
    assert_eq!((status, second.clone()), (StatusCode::OK, Some(read().await)));
    assert_eq!(bound(Some(&first), "camus").await.0, StatusCode::PRECONDITION_FAILED);
    assert_eq!(second, Some(read().await), "it is as it was");
    assert_eq!(bound(Some(&format!("W/{}", second.unwrap())), "camus").await.0, StatusCode::OK, "a proxy weakened the tag");
    assert_eq!((bound(Some("*"), "zola").await.0, bound(None, "camus").await.0), (StatusCode::OK, StatusCode::OK));
    assert_eq!(read().await, first, "the same state has the same tag");
}

#[tokio::test]
async fn contradictions_and_what_is_owned_are_told_as_far_as_they_are_seen() {
    let town = town().await;
    let (camus, zola) = (town.camus_projector.device, town.zola_projector.device);
    let key = |text: &str| Key { rank: KeyRank::Serial, text: text.to_owned() };
    let conflict = |device: i64, other: i64, text: &str| Conflict {
        device: DeviceId(device),
        other: Some(DeviceId(other)),
        key: key(text),
        reason: String::new(),
    };
    let conflicts = [conflict(zola, camus, "epson:1"), conflict(camus, zola, "epson:2"), conflict(camus, town.switch.device, "epson:3")];
    let now = town.world.now;
    let save = move |tx: &mut Tx<'_>| -> store::Result<()> {
        let school = school::school_by_code(tx, "camus")?.unwrap().id;
        fleet::save_conflicts(tx, school, &conflicts, now)
    };
    town.world.db.write(save).unwrap();
    let told = async |login: &str, query: &str| town.call(login, "GET", &format!("/api/v1/conflicts{query}"), Value::Null).await;
    let (_, all) = told("theo", "").await;
    assert_eq!(each(&all, "key"), [&json!("epson:1"), &json!("epson:2"), &json!("epson:3")], "{all}");
    assert_eq!(each(&all, "other"), [&json!(camus), &json!(zola), &json!(town.switch.device)]);
    // What is another school's is not named, and cuts no page short.
    let (status, own) = told("tom", "?limit=1").await;
    assert_eq!((status, each(&own, "key"), each(&own, "other")), (StatusCode::OK, vec![&json!("epson:2")], vec![&Value::Null]), "{own}");
    let (_, rest) = told("tom", &format!("?limit=1&after={}", own["next"].as_str().unwrap())).await;
    assert_eq!((each(&rest, "other"), &rest["next"]), (vec![&json!(town.switch.device)], &Value::Null), "{rest}");
    assert_eq!(told("paul", "").await.0, StatusCode::FORBIDDEN);
    // Owned: what is ordered only is not yet, what is retired is no more.
    for (label, state) in [("VP-1", "ordered"), ("VP-2", "retired"), ("VP-3", "spare")] {
        let cells = json!({ "cells": { "kind": "projector", "school": "zola", "state": state } });
        assert_eq!(town.call("anne", "PUT", &format!("/api/v1/register/assets/{label}"), cells).await.0, StatusCode::OK);
    }
    let owned = async |login: &str, query: &str| town.call(login, "GET", &format!("/api/v1/inventory{query}"), Value::Null).await;
    assert_eq!(each(&owned("rita", "").await.1, "label"), ["D-1", "D-2", "VP-3"].map(Value::from).each_ref());
    assert_eq!(each(&owned("rita", "?limit=1&after=D-1").await.1, "label"), [&json!("D-2")]);
    let (status, own) = owned("tom", "").await;
    assert_eq!((status, each(&own, "label"), &own["next"]), (StatusCode::OK, vec![&json!("D-1")], &Value::Null), "{own}");
    assert!(each(&owned("tom", "?school=zola").await.1, "label").is_empty());
    assert_eq!(owned("paul", "").await.0, StatusCode::FORBIDDEN);
}

/// Everybody in the town may look at what is theirs alone.
#[tokio::test]
async fn each_account_sees_its_own_sessions_and_tokens() {
    let town: Town = town().await;
    for login in ["anne", "max", "theo", "rita", "paul", "ecole"] {
        let (status, sessions) = town.call(login, "GET", "/api/v1/account/sessions", Value::Null).await;
        assert_eq!((status, sessions[0]["this"].as_bool()), (StatusCode::OK, Some(true)), "{login}: {sessions}");
        assert_eq!(town.call(login, "GET", "/api/v1/account/tokens", Value::Null).await, (StatusCode::OK, json!([])), "{login}");
    }
}

#[tokio::test]
async fn an_administrator_s_program_reads_who_changed_what() {
    let town = town().await;
    for name in ["un", "deux"] {
        assert_eq!(town.call("theo", "POST", "/api/v1/account/tokens", json!({ "name": name, "days": 1 })).await.0, StatusCode::CREATED);
    }
    let list = async |login: &str, query: &str| town.call(login, "GET", &format!("/api/v1/audit{query}"), Value::Null).await;
    let (_, newest) = list("anne", "?limit=1").await;
    assert_eq!(
        (each(&newest, "what"), each(&newest, "who"), each(&newest, "subject")),
        (vec![&json!("token.add")], vec![&json!("theo")], vec![&json!("theo")])
    );
    let (_, before) = list("anne", &format!("?limit=1&after={}", newest["next"].as_str().unwrap())).await;
    assert!(before["items"][0]["id"].as_i64() < newest["items"][0]["id"].as_i64() && before["items"][0]["what"] == "token.add", "{before}");
    for login in ["max", "theo", "rita", "paul"] {
        assert_eq!(list(login, "").await.0, StatusCode::FORBIDDEN, "{login}");
    }
}

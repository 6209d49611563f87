//! A technician of one school at his own school's register, identities and lists: what is his he does, what is another's he neither does nor learns of.
//!
//! Comes in: the played town, of whose two schools Tom sees one. Goes out: pass, or what reached across. Absent on purpose: who opens which door (`main`).

use super::accounts::between;
use super::programs::each;
use super::town::{Town, town};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, ETAG, IF_MATCH};
use rollcall_collector::domain::kind::Kind;
use rollcall_collector::domain::language::Language;
use rollcall_collector::store::{self, Tx};
use serde_json::{Value, json};

const ASSETS: &str = "/api/v1/register/assets";

async fn put(town: &Town, login: &str, key: &str, cells: Value) -> (StatusCode, Value) {
    town.call(login, "PUT", &format!("/api/v1/register/{key}"), json!({ "cells": cells })).await
}

async fn get(town: &Town, login: &str, path: &str) -> (StatusCode, Value) {
    town.call(login, "GET", path, Value::Null).await
}

async fn undo(town: &Town, login: &str, change: &Value) -> (StatusCode, Value) {
    town.call(login, "POST", &format!("/api/v1/register/changes/{change}/undo"), json!({})).await
}

/// The newest change of a row, as somebody who sees it reads it.
async fn newest(town: &Town, key: &str) -> Value {
    get(town, "theo", &format!("/api/v1/register/{key}")).await.1["history"][0]["change"].clone()
}

#[tokio::test]
async fn rows_of_ones_own_school_are_written_and_those_of_another_are_not_there() {
    let town = town().await;
    let (status, row) = put(&town, "tom", "assets/T-1", json!({ "kind": "tablet", "school": "camus" })).await;
    assert_eq!((status, &row["cells"]["school"]), (StatusCode::OK, &json!("camus")), "{row}");
    assert_eq!(put(&town, "tom", "assets/T-1", json!({ "room": "CP" })).await.0, StatusCode::OK);
    // No row is brought where nothing is seen, whether a school is there or not, and none without a school.
    let mut said = Vec::new();
    for school in ["zola", "nowhere", ""] {
        for key in ["assets/T-1", "assets/T-2", "cases/V-1", "attestations/T-1|2026-09-07"] {
            let (status, told) = put(&town, "tom", key, json!({ "school": school })).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{key} {school}: {told}");
            said.push(told["detail"].clone());
        }
    }
    said.dedup();
    assert_eq!(said.len(), 1, "one refusal for all: {said:?}");
    // What stands under a key elsewhere is not told: a key that is taken here is refused in the same words.
    assert_eq!(put(&town, "theo", "assets/D-2", json!({ "delivered_on": "2025-09-01" })).await.0, StatusCode::OK);
    assert_eq!(put(&town, "tom", "assets/D-9", json!({ "kind": "tablet", "school": "camus" })).await.0, StatusCode::OK);
    let refused = |told: (StatusCode, Value)| (told.0, told.1["detail"].clone());
    let rename = async |to: &str| refused(put(&town, "tom", "assets/T-1", json!({ "label_or_serial": to })).await);
    let taken = rename("D-9").await;
    assert_eq!(taken.0, StatusCode::CONFLICT);
    assert_eq!(rename("D-2").await, taken);
    for cells in [json!({}), json!({ "school": "camus" }), json!({ "school": "zola" }), json!({ "accepted_on": "1990-01-01", "kind": "hammer" })] {
        assert_eq!(refused(put(&town, "tom", "assets/D-2", cells.clone()).await), taken, "{cells}");
    }
    for method in ["GET", "DELETE"] {
        let (status, told) = town.call("tom", method, &format!("{ASSETS}/D-2"), Value::Null).await;
        let nothing = town.call("tom", method, &format!("{ASSETS}/D-77"), Value::Null).await;
        assert_eq!((status, told), nothing, "{method}");
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    // A loan names no school: loans are for those who see all.
    for table in ["loans", "invoices", "scopes", "deliverables"] {
        assert_eq!(get(&town, "tom", &format!("/api/v1/register/{table}")).await.0, StatusCode::NOT_FOUND, "{table}");
        assert_eq!(put(&town, "tom", &format!("{table}/D-1"), json!({})).await.0, StatusCode::NOT_FOUND, "{table}");
    }
    // Lists and files hold what is seen, and so does a row's way to the next page.
    let (_, list) = get(&town, "tom", &format!("{ASSETS}?limit=500")).await;
    let labels: Vec<&str> = list["items"].as_array().unwrap().iter().map(|row| row["key"][0].as_str().unwrap()).collect();
    assert_eq!(labels, ["D-1", "D-9", "T-1"]);
    let (_, list) = get(&town, "tom", &format!("{ASSETS}?limit=2")).await;
    let (_, rest) = get(&town, "tom", &format!("{ASSETS}?limit=2&after={}", list["next"].as_str().unwrap().replace('"', "%22"))).await;
    assert_eq!((rest["items"][0]["key"][0].as_str(), &rest["next"]), (Some("T-1"), &Value::Null), "{rest}");
    let (status, csv) = town.ask("tom", "GET", "/export/register/assets/assets.csv").await;
    assert!(status == StatusCode::OK && csv.contains("D-1") && !csv.contains("D-2"), "{csv}");
    let (_, zola) = get(&town, "theo", &format!("{ASSETS}/D-2")).await;
    assert_eq!((&zola["cells"]["school"], &zola["cells"]["room"]), (&json!("zola"), &json!("CE1")), "it is as it was");
    assert_eq!(put(&town, "rita", "assets/T-1", json!({ "room": "CM1" })).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn changes_are_undone_by_whoever_sees_what_was_and_what_would_be() {
    let town = town().await;
    assert_eq!(put(&town, "theo", "assets/D-2", json!({ "room": "CE2" })).await.0, StatusCode::OK);
    let zola = newest(&town, "assets/D-2").await;
    let (status, told) = undo(&town, "tom", &zola).await;
    assert_eq!((status, told), undo(&town, "tom", &json!(999_999)).await, "a change of another school is as one that is not there");
    // A row that left, and one that came, are nobody's to send back who sees one side of it.
    assert_eq!(put(&town, "theo", "assets/D-1", json!({ "school": "zola" })).await.0, StatusCode::OK);
    let left = newest(&town, "assets/D-1").await;
    assert_eq!(
        (undo(&town, "tom", &left).await.0, get(&town, "tom", &format!("{ASSETS}/D-1")).await.0),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    assert_eq!(put(&town, "theo", "assets/D-1", json!({ "school": "camus" })).await.0, StatusCode::OK);
    let came = newest(&town, "assets/D-1").await;
    for change in [&left, &came] {
        assert_eq!(undo(&town, "tom", change).await.0, StatusCode::NOT_FOUND);
    }
    let (_, row) = get(&town, "tom", &format!("{ASSETS}/D-1")).await;
    assert!(row["cells"]["school"] == "camus" && !row.to_string().contains("zola"), "where it was is not told: {row}");
    // Its state has a name all the same, so that nobody overwrites another's change.
    let url = format!("{}{ASSETS}/D-1", town.served.base);
    let client = town.served.client().unwrap();
    let tag = client.get(&url).bearer_auth(&town.tokens["tom"]).send().await.unwrap().headers()[ETAG].to_str().unwrap().to_owned();
    let write = async |tag: &str| {
        let body = json!({ "cells": { "room": "CM1" } });
        client.put(&url).bearer_auth(&town.tokens["tom"]).header(IF_MATCH, tag).json(&body).send().await.unwrap().status()
    };
    assert_eq!((write("\"1\"").await, write(&tag).await), (StatusCode::PRECONDITION_FAILED, StatusCode::OK));
    // His own are his to undo, a removal too.
    let mine = newest(&town, "assets/D-1").await;
    let (status, row) = undo(&town, "tom", &mine).await;
    assert_eq!((status, &row["cells"]["room"]), (StatusCode::OK, &json!("CP")), "{row}");
    let (status, row) = town.call("tom", "DELETE", &format!("{ASSETS}/D-1"), Value::Null).await;
    assert!(status == StatusCode::OK && row["cells"].is_null(), "{row}");
    let removed = row["history"][0]["change"].clone();
    assert_eq!(undo(&town, "tom", &removed).await.1["cells"]["room"], "CP");
}

#[tokio::test]
async fn actual_dates_and_closures_are_those_of_ones_own_school() {
    let town = town().await;
    assert_eq!(put(&town, "tom", "milestones/camus|training", json!({ "actual_on": "2026-09-04" })).await.0, StatusCode::OK);
    assert_eq!(put(&town, "tom", "closures/camus|2026-10-05", json!({ "to": "2026-10-06", "why": "travaux" })).await.0, StatusCode::OK);
    for key in ["milestones/1|training", "milestones/zola|training", "milestones/none|training", "closures/zola|2026-10-05", "closures/B|2026-10-05"]
    {
        assert_eq!(put(&town, "tom", key, json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
    }
    assert_eq!(put(&town, "theo", "closures/zola|2026-10-05", json!({ "why": "grève" })).await.0, StatusCode::OK);
    for table in ["milestones", "closures"] {
        let (_, list) = get(&town, "tom", &format!("/api/v1/register/{table}")).await;
        assert!(list["items"].as_array().unwrap().iter().all(|row| row["key"][0] == "camus") && !list.to_string().contains("grève"), "{list}");
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    }
    let moved = put(&town, "tom", "closures/camus|2026-10-05", json!({ "school_or_zone": "zola" })).await;
    assert_eq!(moved.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", moved.1);
    let (status, page) = town.ask("tom", "GET", "/calendar").await;
    assert!(status == StatusCode::OK && !page.contains("zola") && !page.contains("Zola"));
}

#[tokio::test]
async fn the_form_of_a_row_begins_at_ones_own_school_and_says_no_in_the_same_words() {
    let town = town().await;
    let tom = town.served.browser("tom").await.unwrap();
    let new = "/register/assets/new";
    let page = tom.page(new).await.unwrap();
    assert!(page.contains("name=\"school\" value=\"camus\"") && !page.to_lowercase().contains("zola"), "{page}");
    let csrf = tom.csrf(new).await.unwrap();
    let say = async |path: &str, label: &str, school: &str| {
        let form = [("csrf", csrf.as_str()), ("label_or_serial", label), ("kind", "document_camera"), ("school", school), ("room", "CM2")];
        let answer = tom.post(path, &form).await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let alert = |page: &str| between(page, "role=\"alert\"", "</div>").to_owned();
    let (own, other) = (say(new, "D-1", "camus").await.1, say(new, "D-2", "camus").await.1);
    assert_eq!(alert(&own), alert(&other));
    assert!(alert(&own).contains("Cette clé est déjà") && !other.contains("CE1") && !other.to_lowercase().contains("zola"), "{other}");
    let (elsewhere, nowhere) = (say(new, "T-5", "zola").await.1, say(new, "T-5", "nulle-part").await.1);
    assert_eq!(alert(&elsewhere), alert(&nowhere));
    assert_eq!(say(new, "T-5", "camus").await.0, StatusCode::SEE_OTHER);
    assert_eq!(say(new, "T-5", "camus").await.0, StatusCode::SEE_OTHER, "said twice it is so once");
    assert!(tom.page("/register/assets/T-5").await.unwrap().contains("CM2"));
    let list = tom.page("/register/assets").await.unwrap();
    let word = Kind::DocumentCamera.label(Language::Fr);
    assert!(list.contains(word) && !list.contains("document_camera"), "a list says words, not codes: {list}");
    for path in ["/register/assets/D-2", "/register/assets/D-2/remove"] {
        assert_eq!(say(path, "D-2", "camus").await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(say("/register/assets/T-5/remove", "T-5", "camus").await.0, StatusCode::SEE_OTHER);
    let gone = tom.page("/register/assets/T-5").await.unwrap();
    let change = between(&gone, "/register/changes/", "/undo").trim_start_matches("/register/changes/").to_owned();
    let zola = newest(&town, "assets/D-2").await.to_string();
    let back = async |change: &str| tom.post(&format!("/register/changes/{change}/undo"), &[("csrf", csrf.as_str())]).await.unwrap().status();
    assert_eq!((back(&zola).await, back(&change).await), (StatusCode::NOT_FOUND, StatusCode::SEE_OTHER));
    let theo = town.served.browser("theo").await.unwrap();
    assert!(theo.page("/register/assets/D-2").await.unwrap().contains("CE1"));
    let changes = tom.page("/register").await.unwrap();
    assert!(changes.contains("T-5") && !changes.contains("D-2"), "{changes}");
}

#[tokio::test]
async fn the_newest_changes_are_those_of_rows_that_somebody_sees() {
    let town = town().await;
    assert_eq!(put(&town, "anne", "assets/D-1", json!({ "room": "CE1", "price_ht": "480" })).await.0, StatusCode::OK);
    assert_eq!(put(&town, "theo", "assets/D-2", json!({ "room": "CE2" })).await.0, StatusCode::OK);
    assert_eq!(put(&town, "anne", "invoices/F-1", json!({})).await.0, StatusCode::OK);
    let list = async |login: &str, query: &str| get(&town, login, &format!("/api/v1/register/changes{query}")).await;
    let keys = |list: &Value| each(list, "key").into_iter().map(|key| key[0].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let (_, all) = list("anne", "?limit=3").await;
    assert_eq!((keys(&all), &all["items"][2]["becomes"]["price_ht"]), (vec!["F-1".into(), "D-2".into(), "D-1".into()], &json!("480")));
    // Who sees no money is told neither of invoices nor of prices; page by page it is the same.
    let (_, first) = list("theo", "?limit=1").await;
    let (_, then) = list("theo", &format!("?limit=1&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!((keys(&first), keys(&then)), (vec!["D-2".to_owned()], vec!["D-1".to_owned()]));
    assert_eq!((&then["items"][0]["becomes"]["room"], &then["items"][0]["becomes"]["price_ht"]), (&json!("CE1"), &Value::Null));
    let (status, own) = list("tom", "").await;
    assert_eq!((status, keys(&own).contains(&"D-1".to_owned()), keys(&own).contains(&"D-2".to_owned())), (StatusCode::OK, true, false), "{own}");
    for login in ["paul", "ecole"] {
        assert_eq!(list(login, "").await.0, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn whoever_sees_no_prices_leaves_them_as_they_are() {
    let town = town().await;
    let price = async || get(&town, "anne", &format!("{ASSETS}/D-1")).await.1["cells"]["price_ht"].clone();
    assert_eq!(put(&town, "theo", "assets/D-1", json!({ "room": "CE1" })).await.0, StatusCode::OK);
    let before = newest(&town, "assets/D-1").await;
    assert_eq!(put(&town, "anne", "assets/D-1", json!({ "price_ht": "480", "finance_ref": "IMMO-7" })).await.0, StatusCode::OK);
    for login in ["theo", "tom"] {
        let browser = town.served.browser(login).await.unwrap();
        let page = browser.page("/register/assets/D-1").await.unwrap();
        assert!(!page.contains("480") && !page.contains("IMMO-7"), "{login} {page}");
        let csrf = browser.csrf("/register/assets/D-1").await.unwrap();
        let form = [("csrf", csrf.as_str()), ("label_or_serial", "D-1"), ("kind", "document_camera"), ("school", "camus"), ("room", login)];
        assert_eq!(browser.post("/register/assets/D-1", &form).await.unwrap().status(), StatusCode::SEE_OTHER);
        let forged = [("csrf", csrf.as_str()), ("label_or_serial", "D-1"), ("kind", "document_camera"), ("school", "camus"), ("price_ht", "1")];
        assert_eq!(browser.post("/register/assets/D-1", &forged).await.unwrap().status(), StatusCode::SEE_OTHER);
        assert_eq!(price().await, json!("480"), "{login} saved a form without it");
        assert_eq!(put(&town, login, "assets/D-1", json!({ "room": "BCD" })).await.0, StatusCode::OK);
        assert_eq!(put(&town, login, "assets/D-1", json!({ "price_ht": "" })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        // The change was before the price was known: what is undone is the rest.
        assert_eq!(undo(&town, login, &before).await.0, StatusCode::OK);
        assert_eq!(price().await, json!("480"), "{login} undid an older change");
    }
    let (_, renamed) = put(&town, "tom", "assets/D-1", json!({ "label_or_serial": "D-3" })).await;
    assert!(renamed["cells"]["price_ht"].is_null(), "{renamed}");
    assert_eq!(get(&town, "anne", &format!("{ASSETS}/D-3")).await.1["cells"]["price_ht"], json!("480"), "a row keeps its price under another key");
    for path in ["/schools/camus/inventory", "/schools/camus/inventory/inventory.csv", "/schools/camus/theft?label=D-3", "/inventory"] {
        let (tom, anne) = (town.ask("tom", "GET", path).await.1, town.ask("anne", "GET", path).await.1);
        assert!(!tom.contains("480") && tom.contains("D-3"), "{path} {tom}");
        assert!(anne.contains("480"), "{path} {anne}");
    }
}

#[tokio::test]
async fn identities_are_decided_where_all_of_their_devices_are_seen() {
    let town = town().await;
    let (camus, zola) = (town.camus_projector.device, town.zola_projector.device);
    let (switch, store) = (town.switch.device, &town.world.db);
    // What was split within the school is one again, by the one who sees both.
    let mac = town.camus_projector.secrets[1].replace(':', "");
    let split = json!({ "keys": [format!("mac:{mac}")] });
    let (status, told) = town.call("theo", "POST", &format!("/api/v1/devices/{camus}/split"), split).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    let (status, told) = town.call("tom", "POST", &format!("/api/v1/decisions/{}/undo", told["decision"]), Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    // One contradiction within the school, one across, one elsewhere; a merge across, and one elsewhere.
    let pairs = [(camus, switch), (camus, zola), (zola, 0)];
    let made = move |tx: &mut Tx<'_>| -> store::Result<()> {
        for (at, (one, other)) in (901i64..).zip(pairs) {
            let sql = "
                insert into conflict (school_id, conflict_id, at, device_a, device_b, key_rank, key_text, reason)
                select school_id, $1, 0, device_id, $3, 1, 'X', '' from device where device_id = $2";
            tx.execute(sql, &[at.into(), one.into(), other.into()])?;
        }
        for (at, one, other) in [(901i64, camus, zola), (902, zola, zola)] {
            let sql = "
                insert into identity_decision (decision_id, school_id, at, by_whom, what, kept_id, other_id, other_place, reason)
                select $1, school_id, 0, 'theo', 'split', device_id, $3, '', '' from device where device_id = $2";
            tx.execute(sql, &[at.into(), one.into(), other.into()])?;
        }
        Ok(())
    };
    store.write(made).unwrap();
    let tom = town.served.browser("tom").await.unwrap();
    let page = tom.page("/conflicts").await.unwrap();
    assert!(
        page.contains("/conflicts/901/resolve") && !page.contains("/conflicts/902/resolve") && !page.contains("/conflicts/903/resolve"),
        "{page}"
    );
    assert!(!page.contains(&format!("/devices/{zola}\"")) && page.contains("dans une école que vous ne voyez pas"), "{page}");
    let resolve = async |login: &str, id: i64| town.call(login, "POST", &format!("/api/v1/conflicts/{id}/resolve"), Value::Null).await.0;
    assert_eq!((resolve("tom", 902).await, resolve("tom", 903).await), (StatusCode::FORBIDDEN, StatusCode::NOT_FOUND));
    assert_eq!((resolve("tom", 999_999).await, resolve("paul", 901).await), (StatusCode::NOT_FOUND, StatusCode::FORBIDDEN));
    assert_eq!((resolve("tom", 901).await, resolve("theo", 902).await), (StatusCode::NO_CONTENT, StatusCode::NO_CONTENT));
    let csrf = tom.csrf("/conflicts").await.unwrap();
    assert_eq!(tom.post("/conflicts/903/resolve", &[("csrf", &csrf)]).await.unwrap().status(), StatusCode::NOT_FOUND);
    for id in [901, 902, 999_999] {
        let (status, _) = town.call("tom", "POST", &format!("/api/v1/decisions/{id}/undo"), Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(tom.post(&format!("/decisions/{id}/undo"), &[("csrf", &csrf)]).await.unwrap().status(), StatusCode::NOT_FOUND, "{id}");
    }
    let device = tom.page(&format!("/devices/{camus}")).await.unwrap();
    assert!(!device.contains("/decisions/901/undo") && !device.contains(&format!("#{zola}<")), "{device}");
}

#[tokio::test]
async fn of_lists_is_told_what_meets_or_names_what_is_seen() {
    let town = town().await;
    let file = format!(
        "Nom;Numéro de série;Lieu\nUn;{};\nDeux;{};\nTrois;SNTROIS1;École Camus\nQuatre;SNQUATRE1;École Zola\nCinq;SNCINQ001;\n",
        town.camus_projector.secrets[0], town.zola_projector.secrets[0]
    );
    let url = format!("{}/api/v1/compare/lists?source=glpi&name=Parc&as_of=2026-09-01", town.served.base);
    let request = town.served.client().unwrap().post(url).bearer_auth(&town.tokens["theo"]).header(CONTENT_TYPE, "text/csv");
    assert_eq!(request.body(file).send().await.unwrap().status(), StatusCode::CREATED);
    let tom = town.served.browser("tom").await.unwrap();
    let page = tom.page("/compare?side=all").await.unwrap();
    assert!(page.contains(&town.camus_projector.secrets[0]) && page.contains("SNTROIS1") && page.contains("D-1"), "{page}");
    for hidden in [town.zola_projector.secrets[0].as_str(), "SNQUATRE1", "SNCINQ001", "D-2", "Zola", "type=\"file\"", "/remove"] {
        assert!(!page.contains(hidden), "{hidden} {page}");
    }
    assert!(between(&page, "<tbody>", "</tbody>").contains("<td class=\"num\">2</td>"), "so many of its rows: {page}");
    for query in ["school=zola", "school=camus", "side=list", "side=live", "side=register", "side=differ&after=0"] {
        let page = tom.page(&format!("/compare?{query}")).await.unwrap();
        assert!(!page.contains("SNQUATRE1") && !page.contains("D-2") && !page.contains(&town.zola_projector.secrets[0]), "{query} {page}");
    }
    let all = town.served.browser("theo").await.unwrap().page("/compare?side=all").await.unwrap();
    assert!(all.contains("SNCINQ001") && all.contains("SNQUATRE1") && all.contains("type=\"file\""));
}

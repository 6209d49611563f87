//! What pages do, programs do as well, and no more: visits, deeds for several faults, kept views, accounts, a lead's people.

use super::accounts::between;
use super::town::{Town, town};
use reqwest::StatusCode;
use rollcall_collector::store::account;
use rollcall_tests::served::{Browser, PASSWORD};
use serde_json::{Value, json};

/// Logins of a list, or numbers of faults of its rows.
pub(super) fn each<'a>(list: &'a Value, member: &str) -> Vec<&'a Value> {
    list["items"].as_array().unwrap_or_else(|| panic!("a list: {list}")).iter().map(|item| &item[member]).collect()
}

/// What the audit trail says of a verb: who, of what.
pub(super) fn trail(town: &Town, what: &str) -> Vec<(String, String)> {
    let lines = town.served.db.read(|tx| account::audit_lines(tx, i64::MAX, 100)).unwrap();
    lines.into_iter().map(|(_, line)| line).filter(|line| line.what == what).map(|line| (line.who, line.subject)).collect()
}

#[tokio::test]
async fn visits_are_planned_listed_and_ended_by_programs_within_what_they_see() {
    let town = town().await;
    let (camus, zola) = (town.camus_projector.fault, town.zola_projector.fault);
    let plan = async |login: &str, fault: i64, on: &str| town.call(login, "POST", "/api/v1/visits", json!({ "fault": fault, "on": on })).await;
    let (status, first) = plan("theo", zola, "2026-09-08").await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    assert_eq!(
        (&first["school"], &first["lot"], &first["on"], &first["state"]),
        (&json!("zola"), &json!("L1"), &json!("2026-09-08"), &json!("planned"))
    );
    let (status, second) = plan("tom", camus, "2026-09-09").await;
    assert_eq!((status, &second["faults"]), (StatusCode::CREATED, &json!([camus])), "{second}");
    // Another school's fault is not there for who does not see it; a contractor plans nothing; a day must be one, and not over.
    for (login, fault, on, expected) in [
        ("tom", zola, "2026-09-09", StatusCode::NOT_FOUND),
        ("theo", 999_999, "2026-09-09", StatusCode::NOT_FOUND),
        ("paul", camus, "2026-09-09", StatusCode::FORBIDDEN),
        ("rita", camus, "2026-09-09", StatusCode::FORBIDDEN),
        ("theo", camus, "2026-09-06", StatusCode::CONFLICT),
        ("theo", camus, "soon", StatusCode::UNPROCESSABLE_ENTITY),
        ("theo", camus, "", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, answer) = plan(login, fault, on).await;
        assert_eq!(status, expected, "{login} {fault} {on}: {answer}");
    }
    let list = async |login: &str, query: &str| town.call(login, "GET", &format!("/api/v1/visits{query}"), Value::Null).await.1;
    let all = list("theo", "?limit=1").await;
    assert_eq!((each(&all, "id"), all["next"].is_string()), (vec![&first["id"]], true), "{all}");
    let rest = list("theo", &format!("?limit=1&after={}", all["next"].as_str().unwrap())).await;
    assert_eq!((each(&rest, "id"), &rest["next"]), (vec![&second["id"]], &Value::Null), "{rest}");
    // What others' visits come before does not hide one's own.
    let own = list("tom", "?limit=1").await;
    assert_eq!((each(&own, "id"), &own["next"]), (vec![&second["id"]], &Value::Null), "{own}");
    assert_eq!(each(&list("paul", "?lot=L1").await, "id").len(), 2);
    assert!(each(&list("remi", "").await, "id").is_empty() && each(&list("theo", "?lot=L2").await, "id").is_empty());
    let page = town.served.browser("tom").await.unwrap().page("/visits").await.unwrap();
    assert!(page.contains(&format!("/faults/{camus}\"")) && !page.contains(&format!("/faults/{zola}\"")), "the page shows the same: {page}");
    // Ended: by whoever sees it, once; its fault is claimed mended.
    let end = async |login: &str, visit: &Value, body: Value| town.call(login, "POST", &format!("/api/v1/visits/{visit}/end"), body).await;
    assert_eq!(end("tom", &first["id"], json!({ "done": true })).await.0, StatusCode::NOT_FOUND);
    assert_eq!(end("paul", &first["id"], json!({ "done": true })).await.0, StatusCode::FORBIDDEN);
    assert_eq!(end("theo", &first["id"], json!({})).await.0, StatusCode::BAD_REQUEST);
    let (status, ended) = end("theo", &first["id"], json!({ "done": true, "text": "lampe changée" })).await;
    assert_eq!((status, &ended["state"], &ended["said"]), (StatusCode::OK, &json!("done"), &json!("lampe changée")), "{ended}");
    assert_eq!(end("theo", &first["id"], json!({ "done": false })).await.0, StatusCode::NOT_FOUND, "it is over");
    let (_, fault) = town.call("theo", "GET", &format!("/api/v1/faults/{zola}"), Value::Null).await;
    assert_eq!(fault["state"], "claimed");
    let (_, off) = end("tom", &second["id"], json!({ "done": false, "text": "école fermée" })).await;
    assert_eq!(off["state"], "cancelled");
    assert!(trail(&town, "intervention.plan").len() == 2 && trail(&town, "intervention.end").contains(&("tom".to_owned(), second["id"].to_string())));
}

#[tokio::test]
async fn one_deed_of_a_program_for_several_faults_tells_of_each() {
    let town = town().await;
    let (own, twin, other) = (town.camus_projector.fault, town.zola_projector.fault, town.switch.fault);
    let act = async |login: &str, faults: Value, deed: Value| {
        town.call(login, "POST", "/api/v1/faults/deeds", json!({ "faults": faults, "deed": deed })).await
    };
    let suspend = json!({ "verb": "suspend", "cause": "part" });
    let (status, told) = act("paul", json!([own, twin, other, 999_999, own]), suspend.clone()).await;
    assert_eq!((status, &told["done"]), (StatusCode::OK, &json!(2)), "{told}");
    let outcome = |fault: i64| told["outcomes"].as_array().unwrap().iter().find(|outcome| outcome["fault"] == fault).unwrap().clone();
    assert_eq!((&outcome(own)["done"], &outcome(own)["state"], &outcome(own)["problem"]), (&json!(true), &json!("suspended"), &Value::Null));
    for fault in [other, 999_999] {
        assert_eq!((&outcome(fault)["done"], &outcome(fault)["problem"]["status"]), (&json!(false), &json!(404)), "{fault}");
    }
    let (_, fault) = town.call("theo", "GET", &format!("/api/v1/faults/{other}"), Value::Null).await;
    assert_eq!(fault["suspended"], Value::Null, "another lot's fault is as it was");
    // What a contractor may not do alone it may not do to many: each is told why.
    let (status, told) = act("paul", json!([own]), json!({ "verb": "dismiss", "text": "non" })).await;
    assert_eq!((status, &told["outcomes"][0]["problem"]["status"]), (StatusCode::OK, &json!(409)), "{told}");
    let many: Vec<i64> = (1..=51).collect();
    for (login, faults, deed, expected) in [
        ("paul", json!([own]), json!({ "verb": "burn" }), StatusCode::UNPROCESSABLE_ENTITY),
        ("paul", json!([999_999]), json!({ "text": "oui" }), StatusCode::UNPROCESSABLE_ENTITY),
        ("paul", json!([]), suspend.clone(), StatusCode::UNPROCESSABLE_ENTITY),
        ("paul", json!(many), suspend.clone(), StatusCode::UNPROCESSABLE_ENTITY),
        ("paul", json!(["x"]), suspend.clone(), StatusCode::BAD_REQUEST),
        ("rita", json!([own]), suspend.clone(), StatusCode::FORBIDDEN),
        ("ecole", json!([own]), suspend.clone(), StatusCode::FORBIDDEN),
    ] {
        let (status, answer) = act(login, faults.clone(), deed).await;
        assert_eq!(status, expected, "{login} {faults}: {answer}");
    }
    assert_eq!(trail(&town, "fault.suspend").len(), 2);
}

#[tokio::test]
async fn a_program_keeps_and_forgets_views_of_its_own_account() {
    let town = town().await;
    let view =
        async |login: &str, method: &str, name: &str, body: Value| town.call(login, method, &format!("/api/v1/account/views{name}"), body).await;
    let (status, kept) = view("theo", "PUT", "/Lampes%20%2F%20Zola", json!({ "address": "/faults?code=projector_lamp&after=1.2.3.4&state=" })).await;
    assert_eq!((status, &kept), (StatusCode::OK, &json!({ "name": "Lampes / Zola", "address": "/faults?code=projector_lamp" })));
    assert_eq!(view("theo", "GET", "", Value::Null).await.1, json!([kept]));
    assert_eq!(view("anne", "GET", "", Value::Null).await.1, json!([]), "a view is its owner's");
    let page = town.served.browser("theo").await.unwrap().page("/").await.unwrap();
    assert!(page.contains("href=\"/faults?code=projector_lamp\">Lampes / Zola"), "{page}");
    for address in ["https://evil.example/", "/admin", ""] {
        let (status, answer) = view("theo", "PUT", "/x", json!({ "address": address })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{address}: {answer}");
    }
    assert_eq!(view("anne", "DELETE", "/Lampes%20%2F%20Zola", Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(view("theo", "DELETE", "/Lampes%20%2F%20Zola", Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(view("theo", "DELETE", "/Lampes%20%2F%20Zola", Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(view("theo", "GET", "", Value::Null).await.1, json!([]));
    assert!(trail(&town, "view.keep").len() == 1 && trail(&town, "view.forget").len() == 1);
}

/// Chooses a password by a link that an answer told.
async fn chosen(town: &Town, link: &Value, password: &str) -> StatusCode {
    let nobody = Browser { base: town.served.base.clone(), client: town.served.client().unwrap() };
    let path = link["url"].as_str().unwrap_or_else(|| panic!("a link: {link}")).split_once("/password/").unwrap().1;
    nobody.post(&format!("/password/{path}"), &[("password", password), ("again", password)]).await.unwrap().status()
}

/// Signs in; the answer's status.
async fn sign_in(town: &Town, login: &str, password: &str) -> StatusCode {
    let asked = json!({ "login": login, "password": password });
    town.served.client().unwrap().post(format!("{}/api/v1/session", town.served.base)).json(&asked).send().await.unwrap().status()
}

#[tokio::test]
async fn an_administrator_s_program_makes_bounds_and_refuses_accounts() {
    let town = town().await;
    let call = async |method: &str, path: &str, body: Value| town.call("anne", method, &format!("/api/v1/accounts{path}"), body).await;
    let new = json!({ "login": "Zoé", "role": "technician", "schools": "zola", "kinds": ["projector"] });
    let (status, made) = call("POST", "", new.clone()).await;
    assert_eq!((status, &made["login"]), (StatusCode::CREATED, &json!("zoe")), "{made}");
    assert_eq!(sign_in(&town, "zoe", "").await, StatusCode::UNAUTHORIZED, "no password opens it before it has one");
    assert_eq!(chosen(&town, &made["link"], PASSWORD).await, StatusCode::SEE_OTHER);
    assert_eq!(chosen(&town, &made["link"], PASSWORD).await, StatusCode::NOT_FOUND, "it works once");
    let token = town.served.token("zoe").await.unwrap();
    let sees = async |fault: i64| {
        let url = format!("{}/api/v1/faults/{fault}", town.served.base);
        town.served.client().unwrap().get(url).bearer_auth(&token).send().await.unwrap().status()
    };
    assert_eq!((sees(town.zola_projector.fault).await, sees(town.switch.fault).await), (StatusCode::OK, StatusCode::NOT_FOUND));
    let (_, whole) = call("GET", "/zoe", Value::Null).await;
    assert_eq!(whole["sees"], json!([{ "lot": null, "kind": "projector", "schools": ["zola"] }]), "{whole}");
    assert_eq!(
        (&whole["role"], &whole["disabled"], &whole["leads"], &whole["email"]),
        (&json!("technician"), &Value::Null, &json!(false), &Value::Null)
    );
    // Other bounds hold at the next request.
    let (status, whole) = call("PUT", "/zoe", json!({ "role": "technician", "schools": "camus" })).await;
    assert_eq!((status, &whole["schools"], &whole["kinds"]), (StatusCode::OK, &json!("camus"), &json!([])), "{whole}");
    assert_eq!((sees(town.zola_projector.fault).await, sees(town.switch.fault).await), (StatusCode::NOT_FOUND, StatusCode::OK));
    // Letters, refusal, a new link.
    assert_eq!(call("PUT", "/zoe/email", json!({ "email": "zoe@ville.example" })).await.1["email"], "zoe@ville.example");
    assert_eq!(call("PUT", "/zoe/email", json!({ "email": "zoe" })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(call("PUT", "/zoe/state", json!({ "enabled": false })).await.1["disabled"].is_string());
    assert_eq!((sees(town.switch.fault).await, sign_in(&town, "zoe", PASSWORD).await), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    assert_eq!(call("PUT", "/zoe/state", json!({ "enabled": true })).await.1["disabled"], Value::Null);
    let (status, link) = call("POST", "/zoe/link", Value::Null).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(chosen(&town, &link, "une autre phrase").await, StatusCode::SEE_OTHER);
    assert_eq!(sign_in(&town, "zoe", "une autre phrase").await, StatusCode::OK);
    assert_eq!(call("DELETE", "/zoe/second", Value::Null).await.0, StatusCode::NOT_FOUND, "it has none");
    // What does not hold is told, and changes nothing.
    for (method, path, body, expected) in [
        ("POST", "", new, StatusCode::CONFLICT),
        ("POST", "", json!({ "login": "…", "role": "reader" }), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "", json!({ "login": "eve", "role": "king" }), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "", json!({ "login": "eve", "role": "reader", "kinds": ["tank"] }), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "", json!({ "login": "eve", "role": "reader", "schools": "kind=château" }), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "", json!({ "login": "eve", "role": "reader", "schools": "x".repeat(201) }), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "", json!({ "login": "eve", "role": "contractor", "actor": "x".repeat(81) }), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "", json!({ "login": "eve" }), StatusCode::BAD_REQUEST),
        ("PUT", "/anne", json!({ "role": "reader" }), StatusCode::CONFLICT),
        ("PUT", "/anne/state", json!({ "enabled": false }), StatusCode::CONFLICT),
        ("PUT", "/eve", json!({ "role": "reader" }), StatusCode::NOT_FOUND),
        ("PUT", "/eve/state", json!({ "enabled": true }), StatusCode::NOT_FOUND),
        ("PUT", "/eve/email", json!({ "email": "" }), StatusCode::NOT_FOUND),
        ("POST", "/eve/link", Value::Null, StatusCode::NOT_FOUND),
        ("GET", "/eve", Value::Null, StatusCode::NOT_FOUND),
    ] {
        let (status, answer) = call(method, path, body.clone()).await;
        assert_eq!(status, expected, "{method} {path} {body}: {answer}");
    }
    let (_, list) = call("GET", "?limit=2", Value::Null).await;
    assert_eq!(each(&list, "login"), [&json!("anne"), &json!("ecole")]);
    assert_eq!(each(&call("GET", "?limit=1&after=ecole", Value::Null).await.1, "login"), [&json!("max")]);
    // Each deed stands in the trail, and nobody but an administrator is let in.
    for what in ["account.add", "account.change", "account.email", "account.state", "account.link"] {
        assert!(trail(&town, what).contains(&("anne".to_owned(), "zoe".to_owned())), "{what}");
    }
    for login in ["max", "theo", "tom", "rita", "paul", "ecole"] {
        let (status, _) = town.call(login, "GET", "/api/v1/accounts/anne", Value::Null).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{login}");
        let (status, _) = town.call(login, "PUT", &format!("/api/v1/accounts/{login}"), json!({ "role": "admin" })).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn a_token_for_programs_makes_no_way_in_for_anybody() {
    let town = town().await;
    let anne = town.served.browser("anne").await.unwrap();
    let csrf = anne.csrf("/account").await.unwrap();
    let form = [("name", "GMAO"), ("days", "30"), ("reads_only", "no"), ("csrf", csrf.as_str())];
    let page = anne.post("/account/tokens", &form).await.unwrap().text().await.unwrap();
    let token = between(&page, "Bearer ", "<");
    let (client, url) = (town.served.client().unwrap(), |path: &str| format!("{}{path}", town.served.base));
    assert_eq!(client.get(url("/api/v1/overview")).bearer_auth(token).send().await.unwrap().status(), StatusCode::OK);
    for path in [
        "/api/v1/accounts",
        "/api/v1/accounts/paul",
        "/api/v1/account/views",
        "/api/v1/account/sessions",
        "/api/v1/account/tokens",
        "/api/v1/enrolment-codes",
        "/api/v1/audit",
        "/api/v1/people",
        "/admin",
        "/admin/accounts/paul",
        "/my-people",
    ] {
        assert_eq!(client.get(url(path)).bearer_auth(token).send().await.unwrap().status(), StatusCode::FORBIDDEN, "{path}");
    }
    // Whoever has the token knows what forms made from it would carry.
    let csrf = rollcall_collector::web::visitor::csrf_of(token);
    let link = client.post(url("/admin/accounts/paul/link")).bearer_auth(token).form(&[("csrf", csrf)]).send().await.unwrap();
    assert_eq!(link.status(), StatusCode::FORBIDDEN);
    for path in ["/api/v1/accounts/paul/link", "/api/v1/account/tokens", "/api/v1/enrolment-codes"] {
        let made = client.post(url(path)).bearer_auth(token).json(&json!({ "name": "x", "days": 1, "networks": ["camus"] })).send().await.unwrap();
        assert_eq!(made.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let ended = client.delete(url("/api/v1/account/sessions")).bearer_auth(token).send().await.unwrap();
    assert_eq!(ended.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_lead_s_program_makes_accounts_for_its_people_and_for_nobody_else() {
    let town = town().await;
    let people = async |login: &str, method: &str, path: &str, body: Value| town.call(login, method, &format!("/api/v1/people{path}"), body).await;
    let pia = json!({ "login": "pia", "actor": "video" });
    for login in ["paul", "anne", "theo"] {
        assert_eq!(people(login, "GET", "", Value::Null).await.0, StatusCode::FORBIDDEN, "{login} leads nobody");
        assert_eq!(people(login, "POST", "", pia.clone()).await.0, StatusCode::FORBIDDEN, "{login} leads nobody");
    }
    let lead = async |schools: &str| {
        let bounds = json!({ "role": "contractor", "actor": "video", "schools": schools, "leads": true });
        let (status, whole) = town.call("anne", "PUT", "/api/v1/accounts/paul", bounds).await;
        assert_eq!((status, &whole["leads"]), (StatusCode::OK, &json!(true)), "{whole}");
    };
    lead("").await;
    assert_eq!(people("paul", "GET", "", Value::Null).await.1, json!({ "actors": ["video", "sous"], "people": [] }));
    let (status, made) = people("paul", "POST", "", pia.clone()).await;
    assert_eq!((status, &made["login"]), (StatusCode::CREATED, &json!("pia")), "{made}");
    assert_eq!(chosen(&town, &made["link"], PASSWORD).await, StatusCode::SEE_OTHER);
    for (body, expected) in [
        (pia, StatusCode::CONFLICT),
        (json!({ "login": "eve", "actor": "reseau" }), StatusCode::CONFLICT),
        (json!({ "login": "eve", "actor": "" }), StatusCode::CONFLICT),
        (json!({ "login": "anne", "actor": "video" }), StatusCode::CONFLICT),
        (json!({ "login": "", "actor": "video" }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "login": "eve", "actor": "video", "schools": "a&&=b" }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, answer) = people("paul", "POST", "", body.clone()).await;
        assert_eq!(status, expected, "{body}: {answer}");
    }
    // It sees what its lead sees, and no more when that becomes less.
    let token = town.served.token("pia").await.unwrap();
    let sees = async |fault: i64| {
        let url = format!("{}/api/v1/faults/{fault}", town.served.base);
        town.served.client().unwrap().get(url).bearer_auth(&token).send().await.unwrap().status()
    };
    assert_eq!((sees(town.camus_projector.fault).await, sees(town.switch.fault).await), (StatusCode::OK, StatusCode::NOT_FOUND));
    lead("zola").await;
    assert_eq!((sees(town.camus_projector.fault).await, sees(town.zola_projector.fault).await), (StatusCode::NOT_FOUND, StatusCode::OK));
    let (_, list) = people("paul", "GET", "", Value::Null).await;
    assert_eq!((&list["people"][0]["login"], &list["people"][0]["sees"][0]["schools"]), (&json!("pia"), &json!(["zola"])), "{list}");
    let (_, whole) = town.call("anne", "GET", "/api/v1/accounts/pia", Value::Null).await;
    assert_eq!((&whole["under"], &whole["role"]), (&json!("paul"), &json!("contractor")), "{whole}");
    // Of others' people, and of accounts of the town, nothing is there.
    for login in ["remi", "anne", "sam", "nobody-at-all", "paul"] {
        assert_eq!(people("paul", "PUT", &format!("/{login}/state"), json!({ "enabled": false })).await.0, StatusCode::NOT_FOUND, "{login}");
        assert_eq!(people("paul", "POST", &format!("/{login}/link"), Value::Null).await.0, StatusCode::NOT_FOUND, "{login}");
    }
    assert_eq!(people("paul", "PUT", "/pia/state", json!({ "enabled": false })).await.0, StatusCode::NO_CONTENT);
    assert_eq!((sign_in(&town, "pia", PASSWORD).await, sees(town.zola_projector.fault).await), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    assert_eq!(people("paul", "PUT", "/pia/state", json!({ "enabled": true })).await.0, StatusCode::NO_CONTENT);
    let (status, link) = people("paul", "POST", "/pia/link", Value::Null).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(chosen(&town, &link, "une autre phrase").await, StatusCode::SEE_OTHER);
    assert_eq!(sign_in(&town, "pia", "une autre phrase").await, StatusCode::OK);
    // Whom the town refused no lead lets in again, whoever refused first; whom the town let in, the lead may refuse.
    let refuse = |login: &'static str| {
        let id = town.served.db.read(move |tx| account::by_login(tx, login)).unwrap().unwrap().id;
        town.served.db.write(move |tx| account::disable(tx, id, super::town::MONDAY)).unwrap();
    };
    for first in [true, false] {
        if first {
            assert_eq!(people("paul", "PUT", "/pia/state", json!({ "enabled": false })).await.0, StatusCode::NO_CONTENT);
        }
        refuse("pia");
        for enabled in [false, true] {
            let (status, told) = people("paul", "PUT", "/pia/state", json!({ "enabled": enabled })).await;
            assert_eq!(status, if enabled { StatusCode::CONFLICT } else { StatusCode::NO_CONTENT }, "{told}");
        }
        let id = town.served.db.read(|tx| account::by_login(tx, "pia")).unwrap().unwrap().id;
        town.served.db.write(move |tx| account::enable(tx, id)).unwrap();
    }
    for what in ["account.add", "account.state", "account.link"] {
        assert!(trail(&town, what).contains(&("paul".to_owned(), "pia".to_owned())), "{what}");
    }
}

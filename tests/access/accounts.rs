//! Accounts: passwords by a link, tokens for programs, bounds as their administrator sets them.

use super::town::town;
use reqwest::StatusCode;
use rollcall_tests::served::Browser;

/// What stands between two texts on a page.
pub fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
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

#[tokio::test]
async fn a_lead_makes_accounts_for_its_people_that_see_no_more_than_it_does() {
    let town = town().await;
    let anne = town.served.browser("anne").await.unwrap();
    let paul = town.served.browser("paul").await.unwrap();
    assert_eq!(paul.get("/my-people").await.unwrap().status(), StatusCode::FORBIDDEN, "an administrator says who leads");
    let csrf = anne.csrf("/admin/accounts/paul").await.unwrap();
    let bounds = |schools: &'static str| {
        [("csrf", csrf.clone()), ("role", "contractor".into()), ("actor", "video".into()), ("schools", schools.into()), ("lead", "yes".into())]
    };
    let form = |schools: &'static str| bounds(schools).map(|(name, value): (&str, String)| (name, value));
    let set = async |schools: &'static str| {
        let form = form(schools);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(anne.post("/admin/accounts/paul", &form).await.unwrap().status(), StatusCode::SEE_OTHER);
    };
    set("").await;
    let csrf = paul.csrf("/my-people").await.unwrap();
    let add = async |login: &str, actor: &str, schools: &str| {
        let form = [("csrf", csrf.as_str()), ("login", login), ("actor", actor), ("schools", schools), ("role", "admin"), ("lead", "yes")];
        paul.post("/my-people", &form).await.unwrap().text().await.unwrap()
    };
    // For another's actor, with a login that is taken, with a selector that says nothing: no.
    for (login, actor, schools) in [("eve", "reseau", ""), ("eve", "", ""), ("anne", "video", ""), ("eve", "video", "a&&=b"), ("", "video", "")] {
        assert!(add(login, actor, schools).await.contains("role=\"alert\""), "{login} {actor} {schools}");
    }
    let page = add("pia", "video", "").await;
    let link = format!("/password/{}", between(&page, "/password/", "<"));
    let nobody = Browser { base: town.served.base.clone(), client: town.served.client().unwrap() };
    let chosen = [("password", "une autre phrase"), ("again", "une autre phrase")];
    assert_eq!(nobody.post(&link, &chosen).await.unwrap().status(), StatusCode::SEE_OTHER);
    let session = async |login: &str| {
        let asked = serde_json::json!({ "login": login, "password": "une autre phrase" });
        let answer = nobody.client.post(format!("{}/api/v1/session", town.served.base)).json(&asked).send().await.unwrap();
        (answer.status(), answer.json::<serde_json::Value>().await.unwrap()["token"].as_str().unwrap_or_default().to_owned())
    };
    let (status, token) = session("pia").await;
    assert_eq!(status, StatusCode::OK);
    let sees = async |fault: i64| {
        let url = format!("{}/api/v1/faults/{fault}", town.served.base);
        nobody.client.get(url).bearer_auth(&token).send().await.unwrap().status()
    };
    // A contractor, whatever role the form asked for; the lot's faults and no other.
    let account = town.served.db.read(|tx| rollcall_collector::store::account::by_login(tx, "pia")).unwrap().unwrap();
    assert_eq!(account.role, rollcall_collector::store::account::Role::Contractor);
    assert_eq!((sees(town.camus_projector.fault).await, sees(town.zola_projector.fault).await), (StatusCode::OK, StatusCode::OK));
    assert_eq!(sees(town.switch.fault).await, StatusCode::NOT_FOUND);
    let url = format!("{}/my-people", town.served.base);
    assert_eq!(nobody.client.get(url).bearer_auth(&token).send().await.unwrap().status(), StatusCode::FORBIDDEN, "it does not lead");
    // The lead's own bounds become narrower: so does everybody's whom it made, at once.
    set("zola").await;
    assert_eq!((sees(town.camus_projector.fault).await, sees(town.zola_projector.fault).await), (StatusCode::NOT_FOUND, StatusCode::OK));
    // A link, a refusal, and back; nobody that it did not make.
    let deed = async |login: &str, deed: &str| paul.post(&format!("/my-people/{login}"), &[("csrf", &csrf), ("deed", deed)]).await.unwrap().status();
    assert_eq!(deed("pia", "link").await, StatusCode::OK);
    for login in ["remi", "anne", "sam", "nobody-at-all"] {
        assert_eq!(deed(login, "disable").await, StatusCode::NOT_FOUND, "{login}");
    }
    assert_eq!(deed("pia", "disable").await, StatusCode::SEE_OTHER);
    assert_eq!(session("pia").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(deed("pia", "enable").await, StatusCode::SEE_OTHER);
    assert_eq!(session("pia").await.0, StatusCode::OK);
    assert_eq!(deed("pia", "promote").await, StatusCode::BAD_REQUEST);
    // The trail says who.
    let trail = town.served.db.read(|tx| rollcall_collector::store::account::audit_lines(tx, i64::MAX, 50)).unwrap();
    assert!(trail.iter().any(|(_, line)| line.who == "paul" && line.what == "account.add" && line.subject == "pia"));
    assert!(trail.iter().any(|(_, line)| line.who == "paul" && line.what == "account.state" && line.becomes == "disabled"));
}

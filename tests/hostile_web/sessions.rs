//! Sessions: none that was planted, none that outlives what it was opened with; where one is led after signing in.

use super::Stage;
use reqwest::Response;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_tests::served::{Browser, PASSWORD};

fn cookies(answer: &Response) -> Vec<String> {
    answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// The value of the session cookie that an answer sets.
fn session_of(answer: &Response) -> String {
    let set = cookies(answer);
    let set = set.iter().find_map(|cookie| cookie.strip_prefix("rollcall=")).unwrap_or_else(|| panic!("no session: {set:?}"));
    set.split(';').next().unwrap().to_owned()
}

async fn sign_in(browser: &Browser, next: &str) -> Response {
    let csrf = browser.csrf("/sign-in").await.unwrap();
    browser.post("/sign-in", &[("login", "anne"), ("password", PASSWORD), ("csrf", &csrf), ("next", next)]).await.unwrap()
}

async fn is_open(stage: &Stage, session: &str) -> bool {
    let url = format!("{}/api/v1/overview", stage.served.base);
    let asked = stage.stranger().client.get(url).header("cookie", format!("rollcall={session}")).send().await.unwrap();
    asked.status().as_u16() == 200
}

#[tokio::test]
async fn a_planted_session_is_never_anybody_s() {
    let stage = Stage::plain().await;
    // Somebody plants a session cookie and a form's cookie; then the victim signs in.
    let planted = "A".repeat(43);
    let client = stage.stranger().client;
    let url = format!("{}/sign-in", stage.served.base);
    let page = client.get(&url).header("cookie", format!("rollcall={planted}; rollcall-visit={planted}")).send().await.unwrap().text().await.unwrap();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [("login", "anne"), ("password", PASSWORD), ("csrf", csrf.as_str())];
    let answer = client.post(&url).header("cookie", format!("rollcall={planted}; rollcall-visit={planted}")).form(&form).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    let session = session_of(&answer);
    assert_ne!(session, planted);
    assert!(is_open(&stage, &session).await && !is_open(&stage, &planted).await);
    // Signing in once more in the same browser: another session, and the earlier one is over.
    let browser = stage.served.browser("anne").await.unwrap();
    let out = browser.csrf("/account").await.unwrap();
    assert!(!out.is_empty());
}

#[tokio::test]
async fn cookies_are_out_of_reach() {
    let stage = Stage::plain().await;
    let browser = stage.stranger();
    let shown = browser.get("/sign-in").await.unwrap();
    let opened = sign_in(&browser, "/").await;
    let all: Vec<String> = cookies(&shown).into_iter().chain(cookies(&opened)).collect();
    assert!(all.len() >= 3, "{all:?}");
    for cookie in all {
        assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/"), "{cookie}");
        assert!(!cookie.to_ascii_lowercase().contains("domain="), "{cookie}");
    }
    // Behind https they are secure and belong to this host alone.
    let secure = Stage::new("", "", |config| {
        config.server.tls = rollcall_collector::config::Tls::Proxy;
        config.server.public_url = "https://parc.ville.example".to_owned();
    })
    .await;
    for cookie in cookies(&secure.stranger().get("/sign-in").await.unwrap()) {
        assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure"), "{cookie}");
    }
}

#[tokio::test]
async fn a_session_ends_with_what_it_was_opened_with() {
    let stage = Stage::plain().await;
    let (one, other) = (stage.stranger(), stage.stranger());
    let (first, second) = (session_of(&sign_in(&one, "/").await), session_of(&sign_in(&other, "/").await));
    assert!(first != second && is_open(&stage, &first).await && is_open(&stage, &second).await);
    // Another password: this browser goes on with another token, all else is over.
    let csrf = one.csrf("/account").await.unwrap();
    let form = [("old", PASSWORD), ("password", "une autre phrase"), ("again", "une autre phrase"), ("csrf", csrf.as_str())];
    let changed = one.post("/account/password", &form).await.unwrap();
    let third = session_of(&changed);
    assert_ne!(third, first);
    assert!(!is_open(&stage, &first).await && !is_open(&stage, &second).await && is_open(&stage, &third).await);
    // The page that came back is of the new session: its forms work.
    let page = changed.text().await.unwrap();
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(one.post("/account/sessions", &[("csrf", &csrf)]).await.unwrap().status().as_u16(), 200);
    // A refused account's sessions and tokens are over at once.
    stage.served.add_account("rita", Role::Reader, Bounds::default()).await.unwrap();
    let rita = stage.served.token("rita").await.unwrap();
    assert!(is_open(&stage, &rita).await);
    let csrf = one.csrf("/admin/accounts/rita").await.unwrap();
    assert_eq!(one.post("/admin/accounts/rita/state", &[("csrf", &csrf), ("on", "no")]).await.unwrap().status().as_u16(), 303);
    assert!(!is_open(&stage, &rita).await);
    // Signed out, the token opens nothing, in no browser.
    assert_eq!(one.post("/sign-out", &[("csrf", &one.csrf("/account").await.unwrap())]).await.unwrap().status().as_u16(), 303);
    assert!(!is_open(&stage, &third).await);
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let stage = Stage::plain().await;
    for next in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\u{1}/x",
        "/\u{1}x",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "/\r\nSet-Cookie: a=b",
    ] {
        let answer = sign_in(&stage.stranger(), next).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, "/"), "{next:?}");
        let back = stage.stranger().post("/preferences", &[("theme", "dark"), ("back", next)]).await.unwrap();
        assert_eq!((back.status().as_u16(), back.headers()["location"].to_str().unwrap()), (303, "/"), "{next:?}");
    }
    // Who is signed in already goes on at once.
    let anne = stage.served.browser("anne").await.unwrap();
    assert_eq!(anne.get("/sign-in?next=/%09/evil.example").await.unwrap().headers()["location"], "/");
    assert_eq!(anne.get("/sign-in?next=/faults").await.unwrap().headers()["location"], "/faults");
}

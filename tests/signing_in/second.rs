//! The second factor, by the pages that people see: set up, asked for, codes that work once, recovery, roles that must have one, a reset.

use super::{Stage, between};
use rollcall_collector::store::account::{self, Bounds, Role};
use rollcall_collector::store::factor;
use rollcall_tests::served::{Browser, PASSWORD};
use totp_rs::{Algorithm, Secret, TOTP};

/// Somebody's app.
struct App(TOTP);

impl App {
    /// Reads the key that the page shows.
    fn reading(page: &str) -> App {
        let letters: String = between(page, "<b class=\"mono\">", "</b>").split_whitespace().collect();
        App(TOTP::new(Algorithm::SHA1, 6, 0, 30, Secret::Encoded(letters).to_bytes().unwrap(), None, String::new()).unwrap())
    }

    fn code(&self, stage: &Stage) -> String {
        self.0.generate(stage.now())
    }
}

async fn text(answer: reqwest::Response) -> (u16, String) {
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Sets the factor up; the app and the recovery codes.
async fn set_up(stage: &Stage, browser: &Browser) -> (App, Vec<String>) {
    let page = browser.page("/account/second").await.unwrap();
    let app = App::reading(&page);
    assert!(page.contains("<svg") && page.contains("autocomplete=\"one-time-code\""));
    let (csrf, half) = (between(&page, "name=\"csrf\" value=\"", "\"").to_owned(), between(&page, "name=\"half\" value=\"", "\"").to_owned());
    let csrf = if csrf.is_empty() { browser.csrf("/account").await.unwrap() } else { csrf };
    // A wrong code sets nothing up, and the same secret stands there again.
    let wrong = [("csrf", csrf.as_str()), ("half", half.as_str()), ("code", "000000")];
    let (status, again) = text(browser.post("/account/second", &wrong).await.unwrap()).await;
    assert!(
        status == 200
            && again.contains("role=\"alert\"")
            && between(&again, "<b class=\"mono\">", "</b>") == between(&page, "<b class=\"mono\">", "</b>")
    );
    let code = app.code(stage);
    let (status, done) = text(browser.post("/account/second", &[("csrf", &csrf), ("half", &half), ("code", &code)]).await.unwrap()).await;
    assert!(status == 200 && done.contains("role=\"status\""), "{done}");
    let codes: Vec<String> =
        between(&done, "<ul class=\"codes mono\">", "</ul>").split("<li>").skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    assert!(!browser.page("/account/second").await.unwrap().contains(&codes[0]), "they are shown once");
    (app, codes)
}

/// The password; then the page that asks for a code: its fields.
async fn half_way(browser: &Browser, login: &str) -> (String, String) {
    let csrf = browser.csrf("/sign-in").await.unwrap();
    let form = [("login", login), ("password", PASSWORD), ("csrf", csrf.as_str()), ("next", "/account")];
    let answer = browser.post("/sign-in", &form).await.unwrap();
    assert!(answer.headers().get_all("set-cookie").iter().all(|cookie| !cookie.to_str().unwrap().starts_with("rollcall=")), "no session yet");
    let (status, page) = text(answer).await;
    assert_eq!(status, 200, "{page}");
    (between(&page, "name=\"csrf\" value=\"", "\"").to_owned(), between(&page, "name=\"half\" value=\"", "\"").to_owned())
}

async fn code(browser: &Browser, (csrf, half): &(String, String), code: &str) -> (u16, String) {
    text(browser.post("/sign-in/code", &[("csrf", csrf), ("half", half), ("code", code)]).await.unwrap()).await
}

async fn stage() -> Stage {
    let stage = Stage::new().await;
    for (login, role) in [("anne", Role::Admin), ("rita", Role::Reader), ("ecole", Role::School)] {
        stage.served.add_account(login, role, Bounds::default()).await.unwrap();
    }
    stage
}

#[tokio::test]
async fn a_password_alone_opens_no_more() {
    let stage = stage().await;
    let rita = stage.served.browser("rita").await.unwrap();
    let (app, codes) = set_up(&stage, &rita).await;
    // What lies in the database is not the secret, and no code.
    let kept = stage
        .served
        .db
        .read(|tx| -> rollcall_collector::store::Result<_> {
            let id = account::by_login(tx, "rita")?.unwrap().id;
            Ok((factor::of(tx, id)?.unwrap(), factor::codes_left(tx, id)?))
        })
        .unwrap();
    assert_eq!(kept.1, 10);
    assert!(!kept.0.secret.windows(app.0.secret.len()).any(|part| part == app.0.secret), "it is sealed");

    let other = stage.stranger();
    let half = half_way(&other, "rita").await;
    assert_eq!(other.get("/account").await.unwrap().status().as_u16(), 303, "half signed in is not signed in");
    assert!(code(&other, &half, "000000").await.1.contains("role=\"alert\""));
    // The code that set it up was taken with it.
    assert!(code(&other, &half, &app.code(&stage)).await.1.contains("role=\"alert\""), "no code works twice");
    stage.pass(30);
    let good = app.code(&stage);
    assert_eq!(code(&other, &half, &good).await.0, 303);
    assert_eq!(other.get("/account").await.unwrap().status().as_u16(), 200);
    let third = stage.stranger();
    let half = half_way(&third, "rita").await;
    assert_eq!(code(&third, &half, &good).await.0, 200, "replayed");
    // A recovery code, typed as people do, once.
    assert_eq!(code(&third, &half, &codes[0].to_uppercase().replace('-', " ")).await.0, 303);
    let fourth = stage.stranger();
    let half = half_way(&fourth, "rita").await;
    assert_eq!(code(&fourth, &half, &codes[0]).await.0, 200, "used");
    // The half that waits is of this account and of this moment.
    stage.pass(301);
    let (status, page) = code(&fourth, &half, &app.code(&stage)).await;
    assert!(status == 200 && page.contains("name=\"password\""), "too late: from the beginning");
    let forged = (half.0.clone(), "x".repeat(60));
    assert!(code(&fourth, &forged, &app.code(&stage)).await.1.contains("name=\"password\""));
    assert!(
        code(&fourth, &(String::new(), half_way(&fourth, "rita").await.1), &app.code(&stage)).await.1.contains("name=\"password\""),
        "without its token"
    );
}

#[tokio::test]
async fn codes_are_not_guessed() {
    let stage = stage().await;
    let rita = stage.served.browser("rita").await.unwrap();
    let (app, _) = set_up(&stage, &rita).await;
    stage.pass(30);
    let other = stage.stranger();
    let half = half_way(&other, "rita").await;
    let mut heard = 0;
    for guess in 0..200 {
        let (status, page) = code(&other, &half, &format!("{guess:06}")).await;
        assert_eq!(status, 200);
        heard += usize::from(page.contains("Ce code"));
    }
    assert!(heard <= 6, "{heard} guesses were looked at");
    assert_eq!(code(&other, &half, &app.code(&stage)).await.0, 200, "even the right one waits");
}

#[tokio::test]
async fn programs_send_the_code_with_the_password() {
    let stage = stage().await;
    let rita = stage.served.browser("rita").await.unwrap();
    let (app, _) = set_up(&stage, &rita).await;
    stage.pass(30);
    let ask = async |code: &str| {
        let asked = serde_json::json!({ "login": "rita", "password": PASSWORD, "code": code });
        let answer = stage.stranger().client.post(format!("{}/api/v1/session", stage.served.base)).json(&asked).send().await.unwrap();
        text(answer).await
    };
    let (status, problem) = ask("").await;
    assert!(status == 401 && problem.contains("second factor"), "{problem}");
    assert_eq!(ask("123").await.0, 401);
    assert_eq!(ask(&app.code(&stage)).await.0, 200);
}

#[tokio::test]
async fn an_administrator_asks_it_of_roles_and_resets_it() {
    let stage = stage().await;
    let (anne, rita) = (stage.served.browser("anne").await.unwrap(), stage.served.browser("rita").await.unwrap());
    let csrf = anne.csrf("/admin").await.unwrap();
    assert_eq!(anne.post("/admin/second", &[("csrf", &csrf), ("role-reader", "yes")]).await.unwrap().status().as_u16(), 200);
    // From the next click on there is one page, and the way out.
    for path in ["/", "/schools", "/account", "/devices"] {
        assert_eq!(rita.get(path).await.unwrap().headers()["location"], "/account/second", "{path}");
    }
    let token = stage.served.token("rita").await.unwrap();
    let asked = rita.client.get(format!("{}/api/v1/schools", stage.served.base)).bearer_auth(token).send().await.unwrap();
    assert_eq!(asked.status().as_u16(), 403);
    assert_eq!(anne.get("/schools").await.unwrap().status().as_u16(), 200, "other roles go on");
    set_up(&stage, &rita).await;
    assert_eq!(rita.get("/schools").await.unwrap().status().as_u16(), 200);
    // It cannot be taken away by its owner, whom the role binds.
    let own = rita.csrf("/account/second").await.unwrap();
    let form = [("csrf", own.as_str()), ("password", PASSWORD)];
    assert!(rita.post("/account/second/remove", &form).await.unwrap().text().await.unwrap().contains("role=\"alert\""));
    // Lost: an administrator resets it, which stands in the trail.
    assert!(anne.page("/admin/accounts/rita").await.unwrap().contains("/admin/accounts/rita/second"));
    assert_eq!(anne.post("/admin/accounts/rita/second", &[("csrf", &csrf)]).await.unwrap().status().as_u16(), 303);
    assert_eq!(rita.get("/schools").await.unwrap().headers()["location"], "/account/second");
    let trail = stage.served.db.read(|tx| account::audit_lines(tx, i64::MAX, 50)).unwrap();
    for (who, what) in [("anne", "account.factor_roles"), ("rita", "account.factor_on"), ("anne", "account.factor_off")] {
        assert!(trail.iter().any(|(_, line)| line.who == who && line.what == what), "{who} {what}");
    }
    // Nobody else's to reset.
    let other = rita.csrf("/account/second").await.unwrap();
    assert_eq!(rita.post("/admin/accounts/anne/second", &[("csrf", &other)]).await.unwrap().status().as_u16(), 403);
}

#[tokio::test]
async fn its_owner_takes_it_away_with_the_password() {
    let stage = stage().await;
    let rita = stage.served.browser("rita").await.unwrap();
    let (_, codes) = set_up(&stage, &rita).await;
    let csrf = rita.csrf("/account/second").await.unwrap();
    let (_, refused) = text(rita.post("/account/second/codes", &[("csrf", &csrf), ("password", "faux mot de passe")]).await.unwrap()).await;
    assert!(refused.contains("role=\"alert\""));
    let (_, page) = text(rita.post("/account/second/codes", &[("csrf", &csrf), ("password", PASSWORD)]).await.unwrap()).await;
    let fresh = between(&page, "<ul class=\"codes mono\"><li>", "<").to_owned();
    let other = stage.stranger();
    let half = half_way(&other, "rita").await;
    assert_eq!(code(&other, &half, &codes[1]).await.0, 200, "earlier ones work no more");
    assert_eq!(code(&other, &half, &fresh).await.0, 303);
    assert_eq!(rita.post("/account/second/remove", &[("csrf", &csrf), ("password", PASSWORD)]).await.unwrap().status().as_u16(), 200);
    assert!(stage.served.browser("rita").await.is_ok(), "the password alone again");
    // A school is a mailbox: it has no telephone.
    let school = stage.served.browser("ecole").await.unwrap();
    assert_eq!(school.get("/account/second").await.unwrap().status().as_u16(), 403);
}

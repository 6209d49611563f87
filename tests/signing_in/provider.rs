//! Signing in through a real OpenID provider (oidc-provider, in Node): who is let in, and what of a lying provider is refused.
//!
//! Comes in: the provider that `tests/run` installs (`tests/provider`). Goes out: pass; a skip with its reason where it is not there.

use super::{NOW, between};
use reqwest::{Client, Response, redirect};
use rollcall_collector::config::{Config, NewAccounts};
use rollcall_collector::store::Db;
use rollcall_collector::store::account::{self, Bounds, Role};
use rollcall_shared::Timestamp;
use rollcall_tests::database::{Database, sqlite};
use rollcall_tests::served::{PASSWORD, Served};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

const SECRET: &str = "a secret of the town";

/// The provider; it ends with the test.
struct Provider {
    issuer: String,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider {
    /// Starts it; `None`, and a word, where it is not installed.
    fn start(redirect: &str, plain: bool) -> Option<Provider> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("provider");
        if !folder.join("node_modules/oidc-provider").exists() {
            assert!(std::env::var_os("ROLLCALL_REQUIRE_PROVIDER").is_none(), "the OpenID provider is required here");
            eprintln!("skipped: no OpenID provider in tests/provider/node_modules (tests/run installs it)");
            return None;
        }
        let mut node = Command::new("node");
        node.arg("provider.mjs").arg(redirect).current_dir(&folder).env("PLAIN", if plain { "yes" } else { "no" });
        let mut child = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut provider = Provider { issuer: String::new(), child, input, output };
        provider.issuer = provider.said("issuer");
        Some(provider)
    }

    fn said(&mut self, name: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the provider ended");
            let said = serde_json::from_str::<serde_json::Value>(&line).ok().and_then(|value| value[name].as_str().map(str::to_owned));
            if let Some(said) = said {
                return said;
            }
        }
    }

    fn lie(&mut self, how: &str) {
        writeln!(self.input, "{how}").unwrap();
        assert_eq!(self.said("lie"), how);
    }
}

struct Stage {
    served: Served,
    provider: Provider,
    _folder: tempfile::TempDir,
    _database: Database,
}

fn clock() -> Timestamp {
    Timestamp(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap())
}

/// A collector that knows the provider, and the provider that knows the collector. Tokens have real times: so has the clock.
async fn stage(plain: bool, set: impl FnOnce(&mut Config)) -> Option<Stage> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let back = format!("http://{}/sign-in/provider/back", listener.local_addr().unwrap());
    let provider = Provider::start(&back, plain)?;
    let (database, folder) = (sqlite(), tempfile::tempdir().unwrap());
    let secret = folder.path().join("oidc.secret");
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let location = database.location.clone();
    let db = tokio::task::spawn_blocking(move || Db::open(&location, NOW).unwrap()).await.unwrap();
    let issuer = provider.issuer.clone();
    let set = move |config: &mut Config| {
        config.oidc.issuer = issuer;
        config.oidc.client_id = "rollcall".to_owned();
        config.oidc.client_secret_file = secret;
        config.oidc.name = "Ville d’Essai".to_owned();
        set(config);
        config.check().unwrap();
    };
    let served = Served::on(listener, db, NOW, Arc::new(clock), set).await.unwrap();
    for (login, role) in [("anne", Role::Admin), ("bruno", Role::Technician)] {
        served.add_account(login, role, Bounds::default()).await.unwrap();
    }
    Some(Stage { served, provider, _folder: folder, _database: database })
}

/// A browser at both ends.
fn browser() -> Client {
    Client::builder().cookie_store(true).no_proxy().redirect(redirect::Policy::none()).build().unwrap()
}

async fn get(client: &Client, url: &str) -> Response {
    client.get(url).header("accept", "text/html").header("accept-language", "fr").send().await.unwrap()
}

fn leads_to(answer: &Response) -> String {
    let status = answer.status();
    answer.headers().get("location").unwrap_or_else(|| panic!("it leads nowhere: {status}")).to_str().unwrap().to_owned()
}

impl Stage {
    /// From the button to the provider, where one says who one is; the address by which one is sent back.
    async fn away(&self, client: &Client, who: &str) -> String {
        let begin = get(client, &format!("{}/sign-in/provider?next=/account", self.served.base)).await;
        let mut address = leads_to(&begin);
        for (part, word) in [
            ("response_type=code", "code flow"),
            ("code_challenge_method=S256", "proof key"),
            ("nonce=", "nonce"),
            ("state=", "state"),
            ("scope=openid", "scope"),
        ] {
            assert!(address.contains(part), "{word}: {address}");
        }
        for _ in 0..8 {
            let full = if address.starts_with('/') { format!("{}{address}", self.provider.issuer) } else { address.clone() };
            if full.starts_with(&self.served.base) {
                return full;
            }
            let answer = get(client, &full).await;
            if answer.status().is_redirection() {
                address = leads_to(&answer);
                continue;
            }
            let page = answer.text().await.unwrap();
            let action = between(&page, "action=\"", "\"").to_owned();
            let form = [("prompt", "login"), ("login", who), ("password", "peu importe")];
            address = leads_to(&client.post(action).form(&form).send().await.unwrap());
        }
        panic!("the provider does not send back: {address}");
    }

    /// All of it: status, where it leads or what it says.
    async fn sign_in(&self, client: &Client, who: &str) -> (u16, String) {
        let back = self.away(client, who).await;
        said(get(client, &back).await).await
    }

    async fn is_in(&self, client: &Client) -> bool {
        get(client, &format!("{}/account", self.served.base)).await.status().as_u16() == 200
    }
}

async fn said(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    if answer.status().is_redirection() { (status, leads_to(&answer)) } else { (status, answer.text().await.unwrap()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_provider_knows_signs_in_and_out() {
    let Some(stage) = stage(false, |_| {}).await else { return };
    let client = browser();
    let page = get(&client, &format!("{}/sign-in?next=/account", stage.served.base)).await.text().await.unwrap();
    assert!(page.contains("/sign-in/provider?next=/account") && page.contains("Se connecter avec Ville d’Essai"), "{page}");
    assert_eq!(stage.sign_in(&client, "bruno").await, (303, "/account".to_owned()));
    assert!(stage.is_in(&client).await);
    // Once more, without being asked for anything.
    assert_eq!(stage.sign_in(&client, "bruno").await, (303, "/account".to_owned()));
    // Out here; the page leads out there as well.
    let page = get(&client, &format!("{}/account", stage.served.base)).await.text().await.unwrap();
    let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
    let out = client.post(format!("{}/sign-out", stage.served.base)).form(&[("csrf", &csrf)]).send().await.unwrap();
    assert_eq!(leads_to(&out), "/sign-in?out=provider");
    assert!(!stage.is_in(&client).await);
    let page = get(&client, &format!("{}/sign-in?out=provider", stage.served.base)).await.text().await.unwrap();
    assert!(page.contains(&format!("href=\"{}/session/end?client_id=rollcall", stage.provider.issuer)), "{page}");
    // Somebody without an account, and a refused account: a page that says so, no session.
    let other = browser();
    let (status, page) = stage.sign_in(&other, "inconnue").await;
    assert!(status == 403 && page.contains("« inconnue »") && !stage.is_in(&other).await, "{page}");
    stage
        .served
        .db
        .write(|tx| -> rollcall_collector::store::Result<()> {
            let id = account::by_login(tx, "bruno")?.unwrap().id;
            account::disable(tx, id, NOW)
        })
        .unwrap();
    assert_eq!(stage.sign_in(&browser(), "bruno").await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lying_provider_opens_nothing() {
    let Some(mut stage) = stage(false, |_| {}).await else { return };
    for lie in ["nonce", "issuer", "audience", "expired", "key", "unsigned"] {
        stage.provider.lie(lie);
        let client = browser();
        let (status, page) = stage.sign_in(&client, "bruno").await;
        assert!(status == 502 && page.contains("role=\"alert\"") && !stage.is_in(&client).await, "{lie}: {status} {page}");
    }
    stage.provider.lie("none");
    assert_eq!(stage.sign_in(&browser(), "bruno").await.0, 303);
    // A name of somebody else than the token speaks of.
    stage.provider.lie("subject:somebody-else");
    assert_eq!(stage.sign_in(&browser(), "bruno").await.0, 502);
}

/// A name that is given to another person is not the account's.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_known_by_the_provider_s_number() {
    let Some(mut stage) = stage(true, |_| {}).await else { return };
    assert_eq!(stage.sign_in(&browser(), "bruno").await.0, 303);
    stage.provider.lie("subject:somebody-else");
    let client = browser();
    let (status, page) = stage.sign_in(&client, "bruno").await;
    assert!(status == 403 && page.contains("autre personne") && !stage.is_in(&client).await, "{status} {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_for_the_browser_that_asked_and_once() {
    let Some(stage) = stage(false, |_| {}).await else { return };
    let (client, other) = (browser(), browser());
    let back = stage.away(&client, "bruno").await;
    // Somebody else's browser with this answer: nobody is signed in by another's page.
    assert_eq!(said(get(&other, &back).await).await.0, 403);
    // Another state, none, no code, an error.
    let base = format!("{}/sign-in/provider/back", stage.served.base);
    for query in ["", "?code=x&state=x", "?state=x", "?error=access_denied&state=x"] {
        let asks = browser();
        stage.away(&asks, "bruno").await;
        assert_eq!(said(get(&asks, &format!("{base}{query}")).await).await.0, 403, "{query}");
        assert!(!stage.is_in(&asks).await);
    }
    let changed = back.replace("state=", "state=x");
    let asks = browser();
    stage.away(&asks, "bruno").await;
    assert_eq!(said(get(&asks, &changed).await).await.0, 403);
    assert_eq!(said(get(&client, &back).await).await.0, 303);
    assert_eq!(said(get(&client, &back).await).await.0, 403, "it works once");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_come_from_where_the_settings_say() {
    // Names only where they are asked for, by verified address; persons without an account get one that reads.
    let set = |config: &mut Config| {
        config.oidc.login_claim = "email".to_owned();
        config.oidc.new_accounts = NewAccounts::Reader;
    };
    let Some(stage) = stage(false, set).await else { return };
    let client = browser();
    assert_eq!(stage.sign_in(&client, "carole").await.0, 303);
    assert!(stage.is_in(&client).await);
    let known = stage.served.db.read(|tx| account::by_login(tx, &rollcall_collector::domain::folded::fold("carole@ville.example"))).unwrap().unwrap();
    assert_eq!((known.role, known.password_hash.as_str()), (Role::Reader, ""));
    // An address that nobody verified names nobody.
    let (status, page) = stage.sign_in(&browser(), "unverified").await;
    assert!(status == 403 && page.contains("« email »"), "{page}");
    // No password opens an account that has none.
    let asked = serde_json::json!({ "login": known.login, "password": PASSWORD });
    let answer = browser().post(format!("{}/api/v1/session", stage.served.base)).json(&asked).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_said_and_passwords_go_on() {
    let Some(mut stage) = stage(true, |_| {}).await else { return };
    let _ = stage.provider.child.kill();
    let _ = stage.provider.child.wait();
    let (status, page) = said(get(&browser(), &format!("{}/sign-in/provider", stage.served.base)).await).await;
    assert!(status == 502 && page.contains("Ville d’Essai"), "{page}");
    assert!(stage.served.browser("anne").await.is_ok());
}

/// Without a provider in the settings there is no such door.
#[tokio::test]
async fn without_a_provider_there_is_no_button() {
    let stage = super::Stage::new().await;
    let page = stage.stranger().page("/sign-in").await.unwrap();
    assert!(!page.contains("/sign-in/provider"));
    for path in ["/sign-in/provider", "/sign-in/provider/back?code=x&state=x"] {
        assert_eq!(stage.stranger().get(path).await.unwrap().status().as_u16(), 404, "{path}");
    }
}

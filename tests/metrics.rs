//! The figures as a monitoring system meets them: a real Prometheus reads them, its tools find nothing to say, and whatever dashboard and rules ask
//! for is told.
//!
//! Comes in: a filled store served in this process, `deploy/prometheus`, `deploy/grafana`. Goes out: pass. Absent on purpose: what is counted
//! (`web/metrics`). Where Prometheus is not installed (Debian's package) its tests say so and are skipped, unless `ROLLCALL_REQUIRE_PROMETHEUS` is set.

use reqwest::StatusCode;
use rollcall_collector::config::Tls;
use rollcall_collector::store::Db;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_collector::web::visitor::form_encoded;
use rollcall_shared::Timestamp;
use rollcall_tests::database::{Database, sqlite};
use rollcall_tests::filled;
use rollcall_tests::served::Served;
use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const NOW: Timestamp = Timestamp(1_771_236_000);
/// How often Prometheus is asked whether it has read the figures: half a minute in all.
const ASKS: usize = 150;

fn deploy(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(file)
}

/// A program of Debian's package; `None`, said aloud: it is not installed.
fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("ROLLCALL_REQUIRE_PROMETHEUS").is_none(), "{name} is required here and missing");
        eprintln!("skipped: {name} is not installed; tests/run installs the package prometheus");
    }
    found
}

/// A store of one file; whoever holds it keeps the file.
fn store() -> (Db, Database) {
    let database = sqlite();
    (Db::open(&database.location, NOW).unwrap(), database)
}

async fn served() -> (Served, Database) {
    let (db, database) = store();
    let filling = db.clone();
    tokio::task::spawn_blocking(move || filled::fill(&filling, "", NOW).unwrap()).await.unwrap();
    (Served::new(db, NOW).await.unwrap(), database)
}

async fn told(served: &Served) -> String {
    let answer = served.client().unwrap().get(format!("{}/metrics", served.base)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    answer.text().await.unwrap()
}

/// What `promtool` says; it must have nothing against it.
fn content(tool: &Path, arguments: &[&str], input: &str) {
    let mut child = Command::new(tool)
        .args(arguments)
        .current_dir(deploy("prometheus"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "promtool {arguments:?}: {said}");
}

#[tokio::test]
async fn promtool_has_nothing_against_figures_and_rules() {
    let Some(promtool) = program("promtool") else { return };
    let (served, _database) = served().await;
    content(&promtool, &["check", "metrics"], &told(&served).await);
    content(&promtool, &["check", "rules", "rules.yml"], "");
    content(&promtool, &["test", "rules", "rules_test.yml"], "");
}

/// Names of our figures in a text.
fn names(text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (start, _) in text.match_indices("rollcall_") {
        // `job="rollcall"` is no figure; neither is a part of a longer word.
        if text[..start].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_') {
            continue;
        }
        all.insert(text[start..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect());
    }
    all
}

#[tokio::test]
async fn whatever_dashboard_and_rules_ask_for_is_told() {
    let (served, _database) = served().await;
    // Answers are counted once they are given: the second scrape tells of the first.
    told(&served).await;
    let text = told(&served).await;
    let known: BTreeSet<String> = text.lines().filter(|line| !line.starts_with('#')).flat_map(names).collect();
    let dashboard: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(deploy("grafana/rollcall.json")).unwrap()).unwrap();
    let targets = dashboard["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let asked: Vec<&str> = targets.map(|target| target["expr"].as_str().unwrap()).collect();
    assert!(asked.len() > 20, "{asked:?}");
    let rules = std::fs::read_to_string(deploy("prometheus/rules.yml")).unwrap();
    let asked_of_rules: Vec<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).collect();
    assert!(asked_of_rules.len() > 8, "{asked_of_rules:?}");
    for expression in asked.iter().chain(&asked_of_rules) {
        let missing: Vec<String> = names(expression).difference(&known).cloned().collect();
        assert!(missing.is_empty(), "{missing:?} of {expression} is not told");
    }
    // And nothing is told that nobody looks at.
    let everything = format!("{} {rules}", asked.join(" "));
    let bare = |name: &str| name.trim_end_matches("_bucket").trim_end_matches("_sum").trim_end_matches("_count").to_owned();
    let looked: BTreeSet<String> = names(&everything).iter().map(|name| bare(name)).collect();
    let idle: Vec<String> = known.iter().map(|name| bare(name)).filter(|name| !looked.contains(name)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[tokio::test]
async fn figures_from_elsewhere_want_a_token_of_somebody_who_sees_everything() {
    let (db, _database) = store();
    let served = Served::with(db, NOW, |config| {
        config.server.tls = Tls::Proxy;
        config.server.public_url = "https://parc.example".to_owned();
        config.metrics.schools = 0;
    })
    .await
    .unwrap();
    for (login, role, schools) in [("rita", Role::Reader, ""), ("tom", Role::Technician, "camus"), ("paul", Role::Contractor, "")] {
        served.add_account(login, role, Bounds { schools: schools.to_owned(), ..Bounds::default() }).await.unwrap();
    }
    let ask = |token: Option<String>| {
        let request = served.client().unwrap().get(format!("{}/metrics", served.base));
        token.map_or(request.try_clone().unwrap(), |token| request.bearer_auth(token)).send()
    };
    assert_eq!(ask(None).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    for (login, expected) in [("rita", StatusCode::OK), ("tom", StatusCode::FORBIDDEN), ("paul", StatusCode::FORBIDDEN)] {
        let token = served.token(login).await.unwrap();
        assert_eq!(ask(Some(token)).await.unwrap().status(), expected, "{login}");
    }
}

/// A Prometheus of ours; it ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_prometheus_reads_them() {
    let Some(prometheus) = program("prometheus") else { return };
    let (served, _database) = served().await;
    let folder = tempfile::tempdir().unwrap();
    let target = served.base.strip_prefix("http://").unwrap();
    // The sample that ships, with this collector's address, plain HTTP and a shorter breath.
    let sample = std::fs::read_to_string(deploy("prometheus/prometheus.yml")).unwrap();
    let (head, tls) = sample.split_once("    tls_config:").unwrap();
    let tls_lines = tls.lines().skip(1).take_while(|line| !line.trim_start().starts_with("# authorization")).count();
    let rest: Vec<&str> = tls.lines().skip(1 + tls_lines).collect();
    let config = format!("{head}{}", rest.join("\n"));
    let config = config.replace("127.0.0.1:8443", target).replace("scheme: https", "scheme: http").replace("interval: 30s", "interval: 1s");
    std::fs::write(folder.path().join("prometheus.yml"), config).unwrap();
    std::fs::copy(deploy("prometheus/rules.yml"), folder.path().join("rules.yml")).unwrap();
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let child = Command::new(prometheus)
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data", "--storage.tsdb.retention.time=1h"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let _running = Running(child);
    let client = served.client().unwrap();
    let ask = |query: &'static str| {
        let request = client.get(format!("http://127.0.0.1:{port}/api/v1/query?query={}", form_encoded(query)));
        async move {
            let answer: serde_json::Value = request.send().await.ok()?.json().await.ok()?;
            answer["data"]["result"][0]["value"][1].as_str().map(str::to_owned)
        }
    };
    let mut up = None;
    for _ in 0..ASKS {
        up = ask("up{job=\"rollcall\"}").await;
        if up.as_deref() == Some("1") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let log = || std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
    assert_eq!(up.as_deref(), Some("1"), "{}", log());
    assert_eq!(ask("rollcall_agents").await.as_deref(), Some("1"), "{}", log());
    assert!(ask("rollcall_school_open_faults{school=\"camus\"}").await.is_some(), "{}", log());
    let rules: serde_json::Value = client.get(format!("http://127.0.0.1:{port}/api/v1/rules")).send().await.unwrap().json().await.unwrap();
    assert!(rules["data"]["groups"][0]["rules"].as_array().is_some_and(|rules| rules.len() > 8), "{rules}");
}

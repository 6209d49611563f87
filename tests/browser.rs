//! The pages as people meet them: headless Chromium opens every page that a door leads to, in both languages and themes, on a phone and on a
//! desk, with and without script; sees a fault arrive while the page stays open; and plays whole errands of people (`tests/browser/stories`).
//! axe-core judges accessibility; what a page may cost is measured.
//!
//! Comes in: a collector in this process that knows a town ([`RollCall`]), a mail server, Node, the libraries of `tests/browser/package.json`,
//! Chromium. Goes out: what the scripts in `tests/browser/` say line by line; pass when they end well. Screenshots stay in `tests/browser/out/`.
//! Absent on purpose: what is asserted of a page (the scripts know), what happens in the town meanwhile ([`hands`]). Where something is missing the
//! test says so and is skipped, unless `ROLLCALL_REQUIRE_BROWSER` is set.

#[path = "browser/hands.rs"]
mod hands;

use hands::Hands;
use rollcall_collector::web::Web;
use rollcall_tests::roll_call::{LOGIN, PASSWORD, RollCall};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tokio::sync::oneshot;

/// Debian's Chromium.
const CHROMIUM: &str = "/usr/bin/chromium";
/// With this a script begins a line that asks for something to happen in the town.
const ASK: &str = "ask ";

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}

/// What is missing here, if anything.
fn missing() -> Option<&'static str> {
    let has_node = Command::new("node").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    let libraries = scripts().join("node_modules");
    match () {
        () if !has_node => Some("node is not installed"),
        () if ["playwright-core", "axe-core", "jsqr"].iter().any(|library| !libraries.join(library).is_dir()) => {
            Some("tests/browser/node_modules is absent: run `npm ci` there, or tests/run")
        }
        () if !Path::new(CHROMIUM).exists() => Some("/usr/bin/chromium is not installed"),
        () => None,
    }
}

/// A collector that serves on a thread of its own until it is dropped.
struct Served {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    fn start(web: Web, listener: TcpListener) -> Served {
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(RollCall::serve(web, listener, async { drop(stopped.await) }));
        });
        Served { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic there has failed the scripts already
        }
    }
}

#[test]
fn people_meet_pages_that_work() {
    if let Some(why) = missing() {
        assert!(std::env::var_os("ROLLCALL_REQUIRE_BROWSER").is_none(), "the browser tests are required here: {why}");
        eprintln!("skipped: {why}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut hands = Hands::new(folder.path(), &listener);
    let _served = Served::start(hands.web(), listener);
    let mut told = hands.told();
    for (key, value) in [("url", url.as_str()), ("login", LOGIN), ("password", PASSWORD), ("chromium", CHROMIUM)] {
        told[key] = value.into();
    }
    let mut node = Command::new("node")
        .arg("main.mjs")
        .arg(told.to_string())
        .args(std::env::var("ROLLCALL_BROWSER_ONLY").ok())
        .current_dir(scripts())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = node.stdin.take().unwrap();
    for line in BufReader::new(node.stdout.take().unwrap()).lines().map_while(Result::ok) {
        match line.strip_prefix(ASK) {
            Some(ask) => writeln!(answers, "{}", hands.answer(&serde_json::from_str(ask).unwrap())).unwrap(),
            None => println!("{line}"),
        }
    }
    assert!(node.wait().unwrap().success(), "the scripts in tests/browser found something wrong: their lines above tell what");
}

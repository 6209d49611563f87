//! The pages as people meet them: headless Chromium signs in, walks through every page in both languages and themes, on a phone and on
//! a desk, with and without script, and sees a fault arrive while the page stays open. axe-core judges accessibility.
//!
//! Comes in: a collector in this process that knows a town ([`RollCall`]), Node, the libraries of `tests/browser/package.json`, Chromium.
//! Goes out: what the scripts in `tests/browser/` say line by line; pass when they end well. Screenshots stay in `tests/browser/out/`.
//! Absent on purpose: what is asserted of a page (the scripts know). Where something is missing the test says so and is skipped, unless
//! `ROLLCALL_REQUIRE_BROWSER` is set.

use rollcall_tests::roll_call::{LOGIN, PASSWORD, RollCall};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tokio::sync::oneshot;

/// Debian's Chromium.
const CHROMIUM: &str = "/usr/bin/chromium";
/// What the scripts say when a page is open that shall see a fault arrive.
const READY: &str = "ready for fault";

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}

/// What is missing here, if anything.
fn missing() -> Option<&'static str> {
    let has_node = Command::new("node").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    let libraries = scripts().join("node_modules");
    match () {
        () if !has_node => Some("node is not installed"),
        () if !libraries.join("playwright-core").is_dir() || !libraries.join("axe-core").is_dir() => {
            Some("tests/browser/node_modules is absent: run `npm ci` there, or tests/run")
        }
        () if !Path::new(CHROMIUM).exists() => Some("/usr/bin/chromium is not installed"),
        () => None,
    }
}

/// A collector that serves on a thread of its own until it is dropped.
struct Served {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Served {
    fn start(town: &RollCall) -> Served {
        let (stop, stopped) = oneshot::channel::<()>();
        let (told, address) = std::sync::mpsc::channel();
        let web = town.web.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(RollCall::serve(web, |address| told.send(address).unwrap(), async { drop(stopped.await) }));
        });
        Served { address: address.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
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
    let mut town = RollCall::take(folder.path());
    let served = Served::start(&town);
    let told = serde_json::json!({
        "url": format!("http://{}", served.address), "login": LOGIN, "password": PASSWORD, "chromium": CHROMIUM, "sights": town.sights(),
    });
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
        println!("{line}");
        if line == READY {
            writeln!(answers, "{}", town.fail_a_lamp()).unwrap();
        }
    }
    assert!(node.wait().unwrap().success(), "the scripts in tests/browser found something wrong: their lines above tell what");
}

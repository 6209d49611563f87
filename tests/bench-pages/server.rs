//! The collector as a process of its own, so that its CPU time and memory are its alone.
//!
//! Comes in: a database that is filled. Goes out: an address, a browser that is signed in, CPU seconds so far. Its clock starts at the country's
//! [`NOW`] and goes on from there; settling, watching and adding up run as in the product.

use reqwest::Client;
use rollcall_collector::cli_serve::{keep_settling, keep_sums};
use rollcall_collector::config::{Config, Tls};
use rollcall_collector::store::account::{self, Role};
use rollcall_collector::store::{self, Db};
use rollcall_collector::web::{Web, password, serve as serve_web};
use rollcall_tests::country::NOW;
use rollcall_tests::served::PASSWORD;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

const LOGIN: &str = "bench";

/// Serves until its standard input closes: however the bench ends, this ends.
pub fn serve(location: &str) {
    rollcall_tests::collector::trust();
    rollcall_collector::small_pages();
    let db = Db::open(location, NOW).unwrap();
    let hash = password::hash(PASSWORD).unwrap();
    db.write(move |tx| -> store::Result<()> {
        if account::by_login(tx, LOGIN)?.is_none() {
            account::add(tx, LOGIN, Role::Admin, &hash, NOW)?;
        }
        Ok(())
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.server.tls = Tls::Off;
    config.store.folder = folder.path().to_owned();
    let began = Instant::now();
    let web = Web::new(db, config, Arc::new(move || NOW + i64::try_from(began.elapsed().as_secs()).unwrap())).unwrap();
    let settling = web.clone();
    std::thread::spawn(move || keep_settling(&settling));
    let summing = web.clone();
    std::thread::spawn(move || keep_sums(&summing));
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        serve_web(listener, web, std::future::pending()).await.unwrap();
    });
}

/// A server that runs.
pub struct Server {
    /// `http://127.0.0.1:…`
    pub base: String,
    child: Child,
    postgres: bool,
}

impl Server {
    /// Starts it and waits until it listens.
    pub fn start(location: &str, postgres: bool) -> Server {
        let mut child =
            Command::new(std::env::current_exe().unwrap()).args(["--serve", location]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Server { base: format!("http://{}", address.trim()), child, postgres }
    }

    /// A browser that is signed in.
    pub async fn signed_in(&self) -> Client {
        rollcall_tests::collector::trust();
        let client = Client::builder().cookie_store(true).no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let page = client.get(format!("{}/sign-in", self.base)).send().await.unwrap().text().await.unwrap();
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
        let form = [("login", LOGIN), ("password", PASSWORD), ("csrf", csrf), ("next", "/")];
        let answer = client.post(format!("{}/sign-in", self.base)).form(&form).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 303);
        client
    }

    /// CPU seconds so far, of the server's threads and of the database's own processes.
    pub fn cpu_s(&self) -> f64 {
        let database = if self.postgres { processes_named("postgres") } else { Vec::new() };
        database.into_iter().chain([self.child.id()]).map(of_process).sum()
    }

    /// Largest memory, MiB.
    pub fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
        line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0) / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// CPU seconds of the threads of a process that live.
fn of_process(process: u32) -> f64 {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{process}/task")) else { return 0.0 };
    let of = |path: std::path::PathBuf| std::fs::read_to_string(path.join("schedstat")).ok()?.split_whitespace().next()?.parse::<f64>().ok();
    tasks.filter_map(|task| of(task.ok()?.path())).sum::<f64>() / 1e9
}

/// Processes of this name; the bench's own cluster is the only one that it lets run.
fn processes_named(name: &str) -> Vec<u32> {
    let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
    all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|process| std::fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|comm| comm.trim() == name))
        .collect()
}

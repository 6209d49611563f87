//! A real mail server for tests: aiosmtpd in a process of its own, with STARTTLS and a password, on 127.0.0.1.
//!
//! Comes in: the Python that `tests/run` set up. Goes out: a server, the letters that it took. Absent on purpose: anything that leaves this machine.

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rollcall_collector::config::{Mail, MailTls};
use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Login at the server.
pub const USER: &str = "rollcall";
/// And its password.
pub const PASSWORD: &str = "lettres & timbres";

/// A letter as the server took it.
#[derive(Debug, Clone, Deserialize)]
pub struct Taken {
    /// Sender of the envelope.
    pub from: String,
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Who signed in.
    pub user: String,
    /// The connection was secret.
    pub tls: bool,
    /// Headers in their order, decoded.
    pub headers: Vec<(String, String)>,
    /// The part for those who read text.
    pub text: String,
    /// The other.
    pub html: String,
}

impl Taken {
    /// The one header of this name.
    pub fn header(&self, name: &str) -> &str {
        let found: Vec<&str> = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect();
        assert_eq!(found.len(), 1, "{name}: {:?}", self.headers);
        found[0]
    }
}

/// A running mail server.
pub struct MailServer {
    /// Its port.
    pub port: u16,
    letters: Arc<Mutex<Vec<Taken>>>,
    folder: Arc<tempfile::TempDir>,
    child: Child,
    _life: Option<ChildStdin>,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate lies in the project").to_path_buf()
}

/// Starts a server, or says why there is none. With `ROLLCALL_REQUIRE_MAIL` set, none is a failure.
pub fn start() -> Option<MailServer> {
    let python = root().join("target/mail-server/bin/python");
    if !python.exists() {
        let why = format!("no {} (tests/run sets it up)", python.display());
        assert!(std::env::var_os("ROLLCALL_REQUIRE_MAIL").is_none(), "a mail server is required here: {why}");
        eprintln!("skipped: {why}");
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    certificates(folder.path()).expect("certificates for localhost");
    std::fs::write(folder.path().join("password"), format!("{PASSWORD}\n")).expect("a password file");
    Some(MailServer::on(Arc::new(folder), 0).expect("the mail server starts"))
}

fn certificates(folder: &Path) -> Result<()> {
    let (ca_key, key) = (KeyPair::generate()?, KeyPair::generate()?);
    let mut ca = CertificateParams::new(Vec::<String>::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    std::fs::write(folder.join("ca.pem"), ca.self_signed(&ca_key)?.pem())?;
    let leaf = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &Issuer::new(ca, ca_key))?;
    std::fs::write(folder.join("cert.pem"), leaf.pem())?;
    Ok(std::fs::write(folder.join("key.pem"), key.serialize_pem())?)
}

impl MailServer {
    fn on(folder: Arc<tempfile::TempDir>, port: u16) -> Result<MailServer> {
        let mut command = Command::new(root().join("target/mail-server/bin/python"));
        command.arg(root().join("tests/mail/server.py")).arg(folder.path().join("cert.pem")).arg(folder.path().join("key.pem"));
        let mut child =
            command.args([USER, PASSWORD, &port.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let life = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let port = lines.next().context("the mail server said nothing")??.parse()?;
        let letters: Arc<Mutex<Vec<Taken>>> = Arc::default();
        let kept = letters.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let taken = serde_json::from_str(&line).expect("a line of the mail server");
                kept.lock().expect("no reader panicked").push(taken);
            }
        });
        Ok(MailServer { port, letters, folder, child, _life: life })
    }

    /// Settings with which a collector reaches it.
    pub fn settings(&self) -> Mail {
        Mail {
            host: "localhost".to_owned(),
            port: self.port,
            tls: MailTls::Starttls,
            ca_file: self.folder.path().join("ca.pem"),
            sender: "Rollcall Échirolles <rollcall@ville.example>".to_owned(),
            user: USER.to_owned(),
            password_file: self.folder.path().join("password"),
        }
    }

    /// Ends it; the same comes back on the same port.
    pub fn stop(mut self) -> Stopped {
        let _ = self.child.kill();
        let _ = self.child.wait();
        Stopped { folder: self.folder.clone(), port: self.port }
    }

    /// Takes the letters that came, `count` at least: a foreign program writes them, there is nothing but its word to wait for.
    pub fn letters(&self, count: usize) -> Vec<Taken> {
        for _ in 0..200 {
            if self.letters.lock().expect("no reader panicked").len() >= count {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        std::mem::take(&mut *self.letters.lock().expect("no reader panicked"))
    }
}

/// A mail server that is down.
pub struct Stopped {
    folder: Arc<tempfile::TempDir>,
    port: u16,
}

impl Stopped {
    /// Up again.
    pub fn start(self) -> MailServer {
        MailServer::on(self.folder, self.port).expect("the mail server starts again")
    }
}

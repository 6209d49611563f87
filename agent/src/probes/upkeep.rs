//! How the server is looked after: updates that wait, the age of its backups, the last day of its certificates.
//!
//! Comes in: files and TLS ports that the configuration names, and files in which Debian and Ubuntu note the state of their packages. Goes out,
//! about the subject `server`: `said cert.FILE`, `backup.NAME`, `updates.reboot`; readings of waiting updates, of a restart that they want, of the age of
//! package lists and backups.
//! Absent on purpose: asking a package manager (it takes locks, memory and seconds), looking into a backup, and files on another machine: a hung
//! network file system would hang us.

use super::http::tls;
use super::server::files;
use super::{Finding, Look, Outcome, Readings, x509};
use rollcall_shared::{Fact, Subject, Timestamp};
use std::fs;
use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Between two looks, seconds.
pub const EVERY_S: u32 = 3_600;
/// Files and folders of one backup that are looked at …
const MAX_ENTRIES: usize = 10_000;
/// … and how deep.
const MAX_DEPTH: usize = 4;
/// For looking through one backup: a disk that wakes up, and a seek an entry.
const PATIENCE: Duration = Duration::from_secs(60);
/// For a connection to a port of this machine.
const CONNECT: Duration = Duration::from_secs(2);
/// Octets of a certificate file: a chain has some 10 KB.
const MAX_PEM_BYTES: u64 = 256 << 10;
/// Where the number of waiting updates stands, if the configuration names no file: what root's timer writes (`deploy/agent/rollcall-upkeep.timer`),
/// and what Ubuntu's update-notifier does.
const UPDATES: &[&str] = &["run/rollcall-upkeep/updates", "var/lib/update-notifier/updates-available"];
/// A file that is there while a restart is wanted (Debian's and Ubuntu's packages make it).
const REBOOT: &str = "run/reboot-required";
/// What is touched when package lists were fetched: apt's daily job (apt.systemd.daily), update-notifier, apt itself.
const FETCHED: &[&str] = &["var/lib/apt/periodic/update-success-stamp", "var/lib/apt/periodic/update-stamp", "var/lib/apt/lists"];
/// File systems that lie on another machine.
const REMOTE: &[&str] = &["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.glusterfs", "ceph", "9p", "afs", "davfs"];

/// A backup that somebody makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// What people call it.
    pub name: String,
    /// A file that each backup writes, or the folder in which backups land.
    pub path: PathBuf,
    /// How often one is meant to be made, hours.
    pub every_h: u32,
}

/// Where a certificate of the server is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certificate {
    /// In a file (PEM).
    File(PathBuf),
    /// Shown by a port of the server's own services.
    Port(u16),
    /// The same, where it happens to speak TLS: what is looked at if the configuration names nothing.
    UsualPort(u16),
}

/// Reads all of it.
pub async fn read(look: &Look<'_>) -> Outcome {
    let mut outcome = Outcome { finished: true, ..Outcome::default() };
    if !look.server.here {
        return outcome;
    }
    outcome.asked = 1;
    let server = look.server;
    let mut finding = Finding::of(Subject::Server, Vec::new());
    updates(&server.root, server.updates_file.as_deref(), look.now, &mut finding);
    let mounts = files::text(&server.root.join("proc/mounts")).unwrap_or_default();
    let mut troubles = Vec::new();
    for backup in &server.backups {
        let on_server = backup.path.strip_prefix(&server.root).map_or_else(|_| backup.path.clone(), |rest| Path::new("/").join(rest));
        match remote(&mounts, &on_server) {
            Some(kind) => troubles.push((
                "bad_config",
                format!(
                    "backup {}: {} lies on another machine ({kind}); name a file on this one that each backup writes",
                    backup.name,
                    backup.path.display()
                ),
            )),
            None => troubles.extend(self::backup(backup, look.now, &mut finding).await.err()),
        }
    }
    for certificate in &server.certificates {
        let told = match certificate {
            Certificate::File(file) => self::certificate(file, &mut finding),
            Certificate::Port(port) | Certificate::UsualPort(port) => match shown(SocketAddr::new(server.services_at, *port)).await {
                Some(ends_at) => {
                    finding.facts.push(Fact::said(format!("cert.:{port}"), ends_at.to_string()));
                    Ok(())
                }
                None if *certificate == Certificate::UsualPort(*port) => Ok(()),
                None => Err(("no_answer", format!("certificate :{port}: nothing speaks TLS 1.2 or 1.3 at {}:{port}", server.services_at))),
            },
        };
        troubles.extend(told.err());
    }
    finding.finished = troubles.is_empty();
    outcome.finished = finding.finished;
    outcome.troubles.extend(troubles.into_iter().map(|(code, text)| look.trouble("upkeep", Some(Subject::Server), code, text)));
    outcome.findings.push(finding);
    outcome
}

type Problem = (&'static str, String);

fn problem(what: &str, path: &Path, error: &std::io::Error) -> Problem {
    let code = if error.kind() == std::io::ErrorKind::PermissionDenied { "no_permission" } else { "bad_config" };
    (code, format!("{what} {}: {error}", path.display()))
}

/// Updates that wait, a restart that is wanted, and when package lists were last fetched.
fn updates(root: &Path, file: Option<&Path>, now: Timestamp, finding: &mut Finding) {
    let counted = match file {
        Some(file) => files::text(file),
        None => UPDATES.iter().find_map(|file| files::text(&root.join(file))),
    };
    finding.readings.extend(counted.as_deref().map(pending).unwrap_or_default());
    let restart = root.join(REBOOT).exists();
    if restart {
        finding.facts.push(Fact::said("updates.reboot", "required"));
    }
    let fetched_at = FETCHED.iter().filter_map(|path| fs::metadata(root.join(path)).ok()).map(|meta| meta.mtime()).max();
    finding.readings.extend(fetched_at.map(|at| ("updates_age", String::new(), age(now, at))));
    // Where packages come by apt, its absence says that none is wanted.
    if restart || fetched_at.is_some() {
        finding.readings.push(("restart_wanted", String::new(), f64::from(u8::from(restart))));
    }
}

/// Seconds since `at`; a file of tomorrow (a clock that was wrong) is of now.
fn age(now: Timestamp, at: i64) -> f64 {
    now.since_s(Timestamp(at)).max(0) as f64
}

/// All updates and those of security: `12;3`, as root's timer and Ubuntu's `apt-check` write it, or what update-notifier writes for people: a line
/// with the first number, and where there are any, a line with the second and a word for security, in the server's language.
fn pending(text: &str) -> Readings {
    let number = |line: &str| line.split(|c: char| !c.is_ascii_digit()).find(|word| !word.is_empty()).and_then(|word| word.parse::<u32>().ok());
    let is_security = |line: &str| ["secur", "sécur", "sicher", "segur", "sicur"].iter().any(|word| line.to_lowercase().contains(word));
    let (mut all, mut security) = (None, None);
    for line in text.lines() {
        match (number(line), line.split_once(';')) {
            (Some(first), Some((_, second))) if line.bytes().all(|octet| octet.is_ascii_digit() || octet == b';') => {
                (all, security) = (Some(first), number(second));
            }
            // Offered to subscribers alone ("with ESM Apps"): they do not wait here.
            (Some(_), _) if line.contains("ESM") => {}
            (Some(count), _) if is_security(line) => security = security.or(Some(count)),
            (Some(count), _) => all = all.or(Some(count)),
            (None, _) => {}
        }
    }
    let told = [("", all), ("security", security.or(all.map(|_| 0)))];
    told.into_iter().filter_map(|(instance, count)| Some(("updates_pending", instance.to_owned(), f64::from(count?)))).collect()
}

/// How often a backup is meant to be made, and the age of its newest file.
async fn backup(backup: &Backup, now: Timestamp, finding: &mut Finding) -> Result<(), Problem> {
    let path = backup.path.clone();
    // Beside the one thread on which everything else goes on.
    let found = timeout(PATIENCE, tokio::task::spawn_blocking(move || newest(&path))).await;
    let late = || std::io::Error::new(std::io::ErrorKind::TimedOut, format!("not looked through within {} s", PATIENCE.as_secs()));
    let newest = found.map_err(|_| late()).and_then(|joined| joined.unwrap_or_else(|panic| Err(std::io::Error::other(panic))));
    let newest = newest.map_err(|error| problem(&format!("backup {}:", backup.name), &backup.path, &error))?;
    let none = if newest.is_none() { ", no file" } else { "" };
    finding.facts.push(Fact::said(format!("backup.{}", backup.name), format!("every {} h{none}", backup.every_h)));
    finding.readings.extend(newest.map(|at| ("backup_age", backup.name.clone(), age(now, at))));
    Ok(())
}

/// When the newest file at or below a path was written. Folders do not count: deleting an old backup changes them too.
fn newest(path: &Path) -> std::io::Result<Option<i64>> {
    let meta = fs::metadata(path)?;
    if !meta.is_dir() {
        return Ok(Some(meta.mtime()));
    }
    let (mut newest, mut looked_at) = (None, 0);
    let mut open = vec![(path.to_path_buf(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // A folder within may vanish while a backup runs, or belong to somebody else.
            Err(_) if depth > 0 => continue,
            Err(error) => return Err(error),
        };
        for entry in entries.flatten() {
            looked_at += 1;
            let Ok(meta) = entry.metadata() else { continue };
            if meta.is_dir() && depth < MAX_DEPTH {
                open.push((entry.path(), depth + 1));
            } else if meta.is_file() {
                newest = newest.max(Some(meta.mtime()));
            }
        }
        if looked_at >= MAX_ENTRIES {
            break;
        }
    }
    Ok(newest)
}

/// The sort of file system at a path, if it lies on another machine (proc(5), mounts: device, mount point, type).
fn remote<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let mount = |line: &'a str| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let (point, kind) = (words.next()?.replace("\\040", " "), words.next()?);
        path.starts_with(&point).then_some((point.len(), kind))
    };
    let (_, kind) = mounts.lines().filter_map(mount).max_by_key(|(length, _)| *length)?;
    Some(kind).filter(|kind| REMOTE.contains(kind))
}

/// The last day of the certificate that a port shows.
async fn shown(at: SocketAddr) -> Option<Timestamp> {
    let stream = timeout(CONNECT, TcpStream::connect(at)).await.ok()?.ok()?;
    let (_, certificate) = tls::shake_hands(stream, at.ip()).await?;
    x509::ends_at(&certificate?)
}

/// The last day of a certificate file.
fn certificate(file: &Path, finding: &mut Finding) -> Result<(), Problem> {
    let said = |error: std::io::Error| problem("certificate", file, &error);
    let mut pem = Vec::new();
    fs::File::open(file).map_err(said)?.take(MAX_PEM_BYTES).read_to_end(&mut pem).map_err(said)?;
    let ends_at = x509::file_ends_at(&pem).ok_or_else(|| ("bad_config", format!("certificate {}: expected certificates in PEM", file.display())))?;
    let name: String = file.display().to_string().chars().take(200).collect();
    finding.facts.push(Fact::said(format!("cert.{name}"), ends_at.to_string()));
    Ok(())
}

#[cfg(test)]
#[path = "upkeep_tests.rs"]
mod tests;

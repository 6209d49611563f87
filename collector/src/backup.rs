//! Shell: the database and the key files into a folder, and back.
//!
//! Comes in: a database that is in use, key files, a folder. Goes out: a folder that holds a copy of one moment with a list of
//! what is in it (`manifest.json`: names, sizes, SHA-256), made whole or not at all; or the same put back. Absent on purpose:
//! PostgreSQL, which has `pg_dump` and its own archives (the runbook tells how); sending the folder elsewhere.

use crate::store::{self, Db};
use anyhow::{Context, Result, bail, ensure};
use rollcall_shared::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Name of the database within a backup.
pub const DATABASE: &str = "rollcall.sqlite";
/// Name of the list of contents.
pub const MANIFEST: &str = "manifest.json";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was made, UTC seconds.
    pub made_at: i64,
    /// Version of the program that made it.
    pub program: String,
    /// Last migration of the database.
    pub migration: i64,
    /// Its files.
    pub files: Vec<Content>,
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Its name, without a folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// Copies database and key files into a new folder, while reports come in. Key files that do not exist yet are left out.
pub fn backup(db: &Db, folder: &Path, keys: &[PathBuf], now: Timestamp) -> Result<Manifest> {
    if db.is_postgres() {
        bail!("this database is PostgreSQL: back it up with pg_dump (see the runbook), and copy the key files beside it");
    }
    ensure!(!folder.exists(), "{} exists already: name a folder that does not", folder.display());
    let part = beside(folder, "part")?;
    fs::DirBuilder::new().mode(0o700).create(&part).with_context(|| format!("making {}", part.display()))?;
    let made = fill(db, &part, keys, now);
    if made.is_err() {
        // What was half made helps nobody; the error tells why it was not made.
        let _ = fs::remove_dir_all(&part);
    }
    let manifest = made?;
    fs::rename(&part, folder).with_context(|| format!("naming {}", folder.display()))?;
    sync(folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    Ok(manifest)
}

fn fill(db: &Db, part: &Path, keys: &[PathBuf], now: Timestamp) -> Result<Manifest> {
    let database = part.join(DATABASE);
    db.copy_to(&database)?;
    let migration = store::check_file(&database)?;
    let mut files = vec![described(&database)?];
    for key in keys.iter().filter(|key| key.exists()) {
        let copy = part.join(name_of(key)?);
        ensure!(!copy.exists(), "two key files are named {}: a backup holds each name once", copy.display());
        copy_file(key, &copy)?;
        files.push(described(&copy)?);
    }
    for file in &files {
        sync(&part.join(&file.name))?;
    }
    let manifest = Manifest { made_at: now.0, program: env!("CARGO_PKG_VERSION").to_owned(), migration, files };
    let path = part.join(MANIFEST);
    fs::write(&path, serde_json::to_vec_pretty(&manifest)?).with_context(|| format!("writing {}", path.display()))?;
    sync(&path)?;
    sync(part)?;
    Ok(manifest)
}

/// Puts a backup back: the database to `database`, each key file of the same name to its path in `keys`. What stood there is
/// moved aside (`….before-restore-SECONDS`), never overwritten. The collector must not be running.
pub fn restore(folder: &Path, database: &Path, keys: &[PathBuf], now: Timestamp) -> Result<Manifest> {
    let manifest = checked(folder)?;
    let mut ways = vec![(folder.join(DATABASE), database.to_owned())];
    for key in keys {
        let name = name_of(key)?;
        if manifest.files.iter().any(|file| file.name == name) {
            ways.push((folder.join(name), key.clone()));
        }
    }
    for (from, to) in &ways {
        copy_file(from, &beside(to, "restored")?)?;
        sync(&beside(to, "restored")?)?;
    }
    // All copies are there and durable; from here on only names change.
    for (_, to) in &ways {
        for suffix in ["", "-wal", "-shm"] {
            let old = with_suffix(to, suffix);
            if old.exists() {
                let aside = with_suffix(&old, &format!(".before-restore-{}", now.0));
                fs::rename(&old, &aside).with_context(|| format!("moving {} aside", old.display()))?;
            }
        }
        fs::rename(beside(to, "restored")?, to).with_context(|| format!("naming {}", to.display()))?;
    }
    Ok(manifest)
}

/// Holds a backup against its list, and its database against itself.
pub fn checked(folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).with_context(|| format!("reading {}: is this a folder that `backup` made?", path.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text).with_context(|| format!("reading {}", path.display()))?;
    ensure!(manifest.files.iter().any(|file| file.name == DATABASE), "{} names no {DATABASE}", path.display());
    for file in &manifest.files {
        ensure!(Path::new(&file.name).file_name().is_some_and(|name| name == file.name.as_str()), "{} names a path: {:?}", path.display(), file.name);
        let found = described(&folder.join(&file.name))?;
        ensure!(found == *file, "{} is not as it was when the backup was made: {} bytes, expected {}", file.name, found.bytes, file.bytes);
    }
    let migration = store::check_file(&folder.join(DATABASE)).context("checking the database of the backup")?;
    ensure!(migration == manifest.migration, "the database is at migration {migration}, the list says {}", manifest.migration);
    Ok(manifest)
}

fn described(path: &Path) -> Result<Content> {
    let mut file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).with_context(|| format!("reading {}", path.display()))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
    let sha256 = hasher.finalize().iter().map(|octet| format!("{octet:02x}")).collect();
    Ok(Content { name: name_of(path)?, bytes, sha256 })
}

/// Copies a file readable by its owner alone: keys and password hashes are in it.
fn copy_file(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o600)).with_context(|| format!("protecting {}", to.display()))
}

fn name_of(path: &Path) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).with_context(|| format!("{} has no name of a file", path.display()))
}

fn beside(path: &Path, suffix: &str) -> Result<PathBuf> {
    Ok(path.with_file_name(format!(".{}.{suffix}", name_of(path)?)))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).with_context(|| format!("making {} durable", path.display()))
}

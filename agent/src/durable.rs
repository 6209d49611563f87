//! Files that survive a power cut: written beside, flushed, renamed into place, the folder flushed.
//!
//! Comes in: a path and octets. Goes out: either the old file or the whole new one, whatever happens. A sealed file also
//! carries a digest, so that what a dying disk made of it is recognised. Absent on purpose: what the octets mean.

use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Octets of the digest in front of a sealed file: enough against accidents; nobody forges their own spool.
const SEAL_BYTES: usize = 8;

/// Ending of files that were being written when the power went; they are never read.
pub const UNFINISHED: &str = "tmp";

/// Replaces a file; durable when this returns. Only the owner may read it: it may hold names or keys.
pub fn write(path: &Path, octets: &[u8]) -> io::Result<()> {
    write_parts(path, &[octets])
}

/// Replaces a file by a sealed one.
pub fn write_sealed(path: &Path, octets: &[u8]) -> io::Result<()> {
    write_parts(path, &[&seal(octets), octets])
}

/// Reads a sealed file; `InvalidData` where it is not what was written.
pub fn read_sealed(path: &Path) -> io::Result<Vec<u8>> {
    let mut octets = fs::read(path)?;
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the file is damaged: its digest does not match");
    let content = octets.get(SEAL_BYTES..).ok_or_else(damaged)?;
    if seal(content) != octets[..SEAL_BYTES] {
        return Err(damaged());
    }
    octets.drain(..SEAL_BYTES);
    Ok(octets)
}

/// Moves a file within one file system, durably.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    flush_folder(to)
}

fn seal(octets: &[u8]) -> Vec<u8> {
    Sha256::digest(octets)[..SEAL_BYTES].to_vec()
}

fn write_parts(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let unfinished = beside(path);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    flush_folder(path)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(UNFINISHED);
    path.with_file_name(name)
}

fn flush_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_file_changed_or_cut_anywhere_is_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealed");
        write_sealed(&path, b"what was found").unwrap();
        assert_eq!(read_sealed(&path).unwrap(), b"what was found");
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            fs::write(&path, &whole[..at]).unwrap();
            assert!(read_sealed(&path).is_err(), "cut at {at}");
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            fs::write(&path, &changed).unwrap();
            assert!(read_sealed(&path).is_err(), "changed at {at}");
        }
    }
}

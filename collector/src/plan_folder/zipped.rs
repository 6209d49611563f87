//! A folder of CSV files as one zip file.
//!
//! Comes in: files, or the bytes of a zip file whose size unpacked is measured first. Goes out: the other. Absent on purpose: what is in
//! the files.

use super::MAX_FILES;
use crate::workbook::{Refused, measure};
use anyhow::{Context, Result};
use std::io::{Cursor, Read, Write};
use zip::ZipArchive;
use zip::write::SimpleFileOptions;

/// Whether a zip file holds CSV files and is no workbook.
pub(super) fn is_folder(bytes: &[u8]) -> bool {
    let Ok(archive) = ZipArchive::new(Cursor::new(bytes)) else { return false };
    archive.file_names().flatten().any(|name| is_table(&name))
}

/// A CSV file, and not one that a system has hidden beside it.
fn is_table(name: &str) -> bool {
    let own = name.rsplit('/').next().unwrap_or(name);
    name.to_lowercase().ends_with(".csv") && !own.starts_with('.') && !name.starts_with("__MACOSX")
}

/// Its CSV files, in the order of their names.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Refused> {
    measure(bytes)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| Refused::broken(error.to_string()))?;
    let mut names: Vec<String> = archive.file_names().flatten().filter(|name| is_table(name)).map(|name| name.into_owned()).collect();
    if names.len() > MAX_FILES {
        return Err(Refused::broken(format!("{} > {MAX_FILES}", names.len())));
    }
    names.sort();
    let mut files = Vec::new();
    for name in names {
        let mut bytes = Vec::new();
        let mut file = archive.by_name(&name).map_err(|error| Refused::broken(error.to_string()))?;
        file.read_to_end(&mut bytes).map_err(|error| Refused::broken(error.to_string()))?;
        drop(file);
        files.push((name, bytes));
    }
    Ok(files)
}

/// Files as one zip file.
pub(super) fn write(files: &[(String, String)]) -> Result<Vec<u8>> {
    let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        file.start_file(name.as_str(), SimpleFileOptions::default()).with_context(|| format!("packing {name}"))?;
        file.write_all(text.as_bytes()).with_context(|| format!("packing {name}"))?;
    }
    Ok(file.finish().context("packing the folder")?.into_inner())
}

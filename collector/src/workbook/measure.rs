//! How much a workbook swells to, measured by unpacking it into nothing before anybody reads it.
//!
//! Comes in: the bytes of a zip file. Goes out: nothing, or the bound that it breaks. What its directory claims is not believed.
//! Absent on purpose: what the parts mean.

use super::read::Refused;
use std::io::{Cursor, Read, Seek};
use zip::ZipArchive;

/// Largest workbook as it arrives, in bytes: some 200 000 assets.
pub const MAX_PACKED_BYTES: usize = 32 << 20;
/// Most bytes that its parts may be together once unpacked.
pub const MAX_PLAIN_BYTES: u64 = 512 << 20;
/// Most parts in its zip file.
const MAX_PARTS: usize = 2_000;
/// Most sheets in it.
pub const MAX_SHEETS: usize = 200;
/// Most cells that say something, in all sheets together.
pub const MAX_CELLS: usize = 8_000_000;
/// The last column that is read.
pub const MAX_COLUMNS: usize = 256;

/// Unpacks every part into nothing, counting.
pub(crate) fn measure(bytes: &[u8]) -> Result<(), Refused> {
    if bytes.len() > MAX_PACKED_BYTES {
        return Err(Refused::too_big(bytes.len() as u64, MAX_PACKED_BYTES as u64));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| Refused::broken(error.to_string()))?;
    if archive.len() > MAX_PARTS {
        return Err(Refused::broken(format!("{} parts; at most {MAX_PARTS}", archive.len())));
    }
    let plain = swelled(&mut archive, MAX_PLAIN_BYTES)?;
    if plain > MAX_PLAIN_BYTES { Err(Refused::too_big(plain, MAX_PLAIN_BYTES)) } else { Ok(()) }
}

/// The bytes of all parts together; counting ends just beyond `most`.
fn swelled<R: Read + Seek>(archive: &mut ZipArchive<R>, most: u64) -> Result<u64, Refused> {
    let mut total = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) => Refused::locked(),
            error => Refused::broken(error.to_string()),
        })?;
        let mut bounded = part.take(most + 1 - total);
        total += std::io::copy(&mut bounded, &mut std::io::sink()).map_err(|error| Refused::broken(error.to_string()))?;
        if total > most {
            break;
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    #[test]
    fn a_bomb_is_counted_as_it_unpacks_and_no_further() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["a", "b", "c"] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&vec![0; 1 << 20]).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        assert!(bytes.len() < 20_000, "it packs well: {}", bytes.len());
        let count = |most| swelled(&mut ZipArchive::new(Cursor::new(&bytes)).unwrap(), most).unwrap();
        assert_eq!(count(u64::MAX - 1), 3 << 20);
        assert_eq!(count(1_500_000), 1_500_001);
    }

    #[test]
    fn what_is_no_zip_file_is_refused() {
        assert!(measure(b"PK\x03\x04 but no more").is_err());
        assert!(measure(b"").is_err());
    }
}

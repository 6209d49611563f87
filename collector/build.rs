//! Packs the IEEE register of MAC prefixes into one sorted file that the program includes as it is.
//!
//! Comes in: the `oui-data` crate (a build dependency, so its tables are never linked into the program). Goes out: `oui.bin` in `OUT_DIR`:
//! the number of records (4 octets), the records sorted by key (8 octets: prefix left-aligned in 48 bits, then its length in bits;
//! 4 octets: offset of the name), then the names (a length octet each), every name once. Absent on purpose: anything that changes
//! from build to build.

use std::collections::BTreeMap;
use std::error::Error;
use std::{env, fs, path};

/// The longest name kept, octets: what stands beyond is legal form and address.
const MAX_NAME: usize = 48;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let mut records: BTreeMap<u64, &'static str> = BTreeMap::new();
    for (prefix, entry) in oui_data::OUI_ENTRIES.entries() {
        let bits = u32::try_from(prefix.len())? * 4;
        let value = u64::from_str_radix(prefix, 16)? << (48 - bits);
        records.insert(value << 8 | u64::from(bits), clip(entry.organization()));
    }
    let mut names: Vec<u8> = Vec::new();
    let mut offsets: BTreeMap<&str, u32> = BTreeMap::new();
    let mut packed = u32::try_from(records.len())?.to_be_bytes().to_vec();
    for (key, name) in &records {
        let offset = match offsets.get(name) {
            Some(offset) => *offset,
            None => {
                let offset = u32::try_from(names.len())?;
                names.push(u8::try_from(name.len())?);
                names.extend(name.as_bytes());
                offsets.insert(name, offset);
                offset
            }
        };
        packed.extend(key.to_be_bytes());
        packed.extend(offset.to_be_bytes());
    }
    packed.extend(names);
    fs::write(path::Path::new(&env::var("OUT_DIR")?).join("oui.bin"), packed)?;
    Ok(())
}

fn clip(name: &str) -> &str {
    let mut end = name.len().min(MAX_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].trim()
}

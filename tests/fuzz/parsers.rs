//! One parser of the agent under libFuzzer: the one that `FUZZ_PARSER` names; without a name it lists them and ends.
//!
//! Comes in: octets that libFuzzer makes up, led by the coverage that they reach. Goes out: nothing, or a crash. Absent on purpose: the
//! parsers' names and how each is fed (`probes/hostile.rs` of the agent, which the property test shares).

#![no_main]

use libfuzzer_sys::fuzz_target;
use rollcall_agent::probes::hostile::{PARSERS, Parser};
use std::sync::OnceLock;

static CHOSEN: OnceLock<Parser> = OnceLock::new();

fn chosen() -> Parser {
    let name = std::env::var("FUZZ_PARSER").unwrap_or_default();
    *PARSERS.iter().find(|(known, _)| *known == name).unwrap_or_else(|| {
        PARSERS.iter().for_each(|(name, _)| println!("{name}"));
        std::process::exit(0)
    })
}

fuzz_target!(|octets: &[u8]| {
    let (_, parse) = CHOSEN.get_or_init(chosen);
    parse(octets);
});

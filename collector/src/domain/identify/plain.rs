//! Conclusions as text that every page, table and index can bear.
//!
//! Comes in: a [`Sighting`] as recognised, out of whatever a device said. Goes out: the same without control characters and marks
//! that turn the direction of writing, each text within [`MAX_CHARS`]. Absent on purpose: the evidence itself, which stays word for
//! word in the picture, and markup, which the pages' own escaping renders harmless.

use crate::domain::device::Sighting;
use rollcall_shared::wire::clip;

/// Longest conclusion, in characters: an index entry of PostgreSQL holds 2 704 bytes, and no page shows more.
pub const MAX_CHARS: usize = 255;

/// Tidies every text of a sighting.
pub fn plain(sighting: &mut Sighting) {
    let texts = [
        &mut sighting.vendor,
        &mut sighting.model,
        &mut sighting.os,
        &mut sighting.os_version,
        &mut sighting.serial,
        &mut sighting.firmware,
        &mut sighting.name,
    ];
    for text in texts {
        text.iter_mut().for_each(tidy);
        text.take_if(|text| text.is_empty());
    }
    sighting.keys.iter_mut().for_each(|key| tidy(&mut key.text));
    sighting.keys.retain(|key| !key.text.is_empty());
    sighting.parts.iter_mut().for_each(|part| tidy(&mut part.label));
    for sign in &mut sighting.signs {
        tidy(&mut sign.instance);
        tidy(&mut sign.ground);
    }
    for why in &mut sighting.why {
        tidy(&mut why.value);
        tidy(&mut why.ground);
    }
}

/// Tidies one text.
pub fn tidy(text: &mut String) {
    if text.chars().any(is_unfit) {
        *text = text.chars().filter(|c| !is_unfit(*c)).collect::<String>().trim().to_owned();
    }
    let end = clip(text, MAX_CHARS).len();
    text.truncate(end);
}

/// Control characters, line and paragraph separators, and the marks of Unicode's annex 9 that override direction.
fn is_unfit(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_devices_lose_what_nobody_can_read() {
        for (said, expected) in [
            ("sw01", "sw01"),
            ("École n° 1", "École n° 1"),
            ("ACME\0\0\0", "ACME"),
            ("\u{202e}gpj.exe\u{200f}", "gpj.exe"),
            ("two\nlines", "twolines"),
        ] {
            let mut text = said.to_owned();
            tidy(&mut text);
            assert_eq!(text, expected);
        }
        let mut long = "é".repeat(8_000);
        tidy(&mut long);
        assert_eq!(long.chars().count(), MAX_CHARS);
    }
}

//! The IANA's register of private enterprise numbers: who a number was given to, for makers that [`super::enterprises`] does not know.
//!
//! Source: IANA, "Private Enterprise Numbers" (RFC 9371), state of 2024-08-23, dedicated to the public domain (CC0 1.0); names are cut
//! at 40 octets, remarks are left out. Comes in: a number. Goes out: the registered name, as the register spells it. Absent on purpose: what
//! the organisation makes, and short names (`vendors`).
//!
//! The file beside this one has a line a number, sorted: the number, a tab, the name. It is searched as it is, so starting costs nothing.

static REGISTER: &str = include_str!("enterprise_numbers.tsv");

/// Whom a number was given to.
pub fn holder(number: u32) -> Option<&'static str> {
    let (mut low, mut high) = (0, REGISTER.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = REGISTER.as_bytes()[..middle].iter().rposition(|octet| *octet == b'\n').map_or(0, |at| at + 1);
        let line = REGISTER[start..].split('\n').next().unwrap_or_default();
        let (found, name) = line.split_once('\t')?;
        match found.parse::<u32>().ok()?.cmp(&number) {
            std::cmp::Ordering::Equal => return Some(name),
            std::cmp::Ordering::Less => low = start + line.len() + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_and_gaps_are_not() {
        let first = REGISTER.lines().next().unwrap();
        let last = REGISTER.lines().last().unwrap();
        for line in [first, "207\tAllied Telesis, Inc.", "5491\tUPS Manufacturing", last] {
            let (number, name) = line.split_once('\t').unwrap();
            assert_eq!(holder(number.parse().unwrap()), Some(name));
        }
        assert_eq!(holder(0), None);
        assert_eq!(holder(u32::MAX), None);
    }

    #[test]
    fn the_register_is_sorted_and_each_line_is_a_number_and_a_name() {
        let mut before = 0;
        for line in REGISTER.lines() {
            let (number, name) = line.split_once('\t').unwrap();
            let number: u32 = number.parse().unwrap();
            assert!(number > before && !name.trim().is_empty() && name.len() <= 40, "{line}");
            before = number;
        }
    }
}

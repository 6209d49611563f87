//! Decimal numbers: amounts, coordinates, rates; exact to a millionth, never floating.
//!
//! Comes in: text with comma or point, spaces between thousands, a currency or per-cent sign. Goes out: [`Decimal`].
//! Absent on purpose: currencies; every amount of a plan is in euros.

use std::fmt;

/// A number in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(pub i64);

/// Millionths in one.
const ONE: i64 = 1_000_000;

impl Decimal {
    /// A whole number; the greatest one beyond the range.
    pub fn whole(number: i64) -> Self {
        Decimal(number.saturating_mul(ONE))
    }

    /// Rounded down to the whole, as grants are to the euro.
    pub fn floor(self) -> Self {
        Decimal(self.0.div_euclid(ONE).saturating_mul(ONE))
    }

    /// Times a number, to the millionth, rounded to nearest.
    pub fn times(self, factor: Decimal) -> Self {
        let product = (i128::from(self.0) * i128::from(factor.0) + i128::from(ONE) / 2).div_euclid(i128::from(ONE));
        Decimal(i64::try_from(product).unwrap_or(if product < 0 { i64::MIN } else { i64::MAX }))
    }

    /// A hundredth of it.
    pub fn percent(self) -> Self {
        Decimal(self.0 / 100)
    }

    /// The sum, held at the ends of the range.
    pub fn plus(self, other: Decimal) -> Self {
        Decimal(self.0.saturating_add(other.0))
    }

    /// The difference, held at the ends of the range.
    pub fn minus(self, other: Decimal) -> Self {
        Decimal(self.0.saturating_sub(other.0))
    }

    /// Its size without sign.
    pub fn size(self) -> Self {
        Decimal(self.0.saturating_abs())
    }
}

impl std::iter::Sum for Decimal {
    fn sum<I: Iterator<Item = Decimal>>(numbers: I) -> Self {
        numbers.fold(Decimal(0), Decimal::plus)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0.unsigned_abs() / ONE as u64, self.0.unsigned_abs() % ONE as u64);
        let sign = if self.0 < 0 { "-" } else { "" };
        match part {
            0 => write!(f, "{sign}{whole}"),
            _ => write!(f, "{sign}{whole}.{}", format!("{part:06}").trim_end_matches('0')),
        }
    }
}

/// The number's plain spelling (`1 826 000,50 €` gives `1826000.50`), or `None` where it is no number.
pub fn plain(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['€', '%']).trim_end_matches(|letter: char| letter.is_whitespace());
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, part) = match digits.rsplit_once([',', '.']) {
        Some((whole, part)) => (whole, Some(part)),
        None => (digits, None),
    };
    // Between thousands French writes a space: plain, no-break or narrow no-break (U+202F).
    let whole: String = whole.chars().filter(|letter| !matches!(letter, ' ' | '\u{a0}' | '\u{202f}')).collect();
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(&whole) || whole.len() > 12 || part.is_some_and(|part| !is_number(part) || part.len() > 18) {
        return None;
    }
    Some(match part {
        Some(part) => format!("{sign}{whole}.{part}"),
        None => format!("{sign}{whole}"),
    })
}

/// Reads a number; digits beyond a millionth are dropped.
pub fn parse(text: &str) -> Option<Decimal> {
    let plain = plain(text)?;
    let (sign, digits) = plain.strip_prefix('-').map_or((1, plain.as_str()), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part: i64 = format!("{part:0<6}")[..6].parse().ok()?;
    let whole: i64 = whole.parse().ok()?;
    Some(Decimal(sign * (whole.checked_mul(ONE)?.checked_add(part)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_numbers() {
        for (text, expected) in [
            ("1 826 000,50 €", Some("1826000.5")),
            ("36\u{202f}562", Some("36562")),
            ("70 %", Some("70")),
            ("-3.25", Some("-3.25")),
            ("48.5734053", Some("48.573405")),
            ("999999999999", Some("999999999999")),
            ("1234567890123", None),
            ("1.173 M€", None),
            ("", None),
            ("abc", None),
            ("9999999999999", None),
        ] {
            assert_eq!(parse(text).map(|number| number.to_string()).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn seventy_percent_rounds_down_to_the_euro() {
        assert_eq!(Decimal::whole(36_562).times(Decimal(700_000)).floor(), Decimal::whole(25_593));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,30}") {
            let _ = parse(&text);
        }

        #[test]
        fn a_number_comes_back(number in -1_000_000_000_000_000i64..1_000_000_000_000_000) {
            prop_assert_eq!(parse(&Decimal(number).to_string()), Some(Decimal(number)));
        }
    }
}

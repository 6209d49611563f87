//! One cell: what its column allows, and its canonical text.
//!
//! Comes in: a column of the schema and the text of a cell. Goes out: the canonical text (codes for words, ISO for full days, plain
//! numbers; imprecise dates as written), or a problem with what was expected. Absent on purpose: what other tables say.

use super::note::Words;
use super::problem::{self, Problem};
use super::schema::{Cell, Column, Word, choose};
use super::selector::{self, Per, Selector};
use super::{date, decimal};
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::plan::nearest::nearest;
use std::borrow::Cow;

/// Longest cell, in bytes: a page of text.
pub const MAX_CELL_BYTES: usize = 8_192;

/// Why a cell does not hold what its column wants.
pub type Refusal = (&'static Problem, Words);

/// The canonical text of a cell; an empty cell is always allowed here.
pub fn canonical<'a>(column: &Column, text: &'a str) -> Result<Cow<'a, str>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Cow::Borrowed(""));
    }
    if text.len() > MAX_CELL_BYTES {
        return Err((&problem::TOO_MUCH, Words::made(format!("{MAX_CELL_BYTES} octets"), format!("{MAX_CELL_BYTES} bytes"))));
    }
    if !column.many {
        return one(column.cell, text);
    }
    let mut parts = Vec::new();
    for part in text.split('|').map(str::trim).filter(|part| !part.is_empty()) {
        parts.push(one(column.cell, part)?);
    }
    Ok(Cow::Owned(parts.join("|")))
}

/// The canonical text of one value.
fn one(cell: Cell, text: &str) -> Result<Cow<'_, str>, Refusal> {
    match cell {
        Cell::Text => Ok(plain_text(text)),
        Cell::Code => code(text),
        Cell::Ref(_) | Cell::SoftRef(_) | Cell::SchoolOrZone => Ok(plain_text(text)),
        Cell::Kind => kind(text),
        Cell::KindOrAny => {
            if text == "*" {
                Ok(Cow::Borrowed(text))
            } else {
                kind(text)
            }
        }
        Cell::Date => day(text),
        Cell::Year => year(text),
        Cell::Count => count(text),
        Cell::Amount => decimal::plain(text).map(Cow::Owned).ok_or((&problem::NOT_A_NUMBER, EXPECTED_AMOUNT)),
        Cell::Rate => rate(text),
        Cell::YesNo => choice(YES_NO, text),
        Cell::Choice(words) => choice(words, text),
        Cell::ChoiceOrName(words) => choose(words, text).map_or_else(|| code(text), |word| Ok(Cow::Borrowed(word))),
        Cell::Selector | Cell::PhaseOrSelector => {
            Selector::parse(text).map(|selector| Cow::Owned(selector.to_string())).ok_or((&problem::BAD_SHAPE, selector::EXPECTED))
        }
        // An axis may be called anything, so only what looks like terms must be terms.
        Cell::Scope if !text.contains('=') => Ok(plain_text(text)),
        Cell::Scope => Selector::parse(text).map(|selector| Cow::Owned(selector.to_string())).ok_or((&problem::BAD_SHAPE, selector::EXPECTED)),
        Cell::Per => Per::parse(text).map(|per| Cow::Owned(per.to_string())).ok_or((&problem::UNKNOWN_WORD, selector::EXPECTED_PER)),
        Cell::Uai => uai(text),
        Cell::Siren => siren(text),
        Cell::Cidr => cidr(text),
        Cell::Mac => text
            .parse::<rollcall_shared::Mac>()
            .map(|mac| Cow::Owned(mac.to_string()))
            .map_err(|_| (&problem::BAD_SHAPE, Words::fixed("une adresse MAC : 00:1a:2b:3c:4d:5e", "a MAC address: 00:1a:2b:3c:4d:5e"))),
    }
}

const EXPECTED_AMOUNT: Words = Words::fixed("un nombre : 1250 ou 1250,50", "a number: 1250 or 1250.50");
const YES_NO: &[Word] = &[("yes", &["oui", "o", "y", "vrai", "true", "1", "x"]), ("no", &["non", "n", "faux", "false", "0"])];

/// Text without control characters but line breaks, which become `\n`.
pub fn plain_text(text: &str) -> Cow<'_, str> {
    if !text.contains(|letter: char| letter.is_control() && letter != '\n') {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    let clean: String = text.chars().map(|letter| if letter.is_control() && letter != '\n' { ' ' } else { letter }).collect();
    Cow::Owned(clean.trim().to_owned())
}

fn code(text: &str) -> Result<Cow<'_, str>, Refusal> {
    if text.len() > 200 || text.contains(|letter: char| letter.is_control() || matches!(letter, '|' | '&' | '=')) {
        return Err((
            &problem::BAD_SHAPE,
            Words::fixed("un code court, sans « | », « & », « = » ni saut de ligne", "a short code without “|”, “&”, “=” or line break"),
        ));
    }
    Ok(Cow::Borrowed(text))
}

fn kind(text: &str) -> Result<Cow<'_, str>, Refusal> {
    if let Some(kind) = Kind::from_word(text) {
        return Ok(Cow::Borrowed(kind.code()));
    }
    let words = Kind::ALL.iter().flat_map(|kind| [kind.row().code, kind.row().fr[0], kind.row().en[0]]);
    let expected = match nearest(text, words) {
        Some(word) => Words::made(format!("« {word} » ?"), format!("“{word}”?")),
        None => {
            let list = |at: fn(&Kind) -> &'static str| Kind::ALL.iter().map(at).collect::<Vec<_>>().join(", ");
            Words::made(list(|kind| kind.row().fr[0]), list(|kind| kind.code()))
        }
    };
    Err((&problem::UNKNOWN_KIND, expected))
}

fn choice<'a>(words: &'static [Word], text: &str) -> Result<Cow<'a, str>, Refusal> {
    let expected = || words.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ");
    choose(words, text).map(Cow::Borrowed).ok_or_else(|| (&problem::UNKNOWN_WORD, Words::same(expected())))
}

fn day(text: &str) -> Result<Cow<'_, str>, Refusal> {
    match date::parse(text) {
        Ok(date) => Ok(Cow::Owned(date.text)),
        Err(date::DateError::NoSuchDay(expected)) => Err((&problem::NO_SUCH_DATE, expected)),
        Err(date::DateError::NoDate) => Err((&problem::NOT_A_DATE, date::EXPECTED)),
    }
}

/// `2021`, `2021-2022`, `2021/22`: the year in which the school year begins.
fn year(text: &str) -> Result<Cow<'_, str>, Refusal> {
    let refusal = || (&problem::NOT_A_NUMBER, Words::fixed("une année : 2021 ou 2021-2022", "a year: 2021 or 2021-2022"));
    let (first, next) = text.split_once(['-', '/']).map_or((text, None), |(first, next)| (first.trim(), Some(next.trim())));
    let begins: u16 = first.parse().ok().filter(|year| (1950..=2150).contains(year)).ok_or_else(refusal)?;
    let follows = next.is_none_or(|next| next == (begins + 1).to_string() || next == format!("{:02}", (begins + 1) % 100));
    if follows { Ok(Cow::Owned(begins.to_string())) } else { Err(refusal()) }
}

fn count(text: &str) -> Result<Cow<'_, str>, Refusal> {
    let refusal = || (&problem::NOT_A_NUMBER, Words::fixed("un nombre entier : 0, 1, 2 …", "a whole number: 0, 1, 2 …"));
    let plain = decimal::plain(text).ok_or_else(refusal)?;
    let whole = plain.split_once('.').map_or(plain.as_str(), |(whole, part)| if part.bytes().all(|byte| byte == b'0') { whole } else { "" });
    // A town that counts beyond this has put an amount into the wrong column.
    let number: u32 = whole.parse().ok().filter(|number| *number <= 10_000_000).ok_or_else(refusal)?;
    Ok(Cow::Owned(number.to_string()))
}

/// Canonical: per cent. `70 %`, `70` and `0,7` are the same share; only a bare number up to one is read as a share of one.
fn rate(text: &str) -> Result<Cow<'_, str>, Refusal> {
    let refusal = || (&problem::NOT_A_NUMBER, Words::fixed("un taux : 70 % ou 0,7", "a rate: 70 % or 0.7"));
    let rate = decimal::parse(text).ok_or_else(refusal)?;
    let percent = if text.ends_with('%') || rate > decimal::Decimal::whole(1) { rate } else { rate.times(decimal::Decimal::whole(100)) };
    let in_range = (decimal::Decimal(0)..=decimal::Decimal::whole(100)).contains(&percent);
    if in_range { Ok(Cow::Owned(format!("{percent} %"))) } else { Err(refusal()) }
}

/// The 23 check letters of a UAI, by the number modulo 23 (the alphabet without I, O, Q).
const UAI_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

/// The check letter of a UAI's seven digits.
pub fn uai_letter(number: u32) -> char {
    char::from(UAI_LETTERS[(number % 23) as usize])
}

fn uai(text: &str) -> Result<Cow<'_, str>, Refusal> {
    let upper = text.replace(' ', "").to_uppercase();
    let number = upper.get(..7).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())).and_then(|digits| digits.parse().ok());
    let letter = upper.get(7..).filter(|letter| letter.len() == 1 && letter.bytes().all(|byte| byte.is_ascii_uppercase()));
    let (Some(number), Some(letter)) = (number, letter) else {
        let expected = Words::fixed("sept chiffres et une lettre : 0750001U", "seven digits and a letter: 0750001U");
        return Err((&problem::BAD_SHAPE, expected));
    };
    let right = uai_letter(number);
    if letter.starts_with(right) {
        return Ok(Cow::Owned(upper));
    }
    Err((&problem::BAD_UAI_LETTER, Words::made(format!("{number:07}{right} (lettre {right})"), format!("{number:07}{right} (letter {right})"))))
}

fn siren(text: &str) -> Result<Cow<'_, str>, Refusal> {
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.len() != 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err((&problem::BAD_SHAPE, Words::fixed("neuf chiffres", "nine digits")));
    }
    Ok(Cow::Owned(digits))
}

/// Whether a SIREN's digits satisfy its Luhn key.
pub fn is_siren_valid(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte.saturating_sub(b'0')) * if index % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

fn cidr(text: &str) -> Result<Cow<'_, str>, Refusal> {
    let expected = Words::fixed("un réseau avec sa longueur de préfixe : 10.17.4.0/22", "a network with its prefix length: 10.17.4.0/22");
    match text.parse::<ipnet::IpNet>() {
        Ok(network) if network.network() == network.addr() => Ok(Cow::Owned(network.to_string())),
        Ok(network) => Err((&problem::BAD_SHAPE, Words::same(network.trunc().to_string()))),
        Err(_) => Err((&problem::BAD_SHAPE, expected)),
    }
}

/// Whether this names a holiday zone: A, B, C, Corsica or one overseas.
pub fn is_zone(text: &str) -> bool {
    const OVERSEAS: &[&str] = &[
        "corse",
        "guadeloupe",
        "guyane",
        "martinique",
        "mayotte",
        "reunion",
        "la reunion",
        "nouvelle caledonie",
        "polynesie",
        "saint pierre et miquelon",
        "wallis et futuna",
    ];
    let folded = fold(text);
    let zone = folded.strip_prefix("zone ").unwrap_or(&folded);
    matches!(zone, "a" | "b" | "c") || OVERSEAS.contains(&zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::schema::TABLES;
    use proptest::prelude::*;

    fn check(cell: Cell, many: bool, text: &str, expected: &str) {
        let column = Column { name: "test", aliases: &[], cell, key: false, loose: false, many, half: crate::domain::plan::schema::Half::Plan };
        let told = match canonical(&column, text) {
            Ok(text) => text.into_owned(),
            Err((problem, words)) => format!("{}: {}", problem.key, words.en),
        };
        assert_eq!(told, expected, "{text:?}");
    }

    #[test]
    fn cells_have_one_canonical_text() {
        check(Cell::Kind, false, " Vidéoprojecteur ", "projector");
        check(Cell::Kind, true, "tablette | Valise|", "tablet|case");
        check(Cell::KindOrAny, false, "*", "*");
        check(Cell::Date, false, "1/9/2021", "2021-09-01");
        check(Cell::Date, false, "été 2021", "été 2021");
        check(Cell::Year, false, "2021-2022", "2021");
        check(Cell::Year, false, "2021/22", "2021");
        check(Cell::Count, false, "1 200", "1200");
        check(Cell::Count, false, "3,0", "3");
        check(Cell::Amount, false, "1 250,50 €", "1250.50");
        check(Cell::Rate, false, "70", "70 %");
        check(Cell::Rate, false, "0,7", "70 %");
        check(Cell::Rate, false, "0,5 %", "0.5 %");
        check(Cell::YesNo, false, "Oui", "yes");
        check(Cell::Uai, false, "0750001u", "0750001U");
        check(Cell::Uai, false, "0130001F", "0130001F");
        check(Cell::Uai, false, "0340001S", "0340001S");
        check(Cell::Cidr, false, "10.17.4.0/22", "10.17.4.0/22");
        check(Cell::Mac, false, "001A2B3C4D5E", "00:1a:2b:3c:4d:5e");
    }

    #[test]
    fn refusals_say_what_was_expected() {
        check(Cell::Uai, false, "0750001X", "bad_uai_letter: 0750001U (letter U)");
        check(Cell::Uai, false, "75001", "bad_shape: seven digits and a letter: 0750001U");
        check(Cell::Kind, false, "projektor", "unknown_kind: “projector”?");
        check(Cell::Date, false, "30/02/2021", "no_such_date: a day from 1 to 28 in the month 2021-02");
        check(Cell::Count, false, "1,5", "not_a_number: a whole number: 0, 1, 2 …");
        check(Cell::Cidr, false, "10.17.4.1/22", "bad_shape: 10.17.4.0/22");
        check(Cell::Year, false, "2021-2023", "not_a_number: a year: 2021 or 2021-2022");
        check(Cell::Code, false, "a|b", "bad_shape: a short code without “|”, “&”, “=” or line break");
        assert!(is_siren_valid("732829320") && !is_siren_valid("732829321"));
    }

    #[test]
    fn a_cell_holds_a_page_and_no_more() {
        let column = crate::domain::plan::schema::TABLES.iter().flat_map(|schema| schema.columns).find(|column| column.name == "note").unwrap();
        assert!(canonical(column, &"x".repeat(MAX_CELL_BYTES)).is_ok());
        assert_eq!(canonical(column, &"x".repeat(MAX_CELL_BYTES + 1)).unwrap_err().0.key, problem::TOO_MUCH.key);
        assert_eq!(canonical(column, "  ").unwrap(), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn canonical_text_stays_as_it_is(text in "(\\PC|[0-9/é|,. -]){0,30}") {
            for column in TABLES.iter().flat_map(|schema| schema.columns) {
                if let Ok(once) = canonical(column, &text) {
                    prop_assert_eq!(canonical(column, &once), Ok(Cow::Borrowed(once.as_ref())), "column {}", column.name);
                }
            }
        }
    }
}

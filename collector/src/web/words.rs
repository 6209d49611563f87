//! Words, numbers, dates: how pages speak to a person, in French or English.
//!
//! Comes in: keys of the fluent files (`locales/{fr,en}/*.ftl`), values, instants. Goes out: text, unescaped (the templates
//! escape). Absent on purpose: sentences in code, and the clock: `now` is handed in with each request.

use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::plan::Decimal;
use askama::Template;
use askama::filters::HtmlSafe;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::fluent_bundle::types::FluentNumber;
use fluent_templates::{LanguageIdentifier, static_loader};
use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, Zoned};
use rollcall_shared::Timestamp;
use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::sync::LazyLock;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "fr",
        customise: |bundle| {
            // Isolation marks are for mixed writing directions; ours are both left to right, and the marks break searching a page.
            bundle.set_use_isolating(false);
            let french = bundle.locales.first().is_some_and(|locale| locale.language.as_str() == "fr");
            bundle.set_formatter(Some(if french { french_number } else { english_number }));
        },
    };
}

static FR: LazyLock<LanguageIdentifier> = LazyLock::new(|| "fr".parse().expect("fr is a language tag"));
static EN: LazyLock<LanguageIdentifier> = LazyLock::new(|| "en".parse().expect("en is a language tag"));

/// What a missing text looks like on a page: no page of either language may contain it (a test holds this).
pub const MISSING: &str = "⟦missing text";

/// One visitor's language, zone and now.
#[derive(Debug, Clone)]
pub struct Words {
    /// The language chosen.
    pub language: Language,
    /// The programme's time zone.
    pub zone: TimeZone,
    /// The instant at which the page is made.
    pub now: Timestamp,
}

/// A value for a `{ $name }` of a message.
pub type Arg<'a> = (&'static str, FluentValue<'a>);

impl Words {
    /// `fr` or `en`.
    pub fn code(&self) -> &'static str {
        self.language.code()
    }

    /// The text of a key without variables.
    pub fn t(&self, key: &str) -> String {
        self.with(key, [])
    }

    /// The text of a key that starts with `prefix` and ends with a code of the domain: `fault-` + `agent_silent`.
    ///
    /// A code that is newer than the texts is shown as it is, never as a hole.
    pub fn coded(&self, prefix: &str, code: &str) -> String {
        self.lookup(&format!("{prefix}{}", code.replace('_', "-")), []).unwrap_or_else(|| code.replace('_', " "))
    }

    /// Whether there is a text for this code.
    pub fn knows(&self, prefix: &str, code: &str) -> bool {
        self.lookup(&format!("{prefix}{}", code.replace('_', "-")), []).is_some()
    }

    /// The text of a key with one count `$n`, in the right singular or plural.
    pub fn n(&self, key: &str, n: impl Borrow<i64>) -> String {
        self.with(key, [("n", FluentValue::from(*n.borrow()))])
    }

    /// The text of a key with one count `$n` out of `$of`.
    pub fn n_of(&self, key: &str, n: impl Borrow<i64>, of: impl Borrow<i64>) -> String {
        self.with(key, [("n", FluentValue::from(*n.borrow())), ("of", FluentValue::from(*of.borrow()))])
    }

    /// The text of a key with one text `$what`.
    pub fn named(&self, key: &str, what: &str) -> String {
        self.with(key, [("what", FluentValue::from(what))])
    }

    /// A room as it stands in a sentence: a bare number needs the word (« salle 12 »), a name says itself what it is (« Salle des maîtres »).
    pub fn in_room(&self, room: &str) -> String {
        let is_number = room.starts_with(|letter: char| letter.is_ascii_digit());
        if is_number { self.named("in-room", room) } else { room.to_owned() }
    }

    /// The text of a key with any values.
    pub fn with<'a, const N: usize>(&self, key: &str, args: [Arg<'a>; N]) -> String {
        self.lookup(key, args).unwrap_or_else(|| format!("{MISSING} {key}⟧"))
    }

    fn lookup<const N: usize>(&self, key: &str, args: [Arg<'_>; N]) -> Option<String> {
        let language = self.language.pick(&*FR, &*EN);
        let args: HashMap<Cow<'static, str>, FluentValue<'_>> = args.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        LOCALES.lookup_single_language(language, key, Some(&args)).ok()
    }

    /// A count in figures: « 5 000 », "5,000".
    pub fn figure(&self, n: impl Borrow<i64>) -> String {
        grouped(*n.borrow(), self.language.pick("\u{202f}", ","))
    }

    /// A measured value: « 3 412 », « 24,5 », "24.5"; from a hundred on nobody reads the tenths.
    pub fn decimal(&self, value: f64) -> String {
        let tenths = (value * 10.0).round();
        if value.abs() >= 100.0 || tenths % 10.0 == 0.0 {
            return self.figure(value.round() as i64);
        }
        format!("{:.1}", tenths / 10.0).replace('.', self.language.pick(",", "."))
    }

    /// The word for one of the three themes.
    pub fn theme(&self, theme: &str) -> String {
        self.coded("theme-", theme)
    }

    /// « vidéoprojecteur » with its drawing.
    pub fn kind(&self, kind: Option<Kind>) -> KindMark {
        let row = kind.unwrap_or(Kind::Unknown).row();
        KindMark { icon: row.icon, word: row.label(self.language, 1) }
    }

    /// A state with its shape and its word.
    pub fn state(&self, code: &'static str) -> State {
        State { code, word: self.coded("state-", code) }
    }

    /// How a school stands, one of `store::view::school::STATES`, with its own word.
    pub fn school_state(&self, code: &str) -> State {
        let mark = match code {
            "fault" => "fault",
            "check" => "check",
            "shadow" => "shadow",
            "learning" => "learning",
            "calm" => "present",
            _ => "planned",
        };
        State { code: mark, word: self.coded("school-state-", code) }
    }

    /// « Phase 2 », or the phase's own name where its code is none; the places of no phase.
    pub fn phase_name(&self, phase: &str) -> String {
        match phase {
            "" => self.t("phase-none"),
            phase => self.named("phase-named", phase),
        }
    }

    /// How something is known: `seen`, `concluded`, `declared`, `unknown`.
    pub fn how(&self, code: &'static str) -> How {
        How { code, word: self.coded("how-", code) }
    }

    /// An instant: relative when near, exact on hover and on paper.
    pub fn when(&self, at: Timestamp) -> When {
        When { iso: at.to_string(), near: self.near(at), exact: self.exact(at) }
    }

    /// An instant of which only the day is told.
    pub fn when_day(&self, at: Timestamp) -> When {
        let day = self.local(at).map(|local| local.date().to_string());
        When { iso: day.unwrap_or_else(|| at.to_string()), near: self.day(at), exact: self.day(at) }
    }

    /// « mardi 3 février 2026 à 14:05:09 », "Tuesday 3 February 2026, 14:05:09".
    pub fn exact(&self, at: Timestamp) -> String {
        let Some(local) = self.local(at) else { return at.to_string() };
        let time = local.strftime("%H:%M:%S").to_string();
        self.with("exact", [("day", FluentValue::from(self.day_of(&local, true))), ("time", FluentValue::from(time))])
    }

    /// « mardi 3 février à 14:05 », with the year where it is not this one: a deadline, to the minute.
    pub fn moment(&self, at: Timestamp) -> String {
        self.with("exact", [("day", FluentValue::from(self.day(at))), ("time", FluentValue::from(self.time(at)))])
    }

    /// « mardi 3 février », with the year where it is not this one.
    pub fn day(&self, at: Timestamp) -> String {
        match (self.local(at), self.local(self.now)) {
            (Some(local), Some(now)) => self.day_of(&local, local.year() != now.year()),
            _ => at.to_string(),
        }
    }

    /// « février 2026 ».
    pub fn month(&self, at: Timestamp) -> String {
        self.local(at).map_or_else(|| at.to_string(), |local| format!("{} {}", self.t(&format!("month-{}", local.month())), local.year()))
    }

    /// A calendar day written `2026-02-03`: « mardi 3 février » or with its year; anything else as written.
    pub fn date(&self, written: &str) -> String {
        let zoned = written.parse::<jiff::civil::Date>().ok().and_then(|date| date.to_zoned(self.zone.clone()).ok());
        match (zoned, self.local(self.now)) {
            (Some(local), Some(now)) => self.day_of(&local, local.year() != now.year()),
            _ => written.to_owned(),
        }
    }

    /// « 14:05 ».
    pub fn time(&self, at: Timestamp) -> String {
        self.local(at).map_or_else(|| at.to_string(), |local| local.strftime("%H:%M").to_string())
    }

    /// The end of today, by the programme's clock.
    pub fn midnight(&self) -> Timestamp {
        let next = self.today().tomorrow().ok().and_then(|day| day.to_zoned(self.zone.clone()).ok());
        next.map_or(self.now, |next| Timestamp(next.timestamp().as_second()))
    }

    /// A rate told in per cent: « 70 % », "70%".
    pub fn percent(&self, rate: Decimal) -> String {
        let rate = rate.to_string();
        self.language.pick(format!("{}\u{a0}%", rate.replace('.', ",")), format!("{rate}%"))
    }

    /// Today, by the programme's clock.
    pub fn today(&self) -> jiff::civil::Date {
        self.local(self.now).map(|now| now.date()).unwrap_or_default()
    }

    /// « 9 avr. 2027 », "9 Apr 2027": under a drawing and in narrow cells.
    pub fn short_date(&self, date: jiff::civil::Date) -> String {
        format!("{} {} {}", date.day(), self.t(&format!("month-short-{}", date.month())), date.year())
    }

    /// An amount: « 25 593 € », "€26,343.50"; cents only where there are some.
    pub fn euros(&self, amount: Decimal) -> String {
        let cents = (amount.0.unsigned_abs() + 5_000) / 10_000;
        let whole = grouped(i64::try_from(cents / 100).unwrap_or(i64::MAX), self.language.pick("\u{202f}", ","));
        let part = if cents.is_multiple_of(100) { String::new() } else { format!("{}{:02}", self.language.pick(",", "."), cents % 100) };
        let sign = if amount.0 < 0 && cents > 0 { "-" } else { "" };
        match self.language {
            Language::Fr => format!("{sign}{whole}{part}\u{a0}€"),
            Language::En => format!("{sign}€{whole}{part}"),
        }
    }

    /// Near now: « il y a 12 min », « hier à 14:05 »; else the day.
    fn near(&self, at: Timestamp) -> String {
        let ago_s = self.now.since_s(at);
        match ago_s {
            -59..=59 => self.t("now"),
            60..=3_599 => self.n("minutes-ago", ago_s / 60),
            3_600..=43_199 => self.n("hours-ago", ago_s / 3_600),
            _ => self.far(at),
        }
    }

    fn far(&self, at: Timestamp) -> String {
        let (Some(local), Some(now)) = (self.local(at), self.local(self.now)) else { return at.to_string() };
        let time = local.strftime("%H:%M").to_string();
        let days = (now.date() - local.date()).get_days();
        match days {
            0 => self.named("today-at", &time),
            1 => self.named("yesterday-at", &time),
            -1 => self.named("tomorrow-at", &time),
            _ => self.day_of(&local, local.year() != now.year()),
        }
    }

    /// « 3 h 05 », "3 h 05": how long something has lasted.
    pub fn lasting(&self, seconds: i64) -> String {
        match seconds {
            i64::MIN..=59 => self.t("lasting-moment"),
            60..=3_599 => self.n("lasting-minutes", seconds / 60),
            3_600..=172_799 => self.n("lasting-hours", seconds / 3_600),
            _ => self.n("lasting-days", seconds / 86_400),
        }
    }

    fn local(&self, at: Timestamp) -> Option<Zoned> {
        Instant::from_second(at.0).ok().map(|instant| instant.to_zoned(self.zone.clone()))
    }

    fn day_of(&self, local: &Zoned, with_year: bool) -> String {
        let weekday = self.t(&format!("weekday-{}", local.weekday().to_monday_one_offset()));
        let month = self.t(&format!("month-{}", local.month()));
        let day = if local.day() == 1 { self.t("first-of-month") } else { local.day().to_string() };
        let key = if with_year { "day-with-year" } else { "day" };
        let year = FluentValue::from(local.year().to_string());
        self.with(key, [("weekday", weekday.into()), ("day", day.into()), ("month", month.into()), ("year", year)])
    }
}

fn french_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(FluentNumber { value, .. }) => Some(grouped(*value as i64, "\u{202f}")),
        _ => None,
    }
}

fn english_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(FluentNumber { value, .. }) => Some(grouped(*value as i64, ",")),
        _ => None,
    }
}

fn grouped(n: i64, mark: &str) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::from(if n < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(mark);
        }
        text.push(digit);
    }
    text
}

/// A state: colour, shape and word.
#[derive(Debug, Clone, Template)]
#[template(path = "pieces/state.html")]
pub struct State {
    /// Its code: the class and the drawing.
    pub code: &'static str,
    /// Its word.
    pub word: String,
}
impl HtmlSafe for State {}

/// A kind: drawing and word.
#[derive(Debug, Clone, Template)]
#[template(path = "pieces/kind.html")]
pub struct KindMark {
    /// Name of the drawing.
    pub icon: &'static str,
    /// Its word.
    pub word: &'static str,
}
impl HtmlSafe for KindMark {}

/// How a thing is known.
#[derive(Debug, Clone, Template)]
#[template(path = "pieces/how.html")]
pub struct How {
    /// Its code.
    pub code: &'static str,
    /// Its word.
    pub word: String,
}
impl HtmlSafe for How {}

/// An instant as shown.
#[derive(Debug, Clone, Template)]
#[template(path = "pieces/when.html")]
pub struct When {
    /// Machine form.
    pub iso: String,
    /// Near form.
    pub near: String,
    /// Exact form.
    pub exact: String,
}
impl HtmlSafe for When {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn words(language: Language) -> Words {
        // 2026-02-03T13:05:09Z, a Tuesday.
        Words { language, zone: TimeZone::get("Europe/Paris").unwrap(), now: Timestamp(1_770_123_909) }
    }

    #[test]
    fn instants_read_as_people_say_them() {
        for (ago_s, fr, en) in [
            (5, "à l’instant", "just now"),
            (720, "il y a 12 min", "12 min ago"),
            (7_300, "il y a 2 h", "2 h ago"),
            (86_400, "hier à 14:05", "yesterday at 14:05"),
            (86_400 * 2, "dimanche 1ᵉʳ février", "Sunday 1 February"),
            (86_400 * 40, "jeudi 25 décembre 2025", "Thursday 25 December 2025"),
        ] {
            let at = words(Language::Fr).now - ago_s;
            assert_eq!(words(Language::Fr).when(at).near, fr);
            assert_eq!(words(Language::En).when(at).near, en);
        }
        assert_eq!(words(Language::Fr).exact(words(Language::Fr).now), "mardi 3 février 2026 à 14:05:09");
        assert_eq!(words(Language::Fr).date("2026-02-03"), "mardi 3 février");
        assert_eq!(words(Language::Fr).date("fin 2023"), "fin 2023");
    }

    #[test]
    fn a_stocktake_of_one_room_is_not_said_in_the_plural() {
        let said = |language: Language, n: i64, of: i64| words(language).n_of("stocktake-sentence", n, of);
        assert_eq!(said(Language::Fr, 0, 1), "La seule salle à compter ne l’est pas encore depuis la rentrée.");
        assert_eq!(said(Language::Fr, 1, 1), "La seule salle à compter l’est depuis la rentrée.");
        assert_eq!(said(Language::Fr, 1, 12), "1 des 12 salles est comptée depuis la rentrée.");
        assert_eq!(said(Language::En, 0, 1), "The only room to be counted has not been, since the school year began.");
        assert_eq!(said(Language::En, 2, 12), "2 of 12 rooms have been counted since the school year began.");
    }

    #[test]
    fn figures_are_grouped_as_each_language_does() {
        assert_eq!(words(Language::Fr).figure(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(words(Language::En).figure(-1_234), "-1,234");
        let decimals = [0.0, 24.45, 99.96, 123.4, -0.5].map(|value| words(Language::Fr).decimal(value));
        assert_eq!(decimals, ["0", "24,5", "100", "123", "-0,5"]);
        assert_eq!(words(Language::En).decimal(24.5), "24.5");
        let euros = [25_593_000_000, 26_343_500_000, -995_000, 0].map(|amount| words(Language::Fr).euros(Decimal(amount)));
        assert_eq!(euros, ["25\u{202f}593\u{a0}€", "26\u{202f}343,50\u{a0}€", "-1\u{a0}€", "0\u{a0}€"]);
        assert_eq!(words(Language::En).euros(Decimal(26_343_500_000)), "€26,343.50");
        assert_eq!(words(Language::Fr).n("minutes-ago", 1_200), "il y a 1\u{202f}200 min");
    }

    #[test]
    fn both_languages_hold_the_same_keys() {
        let keys = |language: &str| -> BTreeSet<String> {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
            let mut keys = BTreeSet::new();
            for file in std::fs::read_dir(folder).unwrap() {
                for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
                    if let Some((key, _)) = line.split_once(" =").filter(|_| line.starts_with(|letter: char| letter.is_ascii_lowercase())) {
                        assert!(keys.insert(key.to_owned()), "{language}: {key} stands twice");
                    }
                }
            }
            keys
        };
        assert_eq!(keys("fr"), keys("en"));
    }

    /// Every text that a template or a page asks for by a literal key is there, in both languages.
    #[test]
    fn no_page_asks_for_a_text_that_is_missing() {
        fn visit(folder: &std::path::Path, texts: &mut Vec<(String, String)>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.extension().and_then(|extension| extension.to_str()) {
                    _ if path.is_dir() => visit(&path, texts),
                    Some("html" | "rs") => texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap())),
                    _ => {}
                }
            }
        }
        let mut texts = Vec::new();
        visit(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut texts);
        let args = || [("n", FluentValue::from(2)), ("of", 3.into()), ("what", "x".into()), ("installed", 1.into()), ("planned", 2.into())];
        let more = || [("missing", FluentValue::from(1)), ("phase", "p".into()), ("day", "d".into()), ("time", "t".into()), ("year", "y".into())];
        let more = || [("low", FluentValue::from("1")), ("high", "2".into()), ("value", "3".into()), ("range", "4".into())].into_iter().chain(more());
        let more = || [("line", FluentValue::from(1)), ("found", "f".into()), ("expected", "e".into())].into_iter().chain(more());
        let more = || {
            [
                ("weekday", FluentValue::from("w")),
                ("month", "m".into()),
                ("left", "l".into()),
                ("model", "o".into()),
                ("how", "h".into()),
                ("state", "s".into()),
            ]
            .into_iter()
            .chain(more())
            .chain(args())
        };
        let more = || {
            [("faults", FluentValue::from("x")), ("kind", FluentValue::from("x")), ("name", FluentValue::from("x")), ("verb", FluentValue::from("x"))]
                .into_iter()
                .chain(more())
        };
        let mut asked = 0;
        for (path, text) in &texts {
            for call in ["words.t(\"", "words.n(\"", "words.n_of(\"", "words.named(\"", "words.with(\"", "self.t(\"", "self.n(\""] {
                for part in text.split(call).skip(1) {
                    let key = part.split('"').next().unwrap();
                    for language in [Language::Fr, Language::En] {
                        let all: HashMap<Cow<'static, str>, FluentValue<'_>> = more().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
                        let found = LOCALES.lookup_single_language(language.pick(&*FR, &*EN), key, Some(&all));
                        assert!(found.is_ok(), "{path}: {key} in {language:?}: {found:?}");
                        asked += 1;
                    }
                }
            }
        }
        assert!(asked > 300, "the pages' texts were not found: {asked}");
    }

    #[test]
    fn every_code_of_the_domain_has_its_words() {
        for language in [Language::Fr, Language::En] {
            let words = words(language);
            for row in crate::domain::fault::FAULTS {
                assert!(words.knows("fault-", row.code), "{} in {language:?}", row.code);
            }
            for state in crate::store::view::school::STATES {
                assert!(words.knows("school-state-", state), "{state}");
            }
            for what in
                ["first_seen", "back", "left", "moved_school", "place", "address", "kind", "vendor", "model", "serial", "firmware", "name", "os"]
            {
                assert!(words.knows("event-", what), "{what}");
            }
        }
    }
}

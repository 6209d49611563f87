//! On which weekdays, and at which hours, a school has class (or a lot is at work), read from the words people write.
//!
//! Comes in: « lu ma je ve », « 4,5 jours », « lundi-vendredi 8:30-11:30 13:30-16:00 », « lu ma je ve 8h30-12h 14h-16h ; me 8h30-11h30 ». Goes out:
//! [`Timetable`]. Absent on purpose: dates and zones ([`super::Calendar`]).

use jiff::civil::{Date, Weekday};

/// A span of a day, in minutes after its midnight by the clock on the wall; the end may be 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Begin.
    pub from: u16,
    /// End.
    pub until: u16,
}

/// Spans by weekday, Monday first, each day's in order and apart from one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    days: [Vec<Span>; 7],
    /// The words were understood; else it is the week of four days, and a page may say so.
    pub understood: bool,
}

/// Spans of a whole day and of a morning, where the words tell only the days.
#[derive(Debug, Clone, Copy)]
pub struct Usual {
    /// A whole day.
    pub day: &'static [Span],
    /// A morning.
    pub morning: &'static [Span],
    /// An afternoon.
    pub afternoon: &'static [Span],
    /// Days where nothing is told, Monday first.
    pub week: [Half; 7],
}

/// How much of a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Nothing.
    None,
    /// The morning.
    Morning,
    /// The afternoon.
    Afternoon,
    /// All of it.
    Whole,
}

use Half::{Afternoon, Morning, None as Off, Whole};

const WEEK_OF_4: [Half; 7] = [Whole, Whole, Off, Whole, Whole, Off, Off];
const WEEK_OF_4_AND_A_HALF: [Half; 7] = [Whole, Whole, Morning, Whole, Whole, Off, Off];
const WEEK_OF_5: [Half; 7] = [Whole, Whole, Whole, Whole, Whole, Off, Off];

/// A school: 24 hours of class a week (Code de l'éducation D521-10), six a day, in the hours that most towns keep; where nothing is told, the week
/// of four days, which most towns have had since 2018: a Wednesday too few alarms nobody.
pub const SCHOOL: Usual =
    Usual { day: &[span(8, 30, 11, 30), span(13, 30, 16, 30)], morning: &[span(8, 30, 11, 30)], afternoon: &[span(13, 30, 16, 30)], week: WEEK_OF_4 };

/// A contractor at work: Monday to Friday, from 8 to 18.
pub const WORK: Usual = Usual { day: &[span(8, 0, 18, 0)], morning: &[span(8, 0, 12, 0)], afternoon: &[span(12, 0, 18, 0)], week: WEEK_OF_5 };

const fn span(from_h: u16, from_min: u16, until_h: u16, until_min: u16) -> Span {
    Span { from: from_h * 60 + from_min, until: until_h * 60 + until_min }
}

/// Day and night, all days.
const ROUND_THE_CLOCK: [&str; 4] = ["24/7", "24h/24", "24 h/24", "7j/7"];
/// Noon, which parts mornings from afternoons where hours are told for a half day.
const NOON: u16 = 12 * 60 + 30;
/// A longer cell is a text, not a timetable.
const LONGEST: usize = 300;

/// Weekdays as people write them, folded; two letters and more may be cut short.
const WEEKDAYS: [[&str; 2]; 7] = [
    ["lundi", "monday"],
    ["mardi", "tuesday"],
    ["mercredi", "wednesday"],
    ["jeudi", "thursday"],
    ["vendredi", "friday"],
    ["samedi", "saturday"],
    ["dimanche", "sunday"],
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Day(usize),
    /// A time of day, minutes.
    Time(u16),
    /// A number that may be of days, tenths.
    Number(u16),
    To,
    Half(Half),
    /// « demi », « ½ ».
    HalfMore,
    Days,
    HalfDays,
    Except,
    Part,
}

impl Timetable {
    /// Reads the words; what cannot be understood gives the usual week.
    pub fn read(text: &str, usual: &Usual) -> Timetable {
        if ROUND_THE_CLOCK.iter().any(|sign| text.to_lowercase().contains(sign)) {
            return Timetable { days: std::array::from_fn(|_| vec![Span { from: 0, until: 1440 }]), understood: true };
        }
        let spans = (text.len() <= LONGEST).then(|| tokens(text)).flatten().and_then(|tokens| days(&tokens, usual));
        match spans {
            Some(days) => Timetable { days, understood: true },
            None => Timetable { days: usual.week.map(|half| usual.spans(half).to_vec()), understood: text.trim().is_empty() },
        }
    }

    /// The spans of a weekday.
    pub fn of(&self, weekday: Weekday) -> &[Span] {
        &self.days[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
    }

    /// The spans of a date's weekday.
    pub fn on(&self, date: Date) -> &[Span] {
        self.of(date.weekday())
    }

    /// Nothing happens on any day.
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }

    /// Only these weekdays of it (Monday first).
    pub fn only(mut self, weekdays: [bool; 7]) -> Timetable {
        for (spans, kept) in self.days.iter_mut().zip(weekdays) {
            if !kept {
                spans.clear();
            }
        }
        self
    }
}

impl Usual {
    fn spans(&self, half: Half) -> &'static [Span] {
        match half {
            Off => &[],
            Morning => self.morning,
            Afternoon => self.afternoon,
            Whole => self.day,
        }
    }
}

/// The weekday that a word names: « lu », « lun. », « lundi », "mon", « me ».
pub fn weekday(word: &str) -> Option<usize> {
    let word = word.strip_suffix('s').filter(|word| word.len() > 4).unwrap_or(word);
    if word.len() < 2 || word == "ma" || word == "mar" {
        return (word == "ma" || word == "mar").then_some(1);
    }
    WEEKDAYS.iter().position(|names| names.iter().any(|name| name.starts_with(word)))
}

/// The weekday at a place of the week, Monday 0.
pub fn weekday_at(day: usize) -> Weekday {
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday, Weekday::Sunday][day % 7]
}

/// Letters that stand for a whole week, as school notices write them.
fn letters(word: &str) -> Option<&'static [usize]> {
    match word {
        "lmjv" => Some(&[0, 1, 3, 4]),
        "lmmjv" => Some(&[0, 1, 2, 3, 4]),
        "lmmjvs" => Some(&[0, 1, 2, 3, 4, 5]),
        _ => None,
    }
}

/// Words and numbers in order; none where a word is unknown.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let text = plain(text);
    let single: String = text.split_whitespace().filter(|word| word.len() == 1 && word.chars().all(char::is_alphabetic)).collect();
    let single = letters(&single);
    let mut rest = text.as_str();
    if let Some(days) = single {
        tokens.extend(days.iter().map(|day| Token::Day(*day)));
    }
    while let Some(letter) = rest.chars().next() {
        let (word, after) = match letter {
            '0'..='9' => rest.split_at(rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | 'h' | ',' | '.'))).unwrap_or(rest.len())),
            'a'..='z' => rest.split_at(rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len())),
            _ => rest.split_at(letter.len_utf8()),
        };
        rest = after;
        match word {
            word if letter.is_ascii_digit() => tokens.push(number(word)?),
            "-" | "–" | "—" | ">" => tokens.push(Token::To),
            ";" | "|" | "\n" => tokens.push(Token::Part),
            "½" => tokens.push(Token::HalfMore),
            word if letter.is_ascii_lowercase() => worded(word, single.is_some(), &mut tokens)?,
            _ => {}
        }
    }
    Some(tokens)
}

fn worded(word: &str, single: bool, tokens: &mut Vec<Token>) -> Option<()> {
    let token = match word {
        "a" | "au" | "to" | "jusqu" | "until" => Token::To,
        "et" | "and" | "du" | "de" | "des" | "le" | "la" | "les" | "par" | "semaine" | "sem" | "week" | "h" | "heures" | "from" | "puis"
        | "toute" | "journee" | "ecole" | "classe" | "per" | "on" | "j" => return Some(()),
        "matin" | "matins" | "matinee" | "morning" | "mornings" | "am" => Token::Half(Morning),
        "apm" | "pm" | "midi" | "aprem" | "afternoon" | "afternoons" => Token::Half(Afternoon),
        "apres" => return Some(()),
        "demi" | "half" => Token::HalfMore,
        "jour" | "jours" | "day" | "days" => Token::Days,
        "journees" => Token::HalfDays,
        "sauf" | "hors" | "except" => Token::Except,
        word => match (letters(word), weekday(word)) {
            (Some(days), _) => {
                tokens.extend(days.iter().map(|day| Token::Day(*day)));
                return Some(());
            }
            (None, Some(day)) => Token::Day(day),
            // The letters of « L M J V » were read together.
            (None, None) if single && word.len() == 1 => return Some(()),
            (None, None) => return None,
        },
    };
    tokens.push(token);
    Some(())
}

/// Lower case without accents; other characters as they are.
fn plain(text: &str) -> String {
    let letter =
        |letter: char| -> String { if letter.is_alphabetic() { crate::domain::folded::fold(&letter.to_string()) } else { letter.to_string() } };
    text.chars()
        .map(letter)
        .collect::<String>()
        .replace("1/2", "½")
        .replace("demi-journee", "demi journee")
        .replace("apres-midi", "apm")
        .replace(" h ", "h")
}

/// « 8:30 », « 8h30 », « 8h », « 4,5 », « 9 ».
fn number(word: &str) -> Option<Token> {
    let word = word.trim_end_matches([',', '.']);
    if let Some((hours, minutes)) = word.split_once([':', 'h']) {
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, if minutes.is_empty() { 0 } else { minutes.parse().ok()? });
        return (hours <= 24 && minutes < 60 && hours * 60 + minutes <= 1440).then_some(Token::Time(hours * 60 + minutes));
    }
    if let Some((whole, tenths)) = word.split_once([',', '.']) {
        let (whole, tenths): (u16, u16) = (whole.parse().ok()?, tenths.parse().ok()?);
        return (whole < 8 && tenths < 10).then_some(Token::Number(whole * 10 + tenths));
    }
    word.parse::<u16>().ok().filter(|number| *number <= 24).map(|number| Token::Number(number * 10))
}

/// What a group of words says: the weekdays, how much of them, and hours if told.
#[derive(Default)]
struct Group {
    halves: Vec<(usize, Half)>,
    hours: Vec<Span>,
}

fn days(tokens: &[Token], usual: &Usual) -> Option<[Vec<Span>; 7]> {
    let mut groups: Vec<Group> = vec![Group::default()];
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        let told = groups.last().is_some_and(|group| !group.hours.is_empty());
        if matches!(token, Token::Part) || (told && matches!(token, Token::Day(_))) {
            groups.push(Group::default());
        }
        index += read(&tokens[index..], groups.last_mut()?)?;
    }
    groups.retain(|group| !group.halves.is_empty() || !group.hours.is_empty());
    if groups.is_empty() {
        return None;
    }
    let mut week: [Vec<Span>; 7] = Default::default();
    for group in groups {
        let halves = if group.halves.is_empty() {
            usual.week.iter().enumerate().filter(|(_, half)| **half != Off).map(|(day, half)| (day, *half)).collect()
        } else {
            group.halves
        };
        for (day, half) in halves {
            let hours = |span: &&Span| match half {
                Morning => span.from < NOON,
                Afternoon => span.from >= NOON,
                _ => true,
            };
            let spans: Vec<Span> =
                if group.hours.is_empty() { usual.spans(half).to_vec() } else { group.hours.iter().filter(hours).copied().collect() };
            week[day].extend(spans);
        }
    }
    week.iter_mut().for_each(tidy);
    week.iter().any(|spans| !spans.is_empty()).then_some(week)
}

/// Reads the next words into a group; gives how many it took.
fn read(tokens: &[Token], group: &mut Group) -> Option<usize> {
    use Token::{Day, Days, Except, HalfDays, HalfMore, Number, Part, Time, To};
    match *tokens {
        [Day(first), To, Day(last), ..] if first < last => {
            group.halves.extend((first..=last).map(|day| (day, Whole)));
            Some(3)
        }
        [Day(day), ..] => {
            group.halves.push((day, Whole));
            Some(1)
        }
        [Except, Day(day), ..] => {
            group.halves.retain(|(told, _)| *told != day);
            Some(2)
        }
        [Time(from), To, Time(until), ..] if from < until => hours(group, from, until, 3),
        [Number(from), To, Number(until), ..] if from < until => hours(group, from / 10 * 60, until / 10 * 60, 3),
        [Number(from), To, Time(until), ..] if from / 10 * 60 < until => hours(group, from / 10 * 60, until, 3),
        [Time(from), To, Number(until), ..] if from < until / 10 * 60 => hours(group, from, until / 10 * 60, 3),
        [Time(from), Time(until), ..] if from < until => hours(group, from, until, 2),
        [Token::Half(half), ..] => {
            // « mercredi matin » says something of the day before it; « matin » alone of all days told.
            if let Some((_, told)) = group.halves.last_mut() {
                *told = half;
            }
            Some(1)
        }
        [Number(number), HalfMore, HalfDays, ..] => weeks(group, number / 2, 3),
        [Number(number), Days, HalfMore, ..] | [Number(number), HalfMore, Days, ..] => weeks(group, number + 5, 3),
        [Number(number), HalfMore, ..] => weeks(group, number + 5, 2),
        [Number(number), Days, ..] => weeks(group, number, 2),
        [Number(number), ..] if tokens.len() == 1 => weeks(group, number, 1),
        [Part, ..] | [To, Part, ..] | [To] => Some(1),
        _ => None,
    }
}

fn hours(group: &mut Group, from: u16, until: u16, took: usize) -> Option<usize> {
    group.hours.push(Span { from, until });
    Some(took)
}

fn weeks(group: &mut Group, tenths: u16, took: usize) -> Option<usize> {
    let week = match tenths {
        40 => WEEK_OF_4,
        45 => WEEK_OF_4_AND_A_HALF,
        50 => WEEK_OF_5,
        _ => return None,
    };
    group.halves = week.iter().enumerate().filter(|(_, half)| **half != Off).map(|(day, half)| (day, *half)).collect();
    Some(took)
}

/// In order, and what overlaps as one.
fn tidy(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans.drain(..) {
        match joined.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            _ => joined.push(span),
        }
    }
    *spans = joined;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str, usual: &Usual) -> String {
        let table = Timetable::read(text, usual);
        let names = ["lu", "ma", "me", "je", "ve", "sa", "di"];
        let clock = |minute: u16| format!("{}:{:02}", minute / 60, minute % 60);
        let day = |(name, spans): (&&str, &Vec<Span>)| {
            let spans: Vec<String> = spans.iter().map(|span| format!("{}-{}", clock(span.from), clock(span.until))).collect();
            (!spans.is_empty()).then(|| format!("{name} {}", spans.join(" ")))
        };
        let lines: Vec<String> = names.iter().zip(&table.days).filter_map(day).collect();
        format!("{}{}", if table.understood { "" } else { "? " }, lines.join(", "))
    }

    const FOUR: &str = "lu 8:30-11:30 13:30-16:30, ma 8:30-11:30 13:30-16:30, je 8:30-11:30 13:30-16:30, ve 8:30-11:30 13:30-16:30";
    const FOUR_AND_A_HALF: &str =
        "lu 8:30-11:30 13:30-16:30, ma 8:30-11:30 13:30-16:30, me 8:30-11:30, je 8:30-11:30 13:30-16:30, ve 8:30-11:30 13:30-16:30";

    #[test]
    fn weeks_of_four_days_and_of_four_and_a_half() {
        for text in [
            "4",
            "4 jours",
            "4j",
            "lu ma je ve",
            "lundi, mardi, jeudi, vendredi",
            "L M J V",
            "lmjv",
            "lundi mardi jeudi et vendredi",
            "4 jours par semaine",
            "8 demi-journées",
            "mon tue thu fri",
            "lundi-vendredi sauf mercredi",
            "",
        ] {
            assert_eq!(told(text, &SCHOOL), FOUR, "{text:?}");
        }
        for text in [
            "4.5",
            "4,5",
            "4,5 jours",
            "4½ jours",
            "4 ½",
            "4 jours et demi",
            "4 jours 1/2",
            "9 demi-journées",
            "lu ma me matin je ve",
            "lundi, mardi, mercredi matin, jeudi, vendredi",
            "4.5 days",
        ] {
            assert_eq!(told(text, &SCHOOL), FOUR_AND_A_HALF, "{text:?}");
        }
    }

    #[test]
    fn hours_as_people_write_them() {
        let whole =
            "lu 8:30-11:30 13:30-16:00, ma 8:30-11:30 13:30-16:00, me 8:30-11:30 13:30-16:00, je 8:30-11:30 13:30-16:00, ve 8:30-11:30 13:30-16:00";
        for text in [
            "lundi-vendredi 8:30-11:30 13:30-16:00",
            "du lundi au vendredi de 8h30 à 11h30 et de 13h30 à 16h",
            "lu-ve 8h30-11h30 / 13h30-16h00",
            "monday to friday 8:30-11:30 13:30-16",
        ] {
            assert_eq!(told(text, &SCHOOL), whole, "{text:?}");
        }
        assert_eq!(
            told("lu ma je ve 8h45-12h 14h-16h15 ; me 9h-12h", &SCHOOL),
            "lu 8:45-12:00 14:00-16:15, ma 8:45-12:00 14:00-16:15, me 9:00-12:00, je 8:45-12:00 14:00-16:15, ve 8:45-12:00 14:00-16:15"
        );
        assert_eq!(told("lundi 9h-12h mardi 13h30-16h", &SCHOOL), "lu 9:00-12:00, ma 13:30-16:00");
        // A half day is parted at half past twelve.
        assert_eq!(told("mercredi matin 9h-12h 12h30-14h", &SCHOOL), "me 9:00-12:00");
        for afternoon in ["après-midi", "apres midi", "apm", "aprem"] {
            assert_eq!(told(&format!("mercredi {afternoon} 9h-12h 12h30-14h"), &SCHOOL), "me 12:30-14:00", "{afternoon}");
        }
        // What meets or overlaps is one.
        assert_eq!(told("lundi 9h-12h 12h-14h 13h-15h", &SCHOOL), "lu 9:00-15:00");
        assert_eq!(told("lundi mardi sauf mardi", &SCHOOL), "lu 8:30-11:30 13:30-16:30");
        assert_eq!(told("9-12", &WORK), "lu 9:00-12:00, ma 9:00-12:00, me 9:00-12:00, je 9:00-12:00, ve 9:00-12:00");
        assert_eq!((told("lundi 9-12h", &WORK), told("lundi 9h-12", &WORK)), ("lu 9:00-12:00".into(), "lu 9:00-12:00".into()));
        assert_eq!(told("samedi matin", &WORK), "sa 8:00-12:00");
        assert_eq!(told("dimanche apres-midi", &WORK), "di 12:00-18:00");
        assert_eq!(
            told("4,5 jours 8h30-11h45 13h45-15h45", &SCHOOL),
            "lu 8:30-11:45 13:45-15:45, ma 8:30-11:45 13:45-15:45, me 8:30-11:45, je 8:30-11:45 13:45-15:45, ve 8:30-11:45 13:45-15:45"
        );
        assert_eq!(told("8:30-17:30", &WORK), "lu 8:30-17:30, ma 8:30-17:30, me 8:30-17:30, je 8:30-17:30, ve 8:30-17:30");
        assert_eq!(told("8h-18h", &WORK), told("", &WORK));
        assert_eq!(told("lundi-dimanche 0h-24h", &WORK).matches("0:00-24:00").count(), 7);
    }

    #[test]
    fn round_the_clock_and_on_some_days_only() {
        for text in ["24/7", "24h/24 7j/7", "astreinte 24 h/24"] {
            let table = Timetable::read(text, &WORK);
            assert!(table.understood && table.days.iter().all(|spans| *spans == [Span { from: 0, until: 1440 }]), "{text}");
        }
        let weekend = Timetable::read("24/7", &WORK).only([false, false, false, false, false, true, true]);
        assert_eq!(weekend.days.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 1, 1]);
        assert!(!weekend.is_empty() && weekend.only([false; 7]).is_empty());
        assert!(!Timetable::read(&format!("lundi{}", " ".repeat(LONGEST)), &WORK).understood, "so long a cell is a text");
    }

    #[test]
    fn a_weekday_is_known_by_its_beginning() {
        for (word, expected) in [
            ("lu", Some(0)),
            ("lundis", Some(0)),
            ("mon", Some(0)),
            ("ma", Some(1)),
            ("mar", Some(1)),
            ("mardi", Some(1)),
            ("tuesdays", Some(1)),
            ("me", Some(2)),
            ("jeu", Some(3)),
            ("friday", Some(4)),
            ("sa", Some(5)),
            ("sun", Some(6)),
            ("l", None),
            ("x", None),
            ("midi", None),
        ] {
            assert_eq!(weekday(word), expected, "{word}");
        }
        assert_eq!([0, 4, 6, 7].map(weekday_at), [Weekday::Monday, Weekday::Friday, Weekday::Sunday, Weekday::Monday]);
    }

    #[test]
    fn what_cannot_be_read_is_the_usual_week_and_says_so() {
        for text in [
            "selon planning",
            "3",
            "25h-30h",
            "8:30-8:00",
            "99 jours",
            // Hours that begin when they end are none.
            "8:30-8:30",
            "9-9",
            "9-9:00",
            "9:00-9",
            "9:00 9:00",
            "lundi à lundi",
            "8:60-9:30",
            "24:30-24:45",
            "4,12",
        ] {
            assert_eq!(told(text, &SCHOOL), format!("? {FOUR}"), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn anything_gives_days_in_order(text in "(lundi|mardi|me|ve|4,5| |-|8:30|16h|jours|matin|;|\\PC){0,14}") {
            let table = Timetable::read(&text, &SCHOOL);
            for spans in &table.days {
                prop_assert!(spans.iter().all(|span| span.from < span.until && span.until <= 1440));
                prop_assert!(spans.windows(2).all(|pair| pair[0].until < pair[1].from));
            }
            prop_assert!(!table.is_empty());
        }
    }
}

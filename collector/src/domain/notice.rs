//! Who hears what, and when: news of faults × people with their wishes × now → notices, each with the moment from which it may be told.
//!
//! Comes in: news (what happened, who sees it), people, the rhythm of the town. Goes out: one [`Notice`] for each that hears of a thing, by
//! e-mail or by a webhook. Absent on purpose: letters and their words, sending, and what an account sees ([`super::sight`]).
//!
//! Urgent is what is critical, or what breaks a deadline within a day. A storm is one letter: what is urgent waits a moment for its like, the rest
//! for the next digest. Quiet hours hold back until they end.

use super::fault::{SECRET, Severity};
use super::right::{Right, Role};
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use rollcall_shared::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A deadline this near makes a fault urgent.
const NEAR_S: i64 = 86_400;
/// When the first digest of a day goes to somebody without quiet hours.
const MORNING: Time = Time::constant(7, 0, 0, 0);

/// What news is about, as people choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matter {
    /// A fault is new, or back.
    New,
    /// Mending was contradicted or refused, a wait is over: work goes on.
    Back,
    /// A fault is closed.
    Mended,
    /// What people did or said: acknowledged, assigned, suspended, claimed, commented.
    Word,
}

impl Matter {
    /// Every matter.
    pub const ALL: [Matter; 4] = [Matter::New, Matter::Back, Matter::Mended, Matter::Word];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Matter::New => "new",
            Matter::Back => "back",
            Matter::Mended => "mended",
            Matter::Word => "word",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Matter> {
        Matter::ALL.into_iter().find(|matter| matter.code() == code)
    }

    /// Of a line of the outbox; `None`: nobody is told of such a line.
    pub fn of_topic(topic: &str) -> Option<Matter> {
        Some(match topic {
            "fault_opened" | "fault_reopened" | "incident_opened" | "incident_joined" | "deed_report" | "deed_reopen" => Matter::New,
            "fault_contradicted" | "fault_resumed" | "deed_refuse" | "deed_resume" => Matter::Back,
            "fault_cleared" | "deed_verify" | "deed_mend" | "deed_dismiss" | "deed_accept" => Matter::Mended,
            // A number for one's own books is no news.
            "deed_refer" => return None,
            other if other.starts_with("deed_") => Matter::Word,
            _ => return None,
        })
    }
}

/// What somebody wants to hear of a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// Nothing.
    Never,
    /// What is urgent at once, the rest in the digest.
    AtOnce,
    /// All of it in the digest.
    Digest,
    /// All of it once a week.
    Weekly,
}

impl Choice {
    /// Every choice.
    pub const ALL: [Choice; 4] = [Choice::AtOnce, Choice::Digest, Choice::Weekly, Choice::Never];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Choice::Never => "never",
            Choice::AtOnce => "at_once",
            Choice::Digest => "digest",
            Choice::Weekly => "weekly",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Choice> {
        Choice::ALL.into_iter().find(|choice| choice.code() == code)
    }

    /// What an account hears that has chosen nothing: who mends hears at once, a school what becomes of its reports, who reads nothing.
    pub fn unless_told(role: Role, matter: Matter) -> Choice {
        match (role, matter) {
            (Role::Technician | Role::Contractor, Matter::New | Matter::Back) => Choice::AtOnce,
            (Role::Technician | Role::Contractor | Role::School, _) => Choice::Digest,
            (Role::Manager, Matter::New) => Choice::Weekly,
            (Role::Admin | Role::Manager | Role::Reader, _) => Choice::Never,
        }
    }
}

/// Hours in which nobody is disturbed, by the clock of whoever has them; they may span midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
}

impl Quiet {
    /// Reads `20:00-07:00`; `None` where it says something else, or nothing lies between.
    pub fn parse(text: &str) -> Option<Quiet> {
        let (from, until) = text.split_once('-')?;
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
        let quiet = Quiet { from: time(from)?, until: time(until)? };
        (quiet.from != quiet.until).then_some(quiet)
    }

    /// Whether this time of the day is quiet.
    pub fn holds(self, time: Time) -> bool {
        match self.from < self.until {
            true => self.from <= time && time < self.until,
            false => self.from <= time || time < self.until,
        }
    }
}

impl std::fmt::Display for Quiet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.from.strftime("%H:%M"), self.until.strftime("%H:%M"))
    }
}

/// How somebody wants to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// What was chosen; of the rest what their role hears.
    pub choices: BTreeMap<Matter, Choice>,
    /// Their quiet hours.
    pub quiet: Option<Quiet>,
    /// Urgent news come in quiet hours as well.
    pub urgent_at_night: bool,
    /// Their clock.
    pub zone: TimeZone,
}

/// The rhythm of the town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// So long urgent news wait for their like, seconds.
    pub gather_s: i64,
    /// Between two digests of a day, hours; 24: in the morning only.
    pub digest_hours: i64,
}

/// Where news go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    /// To a mailbox, by these wishes.
    Mail(Wishes),
    /// To a program, at once: its number, and the matters that it asked for.
    Hook(i64, BTreeSet<Matter>),
}

/// Somebody who may hear of things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Number of the account.
    pub account: i64,
    /// Its login.
    pub login: String,
    /// What it may do.
    pub role: Role,
    /// It sees everything; else what [`News::seen_by`] says.
    pub sees_all: bool,
    /// Its channels.
    pub channels: Vec<Channel>,
}

/// Something that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Number of its line in the outbox.
    pub outbox: i64,
    /// Sort of line.
    pub topic: String,
    /// What nobody is told twice: the fault with the moment, an incident.
    pub subject: String,
    /// Number of the fault.
    pub fault: i64,
    /// Code of the fault.
    pub code: String,
    /// How much it matters.
    pub severity: Option<Severity>,
    /// Its first deadline that runs out.
    pub breaks_at: Option<Timestamp>,
    /// A school reported it, or joined it.
    pub reported: bool,
    /// Login of who did it; empty: nobody, a look found it.
    pub by: String,
    /// What they said.
    pub said: String,
    /// Accounts with bounds that see it.
    pub seen_by: BTreeSet<i64>,
}

/// How soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    /// A moment later.
    AtOnce,
    /// With the next digest.
    Digest,
    /// With the week's.
    Weekly,
}

impl Pace {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Pace::AtOnce => "at_once",
            Pace::Digest => "digest",
            Pace::Weekly => "weekly",
        }
    }
}

/// One thing that one account is to hear through one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Place of the news in what was given.
    pub news: usize,
    /// Whose.
    pub account: i64,
    /// Number of the webhook; `None`: by e-mail.
    pub hook: Option<i64>,
    /// What it is about.
    pub matter: Matter,
    /// How soon.
    pub pace: Pace,
    /// Not before.
    pub due_at: Timestamp,
}

/// Who hears of what, when.
pub fn notices(news: &[News], people: &[Person], rhythm: Rhythm, now: Timestamp) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (at, piece) in news.iter().enumerate() {
        let Some(matter) = Matter::of_topic(&piece.topic) else { continue };
        for person in people.iter().filter(|person| hears(person, piece)) {
            for channel in &person.channels {
                let (hook, when) = match channel {
                    Channel::Hook(hook, matters) => (Some(*hook), matters.contains(&matter).then_some((Pace::AtOnce, now))),
                    Channel::Mail(wishes) => (None, when(person.role, matter, is_urgent(piece, matter, now), wishes, rhythm, now)),
                };
                notices.extend(when.map(|(pace, due_at)| Notice { news: at, account: person.account, hook, matter, pace, due_at }));
            }
        }
    }
    notices
}

/// Whether somebody may hear of it at all: what they see, and what is no secret; nobody is told what they did themselves.
fn hears(person: &Person, news: &News) -> bool {
    let sees = person.sees_all || news.seen_by.contains(&person.account);
    let open = news.code != SECRET || person.role.may(Right::WorkOnFaults);
    // A school hears what becomes of what was reported there, not of every fault of its network.
    let concerned = person.role != Role::School || news.reported;
    sees && open && concerned && news.by != person.login
}

fn is_urgent(news: &News, matter: Matter, now: Timestamp) -> bool {
    let presses = news.severity == Some(Severity::Critical) || news.breaks_at.is_some_and(|at| at.since_s(now) <= NEAR_S);
    presses && matches!(matter, Matter::New | Matter::Back)
}

/// When somebody hears of it: how soon, and not before which moment.
fn when(role: Role, matter: Matter, urgent: bool, wishes: &Wishes, rhythm: Rhythm, now: Timestamp) -> Option<(Pace, Timestamp)> {
    let choice = wishes.choices.get(&matter).copied().unwrap_or_else(|| Choice::unless_told(role, matter));
    let pace = match choice {
        Choice::Never => return None,
        Choice::AtOnce if urgent => Pace::AtOnce,
        Choice::AtOnce | Choice::Digest => Pace::Digest,
        Choice::Weekly => Pace::Weekly,
    };
    let soon = now + rhythm.gather_s;
    let at = match pace {
        Pace::AtOnce if wishes.urgent_at_night => Some(soon),
        Pace::AtOnce => after_quiet(wishes, soon),
        Pace::Digest | Pace::Weekly => digest(wishes, rhythm, pace == Pace::Weekly, now),
    };
    // A clock that cannot be read holds nothing back.
    Some((pace, at.unwrap_or(soon)))
}

fn local(wishes: &Wishes, at: Timestamp) -> Option<Zoned> {
    Some(jiff::Timestamp::from_second(at.0).ok()?.to_zoned(wishes.zone.clone()))
}

fn instant(zoned: &Zoned) -> Timestamp {
    Timestamp(zoned.timestamp().as_second())
}

fn after_quiet(wishes: &Wishes, at: Timestamp) -> Option<Timestamp> {
    let here = local(wishes, at)?;
    let Some(quiet) = wishes.quiet.filter(|quiet| quiet.holds(here.time())) else { return Some(at) };
    let day = if here.time() < quiet.until { here.date() } else { here.date().tomorrow().ok()? };
    Some(instant(&day.to_datetime(quiet.until).to_zoned(wishes.zone.clone()).ok()?))
}

/// The next digest: when quiet hours end, and then every so many hours until they begin again; the week's on Monday.
fn digest(wishes: &Wishes, rhythm: Rhythm, weekly: bool, now: Timestamp) -> Option<Timestamp> {
    let first = wishes.quiet.map_or(MORNING, |quiet| quiet.until);
    let mut day = local(wishes, now)?.date();
    for _ in 0..9 {
        if !weekly || day.weekday() == Weekday::Monday {
            let mut slot = day.to_datetime(first);
            while slot.date() == day && (slot.time() == first || !wishes.quiet.is_some_and(|quiet| quiet.holds(slot.time()))) {
                let at = instant(&slot.to_zoned(wishes.zone.clone()).ok()?);
                if at > now {
                    return Some(at);
                }
                if weekly {
                    break;
                }
                slot = slot.checked_add(rhythm.digest_hours.max(1).hours()).ok()?;
            }
        }
        day = day.tomorrow().ok()?;
    }
    None
}

#[cfg(test)]
#[path = "notice_tests.rs"]
mod tests;

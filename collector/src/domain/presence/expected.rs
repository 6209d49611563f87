//! What is expected of a device: by kind, by what the register says of it, by the settings of its school.
//!
//! Comes in: kind, the asset's state, its case or room, settings. Goes out: [`Expected`]. Absent on purpose: what was seen.

use crate::domain::kind::{Kind, Presence};
use crate::domain::place::AssetState;
use std::collections::BTreeMap;

/// No threshold is longer: a year of class.
pub const LONGEST_THRESHOLD: u32 = 180;

/// Days on which a case-mate was seen and this device was not, after which it is silent alone.
const ALONE_DAYS: u32 = 5;

/// When a room or case is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Usage {
    /// On days of class.
    #[default]
    Term,
    /// In holidays only (the tablets of a holiday centre).
    Holidays,
    /// In both.
    Both,
}

impl Usage {
    /// Its code in the plan's column `use`.
    pub fn code(self) -> &'static str {
        match self {
            Usage::Term => "term",
            Usage::Holidays => "holidays",
            Usage::Both => "both",
        }
    }

    /// From its code; anything else is term.
    pub fn from_code(code: &str) -> Usage {
        [Usage::Holidays, Usage::Both].into_iter().find(|usage| usage.code() == code).unwrap_or_default()
    }
}

/// Settings of a school, over those of the town, over what the table of kinds says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Days unseen after which a kind is silent; 0: never.
    pub thresholds: BTreeMap<Kind, u32>,
    /// The school cuts its power in holidays: what is always on elsewhere is off then.
    pub cuts_power_in_holidays: bool,
    /// It cuts its power at night: from this minute of the day until that of the next.
    pub night_cut: Option<(u16, u16)>,
}

impl Settings {
    /// Days after which a kind is silent at this school; none: never.
    pub fn days(&self, kind: Kind) -> Option<u32> {
        let usual = kind.row().presence.silent_after_school_days();
        let days = self.thresholds.get(&kind).copied().filter(|_| usual.is_some()).or(usual)?;
        (days > 0).then(|| days.min(LONGEST_THRESHOLD))
    }
}

/// What is expected of one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Day and night: rounds are counted, not days.
    Always,
    /// On each expected day; silent after so many without it.
    Daily {
        /// Days.
        days: u32,
        /// Days of class, of holidays, or both.
        usage: Usage,
    },
    /// Now and then; silent after so many days, alone of its case after so many on which a mate was seen.
    NowAndThen {
        /// Days.
        days: u32,
        /// Days with mates.
        alone: u32,
        /// Days of class, of holidays, or both.
        usage: Usage,
    },
    /// As the school switches the radios: silent after so many days on which another of the school was seen.
    AsOthers {
        /// Days.
        days: u32,
    },
    /// Not at all.
    Not,
}

/// What is expected of a device of this kind. `known` tells that it fills a place or stands in the register: a portable that does not is no business
/// of ours when it leaves (a teacher's own laptop).
pub fn expected_of(kind: Kind, state: Option<AssetState>, known: bool, usage: Usage, settings: &Settings) -> Expected {
    if state.is_some_and(|state| state != AssetState::InService) {
        return Expected::Not;
    }
    let presence = kind.row().presence;
    if presence == Presence::Always {
        return Expected::Always;
    }
    let Some(days) = settings.days(kind) else { return Expected::Not };
    match presence {
        Presence::SchoolHours => Expected::Daily { days, usage },
        Presence::RadioSwitched => Expected::AsOthers { days },
        Presence::NowAndThen if known => Expected::NowAndThen { days, alone: ALONE_DAYS.min(days), usage },
        _ => Expected::Not,
    }
}

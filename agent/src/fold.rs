//! Folding: two reports that follow each other become one that leads to the same picture.
//!
//! Comes in: an older and a newer report. Goes out: one report under the newer's number, which says how many rounds it holds.
//! Absent on purpose: when to fold (the spool, when it is full).

use crate::assemble::fold_troubles;
use rollcall_shared::picture::{EntryKey, Gone, Group};
use rollcall_shared::reading::Reading;
use rollcall_shared::report::ProbeRun;
use rollcall_shared::wire::{MAX_PROBE_RUNS, MAX_READINGS};
use rollcall_shared::{Content, Difference, Fact, Picture, Report};
use std::collections::BTreeMap;

/// Makes one report of two. The older one is lost but for its time where the newer does not rest on it (another stream, a number
/// between them missing): then the newer stands by itself.
pub fn fold(older: Report, newer: Report) -> Report {
    let follows = older.stream == newer.stream && rests_on(&newer.content).is_none_or(|from| from == older.hash);
    let folded = older.folded.saturating_add(newer.folded).saturating_add(1);
    if !follows {
        return Report { folded, ..newer };
    }
    let mut troubles = older.troubles;
    troubles.extend(newer.troubles);
    Report {
        began_at: older.began_at.min(newer.began_at),
        content: contents(older.content, newer.content),
        probes: latest(older.probes, newer.probes, |run: &ProbeRun| (run.probe.clone(), run.network.clone(), run.only.is_empty()), MAX_PROBE_RUNS),
        readings: latest(older.readings, newer.readings, what, MAX_READINGS),
        troubles: fold_troubles(troubles),
        folded,
        paused: older.paused && newer.paused,
        ..newer
    }
}

/// The picture on which a content rests, if on one: full pictures rest on none; of a heartbeat it is the caller who knows.
fn rests_on(content: &Content) -> Option<rollcall_shared::PictureHash> {
    match content {
        Content::Difference { from, .. } => Some(*from),
        Content::Full(_) | Content::Heartbeat => None,
    }
}

fn contents(older: Content, newer: Content) -> Content {
    match (older, newer) {
        (_, Content::Full(groups)) => Content::Full(groups),
        (older, Content::Heartbeat) => older,
        (Content::Heartbeat, newer) => newer,
        (Content::Full(groups), Content::Difference { change, .. }) => {
            let mut picture = Picture::from_groups(groups);
            picture.apply(&change);
            Content::Full(picture.to_groups())
        }
        (Content::Difference { from, change: first }, Content::Difference { change: second, .. }) => {
            Content::Difference { from, change: compose(first, second) }
        }
    }
}

/// Two differences as one: of each fact its last word counts.
pub fn compose(first: Difference, second: Difference) -> Difference {
    let mut words: BTreeMap<EntryKey, BTreeMap<String, Option<Fact>>> = BTreeMap::new();
    for difference in [first, second] {
        for gone in difference.gone {
            let entry = words.entry(EntryKey::new(&gone.network, gone.subject, &gone.probe)).or_default();
            entry.extend(gone.keys.into_iter().map(|key| (key, None)));
        }
        for group in difference.put {
            let entry = words.entry(group.entry()).or_default();
            entry.extend(group.facts.into_iter().map(|fact| (fact.key(), Some(fact))));
        }
    }
    let mut composed = Difference::default();
    for (entry, facts) in words {
        let (network, probe) = (entry.network.to_string(), entry.probe.to_string());
        let keys: Vec<String> = facts.iter().filter(|(_, fact)| fact.is_none()).map(|(key, _)| key.clone()).collect();
        let put: Vec<Fact> = facts.into_values().flatten().collect();
        if !keys.is_empty() {
            composed.gone.push(Gone { network: network.clone(), subject: entry.subject.clone(), probe: probe.clone(), keys });
        }
        if !put.is_empty() {
            composed.put.push(Group { network, subject: entry.subject, probe, facts: put });
        }
    }
    composed
}

fn what(reading: &Reading) -> (String, String, String, String) {
    (reading.network.clone(), reading.subject.to_string(), reading.name.clone(), reading.instance.clone())
}

/// Of both lists the last of each sort.
fn latest<T, K: Ord>(older: Vec<T>, newer: Vec<T>, key: impl Fn(&T) -> K, most: usize) -> Vec<T> {
    let by_key: BTreeMap<K, T> = older.into_iter().chain(newer).map(|item| (key(&item), item)).collect();
    by_key.into_values().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rollcall_shared::report::WIRE_VERSION;
    use rollcall_shared::{StreamId, Subject, Timestamp};

    fn picture_of(rows: &[(u8, u8, u8)]) -> Picture {
        let mut picture = Picture::default();
        for (subject, key, value) in rows {
            let entry = EntryKey::new("school", Subject::Address([10, 0, 0, *subject].into()), "snmp");
            picture.put(&entry, Fact::said(format!("key{key}"), value.to_string()));
        }
        picture
    }

    fn report(number: u64, before: &Picture, after: &Picture, full: bool) -> Report {
        let change = before.difference_to(after);
        let content = match () {
            () if full => Content::Full(after.to_groups()),
            () if change.is_empty() => Content::Heartbeat,
            () => Content::Difference { from: before.hash(), change },
        };
        Report {
            wire: WIRE_VERSION,
            agent_version: String::new(),
            stream: StreamId(1),
            number,
            began_at: Timestamp(number.cast_signed() * 300),
            ended_at: Timestamp(number.cast_signed() * 300 + 20),
            content,
            hash: after.hash(),
            probes: vec![],
            readings: vec![],
            troubles: vec![],
            every_s: 300,
            folded: 0,
            paused: false,
        }
    }

    proptest! {
        #[test]
        fn folded_reports_lead_to_the_same_picture(
            rounds in prop::collection::vec((prop::collection::vec((0u8..5, 0u8..4, 0u8..3), 0..12), 0u8..6), 2..9),
        ) {
            let mut before = picture_of(&[(1, 1, 1)]);
            let start = before.clone();
            let mut reports = Vec::new();
            for (number, (rows, kind)) in (1..).zip(&rounds) {
                let after = if *kind == 1 { before.clone() } else { picture_of(rows) };
                reports.push(report(number, &before, &after, *kind == 0));
                before = after;
            }
            let rounds = reports.len() as u64;
            let all = reports.into_iter().reduce(fold).unwrap();
            prop_assert_eq!((all.number, u64::from(all.folded), all.hash), (rounds, rounds - 1, before.hash()));
            prop_assert_eq!(all.began_at, Timestamp(300));
            let end = match all.content {
                Content::Full(groups) => Picture::from_groups(groups),
                Content::Heartbeat => start,
                Content::Difference { from, change } => {
                    prop_assert_eq!(from, start.hash());
                    let mut picture = start;
                    picture.apply(&change);
                    picture
                }
            };
            prop_assert_eq!(end, before);
        }
    }

    #[test]
    fn a_report_that_does_not_rest_on_the_older_stands_by_itself() {
        let (a, b, c) = (picture_of(&[(1, 1, 1)]), picture_of(&[(1, 1, 2)]), picture_of(&[(1, 1, 3)]));
        let newer = report(9, &b, &c, false);
        let all = fold(report(2, &Picture::default(), &a, true), newer.clone());
        assert_eq!(all, Report { folded: 1, ..newer });
    }
}

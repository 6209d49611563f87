//! Where a report stands in its agent's streams: new, told before, resting on an unknown picture, or forked.
//!
//! Comes in: how far the agent's streams are known, one report. Goes out: a verdict. Absent on purpose: storage, and what
//! the report says of the school.
//!
//! The picture's hash decides: whatever was lost or restored on either side, a difference is applied only onto the picture on
//! which it rests. A number that comes again with something newer in it is a fork: a server restored from a backup, or cloned.

use rollcall_shared::{Content, PictureHash, Report, StreamId, Timestamp};

/// How far one agent is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Stream of the newest accepted report.
    pub stream: Option<StreamId>,
    /// Its number.
    pub number: u64,
    /// Hash of the picture that is kept; `None`: no picture, or one that may not be built upon.
    pub hash: Option<PictureHash>,
    /// End of the newest round, by the agent's clock.
    pub ended_at: Timestamp,
}

/// One stream of an agent's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamSeen {
    /// Which.
    pub stream: StreamId,
    /// First report in it, by the collector's clock.
    pub first_at: Timestamp,
    /// Newest one.
    pub last_at: Timestamp,
    /// Newest number.
    pub number: u64,
}

/// What to do with a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Take it in.
    Accept {
        /// Reports that never arrived before it, for the history: a hole that is told.
        gap: u64,
    },
    /// It is here already.
    Duplicate,
    /// Keep its times, ask for a full picture.
    FullPlease(&'static str),
    /// The stream forked: ask for a new one.
    Restart(&'static str),
}

/// Judges one report.
pub fn judge(report: &Report, position: &Position, streams: &[StreamSeen]) -> Verdict {
    let known = streams.iter().find(|seen| seen.stream == report.stream);
    let current = position.stream == Some(report.stream);
    let newest = if current { position.number } else { known.map_or(0, |seen| seen.number) };
    if report.number <= newest {
        let repeated =
            report.ended_at <= position.ended_at && (report.number < newest || !current || position.hash.is_none_or(|hash| hash == report.hash));
        return match repeated {
            true => Verdict::Duplicate,
            false => Verdict::Restart("this number of the stream is known with other content: the server was restored or cloned"),
        };
    }
    let gap = if newest == 0 { 0 } else { report.number - newest - 1 };
    match &report.content {
        Content::Full(_) => Verdict::Accept { gap },
        _ if position.hash.is_none() => Verdict::FullPlease("no picture of this agent is kept here"),
        Content::Difference { from, .. } if position.hash != Some(*from) => {
            Verdict::FullPlease("the difference rests on a picture that is not the one kept here")
        }
        Content::Heartbeat if position.hash != Some(report.hash) => {
            Verdict::FullPlease("the heartbeat names a picture that is not the one kept here")
        }
        Content::Difference { .. } | Content::Heartbeat => Verdict::Accept { gap },
    }
}

/// Whether two streams of one key live side by side: the older one spoke after the younger began, and both spoke lately.
pub fn is_cloned(streams: &[StreamSeen], now: Timestamp, lately_s: i64) -> bool {
    let alive = |seen: &&StreamSeen| now.since_s(seen.last_at) <= lately_s;
    let living: Vec<&StreamSeen> = streams.iter().filter(alive).collect();
    living.iter().any(|older| living.iter().any(|younger| older.first_at < younger.first_at && older.last_at > younger.first_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_shared::picture::Difference;
    use rollcall_shared::report::WIRE_VERSION;

    fn report(stream: u64, number: u64, ended_at: i64, content: Content, hash: u128) -> Report {
        Report {
            wire: WIRE_VERSION,
            agent_version: String::new(),
            stream: StreamId(stream),
            number,
            began_at: Timestamp(ended_at - 1),
            ended_at: Timestamp(ended_at),
            content,
            hash: PictureHash(hash),
            probes: vec![],
            readings: vec![],
            troubles: vec![],
            every_s: 300,
            folded: 0,
            paused: false,
        }
    }

    fn difference(from: u128) -> Content {
        Content::Difference { from: PictureHash(from), change: Difference::default() }
    }

    const HERE: Position = Position { stream: Some(StreamId(1)), number: 10, hash: Some(PictureHash(7)), ended_at: Timestamp(1000) };

    fn check(report: Report, expected: &str) {
        let streams = [StreamSeen { stream: StreamId(1), first_at: Timestamp(1), last_at: Timestamp(1000), number: 10 }];
        let told = match judge(&report, &HERE, &streams) {
            Verdict::Accept { gap } => format!("accept {gap}"),
            Verdict::Duplicate => "duplicate".into(),
            Verdict::FullPlease(_) => "full".into(),
            Verdict::Restart(_) => "restart".into(),
        };
        assert_eq!(told, expected, "{report:?}");
    }

    #[test]
    fn the_next_report_of_the_stream() {
        check(report(1, 11, 1300, difference(7), 8), "accept 0");
        check(report(1, 11, 1300, Content::Heartbeat, 7), "accept 0");
        check(report(1, 14, 1300, Content::Heartbeat, 7), "accept 3");
        check(report(1, 11, 1300, Content::Full(vec![]), 9), "accept 0");
    }

    #[test]
    fn the_same_again_is_a_duplicate() {
        check(report(1, 10, 1000, difference(6), 7), "duplicate");
        check(report(1, 3, 400, difference(2), 3), "duplicate");
    }

    #[test]
    fn a_picture_that_is_not_here_asks_for_a_full_one() {
        check(report(1, 11, 1300, difference(99), 100), "full");
        check(report(1, 11, 1300, Content::Heartbeat, 99), "full");
        check(report(2, 1, 1300, difference(99), 100), "full");
        check(report(2, 1, 1300, Content::Full(vec![]), 100), "accept 0");
    }

    #[test]
    fn a_restored_or_cloned_server_forks_the_stream() {
        check(report(1, 9, 1300, difference(7), 8), "restart");
        check(report(1, 10, 1000, difference(6), 8), "restart");
    }

    #[test]
    fn a_clone_is_two_streams_that_speak_in_turn_and_a_fresh_spool_is_none() {
        let seen = |stream, first, last| StreamSeen { stream: StreamId(stream), first_at: Timestamp(first), last_at: Timestamp(last), number: 1 };
        assert!(is_cloned(&[seen(1, 0, 900), seen(2, 500, 950)], Timestamp(1000), 900));
        assert!(!is_cloned(&[seen(1, 0, 499), seen(2, 500, 950)], Timestamp(1000), 900));
        assert!(!is_cloned(&[seen(1, 0, 900), seen(2, 500, 950)], Timestamp(9000), 900));
    }
}

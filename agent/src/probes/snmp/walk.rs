//! Asking one device within bounds: scalars, and tables by walks that resume from the last row and shrink on trouble.
//!
//! Comes in: a [`Session`]. Goes out: [`Rows`] and pairs, as far as they came; what was cut is in [`Asker::cuts`]. Absent on purpose: what the rows mean.
//!
//! A device that answers genErr or tooBig, or nothing, is asked again for half as many repetitions from the last row, down to GETNEXT. What it
//! stands is remembered. Rows out of order are taken (some switches list ARP and forwarding tables so); an answer without a new row ends the walk,
//! so that no device keeps us in a loop.

use super::session::{Refusal, Session, Version};
use super::value::{Oid, Rows, Value};
use crate::probes::pace::Pacer;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// GETBULK repetitions at first, by version: net-snmp fails v3 answers that are too large instead of shortening them.
const REPETITIONS_V2C: u32 = 25;
const REPETITIONS_V3: u32 = 10;

/// Values wanted of one GETBULK over several columns: about what fits into an Ethernet frame, for few agents answer with more.
const VALUES_A_QUESTION: u32 = 50;

/// Objects in one GET or GETNEXT; about half an Ethernet frame of names, the answers fill the rest.
const OBJECTS_A_QUESTION: usize = 20;

/// Most questions to one device in one round.
const MAX_QUESTIONS: u32 = 1_500;

/// Most octets of answers from one device in one round: twice what [`MAX_QUESTIONS`] answers hold that fit into Ethernet frames.
const MAX_HEARD_BYTES: usize = 4 << 20;

/// Longest conversation with one device in one round.
const MAX_CONVERSATION: Duration = Duration::from_secs(60);

/// A device that lets so many questions in a row go unanswered is gone.
const MAX_SILENCES: u32 = 3;

/// One device being asked.
pub struct Asker<'a> {
    session: Session,
    pace: &'a Pacer,
    until: Instant,
    questions: u32,
    heard_bytes: usize,
    silences: u32,
    repetitions: u32,
    shrunk: bool,
    /// Tables that did not come whole, each with the reason.
    pub cuts: Vec<String>,
    /// The device no longer answers, or its bounds are reached: nothing more is asked.
    pub gone: bool,
}

impl<'a> Asker<'a> {
    /// Begins; `stands` is the number of repetitions that this device was found to stand before.
    pub fn new(session: Session, pace: &'a Pacer, stands: Option<u32>) -> Asker<'a> {
        let usual = match session.version {
            Version::V1 => 1, // GETBULK does not exist
            Version::V2c => REPETITIONS_V2C,
            Version::V3 => REPETITIONS_V3,
        };
        let repetitions = stands.map_or(usual, |stands| stands.clamp(1, usual));
        let until = Instant::now() + MAX_CONVERSATION;
        let shrunk = stands.is_some();
        Asker { session, pace, until, questions: 0, heard_bytes: 0, silences: 0, repetitions, shrunk, cuts: Vec::new(), gone: false }
    }

    /// How many repetitions the device stands, where that is fewer than usual.
    pub fn stands(&self) -> Option<u32> {
        self.shrunk.then_some(self.repetitions)
    }

    /// Whether the last question went unanswered.
    pub fn was_silent(&self) -> bool {
        self.silences > 0
    }

    /// How many questions were asked.
    pub fn questions(&self) -> u32 {
        self.questions
    }

    /// What comes after each of these OIDs, where it still lies under it: scalars, first rows, and whether branches are there (a branch may begin
    /// with a name without a value).
    pub async fn first_under(&mut self, what: &str, oids: &[Oid]) -> Vec<Option<(Oid, Value)>> {
        let found = oids.iter().zip(self.after(what, oids).await);
        found.map(|(oid, pair)| pair.filter(|(name, _)| name.starts_with(oid) && name.len() > oid.len())).collect()
    }

    /// What comes after one OID, wherever that lies.
    pub async fn next_of(&mut self, oid: &[u32]) -> Option<Oid> {
        let cuts = self.cuts.len();
        let found = self.after("census", &[oid.to_vec()]).await;
        if !self.gone {
            self.cuts.truncate(cuts); // some are silent where nothing follows, instead of saying so
        }
        // At the end of what there is the name asked for comes back; a name without a value is there all the same.
        found.into_iter().next().flatten().map(|(name, _)| name).filter(|name| name.as_slice() > oid)
    }

    /// GET of exact instances; what is not there is [`Value::Nothing`].
    pub async fn get(&mut self, what: &str, oids: &[Oid]) -> Vec<Value> {
        let found = match self.session.version {
            // Its GET fails whole for one name that is not there; what comes after the name before is the same value.
            Version::V1 => self.after(what, &oids.iter().map(|oid| name_before(oid)).collect::<Vec<_>>()).await,
            _ => self.each(what, oids, false).await,
        };
        let exact = |(oid, pair): (&Oid, Option<(Oid, Value)>)| pair.filter(|(name, _)| name == oid).map_or(Value::Nothing, |(_, value)| value);
        oids.iter().zip(found).map(exact).collect()
    }

    /// GETNEXT of each.
    async fn after(&mut self, what: &str, oids: &[Oid]) -> Vec<Option<(Oid, Value)>> {
        self.each(what, oids, true).await
    }

    /// GET or GETNEXT of each, some at a time. What upsets the device is halved, until one object is passed over; the others are still asked for.
    async fn each(&mut self, what: &str, oids: &[Oid], next: bool) -> Vec<Option<(Oid, Value)>> {
        let mut answers: Vec<Option<(Oid, Value)>> = vec![None; oids.len()];
        let mut open: VecDeque<usize> = (0..oids.len()).collect();
        let (mut size, mut lost) = (OBJECTS_A_QUESTION, 0);
        while !open.is_empty() && !self.gone {
            let places: Vec<usize> = open.iter().copied().take(size).collect();
            let asked: Vec<Oid> = places.iter().map(|place| oids[*place].clone()).collect();
            match self.question(if next { Ask::Next(&asked) } else { Ask::Get(&asked) }).await {
                Ok(pairs) => {
                    open.drain(..places.len());
                    places.iter().zip(pairs).for_each(|(place, pair)| answers[*place] = Some(pair));
                    self.silences = 0;
                }
                Err(Refusal::Missing(place)) if place < asked.len() => {
                    // Nothing comes after that name, so nothing after those behind it (RFC 1157 section 4.1.3).
                    let gone = |one: &Oid| *one == asked[place] || (next && *one > asked[place]);
                    open.retain(|one| !(places.contains(one) && gone(&oids[*one])));
                    self.silences = 0;
                }
                // It may have been one lost datagram: a device that answered before is asked the same again.
                Err(Refusal::Silent) if self.silences == 0 && self.heard_bytes > 0 => self.silences = 1,
                Err(refusal) => {
                    self.note(what, &refusal);
                    match asked.len() {
                        0 | 1 => {
                            open.pop_front();
                            lost += usize::from(refusal == Refusal::Silent);
                        }
                        many => size = many / 2,
                    }
                }
            }
        }
        if lost > 0 || (self.gone && !open.is_empty()) {
            self.cuts.push(format!("{what}: no answer about {} of {} objects", lost + open.len(), oids.len()));
        }
        answers
    }

    /// Walks columns of one table side by side, at most `most` rows each. What came before a cut is returned; the cut is noted under `what`.
    pub async fn table(&mut self, what: &str, columns: &[Oid], most: usize) -> Rows {
        let mut walk = Walk::new(columns, most);
        while !walk.is_done() && !self.gone {
            let (asked, from) = walk.ask();
            let wide = u32::try_from(from.len()).unwrap_or(u32::MAX).max(1);
            let repetitions = self.repetitions.min(VALUES_A_QUESTION.div_ceil(wide));
            let answer = match self.repetitions {
                1 => self.question(Ask::Next(&from)).await,
                _ => self.question(Ask::Bulk(&from, repetitions)).await,
            };
            match answer {
                Ok(pairs) => {
                    self.silences = 0;
                    walk.take(&asked, pairs);
                }
                Err(Refusal::Missing(place)) if place < asked.len() => {
                    self.silences = 0;
                    walk.end(asked[place]);
                }
                Err(refusal) => self.shrink(what, &mut walk, &refusal),
            }
        }
        if walk.overflow {
            self.cuts.push(format!("{what}: more than {most} rows"));
        }
        if self.gone && !walk.is_done() {
            self.cuts.push(format!("{what}: the device stopped answering after {} rows", walk.rows.len()));
        }
        walk.rows
    }

    /// At most `most` rows of a table of which more are not wanted: to have more is no cut.
    pub async fn some_rows(&mut self, what: &str, columns: &[Oid], most: usize) -> Rows {
        let cuts = self.cuts.len();
        let rows = self.table(what, columns, most).await;
        if rows.len() >= most && !self.gone {
            self.cuts.truncate(cuts);
        }
        rows
    }

    /// One more session with the same device, under the same bounds; `None` when they are reached. [`Asker::count`] brings its count home.
    pub fn also(&self, session: Session) -> Option<Asker<'a>> {
        let mut other = Asker::new(session, self.pace, Some(self.repetitions));
        (other.until, other.questions, other.heard_bytes) = (self.until, self.questions, self.heard_bytes);
        (!self.gone && self.questions < MAX_QUESTIONS).then_some(other)
    }

    /// Takes over what another session with the device cost; and, if the device `spoke` there, what was cut.
    pub fn count(&mut self, other: &Asker<'_>, spoke: bool) {
        (self.questions, self.heard_bytes) = (other.questions, other.heard_bytes);
        if spoke {
            self.cuts.extend(other.cuts.iter().cloned());
        }
    }

    /// After a refusal: ask for less; where less is impossible, give up one column, or the device when it is silent.
    fn shrink(&mut self, what: &str, walk: &mut Walk<'_>, refusal: &Refusal) {
        let silent = *refusal == Refusal::Silent;
        // A first silence may be one lost datagram: the same question is asked again before less is asked for.
        if silent && self.silences == 0 {
            self.silences = 1;
            return;
        }
        if self.repetitions > 1 {
            self.repetitions = (self.repetitions / 2).max(1);
            self.shrunk = true;
            if silent {
                self.silence();
            }
            return;
        }
        match silent {
            true => self.silence(),
            false if walk.narrow() => {}
            false => {
                self.cuts.push(format!("{what}: {}", sentence(refusal)));
                walk.give_up();
            }
        }
    }

    fn note(&mut self, what: &str, refusal: &Refusal) {
        match refusal {
            Refusal::Silent => self.silence(),
            Refusal::TooBig | Refusal::Missing(_) | Refusal::Status(_) => {}
            Refusal::Broken(_) => {
                self.cuts.push(format!("{what}: {}", sentence(refusal)));
                self.silence();
            }
        }
    }

    fn silence(&mut self) {
        self.silences += 1;
        self.gone |= self.silences > MAX_SILENCES;
    }

    async fn question(&mut self, ask: Ask<'_>) -> Result<Vec<(Oid, Value)>, Refusal> {
        if self.questions >= MAX_QUESTIONS || self.heard_bytes >= MAX_HEARD_BYTES || Instant::now() >= self.until {
            self.gone = true;
            let (questions, kib) = (self.questions, self.heard_bytes >> 10);
            self.cuts.push(format!("stopped after {questions} questions and {kib} KiB of answers: the bounds of one conversation are reached"));
            return Err(Refusal::Silent);
        }
        self.pace.take().await;
        self.questions += 1;
        let answer = match ask {
            Ask::Get(oids) => self.session.get(oids).await,
            Ask::Next(oids) => self.session.next(oids).await,
            Ask::Bulk(oids, repetitions) => self.session.bulk(oids, repetitions).await,
        };
        self.heard_bytes += self.session.take_heard_bytes();
        answer
    }
}

/// A name after which this one comes, if it is there: of a scalar the object, of a row the row before.
fn name_before(oid: &[u32]) -> Oid {
    match oid.split_last() {
        Some((0, object)) => object.to_vec(),
        Some((last, object)) => [object, &[last - 1]].concat(),
        None => Oid::new(),
    }
}

enum Ask<'a> {
    Get(&'a [Oid]),
    Next(&'a [Oid]),
    Bulk(&'a [Oid], u32),
}

fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Silent => "no answer".to_owned(),
        Refusal::TooBig => "the device says tooBig even of one object".to_owned(),
        Refusal::Missing(_) => "the device says noSuchName of a name that it was not asked for".to_owned(),
        Refusal::Status(status) => format!("the device answers {status} even to one object"),
        Refusal::Broken(text) => text.clone(),
    }
}

/// Where a walk over some columns stands; pure.
struct Walk<'a> {
    columns: &'a [Oid],
    /// For each column the OID to go on from; `None` when the column is at its end.
    from: Vec<Option<Oid>>,
    most: usize,
    counts: Vec<usize>,
    narrow: bool,
    overflow: bool,
    rows: Rows,
}

impl<'a> Walk<'a> {
    fn new(columns: &'a [Oid], most: usize) -> Walk<'a> {
        let from = columns.iter().cloned().map(Some).collect();
        Walk { columns, from, most, counts: vec![0; columns.len()], narrow: false, overflow: false, rows: Rows::default() }
    }

    fn is_done(&self) -> bool {
        self.from.iter().all(Option::is_none)
    }

    /// The columns to ask for now, and from where.
    fn ask(&self) -> (Vec<usize>, Vec<Oid>) {
        let open = self.from.iter().enumerate().filter_map(|(column, from)| from.clone().map(|from| (column, from)));
        open.take(if self.narrow { 1 } else { usize::MAX }).unzip()
    }

    /// Asks for one column at a time from now on; `false` if it did so already.
    fn narrow(&mut self) -> bool {
        let wide = !self.narrow && self.from.iter().flatten().count() > 1;
        self.narrow = true;
        wide
    }

    /// A column at its end.
    fn end(&mut self, column: usize) {
        self.from[column] = None;
    }

    /// Gives up the column that is being asked for.
    fn give_up(&mut self) {
        if let Some(open) = self.from.iter_mut().find(|from| from.is_some()) {
            *open = None;
        }
    }

    /// Takes an answer: values come row by row, in the order of the columns asked for.
    fn take(&mut self, asked: &[usize], pairs: Vec<(Oid, Value)>) {
        let mut fresh = vec![false; asked.len()];
        let mut ended = vec![false; asked.len()];
        // An answer may be cut in its first row: columns that it does not reach stay open, unless nothing came at all.
        let reached = if pairs.is_empty() { asked.len() } else { pairs.len() };
        for (place, (oid, value)) in pairs.into_iter().enumerate() {
            let place = place % asked.len().max(1);
            let Some(column) = asked.get(place).copied() else { break };
            if ended[place] {
                continue;
            }
            match oid.strip_prefix(self.columns[column].as_slice()) {
                Some(index) if !index.is_empty() && !value.is_nothing() => {
                    if self.put(column, index, value) {
                        fresh[place] = true;
                        self.from[column] = Some(oid);
                    }
                }
                _ => ended[place] = true,
            }
        }
        for (place, column) in asked.iter().enumerate() {
            let full = self.counts[*column] >= self.most;
            self.overflow |= full && !ended[place];
            if ended[place] || full || (!fresh[place] && place < reached) {
                self.from[*column] = None;
            }
        }
    }

    /// Whether the value was new.
    fn put(&mut self, column: usize, index: &[u32], value: Value) -> bool {
        let known = self.rows.0.get(index).is_some_and(|row| row.get(column).is_some_and(|cell| !cell.is_nothing()));
        if known || self.counts[column] >= self.most {
            return false;
        }
        self.counts[column] += 1;
        self.rows.set(index, column, self.columns.len(), value);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(oids: &[&[u32]]) -> Vec<(Oid, Value)> {
        oids.iter().map(|oid| (oid.to_vec(), Value::Number(i64::from(*oid.last().unwrap())))).collect()
    }

    #[test]
    fn columns_are_walked_side_by_side_each_to_its_own_end() {
        let columns = [vec![1, 1], vec![1, 2]];
        let mut walk = Walk::new(&columns, 100);
        walk.take(&[0, 1], pairs(&[&[1, 1, 1], &[1, 2, 1], &[1, 1, 2], &[1, 3, 1], &[1, 1, 3]]));
        assert_eq!(walk.ask(), (vec![0], vec![vec![1, 1, 3]]));
        walk.take(&[0], pairs(&[&[1, 2, 1]]));
        assert!(walk.is_done() && !walk.overflow);
        assert_eq!(walk.rows.len(), 3);
        assert_eq!(walk.rows.0[&vec![1]], [Value::Number(1), Value::Number(1)]);
        assert_eq!(walk.rows.0[&vec![3]], [Value::Number(3), Value::Nothing]);
    }

    #[test]
    fn rows_out_of_order_are_taken_and_a_loop_ends() {
        let columns = [vec![1, 1]];
        let mut walk = Walk::new(&columns, 100);
        walk.take(&[0], pairs(&[&[1, 1, 5], &[1, 1, 2]]));
        walk.take(&[0], pairs(&[&[1, 1, 3], &[1, 1, 5]]));
        assert!(!walk.is_done());
        walk.take(&[0], pairs(&[&[1, 1, 5], &[1, 1, 2], &[1, 1, 3]]));
        assert!(walk.is_done());
        assert_eq!(walk.rows.len(), 3);
    }

    #[test]
    fn rows_are_bounded_and_an_empty_answer_ends_the_walk() {
        let columns = [vec![1, 1]];
        let mut walk = Walk::new(&columns, 2);
        walk.take(&[0], pairs(&[&[1, 1, 1], &[1, 1, 2], &[1, 1, 3]]));
        assert!(walk.is_done() && walk.overflow);
        assert_eq!(walk.rows.len(), 2);
        let mut walk = Walk::new(&columns, 2);
        walk.take(&[0], Vec::new());
        assert!(walk.is_done() && walk.rows.is_empty());
    }

    #[test]
    fn columns_that_a_short_answer_does_not_reach_stay_open() {
        let columns = [vec![1, 1], vec![1, 2], vec![1, 3]];
        let mut walk = Walk::new(&columns, 9);
        walk.take(&[0, 1, 2], pairs(&[&[1, 1, 1]]));
        assert_eq!(walk.ask().1, [vec![1, 1, 1], vec![1, 2], vec![1, 3]]);
    }

    #[test]
    fn an_upset_device_is_asked_for_one_column_at_a_time() {
        let columns = [vec![1, 1], vec![1, 2]];
        let mut walk = Walk::new(&columns, 9);
        assert!(walk.narrow());
        assert_eq!(walk.ask().0, [0]);
        assert!(!walk.narrow());
        walk.give_up();
        assert_eq!(walk.ask().0, [1]);
    }
}

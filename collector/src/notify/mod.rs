//! Shell: tells people: lines of the outbox become notices, notices become letters and calls of webhooks, and those are sent until they arrive.
//!
//! Comes in: the state of the web (database, settings, words, clock), every few seconds. Goes out: e-mail, webhooks. Absent on purpose: who hears
//! of what when (`domain/notice`), what a letter says (`letter`), SMTP and HTTP themselves ([`crate::mail`], [`crate::hook`]).
//!
//! At least once: a letter is claimed for a while, sent outside of any transaction, and marked when the mail server took it. Whoever dies between
//! the two sends it again, under the same Message-ID. Several collectors on one database never claim the same letter at the same time.

mod letter;

use crate::domain::notice::{Channel, News, Notice, Person, Quiet, Rhythm, Wishes, notices};
use crate::domain::right::{Right, Role};
use crate::hook::{self, Key};
use crate::mail::{Post, Refused};
use crate::notices::LINK_ASKED;
use crate::store::account::{self, Account};
use crate::store::delivery::{self, Delivery};
use crate::store::notice::{self, Hearing, Kept, NO_QUIET};
use crate::store::outbox::{self, Message};
use crate::store::sight::Eyes;
use crate::store::{self, Db, Tx, view, webhook};
use crate::web::link::{LINK_S, SIGN_IN};
use crate::web::visitor::{eyes_now, fresh_token, sees_all, token_hash};
use crate::web::{SET_PASSWORD, Web, api};
use anyhow::{Context, Result};
use futures_util::future::join_all;
use jiff::tz::TimeZone;
use rollcall_shared::Timestamp;
use std::collections::BTreeMap;

/// Lines of the outbox that one tick takes.
const LINES: u32 = 200;
/// What older lines say is no news any more: nobody was there to tell it.
const STALE_S: i64 = 3 * 86_400;
/// Letters of urgent news that one account gets in an hour; what comes beyond waits for the next hour and is one letter.
const MOST_AN_HOUR: i64 = 4;
/// Accounts whose letters are made in one tick; calls of webhooks likewise.
const MADE: u32 = 2_000;
/// Letters, and calls, that one collector takes at once.
const TAKEN: u32 = 16;
/// So long they are its own: longer than sending all of them may last.
const LEASE_S: i64 = 900;
/// The wait after a first failure; it doubles.
const FIRST_WAIT_S: i64 = 60;
const LONGEST_WAIT_S: i64 = 6 * 3_600;
/// After so long a letter is given up, and says so.
const GIVE_UP_S: i64 = 3 * 86_400;
/// What the server refuses for good is tried so often: it may have been set wrong for a moment.
const REFUSALS: i64 = 3;
/// Links that one account gets in an hour.
const LINKS_AN_HOUR: i64 = 5;
/// What of people's words a letter repeats, in characters.
const SAID: usize = 300;

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Lines of the outbox that were laid out.
    pub lines: usize,
    /// Letters and calls that arrived.
    pub sent: usize,
    /// Those that did not.
    pub failed: usize,
}

/// Tells people. One a collector, on a thread of its own.
pub struct Notify {
    web: Web,
    /// Beside people's pages.
    db: Db,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    key: Key,
}

/// What is known of a recipient when a letter is written.
struct Recipient {
    account: Account,
    hearing: Hearing,
}

impl Notify {
    /// For a collector.
    pub fn new(web: Web) -> Result<Notify> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime of letters")?;
        let (client, key) = (hook::caller()?, Key::load(&web.config.store.folder)?);
        Ok(Notify { db: web.db.beside(), web, runtime, client, key })
    }

    /// One tick. Blocks while it sends.
    pub fn tick(&self) -> Result<Ticked> {
        let lines = self.lay_out()?;
        self.make()?;
        let (sent, failed) = self.send()?;
        Ok(Ticked { lines, sent, failed })
    }

    /// Lines of the outbox become notices of whoever hears of them.
    pub fn lay_out(&self) -> Result<usize> {
        if self.db.read(|tx| outbox::waiting(tx, 1))?.is_empty() {
            return Ok(0);
        }
        let (people, now, by_mail) = (self.people()?, self.web.now(), self.web.config.mail.is_on());
        let rhythm = Rhythm { gather_s: self.web.config.notices.gather_s, digest_hours: self.web.config.notices.digest_hours };
        let lines = self.db.write(move |tx| -> store::Result<usize> {
            let mut waiting = Vec::new();
            for message in outbox::waiting(tx, LINES)? {
                // Of two collectors one has it: the other waits here, and finds it taken.
                if outbox::mark_sent(tx, message.id, now)? {
                    waiting.push(message);
                }
            }
            let mut news = Vec::new();
            for message in waiting.iter().filter(|message| now.since_s(message.at) <= STALE_S) {
                match message.topic.as_str() {
                    LINK_ASKED if by_mail => make_links(tx, message, now)?,
                    _ => news.extend(news_of(tx, message)?),
                }
            }
            for told in notices(&news, &people, rhythm, now) {
                notice::add(tx, &kept(&told, &news, now))?;
            }
            Ok(waiting.len())
        })?;
        Ok(lines)
    }

    /// Everybody who could hear of something, each with eyes of this moment.
    fn people(&self) -> Result<Vec<Person>> {
        let known = self.db.read(|tx| -> store::Result<_> {
            let mut known = Vec::new();
            for (account, hearing) in notice::listeners(tx)? {
                let (choices, hooks) = (notice::choices(tx, account.id)?, webhook::of_account(tx, account.id, MADE)?);
                known.push((account, hearing, choices, hooks));
            }
            Ok(known)
        })?;
        let mut people = Vec::with_capacity(known.len());
        for (account, hearing, choices, hooks) in known {
            eyes_now(&self.web, &account)?;
            let mut channels: Vec<Channel> = hooks.into_iter().map(|hook| Channel::Hook(hook.id, hook.matters)).collect();
            if self.web.config.mail.is_on() && !hearing.email.is_empty() {
                let (quiet, zone) = (self.quiet(&hearing), self.zone(&hearing));
                channels.push(Channel::Mail(Wishes { choices, quiet, urgent_at_night: hearing.urgent_at_night, zone }));
            }
            people.push(Person { account: account.id, sees_all: sees_all(&account), login: account.login, role: account.role, channels });
        }
        Ok(people)
    }

    fn quiet(&self, hearing: &Hearing) -> Option<Quiet> {
        match hearing.quiet.as_str() {
            NO_QUIET => None,
            "" => Quiet::parse(&self.web.config.notices.quiet),
            own => Quiet::parse(own),
        }
    }

    fn zone(&self, hearing: &Hearing) -> TimeZone {
        TimeZone::get(&hearing.zone).unwrap_or_else(|_| self.web.zone.clone())
    }

    /// Notices whose time has come become letters, one an account, and calls, one each.
    pub fn make(&self) -> Result<()> {
        let (now, by_mail) = (self.web.now(), self.web.config.mail.is_on());
        let due = self.db.read(|tx| -> store::Result<_> {
            let mails = if by_mail { notice::due_by_mail(tx, now, MADE)? } else { Vec::new() };
            Ok((mails, notice::due_by_webhook(tx, now, MADE)?))
        })?;
        if due.0.is_empty() && due.1.is_empty() {
            return Ok(());
        }
        self.db.write(move |tx| -> store::Result<()> {
            let made = |id, account, webhook| Delivery { id, account, webhook, sort: "notices".to_owned(), made_at: now, attempts: 0 };
            for (account, urgent, digest) in &due.0 {
                if !digest && delivery::count_since(tx, *account, now - 3_600)? >= MOST_AN_HOUR {
                    continue;
                }
                let id = delivery::fresh(tx)?;
                if notice::gather(tx, *account, *urgent, id, now)? > 0 {
                    delivery::add(tx, &made(id, *account, 0))?;
                }
            }
            for (notice, account, webhook) in &due.1 {
                let id = delivery::fresh(tx)?;
                if notice::give(tx, *notice, id)? {
                    delivery::add(tx, &made(id, *account, *webhook))?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Takes what is to be sent, for a while. (A test that dies with it takes it and does nothing.)
    pub fn claim(&self) -> Result<Vec<Delivery>> {
        let (now, by_mail) = (self.web.now(), self.web.config.mail.is_on());
        let some = self.db.read(|tx| delivery::any_open(tx, by_mail, now))?;
        if !some {
            return Ok(Vec::new());
        }
        Ok(self.db.write(move |tx| -> store::Result<_> {
            let mut taken = delivery::claim(tx, true, now, now + LEASE_S, TAKEN)?;
            if by_mail {
                taken.extend(delivery::claim(tx, false, now, now + LEASE_S, TAKEN)?);
            }
            Ok(taken)
        })?)
    }

    /// Sends what is to be sent: how many arrived, how many did not.
    fn send(&self) -> Result<(usize, usize)> {
        let taken = self.claim()?;
        if taken.is_empty() {
            return Ok((0, 0));
        }
        let (hooks, mails): (Vec<Delivery>, Vec<Delivery>) = taken.into_iter().partition(|delivery| delivery.webhook != 0);
        let post = if mails.is_empty() { Ok(None) } else { Post::new(&self.web.config.mail) };
        let (called, mailed) = self.runtime.block_on(async {
            let mail = async {
                let mut arrived = Vec::with_capacity(mails.len());
                // One after the other: mail servers of towns count connections.
                for delivery in &mails {
                    arrived.push(self.settle(delivery, self.mail(delivery, &post).await)?);
                }
                Ok::<_, anyhow::Error>(arrived)
            };
            let call = join_all(hooks.iter().map(async |delivery| self.settle(delivery, self.call(delivery).await)));
            futures_util::future::join(call, mail).await
        });
        let mut arrived = mailed?;
        for one in called {
            arrived.push(one?);
        }
        let sent = arrived.iter().filter(|arrived| **arrived).count();
        Ok((sent, arrived.len() - sent))
    }

    /// Writes down what came of an attempt; whether it arrived.
    fn settle(&self, delivery: &Delivery, outcome: Result<(), Refused>) -> Result<bool> {
        let (now, taken) = (self.web.now(), delivery.clone());
        let again_at = outcome.as_ref().err().map(|refused| again_at(&taken, refused.for_good, now));
        let why = outcome.err().map(|refused| refused.why);
        if let Some(why) = &why {
            tracing::warn!(delivery = taken.id, attempts = taken.attempts, why, "a letter was not sent");
        }
        self.db.write(move |tx| -> store::Result<()> {
            match (&why, again_at) {
                (Some(why), Some(again_at)) => {
                    delivery::failed(tx, taken.id, why, again_at, now)?;
                    // What else waits for this program waits with it: a dead one costs no other its time.
                    match again_at {
                        Some(until) if taken.webhook != 0 => delivery::hold_back(tx, taken.webhook, until),
                        _ => Ok(()),
                    }
                }
                _ => delivery::sent(tx, taken.id, now),
            }
        })?;
        Ok(again_at.is_none())
    }

    async fn mail(&self, delivery: &Delivery, post: &Result<Option<Post>>) -> Result<(), Refused> {
        let post = match post {
            Ok(Some(post)) => post,
            Ok(None) => return Err(Refused { for_good: false, why: "no mail server is set".to_owned() }),
            Err(error) => return Err(Refused { for_good: false, why: format!("{error:#}") }),
        };
        let written = self.write(delivery, post.domain()).map_err(|error| Refused { for_good: false, why: format!("{error:#}") })?;
        match written {
            Some(letter) => post.send(&letter).await,
            // Nothing is left to say, or nobody to say it to.
            None => Ok(()),
        }
    }

    /// Writes a letter as things stand now; `None`: there is nothing to say any more.
    fn write(&self, delivery: &Delivery, domain: &str) -> Result<Option<crate::mail::Letter>> {
        let (account, id) = (delivery.account, delivery.id);
        let (recipient, told) = self.db.read(|tx| -> store::Result<_> { Ok((notice::recipient(tx, account)?, notice::told_by(tx, id)?)) })?;
        let Some((account, hearing)) = recipient.filter(|(_, hearing)| !hearing.email.is_empty()) else { return Ok(None) };
        let recipient = Recipient { account, hearing };
        let (zone, id) = (self.zone(&recipient.hearing), format!("delivery.{id}.{}@{domain}", delivery.made_at.0));
        let purpose = match delivery.sort.as_str() {
            SIGN_IN => SIGN_IN,
            SET_PASSWORD => SET_PASSWORD,
            _ => return letter::news(&self.web, &recipient, zone, told, id),
        };
        // The link is made when it is sent: no table ever holds it in clear.
        let token = fresh_token().map_err(|failure| anyhow::anyhow!("{failure}"))?;
        let (hash, owner, now) = (token_hash(&token), recipient.account.id, self.web.now());
        self.db.write(move |tx| account::add_link(tx, &hash, purpose, Some(owner), now + LINK_S))?;
        letter::link(&self.web, &recipient, zone, purpose, &token, id).map(Some)
    }

    async fn call(&self, delivery: &Delivery) -> Result<(), Refused> {
        let later = |error: anyhow::Error| Refused { for_good: false, why: format!("{error:#}") };
        let (hook_id, account, id) = (delivery.webhook, delivery.account, delivery.id);
        let known = self
            .web
            .db
            .read(|tx| -> store::Result<_> { Ok((webhook::one(tx, hook_id)?, notice::recipient(tx, account)?, notice::told_by(tx, id)?)) });
        let (Some(webhook), Some((account, _)), told) = known.map_err(|error| later(error.into()))? else { return Ok(()) };
        // An address may hold somebody's token: it is told to nobody else.
        let barred = |barred: hook::Barred| Refused { for_good: true, why: format!("this address is not allowed ({})", barred.code()) };
        let url = hook::allowed(&webhook.url, &self.web.config.notices.webhook_hosts).map_err(barred)?;
        let eyes = eyes_now(&self.web, &account).map_err(|error| later(error.into()))?;
        let Some(kept) = told.into_iter().next() else { return Ok(()) };
        let secret = account.role.may(Right::WorkOnFaults);
        let fault = self.db.read(|tx| shown_fault(tx, eyes, &kept, secret)).map_err(|error| later(error.into()))?;
        let Some(fault) = fault else { return Ok(()) };
        let body = api::told(delivery.id, &kept, fault, &self.web.public_url()).map_err(later)?;
        let secret = self.key.secret(&webhook.salt);
        hook::call(&self.client, url, &secret, delivery.id, body, self.web.now()).await.map_err(|why| Refused { for_good: false, why })
    }
}

/// The fault of a notice as its recipient sees it now: of an incident the first that they see; `secret`: also what few may know.
fn shown_fault(tx: &mut Tx<'_>, eyes: Eyes, kept: &Kept, secret: bool) -> store::Result<Option<view::fault::FaultRow>> {
    let mut seen = eyes.on(tx);
    match view::fault::one(&mut seen, kept.fault, secret)? {
        None if kept.topic.starts_with("incident_") => Ok(view::fault::of_incident(&mut seen, kept.fault, 1)?.into_iter().next()),
        found => Ok(found),
    }
}

/// When a letter is tried again; `None`: never.
fn again_at(delivery: &Delivery, for_good: bool, now: Timestamp) -> Option<Timestamp> {
    let doublings = u32::try_from(delivery.attempts - 1).unwrap_or(0).min(10);
    let again_at = now + (FIRST_WAIT_S << doublings).min(LONGEST_WAIT_S);
    // A link that comes late opens nothing.
    let longest_s = if delivery.sort == "notices" { GIVE_UP_S } else { LINK_S };
    let over = (for_good && delivery.attempts >= REFUSALS) || again_at.since_s(delivery.made_at) > longest_s;
    (!over).then_some(again_at)
}

/// What a line of the outbox says of a fault; `None`: nothing that anybody could be told.
fn news_of(tx: &mut Tx<'_>, message: &Message) -> store::Result<Option<News>> {
    let body: BTreeMap<String, serde_json::Value> = serde_json::from_str(&message.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let number = body.get("fault").and_then(serde_json::Value::as_i64);
    let fault = match (number, message.school) {
        (Some(number), _) => Some(number),
        (None, Some(school)) => notice::fault_of_key(tx, school, text("key"))?,
        (None, None) => None,
    };
    let Some(fault) = fault else { return Ok(None) };
    let Some(row) = view::fault::one(&mut Eyes::ALL.on(tx), fault, true)? else { return Ok(None) };
    let incident = message.topic.starts_with("incident_");
    // Whoever wrote the line of an incident has seen to it that a school is told of that may be.
    if row.learning && !incident {
        return Ok(None);
    }
    Ok(Some(News {
        outbox: message.id,
        topic: message.topic.clone(),
        subject: if incident { format!("incident/{fault}") } else { message.key.clone() },
        fault,
        severity: store::fault::severity_of(row.severity),
        breaks_at: row.breaks_at,
        reported: row.reports > 0 || row.origin == "school",
        by: text("by").to_owned(),
        said: text("said").chars().take(SAID).collect(),
        seen_by: notice::seen_by(tx, fault, incident)?,
        code: row.code,
    }))
}

fn kept(told: &Notice, news: &[News], now: Timestamp) -> Kept {
    let news = &news[told.news];
    Kept {
        account: told.account,
        webhook: told.hook.unwrap_or(0),
        subject: news.subject.clone(),
        fault: news.fault,
        topic: news.topic.clone(),
        matter: told.matter,
        pace: told.pace.code().to_owned(),
        at: now,
        by: news.by.clone(),
        said: news.said.clone(),
        due_at: told.due_at,
    }
}

/// Somebody asked for a link by a name: a school's mailbox opens its account, anybody else chooses a password. Whether there is such an account is
/// said to nobody but its mailbox.
fn make_links(tx: &mut Tx<'_>, message: &Message, now: Timestamp) -> store::Result<()> {
    let body: BTreeMap<String, String> = serde_json::from_str(&message.body).unwrap_or_default();
    let text = |name: &str| body.get(name).map_or("", String::as_str);
    for account in notice::asked_by_name(tx, text("login"), text("school"))? {
        if delivery::links_since(tx, account.id, now - 3_600)? >= LINKS_AN_HOUR {
            continue;
        }
        let sort = if account.role == Role::School { SIGN_IN } else { SET_PASSWORD };
        let id = delivery::fresh(tx)?;
        delivery::add(tx, &Delivery { id, account: account.id, webhook: 0, sort: sort.to_owned(), made_at: now, attempts: 0 })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_grow_rarer_and_end() {
        let delivery = |attempts, sort: &str| Delivery { id: 1, account: 1, webhook: 0, sort: sort.into(), made_at: Timestamp(0), attempts };
        let waits = |attempts| again_at(&delivery(attempts, "notices"), false, Timestamp(0)).map(|at| at.0);
        assert_eq!([1, 2, 3, 9, 10, 60].map(waits), [Some(60), Some(120), Some(240), Some(15_360), Some(21_600), Some(21_600)]);
        assert_eq!(again_at(&delivery(20, "notices"), false, Timestamp(GIVE_UP_S)), None);
        assert_eq!(again_at(&delivery(2, "notices"), true, Timestamp(0)), Some(Timestamp(120)));
        assert_eq!(again_at(&delivery(3, "notices"), true, Timestamp(0)), None);
        assert_eq!(again_at(&delivery(6, SIGN_IN), false, Timestamp(0)), None);
    }
}

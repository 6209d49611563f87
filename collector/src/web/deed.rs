//! What people do with faults, from forms and JSON alike: what is asked becomes an action of the core, a refusal becomes a sentence.
//!
//! Comes in: fields of a form or of a JSON body. Goes out: the action, done to one fault or to each of several; the forms that a fault's page offers. Absent on purpose:
//! what is possible (`domain/fault/life`), the writing (`act`).

use super::error::Failure;
use super::live::Topic;
use super::visitor::Signed;
use super::words::Words;
use super::{Stop, Web};
use crate::act::{self, Acted, Doer, SHORT};
use crate::domain::fault::{Action, Cause, Hand, Known, Life, Refusal, Verb};
use crate::domain::plan::Plan;
use crate::domain::right::Right;
use rollcall_shared::{SchoolId, Timestamp};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Most faults of one deed: each is a transaction of its own.
pub const MOST: usize = 50;

/// What somebody asks to do.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = FaultDeed)]
pub struct Asked {
    /// What to do.
    #[schema(schema_with = super::api::codes::verbs, required = true)]
    pub verb: String,
    /// What is said with it; refuse, dismiss, reopen and comment want it.
    pub text: String,
    /// `assign`: code of the lot.
    pub lot: String,
    /// `suspend`: part, school_closed, no_access, quote, town, line_operator, plan.
    #[schema(schema_with = super::api::codes::causes)]
    pub cause: String,
    /// `suspend`: the day on which the wait ends, as 2026-11-30; empty: until somebody says so.
    pub until: String,
    /// `refer`: the contractor's own number.
    pub number: String,
    /// The form's token.
    #[schema(ignore)]
    pub csrf: String,
}

/// The right with which an account moves faults.
pub fn doer(signed: &Signed) -> Result<Doer, Failure> {
    signed.must(Right::MendFaults)?;
    let hand = if signed.account.role.may(Right::WorkOnFaults) { Hand::Town } else { Hand::Contractor };
    Ok(Doer { login: signed.account.login.clone(), hand })
}

/// Does it: the school and the fault as it is now.
pub async fn done(web: &Web, signed: &Signed, number: i64, asked: Asked) -> Result<(SchoolId, Known), Failure> {
    let doer = doer(signed)?;
    signed.must_see_fault(web, number).await?;
    let words = signed.visitor.words.clone();
    let (now, state) = (web.now(), web.clone());
    let acted = web
        .write(move |tx| -> Result<_, Stop> {
            let action = action(&words, &state.planned.get(tx)?.plan, &asked)?;
            Ok(act::act(tx, number, &action, &asked.text, &doer, &state.zone, now)?)
        })
        .await?;
    match acted {
        Acted::Unknown => Err(Failure::NotFound),
        Acted::Refused(refusal) => Err(Failure::Refused(refused(&signed.visitor.words, refusal))),
        Acted::Done(school, known) => {
            web.live.tell(Topic::School(school));
            Ok((school, *known))
        }
    }
}

/// What became of each fault of a deed: as it is now, or why not.
pub type Outcomes = Vec<(i64, Result<Known, Failure>)>;

/// Does it to several, [`MOST`] at most: each goes the way that it would go alone, and one that refuses holds up no other.
pub async fn each(web: &Web, signed: &Signed, numbers: BTreeSet<i64>, asked: &Asked) -> Result<Outcomes, Failure> {
    signed.must(Right::MendFaults)?;
    // What is wrong with the deed itself is wrong for all, and told before anything is done.
    let (state, words, wanted) = (web.clone(), signed.visitor.words.clone(), asked.clone());
    web.read(move |tx| -> Result<_, Stop> { Ok(action(&words, &state.planned.get(tx)?.plan, &wanted).map(drop)?) }).await?;
    let mut outcomes: Outcomes = Vec::with_capacity(numbers.len().min(MOST));
    for number in numbers.into_iter().take(MOST) {
        let outcome = match done(web, signed, number, asked.clone()).await {
            Ok((_, known)) => Ok(known),
            Err(own @ (Failure::Refused(_) | Failure::NotFound)) => Err(own),
            // What fails for the first of all fails for all; but what was done before is told.
            Err(other) if outcomes.iter().all(|(_, outcome)| outcome.is_err()) => return Err(other),
            Err(other) => {
                if let Failure::Internal(error) = &other {
                    tracing::error!(fault = number, error = format!("{error:#}"), "a deed for several faults failed for one");
                }
                Err(other)
            }
        };
        outcomes.push((number, outcome));
    }
    Ok(outcomes)
}

fn action(words: &Words, plan: &Plan, asked: &Asked) -> Result<Action, Failure> {
    let one_of = |name: &str, found: &str, codes: Vec<&str>| {
        Failure::Bad(format!(
            "{name}: {} {:?}, {} {}",
            words.t("asked-found"),
            rollcall_shared::wire::clip(found, 60),
            words.t("asked-expected"),
            codes.join(", ")
        ))
    };
    let no_cause = || one_of("cause", &asked.cause, Cause::ALL.map(Cause::code).to_vec());
    if !asked.cause.is_empty() && Cause::from_code(&asked.cause).is_none() {
        return Err(no_cause());
    }
    let verb = Verb::from_code(&asked.verb).ok_or_else(|| one_of("verb", &asked.verb, Verb::all().map(Verb::code).collect()))?;
    Ok(match verb {
        Verb::Acknowledge => Action::Acknowledge,
        Verb::Assign => {
            let lot = plan.lots.iter().find(|lot| lot.lot == asked.lot);
            let none = || one_of("lot", &asked.lot, plan.lots.iter().map(|lot| lot.lot.as_str()).collect());
            let lot = lot.filter(|_| !asked.lot.is_empty()).ok_or_else(none)?;
            Action::Assign { lot: lot.lot.clone(), contractor: lot.contractor.clone().unwrap_or_default() }
        }
        Verb::Start => Action::Start,
        Verb::Suspend => Action::Suspend { cause: Cause::from_code(&asked.cause).ok_or_else(no_cause)?, until: day(words, &asked.until)? },
        Verb::Resume => Action::Resume,
        Verb::Claim => Action::Claim,
        Verb::Verify => Action::Verify,
        Verb::Refuse => Action::Refuse,
        Verb::Mend => Action::Mend,
        Verb::Dismiss => Action::Dismiss,
        Verb::Accept => Action::Accept,
        Verb::Reopen => Action::Reopen,
        Verb::Confirm => Action::Confirm,
        Verb::Comment => Action::Comment,
        Verb::Refer => Action::Refer { number: asked.number.trim().chars().take(SHORT).collect() },
    })
}

/// The first moment of a day, by the programme's clock; an empty text is none.
pub fn day(words: &Words, text: &str) -> Result<Option<Timestamp>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let bad = || Failure::Bad(words.named("bad-day", rollcall_shared::wire::clip(text, 60)));
    let day: jiff::civil::Date = text.trim().parse().map_err(|_| bad())?;
    let zoned = day.to_zoned(words.zone.clone()).map_err(|_| bad())?;
    Ok(Some(Timestamp(zoned.timestamp().as_second())))
}

fn refused(words: &Words, refusal: Refusal) -> String {
    let key = format!("refusal-{}", refusal.code().replace('_', "-"));
    match refusal {
        Refusal::NotNow(verb, state) => {
            let args = [("verb", words.coded("verb-", verb.code()).into()), ("state", words.coded("fault-state-", state.code()).into())];
            words.with(&key, args)
        }
        Refusal::NotYours(verb) | Refusal::NoReason(verb) => words.with(&key, [("verb", words.coded("verb-", verb.code()).into())]),
        Refusal::NoLot | Refusal::Past | Refusal::TooLate | Refusal::NothingToConfirm | Refusal::NoNumber => words.t(&key),
    }
}

/// What a fault's page offers.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    /// Deeds that want nothing but perhaps a word: code and label.
    pub plain: Vec<(&'static str, String)>,
    /// Lots to which it may be given: code, name, whether it has it.
    pub lots: Vec<(String, String, bool)>,
    /// What it may wait for: code and word.
    pub causes: Vec<(&'static str, String)>,
    /// The contractor's number may be noted.
    pub refer: bool,
}

/// The forms of a life.
pub fn offers(words: &Words, plan: &Plan, life: &Life, hand: Hand) -> Offers {
    let mut offers = Offers::default();
    for verb in life.possible(hand) {
        match verb {
            Verb::Assign => {
                let name = |lot: &crate::domain::plan::model::Lot| {
                    [lot.name.as_str(), lot.contractor.as_deref().unwrap_or("")]
                        .into_iter()
                        .filter(|part| !part.is_empty())
                        .collect::<Vec<_>>()
                        .join(" · ")
                };
                offers.lots = plan.lots.iter().map(|lot| (lot.lot.clone(), name(lot), lot.lot == life.lot)).collect();
            }
            Verb::Suspend => offers.causes = Cause::ALL.map(|cause| (cause.code(), words.coded("cause-", cause.code()))).to_vec(),
            Verb::Refer => offers.refer = true,
            verb => offers.plain.push((verb.code(), words.coded("verb-", verb.code()))),
        }
    }
    offers
}

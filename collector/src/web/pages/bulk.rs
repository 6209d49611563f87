//! `/faults/act`: one deed for several faults at once.
//!
//! Comes in: the faults ticked in a list, the deed with its words. Goes out: what became of each. Absent on purpose: the deed itself: each fault goes the
//! way that it would go alone ([`crate::web::deed`]), and one that refuses holds up no other.

use super::{Frame, Page, render};
use crate::domain::fault::{Cause, Known, Verb};
use crate::domain::right::Right;
use crate::web::Web;
use crate::web::deed::{self, Asked, MOST};
use crate::web::error::Failure;
use crate::web::visitor::Signed;
use crate::web::words::Words;
use askama::Template;
use axum::extract::{Form, State};
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "pages/bulk.html")]
struct BulkPage {
    frame: Frame,
    title: String,
    refused: String,
    lines: Vec<Line>,
    back: String,
}

struct Line {
    id: i64,
    done: bool,
    said: String,
}

/// What a list offers for its ticked faults: deeds and causes, each with its word.
#[derive(Debug, Default)]
pub struct Offered {
    /// Deeds.
    pub verbs: Vec<(&'static str, String)>,
    /// What one waits for.
    pub causes: Vec<(&'static str, String)>,
}

/// What this account may do to several faults; nothing, if it mends none.
pub fn offered(words: &Words, signed: &Signed) -> Offered {
    if !signed.account.role.may(Right::MendFaults) {
        return Offered::default();
    }
    let mut verbs = vec![Verb::Acknowledge, Verb::Suspend, Verb::Resume, Verb::Comment];
    if signed.account.role.may(Right::WorkOnFaults) {
        verbs.extend([Verb::Dismiss, Verb::Accept]);
    }
    Offered {
        verbs: verbs.into_iter().map(|verb| (verb.code(), words.coded("verb-", verb.code()))).collect(),
        causes: Cause::ALL.map(|cause| (cause.code(), words.coded("cause-", cause.code()))).to_vec(),
    }
}

/// Does it, fault by fault.
pub async fn act(State(web): State<Web>, signed: Signed, Form(form): Form<Vec<(String, String)>>) -> Page {
    let field = |name: &str| form.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default();
    signed.visitor.check_form(&field("csrf"))?;
    signed.must(Right::MendFaults)?;
    let words = signed.visitor.words.clone();
    let numbers: BTreeSet<i64> = form.iter().filter(|(name, _)| name == "fault").filter_map(|(_, number)| number.parse().ok()).collect();
    if numbers.is_empty() {
        return Err(Failure::Bad(words.t("bulk-none")));
    }
    if numbers.len() > MOST {
        return Err(Failure::Bad(words.n("bulk-too-many", MOST as i64)));
    }
    let asked = Asked { verb: field("verb"), text: field("text"), cause: field("cause"), until: field("until"), ..Asked::default() };
    // A cause belongs to waiting alone; a form sends all its fields.
    let asked = if asked.verb == Verb::Suspend.code() { asked } else { Asked { cause: String::new(), until: String::new(), ..asked } };
    let line = |(id, outcome): (i64, Result<Known, Failure>)| {
        let (done, said) = match outcome {
            Ok(known) => (true, words.coded("fault-state-", known.life.state.code())),
            Err(Failure::NotFound) => (false, words.t("bulk-gone")),
            Err(other) => (false, other.said(&words)),
        };
        Line { id, done, said }
    };
    let lines: Vec<Line> = deed::each(&web, &signed, numbers, &asked).await?.into_iter().map(line).collect();
    let refused = lines.iter().filter(|line| !line.done).count() as i64;
    let back = field("back");
    render(&BulkPage {
        frame: Frame::new(&web, &signed.visitor, "bulk", "/faults"),
        title: words.n("bulk-title", lines.len() as i64 - refused),
        refused: words.n("bulk-refused", refused),
        back: if back == "/faults" || back.starts_with("/faults?") { back } else { "/faults".to_owned() },
        lines,
    })
}

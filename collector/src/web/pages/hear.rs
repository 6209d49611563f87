//! The part of `/account` that says what one hears: choices, quiet hours, address, webhooks, the last deliveries.
//!
//! Comes in: forms. Goes out: the same page with what was done. Absent on purpose: the keeping of it (`web/hear`), other parts of the page
//! (`account`).

use super::Page;
use super::account::{Bare, Said, page};
use crate::domain::notice::{Choice, Matter};
use crate::store::account::Role;
use crate::store::delivery::Standing;
use crate::store::notice::NO_QUIET;
use crate::web::Web;
use crate::web::error::Failure;
use crate::web::hear::{self, Hears, Wished};
use crate::web::visitor::Signed;
use crate::web::words::{When, Words};
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect};
use std::collections::BTreeMap;

/// Zones that France has, for choosing.
pub(super) const ZONES: [&str; 10] = [
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/Miquelon",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Wallis",
];

/// A choice: code, words, whether it is the one.
type Choosable = (&'static str, String, bool);

/// What the part shows.
pub(super) struct Part {
    pub(super) by_mail: bool,
    pub(super) email: String,
    pub(super) may_set_email: bool,
    pub(super) matters: Vec<(&'static str, String, Vec<Choosable>)>,
    pub(super) digest: String,
    pub(super) quiet: &'static str,
    pub(super) town: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) at_night: bool,
    pub(super) zone: String,
    pub(super) french: bool,
    pub(super) waiting: Option<(String, String)>,
    pub(super) webhooks: Vec<(i64, String, String)>,
    pub(super) hosts: String,
    pub(super) deliveries: Vec<Sent>,
}

/// One delivery.
pub(super) struct Sent {
    pub(super) to: String,
    pub(super) made: When,
    pub(super) state: String,
    pub(super) bad: bool,
    pub(super) attempts: String,
    pub(super) error: String,
}

/// A delivery in words.
pub(super) fn sent(words: &Words, standing: Standing) -> Sent {
    let state = match (standing.sent_at, standing.given_up_at) {
        (Some(_), _) => "delivery-sent",
        (None, Some(_)) => "delivery-given-up",
        (None, None) if standing.error.is_empty() => "delivery-open",
        (None, None) => "delivery-again",
    };
    Sent {
        to: standing.to,
        made: words.when(standing.made_at),
        state: words.t(state),
        bad: standing.sent_at.is_none() && !standing.error.is_empty(),
        attempts: words.n("delivery-attempts", standing.attempts),
        error: if standing.sent_at.is_none() { standing.error } else { String::new() },
    }
}

/// The part for one account.
pub(super) fn part(web: &Web, signed: &Signed, hears: Hears) -> Part {
    let words = &signed.visitor.words;
    let notices = &web.config.notices;
    let choices = |chosen: Choice| Choice::ALL.map(|choice| (choice.code(), words.coded("notice-choice-", choice.code()), choice == chosen)).into();
    let matter = |(matter, chosen): (&Matter, &Choice)| (matter.code(), words.coded("notice-matter-", matter.code()), choices(*chosen));
    let own = hears.hearing.quiet.split_once('-');
    let named = |matters: &std::collections::BTreeSet<Matter>| {
        matters.iter().map(|matter| words.coded("notice-matter-", matter.code())).collect::<Vec<_>>().join(" · ")
    };
    let (count, next) = hears.waiting;
    Part {
        by_mail: web.config.mail.is_on(),
        email: hears.hearing.email.clone(),
        may_set_email: signed.account.role != Role::School && hears.has_password,
        matters: hears.choices.iter().map(matter).collect(),
        digest: words.n("notice-digest-text", notices.digest_hours),
        quiet: match hears.hearing.quiet.as_str() {
            "" => "town",
            NO_QUIET => NO_QUIET,
            _ => "own",
        },
        town: if notices.quiet.is_empty() { words.t("notice-quiet-none") } else { notices.quiet.clone() },
        from: own.map_or("20:00", |(from, _)| from).to_owned(),
        until: own.map_or("07:00", |(_, until)| until).to_owned(),
        at_night: hears.hearing.urgent_at_night,
        zone: if hears.hearing.zone.is_empty() { web.config.pages.zone.clone() } else { hears.hearing.zone.clone() },
        french: hears.language != "en",
        waiting: next.map(|next| (words.n("notice-waiting", count), words.moment(next))),
        webhooks: hears.webhooks.iter().map(|hook| (hook.id, hook.url.clone(), named(&hook.matters))).collect(),
        hosts: notices.webhook_hosts.join(", "),
        deliveries: hears.deliveries.into_iter().map(|standing| sent(words, standing)).collect(),
    }
}

type Fields = BTreeMap<String, String>;

fn field<'a>(form: &'a Fields, name: &str) -> &'a str {
    form.get(name).map_or("", |value| value.trim())
}

async fn answer(web: &Web, signed: &Signed, trouble: Option<String>, done: &str) -> Page {
    let done = trouble.is_none().then(|| signed.visitor.words.t(done));
    page(web, signed, Said { trouble, done, ..Said::default() }).await
}

/// Keeps choices and quiet hours; each matter is a field `matter-…`.
pub async fn choose(State(web): State<Web>, signed: Signed, Form(form): Form<Fields>) -> Page {
    signed.visitor.check_form(field(&form, "csrf"))?;
    let choice = |matter: Matter| Some((matter, Choice::from_code(field(&form, &format!("matter-{}", matter.code())))?));
    let wished = Wished {
        choices: Matter::ALL.into_iter().filter_map(choice).collect(),
        quiet: match field(&form, "quiet") {
            "own" => format!("{}-{}", field(&form, "from"), field(&form, "until")),
            NO_QUIET => NO_QUIET.to_owned(),
            _ => String::new(),
        },
        urgent_at_night: field(&form, "at_night") == "yes",
        zone: Some(field(&form, "zone")).filter(|zone| *zone != web.config.pages.zone).unwrap_or("").to_owned(),
        language: field(&form, "language").to_owned(),
    };
    let trouble = hear::choose(&web, &signed.visitor.words, &signed.account, wished).await?;
    answer(&web, &signed, trouble, "notice-saved").await
}

/// Keeps another address.
pub async fn email(State(web): State<Web>, signed: Signed, Form(form): Form<Fields>) -> Page {
    signed.visitor.check_form(field(&form, "csrf"))?;
    let own = form.get("own").cloned().unwrap_or_default();
    let trouble = hear::choose_email(&web, &signed.visitor.words, &signed.account, field(&form, "email"), own).await?;
    answer(&web, &signed, trouble, "notice-email-done").await
}

/// Adds a webhook and shows its secret, this once; each matter is a field `hook-…`.
pub async fn add_webhook(State(web): State<Web>, signed: Signed, Form(form): Form<Fields>) -> Page {
    signed.visitor.check_form(field(&form, "csrf"))?;
    let matters = Matter::ALL.into_iter().filter(|matter| field(&form, &format!("hook-{}", matter.code())) == "yes").collect();
    match hear::add_webhook(&web, &signed.visitor.words, &signed.account, field(&form, "url"), matters).await? {
        Ok((_, secret)) => page(&web, &signed, Said { secret: Some(secret), ..Said::default() }).await,
        Err(trouble) => answer(&web, &signed, Some(trouble), "").await,
    }
}

/// Ends a webhook.
pub async fn drop_webhook(State(web): State<Web>, signed: Signed, Path(webhook): Path<i64>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    if hear::drop_webhook(&web, &signed.account, webhook).await? {
        Ok(Redirect::to("/account#notices").into_response())
    } else {
        Err(Failure::NotFound)
    }
}

//! Views that somebody keeps: the address of a list, filter and all, under a name of one's own.
//!
//! Comes in: an account, forms. Goes out: the views for start page and lists; kept and forgotten ones. Absent on purpose: filters (an address is one),
//! views of others.

use super::Page;
use crate::store::account::{self, AuditLine};
use crate::store::{self, Tx, saved_view};
use crate::web::error::Failure;
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Stop, Web};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

/// Longest name, in characters.
const NAME: usize = 60;
/// Longest address, in bytes.
pub const ADDRESS: usize = 1_000;
/// Lists that can be kept.
const LISTS: [&str; 6] = ["/faults", "/schools", "/devices", "/map", "/visits", "/round"];

/// What a page shows of them.
#[derive(Debug, Default)]
pub struct Views {
    /// Name and address, by name.
    pub kept: Vec<(String, String)>,
    /// The address that this page would keep; empty: it is no list.
    pub here: String,
}

impl Views {
    /// The name under which this very list is kept already.
    pub fn known(&self) -> Option<&str> {
        self.kept.iter().find(|(_, address)| *address == self.here).map(|(name, _)| name.as_str())
    }
}

/// Those of an account, on a page of this path.
pub fn views(tx: &mut Tx<'_>, account: i64, path: &str) -> store::Result<Views> {
    Ok(Views { kept: saved_view::of_account(tx, account)?, here: bare(path).unwrap_or_default() })
}

/// The address of a list without the place where its page begins; none where it is no list of ours.
fn bare(path: &str) -> Option<String> {
    let (list, query) = path.split_once('?').unwrap_or((path, ""));
    if !LISTS.contains(&list) || path.len() > ADDRESS || path.chars().any(|letter| letter.is_control() || letter == '\\') {
        return None;
    }
    let kept: Vec<&str> =
        query.split('&').filter(|pair| pair.split_once('=').is_some_and(|(name, value)| name != "after" && !value.is_empty())).collect();
    Some(if kept.is_empty() { list.to_owned() } else { format!("{list}?{}", kept.join("&")) })
}

/// A view to keep or to forget.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    csrf: String,
    name: String,
    address: String,
}

fn named(words: &Words, name: &str) -> Result<String, Failure> {
    let name = name.trim();
    let count = name.chars().count();
    if count == 0 || count > NAME || name.chars().any(char::is_control) {
        return Err(Failure::Bad(words.n("view-bad-name", NAME as i64)));
    }
    Ok(name.to_owned())
}

/// Keeps a view.
pub async fn keep(State(web): State<Web>, signed: Signed, Form(form): Form<Asked>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let (_, address) = kept(&web, &signed, &form.name, &form.address).await?;
    Ok(Redirect::to(&address).into_response())
}

/// Keeps a list under a name, from a form or from a program: name and address as they are kept.
pub async fn kept(web: &Web, signed: &Signed, name: &str, address: &str) -> Result<(String, String), Failure> {
    let words = &signed.visitor.words;
    let name = named(words, name)?;
    let address = bare(address).ok_or_else(|| Failure::Bad(words.t("view-bad-address")))?;
    let (id, who, now, view) = (signed.account.id, signed.account.login.clone(), web.now(), (name.clone(), address.clone()));
    let kept = web
        .write(move |tx| -> Result<_, Stop> {
            let was = saved_view::keep(tx, id, &name, &address, now)?;
            if let Some(was) = &was {
                let (what, subject) = ("view.keep".to_owned(), name.clone());
                account::audit(tx, &AuditLine { at: now, who: who.clone(), what, subject, was: was.clone(), becomes: address.clone() })?;
            }
            Ok(was.is_some())
        })
        .await?;
    if !kept {
        return Err(Failure::Refused(words.n("view-too-many", saved_view::MOST)));
    }
    Ok(view)
}

/// Forgets one.
pub async fn forget(State(web): State<Web>, signed: Signed, Form(form): Form<Asked>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    let was = forgotten(&web, &signed, form.name).await?;
    // Back to where one was, if that is a list; else to the list itself.
    Ok(Redirect::to(&bare(&form.address).unwrap_or(was)).into_response())
}

/// Forgets a view, for a form or for a program; where it led to.
pub async fn forgotten(web: &Web, signed: &Signed, name: String) -> Result<String, Failure> {
    let (id, who, now) = (signed.account.id, signed.account.login.clone(), web.now());
    let was = web
        .write(move |tx| -> Result<_, Stop> {
            let was = saved_view::forget(tx, id, &name)?;
            if let Some(was) = &was {
                let (what, subject) = ("view.forget".to_owned(), name.clone());
                account::audit(tx, &AuditLine { at: now, who: who.clone(), what, subject, was: was.clone(), becomes: String::new() })?;
            }
            Ok(was)
        })
        .await?;
    was.ok_or(Failure::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_the_address_of_a_list_of_ours_and_begins_at_its_beginning() {
        for (path, kept) in [
            ("/faults?code=ups_overload&state=&after=1.2.3.4", Some("/faults?code=ups_overload")),
            ("/schools", Some("/schools")),
            ("/map?within=1,2,3,4", Some("/map?within=1,2,3,4")),
            ("//evil.example/faults", None),
            ("https://evil.example/faults", None),
            ("/faults/3", None),
            ("/admin", None),
            ("/faults?q=a\nb", None),
            ("", None),
        ] {
            assert_eq!(bare(path).as_deref(), kept, "{path}");
        }
        assert_eq!(bare(&format!("/faults?q={}", "a".repeat(ADDRESS))), None);
    }
}

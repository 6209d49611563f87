//! `/privacy`: what is held, why, for how long; open to everybody, for it is about them.
//!
//! Comes in: nothing. Goes out: the page. Absent on purpose: any figure of a school.

use super::{Frame, Page, render};
use crate::web::Web;
use crate::web::visitor::Visitor;
use askama::Template;
use axum::extract::State;

/// Rows of the register of what is held: each has three texts, `held-NAME`, `held-NAME-why`, `held-NAME-long`.
const HELD: [&str; 8] = ["device", "presence", "name", "visitor", "picture", "fault", "account", "mail"];

#[derive(Template)]
#[template(path = "pages/privacy.html")]
struct Privacy {
    frame: Frame,
    held: Vec<[String; 3]>,
}

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor) -> Page {
    let words = visitor.words.clone();
    let row = |name: &str| [words.t(&format!("held-{name}")), words.t(&format!("held-{name}-why")), words.t(&format!("held-{name}-long"))];
    render(&Privacy { frame: Frame::new(&web, &visitor, "privacy-title", "/privacy"), held: HELD.map(row).into() })
}

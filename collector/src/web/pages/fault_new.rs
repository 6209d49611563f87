//! `/faults/new`: somebody reports what no look can see, or sees it first.
//!
//! Comes in: the form. Goes out: the fault that the report opened or joined. Absent on purpose: the joining (`act`).

use super::{Frame, Page, render};
use crate::act::{self, Doer, Report};
use crate::domain::fault::{Hand, Origin, Severity};
use crate::domain::kind::Kind;
use crate::domain::right::Right;
use crate::store::{fleet, view};
use crate::web::error::Failure;
use crate::web::live::Topic;
use crate::web::visitor::Signed;
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect};
use rollcall_shared::{DeviceId, SchoolId};
use serde::Deserialize;
use utoipa::ToSchema;

/// Schools that the form offers; a town has some hundreds, and a code can be typed.
const SCHOOLS: i64 = 500;

#[derive(Template)]
#[template(path = "pages/fault_new.html")]
struct FaultNew {
    frame: Frame,
    asked: Asked,
    schools: Vec<(String, String)>,
    kinds: Vec<(&'static str, String)>,
}

/// A report, from a form or as JSON; in the address of the page it fills the form.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = FaultReport)]
pub struct Asked {
    /// Code of the school.
    pub school: String,
    /// Number of the device; empty: not known.
    pub device: String,
    /// Room.
    pub room: String,
    /// Code of a kind.
    pub kind: String,
    /// What is wrong.
    pub text: String,
    /// critical, major, minor; empty: major.
    pub severity: String,
    /// `school`: a school reports it, and no contract's clock starts before the town confirms; empty: the town.
    pub origin: String,
    /// The form's token.
    #[schema(ignore)]
    pub csrf: String,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Page {
    signed.must(Right::Report)?;
    let words = signed.visitor.words.clone();
    let schools = signed.read(&web, |tx| -> Result<_, Stop> { Ok(view::school::list(tx, &view::school::Filter::default(), None, SCHOOLS)?) }).await?;
    render(&FaultNew {
        frame: Frame::new(&web, &signed.visitor, "fault-new", "/faults"),
        asked,
        schools: schools.into_iter().map(|row| (row.code, row.name)).collect(),
        kinds: Kind::ALL.iter().map(|kind| (kind.code(), kind.label(words.language).to_owned())).collect(),
    })
}

/// Files it, and shows the fault.
pub async fn file(State(web): State<Web>, signed: Signed, Form(asked): Form<Asked>) -> Page {
    signed.visitor.check_form(&asked.csrf)?;
    let (filed, _) = filed(&web, &signed, asked).await?;
    let back = if signed.account.role.may(Right::SeeFaults) { format!("/faults/{}", filed.number) } else { "/my-school?said=yes".to_owned() };
    Ok(Redirect::to(&back).into_response())
}

/// Files a report.
pub async fn filed(web: &Web, signed: &Signed, asked: Asked) -> Result<(act::Filed, SchoolId), Failure> {
    signed.must(Right::Report)?;
    let town = signed.account.role.may(Right::WorkOnFaults);
    let doer = Doer { login: signed.account.login.clone(), hand: Hand::Town };
    let (words, now) = (signed.visitor.words.clone(), web.now());
    if asked.text.trim().is_empty() {
        return Err(Failure::Bad(words.t("fault-new-no-text")));
    }
    let filed = signed
        .write(web, move |tx| -> Result<_, Stop> {
            let code = rollcall_shared::wire::clip(&asked.school, 60);
            let known = view::school::one(tx, &asked.school)?.ok_or_else(|| Failure::Bad(words.named("fault-new-no-school", code)))?;
            let device = asked.device.trim();
            let device = if device.is_empty() {
                None
            } else {
                let number = device.parse::<i64>().ok().map(DeviceId);
                let here = fleet::devices_of_school(tx, known.id)?.into_iter().map(|device| device.id).find(|id| Some(*id) == number);
                Some(here.ok_or_else(|| Failure::Bad(words.t("fault-new-no-device")))?)
            };
            let report = Report {
                school: known.id,
                device,
                room: asked.room.clone(),
                kind: Kind::from_code(&asked.kind).map(|kind| kind.code().to_owned()).unwrap_or_default(),
                text: asked.text.clone(),
                severity: Severity::from_code(&asked.severity).unwrap_or(Severity::Major),
                origin: if asked.origin == "school" || !town { Origin::School } else { Origin::Town },
            };
            Ok((act::file(tx, &report, &doer, now)?, known.id))
        })
        .await?;
    web.live.tell(Topic::School(filed.1));
    Ok(filed)
}

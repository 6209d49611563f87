//! Labels: sheets of them to print, and what scanning one opens, for whoever scans.
//!
//! Comes in: a label's code and the check that its square carries. Goes out: the device or its fault for those who may see it; for a teacher
//! without an account what the thing is, what became of earlier reports, and a form. Absent on purpose: the filing of reports (`act`).
//!
//! The check keeps codes from being tried one after the other: without the sticker nobody learns that a label exists.

use super::{Frame, Page, render};
use crate::act::{self, Doer, Report};
use crate::domain::fault::{Hand, Origin, Severity};
use crate::domain::kind::Kind;
use crate::domain::place::AssetState;
use crate::store::register::Cells;
use crate::store::sight::{Eyes, scope};
use crate::store::{self, Tx, meta, register, school, view};
use crate::web::error::Failure;
use crate::web::live::Topic;
use crate::web::visitor::{Signed, Visitor, form_encoded, fresh_token, peer_key};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use rollcall_shared::{DeviceId, SchoolId};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Where the secret of the checks is kept.
const SECRET: &str = "label_secret";
/// Letters of a check: without those that are taken for another.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789z";
/// How many letters: 2^40 checks.
const CHECK: usize = 8;
/// Longest text of a report without an account, in characters.
const TEXT: usize = 500;
/// Labels of one sheet's page.
const LABELS: usize = 2_000;
/// Forms of sheets: labels across and down of an A4 sheet.
const FORMS: [(&str, u32); 3] = [("24", 3), ("40", 4), ("65", 5)];
/// Open faults that a scan looks through.
const FAULTS: i64 = 20;

/// The check of a label.
pub fn check(secret: &str, label: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"label ");
    hash.update(secret.as_bytes());
    hash.update([0]);
    hash.update(label.as_bytes());
    hash.finalize().iter().take(CHECK).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// The secret, made at its first use.
async fn secret(web: &Web) -> Result<String, Failure> {
    if let Some(known) = web.read(|tx| Ok(meta::get(tx, SECRET)?)).await? {
        return Ok(known);
    }
    let fresh = fresh_token()?;
    web.write(move |tx| -> Result<_, Stop> {
        // Of two that make one at once the first holds.
        if meta::get(tx, SECRET)?.is_none() {
            meta::set(tx, SECRET, &fresh)?;
        }
        Ok(meta::get(tx, SECRET)?.unwrap_or_default())
    })
    .await
}

/// What bears a label.
struct Labelled {
    cells: Cells,
    school: SchoolId,
    school_name: String,
    device: Option<DeviceId>,
}

impl Labelled {
    fn cell(&self, name: &str) -> String {
        self.cells.get(name).cloned().unwrap_or_default()
    }

    fn kind(&self) -> Option<Kind> {
        Kind::from_code(&self.cell("kind"))
    }
}

fn labelled(tx: &mut Tx<'_>, label: &str) -> store::Result<Option<Labelled>> {
    let Some(cells) = register::row(tx, "assets", &[label.to_owned()])? else { return Ok(None) };
    let code = cells.get("school").cloned().unwrap_or_default();
    let Some(known) = school::school_by_code(tx, &code)? else { return Ok(None) };
    let serial = cells.get("serial").cloned().unwrap_or_default();
    // The scanner's eyes are asked afterwards; which device it is does not hang on who scans.
    let device = view::device::of_asset(&mut Eyes::ALL.on(tx), known.id, label, &serial)?;
    Ok(Some(Labelled { cells, school: known.id, school_name: known.school.name, device }))
}

#[derive(Template)]
#[template(path = "pages/label.html")]
struct LabelPage {
    frame: Frame,
    label: String,
    address: String,
    what: String,
    model: String,
    school: String,
    room: String,
    said: bool,
    trouble: Option<String>,
    open: Vec<(String, crate::web::words::When)>,
}

/// The address's query.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    said: String,
}

/// What a scan opens.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path((label, given)): Path<(String, String)>, Query(asked): Query<Asked>) -> Page {
    let found = checked(&web, &label, &given).await?;
    if let Some(account) = visitor.account.clone() {
        let signed = Signed { visitor: visitor.clone(), account };
        if let Some(to) = leads_to(&web, &signed, &label, &found).await? {
            return Ok(Redirect::to(&to).into_response());
        }
    }
    page(&web, &visitor, &label, &given, &found, asked.said == "yes", None).await
}

async fn checked(web: &Web, label: &str, given: &str) -> Result<Labelled, Failure> {
    let expected = check(&secret(web).await?, label);
    if label.chars().count() > act::SHORT || expected != given {
        return Err(Failure::NotFound);
    }
    let label = label.to_owned();
    web.read(move |tx| Ok(labelled(tx, &label)?)).await?.ok_or(Failure::NotFound)
}

/// Where a scan leads somebody with an account: to the open fault, else to the device, else to the row of the register; nowhere, if they see none.
async fn leads_to(web: &Web, signed: &Signed, label: &str, found: &Labelled) -> Result<Option<String>, Failure> {
    use crate::domain::right::Right;
    if !signed.account.role.may(Right::SeeFaults) {
        return Ok(None);
    }
    let (device, row) = (found.device, format!("/register/assets/{}", form_encoded(label)));
    let (reads, school, kind) = (signed.account.role.may(Right::SeeProgramme), found.cell("school"), found.cell("kind"));
    signed
        .read(web, move |tx| -> Result<_, Stop> {
            if let Some(device) = device {
                let filter = view::fault::Filter { device: Some(device.0), ..Default::default() };
                if let Some(fault) = view::fault::list(tx, &filter, None, 1)?.first() {
                    return Ok(Some(format!("/faults/{}", fault.id)));
                }
                if let Some(row) = view::device::one(tx, device.0)? {
                    return Ok(Some(format!("/devices/{}", row.id)));
                }
            }
            Ok((reads && scope(tx)?.holds(Some(&school), Some(&kind))).then_some(row))
        })
        .await
}

async fn page(web: &Web, visitor: &Visitor, label: &str, given: &str, found: &Labelled, said: bool, trouble: Option<String>) -> Page {
    let (device, school) = (found.device, found.school);
    let open = web
        .read(move |tx| -> Result<_, Stop> {
            let Some(device) = device else { return Ok(Vec::new()) };
            let filter = view::fault::Filter { device: Some(device.0), ..Default::default() };
            let mut rows = view::fault::list(&mut Eyes::ALL.on(tx), &filter, None, FAULTS)?;
            rows.retain(|row| row.school == school);
            Ok(rows)
        })
        .await?;
    let words = &visitor.words;
    let what = found.kind().map_or_else(|| words.t("label-thing"), |kind| kind.label(words.language).to_owned());
    render(&LabelPage {
        frame: Frame::titled(web, visitor, format!("{what} {label}"), ""),
        address: format!("/l/{}/{given}", form_encoded(label)),
        label: label.to_owned(),
        model: [found.cell("vendor"), found.cell("model")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "),
        school: found.school_name.clone(),
        room: Some(found.cell("room")).filter(|room| !room.is_empty()).map(|room| words.in_room(&room)).unwrap_or_default(),
        said,
        trouble,
        open: open.iter().map(|row| (words.t(&format!("plain-{}", row.state)), words.when(row.opened_at))).collect(),
        what,
    })
}

/// The form of the page.
#[derive(Debug, Deserialize)]
pub struct Wish {
    #[serde(default)]
    text: String,
    /// People leave it empty; programs that fill forms do not.
    #[serde(default)]
    website: String,
}

/// Takes a report from whoever holds the sticker, as often as one in need would: each label and each address is held back like sign-ins.
pub async fn report(State(web): State<Web>, visitor: Visitor, Path((label, given)): Path<(String, String)>, Form(wish): Form<Wish>) -> Page {
    let found = checked(&web, &label, &given).await?;
    let text: String = wish.text.trim().chars().take(TEXT).collect();
    if text.is_empty() || !wish.website.is_empty() {
        let trouble = Some(visitor.words.t("fault-new-no-text"));
        return page(&web, &visitor, &label, &given, &found, false, trouble).await;
    }
    let now = web.now();
    let keys = [format!("label {label}"), format!("report {}", peer_key(visitor.peer))];
    if let Some(wait_s) = keys.iter().filter_map(|key| web.throttle.wait_s(key, now)).max() {
        return Err(Failure::TooMany(wait_s));
    }
    keys.iter().for_each(|key| web.throttle.failed(key, now));
    let report = Report {
        school: found.school,
        device: found.device,
        room: found.cell("room"),
        kind: found.cell("kind"),
        text: format!("{label} : {text}"),
        severity: Severity::Major,
        origin: Origin::School,
    };
    let doer = Doer { login: "label".to_owned(), hand: Hand::Town };
    let school = found.school;
    web.write(move |tx| -> Result<_, Stop> { Ok(act::file(tx, &report, &doer, now)?) }).await?;
    web.live.tell(Topic::School(school));
    Ok(Redirect::to(&format!("/l/{}/{given}?said=yes", form_encoded(&label))).into_response())
}

#[derive(Template)]
#[template(path = "pages/labels.html")]
struct Labels {
    frame: Frame,
    code: String,
    name: String,
    form: &'static str,
    forms: Vec<(&'static str, bool)>,
    labels: Vec<OneLabel>,
    more: usize,
}

struct OneLabel {
    code: String,
    what: String,
    room: String,
    picture: String,
}

/// Which sheets.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    form: String,
    #[serde(default)]
    room: String,
}

/// Sheets of labels of a school, to be printed.
pub async fn sheet(State(web): State<Web>, signed: Signed, Path(code): Path<String>, Query(wanted): Query<Wanted>) -> Page {
    let (state, asked) = (web.clone(), code.clone());
    let (row, planned) = signed
        .read(&web, move |tx| -> Result<_, Stop> { Ok((view::school::one(tx, &asked)?.ok_or(Failure::NotFound)?, state.planned.whole(tx)?)) })
        .await?;
    let secret = secret(&web).await?;
    let words = &signed.visitor.words;
    let form = FORMS.iter().map(|(name, _)| *name).find(|name| *name == wanted.form).unwrap_or(FORMS[0].0);
    let here = |asset: &&crate::domain::register::Asset| asset.school.as_deref() == Some(code.as_str()) && !asset.label.is_empty();
    // What is gone needs no sticker.
    let gone = [AssetState::Lost, AssetState::Stolen, AssetState::Retired];
    let of_room = |asset: &&crate::domain::register::Asset| wanted.room.is_empty() || asset.room.as_deref() == Some(wanted.room.as_str());
    let assets: Vec<_> = planned.register.assets.iter().filter(here).filter(of_room).filter(|asset| !gone.contains(&asset.state)).collect();
    let url = web.public_url();
    let mut labels = Vec::new();
    for asset in assets.iter().take(LABELS) {
        let address = format!("{url}/l/{}/{}", form_encoded(&asset.label), check(&secret, &asset.label));
        labels.push(OneLabel {
            what: asset.kind.map(|kind| kind.label(words.language).to_owned()).unwrap_or_default(),
            room: asset.room.clone().unwrap_or_default(),
            picture: square(&address)?,
            code: asset.label.clone(),
        });
    }
    render(&Labels {
        frame: Frame::titled(&web, &signed.visitor, words.named("labels-title", &row.name), "/schools"),
        code,
        name: row.name,
        form,
        forms: FORMS.iter().map(|(name, _)| (*name, *name == form)).collect(),
        more: assets.len().saturating_sub(labels.len()),
        labels,
    })
}

/// The square of an address (ISO/IEC 18004, correction level M), as markup that stands within a page.
pub(in crate::web) fn square(address: &str) -> Result<String, Failure> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).map_err(|error| anyhow::anyhow!("a label's square: {error}"))?;
    let drawn = code.render::<svg::Color<'_>>().quiet_zone(true).build();
    Ok(drawn.split_once("?>").map_or(drawn.as_str(), |(_, svg)| svg).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_belongs_to_its_label_and_installation() {
        let own = check("secret", "VP-0012");
        assert_eq!(own.len(), CHECK);
        assert_eq!(own, check("secret", "VP-0012"));
        assert_ne!(own, check("secret", "VP-0013"));
        assert_ne!(own, check("another", "VP-0012"));
    }

    #[test]
    fn a_square_is_a_drawing_without_a_declaration() {
        let drawn = square("https://rollcall.example/l/VP-0012/abcdefgh").unwrap();
        assert!(drawn.trim_start().starts_with("<svg") && drawn.contains("</svg>") && !drawn.contains("<?xml"));
    }
}

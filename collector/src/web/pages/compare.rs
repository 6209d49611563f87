//! `/compare`: lists that others keep, beside what agents see and what the register holds; lists come in and go out here.
//!
//! Comes in: a side, a school, a file. Goes out: the page. Absent on purpose: which things meet (`domain/list`), reading files (`list_in`).

use super::{Frame, Page, render};
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::list::{Line as Met, Listed, Live, Odd, SOURCES, Side, compare, source};
use crate::domain::register::Register;
use crate::domain::right::Right;
use crate::list_in::{self, Bringing};
use crate::store::account::{AuditLine, audit};
use crate::store::sight::{Seen, scope};
use crate::store::{self, list, plan, view};
use crate::web::error::Failure;
use crate::web::session::blocking;
use crate::web::upload::Upload;
use crate::web::visitor::{Signed, form_encoded};
use crate::web::words::{When, Words};
use crate::web::{Stop, Web};
use askama::Template;
use axum::extract::{Form, Path, Query, State as Shared};
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Devices compared at once; a larger town is compared school by school.
const MAX_LIVE: i64 = 50_000;
/// Lines of a page.
const LINES: usize = 100;
/// Who may know a device.
const SIDES: [Side; 3] = [Side::List, Side::Live, Side::Register];
/// What is not known by all sides, and what is known at all.
const DIFFER: &str = "differ";
const ALL: &str = "all";
/// Which lines may be wanted.
pub const WANTED: [&str; 5] = [DIFFER, "list", "live", "register", ALL];
/// Oddities shown.
const ODD: usize = 20;

#[derive(Template)]
#[template(path = "pages/compare.html")]
struct ComparePage {
    frame: Frame,
    trouble: Option<String>,
    odd: Vec<String>,
    lists: Vec<ListLine>,
    sources: Vec<(&'static str, &'static str)>,
    tabs: Vec<Tab>,
    schools: Vec<(String, String, bool)>,
    lines: Vec<Line>,
    more: i64,
    next: Option<String>,
    today: String,
}

struct ListLine {
    id: i64,
    source: &'static str,
    name: String,
    as_of: String,
    rows: u64,
    when: When,
    by: String,
}

struct Tab {
    side: &'static str,
    text: String,
    count: usize,
    here: bool,
}

struct Line {
    what: String,
    detail: String,
    list: String,
    device: Option<(i64, String)>,
    asset: String,
}

/// What is wanted.
#[derive(Deserialize, Default)]
pub struct Wanted {
    side: Option<String>,
    school: Option<String>,
    /// Lines before the page.
    after: Option<usize>,
}

/// The page.
pub async fn show(Shared(web): Shared<Web>, signed: Signed, Query(wanted): Query<Wanted>) -> Page {
    page(&web, &signed, wanted, None, &[]).await
}

/// What the three sides say of a school's things, or of all, as far as an account sees them.
pub struct Compared {
    /// Lists that were brought in: whoever sees everything sees all, others those in which they are told something, each with so many rows.
    pub lists: Vec<list::List>,
    /// Their rows.
    pub listed: Vec<Listed>,
    /// Devices that are seen, each with what it is called.
    pub live: Vec<(Live, String)>,
    /// The register, of whose assets those that are seen.
    pub register: Register,
    /// Schools that are seen: code and name.
    pub schools: Vec<(String, String)>,
    /// The sides laid beside each other.
    pub lines: Vec<Met>,
}

fn load(tx: &mut Seen<'_, '_>, school: Option<&str>) -> Result<Compared, Stop> {
    let mut register = Register::from_tables(&plan::register(tx)?);
    let scope = scope(tx)?;
    register.assets.retain(|asset| scope.holds(asset.school.as_deref(), asset.kind.map(Kind::code)));
    Ok(Compared {
        lists: list::lists(tx)?,
        listed: list::listed(tx)?,
        live: list::live(tx, school, MAX_LIVE)?,
        register,
        schools: view::school::names(tx)?,
        lines: Vec::new(),
    })
}

impl Compared {
    /// Of one school, or all.
    pub async fn load(web: &Web, signed: &Signed, school: Option<&str>) -> Result<Compared, Failure> {
        let asked = school.map(str::to_owned);
        let mut all = signed.read(web, move |tx| load(tx, asked.as_deref())).await?;
        if let Some(school) = school {
            let name = all.schools.iter().find(|(code, _)| code == school).map_or("", |(_, name)| name);
            all.register.assets.retain(|asset| asset.school.as_deref() == Some(school));
            all.listed.retain(|listed| listed.names_school(school, name));
        }
        let live: Vec<Live> = all.live.iter().map(|(live, _)| live.clone()).collect();
        all.lines = compare(&all.listed, &live, &all.register.assets);
        if !signed.account.eyes.see_all() {
            all.keep_to_what_is_seen();
        }
        Ok(all)
    }

    /// Of a row that meets nothing which is seen is told only where it names a school that is.
    fn keep_to_what_is_seen(&mut self) {
        let schools: Vec<(String, String)> = self.schools.iter().map(|(code, name)| (fold(code), fold(name))).collect();
        let listed = &self.listed;
        self.lines.retain_mut(|line| {
            let is_seen = !line.devices.is_empty() || !line.assets.is_empty();
            line.listed.retain(|at| is_seen || listed[*at].names_one_of(&schools));
            is_seen || !line.listed.is_empty()
        });
        let mut rows: BTreeMap<i64, u64> = BTreeMap::new();
        self.lines.iter().flat_map(|line| &line.listed).for_each(|at| *rows.entry(listed[*at].list).or_default() += 1);
        self.lists.retain_mut(|list| {
            list.rows = rows.get(&list.id).copied().unwrap_or(0);
            list.rows > 0
        });
    }

    /// Whether a line is of those that are wanted: one of [`WANTED`].
    pub fn shows(&self, line: &Met, wanted: &str) -> bool {
        // Where nobody brought a list, none can be wanted of a device.
        let sides = if self.lists.is_empty() { 2 } else { 3 };
        match SIDES.into_iter().find(|side| side.code() == wanted) {
            Some(side) => line.sides().len() == 1 && line.sides().contains(&side),
            None => wanted == ALL || line.sides().len() < sides,
        }
    }
}

async fn page(web: &Web, signed: &Signed, wanted: Wanted, trouble: Option<String>, odd: &[Odd]) -> Page {
    let words = &signed.visitor.words;
    let school = wanted.school.clone().filter(|school| !school.is_empty());
    let loaded = Compared::load(web, signed, school.as_deref()).await?;
    let side = WANTED.into_iter().find(|code| wanted.side.as_deref() == Some(code)).unwrap_or(DIFFER);
    let tab = |code: &'static str| {
        let count = loaded.lines.iter().filter(|line| loaded.shows(line, code)).count();
        Tab { side: code, text: words.coded("compare-side-", code), count, here: side == code }
    };
    let before = wanted.after.unwrap_or(0);
    let shown: Vec<&Met> = loaded.lines.iter().filter(|line| loaded.shows(line, side)).skip(before).collect();
    let more = shown.len().saturating_sub(LINES);
    let at_school = school.as_deref().map(|school| format!("&school={}", form_encoded(school))).unwrap_or_default();
    render(&ComparePage {
        frame: Frame::new(web, &signed.visitor, "compare-title", "/devices"),
        trouble,
        odd: odd.iter().take(ODD).map(|odd| told(words, odd)).collect(),
        lists: loaded.lists.iter().map(|list| list_line(words, list)).collect(),
        sources: SOURCES.iter().map(|source| (source.code, source.name)).collect(),
        tabs: WANTED.map(tab).into(),
        schools: loaded.schools.iter().map(|(code, name)| (code.clone(), name.clone(), school.as_ref() == Some(code))).collect(),
        more: i64::try_from(more).unwrap_or(i64::MAX),
        next: (more > 0).then(|| format!("/compare?side={side}&after={}{at_school}", before + LINES)),
        lines: shown.into_iter().take(LINES).map(|one| line(words, &loaded, one)).collect(),
        today: today(web).to_string(),
    })
}

fn today(web: &Web) -> Date {
    jiff::Timestamp::from_second(web.now().0).unwrap_or_default().to_zoned(web.zone.clone()).date()
}

fn list_line(words: &Words, list: &list::List) -> ListLine {
    ListLine {
        id: list.id,
        source: source(&list.source).map_or("—", |source| source.name),
        name: list.name.clone(),
        as_of: words.date(&list.as_of.to_string()),
        rows: list.rows,
        when: words.when(list.at),
        by: list.by_whom.clone(),
    }
}

/// What is odd in a list, in a sentence.
pub fn told(words: &Words, odd: &Odd) -> String {
    let expected = odd.expected.text(words.language).to_owned();
    words.with("compare-odd", [("line", odd.line.into()), ("found", odd.found.clone().into()), ("expected", expected.into())])
}

/// What a device is called; by its number where it says no name.
fn called((live, name): &(Live, String)) -> String {
    if name.is_empty() { format!("#{}", live.id.0) } else { name.clone() }
}

fn line(words: &Words, loaded: &Compared, line: &Met) -> Line {
    let row = line.listed.first().map(|at| &loaded.listed[*at]);
    let asset = line.assets.first().map(|at| &loaded.register.assets[*at]);
    let device = line.devices.first().and_then(|id| loaded.live.iter().find(|(live, _)| live.id == *id));
    let what = row
        .and_then(|listed| listed.row.serial.clone().or(listed.row.name.clone()))
        .or_else(|| asset.map(|asset| asset.label.clone()))
        .or_else(|| device.map(called))
        .unwrap_or_default();
    let detail = row.map(|listed| [&listed.row.model, &listed.row.name, &listed.row.school].into_iter().flatten().cloned().collect::<Vec<_>>());
    let list = row.map(|listed| {
        let name = loaded.lists.iter().find(|list| list.id == listed.list).map_or("", |list| &list.name);
        listed.seen_on().map_or_else(|| name.to_owned(), |day| format!("{name} · {}", words.date(&day.to_string())))
    });
    Line {
        what,
        detail: detail.unwrap_or_default().join(" · "),
        list: list.unwrap_or_default(),
        device: device.map(|both| (both.0.id.0, called(both))),
        asset: asset.map(|asset| asset.label.clone()).unwrap_or_default(),
    }
}

/// A list comes in.
pub async fn bring(Shared(web): Shared<Web>, signed: Signed, upload: Upload) -> Page {
    signed.visitor.check_form(upload.field("csrf"))?;
    signed.must(Right::DecideIdentity)?;
    let words = signed.visitor.words.clone();
    if upload.bytes.is_empty() {
        return page(&web, &signed, Wanted::default(), Some(words.t("compare-no-file")), &[]).await;
    }
    let Ok(as_of) = upload.field("as_of").parse::<Date>() else {
        return page(&web, &signed, Wanted::default(), Some(words.t("compare-no-date")), &[]).await;
    };
    let (from, name) = (upload.field("source").to_owned(), upload.field("name").to_owned());
    match brought(&web, &signed, &from, &name, as_of, upload.bytes).await? {
        Ok((_, _, odd)) if odd.is_empty() => Ok(Redirect::to("/compare").into_response()),
        Ok((_, _, odd)) => page(&web, &signed, Wanted::default(), None, &odd).await,
        Err(odd) => {
            let text = told(&words, &odd);
            page(&web, &signed, Wanted::default(), Some(text), &[]).await
        }
    }
}

/// What a list came to: its number, its rows, what was odd; or why it is none.
pub type Brought = Result<(i64, usize, Vec<Odd>), Odd>;

/// Takes a list in, from a form or from a program.
pub async fn brought(web: &Web, signed: &Signed, from: &str, name: &str, as_of: Date, bytes: Vec<u8>) -> Result<Brought, Failure> {
    signed.must(Right::DecideIdentity)?;
    let from = source(from).map_or("other", |source| source.code);
    let name: String = name.trim().chars().take(80).collect();
    let name = if name.is_empty() { source(from).map_or("—", |source| source.name).to_owned() } else { name };
    let bringing = Bringing { source: from.to_owned(), name, as_of, chosen: Vec::new(), by_whom: signed.account.login.clone(), at: web.now() };
    let db = web.db.clone();
    let done = blocking(move || -> store::Result<Brought> {
        match list_in::read(&bytes, &[]) {
            Err(odd) => Ok(Err(odd)),
            Ok(brought) => {
                let rows = brought.rows.len();
                Ok(Ok((list_in::keep(&db, &bringing, brought.rows)?, rows, brought.odd)))
            }
        }
    });
    Ok(done.await??)
}

/// A form that only says yes.
#[derive(Deserialize)]
pub struct Bare {
    #[serde(default)]
    csrf: String,
}

/// A list goes out.
pub async fn remove(Shared(web): Shared<Web>, signed: Signed, Path(id): Path<i64>, Form(form): Form<Bare>) -> Page {
    signed.visitor.check_form(&form.csrf)?;
    removed(&web, &signed, id).await?;
    Ok(Redirect::to("/compare").into_response())
}

/// Takes a list out.
pub async fn removed(web: &Web, signed: &Signed, id: i64) -> Result<(), Failure> {
    signed.must(Right::DecideIdentity)?;
    let (now, who) = (web.now(), signed.account.login.clone());
    let removed = web.write(move |tx| -> Result<_, Stop> {
        let removed = list::remove(tx, id, now)?;
        if removed {
            let line = AuditLine {
                at: now,
                who: who.clone(),
                what: "list.remove".to_owned(),
                subject: id.to_string(),
                was: String::new(),
                becomes: String::new(),
            };
            audit(tx, &line)?;
        }
        Ok(removed)
    });
    if removed.await? { Ok(()) } else { Err(Failure::NotFound) }
}

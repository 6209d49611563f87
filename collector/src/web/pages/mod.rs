//! Every page, and the frame that they share.
//!
//! A page is one struct holding exactly what is shown, one template beside it, one route. Handlers load, build the struct,
//! render. Comes in: rows of `store`. Goes out: HTML. Absent on purpose: judgement, markup in strings.

mod account;
mod accounts;
pub(in crate::web) mod admin;
pub(in crate::web) mod agents;
mod budget;
mod bulk;
pub(in crate::web) mod calendar;
pub(in crate::web) mod compare;
mod device;
mod device_place;
mod devices;
mod fault;
mod fault_new;
mod faults;
mod faults_file;
mod grants;
mod hear;
mod identity;
pub(in crate::web) mod inventory;
mod label;
mod list_files;
mod lists;
mod map;
mod milestones;
mod my_queue;
mod my_school;
mod overview;
mod people;
mod photo;
mod plan;
mod plan_edit;
mod plan_held;
mod plan_import;
mod plan_versions;
mod privacy;
mod punctuality;
mod register;
mod round;
pub(in crate::web) mod saved;
mod school;
mod schools;
mod search;
mod second;
pub(in crate::web) mod spares;
pub(in crate::web) mod stocktake;
pub(in crate::web) mod verdicts;
pub(in crate::web) mod visits;
mod wall;
mod year;

use super::access::{self, Who};
use super::error::{Failure, Problem};
use super::visitor::{Account, Visitor};
use super::words::{When, Words};
use super::{Web, assets};
use crate::domain::right::Right;
use crate::web::upload::UPLOAD_BYTES;
pub use account::SET_PASSWORD;
use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
pub(in crate::web) use fault_new::{Asked as Reported, filed};
pub(in crate::web) use faults::{parse_after, written_after};
pub(in crate::web) use identity::{by as decided_by, decided, key_of, must_see_decision, resolved as conflict_resolved};
pub use label::check as label_check;
pub(in crate::web) use label::square;
pub(in crate::web) use lists::{list_after, parse_list_after};
pub(in crate::web) use overview::is_silent;
pub(in crate::web) use photo::{gone as photo_gone, taken as photo_taken};
pub(in crate::web) use plan_edit::today;
pub(in crate::web) use plan_import::{MAX_UPLOAD_BYTES, take_in};
pub(in crate::web) use plan_versions::{Asked as ExportAsked, exported, go_back_to};
pub(in crate::web) use register::{Shown, key_of as row_key, matching, may_see, may_see_column, newest as newest_changes, shown, signed_by};
use rollcall_shared::Timestamp;
pub(in crate::web) use round::{Asked as RoundAsked, Place as RoundPlace, round as round_of};
pub(in crate::web) use school::accepted as school_accepted;
pub(in crate::web) use search::find;
pub(in crate::web) use verdicts::{Asked as Decided, decided as verdict_given};

/// What a page's handler gives.
pub type Page = Result<Response, Failure>;

/// Rows on one page of a list.
pub const ROWS: i64 = 100;

/// Largest form of choices, one for each conflict of an import.
const CHOICES_BYTES: usize = 4 << 20;

/// Knowledge older than this is shown as old: six rounds of the default five minutes.
const STALE_S: i64 = 1_800;

/// Every page's route.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(overview::show))
        .route("/schools", get(schools::show))
        .route("/schools/{code}", get(school::show))
        .route("/schools/{code}/accept", post(school::accept))
        .route("/schools/{code}/stocktake", get(stocktake::show).post(stocktake::note))
        .route("/schools/{code}/year", get(year::show))
        .route("/map", get(map::show))
        .route("/devices", get(devices::show))
        .route("/devices/{id}", get(device::show))
        .route("/devices/{id}/merge", post(identity::merge))
        .route("/devices/{id}/split", post(identity::split))
        .route("/devices/{id}/place", get(device_place::show).post(device_place::choose))
        .route("/devices/{id}/accept-model", post(device_place::accept_model))
        .route("/decisions/{id}/undo", post(identity::undo))
        .route("/conflicts", get(identity::show))
        .route("/compare", get(compare::show).post(compare::bring).layer(DefaultBodyLimit::max(UPLOAD_BYTES)))
        .route("/compare/{id}/remove", post(compare::remove))
        .route("/conflicts/{id}/resolve", post(identity::resolve))
        .route("/faults", get(faults::show))
        .route("/faults/act", post(bulk::act))
        .route("/wall", get(wall::show))
        .route("/account/views", post(saved::keep))
        .route("/account/views/forget", post(saved::forget))
        .route("/faults/{id}", get(fault::show))
        .route("/faults/export/{file}", get(faults_file::file))
        .route("/export/devices/{file}", get(list_files::of_devices))
        .route("/export/schools/{file}", get(list_files::of_schools))
        .route("/export/visits/{file}", get(list_files::of_visits))
        .route("/export/register/{table}/{file}", get(list_files::of_register))
        .route("/search", get(search::show))
        .route("/punctuality", get(punctuality::show))
        .route("/punctuality/{file}", get(punctuality::file))
        .route("/round", get(round::show))
        .route("/round/{file}", get(round::file))
        .route("/my-people", get(people::show).post(people::add))
        .route("/my-people/{login}", post(people::change))
        .route("/my-queue", get(my_queue::show))
        .route("/my-school", get(my_school::show))
        .route("/l/{label}/{check}", get(label::show).post(label::report))
        .route("/schools/{code}/labels", get(label::sheet))
        .route("/faults/{id}/photos", post(photo::send).layer(DefaultBodyLimit::max(UPLOAD_BYTES)))
        .route("/faults/{id}/photos/{photo}", get(photo::show))
        .route("/faults/{id}/photos/{photo}/small", get(photo::small))
        .route("/faults/{id}/photos/{photo}/remove", post(photo::remove))
        .route("/faults/{id}/comment", post(fault::comment))
        .route("/faults/{id}/act", post(fault::act))
        .route("/visits", get(visits::show))
        .route("/visits/{id}/end", post(visits::end))
        .route("/faults/{id}/visit", post(visits::plan))
        .route("/faults/{id}/swap", post(visits::swap))
        .route("/lists", get(lists::show))
        .route("/verdicts", get(verdicts::show).post(verdicts::add))
        .route("/verdicts/{id}/revoke", post(verdicts::revoke))
        .route("/faults/new", get(fault_new::show).post(fault_new::file))
        .route("/schools/{code}/inventory", get(inventory::of_school))
        .route("/schools/{code}/inventory/{file}", get(inventory::file_of_school))
        .route("/schools/{code}/theft", get(inventory::theft))
        .route("/inventory", get(inventory::of_all))
        .route("/inventory/file", get(inventory::file_of_all))
        .route("/calendar", get(calendar::show))
        .route("/calendar/import", post(calendar::upload).layer(DefaultBodyLimit::max(calendar::MAX_UPLOAD_BYTES)))
        .route("/calendar/settings", post(calendar::set))
        .route("/plan", get(plan::show))
        .route("/plan/held", get(plan_held::show))
        .route("/plan/edit", get(plan_edit::show).post(plan_edit::send))
        .route("/plan/milestones", get(milestones::show))
        .route("/plan/budget", get(budget::show))
        .route("/plan/grants", get(grants::show))
        .route("/plan/grants/{grant}", get(grants::show_one))
        .route("/plan/grants/{grant}/{file}", get(grants::file))
        .route("/plan/spares", get(spares::show).post(spares::set))
        .route("/plan/import", get(plan_import::show).post(plan_import::upload).layer(DefaultBodyLimit::max(plan_import::MAX_UPLOAD_BYTES)))
        .route("/plan/import/{token}", get(plan_import::review).post(plan_import::confirm).layer(DefaultBodyLimit::max(CHOICES_BYTES)))
        .route("/plan/versions", get(plan_versions::list))
        .route("/plan/versions/{id}", get(plan_versions::show))
        .route("/plan/versions/{id}/back", post(plan_versions::back))
        .route("/plan/export/{file}", get(plan_versions::export))
        .route("/plan/draft/{file}", get(plan_versions::draft))
        .route("/register", get(register::show))
        .route("/register/{table}", get(register::table))
        .route("/register/{table}/new", get(register::new).post(register::create))
        .route("/register/{table}/{key}", get(register::one).post(register::change))
        .route("/register/{table}/{key}/remove", post(register::remove))
        .route("/register/changes/{id}/undo", post(register::undo))
        .route("/agents", get(agents::show))
        .route("/admin", get(admin::show))
        .route("/admin/accounts", post(admin::add_account))
        .route("/admin/codes", post(admin::make_code))
        .route("/admin/test-mail", post(admin::test_mail))
        .route("/admin/accounts/{login}", get(accounts::show).post(accounts::change))
        .route("/admin/accounts/{login}/email", post(accounts::email))
        .route("/admin/accounts/{login}/link", post(accounts::link))
        .route("/admin/accounts/{login}/state", post(accounts::state))
        .route("/admin/accounts/{login}/second", post(accounts::reset_factor))
        .route("/admin/second", post(admin::factor_roles))
        .route("/account", get(account::show))
        .route("/account/password", post(account::change_password))
        .route("/account/sessions", post(account::end_sessions))
        .route("/account/second", get(second::show).post(second::set_up))
        .route("/account/second/codes", post(second::codes))
        .route("/account/second/remove", post(second::remove))
        .route("/account/tokens", post(account::add_token))
        .route("/account/tokens/{id}/drop", post(account::drop_token))
        .route("/account/email", post(hear::email))
        .route("/account/notices", post(hear::choose))
        .route("/account/webhooks", post(hear::add_webhook))
        .route("/account/webhooks/{id}/drop", post(hear::drop_webhook))
        .route("/password/{token}", get(account::choose).post(account::chosen))
        .route("/agents/{id}/revoke", post(agents::revoke))
        .route("/privacy", get(privacy::show))
}

/// What stands around every page.
pub struct Frame {
    /// The visitor's words.
    pub words: Words,
    /// Title of the window.
    pub title: String,
    /// Which entry of the navigation is this page's.
    pub here: &'static str,
    /// The programme's name, if there is one.
    pub programme: String,
    /// The signed-in account.
    pub account: Option<Account>,
    /// What every form carries.
    pub csrf: String,
    /// `light`, `dark`, or as the system says.
    pub theme: Option<&'static str>,
    /// Path and query of this page.
    pub path: String,
    /// Topics whose change this page wants to hear of.
    pub live: Option<String>,
}

impl Frame {
    /// A frame whose title is a text of the fluent files.
    pub fn new(web: &Web, visitor: &Visitor, title: &str, here: &'static str) -> Frame {
        let title = visitor.words.t(title);
        Frame::titled(web, visitor, title, here)
    }

    /// A frame with a title of its own.
    pub fn titled(web: &Web, visitor: &Visitor, title: String, here: &'static str) -> Frame {
        Frame {
            words: visitor.words.clone(),
            title,
            here,
            programme: web.planned.programme(),
            account: visitor.account.clone(),
            csrf: visitor.csrf.clone(),
            theme: visitor.theme,
            path: visitor.path.clone(),
            live: None,
        }
    }

    /// The same frame, listening for changes.
    pub fn listening(mut self, topics: impl Into<String>) -> Frame {
        self.live = Some(topics.into());
        self
    }

    /// Entries of the navigation: address, text, whether it is this page.
    pub fn nav(&self) -> Vec<(&'static str, &'static str, bool)> {
        let all = [
            ("/", "nav-overview", Who::May(Right::SeeProgramme)),
            ("/my-queue", "nav-queue", Who::May(Right::MendFaults)),
            ("/schools", "nav-schools", Who::May(Right::SeeProgramme)),
            ("/faults", "nav-faults", Who::May(Right::SeeFaults)),
            ("/visits", "visits", Who::May(Right::MendFaults)),
            ("/devices", "nav-devices", Who::May(Right::SeeProgramme)),
            ("/plan", "nav-plan", Who::MayAll(Right::SeeProgramme)),
            ("/agents", "nav-agents", Who::MayAll(Right::SeeProgramme)),
            ("/admin", "nav-admin", Who::MayAll(Right::Administer)),
        ];
        // Queue and visits are a contractor's pages; others find them beside the faults.
        let shown = |path: &str, who: Who| self.opens(who) && (!matches!(path, "/visits" | "/my-queue") || !self.may_work());
        all.into_iter().filter(|(path, _, who)| shown(path, *who)).map(|(path, text, _)| (path, text, path == self.here)).collect()
    }

    /// Whether the visitor may open such a door.
    pub fn opens(&self, who: Who) -> bool {
        self.account.as_ref().is_some_and(|account| access::opens(who, account.role, account.eyes.see_all()))
    }

    /// Whether the visitor sees the whole programme: what leads to pages without bounds is shown to them alone.
    pub fn sees_all(&self) -> bool {
        self.opens(Who::MayAll(Right::SeeProgramme))
    }

    /// Whether the visitor may mend faults.
    pub fn may_mend(&self) -> bool {
        self.may(Right::MendFaults)
    }

    /// Whether the visitor reads the programme: schools and all devices.
    pub fn may_read(&self) -> bool {
        self.may(Right::SeeProgramme)
    }

    /// Whether the visitor's role allows this: forms that would be refused are not shown.
    pub fn may(&self, right: Right) -> bool {
        self.account.as_ref().is_some_and(|account| account.role.may(right))
    }

    /// Whether the visitor may decide who is who.
    pub fn may_decide(&self) -> bool {
        self.may(Right::DecideIdentity)
    }

    /// Whether the visitor may change the register.
    pub fn may_register(&self) -> bool {
        self.may(Right::ChangeRegister)
    }

    /// Whether the visitor may change the plan.
    pub fn may_plan(&self) -> bool {
        self.may(Right::ChangePlan)
    }

    /// Whether the visitor may work on faults.
    pub fn may_work(&self) -> bool {
        self.may(Right::WorkOnFaults)
    }

    /// Whether the visitor may administer.
    pub fn is_admin(&self) -> bool {
        self.may(Right::Administer)
    }

    /// Whether this theme is the chosen one.
    pub fn theme_is(&self, theme: &str) -> bool {
        self.theme.unwrap_or("auto") == theme
    }

    /// Address of the style sheet.
    pub fn css(&self) -> &'static str {
        &assets::CSS_PATH
    }

    /// Address of the script.
    pub fn js(&self) -> &'static str {
        &assets::JS_PATH
    }

    /// Address of the icon.
    pub fn icon(&self) -> &'static str {
        &assets::ICON_PATH
    }
}

/// How old a page's knowledge is.
pub struct AsOf {
    /// The newest report that speaks of it; `None`: none yet.
    pub when: Option<When>,
    /// Older than a page may be without saying so.
    pub stale: bool,
}

impl AsOf {
    /// From an instant; zero: never.
    pub fn new(words: &Words, at: Timestamp) -> AsOf {
        AsOf { when: (at.0 > 0).then(|| words.when(at)), stale: words.now.since_s(at) > STALE_S }
    }
}

/// Renders a template as an answer.
pub fn render(page: &impl Template) -> Page {
    let html = page.render()?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], html).into_response())
}

#[derive(Template)]
#[template(path = "pages/problem.html")]
struct ProblemPage {
    frame: Frame,
    status: u16,
    sentence: String,
    detail: String,
}

/// A problem, said to a person.
pub fn problem_page(web: &Web, visitor: &Visitor, problem: &Problem) -> Response {
    let words = &visitor.words;
    let sentence = crate::web::error::sentence(words, problem.status);
    let page = ProblemPage {
        frame: Frame::titled(web, visitor, sentence.clone(), ""),
        status: problem.status,
        sentence,
        // A bad request says what was wrong with it; for the rest our own sentence is better.
        detail: if matches!(problem.status, 400 | 409) { problem.detail.clone() } else { String::new() },
    };
    let mut response = render(&page).unwrap_or_else(IntoResponse::into_response);
    *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

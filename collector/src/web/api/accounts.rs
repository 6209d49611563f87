//! `/api/v1/accounts`: accounts of people as their administrator sees them: made, bounded, refused and let in again, with the link for a password.
//!
//! Comes in: logins, roles, bounds. Goes out: own types; a link is told once. Absent on purpose: passwords (their owners choose them), a lead's own people
//! (`people`), what somebody hears (`account`).

use super::take::{Json, within};
use super::{Answer, List, Paging, around, codes, limit};
use crate::act::SHORT;
use crate::domain::folded::fold;
use crate::domain::kind::Kind;
use crate::domain::sight::{ANY, Sight};
use crate::store::account::{self, Bounds};
use crate::web::error::{Failure, Problem, clipped};
use crate::web::people::{self, Link, May, Still, Whole};
use crate::web::visitor::Signed;
use crate::web::words::Words;
use crate::web::{Web, hear, second};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest login, in characters.
const LOGIN: usize = 60;
/// Longest address of a mailbox (RFC 5321, 4.5.3.1).
const EMAIL: usize = 254;

/// One account.
#[derive(Serialize, ToSchema)]
pub(super) struct Account {
    /// What it signs in with.
    login: String,
    #[schema(schema_with = codes::roles)]
    role: &'static str,
    /// When it was made.
    #[schema(format = DateTime)]
    made: String,
    /// From when on it is refused; null: it may sign in.
    #[schema(format = DateTime)]
    disabled: Option<String>,
    /// The actor of the plan for whom it works; null: none.
    actor: Option<String>,
    /// The selector of its schools; null: none is named.
    schools: Option<String>,
    /// Its kinds of devices; empty: none is named.
    #[schema(schema_with = codes::several_kinds)]
    kinds: Vec<&'static str>,
}

pub(super) fn shown(account: account::Account) -> Account {
    Account {
        login: account.login,
        role: account.role.code(),
        made: account.made_at.to_string(),
        disabled: account.disabled_at.map(|at| at.to_string()),
        actor: given(account.bounds.actor),
        schools: given(account.bounds.schools),
        kinds: account.bounds.kinds.into_iter().map(Kind::code).collect(),
    }
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// What an account sees of one lot and kind.
#[derive(Serialize, ToSchema)]
#[schema(as = AccountSees)]
pub(super) struct Sees {
    /// Code of the lot; null: whatever the lot.
    lot: Option<String>,
    /// Code of the kind; null: whatever the kind.
    kind: Option<String>,
    /// Codes of schools.
    schools: Vec<String>,
}

/// What an account sees; none: everything.
pub(super) fn seen(sight: &Sight) -> Option<Vec<Sees>> {
    let Sight::Of(rows) = sight else { return None };
    let named = |code: &str| Some(code.to_owned()).filter(|code| code != ANY);
    let part = |((lot, kind), schools): (_, std::collections::BTreeSet<&str>)| Sees {
        lot: named(lot),
        kind: named(kind),
        schools: schools.into_iter().map(str::to_owned).collect(),
    };
    Some(people::by_lot_and_kind(rows).into_iter().map(part).collect())
}

/// One account with all that is set for it.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeAccount {
    #[serde(flatten)]
    account: Account,
    /// It makes accounts for its own people.
    leads: bool,
    /// Login of the lead that made it, than whom it sees no more; null: an administrator did.
    under: Option<String>,
    /// Where its letters go; null: nowhere.
    email: Option<String>,
    /// Since when it has a second factor; null: it has none.
    #[schema(format = DateTime)]
    second: Option<String>,
    /// What it sees by plan and register as they are; null: everything.
    sees: Option<Vec<Sees>>,
}

impl From<&Whole> for WholeAccount {
    fn from(whole: &Whole) -> WholeAccount {
        let (email, second) = (given(whole.email.clone()), whole.second_at.map(|at| at.to_string()));
        WholeAccount {
            sees: seen(&whole.sight),
            account: shown(whole.account.clone()),
            leads: whole.leads,
            under: whole.above.clone(),
            email,
            second,
        }
    }
}

/// What stands for the state of an account.
fn tag(account: &WholeAccount) -> HeaderValue {
    let hash = around::hash(&serde_json::to_vec(account).unwrap_or_default());
    HeaderValue::from_str(&format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// An account with its tag.
type Told = Result<([(HeaderName, HeaderValue); 1], Json<WholeAccount>), Failure>;

async fn whole(web: &Web, login: &str) -> Told {
    let account = WholeAccount::from(&people::whole(web, login).await?);
    Ok(([(header::ETAG, tag(&account))], Json(account)))
}

/// Accounts by login, refused ones as well.
#[utoipa::path(get, operation_id = "listAccounts", path = "/api/v1/accounts", params(Paging), responses((status = 200, body = List<Account>), (status = 403, body = Problem)))]
pub(super) async fn accounts(State(web): State<Web>, _: Signed, Query(asked): Query<Paging>) -> Answer<List<Account>> {
    let limit = limit(asked.limit);
    let most = u32::try_from(limit + 1).unwrap_or(u32::MAX);
    let rows = web.read(move |tx| Ok(account::accounts(tx, &asked.after.unwrap_or_default(), most)?)).await?;
    Ok(Json(List::of(rows, limit, |row| row.login.clone(), shown)))
}

/// One account.
#[utoipa::path(get, operation_id = "getAccount", path = "/api/v1/accounts/{login}", params(("login" = String, Path)), responses((status = 200, body = WholeAccount), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn account(State(web): State<Web>, _: Signed, Path(login): Path<String>) -> Told {
    whole(&web, &login).await
}

/// What an account may do and see.
#[derive(Deserialize, ToSchema)]
#[schema(as = AccountBounds)]
pub(super) struct Wished {
    #[schema(schema_with = codes::roles, required = true)]
    role: String,
    /// Of a contractor: the actor of the plan for whom it works, whose lots and scopes say what it sees.
    #[serde(default)]
    #[schema(max_length = 80)]
    actor: String,
    /// The code of a school, or a selector; empty: none is named.
    #[serde(default)]
    #[schema(max_length = 200)]
    schools: String,
    /// Kinds of devices; empty: none is named.
    #[serde(default)]
    #[schema(schema_with = codes::several_kinds)]
    kinds: Vec<String>,
    /// Of a contractor: it makes accounts for its own people. Of other roles it says nothing.
    #[serde(default)]
    leads: bool,
}

impl Wished {
    fn may(self, words: &Words) -> Result<May, Failure> {
        let role = people::role_of(&self.role).map_err(Failure::unfit)?;
        Ok(May { role, bounds: bounds(words, &self.actor, &self.schools, &self.kinds)?, leads: self.leads })
    }
}

/// Bounds as they are asked for.
pub(super) fn bounds(words: &Words, actor: &str, schools: &str, kinds: &[String]) -> Result<Bounds, Failure> {
    within("actor", actor, SHORT)?;
    within("schools", schools, people::SELECTOR)?;
    let all = || Kind::ALL.map(Kind::code).join(", ");
    let kind =
        |code: &String| Kind::from_code(code).ok_or_else(|| Failure::Unfit(format!("kinds: found {:?}, expected of {}", clipped(code), all())));
    let kinds: std::collections::BTreeSet<Kind> = kinds.iter().map(kind).collect::<Result<_, _>>()?;
    people::bounds_of(words, actor, schools, kinds.into_iter().collect()).map_err(Failure::Unfit)
}

/// A login as it is asked for.
pub(super) fn login(words: &Words, text: &str) -> Result<String, Failure> {
    within("login", text, LOGIN)?;
    people::login_of(words, text).map_err(Failure::Unfit)
}

/// A new account.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewAccount {
    /// Letters and digits: capitals, accents and what stands between do not tell logins apart.
    #[schema(min_length = 1, max_length = 60)]
    login: String,
    #[serde(flatten)]
    wished: Wished,
}

/// A link by which somebody chooses a password.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordLink {
    /// It works once; it is told this once.
    url: String,
    /// Until when it works.
    #[schema(format = DateTime)]
    until: String,
}

impl From<Link> for PasswordLink {
    fn from(link: Link) -> Self {
        PasswordLink { url: link.url, until: link.until.to_string() }
    }
}

/// An account that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeAccount {
    /// The login as it is kept.
    login: String,
    /// The link by which its owner chooses a password.
    link: PasswordLink,
}

/// What is told once is kept nowhere on its way (RFC 9111, 5.2.2.5).
pub(super) type Secret<T> = Result<(StatusCode, [(HeaderName, &'static str); 1], Json<T>), Failure>;

pub(super) fn secret<T>(told: T) -> Secret<T> {
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(told)))
}

/// The answer to an account that was made, or not.
pub(super) fn made(words: &Words, login: String, made: Result<Link, &'static str>) -> Secret<MadeAccount> {
    let link = made.map_err(|key| Failure::Refused(words.t(key)))?;
    secret(MadeAccount { login, link: link.into() })
}

/// Makes an account. Its owner chooses the password by the link. 409: the login is taken.
#[utoipa::path(post, operation_id = "addAccount", path = "/api/v1/accounts", request_body = NewAccount, responses((status = 201, body = MadeAccount), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn add(State(web): State<Web>, signed: Signed, Json(new): Json<NewAccount>) -> Secret<MadeAccount> {
    let words = &signed.visitor.words;
    let login = login(words, &new.login)?;
    let may = new.wished.may(words)?;
    made(words, login.clone(), people::made(&web, &signed, &login, may).await?)
}

/// Says what an account may do and see, from its next request on; what is left out is taken away. 409: nobody takes the administration from himself. 412:
/// the account is no longer the one that `If-Match` names.
#[utoipa::path(put, operation_id = "boundAccount", path = "/api/v1/accounts/{login}", params(("login" = String, Path)), request_body = Wished, responses((status = 200, body = WholeAccount), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn bound(State(web): State<Web>, signed: Signed, Path(login): Path<String>, headers: HeaderMap, Json(wished): Json<Wished>) -> Told {
    let words = &signed.visitor.words;
    let still = headers
        .get(header::IF_MATCH)
        .cloned()
        .map(|known| -> Still { Box::new(move |whole: &Whole| around::names(&known, &tag(&WholeAccount::from(whole)))) });
    let changed = people::changed(&web, &signed, &login, wished.may(words)?, still).await?;
    changed.map_err(|key| Failure::Refused(words.t(key)))?;
    whole(&web, &login).await
}

/// Whether an account may sign in.
#[derive(Deserialize, ToSchema)]
#[schema(as = AccountState)]
pub(super) struct Admitted {
    /// Let in; else it is refused, and signed out everywhere.
    pub(super) enabled: bool,
}

/// Refuses an account, or lets it in again. 409: one's own account and the last administrator's stay.
#[utoipa::path(put, operation_id = "admitAccount", path = "/api/v1/accounts/{login}/state", params(("login" = String, Path)), request_body = Admitted, responses((status = 200, body = WholeAccount), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn admit(State(web): State<Web>, signed: Signed, Path(login): Path<String>, Json(asked): Json<Admitted>) -> Told {
    let done = people::admitted(&web, &signed, &login, asked.enabled).await?;
    done.map_err(|key| Failure::Refused(signed.visitor.words.t(key)))?;
    whole(&web, &login).await
}

/// Makes a link by which the account's owner chooses a password; earlier ones work no more.
#[utoipa::path(post, operation_id = "linkAccount", path = "/api/v1/accounts/{login}/link", params(("login" = String, Path)), responses((status = 201, body = PasswordLink), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn link(State(web): State<Web>, signed: Signed, Path(login): Path<String>) -> Secret<PasswordLink> {
    secret(people::linked(&web, &signed, &login).await?.into())
}

/// Where an account's letters go.
#[derive(Deserialize, ToSchema)]
#[schema(as = AccountEmail)]
pub(super) struct Mailbox {
    /// Empty: nowhere.
    #[schema(max_length = 254)]
    email: String,
}

/// Sets where an account's letters go.
#[utoipa::path(put, operation_id = "setAccountEmail", path = "/api/v1/accounts/{login}/email", params(("login" = String, Path)), request_body = Mailbox, responses((status = 200, body = WholeAccount), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn email(State(web): State<Web>, signed: Signed, Path(login): Path<String>, Json(mailbox): Json<Mailbox>) -> Told {
    within("email", &mailbox.email, EMAIL)?;
    let trouble = hear::set_email(&web, &signed.visitor.words, &signed.account.login, &fold(&login), &mailbox.email).await?;
    trouble.map_or(Ok(()), |trouble| Err(Failure::Unfit(trouble)))?;
    whole(&web, &login).await
}

/// Takes the second factor of an account away: its owner has lost the telephone. 404: it has none.
#[utoipa::path(delete, operation_id = "dropSecondFactor", path = "/api/v1/accounts/{login}/second", params(("login" = String, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn drop_second(State(web): State<Web>, signed: Signed, Path(login): Path<String>) -> Result<StatusCode, Failure> {
    let login = fold(&login);
    let known = web.read(move |tx| Ok(account::by_login(tx, &login)?)).await?.ok_or(Failure::NotFound)?;
    let was = second::remove(&web, known.id, &known.login, &signed.account.login).await?;
    if was { Ok(StatusCode::NO_CONTENT) } else { Err(Failure::NotFound) }
}

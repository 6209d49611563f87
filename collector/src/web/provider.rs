//! Signing in through the town's own OpenID provider: asked where it is, sent there with a proof key, and what it says of somebody held against all that
//! was agreed.
//!
//! Comes in: settings, a visitor, what the provider sends back. Goes out: redirections, a session. Absent on purpose: passwords and second factors (they
//! are the provider's), roles (an administrator says them here), any word of a token that was not verified.
//!
//! State, nonce and proof key (RFC 7636) lie sealed in a cookie of the browser that began: nothing is kept here, and another browser's answer opens
//! nothing. Whoever the provider names is known by its subject, which is never given to another person; the name is looked at once, at the first sign-in.

use super::error::Failure;
use super::pages::{Frame, Page, render};
use super::session::{Entry, check_new, enter, kept_cookie, own_path, set_cookie};
use super::visitor::Visitor;
use super::{Stop, Web};
use crate::config::{NewAccounts, Oidc};
use crate::domain::folded::fold;
use crate::store::account::{self, Role};
use crate::store::outside;
use anyhow::{Context, Result, anyhow};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use chrono::DateTime;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreUserInfoClaims};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl, Scope,
    TokenResponse,
};
use rollcall_shared::Timestamp;
use serde::{Deserialize, Serialize};
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long one may take at the provider.
const AWAY_S: i64 = 900;
/// How long what the provider says of itself is kept.
const KEPT_S: i64 = 600;
/// How long one answer of the provider may take, and how large it may be.
const TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_BYTES: usize = 1 << 20;
/// For what the cookie is sealed.
const AWAY: &str = "away at the provider";

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// The provider of the settings.
pub struct Provider {
    settings: Oidc,
    secret: String,
    http: reqwest::Client,
    /// What it said of itself, and when.
    known: Mutex<Option<(Timestamp, ProviderMetadataWithLogout)>>,
}

/// Why the provider was not heard.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unheard(String);

/// One request under way.
type Asking = Pin<Box<dyn Future<Output = Result<HttpResponse, Unheard>> + Send>>;

/// One request to the provider, within bounds.
async fn asked(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Unheard> {
    let said = |error: reqwest::Error| Unheard(format!("{:#}", anyhow::Error::new(error)));
    let request = reqwest::Request::try_from(request).map_err(said)?;
    let mut answer = http.execute(request).await.map_err(said)?;
    let mut response = axum::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(said)? {
        body.extend_from_slice(&part);
        if body.len() > ANSWER_BYTES {
            return Err(Unheard(format!("an answer of more than {ANSWER_BYTES} bytes")));
        }
    }
    response.body(body).map_err(|error| Unheard(error.to_string()))
}

impl Provider {
    /// By the settings; `None`: there is none. Asks nobody yet: a provider that is down keeps nobody from starting.
    pub fn new(settings: &Oidc) -> Result<Option<Provider>> {
        if !settings.is_on() {
            return Ok(None);
        }
        let path = &settings.client_secret_file;
        let secret = std::fs::read_to_string(path).with_context(|| format!("oidc.client_secret_file: reading {}", path.display()))?;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(TIMEOUT);
        if !settings.ca_file.as_os_str().is_empty() {
            let pem = std::fs::read(&settings.ca_file).with_context(|| format!("oidc.ca_file: reading {}", settings.ca_file.display()))?;
            http = http.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem).context("oidc.ca_file")?);
        }
        Ok(Some(Provider { settings: settings.clone(), secret: secret.trim_end().to_owned(), http: http.build()?, known: Mutex::new(None) }))
    }

    /// What the button says.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// What asks the provider, within bounds.
    fn asker(&self) -> impl Fn(HttpRequest) -> Asking + Send + Sync + 'static {
        let http = self.http.clone();
        move |request| Box::pin(asked(http.clone(), request))
    }

    /// What the provider says of itself (OpenID Connect Discovery 1.0), asked anew now and then: keys change.
    async fn metadata(&self, now: Timestamp) -> Result<ProviderMetadataWithLogout> {
        if let Some((_, metadata)) = self.known.lock().await.as_ref().filter(|(at, _)| now.since_s(*at).abs() < KEPT_S) {
            return Ok(metadata.clone());
        }
        // Asked without the lock: a provider that does not answer makes nobody wait but who asks for it.
        let issuer = IssuerUrl::new(self.settings.issuer.clone())?;
        let ask = self.asker();
        let found = ProviderMetadataWithLogout::discover_async(issuer, &ask).await;
        let metadata = found.map_err(|error| anyhow::Error::new(error).context("asking the provider what it is"))?;
        *self.known.lock().await = Some((now, metadata.clone()));
        Ok(metadata)
    }

    async fn client(&self, web: &Web) -> Result<Client> {
        let metadata = self.metadata(web.now()).await?;
        let back = RedirectUrl::new(format!("{}/sign-in/provider/back", web.public_url()))?;
        let (id, secret) = (ClientId::new(self.settings.client_id.clone()), ClientSecret::new(self.secret.clone()));
        Ok(CoreClient::from_provider_metadata(metadata, id, Some(secret)).set_redirect_uri(back))
    }

    /// Where one signs out of the provider as well; `None`: it has no such address, or was never asked.
    pub async fn way_out(&self) -> Option<String> {
        let known = self.known.lock().await;
        let (_, metadata) = known.as_ref()?;
        let out = metadata.additional_metadata().end_session_endpoint.clone()?;
        Some(LogoutRequest::from(out).set_client_id(ClientId::new(self.settings.client_id.clone())).http_get_url().to_string())
    }
}

/// What waits in the browser while one is away.
#[derive(Serialize, Deserialize)]
struct Away {
    state: String,
    nonce: String,
    verifier: String,
    next: String,
    until: i64,
}

/// Why somebody is not let in: `provider-CODE` of the language files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// Another browser, too late, or not what was asked.
    State,
    /// The provider says no.
    Denied,
    /// The provider is not heard, or what it sends is not true.
    Failed,
    /// It does not say the name.
    Nameless,
    /// Nobody of this name may sign in.
    Unknown,
    /// The name belongs to somebody else of the provider.
    Other,
}

#[derive(Template)]
#[template(path = "pages/provider.html")]
struct RefusedPage {
    frame: Frame,
    name: String,
    sentence: String,
}

fn refused(web: &Web, visitor: &Visitor, provider: &Provider, refusal: Refusal, who: &str) -> Page {
    let key = match refusal {
        Refusal::State => "provider-state",
        Refusal::Denied => "provider-denied",
        Refusal::Failed => "provider-failed",
        Refusal::Nameless => "provider-nameless",
        Refusal::Unknown => "provider-unknown",
        Refusal::Other => "provider-other",
    };
    let frame = Frame::new(web, visitor, "provider-refused", "");
    let sentence = visitor.words.named(key, who);
    let mut response = render(&RefusedPage { frame, name: provider.name().to_owned(), sentence })?;
    *response.status_mut() = if refusal == Refusal::Failed { StatusCode::BAD_GATEWAY } else { StatusCode::FORBIDDEN };
    set_cookie(&mut response, web, web.away_cookie(), "", 0, true);
    Ok(response)
}

/// Where to go after signing in.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// Sends somebody to the provider.
pub async fn leave(State(web): State<Web>, visitor: Visitor, Query(next): Query<Next>) -> Page {
    let provider = web.provider.as_ref().ok_or(Failure::NotFound)?;
    let client = match provider.client(&web).await {
        Ok(client) => client,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the OpenID provider does not answer");
            return refused(&web, &visitor, provider, Refusal::Failed, provider.name());
        }
    };
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let request = client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random);
    let scopes = ["profile", "email"].map(|scope| Scope::new(scope.to_owned()));
    let (address, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
    let away = Away {
        state: state.into_secret(),
        nonce: nonce.secret().clone(),
        verifier: verifier.into_secret(),
        next: own_path(&next.next).chars().take(500).collect(),
        until: (web.now() + AWAY_S).0,
    };
    let sealed = web.seal.seal_text(AWAY, &serde_json::to_string(&away).map_err(anyhow::Error::from)?)?;
    let mut response = Redirect::to(address.as_str()).into_response();
    set_cookie(&mut response, &web, web.away_cookie(), &sealed, AWAY_S, true);
    Ok(response)
}

/// What the provider sends back with somebody.
#[derive(Debug, Default, Deserialize)]
pub struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// Takes somebody back from the provider.
pub async fn back(State(web): State<Web>, visitor: Visitor, headers: axum::http::HeaderMap, Query(said): Query<Back>) -> Page {
    let provider = web.provider.as_ref().ok_or(Failure::NotFound)?;
    let no = |refusal: Refusal, who: &str| refused(&web, &visitor, provider, refusal, who);
    let away = kept_cookie(&headers, web.away_cookie()).and_then(|sealed| web.seal.open_text(AWAY, sealed));
    let away = away.and_then(|text| serde_json::from_str::<Away>(&text).ok());
    let Some(away) = away.filter(|away| away.until > web.now().0 && away.state == said.state) else {
        return no(Refusal::State, provider.name());
    };
    if !said.error.is_empty() || said.code.is_empty() {
        tracing::info!(error = super::error::clipped(&said.error), "the OpenID provider sends somebody back without a code");
        return no(Refusal::Denied, provider.name());
    }
    let who = match identified(&web, provider, said.code, away.verifier, Nonce::new(away.nonce)).await {
        Ok(who) => who,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "what the OpenID provider says is not taken");
            return no(Refusal::Failed, provider.name());
        }
    };
    let Some(login) = who.login.filter(|login| check_new(login, "chosen elsewhere", None).is_ok()) else {
        return no(Refusal::Nameless, &provider.settings.login_claim);
    };
    let found = account_of(&web, provider, who.subject, login.clone()).await?;
    let known = match found {
        Ok(known) => known,
        Err(refusal) => return no(refusal, &login),
    };
    let mut response = enter(&web, &visitor, &known, Entry::Provider, &away.next).await?;
    set_cookie(&mut response, &web, web.away_cookie(), "", 0, true);
    Ok(response)
}

/// Whom a provider names.
struct Who {
    subject: String,
    login: Option<String>,
}

/// Changes the code for tokens and verifies them: signature, issuer, audience, times, nonce, and that the tokens belong together.
async fn identified(web: &Web, provider: &Provider, code: String, verifier: String, nonce: Nonce) -> Result<Who> {
    let client = provider.client(web).await?;
    let ask = provider.asker();
    let request = client.exchange_code(AuthorizationCode::new(code))?.set_pkce_verifier(PkceCodeVerifier::new(verifier));
    let tokens = request.request_async(&ask).await.map_err(|error| anyhow::Error::new(error).context("changing the code for tokens"))?;
    let token = tokens.id_token().context("the provider sent no ID token")?;
    let now = web.now();
    let time = DateTime::from_timestamp(now.0, 0).context("a time beyond all calendars")?;
    let verifier = client.id_token_verifier().set_time_fn(move || time);
    let claims = token.claims(&verifier, &nonce).context("verifying the ID token")?;
    if let Some(expected) = claims.access_token_hash() {
        let found = AccessTokenHash::from_token(tokens.access_token(), token.signing_alg()?, token.signing_key(&verifier)?)?;
        if found != *expected {
            return Err(anyhow!("the access token is not that of the ID token"));
        }
    }
    let mut login = of_token(&provider.settings.login_claim, claims);
    if login.is_none() {
        // Some say names only where one asks for them (OpenID Connect Core 1.0, section 5.4).
        let request = client.user_info(tokens.access_token().to_owned(), Some(claims.subject().clone()))?;
        let said: CoreUserInfoClaims = request.request_async(&ask).await.map_err(|error| anyhow::Error::new(error).context("asking for the name"))?;
        login = of_user(&provider.settings.login_claim, &said);
    }
    Ok(Who { subject: claims.subject().to_string(), login: login.map(|login| fold(&login)) })
}

/// The name in a token. An address counts where the provider has verified it: else anybody could say that of another.
fn of_token(claim: &str, claims: &CoreIdTokenClaims) -> Option<String> {
    match claim {
        "email" => claims.email().filter(|_| claims.email_verified() == Some(true)).map(|email| email.to_string()),
        "sub" => Some(claims.subject().to_string()),
        _ => claims.preferred_username().map(|name| name.to_string()),
    }
}

fn of_user(claim: &str, claims: &CoreUserInfoClaims) -> Option<String> {
    match claim {
        "email" => claims.email().filter(|_| claims.email_verified() == Some(true)).map(|email| email.to_string()),
        _ => claims.preferred_username().map(|name| name.to_string()),
    }
}

/// The account of somebody whom the provider names; made, if the settings say so.
async fn account_of(web: &Web, provider: &Provider, subject: String, login: String) -> Result<Result<account::Account, Refusal>, Failure> {
    let (issuer, makes, now) = (provider.settings.issuer.clone(), provider.settings.new_accounts == NewAccounts::Reader, web.now());
    web.write(move |tx| -> Result<_, Stop> {
        let mut known = match outside::account(tx, &issuer, &subject)? {
            Some(id) => account::by_id(tx, id)?,
            None => None,
        };
        if known.is_none() {
            known = account::by_login(tx, &login)?;
            if known.is_none() && makes {
                account::add_new(tx, &login, &login, Role::Reader, "", false, now)?;
                let line = super::second::line(now, "provider", "account.add", &login);
                account::audit(tx, &account::AuditLine { becomes: Role::Reader.code().to_owned(), ..line })?;
                known = account::by_login(tx, &login)?;
            }
            if let Some(found) = &known {
                tx.lock_account(found.id)?;
                if outside::is_bound(tx, &issuer, found.id)? {
                    return Ok(Err(Refusal::Other));
                }
                if found.disabled_at.is_none() {
                    outside::bind(tx, &issuer, &subject, found.id, now)?;
                    account::audit(tx, &super::second::line(now, "provider", "account.provider_first", &login))?;
                }
            }
        }
        Ok(known.filter(|found| found.disabled_at.is_none()).ok_or(Refusal::Unknown))
    })
    .await
}

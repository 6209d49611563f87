//! `collector.toml`: every setting, its default, its bound.
//!
//! Comes in: the text of the file. Goes out: [`Config`], checked. Absent on purpose: secrets (files name them by path
//! only), and any setting of schools and devices (those are data, on pages and in plan tables).
//! A sample with every key at its default is `deploy/collector/collector.toml`; a test holds the two equal.

use crate::domain::notice::Quiet;
use anyhow::{Context, Result, bail, ensure};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where data lies.
    pub store: Store,
    /// How the collector is reached.
    pub server: Server,
    /// How pages speak.
    pub pages: Pages,
    /// How long people stay signed in.
    pub session: Session,
    /// The town's own sign-in.
    pub oidc: Oidc,
    /// The mail server.
    pub mail: Mail,
    /// What people and their programs are told.
    pub notices: Notices,
    /// How programs are served.
    pub api: Api,
    /// What a monitoring system is told.
    pub metrics: Metrics,
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// Folder of all that the collector keeps: the SQLite file, its own CA, its keys.
    pub folder: PathBuf,
    /// Empty: SQLite in `folder`. Else a path of a SQLite file, or `postgres://…` without a password.
    pub database: String,
    /// File that holds the whole `postgres://…` address when it has a password in it; empty: none.
    pub database_file: PathBuf,
}

impl Default for Store {
    fn default() -> Self {
        Store { folder: "/var/lib/rollcall-collector".into(), database: String::new(), database_file: PathBuf::new() }
    }
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port on which to listen; nothing listens beyond loopback unless asked here.
    pub listen: SocketAddr,
    /// Who makes the connection secret.
    pub tls: Tls,
    /// Names and addresses under which agents and people reach the collector: they stand in its own certificate.
    pub hosts: Vec<String>,
    /// With `tls = "files"`: certificate chain, PEM.
    pub certificate: PathBuf,
    /// With `tls = "files"`: its key, PEM.
    pub key: PathBuf,
    /// The address that people see, where it is not that of the first host: links in letters lead there. With `tls = "proxy"` it must be said:
    /// a proxy in front terminates TLS; plain HTTP may then leave loopback, and cookies are still marked secure.
    pub public_url: String,
    /// Connections open at the same time, 1–100 000; more wait.
    pub connections: usize,
    /// Seconds that one request may take, 1–600.
    pub request_timeout_s: u64,
}

impl Default for Server {
    fn default() -> Self {
        Server {
            listen: SocketAddr::from(([127, 0, 0, 1], 8443)),
            tls: Tls::Own,
            hosts: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            certificate: PathBuf::new(),
            key: PathBuf::new(),
            public_url: String::new(),
            connections: 4_096,
            request_timeout_s: 30,
        }
    }
}

/// Who makes the connection secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// The collector, with a CA of its own made at first start.
    Own,
    /// The collector, with a certificate given.
    Files,
    /// A proxy in front.
    Proxy,
    /// Nobody: loopback only.
    Off,
}

/// `[pages]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pages {
    /// The programme's time zone, by its IANA name.
    pub zone: String,
}

impl Default for Pages {
    fn default() -> Self {
        Pages { zone: "Europe/Paris".to_owned() }
    }
}

/// `[session]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Hours without a click after which one signs in again, 1–720.
    pub idle_hours: i64,
    /// Days after which one signs in again in any case, 1–90.
    pub absolute_days: i64,
}

impl Default for Session {
    fn default() -> Self {
        Session { idle_hours: 12, absolute_days: 7 }
    }
}

/// `[oidc]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oidc {
    /// Address of the town's OpenID provider, as it names itself; empty: none.
    pub issuer: String,
    /// How this collector is registered there.
    pub client_id: String,
    /// File that holds its secret.
    pub client_secret_file: PathBuf,
    /// What the button of the sign-in page says.
    pub name: String,
    /// What of a person is their login here.
    pub login_claim: String,
    /// What becomes of persons who have no account.
    pub new_accounts: NewAccounts,
    /// Certificates of an authority of the town's own, PEM, beside those of the system; empty: none.
    pub ca_file: PathBuf,
}

/// What of a person may be their login.
const LOGIN_CLAIMS: [&str; 3] = ["preferred_username", "email", "sub"];

impl Default for Oidc {
    fn default() -> Self {
        Oidc {
            issuer: String::new(),
            client_id: String::new(),
            client_secret_file: PathBuf::new(),
            name: String::new(),
            login_claim: LOGIN_CLAIMS[0].to_owned(),
            new_accounts: NewAccounts::None,
            ca_file: PathBuf::new(),
        }
    }
}

/// What becomes of persons whom the provider knows and who have no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewAccounts {
    /// An administrator makes it first.
    None,
    /// They get one that reads the whole programme.
    Reader,
}

impl Oidc {
    /// There is a provider.
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    fn check(&self) -> Result<()> {
        if !self.is_on() {
            return Ok(());
        }
        let issuer = &self.issuer;
        let url = reqwest::Url::parse(issuer).ok().filter(|url| url.host_str().is_some() && url.query().is_none() && url.fragment().is_none());
        let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let good = url.is_some_and(|url| url.scheme() == "https" || (url.scheme() == "http" && loopback));
        ensure!(
            good,
            "oidc.issuer: expected an address such as \"https://sso.ville.example/realms/ville\" (http on this machine only), found {issuer:?}"
        );
        ensure!(!self.client_id.is_empty(), "oidc.client_id: expected the name under which this collector is registered at the provider, found none");
        ensure!(!self.client_secret_file.as_os_str().is_empty(), "oidc.client_secret_file: expected the path of a file, found none");
        ensure!(!self.name.is_empty(), "oidc.name: expected what people call the provider, such as \"Ville de Lorient\", found nothing");
        let claim = &self.login_claim;
        ensure!(LOGIN_CLAIMS.contains(&claim.as_str()), "oidc.login_claim: expected one of {}, found {claim:?}", LOGIN_CLAIMS.join(", "));
        Ok(())
    }
}

/// `[mail]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// The town's mail server; empty: no e-mail is sent.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who makes the connection secret.
    pub tls: MailTls,
    /// Certificates of an authority of the town's own, PEM, beside those of the system; empty: none.
    pub ca_file: PathBuf,
    /// Who writes: an address, or a name with an address in angle brackets.
    pub sender: String,
    /// Login at the mail server; empty: none is asked for.
    pub user: String,
    /// File that holds its password.
    pub password_file: PathBuf,
}

impl Default for Mail {
    fn default() -> Self {
        let none = PathBuf::new;
        Mail {
            host: String::new(),
            port: 587,
            tls: MailTls::Starttls,
            ca_file: none(),
            sender: String::new(),
            user: String::new(),
            password_file: none(),
        }
    }
}

/// Who makes the connection to the mail server secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Plain at first, then TLS, or nothing is said (RFC 3207; port 587).
    Starttls,
    /// TLS from the first byte (RFC 8314; port 465).
    Tls,
    /// Nobody: a mail server on this machine only.
    None,
}

/// `[notices]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notices {
    /// Quiet hours of everybody who has not chosen their own, `HH:MM-HH:MM`; empty: none.
    pub quiet: String,
    /// Hours between two digests of a day, 1–24; the first goes when quiet hours end.
    pub digest_hours: i64,
    /// Seconds that urgent news wait for their like, 0–3 600.
    pub gather_s: i64,
    /// Hosts to which webhooks may go, with a port where it is not 443; none: no webhook.
    pub webhook_hosts: Vec<String>,
}

impl Default for Notices {
    fn default() -> Self {
        Notices { quiet: "20:00-07:00".to_owned(), digest_hours: 24, gather_s: 120, webhook_hosts: Vec::new() }
    }
}

impl Mail {
    /// E-mail can be sent.
    pub fn is_on(&self) -> bool {
        !self.host.is_empty()
    }

    fn check(&self) -> Result<()> {
        if !self.is_on() {
            return Ok(());
        }
        let loopback = self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        ensure!(
            self.tls != MailTls::None || loopback,
            "mail.tls: \"none\" is for a mail server on this machine, found host {:?}; expected \"starttls\" or \"tls\"",
            self.host
        );
        let sender = &self.sender;
        ensure!(
            crate::mail::address(sender).is_some(),
            "mail.sender: expected an address such as \"Rollcall <rollcall@ville.example>\", found {sender:?}"
        );
        let has_password = !self.password_file.as_os_str().is_empty();
        ensure!(self.user.is_empty() != has_password, "mail.user and mail.password_file: expected both, or neither");
        Ok(())
    }
}

impl Notices {
    fn check(&self) -> Result<()> {
        let quiet = &self.quiet;
        ensure!(
            quiet.is_empty() || Quiet::parse(quiet).is_some(),
            "notices.quiet: expected hours such as \"20:00-07:00\", or nothing, found {quiet:?}"
        );
        within("notices.digest_hours", self.digest_hours, 1, 24)?;
        within("notices.gather_s", self.gather_s, 0, 3_600)?;
        match self.webhook_hosts.iter().find(|host| host.is_empty() || host.contains(['/', '@', '*', ' '])) {
            Some(host) => bail!("notices.webhook_hosts: expected hosts such as \"gmao.example.fr\" or \"gmao.example.fr:8443\", found {host:?}"),
            None => Ok(()),
        }
    }
}

/// `[api]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// Requests to `/api/v1` that one account, or one address without an account, may make a minute, 1–1 000 000; agents have no such bound.
    pub requests_per_minute: u32,
}

/// Twenty a second: whoever reads a whole country by pages of 500 stays below.
const REQUESTS_PER_MINUTE: u32 = 1_200;

impl Default for Api {
    fn default() -> Self {
        Api { requests_per_minute: REQUESTS_PER_MINUTE }
    }
}

/// `[metrics]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Schools that have series of their own: those with most open faults, 0–5 000; each costs three series.
    pub schools: u32,
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics { schools: 500 }
    }
}

impl Config {
    /// Reads and checks a file.
    pub fn read(path: &Path) -> Result<Config> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Config::parse(&text).with_context(|| format!("{} cannot be used", path.display()))
    }

    /// Parses and checks the text of a file.
    pub fn parse(text: &str) -> Result<Config> {
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    /// Holds every setting against its bound.
    pub fn check(&self) -> Result<()> {
        let server = &self.server;
        self.zone()?;
        match server.tls {
            Tls::Own => ensure!(!server.hosts.is_empty(), "server.hosts: expected at least one name for the certificate, found none"),
            Tls::Files => {
                let named = !server.certificate.as_os_str().is_empty() && !server.key.as_os_str().is_empty();
                ensure!(named, "server.certificate and server.key: tls = \"files\" expects both paths");
            }
            Tls::Proxy => {
                let url = &server.public_url;
                ensure!(url.starts_with("https://"), "server.public_url: tls = \"proxy\" expects the https://… address of the proxy, found {url:?}");
            }
            Tls::Off if !server.listen.ip().is_loopback() => {
                bail!(
                    "server.listen: plain HTTP is served on loopback only, found {}; set server.tls to \"own\" or \"files\", or to \"proxy\" behind one",
                    server.listen
                )
            }
            Tls::Off => {}
        }
        within("server.connections", server.connections as i64, 1, 100_000)?;
        within("server.request_timeout_s", server.request_timeout_s as i64, 1, 600)?;
        within("session.idle_hours", self.session.idle_hours, 1, 720)?;
        within("session.absolute_days", self.session.absolute_days, 1, 90)?;
        self.oidc.check()?;
        self.mail.check()?;
        self.notices.check()?;
        within("api.requests_per_minute", i64::from(self.api.requests_per_minute), 1, 1_000_000)?;
        within("metrics.schools", i64::from(self.metrics.schools), 0, 5_000)
    }

    /// The programme's time zone.
    pub fn zone(&self) -> Result<TimeZone> {
        let name = &self.pages.zone;
        TimeZone::get(name)
            .map_err(|_| anyhow::anyhow!("pages.zone: expected an IANA zone such as \"Europe/Paris\" or \"Indian/Reunion\", found {name:?}"))
    }

    /// Where the database is: what `Db::open` takes.
    pub fn database(&self) -> Result<String> {
        let store = &self.store;
        if !store.database_file.as_os_str().is_empty() {
            let text = std::fs::read_to_string(&store.database_file);
            return Ok(text.with_context(|| format!("store.database_file: reading {}", store.database_file.display()))?.trim().to_owned());
        }
        if !store.database.is_empty() {
            return Ok(store.database.clone());
        }
        let path = store.folder.join("rollcall.db");
        path.to_str().map(str::to_owned).context("store.folder: the path is not UTF-8")
    }

    /// Cookies may carry the mark "secure": people come by https.
    pub fn is_secure(&self) -> bool {
        self.server.tls != Tls::Off
    }
}

fn within(name: &str, found: i64, from: i64, to: i64) -> Result<()> {
    ensure!((from..=to).contains(&found), "{name}: expected {from} to {to}, found {found}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_names_every_key_at_its_default() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/collector/collector.toml");
        let sample: toml::Table = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let defaults = toml::Table::try_from(Config::default()).unwrap();
        assert_eq!(sample, defaults);
    }

    #[test]
    fn a_bad_setting_is_refused_by_its_name() {
        for (text, expected) in [
            ("[server]\nlisten = \"0.0.0.0:80\"\ntls = \"off\"", "server.listen"),
            ("[server]\ntls = \"files\"", "server.certificate"),
            ("[server]\ntls = \"proxy\"", "server.public_url"),
            ("[server]\nport = 80", "unknown field `port`"),
            ("[pages]\nzone = \"Paris\"", "pages.zone"),
            ("[mail]\nhost = \"smtp.example\"\ntls = \"none\"\nsender = \"a@b.example\"", "mail.tls"),
            ("[mail]\nhost = \"smtp.example\"\nsender = \"Rollcall\"", "mail.sender"),
            ("[mail]\nhost = \"smtp.example\"\nsender = \"a@b.example\"\nuser = \"a\"", "mail.password_file"),
            ("[oidc]\nissuer = \"http://sso.example\"", "oidc.issuer"),
            ("[oidc]\nissuer = \"https://sso.example\"", "oidc.client_id"),
            (
                "[oidc]\nissuer = \"https://sso.example\"\nclient_id = \"a\"\nclient_secret_file = \"b\"\nname = \"c\"\nlogin_claim = \"upn\"",
                "oidc.login_claim",
            ),
            ("[notices]\nquiet = \"night\"", "notices.quiet"),
            ("[notices]\nwebhook_hosts = [\"https://gmao.example\"]", "notices.webhook_hosts"),
            ("[session]\nidle_hours = 0", "session.idle_hours: expected 1 to 720, found 0"),
        ] {
            let error = format!("{:#}", Config::parse(text).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
        assert_eq!(Config::parse("").unwrap(), Config::default());
    }
}

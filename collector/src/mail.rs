//! E-mail: one letter to one mailbox by SMTP, with TLS.
//!
//! Comes in: settings, a letter as text and HTML. Goes out: accepted by the mail server, or why not and whether that may change. Absent on
//! purpose: whom, when and what (`notify`); attempts; any part of a header that is not cleaned first.

use crate::config::{Mail, MailTls};
use anyhow::{Context, Result, anyhow};
use askama::Template;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use rollcall_shared::Timestamp;
use std::error::Error as _;
use std::time::Duration;

/// So long a mail server may take for each answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// And so long for a whole letter: as many as are taken at once stay within their lease (`notify`).
const WHOLE: Duration = Duration::from_secs(50);
/// Longest subject, in characters.
const SUBJECT: usize = 200;
/// Longest address, in bytes (RFC 5321, 4.5.3.1.3).
const ADDRESS: usize = 254;

/// One letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// To whom: an address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// As text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// Its Message-ID without brackets: the same letter sent twice has it twice.
    pub id: String,
}

/// Why a letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The server says that it will never take it.
    pub for_good: bool,
    /// In words.
    pub why: String,
}

/// An address, with a name before it or without.
pub fn address(text: &str) -> Option<Mailbox> {
    let one = !text.contains(|letter: char| letter.is_control()) && text.len() <= ADDRESS;
    one.then(|| text.trim().parse().ok()).flatten()
}

/// A bare address as somebody types it; `None` where it is none.
pub fn bare_address(text: &str) -> Option<String> {
    address(text).filter(|mailbox| mailbox.name.is_none()).map(|mailbox| mailbox.email.to_string())
}

/// A text that stands in one line: without what would begin another one, or hide what it says.
pub fn clean(text: &str) -> String {
    let odd = |letter: char| letter.is_control() || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = text.chars().map(|letter| if odd(letter) { ' ' } else { letter }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line of a header.
fn one_line(text: &str) -> String {
    clean(text).chars().take(SUBJECT).collect()
}

/// The way to the mail server.
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Mailbox,
    host: String,
}

impl Post {
    /// By the settings; `None` where no mail server is set. Reads the password each time, so that it may be changed while the collector runs.
    pub fn new(mail: &Mail) -> Result<Option<Post>> {
        if !mail.is_on() {
            return Ok(None);
        }
        let sender = address(&mail.sender).context("mail.sender: no address")?;
        let secret = || -> Result<TlsParameters> {
            let mut tls = TlsParameters::builder(mail.host.clone());
            if !mail.ca_file.as_os_str().is_empty() {
                let pem = std::fs::read(&mail.ca_file).with_context(|| format!("mail.ca_file: reading {}", mail.ca_file.display()))?;
                tls = tls.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| anyhow!("mail.ca_file: {}", chain(&error)))?);
            }
            tls.build_rustls().map_err(|error| anyhow!("mail.tls: {}", chain(&error)))
        };
        let tls = match mail.tls {
            MailTls::Starttls => Tls::Required(secret()?),
            MailTls::Tls => Tls::Wrapper(secret()?),
            MailTls::None => Tls::None,
        };
        // The name of the greeting: that of the sender's domain, for this machine's own means nothing outside.
        let hello = ClientId::Domain(sender.email.domain().to_owned());
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.host).port(mail.port).tls(tls).timeout(Some(TIMEOUT)).hello_name(hello);
        if !mail.user.is_empty() {
            let path = &mail.password_file;
            let password = std::fs::read_to_string(path).with_context(|| format!("mail.password_file: reading {}", path.display()))?;
            transport = transport.credentials(Credentials::new(mail.user.clone(), password.trim_end_matches(['\r', '\n']).to_owned()));
        }
        Ok(Some(Post { transport: transport.build(), sender, host: format!("{}:{}", mail.host, mail.port) }))
    }

    /// The domain of the sender: Message-IDs end with it.
    pub fn domain(&self) -> &str {
        self.sender.email.domain()
    }

    /// Gives one letter to the mail server.
    pub async fn send(&self, letter: &Letter) -> Result<(), Refused> {
        let message = self.message(letter).map_err(|error| Refused { for_good: true, why: format!("{error:#}") })?;
        // A server that takes its time for each answer holds no lease for ever.
        let Ok(sent) = tokio::time::timeout(WHOLE, self.transport.send(message)).await else {
            return Err(Refused { for_good: false, why: format!("{}: not done in {} s", self.host, WHOLE.as_secs()) });
        };
        match sent {
            Ok(_) => Ok(()),
            Err(error) => Err(Refused { for_good: error.is_permanent(), why: format!("{}: {}", self.host, told(&error)) }),
        }
    }

    fn message(&self, letter: &Letter) -> Result<Message> {
        let to = address(&letter.to).with_context(|| format!("{:?} is no address", letter.to))?;
        let envelope = Envelope::new(Some(self.sender.email.clone()), vec![to.email.clone()])?;
        // RFC 3834, 5: no robot answers a robot.
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Ok(Message::builder()
            .from(self.sender.clone())
            .to(to)
            .subject(one_line(&letter.subject))
            .message_id(Some(format!("<{}>", one_line(&letter.id))))
            .raw_header(automatic)
            .envelope(envelope)
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))?)
    }
}

/// Sends one letter to see whether it goes; else why not, for somebody who sets the collector up.
pub async fn send_test(mail: &Mail, to: &str, (subject, text): (&str, &str), now: Timestamp) -> Result<(), String> {
    let post = Post::new(mail).map_err(|error| format!("{error:#}"))?.ok_or("mail.host: no mail server is set in collector.toml")?;
    let id = format!("test.{}@{}", now.0, post.domain());
    let html = TestHtml { subject, text }.render().map_err(|error| error.to_string())?;
    let letter = Letter { to: to.to_owned(), subject: subject.to_owned(), text: text.to_owned(), html, id };
    post.send(&letter).await.map_err(|refused| refused.why)
}

#[derive(Template)]
#[template(path = "test.html")]
struct TestHtml<'a> {
    subject: &'a str,
    text: &'a str,
}

/// What went wrong, as somebody reads it who must put it right.
fn told(error: &Error) -> String {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_tls() {
        "TLS failed"
    } else if error.is_client() {
        "this server cannot be spoken to so"
    } else if error.is_permanent() {
        "the server refuses"
    } else if error.is_transient() {
        "the server says later"
    } else {
        "the server was not reached, or broke off"
    };
    format!("{what}: {}", chain(error))
}

fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = inner.source();
    }
    one_line(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str, subject: &str) -> Letter {
        Letter { to: to.into(), subject: subject.into(), text: "a\r\nb".into(), html: "<p>a</p>".into(), id: "delivery.1@ville.example".into() }
    }

    fn post() -> Post {
        let mail = Mail { host: "localhost".into(), tls: MailTls::None, sender: "Rollcall <parc@ville.example>".into(), ..Mail::default() };
        Post::new(&mail).unwrap().unwrap()
    }

    #[test]
    fn nothing_begins_another_header() {
        for subject in ["lampe\r\nBcc: x@evil.example", "lampe\nBcc: x@evil.example", "lampe\u{2028}Bcc: x@evil.example", "lampe\r\n\r\nbody"] {
            let text = String::from_utf8(post().message(&letter("anne@ville.example", subject)).unwrap().formatted()).unwrap();
            let head = text.split("\r\n\r\n").next().unwrap();
            assert!(!head.contains("\r\nBcc:") && head.contains("Subject: lampe"), "{head}");
            assert!(head.contains("Message-ID: <delivery.1@ville.example>") && head.contains("Auto-Submitted: auto-generated"), "{head}");
        }
        for to in ["anne@ville.example\r\nRCPT TO:<x@evil.example>", "anne@ville.example, x@evil.example", "anne", "", "a b@c.example"] {
            assert!(post().message(&letter(to, "x")).is_err(), "{to:?}");
            assert_eq!(bare_address(to), None);
        }
        assert_eq!(bare_address(" anne@ville.example "), Some("anne@ville.example".to_owned()));
        assert_eq!(bare_address("Anne <anne@ville.example>"), None);
    }
}

//! Shell: `rollcall-collector test-mail ADDRESS`: one letter by the settings, and what the mail server said.
//!
//! Comes in: settings, an address. Goes out: whether the server took it, else why not, in its own words. Absent on purpose: the password.

use crate::config::Config;
use crate::domain::language::Language;
use crate::mail;
use crate::web::words::Words;
use anyhow::{Context, Result, bail};
use rollcall_shared::Timestamp;
use std::io::Write;

/// Sends it.
pub fn test(config: &Config, to: &str, now: Timestamp, out: &mut dyn Write) -> Result<()> {
    let to = mail::bare_address(to).with_context(|| format!("expected an e-mail address such as somebody@ville.example, found {to:?}"))?;
    let words = Words { language: Language::Fr, zone: config.zone()?, now };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    let texts = (words.t("letter-test-subject"), words.t("letter-test-text"));
    match runtime.block_on(mail::send_test(&config.mail, &to, (&texts.0, &texts.1), now)) {
        Ok(()) => Ok(writeln!(out, "{}:{} has taken the test letter for {to}.", config.mail.host, config.mail.port)?),
        Err(why) => bail!("the test letter was not sent: {why}"),
    }
}

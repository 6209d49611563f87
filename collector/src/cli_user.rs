//! Shell: `rollcall-collector user …`, the accounts of people from the console.
//!
//! Comes in: arguments; passwords from the terminal or standard input, never from arguments (`ps` shows those). Goes out:
//! rows and a line of the audit trail. Absent on purpose: the clock, and default passwords.

use crate::domain::folded::fold;
use crate::store::account::{self, AuditLine, Role};
use crate::store::{Db, Error, Tx};
use crate::web::{password, session};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use rollcall_shared::Timestamp;
use std::io::{BufRead, IsTerminal, Write};

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make an account; its password is read from the terminal, or from standard input.
    Add {
        /// Login.
        login: String,
        /// admin, manager, technician, contractor, school or reader.
        #[arg(long, default_value = "technician")]
        role: String,
        /// The actor of the plan for whom a contractor works.
        #[arg(long, default_value = "")]
        actor: String,
        /// The schools that it sees: a code, or a selector such as kind=elementaire; empty: all.
        #[arg(long, default_value = "")]
        schools: String,
    },
    /// List the accounts.
    List,
    /// Set an account's password and end its sessions.
    Password {
        /// Login.
        login: String,
    },
}

/// Does what was asked.
pub fn run(db: &Db, user: User, now: Timestamp) -> Result<()> {
    match user {
        User::Add { login, role, actor, schools } => {
            let role = Role::from_code(&role)
                .with_context(|| format!("--role: expected admin, manager, technician, contractor, school or reader, found {role:?}"))?;
            let login = fold(&login);
            let hash = new_password(&login)?;
            let name = login.clone();
            let bounds = account::Bounds { actor, schools, kinds: Vec::new() };
            let added = db.write(move |tx| -> Result<bool, Error> {
                let added = account::add_new(tx, &name, &name, role, &hash, false, now)?.is_some();
                if added {
                    account::set_bounds(tx, &name, role, &bounds)?;
                    audit(tx, now, "account.add", &name, role.code())?;
                }
                Ok(added)
            })?;
            if !added {
                bail!("the login {login:?} exists already");
            }
            println!("{login} can sign in.");
        }
        User::Password { login } => {
            let login = fold(&login);
            let asked = login.clone();
            let known = db.read(move |tx| account::by_login(tx, &asked))?.with_context(|| format!("no account has the login {login:?}"))?;
            let hash = new_password(&login)?;
            db.write(move |tx| -> Result<(), Error> {
                account::set_password(tx, known.id, &hash, false)?;
                account::close_sessions(tx, known.id)?;
                audit(tx, now, "account.password", &known.login, "")
            })?;
            println!("The password of {login} is set; its sessions are ended.");
        }
        User::List => {
            for account in db.read(|tx| account::accounts(tx, "", 1_000))? {
                let state = if account.disabled_at.is_some() { "disabled" } else { "" };
                println!("{}\t{}\t{}", account.login, account.role.code(), state);
            }
        }
    }
    Ok(())
}

fn audit(tx: &mut Tx<'_>, now: Timestamp, what: &str, subject: &str, becomes: &str) -> Result<(), Error> {
    let line = AuditLine {
        at: now,
        who: "console".to_owned(),
        what: what.to_owned(),
        subject: subject.to_owned(),
        was: String::new(),
        becomes: becomes.to_owned(),
    };
    account::audit(tx, &line)
}

fn new_password(login: &str) -> Result<String> {
    if std::io::stdin().is_terminal() {
        eprint!("Password for {login} (it is shown as you type): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("reading the password from standard input")?;
    let password = line.trim_end_matches(['\n', '\r']);
    if let Err(reason) = session::check_new(login, password, None) {
        bail!("{reason}: a login has 1 to 60 letters or digits, a password {} characters at least", password::MIN_CHARS);
    }
    password::hash(password)
}

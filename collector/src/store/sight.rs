//! What an account sees, as rows, and the transaction that looks with an account's eyes.
//!
//! Comes in: a sight worked out by the core. Goes out: [`Eyes`], and [`Seen`], which every query of [`super::view`] wants: a list cannot be
//! asked for without saying for whom. Absent on purpose: working it out (`domain/sight`), rights.

use super::{Result, Tx, missing};
use crate::domain::sight::{ANY, Sight};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

/// Whose eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eyes {
    /// The account whose rows of `sight` hold; 0: everything is seen.
    account: i64,
}

impl Eyes {
    /// They see everything: the program itself, its commands, and accounts without bounds.
    pub const ALL: Eyes = Eyes { account: 0 };

    /// They see what the rows of this account say.
    pub fn of(account: i64) -> Eyes {
        // 0 means everything; no account has it, but if one had, it would see nothing.
        Eyes { account: if account == 0 { -1 } else { account } }
    }

    /// Whether they see everything.
    pub fn see_all(self) -> bool {
        self.account == 0
    }

    /// A transaction that looks with them.
    pub fn on<'a, 'c>(self, tx: &'a mut Tx<'c>) -> Seen<'a, 'c> {
        Seen { tx, eyes: self }
    }
}

/// A transaction on behalf of somebody. Queries of [`super::view`] keep to what its eyes see.
pub struct Seen<'a, 'c> {
    tx: &'a mut Tx<'c>,
    eyes: Eyes,
}

impl Seen<'_, '_> {
    /// The parameter of `sees_school!` and its kin.
    pub fn by(&self) -> i64 {
        self.eyes.account
    }

    /// Whether everything is seen.
    pub fn see_all(&self) -> bool {
        self.eyes.see_all()
    }
}

impl<'c> Deref for Seen<'_, 'c> {
    type Target = Tx<'c>;

    fn deref(&self) -> &Tx<'c> {
        self.tx
    }
}

impl DerefMut for Seen<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.tx
    }
}

/// The lots of which the eyes see something; `None`: any.
pub fn lots(seen: &mut Seen<'_, '_>) -> Result<Option<BTreeSet<String>>> {
    let by = seen.by();
    if by == 0 {
        return Ok(None);
    }
    let rows = seen.query("select distinct lot from sight where account_id = $1", &[by.into()])?;
    let lots = rows.into_iter().map(|mut row| row.take()).collect::<Result<BTreeSet<String>>>()?;
    Ok(if lots.contains(ANY) { None } else { Some(lots) })
}

/// Schools, each with the kinds that the eyes see there: for what lies in tables of plan and register, where no query asks for it.
#[derive(Debug, Clone)]
pub struct Scope(Option<BTreeMap<String, BTreeSet<String>>>);

impl Scope {
    /// Everything.
    pub const ALL: Scope = Scope(None);

    /// Whether everything is seen.
    pub fn is_all(&self) -> bool {
        self.0.is_none()
    }

    /// Whether anything of this school is seen.
    pub fn knows(&self, school: Option<&str>) -> bool {
        self.0.as_ref().is_none_or(|schools| school.is_some_and(|school| schools.contains_key(school)))
    }

    /// Whether something of this school and this kind (codes) is seen; what names no school is seen by whoever sees everything.
    pub fn holds(&self, school: Option<&str>, kind: Option<&str>) -> bool {
        let Some(schools) = &self.0 else { return true };
        let kinds = school.and_then(|school| schools.get(school));
        kinds.is_some_and(|kinds| kinds.contains(ANY) || kind.is_some_and(|kind| kinds.contains(kind)))
    }
}

/// What the eyes see, as one value.
pub fn scope(seen: &mut Seen<'_, '_>) -> Result<Scope> {
    let by = seen.by();
    if by == 0 {
        return Ok(Scope::ALL);
    }
    let mut schools: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let sql =
        "select distinct school.code, sight.kind from sight join school on school.school_id = sight.school_id where account_id = $1 and lot = '*'";
    for mut row in seen.query(sql, &[by.into()])? {
        schools.entry(row.take()?).or_default().insert(row.take()?);
    }
    Ok(Scope(Some(schools)))
}

/// Condition of a query: the eyes of the parameter see the school of this column.
macro_rules! sees_school {
    ($eyes:literal, $school:literal) => {
        concat!(
            "(cast(",
            $eyes,
            " as bigint) = 0 or exists (select 1 from sight where sight.account_id = ",
            $eyes,
            " and sight.school_id = ",
            $school,
            "))"
        )
    };
}

/// Condition of a query: the eyes see a fault of this school, lot and kind (expressions).
macro_rules! sees_fault {
    ($eyes:literal, $school:literal, $lot:literal, $kind:literal) => {
        concat!(
            "(cast(",
            $eyes,
            " as bigint) = 0 or exists (select 1 from sight where sight.account_id = ",
            $eyes,
            " and sight.school_id = ",
            $school,
            " and sight.lot in ('*', ",
            $lot,
            ") and sight.kind in ('*', ",
            $kind,
            ")))"
        )
    };
}

/// Condition of a query over `device`: the eyes see it, because a lot of theirs would mend it, or one of its faults is theirs.
macro_rules! sees_device {
    ($eyes:literal) => {
        concat!(
            "(cast(", $eyes, " as bigint) = 0 or exists (select 1 from sight where sight.account_id = ", $eyes, " and sight.school_id = device.school_id",
            " and sight.kind in ('*', coalesce(device.kind, '')) and (sight.lot = '*'",
            " or exists (select 1 from device_lot where device_lot.school_id = device.school_id and device_lot.device_id = device.device_id",
            " and device_lot.lot = sight.lot)",
            " or exists (select 1 from fault as own where own.device_id = device.device_id and own.school_id = sight.school_id and own.lot = sight.lot))))"
        )
    };
}
pub(super) use {sees_device, sees_fault, sees_school};

/// Replaces what an account sees; `of` is the state from which it was worked out.
pub fn save(tx: &mut Tx<'_>, account: i64, sight: &Sight, of: &str) -> Result<()> {
    tx.execute("delete from sight where account_id = $1", &[account.into()])?;
    if let Sight::Of(rows) = sight {
        let sql = "
            insert into sight (account_id, school_id, lot, kind)
            select $1, school_id, $3, $4 from school where code = $2";
        for row in rows {
            tx.execute(sql, &[account.into(), (&row.school).into(), (&row.lot).into(), (&row.kind).into()])?;
        }
    }
    let done = tx.changed("update account set sight_of = $2 where account_id = $1", &[account.into(), of.into()])?;
    if done == 0 { Err(missing("account")) } else { Ok(()) }
}

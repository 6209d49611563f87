//! Shell: what of plan and register holds at one school, read for that school alone.
//!
//! Comes in: a school with its devices. Goes out: a plan and a register like the whole ones, with the rows that its settling asks for. A version of the
//! plan is laid out by school once, when it is first settled by; the register is found by name, row by row, so a change of one row costs nothing
//! elsewhere. Kept between schools: what all share (phases, lots, deadlines, kits, scopes) and lists that others keep. Absent on purpose: which rows
//! those are (`domain/portion`), judging (`settle`).

use crate::calendars;
use crate::domain::device::{Device, KeyRank};
use crate::domain::list::{Completing, Listed};
use crate::domain::plan::model::Plan;
use crate::domain::portion::{Aliases, Parting, Shared, at, called, school_part, shared, switch_part};
use crate::domain::presence::InCase;
use crate::domain::progress::papers::Papers;
use crate::domain::reconcile::Town as Owners;
use crate::domain::register::{Register, Scope};
use crate::store::{self, Db, Tx, list, plan, portion, register};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Parts written in one job, so that reports come in between.
const PARTS_A_JOB: usize = 256;
/// Rows of an older register that are named in one job.
const ROWS_A_JOB: u32 = 2_000;
/// Assets of the portions that are kept for their schools' next settling, all together: a town's, and about 20 MB. A country's schools are read
/// anew, each for itself.
const KEPT_ASSETS: usize = 20_000;
/// The part that all schools share.
const SHARED: &str = "shared";

/// Plan and register as far as one school goes.
#[derive(Debug, Clone, Default)]
pub struct Portion {
    /// The plan, with this school (and those whose history it carries on).
    pub plan: Plan,
    /// The register: what is at the school, and what bears the names of its devices.
    pub register: Register,
    /// What papers date.
    pub papers: Papers,
    /// Cases of the school's assets, by label.
    pub cases: BTreeMap<String, InCase>,
    /// Stolen and fixed assets.
    pub owners: Owners,
}

impl Portion {
    /// Of a plan and a register; whole ones give the same answers, for the price of the country.
    pub fn new(plan: Plan, register: Register, school: &str) -> Portion {
        let (papers, owners) = (Papers::of(&register), Owners::of(&register));
        let cases = calendars::cases(&register).remove(school).unwrap_or_default();
        Portion { plan, register, papers, cases, owners }
    }
}

/// What all schools share, as of a stamp.
#[derive(Debug, Default)]
pub struct Common {
    /// Version of the plan, and how often the register was changed.
    stamp: (i64, u64),
    plan: Shared,
    scopes: Vec<Scope>,
    lists: Arc<Lists>,
    ready: Mutex<Ready>,
}

/// Portions as they were read last, while plan, register and lists stay as they are.
#[derive(Debug, Default)]
struct Ready {
    by_school: HashMap<String, (BTreeSet<String>, Arc<Portion>)>,
    /// Schools in the order in which they were read.
    order: VecDeque<String>,
    assets: usize,
}

impl Ready {
    /// What was read for the same names.
    fn get(&self, school: &str, asked: &BTreeSet<String>) -> Option<Arc<Portion>> {
        self.by_school.get(school).filter(|(names, _)| names == asked).map(|(_, portion)| portion.clone())
    }

    fn keep(&mut self, school: &str, asked: BTreeSet<String>, portion: &Arc<Portion>) {
        let weight = |portion: &Portion| portion.register.assets.len() + 1;
        if weight(portion) > KEPT_ASSETS / 4 {
            return;
        }
        self.assets += weight(portion);
        match self.by_school.insert(school.to_owned(), (asked, portion.clone())) {
            Some((_, older)) => self.assets -= weight(&older),
            None => self.order.push_back(school.to_owned()),
        }
        while self.assets > KEPT_ASSETS {
            let Some((_, oldest)) = self.order.pop_front().and_then(|oldest| self.by_school.remove(&oldest)) else { break };
            self.assets -= weight(&oldest);
        }
    }
}

/// Lists that others keep: what they tell of an asset helps to know it.
#[derive(Debug, Default)]
struct Lists {
    stamp: (i64, i64),
    listed: Vec<Listed>,
    completing: Completing,
    aliases: Aliases,
}

/// Keeps what is shared until its stamp moves. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<Option<Arc<Common>>>>);

impl Kept {
    /// What is shared now; a version that nobody has settled by yet is laid out first.
    pub fn common(&self, db: &Db) -> store::Result<Arc<Common>> {
        let (stamp, lists_stamp) = db.read(|tx| -> store::Result<_> { Ok((plan::stamp(tx)?, list::stamp(tx)?)) })?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.as_ref().map(|common| common.lists.clone()).filter(|lists| lists.stamp == lists_stamp);
        if let Some(common) = kept.as_ref().filter(|common| common.stamp == stamp && known.is_some()) {
            return Ok(common.clone());
        }
        name_register(db)?;
        lay_out(db, stamp.0)?;
        let common = db.read(|tx| -> store::Result<_> {
            let lists = known.map_or_else(|| Ok(Arc::new(Lists::load(tx)?)), store::Result::Ok)?;
            let scopes = Register::from_tables(&register::one_table(tx, "scopes")?).scopes;
            Ok(Arc::new(Common { stamp, plan: Shared::of(&portion::part(tx, stamp.0, SHARED)?), scopes, lists, ready: Mutex::default() }))
        })?;
        *kept = Some(common.clone());
        Ok(common)
    }
}

impl Lists {
    fn load(tx: &mut Tx<'_>) -> store::Result<Lists> {
        let (stamp, listed) = (list::stamp(tx)?, list::listed(tx)?);
        Ok(Lists { stamp, completing: Completing::of(&listed), aliases: Aliases::of(&listed), listed })
    }
}

impl Common {
    /// The portion of a school; `None` where the plan has another version by now, which marks the school anew.
    pub fn portion(&self, tx: &mut Tx<'_>, school: &str, devices: &[Device]) -> store::Result<Option<Arc<Portion>>> {
        let version = self.stamp.0;
        if plan::stamp(tx)?.0 != version {
            return Ok(None);
        }
        let switches: BTreeSet<&str> = devices.iter().filter_map(|device| Some(device.place.as_ref()?.device.as_str())).collect();
        let called: BTreeSet<String> = devices.iter().flat_map(names).collect();
        // Everything that the portion hangs on, beside plan, register and lists: those are this value's own.
        let asked: BTreeSet<String> = switches.iter().map(|switch| switch_part(switch)).chain(called.iter().cloned()).collect();
        if let Some(known) = self.ready().get(school, &asked) {
            return Ok(Some(known));
        }
        let mut own = self.plan.with(&portion::part(tx, version, &school_part(school))?);
        for switch in switches {
            own.patch.extend(Plan::from_tables(&portion::part(tx, version, &switch_part(switch))?).patch);
        }
        let schools = own.schools.iter().map(|school| at(&school.school)).chain([at(school)]);
        let phases = own.allotments.iter().map(|allotment| at(&allotment.phase));
        let names: BTreeSet<String> = schools.chain(phases).chain(called).collect();
        let mut register = Register::from_tables(&portion::register(tx, names, &self.lists.aliases)?);
        self.lists.completing.complete(&mut register, &self.lists.listed);
        register.scopes.clone_from(&self.scopes);
        let portion = Arc::new(Portion::new(own, register, school));
        // Read while the register was changed: the school is due again, and reads it then.
        if plan::stamp(tx)? == self.stamp {
            self.ready().keep(school, asked, &portion);
        }
        Ok(Some(portion))
    }

    fn ready(&self) -> MutexGuard<'_, Ready> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By what the register knows a device.
fn names(device: &Device) -> impl Iterator<Item = String> + '_ {
    let cards = device.keys.iter().filter(|key| key.rank == KeyRank::Mac).map(|key| key.text.as_str());
    device.serial.as_deref().into_iter().chain(cards).filter_map(called)
}

/// Names the rows of a register that was there before names were kept; once in the life of a store.
fn name_register(db: &Db) -> store::Result<()> {
    if db.read(portion::is_named)? {
        return Ok(());
    }
    let mut after = (String::new(), String::new());
    loop {
        let from = after.clone();
        match db.write(move |tx| portion::name_rows(tx, (&from.0, &from.1), ROWS_A_JOB))? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Lays a version out by school, unless it is: holds it whole, once.
pub fn lay_out(db: &Db, version: i64) -> store::Result<()> {
    let Some(tables) = db.read(|tx| if portion::laid_out(tx)? < version { plan::version(tx, version) } else { Ok(None) })? else { return Ok(()) };
    let plan = Plan::from_tables(&tables);
    let mut job = vec![(SHARED.to_owned(), portion::packed(&shared(&tables))?)];
    for (name, part) in Parting::new(&tables, &plan).parts() {
        job.push((name, portion::packed(&part)?));
        if job.len() >= PARTS_A_JOB {
            let job = std::mem::take(&mut job);
            db.write(move |tx| portion::save_parts(tx, version, &job))?;
        }
    }
    db.write(move |tx| {
        portion::save_parts(tx, version, &job)?;
        portion::finish_parts(tx, version)
    })
}

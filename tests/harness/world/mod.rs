//! A town in this process by a clock that tests hand in: played schools, agents that make real reports, the collector's library called directly.
//!
//! Comes in: schools, things, what happens to them, how far time goes. Goes out: a store as the collector would have it. Reports are made by
//! the agent's own rules (`rollcall_agent::assemble`): a full picture, then differences and heartbeats, spooled while the line is down.
//! Absent on purpose: sockets, processes, waiting, chance; what probes parse (that is the agent's tests').
//!
//! Reading order: [`thing`] is one device and what it says; [`looked`] what an agent finds at a site; [`played`] the agent with its stream and
//! spool; here, the town and its clock; [`seen`] what the collector shows of it.

pub mod looked;
pub mod played;
pub mod seen;
pub mod thing;

use self::played::Played;
use self::thing::Thing;
use anyhow::{Context, Result, ensure};
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use rollcall_collector::act::{self, Acted, Doer, act, file};
use rollcall_collector::decide::{self, By};
use rollcall_collector::domain::fault::{self, Action, Hand, Severity};
use rollcall_collector::domain::plan::origin::Origin;
use rollcall_collector::domain::plan::{Note, Tables, has_error};
use rollcall_collector::import::{Imported, Proposal, Refused, import, in_force, origin, propose};
use rollcall_collector::ingest::Ingest;
use rollcall_collector::settle::Settle;
use rollcall_collector::store::report::{NewAgent, insert_agent};
use rollcall_collector::store::retention::Keep;
use rollcall_collector::store::{self, Db, school};
use rollcall_collector::watch;
use rollcall_shared::{DeviceId, Report, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;

/// Drains of one moment: each settles up to 64 schools; more than this is a school that makes itself due for ever.
const MOST_DRAINS: usize = 1_000;

/// One building: what is in it shares its mains.
#[derive(Debug, Clone)]
pub struct Site {
    /// Second octet of its addresses.
    pub number: u8,
    /// The mains are on.
    pub power: bool,
    /// Clients with invented addresses that are about.
    pub visitors: u64,
    /// Counts what happens there, so that a round in which nothing happened costs nothing.
    pub changes: u64,
    /// Last two octets of the last address given out.
    pub last_host: u16,
}

/// When things are switched on and off by people who come and go.
#[derive(Debug, Clone)]
pub struct Habit {
    /// Names of the things.
    pub things: Vec<String>,
    /// On which weekdays.
    pub days: Vec<Weekday>,
    /// From when …
    pub on_at: Time,
    /// … until when.
    pub off_at: Time,
}

/// The town.
pub struct World {
    /// The collector's store.
    pub db: Db,
    /// The collector's clock.
    pub now: Timestamp,
    /// Between two rounds, seconds.
    pub period_s: u32,
    /// What agents announce instead of that, in the reports that they make from now on.
    pub announced_s: Option<u32>,
    /// The town's time zone.
    pub zone: TimeZone,
    /// Everything that there is, by name.
    pub things: BTreeMap<String, Thing>,
    /// Buildings, by name: a school's code where it has one of its own.
    pub sites: BTreeMap<String, Site>,
    /// The agents.
    pub agents: Vec<Played>,
    /// Who is switched on when.
    pub habits: Vec<Habit>,
    /// Days on which nobody comes, first and last: what is true, whatever the collector was told.
    pub away: Vec<(Date, Date)>,
    ingest: Ingest,
    settle: Settle,
    keep: Keep,
    merges: Vec<i64>,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    /// An empty town at this moment, its store in memory-backed files where there are any.
    pub fn new(now: Timestamp, period_s: u32) -> Result<World> {
        let shm = Path::new("/dev/shm");
        let folder = if shm.is_dir() { tempfile::tempdir_in(shm)? } else { tempfile::tempdir()? };
        let mut world = World::at(&folder.path().join("rollcall.sqlite"), now, period_s)?;
        world._folder = Some(folder);
        Ok(world)
    }

    /// An empty town whose store is this file, for those who look at it afterwards.
    pub fn at(file: &Path, now: Timestamp, period_s: u32) -> Result<World> {
        let zone = TimeZone::get("Europe/Paris").context("the zone of the town")?;
        let db = Db::open(&file.display().to_string(), now)?;
        Ok(World {
            ingest: Ingest::new(db.clone()),
            settle: Settle::new(db.clone(), zone.clone()),
            keep: Keep::default(),
            db,
            now,
            period_s,
            announced_s: None,
            zone,
            things: BTreeMap::new(),
            sites: BTreeMap::new(),
            agents: Vec::new(),
            habits: Vec::new(),
            away: Vec::new(),
            merges: Vec::new(),
            _folder: None,
        })
    }

    /// A building.
    pub fn add_site(&mut self, name: &str) -> Result<()> {
        let number = u8::try_from(self.sites.len() + 1).context("at most 255 sites are played")?;
        let fresh = self.sites.insert(name.to_owned(), Site { number, power: true, visitors: 0, changes: 0, last_host: 0 }).is_none();
        ensure!(fresh, "two sites are called {name}");
        Ok(())
    }

    /// A thing, at its site.
    pub fn add_thing(&mut self, mut thing: Thing) -> Result<()> {
        if thing.number == 0 {
            thing.number = u32::try_from(self.things.len() + 1)?;
        }
        if let Some(name) = thing.site.clone() {
            thing.ip = self.site(&name)?.next_ip();
            self.touch(&name);
        }
        let name = thing.name.clone();
        ensure!(self.things.insert(name.clone(), thing).is_none(), "two things are called {name}");
        Ok(())
    }

    /// An agent that looks at these networks, each at its site; enrolled now.
    pub fn add_agent(&mut self, host: &str, looks: Vec<(String, String)>) -> Result<()> {
        let seed = u8::try_from(self.agents.len() + 1).context("at most 255 agents are played")?;
        let networks = looks.iter().map(|(network, _)| network.clone()).collect();
        let new = NewAgent { public_key: vec![seed; 32], host: host.to_owned(), version: "0.1.0".to_owned(), networks };
        let now = self.now;
        let id = self.db.write(move |tx| -> store::Result<_> { insert_agent(tx, &new, now) })?;
        self.agents.push(Played::new(id, host, looks, u64::from(seed)));
        Ok(())
    }

    /// Takes a plan in, as `plan import` would; notes with an error take nothing in.
    pub fn import(&mut self, tables: Tables, notes: &[Note], author: &str, note: &str) -> Result<Option<Imported>> {
        if has_error(notes) {
            return Ok(None);
        }
        Ok(Some(import(&self.db, tables, author, note, self.now)?))
    }

    /// Takes tables in, merged with what happened since they were exported.
    pub fn propose(&mut self, tables: Tables, origin: Option<Origin>, author: &str) -> Result<Imported, Refused> {
        let proposal = Proposal { tables, origin, ..Proposal::default() };
        propose(&self.db, &proposal, author, "", self.now)
    }

    /// Plan and register as they are.
    pub fn tables(&self) -> Result<Tables> {
        Ok(self.db.read(in_force)?)
    }

    /// Where an export made now comes from.
    pub fn origin(&self) -> Result<Option<Origin>> {
        let now = self.now;
        Ok(self.db.read(move |tx| origin(tx, now))?)
    }

    /// Somebody says that two devices are one.
    pub fn merge(&mut self, kept: DeviceId, other: DeviceId) -> Result<()> {
        let by = By { whom: "anne".to_owned(), reason: "même étiquette".to_owned(), at: self.now };
        let decided = decide::merge(&self.db, &self.ingest, kept, other, false, &by)?;
        self.merges.push(decided.decision);
        self.tick()
    }

    /// … and takes it back.
    pub fn undo_merge(&mut self) -> Result<()> {
        let by = By { whom: "anne".to_owned(), reason: "erreur".to_owned(), at: self.now };
        let decision = self.merges.pop().context("nothing was merged")?;
        decide::undo(&self.db, &self.ingest, decision, &by)?;
        self.tick()
    }

    /// A technician accepts the first picture of a school.
    pub fn accept_school(&mut self, code: &str) -> Result<()> {
        let (code, now) = (code.to_owned(), self.now);
        self.db.write(move |tx| -> store::Result<()> {
            if let Some(known) = school::school_by_code(tx, &code)? {
                school::accept_school(tx, known.id, now)?;
                school::mark_due(tx, known.id, now)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Somebody does something with a fault.
    pub fn act(&mut self, fault: i64, action: &Action, text: &str, hand: Hand) -> Result<()> {
        let (action, text, now) = (action.clone(), text.to_owned(), self.now);
        let doer = Doer { login: if hand == Hand::Town { "anne" } else { "paul" }.to_owned(), hand };
        let zone = self.zone.clone();
        let acted = self.db.write(move |tx| -> store::Result<Acted> { act(tx, fault, &action, &text, &doer, &zone, now) })?;
        ensure!(matches!(acted, Acted::Done(..)), "refused: {acted:?}");
        self.tick()
    }

    /// A school reports that something is wrong with a device.
    pub fn file(&mut self, code: &str, device: DeviceId, text: &str) -> Result<()> {
        let doer = Doer { login: format!("ecole-{code}"), hand: Hand::Town };
        let report = act::Report {
            school: self.school(code)?,
            device: Some(device),
            room: String::new(),
            kind: String::new(),
            text: text.to_owned(),
            severity: Severity::Major,
            origin: fault::Origin::School,
        };
        let now = self.now;
        self.db.write(move |tx| file(tx, &report, &doer, now))?;
        self.tick()
    }

    /// Something happened at a site: the next round looks again.
    pub fn touch(&mut self, site: &str) {
        if let Some(site) = self.sites.get_mut(site) {
            site.changes += 1;
        }
    }

    /// A site by its name.
    pub fn site(&mut self, name: &str) -> Result<&mut Site> {
        self.sites.get_mut(name).with_context(|| format!("no site is called {name}"))
    }

    /// Changes a thing.
    pub fn change(&mut self, name: &str, how: impl FnOnce(&mut Thing)) -> Result<()> {
        let thing = self.things.get_mut(name).with_context(|| format!("nothing is called {name}"))?;
        let before = thing.site.clone();
        how(thing);
        let after = thing.site.clone();
        for site in before.iter().chain(&after) {
            self.touch(site);
        }
        Ok(())
    }

    /// Carries a thing to another site, or out of town; it gets an address there.
    pub fn carry(&mut self, name: &str, to: Option<&str>) -> Result<()> {
        let ip = match to {
            Some(site) => Some(self.site(site)?.next_ip()),
            None => None,
        };
        self.change(name, |thing| {
            thing.site = to.map(str::to_owned);
            thing.plug = None;
            if let Some(ip) = ip {
                thing.ip = ip;
            }
        })
    }

    /// Lets time pass until then: rounds, sendings, the clock's ticks, settling. At the end everything that is due is settled.
    pub fn advance(&mut self, until: Timestamp) -> Result<()> {
        ensure!(until >= self.now, "time does not go back: {} is before {}", until, self.now);
        let period = i64::from(self.period_s);
        let mut next = (self.now.0.div_euclid(period) + 1) * period;
        while next <= until.0 {
            self.now = Timestamp(next);
            self.rounds()?;
            self.tick()?;
            next += period;
        }
        self.now = until;
        self.tick()
    }

    /// Every agent makes its round, and sends what waits where its line is up.
    fn rounds(&mut self) -> Result<()> {
        self.keep_habits();
        let mut agents = std::mem::take(&mut self.agents);
        for agent in &mut agents {
            if agent.is_alive(self) {
                agent.round(self);
                if agent.line_up {
                    agent.send(&self.ingest, self.now)?;
                }
            }
        }
        self.agents = agents;
        Ok(())
    }

    /// The clock's way in, and settling, until nothing is due.
    pub fn tick(&mut self) -> Result<()> {
        watch::tick(&self.db, &self.keep, self.now)?;
        for _ in 0..MOST_DRAINS {
            if self.settle.drain(self.now)?.is_empty() {
                return Ok(());
            }
        }
        anyhow::bail!("schools are still due after {MOST_DRAINS} drains at {}: settling makes itself due", self.now)
    }

    /// Marks every school due and settles all of them.
    pub fn settle_all(&mut self) -> Result<()> {
        let now = self.now;
        self.db.write(move |tx| school::mark_all_due(tx, now))?;
        self.tick()
    }

    /// Hands reports in, in this order, as one request each, and settles; how many were taken in anew.
    pub fn deliver(&mut self, agent: usize, reports: impl IntoIterator<Item = Report>) -> Result<usize> {
        let mut taken = 0;
        for report in reports {
            taken += self.agents[agent].deliver(&self.ingest, vec![report], self.now)?;
        }
        self.tick()?;
        Ok(taken)
    }

    /// The day, by the town's clock.
    pub fn today(&self) -> Date {
        self.local().date()
    }

    /// Day and hour, by the town's clock.
    pub fn local(&self) -> jiff::civil::DateTime {
        jiff::Timestamp::from_second(self.now.0).unwrap_or_default().to_zoned(self.zone.clone()).datetime()
    }

    fn keep_habits(&mut self) {
        let local = self.local();
        let away = self.away.iter().any(|(first, last)| (*first..=*last).contains(&local.date()));
        let mut turned = Vec::new();
        for habit in &self.habits {
            let on = !away && habit.days.contains(&local.date().weekday()) && (habit.on_at..habit.off_at).contains(&local.time());
            turned.extend(habit.things.iter().map(|name| (name.clone(), on)));
        }
        for (name, on) in turned {
            if self.things.get(&name).is_some_and(|thing| thing.on != on) {
                self.change(&name, |thing| thing.on = on).expect("it was found just now");
            }
        }
    }
}

impl Site {
    /// An address that nobody has had yet.
    pub fn next_ip(&mut self) -> std::net::Ipv4Addr {
        self.last_host += 1;
        let host = self.last_host;
        std::net::Ipv4Addr::new(10, self.number, (host / 250) as u8, (host % 250 + 1) as u8)
    }
}

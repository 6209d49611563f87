//! The one door to the database: all SQL and all rows live in this folder.
//!
//! Reading order: [`Db`] opens and lends, `connection` speaks to an engine (`server` to the one that is a server), `dialect` spells, `value` is what goes in and
//! comes out, `writer` commits in groups, `migrate` brings the tables up to date; then a file for each family of tables:
//! [`school`] (schools, networks, who is due), [`report`] (agents, streams, pictures), [`fleet`] (devices, presence, readings),
//! [`plan`] (versions), [`register`] (rows and their changes), [`portion`] (both, found by school), [`holiday`], [`presence`]
//! (settings of it and its past), [`place`], [`progress`] (counts by day), [`fault`], [`photo`], [`settle`] (a school as it is),
//! [`outbox`], [`notice`] (what people are to hear), [`delivery`], [`webhook`], [`account`], [`factor`] (their second ones), [`outside`] (who is
//! who at the town's own sign-in), [`lead`] (who makes accounts for its people), [`sight`] (what an account sees), [`saved_view`] (lists that it
//! keeps), [`retention`], [`personal`] (of whose comings and goings nothing is kept);
//! [`view`] is what pages read.
//!
//! Comes in: values of the core. Goes out: the same. Absent on purpose: judgement, clocks (`now` is an argument), `async`
//! (callers in `web` hand work to blocking threads; what `server` has of it stays there), serial numbers made by an engine.
//!
//! Functions take a [`Tx`] and are the same text on both engines; what differs (open, begin, lock a school) stands here and in `connection`.

pub mod account;
pub mod decision;
pub mod delivery;
pub mod factor;
pub mod fault;
pub mod fleet;
pub mod holiday;
pub mod identity;
pub mod intervention;
pub mod lead;
pub mod list;
pub mod meta;
pub mod notice;
pub mod outbox;
pub mod outside;
pub mod personal;
pub mod photo;
pub mod place;
pub mod plan;
pub mod portion;
pub mod presence;
pub mod progress;
pub mod reading;
pub mod register;
pub mod report;
pub mod retention;
pub mod saved_view;
pub mod school;
pub mod settle;
pub mod sight;
pub mod verdict;
pub mod view;
pub mod webhook;
pub mod weekly;

mod connection;
mod dialect;
mod fault_life;
mod guests;
mod migrate;
mod server;
mod value;
mod writer;

use connection::{Connection, Engine};
use guests::{Guests, WORK_WAITS};
use rollcall_shared::{AgentId, SchoolId, Timestamp};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use guests::Guest;
pub use value::{Field, Param, Row, Sort, Sorted, Value};

/// Connections that read at the same time, for people's pages and beside them each; further readers wait.
const READERS: usize = 4;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The writer's queue is full: try again shortly (503).
    #[error("the database has more to write than it can take just now; try again in a few seconds")]
    Busy,
    /// The database was made by a later program.
    #[error("the database is at migration {found}, this program knows migrations up to {known}: update the program")]
    Newer {
        /// Last migration of the database.
        found: i64,
        /// Last migration of this program.
        known: i64,
    },
    /// The engine refused or failed.
    #[error("{doing}: {reason}")]
    Database {
        /// The statement, clipped, or what was tried.
        doing: String,
        /// The engine's words.
        reason: String,
        /// Another transaction stood in the way: the same again may succeed.
        again: bool,
    },
    /// A field of a row is not what the function expects: our bug, or a hand-changed database.
    #[error("field {field} of the row: expected {expected}, found {found}")]
    Field {
        /// Its number, from 1.
        field: usize,
        /// The type asked for.
        expected: &'static str,
        /// The value, clipped.
        found: String,
    },
    /// A stored text or body that does not read back.
    #[error("{what} does not read back: {reason}")]
    Content {
        /// Which one.
        what: String,
        /// Why.
        reason: String,
    },
}

/// What the functions of this folder give.
pub type Result<T> = std::result::Result<T, Error>;

/// The database: cheap to clone, shared by all threads.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    /// Reads beside people's pages.
    beside: bool,
}

struct Inner {
    engine: Engine,
    writer: writer::Writer,
    guests: Arc<Guests>,
    pages: Pool,
    beside: Pool,
}

/// Connections that are lent for reading. What a page reads is prepared and at hand on those that pages have used before: whatever else is read has its own.
#[derive(Default)]
struct Pool {
    readers: Mutex<Readers>,
    returned: Condvar,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    lent: usize,
}

impl Db {
    /// Opens a database and brings its tables up to date: `postgres://…` is PostgreSQL, everything else a path of a SQLite file.
    pub fn open(location: &str, now: Timestamp) -> Result<Db> {
        let engine = Engine::of(location)?;
        let mut connection = engine.connect()?;
        migrate::up(&mut connection, now)?;
        let guests: Arc<Guests> = Arc::default();
        let writer = writer::Writer::start(engine.clone(), connection, guests.clone());
        Ok(Db { inner: Arc::new(Inner { engine, writer, guests, pages: Pool::default(), beside: Pool::default() }), beside: false })
    }

    /// Runs a job in the writer and returns after its commit; an error of the job takes back what it wrote, and that alone.
    ///
    /// Blocks. The job may run a second time (after a deadlock with another collector, or on a new connection to the server), so it changes nothing
    /// but the database.
    pub fn write<T, E, F>(&self, job: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        self.inner.writer.run(job)
    }

    /// The same database for work that nobody waits for: it reads by connections of its own.
    pub fn beside(&self) -> Db {
        Db { inner: self.inner.clone(), beside: true }
    }

    /// Runs a reading in one snapshot of the database, beside the writer. Blocks.
    pub fn read<T, E, F>(&self, look: F) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
    {
        let pool = if self.beside { &self.inner.beside } else { &self.inner.pages };
        let mut lent = Lent { engine: &self.inner.engine, pool, connection: None };
        let connection = lent.take()?;
        connection.begin_read()?;
        let answer = look(&mut Tx { connection });
        match (answer, connection.end_read()) {
            (Ok(_), Err(error)) => Err(error.into()),
            (answer, _) => answer,
        }
    }

    /// Somebody waits for a page, until what this gives is dropped.
    pub fn guest(&self) -> Guest {
        Guests::come(&self.inner.guests)
    }

    /// For work that nobody waits for, before it asks for more: waits until nobody waits for a page, 20 ms at most; how long it was.
    pub fn let_guests_through(&self) -> Duration {
        self.inner.guests.let_through(WORK_WAITS)
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.inner.engine, Engine::Postgres(_))
    }

    /// The SQLite file, if this is one.
    pub fn sqlite_path(&self) -> Option<&std::path::Path> {
        match &self.inner.engine {
            Engine::Sqlite(path) => Some(path),
            Engine::Postgres(_) => None,
        }
    }

    /// Copies a SQLite database, whole and as of one moment, into a file that does not exist yet, while writing goes on.
    pub fn copy_to(&self, path: &std::path::Path) -> Result<()> {
        let connection = self.inner.engine.connect_to_read()?;
        connection::copy(&connection, path)
    }

    /// How many jobs wait for the writer.
    pub fn queued(&self) -> usize {
        self.inner.writer.queued()
    }
}

/// A reader's connection, given back when the reading ends, however it ends.
struct Lent<'a> {
    engine: &'a Engine,
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Lent<'_> {
    fn take(&mut self) -> Result<&mut Connection> {
        let mut readers = lock(&self.pool.readers);
        while readers.lent >= READERS {
            readers = self.pool.returned.wait(readers).unwrap_or_else(PoisonError::into_inner);
        }
        let idle = readers.idle.pop();
        readers.lent += 1;
        drop(readers);
        let connection = match idle.filter(Connection::is_alive) {
            Some(connection) => Ok(connection),
            None => self.engine.connect_to_read(),
        };
        match connection {
            Ok(connection) => Ok(self.connection.insert(connection)),
            Err(error) => {
                lock(&self.pool.readers).lent -= 1;
                self.pool.returned.notify_one();
                Err(error)
            }
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let mut readers = lock(&self.pool.readers);
        readers.lent -= 1;
        // After a panic in mid-reading the connection may still be in its transaction: it is not lent again.
        if !std::thread::panicking() {
            readers.idle.push(connection);
        }
        self.pool.returned.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One transaction, as the functions of this folder see it.
pub struct Tx<'a> {
    connection: &'a mut Connection,
}

impl Tx<'_> {
    /// Runs a statement. Texts are constants: nothing is ever glued together. On PostgreSQL its failure may be heard with a later one, at the latest
    /// when the job ends, which then fails. A reading has nothing to run.
    pub fn execute(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<()> {
        self.connection.execute(sql, params)
    }

    /// Runs a statement; how many rows it touched.
    pub fn changed(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<u64> {
        self.connection.changed(sql, params)
    }

    /// All rows of a query.
    pub fn query(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>> {
        self.connection.query(sql, params)
    }

    /// The same where filters may each be absent.
    pub fn query_filtered(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>> {
        self.connection.query_filtered(sql, params)
    }

    /// The first row of a query, if there is one.
    pub fn query_one(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Option<Row>> {
        Ok(self.connection.query(sql, params)?.into_iter().next())
    }

    /// A new id of a sort of thing (the name of its table). Ids come in blocks out of `id_block`; a rolled back job leaves a hole.
    pub fn next_id(&mut self, name: &'static str) -> Result<i64> {
        if let Some(id) = self.connection.ids.take(name) {
            return Ok(id);
        }
        let sql = "
            insert into id_block (name, next_id)
            values ($1, 1 + $2)
            on conflict (name) do update
            set next_id = id_block.next_id + $2
            returning next_id";
        let block = connection::Ids::BLOCK;
        let after: i64 = self.query_one(sql, &[name.into(), block.into()])?.ok_or_else(|| missing("id_block"))?.take()?;
        self.connection.ids.fill(name, after - block, after);
        self.connection.ids.take(name).ok_or_else(|| missing("id_block"))
    }

    /// After very many rows of plan and register: PostgreSQL looks at them anew. Its own look comes by after a minute or later, and until then it would
    /// read the register through for each name that is looked up.
    pub fn wrote_many(&mut self) -> Result<()> {
        match self.connection.is_postgres() {
            true => self.connection.batch("analyze (skip_locked) register_row, register_name, register_change, plan_part, school, network"),
            false => Ok(()),
        }
    }

    /// Holds a school until the transaction ends, against other collectors on the same PostgreSQL. Of several schools the lowest
    /// id first. SQLite has one writer: nothing to do.
    pub fn lock_school(&mut self, school: SchoolId) -> Result<()> {
        self.lock(1, school.0)
    }

    /// Holds an agent until the transaction ends, before its position is read: the same report may reach two collectors at once.
    pub fn lock_agent(&mut self, agent: AgentId) -> Result<()> {
        self.lock(2, agent.0)
    }

    /// Holds the joining of incidents until the transaction ends: of two schools that are settled at once, one sees the other.
    pub fn lock_incidents(&mut self) -> Result<()> {
        self.lock(3, 0)
    }

    /// Holds an account until the transaction ends, before it is asked whose it is: two may sign in as the same person at once.
    pub fn lock_account(&mut self, account: i64) -> Result<()> {
        self.lock(4, account)
    }

    /// Holds the register until the transaction ends, before a row is asked whether it still is as somebody read it.
    pub fn lock_register(&mut self) -> Result<()> {
        self.lock(5, 0)
    }

    fn lock(&mut self, sort: i64, id: i64) -> Result<()> {
        match self.connection.is_postgres() {
            true => self.execute("select pg_advisory_xact_lock(cast($1 as integer), cast($2 as integer))", &[sort.into(), id.into()]),
            false => Ok(()),
        }
    }
}

/// Reads a SQLite file through and says what is wrong with it; its last migration otherwise.
pub fn check_file(path: &std::path::Path) -> Result<i64> {
    let mut connection = Engine::Sqlite(path.to_owned()).connect_to_read()?;
    let mut rows = connection.query("pragma integrity_check(1)", &[])?;
    let found: String = rows.pop().map_or_else(|| Ok(String::new()), |mut row| row.take())?;
    if found != "ok" {
        return Err(Error::Content { what: path.display().to_string(), reason: found });
    }
    migrate::last(&mut connection)
}

/// Whether the database takes writes: one that leaves no trace beyond a row of its own.
pub fn probe(tx: &mut Tx<'_>) -> Result<()> {
    let sql = "
        insert into meta (name, value)
        values ('probe', '')
        on conflict (name) do nothing";
    tx.execute(sql, &[])
}

fn missing(what: &str) -> Error {
    Error::Content { what: what.to_owned(), reason: "a row that must be there is missing".to_owned() }
}

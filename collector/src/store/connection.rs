//! One connection to one engine: open, begin, run, commit.
//!
//! Comes in: a location, constant texts, parameters. Goes out: rows. Absent on purpose: which table is which, threads.

use super::dialect::{self, Dialect};
use super::server::{Server, TextAt, at};
use super::value::{Param, Row, Value};
use super::{Error, Result};
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::collections::HashMap;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

/// How long a connection waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Prepared statements kept a connection; more than the store has texts.
const STATEMENTS: usize = 512;
/// Readers never write; the WAL holds 10 000 pages (40 MB) before it is folded back, which halves the disk writes of busy rounds.
const SQLITE_SESSION: &str = "
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma wal_autocheckpoint = 10000;
    pragma foreign_keys = off;
    pragma cache_size = -65536;
    pragma temp_store = memory";

/// Which database.
#[derive(Clone)]
pub(super) enum Engine {
    /// A file.
    Sqlite(PathBuf),
    /// A server; boxed, for it is much the larger.
    Postgres(Box<tokio_postgres::Config>),
}

impl Engine {
    /// Of a location as people write it.
    pub(super) fn of(location: &str) -> Result<Engine> {
        if !location.starts_with("postgres://") && !location.starts_with("postgresql://") {
            return Ok(Engine::Sqlite(PathBuf::from(location)));
        }
        let mut config: tokio_postgres::Config = location.parse().map_err(|error| failure("reading the PostgreSQL address", &error))?;
        config.application_name("rollcall-collector").connect_timeout(Duration::from_secs(10));
        Ok(Engine::Postgres(Box::new(config)))
    }

    /// A connection that may write; makes a SQLite file that is not there, readable by its owner alone.
    pub(super) fn connect(&self) -> Result<Connection> {
        match self {
            Engine::Sqlite(path) => {
                let opened = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path);
                opened.map_err(|error| failure(&format!("opening {}", path.display()), &error))?;
                sqlite(path, SQLITE_SESSION)
            }
            Engine::Postgres(config) => Ok(Connection::new(Handle::Postgres(Server::connect(config)?))),
        }
    }

    /// A connection that only reads.
    pub(super) fn connect_to_read(&self) -> Result<Connection> {
        match self {
            Engine::Sqlite(path) => sqlite(path, "pragma query_only = on; pragma cache_size = -16384; pragma temp_store = memory"),
            Engine::Postgres(_) => self.connect(),
        }
    }
}

fn sqlite(path: &std::path::Path, session: &str) -> Result<Connection> {
    let opened = rusqlite::Connection::open(path).and_then(|connection| {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.execute_batch(session)?;
        Ok(connection)
    });
    let connection = opened.map_err(|error| failure(&format!("opening {}", path.display()), &error))?;
    Ok(Connection::new(Handle::Sqlite { connection, texts: HashMap::new() }))
}

/// One open connection.
pub(super) struct Connection {
    handle: Handle,
    /// Ids handed out by blocks.
    pub(super) ids: Ids,
    /// Statements run since the last `begin`: the measure of how long a group grows.
    pub(super) statements: usize,
    /// A statement since then met another transaction in its way.
    pub(super) again: bool,
    /// The first failure since the last `begin` or taking back, on a server: its transaction takes nothing more, whatever a job makes of it.
    failed: Option<Error>,
    /// What a reading has found plan and register to be: its moment has one answer, and most of a page asks.
    pub(super) stamp: Stamp,
}

/// See [`Connection::stamp`].
#[derive(Clone, Copy)]
pub(super) enum Stamp {
    /// Somebody writes: it may be another the next time.
    Moves,
    /// Nobody has asked yet.
    Unknown,
    /// So it is.
    Known((i64, u64)),
}

enum Handle {
    Sqlite { connection: rusqlite::Connection, texts: HashMap<TextAt, String> },
    Postgres(Server),
}

impl Connection {
    fn new(handle: Handle) -> Connection {
        Connection { handle, ids: Ids::default(), statements: 0, again: false, failed: None, stamp: Stamp::Moves }
    }

    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.handle, Handle::Postgres(_))
    }

    pub(super) fn dialect(&self) -> Dialect {
        if self.is_postgres() { Dialect::Postgres } else { Dialect::Sqlite }
    }

    /// Whether it can be used again.
    pub(super) fn is_alive(&self) -> bool {
        match &self.handle {
            Handle::Sqlite { .. } => true,
            Handle::Postgres(server) => server.is_alive(),
        }
    }

    /// Whether a transaction is open (a SQLite error such as a full disk may have ended it).
    fn in_transaction(&self) -> bool {
        match &self.handle {
            Handle::Sqlite { connection, .. } => !connection.is_autocommit(),
            Handle::Postgres(server) => server.is_open(),
        }
    }

    pub(super) fn begin_write(&mut self) -> Result<()> {
        (self.statements, self.again, self.failed, self.stamp) = (0, false, None, Stamp::Moves);
        match &mut self.handle {
            Handle::Sqlite { .. } => self.batch("begin immediate"),
            Handle::Postgres(server) => {
                server.mark("begin");
                Ok(())
            }
        }
    }

    pub(super) fn begin_read(&mut self) -> Result<()> {
        self.stamp = Stamp::Unknown;
        match &mut self.handle {
            Handle::Sqlite { .. } => self.batch("begin"),
            Handle::Postgres(server) => {
                server.mark("begin isolation level repeatable read read only");
                Ok(())
            }
        }
    }

    pub(super) fn end_read(&mut self) -> Result<()> {
        match &mut self.handle {
            Handle::Sqlite { .. } => self.batch("rollback"),
            Handle::Postgres(server) => {
                server.leave("rollback");
                Ok(())
            }
        }
    }

    /// Takes everything back; ids out of blocks that were taken meanwhile are forgotten.
    pub(super) fn roll_back(&mut self) {
        self.forget();
        if self.in_transaction() {
            // A connection that cannot even roll back is replaced before its next use; the transaction is gone with it.
            let _ = self.take_back("rollback");
        }
    }

    fn forget(&mut self) {
        (self.ids, self.failed) = (Ids::default(), None);
    }

    /// Takes back what a job wrote, by this text; ids out of blocks that were taken meanwhile are forgotten.
    pub(super) fn take_back(&mut self, sql: &str) -> Result<()> {
        self.forget();
        match &mut self.handle {
            Handle::Sqlite { .. } => self.batch(sql),
            Handle::Postgres(server) => server.take_back(sql),
        }
    }

    /// Runs one statement without parameters that stands around every job: SQLite keeps it prepared, for reading it anew costs more than running it.
    pub(super) fn mark(&mut self, sql: &'static str) -> Result<()> {
        match &mut self.handle {
            Handle::Sqlite { connection, .. } => {
                connection.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(drop).map_err(|error| of_sqlite(sql, &error))
            }
            Handle::Postgres(server) => {
                server.mark(sql);
                Ok(())
            }
        }
    }

    /// Runs statements without parameters.
    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        let answer = match &mut self.handle {
            Handle::Sqlite { connection, .. } => connection.execute_batch(sql).map_err(|error| of_sqlite(sql, &error)),
            Handle::Postgres(server) => server.text(sql),
        };
        self.noticed(answer)
    }

    /// Runs a statement; on a server it may be sent, and fail, only with the next that is asked for an answer.
    pub(super) fn execute(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<()> {
        self.statements += 1;
        let answer = match &mut self.handle {
            Handle::Sqlite { connection, texts } => execute_sqlite(connection, texts, sql, params).map(drop),
            Handle::Postgres(server) => server.execute(sql, params),
        };
        self.noticed(answer)
    }

    /// Runs a statement; how many rows it touched.
    pub(super) fn changed(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<u64> {
        self.statements += 1;
        let answer = match &mut self.handle {
            Handle::Sqlite { connection, texts } => execute_sqlite(connection, texts, sql, params),
            Handle::Postgres(server) => server.changed(sql, params),
        };
        self.noticed(answer)
    }

    /// Hears of every statement that was run so far: whether all of them did what they should.
    pub(super) fn settle(&mut self) -> Result<()> {
        let Handle::Postgres(server) = &mut self.handle else { return Ok(()) };
        let answer = server.settle();
        self.noticed(answer)?;
        self.failed.take().map_or(Ok(()), Err)
    }

    pub(super) fn query(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>> {
        self.statements += 1;
        let answer = match &mut self.handle {
            Handle::Sqlite { connection, texts } => {
                let text = texts.entry(at(sql)).or_insert_with(|| dialect::query_for_sqlite(sql));
                query_sqlite(connection, text, params).map_err(|error| of_sqlite(sql, &error))
            }
            Handle::Postgres(server) => server.query(sql, params),
        };
        self.noticed(answer)
    }

    /// The same for a text of filters of which each may be absent: PostgreSQL plans it anew for those that are there, for no one plan fits all.
    pub(super) fn query_filtered(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>> {
        let Handle::Postgres(server) = &mut self.handle else { return self.query(sql, params) };
        self.statements += 1;
        let answer = server.query_anew(sql, params);
        self.noticed(answer)
    }

    fn noticed<T>(&mut self, answer: Result<T>) -> Result<T> {
        if let Err(error) = &answer {
            self.again |= matches!(error, Error::Database { again: true, .. });
            if self.is_postgres() {
                self.failed.get_or_insert_with(|| error.clone());
            }
        }
        answer
    }
}

/// Copies a SQLite database with the online backup, in one step: in WAL mode the writer goes on beside it, and a copy in several
/// steps would begin anew at each commit.
pub(super) fn copy(from: &Connection, path: &std::path::Path) -> Result<()> {
    let Handle::Sqlite { connection: from, .. } = &from.handle else {
        let reason = "PostgreSQL is backed up with its own pg_dump".to_owned();
        return Err(Error::Database { doing: "copying the database".to_owned(), reason, again: false });
    };
    let doing = format!("copying the database to {}", path.display());
    let made = std::fs::OpenOptions::new().create_new(true).append(true).mode(0o600).open(path);
    made.map_err(|error| failure(&doing, &error))?;
    let copied = rusqlite::Connection::open(path).and_then(|mut to| {
        rusqlite::backup::Backup::new(from, &mut to)?.run_to_completion(i32::MAX, Duration::from_millis(50), None)?;
        to.execute_batch("pragma journal_mode = delete") // one file, no -wal beside it
    });
    copied.map_err(|error| failure(&doing, &error))
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Param::Null(_) => ValueRef::Null,
            Param::Int(value) => ValueRef::Integer(value),
            Param::Bool(value) => ValueRef::Integer(i64::from(value)),
            Param::Real(value) => ValueRef::Real(value),
            Param::Text(value) => ValueRef::Text(value.as_bytes()),
            Param::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

fn execute_sqlite(connection: &rusqlite::Connection, texts: &mut HashMap<TextAt, String>, sql: &'static str, params: &[Param<'_>]) -> Result<u64> {
    let text = texts.entry(at(sql)).or_insert_with(|| dialect::query_for_sqlite(sql));
    let ran = connection.prepare_cached(text).and_then(|mut statement| statement.execute(rusqlite::params_from_iter(params)));
    ran.map(|count| count as u64).map_err(|error| of_sqlite(sql, &error))
}

fn query_sqlite(connection: &rusqlite::Connection, text: &str, params: &[Param<'_>]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(text)?;
    let width = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(params))?;
    let mut answer = Vec::new();
    while let Some(row) = rows.next()? {
        let values = (0..width).map(|column| {
            Ok(match row.get_ref(column)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(value) => Value::Int(value),
                ValueRef::Real(value) => Value::Real(value),
                ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
                ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
            })
        });
        answer.push(Row::new(values.collect::<rusqlite::Result<_>>()?));
    }
    Ok(answer)
}

fn of_sqlite(sql: &str, error: &rusqlite::Error) -> Error {
    let again = matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked));
    Error::Database { doing: clip(sql), reason: error.to_string(), again }
}

pub(super) fn failure(doing: &str, error: &dyn std::error::Error) -> Error {
    Error::Database { doing: doing.to_owned(), reason: with_sources(error), again: false }
}

pub(super) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}

/// A statement for an error message: one line, the first 120 characters.
pub(super) fn clip(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect()
}

/// Ids of several sorts, out of blocks of `id_block`.
#[derive(Default)]
pub(super) struct Ids {
    blocks: HashMap<&'static str, std::ops::Range<i64>>,
}

impl Ids {
    /// Ids in a block.
    pub(super) const BLOCK: i64 = 64;

    pub(super) fn take(&mut self, name: &'static str) -> Option<i64> {
        self.blocks.get_mut(name)?.next()
    }

    pub(super) fn fill(&mut self, name: &'static str, from: i64, after: i64) {
        self.blocks.insert(name, from..after);
    }
}

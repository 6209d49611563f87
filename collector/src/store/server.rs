//! One connection to a PostgreSQL server, spoken to by one thread at a time.
//!
//! Comes in: constant texts, parameters. Goes out: rows, counts. A statement whose answer nobody asks for is not sent alone: it goes with the next that
//! somebody waits for, for a way there and back costs more than most statements do, the more so where others want the processor. Its failure is
//! heard then, before anything is committed. Absent on purpose: transactions (`connection`), encryption (a socket of the machine, or a net of its own).

use super::connection::{clip, failure, with_sources};
use super::value::{Param, Row, Sort, Value};
use super::{Error, Result};
use bytes::BytesMut;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, NoTls, Statement};

/// What each connection is told first. The plans of our short queries gain nothing from JIT, and no statement may hang for ever. Where an index leads to
/// what is asked for it is taken: a plan is kept for long, and one that was made while a table was empty would read through it when it is large.
const SESSION: &str =
    "set jit = off; set enable_seqscan = off; set client_min_messages = warning; set lock_timeout = '10s'; set statement_timeout = '60s'";
/// So many statements are sent, waited for or not: a job of many thousands is not kept whole in memory.
const MOST_AHEAD: usize = 256;

type Said<T> = std::result::Result<T, tokio_postgres::Error>;

/// One open connection.
pub(super) struct Server {
    /// Turns only while somebody waits.
    runtime: Runtime,
    client: Client,
    statements: HashMap<TextAt, Statement>,
    ahead: Vec<Ahead>,
}

/// Where a constant text stands in the program: finding it by that costs less than by its letters. The same text in two places is
/// prepared twice.
pub(super) type TextAt = (usize, usize);

pub(super) fn at(sql: &'static str) -> TextAt {
    (sql.as_ptr().addr(), sql.len())
}

/// What is to be sent with the next that somebody waits for.
enum Ahead {
    /// Stands around jobs (`begin`, `savepoint`): stays also when a job is taken back.
    Mark(&'static str),
    /// Of a job.
    Statement(&'static str, Statement, Vec<Kept>),
}

impl Ahead {
    fn text(&self) -> &'static str {
        match self {
            Ahead::Mark(text) | Ahead::Statement(text, ..) => text,
        }
    }

    async fn run(&self, client: &Client) -> Said<()> {
        match self {
            Ahead::Mark(text) => client.batch_execute(text).await,
            Ahead::Statement(_, statement, params) => client.execute_raw(statement, params.iter().map(Kept::param)).await.map(drop),
        }
    }
}

impl Server {
    pub(super) fn connect(config: &Config) -> Result<Server> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| failure("starting to speak to PostgreSQL", &error))?;
        let client = runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(connection);
            client.batch_execute(SESSION).await.map(|()| client)
        });
        let client = client.map_err(|error| failure("connecting to PostgreSQL", &error))?;
        Ok(Server { runtime, client, statements: HashMap::new(), ahead: Vec::new() })
    }

    /// Whether it can be used, as far as the server has said: one that was restarted has closed it.
    pub(super) fn is_alive(&self) -> bool {
        // One turn to see that something has arrived, one for the connection to read it; nothing is waited for.
        self.runtime.block_on(async {
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        });
        !self.client.is_closed()
    }

    /// Whether it is not known to be closed.
    pub(super) fn is_open(&self) -> bool {
        !self.client.is_closed()
    }

    /// A text that stands around jobs, to be sent with the next statement.
    pub(super) fn mark(&mut self, text: &'static str) {
        self.ahead.push(Ahead::Mark(text));
    }

    /// Runs statements without parameters, and what was to be sent ahead.
    pub(super) fn text(&mut self, text: &str) -> Result<()> {
        self.speak(text, async |client| client.batch_execute(text).await)
    }

    /// Sends what was to be sent ahead.
    pub(super) fn settle(&mut self) -> Result<()> {
        match self.ahead.is_empty() {
            true => Ok(()),
            false => self.speak("", async |_| Ok(())),
        }
    }

    /// Forgets what a job wanted to be sent ahead, and runs the text that takes back what was sent.
    pub(super) fn take_back(&mut self, text: &str) -> Result<()> {
        self.ahead.retain(|ahead| matches!(ahead, Ahead::Mark(_)));
        self.text(text)
    }

    /// Sends a text and does not wait for what becomes of it.
    pub(super) fn leave(&mut self, text: &'static str) {
        self.mark(text);
        let Server { runtime, client, ahead, .. } = self;
        runtime.block_on(async {
            // The answers find nobody and are thrown away.
            for one in ahead.drain(..) {
                let _ = sent(pin!(one.run(client))).await;
            }
            // The connection's turn: it writes all that.
            tokio::task::yield_now().await;
        });
    }

    /// A statement whose answer nobody asks for.
    pub(super) fn execute(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<()> {
        let statement = self.prepared(sql, params)?;
        self.ahead.push(Ahead::Statement(sql, statement, params.iter().map(Kept::of).collect()));
        if self.ahead.len() < MOST_AHEAD { Ok(()) } else { self.settle() }
    }

    /// A statement; how many rows it touched.
    pub(super) fn changed(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<u64> {
        let statement = self.prepared(sql, params)?;
        self.speak(sql, async |client| client.execute_raw(&statement, params).await)
    }

    /// A query.
    pub(super) fn query(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>> {
        let statement = self.prepared(sql, params)?;
        let bound: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
        self.speak(sql, async |client| client.query(&statement, &bound).await?.iter().map(row).collect())
    }

    /// A query that is planned anew for these parameters.
    pub(super) fn query_anew(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>> {
        let typed: Vec<(&(dyn ToSql + Sync), Type)> = params.iter().map(|param| (param as &(dyn ToSql + Sync), type_of(param))).collect();
        self.speak(sql, async |client| client.query_typed(sql, &typed).await?.iter().map(row).collect())
    }

    fn prepared(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Statement> {
        let statement = match self.statements.get(&at(sql)) {
            Some(statement) => statement.clone(),
            None => {
                let types: Vec<Type> = params.iter().map(type_of).collect();
                let statement = self.runtime.block_on(self.client.prepare_typed(sql, &types)).map_err(|error| failed(sql, &error))?;
                self.statements.entry(at(sql)).insert_entry(statement).get().clone()
            }
        };
        // A text stands for its types: what was whole numbers once is not read as another's bits.
        if statement.params().len() != params.len() || statement.params().iter().zip(params).any(|(wanted, given)| *wanted != type_of(given)) {
            let given: Vec<Type> = params.iter().map(type_of).collect();
            let reason = format!("the text takes {:?}, given were {given:?}", statement.params());
            return Err(Error::Database { doing: clip(sql), reason, again: false });
        }
        Ok(statement)
    }

    /// Sends what was to be sent ahead and then this, all together; waits for all of it. The first failure is the one that is told: whatever came after
    /// it in its transaction was refused for it.
    fn speak<T>(&mut self, sql: &str, ask: impl AsyncFnOnce(&Client) -> Said<T>) -> Result<T> {
        let Server { runtime, client, ahead, .. } = self;
        let ahead = std::mem::take(ahead);
        let client = &*client;
        runtime.block_on(async {
            let mut waiting = Vec::with_capacity(ahead.len());
            for one in &ahead {
                let mut going = Box::pin(one.run(client));
                let at_once = sent(going.as_mut()).await;
                waiting.push((one.text(), going, at_once));
            }
            let mut asked = pin!(ask(client));
            let at_once = sent(asked.as_mut()).await;
            for (text, going, at_once) in waiting {
                heard(going, at_once).await.map_err(|error| failed(text, &error))?;
            }
            heard(asked, at_once).await.map_err(|error| failed(sql, &error))
        })
    }
}

/// Looks at a conversation for the first time, which sends what it has to say: in the order in which they are looked at.
async fn sent<F: Future + ?Sized>(mut going: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| match going.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

async fn heard<F: Future>(going: F, at_once: Option<F::Output>) -> F::Output {
    match at_once {
        Some(answer) => answer,
        None => going.await,
    }
}

/// A parameter that waits to be sent.
enum Kept {
    Text(String),
    Bytes(Vec<u8>),
    Plain(Param<'static>),
}

impl Kept {
    fn of(param: &Param<'_>) -> Kept {
        match *param {
            Param::Text(text) => Kept::Text(text.to_owned()),
            Param::Bytes(bytes) => Kept::Bytes(bytes.to_vec()),
            Param::Null(sort) => Kept::Plain(Param::Null(sort)),
            Param::Int(value) => Kept::Plain(Param::Int(value)),
            Param::Bool(value) => Kept::Plain(Param::Bool(value)),
            Param::Real(value) => Kept::Plain(Param::Real(value)),
        }
    }

    fn param(&self) -> Param<'_> {
        match self {
            Kept::Text(text) => Param::Text(text),
            Kept::Bytes(bytes) => Param::Bytes(bytes),
            Kept::Plain(param) => *param,
        }
    }
}

/// What a parameter is: said by us, for the server would take `1 + $1` for 32 bits and `$1 is null` for nothing at all.
fn type_of(param: &Param<'_>) -> Type {
    match param {
        Param::Int(_) | Param::Null(Sort::Int) => Type::INT8,
        Param::Bool(_) | Param::Null(Sort::Bool) => Type::BOOL,
        Param::Real(_) | Param::Null(Sort::Real) => Type::FLOAT8,
        Param::Text(_) | Param::Null(Sort::Text) => Type::TEXT,
        Param::Bytes(_) | Param::Null(Sort::Bytes) => Type::BYTEA,
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, sort: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Param::Int(value) => value.to_sql(sort, out),
            Param::Bool(value) => value.to_sql(sort, out),
            Param::Real(value) => value.to_sql(sort, out),
            // PostgreSQL's text holds every character but NUL, which devices do say: it is kept as the replacement character.
            Param::Text(text) if text.contains('\0') => text.replace('\0', "\u{fffd}").to_sql(sort, out),
            Param::Text(text) => text.to_sql(sort, out),
            Param::Bytes(value) => value.to_sql(sort, out),
            Param::Null(_) => Ok(IsNull::Yes),
        }
    }

    fn accepts(sort: &Type) -> bool {
        [Type::INT8, Type::BOOL, Type::FLOAT8, Type::TEXT, Type::BYTEA].contains(sort)
    }

    to_sql_checked!();
}

fn row(row: &tokio_postgres::Row) -> Said<Row> {
    let values = row.columns().iter().enumerate().map(|(index, column)| {
        Ok(match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map_or(Value::Null, Value::Int),
            Type::INT4 => row.try_get::<_, Option<i32>>(index)?.map_or(Value::Null, |value| Value::Int(i64::from(value))),
            Type::BOOL => row.try_get::<_, Option<bool>>(index)?.map_or(Value::Null, Value::Bool),
            Type::FLOAT8 => row.try_get::<_, Option<f64>>(index)?.map_or(Value::Null, Value::Real),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index)?.map_or(Value::Null, Value::Bytes),
            Type::VOID => Value::Null,
            _ => row.try_get::<_, Option<String>>(index)?.map_or(Value::Null, Value::Text),
        })
    });
    Ok(Row::new(values.collect::<Said<_>>()?))
}

fn failed(sql: &str, error: &tokio_postgres::Error) -> Error {
    let again = [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE, SqlState::LOCK_NOT_AVAILABLE, SqlState::ADMIN_SHUTDOWN];
    let reason = match error.as_db_error() {
        Some(said) => format!("{} ({})", said.message(), said.code().code()),
        None => with_sources(error),
    };
    // A server that was restarted, or a way to it that broke: on a new connection the same may succeed.
    let again = error.is_closed() || error.code().is_some_and(|code| again.contains(code));
    Error::Database { doing: clip(sql), reason, again }
}

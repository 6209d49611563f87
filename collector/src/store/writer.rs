//! The one writer: a thread that owns the writing connection and commits jobs in groups.
//!
//! Comes in: jobs through a bounded queue. Goes out: their results, after the commit. A job that fails is rolled back
//! alone. Absent on purpose: a writer that goes on after a panic (the process ends instead: a dead writer behind a
//! live server would refuse everything for ever), and any clock within a group (it is bounded by jobs and statements, not by time).

use super::connection::{Connection, Engine};
use super::guests::{Guests, WRITER_WAITS};
use super::{Error, Tx, lock};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// How far the writer steps back for those who read pages: a commit may come a moment later, a page may not.
const WRITER_STEPS_BACK: i32 = 5;
/// Jobs that may wait; beyond it callers hear [`Error::Busy`].
const QUEUE_JOBS: usize = 4096;
/// Most jobs in one commit.
const GROUP_JOBS: usize = 256;
/// A group that has run so many statements (about 5 ms of them on SQLite) takes no further job.
const GROUP_STATEMENTS: usize = 2_000;
/// How often a job that met a deadlock is tried again, alone.
const RETRIES: usize = 3;

/// The queue's end that callers hold.
pub(super) struct Writer {
    queue: Option<SyncSender<Job>>,
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// One job: runs in a transaction (true: keep what it wrote), then hears of the commit.
struct Job {
    run: Box<dyn FnMut(&mut Tx<'_>) -> bool + Send>,
    committed: SyncSender<Result<(), Error>>,
}

impl Writer {
    /// Starts the thread on a connection.
    pub(super) fn start(engine: Engine, connection: Connection, guests: Arc<Guests>) -> Writer {
        let (sender, receiver) = sync_channel(QUEUE_JOBS);
        let waiting = Arc::new(AtomicUsize::new(0));
        let mut desk = Desk { engine, connection, guests, queue: receiver, waiting: waiting.clone() };
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let _end = AbortOnPanic;
            crate::step_back(WRITER_STEPS_BACK);
            desk.serve();
        });
        let thread = thread.expect("the system refuses a thread at start: nothing can be served");
        Writer { queue: Some(sender), waiting, thread: Some(thread) }
    }

    /// Queues a job and waits for its commit.
    pub(super) fn run<T, E, F>(&self, mut job: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let result: Arc<Mutex<Option<Result<T, E>>>> = Arc::default();
        let kept = result.clone();
        let (sender, receiver) = sync_channel(1);
        let run = move |tx: &mut Tx<'_>| {
            // What it wrote has failed or not before it is said to be done.
            let answer = job(tx).and_then(|done| tx.connection.settle().map(|()| done).map_err(E::from));
            let keep = answer.is_ok();
            *lock(&kept) = Some(answer);
            keep
        };
        let queue = self.queue.as_ref().ok_or_else(ended)?;
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if let Err(refused) = queue.try_send(Job { run: Box::new(run), committed: sender }) {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(match refused {
                TrySendError::Full(_) => Error::Busy.into(),
                TrySendError::Disconnected(_) => ended().into(),
            });
        }
        let committed = receiver.recv().unwrap_or_else(|_| Err(ended()));
        let answer = lock(&result).take();
        match (committed, answer) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(answer)) => answer,
            (Ok(()), None) => Err(ended().into()),
        }
    }

    pub(super) fn queued(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl Drop for Writer {
    /// Lets the thread finish what is queued, and waits for it: after this the database file is closed.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id()) {
            let _ = thread.join(); // A panic there has ended the process already.
        }
    }
}

fn ended() -> Error {
    Error::Database { doing: "handing a job to the writer".to_owned(), reason: "the writer has ended".to_owned(), again: false }
}

struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!("the database writer panicked; the process ends so that it can be started afresh");
            std::process::abort();
        }
    }
}

struct Desk {
    engine: Engine,
    connection: Connection,
    guests: Arc<Guests>,
    queue: Receiver<Job>,
    waiting: Arc<AtomicUsize>,
}

/// What became of a job within its group.
enum Became {
    Done,
    /// Another collector stood in its way, or the way to the server broke; to be tried again alone, after the group.
    Again,
}

impl Desk {
    fn serve(&mut self) {
        while let Ok(first) = self.queue.recv() {
            self.guests.let_through(WRITER_WAITS);
            let again = self.group(first);
            for mut job in again {
                let outcome = self.alone(&mut job);
                answer(job, outcome);
            }
        }
    }

    /// Runs what is queued in one transaction; gives back the jobs that are to be tried again.
    fn group(&mut self, first: Job) -> Vec<Job> {
        let mut again = Vec::new();
        let mut done = Vec::new();
        let mut next = Some(first);
        let mut outcome = self.begin();
        while let Some(mut job) = next.take() {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            let is_first = done.is_empty() && again.is_empty();
            match outcome.is_ok().then(|| self.one(&mut job, is_first)) {
                Some(Ok(Became::Again)) => again.push(job),
                Some(Err(error)) => {
                    outcome = Err(error);
                    done.push(job);
                }
                Some(Ok(Became::Done)) | None => done.push(job),
            }
            if outcome.is_ok() && done.len() < GROUP_JOBS && self.connection.statements < GROUP_STATEMENTS {
                next = self.queue.try_recv().ok();
            }
        }
        if let (true, Err(Error::Database { again: true, .. })) = (self.connection.is_postgres(), &outcome) {
            // The way to the server broke before anything was said to be kept: each is tried anew.
            self.connection.roll_back();
            again.append(&mut done);
            return again;
        }
        let outcome = outcome.and_then(|()| self.connection.batch("commit"));
        if outcome.is_err() {
            self.connection.roll_back();
        }
        for job in done {
            answer(job, outcome.clone());
        }
        again
    }

    /// One job in a transaction of its own, tried a few times.
    fn alone(&mut self, job: &mut Job) -> Result<(), Error> {
        for _ in 0..RETRIES {
            match self.begin().and_then(|()| self.one(job, true)) {
                // What became of a commit that was not answered nobody knows: it is not tried again.
                Ok(Became::Done) => return self.connection.batch("commit").inspect_err(|_| self.connection.roll_back()),
                Ok(Became::Again) => self.connection.roll_back(),
                Err(error) => {
                    self.connection.roll_back();
                    return Err(error);
                }
            }
        }
        Err(Error::Busy)
    }

    fn begin(&mut self) -> Result<(), Error> {
        if !self.connection.is_alive() {
            self.connection = self.engine.connect()?;
        }
        self.connection.begin_write()
    }

    /// One job, kept or taken back alone. The first of a transaction needs no savepoint: taking it back is beginning anew.
    fn one(&mut self, job: &mut Job, is_first: bool) -> Result<Became, Error> {
        self.connection.again = false;
        if !is_first {
            self.connection.mark("savepoint job")?;
        }
        let keep = (job.run)(&mut Tx { connection: &mut self.connection });
        let again = self.connection.again && !keep;
        match (keep, is_first) {
            (true, true) => {}
            (true, false) => self.connection.mark("release savepoint job")?,
            (false, true) => {
                self.connection.roll_back();
                self.connection.begin_write()?;
            }
            (false, false) => self.connection.take_back("rollback to savepoint job; release savepoint job")?,
        }
        Ok(if again { Became::Again } else { Became::Done })
    }
}

/// Tells the caller; one who no longer waits has lost nothing.
fn answer(job: Job, outcome: Result<(), Error>) {
    let _ = job.committed.send(outcome);
}

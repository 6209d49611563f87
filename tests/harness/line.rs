//! The line between agent and collector: it can be cut and mended, and it notes what was acknowledged.
//!
//! Comes in: connections of an agent. Goes out: the same requests to the collector, which may move to another port meanwhile.
//! Absent on purpose: understanding of what passes (the tests read it), anything but HTTP/1.1 with a length.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A peer that says nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// One request whose answer came whole from the collector.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The request's body.
    pub request: Vec<u8>,
    /// The answer's status.
    pub status: u16,
    /// The answer's body.
    pub answer: Vec<u8>,
}

struct Shared {
    /// Where the collector is; `None`: the line is cut.
    target: Mutex<Option<SocketAddr>>,
    noted: Mutex<Vec<Exchange>>,
    stopped: Mutex<bool>,
}

/// The line.
pub struct Line {
    /// Where agents find it.
    pub url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Line {
    /// A line to a collector.
    pub fn to(url: &str) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { target: Mutex::default(), noted: Mutex::default(), stopped: Mutex::new(false) });
        let theirs = shared.clone();
        let thread = std::thread::spawn(move || {
            for client in listener.incoming() {
                if *theirs.stopped.lock().unwrap() {
                    return;
                }
                let shared = theirs.clone();
                std::thread::spawn(move || client.map(|client| carry(client, &shared)));
            }
        });
        let line = Line { url: format!("http://{address}"), address, shared, thread: Some(thread) };
        line.mend(url);
        line
    }

    /// Nothing passes any more.
    pub fn cut(&self) {
        *self.shared.target.lock().unwrap() = None;
    }

    /// It leads to this collector from now on.
    pub fn mend(&self, url: &str) {
        *self.shared.target.lock().unwrap() = Some(url.trim_start_matches("http://").parse().unwrap());
    }

    /// What was acknowledged so far.
    pub fn noted(&self) -> Vec<Exchange> {
        self.shared.noted.lock().unwrap().clone()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        *self.shared.stopped.lock().unwrap() = true;
        drop(TcpStream::connect(self.address)); // wakes the listener
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it can do no more harm
        }
    }
}

/// Carries requests of one connection until a side is gone.
fn carry(mut client: TcpStream, shared: &Shared) -> Option<()> {
    client.set_read_timeout(Some(PATIENCE)).ok()?;
    loop {
        let (head, body) = message(&mut client)?;
        let target = (*shared.target.lock().unwrap())?;
        let mut collector = TcpStream::connect(target).ok()?;
        collector.set_read_timeout(Some(PATIENCE)).ok()?;
        collector.write_all(&head).ok()?;
        collector.write_all(&body).ok()?;
        let (answer_head, answer) = message(&mut collector)?;
        let status = String::from_utf8_lossy(&answer_head).split_whitespace().nth(1)?.parse().ok()?;
        // From here on it is acknowledged, whether the agent lives to hear it or not.
        shared.noted.lock().unwrap().push(Exchange { request: body, status, answer: answer.clone() });
        client.write_all(&answer_head).ok()?;
        client.write_all(&answer).ok()?;
    }
}

/// One whole message: head and body.
fn message(from: &mut TcpStream) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut head = Vec::new();
    let mut octets = [0; 16 << 10];
    let end = loop {
        let read = from.read(&mut octets).ok().filter(|read| *read > 0)?;
        head.extend_from_slice(&octets[..read]);
        if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let mut body = head.split_off(end);
    let text = String::from_utf8_lossy(&head).to_lowercase();
    let length: usize = text.split("content-length:").nth(1)?.split("\r\n").next()?.trim().parse().ok()?;
    while body.len() < length {
        let read = from.read(&mut octets).ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&octets[..read]);
    }
    Some((head, body))
}

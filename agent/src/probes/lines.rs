//! A TCP connection read by lines, within bounds: for PJLink, upsd and the first line of others.
//!
//! Comes in: a connection. Goes out: lines without their ends. Absent on purpose: what a line means.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A connection, read by lines.
#[derive(Debug)]
pub struct Lines {
    stream: TcpStream,
    pending: Vec<u8>,
    max_bytes: usize,
    patience: Duration,
}

/// Why no line came.
#[derive(Debug, PartialEq, Eq)]
pub enum NoLine {
    /// The other side closed the connection.
    Closed,
    /// It sent nothing, or no end of line, in time.
    Late,
    /// It sent more than a line may have.
    TooLong,
}

impl Lines {
    /// Lines of at most `max_bytes`, each waited for as long as `patience`.
    pub fn new(stream: TcpStream, max_bytes: usize, patience: Duration) -> Lines {
        Lines { stream, pending: Vec::new(), max_bytes, patience }
    }

    /// Sends; false where the other side does not take it.
    pub async fn send(&mut self, octets: &[u8]) -> bool {
        matches!(timeout(self.patience, self.stream.write_all(octets)).await, Ok(Ok(())))
    }

    /// The next line that is not empty. CR, LF and NUL before it are skipped: CR ends PJLink's lines, LF upsd's, and some send more.
    pub async fn next(&mut self) -> Result<Vec<u8>, NoLine> {
        timeout(self.patience, self.read_line()).await.unwrap_or(Err(NoLine::Late))
    }

    async fn read_line(&mut self) -> Result<Vec<u8>, NoLine> {
        loop {
            let start = self.pending.iter().position(|octet| !matches!(octet, b'\r' | b'\n' | 0)).unwrap_or(self.pending.len());
            self.pending.drain(..start);
            if let Some(end) = self.pending.iter().take(self.max_bytes + 1).position(|octet| matches!(octet, b'\r' | b'\n')) {
                return Ok(self.pending.drain(..end).collect());
            }
            if self.pending.len() > self.max_bytes {
                return Err(NoLine::TooLong);
            }
            let mut chunk = [0; 512];
            match self.stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return Err(NoLine::Closed),
                Ok(count) => self.pending.extend_from_slice(&chunk[..count]),
            }
        }
    }
}

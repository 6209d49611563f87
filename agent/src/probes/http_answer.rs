//! HTTP/1 as a client that wants little: one request, one answer within bounds, for `http` and `ipp`.
//!
//! Comes in: a connection and a request. Goes out: an [`Answer`]: status, fields, body as far as it was read. Absent on purpose: connections
//! kept alive, compression (none is asked for), strictness: embedded servers write what they like (RFC 9112 section 2.2 on robustness).

use super::visit::patience;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// Octets that are read of one answer.
pub const MAX_ANSWER_BYTES: usize = 32 << 10;
/// For one request and its answer, all in all.
const EXCHANGE: Duration = patience(3_000);
/// Reads that one answer may take: one that comes octet by octet is cut.
const MAX_READS: usize = 512;
/// Fields of one header.
const MAX_FIELDS: usize = 64;

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Fields of the header in their order, names in lower case.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The body, perhaps cut; chunks put together.
    pub body: Vec<u8>,
}

/// Sends a request and reads until the answer is whole or `enough`, or its bounds are met. Gives what came.
pub async fn exchange(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &[u8], enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut octets = Vec::new();
    // What came until the time was over is kept.
    let _ = timeout(EXCHANGE, async {
        stream.write_all(request).await.ok()?;
        stream.flush().await.ok()?;
        let mut chunk = [0; 4_096];
        for _ in 0..MAX_READS {
            if octets.len() >= MAX_ANSWER_BYTES || is_whole(&octets) || enough(&octets) {
                break;
            }
            let room = chunk.len().min(MAX_ANSWER_BYTES - octets.len());
            match stream.read(&mut chunk[..room]).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => octets.extend_from_slice(&chunk[..count]),
            }
        }
        Some(())
    })
    .await;
    octets
}

/// Reads an answer; nothing where it is not HTTP.
pub fn parse(octets: &[u8]) -> Option<Answer> {
    let octets = skip_interim(octets);
    // Before HTTP/1.0 an answer was the page alone; some small devices still answer so.
    if octets.trim_ascii_start().starts_with(b"<") {
        return Some(Answer { status: 200, fields: Vec::new(), body: octets.to_vec() });
    }
    let (head, body) = split_head(octets);
    let mut lines = head.split(|octet| *octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let status = status(lines.next()?)?;
    let fields: Vec<(String, Vec<u8>)> = lines.take(MAX_FIELDS).filter_map(field).collect();
    let mut answer = Answer { status, fields, body: Vec::new() };
    let chunked = answer.field("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().ends_with(b"chunked"));
    answer.body = if chunked { unchunk(body) } else { body.to_vec() };
    Some(answer)
}

impl Answer {
    /// The first field of this name (in lower case).
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_slice())
    }

    /// Every field of this name (in lower case).
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_slice())
    }
}

/// Whether all has come that the header announces.
fn is_whole(octets: &[u8]) -> bool {
    let octets = skip_interim(octets);
    let Some(end) = end_of_head(octets) else { return false };
    let Some(answer) = parse(&octets[..end]) else { return false };
    let length = answer.field("content-length").and_then(|value| std::str::from_utf8(value).ok()?.trim().parse::<usize>().ok());
    let chunked = answer.field("transfer-encoding").is_some();
    (chunked && octets.ends_with(b"0\r\n\r\n")) || length.is_some_and(|length| octets.len() - end >= length)
}

/// Answers of status 1xx come before the one that counts (RFC 9110 section 15.2).
fn skip_interim(octets: &[u8]) -> &[u8] {
    match (octets.get(..10), end_of_head(octets)) {
        (Some([b'H', b'T', b'T', b'P', b'/', b'1', b'.', _, b' ', b'1']), Some(end)) => &octets[end..],
        _ => octets,
    }
}

/// The code of `HTTP/1.1 200 OK`.
fn status(line: &[u8]) -> Option<u16> {
    let line = line.strip_prefix(b"HTTP/")?;
    let mut words = line.split(|octet| *octet == b' ').filter(|word| !word.is_empty());
    let code = std::str::from_utf8(words.nth(1)?).ok()?.parse().ok()?;
    (100..=999).contains(&code).then_some(code)
}

fn field(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let at = line.iter().position(|octet| *octet == b':')?;
    let name = std::str::from_utf8(&line[..at]).ok()?.trim().to_ascii_lowercase();
    Some((name, line[at + 1..].trim_ascii().to_vec()))
}

/// Header and body; all is header where it has no end.
fn split_head(octets: &[u8]) -> (&[u8], &[u8]) {
    let end = end_of_head(octets).unwrap_or(octets.len());
    octets.split_at(end)
}

/// Where the body begins: after an empty line, with or without carriage returns.
fn end_of_head(octets: &[u8]) -> Option<usize> {
    let ends: [&[u8]; 2] = [b"\r\n\r\n", b"\n\n"];
    ends.iter().filter_map(|end| Some(octets.windows(end.len()).position(|window| window == *end)? + end.len())).min()
}

/// The data of chunks as far as they are whole or begun (RFC 9112 section 7.1).
fn unchunk(mut octets: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(at) = octets.iter().position(|octet| *octet == b'\n') {
        let size = octets[..at].split(|octet| *octet == b';').next().and_then(|size| std::str::from_utf8(size.trim_ascii()).ok());
        let Some(size) = size.and_then(|size| usize::from_str_radix(size, 16).ok()).filter(|size| *size > 0) else { break };
        let data = &octets[at + 1..];
        let size = size.min(data.len());
        body.extend_from_slice(&data[..size]);
        octets = data[size..].strip_prefix(b"\r\n").or_else(|| data[size..].strip_prefix(b"\n")).unwrap_or_default();
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(octets: &[u8], expected: Option<(u16, &[u8])>) {
        let answer = parse(octets);
        assert_eq!(answer.as_ref().map(|answer| (answer.status, answer.body.as_slice())), expected, "{}", String::from_utf8_lossy(octets));
    }

    #[test]
    fn answers_in_the_wild() {
        check(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", Some((200, b"body")));
        check(b"HTTP/1.0  404\n\nbody", Some((404, b"body")));
        check(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody", Some((200, b"body")));
        check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4;x=y\r\nbody\r\n2\r\nis\r\n0\r\n\r\n", Some((200, b"bodyis")));
        check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\ncut", Some((200, b"cut")));
        check(b"HTTP/1.1 200 OK\r\nServer: cut", Some((200, b"")));
        check(b"\r\n<html>", Some((200, b"\r\n<html>")));
        for nothing in [&b""[..], b"HTTP/1.1", b"HTTP/1.1 OK", b"HTTP/1.1 99", b"ICY 200 OK\r\n\r\n", b"SSH-2.0-x\r\n"] {
            check(nothing, None);
        }
    }

    #[test]
    fn an_answer_is_whole_when_all_that_it_announced_has_come() {
        for (octets, expected) in [
            (&b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"[..], true),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbod", false),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true),
            (b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n", false),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", true),
            (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", false),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", false),
        ] {
            assert_eq!(is_whole(octets), expected, "{}", String::from_utf8_lossy(octets));
        }
    }

    proptest! {
        #[test]
        fn never_panics(head in "(HTTP/1.[01] ?)?[ 0-9a-zA-Z:;/\r\n-]{0,80}", tail: Vec<u8>) {
            let octets = [head.as_bytes(), &tail].concat();
            is_whole(&octets);
            if let Some(answer) = parse(&octets) {
                prop_assert!(answer.body.len() <= octets.len());
            }
            unchunk(&octets);
        }
    }
}

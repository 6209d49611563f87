//! Whether the server's services answer as their protocols demand.
//!
//! Comes in: their address, which of the table to ask, on which port where it is not the usual one. Goes out: one `service` fact
//! each. Absent on purpose: log-ins, and anything that a service would do for us beyond its first answer.

use futures_util::future::join_all;
use rollcall_shared::Fact;
use rollcall_shared::evidence::Service;
use rollcall_shared::wire::clip;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

/// For one exchange; a datagram is sent twice within it.
const PATIENCE: Duration = Duration::from_secs(3);
/// Octets of an answer that are looked at.
const MAX_ANSWER_BYTES: usize = 1_024;

/// How a service is asked.
enum Way {
    /// One datagram that must be answered by one that is understood.
    Datagram { question: fn() -> Vec<u8>, understood: fn(&[u8]) -> Option<Result<String, String>> },
    /// First words on a connection, each on its own; one answer that is understood suffices.
    Stream { hellos: &'static [fn() -> Vec<u8>], understood: fn(&[u8]) -> Option<Result<String, String>> },
    /// DHCP: a server answers to the client's port 68, which is not ours to take, so on its own port 67 the bound socket is what
    /// can be seen without disturbing; on any other port (a simulator) a DHCPINFORM is answered to its sender.
    Dhcp,
}

/// One service that we know how to ask.
struct Row {
    name: &'static str,
    port: u16,
    way: Way,
}

const TABLE: &[Row] = &[
    Row { name: "dhcp", port: 67, way: Way::Dhcp },
    Row { name: "dns", port: 53, way: Way::Datagram { question: dns_question, understood: dns_answer } },
    Row { name: "proxy", port: 3128, way: Way::Stream { hellos: &[http_request], understood: http_answer } },
    Row { name: "smb", port: 445, way: Way::Stream { hellos: &[smb_negotiate], understood: smb_answer } },
    Row { name: "ipp", port: 631, way: Way::Stream { hellos: &[http_request], understood: http_answer } },
    Row { name: "admin", port: 9999, way: Way::Stream { hellos: &[http_request, tls_hello], understood: http_or_tls_answer } },
];

/// Names of the table, for messages.
pub fn names() -> String {
    TABLE.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}

/// Whether the table has a service of this name.
pub fn is_known(name: &str) -> bool {
    TABLE.iter().any(|row| row.name == name)
}

/// Asks all at once. Gives the facts, and the names that the table does not have.
pub async fn read(root: &Path, at: IpAddr, wanted: &[(String, Option<u16>)]) -> (Vec<Fact>, Vec<String>) {
    let known = |name: &str| TABLE.iter().find(|row| row.name == name);
    let unknown = wanted.iter().filter(|(name, _)| known(name).is_none()).map(|(name, _)| name.clone()).collect();
    let asked = wanted.iter().filter_map(|(name, port)| Some((known(name)?, *port)));
    let facts = asked.map(|(row, port)| async move {
        let answer = ask(row, root, SocketAddr::new(at, port.unwrap_or(row.port))).await;
        let (up, detail) = answer.map_or_else(|error| (false, error), |said| (true, said));
        Fact::Service(Service { key: row.name.to_owned(), up, detail: clip(&detail, 120).to_owned() })
    });
    (join_all(facts).await, unknown)
}

/// What it answered, or why it did not.
async fn ask(row: &Row, root: &Path, at: SocketAddr) -> Result<String, String> {
    match &row.way {
        Way::Datagram { question, understood } => datagram(at, &question(), *understood).await,
        Way::Stream { hellos, understood } => {
            let mut answer = Err("no answer".to_owned());
            for hello in *hellos {
                answer = stream(at, &hello(), *understood).await;
                if answer.is_ok() {
                    break;
                }
            }
            answer
        }
        Way::Dhcp if at.port() == row.port => {
            let read = |name: &str| std::fs::read_to_string(root.join("proc/net").join(name)).unwrap_or_default();
            match is_bound(&read("udp"), row.port) || is_bound(&read("udp6"), row.port) {
                true => Ok("a server is bound to UDP port 67".to_owned()),
                false => Err("nobody is bound to UDP port 67".to_owned()),
            }
        }
        Way::Dhcp => datagram(at, &dhcp_inform(), dhcp_answer).await,
    }
}

/// Sends a datagram, twice if need be, and waits for one that is understood.
async fn datagram(at: SocketAddr, question: &[u8], understood: fn(&[u8]) -> Option<Result<String, String>>) -> Result<String, String> {
    let asking = async {
        let any: SocketAddr = if at.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (std::net::Ipv6Addr::UNSPECIFIED, 0).into() };
        let socket = UdpSocket::bind(any).await.map_err(|error| constant(&error))?;
        socket.connect(at).await.map_err(|error| constant(&error))?;
        let mut answer = [0; MAX_ANSWER_BYTES];
        for _ in 0..2 {
            socket.send(question).await.map_err(|error| constant(&error))?;
            if let Ok(got) = timeout(PATIENCE / 2, socket.recv(&mut answer)).await {
                let length = got.map_err(|error| constant(&error))?;
                return understood(&answer[..length]).unwrap_or_else(|| Err("an answer that is not of its protocol".to_owned()));
            }
        }
        Err("no answer".to_owned())
    };
    asking.await
}

/// Says the first words on a connection and reads until the answer is understood.
async fn stream(at: SocketAddr, hello: &[u8], understood: fn(&[u8]) -> Option<Result<String, String>>) -> Result<String, String> {
    let asking = async {
        let mut stream = TcpStream::connect(at).await.map_err(|error| constant(&error))?;
        stream.write_all(hello).await.map_err(|error| constant(&error))?;
        let mut answer = Vec::new();
        while answer.len() < MAX_ANSWER_BYTES {
            let mut chunk = [0; 256];
            match stream.read(&mut chunk).await {
                Ok(length) if length > 0 => answer.extend_from_slice(&chunk[..length]),
                _ => break,
            }
            if let Some(answer) = understood(&answer) {
                return answer;
            }
        }
        Err(if answer.is_empty() { "it closed the connection without a word".to_owned() } else { "an answer that is not of its protocol".to_owned() })
    };
    timeout(PATIENCE, asking).await.unwrap_or_else(|_| Err("no answer".to_owned()))
}

/// A constant sentence: the system's own texts carry numbers.
fn constant(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        kind => kind.to_string(),
    }
}

/// Whether `/proc/net/udp` has a socket bound to the port: second column, `ADDRESS:PORT` in hexadecimal.
fn is_bound(table: &str, port: u16) -> bool {
    let local_port = |line: &str| u16::from_str_radix(line.split_ascii_whitespace().nth(1)?.rsplit(':').next()?, 16).ok();
    table.lines().skip(1).any(|line| local_port(line) == Some(port))
}

/// Identifier of our questions: one socket asks one question, so it need not be a secret.
const QUESTION_ID: [u8; 2] = *b"rc";

/// `localhost. A` (RFC 1035, 4.1): every server answers it without asking others.
fn dns_question() -> Vec<u8> {
    [&QUESTION_ID[..], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9], b"localhost", &[0, 0, 1, 0, 1]].concat()
}

/// Any answer to our question but SERVFAIL and NOTIMP; a server that refuses us still serves its own.
fn dns_answer(octets: &[u8]) -> Option<Result<String, String>> {
    let is_ours = octets.len() >= 12 && octets[..2] == QUESTION_ID && octets[2] & 0x80 != 0;
    let named = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];
    is_ours.then(|| match octets[3] & 0x0f {
        code @ (0 | 3 | 5) => Ok(named[usize::from(code)].to_owned()),
        code => Err(named.get(usize::from(code)).map_or_else(|| format!("response code {code}"), |name| (*name).to_owned())),
    })
}

fn http_request() -> Vec<u8> {
    b"GET / HTTP/1.0\r\n\r\n".to_vec()
}

/// Any HTTP answer counts: its status line.
fn http_answer(octets: &[u8]) -> Option<Result<String, String>> {
    let end = octets.iter().position(|octet| *octet == b'\n')?;
    let line = String::from_utf8_lossy(&octets[..end]).trim_end().to_owned();
    line.starts_with("HTTP/").then_some(Ok(line))
}

/// HTTP, or a TLS record: handshake (22) or alert (21), version 3.x (RFC 8446, 5.1).
fn http_or_tls_answer(octets: &[u8]) -> Option<Result<String, String>> {
    match octets {
        [21 | 22, 3, _, _, _, ..] => Some(Ok("TLS".to_owned())),
        _ => http_answer(octets),
    }
}

/// A ClientHello (RFC 5246, 7.4.1.2) with common suites; whatever the server thinks of it, it says so in a TLS record.
fn tls_hello() -> Vec<u8> {
    let suites = [0x13, 0x01, 0x13, 0x02, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x30, 0x00, 0x9c, 0x00, 0x2f, 0x00, 0x35];
    let extensions = [0, 10, 0, 6, 0, 4, 0, 23, 0, 29, 0, 11, 0, 2, 1, 0, 0, 13, 0, 8, 0, 6, 4, 1, 4, 3, 8, 4];
    let random = [0x5c; 32];
    let body = [&[3, 3][..], &random, &[0, 0, suites.len() as u8], &suites, &[1, 0, 0, extensions.len() as u8], &extensions].concat();
    let handshake = [&[1, 0, 0, body.len() as u8][..], &body].concat();
    [&[22, 3, 1, 0, handshake.len() as u8][..], &handshake].concat()
}

/// SMB2 NEGOTIATE (MS-SMB2 2.2.1, 2.2.3) of dialects 2.0.2 and 2.1 in a session frame of its length.
fn smb_negotiate() -> Vec<u8> {
    let mut message = vec![0; 104];
    message[..6].copy_from_slice(&[0xfe, b'S', b'M', b'B', 64, 0]);
    message[14] = 1; // credits asked for
    message[64..72].copy_from_slice(&[36, 0, 2, 0, 1, 0, 0, 0]);
    message[100..].copy_from_slice(&[0x02, 0x02, 0x10, 0x02]);
    [&[0, 0, 0, message.len() as u8][..], &message].concat()
}

/// An SMB2 or SMB1 message, whatever it says.
fn smb_answer(octets: &[u8]) -> Option<Result<String, String>> {
    match octets.get(4..8)? {
        [0xfe, b'S', b'M', b'B'] => Some(Ok("SMB2".to_owned())),
        [0xff, b'S', b'M', b'B'] => Some(Ok("SMB1".to_owned())),
        _ => None,
    }
}

/// DHCPINFORM (RFC 2131, 4.3.5) of nobody: message type 8, a made-up hardware address.
fn dhcp_inform() -> Vec<u8> {
    let mut message = vec![0; 236];
    message[..4].copy_from_slice(&[1, 1, 6, 0]);
    message[4..6].copy_from_slice(&QUESTION_ID);
    message[28..34].copy_from_slice(&[2, 0, 0, 0, 0, 1]);
    [&message[..], &[99, 130, 83, 99, 53, 1, 8, 255]].concat()
}

/// A BOOTREPLY to our transaction.
fn dhcp_answer(octets: &[u8]) -> Option<Result<String, String>> {
    (octets.len() >= 240 && octets[0] == 2 && octets[4..6] == QUESTION_ID).then(|| Ok("BOOTREPLY".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn answers() {
        type Understood = fn(&[u8]) -> Option<Result<String, String>>;
        let check = |understood: Understood, octets: &[u8], expected: Option<Result<&str, &str>>| {
            let expected = expected.map(|answer| answer.map(str::to_owned).map_err(str::to_owned));
            assert_eq!(understood(octets), expected, "{octets:?}");
        };
        check(dns_answer, b"rc\x81\x80\0\x01\0\0\0\0\0\0", Some(Ok("NOERROR")));
        check(dns_answer, b"rc\x81\x85\0\x01\0\0\0\0\0\0", Some(Ok("REFUSED")));
        check(dns_answer, b"rc\x81\x82\0\x01\0\0\0\0\0\0", Some(Err("SERVFAIL")));
        check(dns_answer, &dns_question(), None);
        check(dns_answer, b"xx\x81\x80\0\x01\0\0\0\0\0\0", None);
        check(http_answer, b"HTTP/1.1 400 Bad Request\r\nServer: squid", Some(Ok("HTTP/1.1 400 Bad Request")));
        check(http_answer, b"HTTP/1.1 400", None);
        check(http_answer, b"220 smtp\r\n", None);
        check(http_or_tls_answer, &[21, 3, 3, 0, 2, 2, 40], Some(Ok("TLS")));
        check(smb_answer, &smb_negotiate(), Some(Ok("SMB2")));
        check(smb_answer, b"\0\0\0\x08HTTP/1.1", None);
    }

    #[test]
    fn a_bound_port_is_seen_in_what_a_kernel_wrote() {
        let table = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n \
                     1990: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 47157 2 0000000041046ca0 0\n";
        assert!(is_bound(table, 67));
        assert!(!is_bound(table, 68) && !is_bound("", 67));
    }

    proptest! {
        #[test]
        fn never_panics(octets: Vec<u8>, text: String) {
            for understood in [dns_answer, http_answer, http_or_tls_answer, smb_answer, dhcp_answer] {
                understood(&octets);
            }
            is_bound(&text, 67);
        }
    }
}

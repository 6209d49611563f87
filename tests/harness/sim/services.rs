//! The services of a school's server, as far as their first answer: DHCP, DNS, web filter, files, printing, administration.
//!
//! Comes in: what a client says first. Goes out: an answer of the service's protocol. Absent on purpose: anything behind it.

use super::catalogue::Says;
use super::device::{Ail, Device};
use super::world::{Place, Ports};
use anyhow::Result;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

/// Answers a first message; `None` is silence.
type Answer = fn(&[u8], Ipv4Addr) -> Option<Vec<u8>>;

/// One service.
struct Service {
    /// Name in the agent's table and in commands.
    name: &'static str,
    datagrams: bool,
    answer: Answer,
}

const SERVICES: &[Service] = &[
    Service { name: "dhcp", datagrams: true, answer: dhcp },
    Service { name: "dns", datagrams: true, answer: dns },
    Service { name: "proxy", datagrams: false, answer: proxy },
    Service { name: "smb", datagrams: false, answer: smb },
    Service { name: "ipp", datagrams: false, answer: ipp },
    Service { name: "admin", datagrams: false, answer: admin },
];

const IDLE: Duration = Duration::from_secs(10);
const MOST_OCTETS: usize = 4096;

/// Names and ports of the services.
pub fn ports(ports: &Ports) -> Vec<(&'static str, u16)> {
    SERVICES.iter().zip(ports.services..).map(|(service, port)| (service.name, port)).collect()
}

/// Opens the services' ports if the device is a server.
pub async fn open(tasks: &mut JoinSet<()>, place: &Place, device: &Device, ip: Ipv4Addr) -> Result<()> {
    if !matches!(device.make.says, Says::Server) {
        return Ok(());
    }
    for (service, (_, port)) in SERVICES.iter().zip(ports(&place.world.ports)) {
        if service.datagrams {
            tasks.spawn(serve_datagrams(UdpSocket::bind((ip, port)).await?, place.clone(), service, ip));
        } else {
            tasks.spawn(serve_streams(TcpListener::bind((ip, port)).await?, place.clone(), service, ip));
        }
    }
    Ok(())
}

fn is_down(place: &Place, service: &Service) -> bool {
    place.see(|_, device| device.ails(&Ail::Service(service.name.to_owned())))
}

async fn serve_datagrams(socket: UdpSocket, place: Place, service: &'static Service, ip: Ipv4Addr) {
    let mut buffer = [0; MOST_OCTETS];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        if is_down(&place, service) {
            continue;
        }
        if let Some(reply) = (service.answer)(&buffer[..length], ip) {
            // A lost datagram is asked for again.
            let _ = socket.send_to(&reply, from).await;
        }
    }
}

async fn serve_streams(listener: TcpListener, place: Place, service: &'static Service, ip: Ipv4Addr) {
    let mut talks = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        if !is_down(&place, service) {
            talks.spawn(talk(stream, service.answer, ip));
        }
        while talks.try_join_next().is_some() {}
    }
}

async fn talk(mut stream: TcpStream, answer: Answer, ip: Ipv4Addr) {
    let mut said = Vec::new();
    let mut buffer = [0; 1024];
    while said.len() < MOST_OCTETS {
        match tokio::time::timeout(IDLE, stream.read(&mut buffer)).await {
            Ok(Ok(length)) if length > 0 => said.extend_from_slice(&buffer[..length]),
            _ => return,
        }
        if let Some(reply) = answer(&said, ip) {
            // Whoever went away no longer asks.
            let _ = stream.write_all(&reply).await;
            let _ = stream.shutdown().await;
            return;
        }
    }
}

/// BOOTREPLY to a BOOTREQUEST (RFC 2131): an offer to a DISCOVER, an acknowledgement to anything else.
fn dhcp(said: &[u8], server: Ipv4Addr) -> Option<Vec<u8>> {
    const COOKIE: [u8; 4] = [99, 130, 83, 99];
    const FIXED_OCTETS: usize = 236;
    let (fixed, options) = said.split_at_checked(FIXED_OCTETS)?;
    let options = options.strip_prefix(&COOKIE)?;
    if fixed[0] != 1 {
        return None;
    }
    let asked = options.windows(3).find(|option| option[..2] == [53, 1]).map_or(8, |option| option[2]);
    let mut reply = fixed.to_vec();
    reply[0] = 2;
    reply[20..24].copy_from_slice(&server.octets());
    reply.extend(COOKIE);
    reply.extend([53, 1, if asked == 1 { 2 } else { 5 }, 54, 4]);
    reply.extend(server.octets());
    reply.push(255);
    Some(reply)
}

/// An answer of one address to whatever is asked (RFC 1035).
fn dns(said: &[u8], server: Ipv4Addr) -> Option<Vec<u8>> {
    const HEADER_OCTETS: usize = 12;
    let question = said.get(HEADER_OCTETS..)?;
    let name = question.iter().position(|octet| *octet == 0)?;
    let question = question.get(..name + 5)?;
    let mut reply = [&said[..2], &[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], question].concat();
    reply.extend([0xc0, HEADER_OCTETS as u8, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
    reply.extend(server.octets());
    Some(reply)
}

/// Whether the head of an HTTP request is whole.
fn http_head(said: &[u8]) -> Option<()> {
    said.windows(4).any(|four| four == b"\r\n\r\n").then_some(())
}

fn proxy(said: &[u8], _server: Ipv4Addr) -> Option<Vec<u8>> {
    http_head(said)?;
    Some(
        b"HTTP/1.1 400 Bad Request\r\nServer: squid/5.7\r\nX-Squid-Error: ERR_INVALID_URL 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .to_vec(),
    )
}

fn admin(said: &[u8], _server: Ipv4Addr) -> Option<Vec<u8>> {
    http_head(said)?;
    Some(b"HTTP/1.1 200 OK\r\nServer: Apache\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>".to_vec())
}

/// Successful-ok to any IPP request (RFC 8010).
fn ipp(said: &[u8], _server: Ipv4Addr) -> Option<Vec<u8>> {
    http_head(said)?;
    let head = b"HTTP/1.1 200 OK\r\nServer: CUPS/2.4 IPP/2.1\r\nContent-Type: application/ipp\r\nContent-Length: 9\r\nConnection: close\r\n\r\n";
    Some([&head[..], &[2, 0, 0, 0, 0, 0, 0, 1, 3]].concat())
}

/// A negotiate response of SMB2 (MS-SMB2 2.2.4), as far as dialect 2.0.2.
fn smb(said: &[u8], _server: Ipv4Addr) -> Option<Vec<u8>> {
    let length = usize::from(*said.get(2)?) << 8 | usize::from(*said.get(3)?);
    said.get(4..4 + length.max(4))?;
    let mut header = vec![0; 64];
    header[..6].copy_from_slice(&[0xfe, b'S', b'M', b'B', 64, 0]);
    header[16] = 1; // a response
    let mut body = vec![0; 65];
    body[..6].copy_from_slice(&[65, 0, 1, 0, 0x02, 0x02]);
    body[56] = 128; // where the security buffer would stand
    let whole = [header, body].concat();
    Some([&[0, 0, 0, whole.len() as u8], &whole[..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dns_answers_the_question_asked() {
        let mut query = vec![0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5];
        query.extend(b"ecole\0\0\x01\0\x01");
        let reply = dns(&query, Ipv4Addr::new(127, 41, 0, 1)).unwrap();
        assert_eq!(reply[..4], [0xab, 0xcd, 0x81, 0x80]);
        assert!(reply.ends_with(&[127, 41, 0, 1]));
    }

    proptest! {
        #[test]
        fn never_panics_on_any_bytes(octets: Vec<u8>) {
            for service in SERVICES {
                (service.answer)(&octets, Ipv4Addr::LOCALHOST);
            }
        }
    }
}

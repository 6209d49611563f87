//! Without CAP_NET_RAW: the kernel resolves addresses for us, and its neighbour table tells whom it found.
//!
//! Comes in: addresses on links of this machine. Goes out: who holds which. One datagram to the discard port (9, RFC 863) makes
//! the kernel ask by ARP three times, a second apart. An unpaced sweep of a /22 loses four in ten of its sends, because packets
//! that wait for an answer fill the socket's buffer: hence windows. Absent on purpose: duplicate addresses, of which the table
//! keeps one holder only.

use super::Holders;
use super::netlink;
use crate::probes::pace::Pacer;
use std::collections::BTreeSet;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep, timeout};

/// Addresses unresolved at once (a socket's buffer of 208 KiB holds some 277 waiting packets; the kernel's table 1 024 entries).
const WINDOW: usize = 200;
/// Longest wait for one window: an entry in doubt is asked again after 5 s, thrice, a second apart (arp(7): delay_first_probe_time).
const WINDOW_WAIT: Duration = Duration::from_millis(9_000);
/// How often the table is read meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Wait for room in a full buffer, and times that a full neighbour table is waited for, 50 ms each.
const FULL_WAIT: Duration = Duration::from_secs(4);
const MAX_FULL: u32 = 80;
/// The discard port.
const DISCARD: u16 = 9;

/// Makes the kernel resolve each address. Gives the number of datagrams sent, and of addresses that could not be asked.
pub async fn resolve(targets: &[Ipv4Addr], pacer: &Pacer, heard: &mut Holders) -> io::Result<(u32, u32)> {
    let (mut sent, mut lost) = (0, 0);
    for window in targets.chunks(WINDOW) {
        // A socket a window: what the last one still has waiting does not count against this one.
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        for target in window {
            pacer.take().await;
            if send(&socket, *target).await { sent += 1 } else { lost += 1 }
        }
        settle(window, heard).await?;
    }
    Ok((sent, lost))
}

async fn send(socket: &UdpSocket, target: Ipv4Addr) -> bool {
    for _ in 0..MAX_FULL {
        match timeout(FULL_WAIT, socket.send_to(&[0], (target, DISCARD))).await {
            Err(_) => return false,
            Ok(Ok(_)) => return true,
            // An earlier datagram met a closed port or nobody: that is news of another address.
            Ok(Err(error)) if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::HostUnreachable) => {}
            Ok(Err(error)) if error.raw_os_error() == Some(libc::ENOBUFS) => sleep(Duration::from_millis(50)).await,
            Ok(Err(_)) => return false,
        }
    }
    false
}

/// Waits until the kernel has made up its mind about each, and takes down whom it found.
async fn settle(window: &[Ipv4Addr], heard: &mut Holders) -> io::Result<()> {
    let (until, asked) = (Instant::now() + WINDOW_WAIT, BTreeSet::from_iter(window));
    loop {
        sleep(LOOK_AGAIN).await;
        let table = netlink::neighbours()?;
        let rows = || table.iter().filter(|row| asked.contains(&row.ip));
        if !rows().any(netlink::Neighbour::is_pending) || Instant::now() >= until {
            for (ip, mac) in rows().filter_map(|row| Some((row.ip, row.holder()?))) {
                heard.entry(ip).or_default().insert(mac);
            }
            return Ok(());
        }
    }
}

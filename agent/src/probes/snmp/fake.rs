//! A pretend device for tests: answers SNMP v2c or v1 on a loopback address out of a recording, with a temper.
//!
//! Comes in: lines `OID|type|value` (as snmpsim writes them: 2 INTEGER, 4 and 4x OCTET STRING, 6 OID, 64 IpAddress, 65 to 70 counters). Goes out:
//! BER. Absent on purpose: writing, version 3 (tried against net-snmp), and the SNMP library: what is tested should not test itself.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::net::UdpSocket;

/// How a device behaves.
#[derive(Debug, Clone, Copy)]
pub struct Temper {
    /// More values than this in one answer and it says genErr.
    pub stands: usize,
    /// After so many questions it is dead.
    pub dies_after: usize,
    /// Each so many-th question is lost.
    pub loses_each: usize,
    /// It answers every question with these octets.
    pub raves: Option<&'static [u8]>,
    /// It speaks version 1 (RFC 1157) and no other.
    pub is_old: bool,
    /// It answers every GETBULK from the start of its data again.
    pub loops: bool,
    /// What is amiss with its answers.
    pub oddity: Oddity,
}

/// What is amiss with a device's answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Oddity {
    /// Nothing.
    None,
    /// Whatever is asked for, there is one more after it.
    Endless,
    /// The same, each row before the one asked after.
    Backwards,
    /// Its first value has so many octets.
    Fat(usize),
    /// Endless, and each value has so many octets.
    EndlessFat(usize),
    /// Each answer bears the number of another question.
    WrongId,
    /// Each answer ends after this part of it, in per cent.
    Cut(usize),
    /// Of so many questions it answers one.
    OneIn(usize),
    /// The first answer comes after the first of these times, each other after the second.
    Late(Duration, Duration),
}

/// A well-behaved device.
pub const CALM: Temper =
    Temper { stands: usize::MAX, dies_after: usize::MAX, loses_each: usize::MAX, raves: None, is_old: false, loops: false, oddity: Oddity::None };

type Data = BTreeMap<Vec<u32>, Vec<u8>>;

/// Starts the device on a free port of 127.0.0.1; it lives as long as the test's runtime. Gives its address and the count of questions.
pub async fn start(recording: &str, temper: Temper) -> (SocketAddr, Rc<Cell<usize>>) {
    start_at(SocketAddr::from(([127, 0, 0, 1], 0)), recording, temper).await
}

/// The same, where the caller wants it.
pub async fn start_at(at: SocketAddr, recording: &str, temper: Temper) -> (SocketAddr, Rc<Cell<usize>>) {
    let socket = Rc::new(UdpSocket::bind(at).await.unwrap());
    let (address, asked) = (socket.local_addr().unwrap(), Rc::new(Cell::new(0)));
    let (mut device, count) = (Device { data: read_data(recording), temper, given: BTreeSet::new() }, asked.clone());
    tokio::task::spawn_local(async move {
        let mut buffer = [0; 65_535];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            count.set(count.get() + 1);
            let one_in = if let Oddity::OneIn(number) = temper.oddity { number } else { 1 };
            let is_lost = count.get() > temper.dies_after || count.get().is_multiple_of(temper.loses_each) || !count.get().is_multiple_of(one_in);
            let Some(reply) = device.reply(&buffer[..length]).filter(|_| !is_lost) else { continue };
            let wait = match temper.oddity {
                Oddity::Late(first, _) if count.get() == 1 => first,
                Oddity::Late(_, then) => then,
                _ => Duration::ZERO,
            };
            if wait.is_zero() {
                socket.send_to(&reply, from).await.unwrap();
                continue;
            }
            let socket = socket.clone();
            tokio::task::spawn_local(async move {
                tokio::time::sleep(wait).await;
                socket.send_to(&reply, from).await.unwrap();
            });
        }
    });
    (address, asked)
}

fn read_data(recording: &str) -> Data {
    let line = |line: &str| {
        let mut parts = line.splitn(3, '|');
        let (oid, sort, value) = (parts.next()?, parts.next()?, parts.next()?);
        Some((arcs(oid), tlv(tag(sort), &encoded(sort, value))))
    };
    recording.lines().filter_map(line).collect()
}

fn arcs(oid: &str) -> Vec<u32> {
    oid.split('.').map(|arc| arc.parse().unwrap()).collect()
}

fn tag(sort: &str) -> u8 {
    sort.trim_end_matches('x').parse().unwrap()
}

fn encoded(sort: &str, value: &str) -> Vec<u8> {
    let octet = |place: usize| u8::from_str_radix(&value[place..place + 2], 16).unwrap();
    match sort {
        "4" => value.as_bytes().to_vec(),
        "4x" => (0..value.len()).step_by(2).map(octet).collect(),
        "6" => oid_octets(&arcs(value)),
        "64" => value.split('.').map(|octet| octet.parse().unwrap()).collect(),
        "70" => [&[0], value.parse::<u64>().unwrap().to_be_bytes().as_slice()].concat(),
        "2" => value.parse::<i32>().unwrap().to_be_bytes().to_vec(),
        _ => [&[0], value.parse::<u32>().unwrap().to_be_bytes().as_slice()].concat(),
    }
}

fn oid_octets(oid: &[u32]) -> Vec<u8> {
    let mut out = vec![u8::try_from(oid[0] * 40 + oid[1]).unwrap()];
    for arc in &oid[2..] {
        let groups = (0..5).rev().map(|group| (arc >> (7 * group)) as u8 & 0x7f).skip_while(|group| *group == 0).collect::<Vec<u8>>();
        let groups = if groups.is_empty() { vec![0] } else { groups };
        let last = groups.len() - 1;
        out.extend(groups.iter().enumerate().map(|(place, group)| if place < last { group | 0x80 } else { *group }));
    }
    out
}

fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = match body.len() {
        short @ 0..0x80 => vec![short as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [&[tag], length.as_slice(), body].concat()
}

/// Tag, body, rest.
fn open(octets: &[u8]) -> (u8, &[u8], &[u8]) {
    let (length, from) = match octets[1] {
        long @ 0x80.. => {
            let count = usize::from(long & 0x7f);
            (octets[2..2 + count].iter().fold(0, |all, octet| all << 8 | usize::from(*octet)), 2 + count)
        }
        short => (usize::from(short), 2),
    };
    (octets[0], &octets[from..from + length], &octets[from + length..])
}

fn number(octets: &[u8]) -> usize {
    octets.iter().fold(0, |all, octet| all << 8 | usize::from(*octet))
}

fn oid_of(octets: &[u8]) -> Vec<u32> {
    let mut oid = vec![u32::from(octets[0]) / 40, u32::from(octets[0]) % 40];
    let mut arc = 0;
    for octet in &octets[1..] {
        arc = arc << 7 | u32::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            oid.push(arc);
            arc = 0;
        }
    }
    oid
}

struct Device {
    data: Data,
    temper: Temper,
    /// Names that an endless device has made up.
    given: BTreeSet<Vec<u32>>,
}

impl Device {
    fn reply(&mut self, question: &[u8]) -> Option<Vec<u8>> {
        if let Some(ravings) = self.temper.raves {
            return Some(ravings.to_vec());
        }
        let mut reply = self.answer(question)?;
        if let Oddity::Cut(per_cent) = self.temper.oddity {
            reply.truncate(reply.len() * per_cent / 100);
        }
        Some(reply)
    }

    /// GET (0xa0), GETNEXT (0xa1), GETBULK (0xa5) with non-repeaters 0; anything else, such as a SET, fails the test.
    fn answer(&mut self, question: &[u8]) -> Option<Vec<u8>> {
        let temper = self.temper;
        let (_, message, _) = open(question);
        let (_, version, rest) = open(message);
        let (_, community, rest) = open(rest);
        if number(version) != usize::from(!temper.is_old) || community != b"public" {
            return None;
        }
        let (kind, pdu, _) = open(rest);
        let (_, id, rest) = open(pdu);
        let (_, _, rest) = open(rest);
        let (_, repetitions, rest) = open(rest);
        let (_, mut list, _) = open(rest);
        let mut asked = Vec::new();
        while !list.is_empty() {
            let (_, varbind, others) = open(list);
            asked.push(oid_of(open(varbind).1));
            list = others;
        }
        let mut values: Vec<(Vec<u32>, Vec<u8>)> = match kind {
            0xa0 => asked.iter().map(|oid| (oid.clone(), self.data.get(oid).cloned().unwrap_or_else(|| vec![0x80, 0]))).collect(),
            0xa1 => asked.iter().map(|oid| self.after(oid)).collect(),
            0xa5 if !temper.is_old => self.bulk(&asked, number(repetitions)),
            other => panic!("the device was sent a PDU {other:#x}, which is none that reads"),
        };
        self.fatten(kind, &mut values);
        let missing = values.iter().position(|(_, value)| temper.is_old && value[0] >= 0x80);
        let (status, index) = match missing {
            _ if values.len() > temper.stands => (5, 0),
            Some(place) => (2, place as u8 + 1),
            None => (0, 0),
        };
        let values = if status == 0 { values } else { asked.into_iter().map(|oid| (oid, vec![5, 0])).collect() };
        let list: Vec<u8> = values.iter().flat_map(|(oid, value)| tlv(0x30, &[tlv(6, &oid_octets(oid)), value.clone()].concat())).collect();
        let id = if temper.oddity == Oddity::WrongId { id.iter().map(|octet| octet ^ 0x15).collect() } else { id.to_vec() };
        let pdu = [tlv(2, &id), tlv(2, &[status]), tlv(2, &[index]), tlv(0x30, &list)].concat();
        Some(tlv(0x30, &[tlv(2, version), tlv(4, community), tlv(0xa2, &pdu)].concat()))
    }

    /// Makes the first value of an answer as large as it shall be; of a GETBULK nothing else has room.
    fn fatten(&self, kind: u8, values: &mut Vec<(Vec<u32>, Vec<u8>)>) {
        let (Oddity::Fat(octets) | Oddity::EndlessFat(octets)) = self.temper.oddity else { return };
        if let Some((_, value)) = values.first_mut() {
            *value = tlv(4, &vec![b'x'; octets]);
        }
        if kind == 0xa5 {
            values.truncate(1);
        }
    }

    fn after(&mut self, oid: &[u32]) -> (Vec<u32>, Vec<u8>) {
        use std::ops::Bound::{Excluded, Unbounded};
        let step = match self.temper.oddity {
            Oddity::Endless | Oddity::EndlessFat(_) => 1,
            Oddity::Backwards => -1,
            _ => {
                let next = self.data.range::<[u32], _>((Excluded(oid), Unbounded)).next();
                return next.map_or_else(|| (oid.to_vec(), vec![0x82, 0]), |(oid, value)| (oid.clone(), value.clone()));
            }
        };
        let mut next = oid.to_vec();
        match next.last_mut().filter(|_| self.given.contains(oid)) {
            Some(last) => *last = last.saturating_add_signed(step),
            None => next.push(1 << 20),
        }
        self.given.insert(next.clone());
        (next, tlv(4, b"more"))
    }

    fn bulk(&mut self, asked: &[Vec<u32>], repetitions: usize) -> Vec<(Vec<u32>, Vec<u8>)> {
        let mut from = asked.to_vec();
        if self.temper.loops {
            // Back to the column: the last arc of a row in a table with one index.
            for oid in &mut from {
                oid.pop();
            }
        }
        let mut all = Vec::new();
        for _ in 0..repetitions {
            for oid in &mut from {
                let (next, value) = self.after(oid);
                *oid = next.clone();
                all.push((next, value));
            }
        }
        all
    }
}

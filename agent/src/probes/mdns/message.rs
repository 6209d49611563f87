//! DNS messages as mDNS uses them (RFC 1035 section 4, RFC 6762 section 18): questions out, records in.
//!
//! Comes in: names to ask for; octets of a datagram. Goes out: datagrams; the records of an answer that are of use here. Of a message that is
//! cut or malformed the records before the fault count. Absent on purpose: what a record means, and every other part of DNS.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Types of records (RFC 1035 section 3.2.2, RFC 3596, RFC 2782).
pub const A: u16 = 1;
pub const PTR: u16 = 12;
pub const TXT: u16 = 16;
pub const AAAA: u16 = 28;
pub const SRV: u16 = 33;

/// The class Internet; in mDNS the top bit of a record's class says that it is the only one of its name (RFC 6762 section 10.2).
const IN: u16 = 1;
const CLASS: u16 = 0x7fff;
/// Longest name in octets, and longest label (RFC 1035 section 2.3.4).
const MAX_NAME_BYTES: usize = 255;
const MAX_LABEL_BYTES: usize = 63;
/// Records read of one message; the largest that is lawful (9 000 octets) holds some 300 small ones.
const MAX_RECORDS: usize = 512;
/// Texts read of one TXT record.
const MAX_TEXTS: usize = 64;
/// Compression reaches no further (RFC 1035 section 4.1.4).
const MAX_POINTER: usize = 0x3fff;
const HEADER: usize = 12;

/// A name as its labels; case says nothing (RFC 1035 section 2.3.3).
#[derive(Debug, Clone, Default)]
pub struct Name(pub Vec<Vec<u8>>);

impl Name {
    /// A name of labels that contain no dot.
    pub fn of(dotted: &str) -> Name {
        Name(dotted.split('.').filter(|label| !label.is_empty()).map(|label| label.as_bytes().to_vec()).collect())
    }

    /// This name with one more label before it.
    pub fn child(&self, label: &[u8]) -> Name {
        Name(std::iter::once(label.to_vec()).chain(self.0.iter().cloned()).collect())
    }

    fn folded(&self) -> impl Iterator<Item = Vec<u8>> {
        self.0.iter().map(|label| label.to_ascii_lowercase())
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Name) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Name) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Name {}

/// What is asked: a name and the type of its records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Whose records.
    pub name: Name,
    /// Which of them.
    pub kind: u16,
}

/// One record of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose it is.
    pub name: Name,
    /// What it says.
    pub data: Data,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// PTR.
    Pointer(Name),
    /// SRV: the host; priority, weight and port are of no use here.
    Host(Name),
    /// TXT: its texts.
    Texts(Vec<Vec<u8>>),
    /// A or AAAA.
    Address(IpAddr),
}

/// One message that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Identifier of the question that it answers; 0 in multicasts.
    pub id: u16,
    /// Its records of all three sections: answers, authority, additional.
    pub records: Vec<Record>,
}

/// Questions as datagrams, each of at most `most_bytes` (a question longer than that goes alone).
pub fn queries(id: u16, questions: &[Question], most_bytes: usize) -> Vec<Vec<u8>> {
    let mut datagrams: Vec<Query> = Vec::new();
    for question in questions {
        if !datagrams.last_mut().is_some_and(|query| query.ask(question, most_bytes)) {
            let mut query = Query::new(id);
            query.ask(question, usize::MAX);
            datagrams.push(query);
        }
    }
    datagrams.into_iter().map(|query| query.octets).collect()
}

/// A datagram of questions being made.
struct Query {
    octets: Vec<u8>,
    /// Where names stand that later ones may point to.
    names: BTreeMap<Name, usize>,
}

impl Query {
    fn new(id: u16) -> Query {
        let mut octets = vec![0; HEADER];
        octets[..2].copy_from_slice(&id.to_be_bytes());
        Query { octets, names: BTreeMap::new() }
    }

    /// Adds a question, unless the datagram would grow over `most_bytes`.
    fn ask(&mut self, question: &Question, most_bytes: usize) -> bool {
        let before = self.octets.len();
        let count = u16::from_be_bytes([self.octets[4], self.octets[5]]);
        self.name(&question.name);
        self.octets.extend_from_slice(&question.kind.to_be_bytes());
        self.octets.extend_from_slice(&IN.to_be_bytes());
        if self.octets.len() > most_bytes || count == u16::MAX {
            self.octets.truncate(before);
            self.names.retain(|_, at| *at < before);
            return false;
        }
        self.octets[4..6].copy_from_slice(&(count + 1).to_be_bytes());
        true
    }

    fn name(&mut self, name: &Name) {
        for (number, label) in name.0.iter().enumerate() {
            let rest = Name(name.0[number..].to_vec());
            if let Some(at) = self.names.get(&rest) {
                let pointer = u16::try_from(*at).unwrap_or_default() | 0xc000;
                self.octets.extend_from_slice(&pointer.to_be_bytes());
                return;
            }
            if self.octets.len() <= MAX_POINTER {
                self.names.insert(rest, self.octets.len());
            }
            let label = &label[..label.len().min(MAX_LABEL_BYTES)];
            self.octets.push(u8::try_from(label.len()).unwrap_or_default());
            self.octets.extend_from_slice(label);
        }
        self.octets.push(0);
    }
}

/// Reads a message; nothing where it is none, or is a question.
pub fn parse(octets: &[u8]) -> Option<Answer> {
    let word = |at: usize| octets.get(at..at + 2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let (id, flags, questions) = (word(0)?, word(2)?, word(4)?);
    // QR is set, the opcode is QUERY (RFC 6762 section 18.3).
    if flags & 0xf800 != 0x8000 {
        return None;
    }
    let count = usize::from(word(6)?) + usize::from(word(8)?) + usize::from(word(10)?);
    let mut reader = Reader { octets, at: HEADER };
    for _ in 0..questions {
        if reader.name().and_then(|_| reader.take(4)).is_none() {
            return Some(Answer { id, records: Vec::new() });
        }
    }
    let records = std::iter::from_fn(|| reader.record()).take(count.min(MAX_RECORDS)).flatten().collect();
    Some(Answer { id, records })
}

struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.octets.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn word(&mut self) -> Option<u16> {
        self.take(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
    }

    /// A name; pointers lead only backwards, so that no loop has an end to wait for.
    fn name(&mut self) -> Option<Name> {
        let (mut labels, mut length, mut at, mut lowest, mut resume) = (Vec::new(), 0, self.at, self.at, None);
        loop {
            let head = usize::from(*self.octets.get(at)?);
            match head {
                0 => {
                    self.at = resume.unwrap_or(at + 1);
                    return Some(Name(labels));
                }
                1..=MAX_LABEL_BYTES => {
                    length += head + 1;
                    if length > MAX_NAME_BYTES {
                        return None;
                    }
                    labels.push(self.octets.get(at + 1..at + 1 + head)?.to_vec());
                    at += 1 + head;
                }
                0xc0.. => {
                    let to = (head & 0x3f) << 8 | usize::from(*self.octets.get(at + 1)?);
                    resume = resume.or(Some(at + 2));
                    if to >= lowest {
                        return None;
                    }
                    (at, lowest) = (to, to);
                }
                _ => return None,
            }
        }
    }

    /// The next record: nothing where none can be read, inside nothing where it is of no use.
    fn record(&mut self) -> Option<Option<Record>> {
        let name = self.name()?;
        let (kind, class) = (self.word()?, self.word()?);
        let ttl = self.take(4)?;
        let length = usize::from(self.word()?);
        let begin = self.at;
        let end = self.take(length).map(|_| self.at)?;
        // A record that its host takes back has no time to live (RFC 6762 section 10.1).
        let counts = class & CLASS == IN && ttl != [0; 4];
        let data = if counts { Reader { octets: &self.octets[..end], at: begin }.data(kind) } else { None };
        Some(data.map(|data| Record { name, data }))
    }

    fn data(&mut self, kind: u16) -> Option<Data> {
        match kind {
            A => <[u8; 4]>::try_from(self.take(4)?).ok().map(|octets| Data::Address(Ipv4Addr::from(octets).into())),
            AAAA => <[u8; 16]>::try_from(self.take(16)?).ok().map(|octets| Data::Address(Ipv6Addr::from(octets).into())),
            PTR => self.name().map(Data::Pointer),
            SRV => {
                self.take(6)?;
                self.name().map(Data::Host)
            }
            TXT => {
                let mut texts = Vec::new();
                while texts.len() < MAX_TEXTS
                    && let Some(length) = self.take(1)
                    && let Some(text) = self.take(usize::from(length[0]))
                {
                    texts.push(text.to_vec());
                }
                Some(Data::Texts(texts))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A message of one section, as RFC 1035 draws it.
    fn message(counts: [u16; 4], body: &[u8]) -> Vec<u8> {
        let counts: Vec<u8> = counts.into_iter().flat_map(u16::to_be_bytes).collect();
        [&[0, 0, 0x84, 0], counts.as_slice(), body].concat()
    }

    #[test]
    fn questions_share_their_ends() {
        let question = |name| Question { name: Name::of(name), kind: PTR };
        let asked = [question("_ipp._tcp.local"), question("_IPPS._tcp.local"), question("_raop._TCP.local")];
        let datagrams = queries(7, &asked, 1_200);
        assert_eq!(
            datagrams,
            [[
                &b"\0\x07\0\0\0\x03\0\0\0\0\0\0\x04_ipp\x04_tcp\x05local\0\0\x0c\0\x01"[..],
                b"\x05_IPPS\xc0\x11\0\x0c\0\x01",
                b"\x05_raop\xc0\x11\0\x0c\0\x01"
            ]
            .concat()]
        );
        let split: Vec<usize> = queries(7, &asked, 48).iter().map(Vec::len).collect();
        assert_eq!(split, [45, 34], "what does not fit begins the next datagram, and points to nothing outside of it");
    }

    #[test]
    fn records_of_every_kind() {
        let body = b"\x03a.b\x05_http\x04_tcp\x05local\0\0\x21\x80\x01\0\0\0\x78\0\x0a\0\0\0\0\x02\x77\x01h\xc0\x1b\
                     \x01h\xc0\x1b\0\x01\x80\x01\0\0\0\x78\0\x04\x0a\0\0\x07\
                     \xc0\x0c\0\x10\0\x01\0\0\0\x78\0\x09\x03a=b\x04c=de\
                     \xc0\x10\0\x0c\0\x01\0\0\0\x78\0\x02\xc0\x0c";
        // Octets 12 "a.b", 16 "_http", 27 "local".
        let answer = parse(&message([0, 4, 0, 0], body)).unwrap();
        let instance = Name(vec![b"a.b".to_vec(), b"_http".to_vec(), b"_tcp".to_vec(), b"local".to_vec()]);
        let said: Vec<(Name, Data)> = answer.records.into_iter().map(|record| (record.name, record.data)).collect();
        assert_eq!(
            said,
            [
                (instance.clone(), Data::Host(Name::of("h.local"))),
                (Name::of("h.LOCAL"), Data::Address([10, 0, 0, 7].into())),
                (instance.clone(), Data::Texts(vec![b"a=b".to_vec(), b"c=de".to_vec()])),
                (Name::of("_http._tcp.local"), Data::Pointer(instance)),
            ]
        );
    }

    #[test]
    fn a_name_that_leads_nowhere_ends_the_message() {
        let loops = |pointer: &[u8]| [pointer, b"\0\x0c\0\x01\0\0\0\x78\0\x01\0"].concat();
        let good = b"\x01a\0\0\x01\0\x01\0\0\0\x78\0\x04\x0a\0\0\x07";
        for bad in [loops(b"\xc0\x0c"), loops(b"\xc0\x1f"), loops(b"\x01a\xc0\x1f"), loops(b"\xff\xff"), loops(b"\x80a"), b"\x05abc".to_vec()] {
            let alone = parse(&message([0, 1, 0, 0], &bad)).unwrap();
            assert_eq!(alone.records, [], "{bad:?}");
        }
        let after = parse(&message([0, 2, 0, 0], &[&good[..], b"\x05abc"].concat())).unwrap();
        assert_eq!(after.records.len(), 1, "what came before is read");
        let endless = b"\x3f".iter().chain([b'a'; 63].iter()).copied().collect::<Vec<u8>>().repeat(5);
        assert_eq!(parse(&message([0, 1, 0, 0], &endless)).unwrap().records, []);
    }

    #[test]
    fn what_is_no_answer_or_taken_back_is_not_read() {
        assert_eq!(parse(b"\0\0\0\0\0\x01\0\0\0\0\0\0\x01a\0\0\x0c\0\x01"), None, "a question");
        assert_eq!(parse(b"\0\0\x84"), None);
        let taken_back = b"\x01a\0\0\x01\0\x01\0\0\0\0\0\x04\x0a\0\0\x07";
        assert_eq!(parse(&message([0, 1, 0, 0], taken_back)).unwrap().records, []);
    }

    proptest! {
        #[test]
        fn never_panics_and_never_grows(octets: Vec<u8>, counts: [u16; 4], body: Vec<u8>) {
            parse(&octets);
            // A record has eleven octets at least; a pointer makes a name of at most 255 out of two.
            let records = parse(&message(counts, &body)).unwrap().records;
            prop_assert!(records.len() <= body.len() / 11);
        }

        #[test]
        fn what_is_asked_can_be_read(names in proptest::collection::vec("[a-z_]{1,9}(\\.[a-z_]{1,9}){0,3}", 1..40)) {
            let questions: Vec<Question> = names.iter().map(|name| Question { name: Name::of(name), kind: TXT }).collect();
            let mut read = Vec::new();
            for datagram in queries(0, &questions, 200) {
                prop_assert!(datagram.len() <= 200);
                let mut reader = Reader { octets: &datagram, at: HEADER };
                for _ in 0..u16::from_be_bytes([datagram[4], datagram[5]]) {
                    read.push(Question { name: reader.name().unwrap(), kind: reader.word().unwrap() });
                    reader.take(2).unwrap();
                }
            }
            prop_assert_eq!(read, questions);
        }
    }
}

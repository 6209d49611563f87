//! Every parser of what others say, by name, fed with any octets: for the tests that write what no honest device would.
//!
//! Comes in: octets. Goes out: nothing; a parser that panics, loops or swells is a finding. Two callers share the table: the property test
//! below, in every test run, and the coverage-guided fuzzer (`tests/fuzz`), by hand. Absent on purpose: right or wrong, which each
//! probe's own cases tell. A new parser is a line in [`PARSERS`].

use super::pjlink::{End, Talk};
use super::{banner, dhcp, disks, http, http_answer, ipp, mdns, neighbours, netbios, pjlink, server, smb, snmp, ssdp, ups, wsd, x509, xml};
use crate::listen;
use rollcall_shared::Timestamp;

/// A parser's name, and how it is fed.
pub type Parser = (&'static str, fn(&[u8]));

/// The parsers.
pub const PARSERS: &[Parser] = &[
    ("arp", |octets| {
        let _ = neighbours::arp::parse(octets);
    }),
    ("icmp", |octets| {
        let _ = neighbours::icmp::parse(octets, [7; 8]);
    }),
    ("netlink", netlink),
    ("dhcp", |octets| {
        let _ = dhcp::parse(octets, Timestamp(1_700_000_000));
    }),
    ("dhcp_heard", |octets| {
        let _ = listen::packet::parse(octets).map(|request| request.facts());
    }),
    ("mdns", mdns::hostile),
    ("pjlink", |octets| {
        let _ = pjlink::parse(&talk(octets));
    }),
    ("snmp", snmp::hostile),
    ("ups", |octets| {
        let _ = ups::parse(&lines(octets));
    }),
    ("volumes", |octets| {
        let _ = server::volumes::parse(&String::from_utf8_lossy(octets));
    }),
    ("raid", |octets| server::raid::hostile(&String::from_utf8_lossy(octets))),
    ("smart", |octets| {
        let _ = disks::parse("/dev/sda", octets);
    }),
    ("http", http_page),
    ("ipp", |octets| {
        let _ = http_answer::parse(octets).map(|answer| ipp::parse(&answer));
        let _ = ipp::parse(&http_answer::Answer { status: 200, body: octets.to_vec(), ..Default::default() });
    }),
    ("banner", greeting),
    ("smb", smb_answers),
    ("ssdp", |octets| {
        let _ = ssdp::parse(&[octets.to_vec()], &[octets.to_vec()]);
    }),
    ("wsd", |octets| {
        let _ = wsd::parse(&[octets.to_vec()], &[octets.to_vec()]);
    }),
    ("netbios", |octets| {
        let id = [octets.first().copied().unwrap_or(0), octets.get(1).copied().unwrap_or(0)];
        let _ = netbios::parse(octets, id);
    }),
    ("xml", |octets| {
        let _ = xml::parse(octets);
    }),
    ("x509", |octets| {
        let _ = (x509::ends_at(octets), x509::file_ends_at(octets));
    }),
];

fn netlink(octets: &[u8]) {
    neighbours::netlink::parse_links(octets);
    neighbours::netlink::parse_addresses(octets);
    neighbours::netlink::parse_neighbours(octets);
}

/// A page, and the certificate of a server that shows these octets as one.
fn http_page(octets: &[u8]) {
    let shown = http::Shown { certificate: Some(octets.to_vec()), answer: http_answer::parse(octets), led_to: None };
    http::parse(80, &shown);
}

/// A greeting of each protocol that greets.
fn greeting(octets: &[u8]) {
    banner::parse(&banner::Greeting { ssh: lines(octets), telnet: octets.to_vec(), ftp: lines(octets) });
}

/// Two answers of SMB 2 or of SMB 1, cut at a zero octet.
fn smb_answers(octets: &[u8]) {
    let halves: Vec<Vec<u8>> = octets.splitn(2, |octet| *octet == 0xaa).map(<[u8]>::to_vec).collect();
    smb::parse(&halves, &[]);
    smb::parse(&[], &halves);
}

fn lines(octets: &[u8]) -> Vec<Vec<u8>> {
    octets.split(|octet| *octet == b'\n').map(<[u8]>::to_vec).collect()
}

/// A conversation: the first line greets, each other one answers what its first seven octets ask.
fn talk(octets: &[u8]) -> Talk {
    let mut lines = lines(octets).into_iter();
    let greeting = lines.next().unwrap_or_default();
    let answers = lines.map(|line| (format!("{} ?", String::from_utf8_lossy(&line[..line.len().min(6)])), line)).collect();
    Talk { greeting, answers, end: End::Finished, ..Talk::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_parser_minds_what_it_is_fed(octets in proptest::collection::vec(any::<u8>(), 0..600), from in 0..64usize) {
            for (_, parse) in PARSERS {
                parse(&octets);
                parse(&octets[from.min(octets.len())..]);
            }
        }

        #[test]
        fn nor_lines_of_text(text in "(%1[A-Z]{4}=[ -~]{0,20}|VAR ups [a-z.]{1,12} \"[ -~]{0,9}\"|lease [0-9.]{1,9} \\{|[ -~\\t{};]{0,40}|\n){0,30}") {
            PARSERS.iter().for_each(|(_, parse)| parse(text.as_bytes()));
        }
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<&str> = PARSERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), PARSERS.len());
    }
}

//! What DHCP clients tell of themselves: vendor class and parameter request list.
//!
//! Comes in: option values as heard, and the classes that a server's lease file keeps. Goes out: votes. Absent on purpose: who has which
//! address (`cluster`).

use crate::domain::identify::recognise::{cast, read};
use crate::domain::identify::tables::{apple, dhcp, makes, vendors, words};
use crate::domain::identify::weigh::{Ballot, Field, Ground};
use crate::domain::kind::Kind;

/// How surely the maker's name at the beginning of a class is the maker's.
const BY_NAME: u8 = 60;

/// How surely a word for a kind must stand in descriptions to count in a class, and how much less surely it counts.
const BY_WORD: (u8, u8) = (58, 10);

/// A parameter request list.
pub fn by_request<'a>(list: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    let Some(row) = dhcp::request(list) else { return };
    ballot.cast(Field::Vendor, row.vendor, row.confidence, ground);
    ballot.cast(Field::Os, row.os, row.confidence, ground);
    ballot.cast(Field::OsVersion, row.os_version, row.confidence, ground);
    ballot.cast_kind(row.kind, row.confidence, ground);
}

/// A vendor class.
pub fn by_class<'a>(class: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) {
    if by_identifier(class, ballot, ground) {
        return;
    }
    read(ballot, "opt60", 0, class, 0, ground);
    let named = vendors::known(class);
    if let Some(vendor) = named {
        ballot.cast(Field::Vendor, vendor, BY_NAME, ground);
        ballot.cast_kind(vendors::mainly(vendor), BY_NAME - 16, ground);
    }
    if let Some((make, number)) = makes::first(class).filter(|(make, _)| named.is_none_or(|vendor| makes::is_of(make, vendor))) {
        ballot.cast(Field::Vendor, make.vendor, BY_NAME - 8, ground);
        cast(ballot, Field::Model, number, BY_NAME, ground);
        ballot.cast_kind(make.kind, BY_NAME, ground);
    }
    for (_, kind, confidence) in words::kinds(&class.to_lowercase()).filter(|(.., confidence)| *confidence >= BY_WORD.0) {
        ballot.cast_kind(kind, confidence - BY_WORD.1, ground);
    }
}

/// Macs tell their identifier, when starting from the network after `AAPLBSDPC` and their processor's family.
fn by_identifier<'a>(class: &str, ballot: &mut Ballot<'a>, ground: Ground<'a>) -> bool {
    let (start, last) = class.rsplit_once('/').unwrap_or(("", class));
    let is_bsdp = start.starts_with("AAPLBSDPC") || class.starts_with("AAPLBSDPC");
    let product = apple::product(last).filter(|_| is_bsdp || start.is_empty());
    if let Some(product) = product {
        ballot.cast(Field::Model, product.model, product.confidence, ground);
        ballot.cast_kind(product.kind, product.confidence, ground);
        ballot.cast(Field::Os, product.os, product.confidence, ground);
        ballot.cast(Field::Vendor, "Apple", product.confidence, ground);
    } else if is_bsdp {
        ballot.cast(Field::Vendor, "Apple", 80, ground);
        ballot.cast(Field::Os, "macOS", 76, ground);
        ballot.cast_kind(Kind::Desktop, 46, ground);
    }
    product.is_some() || is_bsdp
}

//! The ENTITY-MIB (RFC 6933): which rows are the device itself, and which are members of a stack.
//!
//! Comes in: a thing's entities. Goes out: votes from its first chassis, and its members. Absent on purpose: modules, ports, sensors.

use super::gather::Thing;
use super::recognise::{cast, read};
use super::tables::items::MEMBERS;
use super::tables::{junk, words};
use super::weigh::{Ballot, Field, Ground};
use crate::domain::device::Member;
use rollcall_shared::evidence::Entity;

/// entPhysicalClass of a chassis, a module, a stack.
const CHASSIS: u32 = 3;
const MODULE: u32 = 9;
const STACK: u32 = 11;

/// How surely the first chassis tells its model and serial; a row that is only taken for one tells less.
const BY_CHASSIS: u8 = 84;
const BY_GUESS: u8 = 62;

/// How surely a number without letters, as makers give to spare parts (`40-1000133-14`), is the model.
const BY_PART_NUMBER: u8 = 30;

/// How surely the only board with a serial number tells that of a chassis without one: in a box of one board the board is the box.
const BY_BOARD: u8 = 56;

/// How surely the first row of all describes the device where no row is a chassis (agents that leave the class out).
const BY_FIRST: (u8, u8) = (34, 24);

/// The longest description that can be a model's name, characters.
const LONGEST_NAME: usize = 40;

/// The rows that stand for whole devices: chassis that are in no other chassis, in the order of their index; without any, the
/// first row that tells a model or a serial.
fn bodies<'t, 'a>(thing: &'t Thing<'a>) -> (Vec<&'t (&'a str, &'a Entity)>, u8) {
    let is_chassis = |index: u32| thing.entities.iter().any(|(_, row)| row.key == index && row.class == CHASSIS);
    let mut chassis: Vec<_> = thing.entities.iter().filter(|(_, row)| row.class == CHASSIS && !is_chassis(row.inside)).collect();
    chassis.sort_by_key(|(_, row)| row.key);
    if !chassis.is_empty() {
        return (chassis, BY_CHASSIS);
    }
    let tells = |row: &Entity| !junk::says_nothing(&row.model) || junk::is_serial(&row.serial);
    let fit = |row: &Entity| tells(row) && (row.class == 0 || row.class == MODULE || row.class == STACK || row.class == 2 || row.class == 1);
    let mut first: Vec<_> = thing.entities.iter().filter(|(_, row)| fit(row)).collect();
    first.sort_by_key(|(_, row)| row.key);
    first.truncate(1);
    (first, BY_GUESS)
}

/// Votes with what the first body says; what it leaves empty is taken from the next that fills it.
pub fn vote<'a>(thing: &Thing<'a>, number: u32, ballot: &mut Ballot<'a>) {
    let (bodies, sure) = bodies(thing);
    let mut told = |field: Field, item: &'static str, of: fn(&Entity) -> &str, confidence: u8| {
        for (probe, row) in &bodies {
            let row: &'a Entity = row;
            let value = of(row).trim();
            let fits = if field == Field::Serial { junk::is_serial(value) } else { !junk::says_nothing(value) };
            if fits {
                cast(ballot, field, value, confidence, Ground { probe, item, value });
                return;
            }
        }
    };
    told(Field::Serial, "entPhysicalSerialNum", |row| &row.serial, sure);
    let model = bodies.iter().map(|(_, row)| row.model.as_str()).find(|model| !junk::says_nothing(model));
    let of_model = if model.is_some_and(is_part_number) { BY_PART_NUMBER } else { sure };
    told(Field::Model, "entPhysicalModelName", |row| &row.model, of_model);
    told(Field::Vendor, "entPhysicalMfgName", |row| &row.maker, sure.saturating_sub(18));
    told(Field::Firmware, "entPhysicalSoftwareRev", |row| &row.software, sure.saturating_sub(12));
    told(Field::Firmware, "entPhysicalFirmwareRev", |row| &row.firmware, sure.saturating_sub(26));
    by_board(thing, &bodies, ballot);
    by_first(thing, &bodies, ballot);
    let stack = thing.entities.iter().filter(|(_, row)| row.class == STACK).min_by_key(|(_, row)| row.key);
    if let Some((probe, row)) = stack {
        // What a stack is called says less than what its first member is.
        let row: &'a Entity = row;
        cast(ballot, Field::Model, &row.model, 50, Ground { probe, item: "entPhysicalModelName", value: &row.model });
        cast(ballot, Field::Model, &row.descr, 46, Ground { probe, item: "entPhysicalDescr", value: &row.descr });
    }
    let is_name = |row: &Entity| row.descr.len() <= LONGEST_NAME && row.descr.bytes().any(|c| c.is_ascii_digit());
    if let Some((probe, row)) = bodies.first() {
        let row: &'a Entity = row;
        let ground = Ground { probe, item: "entPhysicalDescr", value: &row.descr };
        if is_name(row) {
            cast(ballot, Field::Model, &row.descr, sure.saturating_sub(26), ground);
        } else if row.descr.len() <= LONGEST_NAME && begins_with_maker(&row.descr, ballot) {
            cast(ballot, Field::Model, &row.descr, BY_FIRST.1, ground);
        }
        let name = Ground { probe, item: "entPhysicalName", value: &row.name };
        if row.name.len() <= LONGEST_NAME && row.name.len() > 4 && row.name.bytes().any(|c| c.is_ascii_digit()) && !row.name.contains(' ') {
            cast(ballot, Field::Model, &row.name, sure.saturating_sub(30), name);
        }
        read(ballot, "sysDescr", number, &row.descr, 24, ground);
        for (_, kind, confidence) in words::kinds(&row.descr.to_lowercase()) {
            ballot.cast_kind(kind, confidence.saturating_sub(14), ground);
        }
    }
}

/// Whether a description of several words begins with the name of the maker found so far.
fn begins_with_maker(descr: &str, ballot: &Ballot<'_>) -> bool {
    let (maker, others) = descr.split_once(' ').unwrap_or_default();
    let found =
        ballot.best(Field::Vendor).is_some_and(|(vote, _)| vote.value.split(' ').next().is_some_and(|first| first.eq_ignore_ascii_case(maker)));
    found && !others.trim().is_empty()
}

/// Whether a model is digits and hyphens alone, and many of them.
fn is_part_number(model: &str) -> bool {
    model.len() > 8 && model.contains('-') && model.bytes().all(|c| c.is_ascii_digit() || c == b'-')
}

/// The serial number of the only board that has one, for a chassis that tells none.
fn by_board<'a>(thing: &Thing<'a>, bodies: &[&(&'a str, &'a Entity)], ballot: &mut Ballot<'a>) {
    if bodies.iter().any(|(_, row)| row.class != CHASSIS || junk::is_serial(&row.serial)) {
        return;
    }
    let mut boards = thing.entities.iter().filter(|(_, row)| row.class == MODULE && junk::is_serial(&row.serial));
    if let (Some((probe, row)), None) = (boards.next(), boards.next()) {
        let row: &'a Entity = row;
        cast(ballot, Field::Serial, &row.serial, BY_BOARD, Ground { probe, item: "entPhysicalSerialNum", value: &row.serial });
    }
}

/// What the first row is described as, where no row tells what it is.
fn by_first<'a>(thing: &Thing<'a>, bodies: &[&(&'a str, &'a Entity)], ballot: &mut Ballot<'a>) {
    let first = thing.entities.iter().min_by_key(|(_, row)| row.key).filter(|(_, row)| row.class == 0 && row.inside == 0);
    let Some((probe, row)) = first.filter(|_| bodies.iter().all(|(_, row)| row.class == 0 && junk::says_nothing(&row.model))) else { return };
    let row: &'a Entity = row;
    let words = row.descr.split_whitespace().count();
    if row.descr.len() <= LONGEST_NAME && (2..=6).contains(&words) {
        let confidence = if row.descr.bytes().any(|c| c.is_ascii_digit()) { BY_FIRST.0 } else { BY_FIRST.1 };
        cast(ballot, Field::Model, &row.descr, confidence, Ground { probe, item: "entPhysicalDescr", value: &row.descr });
    }
}

/// The members of a stack: each chassis with a serial of its own, where there are several.
pub fn members(thing: &Thing<'_>) -> Vec<Member> {
    let (bodies, sure) = bodies(thing);
    let mut members: Vec<Member> = Vec::new();
    for (_, row) in bodies {
        let serial = row.serial.trim();
        if sure == BY_CHASSIS && junk::is_serial(serial) && members.iter().all(|member| member.serial != serial) {
            members.push(Member { serial: serial.to_owned(), model: Some(row.model.trim().to_owned()).filter(|model| !junk::says_nothing(model)) });
        }
    }
    if members.len() < 2 { told(thing) } else { members }
}

/// Members as the maker's own table tells them, where it has several rows.
fn told(thing: &Thing<'_>) -> Vec<Member> {
    let instance = |key: &str, item: &str| key.strip_prefix(item).map(str::to_owned);
    for (serials, models) in MEMBERS {
        let mut members: Vec<Member> = Vec::new();
        for word in thing.words(serials).filter(|word| junk::is_serial(word.value)) {
            let row = instance(word.key, serials);
            let model = thing.words(models).find(|model| instance(model.key, models) == row).map(|model| model.value.to_owned());
            if members.iter().all(|member| member.serial != word.value) {
                members.push(Member { serial: word.value.to_owned(), model });
            }
        }
        if members.len() > 1 {
            return members;
        }
    }
    Vec::new()
}

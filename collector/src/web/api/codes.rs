//! Lists of codes as the description of the API gives them, each from the table that knows it, with what it means: a field that takes its schema from here
//! does not pass on its own words.
//!
//! Comes in: tables of the core. Goes out: schemas. Absent on purpose: words for people (`words`).

use crate::domain::fault::{self, Cause, FAULTS, Severity, State, Verb, Verdict};
use crate::domain::kind::Kind;
use crate::domain::right::Role;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, SchemaType, Type};

fn one_of(what: &'static str, codes: impl IntoIterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes)).description(Some(what)).build()
}

/// The number of a thing.
pub(in crate::web) fn number() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(super::take::EXACT as isize))
        .description(Some("Number of the thing."))
        .build()
}

/// How many spares there shall be.
pub(in crate::web) fn minimum() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(crate::web::pages::spares::MOST as isize))
        .description(Some("How many there shall be."))
        .build()
}

/// Numbers of things, 1 to `MOST` of them.
pub(in crate::web) fn numbers<const MOST: usize>() -> Array {
    ArrayBuilder::new().items(number()).min_items(Some(1)).max_items(Some(MOST)).description(Some("Numbers of the things.")).build()
}

/// From so much to so much.
fn within(least: i64, most: i64) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least as isize)).maximum(Some(most as isize))
}

/// For how many days a token is good.
pub(in crate::web) fn token_days() -> Object {
    within(1, crate::web::own::MAX_DAYS).description(Some("For how many days.")).build()
}

/// School days after which a kind is missed; or null.
pub(in crate::web) fn threshold_days() -> Object {
    let types = SchemaType::from_iter([Type::Integer, Type::Null]);
    within(0, crate::domain::presence::LONGEST_THRESHOLD.into())
        .schema_type(types)
        .description(Some("School days unseen after which the kind is missed; 0: never; null: as usual again."))
        .build()
}

/// By code of a kind, how many were counted.
pub(in crate::web) fn counts() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property_names(Some(kinds()))
        .additional_properties(Some(within(0, u16::MAX.into())))
        .description(Some("By code of the kind, how many are there."))
        .build()
}

/// Names of networks.
pub(in crate::web) fn networks() -> Array {
    use crate::web::pages::admin::{MAX_NETWORKS, NETWORK};
    let name = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(NETWORK)).pattern(Some(r"\S"));
    ArrayBuilder::new().items(name.build()).min_items(Some(1)).max_items(Some(MAX_NETWORKS)).description(Some("Names of networks.")).build()
}

/// What can be set of presence.
pub(in crate::web) fn presence_settings() -> Object {
    one_of(
        "What is set: days, after how many school days a kind is missed; holidays, whether power is cut in them; night, when it is cut at night.",
        ["days", "holidays", "night"],
    )
}

/// Kinds of devices, any number of them.
pub(in crate::web) fn several_kinds() -> Array {
    ArrayBuilder::new().items(kinds()).description(Some("Codes of kinds of devices; empty: none is named.")).build()
}

/// Where lists of others come from.
pub(in crate::web) fn sources() -> Object {
    one_of("The management that wrote the list.", crate::domain::list::SOURCES.iter().map(|source| source.code))
}

/// Which lines of a comparison.
pub(in crate::web) fn compared() -> Object {
    one_of(
        "list, live, register: what that side alone knows; differ: what not every side knows; all. Without: differ.",
        crate::web::pages::compare::WANTED,
    )
}

/// What becomes of a device that was taken out.
pub(in crate::web) fn fates() -> Object {
    one_of("What becomes of what was taken out.", ["repair", "retired"])
}

/// Roles.
pub(in crate::web) fn roles() -> Object {
    one_of("Role of the account.", Role::ALL.map(Role::code))
}

/// Kinds of devices.
pub(in crate::web) fn kinds() -> Object {
    one_of("Code of a kind of devices.", Kind::ALL.map(Kind::code))
}

/// Sorts of faults.
pub(in crate::web) fn faults() -> Object {
    one_of("Code of a sort of faults.", FAULTS.iter().map(|row| row.code))
}

/// Where faults stand.
pub(in crate::web) fn states() -> Object {
    one_of("Where a fault stands.", State::ALL.map(State::code))
}

/// How grave faults are.
pub(in crate::web) fn severities() -> Object {
    one_of("How grave it is.", [Severity::Critical, Severity::Major, Severity::Minor].map(Severity::code))
}

/// When deadlines run out.
pub(in crate::web) fn dues() -> Object {
    one_of(
        "When the deadline runs out, of faults that wait for somebody's hand: overdue, today (by the programme's clock), later, undated.",
        crate::web::fault_line::DUES,
    )
}

/// What people do with faults.
pub(in crate::web) fn verbs() -> Object {
    one_of("What is done.", Verb::all().map(Verb::code))
}

/// What faults wait for.
pub(in crate::web) fn causes() -> Object {
    one_of("Of suspend: what it waits for; empty: nothing.", std::iter::once("").chain(Cause::ALL.map(Cause::code)))
}

/// What people decide of deviations.
pub(in crate::web) fn verdicts() -> Object {
    one_of("What is decided of the deviation.", Verdict::ALL.map(Verdict::code))
}

/// Weekly lists.
pub(in crate::web) fn lists() -> Object {
    one_of("Code of the weekly list.", fault::lists())
}

/// How schools stand.
pub(in crate::web) fn school_states() -> Object {
    one_of("How a school stands.", ["fault", "check", "shadow", "learning", "calm", "unfollowed"])
}

/// Devices that fill no place.
pub(in crate::web) fn asides() -> Object {
    one_of("surplus; legacy; kept: in stock, spare, in repair; out: lost, stolen, retired.", super::held::ASIDE)
}

/// Headings of a plan's file.
pub(in crate::web) fn headings() -> Object {
    one_of("Headings of the tables: French, or the codes of columns.", ["fr", "codes"])
}

/// Whose value stands in a conflict.
pub(in crate::web) fn picks() -> Object {
    one_of("Whose value stands where a cell was changed on both sides.", ["ours", "theirs"])
}

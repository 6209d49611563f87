//! What goes into a statement and comes out of it, the same on both engines: [`Param`] in, [`Row`] out.
//!
//! Comes in: values of the functions of this folder. Goes out: typed fields, taken from a row in the order of the select
//! list. Absent on purpose: mapping by reflection or derive; each function says what it reads.

use super::Error;
use rollcall_shared::{AgentId, DeviceId, Mac, PictureHash, SchoolId, StreamId, Timestamp};

/// A parameter of a statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Param<'a> {
    /// No value, of a type: PostgreSQL wants to know it where a text says `$1 is null or …`.
    Null(Sort),
    /// `bigint`.
    Int(i64),
    /// `boolean`.
    Bool(bool),
    /// `double precision`.
    Real(f64),
    /// `text`.
    Text(&'a str),
    /// `bytes`.
    Bytes(&'a [u8]),
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// `bigint`.
    Int,
    /// `boolean`.
    Bool,
    /// `double precision`.
    Real,
    /// `text`.
    Text,
    /// `bytes`.
    Bytes,
}

/// A type whose missing value is a null of this sort.
pub trait Sorted {
    /// Which.
    const SORT: Sort;
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Param::Int(value)
    }
}

impl From<bool> for Param<'_> {
    fn from(value: bool) -> Self {
        Param::Bool(value)
    }
}

impl From<f64> for Param<'_> {
    fn from(value: f64) -> Self {
        Param::Real(value)
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(value: &'a str) -> Self {
        Param::Text(value)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(value: &'a String) -> Self {
        Param::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(value: &'a [u8]) -> Self {
        Param::Bytes(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Param::Bytes(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Param<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Param::Bytes(value)
    }
}

impl<'a> From<&'a Option<String>> for Param<'a> {
    fn from(value: &'a Option<String>) -> Self {
        value.as_deref().into()
    }
}

impl<'a, T: Sorted + Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Param::Null(T::SORT), Into::into)
    }
}

impl From<Timestamp> for Param<'_> {
    fn from(value: Timestamp) -> Self {
        Param::Int(value.0)
    }
}

impl From<SchoolId> for Param<'_> {
    fn from(value: SchoolId) -> Self {
        Param::Int(value.0)
    }
}

impl From<DeviceId> for Param<'_> {
    fn from(value: DeviceId) -> Self {
        Param::Int(value.0)
    }
}

impl From<AgentId> for Param<'_> {
    fn from(value: AgentId) -> Self {
        Param::Int(value.0)
    }
}

impl From<StreamId> for Param<'_> {
    fn from(value: StreamId) -> Self {
        Param::Int(value.0.cast_signed())
    }
}

impl From<Mac> for Param<'_> {
    fn from(value: Mac) -> Self {
        Param::Int(value.to_i64())
    }
}

/// A count or a number that the database holds as `bigint`; beyond its range (never met by counts) it stops at the end.
impl From<u64> for Param<'_> {
    fn from(value: u64) -> Self {
        Param::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Param<'_> {
    fn from(value: u32) -> Self {
        Param::Int(i64::from(value))
    }
}

impl From<u8> for Param<'_> {
    fn from(value: u8) -> Self {
        Param::Int(i64::from(value))
    }
}

impl Sorted for i64 {
    const SORT: Sort = Sort::Int;
}

impl Sorted for u64 {
    const SORT: Sort = Sort::Int;
}

impl Sorted for u32 {
    const SORT: Sort = Sort::Int;
}

impl Sorted for bool {
    const SORT: Sort = Sort::Bool;
}

impl Sorted for f64 {
    const SORT: Sort = Sort::Real;
}

impl Sorted for &str {
    const SORT: Sort = Sort::Text;
}

impl Sorted for &String {
    const SORT: Sort = Sort::Text;
}

impl Sorted for &[u8] {
    const SORT: Sort = Sort::Bytes;
}

impl Sorted for &Vec<u8> {
    const SORT: Sort = Sort::Bytes;
}

impl<const N: usize> Sorted for &[u8; N] {
    const SORT: Sort = Sort::Bytes;
}

impl Sorted for Timestamp {
    const SORT: Sort = Sort::Int;
}

impl Sorted for SchoolId {
    const SORT: Sort = Sort::Int;
}

impl Sorted for DeviceId {
    const SORT: Sort = Sort::Int;
}

impl Sorted for AgentId {
    const SORT: Sort = Sort::Int;
}

impl Sorted for StreamId {
    const SORT: Sort = Sort::Int;
}

/// A value out of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// `bigint`, and `boolean` on SQLite.
    Int(i64),
    /// `boolean` on PostgreSQL.
    Bool(bool),
    /// `double precision`.
    Real(f64),
    /// `text`.
    Text(String),
    /// `bytes`.
    Bytes(Vec<u8>),
}

/// One row of an answer: its fields are taken one after the other, in the order of the select list.
#[derive(Debug)]
pub struct Row {
    values: std::vec::IntoIter<Value>,
    taken: usize,
}

impl Row {
    pub(super) fn new(values: Vec<Value>) -> Row {
        Row { values: values.into_iter(), taken: 0 }
    }

    /// The next field.
    pub fn take<T: Field>(&mut self) -> Result<T, Error> {
        self.taken += 1;
        let value = self.values.next().ok_or(Error::Field { field: self.taken, expected: T::EXPECTED, found: "no more fields".to_owned() })?;
        T::of(value).map_err(|value| Error::Field {
            field: self.taken,
            expected: T::EXPECTED,
            found: format!("{value:?}").chars().take(80).collect(),
        })
    }
}

/// A type that a field of a row can be read as.
pub trait Field: Sized {
    /// Its name, for an error.
    const EXPECTED: &'static str;
    /// Reads it, or gives the value back.
    fn of(value: Value) -> Result<Self, Value>;
}

impl Field for i64 {
    const EXPECTED: &'static str = "bigint";
    fn of(value: Value) -> Result<Self, Value> {
        if let Value::Int(value) = value { Ok(value) } else { Err(value) }
    }
}

impl Field for bool {
    const EXPECTED: &'static str = "boolean";
    fn of(value: Value) -> Result<Self, Value> {
        match value {
            Value::Bool(value) => Ok(value),
            Value::Int(value) => Ok(value != 0),
            other => Err(other),
        }
    }
}

impl Field for f64 {
    const EXPECTED: &'static str = "double precision";
    fn of(value: Value) -> Result<Self, Value> {
        match value {
            Value::Real(value) => Ok(value),
            #[expect(clippy::cast_precision_loss, reason = "SQLite gives a whole number where an expression made one; ours are small")]
            Value::Int(value) => Ok(value as f64),
            other => Err(other),
        }
    }
}

impl Field for String {
    const EXPECTED: &'static str = "text";
    fn of(value: Value) -> Result<Self, Value> {
        if let Value::Text(value) = value { Ok(value) } else { Err(value) }
    }
}

impl Field for Vec<u8> {
    const EXPECTED: &'static str = "bytes";
    fn of(value: Value) -> Result<Self, Value> {
        if let Value::Bytes(value) = value { Ok(value) } else { Err(value) }
    }
}

impl<T: Field> Field for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn of(value: Value) -> Result<Self, Value> {
        if value == Value::Null { Ok(None) } else { T::of(value).map(Some) }
    }
}

impl Field for u64 {
    const EXPECTED: &'static str = "bigint, not negative";
    fn of(value: Value) -> Result<Self, Value> {
        match value {
            Value::Int(number) => u64::try_from(number).map_err(|_| Value::Int(number)),
            other => Err(other),
        }
    }
}

impl Field for u32 {
    const EXPECTED: &'static str = "bigint within 32 bits";
    fn of(value: Value) -> Result<Self, Value> {
        match value {
            Value::Int(number) => u32::try_from(number).map_err(|_| Value::Int(number)),
            other => Err(other),
        }
    }
}

impl Field for u8 {
    const EXPECTED: &'static str = "bigint within 8 bits";
    fn of(value: Value) -> Result<Self, Value> {
        match value {
            Value::Int(number) => u8::try_from(number).map_err(|_| Value::Int(number)),
            other => Err(other),
        }
    }
}

impl Field for Timestamp {
    const EXPECTED: &'static str = i64::EXPECTED;
    fn of(value: Value) -> Result<Self, Value> {
        i64::of(value).map(Timestamp)
    }
}

impl Field for SchoolId {
    const EXPECTED: &'static str = i64::EXPECTED;
    fn of(value: Value) -> Result<Self, Value> {
        i64::of(value).map(SchoolId)
    }
}

impl Field for DeviceId {
    const EXPECTED: &'static str = i64::EXPECTED;
    fn of(value: Value) -> Result<Self, Value> {
        i64::of(value).map(DeviceId)
    }
}

impl Field for AgentId {
    const EXPECTED: &'static str = i64::EXPECTED;
    fn of(value: Value) -> Result<Self, Value> {
        i64::of(value).map(AgentId)
    }
}

impl Field for StreamId {
    const EXPECTED: &'static str = i64::EXPECTED;
    fn of(value: Value) -> Result<Self, Value> {
        i64::of(value).map(|bits| StreamId(bits.cast_unsigned()))
    }
}

impl Field for PictureHash {
    const EXPECTED: &'static str = "16 bytes";
    fn of(value: Value) -> Result<Self, Value> {
        let bytes = Vec::<u8>::of(value)?;
        <[u8; 16]>::try_from(bytes).map(|octets| PictureHash(u128::from_be_bytes(octets))).map_err(Value::Bytes)
    }
}

//! The plan and the register as tables: read, checked, written, compared, and unfolded into places.
//!
//! For those who call: a folder or an upload gives file names and texts. [`read::read_table`] makes a table and notes of one;
//! [`write_table`] gives strict text back. [`Tables::half`] and [`Tables::join`] part plan and register, which change differently.
//! An import takes nothing in while [`has_error`] holds.
//!
//! Comes in: text. Goes out: values, notes, text. Absent on purpose: files and encodings (`plan_folder`), versions and who
//! made them (`store`), devices.

pub mod cell;
pub mod date;
pub mod decimal;
pub mod nearest;
pub mod note;
pub mod problem;
pub mod read;
pub mod schema;
pub mod selector;
pub mod table;
pub mod write;

pub use date::PlanDate;
pub use decimal::Decimal;
pub use note::{Note, Severity, has_error};
pub use selector::{Per, Selector};
pub use table::{Table, Tables};
pub use write::write_table;

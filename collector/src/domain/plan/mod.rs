//! The plan and the register as tables: read, checked, written, compared, and unfolded into places.
//!
//! For those who call: a folder or an upload gives file names and texts. [`read_tables`] makes [`Tables`] and notes of them; [`check()`]
//! adds what one table says against another; [`Plan::from_tables`] and [`Register::from_tables`](super::register::Register::from_tables)
//! give typed values; [`unfold`] gives the places; [`write_table`] gives strict text back;
//! [`diff::diff`] compares; [`draft::draft`] writes first tables out of live devices. [`Tables::half`] and [`Tables::join`] part plan and register, which change differently.
//! An import takes nothing in while [`has_error`] holds.
//!
//! Plan and register are two halves of one set of tables, so `places` and `check` read the register too.
//!
//! Comes in: text. Goes out: values, notes, text. Absent on purpose: files and encodings (`plan_folder`), versions and who
//! made them (`store`), devices.

pub mod cell;
pub mod check;
pub mod date;
pub mod decimal;
pub mod diff;
pub mod discreet;
pub mod draft;
pub mod edit;
pub mod effect;
pub mod fields;
mod from_rows;
mod funding;
pub mod headings;
pub mod merge;
pub mod model;
pub mod money;
pub mod nearest;
pub mod note;
mod order;
pub mod origin;
pub mod places;
pub mod problem;
pub mod read;
mod references;
pub mod schema;
pub mod selector;
mod sums;
pub mod table;
pub mod touched;
pub mod waves;
pub mod write;

pub use check::check;
pub use date::PlanDate;
pub use decimal::Decimal;
pub use model::Plan;
pub use note::{Note, Severity, has_error};
pub use origin::Origin;
pub use places::{Held, Planned, Unfolded, Unfolding, unfold};
pub use read::{read_sheets, read_tables};
pub use selector::{Per, Selector};
pub use table::{Table, Tables};
pub use write::write_table;

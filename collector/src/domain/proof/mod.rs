//! Which money was spent on what, and what proves it: budget, grants, the evidence file; the lists that insurer and police ask for.
//!
//! Reading order: [`budget`] (lines beside invoices), [`grant`] (what a grant gives, by its rules), [`thing`] (an owned thing with all that
//! proves it), [`assign`] (which thing proves which line), [`evidence`] (the file of a grant), [`pool`] (spares). Comes in: plan,
//! register, devices as last seen, today. Goes out: values that pages and files show. Absent on purpose: the files' forms
//! (`web`), and any rounding but the grant's own: down to the euro.
//!
//! The law of the house: a device proves a line only if its invoice or delivery date, its school and its kind are inside the line and
//! the grant's rules; and no device proves two lines.

pub mod assign;
pub mod budget;
pub mod evidence;
pub mod grant;
pub mod pool;
pub mod thing;

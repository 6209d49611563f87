//! The tables of recognition: facts of the world with their sources, no judgement.
//!
//! Comes in: nothing. Goes out: rows. Absent on purpose: how rows are applied (`recognise`) and weighed (`weigh`). A new maker, family or
//! grammar is a row here.

pub mod android;
pub mod apple;
pub mod brands;
pub mod controllers;
pub mod dhcp;
pub mod enterprises;
pub mod families;
pub mod grammars;
pub mod hosts;
pub mod items;
pub mod junk;
pub mod makes;
pub mod models;
pub mod oui;
pub mod products;
pub mod register;
pub mod screens;
pub mod services;
pub mod shape;
pub mod vendors;
pub mod windows;
pub mod words;

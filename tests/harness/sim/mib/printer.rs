//! A printer: HOST-RESOURCES-MIB (RFC 2790) and Printer-MIB (RFC 3805).
//!
//! Comes in: the device, its supplies. Goes out: rows.

use super::{Mib, Value, parse_oid};
use crate::sim::device::{Ail, Device};

/// hrPrinterDetectedErrorState, first octet (RFC 2790): bit 2 lowToner, bit 3 noToner, bit 5 jammed.
const LOW_TONER: u8 = 0x20;
const NO_TONER: u8 = 0x10;
const JAMMED: u8 = 0x04;
/// Per cent up to which the printer itself calls its toner low.
const LOW: u8 = 5;

/// Fills in all that a printer tells.
pub(super) fn tell(mib: &mut Mib, device: &Device, described: &str, toners: &[(&str, &str)]) {
    let (level, jammed) = (device.toner(), device.ails(&Ail::Jam));
    let toner = match level {
        0 => NO_TONER,
        1..=LOW => LOW_TONER,
        _ => 0,
    };
    let state = toner | if jammed { JAMMED } else { 0 };
    mib.put("1.3.6.1.2.1.25.3.2.1.1.1", Value::Int(1));
    mib.put("1.3.6.1.2.1.25.3.2.1.2.1", Value::Oid(parse_oid("1.3.6.1.2.1.25.3.1.5"))); // hrDevicePrinter
    mib.text("1.3.6.1.2.1.25.3.2.1.3.1", described);
    mib.put("1.3.6.1.2.1.25.3.2.1.5.1", Value::Int(if state & (JAMMED | NO_TONER) != 0 { 5 } else { 2 })); // down, running
    mib.put("1.3.6.1.2.1.25.3.5.1.1.1", Value::Int(3)); // idle
    mib.put("1.3.6.1.2.1.25.3.5.1.2.1", Value::Octets(vec![state]));
    mib.text("1.3.6.1.2.1.43.5.1.1.16.1", described);
    mib.text("1.3.6.1.2.1.43.5.1.1.17.1", &device.serial);
    mib.put("1.3.6.1.2.1.43.10.2.1.4.1.1", Value::Counter(12_000 + u32::from(level) * 31));
    for ((descr, colour), at) in toners.iter().zip(1..) {
        // Only the first supply follows an injected level: the others stand in the middle.
        supply(mib, at, descr, colour, if at == 1 { level } else { 55 });
    }
    mib.text("1.3.6.1.2.1.43.16.5.1.2.1.1", if jammed { "Paper Jam" } else { "Ready" });
    if jammed {
        alert(mib, 1, 8, "Paper jam"); // PrtAlertCodeTC jam(8)
    }
    if toner != 0 {
        alert(mib, 2, if toner == NO_TONER { 1101 } else { 1104 }, "Toner low"); // markerTonerEmpty, markerTonerAlmostEmpty
    }
}

fn supply(mib: &mut Mib, at: u32, descr: &str, colour: &str, level: u8) {
    let index = [1, at];
    let mut row = |column: u32, value: Value| mib.cell(&format!("1.3.6.1.2.1.43.11.1.1.{column}"), &index, value);
    row(2, Value::Int(1));
    row(3, Value::Int(i64::from(at)));
    row(4, Value::Int(3)); // supplyThatIsConsumed
    row(5, Value::Int(3)); // toner
    row(6, Value::Octets(descr.into()));
    row(7, Value::Int(19)); // percent
    row(8, Value::Int(100));
    row(9, Value::Int(i64::from(level)));
    mib.cell("1.3.6.1.2.1.43.12.1.1.4", &index, Value::Octets(colour.into()));
}

fn alert(mib: &mut Mib, at: u32, code: i64, descr: &str) {
    let index = [1, at];
    let mut row = |column: u32, value: Value| mib.cell(&format!("1.3.6.1.2.1.43.18.1.1.{column}"), &index, value);
    row(2, Value::Int(3)); // criticalBinaryChangeEvent
    row(4, Value::Int(10)); // marker
    row(7, Value::Int(code));
    row(8, Value::Octets(descr.into()));
}

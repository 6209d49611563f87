//! A UPS with a network card: PowerNet-MIB (APC) and UPS-MIB (RFC 1628).
//!
//! Comes in: the device. Goes out: rows.

use super::{Mib, Value};
use crate::sim::device::{Ail, Device};

/// Fills in all that a UPS tells.
pub(super) fn tell(mib: &mut Mib, device: &Device) {
    let battery = device.ails(&Ail::Battery);
    let charge = if battery { 57 } else { 100 };
    let minutes = if battery { 12 } else { 38 };
    let voltage = if battery { 0 } else { 231 };
    for (object, text) in [("1.1.1", device.make.model), ("1.1.2", "UPS_IDEN"), ("1.2.1", device.make.firmware), ("1.2.3", device.serial.as_str())] {
        mib.text(&format!("1.3.6.1.4.1.318.1.1.1.{object}.0"), text);
    }
    let powernet = [
        ("2.1.1", Value::Int(2)), // upsBasicBatteryStatus batteryNormal
        ("2.2.1", Value::Gauge(charge)),
        ("2.2.2", Value::Gauge(24)),
        ("2.2.3", Value::Ticks(minutes * 6000)),
        ("2.2.4", Value::Int(1)), // noBatteryNeedsReplacing
        ("3.2.1", Value::Gauge(voltage)),
        ("4.1.1", Value::Int(if battery { 3 } else { 2 })), // onBattery, onLine
        ("4.2.3", Value::Gauge(18)),
    ];
    for (object, value) in powernet {
        mib.put(&format!("1.3.6.1.4.1.318.1.1.1.{object}.0"), value);
    }
    mib.text("1.3.6.1.2.1.33.1.1.1.0", "American Power Conversion");
    mib.text("1.3.6.1.2.1.33.1.1.2.0", device.make.model);
    mib.text("1.3.6.1.2.1.33.1.1.3.0", device.make.firmware);
    let standard = [
        ("2.1", Value::Int(2)),                            // upsBatteryStatus batteryNormal
        ("2.2", Value::Int(if battery { 95 } else { 0 })), // upsSecondsOnBattery
        ("2.3", Value::Int(i64::from(minutes))),           // upsEstimatedMinutesRemaining
        ("2.4", Value::Int(i64::from(charge))),            // upsEstimatedChargeRemaining
        ("4.1", Value::Int(if battery { 5 } else { 3 })),  // upsOutputSource battery, normal
        ("6.1", Value::Gauge(u32::from(battery))),         // upsAlarmsPresent
    ];
    for (object, value) in standard {
        mib.put(&format!("1.3.6.1.2.1.33.1.{object}.0"), value);
    }
    mib.put("1.3.6.1.2.1.33.1.3.3.1.3.1", Value::Int(i64::from(voltage))); // upsInputVoltage
    mib.put("1.3.6.1.2.1.33.1.4.4.1.5.1", Value::Int(18)); // upsOutputPercentLoad
}

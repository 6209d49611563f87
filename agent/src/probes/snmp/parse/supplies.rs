//! Supplies of printers: Printer-MIB prtMarkerSuppliesTable and prtMarkerColorantTable (RFC 3805).

use super::Number;
use crate::probes::snmp::value::{Rows, dotted};
use rollcall_shared::evidence::Supply;

/// prtMarkerSuppliesEntry; index: hrDeviceIndex, prtMarkerSuppliesIndex.
pub const TABLE: &str = "1.3.6.1.2.1.43.11.1.1";
/// prtMarkerSuppliesColorantIndex, Class, Type, Description, MaxCapacity, Level.
pub const COLUMNS: &[&str] = &["3", "4", "5", "6", "8", "9"];
/// prtMarkerColorantValue; index: hrDeviceIndex, prtMarkerColorantIndex.
pub const COLORANT: &str = "1.3.6.1.2.1.43.12.1.1.4";
/// Supplies of one printer at most.
pub const MAX_ROWS: usize = 64;

/// The supplies, and their levels.
pub fn supplies(rows: &Rows, colorants: &Rows) -> (Vec<Supply>, Vec<Number>) {
    let mut all = Vec::new();
    let mut levels = Vec::new();
    for (index, row) in rows.iter() {
        let colour = index.first().and_then(|device| colorants.0.get([*device, row.index(0)].as_slice())).and_then(|cells| cells.first());
        let key = dotted(index);
        levels.extend(row.value(5).number().map(|level| ("supply_level", key.clone(), level as f64)));
        all.push(Supply {
            key,
            class: row.index(1),
            supply_type: row.index(2),
            descr: row.text(3),
            colour: colour.map_or_else(String::new, |value| value.text()),
            capacity: row.value(4).number().unwrap_or(-2),
        });
    }
    (all, levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::snmp::value::Value;

    #[test]
    fn a_toner_with_its_colour_and_level() {
        let (mut rows, mut colorants) = (Rows::default(), Rows::default());
        let text = |text: &str| Value::Octets(text.as_bytes().to_vec());
        rows.0.insert(
            vec![1, 2],
            vec![Value::Number(1), Value::Number(3), Value::Number(3), text("Cyan Toner"), Value::Number(100), Value::Number(-3)],
        );
        colorants.0.insert(vec![1, 1], vec![text("cyan")]);
        let (all, levels) = supplies(&rows, &colorants);
        let toner = Supply { key: "1.2".into(), supply_type: 3, class: 3, descr: "Cyan Toner".into(), colour: "cyan".into(), capacity: 100 };
        assert_eq!(all, [toner]);
        assert_eq!(levels, [("supply_level", "1.2".to_owned(), -3.0)]);
    }
}

//! Parts of a device: ENTITY-MIB entPhysicalTable (RFC 6933).
//!
//! Kept are the parts that carry an identity: chassis, stack, modules, power supplies, and whatever the device itself cannot class. Ports,
//! sensors, fans, containers and backplanes are left out: they are many (a chassis has hundreds), and their serials are those of their bearer or none.

use crate::probes::snmp::value::{Oid, Row, Rows};
use rollcall_shared::evidence::Entity;

/// entPhysicalEntry.
pub const TABLE: &str = "1.3.6.1.2.1.47.1.1.1.1";
/// entPhysicalClass.
pub const CLASS: &str = "5";
/// entPhysicalDescr, VendorType, ContainedIn, Class, Name, HardwareRev, FirmwareRev, SoftwareRev, SerialNum, MfgName, ModelName.
pub const COLUMNS: &[&str] = &["2", "3", "4", "5", "7", "8", "9", "10", "11", "12", "13"];
/// Rows of the class column looked through at most.
pub const MAX_ROWS: usize = 4_096;
/// Parts told at most.
pub const MAX_PARTS: usize = 96;

/// entPhysicalClass values kept, best first: chassis, stack, module, powerSupply, cpu, other, unknown.
const KEPT: &[u32] = &[3, 11, 9, 6, 12, 1, 2];

/// Which parts to ask for, out of the class column alone: the better classes first, in the order of the table within a class.
pub fn worth_asking(classes: &Rows) -> Vec<Oid> {
    let of = |class: u32| classes.iter().filter(move |(_, row)| row.index(0) == class).map(|(index, _)| index.to_vec());
    KEPT.iter().flat_map(|class| of(*class)).take(MAX_PARTS).collect()
}

/// The parts of rows that hold [`COLUMNS`].
pub fn entities(rows: &Rows) -> Vec<Entity> {
    rows.iter().filter_map(|(index, row)| entity(index, row)).take(MAX_PARTS).collect()
}

fn entity(index: &[u32], row: Row<'_>) -> Option<Entity> {
    let [key] = index else { return None };
    let vendor_type = row.text(1);
    Some(Entity {
        key: *key,
        descr: row.text(0),
        // `0.0` is how the MIB says that there is none.
        vendor_type: if vendor_type == "0.0" { String::new() } else { vendor_type },
        inside: row.index(2),
        class: row.index(3),
        name: row.text(4),
        hardware: row.text(5),
        firmware: row.text(6),
        software: row.text(7),
        serial: row.text(8),
        maker: row.text(9),
        model: row.text(10),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::snmp::value::Value;

    #[test]
    fn chassis_come_first_and_ports_not_at_all() {
        let mut classes = Rows::default();
        for (index, class) in [(1, 10), (2, 9), (3, 3), (4, 8), (5, 6)] {
            classes.set(&[index], 0, 1, Value::Number(class));
        }
        assert_eq!(worth_asking(&classes), [vec![3], vec![2], vec![5]]);
    }

    #[test]
    fn a_row_becomes_a_part() {
        let mut rows = Rows::default();
        rows.set(&[1001], 8, COLUMNS.len(), Value::Octets(b"FOC1234X0AB ".to_vec()));
        rows.set(&[1001], 3, COLUMNS.len(), Value::Number(3));
        rows.set(&[1001], 1, COLUMNS.len(), Value::Name(vec![0, 0]));
        let part = Entity { key: 1001, class: 3, serial: "FOC1234X0AB".into(), ..Default::default() };
        assert_eq!(entities(&rows), [part]);
    }
}

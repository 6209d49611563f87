//! Interfaces: IF-MIB ifTable and ifXTable (RFC 2863), and of switches EtherLike-MIB dot3StatsTable (RFC 3635).

use super::Number;
use crate::probes::snmp::value::{Row, Rows};
use rollcall_shared::Mac;
use rollcall_shared::evidence::Interface;

/// ifEntry.
pub const TABLE: &str = "1.3.6.1.2.1.2.2.1";
/// ifDescr, ifType, ifSpeed, ifPhysAddress, ifAdminStatus, ifOperStatus, ifInErrors, ifOutErrors.
pub const COLUMNS: &[&str] = &["2", "3", "5", "6", "7", "8", "14", "20"];
/// ifXEntry.
pub const TABLE_X: &str = "1.3.6.1.2.1.31.1.1.1";
/// ifName, ifHighSpeed, ifAlias.
pub const COLUMNS_X: &[&str] = &["1", "15", "18"];
/// dot3StatsEntry.
pub const ETHERNET_TABLE: &str = "1.3.6.1.2.1.10.7.2.1";
/// dot3StatsLateCollisions, dot3StatsDuplexStatus: a partner that speaks half duplex to one that does not makes collisions where there can be none.
pub const ETHERNET_COLUMNS: &[&str] = &["8", "19"];
/// dot3StatsDuplexStatus: halfDuplex(2).
const HALF: i64 = 2;
/// A full chassis has some hundred ports; more are virtual.
pub const MAX_ROWS: usize = 2_048;

/// ifType of Ethernet ports (ethernetCsmacd and the older names for it), whose errors are worth telling.
const ETHERNET: &[u32] = &[6, 62, 69, 117];

/// The interfaces, and the errors of Ethernet ports: those that have any. Rows that stand in ifXTable alone count too: some agents leave out ifTable.
pub fn interfaces(table: &Rows, extended: &Rows, ethernet: &Rows) -> (Vec<Interface>, Vec<Number>) {
    let mut all = Vec::new();
    let mut errors = Vec::new();
    let indexes: std::collections::BTreeSet<&[u32]> = table.iter().chain(extended.iter()).map(|(index, _)| index).collect();
    for index in indexes {
        let [key] = index else { continue };
        let row = Row(table.0.get(index).map_or(&[], Vec::as_slice));
        let more = Row(extended.0.get(index).map_or(&[], Vec::as_slice));
        let third = Row(ethernet.0.get(index).map_or(&[], Vec::as_slice));
        let mut interface = interface(*key, row, more);
        interface.half_duplex = interface.up == Some(true) && third.value(1).number() == Some(HALF);
        let errors_both_ways: i64 = [6, 7].iter().filter_map(|column| row.value(*column).number()).filter(|count| *count >= 0).sum();
        let late_collisions = third.value(0).number().unwrap_or(0);
        // What never happened is not told: a switch would tell it of each port each hour.
        for (name, count) in [("if_errors", errors_both_ways), ("if_late_collisions", late_collisions)] {
            if ETHERNET.contains(&interface.if_type) && count > 0 {
                errors.push((name, key.to_string(), count as f64));
            }
        }
        all.push(interface);
    }
    (all, errors)
}

fn interface(key: u32, row: Row<'_>, more: Row<'_>) -> Interface {
    let descr = row.text(0);
    let name = more.text(0);
    let name = if name.is_empty() { descr.clone() } else { name };
    let up = row.value(5).number().map(|status| status == 1);
    let fast = u64::from(more.index(1)) * 1_000_000;
    let speed = if fast == 0 { row.value(2).number().and_then(|speed| u64::try_from(speed).ok()).unwrap_or(0) } else { fast };
    Interface {
        key,
        descr: if descr == name { String::new() } else { descr },
        name,
        alias: more.text(2),
        if_type: row.index(1),
        up,
        admin_down: row.value(4).number() == Some(2),
        half_duplex: false,
        mac: Mac::from_slice(row.value(3).octets()).filter(|mac| !mac.is_void()),
        speed_bps: if up == Some(true) { speed } else { 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::snmp::value::Value;

    #[test]
    fn both_tables_make_one_interface() {
        let (mut table, mut extended) = (Rows::default(), Rows::default());
        let text = |text: &str| Value::Octets(text.as_bytes().to_vec());
        let cells = [
            text("Port 1"),
            Value::Number(6),
            Value::Number(4_294_967_295),
            Value::Octets(vec![0, 0x1a, 0x2b, 0, 0, 1]),
            Value::Number(1),
            Value::Number(1),
            Value::Number(3),
            Value::Number(4),
        ];
        table.0.insert(vec![1], cells.to_vec());
        extended.0.insert(vec![1], vec![text("1/1"), Value::Number(10_000), text("uplink")]);
        table.0.insert(
            vec![2],
            vec![text("Port 2"), Value::Number(6), Value::Number(1_000_000_000), Value::Octets(vec![]), Value::Number(2), Value::Number(2)],
        );
        let mut ethernet = Rows::default();
        ethernet.0.insert(vec![1], vec![Value::Number(12), Value::Number(2)]);
        ethernet.0.insert(vec![2], vec![Value::Number(0), Value::Number(2)]);
        let (all, errors) = interfaces(&table, &extended, &ethernet);
        let first = Interface {
            key: 1,
            name: "1/1".into(),
            descr: "Port 1".into(),
            alias: "uplink".into(),
            if_type: 6,
            up: Some(true),
            mac: Some("00:1a:2b:00:00:01".parse().unwrap()),
            speed_bps: 10_000_000_000,
            half_duplex: true,
            ..Default::default()
        };
        let second = Interface { key: 2, name: "Port 2".into(), if_type: 6, up: Some(false), admin_down: true, ..Default::default() };
        assert_eq!(all, [first, second]);
        assert_eq!(errors, [("if_errors", "1".to_owned(), 7.0), ("if_late_collisions", "1".to_owned(), 12.0)]);
    }
}

//! Single objects of the table in `rollcall_shared::objects`: what a device says of itself, and its moving numbers.

use super::Number;
use crate::probes::snmp::value::{Oid, Value, dotted};
use rollcall_shared::Fact;
use rollcall_shared::objects::Object;
use std::collections::BTreeSet;

/// One answered object: the row of the table, its whole OID without the instance, the OID answered, the value. Of a table that is counted and has
/// no row: its OID, and nothing.
pub type Answer = (&'static Object, Oid, Oid, Value);

/// Facts and readings of answered objects. A reading that several MIBs of one device tell is taken from the first: the table is in order of preference.
pub fn said(answers: &[Answer]) -> (Vec<Fact>, Vec<Number>) {
    let (mut facts, mut numbers) = (Vec::new(), Vec::<Number>::new());
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut object_now = "";
    for (object, root, oid, value) in answers {
        let index = oid.strip_prefix(root.as_slice()).unwrap_or_default();
        match object.reading {
            None => facts.extend(fact(object, index, value)),
            Some((name, factor)) => {
                if object_now != object.name && numbers.iter().any(|(known, ..)| *known == name) {
                    told.insert(name);
                }
                object_now = object.name;
                if object.counted_beside.is_some() {
                    if !told.contains(name) {
                        count(&mut numbers, name, if value.is_nothing() { 0.0 } else { 1.0 });
                    }
                    continue;
                }
                // Negative numbers say "unknown" in every MIB of the table.
                if let Some(number) = value.number().filter(|number| *number >= 0 && !told.contains(name)) {
                    let instance = if object.rows == 1 { String::new() } else { dotted(index) };
                    numbers.push((name, instance, number as f64 * factor));
                }
            }
        }
    }
    (facts, numbers)
}

/// Rows more of a table that is counted.
fn count(numbers: &mut Vec<Number>, name: &'static str, more: f64) {
    match numbers.iter_mut().find(|(known, instance, _)| *known == name && instance.is_empty()) {
        Some((.., rows)) => *rows += more,
        None => numbers.push((name, String::new(), more)),
    }
}

fn fact(object: &Object, index: &[u32], value: &Value) -> Option<Fact> {
    let text = if object.octets { value.hex() } else { value.text() };
    let key = match index {
        [0] | [] => object.name.to_owned(),
        index => format!("{}.{}", object.name, dotted(index)),
    };
    (!text.is_empty() && key.len() <= rollcall_shared::wire::MAX_NAME_BYTES).then(|| Fact::said(key, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    static DESCR: Object = Object::one("sysDescr", "1");
    static ERRORS: Object = Object::rows("errors", "7", 2).raw();
    static DEVICE: Object = Object::rows("hrDeviceDescr", "3", 4);
    static CHARGE: Object = Object::one("charge", "4").moving("ups_charge", 1.0);
    static CHARGE_TOO: Object = Object::one("chargeToo", "5").moving("ups_charge", 1.0);
    static CLIENT: Object = Object::rows("client", "8", 9).counted("wireless_clients", "load");
    static LOAD: Object = Object::rows("load", "6", 3).moving("ups_load", 0.1);

    #[test]
    fn a_counted_table_without_a_row_is_zero_unless_another_object_told_the_number() {
        static RADIO: Object = Object::rows("radioClients", "9", 4).moving("wireless_clients", 1.0);
        let none = || (&CLIENT, vec![9], vec![9], Value::Nothing);
        assert_eq!(said(&[none()]).1, [("wireless_clients", String::new(), 0.0)]);
        let (_, numbers) = said(&[(&RADIO, vec![9], vec![9, 1], Value::Number(3)), none()]);
        assert_eq!(numbers, [("wireless_clients", "1".to_owned(), 3.0)]);
    }

    #[test]
    fn objects_become_facts_named_by_their_instance_and_numbers_become_readings() {
        let answer = |object: &'static Object, index: &[u32], value| (object, vec![9], [&[9], index].concat(), value);
        let octets = |text: &str| Value::Octets(text.as_bytes().to_vec());
        let (facts, numbers) = said(&[
            answer(&DESCR, &[0], octets("A switch")),
            answer(&DEVICE, &[1], octets("LaserJet")),
            answer(&DEVICE, &[2], octets("")),
            answer(&ERRORS, &[1], Value::Octets(vec![0x40])),
            answer(&ERRORS, &[2], Value::Octets(vec![0])),
            answer(&CHARGE, &[0], Value::Number(97)),
            answer(&CHARGE_TOO, &[0], Value::Number(50)),
            answer(&LOAD, &[1], Value::Number(420)),
            answer(&LOAD, &[2], Value::Number(-1)),
            answer(&LOAD, &[3], Value::Number(300)),
            answer(&CLIENT, &[1], octets("somebody")),
            answer(&CLIENT, &[2], octets("somebody else")),
        ]);
        assert_eq!(
            facts,
            [
                Fact::said("sysDescr", "A switch"),
                Fact::said("hrDeviceDescr.1", "LaserJet"),
                Fact::said("errors.1", "0x40"),
                Fact::said("errors.2", "0x00")
            ]
        );
        let expected = [("ups_charge", "", 97.0), ("ups_load", "1", 42.0), ("ups_load", "3", 30.0), ("wireless_clients", "", 2.0)];
        assert_eq!(numbers, expected.map(|(name, instance, value)| (name, instance.to_owned(), value)));
    }
}

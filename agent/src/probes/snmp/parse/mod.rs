//! The pure half of the SNMP probe: rows and values in, facts and readings out. No sockets, no waiting.
//!
//! One file a subject, each telling which tables of which standard it reads: [`said`] (single objects), [`interfaces`], [`entity`],
//! [`forwarding`], [`neighbours`], [`supplies`].

pub mod arp;
pub mod entity;
pub mod forwarding;
pub mod interfaces;
pub mod neighbours;
pub mod said;
pub mod supplies;

/// A moving number: name of the reading, instance, value.
pub type Number = (&'static str, String, f64);

/// Lays any objects into every sort of table by the end of their names, and parses each: for tests with hostile answers.
pub fn hostile(pairs: &[(super::value::Oid, super::value::Value)]) {
    use super::value::Rows;
    /// More columns than any table asked for has.
    const COLUMNS: usize = 20;
    let mut rows = Rows::default();
    for (place, (oid, value)) in pairs.iter().enumerate() {
        rows.set(&oid[oid.len().min(place % 3)..], place % COLUMNS, COLUMNS, value.clone());
    }
    let ports = forwarding::ports(&rows);
    let (interfaces, _) = interfaces::interfaces(&rows, &rows, &rows);
    entity::worth_asking(&rows);
    entity::entities(&rows);
    forwarding::by_vlan(&rows, &ports, &forwarding::vlans(&rows));
    forwarding::of_bridge(&rows, &ports, 1);
    neighbours::lldp(&rows, &rows, &rows, &interfaces, &ports);
    neighbours::cdp(&rows, &interfaces);
    neighbours::tp_link(&rows, &interfaces);
    supplies::supplies(&rows, &rows);
    let objects = rollcall_shared::objects::STANDARD.iter().flat_map(|group| group.objects);
    let answers: Vec<said::Answer> = objects.zip(pairs).map(|(object, (oid, value))| (object, Vec::new(), oid.clone(), value.clone())).collect();
    said::said(&answers);
}

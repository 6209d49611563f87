//! What one takes along to mend a fault: tools and parts, by its code and by the kind of what ails.
//!
//! Comes in: a fault's code, the kind of the device. Goes out: codes of things (`take-CODE` of the language files has the words), in the order in which
//! one packs them. Absent on purpose: which part exactly (model, reading and stock are the page's), quantities.

use super::kind::Kind;

/// One row: a fault's code and what mends it.
type Row = (&'static str, &'static [&'static str]);

/// By fault: the part first, then the tools. A code without a row wants nothing but oneself.
#[rustfmt::skip]
const BY_FAULT: &[Row] = &[
    ("agent_silent", &["laptop", "patch_cable", "cable_tester"]),
    ("infrastructure_silent", &["same_model", "patch_cable", "console_cable", "laptop"]),
    ("device_silent", &["patch_cable", "power_cable", "cable_tester"]),
    ("room_silent", &["patch_cable", "power_strip", "cable_tester"]),
    ("case_silent", &["power_cable", "charger"]),
    ("school_silent", &["laptop", "patch_cable", "cable_tester"]),
    ("server_service", &["laptop"]),
    ("server_disk", &["laptop", "disk"]),
    ("server_raid", &["disk", "screwdriver"]),
    ("server_smart", &["disk", "screwdriver"]),
    ("server_backup", &["laptop", "backup_disk"]),
    ("server_certificate", &["laptop"]),
    ("server_hot", &["air_duster", "fan", "screwdriver"]),
    ("server_updates", &["laptop"]),
    ("port_errors", &["patch_cable", "cable_tester"]),
    ("port_duplex", &["patch_cable", "laptop"]),
    ("poe_exhausted", &["poe_injector", "laptop"]),
    ("ups_on_battery", &["multimeter", "torch"]),
    ("ups_battery_low", &["battery", "multimeter"]),
    ("ups_replace_battery", &["battery", "screwdriver"]),
    ("ups_overload", &["power_strip"]),
    ("ups_test_failed", &["battery", "multimeter"]),
    ("printer_toner", &["toner", "gloves"]),
    ("printer_jam", &["gloves", "air_duster"]),
    ("printer_no_paper", &["paper"]),
    ("projector_fan", &["fan", "air_duster", "screwdriver"]),
    ("projector_lamp", &["lamp", "screwdriver"]),
    ("projector_lamp_worn", &["lamp", "screwdriver"]),
    ("projector_temperature", &["air_filter", "air_duster"]),
    ("projector_cover", &["screwdriver"]),
    ("projector_filter", &["air_filter", "air_duster"]),
    ("projector_other", &["remote_control", "screwdriver"]),
    ("duplicate_address", &["laptop"]),
    ("cloned_server", &["laptop"]),
    ("due_missing", &["same_model", "label"]),
    ("other_model", &["same_model", "label"]),
    ("reported", &["patch_cable", "power_cable"]),
];

/// By kind, whatever the fault: what hangs high wants a ladder, what has a remote wants that.
#[rustfmt::skip]
const BY_KIND: &[(Kind, &[&str])] = &[
    (Kind::Projector, &["ladder"]),
    (Kind::InteractiveProjector, &["ladder", "stylus"]),
    (Kind::AccessPoint, &["ladder"]),
    (Kind::Camera, &["ladder"]),
    (Kind::Case, &["case_key"]),
    (Kind::Switch, &["cabinet_key"]),
    (Kind::Server, &["cabinet_key"]),
    (Kind::Ups, &["cabinet_key"]),
];

/// Codes of what to take along, the part first, each once.
pub fn takes(code: &str, kind: Option<Kind>) -> Vec<&'static str> {
    let by_fault = BY_FAULT.iter().find(|(of, _)| *of == code).map_or(&[][..], |(_, things)| things);
    // Nobody packs a ladder for what is mended by thinking.
    let by_kind = BY_KIND.iter().find(|(of, _)| Some(*of) == kind && !by_fault.is_empty()).map_or(&[][..], |(_, things)| things);
    let mut all: Vec<&'static str> = Vec::new();
    for thing in by_fault.iter().chain(by_kind) {
        if !all.contains(thing) {
            all.push(thing);
        }
    }
    all
}

/// Whether a thing is a part of this very model: a list of things to take along counts such parts model by model.
pub fn is_part(thing: &str) -> bool {
    matches!(thing, "lamp" | "air_filter" | "fan" | "toner" | "battery" | "disk" | "same_model" | "charger")
}

/// Every thing that a row names.
pub fn things() -> impl Iterator<Item = &'static str> {
    BY_FAULT.iter().flat_map(|(_, things)| things.iter()).chain(BY_KIND.iter().flat_map(|(_, things)| things.iter())).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fault::fault_row;

    #[test]
    fn each_row_is_of_a_fault_that_there_is() {
        for (code, things) in BY_FAULT {
            assert!(fault_row(code).is_some() && !things.is_empty(), "{code}");
            assert_eq!(BY_FAULT.iter().filter(|(of, _)| of == code).count(), 1, "{code}");
        }
    }

    #[test]
    fn the_part_comes_first_and_the_ladder_last() {
        assert_eq!(takes("projector_lamp", Some(Kind::Projector)), ["lamp", "screwdriver", "ladder"]);
        assert_eq!(takes("projector_lamp", None), ["lamp", "screwdriver"]);
        assert_eq!(takes("server_raid", Some(Kind::Server)), ["disk", "screwdriver", "cabinet_key"]);
        assert!(takes("identity_conflict", Some(Kind::Projector)).is_empty());
        assert!(is_part("lamp") && !is_part("ladder"));
    }
}

//! Holiday zones as a table: the clock of each, its académies, its public holidays beyond the nation's.
//!
//! Comes in: what a plan writes in its column `zone`, or the ministry's file in `location` and `zones`. Goes out: [`ZoneRow`] and
//! [`Whereabouts`]. Absent on purpose: holidays (they are data, [`super::holiday`]).

use crate::domain::folded::fold;
use crate::domain::language::Language;

/// One holiday zone.
#[derive(Debug, PartialEq, Eq)]
pub struct ZoneRow {
    /// Its code: `A`, `Guadeloupe`.
    pub code: &'static str,
    /// How a sentence names it, French and English.
    pub names: [&'static str; 2],
    /// Its clock (IANA).
    pub clock: &'static str,
    /// Its académies, where it has several. Those of before the mergers of 2020 stand too: the ministry's older years name them.
    pub academies: &'static [&'static str],
    /// Public holidays that the nation's other zones have not: month, day, what.
    pub feasts: &'static [(i8, i8, &'static str)],
    /// Further folded names.
    pub aliases: &'static [&'static str],
    /// The zone whose holidays it shares.
    pub part_of: Option<&'static str>,
    /// The day on which holidays begin is a day of class, « après la classe » (the ministry's note for A, B, C and Corsica).
    /// Overseas the files name now the last day of class, now the first day off: there the day counts as off.
    pub leaves_after_class: bool,
}

/// Académies by zone: education.gouv.fr « les zones de vacances ». Days that recall the abolition of slavery: Code du travail L3422-2,
/// décret 83-1003 of 23 November 1983; of the Pacific: the labour codes there. Where a zone shall have another day, a closure of the register adds it.
pub static ZONES: [ZoneRow; 15] = [
    ZoneRow {
        academies: &["Besançon", "Bordeaux", "Clermont-Ferrand", "Dijon", "Grenoble", "Limoges", "Lyon", "Poitiers"],
        leaves_after_class: true,
        ..zone("A", ["zone A", "zone A"], "Europe/Paris")
    },
    ZoneRow {
        academies: &[
            "Aix-Marseille",
            "Amiens",
            "Lille",
            "Nancy-Metz",
            "Nantes",
            "Nice",
            "Normandie",
            "Orléans-Tours",
            "Reims",
            "Rennes",
            "Strasbourg",
            "Caen",
            "Rouen",
        ],
        leaves_after_class: true,
        ..zone("B", ["zone B", "zone B"], "Europe/Paris")
    },
    ZoneRow {
        academies: &["Créteil", "Montpellier", "Paris", "Toulouse", "Versailles"],
        leaves_after_class: true,
        ..zone("C", ["zone C", "zone C"], "Europe/Paris")
    },
    ZoneRow { leaves_after_class: true, ..zone("Corse", ["la Corse", "Corsica"], "Europe/Paris") },
    ZoneRow { feasts: &[(5, 27, ABOLITION)], ..zone("Guadeloupe", ["la Guadeloupe", "Guadeloupe"], "America/Guadeloupe") },
    ZoneRow {
        feasts: &[(6, 10, ABOLITION)],
        aliases: &["guyane francaise", "french guiana"],
        ..zone("Guyane", ["la Guyane", "French Guiana"], "America/Cayenne")
    },
    ZoneRow { feasts: &[(5, 22, ABOLITION)], ..zone("Martinique", ["la Martinique", "Martinique"], "America/Martinique") },
    ZoneRow { feasts: &[(4, 27, ABOLITION)], ..zone("Mayotte", ["Mayotte", "Mayotte"], "Indian/Mayotte") },
    ZoneRow { feasts: &[(12, 20, ABOLITION)], aliases: &["la reunion"], ..zone("Réunion", ["La Réunion", "Réunion"], "Indian/Reunion") },
    ZoneRow {
        aliases: &["nc"],
        feasts: &[(9, 24, CITIZENS)],
        ..zone("Nouvelle-Calédonie", ["la Nouvelle-Calédonie", "New Caledonia"], "Pacific/Noumea")
    },
    ZoneRow {
        aliases: &["polynesie francaise"],
        feasts: &[(3, 5, GOSPEL)],
        ..zone("Polynésie", ["la Polynésie française", "French Polynesia"], "Pacific/Tahiti")
    },
    ZoneRow { ..zone("Saint-Pierre-et-Miquelon", ["Saint-Pierre-et-Miquelon", "Saint-Pierre-et-Miquelon"], "America/Miquelon") },
    ZoneRow {
        feasts: &[(4, 28, CHANEL), (7, 29, TERRITORY)],
        ..zone("Wallis-et-Futuna", ["Wallis-et-Futuna", "Wallis and Futuna"], "Pacific/Wallis")
    },
    ZoneRow {
        feasts: &[(10, 9, ABOLITION)],
        part_of: Some("Guadeloupe"),
        ..zone("Saint-Barthélemy", ["Saint-Barthélemy", "Saint-Barthélemy"], "America/St_Barthelemy")
    },
    ZoneRow {
        feasts: &[(5, 28, ABOLITION)],
        part_of: Some("Guadeloupe"),
        ..zone("Saint-Martin", ["Saint-Martin", "Saint-Martin"], "America/Marigot")
    },
];

const ABOLITION: &str = "abolition";
const CITIZENS: &str = "citizens";
const GOSPEL: &str = "gospel";
const CHANEL: &str = "chanel";
const TERRITORY: &str = "territory";

const fn zone(code: &'static str, names: [&'static str; 2], clock: &'static str) -> ZoneRow {
    ZoneRow { code, names, clock, academies: &[], feasts: &[], aliases: &[], part_of: None, leaves_after_class: false }
}

impl ZoneRow {
    /// How a sentence names it.
    pub fn name(&self, language: Language) -> &'static str {
        language.pick(self.names[0], self.names[1])
    }

    fn is_named(&self, folded: &str) -> bool {
        fold(self.code) == folded || self.aliases.contains(&folded) || self.names.iter().any(|name| fold(name) == folded)
    }
}

/// The zone with this code.
pub fn zone_row(code: &str) -> Option<&'static ZoneRow> {
    ZONES.iter().find(|row| row.code == code)
}

/// Where a school lies, as far as calendars go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whereabouts {
    /// Its zone.
    pub zone: &'static ZoneRow,
    /// Its académie, where told: the zone's académies may differ (spring of 2018 in zone B).
    pub academy: Option<&'static str>,
    /// Good Friday and 26 December are public holidays there.
    pub alsace_moselle: bool,
}

impl Whereabouts {
    /// Reads a cell: « B », « Zone B », « Rennes », « académie de Strasbourg », « B Alsace-Moselle », « La Réunion ». None: no zone is named.
    pub fn read(cell: &str) -> Option<Whereabouts> {
        let folded = fold(cell);
        let words: Vec<&str> = folded.split(' ').filter(|word| !matches!(*word, "alsace" | "moselle")).collect();
        let told_alsace = folded.split(' ').any(|word| matches!(word, "alsace" | "moselle"));
        let rest = words.join(" ");
        let named = ["zone ", "academie d ", "academie de la ", "academie de ", "academie "]
            .iter()
            .fold(rest.as_str(), |text, lead| text.strip_prefix(lead).unwrap_or(text));
        if let Some(zone) = ZONES.iter().find(|row| row.is_named(named)) {
            return Some(Whereabouts { zone, academy: None, alsace_moselle: told_alsace });
        }
        let seat = |row: &'static ZoneRow| row.academies.iter().find(|academy| fold(academy) == named).map(|academy| (row, *academy));
        if let Some((zone, academy)) = ZONES.iter().find_map(seat) {
            return Some(Whereabouts { zone, academy: Some(academy), alsace_moselle: told_alsace || academy == "Strasbourg" });
        }
        if told_alsace && named.is_empty() {
            return zone_row("B").map(|zone| Whereabouts { zone, academy: None, alsace_moselle: true });
        }
        // « B (Rennes) »: the part that says most.
        let cells: Vec<&str> = cell.split([',', '/', '(', ')', ';']).filter(|part| !part.trim().is_empty()).collect();
        let parts: Vec<Whereabouts> = if cells.len() > 1 { cells.into_iter().filter_map(Whereabouts::read).collect() } else { Vec::new() };
        parts.iter().find(|part| part.academy.is_some()).or(parts.first()).copied()
    }
}

/// Départements of Alsace and Moselle (Bas-Rhin, Haut-Rhin, Moselle), as a UAI begins. Their two more public holidays: Code du travail L3134-13.
const ALSACE_MOSELLE_UAI: [&str; 3] = ["067", "068", "057"];

/// Whether a school with this national number lies in Alsace or Moselle.
pub fn is_alsace_moselle(uai: &str) -> bool {
    ALSACE_MOSELLE_UAI.iter().any(|department| uai.starts_with(department))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, expected: &str) {
        let found = Whereabouts::read(cell)
            .map(|at| format!("{}/{}/{}", at.zone.code, at.academy.unwrap_or("-"), if at.alsace_moselle { "A-M" } else { "" }));
        assert_eq!(found.as_deref().unwrap_or("none"), expected, "{cell:?}");
    }

    #[test]
    fn zones_are_read_as_people_and_the_ministry_write_them() {
        check("B", "B/-/");
        check(" zone b ", "B/-/");
        check("Zone A", "A/-/");
        check("Rennes", "B/Rennes/");
        check("Académie d'Orléans-Tours", "B/Orléans-Tours/");
        check("B (Rennes)", "B/Rennes/");
        check("Strasbourg", "B/Strasbourg/A-M");
        check("B Alsace-Moselle", "B/-/A-M");
        check("La Réunion", "Réunion/-/");
        check("Saint Pierre et Miquelon", "Saint-Pierre-et-Miquelon/-/");
        check("Nouvelle Calédonie", "Nouvelle-Calédonie/-/");
        check("Polynésie", "Polynésie/-/");
        check("Corse", "Corse/-/");
        check("D", "none");
        check("", "none");
        check("zone", "none");
    }

    #[test]
    fn every_zone_has_a_clock_that_exists() {
        for row in &ZONES {
            assert!(jiff::tz::TimeZone::get(row.clock).is_ok(), "{}", row.code);
            assert_eq!(Whereabouts::read(row.code).map(|at| at.zone.code), Some(row.code));
            assert!(row.part_of.is_none_or(|code| zone_row(code).is_some()));
        }
    }

    #[test]
    fn alsace_and_moselle_by_the_national_number() {
        assert!(is_alsace_moselle("0671234A") && is_alsace_moselle("0570001X") && !is_alsace_moselle("0540001X") && !is_alsace_moselle(""));
    }
}

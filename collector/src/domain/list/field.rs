//! What columns of lists mean: a row a field, with the headings under which managements and inventories export it; a row a product.
//!
//! Comes in: nothing. Goes out: [`FIELDS`], [`SOURCES`]. Headings are folded; several products use the same ones, so that a list is read by
//! its headings whichever product it says it is from. Sources: the exports' own first lines, as their help pages name the columns (Jamf
//! School "Devices > Export", Intune "Devices > Export", Relution "Device inventory", GLPI "Computers > CSV", Kwartz~Control host list).

/// A field of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each field is a row of FIELDS")]
pub enum Field {
    Serial,
    UemId,
    Mac,
    Name,
    Model,
    Os,
    OsVersion,
    SeenOn,
    School,
    Group,
}

impl Field {
    /// Its code, as a mapping names it.
    pub fn code(self) -> &'static str {
        FIELDS.iter().find(|row| row.field == self).map_or("", |row| row.code)
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Field> {
        FIELDS.iter().find(|row| row.code == code).map(|row| row.field)
    }
}

/// One field with the headings that mean it, the surest first.
#[derive(Debug)]
pub struct FieldRow {
    /// Which.
    pub field: Field,
    /// Its code.
    pub code: &'static str,
    /// Folded headings.
    pub headings: &'static [&'static str],
}

/// Every field.
#[rustfmt::skip]
pub const FIELDS: &[FieldRow] = &[
    FieldRow { field: Field::Serial, code: "serial", headings: &["serial number", "serialnumber", "serial", "numero de serie", "n de serie", "n serie", "no serie", "sn"] },
    FieldRow { field: Field::UemId, code: "uem_id", headings: &["udid", "device id", "deviceid", "uuid", "identifiant", "id appareil", "managed device id"] },
    FieldRow { field: Field::Mac, code: "mac", headings: &["wi fi mac address", "wifi mac address", "wi fi mac", "wifi mac", "wlan mac", "mac address", "macaddress", "mac", "adresse mac", "adresses mac", "wifi mac adresse", "ethernet mac", "reseau adresse mac"] },
    FieldRow { field: Field::Name, code: "name", headings: &["device name", "devicename", "name", "nom", "nom de l appareil", "hostname", "host name", "host", "hote", "nom d hote", "computer name", "nom de l ordinateur", "poste"] },
    FieldRow { field: Field::Model, code: "model", headings: &["model name", "model", "modele", "device model", "product name", "type de modele"] },
    FieldRow { field: Field::Os, code: "os", headings: &["os", "operating system", "systeme d exploitation", "platform", "plateforme", "os type"] },
    FieldRow { field: Field::OsVersion, code: "os_version", headings: &["os version", "osversion", "version du systeme", "version os", "version d os", "systeme d exploitation version"] },
    FieldRow { field: Field::SeenOn, code: "seen_on", headings: &["last check in", "last checkin", "last seen", "last contact", "last connection", "dernier contact", "derniere connexion", "vu le", "derniere activite", "dernier inventaire", "derniere modification", "last inventory date"] },
    FieldRow { field: Field::School, code: "school", headings: &["school", "ecole", "location", "lieu", "site", "etablissement", "entite", "entity", "building"] },
    FieldRow { field: Field::Group, code: "group", headings: &["group", "groupe", "groups", "groupes", "device groups", "device group", "categorie", "category", "salle"] },
];

/// Where a list comes from.
#[derive(Debug)]
pub struct Source {
    /// Its code.
    pub code: &'static str,
    /// As people call it.
    pub name: &'static str,
    /// The management has heard of the device itself: its date is a seeing. Not so where people type lists.
    pub sees: bool,
}

/// Every source.
pub const SOURCES: &[Source] = &[
    Source { code: "jamf", name: "Jamf School", sees: true },
    Source { code: "intune", name: "Microsoft Intune", sees: true },
    Source { code: "relution", name: "Relution", sees: true },
    Source { code: "uem", name: "UEM", sees: true },
    Source { code: "kwartz", name: "Kwartz", sees: false },
    Source { code: "glpi", name: "GLPI", sees: true },
    Source { code: "other", name: "—", sees: false },
];

/// The source of this code.
pub fn source(code: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::folded::fold;
    use std::collections::HashSet;

    #[test]
    fn headings_are_folded_and_none_means_two_fields() {
        let mut seen = HashSet::new();
        for heading in FIELDS.iter().flat_map(|row| row.headings) {
            assert_eq!(fold(heading), *heading);
            assert!(seen.insert(*heading), "{heading} means two fields");
        }
        assert!(FIELDS.iter().all(|row| Field::from_code(row.code) == Some(row.field) && row.field.code() == row.code));
        assert_eq!(Field::from_code("no such field"), None);
    }
}

//! French names of tables and columns, and the words of their cells, as a person writes them, with their accents: data tables.
//!
//! Comes in: a table, a column, a code. Goes out: its word for people of a language; a canonical one is English enough. Every French
//! word folds to an alias of the schema, so what is exported so reads back as the same tables. Absent on purpose: words of pages.

use super::schema::{Cell, Column, Schema};
use super::table::{Heading, Table};
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use std::borrow::Cow;

/// The headings of a table in a language.
pub fn of(table: &Table, language: Language) -> Vec<&str> {
    let name = |heading: &'_ Heading| match heading {
        Heading::Known(column) if language == Language::Fr => Some(french(table.schema, &table.schema.columns[*column])),
        _ => None,
    };
    table.headings.iter().map(|heading| name(heading).unwrap_or_else(|| table.heading_name(heading))).collect()
}

/// The name of a table in a language.
pub fn table_name(schema: &Schema, language: Language) -> &'static str {
    let found = TABLES.iter().find(|(code, _)| *code == schema.name).filter(|_| language == Language::Fr);
    found.map_or(schema.name, |(_, name)| name)
}

/// The French name of a column.
pub fn french(schema: &Schema, column: &Column) -> &'static str {
    let own = OWN.iter().find(|(table, code, _)| *table == schema.name && *code == column.name).map(|(_, _, name)| *name);
    own.or_else(|| COLUMNS.iter().find(|(code, _)| *code == column.name).map(|(_, name)| *name)).unwrap_or(column.name)
}

/// A cell's codes as the words of a language; what is no code stays as it is.
pub fn worded<'a>(column: &Column, text: &'a str, language: Language) -> Cow<'a, str> {
    if language != Language::Fr || text.is_empty() {
        return Cow::Borrowed(text);
    }
    let one = |code: &'a str| word(column, code).unwrap_or(code);
    if column.many { Cow::Owned(text.split('|').map(one).collect::<Vec<_>>().join("|")) } else { Cow::Borrowed(one(text)) }
}

/// The French word of a code in a column; `None` where the column holds no codes, or the code has no word of its own.
pub fn word(column: &Column, code: &str) -> Option<&'static str> {
    match column.cell {
        Cell::Kind | Cell::KindOrAny => Kind::from_code(code).map(|kind| kind.row().fr[0]),
        Cell::YesNo => listed(code),
        // A name of one's own may be spelled like a code of another column.
        Cell::Choice(words) | Cell::ChoiceOrName(words) if words.iter().any(|(known, _)| *known == code) => listed(code),
        _ => None,
    }
}

fn listed(code: &str) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == code).map(|(_, word)| *word)
}

/// Codes of cells in French; the same code is the same word wherever it stands.
#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("yes", "oui"), ("no", "non"), ("elementaire", "élémentaire"),
    ("class", "classe"), ("computer_room", "salle informatique"), ("library", "bibliothèque"), ("head_office", "bureau de direction"), ("staff", "salle des maîtres"), ("cabinet", "baie"), ("other", "autre"),
    ("ps", "PS"), ("ms", "MS"), ("gs", "GS"), ("cp", "CP"), ("ce1", "CE1"), ("ce2", "CE2"), ("cm1", "CM1"), ("cm2", "CM2"), ("ulis", "ULIS"), ("upe2a", "UPE2A"), ("multi", "multiniveau"), ("all", "tous"),
    ("owner", "maître d'ouvrage"), ("operator", "opérateur"), ("contractor", "prestataire"), ("subcontractor", "sous-traitant"), ("trainer", "formateur"), ("funder", "financeur"),
    ("supply", "fourniture"), ("deploy", "déploiement"), ("cabling", "câblage"), ("support", "assistance"),
    ("school", "école"), ("data_centre", "centre de données"), ("store", "dépôt"), ("workshop", "atelier"),
    ("teacher", "enseignants"), ("pupil", "élève"), ("network", "réseau"), ("list", "liste"), ("hand", "à la main"), ("each", "chacune"), ("total", "en tout"),
    ("about", "environ"), ("at_least", "au moins"), ("ht", "HT"), ("ttc", "TTC"),
    ("town", "ville"), ("state", "État"), ("leased", "location"), ("cooperative", "coopérative scolaire"),
    ("ordered", "commandé"), ("stock", "en stock"), ("spare", "de rechange"), ("in_service", "en service"), ("repair", "en réparation"), ("lost", "perdu"), ("stolen", "volé"), ("retired", "réformé"),
    ("term", "temps scolaire"), ("holidays", "vacances"), ("both", "les deux"),
    ("label_scan", "étiquette scannée"), ("delivery_note", "bon de livraison"), ("count", "comptage"),
    ("council_informed", "conseil d'école informé"), ("electrical", "électricité"), ("fibre", "fibre optique"), ("order", "commande"), ("delivery", "livraison"), ("installation", "pose"), ("acceptance", "recette"), ("training", "formation"),
];

const TABLES: &[(&str, &str)] = &[
    ("programme", "Programme"),
    ("actors", "Acteurs"),
    ("lots", "Lots"),
    ("deadlines", "Délais"),
    ("phases", "Phases"),
    ("sites", "Sites"),
    ("schools", "Écoles"),
    ("networks", "Réseaux"),
    ("circuits", "Liaisons"),
    ("traits", "Critères"),
    ("headcounts", "Effectifs"),
    ("rooms", "Salles"),
    ("patch", "Brassage"),
    ("kits", "Kits"),
    ("allotments", "Dotations"),
    ("milestones", "Jalons"),
    ("deliverables", "Livrables"),
    ("limits", "Limites"),
    ("figures", "Chiffres"),
    ("lines", "Lignes"),
    ("invoices", "Factures"),
    ("grants", "Subventions"),
    ("grant_rules", "Règles de subvention"),
    ("assets", "Équipements"),
    ("cases", "Valises"),
    ("loans", "Prêts"),
    ("attestations", "Constats"),
    ("closures", "Fermetures"),
    ("scopes", "Périmètres"),
];

/// Columns that are called otherwise in one table than elsewhere.
const OWN: &[(&str, &str, &str)] = &[
    ("programme", "code", "Code"),
    ("actors", "lot", "Lots"),
    ("schools", "phase", "Phases"),
    ("networks", "school", "École desservie"),
    ("figures", "scope", "Portée"),
    ("assets", "label_or_serial", "Étiquette"),
    ("attestations", "how", "Moyen"),
];

#[rustfmt::skip]
const COLUMNS: &[(&str, &str)] = &[
    ("name", "Nom"), ("owner", "Propriétaire"), ("siren", "SIREN"), ("starts_on", "Début"), ("ends_on", "Fin"), ("note", "Remarque"), ("actor", "Acteur"), ("role", "Rôle"), ("of", "De"),
    ("lot", "Lot"), ("lots", "Lots"), ("mailbox", "Courriel"), ("scope", "Objet"), ("contractor", "Titulaire"), ("weekdays", "Jours"), ("visits_per_week", "Visites par semaine"), ("hours", "Horaires"),
    ("kind", "Type"), ("kinds", "Types"), ("severity", "Gravité"), ("respond_h", "Prise en charge (h)"), ("repair_h", "Rétablissement (h)"), ("penalty", "Pénalité"), ("phase", "Phase"), ("rank", "Rang"), ("pilot", "Pilote"),
    ("site", "Site"), ("address", "Adresse"), ("latitude", "Latitude"), ("longitude", "Longitude"), ("school", "École"), ("schools", "Écoles"), ("uai", "UAI"), ("group", "Groupe"), ("zone", "Zone"), ("timetable", "Rythme"),
    ("followed_from", "Suivie depuis"), ("opened_on", "Ouverte le"), ("closed_on", "Fermée le"), ("successor", "Remplacée par"), ("cidr", "Réseau"), ("vlan", "VLAN"), ("use", "Usage"), ("agent", "Agent"),
    ("operator", "Opérateur"), ("reference", "Référence"), ("technology", "Technologie"), ("phone", "Téléphone"), ("trait", "Critère"), ("value", "Valeur"), ("as_of", "Au"), ("year", "Année"), ("what", "Quoi"),
    ("level", "Niveau"), ("count", "Nombre"), ("room", "Salle"), ("was", "Ancien nom"), ("device_label_or_name", "Appareil"), ("port", "Port"), ("kit", "Kit"), ("item", "Article"), ("variant", "Variante"), ("needs", "Exige"), ("prefers", "Préfère"), ("quantity", "Quantité"), ("per", "Par"),
    ("model", "Modèle"), ("colour", "Couleur"), ("seen_by", "Vu par"), ("price_ht", "Prix HT"), ("school_or_selector", "École ou sélecteur"), ("counts", "Décompte"), ("cohort", "Cohorte"), ("due_from", "À partir du"),
    ("due_on", "Échéance"), ("replaces_legacy", "Remplace l'existant"), ("phase_or_school", "Phase ou école"), ("milestone", "Jalon"), ("promised_on", "Promis le"), ("planned_on", "Prévu le"), ("actual_on", "Réalisé le"),
    ("after", "Après"), ("cause", "Cause du retard"), ("deliverable", "Livrable"), ("phase_school_or_selector", "Phase, école ou sélecteur"), ("target", "Cible"), ("unit", "Unité"), ("done", "Fait"), ("measure", "Mesure"),
    ("most", "Au plus"), ("precision", "Précision"), ("source", "Source"), ("line", "Ligne"), ("lines", "Lignes"), ("axis", "Axe"), ("objective", "Objectif"), ("action", "Action"), ("kit_or_deliverable", "Kit ou livrable"),
    ("amount_ht", "Montant HT"), ("amount_ttc", "Montant TTC"), ("invoice", "Facture"), ("order", "Commande"), ("supplier", "Fournisseur"), ("dated_on", "Datée du"), ("paid_on", "Payée le"), ("mandate", "Mandat"),
    ("grant", "Subvention"), ("funder", "Financeur"), ("base", "Assiette"), ("awarded", "Accordée"), ("called", "Appelée"), ("paid", "Versée"), ("from_amount", "À partir de"), ("rate", "Taux"), ("cap", "Plafond"),
    ("cap_per", "Plafond par"), ("eligible_kinds", "Types éligibles"), ("spent_from", "Dépense à partir du"), ("spent_to", "Dépense jusqu'au"), ("serial", "Numéro de série"), ("vendor", "Marque"), ("macs", "Adresses MAC"),
    ("uem_id", "Id UEM"), ("host_name", "Nom d'hôte"), ("case", "Valise"), ("state", "État"), ("legacy", "Existant"), ("replaces", "Remplace"), ("rma", "Retour"), ("ordered_on", "Commandé le"), ("delivered_on", "Livré le"),
    ("accepted_on", "Réceptionné le"), ("warranty_until", "Garantie jusqu'au"), ("finance_ref", "Réf. comptable"), ("holder", "Détenteur"), ("capacity", "Capacité"), ("kind_inside", "Contenu"), ("shared_by", "Partagée par"),
    ("label_or_pool", "Étiquette"), ("label_or_serial", "Étiquette"), ("lent_on", "Prêté le"), ("due_back_on", "Retour prévu le"), ("returned_on", "Rendu le"), ("on", "Date"), ("how", "Moyen"), ("school_or_zone", "École ou zone"),
    ("from", "Du"), ("to", "Au"), ("why", "Motif"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::read::read_rows;
    use crate::domain::plan::schema;

    #[test]
    fn what_is_headed_in_french_reads_back_as_the_same_columns() {
        for schema in schema::TABLES {
            let all: Vec<Heading> = (0..schema.columns.len()).map(Heading::Known).collect();
            let table = Table::new(schema, "test.csv", all);
            let headings: Vec<String> = of(&table, Language::Fr).into_iter().map(str::to_owned).collect();
            let (back, notes) = read_rows(schema, "test.csv", [(1, headings.clone())]);
            assert_eq!((back.as_ref(), notes), (Some(&table), vec![]), "{}: {headings:?}", schema.name);
            // Each column beside the key alone as well: its name does not lean on its neighbours'.
            for at in 0..schema.columns.len() {
                let few: Vec<Heading> =
                    (0..schema.columns.len()).filter(|other| schema.columns[*other].key || *other == at).map(Heading::Known).collect();
                let table = Table::new(schema, "test.csv", few);
                let (back, _) = read_rows(schema, "test.csv", [(1, of(&table, Language::Fr).into_iter().map(str::to_owned).collect())]);
                assert_eq!(back.map(|table| table.headings), Some(table.headings), "{}.{}", schema.name, schema.columns[at].name);
            }
            assert_eq!(crate::domain::plan::read::schema_of(table_name(schema, Language::Fr)).map(|found| found.name).ok(), Some(schema.name));
        }
    }

    #[test]
    fn each_language_has_its_own_names() {
        let schema = schema::TABLES.iter().find(|schema| schema.name == "phases").unwrap();
        assert_eq!((table_name(schema, Language::Fr), table_name(schema, Language::En)), ("Phases", "phases"));
        let lots = schema::TABLES.iter().find(|schema| schema.name == "deadlines").unwrap();
        assert_eq!((table_name(lots, Language::Fr), table_name(lots, Language::En)), ("Délais", "deadlines"));
        let table = Table::new(lots, "test.csv", vec![Heading::Known(0), Heading::Known(2)]);
        assert_eq!(of(&table, Language::En), ["lot", lots.columns[2].name]);
        assert_ne!(of(&table, Language::Fr), of(&table, Language::En));
        let state = schema::TABLES.iter().flat_map(|schema| schema.columns).find(|column| column.name == "state").unwrap();
        assert_eq!((worded(state, "repair", Language::Fr), worded(state, "repair", Language::En)), ("en réparation".into(), "repair".into()));
        assert_eq!((worded(state, "mine", Language::Fr), worded(state, "", Language::Fr)), ("mine".into(), "".into()), "what is no code stays");
    }

    #[test]
    fn french_words_of_cells_read_back_as_their_codes() {
        use crate::domain::plan::cell::canonical;
        for column in schema::TABLES.iter().flat_map(|schema| schema.columns) {
            let codes: Vec<&str> = match column.cell {
                Cell::Choice(words) | Cell::ChoiceOrName(words) => words.iter().map(|(code, _)| *code).collect(),
                Cell::YesNo => vec!["yes", "no"],
                Cell::Kind | Cell::KindOrAny => Kind::ALL.iter().map(|kind| kind.code()).collect(),
                _ => continue,
            };
            for code in codes {
                let french = worded(column, code, Language::Fr);
                assert_eq!(canonical(column, &french).as_deref().ok(), Some(code), "{}: {french}", column.name);
            }
        }
    }
}

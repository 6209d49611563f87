//! The tables of plan and register: one data table that names each, its columns, its key, and what its cells hold.
//!
//! Comes in: nothing. Goes out: [`TABLES`]; reading, checking, writing and comparing are all driven by it. Canonical names are the
//! words of the product's page of tables with `_` for spaces; aliases are folded. Absent on purpose: everything one does with a table.

/// Which half of the tables a table or a column belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    /// Changes by immutable versions.
    Plan,
    /// Changes row by row, signed and dated.
    Register,
}

/// A word of a column that holds only certain words: its code, and folded aliases.
pub type Word = (&'static str, &'static [&'static str]);

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Any text.
    Text,
    /// A short name that others refer to: no `|`, `&`, `=` and no line break.
    Code,
    /// A kind of device.
    Kind,
    /// A kind of device, or `*`.
    KindOrAny,
    /// A date with its precision.
    Date,
    /// A school year by the year in which it begins: `2021`, `2021-2022`.
    Year,
    /// A whole number from 0.
    Count,
    /// A decimal number.
    Amount,
    /// A share: `70`, `70 %`, `0.7`.
    Rate,
    /// Yes or no.
    YesNo,
    /// One of these words.
    Choice(&'static [Word]),
    /// One of these words, or a name of one's own.
    ChoiceOrName(&'static [Word]),
    /// A key of one of these tables (its first key column).
    Ref(&'static [&'static str]),
    /// As `Ref`, but a name that is not there is only worth a note (the register may know less than the world).
    SoftRef(&'static [&'static str]),
    /// Schools.
    Selector,
    /// A phase, or schools.
    PhaseOrSelector,
    /// `programme`, an axis of the lines, or schools.
    Scope,
    /// A school, or a holiday zone.
    SchoolOrZone,
    /// How often an item is counted.
    Per,
    /// A school's national number: seven digits and a check letter.
    Uai,
    /// A town's national number: nine digits.
    Siren,
    /// A network with its prefix length.
    Cidr,
    /// A MAC address.
    Mac,
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Its canonical heading.
    pub name: &'static str,
    /// Folded headings that mean the same.
    pub aliases: &'static [&'static str],
    /// What its cells hold.
    pub cell: Cell,
    /// Part of the key, so required.
    pub key: bool,
    /// Part of the key, but may be empty.
    pub loose: bool,
    /// A cell may hold several values, split by `|`.
    pub many: bool,
    /// The half it belongs to.
    pub half: Half,
}

/// One table.
#[derive(Debug)]
pub struct Schema {
    /// Its canonical name, which names its file.
    pub name: &'static str,
    /// Folded names that mean the same.
    pub aliases: &'static [&'static str],
    /// The half it belongs to.
    pub half: Half,
    /// Its columns, keys first.
    pub columns: &'static [Column],
}

impl Schema {
    /// The position of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The positions of the key's columns.
    pub fn keys(&self) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(|(_, column)| column.key || column.loose).map(|(index, _)| index)
    }
}

/// The table of this canonical name.
pub fn table(name: &str) -> Option<&'static Schema> {
    TABLES.iter().find(|schema| schema.name == name)
}

/// The code of the word that `text` means, by code or alias.
pub fn choose(words: &'static [Word], text: &str) -> Option<&'static str> {
    let folded = crate::domain::folded::fold(text);
    words
        .iter()
        .find(|(code, aliases)| *code == text || crate::domain::folded::fold(code) == folded || aliases.contains(&folded.as_str()))
        .map(|(code, _)| *code)
}

const fn key(name: &'static str, cell: Cell, aliases: &'static [&'static str]) -> Column {
    Column { name, aliases, cell, key: true, loose: false, many: false, half: Half::Plan }
}

const fn col(name: &'static str, cell: Cell, aliases: &'static [&'static str]) -> Column {
    Column { name, aliases, cell, key: false, loose: false, many: false, half: Half::Plan }
}

/// A column of the register within a table of the plan.
const fn reg(name: &'static str, cell: Cell, aliases: &'static [&'static str]) -> Column {
    Column { half: Half::Register, ..col(name, cell, aliases) }
}

const fn many(name: &'static str, cell: Cell, aliases: &'static [&'static str]) -> Column {
    Column { many: true, ..col(name, cell, aliases) }
}

const NOTE: Column =
    col("note", Cell::Text, &["notes", "remarque", "remarques", "commentaire", "commentaires", "observation", "observations", "comment"]);

const fn plan(name: &'static str, aliases: &'static [&'static str], columns: &'static [Column]) -> Schema {
    Schema { name, aliases, half: Half::Plan, columns }
}

const fn register(name: &'static str, aliases: &'static [&'static str], columns: &'static [Column]) -> Schema {
    Schema { name, aliases, half: Half::Register, columns }
}

use Cell::*;

/// Kinds of school.
pub const SCHOOL_KINDS: &[Word] = &[
    ("maternelle", &["ecole maternelle", "mat", "eem", "nursery", "empu"]),
    ("elementaire", &["ecole elementaire", "elem", "elementary", "eeu", "eepu"]),
    ("primaire", &["ecole primaire", "prim", "primary", "groupe scolaire", "eppu"]),
];
/// Kinds of room.
pub const ROOM_KINDS: &[Word] = &[
    ("class", &["classe", "salle de classe", "classroom"]),
    ("computer_room", &["salle informatique", "informatique", "salle info", "computer room"]),
    ("library", &["bcd", "bibliotheque", "cdi"]),
    ("head_office", &["bureau de direction", "direction", "bureau directeur", "bureau de la directrice", "bureau du directeur", "office"]),
    ("staff", &["salle des maitres", "salle des professeurs", "salle des enseignants", "staff room"]),
    ("cabinet", &["armoire", "baie", "local technique", "baie de brassage", "local serveur", "rack"]),
    ("other", &["autre", "divers", "couloir", "hall"]),
];
/// Levels of pupils and classes.
pub const LEVELS: &[Word] = &[
    ("ps", &["petite section"]),
    ("ms", &["moyenne section"]),
    ("gs", &["grande section"]),
    ("cp", &[]),
    ("ce1", &[]),
    ("ce2", &[]),
    ("cm1", &[]),
    ("cm2", &[]),
    ("ulis", &[]),
    ("upe2a", &[]),
    ("multi", &["multiniveau", "multi niveaux", "double niveau"]),
    ("all", &["tous", "toutes", "ensemble", "total"]),
];
const ROLES: &[Word] = &[
    ("owner", &["maitre d ouvrage", "ville", "proprietaire", "collectivite"]),
    ("operator", &["operateur"]),
    ("contractor", &["prestataire", "titulaire", "fournisseur"]),
    ("subcontractor", &["sous traitant"]),
    ("trainer", &["formateur", "erun", "formatrice"]),
    ("funder", &["financeur"]),
    ("director", &["direction de projet", "directeur de projet", "directrice de projet", "chef de projet"]),
    ("committee", &["comite", "comite de pilotage", "comite technique", "copil", "cotech"]),
];
const LOT_SCOPES: &[Word] = &[
    ("supply", &["fourniture", "achat", "acquisition"]),
    ("deploy", &["deploiement", "installation"]),
    ("cabling", &["cablage"]),
    ("maintenance", &["entretien"]),
    ("support", &["assistance", "help desk", "hotline", "support utilisateurs"]),
];
const SITE_KINDS: &[Word] = &[
    ("school", &["ecole", "groupe scolaire"]),
    ("data_centre", &["centre de donnees", "data center", "datacenter", "salle serveurs"]),
    ("store", &["stock", "depot", "magasin", "reserve"]),
    ("workshop", &["atelier"]),
    ("other", &["autre"]),
];
const WHATS: &[Word] =
    &[("class", &["classe", "classes"]), ("teacher", &["enseignant", "enseignants", "teachers"]), ("pupil", &["eleve", "eleves", "pupils"])];
const SEEN_BY: &[Word] = &[("network", &["reseau"]), ("list", &["liste", "uem", "mdm"]), ("hand", &["main", "a la main", "manuel", "inventaire"])];
const COUNTS: &[Word] = &[("each", &["chacune", "chacun", "par ecole"]), ("total", &["en tout", "au total"])];
const PRECISIONS: &[Word] =
    &[("exact", &["exacte"]), ("about", &["environ", "pres de", "approximatif"]), ("at_least", &["au moins", "plus de", "minimum"])];
const BASES: &[Word] = &[("ht", &["hors taxes"]), ("ttc", &["toutes taxes comprises"])];
const CAP_PERS: &[Word] = &[("total", &["en tout"]), ("class", &["classe"]), ("school", &["ecole"]), ("pupil", &["eleve"])];
const OWNERS: &[Word] = &[
    ("town", &["ville", "commune", "mairie", "collectivite"]),
    ("operator", &["operateur"]),
    ("state", &["etat", "education nationale", "academie"]),
    ("leased", &["location", "loue", "leasing"]),
    ("cooperative", &["cooperative scolaire", "occe"]),
    ("other", &["autre"]),
];
const STATES: &[Word] = &[
    ("ordered", &["commande", "en commande"]),
    ("stock", &["en stock", "stock"]),
    ("spare", &["rechange", "de rechange", "spare"]),
    ("in_service", &["en service", "installe", "installee", "actif"]),
    ("repair", &["en reparation", "reparation", "sav"]),
    ("lost", &["perdu", "perdue"]),
    ("stolen", &["vole", "volee"]),
    ("retired", &["reforme", "reformee", "rebut", "sorti"]),
];
const USES: &[Word] =
    &[("term", &["temps scolaire", "scolaire"]), ("holidays", &["vacances", "periscolaire"]), ("both", &["les deux", "toute l annee"])];
const HOWS: &[Word] = &[
    ("label_scan", &["etiquette", "scan", "etiquette scannee", "scan d etiquette"]),
    ("photo", &["photographie"]),
    ("delivery_note", &["bon de livraison", "bl"]),
    ("count", &["comptage", "recolement", "inventaire"]),
    ("absent", &["pas la", "introuvable"]),
];

/// Milestones that have a name of their own.
pub const MILESTONES: &[Word] = &[
    ("council_informed", &["conseil d ecole informe", "conseil d ecole"]),
    ("cabling", &["cablage"]),
    ("electrical", &["electricite", "travaux electriques"]),
    ("fibre", &["fibre optique", "raccordement fibre"]),
    ("order", &["commande", "bon de commande"]),
    ("delivery", &["livraison"]),
    ("installation", &["pose", "deploiement", "mise en service"]),
    ("acceptance", &["recette", "reception"]),
    ("training", &["formation"]),
];

const SCHOOL: &[&str] = &["ecole", "code ecole", "school code"];
const KIT: &[&str] = &["dotation", "lot materiel", "kit code"];
const SELECT: &[&str] = &["school", "selector", "schools", "ecole", "ecoles", "selecteur", "school selector", "ecole ou selecteur"];
const DUE: &[&str] = &["echeance", "pour le", "due", "date limite"];
const LABEL: &[&str] =
    &["label", "etiquette", "numero d inventaire", "n inventaire", "inventaire", "asset tag", "serial", "numero de serie", "n serie", "sn"];
const ON_SCHOOLS: Cell = Ref(&["schools"]);

/// Every table, in the order in which they refer to each other.
#[rustfmt::skip]
pub static TABLES: &[Schema] = &[
    plan("programme", &["programmes", "program"], &[
        key("code", Code, &["programme"]), col("name", Text, &["nom", "intitule"]), col("owner", Text, &["maitre d ouvrage", "proprietaire", "collectivite"]),
        col("siren", Siren, &[]), col("starts_on", Date, &["debut", "debute le", "start"]), col("ends_on", Date, &["fin", "finit le", "end"]), NOTE,
    ]),
    plan("actors", &["acteurs", "intervenants"], &[
        key("actor", Code, &["acteur", "code"]), col("role", Choice(ROLES), &[]), col("of", Ref(&["actors"]), &["de", "pour"]), many("lot", Ref(&["lots"]), &["lots"]),
        col("mailbox", Text, &["courriel", "boite", "mail", "email", "adresse"]), NOTE,
    ]),
    plan("lots", &["marches"], &[
        key("lot", Code, &["code"]), col("name", Text, &["nom", "intitule"]), many("scope", Choice(LOT_SCOPES), &["objet", "perimetre"]), col("contractor", Ref(&["actors"]), &["titulaire", "prestataire"]),
        many("weekdays", Text, &["jours"]), col("visits_per_week", Count, &["visites par semaine"]), col("hours", Text, &["horaires", "heures"]), NOTE,
    ]),
    plan("deadlines", &["delais", "engagements"], &[
        key("lot", Ref(&["lots"]), &[]), key("kind", KindOrAny, &["type", "type d appareil"]), key("severity", Code, &["gravite"]), col("respond_h", Amount, &["prise en charge h"]),
        col("repair_h", Amount, &["retablissement h", "reparation h"]), col("penalty", Text, &["penalite"]), NOTE,
    ]),
    plan("phases", &["tranches", "vagues"], &[
        key("phase", Code, &["code", "tranche"]), col("name", Text, &["nom", "intitule"]), col("rank", Count, &["rang", "ordre"]), col("pilot", YesNo, &["pilote"]),
        col("starts_on", Date, &["debut", "debute le"]), col("ends_on", Date, &["fin", "finit le"]), many("needs", Code, &["exige", "criteres exiges", "conditions"]), many("prefers", Code, &["prefere", "priorite", "priorites"]), NOTE,
    ]),
    plan("sites", &["batiments", "batiment", "implantations"], &[
        key("site", Code, &["batiment", "code", "implantation"]), col("name", Text, &["nom"]), col("kind", Choice(SITE_KINDS), &["type", "nature"]), col("address", Text, &["adresse"]),
        col("latitude", Amount, &["lat"]), col("longitude", Amount, &["lon", "lng"]), NOTE,
    ]),
    plan("schools", &["ecoles", "etablissements"], &[
        key("school", Code, &["ecole", "code", "code ecole"]), col("name", Text, &["nom", "intitule", "nom de l ecole"]), col("kind", Choice(SCHOOL_KINDS), &["type", "nature", "niveau"]),
        col("uai", Uai, &["rne", "code uai", "numero uai"]), col("site", Ref(&["sites", "schools"]), &["batiment", "implantation"]), col("group", Text, &["groupe", "groupe scolaire", "secteur"]),
        many("phase", Ref(&["phases"]), &["phases", "tranche", "vague"]), col("zone", Text, &["zone de vacances"]), col("timetable", Text, &["rythme", "rythmes", "emploi du temps"]),
        col("followed_from", Date, &["suivie depuis", "suivi depuis"]), col("opened_on", Date, &["ouverte le", "ouverture"]), col("closed_on", Date, &["fermee le", "fermeture"]),
        col("successor", ON_SCHOOLS, &["remplacee par", "successeur"]), many("was", Text, &["ancien nom", "anciens noms", "anciennement"]), NOTE,
    ]),
    plan("networks", &["reseaux"], &[
        key("site", Ref(&["sites", "schools"]), &["batiment", "ecole"]), key("cidr", Cidr, &["reseau", "sous reseau", "network", "plage"]), col("name", Text, &["nom"]), col("vlan", Count, &[]),
        col("use", Text, &["usage"]), col("agent", Text, &[]), col("school", ON_SCHOOLS, &["ecole desservie"]), NOTE,
    ]),
    plan("circuits", &["liaisons", "acces internet"], &[
        key("site", Ref(&["sites", "schools"]), &["batiment", "ecole"]), key("operator", Code, &["operateur"]), col("reference", Text, &["ref", "nd"]), col("technology", Text, &["technologie", "techno"]),
        col("phone", Text, &["telephone", "hotline"]), NOTE,
    ]),
    plan("traits", &["criteres", "particularites", "labels"], &[
        key("school", ON_SCHOOLS, SCHOOL), key("trait", Code, &["critere", "particularite"]), col("value", Text, &["valeur"]), col("as_of", Date, &["au", "a la date du"]), NOTE,
    ]),
    plan("headcounts", &["effectifs"], &[
        key("school", ON_SCHOOLS, SCHOOL), key("year", Year, &["annee", "annee scolaire", "rentree"]), key("what", Choice(WHATS), &["quoi", "type"]), key("level", Choice(LEVELS), &["niveau"]),
        col("count", Count, &["nombre", "effectif", "total"]), NOTE,
    ]),
    plan("rooms", &["salles", "locaux"], &[
        key("school", ON_SCHOOLS, SCHOOL), key("room", Code, &["salle", "local", "nom"]), col("kind", Choice(ROOM_KINDS), &["type", "nature"]), many("level", Choice(LEVELS), &["niveau"]),
        many("was", Text, &["ancien nom", "anciens noms", "anciennement", "renamed from", "was renamed from"]), col("closed_on", Date, &["fermee le", "ferme le", "fermeture"]), NOTE,
    ]),
    plan("patch", &["brassage"], &[
        key("device_label_or_name", Code, &["device", "label", "name", "appareil", "etiquette", "commutateur", "switch"]), key("port", Code, &["prise"]), col("room", Text, &["salle", "local"]), NOTE,
    ]),
    plan("kits", &["dotations types", "kit"], &[
        key("kit", Code, KIT), key("item", Kind, &["article", "appareil", "type", "kind"]), Column { loose: true, ..col("variant", Code, &["variante", "sorte"]) }, col("quantity", Count, &["quantite", "nombre", "qte"]), col("per", Per, &["par"]),
        col("model", Text, &["modele"]), col("colour", YesNo, &["couleur", "color"]), col("seen_by", Choice(SEEN_BY), &["vu par"]), col("lot", Ref(&["lots"]), &[]),
        col("price_ht", Amount, &["prix ht", "prix unitaire ht", "prix"]), NOTE,
    ]),
    plan("allotments", &["dotations", "attributions"], &[
        key("phase", Ref(&["phases"]), &["tranche"]), key("school_or_selector", Selector, SELECT), key("kit", Ref(&["kits"]), KIT), col("quantity", Count, &["quantite", "nombre", "qte"]),
        col("counts", Choice(COUNTS), &["compte", "decompte"]), col("year", Year, &["annee", "annee scolaire"]), Column { loose: true, ..col("cohort", Year, &["cohorte", "entry year"]) }, col("due_from", Date, &["a partir du"]),
        col("due_on", Date, DUE), col("replaces_legacy", YesNo, &["remplace l existant", "remplace"]), col("legacy", YesNo, &["existant", "ancien", "deja la"]), NOTE,
    ]),
    plan("milestones", &["jalons", "etapes"], &[
        key("phase_or_school", Ref(&["phases", "schools"]), &["phase", "school", "ecole", "phase ou ecole"]), key("milestone", ChoiceOrName(MILESTONES), &["jalon", "etape"]), col("promised_on", Date, &["promis le", "promis pour"]),
        col("planned_on", Date, &["prevu le", "prevu pour", "prevu"]), reg("actual_on", Date, &["realise le", "fait le", "reel"]), many("after", ChoiceOrName(MILESTONES), &["apres"]), reg("cause", Text, &["cause du retard", "motif"]), NOTE,
    ]),
    plan("deliverables", &["livrables", "prestations"], &[
        key("deliverable", Code, &["livrable", "prestation"]), key("phase_school_or_selector", PhaseOrSelector, &["phase", "school", "selector", "phase ecole ou selecteur", "ecole"]),
        col("target", Amount, &["cible", "objectif"]), col("unit", Text, &["unite"]), reg("done", Amount, &["fait", "realise"]), reg("as_of", Date, &["au", "a la date du"]), NOTE,
    ]),
    plan("limits", &["limites", "plafonds"], &[
        key("measure", Code, &["mesure"]), key("per", Text, &["par"]), col("most", Amount, &["au plus", "maximum", "max"]), NOTE,
    ]),
    plan("figures", &["chiffres", "chiffres annonces"], &[
        key("scope", Scope, &["portee", "perimetre"]), key("measure", Code, &["mesure"]), col("value", Amount, &["valeur"]), col("unit", Text, &["unite"]), col("precision", Choice(PRECISIONS), &[]),
        col("as_of", Date, &["au", "a la date du"]), col("source", Text, &[]), NOTE,
    ]),
    plan("lines", &["lignes", "lignes budgetaires", "budget"], &[
        key("line", Code, &["ligne", "code"]), col("axis", Text, &["axe"]), col("objective", Text, &["objectif"]), col("action", Text, &[]), col("phase", Ref(&["phases"]), &["tranche"]),
        col("school_or_selector", Selector, SELECT), col("kit_or_deliverable", Ref(&["kits", "deliverables"]), &["kit", "deliverable", "kit ou livrable", "livrable"]), col("quantity", Amount, &["quantite", "qte"]),
        col("year", Year, &["annee", "exercice"]), col("amount_ht", Amount, &["montant ht", "ht"]), col("amount_ttc", Amount, &["montant ttc", "ttc"]), col("lot", Ref(&["lots"]), &[]), NOTE,
    ]),
    register("invoices", &["factures"], &[
        key("invoice", Code, &["facture", "numero"]), col("order", Text, &["commande", "bon de commande"]), col("supplier", Text, &["fournisseur"]), col("dated_on", Date, &["date", "datee du"]), col("paid_on", Date, &["payee le"]),
        col("mandate", Text, &["mandat"]), col("amount_ht", Amount, &["montant ht", "ht"]), col("amount_ttc", Amount, &["montant ttc", "ttc"]), col("line", Ref(&["lines"]), &["ligne"]), NOTE,
    ]),
    plan("grants", &["subventions", "financements"], &[
        key("grant", Code, &["subvention", "financement", "code"]), col("funder", Text, &["financeur"]), many("lines", Ref(&["lines"]), &["lignes", "line", "ligne"]), col("base", Choice(BASES), &["assiette"]),
        col("awarded", Amount, &["accordee", "montant accorde", "montant"]), reg("called", Amount, &["appelee", "montant appele"]), reg("paid", Amount, &["versee", "montant verse"]), col("due_on", Date, DUE), NOTE,
    ]),
    plan("grant_rules", &["regles de subvention", "regles"], &[
        key("grant", Ref(&["grants"]), &["subvention"]), key("from_amount", Amount, &["a partir de", "seuil"]), col("rate", Rate, &["taux"]), col("cap", Amount, &["plafond"]), col("cap_per", Choice(CAP_PERS), &["plafond par"]),
        many("eligible_kinds", Kind, &["types eligibles"]), col("spent_from", Date, &["depense a partir du"]), col("spent_to", Date, &["depense jusqu au"]), NOTE,
    ]),
    register("assets", &["parc", "equipements", "inventaire", "materiel", "materiels", "biens"], &[
        key("label_or_serial", Code, LABEL), col("serial", Text, &["numero de serie", "n serie", "sn"]), col("kind", Kind, &["type", "nature", "appareil"]), col("vendor", Text, &["marque", "fabricant", "constructeur"]), col("model", Text, &["modele"]),
        many("macs", Mac, &["mac", "adresse mac", "adresses mac"]), col("uem_id", Text, &["id uem", "id mdm"]), col("host_name", Text, &["nom", "nom d hote", "hostname"]), col("school", ON_SCHOOLS, SCHOOL),
        col("room", Text, &["salle", "local"]), col("case", Ref(&["cases"]), &["valise", "classe mobile"]), col("lot", Ref(&["lots"]), &[]), col("owner", Choice(OWNERS), &["proprietaire"]), col("state", Choice(STATES), &["etat", "statut"]),
        col("legacy", YesNo, &["existant", "ancien"]), col("replaces", SoftRef(&["assets"]), &["remplace"]), col("rma", Text, &["retour"]), col("ordered_on", Date, &["commande le"]), col("delivered_on", Date, &["livre le"]),
        col("accepted_on", Date, &["receptionne le", "recette"]), col("warranty_until", Date, &["garantie", "fin de garantie", "garantie jusqu au"]), col("invoice", SoftRef(&["invoices"]), &["facture"]), col("finance_ref", Text, &["ref comptable", "immobilisation"]),
        col("price_ht", Amount, &["prix ht", "prix"]), col("holder", Text, &["detenteur"]), NOTE,
    ]),
    register("cases", &["valises", "classes mobiles", "chariots"], &[
        key("case", Code, &["valise", "classe mobile", "chariot", "code"]), col("school", ON_SCHOOLS, SCHOOL), col("room", Text, &["salle", "local"]), col("capacity", Count, &["capacite", "places"]),
        col("kind_inside", Kind, &["contenu", "type contenu"]), col("use", Choice(USES), &["usage"]), many("shared_by", Text, &["partagee par"]), NOTE,
    ]),
    register("loans", &["prets"], &[
        // A device is lent more than once in its life, so the day belongs to the key; it may be missing for a pool.
        key("label_or_pool", Code, &["label", "etiquette", "pool", "serial"]), Column { loose: true, ..col("lent_on", Date, &["prete le"]) }, col("due_back_on", Date, &["retour prevu le", "a rendre le"]), col("returned_on", Date, &["rendu le"]), NOTE,
    ]),
    register("attestations", &["constats", "preuves"], &[
        key("label_or_serial", Code, LABEL), key("on", Date, &["le", "date"]), col("school", ON_SCHOOLS, SCHOOL), col("room", Text, &["salle", "local"]), col("how", Choice(HOWS), &["comment", "moyen"]), col("role", Text, &[]), NOTE,
    ]),
    register("closures", &["fermetures"], &[
        key("school_or_zone", SchoolOrZone, &["school", "zone", "ecole", "ecole ou zone"]), key("from", Date, &["du", "debut"]), col("to", Date, &["au", "fin"]), col("why", Text, &["motif", "pourquoi", "cause"]), NOTE,
    ]),
    register("scopes", &["perimetres", "droits"], &[
        key("actor", Ref(&["actors"]), &["acteur"]), many("lots", Ref(&["lots"]), &["lot"]), col("schools", Selector, SELECT), many("kinds", Kind, &["types", "types d appareils", "kind"]), NOTE,
    ]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::folded::fold;
    use std::collections::HashSet;

    #[test]
    fn aliases_are_folded_and_tables_are_told_apart() {
        let mut names = HashSet::new();
        for schema in TABLES {
            for name in schema.aliases.iter().copied().chain([fold(schema.name).as_str()]) {
                assert_eq!(fold(name), name);
                assert!(names.insert(name.to_owned()), "{name} names two tables");
            }
            assert!(schema.columns[0].key && schema.position("note").is_some(), "{}", schema.name);
            for column in schema.columns {
                column.aliases.iter().for_each(|alias| assert_eq!(fold(alias), *alias));
                if let Ref(tables) | SoftRef(tables) = column.cell {
                    tables.iter().for_each(|name| assert!(table(name).is_some(), "{name}"));
                }
            }
        }
        assert_eq!(TABLES.len(), 29);
    }

    #[test]
    fn no_word_of_a_column_means_two_things() {
        for column in TABLES.iter().flat_map(|schema| schema.columns) {
            let (Choice(words) | ChoiceOrName(words)) = column.cell else { continue };
            let mut seen = HashSet::new();
            for word in
                words.iter().flat_map(|(code, aliases)| aliases.iter().map(|alias| (*alias).to_owned()).chain([fold(code)]).collect::<HashSet<_>>())
            {
                assert!(seen.insert(word.clone()), "{}: {word}", column.name);
            }
        }
    }
}

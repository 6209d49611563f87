//! Everything that can be the matter with a plan: one row each, with its weight and its words.
//!
//! Comes in: nothing. Goes out: constants that `read` and `check` put into notes. `{found}` and `{expected}` are filled in by the
//! note. Absent on purpose: the conditions; a row only says how to speak of it. A problem's key is stable: pages and scripts name it.

use super::note::Severity::{self, Error, Note, Warning};

/// One row: what is the matter.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its stable name.
    pub key: &'static str,
    /// Its usual weight.
    pub severity: Severity,
    /// French sentence.
    pub fr: &'static str,
    /// English sentence.
    pub en: &'static str,
}

const fn row(severity: Severity, key: &'static str, fr: &'static str, en: &'static str) -> Problem {
    Problem { key, severity, fr, en }
}

// The shape of a file.

/// A file whose name is no table's.
pub static UNKNOWN_TABLE: Problem = row(
    Error,
    "unknown_table",
    "« {found} » n'est le nom d'aucune table ; attendu : {expected}",
    "“{found}” is the name of no table; expected {expected}",
);
/// Two files for one table.
pub static DOUBLE_TABLE: Problem = row(
    Error,
    "double_table",
    "cette table est déjà donnée par {found} ; attendu : {expected}",
    "{found} gives this table already; expected {expected}",
);
/// A file without a line of headings.
pub static EMPTY_FILE: Problem = row(Error, "empty_file", "le fichier est vide ; attendu : {expected}", "the file is empty; expected {expected}");
/// More than a bound allows.
pub static TOO_MUCH: Problem = row(Error, "too_much", "trouvé : {found} ; au plus : {expected}", "found {found}; at most {expected}");
/// A heading that is no column.
pub static UNKNOWN_COLUMN: Problem =
    row(Error, "unknown_column", "colonne inconnue « {found} » ; attendu : {expected}", "unknown column “{found}”; expected {expected}");
/// A column of the person's own (`x_…`): kept as it is.
pub static OWN_COLUMN: Problem =
    row(Note, "own_column", "colonne propre à vous « {found} » : conservée, jamais interprétée", "column of your own “{found}”: kept, never read");
/// Two headings for one column.
pub static DOUBLE_COLUMN: Problem = row(
    Error,
    "double_column",
    "« {found} » désigne une colonne déjà présente ; attendu : {expected}",
    "“{found}” names a column that is there already; expected {expected}",
);
/// A key column is not there.
pub static MISSING_COLUMN: Problem = row(
    Error,
    "missing_column",
    "il manque une colonne obligatoire ; trouvé : {found} ; attendu : {expected}",
    "a required column is missing; found {found}; expected {expected}",
);
/// Values right of the last heading.
pub static EXTRA_CELLS: Problem = row(
    Error,
    "extra_cells",
    "valeur « {found} » au-delà du dernier en-tête ; attendu : {expected}",
    "value “{found}” beyond the last heading; expected {expected}",
);
/// A letter that its encoding does not have.
pub static BAD_LETTER: Problem = row(
    Warning,
    "bad_letter",
    "caractère illisible dans « {found} » ; attendu : {expected}",
    "unreadable character in “{found}”; expected {expected}",
);
/// Rows above the headings.
pub static TITLE: Problem = row(
    Note,
    "title",
    "« {found} » est au-dessus des en-têtes : non lu ; {expected}",
    "“{found}” stands above the headings and is not read; {expected}",
);
/// A file that is no workbook, no folder of tables, or not to be opened.
pub static UNREADABLE: Problem = row(Error, "unreadable", "ce fichier ne peut pas être lu ; {expected}", "this file cannot be read; {expected}");

// Cells.

/// A formula that came to nothing.
pub static FORMULA_ERROR: Problem =
    row(Error, "formula_error", "la formule donne « {found} » ; attendu : {expected}", "the formula gives “{found}”; expected {expected}");

/// A key cell is empty.
pub static EMPTY_KEY: Problem = row(
    Error,
    "empty_key",
    "la cellule est vide, elle est obligatoire ; attendu : {expected}",
    "the cell is empty but required; expected {expected}",
);
/// A key that another row has.
pub static DOUBLE_KEY: Problem =
    row(Error, "double_key", "« {found} » figure déjà ; attendu : {expected}", "“{found}” is there already; expected {expected}");
/// Not a date.
pub static NOT_A_DATE: Problem =
    row(Error, "not_a_date", "« {found} » n'est pas une date ; attendu : {expected}", "“{found}” is not a date; expected {expected}");
/// The shape of a date, but no such day.
pub static NO_SUCH_DATE: Problem =
    row(Error, "no_such_date", "la date « {found} » n'existe pas ; attendu : {expected}", "the date “{found}” does not exist; expected {expected}");
/// Not a kind of device.
pub static UNKNOWN_KIND: Problem = row(
    Error,
    "unknown_kind",
    "« {found} » n'est pas un type d'appareil connu ; attendu : {expected}",
    "“{found}” is not a known kind of device; expected {expected}",
);
/// None of a column's words.
pub static UNKNOWN_WORD: Problem = row(
    Error,
    "unknown_word",
    "« {found} » n'est pas une valeur de cette colonne ; attendu : {expected}",
    "“{found}” is not a value of this column; expected {expected}",
);
/// Not a number of the wanted sort.
pub static NOT_A_NUMBER: Problem =
    row(Error, "not_a_number", "« {found} » n'est pas un nombre ici ; attendu : {expected}", "“{found}” is not a number here; expected {expected}");
/// Not of the wanted shape.
pub static BAD_SHAPE: Problem =
    row(Error, "bad_shape", "« {found} » n'a pas la forme voulue ; attendu : {expected}", "“{found}” has not the right shape; expected {expected}");
/// A UAI with another letter than its number demands.
pub static BAD_UAI_LETTER: Problem = row(
    Error,
    "bad_uai_letter",
    "la lettre de contrôle de l'UAI « {found} » est fausse ; attendu : {expected}",
    "the check letter of the UAI “{found}” is wrong; expected {expected}",
);
/// A SIREN whose digits do not add up.
pub static BAD_SIREN: Problem = row(
    Warning,
    "bad_siren",
    "la clé du SIREN « {found} » est fausse ; attendu : {expected}",
    "the check digit of the SIREN “{found}” is wrong; expected {expected}",
);

// Between tables.

/// A name that no row of the other table has.
pub static DANGLING: Problem =
    row(Error, "dangling", "« {found} » n'existe pas ; attendu : {expected}", "“{found}” does not exist; expected {expected}");
/// The other table is not there at all.
pub static ABSENT_TABLE: Problem =
    row(Warning, "absent_table", "« {found} » ne peut pas être vérifié ; attendu : {expected}", "“{found}” cannot be checked; expected {expected}");
/// A selector that no school fits.
pub static EMPTY_SELECTOR: Problem =
    row(Warning, "empty_selector", "« {found} » ne désigne aucune école ; attendu : {expected}", "“{found}” selects no school; expected {expected}");
/// A school in no phase.
pub static NO_PHASE: Problem =
    row(Warning, "no_phase", "l'école {found} n'est dans aucune phase ; attendu : {expected}", "school {found} is in no phase; expected {expected}");
/// A school in a phase whose criteria it does not meet.
pub static NEED_UNMET: Problem = row(
    Warning,
    "need_unmet",
    "l'école {found} ne remplit pas un critère de sa phase ; attendu : {expected}",
    "school {found} does not meet a criterion of its phase; expected {expected}",
);
/// A kit that no allotment names.
pub static UNUSED_KIT: Problem =
    row(Warning, "unused_kit", "personne ne reçoit le kit « {found} » ; attendu : {expected}", "nobody gets the kit “{found}”; expected {expected}");
/// A kit for classes (pupils, teachers, rooms) of a school that tells none.
pub static NOTHING_TO_COUNT: Problem = row(
    Warning,
    "nothing_to_count",
    "{found} : rien à compter, aucune place n'en sort ; attendu : {expected}",
    "{found}: nothing to count, no place comes of it; expected {expected}",
);
/// Dates in the wrong order within a row.
pub static ENDS_BEFORE: Problem = row(
    Warning,
    "ends_before",
    "la fin {found} précède le début ; attendu : {expected}",
    "the end {found} comes before the beginning; expected {expected}",
);
/// A milestone before the one it comes after.
pub static MILESTONE_ORDER: Problem = row(
    Warning,
    "milestone_order",
    "{found} précède le jalon qu'il doit suivre ; attendu : {expected}",
    "{found} comes before the milestone it comes after; expected {expected}",
);
/// Milestones that wait for each other.
pub static MILESTONE_CIRCLE: Problem = row(
    Error,
    "milestone_circle",
    "ces jalons s'attendent en rond : {found} ; attendu : {expected}",
    "these milestones wait for each other: {found}; expected {expected}",
);

// Figures and money.

/// A sum that differs from the figure stated.
pub static SUM_DIFFERS: Problem = row(
    Warning,
    "sum_differs",
    "le chiffre annoncé est {found}, les tables donnent {expected}",
    "the figure stated is {found}, the tables give {expected}",
);
/// Amounts that contradict each other.
pub static TAX_ODD: Problem =
    row(Warning, "tax_odd", "TTC {found} inférieur au HT ; attendu : {expected}", "TTC {found} is less than HT; expected {expected}");
/// A line that no grant pays.
pub static UNFUNDED: Problem =
    row(Warning, "unfunded", "ligne non financée : {found} ; attendu : {expected}", "unfunded line: {found}; expected {expected}");
/// Lines paid more than once.
pub static DOUBLY_FUNDED: Problem = row(
    Warning,
    "doubly_funded",
    "lignes financées au-delà de leur montant : {found} ; attendu : {expected}",
    "lines funded beyond their amount: {found}; expected {expected}",
);
/// A grant other than its rules give.
pub static GRANT_DIFFERS: Problem =
    row(Warning, "grant_differs", "subvention de {found}, ses règles donnent {expected}", "the grant is {found}, its rules give {expected}");
/// More in a year than a limit allows.
pub static OVER_LIMIT: Problem =
    row(Warning, "over_limit", "limite annuelle dépassée : {found} ; attendu : {expected}", "over the yearly limit: {found}; expected {expected}");

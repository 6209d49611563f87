//! Plans of towns that nobody here has seen, as their offices would send them: French headings, semicolons, Windows-1252, seasons, lists.
//!
//! Comes in: files as bytes. Goes out: pass, or what was not understood; what is wrong in them is told in French. Absent on purpose: the
//! five towns.

use super::*;
use rollcall_collector::domain::place::Life;
use rollcall_collector::domain::plan::places::Unfolding;
use rollcall_collector::domain::plan::{Note, has_error};
use rollcall_collector::plan_folder::read_files;

/// A text as French spreadsheets save it: one byte a letter.
fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        '€' => 0x80,
        '’' => 0x92,
        'œ' => 0x9c,
        '–' => 0x96,
        letter => u8::try_from(u32::from(letter)).expect("a letter of Windows-1252"),
    };
    text.chars().map(byte).collect()
}

/// Reads files that are given as text; every second one is sent in Windows-1252.
fn sent(files: &[(&str, &str)], today: Date) -> (Tables, Vec<Note>) {
    let bytes: Vec<(&str, Vec<u8>)> =
        files.iter().enumerate().map(|(at, (name, text))| (*name, if at % 2 == 0 { windows_1252(text) } else { text.as_bytes().to_vec() })).collect();
    let (tables, mut notes) = read_files(bytes.iter().map(|(name, bytes)| (*name, bytes.as_slice())));
    notes.extend(check(&tables, today));
    sort_notes(&mut notes);
    (tables, notes)
}

fn in_french(notes: &[Note]) -> Vec<String> {
    notes.iter().map(|note| format!("{} {}", note.severity.label(Language::Fr), note.text(Language::Fr))).collect()
}

/// A town by the sea: tablets for two levels, projectors by class, works in summer, half of it not yet given out.
#[test]
fn a_plan_in_french_spreadsheets_is_understood() {
    let files = [
        (
            "Programme.csv",
            "Code;Intitulé;Maître d'ouvrage;Début;Fin\nport-aux-huîtres;« Un écran, une classe »;Ville de Port-aux-Huîtres;rentrée 2023;été 2026\n",
        ),
        (
            "Tranches.csv",
            "Tranche;Nom;Rang;Pilote;Début;Fin\nT0;Préfiguration;0;oui;printemps 2023;été 2023\nT1;Première tranche;1;non;rentrée 2023;fin 2024\nT2;Deuxième tranche;2;;2025;T3 2026\n",
        ),
        (
            "Écoles.csv",
            "Code école;Nom de l'école;Nature;Tranche;Zone de vacances;Rythme;Suivie depuis\njp;Jean-Prévert;École élémentaire;T0|T1;B;4,5 jours;04/09/2023\nlm;Les Mouettes;maternelle;T1;B;4,5 jours;04/09/2023\ngs;Groupe scolaire du Phare;groupe scolaire;T2;B;4 jours;\n",
        ),
        (
            "Effectifs.csv",
            "École;Année scolaire;Quoi;Niveau;Effectif\njp;2023-2024;classes;toutes;3\njp;2023/24;élèves;CM1;22\nlm;2023;classe;ensemble;2\ngs;2023;classe;tous;4\ngs;2023;enseignants;tous;6\n",
        ),
        (
            "Salles.csv",
            "École;Salle;Type;Niveau\njp;Classe de Mme la directrice;classe;CM1|CM2\njp;BCD;bibliothèque;\nlm;Salle œuf;salle de classe;\n",
        ),
        (
            "Dotations types.csv",
            "Kit;Article;Quantité;Par;Modèle;Couleur;Prix unitaire HT\nclasse;vidéoprojecteur interactif;1;classe;EB-7*;;1 150,00 €\nclasse;PC enseignant;1;classe;;;640,50\nécole;imprimante;1;école;;oui;\nécole;borne Wi-Fi;2;école;;;\ntablettes;valise;1;école;;;\ntablettes;tablette;8;valise;;;\nCM1;tablette;1;élève:CM1;;;\n",
        ),
        (
            "Attributions.csv",
            "Tranche;École ou sélecteur;Kit;Quantité;Décompte;Échéance;Remplace l'existant\nT1;phase=T1;classe;1;chacune;Toussaint 2023;oui\nT2;phase=T2;classe;;;;\nT1;toutes;tablettes;6;en tout;fin 2024;\nT1;jp;tablettes;2;;;\nT1;jp;CM1;;;;\nT2;toutes;école;;;;\n",
        ),
        (
            "Jalons.csv",
            "Phase ou école;Jalon;Promis le;Prévu le;Réalisé le;Après;Cause du retard\nT1;Câblage;été 2023;été 2023;sept. 2023;;entreprise défaillante\nT1;Pose;Toussaint 2023;déc. 2023;;Câblage;\n",
        ),
    ];
    let (tables, notes) = sent(&files, date(2023, 11, 20));
    assert_eq!(
        in_french(&notes),
        [
            "erreur Attributions.csv, ligne 2, colonne Échéance : « Toussaint 2023 » n'est pas une date ; attendu : une date : 2021-09-01, 01/09/2021, 2022-09, 2021-Q3, été 2021, fin 2023 ou 2019",
            "erreur Jalons.csv, ligne 3, colonne Promis le : « Toussaint 2023 » n'est pas une date ; attendu : une date : 2021-09-01, 01/09/2021, 2022-09, 2021-Q3, été 2021, fin 2023 ou 2019",
        ]
    );
    assert!(has_error(&notes), "an import would change nothing");
    // Mended as the note says, it is a plan.
    let mended: Vec<(&str, String)> = files.iter().map(|(name, text)| (*name, text.replace("Toussaint 2023", "automne 2023"))).collect();
    let mended: Vec<(&str, &str)> = mended.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (tables_mended, notes) = sent(&mended, date(2023, 11, 20));
    assert_eq!(in_french(&notes), [] as [String; 0]);
    assert_eq!(tables.iter().count(), tables_mended.iter().count());
    let (plan, register) = (Plan::from_tables(&tables_mended), Register::from_tables(&tables_mended));
    let unfolded = unfold(&plan, &register, date(2023, 11, 20));
    let keys: Vec<String> = unfolded
        .places
        .iter()
        .filter(|planned| planned.school == "jp" && planned.place.kind != Kind::Tablet)
        .map(|planned| format!("{} {}", planned.place.key, planned.due_on.as_ref().map_or("-", |due| due.text.as_str())))
        .collect();
    assert_eq!(
        keys,
        [
            "classe/interactive_projector/Classe de Mme la directrice automne 2023",
            "classe/interactive_projector/class 2 automne 2023",
            "classe/interactive_projector/class 3 automne 2023",
            "classe/desktop/Classe de Mme la directrice automne 2023",
            "classe/desktop/class 2 automne 2023",
            "classe/desktop/class 3 automne 2023",
            "tablettes/case/case 1 déc. 2023",
            "tablettes 2/case/case 1 déc. 2023",
            "école/printer T3 2026",
            "école/access_point/01 T3 2026",
            "école/access_point/02 T3 2026",
        ]
    );
    assert_eq!(count(&unfolded, Kind::Tablet, |planned| planned.school == "jp"), 2 * 8 + 22);
    assert!(
        unfolded
            .places
            .iter()
            .filter(|planned| planned.place.kit == "classe" && planned.school == "lm")
            .all(|planned| planned.place.life == Life::Replaces)
    );
    assert_eq!(unfolded.held.iter().map(|held| (held.kits, held.total)).collect::<Vec<_>>(), [(4, 6)]);
    let projector = plan.kits.iter().find(|item| item.kind == Kind::InteractiveProjector).unwrap();
    assert_eq!((projector.price_ht, projector.model.as_deref()), (Some(euros(1_150)), Some("EB-7*")));
    assert_eq!(register.milestones[0].cause.as_deref(), Some("entreprise défaillante"));
}

/// A syndicate of mountain villages: tiny schools, two of them in one building, a cohort from CE2 on, money from three pockets.
#[test]
fn a_syndicate_with_odd_money_is_warned_not_refused() {
    let files = [
        ("programmes.csv", "code,name,owner\nsivom,Numérique des hautes vallées,SIVOM\n"),
        ("phases.csv", "phase;debut;fin\nunique;2024;mi-2025\n"),
        ("batiments.csv", "batiment;type;adresse\nfond-de-vallee;école;\"le Bourg, 99999 Haut\"\n"),
        (
            "ecoles.csv",
            "école\tnom\ttype\tbâtiment\tphase\nm1\tLes Marmottes\tmat\tfond-de-vallee\tunique\ne1\tLes Chamois\télém\tfond-de-vallee\tunique\n",
        ),
        ("effectifs.csv", "ecole;annee;quoi;niveau;nombre\ne1;2024;élève;ce2;7\ne1;2024;élève;cm1;5\ne1;2024;élève;cm2;6\n"),
        ("kits.csv", "kit;article;par\ntab;tablette;élève:ce2\n"),
        ("dotations.csv", "phase;école;kit;cohorte;année\nunique;e1;tab;2024;\nunique;e1;tab;2023;2024\n"),
        ("lignes.csv", "ligne;montant HT;montant TTC;année\nachat;10 000 €;12 000 €;2024\nwifi;3000;3600;2024\nformation;1000;;2024\n"),
        (
            "subventions.csv",
            "subvention;financeur;lignes;assiette;montant accordé\ndetr;État;achat;HT;6000\nregion;Région;achat;HT;3000\nsivom;SIVOM;achat;HT;2500\n",
        ),
        ("regles.csv", "subvention;à partir de;taux;plafond\ndetr;0;50 %;\n"),
        ("chiffres.csv", "périmètre;mesure;valeur;précision\nprogramme;tablettes;12;exacte\nprogramme;élèves;20;environ\n"),
    ];
    let (tables, notes) = sent(&files, date(2024, 10, 7));
    assert_eq!(
        in_french(&notes),
        [
            "attention chiffres.csv, ligne 3, colonne valeur : le chiffre annoncé est élèves 20, les tables donnent 18",
            "attention lignes.csv, ligne 2, colonne ligne : lignes financées au-delà de leur montant : achat : 11500 (detr, region, sivom) ; attendu : 10000",
            "attention lignes.csv, ligne 3, colonne ligne : ligne non financée : wifi ; attendu : une ligne de grants (la part de la ville en est une)",
            "attention lignes.csv, ligne 4, colonne ligne : ligne non financée : formation ; attendu : une ligne de grants (la part de la ville en est une)",
            "attention subventions.csv, ligne 2, colonne montant accordé : subvention de 6000, ses règles donnent 5000",
        ]
    );
    assert!(!has_error(&notes));
    // The cohort that was in CE2 a year ago is in CM1 now and leaves after CM2.
    let (plan, register) = (Plan::from_tables(&tables), Register::from_tables(&tables));
    let levels = |on: Date| -> Vec<(i16, &'static str)> {
        let mut levels: Vec<_> =
            Unfolding::new(&plan, &register, on).places().iter().filter_map(|planned| Some((planned.cohort?, planned.level?))).collect();
        levels.dedup();
        levels
    };
    assert_eq!(levels(date(2024, 10, 7)), [(2024, "ce2"), (2023, "cm1")]);
    assert_eq!(levels(date(2025, 10, 7)), [(2024, "cm1"), (2023, "cm2")]);
    assert_eq!(levels(date(2026, 10, 7)), [(2024, "cm2")]);
}

/// A hurried export: every cell that cannot be meant is told, with what was expected, in French.
#[test]
fn every_mistake_of_a_hurried_export_is_told_in_french() {
    let files = [
        ("ecoles.csv", "code;nom;uai;zone;fermée le;couleur du portail\na;École A;9990001A;A;31/06/2025;vert\nb;École B;999;;;\n;Sans code;;;;\n"),
        ("lots.csv", "lot;scope;visites par semaine\n1;achat|jardinage;deux\n"),
        ("phases.csv", "phase;rang;debut;fin\n1;un;2025;2024\n"),
        ("kits.csv", "kit;article;quantite;par\nk;vidéoprojecteurs interactifs;1;étage\nk;tablettte;1;\n"),
        ("dotations.csv", "tranche;écoles;kit\n1;type=lycée;k\n9;a;k\n1;a;kk\n"),
        ("limites.csv", "mesure;par;au plus\nenseignants formés;an;trois cents\n"),
        ("jalons.csv", "phase;jalon;prévu le;après\n1;pose;2024;livraison\n1;livraison;2025;pose\n"),
        ("cantine.csv", "plat\nfrites\n"),
    ];
    let (_, notes) = sent(&files, date(2024, 10, 7));
    let told = in_french(&notes);
    for expected in [
        "erreur cantine.csv : « cantine » n'est le nom d'aucune table ; attendu : ",
        "erreur ecoles.csv, ligne 1, colonne couleur du portail : colonne inconnue « couleur du portail » ; attendu : ",
        "erreur ecoles.csv, ligne 2, colonne uai : la lettre de contrôle de l'UAI « 9990001A » est fausse ; attendu : 9990001X (lettre X)",
        "erreur ecoles.csv, ligne 2, colonne fermée le : la date « 31/06/2025 » n'existe pas ; attendu : ",
        "erreur ecoles.csv, ligne 3, colonne uai : « 999 » n'a pas la forme voulue ; attendu : sept chiffres et une lettre : 0750001U",
        "erreur ecoles.csv, ligne 4, colonne code : la cellule est vide, elle est obligatoire ; attendu : ",
        "erreur lots.csv, ligne 2, colonne scope : « achat|jardinage » n'est pas une valeur de cette colonne ; attendu : supply, deploy, cabling, maintenance, support",
        "erreur lots.csv, ligne 2, colonne visites par semaine : « deux » n'est pas un nombre ici ; attendu : un nombre entier : 0, 1, 2 …",
        "erreur phases.csv, ligne 2, colonne rang : « un » n'est pas un nombre ici ; attendu : un nombre entier : 0, 1, 2 …",
        "attention phases.csv, ligne 2, colonne fin : la fin 2024 précède le début ; attendu : pas avant le 2025",
        "erreur kits.csv, ligne 2, colonne par : « étage » n'est pas une valeur de cette colonne ; attendu : school, class, room:GENRE, teacher, pupil:NIVEAU ou case",
        "erreur kits.csv, ligne 3, colonne article : « tablettte » n'est pas un type d'appareil connu ; attendu : « tablette » ?",
        "erreur dotations.csv, ligne 2, colonne écoles : « type=lycée » n'a pas la forme voulue ; attendu : ",
        "erreur dotations.csv, ligne 3, colonne tranche : « 9 » n'existe pas ; attendu : 1 (table phases)",
        "erreur dotations.csv, ligne 4, colonne kit : « kk » n'existe pas ; attendu : k (table kits)",
        "erreur limites.csv, ligne 2, colonne au plus : « trois cents » n'est pas un nombre ici ; attendu : un nombre : 1250 ou 1250,50",
        "erreur jalons.csv, ligne 2, colonne après : ces jalons s'attendent en rond : 1 : installation → delivery → installation ; attendu : un ordre sans boucle",
    ] {
        assert!(told.iter().any(|note| note.starts_with(expected)), "{expected}\n{}", told.join("\n"));
    }
    for note in &notes {
        let (fr, en) = (note.text(Language::Fr), note.text(Language::En));
        assert!(!fr.contains("expected") && !en.contains("attendu"), "{fr} / {en}");
    }
}

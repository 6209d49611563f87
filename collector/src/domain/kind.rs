//! Every kind of device, as a row of one table: its words, how it can be known, when it is expected to be on.
//!
//! Comes in: codes and words of plans, lists and people. Goes out: [`Kind`] and its [`KindRow`]. Absent on purpose: what
//! recognises a kind in evidence (`identify`), and faults; nobody else matches on kinds, so a new kind is one row here.

use super::folded::fold;
use super::language::Language;

/// The sort of a physical thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each kind's meaning is its row in KINDS")]
pub enum Kind {
    Server,
    Desktop,
    Laptop,
    ThinClient,
    Tablet,
    Projector,
    InteractiveProjector,
    Display,
    DocumentCamera,
    Screen,
    WebcamKit,
    Case,
    Switch,
    AccessPoint,
    WifiController,
    Router,
    Firewall,
    Printer,
    Ups,
    Nas,
    Camera,
    Phone,
    Accessory,
    Other,
    Unknown,
}

/// How a device of a kind can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KnownBy {
    /// It answers on the network, or leaves traces there.
    Seen,
    /// Through other devices: a case by its tablets.
    Through,
    /// By people only: a label scanned, a count.
    Hand,
}

/// When a device of a kind is expected to be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Day and night: silent after minutes (three rounds).
    Always,
    /// As the school switches its radio (law of 9 February 2015): silent only when others of the school were seen meanwhile.
    RadioSwitched,
    /// During school hours.
    SchoolHours,
    /// Now and then, when a class takes it out.
    NowAndThen,
    /// Never expected: not ours, or not yet known.
    NotExpected,
    /// Counted by people.
    ByHand,
}

impl Presence {
    /// School days unseen after which it is silent; 0 where it is judged in minutes, `None` where it is never silent.
    pub fn silent_after_school_days(self) -> Option<u32> {
        match self {
            Presence::Always => Some(0),
            Presence::RadioSwitched => Some(5),
            Presence::SchoolHours => Some(3),
            Presence::NowAndThen => Some(10),
            Presence::NotExpected | Presence::ByHand => None,
        }
    }
}

/// One row of the table of kinds.
#[derive(Debug)]
pub struct KindRow {
    /// The kind.
    pub kind: Kind,
    /// Its code in tables, addresses and the API.
    pub code: &'static str,
    /// French, singular and plural.
    pub fr: [&'static str; 2],
    /// The French noun is feminine (« une tablette est arrivée »).
    pub feminine: bool,
    /// English, singular and plural.
    pub en: [&'static str; 2],
    /// How it can be known.
    pub known_by: KnownBy,
    /// When it is expected to be on.
    pub presence: Presence,
    /// Others depend on it: its silence is a fault of the infrastructure.
    pub infrastructure: bool,
    /// It stays where it was put, so that another place is a move worth telling.
    pub fixed: bool,
    /// As what the network shows it where the two say the same of themselves: the pens of an interactive projector are the PC's business, over USB,
    /// and makers name models with and without them alike (PJLink INF2: `EPSON 685Wi/685WS`).
    pub shown_as: Option<Kind>,
    /// Name of its drawing in the sprite of icons.
    pub icon: &'static str,
    /// Further words, folded, under which plans and lists name it; its code and labels are words as well.
    pub aliases: &'static [&'static str],
}

use Kind::*;
use KnownBy::{Hand, Seen, Through};
use Presence::{Always, ByHand, NotExpected, NowAndThen, RadioSwitched, SchoolHours};

#[rustfmt::skip]
static KINDS: [KindRow; 25] = [
    row(Server, "server", ["serveur", "serveurs"], ["server", "servers"], Seen, Always, "server", &["serveur kwartz", "serveur pedagogique", "kwartz", "nuc serveur"]).infrastructure(),
    row(Desktop, "desktop", ["ordinateur fixe", "ordinateurs fixes"], ["desktop PC", "desktop PCs"], Seen, SchoolHours, "desktop", &["pc", "pc fixe", "pc enseignant", "poste fixe", "poste", "unite centrale", "uc", "ordinateur", "tour", "desktop computer", "workstation", "poste enseignant", "ordinateur enseignant"]).fixed(),
    row(Laptop, "laptop", ["ordinateur portable", "ordinateurs portables"], ["laptop", "laptops"], Seen, NowAndThen, "laptop", &["portable", "portables", "pc portable", "chromebook", "notebook"]),
    row(ThinClient, "thin_client", ["client léger", "clients légers"], ["thin client", "thin clients"], Seen, SchoolHours, "thin-client", &["terminal leger", "poste vdi", "zero client"]),
    row(Tablet, "tablet", ["tablette", "tablettes"], ["tablet", "tablets"], Seen, NowAndThen, "tablet", &["ipad", "tablette tactile", "tablette numerique", "tablette android"]).feminine(),
    row(Projector, "projector", ["vidéoprojecteur", "vidéoprojecteurs"], ["projector", "projectors"], Seen, SchoolHours, "projector", &["video projecteur", "vp", "projecteur", "videoproj", "beamer"]).fixed(),
    row(InteractiveProjector, "interactive_projector", ["vidéoprojecteur interactif", "vidéoprojecteurs interactifs"], ["interactive projector", "interactive projectors"], Seen, SchoolHours, "projector", &["vpi", "video projecteur interactif", "projecteur interactif", "tbi", "tni", "tableau blanc interactif", "tableau numerique interactif"]).fixed().shown_as(Projector),
    row(Display, "display", ["écran interactif", "écrans interactifs"], ["interactive display", "interactive displays"], Seen, SchoolHours, "display", &["eni", "ecran numerique interactif", "eti", "ecran tactile interactif", "interactive screen", "ifp"]).fixed(),
    row(DocumentCamera, "document_camera", ["visualiseur", "visualiseurs"], ["document camera", "document cameras"], Hand, ByHand, "document-camera", &["camera de documents", "visualiser", "visualiseuse"]),
    row(Screen, "screen", ["écran", "écrans"], ["screen", "screens"], Hand, ByHand, "display", &["moniteur", "monitor", "ecran d ordinateur", "ecran pc"]),
    row(WebcamKit, "webcam_kit", ["kit de visioconférence", "kits de visioconférence"], ["webcam kit", "webcam kits"], Hand, ByHand, "webcam", &["webcam", "kit webcam", "webcam et casque", "webcam casque", "kit visio", "kit de visio", "webcam + casque", "casque", "headset"]),
    row(Case, "case", ["valise", "valises"], ["case", "cases"], Through, NowAndThen, "case", &["classe mobile", "classes mobiles", "chariot", "malle", "mallette", "malette", "caisse", "valise de tablettes", "valise mobile", "chariot mobile", "rolling case", "trolley", "cart"]).feminine(),
    row(Switch, "switch", ["commutateur", "commutateurs"], ["switch", "switches"], Seen, Always, "switch", &["switchs", "commutateur reseau", "switch poe", "commutateur poe"]).infrastructure().fixed(),
    row(AccessPoint, "access_point", ["borne Wi-Fi", "bornes Wi-Fi"], ["access point", "access points"], Seen, RadioSwitched, "access-point", &["borne", "borne wifi", "bornes wifi", "point d acces", "point d acces wifi", "ap", "wifi", "wi fi"]).infrastructure().fixed().feminine(),
    row(WifiController, "wifi_controller", ["contrôleur Wi-Fi", "contrôleurs Wi-Fi"], ["Wi-Fi controller", "Wi-Fi controllers"], Seen, Always, "access-point", &["controleur wifi", "controleur de bornes", "wlc"]).infrastructure(),
    row(Router, "router", ["routeur", "routeurs"], ["router", "routers"], Seen, Always, "router", &["box", "box internet", "modem", "routeur internet"]).infrastructure(),
    row(Firewall, "firewall", ["pare-feu", "pare-feux"], ["firewall", "firewalls"], Seen, Always, "router", &["parefeu", "coupe feu", "utm"]).infrastructure(),
    row(Printer, "printer", ["imprimante", "imprimantes"], ["printer", "printers"], Seen, SchoolHours, "printer", &["copieur", "photocopieur", "photocopieuse", "multifonction", "imprimante multifonction", "mfp", "copier"]).fixed().feminine(),
    row(Ups, "ups", ["onduleur", "onduleurs"], ["UPS", "UPSes"], Seen, Always, "ups", &["alimentation sans interruption", "asi"]).infrastructure(),
    row(Nas, "nas", ["serveur de fichiers", "serveurs de fichiers"], ["NAS", "NASes"], Seen, Always, "nas", &["baie de stockage", "stockage", "stockage reseau"]).infrastructure(),
    row(Camera, "camera", ["caméra", "caméras"], ["camera", "cameras"], Seen, NotExpected, "camera", &["camera ip", "videosurveillance", "camera de surveillance"]).feminine(),
    row(Phone, "phone", ["téléphone", "téléphones"], ["phone", "phones"], Seen, SchoolHours, "phone", &["telephone ip", "poste telephonique", "ip phone", "voip"]),
    row(Accessory, "accessory", ["accessoire", "accessoires"], ["accessory", "accessories"], Hand, ByHand, "other", &["cable", "support", "souris", "clavier", "enceinte", "enceintes", "haut parleur", "adaptateur", "chargeur", "clavier souris"]),
    row(Other, "other", ["autre appareil", "autres appareils"], ["other device", "other devices"], Seen, NotExpected, "other", &["autre", "autres", "divers"]),
    row(Unknown, "unknown", ["appareil inconnu", "appareils inconnus"], ["unknown device", "unknown devices"], Seen, NotExpected, "unknown", &["inconnu", "indetermine"]),
];

#[expect(clippy::too_many_arguments, reason = "a row of the table above, read as columns")]
const fn row(
    kind: Kind,
    code: &'static str,
    fr: [&'static str; 2],
    en: [&'static str; 2],
    known_by: KnownBy,
    presence: Presence,
    icon: &'static str,
    aliases: &'static [&'static str],
) -> KindRow {
    KindRow { kind, code, fr, feminine: false, en, known_by, presence, infrastructure: false, fixed: false, shown_as: None, icon, aliases }
}

impl KindRow {
    const fn feminine(mut self) -> Self {
        self.feminine = true;
        self
    }

    const fn infrastructure(mut self) -> Self {
        self.infrastructure = true;
        self
    }

    const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    const fn shown_as(mut self, kind: Kind) -> Self {
        self.shown_as = Some(kind);
        self
    }

    /// Its word for `count` of them: « 0 tablette », « 2 tablettes » (French counts up to less than two as one), "0 tablets".
    pub fn label(&self, language: Language, count: u64) -> &'static str {
        match language {
            Language::Fr => self.fr[usize::from(count > 1)],
            Language::En => self.en[usize::from(count != 1)],
        }
    }

    /// Whether a folded word names this kind.
    fn is_named(&self, folded: &str) -> bool {
        self.aliases.contains(&folded)
            || fold(self.code) == folded
            || self.fr.iter().chain(&self.en).any(|label| fold(label) == folded)
            || folded.strip_suffix('s').is_some_and(|one| self.aliases.contains(&one))
    }
}

impl Kind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Kind; 25] = [
        Server,
        Desktop,
        Laptop,
        ThinClient,
        Tablet,
        Projector,
        InteractiveProjector,
        Display,
        DocumentCamera,
        Screen,
        WebcamKit,
        Case,
        Switch,
        AccessPoint,
        WifiController,
        Router,
        Firewall,
        Printer,
        Ups,
        Nas,
        Camera,
        Phone,
        Accessory,
        Other,
        Unknown,
    ];

    /// Its row of the table.
    pub fn row(self) -> &'static KindRow {
        &KINDS[self as usize]
    }

    /// Whether a device of this kind may be seen as one of that kind.
    pub fn may_show_as(self, seen: Kind) -> bool {
        self == seen || self.row().shown_as == Some(seen)
    }

    /// Its code: `access_point`.
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// Its word, singular for one: « borne Wi-Fi », "access point".
    pub fn label(self, language: Language) -> &'static str {
        self.row().label(language, 1)
    }

    /// The kind with exactly this code.
    pub fn from_code(code: &str) -> Option<Kind> {
        KINDS.iter().find(|row| row.code == code).map(|row| row.kind)
    }

    /// The kind that a person's word names, in either language, singular or plural: « Vidéo-projecteurs », "access point".
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::from_code(word).or_else(|| {
            let folded = fold(word);
            KINDS.iter().find(|row| row.is_named(&folded)).map(|row| row.kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!((kind as usize, kind.row().kind), (index, kind));
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
    }

    #[test]
    fn a_kind_is_seen_as_itself_or_as_the_table_says_and_as_no_other() {
        for kind in Kind::ALL {
            let seen: Vec<Kind> = Kind::ALL.into_iter().filter(|seen| kind.may_show_as(*seen)).collect();
            let expected: Vec<Kind> = Kind::ALL.into_iter().filter(|seen| *seen == kind || kind.row().shown_as == Some(*seen)).collect();
            assert_eq!(seen, expected, "{kind:?}");
        }
        assert!(!Kind::Projector.may_show_as(Kind::Switch));
    }

    #[test]
    fn no_word_names_two_kinds() {
        let mut named: HashMap<String, Kind> = HashMap::new();
        for row in &KINDS {
            let labels = row.fr.iter().chain(&row.en).chain([&row.code]).map(|label| fold(label));
            for word in labels.chain(row.aliases.iter().map(|alias| (*alias).to_owned())) {
                assert_eq!(fold(&word), word, "aliases are written folded");
                assert_eq!(*named.entry(word.clone()).or_insert(row.kind), row.kind, "{word} names two kinds");
                assert_eq!(Kind::from_word(&word), Some(row.kind), "{word}");
            }
        }
    }

    #[test]
    fn people_s_words_are_understood() {
        for (word, expected) in [
            ("Vidéo-projecteurs", Some(Projector)),
            ("borne Wi-Fi", Some(AccessPoint)),
            ("Onduleur", Some(Ups)),
            ("COMMUTATEUR", Some(Switch)),
            ("iPads", Some(Tablet)),
            ("classe mobile", Some(Case)),
            ("ENI", Some(Display)),
            ("toaster", None),
            ("", None),
        ] {
            assert_eq!(Kind::from_word(word), expected, "{word}");
        }
    }

    #[test]
    fn what_hands_alone_know_is_never_silent() {
        for kind in Kind::ALL {
            let row = kind.row();
            assert_eq!(row.known_by == Hand, row.presence == ByHand, "{kind:?}");
        }
        assert_eq!(AccessPoint.row().presence.silent_after_school_days(), Some(5));
        assert_eq!((Tablet.row().label(Language::Fr, 0), Tablet.row().label(Language::En, 0)), ("tablette", "tablets"));
    }
}

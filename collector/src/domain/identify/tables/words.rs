//! Words by which descriptions name a sort of thing, whoever wrote them.
//!
//! Comes in: a description in lower case. Goes out: kinds with how surely. Absent on purpose: makers' own forms (`grammars`), which say more.

use crate::domain::folded::fold;
use crate::domain::kind::Kind::{self, *};

/// Words of descriptions; each counts where letters neither precede nor follow it.
#[rustfmt::skip]
pub const WORDS: &[(&str, Kind, u8)] = &[
    ("wireless lan controller", WifiController, 76), ("wlan controller", WifiController, 74), ("wireless controller", WifiController, 74), ("mobility controller", WifiController, 74), ("access controller", WifiController, 60), ("wireless switch", WifiController, 60), ("smartzone", WifiController, 80), ("zonedirector", WifiController, 80),
    ("access point", AccessPoint, 70), ("accesspoint", AccessPoint, 70), ("wifi ap", AccessPoint, 66), ("wireless ap", AccessPoint, 66), ("wifi array", AccessPoint, 70), ("cloud managed ap", AccessPoint, 88),
    ("ethernet switch", Switch, 72), ("managed switch", Switch, 74), ("smart switch", Switch, 74), ("gigabit switch", Switch, 72), ("routing switch", Switch, 74), ("l2 switch", Switch, 72), ("l3 switch", Switch, 72), ("poe switch", Switch, 72), ("switch", Switch, 60), ("switching", Switch, 50), ("stackable", Switch, 50), ("swch", Switch, 70),
    ("internet router", Router, 60), ("router", Router, 58), ("routing", Router, 40), ("gateway", Router, 42), ("modem", Router, 52), ("dsl", Router, 50), ("vdsl", Router, 50), ("iad", Router, 46),
    ("firewall", Firewall, 76), ("security appliance", Firewall, 74), ("security gateway", Firewall, 66), ("ngfw", Firewall, 78), ("utm", Firewall, 60), ("vpn", Firewall, 36),
    ("laser printer", Printer, 84), ("label printer", Printer, 84), ("printer", Printer, 72), ("printing system", Printer, 76), ("print server", Printer, 70), ("multifunction", Printer, 66), ("mfp", Printer, 70), ("laserjet", Printer, 86), ("bizhub", Printer, 86), ("copier", Printer, 70),
    ("uninterruptible", Ups, 80), ("ups", Ups, 72), ("ups agent", Ups, 78),
    ("pdu", Other, 74), ("epdu", Other, 76), ("power distribution", Other, 72), ("transfer switch", Other, 80), ("console server", Other, 78), ("terminal server", Other, 74), ("serial server", Other, 74), ("device server", Other, 70), ("kvm", Other, 70), ("temperature", Other, 58), ("sensor", Other, 58), ("fibre channel", Other, 84), ("fiber channel", Other, 84), ("olt", Other, 66), ("gpon", Other, 60), ("radio", Other, 54), ("time server", Other, 72), ("ntp server", Other, 72), ("transmitter", Other, 64), ("solar", Other, 64), ("rectifier", Other, 66), ("power system", Other, 66), ("videoconferencing", Other, 70), ("encoder", Other, 60), ("streamer", Other, 66), ("intercom", Other, 60), ("speaker", Other, 56), ("scan server", Other, 60), ("load balancer", Other, 74), ("dslam", Other, 76), ("media converter", Other, 66), ("pbx", Other, 74), ("outdoor unit", Other, 60), ("access node", Other, 70), ("packet radio", Other, 76),
    ("network camera", Camera, 84), ("ip camera", Camera, 84), ("camera", Camera, 74), ("ptz", Camera, 66), ("ipcam", Camera, 74), ("dome", Camera, 50),
    ("network projector", Projector, 90), ("projector", Projector, 82), ("interactive display", Display, 80), ("flat panel", Display, 60), ("display", Display, 40), ("signage", Display, 60),
    ("nas", Nas, 62), ("network attached storage", Nas, 80), ("diskstation", Nas, 84), ("terastation", Nas, 84), ("linkstation", Nas, 84), ("readynas", Nas, 84), ("storage", Nas, 44),
    ("ip phone", Phone, 82), ("voip phone", Phone, 82), ("sip phone", Phone, 80), ("telephone", Phone, 66), ("ipstation", Phone, 66),
    ("onboard administrator", Server, 80), ("management controller", Server, 76), ("remote access controller", Server, 82), ("integrated lights-out", Server, 86), ("irmc", Server, 84), ("bmc", Server, 70), ("esxi", Server, 84), ("windows server", Server, 84), ("server", Server, 36), ("hypervisor", Server, 70), ("thin client", ThinClient, 80),
];

/// Words that titles, realms and greetings use besides; in a description of the device they would say less.
#[rustfmt::skip]
const SAID: &[(&str, Kind, u8)] = &[
    ("home gateway", Router, 70), ("residential gateway", Router, 72), ("internet gateway device", Router, 70), ("cable gateway", Router, 70), ("dsl gateway", Router, 72), ("adsl", Router, 66), ("cable modem", Router, 70), ("dsl modem", Router, 70), ("hotspot router", Router, 70), ("wireless router", Router, 72), ("broadband router", Router, 74), ("vpn router", Router, 72), ("lte router", Router, 72),
    ("wlan ap", AccessPoint, 68), ("range extender", AccessPoint, 70), ("wifi extender", AccessPoint, 70), ("repeater", AccessPoint, 62), ("mesh wifi", AccessPoint, 62),
    ("dvr", Other, 68), ("nvr", Other, 68), ("network video recorder", Other, 78), ("digital video recorder", Other, 78), ("video recorder", Other, 72), ("media gateway", Other, 74), ("voip gateway", Other, 78), ("sip gateway", Other, 76), ("analog telephone adapter", Other, 74), ("media player", Other, 66), ("wireless presentation", Other, 72), ("video encoder", Other, 72), ("video decoder", Other, 72), ("thermostat", Other, 66), ("door controller", Other, 78), ("access control", Other, 66), ("tape library", Other, 78), ("weather station", Other, 66), ("oscilloscope", Other, 76), ("3d printer", Other, 80), ("document scanner", Other, 72), ("web power switch", Other, 78), ("power strip", Other, 68), ("rack pdu", Other, 80), ("smart plug", Other, 70),
    ("ipcamera", Camera, 80), ("netcam", Camera, 70), ("webcam", Camera, 70), ("ip cam", Camera, 76), ("internet camera", Camera, 82), ("dome camera", Camera, 82),
    ("voip phone", Phone, 80), ("conference phone", Phone, 78), ("deskphone", Phone, 76), ("desk phone", Phone, 76), ("dect base", Phone, 68),
    ("ups network", Ups, 78), ("ups monitoring", Ups, 74), ("ups web", Ups, 74),
    ("label printer", Printer, 84), ("printer status", Printer, 80), ("print server", Printer, 76),
    ("smart board", Display, 64), ("smart tv", Display, 72), ("set-top", Other, 66), ("interactive flat panel", Display, 76), ("digital signage", Other, 66),
];

/// Kinds that a text for people (in lower case) names besides those of [`kinds`].
pub fn said(lower: &str) -> impl Iterator<Item = (&'static str, Kind, u8)> + '_ {
    SAID.iter().copied().filter(|(word, ..)| stands(lower, word))
}

/// Beginnings of host names that clients make up themselves, folded: what the makers' set-up programs propose. People may change them, so
/// they say little.
#[rustfmt::skip]
const NAMES: &[(&str, Kind, u8)] = &[
    ("ipad", Tablet, 58), ("galaxy tab", Tablet, 58), ("tablet", Tablet, 44), ("tablette", Tablet, 44), ("macbook", Laptop, 58), ("imac", Desktop, 56), ("mac mini", Desktop, 56), ("macmini", Desktop, 56),
    ("laptop", Laptop, 50), ("portable", Laptop, 46), ("chromebook", Laptop, 56), ("desktop", Desktop, 44), ("pc", Desktop, 41), ("poste", Desktop, 41), ("brn", Printer, 40), ("brw", Printer, 40), ("npi", Printer, 40),
];

/// Words in the registered names of makers, and what such makers mostly make: the least of all grounds, for makers nobody knows here.
#[rustfmt::skip]
const TRADES: &[(&str, Kind, u8)] = &[
    ("printer", Printer, 26), ("printing", Printer, 24), ("label", Printer, 20), ("projector", Projector, 26), ("projection", Projector, 22), ("camera", Camera, 26), ("surveillance", Camera, 24), ("cctv", Camera, 24),
    ("storage", Nas, 22), ("ups", Ups, 26), ("uninterruptible", Ups, 26), ("firewall", Firewall, 24), ("telephone", Phone, 20), ("telephony", Phone, 20), ("voip", Phone, 20), ("wifi", AccessPoint, 22), ("wi fi", AccessPoint, 22), ("wireless", AccessPoint, 18),
    ("broadcast", Other, 22), ("broadcasting", Other, 22), ("radio", Other, 22), ("microwave", Other, 22), ("satellite", Other, 22), ("optical", Other, 20), ("photonics", Other, 20), ("lightwave", Other, 20), ("instruments", Other, 22), ("sensor", Other, 24), ("metering", Other, 24), ("climate", Other, 24), ("audio", Other, 22), ("lighting", Other, 24),
    ("energy", Other, 20), ("rectifier", Other, 24), ("automation", Other, 20), ("controls", Other, 20), ("timing", Other, 20), ("frequency", Other, 20),
];

/// What a maker of this name mostly makes.
pub fn by_trade(lower: &str) -> Option<(Kind, u8)> {
    TRADES.iter().find(|(word, ..)| stands(lower, word)).map(|(_, kind, confidence)| (*kind, *confidence))
}

/// The kind that a host name suggests.
pub fn by_name(name: &str) -> Option<(Kind, u8)> {
    let folded = fold(name);
    let begins = |begin: &str| folded.strip_prefix(begin).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphabetic()));
    // Brother and HP printers name themselves by their MAC: `BRN001BA9…`, `NPI8D2F3C`.
    let by_mac = |begin: &str| folded.strip_prefix(begin).is_some_and(|rest| rest.len() >= 6 && rest.bytes().all(|c| c.is_ascii_hexdigit()));
    NAMES
        .iter()
        .find(|(begin, kind, _)| if *kind == Printer { by_mac(begin) } else { begins(begin) })
        .map(|(_, kind, confidence)| (*kind, *confidence))
}

/// Kinds that a description (in lower case) names.
pub fn kinds(lower: &str) -> impl Iterator<Item = (&'static str, Kind, u8)> + '_ {
    WORDS.iter().copied().filter(|(word, ..)| stands(lower, word))
}

/// Whether a word stands in a text with no letter before or after it; a plural `s` may follow.
fn stands(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let letter = |c: char| c.is_ascii_alphabetic();
        let before = text[..at].chars().next_back().is_some_and(letter);
        let mut after = text[at + word.len()..].chars();
        let next = after.next();
        let plural = next == Some('s') && !after.next().is_some_and(letter);
        let follows = next.is_some_and(letter) && !plural;
        !before && !follows
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_clients_make_up() {
        for (name, expected) in [
            ("iPad-3", Some(Tablet)),
            ("ipadmin", None),
            ("PC-12", Some(Desktop)),
            ("pcdoc", None),
            ("BRN001BA9000001", Some(Printer)),
            ("brno", None),
            ("Galaxy-Tab-2", Some(Tablet)),
        ] {
            assert_eq!(by_name(name).map(|(kind, _)| kind), expected, "{name}");
        }
    }

    #[test]
    fn makers_names_tell_their_trade() {
        for (name, expected) in [("acme printing systems", Some(Printer)), ("foo wireless inc.", Some(AccessPoint)), ("startups ltd", None)] {
            assert_eq!(by_trade(name).map(|(kind, _)| kind), expected, "{name}");
        }
    }

    #[test]
    fn words_stand_alone() {
        for (text, expected) in [("smart ups 1500", true), ("startups", false), ("upstream", false), ("two upss", true), ("ups", true)] {
            assert_eq!(stands(text, "ups"), expected, "{text}");
        }
    }
}

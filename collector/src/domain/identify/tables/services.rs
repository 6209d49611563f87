//! What a thing is by the services that it announces: DNS-SD, UPnP and WS-Discovery.
//!
//! Comes in: names of services and types. Goes out: kind, maker, system where a service tells them, and how surely. Sources: the IANA's
//! register of service names, RFC 6763, Bonjour Printing 1.2, the UPnP Forum's device types, the types of WSD printers and scanners,
//! ONVIF's core specification, the makers' own services. Absent on purpose: services that anything may offer (`_http._tcp`, `_ssh._tcp`, `_smb._tcp`).

use crate::domain::kind::Kind::{self, *};

/// What a service or type tells.
#[derive(Debug)]
pub struct Offer {
    /// Its name, in lower case; of types the part that tells.
    pub name: &'static str,
    /// What offers it.
    pub kind: Kind,
    /// Maker, where only one offers it.
    pub vendor: &'static str,
    /// System, likewise.
    pub os: &'static str,
    /// How surely, 0–100.
    pub confidence: u8,
}

const fn offer(name: &'static str, kind: Kind, vendor: &'static str, os: &'static str, confidence: u8) -> Offer {
    Offer { name, kind, vendor, os, confidence }
}

/// Services of DNS-SD.
#[rustfmt::skip]
static DNS_SD: &[Offer] = &[
    offer("_amzn-wplay._tcp", Other, "Amazon", "", 66), offer("_androidtvremote._tcp", Unknown, "", "Android", 60), offer("_androidtvremote2._tcp", Unknown, "", "Android", 60), offer("_apple-mobdev._tcp", Unknown, "Apple", "", 66), offer("_apple-mobdev2._tcp", Unknown, "Apple", "", 66), offer("_appletv-v2._tcp", Other, "Apple", "tvOS", 70), offer("_atc._tcp", Unknown, "Apple", "macOS", 40), offer("_axis-nvr._tcp", Other, "Axis", "", 70), offer("_axis-video._tcp", Camera, "Axis", "", 80),
    offer("_canon-bjnp1._tcp", Printer, "Canon", "", 76), offer("_dosvc._tcp", Desktop, "", "Windows", 44), offer("_elg._tcp", Other, "Elgato", "", 60), offer("_esphomelib._tcp", Other, "ESPHome", "", 70), offer("_fax-ipp._tcp", Printer, "", "", 70), offer("_fuchsia._tcp", Other, "Google", "", 50), offer("_hue._tcp", Other, "Philips", "", 70),
    offer("_ipp._tcp", Printer, "", "", 72), offer("_ipp-tls._tcp", Printer, "", "", 70), offer("_ippusb._tcp", Printer, "", "", 70), offer("_ipps._tcp", Printer, "", "", 72), offer("_nvstream_dbd._tcp", Unknown, "NVIDIA", "", 30), offer("_pdl-datastream._tcp", Printer, "", "", 74), offer("_philipstv_rpc._tcp", Display, "Philips", "", 74), offer("_philipstv_s_rpc._tcp", Display, "Philips", "", 74), offer("_pjlink._tcp", Projector, "", "", 66), offer("_printer._tcp", Printer, "", "", 70), offer("_privet._tcp", Printer, "", "", 56),
    offer("_psia._tcp", Camera, "", "", 60), offer("_qdiscover._tcp", Nas, "QNAP", "", 74), offer("_qmobile._tcp", Nas, "QNAP", "", 70), offer("_readynas._tcp", Nas, "Netgear", "", 74), offer("_scanner._tcp", Printer, "", "", 56), offer("_shelly._tcp", Other, "Shelly", "", 70), offer("_soundtouch._tcp", Other, "Bose", "", 72), offer("_sonos._tcp", Other, "Sonos", "", 74), offer("_uscan._tcp", Printer, "", "", 64), offer("_uscans._tcp", Printer, "", "", 64), offer("_viziocast._tcp", Display, "Vizio", "", 74), offer("_wled._tcp", Other, "WLED", "", 70),
];

/// What a service of DNS-SD tells.
pub fn dns_sd(service: &str) -> Option<&'static Offer> {
    static SORTED: std::sync::LazyLock<std::collections::HashMap<&'static str, &'static Offer>> =
        std::sync::LazyLock::new(|| DNS_SD.iter().map(|row| (row.name, row)).collect());
    SORTED.get(service).copied()
}

/// Parts of UPnP's device types and search targets, in lower case.
#[rustfmt::skip]
static UPNP: &[Offer] = &[
    offer(":internetgatewaydevice:", Router, "", "", 62), offer(":wandevice:", Router, "", "", 56), offer(":wanconnectiondevice:", Router, "", "", 56), offer(":wlanaccesspointdevice:", AccessPoint, "", "", 66), offer(":avmnexus:", Router, "AVM", "", 60), offer(":fritzbox:", Router, "AVM", "", 76), offer(":printer:", Printer, "", "", 76), offer(":printbasic:", Printer, "", "", 66), offer(":scanner:", Printer, "", "", 56),
    offer(":digitalsecuritycamera:", Camera, "", "", 80), offer(":ipcamera:", Camera, "", "", 80), offer(":networkcamera:", Camera, "", "", 76), offer("samsung.com:device:remotecontrolreceiver:", Display, "Samsung", "", 76), offer("samsung.com:service:", Display, "Samsung", "", 50), offer("schemas-sony-com:service:ircc:", Unknown, "Sony", "", 66), offer("schemas-sony-com:service:scalarwebapi:", Unknown, "Sony", "", 60), offer("lge-com:service:webos", Display, "LG", "webOS", 76), offer("lge:device:tv:", Display, "LG", "", 76), offer("schemas-denon-com:device:", Other, "Denon", "", 70), offer("yamaha-com:service:", Other, "Yamaha", "", 70), offer("roku-com:device:player:", Other, "Roku", "", 80), offer("roku:ecp", Other, "Roku", "", 80), offer(":zoneplayer:", Other, "Sonos", "", 80), offer("philips.com:device:", Unknown, "Philips", "", 40),
    offer(":hvac_", Other, "", "", 60), offer(":lighting", Other, "", "", 60), offer(":binarylight:", Other, "", "", 66), offer(":sensormanagement:", Other, "", "", 60), offer(":lametric:", Other, "LaMetric", "", 76), offer("belkin:device:", Other, "Belkin", "", 70),
];

/// What a device type or search target of UPnP tells: every part that stands in it.
pub fn upnp(text: &str) -> impl Iterator<Item = &'static Offer> {
    // Types end with a version, search targets may end before it.
    let lower = format!("{}:", text.to_ascii_lowercase());
    UPNP.iter().filter(move |row| lower.contains(row.name))
}

/// Types of WS-Discovery, in lower case, without prefix.
#[rustfmt::skip]
static WSD: &[Offer] = &[
    offer("networkvideotransmitter", Camera, "", "", 66), offer("networkvideostorage", Other, "", "", 72), offer("networkvideodisplay", Other, "", "", 66), offer("printdevicetype", Printer, "", "", 74), offer("printdevice", Printer, "", "", 74), offer("printerservicetype", Printer, "", "", 72), offer("scandevicetype", Printer, "", "", 60), offer("scannerservicetype", Printer, "", "", 60), offer("scandevice", Printer, "", "", 60), offer("computer", Desktop, "", "Windows", 40), offer("projector", Projector, "", "", 74), offer("projectordevicetype", Projector, "", "", 74), offer("networkprojector", Projector, "", "", 80),
];

/// What a type of WS-Discovery tells.
pub fn wsd(name: &str) -> Option<&'static Offer> {
    WSD.iter().find(|row| name.eq_ignore_ascii_case(row.name))
}

/// Names of models that are no model's: software that plays media, and lines so wide that they say only what the maker makes. Folded to
/// letters and digits.
pub const GENERIC_MODELS: &[&str] = &[
    "windowsmediaplayersharing",
    "windowsmediaconnect",
    "mediaserver",
    "mediarenderer",
    "dlnamediaserver",
    "minidlna",
    "readymedia",
    "twonkyserver",
    "plexmediaserver",
    "kodi",
    "upnprouter",
    "upnpinternetgatewaydevice",
    "internetgatewaydevice",
    "linuxigd",
    "miniupnpd",
    "router",
    "residentialgateway",
    "lgtv",
    "lgsmarttv",
    "smarttv",
    "webostv",
    "samsungtvdmr",
    "samsungtv",
    "bluraydiscplayer",
    "sonyimagingdevice",
    "tv",
    "bdplayer",
    "networkcamera",
    "ipcamera",
    "nas",
    "printer",
    "mediaplayer",
    "basicdevice",
    "device",
    "sonos",
    "wpsaccesspoint",
    "accesspoint",
    "wirelessrouter",
    "dmr",
    "dms",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_types_tell_kinds() {
        assert_eq!(dns_sd("_ipp._tcp").map(|row| row.kind), Some(Printer));
        assert!(dns_sd("_http._tcp").is_none());
        assert_eq!(upnp("urn:schemas-upnp-org:device:InternetGatewayDevice:2").next().map(|row| row.kind), Some(Router));
        assert_eq!(upnp("urn:schemas-upnp-org:device:Basic:1").count(), 0);
        assert_eq!(wsd("PrintDeviceType").map(|row| row.kind), Some(Printer));
    }

    #[test]
    fn names_are_told_once_and_in_lower_case() {
        for table in [DNS_SD, UPNP, WSD] {
            let mut seen = std::collections::BTreeSet::new();
            for row in table {
                assert!(seen.insert(row.name) && row.name == row.name.to_ascii_lowercase(), "{}", row.name);
            }
        }
    }
}

//! What devices say outside SNMP to machines: words in, kind, vendor, model and system out.

use super::identify;
use crate::domain::device::Sighting;
use proptest::prelude::*;
use rollcall_shared::evidence::{Fact, Lease};
use rollcall_shared::picture::EntryKey;
use rollcall_shared::{Picture, Subject, said};

/// The probe that passes a key on.
fn probe(key: &str) -> &'static str {
    let row = said::SAID.iter().find(|row| key == row.key || key.strip_prefix(row.key).is_some_and(|rest| rest.starts_with('.')));
    row.map_or(if key.starts_with('_') { "mdns" } else { "pjlink" }, |row| row.probe)
}

fn sighting(words: &[(&str, &str)]) -> Option<Sighting> {
    let mut picture = Picture::default();
    for (key, value) in words {
        let subject = Subject::Address([10, 0, 0, 9].into());
        picture.put(&EntryKey::new("school", subject, probe(key)), Fact::said(*key, *value));
    }
    identify(&picture, &[]).into_iter().next()
}

/// What one device that said these words is taken for: kind, vendor, model, system.
fn check(words: &[(&str, &str)], expected: (&str, &str, &str, &str)) {
    let sighting = sighting(words).unwrap();
    let system = [sighting.os, sighting.os_version].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let kind = sighting.kind.map_or("", |kind| kind.code());
    let found = (kind, sighting.vendor.as_deref().unwrap_or(""), sighting.model.as_deref().unwrap_or(""), system.as_str());
    assert_eq!(found, expected, "{words:?}");
}

#[test]
fn apples_things_tell_their_identifier() {
    check(&[("_device-info._tcp/model", "J171AP")], ("tablet", "Apple", "iPad (7th generation)", "iPadOS"));
    check(
        &[("_device-info._tcp/model", "MacBookAir10,1"), ("_device-info._tcp/osxvers", "23")],
        ("laptop", "Apple", "MacBook Air (M1, 2020)", "macOS 14"),
    );
    check(
        &[("_airplay._tcp/model", "AppleTV11,1"), ("_airplay._tcp/osvers", "17.4")],
        ("other", "Apple", "Apple TV 4K (2nd generation)", "tvOS 17.4"),
    );
    check(&[("_companion-link._tcp/rpmd", "iPad13,18")], ("tablet", "Apple", "iPad (10th generation)", "iPadOS"));
    check(&[("opt60", "AAPLBSDPC/i386/Macmini8,1")], ("desktop", "Apple", "Mac mini (2018)", "macOS"));
}

#[test]
fn what_file_servers_pose_as_is_not_believed() {
    check(&[("_device-info._tcp/model", "MacSamba")], ("", "", "", ""));
    check(&[("_device-info._tcp/model", "Xserve"), ("_qdiscover._tcp", "NAS0A1B2C")], ("nas", "QNAP", "", ""));
}

#[test]
fn printers_announce_maker_and_model() {
    check(&[("_ipp._tcp/ty", "EPSON WF-C5790 Series")], ("printer", "Epson", "WF-C5790", ""));
    check(&[("_ipp._tcp/ty", "HP ENVY Photo 7100 series")], ("printer", "HP", "ENVY Photo 7100", ""));
    check(&[("_ipps._tcp/ty", "OKI C332"), ("_ipps._tcp/usb_mfg", "OKI DATA CORP"), ("_ipps._tcp/usb_mdl", "C332")], ("printer", "OKI", "C332", ""));
    check(&[("_pdl-datastream._tcp", "Brother HL-L2350DW series")], ("printer", "Brother", "HL-L2350DW", ""));
    check(&[("_uscan._tcp/ty", "Brother ADS-1700W")], ("other", "Brother", "ADS-1700W", ""));
    check(&[("ipp.printer-make-and-model", "Xerox(R) C230 Color Printer")], ("printer", "Xerox", "C230", ""));
    check(&[("ipp.printer-device-id", "MFG:Canon;CMD:PCL;MDL:LBP226;CLS:PRINTER;SN:ABC12345;")], ("printer", "Canon", "LBP226", ""));
    check(&[("pjl.id", "TASKalfa 3253ci")], ("printer", "Kyocera", "TASKalfa 3253ci", ""));
    check(&[("pjl.id", "Generic")], ("printer", "", "", ""));
    check(&[("pjl.id", "Lexmark MX611dhe")], ("printer", "Lexmark", "MX611dhe", ""));
}

#[test]
fn a_queue_that_a_computer_shares_is_not_the_computer() {
    let mac = ("_device-info._tcp/model", "iMac21,1");
    check(
        &[mac, ("_ipp._tcp/rp", "printers/Salle_4"), ("_ipp._tcp/ty", "HP LaserJet Pro M404dn")],
        ("desktop", "Apple", "iMac (24-inch, M1, 2021)", "macOS"),
    );
}

#[test]
fn what_casts_and_renders() {
    check(&[("_googlecast._tcp/md", "Chromecast Ultra")], ("other", "Google", "Chromecast Ultra", ""));
    check(&[("_googlecast._tcp/md", "BRAVIA 4K UR2")], ("display", "Sony", "BRAVIA 4K UR2", "Android"));
    check(&[("_airplay._tcp/model", "55UP78006LB"), ("_airplay._tcp/manufacturer", "LG Electronics")], ("display", "LG", "55UP78006LB", ""));
    check(
        &[("upnp.manufacturer", "Panasonic"), ("upnp.modelName", "TH-55EQ1"), ("upnp.deviceType", "urn:schemas-upnp-org:device:MediaRenderer:1")],
        ("display", "Panasonic", "TH-55EQ1", ""),
    );
    check(
        &[("upnp.manufacturer", "LG Electronics"), ("upnp.modelName", "LG Smart TV"), ("upnp.modelNumber", "WEBOS4")],
        ("display", "LG", "", "webOS"),
    );
    check(&[("upnp.manufacturer", "Microsoft Corporation"), ("upnp.modelName", "Windows Media Player Sharing")], ("desktop", "", "", "Windows"));
    check(
        &[("upnp.manufacturer", "Synology"), ("upnp.modelName", "DS418"), ("upnp.modelNumber", "DS418 7.1-42661")],
        ("nas", "Synology", "DS418", "DSM 7.1"),
    );
    check(&[("upnp.manufacturer", "Ubiquiti Inc."), ("upnp.modelName", "UDM Pro")], ("router", "Ubiquiti", "UDM Pro", ""));
    check(&[("ssdp.server", "Microsoft-Windows/10.0 UPnP/1.0 UPnP-Device-Host/1.0")], ("", "", "", "Windows"));
    check(&[("ssdp.server", "UPnP/1.0")], ("", "", "", ""));
}

#[test]
fn cameras_and_printers_answer_web_services_discovery() {
    check(
        &[
            ("wsd.types", "NetworkVideoTransmitter"),
            ("wsd.scopes", "onvif://www.onvif.org/name/AXIS%20M3045-V onvif://www.onvif.org/hardware/M3045-V"),
        ],
        ("camera", "Axis", "M3045-V", ""),
    );
    check(
        &[("wsd.scopes", "onvif://www.onvif.org/name/HIKVISION onvif://www.onvif.org/hardware/DS-7608NI-K2")],
        ("other", "Hikvision", "DS-7608NI-K2", ""),
    );
    check(&[("wsd.types", "Device PrintDeviceType")], ("printer", "", "", ""));
}

#[test]
fn vendor_classes_and_request_lists() {
    for (class, expected) in [
        ("Cisco Systems, Inc. IP Phone CP-8861", ("phone", "Cisco", "CP-8861", "")),
        ("Aruba JL357A 2540-48G-PoE+-4SFP+ Switch", ("switch", "Aruba", "2540-48G-PoE+-4SFP+", "")),
        ("ArubaAP", ("access_point", "Aruba", "", "")),
        ("AXIS,Network Camera,M3106-LVE,9.80.1", ("camera", "Axis", "M3106-LVE", "")),
        ("Mfg=HP;Typ=Printer;Mod=HP Color LaserJet MFP M479fdw;Ser=VNB1234567;", ("printer", "HP", "Color LaserJet MFP M479fdw", "")),
        ("android-dhcp-13", ("tablet", "", "", "Android 13")),
        ("dhcpcd-9.4.1:Linux-6.1.21-v8+:aarch64:BCM2835", ("", "Raspberry Pi", "", "Raspberry Pi OS")),
        ("wyse-1000", ("thin_client", "Dell Wyse", "", "")),
        ("PXEClient:Arch:00007:UNDI:003016", ("", "", "", "")),
    ] {
        check(&[("opt60", class)], expected);
    }
    check(&[("opt55", "1,3,6,15,31,33,43,44,46,47,119,121,249,252"), ("opt60", "MSFT 5.0")], ("desktop", "", "", "Windows"));
    check(&[("opt55", "1,121,3,6,15,108,114,119,252")], ("tablet", "Apple", "", "iOS"));
    check(&[("opt55", "1,3,6,15")], ("", "", "", ""));
}

#[test]
fn the_master_browser_of_a_domain_is_a_server() {
    check(&[("netbios.services", "00,1B,20")], ("server", "", "", ""));
    check(&[("netbios.services", "00,1c,20")], ("", "", "", ""));
}

#[test]
fn a_lease_tells_what_the_client_told() {
    let lease = Lease {
        key: [10, 0, 0, 8].into(),
        name: Some("SEP00112233AABB".into()),
        vendor_class: Some("Cisco Systems, Inc. IP Phone CP-7841".into()),
        reserved: false,
        active: true,
    };
    let mut picture = Picture::default();
    picture.put(&EntryKey::new("school", Subject::Mac("00:fe:fe:00:00:01".parse().unwrap()), "dhcp"), Fact::Lease(lease));
    let sighting = identify(&picture, &[]).remove(0);
    assert_eq!((sighting.kind.map(|kind| kind.code()), sighting.model.as_deref()), (Some("phone"), Some("CP-7841")));
}

#[test]
fn names_that_factories_give() {
    for (name, expected) in [
        ("DESKTOP-A1B2C3D", ("desktop", "", "", "Windows")),
        ("NPI8D2F3C", ("printer", "HP", "", "")),
        ("Galaxy-Tab-A8", ("tablet", "Samsung", "", "Android")),
        ("localhost", ("", "", "", "")),
    ] {
        check(&[("opt12", name)], expected);
        check(&[("mdns.host", name)], expected);
    }
}

#[test]
fn systems_tell_file_servers_and_clocks() {
    for (key, text, expected) in [
        ("smb.native_os", "Windows 10 Pro 19045", ("desktop", "", "", "Windows 10")),
        ("smb.native_os", "Windows Server 2012 R2 Standard 9600", ("server", "", "", "Windows Server 2012 R2")),
        ("smb.native_lm", "Samba 4.13.17-Ubuntu", ("", "", "", "Ubuntu")),
        ("smb.native_os", "Windows 6.1", ("", "", "", "")),
        ("smb.version", "10.0.22631", ("desktop", "", "", "Windows 11")),
        ("smb.version", "6.1.0", ("", "", "", "")),
        ("ntp.variables", "version=\"ntpd 4.2.8p15\", system=\"Linux/5.10.0-21-amd64\", stratum=3", ("", "", "", "Linux 5.10.0")),
        ("ntp.variables", "system=\"VMkernel/7.0.3\"", ("server", "", "", "VMware ESXi 7.0.3")),
        ("android.model", "SM-X200", ("tablet", "Samsung", "Galaxy Tab A8", "Android")),
    ] {
        check(&[(key, text)], expected);
    }
}

#[test]
fn a_version_in_parts_is_read_only_beside_its_maker() {
    let of = |vendor| [("_http._tcp/vendor", vendor), ("_http._tcp/version_major", "7"), ("_http._tcp/version_minor", "2")];
    let system = |words: &[(&str, &str)]| sighting(words).map(|sighting| (sighting.os, sighting.os_version)).unwrap_or_default();
    assert_eq!(system(&of("Synology")), (Some("DSM".into()), Some("7.2".into())));
    assert_eq!(system(&of("Synology")[..2]), (Some("DSM".into()), Some("7.0".into())));
    assert_eq!(system(&of("Somebody")), (None, None));
    // What another service tells stands for itself.
    assert_eq!(system(&[("_http._tcp/vendor", "Synology"), ("_smb._tcp/version_major", "7")]), (None, None));
}

#[test]
fn a_friendly_name_is_the_name_and_the_model_until_people_change_it() {
    assert_eq!(sighting(&[("upnp.friendlyName", "Salle Matisse")]).unwrap().name.as_deref(), Some("Salle Matisse"));
    check(&[("upnp.manufacturer", "Panasonic"), ("upnp.friendlyName", "TH-55EQ1")], ("display", "Panasonic", "TH-55EQ1", ""));
    check(&[("upnp.friendlyName", "[LG] webOS TV")], ("", "", "", "webOS"));
}

#[test]
fn projectors_and_screens_speak_pjlink() {
    check(&[("PJLINK", "0"), ("CLSS", "1")], ("projector", "", "", ""));
    check(&[("INF1", "SHARP/NEC"), ("INF2", "MultiSync M431")], ("display", "NEC", "MultiSync M431", ""));
    check(&[("INF1", "EPSON"), ("INF2", "EPSON PU1007B/PU1007W")], ("projector", "Epson", "PU1007B/PU1007W", ""));
    check(&[("INF1", "iiyama"), ("INF2", "TE6512MIS")], ("display", "iiyama", "TE6512MIS", ""));
}

/// Every key of the contract, some services' records, and values near to real ones.
fn any_word() -> impl Strategy<Value = (String, String)> {
    let keys: Vec<String> = said::SAID.iter().map(|row| row.key.to_owned()).collect();
    let services = prop::sample::select(vec!["_ipp._tcp", "_airplay._tcp", "_googlecast._tcp", "_device-info._tcp", "_http._tcp", "_\u{e9}", "_"]);
    let records = prop::sample::select(said::TXT.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    let record = (services.clone(), records).prop_map(|(service, record)| format!("{service}/{record}"));
    let key = prop_oneof![4 => prop::sample::select(keys), 2 => record, 1 => services.prop_map(str::to_owned)];
    let pieces = prop::collection::vec(
        prop_oneof![
            prop::sample::select(vec![
                "iPad",
                "12,1",
                "AP",
                "SM-",
                "T510",
                "Lenovo ",
                "TB-",
                "HP ",
                "(",
                ")",
                "\u{ae}",
                " series",
                "Windows ",
                "10",
                "Server ",
                "%",
                "%C3",
                "onvif://www.onvif.org/name/",
                "onvif.org/hardware/",
                "urn:",
                ":device:Printer:1",
                "1,3,6",
                ",",
                "Mfg=",
                ";",
                "/",
                " - ",
                "Archos ",
                "Chromebook",
                "\u{130}",
                "\u{e9}",
                "'",
                "\"",
            ])
            .prop_map(str::to_owned),
            "[ -~]{0,6}",
            any::<String>(),
        ],
        0..6,
    );
    (key, pieces).prop_map(|(key, pieces)| (key, pieces.concat()))
}

proptest! {
    #[test]
    fn whatever_is_said_is_read_without_harm(words in prop::collection::vec(any_word(), 1..8)) {
        let words: Vec<(&str, &str)> = words.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        prop_assert_eq!(sighting(&words), sighting(&words));
    }
}

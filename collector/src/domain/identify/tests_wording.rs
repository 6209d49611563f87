//! What devices say outside SNMP to people: one text in, kind, vendor, model and system out.

use super::identify;
use rollcall_shared::evidence::Fact;
use rollcall_shared::picture::EntryKey;
use rollcall_shared::{Picture, Subject};

/// What one device that said this is taken for: kind, vendor, model, system.
fn check(key: &str, text: &str, expected: (&str, &str, &str, &str)) {
    let probe = if key.starts_with("http") || key.starts_with("x509") { "http" } else { "banner" };
    let mut picture = Picture::default();
    picture.put(&EntryKey::new("school", Subject::Address([10, 0, 0, 9].into()), probe), Fact::said(key, text));
    let sighting = identify(&picture, &[]).remove(0);
    let system = [sighting.os, sighting.os_version].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let kind = sighting.kind.map_or("", |kind| kind.code());
    let found = (kind, sighting.vendor.as_deref().unwrap_or(""), sighting.model.as_deref().unwrap_or(""), system.as_str());
    assert_eq!(found, expected, "{key}: {text}");
}

#[test]
fn titles_name_the_device() {
    for (title, expected) in [
        ("HP Color LaserJet MFP M477fdw", ("printer", "HP", "Color LaserJet MFP M477fdw", "")),
        ("Brother MFC-L2710DW series", ("printer", "Brother", "MFC-L2710DW", "")),
        ("TOP PAGE - MX-3070N", ("printer", "Sharp", "MX-3070N", "")),
        ("Xerox® AltaLink® C8045", ("printer", "Xerox", "AltaLink C8045", "")),
        ("Dell Laser MFP 2335dn", ("printer", "Dell", "Laser MFP 2335dn", "")),
        ("D-Link DGS-1210-28", ("switch", "D-Link", "DGS-1210-28", "")),
        ("Allied Telesis AT-GS950/24", ("switch", "Allied Telesis", "AT-GS950/24", "")),
        ("Cisco SG350-10P 10-Port Gigabit PoE Managed Switch", ("switch", "Cisco", "SG350-10P", "")),
        ("HP 2530-24G Switch (J9776A)", ("switch", "HP", "2530-24G", "")),
        ("TP-Link EAP225", ("access_point", "TP-Link", "EAP225", "")),
        ("DIR-868L", ("router", "D-Link", "DIR-868L", "")),
        ("FRITZ!Box Fon WLAN 7390", ("router", "AVM", "FRITZ!Box Fon WLAN 7390", "")),
        ("ZyWALL USG 110", ("firewall", "Zyxel", "ZyWALL USG 110", "")),
        ("FortiSwitch-124E", ("switch", "Fortinet", "FortiSwitch-124E", "")),
        ("BenQ RP6501K", ("display", "BenQ", "RP6501K", "")),
        ("HPE OfficeConnect 1950", ("switch", "HPE", "OfficeConnect 1950", "")),
        ("pfSense - Login", ("firewall", "pfSense", "", "FreeBSD")),
        ("iDRAC9 - Login", ("server", "Dell", "iDRAC9", "")),
        ("HPE iLO 5 ILOCZ1234", ("server", "HP", "iLO 5", "")),
        ("pve1 - Proxmox Virtual Environment", ("server", "Proxmox", "", "Linux")),
        ("Apache2 Ubuntu Default Page: It works", ("", "", "", "Ubuntu")),
        ("KWARTZ~Control", ("server", "", "", "Linux")),
        ("DS220+ - Synology NAS", ("nas", "Synology", "DS220+", "")),
        ("Live view - AXIS M1065-LW Network Camera", ("camera", "Axis", "M1065-LW", "")),
        ("DS-2CD2143G0-I", ("camera", "Hikvision", "DS-2CD2143G0-I", "")),
        ("Yealink T46S Phone", ("phone", "Yealink", "T46S", "")),
        ("NEC Projector LAN control", ("projector", "NEC", "", "")),
        ("Panasonic Projector Web Control", ("projector", "Panasonic", "", "")),
        ("ClickShare CSE-200", ("other", "Barco", "CSE-200", "")),
        ("Eaton UPS Network Module", ("ups", "Eaton", "", "")),
        ("Raritan Dominion KX III", ("other", "Raritan", "KX", "")),
    ] {
        check("http.title.80", title, expected);
    }
}

#[test]
fn titles_that_may_be_anybodys_say_nothing() {
    for title in [
        "Login",
        "Welcome to nginx!",
        "404 Not Found",
        "Planning des salles - switch to mobile version",
        "Sharp as a tack",
        "Brother's page",
        "Planet Earth",
        "Google",
        "Oracle Application Server",
        "Cahier de texte",
    ] {
        check("http.title.443", title, ("", "", "", ""));
    }
}

#[test]
fn realms_name_the_device() {
    for (realm, expected) in [
        (r#"Basic realm="TP-LINK Wireless N Router WR740N""#, ("router", "TP-Link", "Wireless N Router WR740N", "")),
        (r#"Basic realm="RT-N66U""#, ("router", "ASUS", "RT-N66U", "")),
        (r#"Digest qop="auth", realm="AXIS_00408C123456", nonce="x""#, ("camera", "Axis", "", "")),
        (r#"Digest realm="IP Camera(C1234)", nonce="x""#, ("camera", "Hikvision", "", "")),
        (r#"Basic realm="Yealink Gigabit Color IP Phone SIP-T46G""#, ("phone", "Yealink", "SIP-T46G", "")),
        (r#"Basic realm="level_15_access""#, ("router", "Cisco", "", "Cisco IOS")),
        (r#"Basic realm="Comtrend AR-5387un""#, ("router", "Comtrend", "AR-5387un", "")),
        (r#"Basic realm="Protected Area""#, ("", "", "", "")),
        ("Negotiate, NTLM", ("", "", "", "")),
    ] {
        check("http.www_authenticate.80", realm, expected);
    }
}

#[test]
fn servers_name_the_system_or_the_device() {
    for (server, expected) in [
        ("Apache/2.4.41 (Ubuntu)", ("", "", "", "Ubuntu 20.04")),
        ("Apache/2.4.57 (Debian)", ("", "", "", "Debian")),
        ("Microsoft-IIS/8.5", ("server", "", "", "Windows Server 2012 R2")),
        ("HP HTTP Server; HP OfficeJet Pro 8710 - D9L18A; Serial Number: CN6AB1234C; Built:x", ("printer", "HP", "OfficeJet Pro 8710", "")),
        ("debut/1.20", ("printer", "Brother", "", "")),
        ("Linux, HTTP/1.1, DIR-860L Ver 1.08", ("router", "D-Link", "DIR-860L", "Linux")),
        ("xxxxxxxx-xxxxx", ("firewall", "Fortinet", "", "")),
        ("Grandstream GXP2160 1.0.9.132", ("phone", "Grandstream", "GXP2160", "")),
        ("Linux/4.1.15 UPnP/1.0 LGE WebOS TV/Version 0.9", ("display", "LG", "", "webOS 4.1.15")),
        ("nginx", ("", "", "", "")),
        ("GoAhead-Webs", ("", "", "", "")),
        ("Apache", ("", "", "", "")),
    ] {
        check("http.server.80", server, expected);
    }
    check("rtsp.server", "Hikvision Rtsp Server", ("camera", "Hikvision", "", ""));
}

#[test]
fn certificates_name_the_device_and_not_their_owner_or_authority() {
    for (subject, expected) in [
        ("CN=NPI1A2B3C,O=HP", ("printer", "HP", "", "")),
        ("CN=KONICA MINOLTA bizhub C364e,O=Konica Minolta", ("printer", "Konica Minolta", "bizhub C364e", "")),
        ("CN=FG100D3G12345678,OU=FortiGate,O=Fortinet,L=Sunnyvale", ("firewall", "Fortinet", "", "")),
        ("SERIALNUMBER=PID:WS-C2960X-24PS-L SN:FOC1234A5BC,CN=WS-C2960X-24PS-L,O=Cisco", ("switch", "Cisco", "WS-C2960X-24PS-L", "")),
        ("CN=AIR-CAP3702I-E-K9-aabbccddeeff,O=Cisco Systems", ("access_point", "Cisco", "AIR-CAP3702I-E-K9", "")),
        ("CN=nwa1123-acv2_B8ECA3AABBCC", ("access_point", "Zyxel", "nwa1123-acv2", "")),
        ("CN=TSW-760-00107F123456,O=Crestron Electronics", ("other", "Crestron", "TSW-760", "")),
        ("CN=accc8e123456,O=Axis Communications AB", ("camera", "Axis", "", "")),
        ("CN=QNAP NAS,OU=NAS,O=QNAP Systems Inc.,L=Taipei,C=TW", ("nas", "QNAP", "", "")),
        ("CN=www.example.org,O=Mairie de Villeneuve,C=FR", ("", "", "", "")),
        ("CN=server-12", ("", "", "", "")),
    ] {
        check("x509.subject.443", subject, expected);
    }
    for (issuer, expected) in [
        ("CN=Yealink Equipment Issuing CA,O=Yealink Network Technology Co.\\,Ltd.", ("phone", "Yealink", "", "")),
        ("CN=Cisco Manufacturing CA SHA2,O=Cisco", ("", "Cisco", "", "")),
        ("CN=Amazon RSA 2048 M02,O=Amazon,C=US", ("", "", "", "")),
        ("CN=GTS CA 1C3,O=Google Trust Services LLC,C=US", ("", "", "", "")),
        ("CN=Microsoft Azure RSA TLS Issuing CA 03,O=Microsoft Corporation,C=US", ("", "", "", "")),
        ("CN=Certigna Services CA,O=Dhimyotis,C=FR", ("", "", "", "")),
    ] {
        check("x509.issuer.443", issuer, expected);
    }
}

#[test]
fn logins_name_the_system_or_the_device() {
    for (software, expected) in [
        ("OpenSSH_9.6p1 Ubuntu-3ubuntu13", ("", "", "", "Ubuntu 24.04")),
        ("OpenSSH_9.2p1 Debian-2+deb12u2", ("", "", "", "Debian 12")),
        ("OpenSSH_for_Windows_9.5", ("desktop", "", "", "Windows 11")),
        ("ROSSSH", ("router", "MikroTik", "", "RouterOS")),
        ("FortiSSH_3.0", ("firewall", "Fortinet", "", "")),
        ("mpSSH_0.2.1", ("server", "HP", "iLO", "")),
        ("dropbear_2019.78", ("", "", "", "")),
        ("OpenSSH_7.4", ("", "", "", "")),
    ] {
        check("ssh.software", software, expected);
    }
    for (banner, expected) in [
        ("MikroTik v6.49.7 (stable)\r\nLogin:", ("router", "MikroTik", "", "RouterOS 6.49.7")),
        ("RT-N56U login:", ("router", "ASUS", "RT-N56U", "")),
        ("Press any key to continue\r\nAruba JL255A 2930F-24G-PoE+", ("switch", "Aruba", "JL255A 2930F-24G-PoE+", "")),
        ("Extron Electronics, IPL 250, V1.10, 60-544-81", ("other", "Extron", "IPL 250", "")),
        ("SunOS 5.10\r\n\r\nlogin:", ("server", "", "", "Solaris 10")),
        ("User Access Verification\r\n\r\nPassword:", ("", "Cisco", "", "")),
        ("pc12 login:", ("", "", "", "")),
    ] {
        check("telnet.banner", banner, expected);
    }
    for (banner, expected) in [
        ("LANIER MP C2551 FTP server (8.25) ready.", ("printer", "Lanier", "MP C2551", "")),
        ("ECOSYS M3540idn FTP server", ("printer", "Kyocera", "ECOSYS M3540idn", "")),
        ("ET0021B71A2B3C Lexmark C748 FTP Server NH.HS40.N430 ready.", ("printer", "Lexmark", "C748", "")),
        ("AXIS M3004 Fixed Dome Network Camera 5.50 ready.", ("camera", "Axis", "M3004", "")),
        ("AP7900 Network Management Card AOS v3.7.3 FTP server ready.", ("other", "APC", "AP7900", "")),
        ("(vsFTPd 3.0.3)", ("", "", "", "")),
    ] {
        check("ftp.banner", banner, expected);
    }
}

#[test]
fn telephones_name_themselves() {
    for (agent, expected) in [
        ("Yealink SIP-T46S 66.84.0.15", ("phone", "Yealink", "T46S", "")),
        ("snomD725/10.1.64.14", ("phone", "Snom", "D725", "")),
        ("PolycomVVX-VVX_601-UA/5.9.0.9373", ("phone", "Poly", "VVX_601", "")),
        ("Cisco-CP7941G/9.4.2", ("phone", "Cisco", "7941G", "")),
        ("Linksys/SPA942-6.1.5(a)", ("phone", "Cisco", "SPA942", "")),
        ("C610A IP/42.250.00.000.000", ("phone", "Gigaset", "C610A IP", "")),
        ("Audiocodes-Sip-Gateway-MP-118 FXS/v.6.60A", ("other", "AudioCodes", "MP-118", "")),
        ("AVM FRITZ!Box 7590 154.07.29", ("router", "AVM", "FRITZ!Box 7590", "")),
        ("OpenSIPS (2.4.4 (x86_64/linux))", ("", "", "", "Linux")),
        ("friendly-scanner", ("", "", "", "")),
    ] {
        check("sip.user_agent", agent, expected);
    }
}

#[test]
fn descriptions_that_come_alone_tell_the_device() {
    for (text, expected) in [
        ("3Com Baseline Switch 2948-SFP Plus", ("switch", "3Com", "Baseline 2948", "")),
        ("Juniper Networks, Inc. ex3300-24t Ethernet Switch, kernel JUNOS 12.3R12.4", ("switch", "Juniper", "ex3300-24t", "Junos 12.3R12.4")),
        ("Aruba JL675A 6100-48G-CL4-4SFP+ PL.10.08.1010", ("switch", "Aruba", "JL675A 6100-48G-CL4-4SFP+", "")),
        ("SunOS host 5.11 11.4.0.15.0 sun4v sparc SUNW,SPARC-Enterprise-T5120", ("server", "Oracle", "Enterprise-T5120", "Solaris 11")),
        ("Darwin mac 21.6.0 Darwin Kernel Version 21.6.0: Wed Aug 10", ("", "Apple", "", "macOS 12")),
        ("Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E0a, RELEASE", ("switch", "Cisco", "2960", "Cisco IOS 15.2")),
        ("Xerox Phaser 3635MFP Multifunction Printer; SS 20.105", ("printer", "Xerox", "Phaser 3635MFP", "")),
        ("Prestige 660HN-51", ("router", "Zyxel", "Prestige 660HN-51", "")),
        ("Yealink SIP-T42S", ("phone", "Yealink", "T42S", "")),
    ] {
        check("sysDescr", text, expected);
    }
}

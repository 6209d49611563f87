//! Forms of printers' descriptions and of IEEE 1284 device identifiers.

use super::{Grammar, of, row};
use crate::domain::kind::Kind::*;

/// By maker.
#[rustfmt::skip]
pub const GRAMMARS: &[Grammar] = &[
    // HP JetDirect: "HP ETHERNET MULTI-ENVIRONMENT,SN:…,FN:…,SVCID:…,PID:HP LaserJet …".
    row(0, "HP ETHERNET MULTI-ENVIRONMENT", r"HP ETHERNET MULTI-ENVIRONMENT", Printer, "HP", 90),
    row(0, "PID:", r"PID:(?<model>[^,;]+)", Printer, "HP", 66),
    row(0, ",SN:", r"MULTI-ENVIRONMENT,SN:(?<serial>[^,;]+)", Printer, "HP", 84),
    row(0, "JETDIRECT", r"(?i)jetdirect", Printer, "HP", 80),
    // Ricoh and the brands under which its machines are sold: "RICOH MP C2503 1.35 / RICOH Network Printer C model / …".
    row(367, " / ", r"^(?<vendor>RICOH|LANIER|SAVIN|NRG|Gestetner|nashuatec|infotec|Rex-Rotary|Aficio) (?<model>.+?) (?<firmware>\d+\.\d[\w.]*) / ", Printer, "", 90),
    row(367, "", r"^(?<vendor>LANIER|SAVIN|NRG|Gestetner|nashuatec) ", Printer, "", 84),
    row(0, "KONICA MINOLTA", r"^KONICA MINOLTA (?<model>\S.+)$", Printer, "Konica Minolta", 86),
    row(0, "Konica Minolta", r"^Konica Minolta (?<model>\S.+)$", Printer, "Konica Minolta", 86),
    row(0, "KYOCERA", r"KYOCERA", Printer, "Kyocera", 84),
    row(0, "SHARP ", r"^SHARP (?<model>\S+)$", Printer, "Sharp", 86),
    row(0, "Samsung ", r"^Samsung (?<model>[A-Z][\w-]+(?: Series)?)\s*(?:;|OS)", Printer, "Samsung", 86),
    row(0, "Samsung ", r"^Samsung .*?[;O]S? ?V?(?<firmware>\d[\d.]+\d)", Printer, "Samsung", 70),
    row(0, "Samsung ", r"S/N (?<serial>[A-Z0-9]{8,})", Printer, "Samsung", 80),
    row(0, "TOSHIBA ", r"^TOSHIBA (?:TEC )?(?<model>\S.+)$", Printer, "Toshiba", 86),
    row(0, "FUJI XEROX", r"^FUJI XEROX (?<model>[^;]+);\s*(?:ESS ?|Net ?)(?<firmware>[\d.]+)", Printer, "Xerox", 88),
    row(0, "FUJI XEROX", r"^FUJI XEROX (?<model>[^;]+)", Printer, "Xerox", 86),
    row(0, "FUJIFILM", r"^FUJIFILM (?<model>[^;]+)", Printer, "Fujifilm", 88),
    row(0, "Xerox", r"^Xerox(?:\(R\))? (?<model>[^;]+);\s*(?:System|Network|System Software) (?<firmware>[\d.]+)", Printer, "Xerox", 90),
    row(0, "Xerox", r"^Xerox(?:\(R\))? (?<model>[^;]+)", Printer, "Xerox", 86),
    row(0, "version", r"^(?<vendor>Lexmark|Dell|IBM|Toshiba) (?<model>[\w ]+?) version (?<firmware>\S+) kernel", Printer, "", 88),
    row(0, "Lexmark", r"^Lexmark (?:International )?(?<model>[A-Z]+\d+\w*)", Printer, "Lexmark", 80),
    row(0, "Laser Printer", r"^Dell (?<model>\S+) Laser Printer", Printer, "Dell", 86),
    row(0, "Dell ", r"^Dell (?<model>\w*\d{4}\w*(?: Color| Laser| MFP)*(?: Printer)?);", Printer, "Dell", 80),
    row(0, "Brother NC", r"^Brother NC-\S+, Firmware Ver\.(?<firmware>\S+)", Printer, "Brother", 76),
    row(0, "Canon", r"^Canon (?<model>\S[^/;]+?)(?: /P| /|;|$)", Printer, "Canon", 84),
    row(0, "EPSON ", r"^EPSON (?:Built-in|.*Print Server)", Printer, "Epson", 84),
    row(0, "EPSON Network Projector", r"EPSON Network Projector", Projector, "Epson", 94),
    row(0, "Scan Server", r"EPSON .*Scan Server", Other, "Epson", 84),
    row(0, "EPSON ", r"^EPSON (?<model>(?:ET|WF|XP|AL|SC|AM|EW)-\S+)", Printer, "Epson", 84),
    row(0, "OKI ", r"^OKI (?:OkiLAN \S+|(?<model>[A-Z]+\d\S+))", Printer, "OKI", 80),
    row(0, "ZebraNet", r"ZebraNet", Printer, "Zebra", 86),
    row(0, "Zebra ", r"^Zebra (?:Technologies )?(?<model>Z\S+)", Printer, "Zebra", 80),
    row(0, "Pantum", r"Pantum (?<model>\S+)", Printer, "Pantum", 84),
    // IEEE 1284 device identifiers: keys and values with semicolons.
    of("IEEE1284", "", r"(?:MFG|MANUFACTURER): ?(?<vendor>[^;]+);", Printer, "", 70),
    of("IEEE1284", "", r"(?:MDL|MODEL): ?(?<model>[^;]+);", Printer, "", 78),
    of("IEEE1284", "", r"(?:SN|SERN|SERIALNUMBER): ?(?<serial>[^;]+);", Printer, "", 74),
    // What the host resources table calls the printer: maker, model, and sometimes a firmware or a serial after a semicolon.
    of("hrPrinter", "", r"^(?<vendor>HP|Hewlett-Packard|Brother|Canon|KYOCERA|Kyocera|Lexmark|RICOH|Ricoh|Xerox|FUJI XEROX|FUJIFILM|KONICA MINOLTA|Konica Minolta|SHARP|Sharp|Samsung|TOSHIBA|EPSON|Epson|OKI|Dell|Zebra|LANIER|SAVIN|NRG|Gestetner|UTAX|TA Triumph-Adler|Develop|Olivetti|Pantum|Sindoh) ", Printer, "", 80),
    of("hrPrinter", "", r"^(?<model>[^;/]+?)(?: series)?\s*(?:$|;| / | \[)", Printer, "", 82),
    of("hrPrinter", ";", r";.*?(?:S/N|SN:?|Serial) ?(?<serial>[A-Z0-9]{6,})", Printer, "", 60),
    of("hrPrinter", ";", r"; *(?:System |ESS|Net |Network |V)?(?<firmware>\d+\.\d+[\d.]*)", Printer, "", 50),
];

//! Enterprise objects of printers.
//!
//! Numbers in [`super::Whom::Makers`] are IANA private enterprise numbers. Printers that fill the Printer-MIB well need no row here.

use super::{Group, Object, group};

/// Printers, by maker.
pub const PRINTING: &[Group] = &[
    group(
        "HP-LASERJET-COMMON-MIB and JetDirect",
        &[11],
        "1.3.6.1.4.1.11.2.3.9",
        &[
            Object::one("gdStatusId", "1.1.7"),
            Object::one("hpModelNumber", "4.2.1.1.3.2"),
            Object::one("hpSerialNumber", "4.2.1.1.3.3"),
            Object::one("hpFwRomDatecode", "4.2.1.1.3.5"),
            Object::one("hpFwRomRevision", "4.2.1.1.3.6"),
        ],
    ),
    group(
        "BROTHER-MIB",
        &[2435],
        "1.3.6.1.4.1.2435.2.3.9",
        &[Object::one("brDeviceId", "1.1.7"), Object::one("brInfoSerialNumber", "4.2.1.5.5.1"), Object::one("brInfoMainFirmware", "4.2.1.5.5.17")],
    ),
    group(
        "CANON-MIB",
        &[1602],
        "1.3.6.1.4.1.1602.1",
        &[Object::one("canProductName", "1.1.1"), Object::one("canProductVersion", "1.1.4"), Object::one("canSerialNumber", "2.1.8.1.3.1.1")],
    ),
    group(
        "EPSON objects",
        &[1248],
        "1.3.6.1.4.1.1248",
        &[
            Object::one("epsonScannerSerial", "1.1.3.1.1.1"),
            Object::one("epsonScannerFirmware", "1.1.3.1.21.1.1.2"),
            Object::one("epsonModel", "1.2.2.1.1.1.2"),
            Object::one("epsonFirmware", "1.2.2.2.1.1.2"),
            Object::one("epsonSerial", "1.2.2.1.1.1.5"),
            Object::one("epsonProjectorModel", "4.1.1.1.1"),
            Object::one("epsonProjectorSerial", "4.1.1.1.2"),
        ],
    ),
    group(
        "RICOH-Private-MIB (Ricoh, Lanier, Savin, NRG)",
        &[367],
        "1.3.6.1.4.1.367.3.2.1",
        &[
            Object::one("ricohSysName", "1.1.1"),
            Object::one("ricohSysVers", "1.1.2"),
            Object::one("ricohSysOemID", "1.1.7"),
            Object::one("ricohEngSerialNumber", "2.1.4"),
            Object::one("ricohEngTotalPages", "2.19.1").moving("page_count", 1.0),
        ],
    ),
    group(
        "Konica Minolta (Develop)",
        &[18334],
        "1.3.6.1.4.1.18334.1.1.1.1.6",
        &[Object::one("kmFirmware", "1"), Object::one("kmProductName", "2.1")],
    ),
    group(
        "KYOCERA-Private-MIB",
        &[1347],
        "1.3.6.1.4.1.1347.43.5",
        &[Object::one("kcProductName", "1.1.1"), Object::one("kcSerialNumber", "1.1.28"), Object::rows("kcFirmwareVersion", "4.1.5", 3)],
    ),
    group(
        "LEXMARK-MPS-MIB and Lexmark printer objects",
        &[641],
        "1.3.6.1.4.1.641",
        &[
            Object::one("lexPrinterModel", "2.1.2.1.2"),
            Object::one("lexPrinterFirmware", "2.1.2.1.4"),
            Object::one("lexPrinterSerial", "2.1.2.1.6"),
            Object::one("lexMpsModel", "6.2.3.1.4"),
            Object::one("lexMpsSerial", "6.2.3.1.5"),
        ],
    ),
    group(
        "XEROX-GENERAL-MIB and host resources extension",
        &[253],
        "1.3.6.1.4.1.253.8",
        &[Object::one("xcmGenBaseSerialNumber", "53.3.2.1.3"), Object::one("xcmHrDevDetail", "53.13.2.1.6")],
    ),
    group(
        "OKI printer objects",
        &[2001],
        "1.3.6.1.4.1.2001.1.1.1.1",
        &[Object::one("okiSerialNumber", "11.1.10.45"), Object::one("okiAssetSerial", "11.1.10.25")],
    ),
    group(
        "SAMSUNG-PRINTER-EXT-MIB",
        &[236],
        "1.3.6.1.4.1.236.11.5.1",
        &[
            Object::one("scmModelName", "1.1.1"),
            Object::one("scmFirmwareVersion", "1.1.2"),
            Object::one("scmSerialNumber", "1.1.4"),
            Object::one("scmDeviceId", "2.3.1"),
        ],
    ),
    group("SHARP printer objects", &[2385], "1.3.6.1.4.1.2385.2.1.1", &[Object::one("sharpFirmware", "2.1.2")]),
    group(
        "TOSHIBATEC printer objects",
        &[1129],
        "1.3.6.1.4.1.1129.2.3.50.1",
        &[Object::one("toshibaSerialNumber", "2.2.1.2"), Object::one("toshibaFirmware", "2.4.1.2")],
    ),
    group(
        "ZEBRA (ESI print server and printer)",
        &[683, 10642],
        "1.3.6.1.4.1",
        &[
            Object::one("esiSerialNumber", "683.1.5"),
            Object::one("esiFirmware", "683.1.9"),
            Object::one("zbrModel", "10642.1.1"),
            Object::one("zbrFirmware", "10642.1.2"),
            Object::one("zbrSerialNumber", "10642.200.19.5"),
        ],
    ),
];

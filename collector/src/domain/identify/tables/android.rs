//! Model codes of Android and ChromeOS devices: `SM-T510`, `Lenovo TB-X606F`, `Pixel 4a`.
//!
//! Comes in: a model as Android's `Build.MODEL`, management systems, Google Cast and certificates tell it. Goes out: maker, kind, system, and
//! the name as sold. Sources: the makers' support pages and Google's public list of devices that Play supports, for what schools buy and pupils carry;
//! the makers' own ways of making up codes for all others. Absent on purpose: variants by operator and memory.

use super::shape::has_shape;
use super::vendors;
use crate::domain::kind::Kind::{self, *};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a model code tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded<'a> {
    /// Maker.
    pub vendor: Cow<'a, str>,
    /// What it is.
    pub kind: Kind,
    /// The name as sold, else the code.
    pub model: Cow<'a, str>,
    /// What runs on it.
    pub os: &'static str,
    /// How surely, 0–100.
    pub confidence: u8,
}

/// Maker, kind, how its codes begin, and for endings (several with blanks between) the name as sold. A code may go on after its ending.
type Line = (&'static str, Kind, &'static str, &'static [(&'static str, &'static str)]);

#[rustfmt::skip]
const NAMES: &[Line] = &[
    ("Samsung", Tablet, "SM-T", &[
        ("110 111", "Galaxy Tab3 Lite"), ("113 116", "Galaxy Tab3 VE 7.0"), ("210 211 215 217", "Galaxy Tab3 7.0"), ("310 311 315", "Galaxy Tab3 8.0"), ("230 231 232 235 237 239", "Galaxy Tab4 7.0"), ("330 331 335 337", "Galaxy Tab4 8.0"), ("530 531 533 535 537", "Galaxy Tab4 10.1"), ("320 321 325", "Galaxy Tab Pro 8.4"), ("520 525", "Galaxy Tab Pro 10.1"), ("900 905", "Galaxy Tab Pro 12.2"),
        ("700 705 707", "Galaxy Tab S 8.4"), ("800 801 805 807", "Galaxy Tab S 10.5"), ("710 713 715 719", "Galaxy Tab S2 8.0"), ("810 813 815 817 818 819", "Galaxy Tab S2 9.7"), ("820 825 827", "Galaxy Tab S3"), ("830 835 837", "Galaxy Tab S4"), ("720 725 727", "Galaxy Tab S5e"), ("860 865 866 867", "Galaxy Tab S6"), ("870 875", "Galaxy Tab S7"), ("876 878", "Galaxy Tab S7 5G"), ("970 975", "Galaxy Tab S7+"), ("976 978", "Galaxy Tab S7+ 5G"), ("730 733 735", "Galaxy Tab S7 FE"), ("736 737 738", "Galaxy Tab S7 FE 5G"),
        ("280 285", "Galaxy Tab A (2016, 7.0)"), ("350 355 357", "Galaxy Tab A 8.0"), ("550 555", "Galaxy Tab A 9.7"), ("580 583 585 587", "Galaxy Tab A (2016, 10.1)"), ("380 385", "Galaxy Tab A (2017, 8.0)"), ("387", "Galaxy Tab A (2018, 8.0)"), ("590 595 597", "Galaxy Tab A (2018, 10.5)"), ("510 515 517", "Galaxy Tab A (2019, 10.1)"), ("290 295 297", "Galaxy Tab A (2019, 8.0)"), ("307", "Galaxy Tab A (2020, 8.4)"), ("500 503 505 507 509", "Galaxy Tab A7"), ("220 225 227", "Galaxy Tab A7 Lite"),
        ("560 561 562 565 567", "Galaxy Tab E"), ("375 377 378", "Galaxy Tab E 8.0"), ("360 365", "Galaxy Tab Active"), ("390 395 397", "Galaxy Tab Active2"), ("540 545 547", "Galaxy Tab Active Pro"), ("570 575 577", "Galaxy Tab Active3"), ("630 636 638", "Galaxy Tab Active4 Pro"), ("670 677", "Galaxy View"), ("927", "Galaxy View2"),
    ]),
    ("Samsung", Tablet, "SM-X", &[
        ("110 115 117", "Galaxy Tab A9"), ("210 216 218", "Galaxy Tab A9+"), ("130 133 135 136", "Galaxy Tab A11"), ("230 236", "Galaxy Tab A11+"), ("200 205 207", "Galaxy Tab A8"), ("300 306 308", "Galaxy Tab Active5"), ("350 356", "Galaxy Tab Active5 Pro"), ("400 406", "Galaxy Tab S10 Lite"), ("510", "Galaxy Tab S9 FE"), ("516", "Galaxy Tab S9 FE 5G"), ("610", "Galaxy Tab S9 FE+"), ("616", "Galaxy Tab S9 FE+ 5G"), ("520 526", "Galaxy Tab S10 FE"), ("620 626", "Galaxy Tab S10 FE+"),
        ("700", "Galaxy Tab S8"), ("706 708", "Galaxy Tab S8 5G"), ("800", "Galaxy Tab S8+"), ("806 808", "Galaxy Tab S8+ 5G"), ("900", "Galaxy Tab S8 Ultra"), ("906 908", "Galaxy Tab S8 Ultra 5G"), ("710", "Galaxy Tab S9"), ("716 718", "Galaxy Tab S9 5G"), ("810", "Galaxy Tab S9+"), ("816 818", "Galaxy Tab S9+ 5G"), ("910", "Galaxy Tab S9 Ultra"), ("916 918", "Galaxy Tab S9 Ultra 5G"), ("820", "Galaxy Tab S10+"), ("826 828", "Galaxy Tab S10+ 5G"), ("920", "Galaxy Tab S10 Ultra"), ("926", "Galaxy Tab S10 Ultra 5G"), ("730 736", "Galaxy Tab S11"), ("930 936", "Galaxy Tab S11 Ultra"),
    ]),
    ("Samsung", Tablet, "SM-P", &[("350 355", "Galaxy Tab A 8.0"), ("550 555", "Galaxy Tab A 9.7"), ("580 583 585 587 588", "Galaxy Tab A (2016, 10.1)"), ("200 205", "Galaxy Tab A (2019, 8.0)"), ("600 601 605 607", "Galaxy Note 10.1 2014 Edition"), ("610 613 615 617 619 620 625", "Galaxy Tab S6 Lite"), ("900 901 905 907", "Galaxy Note Pro 12.2")]),
    ("Samsung", Tablet, "GT-P", &[("1000 1010", "Galaxy Tab"), ("3100 3110 3113", "Galaxy Tab 2 7.0"), ("5100 5110 5113", "Galaxy Tab 2 10.1"), ("5200 5210 5220", "Galaxy Tab3 10.1"), ("6200 6201 6210", "Galaxy Tab 7.0 Plus"), ("6800 6810", "Galaxy Tab 7.7"), ("7300 7310 7320", "Galaxy Tab 8.9"), ("7500 7501 7510 7511", "Galaxy Tab 10.1")]),
    ("Samsung", Tablet, "GT-N", &[("8000 8005 8010 8013 8020", "Galaxy Note 10.1"), ("5100 5110 5120", "Galaxy Note 8.0")]),
    ("Samsung", Phone, "GT-", &[("N7000", "Galaxy Note"), ("N7100 N7105", "Galaxy Note 2"), ("I9000", "Galaxy S"), ("I9100", "Galaxy S2"), ("I9300 I9305", "Galaxy S3"), ("I9500 I9505 I9506 I9515", "Galaxy S4"), ("I9190 I9195", "Galaxy S4 mini"), ("I8190", "Galaxy S3 mini")]),
    ("Samsung", Phone, "SM-G", &[
        ("900", "Galaxy S5"), ("920", "Galaxy S6"), ("925", "Galaxy S6 Edge"), ("928", "Galaxy S6 Edge+"), ("930", "Galaxy S7"), ("935", "Galaxy S7 Edge"), ("950", "Galaxy S8"), ("955", "Galaxy S8+"), ("960", "Galaxy S9"), ("965", "Galaxy S9+"), ("970", "Galaxy S10e"), ("973", "Galaxy S10"), ("975", "Galaxy S10+"), ("977", "Galaxy S10 5G"), ("980", "Galaxy S20"), ("981", "Galaxy S20 5G"), ("985", "Galaxy S20+"), ("986", "Galaxy S20+ 5G"), ("988", "Galaxy S20 Ultra 5G"), ("780", "Galaxy S20 FE"), ("781", "Galaxy S20 FE 5G"), ("991", "Galaxy S21 5G"), ("996", "Galaxy S21+ 5G"), ("998", "Galaxy S21 Ultra 5G"), ("990", "Galaxy S21 FE 5G"), ("770", "Galaxy S10 Lite"),
        ("525", "Galaxy XCover 5"), ("390", "Galaxy XCover 4"), ("398", "Galaxy XCover 4s"), ("715", "Galaxy XCover Pro"), ("736", "Galaxy XCover6 Pro"), ("556", "Galaxy XCover7"), ("388", "Galaxy XCover 3"), ("530", "Galaxy Grand Prime"), ("531", "Galaxy Grand Prime VE"), ("360", "Galaxy Core Prime"), ("850", "Galaxy Alpha"), ("800", "Galaxy S5 mini"),
    ]),
    ("Samsung", Phone, "SM-S", &[("901", "Galaxy S22"), ("906", "Galaxy S22+"), ("908", "Galaxy S22 Ultra"), ("911", "Galaxy S23"), ("916", "Galaxy S23+"), ("918", "Galaxy S23 Ultra"), ("711", "Galaxy S23 FE"), ("921", "Galaxy S24"), ("926", "Galaxy S24+"), ("928", "Galaxy S24 Ultra"), ("721", "Galaxy S24 FE"), ("931", "Galaxy S25"), ("936", "Galaxy S25+"), ("937", "Galaxy S25 Edge"), ("938", "Galaxy S25 Ultra"), ("731", "Galaxy S25 FE")]),
    ("Samsung", Phone, "SM-N", &[("9005 900", "Galaxy Note3"), ("910", "Galaxy Note4"), ("920", "Galaxy Note5"), ("950", "Galaxy Note8"), ("960", "Galaxy Note9"), ("970", "Galaxy Note10"), ("975", "Galaxy Note10+"), ("770", "Galaxy Note10 Lite"), ("980", "Galaxy Note20"), ("981", "Galaxy Note20 5G"), ("985", "Galaxy Note20 Ultra"), ("986", "Galaxy Note20 Ultra 5G")]),
    ("Samsung", Phone, "SM-F", &[("900", "Galaxy Fold"), ("916", "Galaxy Z Fold2 5G"), ("926", "Galaxy Z Fold3 5G"), ("936", "Galaxy Z Fold4"), ("946", "Galaxy Z Fold5"), ("956", "Galaxy Z Fold6"), ("966", "Galaxy Z Fold7"), ("700", "Galaxy Z Flip"), ("707", "Galaxy Z Flip 5G"), ("711", "Galaxy Z Flip3 5G"), ("721", "Galaxy Z Flip4"), ("731", "Galaxy Z Flip5"), ("741", "Galaxy Z Flip6"), ("766", "Galaxy Z Flip7")]),
    ("Samsung", Phone, "SM-J", &[("100", "Galaxy J1"), ("110", "Galaxy J1 Ace"), ("120", "Galaxy J1 (2016)"), ("200", "Galaxy J2"), ("250", "Galaxy J2 Pro"), ("260", "Galaxy J2 Core"), ("320", "Galaxy J3 (2016)"), ("330", "Galaxy J3 (2017)"), ("337", "Galaxy J3 (2018)"), ("400", "Galaxy J4"), ("415", "Galaxy J4+"), ("500", "Galaxy J5"), ("510", "Galaxy J5 (2016)"), ("530", "Galaxy J5 (2017)"), ("600", "Galaxy J6"), ("610", "Galaxy J6+"), ("700", "Galaxy J7"), ("710", "Galaxy J7 (2016)"), ("730", "Galaxy J7 (2017)")]),
    ("Samsung", Phone, "SM-A", &[
        ("300", "Galaxy A3"), ("310", "Galaxy A3 (2016)"), ("320", "Galaxy A3 (2017)"), ("500", "Galaxy A5"), ("510", "Galaxy A5 (2016)"), ("520", "Galaxy A5 (2017)"), ("530", "Galaxy A8 (2018)"), ("600", "Galaxy A6"), ("605", "Galaxy A6+"), ("6050 9200", "Galaxy A9 Star Lite"), ("700", "Galaxy A7"), ("710", "Galaxy A7 (2016)"), ("720", "Galaxy A7 (2017)"), ("730", "Galaxy A8+ (2018)"), ("750", "Galaxy A7 (2018)"), ("800", "Galaxy A8"), ("920", "Galaxy A9 (2018)"),
        ("013", "Galaxy A01 Core"), ("015", "Galaxy A01"), ("022", "Galaxy A02"), ("025", "Galaxy A02s"), ("032", "Galaxy A03 Core"), ("035", "Galaxy A03"), ("037", "Galaxy A03s"), ("042", "Galaxy A04e"), ("045", "Galaxy A04"), ("047", "Galaxy A04s"), ("055", "Galaxy A05"), ("057", "Galaxy A05s"), ("065", "Galaxy A06"), ("066", "Galaxy A06 5G"), ("075", "Galaxy A07"), ("102", "Galaxy A10e"), ("105", "Galaxy A10"), ("107", "Galaxy A10s"), ("115", "Galaxy A11"), ("125 127", "Galaxy A12"), ("135 137", "Galaxy A13"), ("136", "Galaxy A13 5G"), ("145", "Galaxy A14"), ("146", "Galaxy A14 5G"), ("155", "Galaxy A15"), ("156", "Galaxy A15 5G"), ("165", "Galaxy A16"), ("166", "Galaxy A16 5G"), ("175", "Galaxy A17"), ("176", "Galaxy A17 5G"),
        ("202", "Galaxy A20e"), ("205", "Galaxy A20"), ("207", "Galaxy A20s"), ("215", "Galaxy A21"), ("217", "Galaxy A21s"), ("225", "Galaxy A22"), ("226", "Galaxy A22 5G"), ("235", "Galaxy A23"), ("236", "Galaxy A23 5G"), ("245", "Galaxy A24"), ("256", "Galaxy A25 5G"), ("266", "Galaxy A26 5G"), ("305", "Galaxy A30"), ("307", "Galaxy A30s"), ("315", "Galaxy A31"), ("325", "Galaxy A32"), ("326", "Galaxy A32 5G"), ("336", "Galaxy A33 5G"), ("346", "Galaxy A34 5G"), ("356", "Galaxy A35 5G"), ("366", "Galaxy A36 5G"), ("405", "Galaxy A40"), ("415", "Galaxy A41"), ("426", "Galaxy A42 5G"), ("505", "Galaxy A50"), ("507", "Galaxy A50s"), ("515", "Galaxy A51"), ("516", "Galaxy A51 5G"), ("525", "Galaxy A52"), ("526", "Galaxy A52 5G"), ("528", "Galaxy A52s 5G"), ("536", "Galaxy A53 5G"), ("546", "Galaxy A54 5G"), ("556", "Galaxy A55 5G"), ("566", "Galaxy A56 5G"),
        ("606", "Galaxy A60"), ("705", "Galaxy A70"), ("707", "Galaxy A70s"), ("715", "Galaxy A71"), ("716", "Galaxy A71 5G"), ("725", "Galaxy A72"), ("736", "Galaxy A73 5G"), ("805", "Galaxy A80"), ("908", "Galaxy A90 5G"),
    ]),
    ("Lenovo", Tablet, "TB-", &[
        ("7104", "Tab E7"), ("7304", "TAB 7 Essential"), ("7305", "Tab M7"), ("7306", "Tab M7 (3rd Gen)"), ("7504", "TAB 7"), ("8304F1", "Tab E8"), ("8304", "TAB 8"), ("8504", "TAB4 8"), ("8704", "TAB4 8 Plus"), ("8505", "Tab M8"), ("8506", "Tab M8 (3rd Gen)"), ("8705", "Tab M8 FHD"), ("8703", "TAB3 8 Plus"), ("X103", "TAB 10"), ("X104", "Tab E10"), ("X304", "TAB4 10"), ("X704", "TAB4 10 Plus"), ("X505", "Tab M10 (HD)"), ("X605", "Tab M10"), ("X606", "Tab M10 FHD Plus"), ("X306", "Tab M10 HD (2nd Gen)"), ("X705", "Tab P10"), ("X6C6", "Tab K10"), ("J606", "Tab P11"), ("J607Z", "Tab P11 5G"), ("J616", "Tab P11 Plus"), ("J706", "Tab P11 Pro"), ("J716", "Tab P11 Pro (2nd Gen)"), ("Q706", "Tab P12 Pro"),
    ]),
    ("Lenovo", Tablet, "TB", &[("125 128", "Tab M10 Plus 3rd Gen"), ("328", "Tab M10 (3rd Gen)"), ("300", "Tab M8 (4th Gen)"), ("310", "Tab M9"), ("330 331", "Tab M11"), ("350", "Tab P11 (2nd Gen)"), ("132 138", "Tab P11 Pro (2nd Gen)"), ("370 371", "Tab P12"), ("351", "Tab Plus"), ("311", "Tab"), ("336", "Idea Tab"), ("373", "Idea Tab Pro"), ("320", "Legion Tab"), ("2-X30", "TAB 2 A10-30"), ("-8803", "TAB3 8"), ("-7703", "PHAB"), ("3-710", "TAB3 7 Essential"), ("3-730", "TAB3 7"), ("3-850", "TAB3 8"), ("3-X70", "TAB3 10 Business")]),
    ("Lenovo", Tablet, "YT", &[("3-850", "YOGA Tab 3 8"), ("3-X50", "YOGA Tab 3 10"), ("3-X90", "YOGA Tab 3 Pro 10"), ("-X703", "YOGA Tab 3 Plus"), ("-X705", "Yoga Smart Tab"), ("-J706", "Yoga Tab 11"), ("-K606", "Yoga Tab 13"), ("2-830", "YOGA Tablet 2 8"), ("2-1050", "YOGA Tablet 2 10")]),
    ("Lenovo", Tablet, "", &[("A3300", "A7-30"), ("A3500", "A7-50"), ("A5500", "A8-50"), ("A7600", "A10-70"), ("S6000", "S6000"), ("B6000", "YOGA Tablet 8"), ("B8000", "YOGA Tablet 10"), ("B8080", "YOGA Tablet 10 HD+"), ("S8-50", "TAB S8")]),
    ("Huawei", Tablet, "", &[
        ("SCMR- SCM-", "MatePad 10.8"),
        ("AGS-", "MediaPad T3 10"), ("AGS2-", "MediaPad T5"), ("AGS3-", "MatePad T 10s"), ("AGR-", "MatePad T 10"), ("AGS5-", "MatePad SE 10.4"), ("BAH-", "MediaPad M3 Lite 10"), ("BAH2-", "MediaPad M5 lite"), ("BAH3-", "MatePad 10.4"), ("BAH4-", "MatePad 10.4 (2022)"), ("BTV-", "MediaPad M3 8.4"), ("CPN-", "MediaPad M3 lite 8"), ("CMR-AL19 CMR-W19", "MediaPad M5 Pro"), ("CMR-AL09 CMR-W09", "MediaPad M5 10.8"), ("SHT-", "MediaPad M5 8.4"), ("JDN2-", "MediaPad M5 lite 8"), ("KOB-", "MediaPad T3 8"), ("KOB2-", "MatePad T8"), ("BG2-", "MediaPad T3 7"), ("BGO-", "MediaPad T2 7.0"), ("FDR-A", "MediaPad T2 10.0 Pro"), ("HDN-", "MediaPad M3 Lite 10 wp"), ("MRX-", "MatePad Pro"), ("WGR-", "MatePad Pro 12.6"), ("DBY-", "MatePad 11"), ("DBR-", "MatePad 11 (2023)"), ("BTK-", "MatePad 11.5"),
        ("T1-701 T1-702", "MediaPad T1 7.0"), ("T1-821 T1-823", "MediaPad T1 8.0"), ("T1-A21 T1-A22 T1-A23", "MediaPad T1 10"), ("S7-7", "MediaPad 7 Youth2"), ("S8-7", "MediaPad M1 8.0"), ("S8-301 S8-303 S8-306", "MediaPad M1 8.0"), ("S10-2", "MediaPad 10 Link+"), ("S10-1", "MediaPad 10 FHD"), ("M2-80", "MediaPad M2 8.0"), ("M2-A01", "MediaPad M2 10.0"),
    ]),
    ("Huawei", Phone, "", &[("ELE-", "P30"), ("VOG-", "P30 Pro"), ("MAR-", "P30 lite"), ("CLT-", "P20 Pro"), ("EML-", "P20"), ("ANE-", "P20 lite"), ("LYA-", "Mate 20 Pro"), ("HMA-", "Mate 20"), ("SNE-", "Mate 20 lite"), ("ALP-", "Mate 10"), ("BLA-", "Mate 10 Pro"), ("RNE-", "Mate 10 lite"), ("VTR-", "P10"), ("VKY-", "P10 Plus"), ("WAS-", "P10 lite"), ("EVA-", "P9"), ("VIE-", "P9 Plus"), ("VNS-", "P9 lite"), ("PRA-", "P8 lite 2017"), ("FIG-", "P smart"), ("POT-", "P smart 2019"), ("STK-", "P smart Z"), ("ANA-", "P40"), ("ELS-", "P40 Pro"), ("JNY-", "P40 lite"), ("TAS-", "Mate 30"), ("LIO-", "Mate 30 Pro"), ("NOH-", "Mate 40 Pro"), ("DUB-", "Y7 2019"), ("MRD-", "Y6 2019"), ("AMN-", "Y5 2019"), ("ATU-", "Y6 2018"), ("MHA-", "Mate 9"), ("LON-", "Mate 9 Pro"), ("NXT-", "Mate 8"), ("CRR-", "Mate S"), ("GRA-", "P8"), ("ALE-", "P8 lite"), ("PIC-", "nova 2"), ("PAR-", "nova 3"), ("VCE-", "nova 4"), ("JKM-", "Y9 2019"), ("FLA-", "Y9 2018"), ("LDN-", "Y7 2018"), ("TRT-", "Y7 2017"), ("MYA-", "Y6 2017"), ("CAM-", "Y6 II"), ("DRA-", "Y5 2018"), ("CUN-", "Y5 II")]),
    ("Sony", Tablet, "SGP", &[("31 321 341 351", "Xperia Tablet Z"), ("51 52 54 55 56", "Xperia Z2 Tablet"), ("61 62 64", "Xperia Z3 Tablet Compact"), ("71 77", "Xperia Z4 Tablet")]),
    ("Sony", Phone, "", &[
        ("C6602 C6603", "Xperia Z"), ("C6902 C6903", "Xperia Z1"), ("D5503", "Xperia Z1 Compact"), ("D6502 D6503", "Xperia Z2"), ("D6603 D6633 D6653", "Xperia Z3"), ("D5803 D5833", "Xperia Z3 Compact"), ("E6603 E6653 E6633 E6683", "Xperia Z5"), ("E5803 E5823", "Xperia Z5 Compact"), ("E6853 E6883", "Xperia Z5 Premium"), ("E6553", "Xperia Z3+"), ("F5121 F5122", "Xperia X"), ("F5321", "Xperia X Compact"), ("F8131 F8132", "Xperia X Performance"), ("F8331 F8332", "Xperia XZ"), ("F3111 F3112", "Xperia XA"), ("F3211", "Xperia XA Ultra"), ("F3311", "Xperia E5"), ("G3121 G3112 G3116", "Xperia XA1"), ("G3311 G3312", "Xperia L1"), ("G8141 G8142", "Xperia XZ Premium"), ("G8231 G8232", "Xperia XZs"), ("G8341 G8342", "Xperia XZ1"), ("G8441", "Xperia XZ1 Compact"),
        ("H3113 H4113", "Xperia XA2"), ("H3311 H4311", "Xperia L2"), ("H8216 H8266", "Xperia XZ2"), ("H8314 H8324", "Xperia XZ2 Compact"), ("H8416 H9436 H9493", "Xperia XZ3"), ("I3312 I4312", "Xperia L3"), ("I3113 I4113", "Xperia 10"), ("I3213 I4213", "Xperia 10 Plus"), ("J8110 J9110", "Xperia 1"), ("J8210 J9210", "Xperia 5"), ("D2004 D2005", "Xperia E1"), ("D2104 D2105 D2114", "Xperia E1 dual"), ("D2302 D2303 D2305 D2306", "Xperia M2"), ("D2202 D2203", "Xperia E3"), ("D5102 D5103", "Xperia T3"), ("E2303 E2306 E2353", "Xperia M4 Aqua"), ("E5603 E5606 E5653", "Xperia M5"), ("E2104 E2105", "Xperia E4"), ("C1904 C1905", "Xperia M"),
        ("XQ-AT", "Xperia 1 II"), ("XQ-AU", "Xperia 10 II"), ("XQ-AS", "Xperia 5 II"), ("XQ-BC", "Xperia 1 III"), ("XQ-BT", "Xperia 10 III"), ("XQ-BQ", "Xperia 5 III"), ("XQ-CT", "Xperia 1 IV"), ("XQ-CC", "Xperia 10 IV"), ("XQ-CQ", "Xperia 5 IV"), ("XQ-DQ", "Xperia 1 V"), ("XQ-DC", "Xperia 10 V"), ("XQ-DE", "Xperia 5 V"), ("XQ-EC", "Xperia 1 VI"), ("XQ-ES", "Xperia 10 VI"),
    ]),
    ("LG", Tablet, "LG-V", &[("400", "G Pad 7.0"), ("410 411", "G Pad 7.0 LTE"), ("480", "G Pad 8.0"), ("490", "G Pad 8.0 LTE"), ("497 498", "G Pad II 8.0"), ("500 510", "G Pad 8.3"), ("700", "G Pad 10.1"), ("930 935 940", "G Pad II 10.1"), ("520 521", "G Pad X 8.0"), ("607", "G Pad IV 8.0")]),
    ("LG", Tablet, "LM-T", &[("600 605", "G Pad 5 10.1")]),
    ("LG", Tablet, "", &[("VK700 LG-VK700", "G Pad 10.1 LTE"), ("VK810 LG-VK810", "G Pad 8.3 LTE"), ("VK815 LG-VK815", "G Pad X 8.3"), ("LGLK430", "G Pad F7.0"), ("LGLK460", "G Pad F2 8.0")]),
    ("LG", Phone, "LG-", &[("D802", "G2"), ("D855", "G3"), ("H815", "G4"), ("H850", "G5"), ("H870", "G6"), ("D722", "G3 s"), ("H930", "V30")]),
    ("ASUS", Tablet, "", &[
        ("K00C", "Transformer Pad (TF701T)"), ("K00E", "Fonepad 7 (ME372CG)"), ("K00F", "MeMO Pad 10 (ME102A)"), ("K00L", "MeMO Pad 8 (ME180A)"), ("K00U", "MeMO Pad HD 7 (ME173X)"), ("K00Z", "Fonepad 7 (ME175CG)"), ("K010E", "Transformer Pad (TF103CE)"), ("K010", "Transformer Pad (TF103C)"), ("K011", "MeMO Pad 8 (ME181C)"), ("K012", "Fonepad 7 (FE170CG)"), ("K013", "MeMO Pad 7 (ME176C)"), ("K014", "Transformer Pad (TF303CL)"), ("K016", "Fonepad 8 (FE380CG)"), ("K017", "MeMO Pad 7 (ME170C)"), ("K018", "Transformer Pad (TF103CG)"), ("K01A", "MeMO Pad 7 (ME70C)"), ("K01B", "Transformer Pad (TF303K)"), ("K01E", "MeMO Pad 10 (ME103K)"), ("K01H", "MeMO Pad 8 (ME581C)"),
        ("P008", "ZenPad 3 8.0"), ("P00A", "ZenPad 8.0 (Z380M)"), ("P00C", "ZenPad 10 (Z300M)"), ("P00I", "ZenPad Z10"), ("P01MA", "ZenPad S 8.0 (Z580CA)"), ("P01M", "ZenPad S 8.0 (Z580C)"), ("P01V", "ZenPad 7.0 (Z370CG)"), ("P01W", "ZenPad 7.0 (Z370C)"), ("P01Y P01Z", "ZenPad C 7.0"), ("P021", "ZenPad 10 (Z300CG)"), ("P022", "ZenPad 8.0 (Z380C)"), ("P023", "ZenPad 10 (Z300C)"), ("P024", "ZenPad 8.0 (Z380KL)"), ("P027", "ZenPad 3S 10 (Z500M)"), ("P028", "ZenPad 10 (Z301M)"),
        ("TF101", "Transformer Pad TF101"), ("TF201", "Transformer Prime TF201"), ("TF300 300", "Transformer Pad"), ("TF700", "Transformer Pad Infinity"), ("ME173", "MeMO Pad HD 7"),
    ]),
    ("Acer", Tablet, "", &[
        ("A1-724", "Iconia TalkTab 7"), ("A1-713", "Iconia Tab 7"), ("A1-81 A1-83", "Iconia A1"), ("A1-84 A1-85 A1-86", "Iconia Tab 8"), ("A3-A10 A3-A11", "Iconia A3"), ("A3-A20 A3-A21 A3-A30 A3-A40 A3-A50", "Iconia Tab 10"), ("B1-7", "Iconia One 7"), ("B1-8", "Iconia One 8"), ("B3-A", "Iconia One 10"), ("A100 A101", "Iconia Tab A100"), ("A200", "Iconia Tab A200"), ("A210 A211", "Iconia Tab A210"), ("A500", "Iconia Tab A500"), ("A501", "Iconia Tab A501"), ("A510 A511", "Iconia Tab A510"), ("A700 A701", "Iconia Tab A700"),
    ]),
    ("Amazon", Tablet, "KF", &[("OT", "Kindle Fire (2nd Gen)"), ("TT", "Kindle Fire HD 7"), ("SOWI", "Kindle Fire HD 7 (3rd Gen)"), ("THW", "Kindle Fire HDX 7"), ("APW", "Kindle Fire HDX 8.9"), ("FOWI", "Fire (5th Gen)"), ("MEWI", "Fire HD 8 (5th Gen)"), ("TBWI", "Fire HD 10 (5th Gen)"), ("GIWI", "Fire HD 8 (6th Gen)"), ("AUWI", "Fire 7 (7th Gen)"), ("DOWI", "Fire HD 8 (7th Gen)"), ("SUWI", "Fire HD 10 (7th Gen)"), ("KAWI", "Fire HD 8 (8th Gen)"), ("MUWI", "Fire 7 (9th Gen)"), ("MAWI", "Fire HD 10 (9th Gen)"), ("ONWI", "Fire HD 8 (10th Gen)"), ("TRWI", "Fire HD 10 (11th Gen)"), ("TRPWI", "Fire HD 10 Plus (11th Gen)"), ("QUWI", "Fire 7 (12th Gen)"), ("RAWI", "Fire HD 8 (12th Gen)"), ("TUWI", "Fire HD 10 (13th Gen)"), ("SNWI", "Fire Max 11")]),
    ("Xiaomi", Tablet, "2", &[("1051182", "Pad 5"), ("2081283", "Redmi Pad"), ("3043RP34", "Pad 6"), ("3073RPBF", "Redmi Pad SE"), ("405CRPFD", "Redmi Pad Pro")]),
];

/// How makers make up codes, where no name is known: the shape (see `shape`), the maker, the kind, how surely. The first that fits counts.
#[rustfmt::skip]
const SHAPES: &[(&str, &str, Kind, u8)] = &[
    ("SM-T##*", "Samsung", Tablet, 84), ("SM-X##*", "Samsung", Tablet, 84), ("SM-P##*", "Samsung", Tablet, 84), ("SM-R##*", "Samsung", Other, 80), ("SM-L##*", "Samsung", Other, 80), ("SM-W##*", "Samsung", Unknown, 70), ("SM-@##*", "Samsung", Phone, 84), ("GT-P#*", "Samsung", Tablet, 80), ("GT-N8*", "Samsung", Tablet, 80), ("GT-@#*", "Samsung", Phone, 82), ("SGH-@#*", "Samsung", Phone, 66), ("SCH-@#*", "Samsung", Phone, 66), ("SPH-@#*", "Samsung", Phone, 66), ("SHV-@#*", "Samsung", Phone, 66),
    ("TB-?#*", "Lenovo", Tablet, 84), ("TB-??#*", "Lenovo", Tablet, 82), ("TB#-*", "Lenovo", Tablet, 80), ("TB###*", "Lenovo", Tablet, 80), ("YT#-*", "Lenovo", Tablet, 80), ("YT-?#*", "Lenovo", Tablet, 80),
    ("@@@-W##*", "Huawei", Tablet, 76), ("@@@#-W##*", "Huawei", Tablet, 76), ("@@@#-L##*", "Huawei", Unknown, 60), ("@@@-L##*", "Huawei", Phone, 60), ("@@@-LX#*", "Huawei", Phone, 66), ("@@@-AL##*", "Huawei", Phone, 60), ("@@@-TL##*", "Huawei", Phone, 60), ("@@@-UL##*", "Huawei", Phone, 60), ("@@@-NX#*", "Honor", Phone, 60),
    ("SGP###*", "Sony", Tablet, 84), ("C####", "Sony", Phone, 50), ("D####", "Sony", Phone, 60), ("E####", "Sony", Phone, 60), ("F####", "Sony", Phone, 60), ("G####", "Sony", Phone, 60), ("H####", "Sony", Phone, 60), ("I####", "Sony", Phone, 60), ("J####", "Sony", Phone, 60), ("XQ-@@##*", "Sony", Phone, 84), ("SO-##@", "Sony", Phone, 70), ("SOV##", "Sony", Phone, 70), ("Xperia *", "Sony", Phone, 70),
    ("LG-VK###*", "LG", Tablet, 66), ("LG-V4##*", "LG", Tablet, 74), ("LG-V5##*", "LG", Tablet, 74), ("VK###*", "LG", Tablet, 60), ("LGLK###*", "LG", Tablet, 66), ("LM-T###*", "LG", Tablet, 76), ("LG-@*", "LG", Phone, 80), ("LM-@*", "LG", Phone, 80), ("LGM-@*", "LG", Phone, 80),
    ("K0##", "ASUS", Tablet, 70), ("K0#@", "ASUS", Tablet, 70), ("K00@", "ASUS", Tablet, 70), ("P0##", "ASUS", Tablet, 66), ("P0#@", "ASUS", Tablet, 70), ("P00@", "ASUS", Tablet, 70), ("P0#@@", "ASUS", Tablet, 66), ("P0##_#*", "ASUS", Tablet, 70), ("TF###*", "ASUS", Tablet, 70), ("ME###*", "ASUS", Tablet, 66), ("ASUS_@###*", "ASUS", Phone, 74), ("ASUS_X##*", "ASUS", Phone, 74), ("ASUS_Z##*", "ASUS", Phone, 74), ("ASUS_AI####*", "ASUS", Phone, 74), ("ZenPad*", "ASUS", Tablet, 80), ("Transformer *", "ASUS", Tablet, 76), ("MeMO Pad*", "ASUS", Tablet, 76),
    ("A#-?##*", "Acer", Tablet, 74), ("B#-?##*", "Acer", Tablet, 74), ("ACTAB*", "Acer", Tablet, 78), ("Iconia*", "Acer", Tablet, 78),
    ("KF@@WI", "Amazon", Tablet, 84), ("KF@@@WI", "Amazon", Tablet, 84), ("KF@@WA", "Amazon", Tablet, 80), ("AFT@*", "Amazon", Other, 84),
    ("CPH####", "Oppo", Phone, 84), ("OPD####", "Oppo", Tablet, 80), ("RMX####", "Realme", Phone, 84), ("RMP####", "Realme", Tablet, 84), ("XT####*", "Motorola", Phone, 84), ("TA-####", "Nokia", Phone, 76), ("ONEPLUS A####", "OnePlus", Phone, 84), ("KB20##", "OnePlus", Phone, 66), ("LE21##", "OnePlus", Phone, 66), ("V####A", "Vivo", Phone, 60), ("V2###", "Vivo", Phone, 60), ("M####?#*", "Xiaomi", Phone, 66), ("2######@@", "Xiaomi", Unknown, 66), ("2#######@", "Xiaomi", Unknown, 66), ("2#######@@", "Xiaomi", Unknown, 66), ("2###@@@##@", "Xiaomi", Unknown, 66), ("2####????@", "Xiaomi", Unknown, 60), ("2####??????@", "Xiaomi", Unknown, 60),
];

/// Names that are their own words: how they begin (lower case), the maker, the kind, the system.
#[rustfmt::skip]
const WORDS: &[(&str, &str, Kind, &str)] = &[
    ("pixel tablet", "Google", Tablet, "Android"), ("pixel c", "Google", Tablet, "Android"), ("pixel slate", "Google", Tablet, "ChromeOS"), ("pixelbook", "Google", Laptop, "ChromeOS"), ("pixel watch", "Google", Other, "Wear OS"), ("pixel ", "Google", Phone, "Android"), ("nexus 7", "Google", Tablet, "Android"), ("nexus 9", "Google", Tablet, "Android"), ("nexus 10", "Google", Tablet, "Android"), ("nexus player", "Google", Other, "Android"), ("nexus ", "Google", Phone, "Android"),
    ("galaxy tab", "Samsung", Tablet, "Android"), ("galaxy note 10.1", "Samsung", Tablet, "Android"), ("galaxy ", "Samsung", Phone, "Android"), ("mi pad", "Xiaomi", Tablet, "Android"), ("xiaomi pad", "Xiaomi", Tablet, "Android"), ("redmi pad", "Xiaomi", Tablet, "Android"), ("poco pad", "Xiaomi", Tablet, "Android"), ("mi tv", "Xiaomi", Display, "Android"), ("mitv", "Xiaomi", Display, "Android"), ("mi box", "Xiaomi", Other, "Android"), ("mibox", "Xiaomi", Other, "Android"), ("redmi ", "Xiaomi", Phone, "Android"), ("mi ", "Xiaomi", Phone, "Android"), ("poco ", "Xiaomi", Phone, "Android"),
    ("tab 2 ", "Lenovo", Tablet, "Android"), ("2 a7-", "Lenovo", Tablet, "Android"), ("2 a8-", "Lenovo", Tablet, "Android"), ("lenovo tab", "Lenovo", Tablet, "Android"), ("lenovo yoga tab", "Lenovo", Tablet, "Android"), ("lenovo 2 a", "Lenovo", Tablet, "Android"), ("lenovo a10-", "Lenovo", Tablet, "Android"), ("lenovo a7600", "Lenovo", Tablet, "Android"), ("lenovo b6000", "Lenovo", Tablet, "Android"), ("lenovo b8000", "Lenovo", Tablet, "Android"), ("yoga tab", "Lenovo", Tablet, "Android"), ("yoga smart tab", "Lenovo", Tablet, "Android"), ("idea tab", "Lenovo", Tablet, "Android"), ("lenovo a", "Lenovo", Phone, "Android"), ("lenovo k", "Lenovo", Phone, "Android"), ("lenovo p", "Lenovo", Phone, "Android"),
    ("matepad", "Huawei", Tablet, "Android"), ("mediapad", "Huawei", Tablet, "Android"), ("honor pad", "Honor", Tablet, "Android"), ("honor ", "Honor", Phone, "Android"), ("nokia t10", "Nokia", Tablet, "Android"), ("nokia t20", "Nokia", Tablet, "Android"), ("nokia t21", "Nokia", Tablet, "Android"), ("nokia ", "Nokia", Phone, "Android"), ("moto tab", "Motorola", Tablet, "Android"), ("moto ", "Motorola", Phone, "Android"), ("motorola ", "Motorola", Phone, "Android"), ("oneplus pad", "OnePlus", Tablet, "Android"), ("oneplus ", "OnePlus", Phone, "Android"), ("realme pad", "Realme", Tablet, "Android"), ("realme ", "Realme", Phone, "Android"), ("oppo pad", "Oppo", Tablet, "Android"), ("vivo ", "Vivo", Phone, "Android"), ("htc ", "HTC", Phone, "Android"), ("xperia tablet", "Sony", Tablet, "Android"), ("fairphone", "Fairphone", Phone, "Android"), ("fp3", "Fairphone", Phone, "Android"), ("fp4", "Fairphone", Phone, "Android"), ("fp5", "Fairphone", Phone, "Android"),
    ("core-t", "Crosscall", Tablet, "Android"), ("core-x", "Crosscall", Phone, "Android"), ("core-m", "Crosscall", Phone, "Android"), ("stellar-", "Crosscall", Phone, "Android"), ("crosscall ", "Crosscall", Phone, "Android"), ("sqool", "Unowhy", Tablet, "Android"), ("unowhy sqool", "Unowhy", Tablet, "Android"), ("wiko ", "Wiko", Phone, "Android"), ("w_", "Wiko", Phone, "Android"), ("tcl tab", "TCL", Tablet, "Android"), ("alcatel ", "Alcatel", Phone, "Android"), ("lifetab", "Medion", Tablet, "Android"), ("venue ", "Dell", Tablet, "Android"), ("hp slate", "HP", Tablet, "Android"), ("slate 7", "HP", Tablet, "Android"), ("slate 10", "HP", Tablet, "Android"), ("hp 10 ", "HP", Tablet, "Android"), ("shield tablet", "NVIDIA", Tablet, "Android"), ("shield android tv", "NVIDIA", Other, "Android"), ("bravia", "Sony", Display, "Android"), ("chromecast", "Google", Other, ""),
];

/// Screens of Archos from this number on (tenths of an inch below 100, inches and tenths above) are tablets'.
const ARCHOS_TABLETS_FROM: u32 = 70;

/// Names of codes, folded, with the maker and the kind.
static BY_CODE: LazyLock<HashMap<String, (&'static str, Kind, &'static str)>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for (vendor, kind, begin, names) in NAMES {
        for (codes, name) in *names {
            for code in codes.split(' ') {
                all.insert(format!("{begin}{code}").to_ascii_lowercase(), (*vendor, *kind, *name));
            }
        }
    }
    all
});

/// Longest and shortest code that is looked up.
const MAX_CODE_BYTES: usize = 64;
const MIN_CODE_BYTES: usize = 4;

/// What a model tells; nothing where it has no known shape.
pub fn coded(text: &str) -> Option<Coded<'_>> {
    let text = text.trim();
    if text.len() > MAX_CODE_BYTES || !text.is_ascii() {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if lower.contains("chromebook") || lower.contains("chromebox") || lower.contains("chromebase") {
        return Some(chrome(text, &lower));
    }
    let said = vendors::known(text);
    let code = said.map_or(text, |vendor| vendors::without_vendor(text, vendor));
    archos(text, &lower)
        .or_else(|| by_name(code, said))
        .or_else(|| by_name(code.rsplit(' ').next()?, said))
        .or_else(|| by_words(text, code, &lower, said))
        .or_else(|| by_shape(code, said))
}

/// Chromebooks bear their own name, before or after their maker's.
fn chrome<'a>(text: &'a str, lower: &str) -> Coded<'a> {
    let vendor = vendors::known(text).unwrap_or_default();
    let kind = if lower.contains("chromebook") { Laptop } else { Desktop };
    Coded { vendor: vendor.into(), kind, model: vendors::without_vendor(text, vendor).into(), os: "ChromeOS", confidence: 86 }
}

/// Archos writes its name and the screen's size.
fn archos<'a>(text: &'a str, lower: &str) -> Option<Coded<'a>> {
    let rest = lower.strip_prefix("archos ")?;
    let size: String = rest.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let kind = match size.parse::<u32>() {
        Ok(size) if size >= ARCHOS_TABLETS_FROM => Tablet,
        Ok(_) => Phone,
        Err(_) => Unknown,
    };
    Some(Coded { vendor: "Archos".into(), kind, model: text.into(), os: "Android", confidence: 80 })
}

/// The longest beginning of a code that has a name; a maker who is named before it must be the same.
fn by_name<'a>(code: &'a str, said: Option<&str>) -> Option<Coded<'a>> {
    let lower = code.to_ascii_lowercase();
    let ends = (MIN_CODE_BYTES..=lower.len().min(12)).rev();
    let (vendor, kind, name, end) =
        ends.filter_map(|end| BY_CODE.get(&lower[..end]).map(|(vendor, kind, name)| (*vendor, *kind, *name, end))).next()?;
    // A code goes on with letters of its variant, not with another number: `A100` is no beginning of `A1000`.
    let goes_on =
        lower[end..].bytes().next().is_some_and(|c| c.is_ascii_digit()) && lower[..end].bytes().next_back().is_some_and(|c| c.is_ascii_digit());
    let shifted = goes_on && !lower[..end].contains('-') && vendor != "Sony";
    let agrees = said.is_none_or(|said| said == vendor);
    (agrees && !shifted).then(|| Coded { vendor: vendor.into(), kind, model: name.into(), os: "Android", confidence: 88 })
}

fn by_words<'a>(text: &'a str, code: &'a str, lower: &str, said: Option<&str>) -> Option<Coded<'a>> {
    let code_lower = code.to_ascii_lowercase();
    let begins = |word: &str| lower.starts_with(word) || code_lower.starts_with(word);
    let (_, vendor, kind, os) = WORDS.iter().find(|(word, vendor, ..)| begins(word) && said.is_none_or(|said| said == *vendor))?;
    Some(Coded { vendor: (*vendor).into(), kind: *kind, model: text.into(), os, confidence: 80 })
}

fn by_shape<'a>(code: &'a str, said: Option<&str>) -> Option<Coded<'a>> {
    let fits = |(shape, vendor, ..): &&(&str, &str, Kind, u8)| said.is_none_or(|said| said == *vendor) && has_shape(code, shape);
    let (_, vendor, kind, confidence) = SHAPES.iter().find(fits)?;
    Some(Coded { vendor: (*vendor).into(), kind: *kind, model: code.into(), os: "Android", confidence: *confidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Kind, &str)>) {
        let found = coded(text);
        assert_eq!(found.as_ref().map(|coded| (&*coded.vendor, coded.kind, &*coded.model)), expected, "{text}");
    }

    #[test]
    fn codes_have_names() {
        check("SM-T510", Some(("Samsung", Tablet, "Galaxy Tab A (2019, 10.1)")));
        check("sm-x200", Some(("Samsung", Tablet, "Galaxy Tab A8")));
        check("Samsung SM-T733", Some(("Samsung", Tablet, "Galaxy Tab S7 FE")));
        check("SM-A546B", Some(("Samsung", Phone, "Galaxy A54 5G")));
        check("Lenovo TB-X606F", Some(("Lenovo", Tablet, "Tab M10 FHD Plus")));
        check("TB310FU", Some(("Lenovo", Tablet, "Tab M9")));
        check("AGS2-W09", Some(("Huawei", Tablet, "MediaPad T5")));
        check("KFMAWI", Some(("Amazon", Tablet, "Fire HD 10 (9th Gen)")));
        check("P028", Some(("ASUS", Tablet, "ZenPad 10 (Z301M)")));
    }

    #[test]
    fn codes_without_a_name_have_a_maker_and_a_kind() {
        check("SM-X999Z", Some(("Samsung", Tablet, "SM-X999Z")));
        check("SM-M127F", Some(("Samsung", Phone, "SM-M127F")));
        check("Lenovo TB-9999X", Some(("Lenovo", Tablet, "TB-9999X")));
        check("XYZ-W09", Some(("Huawei", Tablet, "XYZ-W09")));
        check("CPH2269", Some(("Oppo", Phone, "CPH2269")));
        check("moto g(30)", Some(("Motorola", Phone, "moto g(30)")));
        check("Archos 101d Platinum", Some(("Archos", Tablet, "Archos 101d Platinum")));
        check("Archos 50 Helium", Some(("Archos", Phone, "Archos 50 Helium")));
        check("HP Chromebook 11 G8 EE", Some(("HP", Laptop, "Chromebook 11 G8 EE")));
        check("Asus Chromebox 4", Some(("ASUS", Desktop, "Chromebox 4")));
    }

    #[test]
    fn what_has_no_known_shape_says_nothing() {
        for text in ["", "tablet", "EB-685Wi", "K0", "SM-", "P-028", "modèle", "TB-", "Lenovo SM-T510", "A1000"] {
            check(text, None);
        }
    }

    #[test]
    fn no_code_has_two_names() {
        let told: usize = NAMES.iter().flat_map(|(.., names)| names.iter()).map(|(codes, _)| codes.split(' ').count()).sum();
        assert_eq!(BY_CODE.len(), told);
    }
}

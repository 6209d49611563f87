//! Apple's identifiers and the names under which the things are sold; versions of macOS by what `_device-info._tcp` tells.
//!
//! Comes in: an identifier (`iPad12,1`) or a board's (`J181AP`), as DNS-SD, AirPlay and DHCP clients tell them. Goes out: model, kind,
//! system. Sources: Apple's support pages "Identify your iPad model" and its kin for the names, public lists of identifiers for the
//! numbers. Where one identifier was sold twice, the name holds what both have in common. Absent on purpose: colours and sizes of storage,
//! which no identifier tells.
//!
//! File servers pose as Apple's (Samba's and netatalk's defaults are `MacSamba`, `Xserve` and `TimeCapsule…`), so these say little.

use crate::domain::kind::Kind::{self, *};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What an identifier tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product<'a> {
    /// Name as sold, else the identifier itself.
    pub model: &'a str,
    /// What it is.
    pub kind: Kind,
    /// What runs on it; empty where no system of Apple's is named so.
    pub os: &'static str,
    /// How surely, 0–100.
    pub confidence: u8,
}

/// A family of identifiers: how they begin, what such things are, what runs on them, how surely.
struct Family(&'static str, Kind, &'static str, u8);

/// Families; `Mac13` and later say by their name only whether they are carried.
#[rustfmt::skip]
const FAMILIES: &[Family] = &[
    Family("iPad", Tablet, "iPadOS", 92), Family("iPhone", Phone, "iOS", 92), Family("iPod", Other, "iOS", 90), Family("AppleTV", Other, "tvOS", 90), Family("AudioAccessory", Other, "audioOS", 90), Family("Watch", Other, "watchOS", 90), Family("RealityDevice", Other, "visionOS", 90),
    Family("MacBookPro", Laptop, "macOS", 92), Family("MacBookAir", Laptop, "macOS", 92), Family("MacBook", Laptop, "macOS", 92), Family("PowerBook", Laptop, "macOS", 88), Family("iMacPro", Desktop, "macOS", 92), Family("iMac", Desktop, "macOS", 92), Family("Macmini", Desktop, "macOS", 92), Family("MacPro", Desktop, "macOS", 92), Family("PowerMac", Desktop, "macOS", 88), Family("VirtualMac", Unknown, "macOS", 88), Family("Mac", Unknown, "macOS", 90),
    Family("Xserve", Server, "macOS", 44), Family("RackMac", Server, "macOS", 44), Family("AirPort", AccessPoint, "", 70), Family("TimeCapsule", AccessPoint, "", 44),
];

/// The last identifiers on which iOS, not iPadOS, is the last system: iPad Air, iPad mini 3 and before.
const LAST_IPAD_WITH_IOS: u32 = 4;

/// Family, numbers, boards, name.
type Row = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const PRODUCTS: &[Row] = &[
    ("iPad", "1,1", "K48AP", "iPad"), ("iPad", "2,1 2,2 2,3 2,4", "K93AP K94AP K95AP K93AAP", "iPad 2"), ("iPad", "3,1 3,2 3,3", "J1AP J2AP J2aAP", "iPad (3rd generation)"), ("iPad", "3,4 3,5 3,6", "P101AP P102AP P103AP", "iPad (4th generation)"),
    ("iPad", "6,11 6,12", "J71sAP J71tAP J72sAP J72tAP", "iPad (5th generation)"), ("iPad", "7,5 7,6", "J71bAP J72bAP", "iPad (6th generation)"), ("iPad", "7,11 7,12", "J171AP J172AP", "iPad (7th generation)"), ("iPad", "11,6 11,7", "J171aAP J172aAP", "iPad (8th generation)"), ("iPad", "12,1 12,2", "J181AP J182AP", "iPad (9th generation)"), ("iPad", "13,18 13,19", "J271AP J272AP", "iPad (10th generation)"), ("iPad", "15,7 15,8", "J481AP J482AP", "iPad (A16)"),
    ("iPad", "2,5 2,6 2,7", "P105AP P106AP P107AP", "iPad mini"), ("iPad", "4,4 4,5 4,6", "J85AP J86AP J87AP", "iPad mini 2"), ("iPad", "4,7 4,8 4,9", "J85mAP J86mAP J87mAP", "iPad mini 3"), ("iPad", "5,1 5,2", "J96AP J97AP", "iPad mini 4"), ("iPad", "11,1 11,2", "J210AP J211AP", "iPad mini (5th generation)"), ("iPad", "14,1 14,2", "J310AP J311AP", "iPad mini (6th generation)"), ("iPad", "16,1 16,2", "J410AP J411AP", "iPad mini (A17 Pro)"),
    ("iPad", "4,1 4,2 4,3", "J71AP J72AP J73AP", "iPad Air"), ("iPad", "5,3 5,4", "J81AP J82AP", "iPad Air 2"), ("iPad", "11,3 11,4", "J217AP J218AP", "iPad Air (3rd generation)"), ("iPad", "13,1 13,2", "J307AP J308AP", "iPad Air (4th generation)"), ("iPad", "13,16 13,17", "J407AP J408AP", "iPad Air (5th generation)"), ("iPad", "14,8 14,9", "J507AP J508AP", "iPad Air 11-inch (M2)"), ("iPad", "14,10 14,11", "J537AP J538AP", "iPad Air 13-inch (M2)"), ("iPad", "15,3 15,4", "J607AP J608AP", "iPad Air 11-inch (M3)"), ("iPad", "15,5 15,6", "J637AP J638AP", "iPad Air 13-inch (M3)"),
    ("iPad", "6,3 6,4", "J127AP J128AP", "iPad Pro (9.7-inch)"), ("iPad", "7,3 7,4", "J207AP J208AP", "iPad Pro (10.5-inch)"), ("iPad", "8,1 8,2 8,3 8,4", "J317AP J317xAP J318AP J318xAP", "iPad Pro (11-inch)"), ("iPad", "8,9 8,10", "J417AP J418AP", "iPad Pro (11-inch) (2nd generation)"), ("iPad", "13,4 13,5 13,6 13,7", "J517AP J517xAP J518AP J518xAP", "iPad Pro (11-inch) (3rd generation)"), ("iPad", "14,3 14,4", "J617AP J618AP", "iPad Pro (11-inch) (4th generation)"), ("iPad", "16,3 16,4", "J717AP J718AP", "iPad Pro 11-inch (M4)"), ("iPad", "17,1 17,2", "J817AP J818AP", "iPad Pro 11-inch (M5)"),
    ("iPad", "6,7 6,8", "J98aAP J99aAP", "iPad Pro (12.9-inch)"), ("iPad", "7,1 7,2", "J120AP J121AP", "iPad Pro (12.9-inch) (2nd generation)"), ("iPad", "8,5 8,6 8,7 8,8", "J320AP J320xAP J321AP J321xAP", "iPad Pro (12.9-inch) (3rd generation)"), ("iPad", "8,11 8,12", "J420AP J421AP", "iPad Pro (12.9-inch) (4th generation)"), ("iPad", "13,8 13,9 13,10 13,11", "J522AP J522xAP J523AP J523xAP", "iPad Pro (12.9-inch) (5th generation)"), ("iPad", "14,5 14,6", "J620AP J621AP", "iPad Pro (12.9-inch) (6th generation)"), ("iPad", "16,5 16,6", "J720AP J721AP", "iPad Pro 13-inch (M4)"), ("iPad", "17,3 17,4", "J820AP J821AP", "iPad Pro 13-inch (M5)"),
    ("iPhone", "1,1", "M68AP", "iPhone"), ("iPhone", "1,2", "N82AP", "iPhone 3G"), ("iPhone", "2,1", "N88AP", "iPhone 3GS"), ("iPhone", "3,1 3,2 3,3", "N90AP N90BAP N92AP", "iPhone 4"), ("iPhone", "4,1", "N94AP", "iPhone 4s"), ("iPhone", "5,1 5,2", "N41AP N42AP", "iPhone 5"), ("iPhone", "5,3 5,4", "N48AP N49AP", "iPhone 5c"), ("iPhone", "6,1 6,2", "N51AP N53AP", "iPhone 5s"), ("iPhone", "7,2", "N61AP", "iPhone 6"), ("iPhone", "7,1", "N56AP", "iPhone 6 Plus"), ("iPhone", "8,1", "N71AP N71mAP", "iPhone 6s"), ("iPhone", "8,2", "N66AP N66mAP", "iPhone 6s Plus"),
    ("iPhone", "8,4", "N69AP N69uAP", "iPhone SE (1st generation)"), ("iPhone", "9,1 9,3", "D10AP D101AP", "iPhone 7"), ("iPhone", "9,2 9,4", "D11AP D111AP", "iPhone 7 Plus"), ("iPhone", "10,1 10,4", "D20AP D20aAP D201AP D201aAP", "iPhone 8"), ("iPhone", "10,2 10,5", "D21AP D21aAP D211AP D211aAP", "iPhone 8 Plus"), ("iPhone", "10,3 10,6", "D22AP D221AP", "iPhone X"), ("iPhone", "11,2", "D321AP", "iPhone XS"), ("iPhone", "11,4 11,6", "D331AP D331pAP", "iPhone XS Max"), ("iPhone", "11,8", "N841AP", "iPhone XR"),
    ("iPhone", "12,1", "N104AP", "iPhone 11"), ("iPhone", "12,3", "D421AP", "iPhone 11 Pro"), ("iPhone", "12,5", "D431AP", "iPhone 11 Pro Max"), ("iPhone", "12,8", "D79AP", "iPhone SE (2nd generation)"), ("iPhone", "13,1", "D52gAP", "iPhone 12 mini"), ("iPhone", "13,2", "D53gAP", "iPhone 12"), ("iPhone", "13,3", "D53pAP", "iPhone 12 Pro"), ("iPhone", "13,4", "D54pAP", "iPhone 12 Pro Max"), ("iPhone", "14,4", "D16AP", "iPhone 13 mini"), ("iPhone", "14,5", "D17AP", "iPhone 13"), ("iPhone", "14,2", "D63AP", "iPhone 13 Pro"), ("iPhone", "14,3", "D64AP", "iPhone 13 Pro Max"),
    ("iPhone", "14,6", "D49AP", "iPhone SE (3rd generation)"), ("iPhone", "14,7", "D27AP", "iPhone 14"), ("iPhone", "14,8", "D28AP", "iPhone 14 Plus"), ("iPhone", "15,2", "D73AP", "iPhone 14 Pro"), ("iPhone", "15,3", "D74AP", "iPhone 14 Pro Max"), ("iPhone", "15,4", "D37AP", "iPhone 15"), ("iPhone", "15,5", "D38AP", "iPhone 15 Plus"), ("iPhone", "16,1", "D83AP", "iPhone 15 Pro"), ("iPhone", "16,2", "D84AP", "iPhone 15 Pro Max"), ("iPhone", "17,3", "D47AP", "iPhone 16"), ("iPhone", "17,4", "D48AP", "iPhone 16 Plus"), ("iPhone", "17,1", "D93AP", "iPhone 16 Pro"), ("iPhone", "17,2", "D94AP", "iPhone 16 Pro Max"), ("iPhone", "17,5", "V59AP", "iPhone 16e"),
    ("iPhone", "18,3", "V57AP", "iPhone 17"), ("iPhone", "18,1", "V53AP", "iPhone 17 Pro"), ("iPhone", "18,2", "V54AP", "iPhone 17 Pro Max"), ("iPhone", "18,4", "D23AP", "iPhone Air"),
    ("iPod", "1,1", "N45AP", "iPod touch (1st generation)"), ("iPod", "2,1", "N72AP", "iPod touch (2nd generation)"), ("iPod", "3,1", "N18AP", "iPod touch (3rd generation)"), ("iPod", "4,1", "N81AP", "iPod touch (4th generation)"), ("iPod", "5,1", "N78AP N78aAP", "iPod touch (5th generation)"), ("iPod", "7,1", "N102AP", "iPod touch (6th generation)"), ("iPod", "9,1", "N112AP", "iPod touch (7th generation)"),
    ("AppleTV", "1,1", "", "Apple TV (1st generation)"), ("AppleTV", "2,1", "K66AP", "Apple TV (2nd generation)"), ("AppleTV", "3,1 3,2", "J33AP J33IAP", "Apple TV (3rd generation)"), ("AppleTV", "5,3", "J42dAP", "Apple TV HD"), ("AppleTV", "6,2", "J105aAP", "Apple TV 4K (1st generation)"), ("AppleTV", "11,1", "J305AP", "Apple TV 4K (2nd generation)"), ("AppleTV", "14,1", "J255AP", "Apple TV 4K (3rd generation)"),
    ("AudioAccessory", "1,1 1,2", "B238AP B238aAP", "HomePod"), ("AudioAccessory", "5,1", "B520AP", "HomePod mini"), ("AudioAccessory", "6,1", "B620AP", "HomePod (2nd generation)"), ("RealityDevice", "14,1", "N301AP", "Apple Vision Pro"),
    // Macs with Apple's processors.
    ("MacBookAir", "10,1", "J313AP", "MacBook Air (M1, 2020)"), ("Mac", "14,2", "J413AP", "MacBook Air (M2, 2022)"), ("Mac", "14,15", "J415AP", "MacBook Air (15-inch, M2, 2023)"), ("Mac", "15,12", "J613AP", "MacBook Air (13-inch, M3, 2024)"), ("Mac", "15,13", "J615AP", "MacBook Air (15-inch, M3, 2024)"), ("Mac", "16,12", "J713AP", "MacBook Air (13-inch, M4, 2025)"), ("Mac", "16,13", "J715AP", "MacBook Air (15-inch, M4, 2025)"),
    ("MacBookPro", "17,1", "J293AP", "MacBook Pro (13-inch, M1, 2020)"), ("MacBookPro", "18,3 18,4", "J314sAP J314cAP", "MacBook Pro (14-inch, 2021)"), ("MacBookPro", "18,1 18,2", "J316sAP J316cAP", "MacBook Pro (16-inch, 2021)"), ("Mac", "14,7", "J493AP", "MacBook Pro (13-inch, M2, 2022)"), ("Mac", "14,5 14,9", "J414cAP J414sAP", "MacBook Pro (14-inch, 2023)"), ("Mac", "14,6 14,10", "J416cAP J416sAP", "MacBook Pro (16-inch, 2023)"), ("Mac", "15,3", "J504AP", "MacBook Pro (14-inch, Nov 2023, M3)"), ("Mac", "15,6 15,8 15,10", "J514sAP J514cAP J514mAP", "MacBook Pro (14-inch, Nov 2023, M3 Pro or M3 Max)"), ("Mac", "15,7 15,9 15,11", "J516sAP J516cAP J516mAP", "MacBook Pro (16-inch, Nov 2023)"),
    ("Mac", "16,1", "J604AP", "MacBook Pro (14-inch, 2024, M4)"), ("Mac", "16,6 16,8", "J614cAP J614sAP", "MacBook Pro (14-inch, 2024, M4 Pro or M4 Max)"), ("Mac", "16,5 16,7", "J616cAP J616sAP", "MacBook Pro (16-inch, 2024)"), ("Mac", "17,2", "J704AP", "MacBook Pro (14-inch, M5)"),
    ("Macmini", "9,1", "J274AP", "Mac mini (M1, 2020)"), ("Mac", "14,3 14,12", "J473AP J474sAP", "Mac mini (2023)"), ("Mac", "16,10 16,11", "J773gAP J773sAP", "Mac mini (2024)"), ("iMac", "21,1 21,2", "J456AP J457AP", "iMac (24-inch, M1, 2021)"), ("Mac", "15,4", "J433AP", "iMac (24-inch, 2023, Two ports)"), ("Mac", "15,5", "J434AP", "iMac (24-inch, 2023, Four ports)"), ("Mac", "16,2", "J623AP", "iMac (24-inch, 2024, Two ports)"), ("Mac", "16,3", "J624AP", "iMac (24-inch, 2024, Four ports)"),
    ("Mac", "13,1 13,2", "J375cAP J375dAP", "Mac Studio (2022)"), ("Mac", "14,13 14,14", "J475cAP J475dAP", "Mac Studio (2023)"), ("Mac", "15,14 16,9", "J575dAP J575cAP", "Mac Studio (2025)"), ("Mac", "14,8", "J180dAP", "Mac Pro (2023)"),
    // Macs with Intel's.
    ("MacBook", "1,1", "", "MacBook (13-inch, 2006)"), ("MacBook", "2,1", "", "MacBook (13-inch)"), ("MacBook", "3,1", "", "MacBook (13-inch, Late 2007)"), ("MacBook", "4,1", "", "MacBook (13-inch, 2008)"), ("MacBook", "5,1", "", "MacBook (13-inch, Aluminum, Late 2008)"), ("MacBook", "5,2", "", "MacBook (13-inch, 2009)"), ("MacBook", "6,1", "", "MacBook (13-inch, Late 2009)"), ("MacBook", "7,1", "", "MacBook (13-inch, Mid 2010)"), ("MacBook", "8,1", "", "MacBook (Retina, 12-inch, Early 2015)"), ("MacBook", "9,1", "", "MacBook (Retina, 12-inch, Early 2016)"), ("MacBook", "10,1", "", "MacBook (Retina, 12-inch, 2017)"),
    ("MacBookAir", "1,1", "", "MacBook Air (13-inch, Early 2008)"), ("MacBookAir", "2,1", "", "MacBook Air (13-inch)"), ("MacBookAir", "3,1", "", "MacBook Air (11-inch, Late 2010)"), ("MacBookAir", "3,2", "", "MacBook Air (13-inch, Late 2010)"), ("MacBookAir", "4,1", "", "MacBook Air (11-inch, Mid 2011)"), ("MacBookAir", "4,2", "", "MacBook Air (13-inch, Mid 2011)"), ("MacBookAir", "5,1", "", "MacBook Air (11-inch, Mid 2012)"), ("MacBookAir", "5,2", "", "MacBook Air (13-inch, Mid 2012)"), ("MacBookAir", "6,1", "", "MacBook Air (11-inch)"), ("MacBookAir", "6,2", "", "MacBook Air (13-inch)"), ("MacBookAir", "7,1", "", "MacBook Air (11-inch, Early 2015)"), ("MacBookAir", "7,2", "", "MacBook Air (13-inch)"), ("MacBookAir", "8,1", "", "MacBook Air (Retina, 13-inch, 2018)"), ("MacBookAir", "8,2", "", "MacBook Air (Retina, 13-inch, 2019)"), ("MacBookAir", "9,1", "", "MacBook Air (Retina, 13-inch, 2020)"),
    ("MacBookPro", "1,1", "", "MacBook Pro (15-inch, 2006)"), ("MacBookPro", "1,2", "", "MacBook Pro (17-inch, 2006)"), ("MacBookPro", "2,1", "", "MacBook Pro (17-inch, Late 2006)"), ("MacBookPro", "2,2", "", "MacBook Pro (15-inch, Late 2006)"), ("MacBookPro", "3,1", "", "MacBook Pro (2007)"), ("MacBookPro", "4,1", "", "MacBook Pro (Early 2008)"), ("MacBookPro", "5,1", "", "MacBook Pro (15-inch, Late 2008)"), ("MacBookPro", "5,2", "", "MacBook Pro (17-inch)"), ("MacBookPro", "5,3", "", "MacBook Pro (15-inch, Mid 2009)"), ("MacBookPro", "5,4", "", "MacBook Pro (15-inch, 2.53 GHz, Mid 2009)"), ("MacBookPro", "5,5", "", "MacBook Pro (13-inch, Mid 2009)"), ("MacBookPro", "6,1", "", "MacBook Pro (17-inch, Mid 2010)"), ("MacBookPro", "6,2", "", "MacBook Pro (15-inch, Mid 2010)"), ("MacBookPro", "7,1", "", "MacBook Pro (13-inch, Mid 2010)"),
    ("MacBookPro", "8,1", "", "MacBook Pro (13-inch)"), ("MacBookPro", "8,2", "", "MacBook Pro (15-inch)"), ("MacBookPro", "8,3", "", "MacBook Pro (17-inch)"), ("MacBookPro", "9,1", "", "MacBook Pro (15-inch, Mid 2012)"), ("MacBookPro", "9,2", "", "MacBook Pro (13-inch, Mid 2012)"), ("MacBookPro", "10,1", "", "MacBook Pro (Retina, 15-inch)"), ("MacBookPro", "10,2", "", "MacBook Pro (Retina, 13-inch)"), ("MacBookPro", "11,1", "", "MacBook Pro (Retina, 13-inch)"), ("MacBookPro", "11,2 11,3", "", "MacBook Pro (Retina, 15-inch)"), ("MacBookPro", "11,4 11,5", "", "MacBook Pro (Retina, 15-inch, Mid 2015)"), ("MacBookPro", "12,1", "", "MacBook Pro (Retina, 13-inch, Early 2015)"),
    ("MacBookPro", "13,1", "", "MacBook Pro (13-inch, 2016, Two Thunderbolt 3 ports)"), ("MacBookPro", "13,2", "", "MacBook Pro (13-inch, 2016, Four Thunderbolt 3 ports)"), ("MacBookPro", "13,3", "", "MacBook Pro (15-inch, 2016)"), ("MacBookPro", "14,1", "", "MacBook Pro (13-inch, 2017, Two Thunderbolt 3 ports)"), ("MacBookPro", "14,2", "", "MacBook Pro (13-inch, 2017, Four Thunderbolt 3 ports)"), ("MacBookPro", "14,3", "", "MacBook Pro (15-inch, 2017)"), ("MacBookPro", "15,1", "", "MacBook Pro (15-inch)"), ("MacBookPro", "15,2", "", "MacBook Pro (13-inch)"), ("MacBookPro", "15,3", "", "MacBook Pro (15-inch, 2019)"), ("MacBookPro", "15,4", "", "MacBook Pro (13-inch, 2019, Two Thunderbolt 3 ports)"), ("MacBookPro", "16,1 16,4", "", "MacBook Pro (16-inch, 2019)"), ("MacBookPro", "16,2", "", "MacBook Pro (13-inch, 2020, Four Thunderbolt 3 ports)"), ("MacBookPro", "16,3", "", "MacBook Pro (13-inch, 2020, Two Thunderbolt 3 ports)"),
    ("iMac", "4,1", "", "iMac (Early 2006)"), ("iMac", "4,2", "", "iMac (17-inch, Mid 2006)"), ("iMac", "5,1 5,2", "", "iMac (Late 2006)"), ("iMac", "6,1", "", "iMac (24-inch, Late 2006)"), ("iMac", "7,1", "", "iMac (Mid 2007)"), ("iMac", "8,1", "", "iMac (Early 2008)"), ("iMac", "9,1", "", "iMac (2009)"), ("iMac", "10,1", "", "iMac (Late 2009)"), ("iMac", "11,1", "", "iMac (27-inch, Late 2009)"), ("iMac", "11,2", "", "iMac (21.5-inch, Mid 2010)"), ("iMac", "11,3", "", "iMac (27-inch, Mid 2010)"), ("iMac", "12,1", "", "iMac (21.5-inch, 2011)"), ("iMac", "12,2", "", "iMac (27-inch, Mid 2011)"), ("iMac", "13,1", "", "iMac (21.5-inch, Late 2012)"), ("iMac", "13,2", "", "iMac (27-inch, Late 2012)"), ("iMac", "13,3", "", "iMac (21.5-inch, Early 2013)"), ("iMac", "14,1 14,3", "", "iMac (21.5-inch, Late 2013)"), ("iMac", "14,2", "", "iMac (27-inch, Late 2013)"), ("iMac", "14,4", "", "iMac (21.5-inch, Mid 2014)"), ("iMac", "15,1", "", "iMac (Retina 5K, 27-inch)"),
    ("iMac", "16,1 16,2", "", "iMac (21.5-inch, Late 2015)"), ("iMac", "17,1", "", "iMac (Retina 5K, 27-inch, Late 2015)"), ("iMac", "18,1", "", "iMac (21.5-inch, 2017)"), ("iMac", "18,2", "", "iMac (Retina 4K, 21.5-inch, 2017)"), ("iMac", "18,3", "", "iMac (Retina 5K, 27-inch, 2017)"), ("iMac", "19,1", "", "iMac (Retina 5K, 27-inch, 2019)"), ("iMac", "19,2", "", "iMac (Retina 4K, 21.5-inch, 2019)"), ("iMac", "20,1 20,2", "", "iMac (Retina 5K, 27-inch, 2020)"), ("iMacPro", "1,1", "", "iMac Pro (2017)"),
    ("Macmini", "1,1", "", "Mac mini (2006)"), ("Macmini", "2,1", "", "Mac mini (Mid 2007)"), ("Macmini", "3,1", "", "Mac mini (2009)"), ("Macmini", "4,1", "", "Mac mini (Mid 2010)"), ("Macmini", "5,1 5,2 5,3", "", "Mac mini (Mid 2011)"), ("Macmini", "6,1 6,2", "", "Mac mini (Late 2012)"), ("Macmini", "7,1", "", "Mac mini (Late 2014)"), ("Macmini", "8,1", "", "Mac mini (2018)"), ("MacPro", "1,1", "", "Mac Pro (2006)"), ("MacPro", "2,1", "", "Mac Pro (2007)"), ("MacPro", "3,1", "", "Mac Pro (Early 2008)"), ("MacPro", "4,1", "", "Mac Pro (Early 2009)"), ("MacPro", "5,1", "", "Mac Pro"), ("MacPro", "6,1", "", "Mac Pro (Late 2013)"), ("MacPro", "7,1", "", "Mac Pro (2019)"),
    ("VirtualMac", "2,1", "", "Virtual machine"), ("Xserve", "1,1", "", "Xserve (Late 2006)"), ("Xserve", "2,1", "", "Xserve (Early 2008)"), ("Xserve", "3,1", "", "Xserve (Early 2009)"), ("RackMac", "1,1", "", "Xserve G4"), ("RackMac", "1,2", "", "Xserve G4 (Slot Load)"), ("RackMac", "3,1", "", "Xserve G5"),
    ("AirPort", "4 4,102 4,107 10,115", "", "AirPort Express"), ("AirPort", "5 5,104 5,105 5,108 5,114 5,117 7,120", "", "AirPort Extreme"), ("AirPort", "6 6,106", "", "Time Capsule"), ("TimeCapsule", "6,106 6,109 6,113 6,116", "", "Time Capsule"), ("TimeCapsule", "8,119", "", "AirPort Time Capsule"),
];

/// Identifiers and boards in lower case, with the family and the name.
static BY_IDENTIFIER: LazyLock<HashMap<String, (&'static str, &'static str, &'static str)>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for (family, numbers, boards, name) in PRODUCTS {
        for number in numbers.split(' ') {
            all.insert(format!("{family}{number}").to_ascii_lowercase(), (*family, number, *name));
        }
        let first = numbers.split(' ').next().unwrap_or_default();
        for board in boards.split(' ').filter(|board| !board.is_empty()) {
            all.insert(board.to_ascii_lowercase(), (*family, first, *name));
        }
    }
    all
});

/// Longest identifier, so that no long text is folded in vain.
const MAX_IDENTIFIER_BYTES: usize = 24;

/// What an identifier or a board's identifier tells; nothing where it is none.
pub fn product(identifier: &str) -> Option<Product<'_>> {
    if identifier.len() > MAX_IDENTIFIER_BYTES || !identifier.is_ascii() {
        return None;
    }
    let lower = identifier.to_ascii_lowercase();
    if let Some((family, number, name)) = BY_IDENTIFIER.get(&lower).or_else(|| BY_IDENTIFIER.get(&without_variant(&lower)?)) {
        let Family(_, kind, os, confidence) = FAMILIES.iter().find(|row| row.0 == *family)?;
        let kind = if *family == "Mac" { mac_kind(name) } else { *kind };
        return Some(Product { model: name, kind, os: system(os, number), confidence: *confidence });
    }
    let number_at = identifier.find(|c: char| c.is_ascii_digit()).unwrap_or(identifier.len());
    let (family, number) = identifier.split_at(number_at);
    let Family(name, kind, os, confidence) = FAMILIES.iter().find(|row| row.0 == family)?;
    let numbered = number.split_once(',').is_some_and(|(one, two)| is_number(one) && is_number(two));
    match *name {
        // Base stations name themselves without any number.
        "AirPort" if number.is_empty() => Some(Product { model: "AirPort Extreme", kind: *kind, os, confidence: *confidence }),
        "TimeCapsule" if number.is_empty() => Some(Product { model: "Time Capsule", kind: *kind, os, confidence: *confidence }),
        _ if numbered => Some(Product { model: identifier, kind: *kind, os: system(os, number), confidence: *confidence }),
        _ => None,
    }
}

/// A telephone's board without the letter of its variant: `D421pAP`, `N71mAP`. Those of tablets tell different tablets apart.
fn without_variant(board: &str) -> Option<String> {
    let stem = board.strip_suffix("ap")?;
    let bare = stem.strip_suffix(|c: char| c.is_ascii_lowercase())?;
    (board.starts_with(['d', 'n', 'v']) && bare.ends_with(|c: char| c.is_ascii_digit())).then(|| format!("{bare}ap"))
}

fn is_number(text: &str) -> bool {
    (1..=3).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit())
}

/// iPads that were never given iPadOS run iOS.
fn system(os: &'static str, number: &str) -> &'static str {
    let generation = number.split(',').next().and_then(|number| number.parse::<u32>().ok());
    if os == "iPadOS" && generation.is_some_and(|generation| generation <= LAST_IPAD_WITH_IOS) { "iOS" } else { os }
}

fn mac_kind(name: &str) -> Kind {
    if name.starts_with("MacBook") { Laptop } else { Desktop }
}

/// First and last `osxvers` of the releases that are called 10.x: the number is four more than x.
const TEN: std::ops::RangeInclusive<u32> = 5..=19;

/// Later `osxvers`, and macOS' version: Big Sur to Sequoia, then Tahoe, from which on releases bear the coming year.
const LATER: &[(u32, &str)] = &[(20, "11"), (21, "12"), (22, "13"), (23, "14"), (24, "15"), (25, "26")];

/// macOS' version by the number that `_device-info._tcp` tells as `osxvers`, which is Darwin's.
pub fn macos(osxvers: &str) -> Option<String> {
    let number: u32 = osxvers.split('.').next()?.parse().ok()?;
    if TEN.contains(&number) {
        return Some(format!("10.{}", number - 4));
    }
    LATER.iter().find(|(of, _)| *of == number).map(|(_, version)| (*version).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_boards_have_names() {
        for (identifier, expected) in [
            ("iPad7,5", Some(("iPad (6th generation)", Tablet, "iPadOS"))),
            ("iPad4,2", Some(("iPad Air", Tablet, "iOS"))),
            ("j71bap", Some(("iPad (6th generation)", Tablet, "iPadOS"))),
            ("J82AP", Some(("iPad Air 2", Tablet, "iPadOS"))),
            ("D431pAP", Some(("iPhone 11 Pro Max", Phone, "iOS"))),
            ("J82xAP", None),
            ("iPad99,1", Some(("iPad99,1", Tablet, "iPadOS"))),
            ("Mac14,3", Some(("Mac mini (2023)", Desktop, "macOS"))),
            ("Mac15,12", Some(("MacBook Air (13-inch, M3, 2024)", Laptop, "macOS"))),
            ("Mac99,1", Some(("Mac99,1", Unknown, "macOS"))),
            ("AirPort7,120", Some(("AirPort Extreme", AccessPoint, ""))),
            ("AudioAccessory5,1", Some(("HomePod mini", Other, "audioOS"))),
            ("Xserve", None),
            ("MacSamba", None),
            ("iPad", None),
            ("iPad7,x", None),
            ("é,1", None),
            ("", None),
        ] {
            assert_eq!(product(identifier).map(|product| (product.model, product.kind, product.os)), expected, "{identifier}");
        }
    }

    #[test]
    fn no_identifier_has_two_names() {
        let told: usize = PRODUCTS
            .iter()
            .map(|(_, numbers, boards, _)| numbers.split(' ').count() + boards.split(' ').filter(|board| !board.is_empty()).count())
            .sum();
        assert_eq!(BY_IDENTIFIER.len(), told);
        assert!(PRODUCTS.iter().all(|(family, ..)| FAMILIES.iter().any(|row| row.0 == *family)));
    }

    #[test]
    fn versions_of_macos() {
        for (osxvers, expected) in [("17", Some("10.13")), ("20", Some("11")), ("25", Some("26")), ("4", None), ("400", None), ("x", None)] {
            assert_eq!(macos(osxvers).as_deref(), expected, "{osxvers}");
        }
    }
}

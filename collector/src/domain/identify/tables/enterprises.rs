//! Whose enterprise number a sysObjectID lies under, and what that maker makes if it makes one sort of thing only.
//!
//! Source: IANA private enterprise numbers; names are the makers' present ones as people in schools know them. Comes in: a number. Goes out:
//! a row. Absent on purpose: makers' families (`families`), and numbers that say nothing of the maker: those of agent toolkits are rows
//! with an empty name, so that nobody adds them as makers.

use crate::domain::kind::Kind::{self, *};

/// One number.
#[derive(Debug)]
pub struct Enterprise {
    /// The number.
    pub number: u32,
    /// Whose it is; empty for a toolkit that many makers build in.
    pub vendor: &'static str,
    /// What devices under it are, where that can be told from the number alone.
    pub kind: Kind,
}

/// The row of a number.
pub fn enterprise(number: u32) -> Option<&'static Enterprise> {
    ENTERPRISES.binary_search_by_key(&number, |row| row.number).ok().map(|index| &ENTERPRISES[index])
}

/// Whether a number is that of a toolkit, which says nothing of who made the device.
pub fn is_toolkit(number: u32) -> bool {
    enterprise(number).is_some_and(|row| row.vendor.is_empty())
}

const fn row(number: u32, vendor: &'static str, kind: Kind) -> Enterprise {
    Enterprise { number, vendor, kind }
}

#[rustfmt::skip]
static ENTERPRISES: &[Enterprise] = &[
    row(2, "IBM", Unknown), row(9, "Cisco", Unknown), row(11, "HP", Unknown), row(18, "Wellfleet", Router), row(23, "Novell", Server), row(33, "MRV", Other),
    row(36, "DEC", Unknown), row(42, "Oracle", Server), row(43, "3Com", Switch), row(45, "Avaya", Switch), row(52, "Enterasys", Switch),
    row(63, "Apple", Unknown), row(81, "Avaya", Switch), row(89, "", Unknown), row(94, "Nokia", Unknown), row(99, "", Unknown), row(110, "NetScout", Other),
    row(111, "Oracle", Server), row(116, "Hitachi", Unknown), row(119, "NEC", Unknown), row(122, "Sony", Unknown), row(128, "Tektronix", Printer),
    row(141, "NetScout", Other), row(161, "Motorola", Unknown), row(171, "D-Link", Unknown), row(177, "Ribbon", Other), row(181, "Kentrox", Router),
    row(186, "Toshiba", Unknown), row(193, "Ericsson", Other), row(207, "Allied Telesis", Switch), row(211, "Fujitsu", Unknown), row(231, "Fujitsu", Server),
    row(232, "HPE", Server), row(236, "Samsung", Printer), row(244, "Lantronix", Other), row(248, "Hirschmann", Switch), row(253, "Xerox", Printer),
    row(258, "Panasonic", Unknown), row(259, "Edgecore", Switch), row(266, "Nexans", Switch), row(272, "bintec elmeg", Router), row(278, "APRESIA", Switch),
    row(279, "Olivetti", Printer), row(289, "Brocade", Other), row(297, "Fujifilm", Printer), row(311, "", Unknown), row(314, "Kodak", Printer),
    row(318, "APC", Unknown), row(332, "Digi", Other), row(343, "Intel", Unknown), row(347, "Seagate", Nas), row(367, "Ricoh", Printer),
    row(368, "Axis", Unknown), row(388, "Zebra", Unknown), row(396, "Panasonic", Switch), row(458, "Stratus", Server), row(476, "Vertiv", Unknown),
    row(529, "Lucent", Router), row(534, "Eaton", Unknown), row(553, "GarrettCom", Switch), row(562, "Nortel", Unknown), row(564, "Telco Systems", Switch),
    row(572, "Ericsson-LG", Unknown), row(594, "BT", Unknown), row(601, "Microsemi", Other), row(629, "MRV", Switch), row(637, "Nokia", Other),
    row(641, "Lexmark", Printer), row(664, "Adtran", Unknown), row(674, "Dell", Unknown), row(683, "Zebra", Printer), row(705, "Eaton", Unknown),
    row(714, "Dell Wyse", ThinClient), row(789, "NetApp", Nas), row(800, "Alcatel-Lucent Enterprise", Switch), row(818, "Victron", Ups),
    row(841, "Proxim", AccessPoint), row(850, "Tripp Lite", Unknown), row(868, "Transition Networks", Switch), row(872, "AVM", Router),
    row(885, "Vertiv", Other), row(890, "Zyxel", Unknown), row(926, "Alpha Technologies", Ups), row(935, "MegaTec", Ups), row(994, "Dantel", Other),
    row(1027, "Mitel", Phone), row(1038, "Sagemcom", Router), row(1065, "Canon", Printer), row(1082, "Casio", Projector), row(1122, "Piller", Ups),
    row(1129, "Toshiba", Printer), row(1139, "Dell EMC", Nas), row(1166, "Motorola", Router), row(1182, "Yamaha", Router), row(1229, "SEH", Other),
    row(1240, "Silex", Other), row(1248, "Epson", Unknown), row(1271, "Ciena", Other), row(1347, "Kyocera", Printer), row(1356, "Generex", Ups),
    row(1364, "Vertiv", Ups), row(1369, "Forcepoint", Firewall), row(1411, "Juniper", Router), row(1457, "CyberGuard", Firewall), row(1510, "Arris", Router),
    row(1531, "QSC", Other), row(1552, "Canon", Printer), row(1588, "Brocade", Other), row(1602, "Canon", Printer), row(1714, "Infortrend", Nas),
    row(1718, "Server Technology", Other), row(1723, "Lantronix", Other), row(1751, "Lucent", Other), row(1768, "Patton", Router), row(1773, "Ericsson", Other),
    row(1795, "Paradyne", Router), row(1872, "Radware", Other), row(1894, "Siemens", Router), row(1909, "Infratec", Other),
    row(1916, "Extreme Networks", Switch), row(1963, "Intermec", Printer), row(1966, "Perle", Other), row(1981, "Dell EMC", Nas), row(1991, "Brocade", Switch),
    row(2001, "OKI", Printer), row(2007, "Teldat", Router), row(2011, "Huawei", Unknown), row(2021, "", Unknown), row(2036, "Quantum", Nas),
    row(2076, "", Unknown), row(2238, "", Server), row(2254, "Delta", Ups), row(2272, "Extreme Networks", Switch), row(2281, "Ceragon", Other),
    row(2334, "Packeteer", Other), row(2352, "Ericsson", Router), row(2356, "LANCOM", Unknown), row(2374, "SMART Technologies", Display),
    row(2385, "Sharp", Printer), row(2435, "Brother", Printer), row(2468, "WebPower", Ups), row(2544, "ADVA", Other), row(2566, "Rohde & Schwarz", Other),
    row(2590, "Konica Minolta", Printer), row(2603, "Allot", Other), row(2604, "Sophos", Firewall), row(2606, "Rittal", Other),
    row(2620, "Check Point", Firewall), row(2623, "ASUS", Router), row(2634, "WTI", Other), row(2636, "Juniper", Unknown), row(2682, "DPS Telecom", Other),
    row(2684, "Poly", Other), row(2736, "EtherWAN", Switch), row(2863, "Technicolor", Router), row(2925, "Avocent", Other), row(2935, "Quantum", Nas),
    row(3052, "Asentria", Other), row(3054, "Ixia", Other), row(3076, "Cisco", Firewall), row(3097, "WatchGuard", Firewall), row(3181, "Microsens", Switch),
    row(3212, "Crestron", Other), row(3224, "Juniper", Firewall), row(3309, "Nomadix", Router), row(3320, "BDCOM", Switch), row(3351, "Overland", Nas),
    row(3373, "SIAE", Other), row(3375, "F5", Other), row(3401, "McAfee", Other), row(3417, "Blue Coat", Other), row(3442, "Advantech", Other),
    row(3478, "Spectra Logic", Nas), row(3570, "Tait", Other), row(3581, "Seagate", Nas), row(3697, "Quantum", Nas), row(3699, "NTI", Other),
    row(3709, "Datacom", Switch), row(3711, "Sinetica", Other), row(3717, "genua", Firewall), row(3764, "Quantum", Nas), row(3797, "BenQ", Projector),
    row(3807, "FiberHome", Switch), row(3808, "CyberPower", Ups), row(3822, "Edimax", Unknown), row(3833, "Schneider Electric", Other),
    row(3845, "Citrix", Other), row(3854, "AKCP", Other), row(3873, "QLogic", Other), row(3902, "ZTE", Unknown), row(3955, "Linksys", Switch),
    row(3967, "Bosch", Camera), row(4115, "Arris", Router), row(4196, "Siemens", Switch), row(4289, "VBrick", Other), row(4321, "Riverbed", Other),
    row(4329, "Siemens", Switch), row(4346, "Phoenix Contact", Switch), row(4413, "", Unknown), row(4458, "Radwin", Other), row(4515, "PacketLight", Other),
    row(4526, "Netgear", Unknown), row(4537, "Planex", Unknown), row(4547, "ATTO", Other), row(4555, "Socomec", Unknown), row(4590, "Zoom", Router),
    row(4684, "Ambit", Unknown), row(4756, "CTC Union", Switch), row(4779, "BayTech", Other), row(4861, "Powercom", Ups), row(4874, "Juniper", Router),
    row(4881, "Ruijie", Switch), row(4935, "Media5", Phone), row(5003, "AudioCodes", Other), row(5040, "Wiesemann & Theis", Other),
    row(5089, "Clavister", Firewall), row(5115, "Powercom", Ups), row(5118, "Dantel", Other), row(5127, "Western Digital", Nas), row(5205, "Ruby Tech", Switch),
    row(5222, "Dantel", Other), row(5227, "Buffalo", Unknown), row(5329, "ShoreTel", Phone), row(5349, "Patton", Router), row(5430, "Masterguard", Ups),
    row(5454, "Trango", Other), row(5468, "Actelis", Other), row(5491, "Riello", Ups), row(5504, "DZS", Other), row(5528, "APC", Other),
    row(5596, "Cisco", Other), row(5597, "Meinberg", Other), row(5624, "Enterasys", Switch), row(5651, "Maipu", Router), row(5672, "Ciena", Other),
    row(5703, "Nvidia", Unknown), row(5835, "Newtec", Other), row(5929, "Amer", Switch), row(5951, "Citrix", Other), row(6027, "Dell", Switch),
    row(6036, "Bose", Other), row(6050, "Gamatronic", Ups), row(6101, "Trend Micro", Other), row(6141, "Ciena", Switch), row(6202, "HPE", Nas),
    row(6247, "Comtech", Other), row(6296, "DASAN", Other), row(6302, "Vertiv", Other), row(6307, "Extreme Networks", Switch), row(6321, "Calix", Other),
    row(6339, "DCN", Switch), row(6352, "Ciena", Other), row(6361, "Siemens", Other), row(6404, "Ecreso", Other), row(6411, "Overland", Nas),
    row(6486, "Alcatel-Lucent Enterprise", Switch), row(6527, "Nokia", Router), row(6530, "2N", Phone), row(6574, "Synology", Nas),
    row(6666, "innovaphone", Phone), row(6782, "Ciena", Other), row(6827, "Evertz", Other), row(6848, "Crossbeam", Firewall), row(6876, "VMware", Server),
    row(6878, "Black Box", Unknown), row(6889, "Avaya", Other), row(7239, "Legrand", Ups), row(7244, "Quanta", Switch), row(7262, "DragonWave", Other),
    row(7293, "Powercom", Ups), row(7312, "Barco", Other), row(7336, "6WIND", Router), row(7342, "Omnitron", Switch), row(7367, "DrayTek", Router),
    row(7424, "Infosec", Ups), row(7483, "Nokia", Other), row(7526, "Snom", Phone), row(7551, "Enatel", Other), row(7571, "SAF Tehnika", Other),
    row(7640, "Quantum", Nas), row(7745, "Aethra", Router), row(7779, "Infoblox", Other), row(7783, "Riello", Ups), row(7933, "Promise", Nas),
    row(8072, "", Unknown), row(8164, "Cisco", Other), row(8262, "Wavion", AccessPoint), row(8595, "Hitron", Router), row(8691, "Moxa", Unknown),
    row(8708, "Infinera", Other), row(8741, "SonicWall", Firewall), row(8744, "HP", Unknown), row(8886, "Raisecom", Switch), row(8942, "AMX", Other),
    row(9070, "Microsemi", Other), row(9148, "Oracle", Other), row(9303, "Waystream", Switch), row(9304, "CTS", Switch), row(9560, "SECUI", Firewall),
    row(9694, "Arbor", Other), row(9749, "Spectralink", Phone), row(9789, "Sophos", Firewall), row(9797, "Ever", Ups), row(9833, "Lenovo", Firewall),
    row(9839, "Carel", Other), row(9967, "Bluesocket", WifiController), row(10002, "Ubiquiti", Unknown), row(10159, "Panasas", Nas),
    row(10297, "Advantech", Other), row(10311, "Kerio", Firewall), row(10368, "Fujitsu", Server), row(10418, "Avocent", Other), row(10428, "Furukawa", Other),
    row(10456, "PLANET", Switch), row(10504, "Printronix", Printer), row(10642, "Zebra", Printer), row(10704, "Barracuda", Firewall),
    row(10734, "TippingPoint", Firewall), row(10781, "Schneider Electric", Other), row(10830, "Apcon", Other), row(10876, "Supermicro", Server),
    row(10917, "Datamax", Printer), row(11096, "Hitachi", Nas), row(11256, "Stormshield", Firewall), row(11268, "Aastra", Phone), row(11610, "Sandvine", Other),
    row(11863, "TP-Link", Unknown), row(11898, "Proxim", AccessPoint), row(12124, "Isilon", Nas), row(12148, "Eltek", Other), row(12325, "", Firewall),
    row(12356, "Fortinet", Firewall), row(12394, "Alvarion", Other), row(12532, "Pulse Secure", Firewall), row(12551, "CE+T", Other),
    row(12740, "Dell EqualLogic", Nas), row(12756, "Delta Networks", Switch), row(12827, "Barco", Other), row(12913, "Procera", Other),
    row(12919, "XAVi", Router), row(13191, "OneAccess", Router), row(13315, "BlueCat", Server), row(13400, "Vertiv", Ups), row(13732, "iDirect", Other),
    row(13742, "Raritan", Other), row(13827, "EndRun", Other), row(13858, "Eltek", Other), row(13885, "Poly", Other), row(14087, "Zultys", Phone),
    row(14125, "EnGenius", AccessPoint), row(14179, "Cisco", WifiController), row(14331, "Topsec", Firewall), row(14358, "Airconsole", Other),
    row(14501, "Blue Coat", Other), row(14525, "Juniper", WifiController), row(14706, "sFlow", Server), row(14817, "4RF", Other), row(14823, "Aruba", Unknown),
    row(14988, "MikroTik", Router), row(15004, "Siemens", Switch), row(15227, "Venustech", Firewall), row(15397, "Sandvine", Other),
    row(15446, "CyberPower", Ups), row(15497, "Cisco", Other), row(15865, "cab", Printer), row(15983, "Meru", WifiController),
    row(16174, "Sensatronics", Other), row(16177, "Westermo", Switch), row(16394, "nVent", Other), row(16972, "", Router), row(17095, "ServersCheck", Other),
    row(17163, "Riverbed", Other), row(17318, "Media5", Phone), row(17373, "IT Watchdogs", Other), row(17409, "", Unknown), row(17518, "Comba", AccessPoint),
    row(17713, "Cambium Networks", Unknown), row(18026, "Extron", Other), row(18070, "BTI", Other), row(18248, "Papouch", Other),
    row(18334, "Konica Minolta", Printer), row(18928, "Areca", Nas), row(19011, "Jacarta", Other), row(19046, "Lenovo", Server),
    row(19139, "Edgewater Networks", Router), row(19251, "KIP", Printer), row(19454, "Airspan", Other), row(19536, "Panduit", Other),
    row(19746, "Dell EMC", Nas), row(19935, "Allnet", Unknown), row(20044, "Ekinops", Other), row(20301, "Lenovo", Switch), row(20341, "LifeSize", Other),
    row(20632, "Barracuda", Other), row(20677, "Eaton", Other), row(20858, "Casa", Other), row(20916, "AVTECH", Other), row(20974, "AMI", Server),
    row(20992, "Cradlepoint", Router), row(20998, "Honeywell", Other), row(21013, "Xirrus", AccessPoint), row(21067, "Sophos", Firewall),
    row(21091, "Exinda", Other), row(21108, "Harting", Switch), row(21111, "Orvaldi", Ups), row(21239, "Geist", Other), row(21296, "Infinera", Other),
    row(21317, "ATEN", Other), row(21360, "Chatsworth", Other), row(21671, "VSS Monitoring", Other), row(21696, "Keymile", Other),
    row(21701, "Mobotix", Camera), row(21796, "HW group", Other), row(21831, "ClearOne", Other), row(21839, "ALAXALA", Switch), row(21940, "Enatel", Other),
    row(22274, "QSAN", Nas), row(22420, "Accedian", Other), row(22610, "A10", Other), row(22626, "Comet", Other), row(22736, "Digium", Phone),
    row(22835, "Firetide", AccessPoint), row(23128, "Trellix", Other), row(23465, "Vivotek", Camera), row(23695, "Peplink", Router),
    row(23867, "Silver Peak", Router), row(23937, "Extricom", AccessPoint), row(24062, "Korenix", Switch), row(24071, "Zenitel", Phone),
    row(24496, "WTI", Other), row(24575, "Tranzeo", AccessPoint), row(24632, "CorEdge", Other), row(24681, "QNAP", Nas), row(24693, "FireBrick", Router),
    row(24807, "Riso", Printer), row(25049, "Opengear", Other), row(25053, "Ruckus", Unknown), row(25066, "Pelco", Camera), row(25157, "Beckhoff", Other),
    row(25167, "Genexis", Router), row(25278, "Canon", Printer), row(25432, "ServersCheck", Other), row(25461, "Palo Alto Networks", Firewall),
    row(25506, "HPE", Switch), row(25597, "FireEye", Firewall), row(25696, "Nedap", Other), row(25728, "NetPing", Other), row(25766, "Christie", Projector),
    row(26067, "Kyland", Switch), row(26122, "Zenitel", Phone), row(26138, "Intelbras", Unknown), row(26270, "Olivetti", Printer), row(26272, "Salicru", Ups),
    row(26381, "", Unknown), row(26543, "Lenovo", Switch), row(26655, "Advantech", Other), row(26866, "Gigamon", Other), row(26928, "Aerohive", AccessPoint),
    row(27278, "Sindoh", Printer), row(27282, "", Unknown), row(27286, "Netopia", Router), row(27378, "Belden", Switch), row(27383, "Benning", Ups),
    row(27514, "QTECH", Switch), row(27586, "Altai", AccessPoint), row(27614, "Ascom", Phone), row(27662, "Peplink", Router), row(27971, "Infosec", Other),
    row(27975, "FS", Switch), row(28034, "Belkin", Router), row(28097, "ACKSYS", AccessPoint), row(28106, "Geutebrück", Camera), row(28194, "Exterity", Other),
    row(28381, "Red Lion", Switch), row(28410, "Ippon", Ups), row(28458, "Nokia", Other), row(28507, "Gude", Other), row(28557, "Hillstone", Firewall),
    row(28866, "TRENDnet", Switch), row(28918, "InfoPrint", Printer), row(28937, "DASAN", Other), row(29414, "Opengate", Other), row(29462, "Stulz", Other),
    row(29671, "Meraki", Unknown), row(29865, "Icotera", Router), row(30016, "Anel", Other), row(30065, "Arista", Switch), row(30155, "", Server),
    row(30373, "WALLIX", Server), row(30631, "Terra", Other), row(30731, "Bodet", Other), row(30803, "", Router), row(30966, "Clever", Other),
    row(31023, "Veeam", Server), row(31034, "Schleifenbauer", Other), row(31218, "UCOPIA", Other), row(31322, "Sierra Wireless", Router),
    row(31444, "Makelsan", Ups), row(31496, "NetModule", Router), row(31648, "DPtech", Switch), row(31770, "Bachmann", Other), row(31926, "Siklu", Other),
    row(32015, "ExtraHop", Other), row(32050, "PacketFlux", Other), row(32456, "Free", Router), row(32546, "Valcom", Other),
    row(32750, "LigoWave", AccessPoint), row(32775, "Gigaset", Phone), row(32804, "Unify", Phone), row(33049, "Mellanox", Switch),
    row(33241, "Citizen", Printer), row(33269, "Ecessa", Router), row(33333, "Morningstar", Other), row(33550, "Bixolon", Printer), row(33555, "Racom", Other),
    row(33790, "InFocus", Projector), row(34086, "Talari", Router), row(34278, "Janitza", Other), row(34592, "C-Data", Other), row(34674, "FLIR", Camera),
    row(34774, "Huawei", Unknown), row(34799, "ACTi", Camera), row(35047, "Sangfor", Other), row(35098, "Pica8", Switch), row(35265, "Eltex", Switch),
    row(35308, "Koukaam", Other), row(35424, "Viprinet", Router), row(35969, "Vidyo", Other), row(35987, "Sangoma", Phone), row(36149, "Argox", Printer),
    row(36153, "InHand", Router), row(36289, "AVM", Router), row(36582, "", Other), row(36673, "IP Infusion", Switch), row(36849, "Hanwha", Camera),
    row(36859, "Ixia", Other), row(37072, "Lantech", Switch), row(37447, "HPE", Nas), row(37459, "Yealink", Phone), row(37662, "Eaton", Other),
    row(37945, "Inspur", Server), row(37954, "Kentix", Other), row(38187, "Weidmüller", Switch), row(38243, "Thecus", Nas), row(38446, "Enlogic", Other),
    row(38516, "Allworx", Other), row(38616, "MeTel", Switch), row(38783, "Teracom", Other), row(38969, "IntelliPower", Ups), row(39165, "Hikvision", Camera),
    row(39699, "Robustel", Router), row(39747, "Uniview", Camera), row(40297, "Hytera", Other), row(40310, "Cumulus", Switch), row(40418, "SNR", Switch),
    row(40478, "LevelOne", Unknown), row(40482, "Pure Storage", Other), row(40614, "East", Ups), row(40758, "Eltek", Other), row(40842, "A10", Other),
    row(41036, "Corero", Firewall), row(41112, "Ubiquiti", Unknown), row(41263, "Nutanix", Server), row(41413, "Xetawave", Other), row(41542, "Monnit", Other),
    row(41916, "Cisco", Router), row(42006, "Netis", Router), row(42010, "Luxul", Switch), row(42229, "Infinera", Other), row(42397, "Grandstream", Unknown),
    row(42406, "Sato", Printer), row(42518, "ZPE", Other), row(43356, "Mimosa", Other), row(43369, "BrightSign", Other), row(43398, "Wildix", Phone),
    row(43564, "TSC", Printer), row(43721, "Sophos", Firewall), row(43906, "Tegile", Nas), row(44194, "EnGenius", AccessPoint),
    row(44227, "Pulse Secure", Firewall), row(44457, "Biamp", Other), row(44641, "VyOS", Router), row(44738, "Asustor", Nas), row(44782, "Kehua", Ups),
    row(44932, "Panasonic", Unknown), row(44974, "Sonos", Other), row(45080, "Kerio", Firewall), row(45621, "Tycon", Other),
    row(45770, "Digital Loggers", Other), row(45986, "Kramer", Other), row(46202, "Avigilon", Camera), row(46242, "Netonix", Switch),
    row(46501, "Didactum", Other), row(46861, "JVCKenwood", Projector), row(47196, "Aruba", Switch), row(47275, "Hirschmann", Switch),
    row(47307, "IgniteNet", AccessPoint), row(47421, "Cohesity", Nas), row(47477, "CGS", Other), row(47565, "Forcepoint", Firewall), row(47952, "Netio", Other),
    row(48512, "Inspur", Server), row(48578, "Kstar", Ups), row(48690, "Teltonika", Router), row(48797, "Inspur", Switch), row(49136, "ALGcom", Other),
    row(49150, "Vertiv", Other), row(49563, "Shure", Other), row(49847, "Logitech", Other), row(49984, "Arecont", Camera), row(50001, "Hikvision", Camera),
    row(50053, "AVer", Other), row(50138, "Legrand", Other), row(50536, "TrueNAS", Nas), row(50545, "Maxell", Projector), row(50919, "Konica Minolta", Printer),
    row(51212, "iboss", Firewall), row(51439, "Videotec", Camera), row(51812, "Kstar", Ups), row(52251, "Enconnex", Other), row(52587, "Edgecore", Switch),
    row(52642, "FS", Switch), row(52674, "APC", Other), row(53023, "AGFEO", Phone), row(53121, "Vestel", Display), row(53526, "Dell", Other),
    row(53829, "LG", Display), row(53973, "ABB", Ups), row(54039, "Mimaki", Printer), row(54743, "NVT Phybridge", Switch),
    row(54849, "Loadbalancer.org", Other), row(54999, "Uniview", Camera), row(55062, "QNAP", Nas), row(55104, "Xorcom", Phone), row(55108, "Riedo", Other),
    row(55315, "Auerswald", Phone), row(58132, "xFusion", Server), row(59440, "Fanvil", Phone), row(59646, "Tenda", Unknown), row(60305, "Tenda", Unknown),
    row(60913, "Tiandy", Camera), row(1004849, "Dahua", Camera),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_for_searching() {
        assert!(ENTERPRISES.is_sorted_by(|one, next| one.number < next.number));
        assert_eq!(enterprise(9).map(|row| row.vendor), Some("Cisco"));
        assert!(enterprise(3).is_none() && is_toolkit(8072) && !is_toolkit(9));
    }
}

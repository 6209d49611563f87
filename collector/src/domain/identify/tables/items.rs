//! What an item that was said tells: serial, model, firmware, name, maker.
//!
//! Comes in: item names: SNMP objects as `shared/objects.rs` names them, PJLink commands, NUT variables, DMI fields. Goes out: the field
//! and how surely. Absent on purpose: texts in which several things stand at once (`grammars`).

use crate::domain::identify::weigh::Field::{self, *};
use crate::domain::kind::Kind::{self, *};

/// What one item tells.
#[derive(Debug)]
pub struct Item {
    /// Its name, without instance.
    pub name: &'static str,
    /// Which field its value is.
    pub field: Field,
    /// How surely, 0–100.
    pub confidence: u8,
}

const fn item(name: &'static str, field: Field, confidence: u8) -> Item {
    Item { name, field, confidence }
}

/// Items by name. Those of a maker's own MIB are worth more than the ENTITY-MIB (84), for makers tend them; names of projects stand below.
#[rustfmt::skip]
pub const ITEMS: &[Item] = &[
    // SNMPv2-MIB (RFC 3418).
    item("sysName", Name, 80),
    // HOST-RESOURCES-MIB, Printer-MIB (RFC 3805), UPS-MIB (RFC 1628), RMON2-MIB, LLDP-MED, IEEE802dot11-MIB.
    item("prtGeneralSerialNumber", Serial, 88), item("prtGeneralPrinterName", Name, 40),
    item("upsIdentManufacturer", Vendor, 72), item("upsIdentModel", Model, 80), item("upsIdentUPSSoftwareVersion", Firmware, 70), item("upsIdentAgentSoftwareVersion", Firmware, 45),
    item("probeHardwareRev", Model, 40), item("probeSoftwareRev", Firmware, 50),
    item("lldpXMedLocSerialNum", Serial, 70), item("lldpXMedLocModelName", Model, 60), item("lldpXMedLocMfgName", Vendor, 60), item("lldpXMedLocSoftwareRev", Firmware, 60), item("lldpXMedLocFirmwareRev", Firmware, 50),
    item("lldpLocSysName", Name, 50),
    item("dot11manufacturerProductName", Model, 74), item("dot11manufacturerName", Vendor, 55), item("dot11manufacturerProductVersion", Firmware, 55),
    // PJLink (class 1 and 2): INF1 maker, INF2 model, NAME, SNUM serial, SVER software.
    item("INF1", Vendor, 92), item("INF2", Model, 92), item("NAME", Name, 70), item("SNUM", Serial, 92), item("SVER", Firmware, 90),
    // NUT variables.
    item("ups.mfr", Vendor, 85), item("device.mfr", Vendor, 84), item("ups.model", Model, 85), item("device.model", Model, 84), item("ups.serial", Serial, 90), item("device.serial", Serial, 88), item("ups.firmware", Firmware, 85),
    // DMI of the server, and its operating system.
    item("dmi.sys_vendor", Vendor, 90), item("dmi.product_name", Model, 90), item("dmi.product_serial", Serial, 90), item("dmi.board_vendor", Vendor, 60), item("dmi.board_name", Model, 50), item("dmi.board_serial", Serial, 50), item("dmi.chassis_serial", Serial, 55), item("dmi.bios_version", Firmware, 60),
    item("os.name", Os, 90), item("os.pretty_name", Os, 40), item("os.version", OsVersion, 90), item("os.version_id", OsVersion, 90), item("host.name", Name, 90), item("os.host_name", Name, 90), item("hostname", Name, 90),
    // Makers' own objects whose names do not tell what they are, or tell it of a part only.
    item("lcsFirmwareVersionTableModule", Model, 86), item("chassisId", Serial, 62), item("wlsxSwitchLicenseSerialNumber", Serial, 60), item("aiVirtualControllerKey", Serial, 30), item("aiVirtualControllerName", Name, 30),
    item("rlUnitDeviceName", Model, 60), item("ngMachineType", Model, 40), item("fpMachineType", Model, 40), item("ng700MachineType", Model, 40),
    item("jnxBoxDescr", Model, 84), item("jnxVirtualChassisMemberModel", Model, 78), item("jnxVirtualChassisMemberSWVersion", Firmware, 70), item("hwDeviceEsn", Serial, 86), item("hwDeviceModel", Model, 72), item("hwEntitySystemModel", Model, 84),
    item("productIdentificationDisplayName", Model, 84), item("productIdentificationVendor", Vendor, 60), item("productIdentificationServiceTag", Serial, 60), item("dellUpsDisplayName", Model, 84),
    item("mtxrBoardName", Model, 86), item("mtxrDisplayName", Model, 80), item("mtxrLicVersion", Firmware, 86), item("mtxrFirmwareVersion", Firmware, 50),
    item("stackUnitDesc", Model, 60), item("snAgImgVer", Firmware, 80), item("snStackingOperUnitDescription", Model, 74), item("s5ChasDesc", Model, 70), item("s5ChasVer", Firmware, 30), item("s5AgMyAgntVer", Firmware, 70),
    item("ahDeviceMode", Model, 80), item("ahHwVersion", Model, 0), item("panChassisType", Model, 86), item("svnVersion", Firmware, 84), item("svnApplianceManufacturer", Vendor, 60),
    item("sfosDeviceName", Name, 40), item("sfosDeviceType", Model, 80), item("sfosDeviceAppKey", Serial, 70), item("nsBuildVersion", Firmware, 60), item("nsSysHardwareVersionDesc", Model, 80),
    item("fsDeviceDescr", Model, 78), item("ruijieDeviceDescr", Model, 70), item("oacExpIMSysHardwareDescription", Model, 84), item("snAutomationOrderId", Model, 60),
    item("teltonikaProductCode", Model, 40), item("biboABrdPartNo", Model, 0), item("cambiumCurrentSWInfo", Firmware, 80), item("cambiumEPMPMSN", Serial, 86), item("swOpCodeVer", Firmware, 80), item("swSsn", Serial, 60),
    item("upsBasicIdentModel", Model, 86), item("upsBasicIdentName", Name, 30), item("upsAdvIdentFirmwareRevision", Firmware, 60), item("upsAdvIdentSkuNumber", Model, 40),
    item("ePDUDeviceModel", Model, 86), item("upsmgIdentFamilyName", Model, 60), item("upsmgIdentModelName", Model, 0), item("xupsIdentManufacturer", Vendor, 74), item("dupsIdentManufacturer", Vendor, 70), item("dupsIdentModel", Model, 80),
    item("epduProductName", Model, 60), item("epduPartNumber", Model, 86), item("deviceManufacturer", Vendor, 60), item("deviceModel", Model, 80), item("lgpAgentIdentManufacturer", Vendor, 70), item("tlpDeviceManufacturer", Vendor, 70),
    item("cpsUpsName", Name, 30), item("moduleName", Model, 0), item("moduleVersion", Firmware, 0),
    item("ricohSysName", Model, 86), item("ricohSysVers", Firmware, 80), item("canProductName", Model, 80), item("canProductVersion", Firmware, 70), item("kcProductName", Model, 86), item("kmProductName", Model, 84),
    item("hpModelNumber", Model, 60), item("hpFwRomDatecode", Firmware, 74), item("hpFwRomRevision", Firmware, 70), item("okiAssetSerial", Serial, 50), item("epsonModel", Model, 70), item("epsonProjectorModel", Model, 80),
    item("drsProductName", Model, 20), item("drsProductShortName", Model, 70), item("drsSystemServiceTag", Serial, 84), item("systemServiceTag", Serial, 88), item("systemModelName", Model, 88), item("systemOSName", Os, 60), item("cpqHoName", Os, 60), item("cpqHoVersion", OsVersion, 60),
    item("cpqSiProductName", Model, 88), item("cpqSm2CntlrRomRevision", Firmware, 74), item("cpqSm2CntlrModel", Model, 10), item("xccMachineProduct", Model, 88), item("xccMachineType", Model, 30), item("xccMachineModel", Model, 32), item("xccMachineSerial", Serial, 88), item("xccVpdFirmwareVersion", Firmware, 60),
    item("smHealthSystemName", Model, 40), item("svAgentFirmware", Firmware, 60), item("qnapHostName", Name, 40), item("qnapEnclosureModel", Model, 60),
    item("hikDeviceType", Model, 70), item("hikSoftwareVersion", Firmware, 70), item("hikDeviceId", Serial, 40), item("dahuaDeviceType", Model, 86), item("dahuaSoftwareRevision", Firmware, 84),
    item("clickshareArticle", Model, 30), item("wlsxSysExtHwVersion", Model, 0), item("chassisType", Model, 0), item("chassisVersion", Firmware, 0), item("ucdVersionTag", Firmware, 0), item("lldpXMedLocHardwareRev", Model, 0), item("tpSysInfoHwVersion", Model, 84), item("hpSwitchRomVersion", Firmware, 0), item("hpSwitchOsVersion", Firmware, 91), item("extremeSystemID", Serial, 0),
    item("currSoftVersion", Firmware, 82), item("swUnitOpCodeVer", Firmware, 80), item("swProdName", Model, 70), item("hm2DevMgmtProductDescr", Model, 70), item("adProdName", Model, 80), item("sysPlatformInfoMarketingName", Model, 84), item("trpzVersionString", Firmware, 82), item("sgProxyVersion", Firmware, 50),
    item("towerProductSN", Serial, 84), item("geistProductTitle", Model, 70), item("geistV3ProductTitle", Model, 68), item("vmwProdName", Os, 80), item("vmwProdVersion", Firmware, 70), item("vmwProdBuild", Firmware, 0), item("immMachineProduct", Model, 88), item("immMachineType", Model, 30), item("immMachineModel", Model, 32), item("ibmcDeviceName", Model, 80), item("scProductIDDisplayName", Model, 40),
    // Of applications and packages the first is often the device's own software.
    item("applVersion", Firmware, 30), item("sysApplInstallPkgVersion", Firmware, 40), item("sysApplInstallPkgManufacturer", Vendor, 30), item("sysApplInstallPkgProductName", Model, 0), item("sysApplInstallPkgSerialNumber", Serial, 0), item("hrSWInstalledName", Firmware, 0), item("nsExtendHardwareFull", Model, 70), item("nsExtendDistroFull", Os, 0),
    item("execDistro", Os, 0), item("extendDistro", Os, 0), item("extendHardware", Model, 70), item("extendManufacturer", Vendor, 70), item("extendSerial", Serial, 76), item("cacheSoftware", Model, 50), item("cacheVersionId", Firmware, 60), item("spManufName", Vendor, 30), item("spProductName", Model, 84),
    item("picaModel", Model, 84), item("acSysModuleDescription", Model, 84), item("acSysTypeProduct", Model, 88), item("nsExtendHardware", Model, 70), item("nsExtendDistro", Os, 0), item("atsModel", Model, 84), item("systemSupportContact", Name, 0),
];

/// Endings of item names, for objects of makers' own MIBs: how `shared/objects.rs` and the MIBs themselves name such things. The first
/// that fits counts.
pub const ENDINGS: &[(&str, Field, u8)] = &[
    ("SerialNumber", Serial, 86),
    ("SerialNum", Serial, 86),
    ("Serialnumber", Serial, 86),
    ("SerialNo", Serial, 86),
    ("Serialno", Serial, 86),
    ("SerNum", Serial, 86),
    ("MSN", Serial, 80),
    ("Serial", Serial, 86),
    ("Serial6000", Serial, 86),
    ("Serial8000", Serial, 86),
    ("ModelName", Model, 86),
    ("ModelNumber", Model, 86),
    ("ProductName", Model, 84),
    ("SystemModel", Model, 86),
    ("MachineModel", Model, 80),
    ("IdentModel", Model, 84),
    ("Model", Model, 86),
    ("Model6000", Model, 86),
    ("Model8000", Model, 86),
    ("Manufacturer", Vendor, 60),
    ("FirmwareVersion", Firmware, 84),
    ("FirmwareRevision", Firmware, 80),
    ("FirmwareRev", Firmware, 80),
    ("SoftwareVersion", Firmware, 82),
    ("SwVersion", Firmware, 82),
    ("SWVersion", Firmware, 82),
    ("SysVersion", Firmware, 82),
    ("SystemVersion", Firmware, 82),
    ("FwVersion", Firmware, 82),
    ("FWVersion", Firmware, 82),
    ("OsVersion", Firmware, 74),
    ("SwRevision", Firmware, 80),
    ("SwVersionString", Firmware, 82),
    ("ProductVersion", Firmware, 80),
    ("MgVersion", Firmware, 74),
    ("BrgVersion", Firmware, 74),
    ("VersionTableVersion", Firmware, 84),
    ("Version", Firmware, 60),
    ("Firmware", Firmware, 80),
    ("Firmware6000", Firmware, 80),
    ("Firmware8000", Firmware, 80),
    ("Software", Firmware, 76),
    ("SoftwareRev", Firmware, 74),
    ("ApName", Name, 0),
];

/// Items whose presence tells the kind: the device does what they describe.
#[rustfmt::skip]
pub const DOES: &[(&str, Kind, u8)] = &[
    ("PJLINK", Projector, 88), ("CLSS", Projector, 80), ("POWR", Projector, 80), ("INF2", Projector, 80),
    ("ups.status", Ups, 90), ("ups.model", Ups, 85),
    ("dmi.product_name", Server, 50), ("cacheSoftware", Server, 60), ("extendHardware", Server, 40), ("spProductName", Other, 70),
    ("upsIdentModel", Ups, 66), ("upsBatteryStatus", Ups, 68), ("upsBasicBatteryStatus", Ups, 70), ("upsBasicIdentModel", Ups, 70), ("xupsBatteryAbmStatus", Ups, 70), ("upsmgBatteryReplacement", Ups, 70), ("dupsBatteryStatus", Ups, 70), ("cpsUpsBatteryStatus", Ups, 70), ("xppcBatteryStatus", Ups, 70), ("socoUpsBatteryStatus", Ups, 74), ("cpqUpsIdentModel", Ups, 74),
    ("sPDUIdentModelNumber", Other, 72), ("rPDUIdentModelNumber", Other, 76), ("rPDU2IdentModelNumber", Other, 78), ("ePDUDeviceModel", Other, 80), ("epduPartNumber", Other, 80), ("atsIdentModelNumber", Other, 80), ("cpsPduModel", Other, 78), ("pduModel", Other, 80), ("raritanModel", Other, 76), ("towerModelNumber", Other, 80), ("geistProductTitle", Other, 70), ("lgpPwrBatteryCapacity", Ups, 60),
    ("prtGeneralSerialNumber", Printer, 76), ("prtGeneralPrinterName", Printer, 70), ("hrPrinterStatus", Printer, 34), ("hrPrinterDetectedErrorState", Printer, 34), ("ppmPrinterName", Printer, 66), ("prtAlertCode", Printer, 60),
    ("bsnAPName", WifiController, 70), ("aiAPName", AccessPoint, 70), ("wlsxSwitchTotalNumAccessPoints", WifiController, 72), ("hwWlanApName", WifiController, 72), ("ruckusZDSystemModel", WifiController, 84), ("ruckusUnleashedSystemModel", AccessPoint, 84), ("ruckusSZSystemStatsNumAP", WifiController, 84), ("ruckusHwInfoModelNumber", AccessPoint, 72),
    ("unifiApSystemModel", AccessPoint, 72), ("unifiVapEssId", AccessPoint, 74), ("gwnDeviceModel", AccessPoint, 66), ("dot11DesiredSSID", AccessPoint, 42), ("apModelName", AccessPoint, 76), ("lcosLxSerialNumber", AccessPoint, 70),
    ("vmwProdName", Server, 84), ("immMachineProduct", Server, 80), ("ibmcDeviceName", Server, 80), ("ddSystemModelNumber", Nas, 84), ("scProductIDDisplayName", Other, 74), ("cambiumAPModel", AccessPoint, 72), ("steelheadModel", Other, 70), ("ibHardwareModel", Server, 60), ("iveProductName", Firewall, 70), ("hh3cDot11CurrAPName", WifiController, 72), ("wlanAPName", WifiController, 72), ("ruckusSZAPName", WifiController, 72),
    ("svnVersion", Firewall, 70), ("panSysSwVersion", Firewall, 80), ("fgSysVersion", Firewall, 84), ("fsSysVersion", Switch, 84), ("snwlSysModel", Firewall, 80), ("snsModel", Firewall, 80), ("ntqModel", Firewall, 80), ("sfosDeviceType", Firewall, 80),
    ("cpqSiProductName", Server, 80), ("systemModelName", Server, 78), ("drsProductName", Server, 78), ("drsProductShortName", Server, 78), ("xccMachineProduct", Server, 78), ("svUnitModelName", Server, 70), ("cucsComputeBoardModel", Server, 70), ("smHealthSystemName", Server, 66),
    ("synologyModelName", Nas, 86), ("qnapModelName", Nas, 86), ("qtsModelName", Nas, 86), ("readynasSerialNumber", Nas, 84), ("netappProductModel", Nas, 80),
    ("axisModel", Camera, 50), ("hikDeviceType", Camera, 62), ("clickshareModel", Other, 70), ("teltonikaModel", Router, 76), ("teltonikaSerial", Router, 70), ("gsHtSerial", Phone, 74), ("gsGxwSerial", Phone, 70),
];

/// Makers by the names of their own MIBs' objects: whoever fills `synologyModelName` is a Synology, whatever its sysObjectID. Beginnings
/// of names; objects that other makers copied (Dell's, Airespace's, RADLAN's) are left out.
#[rustfmt::skip]
pub const MAKERS: &[(&str, &str)] = &[
    ("synology", "Synology"), ("qnap", "QNAP"), ("qts", "QNAP"), ("readynas", "Netgear"), ("teltonika", "Teltonika"), ("gwn", "Grandstream"), ("gsHt", "Grandstream"), ("gsGxw", "Grandstream"),
    ("svnAppliance", "Check Point"), ("xcc", "Lenovo"), ("cpqSi", "HPE"), ("systemServiceTag", "Dell"), ("drsSystemServiceTag", "Dell"), ("hikDevice", "Hikvision"), ("dahua", "Dahua"), ("axis", "Axis"),
    ("unifiAp", "Ubiquiti"), ("ubnt", "Ubiquiti"), ("mtxr", "MikroTik"), ("upsBasicIdent", "APC"), ("upsAdvIdent", "APC"), ("rPDU", "APC"), ("ePDUDevice", "APC"), ("upsmg", "Eaton"), ("xupsIdentModel", "Eaton"), ("tlpDevice", "Tripp Lite"), ("cpsUps", "CyberPower"),
    ("ruckus", "Ruckus"), ("peplink", "Peplink"), ("pepwave", "Peplink"), ("cambium", "Cambium Networks"), ("steelhead", "Riverbed"), ("hm2Dev", "Hirschmann"), ("hmSys", "Hirschmann"), ("netonix", "Netonix"), ("vmwProd", "VMware"), ("ibmcDevice", "Huawei"), ("ddSystem", "Dell EMC"), ("scProductID", "Dell"), ("raritan", "Raritan"), ("pduModel", "Raritan"), ("towerModel", "Server Technology"), ("panSys", "Palo Alto Networks"), ("fgSys", "Fortinet"), ("fnSys", "Fortinet"), ("snwl", "SonicWall"), ("sns", "Stormshield"), ("ntq", "Stormshield"), ("sfosDevice", "Sophos"), ("ahSerial", "Aerohive"), ("ricoh", "Ricoh"), ("kcProduct", "Kyocera"), ("lexPrinter", "Lexmark"), ("lexMps", "Lexmark"), ("brInfo", "Brother"), ("canProduct", "Canon"), ("jnxBox", "Juniper"), ("clickshare", "Barco"), ("abbUps", "ABB"), ("hwEntity", "Huawei"), ("lgpAgent", "Vertiv"), ("netapp", "NetApp"), ("smHealth", "Supermicro"), ("svUnit", "Fujitsu"),
];

/// How surely.
pub const BY_MIB: u8 = 66;

/// Columns of makers' own MIBs in which each row is a member of a stack: serial, model.
pub const MEMBERS: &[(&str, &str)] = &[
    ("ciscosbUnitSerialNum", "ciscosbUnitModelName"),
    ("rlUnitSerialNum", "rlUnitModelName"),
    ("jnxVirtualChassisMemberSerialnumber", "jnxVirtualChassisMemberModel"),
    ("productIdentificationSerialNumber", ""),
    ("fsDeviceSerial", "fsDeviceDescr"),
    ("stackUnitSerialNumber", "stackUnitDesc"),
    ("snChasUnitSerNum", "snStackingOperUnitDescription"),
];

/// Makers who print the MAC as the serial number: their devices tell no other.
pub const SERIAL_IS_MAC: &[&str] = &["Axis", "Ubiquiti"];

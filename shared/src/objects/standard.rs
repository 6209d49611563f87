//! Objects of standard MIBs (IETF, IEEE), asked of everyone or of those who hold the branch.
//!
//! Left out on purpose: sysContact (it names people), the tables that are facts of their own.

use super::{Group, Object, Whom};

/// Standard objects.
pub const STANDARD: &[Group] = &[
    Group {
        mib: "SNMPv2-MIB (RFC 3418)",
        whom: Whom::Everyone,
        root: "1.3.6.1.2.1.1",
        objects: &[
            Object::one("sysDescr", "1"),
            Object::one("sysObjectID", "2"),
            Object::one("sysUpTime", "3").moving("uptime", 0.01),
            Object::one("sysName", "5"),
            Object::one("sysLocation", "6"),
            Object::one("sysServices", "7"),
        ],
    },
    Group {
        mib: "BRIDGE-MIB (RFC 4188)",
        whom: Whom::Having("1.3.6.1.2.1.17"),
        root: "1.3.6.1.2.1.17.1",
        objects: &[Object::one("dot1dBaseBridgeAddress", "1").raw(), Object::one("dot1dBaseNumPorts", "2")],
    },
    Group {
        mib: "RMON2-MIB (RFC 4502), probe configuration",
        whom: Whom::Having("1.3.6.1.2.1.16.19"),
        root: "1.3.6.1.2.1.16.19",
        objects: &[Object::one("probeSoftwareRev", "2"), Object::one("probeHardwareRev", "3")],
    },
    Group {
        mib: "HOST-RESOURCES-MIB (RFC 2790)",
        whom: Whom::Having("1.3.6.1.2.1.25"),
        root: "1.3.6.1.2.1.25",
        objects: &[
            Object::one("hrMemorySize", "2.2"),
            Object::rows("hrDeviceType", "3.2.1.2", 4),
            Object::rows("hrDeviceDescr", "3.2.1.3", 4),
            Object::rows("hrPrinterStatus", "3.5.1.1", 2),
            Object::rows("hrPrinterDetectedErrorState", "3.5.1.2", 2).raw(),
        ],
    },
    Group {
        mib: "NETWORK-SERVICES-MIB (RFC 2788), the first application",
        whom: Whom::Having("1.3.6.1.2.1.27"),
        root: "1.3.6.1.2.1.27.1.1",
        objects: &[Object::one("applName", "2"), Object::one("applVersion", "4")],
    },
    Group {
        mib: "SYSAPPL-MIB (RFC 2287), the first installed package",
        whom: Whom::Having("1.3.6.1.2.1.54"),
        root: "1.3.6.1.2.1.54.1.1.1.1",
        objects: &[
            Object::one("sysApplInstallPkgManufacturer", "2"),
            Object::one("sysApplInstallPkgProductName", "3"),
            Object::one("sysApplInstallPkgVersion", "4"),
            Object::one("sysApplInstallPkgSerialNumber", "5"),
        ],
    },
    Group {
        mib: "Printer-MIB (RFC 3805)",
        whom: Whom::Having("1.3.6.1.2.1.43"),
        root: "1.3.6.1.2.1.43",
        objects: &[
            Object::one("prtGeneralPrinterName", "5.1.1.16"),
            Object::one("prtGeneralSerialNumber", "5.1.1.17"),
            Object::rows("prtInputMaxCapacity", "8.2.1.9", 8),
            Object::rows("prtInputCurrentLevel", "8.2.1.10", 8).moving("paper_level", 1.0),
            Object::rows("prtInputName", "8.2.1.13", 8),
            Object::rows("prtMarkerLifeCount", "10.2.1.4", 2).moving("page_count", 1.0),
            Object::rows("prtAlertSeverityLevel", "18.1.1.2", 16),
            Object::rows("prtAlertGroup", "18.1.1.4", 16),
            Object::rows("prtAlertCode", "18.1.1.7", 16),
            Object::rows("prtAlertDescription", "18.1.1.8", 16),
        ],
    },
    Group {
        mib: "PWG printer port monitor (PPM-MIB, PWG 5107.1)",
        whom: Whom::Having("1.3.6.1.4.1.2699.1.2"),
        root: "1.3.6.1.4.1.2699.1.2.1.2.1.1",
        objects: &[Object::one("ppmPrinterName", "2"), Object::one("ppmPrinterIEEE1284DeviceId", "3")],
    },
    Group {
        mib: "UPS-MIB (RFC 1628)",
        whom: Whom::Having("1.3.6.1.2.1.33"),
        root: "1.3.6.1.2.1.33.1",
        objects: &[
            Object::one("upsIdentManufacturer", "1.1"),
            Object::one("upsIdentModel", "1.2"),
            Object::one("upsIdentUPSSoftwareVersion", "1.3"),
            Object::one("upsIdentAgentSoftwareVersion", "1.4"),
            Object::one("upsIdentName", "1.5"),
            Object::one("upsBatteryStatus", "2.1"),
            Object::one("upsEstimatedMinutesRemaining", "2.3").moving("ups_runtime", 60.0),
            Object::one("upsEstimatedChargeRemaining", "2.4").moving("ups_charge", 1.0),
            Object::rows("upsInputVoltage", "3.3.1.3", 3).moving("ups_input_voltage", 1.0),
            Object::one("upsOutputSource", "4.1"),
            Object::rows("upsOutputPercentLoad", "4.4.1.5", 3).moving("ups_load", 1.0),
            Object::one("upsAlarmsPresent", "6.1"),
            Object::one("upsTestResultsSummary", "7.3"),
            Object::rows("upsAlarmDescr", "6.2.1.2", 12),
        ],
    },
    Group {
        mib: "POWER-ETHERNET-MIB (RFC 3621)",
        whom: Whom::Having("1.3.6.1.2.1.105"),
        root: "1.3.6.1.2.1.105.1.3.1.1",
        objects: &[
            Object::rows("pethMainPsePower", "2", 10),
            Object::rows("pethMainPseOperStatus", "3", 10),
            Object::rows("pethMainPseConsumptionPower", "4", 10).moving("poe_used", 1.0),
        ],
    },
    Group {
        mib: "LLDP-MIB (IEEE 802.1AB-2005), local system",
        whom: Whom::Having("1.0.8802.1.1.2"),
        root: "1.0.8802.1.1.2.1.3",
        objects: &[
            Object::one("lldpLocChassisId", "2"),
            Object::one("lldpLocSysName", "3"),
            Object::one("lldpLocSysDesc", "4"),
            Object::one("lldpLocSysCapSupported", "5").raw(),
            Object::one("lldpLocSysCapEnabled", "6").raw(),
        ],
    },
    Group {
        mib: "LLDP-EXT-MED-MIB (ANSI/TIA-1057), local inventory",
        whom: Whom::Having("1.0.8802.1.1.2.1.5.4795"),
        root: "1.0.8802.1.1.2.1.5.4795.1.2",
        objects: &[
            Object::one("lldpXMedLocHardwareRev", "2"),
            Object::one("lldpXMedLocFirmwareRev", "3"),
            Object::one("lldpXMedLocSoftwareRev", "4"),
            Object::one("lldpXMedLocSerialNum", "5"),
            Object::one("lldpXMedLocMfgName", "6"),
            Object::one("lldpXMedLocModelName", "7"),
        ],
    },
    Group {
        mib: "IEEE802dot11-MIB",
        whom: Whom::Having("1.2.840.10036"),
        root: "1.2.840.10036",
        objects: &[
            Object::rows("dot11DesiredSSID", "1.1.1.9", 8),
            Object::rows("dot11manufacturerName", "3.1.2.1.2", 4),
            Object::rows("dot11manufacturerProductName", "3.1.2.1.3", 4),
            Object::rows("dot11manufacturerProductVersion", "3.1.2.1.4", 4),
        ],
    },
];

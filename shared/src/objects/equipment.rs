//! Enterprise objects of servers and their controllers, storage, cameras, meeting rooms, telephony.
//!
//! Numbers in [`super::Whom::Makers`] are IANA private enterprise numbers.

use super::{Group, OWN, Object, group};

/// Servers, storage, cameras and the rest, by maker.
pub const EQUIPMENT: &[Group] = &[
    // Servers and their controllers.
    group(
        "IDRAC-MIB and DELL-RAC-MIB",
        &[674],
        "1.3.6.1.4.1.674.10892",
        &[
            Object::one("drsProductName", "2.1.1.1"),
            Object::one("drsProductShortName", "2.1.1.2"),
            Object::one("drsSystemServiceTag", "2.1.1.11"),
            Object::one("drsFirmwareVersion", "2.1.2.1"),
            Object::one("racFirmwareVersion", "5.1.1.8"),
            Object::one("systemServiceTag", "5.1.3.2"),
            Object::one("systemModelName", "5.1.3.12"),
            Object::one("systemOSName", "5.1.3.6"),
        ],
    ),
    group(
        "CPQSINFO-MIB and CPQSM2-MIB (HPE ProLiant, iLO)",
        &[232],
        "1.3.6.1.4.1.232",
        &[
            Object::one("cpqSiSysSerialNum", "2.2.2.1"),
            Object::one("cpqSiProductName", "2.2.4.2"),
            Object::one("cpqSm2CntlrRomRevision", "9.2.2.2"),
            Object::one("cpqSm2CntlrModel", "9.2.2.21"),
            Object::one("cpqHoName", "11.2.2.1"),
            Object::one("cpqHoVersion", "11.2.2.2"),
        ],
    ),
    group(
        "LENOVO-XCC-MIB and IMM",
        &[19046, 2],
        "1.3.6.1.4.1.19046.11.1.1.5",
        &[
            Object::rows("xccVpdFirmwareVersion", "1.1.3", 2),
            Object::one("xccMachineType", "2.1.1"),
            Object::one("xccMachineModel", "2.1.2"),
            Object::one("xccMachineSerial", "2.1.3"),
            Object::one("xccMachineProduct", "2.1.5"),
        ],
    ),
    group(
        "SERVERVIEW-MIB (Fujitsu iRMC)",
        &[231],
        "1.3.6.1.4.1.231.2.10.2.2.10",
        &[Object::one("svUnitModelName", "2.3.1.5"), Object::one("svUnitSerialNumber", "2.3.1.7"), Object::one("svAgentFirmware", "3.4.1.3")],
    ),
    group(
        "SUPERMICRO-HEALTH-MIB",
        &[10876],
        "1.3.6.1.4.1.10876.100.1",
        &[Object::one("smHealthSystemName", "1"), Object::one("smSerialNumber", "2")],
    ),
    // Storage.
    group(
        "SYNOLOGY-SYSTEM-MIB",
        &[6574],
        "1.3.6.1.4.1.6574.1.5",
        &[Object::one("synologyModelName", "1"), Object::one("synologySerialNumber", "2"), Object::one("synologyVersion", "3")],
    ),
    group(
        "QNAP NAS-MIB and QTS-MIB",
        &[24681, 55062],
        "1.3.6.1.4.1",
        &[
            Object::one("qnapModelName", "24681.1.2.12"),
            Object::one("qnapHostName", "24681.1.2.13"),
            Object::one("qnapEnclosureModel", "24681.1.4.1.1.1.1.1.2.1.3"),
            Object::one("qnapEnclosureSerialNum", "24681.1.4.1.1.1.1.1.2.1.4"),
            Object::one("qtsModelName", "55062.1.12.3"),
            Object::one("qtsSerialNumber", "55062.1.12.5"),
            Object::one("qtsFirmwareVersion", "55062.1.12.6"),
        ],
    ),
    group(
        "NETAPP-MIB",
        &[789],
        "1.3.6.1.4.1.789.1.1",
        &[Object::one("netappProductVersion", "2"), Object::one("netappProductModel", "5"), Object::one("netappProductSerialNum", "9")],
    ),
    group(
        "READYNAS-MIB (Netgear)",
        &[4526],
        "1.3.6.1.4.1.4526.22",
        &[Object::one("readynasSoftwareVersion", "3"), Object::one("readynasSerialNumber", "10")],
    ),
    // Cameras, meeting rooms, telephony and the rest.
    group(
        "AXIS-VIDEO-MIB",
        &[368],
        "1.3.6.1.4.1.368.4.1.100",
        &[Object::one("axisModel", "4"), Object::one("axisFirmware", "5"), Object::one("axisSerialNumber", "6")],
    ),
    group(
        "DAHUA-SNMP-MIB",
        &[1004849],
        "1.3.6.1.4.1.1004849.2.1",
        &[Object::one("dahuaSoftwareRevision", "1.1"), Object::one("dahuaSerialNumber", "2.4"), Object::one("dahuaDeviceType", "2.6")],
    ),
    group(
        "HIKVISION-MIB",
        &[39165, 50001],
        "1.3.6.1.4.1.39165.1",
        &[
            Object::one("hikDeviceType", "1"),
            Object::one("hikHardwareVersion", "2"),
            Object::one("hikSoftwareVersion", "3"),
            Object::one("hikMacAddress", "4"),
            Object::one("hikDeviceId", "5"),
        ],
    ),
    group(
        "Barco ClickShare",
        &[7312, 2468],
        "1.3.6.1.4.1.7312.2468.1.1",
        &[
            Object::one("clickshareModel", "1"),
            Object::one("clickshareArticle", "2"),
            Object::one("clickshareFirmware", "3"),
            Object::one("clickshareSerial", "5"),
        ],
    ),
    group(
        "Polycom and Poly",
        &[13885, 2684],
        "1.3.6.1.4.1.13885.101.1.1",
        &[Object::one("polySoftware", "1"), Object::one("polySerial", "2"), Object::one("polyModel", "4")],
    ),
    group(
        "NET-SNMP-EXTEND-MIB: what OpenWrt, DD-WRT and OPNsense publish as hardware, distro, version, clients-wlan (the index is the word in octets)",
        &[8072],
        "1.3.6.1.4.1.8072.1.3.2.3.1",
        &[
            Object::exact("nsExtendHardware", "1.8.104.97.114.100.119.97.114.101"),
            Object::exact("nsExtendDistro", "1.6.100.105.115.116.114.111"),
            Object::exact("nsExtendVersion", "2.7.118.101.114.115.105.111.110"),
            Object::exact("nsExtendHardwareFull", "2.8.104.97.114.100.119.97.114.101"),
            Object::exact("nsExtendDistroFull", "2.6.100.105.115.116.114.111"),
            Object::exact("nsExtendWirelessClients", "1.12.99.108.105.101.110.116.115.45.119.108.97.110").moving("wireless_clients", 1.0),
        ],
    ),
    group(
        "UCD-SNMP-MIB; below 7890 what administrators publish of a server by net-snmp's `exec` and `extend` (the index is the word in octets)",
        &[2021],
        "1.3.6.1.4.1.2021",
        &[
            Object::one("ucdVersionTag", "100.2"),
            Object::exact("execDistro", "7890.1.101.1"),
            Object::exact("extendDistro", "7890.1.3.1.1.6.100.105.115.116.114.111"),
            Object::exact("extendHardware", "7890.2.3.1.1.8.104.97.114.100.119.97.114.101"),
            Object::exact("extendManufacturer", "7890.3.3.1.1.12.109.97.110.117.102.97.99.116.117.114.101.114"),
            Object::exact("extendSerial", "7890.4.3.1.1.6.115.101.114.105.97.108"),
        ],
    ),
    group("SQUID-MIB", &[3495], "1.3.6.1.4.1.3495.1.2", &[Object::one("cacheSoftware", "2"), Object::one("cacheVersionId", "3")]),
    group("SPAGENT-MIB (AKCP)", &[3854], "1.3.6.1.4.1.3854.1.1", &[Object::one("spManufName", "6"), Object::one("spProductName", "8")]),
    group(
        "VMWARE-SYSTEM-MIB",
        &[6876],
        "1.3.6.1.4.1.6876.1",
        &[Object::one("vmwProdName", "1"), Object::one("vmwProdVersion", "2"), Object::one("vmwProdBuild", "4")],
    ),
    group(
        "IMM-MIB (IBM and Lenovo System x)",
        &[2],
        "1.3.6.1.4.1.2.3.51.3.1.5.2.1",
        &[
            Object::one("immMachineType", "1"),
            Object::one("immMachineModel", "2"),
            Object::one("immMachineSerialNumber", "3"),
            Object::one("immMachineProduct", "5"),
        ],
    ),
    group(
        "HUAWEI-SERVER-IBMC-MIB",
        &[2011],
        "1.3.6.1.4.1.2011.2.235.1.1.1",
        &[Object::one("ibmcDeviceName", "6"), Object::one("ibmcDeviceSerialNo", "7")],
    ),
    group(
        "DATA-DOMAIN-MIB (Dell EMC)",
        &[19746],
        "1.3.6.1.4.1.19746.1.13.1",
        &[Object::one("ddSystemSerialNumber", "1"), Object::one("ddSystemVersion", "3"), Object::one("ddSystemModelNumber", "4")],
    ),
    group("DELL-STORAGE-SC-MIB (Compellent)", &[674], "1.3.6.1.4.1.674.11000.2000.500.1.2", &[Object::one("scProductIDDisplayName", "1")]),
    group(
        "Terra receivers: objects under their own identifier",
        &[30631],
        OWN,
        &[Object::one("terraFirmware", "4.1"), Object::one("terraSerialNumber", "4.2")],
    ),
    group("MBG-LANTIME-NG-MIB (Meinberg)", &[5597], "1.3.6.1.4.1.5597.30.0.0", &[Object::one("mbgLtNgFirmwareVersion", "2")]),
];

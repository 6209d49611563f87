//! The configuration of a real agent for a played school: what the network engineer of that school would write.
//!
//! Comes in: the world, a school, a folder. Goes out: `agent.toml` and its secret files. Absent on purpose: enrolment.

use super::server;
use super::services;
use super::town::School;
use super::usm;
use super::world::{COMMUNITY, PJLINK_PASSWORD, World};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Name of the network of a school, as agent and collector call it: the school's code.
pub fn network_name(school: &School) -> String {
    school.code.clone()
}

/// Writes the configuration; the state folder is `state` beside it.
pub fn write(world: &World, school: &School, folder: &Path, round_s: u32) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    for (file, secret) in [("community", COMMUNITY), ("auth", usm::AUTH_PASSWORD), ("privacy", usm::PRIVACY_PASSWORD), ("pjlink", PJLINK_PASSWORD)] {
        std::fs::write(folder.join(file), format!("{secret}\n"))?;
    }
    let (ports, place) = (&world.ports, world.school_folder(school));
    let place = std::path::absolute(place)?;
    let services: Vec<String> = services::ports(ports).iter().map(|(name, port)| format!("\"{name}:{port}\"")).collect();
    let text = format!(
        r#"state_folder = "state"
round_s = {round_s}
time_zone = "Europe/Paris"
naming_patterns = ["PC-*", "iPad", "kwartz-*"]

[[networks]]
name = "{network}"
cidrs = ["{cidr}"]
allow = ["{fixed}"]   # PCs and tablets are not asked: leases and switches tell of them
max_pps = 2000
pjlink_passwords_file = "pjlink"

[networks.ports]
snmp = {snmp}
pjlink = {pjlink}
nut = {nut}

[[networks.snmp]]
version = 3
user = "{user}"
auth_protocol = "SHA256"
auth_file = "auth"
privacy_protocol = "AES128"
privacy_file = "privacy"

[[networks.snmp]]
version = 2
community_file = "community"

[server]
root = "{place}/system"
dhcp_files = ["{place}/dhcpd.leases", "{place}/dhcpd.conf"]
services_at = "{server}"
services = [{services}]
nut = true

[[server.backups]]
name = "nas"
path = "{place}/system/{backup}"
every_h = {every_h}
"#,
        backup = server::BACKUP,
        every_h = server::BACKUP_EVERY_H,
        network = network_name(school),
        cidr = school.cidr(),
        fixed = school.fixed_half(),
        snmp = ports.snmp,
        pjlink = ports.pjlink,
        nut = ports.nut,
        user = usm::USER,
        place = place.display(),
        server = school.address(1),
        services = services.join(", "),
    );
    let file = folder.join("agent.toml");
    std::fs::write(&file, text)?;
    Ok(file)
}

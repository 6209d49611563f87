//! The command line of `rollcall-agent`: its words, and the network that flags alone describe.
//!
//! Comes in: arguments. Goes out: [`Cli`]. Absent on purpose: doing anything with it.

use crate::credentials::{AUTH_PROTOCOLS, PRIVACY_PROTOCOLS, age, load, protocol_and_password};
use crate::network::{Credentials, MAX_ADDRESSES, Network, Never, Ports, SnmpCredential};
use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use std::net::IpAddr;
use std::path::PathBuf;

/// Where the configuration lies unless told otherwise.
pub const CONFIG_FILE: &str = "/etc/rollcall/agent.toml";

const EXIT_CODES: &str = "Exit codes: 0 done · 1 failed, the reason is on standard error · 2 the command line is wrong · \
3 done, but the collector could not be reached or took nothing (reports are kept) · 4 the configuration has errors";

/// Looks around a school's networks and tells the collector what it found; changes nothing, opens no port.
#[derive(Debug, Parser)]
#[command(name = "rollcall-agent", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// Configuration file.
    #[arg(long, global = true, env = "ROLLCALL_AGENT_CONFIG", default_value = CONFIG_FILE, value_name = "FILE")]
    pub config: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look and tell, round after round, until told to stop (the daemon).
    Run,
    /// One round with a sweep, sent; ends when the spool is empty.
    Once,
    /// One round; the full report as JSON on standard output, nothing sent, nothing kept.
    Look {
        /// What may be looked at.
        #[command(flatten)]
        permission: Permission,
        /// Print names and invented (locally administered) MACs as they are, rather than as they would be sent.
        #[arg(long)]
        unmasked: bool,
        /// Leave the machine itself out (its disks, services, lease files).
        #[arg(long)]
        no_server: bool,
    },
    /// One address; the report as JSON on standard output, unmasked, nothing sent.
    Probe {
        /// ADDRESS, or ADDRESS:PORT to speak only SNMP on that port (`[fd00::7]:161`).
        target: String,
        /// What opens the device.
        #[command(flatten)]
        keys: Keys,
    },
    /// First contact: makes a key and hands its public half to the collector, for a one-time code.
    Enrol {
        /// Where the collector is, such as <https://rollcall.town.example:8443>
        url: String,
        /// The code that `rollcall-collector agent code` or the agents page gave.
        #[arg(long)]
        code: String,
        /// Take the place of the agent that already serves these networks: its fleet, faults and decisions stay.
        #[arg(long)]
        replace: bool,
        /// Accept plain http to another machine. Reports are signed but can then be read on the way.
        #[arg(long)]
        insecure_http: bool,
        /// State folder, where no configuration file says it.
        #[arg(long, value_name = "FOLDER")]
        state: Option<PathBuf>,
    },
    /// Say every problem of the configuration.
    CheckConfig {
        /// Print the page for the network engineer: source, destinations, ports, protocols, rates, hours.
        #[arg(long)]
        page: bool,
    },
    /// How this agent fares, from its state folder: enrolment, spool, last contact, last round, troubles.
    Status {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Which networks to look at, without a configuration file.
#[derive(Debug, Args)]
pub struct Permission {
    /// A network to look at, such as 10.0.0.0/24; repeatable. Naming it is the permission. Without it the configuration file is used.
    #[arg(long, value_name = "CIDR")]
    pub network: Vec<IpNet>,
    /// Never touch these addresses; repeatable.
    #[arg(long, value_name = "CIDR")]
    pub never: Vec<String>,
    /// What opens devices.
    #[command(flatten)]
    pub keys: Keys,
}

/// What opens devices, and how fast they are asked.
#[derive(Debug, Args)]
pub struct Keys {
    /// SNMP community; repeatable. Tried by version 2c, then by version 1 where somebody is known to be. Flags show in `ps`: prefer --credentials.
    #[arg(long, value_name = "C")]
    pub community: Vec<String>,
    /// SNMP v3 user name.
    #[arg(long, value_name = "U")]
    pub snmp_user: Option<String>,
    /// SNMP v3 authentication: PROTOCOL:PASSWORD, PROTOCOL one of SHA1 SHA224 SHA256 SHA384 SHA512.
    #[arg(long, value_name = "PROTOCOL:PASS", requires = "snmp_user")]
    pub snmp_auth: Option<String>,
    /// SNMP v3 privacy: PROTOCOL:PASSWORD, PROTOCOL one of AES128 AES256.
    #[arg(long, value_name = "PROTOCOL:PASS", requires = "snmp_auth")]
    pub snmp_priv: Option<String>,
    /// PJLink password; repeatable.
    #[arg(long, value_name = "P")]
    pub pjlink_password: Vec<String>,
    /// TOML file with credentials: the `[[snmp]]` tables of agent.toml, in which secrets may also stand in line (community,
    /// auth_password, privacy_password), and pjlink_passwords = ["…"].
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
    /// Most packets a second.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub max_pps: u32,
}

impl Keys {
    /// The credentials of the flags: version 3 first.
    pub fn credentials(&self) -> anyhow::Result<Credentials> {
        let from_file = self.credentials.as_deref().map(load).transpose();
        let from_file = from_file.map_err(|problems| anyhow::Error::msg(problems.join("\n")))?;
        let mut credentials = from_file.unwrap_or_default();
        if let Some(name) = &self.snmp_user {
            let auth = self.snmp_auth.as_deref().map(|text| protocol_and_password(AUTH_PROTOCOLS, text));
            let privacy = self.snmp_priv.as_deref().map(|text| protocol_and_password(PRIVACY_PROTOCOLS, text));
            let auth = auth.transpose().map_err(anyhow::Error::msg).context("--snmp-auth")?;
            let privacy = privacy.transpose().map_err(anyhow::Error::msg).context("--snmp-priv")?;
            credentials.snmp.insert(0, SnmpCredential::User { name: name.clone(), auth, privacy });
        }
        for version in [SnmpCredential::Community, SnmpCredential::CommunityV1] {
            credentials.snmp.extend(self.community.iter().cloned().map(version));
        }
        credentials.snmp.sort_by_key(age);
        credentials.pjlink_passwords.extend(self.pjlink_password.iter().cloned());
        Ok(credentials)
    }

    fn network(&self, name: String, cidr: IpNet) -> anyhow::Result<Network> {
        Ok(Network {
            name,
            cidrs: vec![cidr],
            allow: Vec::new(),
            never: Never::default(),
            max_pps: self.max_pps.max(1),
            max_arp_pps: self.max_pps.max(1_000),
            ports: Ports::of(&[cidr]),
            credentials: self.credentials()?,
        })
    }
}

impl Permission {
    /// The networks that the flags name.
    pub fn networks(&self) -> anyhow::Result<Vec<Network>> {
        let never = self.never.iter().map(|text| address_or_network(text).with_context(|| format!("--never {text}")));
        let never = Never { addresses: never.collect::<anyhow::Result<_>>()?, mac_prefixes: Vec::new() };
        let mut networks = Vec::new();
        for cidr in &self.network {
            if cidr.hosts().take(MAX_ADDRESSES + 1).count() > MAX_ADDRESSES {
                bail!("--network {cidr}: has more than {MAX_ADDRESSES} addresses, expected a /16 at most");
            }
            networks.push(Network { never: never.clone(), ..self.keys.network(cidr.to_string(), cidr.trunc())? });
        }
        Ok(networks)
    }
}

/// What `probe` asks: the network of one address, and whether only SNMP is spoken.
pub fn probe_target(target: &str, keys: &Keys) -> anyhow::Result<(Network, IpAddr, bool)> {
    let expected = || format!("expected ADDRESS or ADDRESS:PORT, such as 10.0.0.7 or 127.0.0.1:1161 or [fd00::7]:161, found {target:?}");
    let (ip, port) = match target.parse::<IpAddr>() {
        Ok(ip) => (ip, None),
        Err(_) => {
            let socket: std::net::SocketAddr = target.parse().with_context(expected)?;
            (socket.ip(), Some(socket.port()))
        }
    };
    let mut network = keys.network("probe".to_owned(), IpNet::from(ip))?;
    network.ports.snmp = port.unwrap_or(network.ports.snmp);
    Ok((network, ip, port.is_some()))
}

/// A network, or one address as a network of its own.
pub fn address_or_network(text: &str) -> anyhow::Result<IpNet> {
    let parsed = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    parsed.with_context(|| format!("expected an address or a network such as 10.0.0.7 or 10.0.0.0/24, found {text:?}"))
}

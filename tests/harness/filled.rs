//! A store filled with a believable school, by the collector's own ways in: a plan's, a report's, settling.
//!
//! Comes in: an empty store, a text that is added to every text that people or devices can choose (empty: a believable
//! school; markup: a hostile one). Goes out: a store that pages have something to show of. Absent on purpose: sockets.

use anyhow::{Context, Result, ensure};
use rollcall_collector::import::import;
use rollcall_collector::ingest::Ingest;
use rollcall_collector::plan_folder::read_folder;
use rollcall_collector::settle::Settle;
use rollcall_collector::store::report::{NewAgent, insert_agent};
use rollcall_collector::store::{self, Db};
use rollcall_shared::evidence::{Holds, Interface, Lease, Neighbour};
use rollcall_shared::picture::Group;
use rollcall_shared::report::{ProbeRun, Trouble};
use rollcall_shared::{AgentId, Batch, Content, Fact, Mac, Picture, Report, StreamId, Subject, Timestamp};
use std::net::{IpAddr, Ipv4Addr};

/// Code of the school that is filled.
pub const SCHOOL: &str = "camus";
/// Name of its network.
pub const NETWORK: &str = "camus";

/// Fills a store; its agent has told three rounds, the last one at `now`.
pub fn fill(db: &Db, spice: &str, now: Timestamp) -> Result<AgentId> {
    fill_around(db, "", spice, now)
}

/// The same with a text before each of those texts as well: a formula is one only where it begins a cell.
pub fn fill_around(db: &Db, before: &str, spice: &str, now: Timestamp) -> Result<AgentId> {
    let folder = tempfile::tempdir()?;
    for (name, text) in tables(before, spice) {
        std::fs::write(folder.path().join(format!("{name}.csv")), text)?;
    }
    let (tables, notes) = read_folder(folder.path())?;
    ensure!(!rollcall_collector::domain::plan::has_error(&notes), "the plan of the harness has errors: {notes:?}");
    import(db, tables, &format!("anne{spice}"), &format!("premier import{spice}"), now - 3_600)?;
    let new = NewAgent {
        public_key: vec![7; 32],
        host: format!("{before}kwartz-01{spice}"),
        version: format!("0.1.0{spice}"),
        networks: vec![NETWORK.to_owned()],
    };
    let agent = db.write(move |tx| -> store::Result<AgentId> { insert_agent(tx, &new, now - 3_000) })?;
    let (ingest, settle) = (Ingest::new(db.clone()), Settle::new(db.clone(), jiff::tz::TimeZone::UTC));
    for number in 1..=3 {
        let at = now - 300 * (3 - i64::try_from(number)?);
        let batch = Batch { agent, sent_at: at, reports: vec![report(number, at, before, spice)] };
        ingest.accept(agent, batch, at).context("taking a report")?;
        settle.drain(at)?;
    }
    Ok(agent)
}

/// The plan's tables as texts.
fn tables(before: &str, spice: &str) -> Vec<(&'static str, String)> {
    let cell = |text: &str| format!("\"{}\"", format!("{before}{text}{spice}").replace('"', "\"\""));
    // Codes of a plan hold no `|`, `&` or `=`: an import refuses them.
    let tame: String = spice.chars().filter(|letter| !"|&=".contains(*letter)).collect();
    let code = |text: &str| format!("\"{}\"", format!("{text}{tame}").replace('"', "\"\""));
    let class = |n: u32| format!("{SCHOOL},{},class\n", code(&format!("Classe {n:02}")));
    vec![
        ("programme", format!("code,name,owner,starts_on,ends_on\nessai,{},{},2024,2027\n", cell("Écoles numériques"), cell("Ville"))),
        ("phases", format!("phase,name,rank,pilot,starts_on,ends_on\n1,{},1,no,2024,2024\n2,{},2,no,2026,2027\n", cell("Phase 1"), cell("Phase 2"))),
        ("sites", format!("site,name,kind,address\n{SCHOOL},{},school,{}\n", cell("Site Camus"), cell("1 rue de l'Exemple"))),
        ("schools", format!("school,name,kind,site,phase,zone,timetable,followed_from\n{SCHOOL},{},elementaire,{SCHOOL},1,B,4.5,2024-09-02\n", cell("Camus"))),
        ("rooms", format!("school,room,kind\n{}{SCHOOL},{},cabinet\n", (1..=4).map(class).collect::<String>(), code("Baie"))),
        ("networks", format!("site,cidr,name,use,school\n{SCHOOL},10.199.1.0/24,{NETWORK},pedagogy,{SCHOOL}\n")),
        ("kits", "kit,item,quantity,per\nclasse,projector,1,room:class\nclasse,document_camera,1,room:class\ninfra,switch,1,school\nvalise,tablet,4,school\n".to_owned()),
        ("allotments", "phase,school_or_selector,kit,quantity,counts,due_on\n1,*,classe,1,each,2024-12-31\n1,*,infra,1,each,2024-12-31\n2,*,valise,1,each,2027-06-30\n".to_owned()),
        (
            "milestones",
            format!(
                "phase_or_school,milestone,promised_on,planned_on,after,cause\n1,cabling,2024-04-01,2024-05-01,,{}\n1,installation,,2024-06-01,cabling,\n2,{},,2027-06-30,,\n",
                cell("retard"),
                code("remise")
            ),
        ),
        (
            "lines",
            format!(
                "line,axis,objective,phase,kit_or_deliverable,year,amount_ht,amount_ttc\n{},{},{},1,classe,2024,30468.33,36562\nservices,,,,,2024,,1500\n",
                code("equipement"),
                cell("Axe"),
                cell("But")
            ),
        ),
        (
            "grants",
            format!(
                "grant,funder,lines,base,awarded\netat,{},{},ttc,25593\nville,ville,{},ttc,10969\n",
                cell("État"),
                code("equipement"),
                code("equipement")
            ),
        ),
        ("grant_rules", "grant,from_amount,rate\netat,0,70\n".to_owned()),
        (
            "invoices",
            format!(
                "invoice,line,supplier,dated_on,amount_ht,amount_ttc\n{},{},{},2024-03-01,2500,3000\nF2,,,2024-04-01,100,120\n",
                code("F1"),
                code("equipement"),
                cell("Fournisseur")
            ),
        ),
        (
            "assets",
            format!(
                "label_or_serial,serial,kind,model,school,state,delivered_on,invoice,price_ht\n{},{},projector,{},{SCHOOL},in_service,2024-03-01,{},480\n{},,projector,,{SCHOOL},in_service,,,\n{},,tablet,,,spare,2024-03-01,,219\n",
                code("VP-10"),
                code("X4129898010"),
                cell("EB-685Wi"),
                code("F1"),
                code("VP-99"),
                code("T-1"),
            ),
        ),
    ]
}

fn report(number: u64, at: Timestamp, before: &str, spice: &str) -> Report {
    let groups = evidence(before, spice);
    let hash = Picture::from_groups(groups.clone()).hash();
    let run = |probe: &str| ProbeRun {
        probe: probe.to_owned(),
        network: NETWORK.to_owned(),
        finished: true,
        asked: 254,
        answered: 6,
        took_ms: 1_250,
        only: vec![],
    };
    let trouble = Trouble {
        probe: "snmp".to_owned(),
        network: NETWORK.to_owned(),
        subject: Some(ip(9)),
        code: "timeout".to_owned(),
        text: format!("no answer after three tries{spice}"),
    };
    Report {
        wire: 1,
        agent_version: "0.1.0".to_owned(),
        stream: StreamId(11),
        number,
        began_at: at - 20,
        ended_at: at,
        content: Content::Full(groups),
        hash,
        probes: ["neighbours", "snmp", "pjlink", "dhcp"].map(run).into(),
        readings: Vec::new(),
        troubles: vec![trouble],
        every_s: 300,
        folded: 0,
        paused: false,
    }
}

fn ip(last: u8) -> Subject {
    Subject::Address(IpAddr::V4(Ipv4Addr::new(10, 199, 1, last)))
}

fn mac(last: u8) -> Mac {
    format!("00:1b:3f:00:00:{last:02x}").parse().expect("a MAC of the harness")
}

fn group(subject: Subject, probe: &str, facts: Vec<Fact>) -> Group {
    Group { network: NETWORK.to_owned(), subject, probe: probe.to_owned(), facts }
}

/// A switch with ports, three projectors (one with a lamp error), tablets by their leases, a phone that nobody knows.
fn evidence(before: &str, spice: &str) -> Vec<Group> {
    let said = |key: &str, value: &str| Fact::said(key, format!("{before}{value}{spice}"));
    let mut groups = vec![group(ip(2), "snmp", switch(spice)), held(2)];
    for n in 10..13 {
        let erst = Fact::said("ERST", if n == 11 { "020000" } else { "000000" });
        let facts = vec![
            Fact::answers("pjlink"),
            Fact::said("CLSS", "2"),
            said("INF1", "EPSON"),
            said("INF2", "EB-685Wi"),
            said("NAME", &format!("VP-CLASSE-{n}")),
            said("SNUM", &format!("X41298980{n}")),
            erst,
        ];
        groups.extend([group(ip(n), "pjlink", facts), held(n)]);
    }
    for n in 20..22 {
        let name = Some(format!("{before}tablette-{n}{spice}"));
        let lease = Lease {
            key: IpAddr::V4(Ipv4Addr::new(10, 199, 1, n)),
            name,
            vendor_class: Some(format!("android-dhcp-13{spice}")),
            reserved: false,
            active: true,
        };
        groups.extend([group(Subject::Mac(mac(n)), "dhcp", vec![Fact::Lease(lease)]), held(n)]);
    }
    groups
}

fn held(n: u8) -> Group {
    group(ip(n), "neighbours", vec![Fact::answers("arp"), Fact::Holds(Holds { key: mac(n) })])
}

fn switch(spice: &str) -> Vec<Fact> {
    let mut facts = vec![
        Fact::answers("snmp"),
        Fact::said("sysObjectID", "1.3.6.1.4.1.11.2.3.7.11.153"),
        Fact::said("sysDescr", format!("HP J9775A 2530-48G Switch, revision YA.16.08{spice}")),
        Fact::said("sysName", format!("baie-01{spice}")),
        Fact::said("sysServices", "74"),
    ];
    for port in 1..=24 {
        facts.push(Fact::Interface(Interface {
            key: port,
            name: format!("{port}{}", if port == 24 { spice } else { "" }),
            alias: if port == 1 { format!("vers serveur{spice}") } else { String::new() },
            if_type: 6,
            up: Some(port < 6),
            speed_bps: if port < 6 { 1_000_000_000 } else { 0 },
            ..Interface::default()
        }));
    }
    facts.push(Fact::Neighbour(Neighbour {
        key: "lldp:1.1".to_owned(),
        local_port: "1".to_owned(),
        name: format!("kwartz-01{spice}"),
        chassis: format!("aa{spice}"),
        ..Neighbour::default()
    }));
    facts
}

//! What one device is asked, in which order, so that a device with little to say costs few questions.
//!
//! Comes in: an [`Asker`] and the system group from the first contact. Goes out: facts, readings, what was cut. Absent on purpose: waiting and
//! retrying ([`super::walk`] does), meaning ([`super::parse`] gives the shape, the collector the sense).
//!
//! One GETNEXT over the roots of all tables tells which are there (the census); a short chain of GETNEXT tells which makers' branches are there;
//! only what is there is asked for.

use super::parse::said::Answer;
use super::parse::{Number, arp, entity, forwarding, interfaces, neighbours, said, supplies};
use super::session::{Sockets, Way};
use super::value::{Oid, Rows, Value};
use super::walk::Asker;
use rollcall_shared::evidence::Interface;
use rollcall_shared::objects::{ENTERPRISES, Group, Object, STANDARD, Whom, dotted, enterprise, groups_for};
use rollcall_shared::{Fact, Mac};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::LazyLock;

/// Makers' branches looked for at most: a device holds its own, net-snmp's, and those of its parts.
const MAX_MAKERS: usize = 16;

/// VLANs of a Cisco switch whose forwarding tables are asked for one by one at most.
const MAX_VLANS: usize = 64;

/// So many VLANs in a row without any answer, and the others are not asked for.
const MAX_SILENT_VLANS: u32 = 2;

/// vtpVlanState of the first management domain (CISCO-VTP-MIB); index: VLAN.
const VTP_VLANS: &str = "1.3.6.1.4.1.9.9.46.1.3.1.1.2.1";

/// Whom one talks to, for tables that need a session of their own.
pub struct Peer<'a> {
    /// The sockets.
    pub sockets: &'a Sockets,
    /// Address and port.
    pub to: SocketAddr,
    /// How it answers.
    pub way: &'a Way,
    /// A router is asked who holds the addresses beyond it.
    pub asks_routers: bool,
}

/// What a conversation gave.
#[derive(Debug, Default)]
pub struct Heard {
    /// Facts.
    pub facts: Vec<Fact>,
    /// The ARP table of a router, where it was asked for and came whole.
    pub holders: Option<BTreeMap<Ipv4Addr, Mac>>,
    /// Moving numbers.
    pub readings: Vec<Number>,
    /// Everything that the device has of what is asked for was heard.
    pub finished: bool,
    /// What did not come whole.
    pub cuts: Vec<String>,
    /// GETBULK repetitions that the device stands, where fewer than usual.
    pub stands: Option<u32>,
    /// Questions that it took.
    pub questions: u32,
}

/// The objects that everyone is asked for in the first question.
pub fn system_oids() -> &'static [Oid] {
    static OIDS: LazyLock<Vec<Oid>> = LazyLock::new(|| system_objects().map(|(_, oid)| oid).collect());
    &OIDS
}

fn system_objects() -> impl Iterator<Item = (&'static Object, Oid)> {
    let groups = STANDARD.iter().filter(|group| group.whom == Whom::Everyone);
    groups.flat_map(|group| group.objects.iter().filter_map(|object| Some((object, object.full_oid(group.root, &[])?))))
}

/// Asks one device for all that it has.
pub async fn converse(peer: &Peer<'_>, mut asker: Asker<'_>, system: Vec<(Oid, Value)>) -> Heard {
    let mut heard = Heard::default();
    let answers = system_answers(&mut asker, system).await;
    let own = answers.iter().find(|(object, ..)| object.name == "sysObjectID").map(|(.., value)| value.clone());
    let own = if let Some(Value::Name(oid)) = own { oid } else { Oid::new() };

    let census = census(&mut asker, peer.asks_routers).await;
    let makers = makers(&mut asker, enterprise(&own), census.first_maker).await;
    let mut answers = answers;
    objects(&mut asker, &own, &makers, &census.here, &mut answers).await;
    let (facts, numbers) = said::said(&answers);
    heard.facts.extend(facts);
    heard.readings.extend(numbers);

    tables(peer, &mut asker, &census.here, &mut heard).await;
    heard.holders = arp_table(&mut asker, &census.here).await;
    heard.finished = !asker.gone && asker.cuts.is_empty();
    heard.stands = asker.stands();
    heard.questions = asker.questions();
    heard.cuts = asker.cuts;
    heard
}

async fn system_answers(asker: &mut Asker<'_>, system: Vec<(Oid, Value)>) -> Vec<Answer> {
    let found: Vec<Option<(Oid, Value)>> = match system.is_empty() {
        true => asker.first_under("system", system_oids()).await,
        false => system.into_iter().map(Some).collect(),
    };
    let answer = |((object, root), pair): ((&'static Object, Oid), Option<(Oid, Value)>)| {
        let (oid, value) = pair.filter(|(oid, value)| oid.starts_with(&root) && !value.is_nothing())?;
        Some((object, root, oid, value))
    };
    system_objects().zip(found).filter_map(answer).collect()
}

/// Which branches of standard tables are there, and the first maker's branch.
struct Census {
    here: BTreeSet<&'static str>,
    first_maker: Option<u32>,
}

async fn census(asker: &mut Asker<'_>, asks_routers: bool) -> Census {
    let mut roots: BTreeSet<&'static str> = TABLES.iter().copied().collect();
    roots.extend(STANDARD.iter().filter_map(|group| if let Whom::Having(branch) = group.whom { Some(branch) } else { None }));
    if asks_routers {
        roots.extend(ARP_TABLES);
    }
    let roots: Vec<&'static str> = roots.into_iter().collect();
    let mut oids: Vec<Oid> = roots.iter().map(|root| dotted(root)).collect();
    oids.push(ENTERPRISES.to_vec());
    let mut found = asker.first_under("census", &oids).await;
    let first_maker = found.pop().flatten().and_then(|(oid, _)| enterprise(&oid));
    let is_there = |root: &str, value: &Value| root != arp::FORWARDING || value.number() == Some(arp::FORWARDS);
    let here = roots.into_iter().zip(found).filter_map(|(root, pair)| pair.filter(|(_, value)| is_there(root, value)).map(|_| root)).collect();
    Census { here, first_maker }
}

/// Roots of the tables that have facts of their own.
const TABLES: &[&str] = &[
    interfaces::TABLE,
    interfaces::TABLE_X,
    interfaces::ETHERNET_TABLE,
    entity::TABLE,
    forwarding::TABLE_Q,
    forwarding::TABLE_D,
    forwarding::PORT_INDEX,
    neighbours::LLDP,
    neighbours::LLDP_V2,
    neighbours::CDP,
    neighbours::TP_LINK,
    supplies::TABLE,
    VTP_VLANS,
];

/// What tells whether a device forwards, and whom it forwards to.
const ARP_TABLES: [&str; 3] = [arp::FORWARDING, arp::MEDIA, arp::PHYSICAL];

/// The ARP table of a device that forwards; only a whole one counts, for what is not in it is gone.
async fn arp_table(asker: &mut Asker<'_>, here: &BTreeSet<&'static str>) -> Option<BTreeMap<Ipv4Addr, Mac>> {
    if !here.contains(arp::FORWARDING) {
        return None;
    }
    let cuts = asker.cuts.len();
    let rows = match (here.contains(arp::MEDIA), here.contains(arp::PHYSICAL)) {
        (true, _) => walk(asker, "ipNetToMediaTable", arp::MEDIA, arp::MEDIA_COLUMNS, arp::MAX_ROWS).await,
        (false, true) => walk(asker, "ipNetToPhysicalTable", arp::PHYSICAL, arp::PHYSICAL_COLUMNS, arp::MAX_ROWS).await,
        _ => return None,
    };
    (asker.cuts.len() == cuts && !asker.gone).then(|| arp::holders(&rows))
}

/// The enterprise numbers under which the device has objects, and its own.
async fn makers(asker: &mut Asker<'_>, own: Option<u32>, first: Option<u32>) -> Vec<u32> {
    let mut makers: Vec<u32> = first.into_iter().collect();
    while let Some(last) = makers.last().copied().filter(|last| makers.len() < MAX_MAKERS && *last < u32::MAX) {
        let after = [ENTERPRISES, &[last + 1]].concat();
        // What comes next need not lie under this very number: any enterprise after it will do.
        let next = asker.next_of(&after).await.and_then(|oid| enterprise(&oid)).filter(|next| *next > last);
        match next {
            Some(next) => makers.push(next),
            None => break,
        }
    }
    makers.extend(own.filter(|own| !makers.contains(own)));
    makers
}

/// An object with its whole OID, without the instance.
type Asked = (&'static Object, Oid);

/// Asks for the objects of the groups that fit the device: first the first row of each, many at once; then the columns that are there.
async fn objects(asker: &mut Asker<'_>, own: &[u32], makers: &[u32], here: &BTreeSet<&'static str>, answers: &mut Vec<Answer>) {
    let groups: Vec<&'static Group> = groups_for(makers, |branch| here.contains(branch)).filter(|group| group.whom != Whom::Everyone).collect();
    let of_group = |group: &'static Group| group.objects.iter().filter_map(move |object| Some((object, object.full_oid(group.root, own)?)));
    let (exact, firsts): (Vec<Asked>, Vec<Asked>) = groups.iter().flat_map(|group| of_group(group)).partition(|(object, _)| object.rows == 0);
    let found = asker.first_under("objects", &oids_of(&firsts)).await;
    let mut there: BTreeSet<Oid> = BTreeSet::new();
    for ((object, root), pair) in firsts.into_iter().zip(found) {
        let Some((oid, value)) = pair else { continue };
        match object.rows {
            1 if value.is_nothing() => {}
            1 => answers.push((object, root, oid, value)),
            _ => {
                there.insert(root);
            }
        }
    }
    let found = if exact.is_empty() { Vec::new() } else { asker.get("objects", &oids_of(&exact)).await };
    let said = |((object, root), value): (Asked, Value)| (!value.is_nothing()).then(|| (object, root.clone(), root, value));
    answers.extend(exact.into_iter().zip(found).filter_map(said));
    for group in groups {
        let columns: Vec<Asked> = of_group(group).filter(|(object, root)| object.rows > 1 && there.contains(root)).collect();
        // Rows are not counted where another column tells their number.
        let numbers: Vec<_> = columns.iter().filter(|(object, _)| object.counted_beside.is_none()).map(|(object, _)| object.reading).collect();
        let worth = |(object, _): &Asked| object.counted_beside.is_none() || !numbers.contains(&object.reading);
        columns_of_group(asker, group.mib, columns.into_iter().filter(worth).collect(), answers).await;
        if !asker.gone {
            answers.extend(empty_tables(of_group(group), answers));
        }
    }
}

/// Tables whose rows are counted, and which have none now.
fn empty_tables(objects: impl Iterator<Item = Asked>, answers: &[Answer]) -> Vec<Answer> {
    let is_answered = |name: &str| answers.iter().any(|(object, ..)| object.name == name);
    let empty = objects.filter(|(object, _)| object.counted_beside.is_some_and(is_answered) && !is_answered(object.name));
    empty.map(|(object, root)| (object, root.clone(), root, Value::Nothing)).collect()
}

fn oids_of(objects: &[Asked]) -> Vec<Oid> {
    objects.iter().map(|(_, oid)| oid.clone()).collect()
}

/// Walks columns of one group side by side; those that are wanted for few rows apart from those that are wanted for many.
async fn columns_of_group(asker: &mut Asker<'_>, mib: &str, columns: Vec<Asked>, answers: &mut Vec<Answer>) {
    let lengths: BTreeSet<u16> = columns.iter().map(|(object, _)| object.rows).collect();
    for length in lengths {
        let columns: Vec<&Asked> = columns.iter().filter(|(object, _)| object.rows == length).collect();
        let oids: Vec<Oid> = columns.iter().map(|(_, oid)| oid.clone()).collect();
        let rows = asker.some_rows(mib, &oids, length.into()).await;
        for (column, (object, root)) in columns.into_iter().enumerate() {
            let cells = rows.iter().map(|(index, row)| (index, row.value(column).clone())).filter(|(_, value)| !value.is_nothing());
            answers.extend(cells.take(length.into()).map(|(index, value)| (*object, root.clone(), [root.as_slice(), index].concat(), value)));
        }
    }
}

/// The tables that have facts of their own, as far as they are there.
async fn tables(peer: &Peer<'_>, asker: &mut Asker<'_>, here: &BTreeSet<&'static str>, heard: &mut Heard) {
    let table = if here.contains(interfaces::TABLE) {
        walk(asker, "ifTable", interfaces::TABLE, interfaces::COLUMNS, interfaces::MAX_ROWS).await
    } else {
        Rows::default()
    };
    let extended = if here.contains(interfaces::TABLE_X) {
        walk(asker, "ifXTable", interfaces::TABLE_X, interfaces::COLUMNS_X, interfaces::MAX_ROWS).await
    } else {
        Rows::default()
    };
    // Of a device that bridges: a printer's one port is judged at the switch's end.
    let ethernet = if here.contains(interfaces::ETHERNET_TABLE) && here.contains(forwarding::PORT_INDEX) {
        walk(asker, "dot3StatsTable", interfaces::ETHERNET_TABLE, interfaces::ETHERNET_COLUMNS, interfaces::MAX_ROWS).await
    } else {
        Rows::default()
    };
    let (interfaces, errors) = interfaces::interfaces(&table, &extended, &ethernet);
    heard.readings.extend(errors);
    if here.contains(entity::TABLE) {
        heard.facts.extend(parts(asker).await.into_iter().map(Fact::Entity));
    }
    if here.contains(supplies::TABLE) {
        let rows = walk(asker, "prtMarkerSuppliesTable", supplies::TABLE, supplies::COLUMNS, supplies::MAX_ROWS).await;
        let colorants = asker.table("prtMarkerColorantTable", &[dotted(supplies::COLORANT)], supplies::MAX_ROWS).await;
        let (all, levels) = supplies::supplies(&rows, &colorants);
        heard.facts.extend(all.into_iter().map(Fact::Supply));
        heard.readings.extend(levels);
    }
    let ports = match here.contains(forwarding::PORT_INDEX) {
        true => forwarding::ports(&asker.table("dot1dBasePortTable", &[dotted(forwarding::PORT_INDEX)], interfaces::MAX_ROWS).await),
        false => BTreeMap::new(),
    };
    near(asker, here, &interfaces, &ports, heard).await;
    stations(peer, asker, here, &ports, heard).await;
    heard.facts.extend(interfaces.into_iter().map(Fact::Interface));
}

async fn walk(asker: &mut Asker<'_>, what: &str, table: &str, columns: &[&str], most: usize) -> Rows {
    asker.table(what, &columns_of(table, columns), most).await
}

fn columns_of(table: &str, columns: &[&str]) -> Vec<Oid> {
    columns.iter().map(|column| dotted(&format!("{table}.{column}"))).collect()
}

/// The ENTITY-MIB: the class column first, then only the parts worth telling. Without classes (some recordings of life lack them) all of a bounded table.
async fn parts(asker: &mut Asker<'_>) -> Vec<rollcall_shared::evidence::Entity> {
    let columns = columns_of(entity::TABLE, entity::COLUMNS);
    let classes = asker.table("entPhysicalClass", &columns_of(entity::TABLE, &[entity::CLASS]), entity::MAX_ROWS).await;
    let worth = entity::worth_asking(&classes);
    if classes.is_empty() {
        return entity::entities(&asker.some_rows("entPhysicalTable", &columns, entity::MAX_PARTS).await);
    }
    let oids: Vec<Oid> = worth.iter().flat_map(|index| columns.iter().map(|column| [column.as_slice(), index].concat())).collect();
    let values = asker.get("entPhysicalTable", &oids).await;
    let mut rows = Rows::default();
    for (place, value) in values.into_iter().enumerate() {
        rows.set(&worth[place / columns.len()], place % columns.len(), columns.len(), value);
    }
    entity::entities(&rows)
}

async fn near(asker: &mut Asker<'_>, here: &BTreeSet<&'static str>, interfaces: &[Interface], ports: &BTreeMap<u32, u32>, heard: &mut Heard) {
    if here.contains(neighbours::LLDP) {
        let most = neighbours::MAX_ROWS;
        let rows = walk(asker, "lldpRemTable", neighbours::LLDP, neighbours::LLDP_COLUMNS, most).await;
        let addresses = asker.table("lldpRemManAddrTable", &[dotted(neighbours::LLDP_ADDRESS)], 2 * most).await;
        let local = walk(asker, "lldpLocPortTable", neighbours::LLDP_PORT, neighbours::LLDP_PORT_COLUMNS, interfaces::MAX_ROWS).await;
        heard.facts.extend(neighbours::lldp(&rows, &addresses, &local, interfaces, ports).into_iter().map(Fact::Neighbour));
    } else if here.contains(neighbours::LLDP_V2) {
        let most = neighbours::MAX_ROWS;
        let rows = walk(asker, "lldpV2RemTable", neighbours::LLDP_V2, neighbours::LLDP_V2_COLUMNS, most).await;
        let addresses = asker.table("lldpV2RemManAddrTable", &[dotted(neighbours::LLDP_V2_ADDRESS)], 2 * most).await;
        heard.facts.extend(neighbours::lldp_v2(&rows, &addresses, interfaces).into_iter().map(Fact::Neighbour));
    }
    if here.contains(neighbours::TP_LINK) {
        let rows = walk(asker, "tpLldpNeighborTable", neighbours::TP_LINK, neighbours::TP_LINK_COLUMNS, neighbours::MAX_ROWS).await;
        heard.facts.extend(neighbours::tp_link(&rows, interfaces).into_iter().map(Fact::Neighbour));
    }
    if here.contains(neighbours::CDP) {
        let rows = walk(asker, "cdpCacheTable", neighbours::CDP, neighbours::CDP_COLUMNS, neighbours::MAX_ROWS).await;
        heard.facts.extend(neighbours::cdp(&rows, interfaces).into_iter().map(Fact::Neighbour));
    }
}

/// Forwarding: by VLAN where the switch can, else as one table, else (Cisco) one table a VLAN, each in a session of its own.
async fn stations(peer: &Peer<'_>, asker: &mut Asker<'_>, here: &BTreeSet<&'static str>, ports: &BTreeMap<u32, u32>, heard: &mut Heard) {
    let mut found = Vec::new();
    if here.contains(forwarding::TABLE_Q) {
        let rows = walk(asker, "dot1qTpFdbTable", forwarding::TABLE_Q, forwarding::COLUMNS, forwarding::MAX_ROWS).await;
        let ids = asker.table("dot1qVlanFdbId", &[dotted(forwarding::VLAN_FDB)], 4_096).await;
        found = forwarding::by_vlan(&rows, ports, &forwarding::vlans(&ids));
    }
    if found.is_empty() && here.contains(VTP_VLANS) {
        found = by_context(peer, asker).await;
    }
    if found.is_empty() && here.contains(forwarding::TABLE_D) {
        let rows = walk(asker, "dot1dTpFdbTable", forwarding::TABLE_D, forwarding::COLUMNS, forwarding::MAX_ROWS).await;
        found = forwarding::of_bridge(&rows, ports, 0);
    }
    heard.facts.extend(found.into_iter().map(Fact::Forwarding));
}

async fn by_context(peer: &Peer<'_>, asker: &mut Asker<'_>) -> Vec<rollcall_shared::evidence::Forwarding> {
    let vlans = asker.table("vtpVlanState", &[dotted(VTP_VLANS)], 1_024).await;
    // 1002 to 1005 are the defaults for FDDI and Token Ring, on which nothing is ever learnt.
    let vlans = vlans.iter().filter_map(|(index, _)| index.last().copied()).filter(|vlan| (1..=4094).contains(vlan) && !(1002..=1005).contains(vlan));
    let mut found = Vec::new();
    let mut silent = 0;
    for vlan in vlans.take(MAX_VLANS) {
        // Switches that do not know the scheme keep silent, which costs a whole wait each.
        if silent >= MAX_SILENT_VLANS {
            break;
        }
        let Ok(session) = peer.sockets.session(peer.to, &peer.way.of_vlan(vlan)).await else { continue };
        let Some(mut other) = asker.also(session) else { break };
        // A VLAN without stations, or a context that the device does not know, costs one question.
        let roots = [dotted(forwarding::TABLE_D)];
        let any = other.first_under("dot1dTpFdbTable", &roots).await.iter().any(Option::is_some);
        silent = if other.was_silent() { silent + 1 } else { 0 };
        if !any {
            asker.count(&other, false);
            continue;
        }
        let rows = walk(&mut other, "dot1dTpFdbTable", forwarding::TABLE_D, forwarding::COLUMNS, forwarding::MAX_ROWS).await;
        let ports = forwarding::ports(&other.table("dot1dBasePortTable", &[dotted(forwarding::PORT_INDEX)], interfaces::MAX_ROWS).await);
        found.extend(forwarding::of_bridge(&rows, &ports, u16::try_from(vlan).unwrap_or(0)));
        asker.count(&other, true);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_of_the_first_question_has_a_place() {
        assert_eq!(system_oids().len(), 6);
        assert!(rollcall_shared::objects::NETWORK.iter().all(|group| matches!(group.whom, Whom::Makers(_))));
    }
}

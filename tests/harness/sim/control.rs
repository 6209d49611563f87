//! Commands to the running town: one JSON line each over loopback TCP, one JSON line back.
//!
//! Comes in: `{"school":"03","device":"vp02","what":["lamp","on"]}`. Goes out: `{"ok":true}` or `{"error":"…"}`; town and truth changed.
//! Absent on purpose: anything from beyond loopback.

use super::device::{Ail, Ailment, ERRORS, Plug};
use super::town::{School, Town};
use super::truth;
use super::world::{World, now_s};
use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// One command.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Command {
    /// The school: the plan's code, or its number in the town.
    pub school: String,
    /// The device.
    pub device: String,
    /// What happens, word by word, the last `on` or `off`.
    pub what: Vec<String>,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
struct Reply {
    ok: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

const MOST_LINE_OCTETS: u64 = 4096;
/// File in the town's folder that holds the address for commands.
const ADDRESS_FILE: &str = "control";

/// Opens the port for commands and writes its address into the town's folder.
pub async fn open(tasks: &mut JoinSet<()>, world: &Arc<World>) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    std::fs::write(world.folder().join(ADDRESS_FILE), address.to_string())?;
    let world = Arc::clone(world);
    tasks.spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            // A caller that breaks off has told itself that its command was not acknowledged.
            let _ = take(stream, &world).await;
        }
    });
    Ok(address)
}

async fn take(mut stream: TcpStream, world: &World) -> Result<()> {
    let mut line = String::new();
    let (reader, mut writer) = stream.split();
    tokio::io::BufReader::new(reader).take(MOST_LINE_OCTETS).read_line(&mut line).await?;
    let result = serde_json::from_str(&line).context("a command is one line of JSON").and_then(|command: Command| apply(world, &command));
    let reply = Reply { ok: result.is_ok(), error: result.err().map(|error| format!("{error:#}")) };
    writer.write_all((serde_json::to_string(&reply)? + "\n").as_bytes()).await?;
    Ok(())
}

/// Sends a command to the town whose folder this is.
pub fn send(folder: &Path, command: &Command) -> Result<()> {
    let path = folder.join(ADDRESS_FILE);
    let address =
        std::fs::read_to_string(&path).with_context(|| format!("no town is running in {} ({} is absent)", folder.display(), path.display()))?;
    let mut stream = std::net::TcpStream::connect(address.trim())?;
    writeln!(stream, "{}", serde_json::to_string(command)?)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    let reply: Reply = serde_json::from_str(&line)?;
    reply.error.map_or(Ok(()), |error| Err(anyhow!(error)))
}

/// Carries out a command and writes the truth anew.
pub fn apply(world: &World, command: &Command) -> Result<()> {
    world.change(|town| alter(town, command, now_s()))??;
    truth::write(world, now_s())
}

fn alter(town: &mut Town, command: &Command, now_s: i64) -> Result<()> {
    let words: Vec<&str> = command.what.iter().map(String::as_str).collect();
    let (last, words) = words.split_last().context("expected what happens and `on` or `off`")?;
    let on = match *last {
        "on" => true,
        "off" => false,
        other => bail!("expected `on` or `off` as the last word, found {other:?}"),
    };
    let wanted = |school: &School| school.code == command.school || command.school.parse() == Ok(school.number);
    let school = town.schools.iter_mut().find(|school| wanted(school)).with_context(|| format!("no school {:?}", command.school))?;
    let at =
        school.devices.iter().position(|device| device.name == command.device).with_context(|| format!("no device {:?} there", command.device))?;
    if let ["move", target] = words {
        return shift(school, at, target, on, now_s);
    }
    let ail = parse(words)?;
    let same = |other: &Ail| std::mem::discriminant(other) == std::mem::discriminant(&ail) && (matches!(ail, Ail::Toner(_)) || *other == ail);
    let device = &mut school.devices[at];
    ensure!(suits(device.make.kind, &ail), "a {} cannot have {:?}", device.make.kind, words.join(" "));
    device.ailments.retain(|ailment| !same(&ailment.ail));
    if on {
        device.ailments.push(Ailment { ail, since_s: now_s });
    }
    Ok(())
}

fn parse(words: &[&str]) -> Result<Ail> {
    Ok(match words {
        ["toner", level] => Ail::Toner(level.parse().ok().filter(|level| *level <= 100).context("expected a percentage after toner")?),
        ["toner"] => Ail::Toner(0),
        ["jam"] => Ail::Jam,
        ["battery"] => Ail::Battery,
        ["disk"] => Ail::Disk,
        ["raid"] => Ail::Raid,
        ["smart"] => Ail::Smart,
        ["backup"] => Ail::Backup,
        ["service", name] => Ail::Service((*name).to_owned()),
        ["silent"] => Ail::Silent,
        [error] if ERRORS.contains(error) => Ail::Projector(ERRORS.iter().position(|known| known == error).unwrap_or(0)),
        _ => bail!(
            "expected {}|toner N|jam|battery|disk|raid|smart|backup|service NAME|silent|move SWITCH:PORT, found {:?}",
            ERRORS.join("|"),
            words.join(" ")
        ),
    })
}

fn suits(kind: &str, ail: &Ail) -> bool {
    match ail {
        Ail::Projector(_) => kind == "projector",
        Ail::Toner(_) | Ail::Jam => kind == "printer",
        Ail::Battery => kind == "ups",
        Ail::Disk | Ail::Raid | Ail::Smart | Ail::Backup | Ail::Service(_) => kind == "server",
        Ail::Silent | Ail::Moved(_) => true,
    }
}

/// Plugs a device in elsewhere, or back.
fn shift(school: &mut School, at: usize, target: &str, on: bool, now_s: i64) -> Result<()> {
    let (switch, port) = target.split_once(':').context("expected SWITCH:PORT after move")?;
    let plug = Plug { switch: switch.to_owned(), port: port.parse().context("expected a port number after the colon")? };
    ensure!(school.switches().any(|known| known.name == plug.switch), "no switch {switch:?} there");
    let taken =
        school.devices.iter().any(|device| device.plug.as_ref() == Some(&plug) && matches!(device.make.kind, "switch" | "access_point" | "server"));
    let device = &mut school.devices[at];
    let before = device.ailments.iter().position(|ailment| matches!(ailment.ail, Ail::Moved(_)));
    if on {
        ensure!(!taken, "the network itself hangs on {target}");
        ensure!(before.is_none(), "it has been moved already; move it back first");
        device.ailments.push(Ailment { ail: Ail::Moved(device.plug.replace(plug)), since_s: now_s });
    } else if let Some(Ailment { ail: Ail::Moved(home), .. }) = before.map(|at| device.ailments.remove(at)) {
        device.plug = home;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::town::{build, sample_spec};

    fn check(device: &str, what: &str, expected: Result<&[&str], &str>) {
        let mut town = build(&[sample_spec(1, 6)]);
        let what = what.split(' ').map(str::to_owned).collect();
        let result = alter(&mut town, &Command { school: "1".into(), device: device.into(), what }, 7);
        let codes: Vec<String> = truth::tell(&town, 8).faults.into_iter().map(|fault| fault.code).collect();
        match (result, expected) {
            (Ok(()), Ok(expected)) => assert_eq!(codes, expected),
            (Err(error), Err(part)) => assert!(format!("{error:#}").contains(part), "{error:#}"),
            (result, expected) => panic!("{result:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn commands_and_what_the_truth_then_says() {
        check("vp01", "lamp on", Ok(&["projector_lamp"]));
        check("vp01", "lamp off", Ok(&[]));
        check("prn01", "toner 0 on", Ok(&["printer_toner"]));
        check("prn01", "toner 30 on", Ok(&[]));
        check("srv01", "service dns on", Ok(&["server_service"]));
        check("srv01", "raid on", Ok(&["server_raid"]));
        check("srv01", "smart on", Ok(&["server_smart"]));
        check("srv01", "backup on", Ok(&["server_backup"]));
        check("sw02", "silent on", Ok(&["infrastructure_silent"]));
        check("vp01", "move sw02:20 on", Ok(&[]));
        check("vp01", "move sw01:46 on", Ok(&["misplaced"])); // a spare outlet in the third class
        check("vp03", "move sw01:46 on", Ok(&[]));
        check("vp01", "jam on", Err("cannot have"));
        check("vp01", "lamp", Err("`on` or `off`"));
        check("vp99", "lamp on", Err("no device"));
        check("vp01", "move sw01:1 on", Err("the network itself"));
    }
}

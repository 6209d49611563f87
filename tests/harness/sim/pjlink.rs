//! A projector's PJLink port (PJLink class 1 and class 2 specifications, JBMIA).
//!
//! Comes in: lines ended by CR. Goes out: answers; `ERR1` for what it does not know, `ERRA` for a wrong password. Absent on purpose:
//! control commands and the class 2 search over UDP.

use super::catalogue::Says;
use super::device::Device;
use super::world::{PJLINK_PASSWORD, Place};
use anyhow::Result;
use md5::{Digest, Md5};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A projector closes a silent connection after this time (class 1 specification, 5.5: at least 30 s).
const IDLE: Duration = Duration::from_secs(30);
/// A command is at most 136 octets and a password's hash.
const MOST_LINE_OCTETS: u64 = 512;

/// Whether this projector asks for a password.
pub fn has_password(device: &Device) -> bool {
    device.number.is_multiple_of(3)
}

/// Opens the port if the device is a projector.
pub async fn open(tasks: &mut JoinSet<()>, place: &Place, device: &Device, ip: Ipv4Addr) -> Result<()> {
    if matches!(device.make.says, Says::Projector { .. }) {
        let listener = TcpListener::bind((ip, place.world.ports.pjlink)).await?;
        tasks.spawn(serve(listener, place.clone()));
    }
    Ok(())
}

async fn serve(listener: TcpListener, place: Place) {
    let mut talks = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        if !place.see(|_, device| device.is_silent()) {
            talks.spawn(talk(stream, place.clone()));
        }
        while talks.try_join_next().is_some() {}
    }
}

async fn talk(mut stream: TcpStream, place: Place) {
    let secret = place.see(|_, device| has_password(device));
    let salt = format!("{:08x}", getrandom::u32().unwrap_or(0x498e_4a67));
    let greeting = if secret { format!("PJLINK 1 {salt}\r") } else { "PJLINK 0\r".to_owned() };
    let mut expected = secret.then(|| digest(&salt));
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::with_capacity(512, reader);
    if writer.write_all(greeting.as_bytes()).await.is_err() {
        return;
    }
    loop {
        let mut line = Vec::new();
        let mut bounded = (&mut reader).take(MOST_LINE_OCTETS);
        match tokio::time::timeout(IDLE, bounded.read_until(b'\r', &mut line)).await {
            Ok(Ok(length)) if length > 0 && line.ends_with(b"\r") => {}
            _ => return,
        }
        let text = String::from_utf8_lossy(&line[..line.len() - 1]).trim().to_owned();
        let command = match expected.take() {
            Some(digest) => match text.strip_prefix(digest.as_str()) {
                Some(command) => command.to_owned(),
                None => {
                    let _ = writer.write_all(b"PJLINK ERRA\r").await;
                    return;
                }
            },
            None => text,
        };
        let reply = place.see(|_, device| reply(device, &command));
        if writer.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// MD5 of salt and password, as PJLink's authentication has it (class 1 specification, 5.1).
fn digest(salt: &str) -> String {
    Md5::digest(format!("{salt}{PJLINK_PASSWORD}")).iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The answer to one command.
fn reply(device: &Device, command: &str) -> String {
    let Says::Projector { class, maker, name } = &device.make.says else { return String::new() };
    let (head, asked) = (command.get(..6).unwrap_or(""), command.get(6..).unwrap_or(""));
    let hours = 300 + device.number * 37;
    let on = device.number % 2 == 1;
    let known = match head {
        "%1POWR" => if on { "1" } else { "0" }.to_owned(),
        "%1INPT" => if on { "31" } else { "ERR3" }.to_owned(),
        "%1AVMT" => if on { "30" } else { "ERR3" }.to_owned(),
        "%1ERST" => device.pjlink_errors(),
        "%1LAMP" => format!("{hours} {}", u8::from(on)),
        "%1INST" => "11 31 32 51".to_owned(),
        "%1NAME" => format!("{maker}{:06X}", device.mac.map_or(0, |mac| mac.to_i64() & 0xff_ffff)),
        "%1INF1" => (*maker).to_owned(),
        "%1INF2" => (*name).to_owned(),
        "%1INFO" => String::new(),
        "%1CLSS" => class.to_string(),
        "%2SNUM" if *class == 2 => device.serial.clone(),
        "%2SVER" if *class == 2 => device.make.firmware.to_owned(),
        "%2FILT" if *class == 2 => (hours / 2).to_string(),
        "%2RLMP" if *class == 2 => "ELPLP87".to_owned(),
        _ => "ERR1".to_owned(),
    };
    let known = if asked == " ?" || asked.starts_with(" ?") { known } else { "ERR2".to_owned() };
    format!("{head}={known}\r")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::device::{Ail, Ailment};
    use crate::sim::town::{build, sample_spec};

    #[test]
    fn each_class_answers_its_commands_and_errors_show() {
        let mut town = build(&[sample_spec(1, 6)]);
        let projectors: Vec<&mut Device> = town.schools[0].devices.iter_mut().filter(|device| device.make.kind == "projector").collect();
        for device in projectors {
            let Says::Projector { class, .. } = device.make.says else { panic!("a projector speaks PJLink") };
            let serial = if class == 2 { device.serial.clone() } else { "ERR1".into() };
            assert_eq!(reply(device, "%2SNUM ?"), format!("%2SNUM={serial}\r"));
            device.ailments.push(Ailment { ail: Ail::Projector(1), since_s: 0 });
            assert_eq!(reply(device, "%1ERST ?"), "%1ERST=020000\r");
            assert_eq!(reply(device, "%1POWR 0"), "%1POWR=ERR2\r", "nothing is switched here");
            assert_eq!(reply(device, "é"), "=ERR2\r");
        }
    }
}

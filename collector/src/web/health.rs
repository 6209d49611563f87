//! How a device fares, in words: arrays and disks, backups and certificates, batteries and their tests; a server's in one line.
//!
//! Comes in: a device's parts, signs and newest readings. Goes out: lines for its page and its school's. Absent on purpose: judgement (a sign is one
//! already), curves (`curve`).

use super::words::Words;
use crate::domain::device::{Device, Part, PartSort};
use crate::domain::reading::Latest;
use rollcall_shared::Timestamp;

/// One line: what, how it fares, and whether these are the device's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthLine {
    /// « Disque sda (ST1000NM0008) ».
    pub name: String,
    /// « sain ».
    pub value: String,
    /// The value is as the device said it, in no language of ours.
    pub said: bool,
}

/// All lines of a device.
pub fn lines(words: &Words, device: &Device, latest: &[Latest]) -> Vec<HealthLine> {
    device.parts.iter().filter_map(|part| line(words, device, part, latest)).collect()
}

fn line(words: &Words, device: &Device, part: &Part, latest: &[Latest]) -> Option<HealthLine> {
    let line = |name: String, value: String| Some(HealthLine { name, value, said: false });
    match part.sort {
        PartSort::Disk => {
            line(words.named("health-disk", &part.label), words.t(if fails(device, &part.key) { "health-disk-bad" } else { "health-disk-well" }))
        }
        PartSort::Certificate => {
            let ends_at = Timestamp(part.capacity as i64);
            let key = if ends_at > words.now { "fault-ends" } else { "fault-ended" };
            line(words.named("health-certificate", &part.label), words.named(key, &words.day(ends_at)))
        }
        PartSort::Backup => {
            let every = words.named("health-every", &words.lasting(part.capacity as i64));
            let made = made_at(part, latest).map(|at| format!("{} · {every}", words.when(at).near));
            line(words.named("health-backup", &part.label), made.unwrap_or_else(|| format!("{} · {every}", words.t("health-never"))))
        }
        PartSort::Radio => {
            let channel = latest.iter().find(|latest| latest.name == "radio_channel" && latest.instance == part.key)?;
            line(words.named("health-radio", &part.label), words.n("health-channel", channel.value as i64))
        }
        PartSort::Note => match part.key.split_once('/') {
            Some((what, which)) => {
                Some(HealthLine { name: format!("{} {which}", words.coded("note-", what)), value: part.label.clone(), said: true })
            }
            None if part.key == "test_result" && words.knows("test-", &part.label) => {
                line(words.coded("note-", &part.key), words.coded("test-", &part.label))
            }
            None => Some(HealthLine { name: words.coded("note-", &part.key), value: part.label.clone(), said: true }),
        },
        _ => None,
    }
}

/// A server in one line: « RAID en état · 2 disques sains · sauvegarde il y a 8 h · 3 mises à jour de sécurité ». Empty where nothing is known.
pub fn in_one_line(words: &Words, device: &Device, latest: &[Latest]) -> String {
    let of = |sort: PartSort| device.parts.iter().filter(move |part| part.sort == sort);
    let mut parts = Vec::new();
    if of(PartSort::Note).any(|part| part.key.starts_with("array/")) {
        let degraded = device.signs.iter().any(|standing| standing.sign.code == "server_raid");
        parts.push(words.t(if degraded { "health-raid-bad" } else { "health-raid-well" }));
    }
    let (bad, well): (Vec<&Part>, Vec<&Part>) = of(PartSort::Disk).partition(|part| fails(device, &part.key));
    if !bad.is_empty() {
        parts.push(words.n("health-disks-bad", bad.len() as i64));
    } else if !well.is_empty() {
        parts.push(words.n("health-disks-well", well.len() as i64));
    }
    // The oldest of several is what matters.
    let oldest = of(PartSort::Backup).map(|part| made_at(part, latest)).min();
    parts.extend(oldest.map(|at| words.named("health-last-backup", &at.map_or_else(|| words.t("health-never"), |at| words.when(at).near))));
    let first = of(PartSort::Certificate).map(|part| Timestamp(part.capacity as i64)).min();
    parts.extend(first.map(|at| words.named(if at > words.now { "health-valid" } else { "health-ended" }, &words.day(at))));
    let read =
        |name: &str, instance: &str| latest.iter().find(|latest| latest.name == name && latest.instance == instance).map(|latest| latest.value);
    parts.extend(read("updates_pending", "security").filter(|count| *count >= 1.0).map(|count| words.n("fault-security", count as i64)));
    parts.extend(read("restart_wanted", "").filter(|wanted| *wanted >= 1.0).map(|_| words.t("fault-restart")));
    let hottest = latest.iter().filter(|latest| latest.name == "temperature").map(|latest| latest.value).max_by(f64::total_cmp);
    parts.extend(hottest.map(|degrees| format!("{degrees:.0} °C")));
    parts.join(" · ")
}

fn fails(device: &Device, disk: &str) -> bool {
    device.signs.iter().any(|standing| standing.sign.code == "server_smart" && standing.sign.instance == disk)
}

fn made_at(part: &Part, latest: &[Latest]) -> Option<Timestamp> {
    let age = latest.iter().find(|latest| latest.name == "backup_age" && latest.instance == part.key)?;
    Some(age.at - age.value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::{Sign, StandingSign};
    use crate::domain::language::Language;
    use crate::web::curve::tests::device;
    use jiff::tz::TimeZone;
    use rollcall_shared::DeviceId;

    const NOW: Timestamp = Timestamp(1_795_336_200);

    fn words() -> Words {
        Words { language: Language::Fr, zone: TimeZone::get("Europe/Paris").unwrap(), now: NOW }
    }

    fn part(sort: PartSort, key: &str, label: &str, capacity: f64) -> Part {
        Part { sort, key: key.into(), label: label.into(), capacity }
    }

    fn told(name: &str, instance: &str, value: f64) -> Latest {
        Latest { device: DeviceId(1), name: name.into(), instance: instance.into(), value, at: NOW, was: None }
    }

    fn server() -> Device {
        device(vec![
            part(PartSort::Note, "array/md0", "raid1 active 2/2 [UU]", 0.0),
            part(PartSort::Disk, "sda", "sda (ACME)", 0.0),
            part(PartSort::Disk, "sdb", "sdb (ACME)", 0.0),
            part(PartSort::Backup, "nas", "nas", 86_400.0),
            part(PartSort::Certificate, "/etc/kwartz.pem", "/etc/kwartz.pem", (NOW.0 + 60 * 86_400) as f64),
        ])
    }

    #[test]
    fn a_server_in_one_line() {
        let readings = [told("backup_age", "nas", 28_800.0), told("updates_pending", "security", 3.0), told("temperature", "cpu", 46.2)];
        let line = in_one_line(&words(), &server(), &readings);
        assert_eq!(
            line,
            "RAID en état · 2 disques sains · sauvegarde il y a 8 h · certificat jusqu’au jeudi 21 janvier 2027 · 3 mises à jour de sécurité · 46 °C"
        );
        let sign = |code, instance: &str| StandingSign {
            sign: Sign { code, grave: true, instance: instance.into(), probe: "server".into(), ground: String::new() },
            since_at: NOW,
            since_round: 1,
        };
        let mut ailing = server();
        ailing.signs = vec![sign("server_raid", "md0"), sign("server_smart", "sdb")];
        assert!(in_one_line(&words(), &ailing, &[]).starts_with("RAID dégradé · 1 disque en alerte · sauvegarde jamais faite"));
        assert_eq!(in_one_line(&words(), &device(vec![]), &[]), "");
    }

    #[test]
    fn each_part_in_a_line_of_its_own() {
        let mut device = server();
        device.parts.push(part(PartSort::Note, "test_result", "failed", 0.0));
        device.parts.push(part(PartSort::Note, "battery_changed", "04/30/25", 0.0));
        let lines = lines(&words(), &device, &[told("backup_age", "nas", 28_800.0)]);
        let shown: Vec<String> =
            lines.iter().map(|line| format!("{} = {}{}", line.name, line.value, if line.said { " (dit)" } else { "" })).collect();
        assert_eq!(
            shown,
            [
                "Grappe md0 = raid1 active 2/2 [UU] (dit)",
                "Disque sda (ACME) = sain",
                "Disque sdb (ACME) = sain",
                "Sauvegarde nas = il y a 8 h · attendue sous 24 h",
                "Certificat /etc/kwartz.pem = valable jusqu’au jeudi 21 janvier 2027",
                "Dernier test = échoué",
                "Batterie changée = 04/30/25 (dit)",
            ]
        );
    }
}

//! What files tell of how a server is looked after.

use super::*;
use crate::probes::cases::Place;
use proptest::prelude::*;
use std::time::Duration;

const NOW: i64 = 1_795_336_200;

/// A file of this age.
fn file(path: &Path, text: &str, age_s: u64) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    let meta = fs::metadata(path).unwrap();
    let at = meta.modified().unwrap() - Duration::from_secs(meta.mtime().unsigned_abs()) + Duration::from_secs(NOW.unsigned_abs() - age_s);
    fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

fn place(folder: &Path) -> Place {
    let mut place = Place::new("127.0.0.0/30", NOW);
    place.server.root = folder.to_path_buf();
    place
}

async fn told(place: &Place) -> (Vec<String>, Vec<String>, Vec<String>) {
    let outcome = read(&place.look()).await;
    assert_eq!(outcome.finished, outcome.troubles.is_empty());
    let finding = &outcome.findings[0];
    let said = |fact: &Fact| if let Fact::Said(said) = fact { format!("{}={}", said.key, said.value) } else { String::new() };
    let readings = finding.readings.iter().map(|(name, instance, value)| format!("{name}/{instance}={value}"));
    (
        finding.facts.iter().map(said).collect(),
        readings.collect(),
        outcome.troubles.iter().map(|trouble| format!("{} {}", trouble.code, trouble.text)).collect(),
    )
}

#[test]
fn waiting_updates_in_the_words_of_their_file() {
    for (text, all, security) in [
        ("12;3\n", 12.0, 3.0),
        ("0;0", 0.0, 0.0),
        (
            "\n12 updates can be applied immediately.\n3 of these updates are standard security updates.\nTo see these additional updates run: apt list --upgradable\n",
            12.0,
            3.0,
        ),
        ("\n1 update can be applied immediately.\n", 1.0, 0.0),
        ("12 mises à jour peuvent être appliquées immédiatement.\n3 de ces mises à jour sont des mises à jour de sécurité.\n", 12.0, 3.0),
        ("0 updates can be applied immediately.\n\n5 additional security updates can be applied with ESM Apps.\n", 0.0, 0.0),
    ] {
        let expected: Readings = vec![("updates_pending", "".into(), all), ("updates_pending", "security".into(), security)];
        assert_eq!(pending(text), expected, "{text}");
    }
    assert_eq!(pending("no number here"), Readings::new());
}

#[tokio::test]
async fn an_empty_root_tells_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(told(&place(folder.path())).await, (vec![], vec![], vec![]));
}

#[tokio::test]
async fn what_debian_notes_of_its_packages() {
    let folder = tempfile::tempdir().unwrap();
    file(&folder.path().join("var/lib/update-notifier/updates-available"), "9 updates can be applied immediately.", 0);
    file(&folder.path().join("var/lib/apt/periodic/update-stamp"), "", 7_200);
    file(&folder.path().join("run/reboot-required"), "*** System restart required ***", 0);
    let mut place = place(folder.path());
    let (said, readings, _) = told(&place).await;
    assert_eq!(said, ["updates.reboot=required"]);
    assert_eq!(readings, ["updates_pending/=9", "updates_pending/security=0", "updates_age/=7200", "restart_wanted/=1"]);
    file(&folder.path().join("run/rollcall-upkeep/updates"), "2;1", 0);
    assert!(told(&place).await.1.contains(&"updates_pending/security=1".to_owned()), "the timer's file is newer news");
    place.server.updates_file = Some(folder.path().join("elsewhere"));
    assert_eq!(told(&place).await.1, ["updates_age/=7200", "restart_wanted/=1"]);
}

#[tokio::test]
async fn the_newest_file_is_the_last_backup() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("srv/backup");
    file(&at.join("monday/home.tar"), "x", 200_000);
    file(&at.join("tuesday/deep/er/home.tar"), "x", 90_000);
    file(&folder.path().join("var/log/nas.log"), "x", 3_600);
    fs::create_dir_all(folder.path().join("srv/empty/within")).unwrap();
    let mut place = place(folder.path());
    let backup = |name: &str, path: &str| Backup { name: name.into(), path: folder.path().join(path), every_h: 24 };
    place.server.backups =
        vec![backup("home", "srv/backup"), backup("nas", "var/log/nas.log"), backup("new", "srv/empty"), backup("gone", "srv/gone")];
    let (said, readings, troubles) = told(&place).await;
    assert_eq!(said, ["backup.home=every 24 h", "backup.nas=every 24 h", "backup.new=every 24 h, no file"]);
    assert_eq!(readings, ["backup_age/home=90000", "backup_age/nas=3600"]);
    assert!(troubles.len() == 1 && troubles[0].starts_with("bad_config backup gone:"), "{troubles:?}");
}

#[tokio::test]
async fn a_backup_on_another_machine_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    file(&folder.path().join("proc/mounts"), "/dev/sda1 / ext4 rw 0 0\nnas:/vol /mnt/nas nfs4 rw 0 0\n/dev/sdb1 /mnt/nas/usb ext4 rw 0 0\n", 0);
    file(&folder.path().join("mnt/nas/usb/a"), "", 60);
    let mut place = place(folder.path());
    let backup = |name: &str, path: &str| Backup { name: name.into(), path: folder.path().join(path), every_h: 24 };
    place.server.backups = vec![backup("far", "mnt/nas/daily"), backup("near", "mnt/nas/usb")];
    let (_, readings, troubles) = told(&place).await;
    assert_eq!(readings, ["backup_age/near=60"]);
    assert!(troubles.len() == 1 && troubles[0].contains("another machine (nfs4)"), "{troubles:?}");
}

#[tokio::test]
async fn certificates_tell_their_last_day_and_what_is_none_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["kwartz.example".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2027, 1, 31);
    let pem = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem();
    let (good, bad) = (folder.path().join("kwartz.pem"), folder.path().join("kwartz.key"));
    fs::write(&good, pem).unwrap();
    fs::write(&bad, "-----BEGIN PRIVATE KEY-----").unwrap();
    let mut place = place(folder.path());
    place.server.certificates = vec![Certificate::File(good.clone()), Certificate::File(bad)];
    let (said, _, troubles) = told(&place).await;
    assert_eq!(said, [format!("cert.{}=2027-01-31T00:00:00Z", good.display())]);
    assert!(troubles.len() == 1 && troubles[0].contains("kwartz.key: expected certificates in PEM"), "{troubles:?}");
}

#[tokio::test]
async fn what_a_port_shows_is_told_and_a_port_that_shows_nothing_is_a_trouble_only_where_it_is_named() {
    let mut params = rcgen::CertificateParams::new(vec!["kwartz.example".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2027, 1, 31);
    let key = rcgen::KeyPair::generate().unwrap();
    let shown = params.self_signed(&key).unwrap().der().clone();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = rustls_pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = builder.with_no_client_auth().with_single_cert(vec![shown], key.into()).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let [speaks, plain] = [0, 1].map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let [port, silent] = [&speaks, &plain].map(|listener| listener.local_addr().unwrap().port());
    drop(plain);
    speaks.set_nonblocking(true).unwrap();
    let speaks = tokio::net::TcpListener::from_std(speaks).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut place = place(folder.path());
    place.server.certificates = vec![Certificate::Port(port), Certificate::Port(silent), Certificate::UsualPort(silent)];
    let serves = async {
        let (stream, _) = speaks.accept().await.unwrap();
        let _ = acceptor.accept(stream).await; // the other side hangs up once it has seen
        std::future::pending().await
    };
    let (said, _, troubles) = tokio::select! {
        told = told(&place) => told,
        () = serves => unreachable!("it serves on"),
    };
    assert_eq!(said, [format!("cert.:{port}=2027-01-31T00:00:00Z")]);
    assert!(troubles.len() == 1 && troubles[0].contains(&format!("no_answer certificate :{silent}")), "{troubles:?}");
}

proptest! {
    #[test]
    fn never_panics(text: String, path in "/[a-z/]{0,20}") {
        pending(&text);
        remote(&text, Path::new(&path));
        remote(&format!("x {path} nfs\n{text}"), Path::new(&path));
    }
}

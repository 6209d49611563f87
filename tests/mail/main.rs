//! Who is told what, through a real mail server and a real program that listens: the right people and nobody else, in one letter, at least once.
//!
//! Comes in: a played town with two schools, two lots and a fault of each. Goes out: pass, or who read what was not theirs. Absent on purpose: who
//! hears when, case by case (`domain/notice`), the pages where people choose.

#[path = "../access/town.rs"]
#[expect(dead_code, reason = "the accounts of that test have no address")]
mod town;

use reqwest::StatusCode;
use rollcall_collector::act::{Doer, Report, act, file};
use rollcall_collector::domain::fault::{Action, Hand, Origin, Severity};
use rollcall_collector::domain::notice::{Choice, Matter};
use rollcall_collector::notify::{Notify, Ticked};
use rollcall_collector::store::account::{self, Bounds, Role};
use rollcall_collector::store::{self, Tx, delivery, notice, outbox};
use rollcall_shared::Timestamp;
use rollcall_tests::mail_server::{self, MailServer, Taken, USER};
use rollcall_tests::served::Served;
use rollcall_tests::world::World;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use tokio::runtime::Runtime;

const DAY_S: i64 = 86_400;

/// Accounts: login, role, actor, schools.
const PEOPLE: &[(&str, Role, &str, &str)] = &[
    ("theo", Role::Technician, "", ""),
    ("rita", Role::Reader, "", ""),
    ("paul", Role::Contractor, "video", ""),
    ("remi", Role::Contractor, "reseau", ""),
    ("sam", Role::Contractor, "sous", ""),
    ("ecole", Role::School, "", "camus"),
];

struct Stage {
    notify: Notify,
    served: Served,
    world: World,
    now: Arc<AtomicI64>,
    runtime: Runtime,
}

impl Stage {
    /// A town whose people all have an address: `LOGIN@ville.example`.
    fn new(server: &MailServer, hosts: Vec<String>) -> Stage {
        let world = town::played();
        let now = Arc::new(AtomicI64::new(world.now.0));
        let (clock, runtime) = (now.clone(), Runtime::new().unwrap());
        let served = runtime.block_on(async {
            let clock = Arc::new(move || Timestamp(clock.load(Ordering::SeqCst)));
            let set = |config: &mut rollcall_collector::config::Config| {
                config.mail = server.settings();
                config.notices.webhook_hosts = hosts;
                config.server.public_url = "https://parc.ville.example".to_owned();
                config.check().unwrap();
            };
            let served = Served::by(world.db.clone(), world.now, clock, set).await.unwrap();
            for (login, role, actor, schools) in PEOPLE {
                let bounds = Bounds { actor: (*actor).to_owned(), schools: (*schools).to_owned(), kinds: vec![] };
                served.add_account(login, *role, bounds).await.unwrap();
            }
            served
        });
        let stage = Stage { notify: Notify::new(served.web.clone()).unwrap(), served, world, now, runtime };
        for (login, ..) in PEOPLE {
            stage.set_email(login, &format!("{login}@ville.example"));
        }
        stage
    }

    fn write<T: Send + 'static>(&self, job: impl FnMut(&mut Tx<'_>) -> store::Result<T> + Send + 'static) -> T {
        self.world.db.write(job).unwrap()
    }

    fn id(&self, login: &'static str) -> i64 {
        self.world.db.read(|tx| account::by_login(tx, login)).unwrap().unwrap().id
    }

    fn set_email(&self, login: &'static str, email: &str) {
        let (id, email) = (self.id(login), email.to_owned());
        self.write(move |tx| notice::set_email(tx, id, &email));
    }

    /// Everybody but these hears nothing.
    fn only(&self, listeners: &[&str]) {
        for (login, ..) in PEOPLE.iter().filter(|(login, ..)| !listeners.contains(login)) {
            self.set_email(login, "");
        }
    }

    fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    fn tick(&self) -> Ticked {
        self.notify.tick().unwrap()
    }

    /// News laid out, then the wait in which they gather, then sent.
    fn tell(&self) -> Ticked {
        self.tick();
        self.pass(130);
        self.tick()
    }

    fn fault(&self, name: &str) -> i64 {
        let device = self.world.devices_of(&self.world.things[name]).unwrap().remove(0).id;
        let faults = ["camus", "zola"].map(|school| self.world.faults(school, false).unwrap());
        faults.iter().flatten().find(|fault| fault.device == Some(device)).unwrap().id
    }

    fn comment(&self, fault: i64, by: &'static str, text: &'static str) {
        let (now, zone) = (Timestamp(self.now.load(Ordering::SeqCst)), self.served.web.zone.clone());
        self.write(move |tx| {
            let doer = Doer { login: by.to_owned(), hand: Hand::Contractor };
            act(tx, fault, &Action::Comment, text, &doer, &zone, now)
        });
    }
}

fn to(letters: &[Taken], login: &str) -> Vec<Taken> {
    letters.iter().filter(|letter| letter.to == [format!("{login}@ville.example")]).cloned().collect()
}

#[test]
fn the_right_people_hear_in_one_letter_and_nobody_else() {
    let Some(server) = mail_server::start() else { return };
    let stage = Stage::new(&server, vec![]);
    let told = stage.tell();
    assert_eq!((told.sent, told.failed), (4, 0), "technician, two contractors and the subcontractor");
    let letters = server.letters(4);
    let (camus, zola, switch) = (stage.fault("VP-A-CAMUS"), stage.fault("VP-A-ZOLA"), stage.fault("SW-CAMUS"));
    let link = |fault: i64| format!("https://parc.ville.example/faults/{fault}\n");
    for (login, told, hidden) in [
        ("paul", vec![camus, zola], vec![switch]),
        ("sam", vec![zola], vec![camus, switch]),
        ("remi", vec![switch], vec![camus, zola]),
        ("theo", vec![camus, zola, switch], vec![]),
    ] {
        let [letter] = to(&letters, login).try_into().unwrap_or_else(|all| panic!("{login} gets one letter, not {all:?}"));
        let text = letter.text.replace("\r\n", "\n");
        for fault in told {
            assert!(text.contains(&link(fault)) && letter.html.contains(&format!("/faults/{fault}\"")), "{login} hears of {fault}: {text}");
        }
        for fault in hidden {
            assert!(!text.contains(&link(fault)) && !letter.html.contains(&format!("/faults/{fault}\"")), "{login} does not hear of {fault}: {text}");
        }
        assert_eq!((letter.user.as_str(), letter.tls, letter.from.as_str()), (USER, true, "rollcall@ville.example"));
        assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
        assert!(text.contains("https://parc.ville.example/account#notices"));
    }
    let remi = &to(&letters, "remi")[0];
    assert!(!remi.text.contains("VP-A") && !remi.text.contains("Zola") && !remi.html.contains("VP-A"), "{}", remi.text);
    assert!(remi.header("Subject").starts_with("Panne nouvelle : ") && remi.header("Subject").ends_with("École Camus"), "{}", remi.header("Subject"));
    assert_eq!(to(&letters, "paul")[0].header("Subject"), "2 pannes nouvelles");
    // What brings down others comes first.
    let theo = &to(&letters, "theo")[0].text;
    assert!(theo.find(&format!("/faults/{switch}")) < theo.find(&format!("/faults/{camus}")), "{theo}");
    // Nothing is told twice.
    stage.pass(3_600);
    assert_eq!(stage.tell(), Ticked::default());
}

#[test]
fn a_storm_is_one_letter_and_quiet_hours_hold() {
    let Some(server) = mail_server::start() else { return };
    let stage = Stage::new(&server, vec![]);
    stage.only(&["paul", "theo"]);
    let fault = stage.fault("VP-A-CAMUS");
    stage.tell();
    server.letters(2);
    // Half past nine in the evening: twenty words of the contractor, one of them with what would be a header and markup.
    stage.pass(11 * 3_600 + 2_400);
    for _ in 0..20 {
        stage.comment(fault, "paul", "pièce commandée");
        stage.pass(1);
    }
    stage.comment(fault, "paul", "<script>alert(1)</script>\r\nBcc: evil@example.com\r\n\r\nhttps://evil.example");
    assert_eq!((stage.tell().sent, server.letters(0).len()), (0, 0), "it is night");
    stage.pass(9 * 3_600);
    assert_eq!(stage.tick().sent, 0, "half past six");
    stage.pass(3_000);
    assert_eq!(stage.tick().sent, 1);
    let [letter] = server.letters(1).try_into().unwrap();
    // Whoever wrote it is not told of it.
    assert_eq!(letter.to, ["theo@ville.example"]);
    assert_eq!(letter.text.matches("pièce commandée").count(), 20);
    assert!(letter.headers.iter().all(|(name, _)| name != "Bcc") && !letter.html.contains("<script>"), "{letter:?}");
    assert!(letter.html.contains("&#60;script&#62;") && letter.text.lines().all(|line| line.trim() != "https://evil.example"), "{}", letter.text);
}

#[test]
fn a_server_that_is_down_is_tried_again() {
    let Some(server) = mail_server::start() else { return };
    let stage = Stage::new(&server, vec![]);
    stage.only(&["remi"]);
    let down = server.stop();
    let told = stage.tell();
    assert_eq!((told.sent, told.failed), (0, 1));
    let id = stage.id("remi");
    let standing = |stage: &Stage| stage.world.db.read(|tx| delivery::of_account(tx, id, 10)).unwrap();
    let failed = standing(&stage).remove(0);
    assert!(failed.sent_at.is_none() && failed.error.contains("was not reached"), "{failed:?}");
    // The owner sees why, and the administrator.
    let page = stage.runtime.block_on(async { stage.served.browser("remi").await.unwrap().page("/account").await.unwrap() });
    assert!(page.contains("échec, nouvel essai"), "{page}");
    stage.pass(30);
    assert_eq!(stage.tick(), Ticked::default(), "not yet");
    let server = down.start();
    stage.pass(60);
    assert_eq!(stage.tick().sent, 1);
    stage.pass(DAY_S);
    assert_eq!(stage.tick().sent, 0);
    assert_eq!(server.letters(1).len(), 1);
    assert_eq!((standing(&stage)[0].attempts, standing(&stage)[0].error.as_str()), (2, ""));
}

#[test]
fn whoever_dies_between_sending_and_noting_sends_again() {
    let Some(server) = mail_server::start() else { return };
    let stage = Stage::new(&server, vec![]);
    stage.only(&["remi", "sam"]);
    // The server takes the first letter and the line breaks before its answer; another collector takes the second, and dies with it.
    stage.set_email("remi", "cut@ville.example");
    stage.set_email("sam", "");
    let told = stage.tell();
    assert_eq!((told.sent, told.failed), (0, 1));
    stage.pass(61);
    assert_eq!(stage.tick().sent, 1);
    let letters = server.letters(2);
    assert_eq!(letters.len(), 2, "at least once");
    assert_eq!(letters[0].header("Message-ID"), letters[1].header("Message-ID"), "and known as one");
    stage.set_email("remi", "remi@ville.example");
    stage.comment(stage.fault("SW-CAMUS"), "theo", "vu");
    stage.pass(DAY_S);
    stage.notify.lay_out().unwrap();
    stage.pass(DAY_S);
    stage.notify.make().unwrap();
    assert_eq!(stage.notify.claim().unwrap().len(), 1);
    assert_eq!(stage.tick().sent, 0, "somebody has it");
    stage.pass(1_000);
    assert_eq!(stage.tick().sent, 1, "its time is over");
    assert_eq!(server.letters(1).len(), 1);
}

#[test]
fn what_is_refused_for_good_is_given_up_and_says_so() {
    let Some(server) = mail_server::start() else { return };
    let stage = Stage::new(&server, vec![]);
    stage.only(&["remi", "sam"]);
    stage.set_email("remi", "refuse@ville.example");
    stage.set_email("sam", "later@ville.example");
    stage.tell();
    for _ in 0..12 {
        stage.pass(1_200);
        stage.tick();
    }
    let standing = |login| stage.world.db.read(|tx| delivery::of_account(tx, stage.id(login), 10)).unwrap().remove(0);
    let (refused, later) = (standing("remi"), standing("sam"));
    assert!(refused.given_up_at.is_some() && refused.attempts == 3 && refused.error.contains("no such mailbox"), "{refused:?}");
    assert!(later.given_up_at.is_none() && later.attempts > 3 && later.error.contains("try again later"), "{later:?}");
    assert_eq!(server.letters(0).len(), 0);
}

#[test]
fn bounds_that_shrink_hold_for_what_waits() {
    let Some(server) = mail_server::start() else { return };
    let stage = Stage::new(&server, vec![]);
    stage.only(&["paul"]);
    stage.tick();
    let bounds = Bounds { actor: "video".to_owned(), schools: "zola".to_owned(), kinds: vec![] };
    stage.write(move |tx| account::set_bounds(tx, "paul", Role::Contractor, &bounds));
    stage.pass(130);
    assert_eq!(stage.tick().sent, 1);
    let [letter] = server.letters(1).try_into().unwrap();
    assert!(letter.text.contains("École Zola") && !letter.text.contains("Camus"), "{}", letter.text);
    // Who chose nothing hears nothing.
    let id = stage.id("paul");
    stage.write(move |tx| notice::set_choice(tx, id, Matter::Word, Choice::Never));
    stage.comment(stage.fault("VP-A-ZOLA"), "theo", "vu");
    stage.tick();
    stage.pass(2 * DAY_S);
    assert_eq!(stage.tick().sent, 0);
}

/// One call: its headers in lower case, its body.
type Call = (Vec<(String, String)>, String);

/// A program that listens: it fails the first call, and takes the others.
fn program() -> (String, Arc<Mutex<Vec<Call>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
    let kept = calls.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                lines.push(line.trim().to_owned());
            }
            let headers: Vec<(String, String)> =
                lines.iter().filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
            let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let mut calls = kept.lock().unwrap();
            let status = if calls.is_empty() { "500 Internal Server Error" } else { "204 No Content" };
            calls.push((headers, String::from_utf8(body).unwrap()));
            let mut stream = stream;
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    (host, calls)
}

#[test]
fn a_program_is_told_with_a_signature_that_it_can_verify() {
    let Some(server) = mail_server::start() else { return };
    let (host, calls) = program();
    let stage = Stage::new(&server, vec![host.clone()]);
    stage.only(&[]);
    let secret = stage.runtime.block_on(async {
        let token = stage.served.token("remi").await.unwrap();
        let url = format!("{}/api/v1/account/webhooks", stage.served.base);
        let add = async |url_of: &str| {
            let body = serde_json::json!({ "url": url_of, "matters": ["new", "mended"] });
            stage.served.client().unwrap().post(&url).bearer_auth(&token).json(&body).send().await.unwrap()
        };
        // Where nobody else let the collector go, it does not go.
        for forbidden in ["http://127.0.0.1:1/", "https://169.254.169.254/", "http://localhost/", "https://gmao.example/", "file:///etc/passwd"] {
            assert_eq!(add(forbidden).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{forbidden}");
        }
        let answer = add(&format!("http://{host}/rollcall")).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json::<serde_json::Value>().await.unwrap()["secret"].as_str().unwrap().to_owned()
    });
    assert_eq!(stage.tick().failed, 1);
    stage.pass(61);
    assert_eq!(stage.tick().sent, 1);
    let calls = calls.lock().unwrap().clone();
    assert_eq!(calls.len(), 2, "the first was not taken");
    let header = |call: &Call, name: &str| call.0.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(header(&calls[0], "rollcall-delivery"), header(&calls[1], "rollcall-delivery"));
    for call in &calls {
        let signature = header(call, "rollcall-signature");
        let (at, hmac) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        // Verified with another program's HMAC.
        let mut openssl = std::process::Command::new("python3");
        openssl.args(["-c", "import hmac,sys; print(hmac.new(sys.argv[1].encode(), sys.stdin.buffer.read(), 'sha256').hexdigest())", &secret]);
        let mut child = openssl.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
        write!(child.stdin.take().unwrap(), "{at}.{}", call.1).unwrap();
        assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim(), hmac);
        let body: serde_json::Value = serde_json::from_str(&call.1).unwrap();
        assert_eq!((body["topic"].as_str(), body["fault"]["code"].as_str()), (Some("fault_opened"), Some("infrastructure_silent")));
        assert_eq!(body["url"], format!("https://parc.ville.example/faults/{}", stage.fault("SW-CAMUS")));
    }
    assert!(!calls.iter().any(|(_, body)| body.contains("projector")), "a program hears no more than its account sees");
    assert_eq!(server.letters(0).len(), 0);
}

#[test]
fn a_school_opens_its_account_by_its_mailbox() {
    let Some(server) = mail_server::start() else { return };
    let stage = Stage::new(&server, vec![]);
    stage.only(&["ecole", "paul"]);
    stage.tell();
    server.letters(1);
    let ask = |name: &str| {
        stage.runtime.block_on(async {
            let browser = rollcall_tests::served::Browser { base: stage.served.base.clone(), client: stage.served.client().unwrap() };
            let csrf = browser.csrf("/sign-in/link").await.unwrap();
            let answer = browser.post("/sign-in/link", &[("name", name), ("csrf", &csrf)]).await.unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            (status, text.replace(&csrf, ""))
        })
    };
    // Known or not, the answer is the same to the letter.
    let (known, unknown) = (ask("camus"), ask("nobody-knows"));
    assert_eq!(known, unknown);
    assert_eq!(stage.tick().sent, 1);
    let [letter] = server.letters(1).try_into().unwrap();
    assert_eq!(letter.to, ["ecole@ville.example"]);
    let link = |letter: &Taken| {
        let url = letter.text.split_whitespace().find(|word| word.starts_with("https://parc")).unwrap().to_owned();
        url.replace("https://parc.ville.example", "")
    };
    let opening = link(&letter);
    // No table holds the token itself.
    let token = opening.rsplit('/').next().unwrap().to_owned();
    let waiting = stage.world.db.read(|tx| outbox::waiting(tx, 10)).unwrap();
    assert!(waiting.is_empty() && !format!("{waiting:?}").contains(&token));
    let open = |path: &str| {
        stage.runtime.block_on(async {
            let browser = rollcall_tests::served::Browser { base: stage.served.base.clone(), client: stage.served.client().unwrap() };
            let looked = browser.get(path).await.unwrap().status();
            let opened = browser.post(path, &[]).await.unwrap().status();
            let page = browser.get("/my-school").await.unwrap();
            (looked, opened, page.status())
        })
    };
    assert_eq!(open(&opening), (StatusCode::OK, StatusCode::SEE_OTHER, StatusCode::OK));
    assert_eq!(open(&opening), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND, StatusCode::SEE_OTHER), "it works once");
    // Half an hour later a link is nothing.
    stage.pass(600);
    ask("camus");
    stage.tick();
    let late = link(&server.letters(1)[0]);
    stage.pass(1_801);
    assert_eq!(open(&late), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND, StatusCode::SEE_OTHER));
    // Others choose a password.
    ask("paul");
    stage.tick();
    let chosen = link(&server.letters(1)[0]);
    assert!(chosen.starts_with("/password/"), "{chosen}");
    let set = |path: &str| {
        let form = [("password", "un tout autre mot"), ("again", "un tout autre mot")];
        stage.runtime.block_on(async {
            stage.served.client().unwrap().post(format!("{}{path}", stage.served.base)).form(&form).send().await.unwrap().status()
        })
    };
    assert_eq!((set(&chosen), set(&chosen)), (StatusCode::SEE_OTHER, StatusCode::NOT_FOUND));
    // Who knocks too often waits.
    let answers: Vec<String> = (0..8).map(|_| ask("camus").1).collect();
    assert!(answers.last().unwrap().contains("role=\"alert\"") && !answers[0].contains("role=\"alert\""));
}

#[test]
fn a_school_hears_what_becomes_of_its_reports_and_of_nothing_else() {
    let Some(server) = mail_server::start() else { return };
    let stage = Stage::new(&server, vec![]);
    stage.only(&["ecole"]);
    let (now, school) = (Timestamp(stage.now.load(Ordering::SeqCst)), stage.world.school("camus").unwrap());
    let number = stage.write(move |tx| {
        let by = Doer { login: "ecole".to_owned(), hand: Hand::Town };
        let (room, text) = ("Salle des maîtres".to_owned(), "L’imprimante fume".to_owned());
        let kind = "printer".to_owned();
        let report = Report { school, device: None, room, kind, text, severity: Severity::Minor, origin: Origin::School };
        Ok(file(tx, &report, &by, now)?.number)
    });
    assert_eq!(stage.tell().sent, 0, "nobody is told what they said themselves, nor of the network's faults");
    stage.comment(number, "theo", "On passe demain matin");
    stage.comment(stage.fault("SW-CAMUS"), "theo", "ne regarde pas l’école");
    stage.tick();
    stage.pass(DAY_S);
    assert_eq!(stage.tick().sent, 1);
    let [letter] = server.letters(1).try_into().unwrap();
    assert!(letter.text.contains("On passe demain matin") && letter.text.contains("https://parc.ville.example/my-school"), "{}", letter.text);
    assert!(!letter.text.contains("ne regarde pas") && !letter.text.contains("/faults/"), "{}", letter.text);
}

#[test]
fn a_test_letter_says_plainly_what_failed() {
    let Some(server) = mail_server::start() else { return };
    let runtime = Runtime::new().unwrap();
    let send = |mail: &rollcall_collector::config::Mail, to: &str| {
        runtime.block_on(rollcall_collector::mail::send_test(mail, to, ("Essai", "Essai"), Timestamp(1)))
    };
    let good = server.settings();
    assert_eq!(send(&good, "anne@ville.example"), Ok(()));
    assert_eq!(server.letters(1)[0].header("Subject"), "Essai");
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong");
    std::fs::write(&wrong, "no").unwrap();
    type Settings = rollcall_collector::config::Mail;
    for (mail, to, expected) in [
        (Settings { password_file: wrong, ..good.clone() }, "anne@ville.example", "refuses"),
        (Settings { ca_file: Default::default(), ..good.clone() }, "anne@ville.example", "certificate"),
        (Settings { tls: rollcall_collector::config::MailTls::None, ..good.clone() }, "anne@ville.example", "no compatible authentication"),
        (good.clone(), "refuse@ville.example", "no such mailbox"),
        (Settings { host: String::new(), ..good.clone() }, "anne@ville.example", "mail.host"),
    ] {
        let why = send(&mail, to).unwrap_err();
        assert!(why.to_lowercase().contains(expected), "{expected}: {why}");
        assert!(!why.contains(mail_server::PASSWORD), "{why}");
    }
}

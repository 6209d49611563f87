//! What happens in the town while browsers look: lamps fail and are mended, letters come, an agent enrols, somebody edits a workbook.
//!
//! Comes in: a town, a mail server where there is one, what a script asks for. Goes out: people with accounts and letterboxes; one answer for each
//! ask. Absent on purpose: anything that a page does itself.

use rollcall_agent::enrol::{Wish, enrol};
use rollcall_agent::state::Folder;
use rollcall_collector::domain::language::Language;
use rollcall_collector::notify::Notify;
use rollcall_collector::plan_folder::{Export, read_path, write_path};
use rollcall_collector::store::account::{self, Bounds, Role};
use rollcall_collector::store::{self, lead, notice};
use rollcall_collector::web::access::DOORS;
use rollcall_collector::web::visitor::token_hash;
use rollcall_collector::web::{SET_PASSWORD, Web, link, password};
use rollcall_tests::collector::wait;
use rollcall_tests::mail_server::{self, MailServer};
use rollcall_tests::roll_call::{PASSWORD, RollCall};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Accounts: login, role, actor of the plan, language. The school's account sees the school with a fault.
const PEOPLE: &[(&str, Role, &str, &str)] = &[
    ("tina", Role::Technician, "", ""),
    ("marc", Role::Manager, "", ""),
    ("ines", Role::Contractor, "titulaire-2", "fr"),
    ("owen", Role::Contractor, "titulaire-2", "en"),
    ("ecole", Role::School, "", ""),
];
/// Links that work once, by their purpose: the token of each.
const LINKS: &[(&str, &str)] = &[("first_admin", "link-of-the-first"), (SET_PASSWORD, "link-to-a-password"), (link::SIGN_IN, "link-of-a-school")];
/// By then every digest has gone out, wherever the hands of the clock stand now.
const LATER_S: i64 = 26 * 3_600;
const DAY_S: i64 = 86_400;

/// Who moves the town.
pub struct Hands {
    town: RollCall,
    post: Option<Post>,
    folder: PathBuf,
    enrolled: usize,
}

/// The mail server, and who brings it letters: by a clock that runs ahead, so that nobody waits for the next digest.
struct Post {
    server: MailServer,
    notify: Notify,
    ahead: Arc<AtomicI64>,
}

impl Hands {
    /// A town whose people have accounts; what is told by letter leads to where `listener` listens.
    pub fn new(folder: &Path, listener: &TcpListener) -> Hands {
        let server = mail_server::start();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let town = RollCall::take_with(folder, |config| {
            config.server.public_url = url;
            if let Some(server) = &server {
                config.mail = server.settings();
            }
        });
        let school = town.sights().school;
        let (now, hash) = (town.web.now(), password::hash(PASSWORD).unwrap());
        let made = town.db().write(move |tx| -> store::Result<()> {
            for (login, role, actor, language) in PEOPLE {
                let id = account::add(tx, login, *role, &hash, now)?;
                let schools = if *role == Role::School { school.clone() } else { String::new() };
                account::set_bounds(tx, login, *role, &Bounds { actor: (*actor).to_owned(), schools, kinds: vec![] })?;
                account::set_language(tx, id, language)?;
                if *role == Role::Contractor {
                    let hearing = notice::Hearing { quiet: notice::NO_QUIET.to_owned(), ..notice::hearing(tx, id)? };
                    notice::set_hours(tx, id, &hearing)?;
                    lead::set(tx, login, true)?;
                }
            }
            let owner = account::by_login(tx, "ecole")?.expect("it was just made").id;
            for (purpose, token) in LINKS {
                account::add_link(tx, &token_hash(token), purpose, Some(owner), now + DAY_S)?;
            }
            Ok(())
        });
        made.unwrap();
        let post = server.map(|server| Post::new(&town, server));
        Hands { town, post, folder: folder.to_owned(), enrolled: 0 }
    }

    /// What is served.
    pub fn web(&self) -> Web {
        self.town.web.clone()
    }

    /// What scripts are told at their start.
    pub fn told(&self) -> Value {
        let doors: Vec<&str> =
            DOORS.iter().filter(|(method, route, _)| *method == "GET" && !route.starts_with("/api/")).map(|(_, route, _)| *route).collect();
        let links: serde_json::Map<String, Value> = LINKS.iter().map(|(purpose, token)| ((*purpose).to_owned(), json!(token))).collect();
        json!({ "sights": self.town.sights(), "doors": doors, "links": links, "mail": self.post.is_some() })
    }

    /// Does what a script asks for.
    pub fn answer(&mut self, ask: &Value) -> Value {
        let text = |key: &str| ask[key].as_str().unwrap_or_else(|| panic!("no {key} in {ask}"));
        match text("deed") {
            "fail" => json!(self.town.fail_a_lamp()),
            "letter" => self.letter(text("to")),
            "mend" => {
                self.town.mend_a_lamp(ask["device"].as_i64().unwrap());
                Value::Null
            }
            "enrol" => self.enrol(text("url"), text("code"), text("host")),
            "edit" => edit(Path::new(text("file"))),
            other => panic!("nobody here can {other}"),
        }
    }

    /// A lamp fails, and the letter that tells somebody of it.
    fn letter(&mut self, login: &str) -> Value {
        let device = self.town.fail_a_lamp();
        let post = self.post.as_ref().expect("scripts ask for letters where there is a mail server");
        let letter = post.letter_to(login);
        // It may tell of more than this one.
        let end = format!("/faults/{}", self.town.fault_of(device));
        let link = letter.text.split_whitespace().find(|word| word.ends_with(&end));
        let link = link.unwrap_or_else(|| panic!("no fault in the letter: {}", letter.text));
        json!({ "device": device, "link": link, "subject": letter.header("Subject"), "html": letter.html })
    }

    /// A real agent's first contact.
    fn enrol(&mut self, url: &str, code: &str, host: &str) -> Value {
        self.enrolled += 1;
        let state = self.folder.join(format!("enrolled-{}", self.enrolled));
        let wish = Wish { url: url.parse().unwrap(), code: code.to_owned(), replace: false, insecure_http: false, host: host.to_owned() };
        let identity = wait(enrol(&Folder::new(&state), None, wish, self.town.web.now())).unwrap();
        json!({ "agent": identity.agent.0, "networks": identity.networks })
    }
}

impl Post {
    fn new(town: &RollCall, server: MailServer) -> Post {
        let ahead = Arc::new(AtomicI64::new(0));
        let (hands, of_town) = (ahead.clone(), town.web.clone());
        let clock = Arc::new(move || of_town.now() + hands.load(Ordering::SeqCst));
        let notify = Notify::new(Web::new(town.db().clone(), town.web.config.clone(), clock).unwrap()).unwrap();
        // What was known before anybody had a letterbox is no news.
        while notify.lay_out().unwrap() > 0 {}
        let reached = town.db().write(|tx| -> store::Result<()> {
            for (login, ..) in PEOPLE.iter().filter(|(_, role, ..)| *role == Role::Contractor) {
                let id = account::by_login(tx, login)?.expect("the people are there").id;
                notice::set_email(tx, id, &address(login))?;
            }
            Ok(())
        });
        reached.unwrap();
        Post { server, notify, ahead }
    }

    /// Sends what is to be told, and takes somebody's letter.
    fn letter_to(&self, login: &str) -> mail_server::Taken {
        self.notify.lay_out().unwrap();
        self.ahead.store(LATER_S, Ordering::SeqCst);
        let told = self.notify.tick().unwrap();
        self.ahead.store(0, Ordering::SeqCst);
        assert!(told.sent > 0 && told.failed == 0, "letters go out: {told:?}");
        let letters = self.server.letters(told.sent);
        letters.into_iter().find(|letter| letter.to == [address(login)]).unwrap_or_else(|| panic!("no letter for {login}"))
    }
}

fn address(login: &str) -> String {
    format!("{login}@ville.example")
}

/// Somebody plans one rolling case more for each school, in the workbook that they exported.
fn edit(file: &Path) -> Value {
    let mut brought = read_path(file).unwrap();
    let kits = brought.tables.get_mut("kits").expect("the plan has kits");
    let column =
        |name: &str| kits.headings.iter().position(|heading| kits.heading_name(heading) == name).unwrap_or_else(|| panic!("no column {name}"));
    let (item, quantity) = (column("item"), column("quantity"));
    let row = kits.rows.iter_mut().find(|row| row.cells[item] == "case").expect("the plan has cases");
    let more = row.cells[quantity].parse::<u32>().unwrap() + 1;
    row.cells[quantity] = more.to_string();
    let edited = file.with_file_name(format!("plan-{more}.xlsx"));
    let export =
        Export { tables: &brought.tables, origin: brought.origin.as_ref(), language: Some(Language::Fr), made_at: rollcall_shared::Timestamp(0) };
    write_path(&edited, &export).unwrap();
    json!({ "file": edited, "cases": more })
}

//! Texts that want to run, in every field that devices and people can set: no page, file, calendar or letter lets them.
//!
//! Comes in: a store filled with such texts by devices and the plan, and every form of every page sent with them. Goes out: pass, or which address let
//! what through. Absent on purpose: a list of fields: what a page offers is filled in, so that a new form is tried without a word of this file.

use super::Stage;
use super::html::{self, Form, Page};
use reqwest::Response;
use rollcall_collector::settle::Settle;
use rollcall_collector::web::access::DOORS;
use rollcall_tests::served::Browser;
use std::collections::{BTreeSet, VecDeque};
use std::io::{Cursor, Read};

/// Markup that leaves text, attributes and scripts; both sorts of templates.
const MARKUP: &str =
    "<script>evil(1)</script>\"><img src=x onerror=evil(2)>' onmouseover='evil(3) {{7*7}} ${7*7} </textarea></title><svg onload=evil(4)>";
/// Addresses that run.
const ADDRESS: &str = "javascript:evil(5)";
/// What a spreadsheet would work out, and what a calendar would take for a line of its own.
const FORMULAS: [&str; 4] = ["=HYPERLINK(\"http://evil.example\",\"x\")", "+cmd|' /C calc'!A0", "@SUM(evil)", "-evil()\r\nEND:VEVENT\r\nX-EVIL:1"];
/// Never more addresses than this.
const MOST: usize = 1_500;
/// Forms that would end the walk, or that are tried elsewhere.
const LEFT: [&str; 7] =
    ["/sign-out", "/admin/second", "/preferences", "/account/password", "/account/sessions", "/admin/accounts/anne", "/plan/import"];
/// Properties of our calendars (RFC 5545).
const PROPERTIES: [&str; 16] = [
    "BEGIN",
    "END",
    "VERSION",
    "PRODID",
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "DURATION",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "URL",
    "NAME",
    "GEO",
    "X-WR-CALNAME",
];

/// What came from an address, judged by its sort.
async fn judged(path: &str, answer: Response) -> (Vec<String>, Option<Page>) {
    let head = answer.headers().clone();
    let (status, kind) = (answer.status(), head.get("content-type").map_or("", |value| value.to_str().unwrap()).to_owned());
    let mut wrong = Vec::new();
    if status.is_server_error() {
        wrong.push(format!("{status}"));
    }
    if head.get("x-content-type-options").is_none_or(|value| value != "nosniff") {
        wrong.push("without nosniff".to_owned());
    }
    for (name, value) in &head {
        // Cookies and addresses are ours; a name of a file is letters alone.
        let value = value.to_str().unwrap_or("\u{0}");
        if value.contains("evil(")
            || value.contains(['\r', '\n', '\0'])
            || (name == "content-disposition" && value.contains(['<', '>', ';']) && value.matches(';').count() > 1)
        {
            wrong.push(format!("header {name}: {value}"));
        }
    }
    let bytes = answer.bytes().await.unwrap().to_vec();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut page = None;
    if kind.starts_with("text/html") {
        let read = html::read(&text);
        wrong.extend(read.wrong.iter().cloned());
        page = Some(read);
    } else if kind.starts_with("text/csv") {
        wrong.extend(cells(&text).into_iter().filter(|cell| is_formula(cell)).map(|cell| format!("cell {cell:?}")));
    } else if kind.starts_with("text/calendar") {
        wrong.extend(calendar(&text));
    } else if bytes.starts_with(b"PK") {
        wrong.extend(workbook(&bytes));
    } else if kind.contains("json") {
        if serde_json::from_str::<serde_json::Value>(&text).is_err() {
            wrong.push("no JSON".to_owned());
        }
    } else if !(kind.starts_with("text/plain")
        || kind.starts_with("application/openmetrics-text")
        || kind.starts_with("image/")
        || kind.starts_with("text/css")
        || kind.starts_with("text/javascript")
        || text.is_empty())
    {
        wrong.push(format!("of the sort {kind:?}"));
    }
    (wrong.into_iter().map(|what| format!("{path}: {what}")).collect(), page)
}

/// Cells of a CSV, whichever of the two separators it has.
fn cells(text: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ';' | ',' | '\r' | '\n' if !quoted => cells.push(std::mem::take(&mut cell)),
            letter => cell.push(letter),
        }
    }
    cells
}

fn is_formula(cell: &str) -> bool {
    let number = cell.trim_start_matches(['-', '+']).chars().all(|letter| letter.is_ascii_digit() || ",.: %\u{a0}\u{202f}".contains(letter));
    cell.starts_with(['=', '+', '@', '\t', '\r', '-']) && !number
}

fn calendar(text: &str) -> Vec<String> {
    let mut wrong: Vec<String> =
        text.split("\r\n").filter(|line| line.len() > 75 || line.contains(['\r', '\n'])).map(|line| format!("line {line:?}")).collect();
    let whole = text.replace("\r\n ", "");
    for line in whole.split("\r\n").filter(|line| !line.is_empty()) {
        let name = line.split([':', ';']).next().unwrap_or_default();
        if !PROPERTIES.contains(&name) && !name.starts_with("X-WR-") {
            wrong.push(format!("property {line:?}"));
        }
    }
    if whole.matches("BEGIN:VEVENT\r\n").count() != whole.matches("END:VEVENT\r\n").count() {
        wrong.push("an event that does not end where it should".to_owned());
    }
    wrong
}

/// Formulas of a workbook that are not ours, and parts that are no XML.
fn workbook(bytes: &[u8]) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut wrong = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        if !name.ends_with(".xml") || part.read_to_string(&mut text).is_err() {
            continue;
        }
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut in_formula = false;
        loop {
            use quick_xml::events::Event;
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(Event::Start(tag)) => {
                    in_formula = tag.name().as_ref() == "f";
                    let formulas = tag.attributes().flatten().filter(|attribute| attribute.key.as_ref() == "table:formula");
                    wrong.extend(
                        formulas
                            .map(|formula| formula.value.into_owned())
                            .filter(|formula| runs(formula))
                            .map(|formula| format!("{name}: {formula}")),
                    );
                }
                Ok(Event::Text(said)) if in_formula => {
                    let said = (*said).to_owned();
                    if runs(&said) {
                        wrong.push(format!("{name}: {said}"));
                    }
                }
                Ok(Event::End(_)) => in_formula = false,
                Ok(_) => {}
                Err(error) => {
                    wrong.push(format!("{name}: {error}"));
                    break;
                }
            }
        }
    }
    wrong
}

fn runs(formula: &str) -> bool {
    ["HYPERLINK", "cmd", "evil"].iter().any(|word| formula.contains(word))
}

/// Addresses of ours that a page leads to.
fn ours(link: &str) -> Option<String> {
    let link = link.split('#').next().unwrap_or_default();
    (link.starts_with('/') && !link.starts_with("/live")).then(|| link.to_owned())
}

/// Walks from page to page; what is wrong, and every form with the page it stands on.
async fn walk(browser: &Browser, begin: &[String]) -> (Vec<String>, Vec<(String, Form)>, String, usize) {
    let mut open: VecDeque<String> = begin.iter().cloned().collect();
    let mut seen: BTreeSet<String> = open.iter().cloned().collect();
    let (mut wrong, mut forms, mut shown, mut count) = (Vec::new(), Vec::new(), String::new(), 0);
    // Of pages that differ by a number or a filter alone, enough to have met each sort of thing.
    let mut sorts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    while let Some(path) = open.pop_front().filter(|_| count < MOST) {
        let sort: String =
            path.split('?').next().unwrap_or_default().chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
        let times = sorts.entry(sort).or_default();
        *times += 1;
        if *times > 25 {
            continue;
        }
        count += 1;
        let (found, page) = judged(&path, browser.get(&path).await.unwrap()).await;
        wrong.extend(found);
        let Some(page) = page else { continue };
        shown.push_str(&page.shown);
        for link in page.links.iter().filter_map(|link| ours(link)) {
            if seen.insert(link.clone()) {
                open.push_back(link);
            }
        }
        forms.extend(page.forms.into_iter().map(|form| (path.clone(), form)));
    }
    (wrong, forms, shown, count)
}

/// A form filled with a text wherever it takes one.
fn filled(form: &Form, text: &str) -> Vec<(String, String)> {
    let value = |sort: &str, value: &str, options: &[String]| match sort {
        "hidden" => value.to_owned(),
        "select" => options.iter().rfind(|option| !option.is_empty()).cloned().unwrap_or_default(),
        "checkbox" | "radio" => value.to_owned(),
        "number" => {
            if value.is_empty() {
                "5".to_owned()
            } else {
                value.to_owned()
            }
        }
        "date" => "2026-12-01".to_owned(),
        "time" => "08:00".to_owned(),
        "month" => "2026-12".to_owned(),
        "email" => "x@ville.example".to_owned(),
        _ => text.to_owned(),
    };
    let fields =
        form.fields.iter().filter(|field| field.sort != "file").map(|field| (field.name.clone(), value(&field.sort, &field.value, &field.options)));
    fields.chain(form.buttons.first().cloned()).collect()
}

async fn send(browser: &Browser, form: &Form, text: &str) -> Response {
    let request = browser.client.post(format!("{}{}", browser.base, form.action)).header("accept", "text/html");
    let fields = filled(form, text);
    if form.multipart {
        let file = format!("label;serial;kind;school\n\"{0}\";\"{0}\";projector;camus\n", text.replace('"', "\"\""));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (kind, body) = html::multipart(&fields, &format!("{}.csv", text.replace(['\r', '\n', '"'], " ")), &file);
        return request.header("content-type", kind).body(body).send().await.unwrap();
    }
    request.form(&fields).send().await.unwrap()
}

/// Every address of the table of doors.
fn doors() -> Vec<String> {
    let fill = |route: &str| {
        let mut path = route
            .replace("{code}", "camus")
            .replace("{login}", "anne")
            .replace("{table}", "assets")
            .replace("{key}", "VP-99")
            .replace("{file}", "liste.csv")
            .replace("{grant}", "etat");
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, "1");
        }
        path
    };
    let gets = DOORS.iter().filter(|(method, route, _)| *method == "GET" && *route != "/live");
    gets.flat_map(|(_, route, _)| {
        let path = fill(route);
        let others = ["xlsx", "ods", "ics"].map(|ending| path.replace("liste.csv", &format!("liste.{ending}")));
        std::iter::once(path.clone()).chain(others.into_iter().filter(move |other| *other != path))
    })
    .collect()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Devices and plan say it, every form of every page is sent with it; then everything is read again.
async fn held(before: &str, after: &str, texts: &[&str], least: usize) {
    let stage = Stage::new(before, after, |config| config.notices.webhook_hosts = vec!["gmao.example".to_owned()]).await;
    let anne = stage.served.browser("anne").await.unwrap();
    let mut begin = doors();
    begin.insert(0, "/".to_owned());
    let (mut wrong, forms, ..) = walk(&anne, &begin).await;
    let mut sent = BTreeSet::new();
    let mut taken = 0;
    for (page, form) in forms.iter().filter(|(_, form)| form.post && !LEFT.iter().any(|left| form.action.starts_with(left))) {
        // The same form of twenty devices is one form.
        let sort: String = form
            .action
            .chars()
            .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
            .chain(form.buttons.iter().flat_map(|(_, value)| value.chars()))
            .collect();
        let fields: String = form
            .fields
            .iter()
            .filter(|field| field.sort == "hidden" && field.name != "csrf")
            .map(|field| format!("{}={}", field.name, field.value))
            .collect();
        if !sent.insert((sort, fields.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>())) {
            continue;
        }
        for text in texts {
            let answer = send(&anne, form, text).await;
            taken += usize::from(answer.status().is_redirection() || answer.status().is_success());
            let (found, _) = judged(&format!("POST {} (from {page})", form.action), answer).await;
            wrong.extend(found);
        }
    }
    assert!(taken > 20, "{taken} forms of {} were taken", sent.len());
    let (db, zone, now) = (stage.served.db.clone(), stage.served.web.zone.clone(), stage.served.web.now());
    tokio::task::spawn_blocking(move || Settle::new(db, zone).drain(now).unwrap()).await.unwrap();
    // Signed out by a form of the walk, one would see nothing.
    let anne = stage.served.browser("anne").await.unwrap();
    let (found, _, shown, count) = walk(&anne, &begin).await;
    wrong.extend(found);
    // What is asked in an address is said back on many pages.
    for path in doors() {
        for text in texts {
            let text = escaped(text);
            let names = [
                "q", "state", "kind", "code", "school", "phase", "lot", "due", "severity", "on", "from", "to", "label", "next", "after", "version",
                "action", "before", "list", "room", "device", "said",
            ];
            let query: Vec<String> = names.iter().map(|name| format!("{name}={text}")).collect();
            wrong.extend(judged(&format!("{path}?…"), anne.get(&format!("{path}?{}", query.join("&"))).await.unwrap()).await.0);
            // One by one as well, for a filter that is refused hides the others: of markup, which is where it matters.
            for name in names.into_iter().filter(|_| before.is_empty()) {
                wrong.extend(judged(&format!("{path}?{name}"), anne.get(&format!("{path}?{name}={text}")).await.unwrap()).await.0);
            }
        }
        let nowhere = path.replace("camus", &escaped(texts[0])).replace("VP-99", &escaped(texts[0]));
        wrong.extend(judged(&nowhere, anne.get(&nowhere).await.unwrap()).await.0);
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} of {count} addresses\n{}", wrong.len(), wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n"));
    for text in texts {
        let said = shown.matches(text.lines().next().unwrap_or_default()).count();
        assert!(said >= least, "{text:?} was shown at all: {said} times");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_stays_text_wherever_it_is_said() {
    held("", MARKUP, &[MARKUP], 30).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn formulas_and_addresses_stay_text_in_pages_and_files() {
    held(FORMULAS[0], "", &[FORMULAS[0], FORMULAS[1], FORMULAS[2], FORMULAS[3], ADDRESS], 1).await;
}

#[test]
fn a_formula_is_known_when_it_is_seen() {
    for (cell, expected) in
        [("=1+1", true), ("+33 1 23", false), ("-12,50", false), ("@x", true), ("-cmd", true), ("'=1", false), ("", false), ("\tx", true)]
    {
        assert_eq!(is_formula(cell), expected, "{cell:?}");
    }
    assert_eq!(cells("\u{feff}a;\"b;\"\"c\"\r\n=d;e\r\n"), ["a", "b;\"c", "", "=d", "e", ""]);
    assert!(
        calendar("BEGIN:VEVENT\r\nX-EVIL:1\r\nEND:VEVENT\r\n").len() == 1 && calendar("BEGIN:VEVENT\r\nSUMMARY:a\r\n b\r\nEND:VEVENT\r\n").is_empty()
    );
}

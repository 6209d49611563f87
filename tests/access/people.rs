//! What technicians, contractors and teachers find: the search, the files of the queue, the school's own page, what a label opens.

use super::accounts::between;
use super::town::{Town, town};
use calamine::Reader as _;
use reqwest::StatusCode;
use rollcall_tests::served::Browser;

/// Writes the projector of Camus into the register.
async fn labelled(town: &Town, anne: &Browser) {
    let csrf = anne.csrf("/register/assets/new").await.unwrap();
    let serial = town.camus_projector.secrets[0].as_str();
    let form =
        [("csrf", csrf.as_str()), ("label_or_serial", "VP-0012"), ("serial", serial), ("kind", "projector"), ("school", "camus"), ("room", "CM1")];
    let answer = anne.post("/register/assets/new", &form).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap());
}

#[tokio::test]
async fn a_few_letters_find_it() {
    let town = town().await;
    let anne = town.served.browser("anne").await.unwrap();
    labelled(&town, &anne).await;
    let device = format!("/devices/{}\"", town.camus_projector.device);
    let (serial, mac) = (&town.camus_projector.secrets[0], &town.camus_projector.secrets[1]);
    let squeezed: String = mac.chars().filter(char::is_ascii_alphanumeric).collect();
    // A MAC that is typed wrongly spaced, as it stands on a sticker.
    let spaced = format!("{} {}-{}", &squeezed[..4].to_uppercase(), &squeezed[4..7], &squeezed[7..]);
    let ip = town.world.things["VP-A-CAMUS"].ip.to_string();
    for typed in [serial.as_str(), &serial[..6], &serial.to_lowercase(), mac, &squeezed[..8], &spaced, &ip, "vp a camus", "VP-A-CAM", "a-camus"] {
        let page = anne.page(&format!("/search?q={}", typed.replace(' ', "%20"))).await.unwrap();
        assert!(page.contains(&device), "{typed:?} finds the projector: {page}");
    }
    for (typed, found) in [
        ("camus", "href=\"/schools/camus\""),
        ("École Zola", "href=\"/schools/zola\""),
        ("VP-0012", "href=\"/register/assets/VP-0012\""),
        (&town.switch.fault.to_string(), &format!("href=\"/faults/{}\"", town.switch.fault)),
    ] {
        let page = anne.page(&format!("/search?q={typed}")).await.unwrap();
        assert!(page.contains(found), "{typed:?} finds {found}: {page}");
    }
    assert!(anne.page("/search?q=nichtsdergleichen").await.unwrap().contains("class=\"empty\""));
    assert!(!anne.page("/search?q=").await.unwrap().contains("class=\"empty\""));
    let (status, text) = town.ask("anne", "GET", &format!("/api/v1/search?q={serial}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains(&format!("\"id\":{}", town.camus_projector.device)), "{text}");
    // A contractor finds what is theirs, and no school.
    let (_, text) = town.ask("paul", "GET", "/api/v1/search?q=camus").await;
    assert!(text.contains("\"schools\":[]"), "{text}");
    let (_, text) = town.ask("remi", "GET", &format!("/api/v1/search?q={squeezed}")).await;
    assert!(text.contains("\"devices\":[]"), "{text}");
}

#[tokio::test]
async fn the_queue_as_a_file_holds_what_the_list_holds() {
    let town = town().await;
    let paul = town.served.browser("paul").await.unwrap();
    let bytes = paul.get("/faults/export/faults.xlsx?school=camus").await.unwrap().bytes().await.unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(sheet.height(), 2, "headings and one fault");
    assert_eq!(sheet.get((1, 0)).unwrap().to_string(), town.camus_projector.fault.to_string());
    let csv = paul.get("/faults/export/faults.csv").await.unwrap().text().await.unwrap();
    assert!(csv.starts_with('\u{feff}') && csv.contains("École Camus") && csv.contains("École Zola"), "{csv}");
    assert!(!csv.contains(&town.switch.secrets[0]), "another lot's is not in it");
    let calendar = paul.get("/faults/export/faults.ics").await.unwrap().text().await.unwrap();
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2, "{calendar}");
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
    assert!(calendar.contains(&format!("UID:fault-{}@rollcall", town.camus_projector.fault)));
    assert_eq!(paul.get("/faults/export/faults.exe").await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_school_reports_and_sees_what_becomes_of_it() {
    let town = town().await;
    let school = town.served.browser("ecole").await.unwrap();
    assert_eq!(school.get("/").await.unwrap().headers()["location"], "/my-school");
    let page = school.page("/my-school").await.unwrap();
    assert!(page.contains("École Camus") && !page.contains("href=\"/faults\""));
    let csrf = school.csrf("/my-school").await.unwrap();
    let report = |code: &'static str| {
        let form = [("csrf", csrf.as_str()), ("school", code), ("text", "L'image est rose"), ("kind", "projector"), ("room", "CM2")];
        school.client.post(format!("{}/faults/new", town.served.base)).header("accept", "text/html").form(&form).send()
    };
    let answer = report("camus").await.unwrap();
    assert_eq!(answer.headers()["location"], "/my-school?said=yes");
    let page = school.page("/my-school").await.unwrap();
    assert!(page.contains("image est rose"), "{page}");
    // Another school is none of its business.
    assert_eq!(report("zola").await.unwrap().status(), StatusCode::BAD_REQUEST);
    // The town takes note, and the school reads it in plain words.
    let (_, faults) = town.ask("anne", "GET", "/api/v1/faults?school=camus&code=reported").await;
    let faults: serde_json::Value = serde_json::from_str(&faults).unwrap();
    let number = faults["items"][0]["id"].as_i64().unwrap();
    let act = format!("{}/api/v1/faults/{number}/act", town.served.base);
    let body = serde_json::json!({ "verb": "acknowledge" });
    let answer = town.served.client().unwrap().post(act).bearer_auth(&town.tokens["anne"]).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(school.page("/my-school").await.unwrap().contains("La ville s’en occupe"));
    // Whoever sees many schools has the list.
    let anne = town.served.browser("anne").await.unwrap();
    assert_eq!(anne.get("/my-school").await.unwrap().headers()["location"], "/faults");
}

#[tokio::test]
async fn a_label_opens_what_its_scanner_may_see() {
    let town = town().await;
    let anne = town.served.browser("anne").await.unwrap();
    labelled(&town, &anne).await;
    let page = anne.page("/schools/camus/labels?form=40").await.unwrap();
    assert!(page.contains("VP-0012") && page.contains("<svg") && page.contains("stickers of-40"), "{page}");
    assert!(!page.contains("&lt;svg"), "squares are drawings");
    // The address is in the square; the same check is found by who may read the secret.
    let secret = town.served.db.read(|tx| rollcall_collector::store::meta::get(tx, "label_secret")).unwrap().unwrap();
    let check = rollcall_collector::web::pages::label_check(&secret, "VP-0012");
    let address = format!("/l/VP-0012/{check}");
    let fault = format!("/faults/{}", town.camus_projector.fault);
    for login in ["anne", "paul", "theo"] {
        let browser = town.served.browser(login).await.unwrap();
        assert_eq!(browser.get(&address).await.unwrap().headers()["location"], fault.as_str(), "{login} sees its fault");
    }
    let teacher = Browser { base: town.served.base.clone(), client: town.served.client().unwrap() };
    for stranger in ["/l/VP-0012/aaaaaaaa".to_owned(), format!("/l/VP-0013/{check}"), "/l/VP-0012/".to_owned()] {
        assert_eq!(teacher.get(&stranger).await.unwrap().status(), StatusCode::NOT_FOUND, "{stranger}");
    }
    // Remi's lot is another: to him it is as to anybody.
    let remi = town.served.browser("remi").await.unwrap();
    let page = remi.page(&address).await.unwrap();
    assert!(page.contains("VP-0012") && !page.contains(&town.camus_projector.secrets[0]) && !page.contains(&fault), "{page}");
    let page = teacher.page(&address).await.unwrap();
    assert!(page.contains("CM1") && page.contains("École Camus") && !page.contains(&town.camus_projector.secrets[0]), "{page}");
    // A report joins the open fault; a program that fills every field is not heard; who repeats himself waits.
    let form = [("text", "<script>alert(1)</script> plus d'image"), ("website", "")];
    let answer = teacher.post(&address, &form).await.unwrap();
    assert_eq!(answer.headers()["location"].to_str().unwrap(), format!("{address}?said=yes"));
    let shown = anne.page(&fault).await.unwrap();
    assert!(shown.contains("plus d") && !shown.contains("<script>alert"), "{shown}");
    assert!(between(&shown, "id=\"fault-facts\"", "</section>").contains('1'));
    let machine = [("text", "achetez"), ("website", "http://spam.example")];
    assert!(teacher.post(&address, &machine).await.unwrap().text().await.unwrap().contains("role=\"alert\""));
    let mut last = StatusCode::OK;
    for _ in 0..8 {
        last = teacher.post(&address, &[("text", "encore")]).await.unwrap().status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_contractor_s_queue_counts_what_its_lists_hold_and_its_own_number_finds_the_fault() {
    let town = town().await;
    let client = town.served.client().unwrap();
    let act = |body: serde_json::Value| {
        let url = format!("{}/api/v1/faults/{}/act", town.served.base, town.camus_projector.fault);
        client.post(url).bearer_auth(&town.tokens["paul"]).json(&body).send()
    };
    let answer = act(serde_json::json!({ "verb": "refer", "number": "INC-2026/0042" })).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
    let paul = town.served.browser("paul").await.unwrap();
    let fault = format!("href=\"/faults/{}\"", town.camus_projector.fault);
    for path in ["/search?q=inc-2026", "/search?q=INC%202026%2F0042", "/faults?number=inc%202026", "/my-queue"] {
        let page = paul.page(path).await.unwrap();
        assert!(page.contains(&fault) && page.contains("INC-2026/0042"), "{path}: {page}");
    }
    assert!(!paul.page("/faults?number=2026").await.unwrap().contains(&fault), "only what begins so");
    let csv = paul.get("/faults/export/faults.csv?number=INC").await.unwrap().text().await.unwrap();
    assert!(csv.contains("INC-2026/0042") && !csv.contains("Zola"), "{csv}");
    let found = |login: &'static str| town.ask(login, "GET", "/api/v1/search?q=INC-2026");
    assert!(found("paul").await.1.contains(&format!("\"faults\":[{}]", town.camus_projector.fault)));
    assert!(found("remi").await.1.contains("\"faults\":[]"), "another's number finds nothing");
    // Each figure of the queue is as long as the list that it leads to.
    let page = paul.page("/my-queue").await.unwrap();
    let mut sum = 0;
    for part in page.split("<a class=\"figure").skip(1) {
        let (href, count) = (super::accounts::between(part, "href=\"", "\""), super::accounts::between(part, "<b>", "</b>"));
        let count: usize = count.parse().unwrap();
        let list = town.ask("paul", "GET", &format!("/api/v1{href}")).await.1;
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{href}");
        sum += count;
    }
    assert_eq!(sum, 2, "each fault of the lot stands in one part");
    let (status, _) = town.ask("paul", "GET", "/api/v1/faults?due=soon").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_claimed_fault_says_what_it_waits_for_and_a_fault_what_to_take_along() {
    let town = town().await;
    let paul = town.served.browser("paul").await.unwrap();
    let path = format!("/faults/{}", town.camus_projector.fault);
    let page = paul.page(&path).await.unwrap();
    let takes = between(&page, "id=\"fault-takes\"", "</section>");
    assert!(takes.contains("lampe") && takes.contains("escabeau"), "{takes}");
    // Its twin in the other school is seen by who sees both schools.
    let twin = format!("/faults/{}\"", town.zola_projector.fault);
    assert!(between(&page, "id=\"fault-past\"", "</section>").contains(&twin), "{page}");
    let sam = town.served.browser("sam").await.unwrap();
    let other = sam.page(&format!("/faults/{}", town.zola_projector.fault)).await.unwrap();
    assert!(!other.contains(&format!("/faults/{}\"", town.camus_projector.fault)), "a subcontractor of Zola learns nothing of Camus");
    let csrf = paul.csrf(&path).await.unwrap();
    let answer = paul.post(&format!("{path}/act"), &[("csrf", &csrf), ("verb", "claim"), ("text", "lampe changée")]).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page = paul.page(&path).await.unwrap();
    assert!(between(&page, "id=\"fault-check\"", "</div>").contains("prochain regard"), "{page}");
}

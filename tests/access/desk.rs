//! A technician's desk: the map, a year day by day, a room counted by telephone, kept views, deeds for several faults, the wall.

use super::accounts::between;
use super::town::{MONDAY, Town, town};
use reqwest::StatusCode;
use rollcall_collector::domain::fault::{Found, Severity};
use rollcall_collector::store::{self, Tx, register, school, weekly};
use rollcall_shared::DeviceId;
use rollcall_tests::served::Browser;
use std::collections::BTreeMap;

async fn browser(town: &Town, login: &str) -> Browser {
    town.served.browser(login).await.unwrap()
}

#[tokio::test]
async fn the_map_shows_schools_where_they_lie_and_names_those_without_a_place() {
    let town = town().await;
    let map = browser(&town, "theo").await.page("/map").await.unwrap();
    let drawing = between(&map, "class=\"plate map\"", "</svg>");
    assert!(drawing.contains("href=\"/schools/camus\"") && drawing.contains("École Camus"), "{drawing}");
    assert!(!drawing.contains("/schools/zola"), "nobody told where it lies");
    assert!(between(&map, "id=\"map-nowhere\"", "</section>").contains("href=\"/schools/zola\""));
    assert!(between(&map, "id=\"map-table\"", "</details>").contains("École Camus"), "the same as a table");
    let calm = browser(&town, "theo").await.page("/map?state=calm").await.unwrap();
    assert!(!calm.contains("class=\"plate map\"") || !between(&calm, "class=\"plate map\"", "</svg>").contains("/schools/camus"));
    // Whoever sees one school sees one school.
    let tom = browser(&town, "tom").await.page("/map").await.unwrap();
    assert!(tom.contains("/schools/camus") && !tom.contains("Zola"));
    let (_, text) = town.ask("theo", "GET", "/api/v1/schools/camus").await;
    let school: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((school["latitude"].as_f64(), school["longitude"].as_f64()), (Some(48.0061), Some(0.1996)));
}

#[tokio::test]
async fn a_year_is_drawn_by_the_day_and_of_what_is_somebodys_only_the_last_day_is_told() {
    let mut town = town().await;
    let theo = browser(&town, "theo").await;
    let year = theo.page("/schools/camus/year").await.unwrap();
    assert!(between(&year, "id=\"year\"", "</section>").matches("<figure>").count() == 12, "twelve months");
    assert!(year.contains("<path class=\"fill\"") && year.contains("<path class=\"unknown\""), "today was seen, of last year nothing is known");
    let device = format!("/devices/{}", town.zola_projector.device);
    let page = theo.page(&device).await.unwrap();
    assert!(page.contains("id=\"device-year\"") && page.contains("id=\"device-events\""));
    let paul = browser(&town, "paul").await.page(&device).await.unwrap();
    assert!(!paul.contains("id=\"device-year\""), "a contractor is told no presence");
    // Somebody holds it from now on.
    let csrf = theo.csrf("/register/assets/new").await.unwrap();
    let serial = town.zola_projector.secrets[0].clone();
    let form = [("csrf", csrf.as_str()), ("label_or_serial", "P-9"), ("serial", &serial), ("kind", "projector"), ("holder", "h17")];
    assert_eq!(theo.post("/register/assets/new", &form).await.unwrap().status(), StatusCode::SEE_OTHER);
    town.world.settle_all().unwrap();
    let page = theo.page(&device).await.unwrap();
    assert!(!page.contains("id=\"device-year\"") && !page.contains("id=\"device-events\""), "when it comes and goes is nobody's business");
    assert!(between(&page, "id=\"device-presence\"", "</section>").contains("lundi 7 septembre"), "the last day");
    let kept = |sql: &'static str| {
        let id = town.zola_projector.device;
        town.world.db.read(|tx| -> store::Result<i64> { tx.query_one(sql, &[id.into()])?.unwrap().take() }).unwrap()
    };
    assert_eq!(kept("select count(*) from presence where device_id = $1"), 0);
    assert_eq!(kept("select count(*) from device_event where device_id = $1 and what in ('back', 'left', 'address')"), 0);
    let (_, text) = town.ask("theo", "GET", &format!("/api/v1{device}")).await;
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(told["personal"] == true && told["since"].as_str().unwrap().eq("2026-09-06T22:00:00Z"), "{told}");
    let list = theo.page("/devices?kind=projector").await.unwrap();
    assert!(list.contains("<time datetime=\"2026-09-07\" title=\"lundi 7 septembre\">"), "{list}");
    let (_, text) = town.ask("theo", "GET", "/api/v1/schools/camus/days?from=2026-09-07&to=2026-09-08").await;
    let days: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(days[0]["seen"].as_i64().is_some_and(|seen| seen > 0) && days[1]["seen"].is_null(), "{days}");
}

#[tokio::test]
async fn a_technician_of_one_school_is_told_its_lines_of_the_lists_alone() {
    let town = town().await;
    for (code, device) in [("camus", Some(town.camus_projector.device)), ("zola", None)] {
        let line = Found {
            code: "toner_low",
            key: "toner_low/1".to_owned(),
            severity: Severity::Minor,
            device: device.map(DeviceId),
            place: None,
            since_at: MONDAY,
            look: None,
            confirmed: true,
            count: 1,
            facts: BTreeMap::new(),
        };
        let save = move |tx: &mut Tx<'_>| -> store::Result<bool> {
            let school = school::school_by_code(tx, code)?.unwrap().id;
            weekly::save(tx, school, std::slice::from_ref(&line))
        };
        town.world.db.write(save).unwrap();
    }
    for (login, camus, zola) in [("theo", 1, 1), ("tom", 1, 0)] {
        let page = browser(&town, login).await.page("/lists?code=toner_low").await.unwrap();
        let lines = between(&page, "<tbody>", "</tbody>");
        assert_eq!((lines.matches("/schools/camus").count(), lines.matches("/schools/zola").count()), (camus, zola), "{login} {lines}");
        assert!(page.contains(&format!("<b>{}</b>", camus + zola)), "{page}");
        let (_, text) = town.ask(login, "GET", "/api/v1/lists?code=toner_low").await;
        assert_eq!(text.matches("\"school\"").count(), camus + zola, "{text}");
    }
}

#[tokio::test]
async fn a_room_is_counted_and_what_was_said_is_signed_and_dated() {
    let town = town().await;
    let theo = browser(&town, "theo").await;
    let address = "/schools/camus/stocktake";
    let page = theo.page(address).await.unwrap();
    assert!(page.contains("is:D-1") && !page.contains("is:D-2") && page.contains("La seule salle à compter ne l’est pas encore"), "{page}");
    let csrf = theo.csrf(address).await.unwrap();
    let row = || town.world.db.read(|tx| register::row(tx, "attestations", &["D-1".to_owned(), "2026-09-07".to_owned()])).unwrap();
    let say = async |answer: &str, read: &str| {
        let form = [("csrf", csrf.as_str()), ("room", "CP"), ("is:D-1", answer), ("read", read)];
        theo.post(address, &form).await.unwrap()
    };
    assert_eq!(say("yes", "").await.status(), StatusCode::SEE_OTHER);
    let cells = row().unwrap();
    assert_eq!((cells["how"].as_str(), cells["room"].as_str(), cells["school"].as_str()), ("count", "CP", "camus"));
    assert!(theo.page(address).await.unwrap().contains("La seule salle à compter l’est depuis"));
    // It was not there after all: of one day there is one word.
    assert_eq!(say("no", "").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(row().unwrap()["how"], "absent");
    // What belongs elsewhere is noted where it was read; what nobody knows is refused, with all that came with it.
    assert_eq!(say("yes", "D-77").await.status(), StatusCode::OK);
    assert_eq!(row().unwrap()["how"], "absent");
    assert_eq!(say("", "https://parc.example/l/D-2/abcdefgh").await.status(), StatusCode::SEE_OTHER);
    let other = town.world.db.read(|tx| register::row(tx, "attestations", &["D-2".to_owned(), "2026-09-07".to_owned()])).unwrap().unwrap();
    assert_eq!((other["how"].as_str(), other["room"].as_str()), ("label_scan", "CP"));
    assert_eq!(say("", "").await.status(), StatusCode::OK, "nothing was said");
    // Another school's things are not counted here, and another's school is not there for who does not see it.
    let form = [("csrf", csrf.as_str()), ("room", "CP"), ("is:D-2", "yes")];
    assert!(theo.post(address, &form).await.unwrap().text().await.unwrap().contains("role=\"alert\""));
    let tom = browser(&town, "tom").await;
    assert_eq!(tom.get("/schools/zola/stocktake").await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(town.ask("rita", "GET", address).await.0, StatusCode::FORBIDDEN);
    let without = [("csrf", "none"), ("room", "CP"), ("is:D-1", "yes")];
    assert_eq!(theo.post(address, &without).await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_view_is_kept_under_a_name_shown_to_its_owner_and_forgotten() {
    let town = town().await;
    let theo = browser(&town, "theo").await;
    let list = "/faults?code=projector_lamp";
    let csrf = theo.csrf(list).await.unwrap();
    let keep = async |name: &str, address: &str| {
        theo.post("/account/views", &[("csrf", csrf.as_str()), ("name", name), ("address", address)]).await.unwrap().status()
    };
    assert_eq!(keep("Lampes <b>", &format!("{list}&after=1.2.3.4")).await, StatusCode::SEE_OTHER);
    for path in ["/", "/faults", "/schools", "/devices", "/map"] {
        let page = theo.page(path).await.unwrap();
        assert!(page.contains(&format!("href=\"{list}\">Lampes &#60;b&#62;")), "{path} {page}");
    }
    assert!(!browser(&town, "anne").await.page("/").await.unwrap().contains("Lampes"), "a view is its owner's");
    assert_eq!(keep("", list).await, StatusCode::BAD_REQUEST);
    assert_eq!(keep("x", "https://evil.example/").await, StatusCode::BAD_REQUEST);
    for n in 1..30 {
        assert_eq!(keep(&format!("Vue {n}"), "/schools").await, StatusCode::SEE_OTHER);
    }
    assert_eq!(keep("Encore une", "/schools").await, StatusCode::CONFLICT, "there is a bound");
    assert_eq!(keep("Vue 1", "/devices").await, StatusCode::SEE_OTHER, "a known name may lead elsewhere");
    let forget = [("csrf", csrf.as_str()), ("name", "Lampes <b>"), ("address", list)];
    assert_eq!(theo.post("/account/views/forget", &forget).await.unwrap().headers()["location"], list);
    assert_eq!(theo.post("/account/views/forget", &forget).await.unwrap().status(), StatusCode::NOT_FOUND);
    assert!(!theo.page("/").await.unwrap().contains("Lampes"));
}

#[tokio::test]
async fn one_deed_for_several_faults_goes_for_each_as_it_would_alone() {
    let town = town().await;
    let (own, other) = (town.camus_projector.fault.to_string(), town.switch.fault.to_string());
    let paul = browser(&town, "paul").await;
    let csrf = paul.csrf("/faults").await.unwrap();
    assert!(paul.page("/faults").await.unwrap().contains(&format!("name=\"fault\" value=\"{own}\"")));
    let form = [("csrf", csrf.as_str()), ("verb", "suspend"), ("cause", "part"), ("fault", &own), ("fault", &other), ("back", "/faults?lot=L1")];
    let page = paul.post("/faults/act", &form).await.unwrap().text().await.unwrap();
    assert!(page.contains("1 panne a changé") && page.contains("Une n’a pas pu changer") && page.contains("introuvable"), "{page}");
    assert!(page.contains("href=\"/faults?lot=L1\""));
    let (_, text) = town.ask("paul", "GET", &format!("/api/v1/faults/{own}")).await;
    assert!(text.contains("\"part\""), "{text}");
    let (_, text) = town.ask("theo", "GET", &format!("/api/v1/faults/{other}")).await;
    assert!(!text.contains("\"part\""), "another lot's fault is as it was");
    // What a contractor may not do alone it may not do to many; what nobody ticked is nobody's; what writes wants its token.
    let form = |verb| [("csrf", csrf.as_str()), ("verb", verb), ("text", "non"), ("fault", own.as_str())];
    assert!(paul.post("/faults/act", &form("dismiss")).await.unwrap().text().await.unwrap().contains("Aucune panne n’a changé"));
    assert_eq!(paul.post("/faults/act", &form("burn")).await.unwrap().status(), StatusCode::BAD_REQUEST);
    assert_eq!(paul.post("/faults/act", &[("csrf", csrf.as_str()), ("verb", "acknowledge")]).await.unwrap().status(), StatusCode::BAD_REQUEST);
    let many: Vec<String> = (1..=51).map(|n| n.to_string()).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|n| ("fault", n.as_str())).chain([("csrf", csrf.as_str()), ("verb", "acknowledge")]).collect();
    assert_eq!(paul.post("/faults/act", &many).await.unwrap().status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        paul.post("/faults/act", &[("csrf", "none"), ("verb", "acknowledge"), ("fault", &own)]).await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn the_wall_is_dark_keeps_itself_fresh_and_leads_nowhere() {
    let town = town().await;
    let wall = browser(&town, "theo").await.page("/wall").await.unwrap();
    assert!(wall.contains("data-theme=\"dark\"") && wall.contains("data-live=") && wall.contains("http-equiv=\"refresh\""));
    assert!(!wall.contains("<nav") && wall.contains(&format!("/faults/{}\"", town.camus_projector.fault)), "{wall}");
    let tom = browser(&town, "tom").await.page("/wall").await.unwrap();
    assert!(!tom.contains("Zola"), "whoever sees one school sees one school");
    assert_eq!(town.ask("paul", "GET", "/wall").await.0, StatusCode::FORBIDDEN);
}

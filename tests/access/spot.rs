//! Photos and the service report: who sees them, what is refused, what is left of a file.

use super::accounts::between;
use super::town::{Town, town};
use reqwest::StatusCode;
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::Value;

/// A photo of one colour.
fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(64, 48, image::Rgb([200, 20, 20])).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn send(town: &Town, login: &str, fault: i64, bytes: Vec<u8>) -> (StatusCode, Value) {
    let url = format!("{}/api/v1/faults/{fault}/photos?text=vu%20%3Cb%3E", town.served.base);
    let answer = town.served.client().unwrap().post(url).bearer_auth(&town.tokens[login]).body(bytes).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_photo_is_seen_by_who_sees_its_fault_and_by_nobody_else() {
    let town = town().await;
    let fault = town.camus_projector.fault;
    let (status, photo) = send(&town, "paul", fault, png()).await;
    assert_eq!(status, StatusCode::CREATED, "{photo}");
    assert_eq!((photo["width"].as_i64(), photo["height"].as_i64(), photo["by"].as_str()), (Some(64), Some(48), Some("paul")));
    let href = photo["href"].as_str().unwrap().to_owned();
    let client = town.served.client().unwrap();
    let get = |login: &'static str, path: String| client.get(format!("{}{path}", town.served.base)).bearer_auth(&town.tokens[login]).send();
    for path in [href.clone(), format!("{href}/small")] {
        for login in ["paul", "anne", "theo", "rita", "tom"] {
            let answer = get(login, path.clone()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{login} {path}");
            assert_eq!(answer.headers()[CONTENT_TYPE], "image/jpeg");
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
            assert_eq!(answer.headers()[CACHE_CONTROL], "private, no-cache");
            assert!(answer.bytes().await.unwrap().starts_with(&[0xff, 0xd8, 0xff]), "drawn anew as JPEG");
        }
        // Another lot, another school of the same lot, nothing at all; and by the number of a fault that they do see.
        for login in ["remi", "sam", "nobody"] {
            assert_eq!(get(login, path.clone()).await.unwrap().status(), StatusCode::NOT_FOUND, "{login} {path}");
        }
        let through_own = path.replace(&format!("/faults/{fault}/"), &format!("/faults/{}/", town.switch.fault));
        assert_eq!(get("remi", through_own).await.unwrap().status(), StatusCode::NOT_FOUND);
        assert_eq!(get("ecole", path.clone()).await.unwrap().status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(send(&town, "remi", fault, png()).await.0, StatusCode::NOT_FOUND);
    assert_eq!(send(&town, "rita", fault, png()).await.0, StatusCode::FORBIDDEN);
    // On the page, escaped; whoever sent it takes it away, another contractor does not.
    let paul = town.served.browser("paul").await.unwrap();
    let page = paul.page(&format!("/faults/{fault}")).await.unwrap();
    let photos = between(&page, "id=\"fault-photos\"", "</section>");
    assert!(photos.contains(&format!("{href}/small")) && photos.contains("vu &#60;b&#62;"), "{photos}");
    let csrf = paul.csrf(&format!("/faults/{fault}")).await.unwrap();
    let remi = town.served.browser("remi").await.unwrap();
    let other = remi.csrf(&format!("/faults/{}", town.switch.fault)).await.unwrap();
    assert_eq!(remi.post(&format!("{href}/remove"), &[("csrf", &other)]).await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(paul.post(&format!("{href}/remove"), &[("csrf", &csrf)]).await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(get("paul", href).await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_photo_is_refused_in_words() {
    let town = town().await;
    for (bytes, word) in [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), "SVG"),
        (b"GIF89a\x01\0\x01\0\x80\0\0".to_vec(), "GIF"),
        (png()[..60].to_vec(), "jusqu"),
        (Vec::new(), "aucun fichier"),
        (vec![0xff; 13 << 20], "13.0"),
    ] {
        let (status, problem) = send(&town, "paul", town.camus_projector.fault, bytes).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{word}: {problem}");
    }
    for _ in 0..20 {
        assert_eq!(send(&town, "paul", town.camus_projector.fault, png()).await.0, StatusCode::CREATED);
    }
    assert_eq!(send(&town, "paul", town.camus_projector.fault, png()).await.0, StatusCode::CONFLICT, "twenty are enough");
}

#[tokio::test]
async fn the_service_report_counts_what_the_asker_sees() {
    let town = town().await;
    // The month of the town's clock, so far.
    let report = async |login: &str| {
        let (status, text) = town.ask(login, "GET", "/api/v1/punctuality").await;
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let lots = |report: &Value| -> Vec<(String, i64)> {
        let lots = report["lots"].as_array().unwrap().iter();
        lots.map(|lot| (lot["lot"].as_str().unwrap().to_owned(), lot["repair"]["open"].as_i64().unwrap())).collect()
    };
    assert_eq!(lots(&report("paul").await), [("L1".to_owned(), 2)]);
    assert_eq!(lots(&report("sam").await), [("L1".to_owned(), 1)]);
    assert!(lots(&report("remi").await).iter().all(|(lot, _)| lot == "L2"));
    assert!(lots(&report("anne").await).len() >= 2);
    assert!(report("nobody").await["lots"].as_array().unwrap().is_empty());
    let (_, text) = town.ask("paul", "GET", "/api/v1/punctuality?lot=L2").await;
    assert!(text.contains("\"lots\":[]"), "{text}");
    // Mended by a claim, it is kept, and the page says so.
    let act = format!("{}/api/v1/faults/{}/act", town.served.base, town.camus_projector.fault);
    let client = town.served.client().unwrap();
    let claimed = client.post(act).bearer_auth(&town.tokens["paul"]).json(&serde_json::json!({ "verb": "claim" })).send().await.unwrap();
    assert_eq!(claimed.status(), StatusCode::OK);
    let answer = report("paul").await;
    // The clock of the test stands still: what is stopped now is stopped at the period's end, and counts in the next.
    assert_eq!(answer["lots"][0]["repair"]["open"], 2, "{answer}");
    let paul = town.served.browser("paul").await.unwrap();
    let page = paul.page("/punctuality").await.unwrap();
    assert!(page.contains("name=\"from\"") && !page.contains("Réseau"), "{page}");
    let csv = paul.get("/punctuality/service.csv").await.unwrap().text().await.unwrap();
    assert!(csv.contains("L1") && !csv.contains("L2"), "{csv}");
    for wrong in ["from=2026-13-01", "from=2026-09-07&to=2026-09-01", "from=2020-01-01&to=2026-09-01", "from=2031-01-01&to=2031-01-02"] {
        let (status, _) = town.ask("paul", "GET", &format!("/api/v1/punctuality?{wrong}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

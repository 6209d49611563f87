//! Every door that writes, as the table of doors names them: forms without their token, of another session, from another site; too large, malformed.
//!
//! A door that is added is tried here without a word of this file: it refuses, or stands in one of the two lists of exceptions.

use super::Stage;
use super::html::multipart;
use reqwest::{Method, Response};
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_collector::web::access::DOORS;
use rollcall_tests::served::Browser;

/// Doors where the address itself is the secret, or nothing is changed that anybody keeps.
const NO_TOKEN: [&str; 6] = ["/welcome/{token}", "/password/{token}", "/sign-in/link/{token}", "/preferences", "/l/{label}/{check}", "/api/"];
/// Doors that ask for nothing but to be opened, and read no body. (Another site's page is refused before, as everywhere.)
const UNREAD: [&str; 3] = ["/api/v1/accounts/{login}/link", "/api/v1/schools/{code}/accept", "/api/v1/agents/{id}/revoke"];
/// Doors that take a file with their form.
const FILES: [&str; 4] = ["/compare", "/faults/{id}/photos", "/calendar/import", "/plan/import"];
/// What any form of ours asks for: nothing is missing but the token.
const FIELDS: [&str; 40] = [
    "login", "password", "again", "old", "role", "networks", "name", "days", "email", "text", "verb", "on", "new", "other", "kit", "model", "place",
    "action", "what", "kind", "minimum", "school", "reason", "verdict", "until", "deed", "to", "url", "quiet", "zone", "language", "state", "half",
    "code", "secret", "device", "step", "off", "cuts", "note",
];

fn writes() -> Vec<(&'static str, &'static str)> {
    DOORS.iter().filter(|(method, ..)| !matches!(*method, "GET" | "*")).map(|(method, route, _)| (*method, *route)).collect()
}

fn filled(route: &str) -> String {
    let mut path = route.replace("{code}", "camus").replace("{login}", "rita").replace("{table}", "assets").replace("{key}", "VP-10");
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        path.replace_range(from..=to, "1");
    }
    path
}

/// A whole form, with this token or none.
async fn send(browser: &Browser, method: &str, route: &str, csrf: Option<&str>) -> Response {
    let url = format!("{}{}", browser.base, filled(route));
    let request = browser.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url).header("accept", "text/html");
    let request = if FILES.contains(&route) {
        let fields: Vec<(&str, &str)> = csrf.map(|csrf| ("csrf", csrf)).into_iter().collect();
        let (kind, body) = multipart(&fields, "liste.csv", "a;b\n1;2\n");
        request.header("content-type", kind).body(body)
    } else {
        let mut form: Vec<(&str, &str)> = FIELDS.iter().map(|name| (*name, "1")).collect();
        form.extend(csrf.map(|csrf| ("csrf", csrf)));
        request.form(&form)
    };
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_form_without_its_own_token_is_refused_at_every_door() {
    let stage = Stage::plain().await;
    stage.served.add_account("rita", Role::Reader, Bounds::default()).await.unwrap();
    let (anne, rita) = (stage.served.browser("anne").await.unwrap(), stage.served.browser("rita").await.unwrap());
    let foreign = rita.csrf("/account").await.unwrap();
    let (mut tried, mut wrong) = (0, Vec::new());
    for (method, route) in
        writes().into_iter().filter(|(_, route)| !NO_TOKEN.iter().any(|open| route == open || (*open == "/api/" && route.starts_with(open))))
    {
        for csrf in [None, Some(""), Some("x"), Some(foreign.as_str())] {
            let answer = send(&anne, method, route, csrf).await;
            let status = answer.status().as_u16();
            // The sign-in page comes again and says why; so does the page of somebody who asks for a link. A lead's page is not an administrator's.
            let again = route.starts_with("/sign-in")
                && status == 200
                && answer.headers().get_all("set-cookie").iter().all(|cookie| !cookie.to_str().unwrap().starts_with("rollcall="));
            let leads = route.starts_with("/my-people") && status == 303;
            // A form whose token is a field that must be there is refused for want of it.
            let missing = csrf.is_none() && status == 422;
            tried += 1;
            if !(status == 403 || again || leads || missing) {
                wrong.push(format!("{method} {route} with {csrf:?}: {status}"));
            }
        }
    }
    assert!(wrong.is_empty() && tried > 150, "{tried} tried\n{}", wrong.join("\n"));
}

/// With its token, but from a page of another site, as browsers say since 2020; programs that say nothing are heard.
#[tokio::test]
async fn another_site_s_page_makes_nobody_write() {
    let stage = Stage::plain().await;
    let anne = stage.served.browser("anne").await.unwrap();
    let csrf = anne.csrf("/account").await.unwrap();
    for (method, route) in writes() {
        for site in ["cross-site", "same-site"] {
            let url = format!("{}{}", stage.served.base, filled(route));
            let request = anne.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url).header("sec-fetch-site", site);
            let answer = request.form(&[("csrf", csrf.as_str())]).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 403, "{method} {route} from a {site} page");
        }
    }
    let url = format!("{}/account/sessions", stage.served.base);
    for site in ["same-origin", "none"] {
        let answer = anne.client.post(&url).header("sec-fetch-site", site).form(&[("csrf", csrf.as_str())]).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{site}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_what_is_malformed_breaks_nothing() {
    let stage = Stage::plain().await;
    stage.served.add_account("rita", Role::Reader, Bounds::default()).await.unwrap();
    let anne = stage.served.browser("anne").await.unwrap();
    let csrf = anne.csrf("/account").await.unwrap();
    let large = format!("csrf={csrf}&text={}", "x".repeat(5 << 20));
    let mut wrong = Vec::new();
    for (method, route) in writes().into_iter().filter(|(_, route)| !matches!(*route, "/sign-out")) {
        let url = format!("{}{}", stage.served.base, filled(route));
        let send = async |kind: &'static str, body: Vec<u8>| {
            let request = anne.client.request(Method::from_bytes(method.as_bytes()).unwrap(), &url).header("content-type", kind);
            request.body(body).send().await.map(|answer| answer.status().as_u16())
        };
        let form = "application/x-www-form-urlencoded";
        if !route.starts_with("/api/") && !FILES.contains(&route) {
            // Refused while it is still being sent: the connection may be closed before all of it went.
            match send(form, large.clone().into_bytes()).await {
                Ok(413) | Err(_) => {}
                // The link alone is asked for: the body is not read.
                Ok(404) if route == "/sign-in/link/{token}" => {}
                Ok(status) => wrong.push(format!("{method} {route} takes 5 MiB: {status}")),
            }
        }
        let bodies: [(&str, Vec<u8>); 9] = [
            (form, b"".to_vec()),
            (form, b"=&=&&&%%%".to_vec()),
            (form, b"csrf=%ff%fe&login=%c3%28&text=%00".to_vec()),
            (form, [0xff; 64].to_vec()),
            (form, "csrf=a&".repeat(2_000).into_bytes()),
            ("text/plain", b"csrf=x".to_vec()),
            ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n".to_vec()),
            ("multipart/form-data", b"--x--".to_vec()),
            ("application/json", b"{\"a\":[[[[[[[[".to_vec()),
        ];
        // What is taken away needs no body.
        for (kind, body) in bodies.into_iter().filter(|_| method != "DELETE") {
            let shown: String = String::from_utf8_lossy(&body).chars().take(30).collect();
            let status = send(kind, body).await.unwrap();
            let led_on = status == 303 && ["/preferences", "/my-people", "/my-people/{login}"].contains(&route);
            let unread = (200..300).contains(&status) && UNREAD.contains(&route);
            let asked_again = status == 200 && ["/sign-in", "/sign-in/code"].contains(&route);
            if !(led_on || unread || asked_again || (400..500).contains(&status)) {
                wrong.push(format!("{method} {route} {kind} {shown:?}: {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_answer_in_html_carries_its_guards() {
    let stage = Stage::plain().await;
    let (anne, stranger) = (stage.served.browser("anne").await.unwrap(), stage.stranger());
    let mut seen = 0;
    for (_, route, _) in DOORS.iter().filter(|(method, route, _)| *method == "GET" && *route != "/live") {
        for browser in [&anne, &stranger] {
            let answer = browser.get(&filled(route)).await.unwrap();
            assert!(!answer.status().is_server_error(), "{route}: {}", answer.status());
            let head = answer.headers();
            assert_eq!(head["x-content-type-options"], "nosniff", "{route}");
            assert_eq!(head["referrer-policy"], "same-origin", "{route}");
            let policy = head["content-security-policy"].to_str().unwrap();
            for part in
                ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
            {
                assert!(policy.contains(part) && !policy.contains("unsafe"), "{route}: {policy}");
            }
            seen += 1;
        }
    }
    assert!(seen > 150);
}

//! Ten thousand attempts to sign in: none succeeds, few cost a hash, and the real person comes in all the same.

use super::Stage;
use rollcall_collector::domain::language::Language;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_collector::web::session;
use rollcall_collector::web::visitor::Visitor;
use rollcall_tests::served::{Browser, PASSWORD};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const ATTEMPTS: u32 = 10_000;

/// Somebody at an address, without any cookie.
fn at(stage: &Stage, peer: IpAddr) -> Visitor {
    let words = stage.served.web.words(Language::Fr);
    Visitor { words, theme: None, path: "/sign-in".into(), peer: Some(peer), account: None, csrf: String::new(), token: None, known: None }
}

fn v4(number: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits((203 << 24) | number))
}

fn v6(number: u32, host: u64) -> IpAddr {
    IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8_u128 << 96) | (u128::from(number) << 64) | u128::from(host)))
}

async fn attempt(stage: &Stage, peer: IpAddr, login: &str, number: u32) -> bool {
    session::open(&stage.served.web, &at(stage, peer), login, format!("faux mot de passe {number}"), "").await.is_ok()
}

#[tokio::test]
async fn ten_thousand_attempts_from_one_address_cost_little_and_open_nothing() {
    let stage = Stage::plain().await;
    for number in 0..ATTEMPTS {
        assert!(!attempt(&stage, v4(1), "anne", number).await);
        stage.pass(1);
    }
    // 5 at once, then waits of 1, 2, 4 … 900 s: in 10 000 s that is 5 + 10 + 10.
    assert!(stage.served.web.hashing.turns() <= 30, "{} passwords were hashed", stage.served.web.hashing.turns());
}

#[tokio::test]
async fn ten_thousand_attempts_from_as_many_addresses_cost_no_more() {
    let stage = Stage::plain().await;
    for number in 0..ATTEMPTS {
        let peer = if number % 2 == 0 { v4(number) } else { v6(number, 1) };
        assert!(!attempt(&stage, peer, "anne", number).await);
    }
    assert!(stage.served.web.hashing.turns() <= 6, "{} passwords were hashed", stage.served.web.hashing.turns());
}

#[tokio::test]
async fn one_house_that_tries_many_names_is_one_address() {
    let stage = Stage::plain().await;
    for number in 0..ATTEMPTS {
        assert!(!attempt(&stage, v6(7, u64::from(number)), &format!("nom{number}"), number).await);
    }
    assert!(stage.served.web.hashing.turns() <= 51, "{} passwords were hashed", stage.served.web.hashing.turns());
}

/// Names that nobody has cost what names that somebody has cost, and the answer is the same.
#[tokio::test]
async fn nobody_learns_which_names_there_are() {
    let stage = Stage::plain().await;
    stage.served.add_account("ferme", Role::Reader, Bounds::default()).await.unwrap();
    stage
        .served
        .db
        .write(|tx| -> rollcall_collector::store::Result<()> {
            let id = rollcall_collector::store::account::by_login(tx, "ferme")?.unwrap().id;
            rollcall_collector::store::account::disable(tx, id, super::NOW)
        })
        .unwrap();
    let mut said = Vec::new();
    for (name, password) in [("anne", "faux mot de passe"), ("personne", "faux mot de passe"), ("ferme", PASSWORD), ("", "faux mot de passe")] {
        let before = stage.served.web.hashing.turns();
        let browser = stage.stranger();
        let csrf = browser.csrf("/sign-in").await.unwrap();
        let page = browser.post("/sign-in", &[("login", name), ("password", password), ("csrf", &csrf)]).await.unwrap();
        assert_eq!(page.status().as_u16(), 200);
        assert_eq!(stage.served.web.hashing.turns(), before + 1, "{name:?}: one password is hashed, whoever is named");
        let text = page.text().await.unwrap().replace(&format!("value=\"{name}\""), "value=\"\"");
        said.push(text.replace(&csrf, ""));
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "the pages differ");
}

/// Strangers who try a name make strangers wait: a browser in which its owner has signed in before opens, and so does a link.
#[tokio::test]
async fn the_real_person_comes_in_while_others_try() {
    let stage = Stage::plain().await;
    let known = stage.served.browser("anne").await.unwrap();
    for number in 0..50 {
        attempt(&stage, v4(number), "anne", number).await;
    }
    let sign_in = async |browser: &Browser, password: &str| {
        let csrf = browser.csrf("/sign-in").await.unwrap();
        browser.post("/sign-in", &[("login", "anne"), ("password", password), ("csrf", &csrf)]).await.unwrap().status().as_u16()
    };
    let out = known.csrf("/account").await.unwrap();
    assert_eq!(known.post("/sign-out", &[("csrf", &out)]).await.unwrap().status().as_u16(), 303);
    assert_eq!(sign_in(&stage.stranger(), PASSWORD).await, 200, "a stranger waits, even with the password");
    assert_eq!(sign_in(&known, PASSWORD).await, 303, "the owner's browser does not");
    // The mark of a browser is worth attempts, not entry: it has its own wait.
    let out = known.csrf("/account").await.unwrap();
    known.post("/sign-out", &[("csrf", &out)]).await.unwrap();
    let before = stage.served.web.hashing.turns();
    for _ in 0..20 {
        assert_eq!(sign_in(&known, "faux mot de passe").await, 200);
    }
    assert!(stage.served.web.hashing.turns() <= before + 6);
    // An hour after the last attempt everybody starts anew.
    stage.pass(3_601);
    assert_eq!(sign_in(&stage.stranger(), PASSWORD).await, 303);
}

/// A mark that somebody writes, or that is another account's, is none.
#[tokio::test]
async fn nobody_writes_the_mark_of_a_browser() {
    let stage = Stage::plain().await;
    stage.served.add_account("rita", Role::Reader, Bounds::default()).await.unwrap();
    let rita = stage.stranger();
    let csrf = rita.csrf("/sign-in").await.unwrap();
    let answer = rita.post("/sign-in", &[("login", "rita"), ("password", PASSWORD), ("csrf", &csrf)]).await.unwrap();
    let cookies: Vec<String> = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
    let mark = cookies.iter().find_map(|cookie| cookie.strip_prefix("rollcall-known=")).unwrap().split(';').next().unwrap().to_owned();
    for number in 0..20 {
        attempt(&stage, v4(number), "anne", number).await;
    }
    for forged in [mark.as_str(), "x.y", ".", ""] {
        let visitor = Visitor { known: Some(forged.to_owned()), ..at(&stage, v4(99)) };
        let opened = session::open(&stage.served.web, &visitor, "anne", PASSWORD.to_owned(), "").await;
        assert!(opened.is_err(), "{forged:?} opens");
    }
}

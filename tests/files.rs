//! Lists as files: they hold what their page shows with the same filters, French spreadsheets open them right, and nothing in them is a formula.
//!
//! Comes in: a filled store, a browser. Goes out: pass. Absent on purpose: who may fetch them (`access`), faults and inventory (`pages`, `plan_life`).

use calamine::{Data, Reader, Xlsx};
use rollcall_collector::store::Db;
use rollcall_collector::store::account::{Bounds, Role};
use rollcall_shared::Timestamp;
use rollcall_tests::database::sqlite;
use rollcall_tests::filled;
use rollcall_tests::served::{Browser, Served};
use std::io::Cursor;

const NOW: Timestamp = Timestamp(1_771_236_000);

/// The rows of a CSV as French spreadsheets read it.
fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').expect("a mark of its encoding");
    let line = |line: &str| line.split(';').map(str::to_owned).collect();
    text.split("\r\n").filter(|line| !line.is_empty()).map(line).collect()
}

async fn file(browser: &Browser, path: &str) -> Vec<u8> {
    let answer = browser.get(path).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment; filename="), "{disposition}");
    answer.bytes().await.unwrap().to_vec()
}

async fn csv(browser: &Browser, path: &str) -> Vec<Vec<String>> {
    rows(&String::from_utf8(file(browser, path).await).unwrap())
}

#[tokio::test]
async fn a_list_is_a_file_with_the_filters_of_its_page() {
    let database = sqlite();
    let db = Db::open(&database.location, NOW).unwrap();
    let filling = db.clone();
    tokio::task::spawn_blocking(move || filled::fill(&filling, "", NOW).unwrap()).await.unwrap();
    let served = Served::new(db, NOW).await.unwrap();
    served.add_account("anne", Role::Admin, Bounds::default()).await.unwrap();
    let token = served.token("anne").await.unwrap();
    let client = served.client().unwrap();
    let hostile =
        serde_json::json!({ "cells": { "label_or_serial": "VP-77", "kind": "projector", "vendor": "@SUM(A1)", "model": "=1+1", "state": "spare" } });
    let put = client.put(format!("{}/api/v1/register/assets/VP-77", served.base)).bearer_auth(token).json(&hostile).send().await.unwrap();
    assert!(put.status().is_success(), "{}", put.text().await.unwrap());
    let browser = served.browser("anne").await.unwrap();

    let all = csv(&browser, "/export/devices/devices.csv").await;
    let projectors = csv(&browser, "/export/devices/devices.csv?kind=projector").await;
    assert_eq!(all[0][0], "Nº");
    assert!(all.len() > projectors.len() && projectors.len() == 1 + 3, "{projectors:?}");
    assert_eq!(csv(&browser, "/export/devices/devices.csv?q=X4129898010").await.len(), 1 + 1);
    let schools = csv(&browser, "/export/schools/schools.csv").await;
    assert_eq!((schools.len(), schools[1][0].as_str()), (2, "camus"));
    assert_eq!(csv(&browser, "/export/schools/schools.csv?q=nowhere").await.len(), 1);
    assert_eq!(csv(&browser, "/export/visits/visits.csv").await.len(), 1, "none is planned");

    let assets = csv(&browser, "/export/register/assets/assets.csv").await;
    assert!(assets.iter().flatten().any(|cell| cell == "'=1+1") && assets.iter().flatten().any(|cell| cell == "'@SUM(A1)"), "{assets:?}");
    assert!(!assets.iter().flatten().any(|cell| cell.starts_with(['=', '@', '+'])), "{assets:?}");
    assert_eq!(csv(&browser, "/export/register/assets/assets.csv?q=sum").await.len(), 1 + 1);
    let book = file(&browser, "/export/register/assets/assets.xlsx").await;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(book)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(sheet.height(), assets.len());
    assert!(sheet.rows().flatten().any(|cell| *cell == Data::String("=1+1".to_owned())));
    let name = book.sheet_names()[0].clone();
    assert!(book.worksheet_formula(&name).unwrap().is_empty(), "no cell is a formula");
    file(&browser, "/export/devices/devices.ods").await;

    for (page, link) in [
        ("/devices?kind=projector", "/export/devices/devices.csv?kind=projector"),
        ("/schools", "/export/schools/schools.xlsx?"),
        ("/visits", "/export/visits/visits.ods?lot="),
        ("/register/assets?q=sum", "/export/register/assets/assets.csv?q=sum"),
    ] {
        assert!(browser.page(page).await.unwrap().contains(&format!("href=\"{link}")), "{page} leads to {link}");
    }
    for nothing in ["/export/devices/devices.exe", "/export/register/nothing/x.csv"] {
        assert_eq!(browser.get(nothing).await.unwrap().status().as_u16(), 404, "{nothing}");
    }
}

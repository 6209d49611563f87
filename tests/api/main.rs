//! The API as programs meet it: a tester that draws requests from the description, a client generated from it, and the manners of HTTP.
//!
//! Comes in: a played town, people of every role. Goes out: pass, or what a program would have stumbled over. Absent on purpose: who may open which
//! door (`access`), what the answers mean (`pages`). The tester and the generator are Python programs (`requirements.txt`) that `tests/run` installs
//! into `target/python`; where they are missing their tests say so and are skipped, unless `ROLLCALL_REQUIRE_PYTHON` is set.

#[path = "../access/town.rs"]
#[expect(dead_code, reason = "the tests of access look at more of the town")]
mod town;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use town::{Town, town_with};

/// Requests drawn for each operation.
const EXAMPLES: &str = "20";
/// What is drawn is the same at each run.
const SEED: &str = "2026";

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("api")
}

/// A program of the Python environment; `None`, said aloud: it is not installed.
fn python(program: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/python/bin").join(program);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("ROLLCALL_REQUIRE_PYTHON").is_none(), "{} is required here and missing", path.display());
    eprintln!("skipped: {} is not there; tests/run installs it", path.display());
    None
}

/// A town whose programs may ask as often as they like: its clock stands still, so no new minute comes.
async fn town() -> Town {
    town_with(|config| config.api.requests_per_minute = 1_000_000).await
}

async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// All checks over all operations, as an account.
async fn drawn(login: &str) {
    let Some(schemathesis) = python("schemathesis") else { return };
    let town = town().await;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(schemathesis);
    command.current_dir(folder.path()).arg("--config-file").arg(here().join("schemathesis.toml"));
    command.args(["run", &format!("{}/api/v1/openapi.json", town.served.base), "--checks", "all", "--max-examples", EXAMPLES]);
    command.args(["--phases", "examples,coverage,fuzzing,stateful", "--seed", SEED, "--no-shrink", "--continue-on-failure"]);
    command.args(["--header", &format!("Authorization: Bearer {}", town.tokens[login])]);
    let output = output(command).await;
    let text = said(&output);
    assert!(output.status.success(), "{login}: {text}");
    assert!(text.contains("Coverage") && text.contains("generated"), "{login}: it ran: {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_an_administrator_s_program_asks_is_answered_as_described() {
    drawn("anne").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_contractor_s_program_asks_is_answered_as_described() {
    drawn("paul").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_made_from_the_description_fits_together_and_lists_faults() {
    let (Some(generator), Some(mypy), Some(interpreter)) = (python("openapi-python-client"), python("mypy"), python("python3")) else { return };
    let town = town().await;
    let folder = tempfile::tempdir().unwrap();
    let (_, description) = town.ask("", "GET", "/api/v1/openapi.json").await;
    std::fs::write(folder.path().join("openapi.json"), description).unwrap();
    let mut generate = Command::new(generator);
    generate.current_dir(folder.path()).args(["generate", "--path", "openapi.json", "--meta", "none", "--output-path", "rollcall_client"]);
    generate.args(["--fail-on-warning", "--config"]).arg(here().join("generator.yaml"));
    let generated = output(generate).await;
    assert!(generated.status.success(), "{}", said(&generated));

    std::fs::copy(here().join("list_faults.py"), folder.path().join("list_faults.py")).unwrap();
    let mut check = Command::new(mypy);
    check.current_dir(folder.path()).args(["rollcall_client", "list_faults.py"]);
    let checked = output(check).await;
    assert!(checked.status.success(), "{}", said(&checked));

    let mut list = Command::new(interpreter);
    list.current_dir(folder.path()).args(["list_faults.py", &town.served.base, &town.tokens["paul"]]);
    let listed = output(list).await;
    let text = said(&listed);
    assert!(listed.status.success(), "{text}");
    let expected = [&town.camus_projector, &town.zola_projector].map(|subject| subject.fault.to_string());
    assert!(expected.iter().all(|number| text.lines().any(|line| line.split(' ').next() == Some(number))), "{expected:?} in {text}");
    assert!(!text.lines().any(|line| line.starts_with(&format!("{} ", town.switch.fault))), "{text}");
}

/// One request as anne.
async fn asked(client: &Client, town: &Town, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Response {
    let mut request = client.request(method, format!("{}{path}", town.served.base)).bearer_auth(&town.tokens["anne"]);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    request.send().await.unwrap()
}

/// What a refusal says.
async fn problem(answer: Response, status: u16) -> Value {
    let (found, kind) = (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap().to_owned());
    let text = answer.text().await.unwrap();
    assert_eq!((found, kind.as_str()), (status, "application/problem+json"), "{text}");
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["status"], status, "{problem}");
    problem
}

#[tokio::test]
async fn every_refusal_is_a_problem_that_says_what_to_do() {
    let town = town().await;
    let client = town.served.client().unwrap();
    let get = |path: &'static str| asked(&client, &town, Method::GET, path, &[], None);
    for (path, status, words) in [
        ("/api/v1/faults?limit=0", 400, "from 1 to 500"),
        ("/api/v1/faults?shool=camus", 400, "shool: no such parameter"),
        ("/api/v1/faults?kind=tank", 400, "expected one of"),
        ("/api/v1/faults?limit=1&limit=2", 400, "twice"),
        ("/api/v1/faults/x", 400, "whole number"),
        ("/api/v1/faults/999999", 404, "nothing"),
        ("/api/v1/schools/camus/days?from=yesterday", 400, "2026-11-28"),
        ("/api/v1/nowhere", 404, "nothing"),
    ] {
        let problem = problem(get(path).await, status).await;
        assert!(problem["detail"].as_str().unwrap().contains(words), "{path}: {problem}");
    }
    let answer = asked(&client, &town, Method::PATCH, "/api/v1/faults", &[], None).await;
    assert_eq!(answer.headers()["allow"], "GET, POST, HEAD");
    problem(answer, 405).await;
    problem(asked(&client, &town, Method::GET, "/api/v1/faults", &[("accept", "image/png, text/html;q=0.5, */*;q=0")], None).await, 406).await;
    let faults = format!("{}/api/v1/faults", town.served.base);
    let post = || client.post(&faults).bearer_auth(&town.tokens["anne"]);
    problem(post().header("content-type", "text/plain").body("{}").send().await.unwrap(), 415).await;
    problem(post().header("content-type", "application/json").body("{").send().await.unwrap(), 400).await;
    problem(post().json(&json!({ "school": 7 })).send().await.unwrap(), 400).await;
    problem(post().json(&json!({ "school": "nowhere", "text": "x" })).send().await.unwrap(), 422).await;
    problem(post().json(&json!({ "text": "x".repeat(100_000) })).send().await.unwrap(), 413).await;
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let town = town().await;
    let client = town.served.client().unwrap();
    for path in ["/api/v1/faults", "/api/v1/overview", "/api/v1/openapi.json"] {
        let first = asked(&client, &town, Method::GET, path, &[], None).await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        let again = asked(&client, &town, Method::GET, path, &[("if-none-match", &tag)], None).await;
        assert_eq!((again.status(), again.headers()["etag"].to_str().unwrap()), (StatusCode::NOT_MODIFIED, tag.as_str()), "{path}");
        assert!(again.bytes().await.unwrap().is_empty());
        let other = asked(&client, &town, Method::GET, path, &[("if-none-match", "W/\"0\"")], None).await;
        assert_eq!(other.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_row_that_somebody_else_has_changed_is_not_overwritten() {
    let town = town().await;
    let client = town.served.client().unwrap();
    let path = "/api/v1/register/assets/VP-1";
    let write = |headers: Vec<(&'static str, String)>, model: &'static str| {
        let (client, town) = (&client, &town);
        async move {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let cells = json!({ "cells": { "kind": "projector", "school": "camus", "model": model, "state": "in_service" } });
            asked(client, town, Method::PUT, path, &headers, Some(cells)).await
        }
    };
    let made = write(vec![], "EB-1").await;
    assert_eq!(made.status(), StatusCode::OK, "{}", made.text().await.unwrap());
    let read = asked(&client, &town, Method::GET, path, &[], None).await;
    let tag = read.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(write(vec![("if-match", format!("W/{tag}"))], "EB-2").await.status(), StatusCode::OK, "a proxy weakened the tag");
    problem(write(vec![("if-match", tag.clone())], "EB-3").await, 412).await;
    problem(asked(&client, &town, Method::DELETE, path, &[("if-match", &tag)], None).await, 412).await;
    let now: Value = asked(&client, &town, Method::GET, path, &[], None).await.json().await.unwrap();
    assert_eq!(now["cells"]["model"], "EB-2");
    assert_eq!(write(vec![("if-match", "*".to_owned())], "EB-4").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back_and_agents_are_not() {
    let town = town_with(|config| config.api.requests_per_minute = 30).await;
    let client = town.served.client().unwrap();
    let mut left = Vec::new();
    loop {
        let answer = asked(&client, &town, Method::GET, "/api/v1/overview", &[], None).await;
        assert!(answer.headers()["ratelimit-policy"].to_str().unwrap().contains("q=30;w=60"));
        if answer.status() != StatusCode::OK {
            assert_eq!(answer.headers()["retry-after"], "60");
            problem(answer, 429).await;
            break;
        }
        left.push(answer.headers()["ratelimit"].to_str().unwrap().to_owned());
        assert!(left.len() <= 30, "{left:?}");
    }
    assert!(left[0].contains("r=29") && left.last().unwrap().contains("r=0"), "{left:?}");
    // Another account has its own; pages and agents have none.
    assert_eq!(town.ask("theo", "GET", "/api/v1/overview").await.0, StatusCode::OK);
    for _ in 0..40 {
        let answer = client.post(format!("{}/api/v1/reports", town.served.base)).body("x").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
}

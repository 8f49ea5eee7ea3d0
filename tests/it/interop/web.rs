//! One script against the web API of the real Locust and of ragload: the same answers, key by key.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ragload::demo::{DemoConfig, Faults, Latency};
use serde_json::Value;

use super::both::{Service, alone};
use crate::locust::forget_settings_of_the_machine;
use crate::tools::{project, tool};

/// Waits between tasks, in milliseconds.
const WAIT: [u32; 2] = [20, 60];

/// A program that serves a web UI; it ends with the test.
struct Server {
    program: Child,
    base: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Server {
    /// The same command line for both, in Locust's words.
    fn start(mut command: Command, workload: &str, host: &str, folder: &Path) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let port = port.expect("a free port").port();
        forget_settings_of_the_machine(&mut command);
        let program = command
            .current_dir(folder)
            .env("RAG_WAIT_SCALE", (f64::from(WAIT[0]) / 1000.0).to_string())
            .env("SHORTEST_WAIT", format!("{}ms", WAIT[0]))
            .env("LONGEST_WAIT", format!("{}ms", WAIT[1]))
            .args([
                "--web-host",
                "127.0.0.1",
                "--web-port",
                &port.to_string(),
                "-H",
                host,
            ])
            .arg("-f")
            .arg(project(workload))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.join("said")).expect("a file"))
            .spawn()
            .expect("it starts");
        Server {
            program,
            base: format!("http://127.0.0.1:{port}"),
        }
    }

    /// What the script got to every step.
    fn answers(&self, host: &str) -> BTreeMap<String, Value> {
        let locust = fs::canonicalize(tool("locust")).expect("a program");
        let mut script = Command::new(locust.with_file_name("python"));
        forget_settings_of_the_machine(&mut script);
        let output = script
            .arg("-W")
            .arg("ignore")
            .arg(project("tests/locust/web_client.py"))
            .args([&self.base, host])
            .env("NO_PROXY", "*")
            .output()
            .expect("python starts");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).expect("answers in JSON")
    }
}

/// The service both are aimed at: quick, and failing now and then.
fn service() -> Service {
    Service::start(DemoConfig {
        latency: Latency::none(),
        faults: Faults {
            error_rate: Some(0.2),
            ..Faults::default()
        },
        ..DemoConfig::default()
    })
}

/// What is the same in both: keys and types, and the values that do not depend on chance or time.
fn form(key: &str, value: &Value) -> Value {
    match (key, value) {
        // An int, or a float where it was moved to what was measured.
        ("median_response_time", Value::Number(_)) => "number".into(),
        // Of the last seconds there may be none yet.
        (key, Value::Number(_) | Value::Null) if key.starts_with("response_time_percentile") => {
            "int or null".into()
        }
        (_, Value::Number(number)) if number.is_f64() => "float".into(),
        ("user_count" | "run_time" | "worker_count", number) => number.clone(),
        (_, Value::Number(_)) => "int".into(),
        ("state" | "message" | "success" | "host" | "nodes", fixed) => fixed.clone(),
        (_, Value::String(_)) => "str".into(),
        // Which endpoints had a request, or failed, may be chance; the last row is that of all.
        ("stats" | "errors", Value::Array(items)) => {
            items.last().map_or(Value::Null, |last| form("", last))
        }
        (_, Value::Array(items)) => items.iter().map(|item| form("", item)).collect(),
        (_, Value::Object(entries)) => {
            let forms = entries
                .iter()
                .map(|(key, value)| (key.clone(), form(key, value)));
            Value::Object(forms.collect())
        }
        (_, other) => other.clone(),
    }
}

/// The texts of the failures, by where they were.
fn failures(answers: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let errors = answers["measured"]["body"]["errors"].as_array().cloned();
    let text = |error: &Value| {
        let place = format!("{} {}", error["method"], error["name"]);
        (place, error["error"].clone())
    };
    errors.unwrap_or_default().iter().map(text).collect()
}

/// Line by line, for CSV: the header, and how many columns the rows have.
fn lines(text: &str) -> Vec<String> {
    let mut rows = text.lines();
    let header = rows.next().unwrap_or_default().to_owned();
    let names = rows.map(|row| row.split(',').take(2).collect::<Vec<_>>().join(","));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    std::iter::once(header).chain(names).collect()
}

/// `Locust_…_SCRIPT_http://127.0.0.1:1_requests.csv` without time and script.
fn named(disposition: &Value) -> Option<(String, String)> {
    let text = disposition.as_str()?;
    let (before, after) = text.split_once("_http://")?;
    Some((before.split('_').next()?.to_owned(), after.to_owned()))
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn one_script_gets_the_same_answers_from_both() {
    let _alone = alone();
    let service = service();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let by = |program: Command, workload: &str| {
        let server = Server::start(program, workload, &service.host, folder.path());
        server.answers(&service.host)
    };
    let theirs = by(Command::new(tool("locust")), "tests/locust/locustfile.py");
    let ours = by(
        Command::new(env!("CARGO_BIN_EXE_ragload")),
        "tests/locust/rag.yaml",
    );

    let steps = |answers: &BTreeMap<String, Value>| answers.keys().cloned().collect::<Vec<_>>();
    assert_eq!(steps(&ours), steps(&theirs));
    for (step, their) in &theirs {
        let our = &ours[step];
        assert_eq!(our["status"], their["status"], "{step}: {our}");
        match (step.as_str(), &their["body"]) {
            // How much is logged, and the wording, are each program's own.
            ("logs", body) => {
                assert!(
                    our["body"]["master"]
                        .as_array()
                        .is_some_and(|lines| !lines.is_empty())
                );
                assert_eq!(our["body"]["workers"], body["workers"]);
            }
            // An error of ours is JSON.
            ("no history", _) => assert_eq!(our["body"]["error"], their["body"]),
            (_, Value::String(text)) if step.ends_with("csv") => {
                let our_text = our["body"].as_str().expect("a text");
                // Which endpoints failed may be chance.
                let most = if step == "failures csv" {
                    1
                } else {
                    usize::MAX
                };
                let lines = |text: &str| lines(text).into_iter().take(most).collect::<Vec<_>>();
                assert_eq!(lines(our_text), lines(text), "{step}");
                assert_eq!(
                    named(&our["disposition"]),
                    named(&their["disposition"]),
                    "{step}"
                );
                assert_eq!(our["type"], their["type"], "{step}");
            }
            (_, body) => {
                assert_eq!(form("", &our["body"]), form("", body), "{step}");
                assert_eq!(our["type"], their["type"], "{step}");
            }
        }
    }
    let (our_failures, their_failures) = (failures(&ours), failures(&theirs));
    let both = our_failures
        .iter()
        .filter(|(place, _)| their_failures.contains_key(*place));
    assert!(
        both.clone().count() > 0,
        "{our_failures:?} {their_failures:?}"
    );
    for (place, text) in both {
        assert_eq!(text, &their_failures[place], "{place}");
    }
    let ratio = |answers: &BTreeMap<String, Value>| answers["tasks"]["body"]["total"].clone();
    let (ours, theirs) = (ratio(&ours), ratio(&theirs));
    for task in ["query", "retrieval", "health"] {
        let of = |total: &Value| total["RagUser"]["tasks"][task]["ratio"].as_f64();
        let difference = of(&ours).zip(of(&theirs)).map(|(a, b)| (a - b).abs());
        assert!(
            difference.is_some_and(|d| d < 1e-9),
            "{task}: {ours} {theirs}"
        );
    }
}

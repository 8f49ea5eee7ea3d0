//! Locust's web API: the answers recorded from it, and what a script does with them.

use std::collections::BTreeMap;
use std::fs;

use ragload::demo::Faults;
use serde_json::{Value, json};

use super::super::program::Folder;
use super::super::service::Service;
use super::site::Site;
use crate::tools::project;

/// What the real Locust answered.
fn recorded(name: &str) -> Value {
    let path = project("tests/fixtures/locust/web").join(format!("{name}.body"));
    let text = fs::read_to_string(&path).expect("a recorded answer");
    serde_json::from_str(&text).expect("an answer in JSON")
}

/// The keys of an object with the types of their values, `number` split as Python splits it.
fn form(value: &Value) -> BTreeMap<String, &'static str> {
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    let entries = value.as_object().expect("an object").iter();
    entries
        .map(|(key, value)| match key.as_str() {
            // An int, or a float where it was moved to what was measured.
            "median_response_time" => (key.clone(), "number"),
            _ => (key.clone(), kind(value)),
        })
        .collect()
}

/// Locust's command line without `--headless`, aimed at a service.
fn locust(folder: &Folder, host: &str, more: &[&str]) -> Site {
    Site::start(
        folder,
        &[&["-f", "quick.yaml", "-H", host, "-t", "60s"], more].concat(),
    )
}

fn until_state(site: &Site, wanted: &str) -> Value {
    let mut body = Value::Null;
    super::super::running::until(&format!("the state is {wanted}"), || {
        body = site.get("/stats/requests").expect(200).json();
        body["state"] == wanted
    });
    body
}

#[test]
fn before_a_run_the_figures_are_locusts_byte_for_byte() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = locust(&folder, &service.host(), &[]);
    let answer = site.get("/stats/requests").expect(200);
    let path = project("tests/fixtures/locust/web/ready.body");
    assert_eq!(
        answer.body,
        fs::read_to_string(path).expect("a recorded answer")
    );
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(site.get("/exceptions").json(), json!({ "exceptions": [] }));
    assert_eq!(
        site.get("/worker-count").json(),
        json!({ "worker_count": 0 })
    );
    assert_eq!(
        site.send("HEAD", "/stats/requests", &[], "")
            .expect(200)
            .body,
        ""
    );
}

#[test]
fn a_script_starts_a_run_changes_it_and_stops_it() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let site = locust(&folder, &host, &[]);
    let form_of_start = format!("user_count=3&spawn_rate=100&run_time=1m&host={host}");
    let started = site.post("/swarm", &form_of_start).expect(200).json();
    let mut expected = recorded("swarm");
    expected["host"] = host.clone().into();
    assert_eq!(started, expected);
    until_state(&site, "running");
    let edited = site.post("/swarm", "user_count=7&spawn_rate=100").json();
    assert_eq!(edited["success"], true);
    super::super::running::until("there are seven users", || {
        site.get("/stats/requests").json()["user_count"] == 7
    });
    let stopped = site.post("/stop", "").expect(200).json();
    assert_eq!(stopped, recorded("stop"));
    let body = site.get("/stats/requests").json();
    assert_eq!(
        (&body["state"], &body["user_count"]),
        (&json!("stopped"), &json!(0))
    );
    assert_eq!(body["errors"], json!([]));
    let counted = body["stats"]
        .as_array()
        .and_then(|stats| stats.last())
        .cloned();
    let counted = counted.expect("the row of all")["num_requests"].as_u64();
    assert!(counted > Some(20), "{counted:?}");
    assert!(
        folder.files().iter().all(|file| file == "quick.yaml"),
        "{:?}",
        folder.files()
    );
}

#[test]
fn figures_have_the_keys_and_types_that_locusts_have() {
    let service = Service::with(Faults {
        error_rate: Some(0.5),
        ..Faults::default()
    });
    let folder = Folder::quick("");
    let site = locust(&folder, &service.host(), &[]);
    site.post("/swarm", "user_count=4&spawn_rate=100")
        .expect(200);
    super::super::running::until("something failed", || {
        let body = site.get("/stats/requests").json();
        body["errors"]
            .as_array()
            .is_some_and(|errors| errors.len() > 1)
            && body["current_rps"].as_f64() > Some(0.0)
    });
    let (ours, theirs) = (site.get("/stats/requests").json(), recorded("running"));
    assert_eq!(form(&ours), form(&theirs));
    assert_eq!(form(&ours["errors"][0]), form(&theirs["errors"][0]));
    let all = |body: &Value| {
        body["stats"]
            .as_array()
            .and_then(|stats| stats.last())
            .cloned()
    };
    let (our_all, their_all) = (all(&ours).expect("rows"), all(&theirs).expect("rows"));
    assert_eq!(form(&our_all), form(&their_all));
    let percentiles = "current_response_time_percentiles";
    assert_eq!(form(&ours[percentiles]), form(&theirs[percentiles]));
    assert_eq!(our_all["name"], "Aggregated");
    assert_eq!(
        ours["fail_ratio"].as_f64().map(|ratio| ratio > 0.2),
        Some(true)
    );
    let tasks = site.get("/tasks").json();
    assert_eq!(tasks["per_class"]["Quick"]["ratio"], 1.0);
    let query = tasks["total"]["Quick"]["tasks"]["query"]["ratio"].as_f64();
    assert!(
        query.is_some_and(|ratio| (ratio - 2.0 / 3.0).abs() < 1e-9),
        "{tasks}"
    );
    let class = form(&recorded("tasks")["per_class"]["ApiUser"]);
    assert_eq!(form(&tasks["per_class"]["Quick"]), class);
}

#[test]
fn a_form_that_makes_no_sense_gets_locusts_answer() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let site = locust(&folder, &host, &[]);
    for (form, name) in [
        ("user_count=x&spawn_rate=1", "swarm_badcount"),
        ("user_count=1&spawn_rate=q", "swarm_badrate"),
        ("user_count=1&spawn_rate=1&run_time=soon", "swarm_badtime"),
        ("", "swarm_missing"),
        ("user_count=1", "swarm_missing"),
        ("user_count=-1&spawn_rate=1", "swarm_missing"),
        ("user_count=1&spawn_rate=0", "swarm_missing"),
        ("user_count=1&spawn_rate=nan", "swarm_missing"),
    ] {
        let mut expected = recorded(name);
        expected["host"] = host.clone().into();
        assert_eq!(
            site.post("/swarm", form).expect(200).json(),
            expected,
            "{form}"
        );
    }
    let unknown = site
        .post("/swarm", "user_count=1&spawn_rate=1&user_classes=Nobody")
        .json();
    assert_eq!(unknown["success"], false);
    assert!(
        unknown["message"]
            .as_str()
            .is_some_and(|m| m.contains("Nobody")),
        "{unknown}"
    );
    assert_eq!(service.requests(), 0);
    let logs = site.get("/logs").json();
    let lines = logs["master"].as_array().expect("lines");
    let says = |text: &str| {
        lines
            .iter()
            .any(|line| line.as_str().is_some_and(|l| l.contains(text)))
    };
    assert!(
        says("/ERROR/ragload.web: Invalid user_count value: 'x'"),
        "{logs}"
    );
    assert_eq!(logs["workers"], json!({}));
}

#[test]
fn a_form_may_be_sent_in_parts_or_as_json() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = locust(&folder, &service.host(), &[]);
    let json = json!({ "user_count": 2, "spawn_rate": 50.5 });
    assert_eq!(site.post_json("/swarm", &json).json()["success"], true);
    site.post("/stop", "");
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = part("user_count", "2") + &part("spawn_rate", "5") + "--b--\r\n";
    let parts = [("Content-Type", "multipart/form-data; boundary=b")];
    let answer = site
        .send("POST", "/swarm", &parts, &body)
        .expect(200)
        .json();
    assert_eq!(answer["success"], true, "{answer}");
}

#[test]
fn a_run_keeps_its_target() {
    let (folder, service, other) = (Folder::quick(""), Service::start(), Service::start());
    let site = locust(&folder, &service.host(), &[]);
    site.post("/swarm", "user_count=1&spawn_rate=1");
    let form = format!("user_count=2&spawn_rate=1&host={}", other.host());
    let answer = site.post("/swarm", &form).expect(200).json();
    assert_eq!(answer["success"], false);
    assert!(
        answer["message"]
            .as_str()
            .is_some_and(|m| m.contains("stop it")),
        "{answer}"
    );
    site.post("/stop", "");
    assert_eq!(site.post("/swarm", &form).json()["success"], true);
    site.until_requests(1);
    site.post("/stop", "");
    assert!(other.requests() > 0);
}

#[test]
fn cleared_statistics_keep_their_names() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = locust(&folder, &service.host(), &[]);
    site.post("/swarm", "user_count=2&spawn_rate=100");
    site.until("both rows are there", |s| {
        s["requests"].as_array().is_some_and(|r| r.len() == 2)
    });
    site.post("/stop", "");
    let reset = site.get("/stats/reset").expect(200);
    assert_eq!(
        (reset.body.as_str(), reset.headers["content-type"].as_str()),
        ("ok", "text/html; charset=utf-8")
    );
    let body = site.get("/stats/requests").json();
    let rows = body["stats"].as_array().expect("rows");
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row["num_requests"] == 0), "{body}");
    let zeros = &recorded("after_reset")["stats"][0];
    assert_eq!(form(&rows[0]), form(zeros));
    assert_eq!(body["state"], "stopped");
}

#[test]
fn statistics_cleared_mid_run_count_anew_at_once() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = locust(&folder, &service.host(), &[]);
    site.post("/swarm", "user_count=2&spawn_rate=100");
    let before = site.until_requests(100);
    assert_eq!(site.post("/stats/reset", "").expect(200).body, "ok");
    let after = site.state();
    assert_eq!(
        (&after["state"], &after["run"]),
        (&before["state"], &json!(1))
    );
    assert!(
        after["aggregated"]["requests"].as_u64() < Some(100),
        "{after}"
    );
}

#[test]
fn downloads_are_named_and_made_as_locusts_are() {
    let service = Service::with(Faults {
        error_rate: Some(1.0),
        ..Faults::default()
    });
    let folder = Folder::quick("");
    let host = service.host();
    let site = locust(&folder, &host, &["--csv", "x", "--csv-full-history"]);
    let history = "/stats/requests_full_history/csv";
    assert_eq!(site.get(history).status, 404);
    site.post("/swarm", "user_count=2&spawn_rate=100");
    site.until_requests(20);
    for (path, kind, recorded) in [
        ("/stats/requests/csv", "requests", "stats"),
        ("/stats/failures/csv", "failures", "failures"),
        ("/exceptions/csv", "exceptions", "exceptions"),
        (history, "requests_full_history", "stats_history"),
    ] {
        let answer = site.get(path).expect(200);
        let header = crate::locust::recorded_header(recorded);
        assert!(answer.body.starts_with(&header), "{kind}: {}", answer.body);
        let name = &answer.headers["content-disposition"];
        let ending = format!("_quick.yaml_{host}_{kind}.csv");
        assert!(name.starts_with("attachment;filename=Locust_20"), "{name}");
        assert!(name.ends_with(&ending), "{name}");
        assert!(answer.headers["content-type"].starts_with("text/csv"));
    }
    let report = site.get("/stats/report?download=1").expect(200);
    assert!(
        report.body.contains("still running"),
        "the report is one of a run under way"
    );
    assert!(report.headers["content-disposition"].ends_with(&format!("{host}.html")));
    assert!(
        !site
            .get("/stats/report")
            .headers
            .contains_key("content-disposition")
    );
    site.post("/stop", "");
    assert!(!site.get("/stats/report").body.contains("still running"));
    assert!(folder.has("x_stats_history.csv"));
}

#[test]
fn what_cannot_be_had_is_said_in_json() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = locust(&folder, &service.host(), &[]);
    assert_eq!(
        site.get("/nothing").expect(404).error(),
        "there is no /nothing"
    );
    assert_eq!(
        site.get("/swarm").expect(405).error(),
        "/swarm takes another method"
    );
    assert!(
        site.get("/stats/report")
            .expect(404)
            .error()
            .contains("no run")
    );
    assert!(
        site.post_json("/user", &json!({}))
            .expect(501)
            .error()
            .contains("scenario")
    );
    assert_eq!(site.get("/login").expect(302).headers["location"], "/");
}

//! Our own API: states, courses, commands, several viewers at once.

use ragload::demo::Faults;
use serde_json::{Value, json};

use super::super::program::Folder;
use super::super::running::until;
use super::super::service::Service;
use super::site::Site;

/// A site with a run of a minute under way.
fn going(folder: &Folder, service: &Service) -> Site {
    let site = Site::quick(folder, &service.host(), &[]);
    let order = json!({ "users": 2, "spawn_rate": 100, "run_time": "60s" });
    site.post_json("/api/v1/start", &order).expect(200);
    site.until("all users are there", |state| state["state"] == "running");
    site
}

#[test]
fn several_viewers_see_the_same_and_one_who_comes_back_sees_all_of_it() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = going(&folder, &service);
    let (mut one, mut other) = (site.follow(), site.follow());
    let third = |state: &Value| state["points"].as_u64() >= Some(3);
    let (seen, seen_too) = (one.until(third), other.until(third));
    assert_eq!(seen["aggregated"], seen_too["aggregated"]);
    drop(one);
    let again = site.follow().next().expect("a state at once");
    assert!(
        again["points"].as_u64() >= seen["points"].as_u64(),
        "{again}"
    );
    let course = site.get("/api/v1/course").expect(200).json();
    let points = course["course"].as_array().expect("points");
    assert!(
        points.len() >= 3 && points.iter().any(|point| *point == seen["point"]),
        "{course}"
    );
    let rates = points.iter().map(|point| point["rps"].as_f64());
    assert!(rates.flatten().sum::<f64>() > 0.0);
    assert_eq!(course["run"], 1);
}

#[test]
fn users_are_set_added_held_back_and_let_go() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = going(&folder, &service);
    let users = |body: Value| site.post_json("/api/v1/users", &body);
    let wanted = |count: u64| site.until("users follow", |state| state["users"] == count);
    users(json!({ "users": 6, "spawn_rate": 100 })).expect(200);
    assert!(wanted(6)["ends_at"].as_f64() <= Some(60.0));
    users(json!({ "add": -2 })).expect(200);
    wanted(4);
    users(json!({ "users": 1, "run_time": "1h" })).expect(200);
    assert!(wanted(1)["ends_at"].as_f64() > Some(3600.0));
    for bad in [
        json!({}),
        json!({ "users": -1 }),
        json!({ "users": 1, "add": 1 }),
        json!({ "users": 99_999_999 }),
        json!({ "users": 1, "spawn_rate": 0 }),
        json!({ "users": 1, "run_time": "soon" }),
    ] {
        users(bad.clone()).expect(422).error();
    }
    users(json!({ "user": 1 })).expect(400).error();
    site.post("/api/v1/pause", "").expect(200);
    // What is in flight ends; then nothing more comes.
    let still = |before: &Value, now: &Value| {
        before["aggregated"]["requests"] == now["aggregated"]["requests"]
    };
    let mut before = site.state();
    until("nothing more comes", || {
        let now = site.state();
        if !still(&before, &now) {
            // Looked at anew from here.
            before = now;
            return false;
        }
        now["points"].as_u64() > before["points"].as_u64().map(|points| points + 1)
    });
    assert_eq!(site.state()["paused"], true);
    site.post("/api/v1/resume", "").expect(200);
    site.until("requests come again", |state| !still(&before, state));
    let marks = site.get("/api/v1/course").json()["marks"].clone();
    let kinds: Vec<&str> = marks
        .as_array()
        .expect("marks")
        .iter()
        .filter_map(|mark| mark["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["users", "users", "users", "paused", "resumed"]);
}

#[test]
fn nothing_can_be_asked_of_a_run_that_is_not() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    for command in ["stop", "abort", "pause", "resume"] {
        let refused = site
            .post(&format!("/api/v1/{command}"), "")
            .expect(409)
            .error();
        assert_eq!(refused, "no run is under way");
    }
    site.post_json("/api/v1/users", &json!({ "users": 1 }))
        .expect(409);
    site.post("/api/v1/reset", "").expect(200);
    site.get("/api/v1/record").expect(404).error();
    assert_eq!(
        site.get("/api/v1/course").expect(200).json()["course"],
        json!([])
    );
}

#[test]
fn a_stop_is_answered_at_once_and_the_record_tells_the_end() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = going(&folder, &service);
    let so_far = site.get("/api/v1/record").expect(200);
    assert!(so_far.headers["content-disposition"].contains("quick-"));
    assert_eq!(so_far.json()["ending"]["reason"], "unfinished");
    site.post("/api/v1/stop", "").expect(200);
    site.until("it is over", |state| state["state"] == "stopped");
    let record = site.get("/api/v1/record").expect(200).json();
    assert_eq!(
        record["ending"],
        json!({ "reason": "stopped", "detail": "requested" })
    );
    assert_eq!(record, folder.record("quick"));
}

#[test]
fn failures_come_with_what_was_answered_and_thresholds_turn() {
    let service = Service::with(Faults {
        error_rate: Some(1.0),
        ..Faults::default()
    });
    let folder = Folder::quick("thresholds: [error_rate < 1%, p95 < 10s]");
    let site = going(&folder, &service);
    let state = site.until("a threshold is broken", |state| {
        state["thresholds"][0]["standing"] == "failed"
    });
    assert_eq!(
        (
            &state["thresholds"][0]["tone"],
            &state["thresholds"][1]["tone"]
        ),
        (&json!("bad"), &json!("good"))
    );
    assert_eq!(state["thresholds"][0]["observed"], "100%");
    let failures = site.get("/api/v1/failures").expect(200).json();
    let first = &failures["failures"][0];
    assert!(
        first["error"]
            .as_str()
            .is_some_and(|error| error.contains("500")),
        "{failures}"
    );
    assert_eq!(first["answers"][0]["status"], 500);
    assert!(
        first["answers"]
            .as_array()
            .is_some_and(|answers| answers.len() <= 3)
    );
    site.post("/stop", "");
    let state = site.state();
    assert_eq!(
        (&state["verdict"]["word"], &state["verdict"]["tone"]),
        (&json!("FAILED"), &json!("bad"))
    );
}

#[test]
fn scenarios_are_listed_and_planned_before_anything_is_sent() {
    let (folder, service) = (Folder::quick(""), Service::start());
    folder.write("scenarios/broken.yaml", "usres: 1\n");
    let site = Site::quick(&folder, &service.host(), &[]);
    let listed = site.get("/api/v1/scenarios").expect(200).json();
    assert_eq!(listed["default"], "quick.yaml");
    let named = |name: &str| {
        let all = listed["scenarios"].as_array().expect("scenarios");
        all.iter()
            .find(|scenario| scenario["name"] == name)
            .cloned()
    };
    assert_eq!(named("smoke").expect("smoke")["load"]["users"], 10);
    assert!(
        named("broken").expect("broken")["problems"]
            .as_str()
            .is_some_and(|p| p.contains("users"))
    );
    assert!(
        named("rag").is_none(),
        "a workload that others include is no scenario"
    );
    let plan = site
        .post_json("/api/v1/plan", &json!({ "scenario": "smoke", "users": 7 }))
        .expect(200)
        .json();
    assert_eq!(
        (&plan["load"]["users"], &plan["approved"]),
        (&json!(7), &json!(true))
    );
    let tags = &plan["user_classes"][0]["tasks"][0]["tags"];
    assert_eq!(tags, &json!(["rag"]));
    assert_eq!(plan["thresholds"][0]["condition"], "p50 < 500ms");
    assert!(plan["requests"].as_u64() > Some(10));
    assert_eq!(service.requests(), 0);
}

#[test]
fn secrets_of_a_scenario_are_shown_to_no_viewer() {
    let service = Service::with(Faults {
        error_rate: Some(1.0),
        ..Faults::default()
    });
    let folder = Folder::new();
    let text = "
users: 1
run_time: 60s
user_classes:
  - name: A
    headers: { Authorization: Bearer tok-1234567890 }
    wait_time: { constant: 20ms }
    tasks: [{ name: ask, post: '/query?api_key=k-1234567890', json: { query: hi, password: pw-1234567890 } }]
";
    folder.write("quick.yaml", text);
    let host = service
        .host()
        .replace("http://", "http://me:hunter2-hunter2@");
    let site = Site::quick(&folder, &host, &[]);
    site.post_json("/api/v1/start", &json!({})).expect(200);
    site.until_requests(3);
    for path in [
        "/stats/requests",
        "/stats/report",
        "/stats/failures/csv",
        "/api/v1/state",
        "/api/v1/run",
        "/api/v1/failures",
        "/api/v1/record",
        "/metrics",
        "/logs",
        "/tasks",
    ] {
        let answer = site.get(path).expect(200);
        let shown = format!("{:?}{}", answer.headers, answer.body);
        for secret in [
            "tok-1234567890",
            "k-1234567890",
            "pw-1234567890",
            "hunter2-hunter2",
        ] {
            assert!(!shown.contains(secret), "{secret} at {path}: {shown}");
        }
    }
}

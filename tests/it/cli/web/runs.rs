//! Runs that are started, watched and ended, several of them in one process.

use serde_json::json;

use super::super::program::Folder;
use super::super::running::{start, until};
use super::super::service::{Nobody, Service};
use super::site::Site;

const MINUTE: &[(&str, &str)] = &[("users", "2"), ("run_time", "60s")];

fn order(fields: &[(&str, &str)]) -> serde_json::Value {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect()
}

#[test]
fn one_run_after_the_other_and_each_begins_with_nothing() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    assert_eq!(site.state()["state"], "ready");
    for number in 1..=3 {
        let started = site
            .post_json("/api/v1/start", &order(MINUTE))
            .expect(200)
            .json();
        assert_eq!(started["run"], number);
        let busy = site.post_json("/api/v1/start", &order(MINUTE)).expect(409);
        assert!(busy.error().contains("under way"));
        let counted = site.until_requests(10)["aggregated"]["requests"].as_u64();
        assert!(counted < Some(2000), "{counted:?}");
        site.post("/stop", "").expect(200);
        let state = site.state();
        assert_eq!(
            (&state["state"], &state["users"]),
            (&json!("stopped"), &json!(0))
        );
        assert_eq!(state["verdict"]["word"], "PASSED");
    }
    let records = folder
        .files()
        .into_iter()
        .filter(|file| file.starts_with("results/runs/"));
    assert_eq!(records.count(), 3);
}

#[test]
fn two_who_start_at_once_start_one_run() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let start = || site.post_json("/api/v1/start", &order(MINUTE)).status;
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("an answer"))
            .collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(site.state()["run"], 1);
}

#[test]
fn a_target_that_is_not_there_is_told_and_the_next_run_goes() {
    let (folder, service, nobody) = (Folder::quick(""), Service::start(), Nobody::new());
    let site = Site::quick(&folder, &nobody.host(), &[]);
    let refused = site
        .post_json("/api/v1/start", &json!({}))
        .expect(502)
        .error();
    assert!(refused.contains("is the target running?"), "{refused}");
    let swarm = site
        .post("/swarm", "user_count=1&spawn_rate=1")
        .expect(200)
        .json();
    assert_eq!(swarm["success"], false);
    let order = json!({ "host": service.host(), "run_time": "300ms" });
    site.post_json("/api/v1/start", &order).expect(200);
    let state = site.until("the run is over", |state| state["state"] == "stopped");
    assert_eq!(
        (&state["problem"], &state["run"]),
        (&json!(null), &json!(3))
    );
    assert_eq!(state["host"], json!(service.host()));
}

#[test]
fn what_is_wrong_with_an_order_is_said_with_its_field() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    for (order, expected) in [
        (
            json!({ "users": 0 }),
            "users (web form): must be at least 1",
        ),
        (json!({ "spawn_rate": "fast" }), "spawn_rate (web form)"),
        (json!({ "tags": "none" }), "no task is left with none"),
        (
            json!({ "user_classes": ["Nobody"] }),
            "unknown user class `Nobody`",
        ),
        (json!({ "host": "ftp://x" }), "only http and https"),
    ] {
        let problem = site.post_json("/api/v1/start", &order).expect(422).error();
        assert!(problem.contains(expected), "{order}: {problem}");
    }
    let unknown = site
        .post_json("/api/v1/start", &json!({ "user": 1 }))
        .expect(400)
        .error();
    assert!(unknown.contains("there is no field `user`"), "{unknown}");
    assert_eq!(site.state()["run"], 0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_run_and_then_the_server() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut viewer = site.follow();
    site.post_json("/api/v1/start", &order(MINUTE)).expect(200);
    site.until_requests(10);
    site.signal("INT");
    let last = std::iter::from_fn(|| viewer.next())
        .last()
        .expect("a state");
    assert_eq!(last["state"], "stopped");
    site.end().expect(130).says("INTERRUPTED");
    assert!(folder.read("results/quick.html").contains("</html>"));
    assert_eq!(folder.record("quick")["verdict"]["outcome"], "interrupted");
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_cuts_off_what_is_in_flight() {
    let service = Service::slow(std::time::Duration::from_secs(30));
    let folder = Folder::new();
    folder.write(
        "quick.yaml",
        &super::super::program::QUICK.replace("500ms", "60s"),
    );
    let site = Site::quick(&folder, &service.host(), &[]);
    site.post_json("/api/v1/start", &order(MINUTE)).expect(200);
    site.until("users are at work", |state| state["users"] == 2);
    site.signal("INT");
    until("it says how to end sooner", || {
        site.said().contains("Ctrl+C again")
    });
    site.signal("INT");
    site.end().expect(130);
    assert!(folder.has("results/quick_run.json"));
}

#[cfg(unix)]
#[test]
fn without_a_run_ctrl_c_ends_the_server() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut viewer = site.follow();
    viewer.next().expect("a state");
    site.signal("TERM");
    site.end().expect(0);
    // What was told last may be told once more; then the stream is over.
    assert!(std::iter::from_fn(|| viewer.next()).count() <= 1);
}

#[test]
fn a_run_can_start_and_end_the_program_by_itself() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let auto = [
        "--autostart",
        "--autoquit",
        "0",
        "--web-port",
        "0",
        "-t",
        "500ms",
    ];
    let locust = [&["-f", "quick.yaml", "-H", &host], &auto[..]].concat();
    start(folder.ragload(&locust))
        .end()
        .expect(0)
        .says("--autoquit time reached");
    assert!(service.requests() > 0);
    let nobody = Nobody::new();
    let host = nobody.host();
    let nobody_there = [&["web", "quick.yaml", "-H", &host], &auto[..]].concat();
    start(folder.ragload(&nobody_there))
        .end()
        .expect(3)
        .says("is the target running?");
}

#[test]
fn a_scenario_that_cannot_run_or_a_port_that_is_taken_is_told_at_once() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let served =
        |more: &[&str]| start(folder.ragload(&[&["web", "-H", &host], more].concat())).end();
    served(&["none.yaml"])
        .expect(2)
        .says("none.yaml: no such file");
    let site = Site::quick(&folder, &host, &[]);
    let port = site.address.split(':').nth(1).expect("a port");
    served(&["quick.yaml", "--web-port", port])
        .expect(2)
        .says("--web-port");
    served(&["quick.yaml", "--headless"])
        .expect(2)
        .says("ragload run");
}

#[test]
fn the_port_and_the_path_may_come_from_locusts_variables() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let mut command = folder.ragload(&["-f", "quick.yaml", "-H", &service.host()]);
    command.envs([
        ("LOCUST_WEB_PORT", "0"),
        ("LOCUST_WEB_HOST", "127.0.0.1"),
        ("LOCUST_WEB_BASE_PATH", "/load"),
    ]);
    let site = Site::of(start(command));
    site.get("/load/stats/requests").expect(200);
}

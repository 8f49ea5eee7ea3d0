//! Ctrl+C once and twice, SIGTERM: what is in flight, what is written, which code.

#![cfg(unix)]

use std::time::Duration;

use ragload::demo::Faults;

use super::program::Folder;
use super::running::{Running, start, until};
use super::service::Service;

/// A run of a minute against `service`, once it has sent its first requests.
fn under_way(folder: &Folder, service: &Service, more: &[&str]) -> Running {
    let host = service.host();
    let run = ["run", "quick.yaml", "-t", "60s", "-H", &host];
    let mut running = start(folder.ragload(&[&run, more].concat()));
    running.until_says("All users spawned");
    running
}

/// Requests of the run record, and those cut off.
fn finished_and_cut_off(folder: &Folder) -> (u64, u64) {
    let record = folder.record("quick");
    let row = &record["aggregated"];
    let of = |key: &str| {
        row[key]
            .as_u64()
            .unwrap_or_else(|| panic!("no {key} in {row}"))
    };
    (of("requests"), of("interrupted"))
}

/// One endpoint that may take as long as it likes.
const PATIENT: &str = "
users: 2
spawn_rate: 100
user_classes:
  - name: Patient
    tasks: [{ name: query, post: /query, json: { query: hi }, timeout: 60s }]
    wait_time: { constant: 0s }
";

fn patient() -> Folder {
    let folder = Folder::new();
    folder.write("quick.yaml", PATIENT);
    folder
}

fn hanging() -> Service {
    Service::with(Faults {
        hang_rate: Some(1.0),
        ..Faults::default()
    })
}

fn asked(service: &Service) -> u64 {
    let counts = service.counts();
    counts
        .get("POST /query")
        .map_or(0, |row| row.values().sum())
}

#[test]
fn ctrl_c_lets_requests_in_flight_finish_and_writes_everything() {
    let (folder, service) = (patient(), Service::slow(Duration::from_millis(300)));
    let running = under_way(&folder, &service, &[]);
    until("a request was answered", || asked(&service) >= 2);
    running.signal("INT");
    let ran = running.end().expect(130).shows("INTERRUPTED");
    ran.says("Ctrl+C again");
    let (finished, cut_off) = finished_and_cut_off(&folder);
    assert_eq!((finished, cut_off), (asked(&service), 0));
    assert_eq!(
        service.counts()["POST /query"].keys().collect::<Vec<_>>(),
        ["200"]
    );
    assert!(folder.read("results/quick.html").contains("</html>"));
}

#[test]
fn a_second_ctrl_c_ends_at_once_and_still_writes_everything() {
    let (folder, service) = (patient(), hanging());
    let mut running = under_way(&folder, &service, &[]);
    until("both users wait for their answer", || asked(&service) == 2);
    running.signal("INT");
    running.until_says("Ctrl+C again");
    running.signal("INT");
    running.end().expect(130).shows("2 interrupted");
    assert_eq!(finished_and_cut_off(&folder), (0, 2));
    assert!(folder.read("results/quick.html").contains("</html>"));
    assert!(
        folder
            .read("results/quick_stats.csv")
            .contains("Aggregated")
    );
}

#[test]
fn sigterm_ends_with_143_also_when_it_comes_twice() {
    let (folder, service) = (patient(), hanging());
    let mut running = under_way(&folder, &service, &[]);
    until("both users wait for their answer", || asked(&service) == 2);
    running.signal("TERM");
    running.until_says("a second SIGTERM");
    running.signal("TERM");
    running.end().expect(143).shows("TERMINATED");
    assert!(folder.has("results/quick.html"));
}

#[test]
fn a_stop_timeout_of_zero_cuts_requests_off_at_the_first_ctrl_c() {
    let (folder, service) = (patient(), hanging());
    let running = under_way(&folder, &service, &["-s", "0s"]);
    until("both users wait for their answer", || asked(&service) == 2);
    running.signal("INT");
    running.end().expect(130);
    assert_eq!(finished_and_cut_off(&folder), (0, 2));
}

#[test]
fn ctrl_c_while_waiting_for_the_target_ends_before_the_run() {
    let (folder, nobody) = (patient(), super::service::Nobody::new());
    let host = nobody.host();
    let mut running =
        start(folder.ragload(&["run", "quick.yaml", "-H", &host, "--wait-for", "60s"]));
    running.until_says("Waiting");
    running.signal("INT");
    running
        .end()
        .expect(130)
        .says("interrupted before the run began");
    assert_eq!(folder.files(), ["quick.yaml"]);
}

//! Locust's own command line: what is asked for is written, and nothing else; where it is shown; which code.

use ragload::demo::Faults;
use serde_json::Value;

use super::program::{Folder, PROGRAM};
use super::running::ran;
use super::service::Service;

#[test]
fn only_the_named_files_appear_and_json_has_stdout_to_itself() {
    let (folder, service) = (Folder::new(), Service::start());
    let host = service.host();
    let load = [
        "-f",
        "smoke",
        "--headless",
        "-u",
        "2",
        "-r",
        "2",
        "-t",
        "2s",
        "-H",
        &host,
    ];
    let files = ["--csv", "x", "--html", "y_{u}_{r}_{t}.html", "--json"];
    let ran = ran(folder.ragload(&[&load[..], &files].concat())).expect(0);
    let named = [
        "x_exceptions.csv",
        "x_failures.csv",
        "x_stats.csv",
        "x_stats_history.csv",
        "y_2_2_2.html",
    ];
    assert_eq!(folder.files(), named);
    let stats: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(stats[0]["num_requests"].as_u64() > Some(0), "{stats}");
    let ran = ran.says("Type     Name").says("Response time percentiles");
    ran.says("Ramping to 2 users at a rate of 2.00 per second")
        .says("(exit code 0)");
}

#[test]
fn without_named_files_nothing_is_written() {
    let (folder, service) = (Folder::new(), Service::start());
    let host = service.host();
    let run = [
        "-f",
        "smoke",
        "--headless",
        "-u",
        "1",
        "-t",
        "300ms",
        "-H",
        &host,
    ];
    let ran = ran(folder.ragload(&run)).expect(0);
    assert!(folder.files().is_empty(), "{:?}", folder.files());
    assert_eq!(ran.stdout, "");
}

#[test]
fn failures_end_with_1_or_the_code_asked_for() {
    let service = Service::with(Faults {
        error_rate: Some(1.0),
        ..Faults::default()
    });
    let folder = Folder::quick("");
    let host = service.host();
    let run = ["-f", "quick.yaml", "--headless", "-t", "300ms", "-H", &host];
    ran(folder.ragload(&run)).expect(1).says("Error report");
    ran(folder.ragload(&[&run[..], &["--exit-code-on-error", "9"]].concat())).expect(9);
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_judged_by_locusts_rules_and_cuts_off_at_once() {
    use super::running::start;

    let service = Service::slow(std::time::Duration::from_secs(5));
    let folder = Folder::quick("");
    let host = service.host();
    let run = [
        "-f",
        "quick.yaml",
        "--headless",
        "-t",
        "60s",
        "-H",
        &host,
        "--csv",
        "x",
        "--html",
        "y.html",
    ];
    let mut running = start(folder.ragload(&run));
    running.until_says("All users spawned");
    running.signal("INT");
    running.end().expect(0).says("(exit code 0)");
    assert!(folder.has("y.html") && folder.has("x_stats.csv"));
}

#[test]
fn user_classes_and_task_ratios_are_listed_without_a_service() {
    let folder = Folder::new();
    ran(folder.ragload(&["-f", "smoke", "--list"]))
        .expect(0)
        .shows("Available Users:\n    RagUser");
    ran(folder.ragload(&["-f", "smoke", "--show-task-ratio"]))
        .expect(0)
        .shows("   71.4       query");
    let json = ran(folder.ragload(&["-f", "smoke", "--show-task-ratio-json"])).expect(0);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let ratio = &json["per_class"]["RagUser"]["tasks"]["query"]["ratio"];
    assert!(
        (ratio.as_f64().unwrap() - 10.0 / 14.0).abs() < 1e-9,
        "{json}"
    );
}

#[cfg(unix)]
#[test]
fn called_as_locust_it_speaks_locust() {
    let (folder, service) = (Folder::quick(""), Service::start());
    std::os::unix::fs::symlink(PROGRAM, folder.path("locust")).unwrap();
    let locust = |arguments: &[&str]| {
        let mut command = folder.program(folder.path("locust"));
        command.args(arguments);
        ran(command)
    };
    let host = service.host();
    let run = [
        "-f",
        "quick.yaml",
        "--headless",
        "-t",
        "300ms",
        "-H",
        &host,
        "--csv",
        "x",
        "Quick",
    ];
    locust(&run).expect(0);
    assert!(folder.has("x_stats.csv") && !folder.has("results"));
    locust(&["-V"]).expect(0).shows(env!("CARGO_PKG_VERSION"));
    locust(&["--version"])
        .expect(0)
        .shows(env!("CARGO_PKG_VERSION"));
    locust(&["-h"]).expect(0).shows("--headless");
    let none: [&str; 0] = [];
    locust(&none).expect(2).says("name a scenario with -f");
}

#[test]
fn locusts_variables_stand_for_its_options() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let mut command = folder.ragload(&["--only-summary"]);
    command.envs([
        ("LOCUST_LOCUSTFILE", "quick.yaml"),
        ("LOCUST_HEADLESS", "true"),
        ("LOCUST_HOST", &host),
        ("LOCUST_USERS", "3"),
        ("LOCUST_SPAWN_RATE", "30"),
        ("LOCUST_RUN_TIME", "1500ms"),
        ("LOCUST_CSV", "from_env"),
    ]);
    let ran = ran(command).expect(0);
    ran.says("Ramping to 3 users at a rate of 30.00 per second");
    assert!(folder.has("from_env_stats.csv"));
}

//! Every row of the table of exit codes, with what is said beside it.

use std::time::Duration;

use ragload::demo::Faults;

use super::program::{Folder, Ran};
use super::running::ran;
use super::service::{Nobody, Service, Tripwire};

/// `ragload run quick.yaml -H <service>` with more arguments.
fn run(folder: &Folder, service: &Service, more: &[&str]) -> Ran {
    let host = service.host();
    let arguments = [&["run", "quick.yaml", "-H", &host], more].concat();
    ran(folder.ragload(&arguments))
}

fn failing() -> Service {
    Service::with(Faults {
        error_rate: Some(1.0),
        ..Faults::default()
    })
}

#[test]
fn a_run_without_failures_ends_with_0_and_names_its_files() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let ran = run(&folder, &service, &[]).expect(0);
    assert!(ran.stdout.starts_with("PASSED"), "{}", ran.stdout);
    let files = folder.files();
    assert_eq!(
        files.iter().filter(|f| f.starts_with("results/")).count(),
        7
    );
    for file in files.iter().filter(|f| f.starts_with("results/")) {
        assert!(
            ran.stdout.contains(file.as_str()),
            "{file}:\n{}",
            ran.stdout
        );
    }
    assert!(ran.stderr.contains("(this machine)"), "{}", ran.stderr);
}

#[test]
fn failed_requests_without_thresholds_end_with_1_or_the_code_asked_for() {
    let (folder, service) = (Folder::quick(""), failing());
    let ran = run(&folder, &service, &[]).expect(1);
    let ran = ran.shows("FAILED").shows("no threshold to judge them by");
    ran.shows("500 Server Error: Internal Server Error for url: /query");
    run(&folder, &service, &["--exit-code-on-error", "7"]).expect(7);
    run(&folder, &service, &["--exit-code-on-error", "0"]).expect(0);
}

#[test]
fn wrong_usage_ends_with_2() {
    let folder = Folder::new();
    let wrong: &[&[&str]] = &[
        &["runn", "smoke"],
        &["run"],
        &["run", "smoke", "--nonsense"],
        &["run", "smoke", "--demo", "-H", "http://localhost"],
        &["run", "smoke", "-L", "LOUD"],
        &["run", "smoke", "-u", "-3"],
        &["completions", "cobol"],
        &["report", "no_such_run.json"],
    ];
    for arguments in wrong {
        let ran = ran(folder.ragload(arguments)).expect(2);
        assert!(
            ran.stderr.starts_with("error: ") || ran.stderr.starts_with("--users: "),
            "{ran:?}"
        );
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn a_target_that_does_not_answer_is_refused_with_3() {
    let (folder, nobody) = (Folder::quick(""), Nobody::new());
    let arguments = ["run", "quick.yaml", "-H", &nobody.host()];
    let ran = ran(folder.ragload(&arguments)).expect(3);
    let ran = ran
        .says("/health was not answered")
        .says("Connection refused");
    ran.says("is the target running?");
    assert!(!folder.has("results/quick_stats.csv"));
}

#[test]
fn an_unhealthy_target_is_refused_with_3() {
    let service = Service::with(Faults {
        slow_start: Some(Duration::from_secs(3600)),
        ..Faults::default()
    });
    let folder = Folder::quick("");
    let ran = run(&folder, &service, &[]).expect(3);
    ran.says("answered 503 Service Unavailable: the target is not healthy");
    assert_eq!(
        service.requests(),
        1,
        "the pre-flight check, and nothing else"
    );
    let off = "preflight: off";
    let folder = Folder::quick(off);
    run(&folder, &service, &[]).expect(0);
}

#[test]
fn an_unapproved_host_is_refused_with_3_before_anything_is_sent() {
    let (folder, proxy) = (Folder::quick(""), Tripwire::new());
    for (host, class) in [
        ("http://example.com", "(public)"),
        ("http://rag.prod.example.com", "(PRODUCTION by its name)"),
        ("http://192.0.2.1", "(public)"),
    ] {
        let mut command = folder.ragload(&["run", "quick.yaml", "-H", host]);
        // Whatever would be sent, would be sent there.
        command.envs([("http_proxy", proxy.host()), ("ALL_PROXY", proxy.host())]);
        let ran = ran(command).expect(3).says(class);
        ran.says("is not approved for load").says("--approve-host");
    }
    assert_eq!(proxy.touched(), 0);
    assert_eq!(folder.files(), ["quick.yaml"]);
}

#[test]
fn a_stop_condition_ends_the_run_with_4() {
    let stop = "stop_if: [{ check: error_rate > 50%, over: 1s, min_requests: 5 }]";
    let (folder, service) = (Folder::quick(stop), failing());
    let ran = run(&folder, &service, &["-t", "60s"]).expect(4);
    ran.shows("STOPPED").shows("error_rate > 50%");
    assert_eq!(folder.record("quick")["ending"]["reason"], "stop_if");
}

#[test]
fn broken_thresholds_end_with_99() {
    let (folder, service) = (
        Folder::quick("thresholds: [error_rate < 1%, p50 < 5s]"),
        failing(),
    );
    let ran = run(&folder, &service, &[]).expect(99);
    ran.shows("FAILED").shows("error_rate < 1%: observed 100%");
    let service = Service::start();
    run(&folder, &service, &[])
        .expect(0)
        .shows("2 of 2 thresholds met");
}

#[test]
fn no_data_to_judge_ends_with_99() {
    let service = Service::with(Faults {
        hang_rate: Some(1.0),
        ..Faults::default()
    });
    let folder = Folder::quick("stop_timeout: 0s");
    let ran = run(&folder, &service, &["-t", "300ms"]).expect(99);
    ran.shows("no request was finished: there is nothing to judge");
}

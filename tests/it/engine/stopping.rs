//! How runs end: by time, by Ctrl+C once and twice, by conditions.

use std::time::Duration;

use ragload::event::{Command, Ending, RunOutcome, StopReason};
use ragload::transport::sim::SimReply;

use super::harness::{Simulation, answer};

fn slow(stop_timeout: &str, more: &str) -> String {
    format!(
        "
users: 4
spawn_rate: 4
run_time: 20s
stop_timeout: {stop_timeout}
{more}
user_classes:
  - name: Slow
    wait_time: {{ constant: 0s }}
    tasks:
      - name: pair
        steps: [{{ get: /first }}, {{ get: /second }}]
"
    )
}

#[test]
fn ctrl_c_lets_requests_in_flight_finish_and_sends_no_new_one() {
    let ran = Simulation::yaml(&slow("30s", ""))
        .at(5.0, Command::Stop(StopReason::Interrupt))
        .run(|_| answer(2000));
    let row = &ran.record.aggregated.row;
    assert_eq!(ran.record.verdict.outcome, RunOutcome::Interrupted);
    // Requests were sent at 0, 2 and 4 s; those of 4 s finished at 6 s.
    assert_eq!((row.requests, row.interrupted), (12, 0));
    assert_eq!(ran.arrived(), 12);
    let lasted = ran.record.duration.as_secs_f64();
    assert!((6.0..6.1).contains(&lasted), "{lasted}");
}

#[test]
fn a_second_ctrl_c_ends_at_once_and_keeps_what_is_known() {
    let ran = Simulation::yaml(&slow("30s", ""))
        .at(5.0, Command::Stop(StopReason::Interrupt))
        .at(5.5, Command::Abort)
        .run(|_| answer(2000));
    let row = &ran.record.aggregated.row;
    assert_eq!((row.requests, row.interrupted), (8, 4));
    let lasted = ran.record.duration.as_secs_f64();
    assert!((5.5..5.6).contains(&lasted), "{lasted}");
}

#[test]
fn at_the_end_of_the_run_time_tasks_finish_within_the_stop_timeout() {
    let ran = Simulation::yaml(&slow("30s", "")).run(|_| answer(3000));
    // Pairs end at 6, 12, 18 and 24 s: the last one runs over the end, whole.
    assert_eq!(
        (ran.requests("GET /first"), ran.requests("GET /second")),
        (16, 16)
    );
    let lasted = ran.record.duration.as_secs_f64();
    assert!((24.0..24.1).contains(&lasted), "{lasted}");
}

#[test]
fn a_stop_timeout_that_is_over_interrupts() {
    let ran = Simulation::yaml(&slow("2s", "")).run(|_| answer(3000));
    let row = &ran.record.aggregated.row;
    assert_eq!((row.requests, row.interrupted), (7 * 4, 4));
    let lasted = ran.record.duration.as_secs_f64();
    assert!((22.0..22.1).contains(&lasted), "{lasted}");
    assert!(
        ran.notices
            .iter()
            .any(|notice| notice.text.starts_with("Not all users finished"))
    );
}

#[test]
fn sigterm_is_told_apart_from_ctrl_c() {
    let ran = Simulation::yaml(&slow("0s", ""))
        .at(5.0, Command::Stop(StopReason::Terminate))
        .run(|_| answer(100));
    assert_eq!(ran.record.verdict.outcome, RunOutcome::Terminated);
}

#[test]
fn a_stop_condition_ends_the_run_with_its_observed_value() {
    let more = "stop_if: [ error_rate > 50% over 5s ]";
    let ran = Simulation::yaml(&slow("0s", more)).run(|request| {
        if request.count < 100 {
            answer(100)
        } else {
            SimReply::status(500).after(MILLIS_100)
        }
    });
    assert_eq!(ran.record.verdict.outcome, RunOutcome::StoppedEarly);
    let Ending::StopIf(text) = &ran.record.ending else {
        panic!("{:?}", ran.record.ending)
    };
    assert!(
        text.starts_with("error_rate > 50%") && text.contains('%'),
        "{text}"
    );
    let lasted = ran.record.duration.as_secs_f64();
    assert!((12.0..14.0).contains(&lasted), "{lasted}");
}

const MILLIS_100: Duration = Duration::from_millis(100);

#[test]
fn an_aborting_threshold_ends_the_run_and_fails_it() {
    let more = "thresholds: [{ check: p95 < 50ms, abort: true, after: 3s }]";
    let ran = Simulation::yaml(&slow("0s", more)).run(|_| answer(100));
    assert_eq!(ran.record.verdict.outcome, RunOutcome::ThresholdsBroken);
    let lasted = ran.record.duration.as_secs_f64();
    assert!((3.0..4.0).contains(&lasted), "{lasted}");
}

#[test]
fn a_pause_holds_users_back_and_the_end_lets_them_go() {
    let ran = Simulation::yaml(&slow("30s", ""))
        .at(5.0, Command::Pause)
        .at(10.0, Command::Resume)
        .at(15.0, Command::Pause)
        .run(|_| answer(500));
    let requests = ran.record.aggregated.row.requests;
    // Ten seconds of work at 8 requests/s, and what was in flight.
    assert!((80..=96).contains(&requests), "{requests}");
    let lasted = ran.record.duration.as_secs_f64();
    assert!((20.0..20.1).contains(&lasted), "{lasted}");
}

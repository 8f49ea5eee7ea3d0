//! How runs end: by time, by Ctrl+C once and twice, by conditions.

use std::time::Duration;

use ragload::event::{Command, Ending, Phase, RunOutcome, StopReason};
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
    let paused = [4, 6, 9, 11, 16].map(|second| ran.ticks[second].paused);
    assert_eq!(paused, [false, true, true, false, true]);
    let told = ran.notices.iter().map(|notice| notice.text.as_str());
    let told: Vec<&str> = (told.filter(|text| text.starts_with(['P', 'R'])))
        .filter(|text| !text.starts_with("Ramping"))
        .collect();
    let paused = "Paused: no new tasks until resumed";
    assert_eq!(told, [paused, "Resumed", paused]);
}

#[test]
fn a_tick_says_when_what_users_still_do_is_cut_off() {
    let ran = Simulation::yaml(&slow("30s", ""))
        .at(5.0, Command::Stop(StopReason::Requested))
        .run(|_| answer(4000));
    let stopping: Vec<_> = (ran.ticks.iter())
        .filter(|tick| tick.phase == Phase::Stopping)
        .filter_map(|tick| tick.ends_at)
        .map(|at| at.elapsed().as_secs())
        .collect();
    assert!(
        stopping.len() > 2 && stopping.iter().all(|&at| at == 35),
        "{stopping:?}"
    );
    assert_eq!(ran.record.verdict.outcome, RunOutcome::Passed);
}

#[test]
fn what_aborted_a_run_stays_broken_however_well_it_winds_down() {
    let more = "thresholds: [{ check: p95 < 50ms, abort: true, over: 3s, min_requests: 5 }]";
    let ran = Simulation::yaml(&slow("30s", more)).run(|request| {
        // Slow once, then one long request each while users are winding down.
        answer(if request.count < 8 { 400 } else { 9000 })
    });
    assert_eq!(ran.record.verdict.outcome, RunOutcome::ThresholdsBroken);
    let reason = &ran.record.verdict.reason;
    assert!(
        reason.starts_with("p95 < 50ms over 3s: observed 4"),
        "{reason}"
    );
}

#[test]
fn windows_are_judged_as_the_load_ended_and_not_over_the_winding_down() {
    let more = "thresholds: [{ check: rps > 3, over: 5s }, p95 < 20s]";
    let ran = Simulation::yaml(&slow("30s", more))
        .run(|request| answer(if request.count < 39 { 500 } else { 15_000 }));
    assert!(ran.record.duration.as_secs() > 30);
    let verdict = &ran.record.verdict;
    assert_eq!(verdict.outcome, RunOutcome::Passed, "{}", verdict.reason);
}

#[test]
fn ctrl_c_while_the_run_winds_down_still_lets_requests_in_flight_finish() {
    let ran = Simulation::yaml(&slow("30s", ""))
        .at(21.0, Command::Stop(StopReason::Interrupt))
        .run(|_| answer(3000));
    // The pairs that began at 18 s: their first requests end at 21 s, the second ones in flight
    // at 21 s are let finish.
    assert_eq!(ran.record.aggregated.row.interrupted, 0);
    assert_eq!(ran.record.verdict.outcome, RunOutcome::Interrupted);
}

#[test]
fn resetting_statistics_forgets_the_ramp_and_nothing_else() {
    let ran = Simulation::yaml(
        "
users: 10
spawn_rate: 1
run_time: 30s
user_classes:
  - name: A
    wait_time: { constant: 1s }
    tasks: [{ name: a, get: /a }]
",
    )
    .resetting()
    .run(|request| {
        if request.client < 9 && request.count == 0 {
            SimReply::status(500)
        } else {
            answer(10)
        }
    });
    assert_eq!(ran.record.aggregated.row.failures, 0);
    let resets = ran
        .notices
        .iter()
        .filter(|notice| notice.text == "Resetting stats")
        .count();
    assert_eq!(resets, 1);
    // Ten users for twenty-one seconds; what was sent before is gone.
    let requests = ran.record.aggregated.row.requests;
    assert!((200..=215).contains(&requests), "{requests}");
}

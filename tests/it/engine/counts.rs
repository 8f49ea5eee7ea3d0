//! No sample is lost or counted twice, whatever the answers.

use ragload::event::RunOutcome;
use ragload::model::FailureKind;
use ragload::transport::TransportError;
use ragload::transport::sim::SimReply;

use super::harness::{Simulation, answer};

const BUSY: &str = "
users: 20
spawn_rate: 20
run_time: 30s
stop_timeout: 0s
user_classes:
  - name: Busy
    wait_time: { between: [0s, 300ms] }
    tasks:
      - { name: a, weight: 3, get: /a, timeout: 2s }
      - { name: b, post: /b, json: { x: 1 }, timeout: 2s }
";

/// Every kind of ending, in turn.
fn trouble(count: u64) -> SimReply {
    let broken = |kind, text| SimReply::error(TransportError::new(kind, text));
    match count % 7 {
        0 => SimReply::status(500),
        1 => SimReply::status(429),
        2 => broken(
            FailureKind::Closed,
            "ConnectionResetError(104, 'Connection reset by peer')",
        ),
        3 => SimReply::hang(),
        _ => answer(40),
    }
}

#[test]
fn client_and_server_count_the_same_per_endpoint_and_status() {
    let ran = Simulation::yaml(BUSY).run(|request| trouble(request.count));
    for recorded in &ran.record.rows {
        let row = &recorded.row;
        let path = &row.endpoint.name;
        let of_path = ran
            .served
            .iter()
            .filter(|((_, served, _), _)| served == path);
        let arrived: u64 = of_path.clone().map(|(_, count)| count).sum();
        assert_eq!(row.requests + row.interrupted, arrived, "{path}");
        for &(status, count) in row.statuses.iter().filter(|(status, _)| *status != 0) {
            let served: u64 = (of_path.clone())
                .filter(|((_, _, answered), _)| *answered == Some(status))
                .map(|(_, count)| count)
                .sum();
            // An answer that was on its way when the run ended reached nobody.
            assert!(
                served - count <= row.interrupted,
                "{path} {status}: {count} of {served}"
            );
        }
        let by_status: u64 = row.statuses.iter().map(|(_, count)| count).sum();
        assert_eq!(by_status, row.requests);
    }
    let all = &ran.record.aggregated.row;
    let failed: u64 = ran
        .record
        .failures
        .iter()
        .map(|failure| failure.occurrences)
        .sum();
    assert_eq!(all.failures, failed);
    assert!(
        all.interrupted > 0,
        "20 busy users without a stop timeout leave some in flight"
    );
    assert_eq!(all.requests + all.interrupted, ran.arrived());
}

#[test]
fn the_ticks_add_up_to_the_record() {
    let ran = Simulation::yaml(BUSY).run(|request| trouble(request.count));
    let counts = ran
        .ticks
        .iter()
        .map(|tick| tick.snapshot.aggregated.requests);
    assert!(counts.is_sorted());
    let last = ran.ticks.last().unwrap();
    assert_eq!(last.snapshot.aggregated, ran.record.aggregated.row);
    let points = &ran.record.timeline;
    let mut from = 0.0;
    let mut sum = 0.0;
    for point in points {
        sum += point.rps * (point.at.as_secs_f64() - from);
        from = point.at.as_secs_f64();
    }
    let all = f64::from(u32::try_from(ran.record.aggregated.row.requests).unwrap());
    assert!((sum - all).abs() < 0.01, "{sum} of {all}");
}

#[test]
fn a_429_is_a_failure_of_its_own_class_unless_it_is_expected() {
    let scenario = |expect: &str| {
        format!(
            "
users: 1
spawn_rate: 1
run_time: 4500ms
user_classes:
  - name: A
    wait_time: {{ constant: 1s }}
    tasks: [{{ name: a, get: /a{expect} }}]
"
        )
    };
    let refused = Simulation::yaml(&scenario("")).run(|_| SimReply::status(429));
    let row = &refused.record.aggregated.row;
    assert_eq!((row.requests, row.failures, row.rate_limited), (5, 5, 5));
    assert_eq!(
        refused.record.failures[0].error,
        "HTTPError('429 Client Error: Too Many Requests for url: /a')"
    );
    assert_eq!(refused.record.verdict.outcome, RunOutcome::RequestsFailed);
    let accepted = Simulation::yaml(&scenario(", expect: { status: [200, 429] }"));
    let row = &accepted
        .run(|_| SimReply::status(429))
        .record
        .aggregated
        .row;
    assert_eq!((row.requests, row.failures, row.rate_limited), (5, 0, 5));
}

#[test]
fn a_run_without_a_finished_request_is_no_pass() {
    let ran = Simulation::yaml(
        "
users: 1
spawn_rate: 1
run_time: 5s
stop_timeout: 1s
user_classes:
  - name: A
    tasks: [{ name: a, get: /a }]
",
    )
    .run(|_| SimReply::hang());
    assert_eq!(ran.record.verdict.outcome, RunOutcome::NoData);
    assert_eq!(ran.record.aggregated.row.interrupted, 1);
    let lasted = ran.record.duration.as_secs_f64();
    assert!((6.0..6.1).contains(&lasted), "{lasted}");
}

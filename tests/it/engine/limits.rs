//! Limits that a service tells of, and requests that are sent again because of them.

use std::time::Duration;

use http::HeaderName;
use ragload::event::{Command, Ending, StopReason};
use ragload::model::{Counted, Offset};
use ragload::stats::{LowestBudget, Row};
use ragload::transport::sim::SimReply;

use super::harness::{Ran, Simulation, answer};

fn with(reply: SimReply, headers: &[(&'static str, &str)]) -> SimReply {
    headers.iter().fold(reply, |reply, (name, value)| {
        let value = value.parse().expect("a header's value");
        reply.header(HeaderName::from_static(name), value)
    })
}

fn refused(headers: &[(&'static str, &str)]) -> SimReply {
    with(
        SimReply::status(429).after(Duration::from_millis(10)),
        headers,
    )
}

fn all(ran: &Ran) -> &Row {
    &ran.record.aggregated.row
}

fn scenario(request: &str) -> Simulation {
    Simulation::yaml(&format!(
        "
users: 10
spawn_rate: 10
run_time: 60s
stop_timeout: 5s
user_classes:
  - name: A
    wait_time: {{ constant: 1s }}
    tasks: [{{ name: a, get: /a, {request} }}]
"
    ))
}

#[test]
fn the_least_that_was_left_is_kept_over_all_shards_with_when_it_was() {
    let run = |shards| {
        let text = "
users: 6
spawn_rate: 6
run_time: 30s
user_classes:
  - name: A
    wait_time: { constant: 1s }
    tasks: [{ name: a, get: /a }, { name: b, get: /b }]
";
        Simulation::yaml(text).shards(shards).run(|request| {
            if request.prepared.url.path() == "/b" {
                return answer(10);
            }
            // The fifth request of each client is the lowest of its own, that of client 3 of all.
            let left = 100 + 10 * request.client.abs_diff(3) + request.count.abs_diff(4);
            let left = left.to_string();
            with(
                answer(10),
                &[
                    ("x-ratelimit-limit-requests", "500"),
                    ("x-ratelimit-remaining-requests", &left),
                    ("x-ratelimit-remaining-tokens", "0"),
                ],
            )
        })
    };
    for shards in [1, 3] {
        let ran = run(shards);
        let told = all(&ran).rate_limits.clone().expect("it told of limits");
        let [lowest] = told.lowest[..] else {
            panic!("nothing left of no limit is not known: {told:?}");
        };
        let LowestBudget {
            of,
            remaining,
            at,
            limit,
        } = lowest;
        assert_eq!((of, limit), (Counted::Requests, Some(500)));
        assert!((100..103).contains(&remaining), "{remaining}");
        assert!(
            at > Offset::from_secs(2) && at < Offset::from_secs(10),
            "{at:?}"
        );
        assert_eq!(told.longest_retry_after, None);
        let rows = || ran.record.rows.iter().map(|recorded| &recorded.row);
        let of = |name: &str| rows().find(|row| row.endpoint.name == name);
        assert_eq!(of("/a").expect("a row").rate_limits, Some(told));
        assert_eq!(of("/b").expect("a row").rate_limits, None);
    }
}

#[test]
fn what_was_told_before_the_statistics_were_reset_is_forgotten_with_them() {
    let text = "
users: 10
spawn_rate: 1
run_time: 60s
user_classes:
  - { name: A, wait_time: { constant: 1s }, tasks: [{ get: /a }] }
";
    let ran = Simulation::yaml(text).resetting().run(|request| {
        let is_early = request.client < 5 && request.count == 0;
        let left = if is_early { "1" } else { "50" };
        with(answer(10), &[("x-ratelimit-remaining-requests", left)])
    });
    let told = all(&ran).rate_limits.as_ref().expect("it told of limits");
    assert_eq!(told.lowest[0].remaining, 50);
}

#[test]
fn nothing_is_sent_again_unless_the_scenario_asks_for_it() {
    let ran = scenario("timeout: 5s").run(|_| refused(&[("retry-after", "7")]));
    assert_eq!(all(&ran).retries, 0);
    assert_eq!(all(&ran).rate_limited, all(&ran).requests);
    let told = all(&ran).rate_limits.as_ref().expect("it asked to wait");
    assert_eq!(told.longest_retry_after, Some(Duration::from_secs(7)));
}

#[test]
fn every_attempt_is_a_request_and_the_objective_is_judged_once_since_the_first() {
    let request = "retry: 3, slo: { response_time: 5s }";
    // Of every four requests: refused, refused, answered after 2 s each; answered at once.
    let ran = scenario(request).run(|request| match request.count % 4 {
        0 | 1 => refused(&[("retry-after", "3")]),
        _ => answer(10),
    });
    let row = all(&ran);
    assert_eq!(ran.arrived(), row.requests + row.interrupted);
    assert_eq!(row.rate_limited, row.failures);
    // Each of the ten users may have been refused last and never come to the retry.
    assert!((row.retries..=row.retries + 10).contains(&row.rate_limited));
    let goodput = row.goodput.expect("objectives");
    assert_eq!(goodput.judged, row.requests - row.rate_limited);
    // An attempt takes 10 ms, the three of them 6 s.
    assert!(row.max < Some(Duration::from_millis(20)), "{:?}", row.max);
    let missed = goodput.judged - goodput.good;
    assert!(
        missed > 10 && missed.abs_diff(row.retries / 2) <= 10,
        "{missed}"
    );
    assert!(missed.abs_diff(goodput.good) <= 10, "{}", goodput.good);
}

#[test]
fn attempts_end_with_the_last_allowed_and_where_the_wait_is_too_long() {
    let asks = |wait: &'static str| {
        let request = "retry: { attempts: 4, on: 5xx, longest: 10s }, slo: { response_time: 1h }";
        scenario(request).run(move |_| {
            let unavailable = SimReply::status(503).after(Duration::from_millis(10));
            with(unavailable, &[("retry-after", wait)])
        })
    };
    let patient = asks("1");
    let judged = all(&patient).goodput.expect("objectives");
    assert_eq!((judged.good, judged.judged * 3), (0, all(&patient).retries));
    let given_up = asks("11");
    assert_eq!(all(&given_up).retries, 0);
    let judged = all(&given_up).goodput.expect("objectives").judged;
    assert_eq!(judged, all(&given_up).requests);
}

#[test]
fn waits_without_a_word_of_the_service_are_the_same_for_the_same_seed() {
    let run = |seed| {
        let text = "
users: 5
spawn_rate: 5
run_time: 60s
stop_timeout: 0s
user_classes:
  - { name: A, wait_time: { constant: 1s }, tasks: [{ get: /a, retry: 5 }] }
";
        let ran = Simulation::seeded(text, seed).run(|_| refused(&[]));
        let ticks = ran.ticks.iter();
        ticks
            .map(|tick| tick.snapshot.aggregated.requests)
            .collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn a_wait_ends_with_the_run_and_what_it_was_for_is_not_judged() {
    let request = "retry: { attempts: 2, longest: 1h }, slo: { response_time: 1h }";
    let refusing = || scenario(request).shards(1);
    let over = refusing().run(|_| refused(&[("retry-after", "1800")]));
    let stopped = refusing()
        .at(20.0, Command::Stop(StopReason::Interrupt))
        .run(|_| refused(&[("retry-after", "1800")]));
    for ran in [&over, &stopped] {
        let row = all(ran);
        assert_eq!((row.requests, row.retries, row.interrupted), (10, 0, 0));
        assert_eq!(row.goodput, None);
        assert_eq!(ran.arrived(), 10);
    }
    assert_eq!(over.record.ending, Ending::Completed);
    assert!(over.record.duration < Duration::from_secs(62));
    assert!(stopped.record.duration < Duration::from_secs(22));
}

#[test]
fn a_budget_of_requests_counts_every_attempt() {
    let ran = Simulation::yaml(
        "
users: 1
spawn_rate: 1
run_time: 1h
budget: { requests: 30 }
user_classes:
  - { name: A, wait_time: { constant: 1s }, tasks: [{ get: /a, retry: 3 }] }
",
    )
    .run(|_| refused(&[("retry-after", "1")]));
    assert!(
        matches!(ran.record.ending, Ending::Budget(_)),
        "{:?}",
        ran.record.ending
    );
    assert_eq!(ran.arrived(), 30);
    assert!(all(&ran).retries >= 18);
}

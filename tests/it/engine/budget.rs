//! A budget of requests is kept to the last one, over any number of shards.

use std::time::Duration;

use http::HeaderValue;
use http::header::RETRY_AFTER;
use proptest::prelude::*;
use ragload::event::{Command, End, Ending};
use ragload::transport::sim::SimReply;

use super::harness::{Ran, Simulation, answer};

fn scenario(budget: u64, load: &str, class: &str) -> Simulation {
    Simulation::yaml(&format!(
        "{load}\nbudget: {{ requests: {budget} }}\nuser_classes:\n  - {{ name: A, {class} }}\n"
    ))
}

fn used_up(budget: u64) -> Ending {
    Ending::Budget(format!("budget of {budget} requests: {budget} sent"))
}

/// Requests that were finished and cut off, by the statistics.
fn counted(ran: &Ran) -> (u64, u64) {
    let rows = ran.record.rows.iter().map(|recorded| &recorded.row);
    rows.fold((0, 0), |(done, cut), row| {
        (done + row.requests, cut + row.interrupted)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_load_that_would_send_more_sends_just_its_budget(
        budget in 1_u64..400,
        shards in 1_usize..9,
        users in 1_u32..30,
        wait in 0_u64..3000,
        millis in 1_u64..1500,
    ) {
        let load = format!("users: {users}\nspawn_rate: 10\nrun_time: 24h");
        let class = format!(
            "wait_time: {{ constant: {wait}ms }}, tasks: [{{ get: /a, retry: 2 }}], \
             on_stop: [{{ get: /bye }}]"
        );
        let ran = scenario(budget, &load, &class).shards(shards).run(move |request| {
            let status = if request.count % 3 == 0 { 503 } else { 200 };
            SimReply::status(status).after(Duration::from_millis(millis))
        });
        prop_assert_eq!(ran.arrived(), budget);
        prop_assert_eq!(&ran.record.ending, &used_up(budget));
        prop_assert_eq!(counted(&ran), (budget, 0));
    }

    #[test]
    fn no_run_sends_more_than_its_budget(
        budget in 1_u64..200,
        shards in 1_usize..9,
        users in 1_u32..20,
        fewer in 0_u32..20,
        stop_timeout in 0_u64..4,
        seconds in 1_u64..12,
        millis in 1_u64..3000,
    ) {
        let load = format!(
            "users: {users}\nspawn_rate: 5\nrun_time: {seconds}s\nstop_timeout: {stop_timeout}s"
        );
        let class = "tasks: [{ name: t, steps: [{ get: /a }, { wait: 50ms }, { get: /b }] }], \
                     on_start: [{ get: /hello }], on_stop: [{ get: /bye }]";
        let command = Command::SetUsers { users: fewer, spawn_rate: 10.0, end: End::Unchanged };
        let ran = scenario(budget, &load, class)
            .shards(shards)
            .at(2.5, command)
            .run(move |_| answer(millis));
        prop_assert!(ran.arrived() <= budget, "{}", ran.arrived());
        let (done, cut) = counted(&ran);
        prop_assert_eq!(done + cut, ran.arrived());
        if ran.record.ending == used_up(budget) {
            prop_assert_eq!(ran.arrived(), budget);
        } else {
            prop_assert_eq!(&ran.record.ending, &Ending::Completed);
        }
    }
}

#[test]
fn fewer_requests_than_shards_are_all_sent_and_soon() {
    for budget in 1..8 {
        let load = "users: 8\nspawn_rate: 8\nrun_time: 1h";
        let ran = scenario(budget, load, "tasks: [{ get: /a }]")
            .shards(8)
            .run(|_| answer(10));
        assert_eq!(ran.arrived(), budget);
        assert!(ran.record.duration < Duration::from_secs(3));
    }
}

#[test]
fn a_shard_with_the_only_user_has_what_the_others_do_not_use() {
    let load = "users: 1\nspawn_rate: 1\nrun_time: 1h";
    let ran = scenario(2000, load, "tasks: [{ get: /a }]")
        .shards(8)
        .run(|_| answer(10));
    assert_eq!(ran.arrived(), 2000);
    // Twenty seconds of load, and hardly any waiting for a share of what is left.
    assert!(ran.record.duration < Duration::from_secs(22));
}

#[test]
fn a_request_that_hangs_is_waited_for_until_its_time_is_over() {
    let load = "users: 3\nspawn_rate: 3\nrun_time: 1h";
    let ran = scenario(5, load, "timeout: 20s, tasks: [{ get: /a }]").run(|request| {
        if request.client == 0 {
            SimReply::hang()
        } else {
            answer(10)
        }
    });
    assert_eq!(ran.record.ending, used_up(5));
    assert_eq!(counted(&ran), (5, 0));
    assert!(ran.record.duration >= Duration::from_secs(20));
    assert!(ran.record.duration < Duration::from_secs(22));
}

#[test]
fn a_retry_that_may_not_be_sent_any_more_is_not_waited_for() {
    let load = "users: 1\nspawn_rate: 1\nrun_time: 1h";
    let ran = scenario(1, load, "tasks: [{ get: /a, retry: 2 }]").run(|_| {
        let refused = SimReply::status(429).after(Duration::from_millis(10));
        refused.header(RETRY_AFTER, HeaderValue::from_static("25"))
    });
    assert_eq!((ran.arrived(), &ran.record.ending), (1, &used_up(1)));
    assert!(ran.record.duration < Duration::from_secs(3));
}

//! What virtual users do: classes, stages, starting and stopping, data and extraction.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use ragload::event::{Command, Ending, RunOutcome};
use ragload::transport::sim::SimReply;

use super::harness::{Simulation, answer};

#[test]
fn stages_hold_and_ramp_in_both_directions() {
    let ran = Simulation::yaml(
        "
stages:
  - { users: 10, for: 20s, spawn_rate: 10 }
  - { ramp_to: 30, for: 20s }
  - { users: 5, for: 20s, spawn_rate: 100 }
user_classes:
  - name: A
    wait_time: { constant: 1s }
    tasks: [{ name: a, get: /a }]
",
    )
    .run(|_| answer(10));
    assert_eq!(ran.users_at(10), 10);
    assert!(
        (19..=21).contains(&ran.users_at(30)),
        "{}",
        ran.users_at(30)
    );
    assert!(
        (29..=30).contains(&ran.users_at(40)),
        "{}",
        ran.users_at(40)
    );
    assert_eq!(ran.users_at(43), 5);
    assert_eq!(ran.record.ending, Ending::Completed);
    assert!(ran.notices.len() < 20, "a ramp is not told user by user");
}

#[test]
fn keys_change_the_number_of_users() {
    let ran = Simulation::yaml(
        "
users: 5
spawn_rate: 5
run_time: 30s
user_classes:
  - name: A
    wait_time: { constant: 1s }
    tasks: [{ name: a, get: /a }]
",
    )
    .at(10.2, Command::AddUsers(10))
    .at(20.2, Command::AddUsers(-12))
    .run(|_| answer(10));
    assert_eq!(
        (ran.users_at(9), ran.users_at(12), ran.users_at(23)),
        (5, 15, 3)
    );
}

#[test]
fn keys_pressed_during_a_ramp_add_up_and_keep_its_rate() {
    let ran = Simulation::yaml(
        "
users: 20
spawn_rate: 2
run_time: 60s
user_classes:
  - name: A
    wait_time: { constant: 1s }
    tasks: [{ name: a, get: /a }]
",
    )
    .at(3.1, Command::AddUsers(10))
    .at(3.2, Command::AddUsers(-1))
    .at(3.3, Command::AddUsers(1))
    .run(|_| answer(10));
    let targets = [3, 4].map(|second| ran.ticks[second].target_users);
    assert_eq!(targets, [20, 30]);
    assert!((12..=14).contains(&ran.users_at(6)), "{}", ran.users_at(6));
    assert_eq!(ran.users_at(30), 30);
}

#[test]
fn a_login_is_kept_for_all_tasks_and_a_logout_follows() {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let noted = Arc::clone(&seen);
    let ran = Simulation::yaml(
        "
users: 3
spawn_rate: 3
run_time: 10s
user_classes:
  - name: A
    wait_time: { constant: 1s }
    on_start: [{ post: /login, extract: { token: $.token } }]
    on_stop: [{ post: /logout, headers: { X-Token: '{{ token }}' } }]
    tasks: [{ name: a, get: /a, headers: { X-Token: '{{ token }}' } }]
",
    )
    .run(move |request| {
        let token = request
            .prepared
            .headers
            .get("x-token")
            .map(|value| value.to_str().unwrap());
        noted
            .lock()
            .unwrap()
            .insert((request.client, token.map(str::to_owned)));
        SimReply::status(200).body(format!(r#"{{"token": "t{}"}}"#, request.client))
    });
    assert_eq!(
        (ran.requests("POST /login"), ran.requests("POST /logout")),
        (3, 3)
    );
    let expected: BTreeSet<_> = (0..3)
        .flat_map(|user| [(user, None), (user, Some(format!("t{user}")))])
        .collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn a_user_whose_login_fails_ends_and_is_not_replaced() {
    let ran = Simulation::yaml(
        "
users: 4
spawn_rate: 4
run_time: 60s
user_classes:
  - name: A
    wait_time: { constant: 1s }
    on_start: [{ post: /login, extract: { token: $.token } }]
    tasks: [{ name: a, get: /a }]
",
    )
    .run(|_| SimReply::status(200).body("{}"));
    assert_eq!(ran.requests("GET /a"), 0);
    assert_eq!(ran.record.ending, Ending::NoUsers);
    assert_eq!(ran.record.verdict.outcome, RunOutcome::NoData);
    assert_eq!(
        ran.record
            .exceptions
            .iter()
            .map(|row| row.count)
            .sum::<u64>(),
        4
    );
    assert_eq!(ran.record.aggregated.row.failures, 4);
}

#[test]
fn a_failed_extraction_fails_its_request_and_ends_that_run_of_the_task() {
    let ran = Simulation::yaml(
        "
users: 1
spawn_rate: 1
run_time: 10s
user_classes:
  - name: A
    wait_time: { constant: 1s }
    tasks:
      - name: pair
        steps:
          - { post: /sessions, extract: { id: $.id } }
          - { get: '/sessions/{{ id }}', request_name: '/sessions/[id]' }
",
    )
    .run(|request| {
        let odd = request.count.is_multiple_of(3);
        SimReply::status(200).body(if odd { "{}" } else { r#"{"id": 7}"# })
    });
    let (posts, gets) = (
        ran.requests("POST /sessions"),
        ran.requests("GET /sessions/[id]"),
    );
    assert_eq!(posts - ran.record.aggregated.row.failures, gets);
    assert!(gets > 0 && ran.record.aggregated.row.failures > 0);
}

#[test]
fn rows_in_sequence_are_dealt_to_users_without_overlap() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    Simulation::yaml(
        "
users: 10
spawn_rate: 10
run_time: 4s
data:
  n: { inline: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x], order: sequential, per: user }
user_classes:
  - name: A
    wait_time: { constant: 10s }
    tasks: [{ name: a, get: '/{{ n }}' }]
",
    )
    .shards(3)
    .run(move |request| {
        noted.lock().unwrap().push(request.prepared.url.path().to_owned());
        answer(10)
    });
    let asked = asked.lock().unwrap();
    let distinct: BTreeSet<_> = asked.iter().collect();
    assert_eq!((asked.len(), distinct.len()), (10, 10));
}

#[test]
fn fixed_counts_come_first_and_weights_share_the_rest() {
    let ran = Simulation::yaml(
        "
users: 11
spawn_rate: 11
run_time: 5s
user_classes:
  - { name: Admin, fixed_count: 2, wait_time: { constant: 1s }, tasks: [{ name: a, get: /admin }] }
  - { name: Many, weight: 2, wait_time: { constant: 1s }, tasks: [{ name: m, get: /many }] }
  - { name: Some, weight: 1, wait_time: { constant: 1s }, tasks: [{ name: s, get: /some }] }
",
    )
    .run(|_| answer(10));
    let counts = &ran.ticks[2].snapshot.users_by_class;
    let expected = [("Admin", 2), ("Many", 6), ("Some", 3)];
    assert_eq!(
        *counts,
        expected.map(|(name, count)| (name.to_owned(), count))
    );
}

#[test]
fn a_login_has_a_data_row_before_any_task_has_drawn_one() {
    let ran = Simulation::yaml(
        "
users: 2
spawn_rate: 2
run_time: 5s
data: { account: { inline: [ann, bob], order: sequential } }
user_classes:
  - name: A
    wait_time: { constant: 1s }
    on_start: [{ post: '/login/{{ account }}', request_name: /login }]
    tasks: [{ name: a, get: /a }]
",
    )
    .run(|_| answer(10));
    assert_eq!(ran.requests("POST /login"), 2);
    assert!(ran.record.exceptions.is_empty());
}

#[test]
fn a_hop_that_hangs_is_timed_to_its_end_and_has_no_status() {
    let ran = Simulation::yaml(
        "
users: 1
spawn_rate: 1
run_time: 2s
user_classes:
  - name: A
    wait_time: { constant: 10s }
    tasks: [{ name: a, get: /a, timeout: 5s }]
",
    )
    .run(|request| match request.prepared.url.path() {
        "/a" => SimReply::status(302).header(http::header::LOCATION, "/b".parse().unwrap()),
        _ => SimReply::hang(),
    });
    let row = &ran.record.aggregated.row;
    assert_eq!(
        (row.requests, row.failures, row.statuses.clone()),
        (1, 1, vec![(0, 1)])
    );
    assert_eq!(row.max.unwrap().as_secs(), 5);
}

#[test]
fn secrets_in_failure_texts_are_masked() {
    let ran = Simulation::yaml(
        "
users: 1
spawn_rate: 1
run_time: 2s
user_classes:
  - name: A
    wait_time: { constant: 10s }
    headers: { Authorization: Bearer sk-very-secret }
    tasks: [{ name: a, get: /a, expect: { contains: sk-very-secret } }]
",
    )
    .run(|_| answer(10));
    let error = &ran.record.failures[0].error;
    assert!(
        error.contains("***") && !error.contains("sk-very-secret"),
        "{error}"
    );
}

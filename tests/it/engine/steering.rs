//! A run that is steered from outside while it goes.

use std::time::Duration;

use ragload::event::{Command, End, Ending, MarkKind, RunOutcome};

use super::harness::{Ran, Simulation, answer};

const CONSTANT: &str = "
users: 5
spawn_rate: 5
run_time: 30s
thresholds: [error_rate < 1%]
user_classes:
  - name: A
    wait_time: { constant: 1s }
    tasks: [{ name: a, get: /a }]
";

fn steered(at: f64, users: u32, end: End) -> Ran {
    let spawn_rate = 10.0;
    let command = Command::SetUsers {
        users,
        spawn_rate,
        end,
    };
    Simulation::yaml(CONSTANT)
        .at(at, command)
        .at(70.0, Command::Stop(ragload::event::StopReason::Requested))
        .run(|_| answer(10))
}

#[test]
fn users_set_by_hand_are_reached_at_the_rate_asked_for_and_marked() {
    let ran = steered(10.0, 45, End::Unchanged);
    assert_eq!(ran.users_at(9), 5);
    assert!(
        (10..=20).contains(&ran.users_at(11)),
        "{}",
        ran.users_at(11)
    );
    assert_eq!(ran.users_at(16), 45);
    let marks = &ran.record.marks;
    let users: Vec<_> = marks.iter().filter(|m| m.kind == MarkKind::Users).collect();
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].text, "users 5 → 45");
}

#[test]
fn users_set_by_hand_end_when_they_are_to() {
    for (end, expected) in [
        (End::Unchanged, 30),
        (End::After(Duration::from_secs(40)), 50),
        (End::Never, 70),
    ] {
        let ran = steered(10.0, 3, end);
        let lasted = ran.record.duration.as_secs_f64();
        assert!(
            (lasted - f64::from(expected)).abs() < 1.5,
            "{end:?}: {lasted}"
        );
    }
}

#[test]
fn a_load_of_stages_can_be_taken_over() {
    let stages = "
stages: [{ users: 20, for: 30s, spawn_rate: 20 }, { users: 2, for: 30s, spawn_rate: 20 }]
user_classes:
  - name: A
    wait_time: { constant: 1s }
    tasks: [{ name: a, get: /a }]
";
    let command = Command::SetUsers {
        users: 7,
        spawn_rate: 100.0,
        end: End::Unchanged,
    };
    let ran = Simulation::yaml(stages)
        .at(10.0, command)
        .run(|_| answer(10));
    assert_eq!(
        (ran.users_at(9), ran.users_at(12), ran.users_at(45)),
        (20, 7, 7)
    );
    assert_eq!(ran.record.duration.as_secs(), 60);
}

#[test]
fn statistics_cleared_by_hand_count_anew() {
    let ran = Simulation::yaml(CONSTANT)
        .at(20.0, Command::ResetStats)
        .run(|_| answer(10));
    let all = &ran.record.aggregated.row;
    assert!(
        all.requests > 0 && all.requests < ran.arrived(),
        "{}",
        all.requests
    );
    let before = &ran.ticks[19].snapshot.aggregated;
    let after = &ran.ticks[21].snapshot.aggregated;
    assert!(before.requests > 60 && after.requests < 20);
    let reset = ran
        .record
        .marks
        .iter()
        .filter(|m| m.kind == MarkKind::Reset);
    assert_eq!(reset.count(), 1);
}

#[test]
fn the_record_so_far_says_that_the_run_goes_on_and_agrees_with_the_last_tick() {
    let ran = Simulation::yaml(CONSTANT)
        .at(12.5, Command::Record)
        .run(|_| answer(10));
    let [so_far] = ran.so_far.as_slice() else {
        panic!("{} records", ran.so_far.len());
    };
    assert_eq!(so_far.ending, Ending::Unfinished);
    assert_eq!(so_far.verdict.outcome, RunOutcome::Unfinished);
    assert!(
        so_far
            .verdict
            .reason
            .starts_with("still running; so far: 1 of 1")
    );
    assert_eq!(so_far.aggregated.row, ran.ticks[12].snapshot.aggregated);
    assert_eq!(so_far.timeline.len(), 12);
    assert_eq!(ran.record.ending, Ending::Completed);
}

#[test]
fn a_tick_tells_what_happened_since_the_one_before() {
    let ran = Simulation::yaml(CONSTANT).run(|_| answer(10));
    for (tick, point) in ran.ticks[1..].iter().zip(&ran.record.timeline) {
        assert_eq!(tick.stretch.at, point.at);
        assert!((tick.stretch.rps - point.rps).abs() < 1e-9);
        assert_eq!(tick.stretch.p95, point.p95);
    }
}

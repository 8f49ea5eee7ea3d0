//! The dispatcher against what Locust's own dispatcher was seen to do.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

const VECTORS: &str = include_str!("../../../tests/fixtures/locust/dispatch_vectors.json");

#[derive(Deserialize)]
struct Case {
    case: String,
    classes: Vec<Class>,
    workers: Vec<String>,
    moves: Vec<Move>,
}

#[derive(Deserialize)]
struct Class {
    name: String,
    weight: f64,
    fixed_count: u32,
}

type Users = BTreeMap<String, BTreeMap<String, u32>>;

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Move {
    Dispatch {
        target: u32,
        spawn_rate: f64,
        users_per_iteration: u32,
        seconds_between_iterations: f64,
        sleeps: usize,
        iterations: Vec<Users>,
    },
    AddWorker {
        id: String,
    },
    RemoveWorker {
        id: String,
    },
}

fn class(name: &str, weight: f64, fixed_count: u32) -> ClassShare {
    ClassShare {
        name: name.to_owned(),
        weight,
        fixed_count,
    }
}

fn users(dispatcher: &Dispatcher) -> Users {
    let by_class = |counts: &Vec<u32>| {
        let names = dispatcher.classes().iter().map(|class| class.name.clone());
        names.zip(counts.iter().copied()).collect()
    };
    let workers = dispatcher.workers().iter().cloned();
    workers
        .zip(dispatcher.counts().iter().map(by_class))
        .collect()
}

/// What an engine does that only ever looks at the changes.
fn act(seen: &mut Users, dispatcher: &Dispatcher, step: &Step) {
    let workers = dispatcher.workers();
    seen.retain(|id, _| workers.contains(id));
    for id in workers {
        let counts = seen.entry(id.clone()).or_default();
        for class in dispatcher.classes() {
            counts.entry(class.name.clone()).or_default();
        }
    }
    for change in &step.changes {
        let class = &dispatcher.classes()[change.class].name;
        let count = seen
            .get_mut(&workers[change.worker])
            .and_then(|counts| counts.get_mut(class))
            .unwrap();
        *count = u32::try_from(i64::from(*count) + change.delta).unwrap();
    }
}

fn replay(case: Case) {
    let name = case.case;
    let classes = case.classes.into_iter();
    let classes = classes.map(|c| class(&c.name, c.weight, c.fixed_count));
    let mut dispatcher = Dispatcher::new(classes.collect(), case.workers);
    let mut seen = Users::new();
    for (number, wanted) in case.moves.into_iter().enumerate() {
        match wanted {
            Move::AddWorker { id } => dispatcher.add_worker(&id),
            Move::RemoveWorker { id } => dispatcher.remove_worker(&id),
            Move::Dispatch {
                target,
                spawn_rate,
                users_per_iteration,
                seconds_between_iterations,
                sleeps,
                iterations,
            } => {
                dispatcher.start(target, spawn_rate);
                assert_eq!(dispatcher.users_per_step(), users_per_iteration, "{name}");
                let pause = Duration::from_secs_f64(seconds_between_iterations);
                assert_eq!(dispatcher.pause(), pause, "{name}");
                let mut pauses = 0;
                let mut steps = Vec::new();
                while let Some(step) = dispatcher.step() {
                    act(&mut seen, &dispatcher, &step);
                    assert_eq!(seen, users(&dispatcher), "{name}, move {number}");
                    steps.push(seen.clone());
                    pauses += usize::from(!dispatcher.reached());
                }
                assert_eq!(steps, iterations, "{name}, move {number}");
                assert_eq!(pauses, sleeps, "{name}, move {number}");
            }
        }
    }
}

#[test]
fn every_recorded_case_is_dispatched_as_locust_did() {
    let cases: Vec<Case> = serde_json::from_str(VECTORS).unwrap();
    assert!(cases.len() >= 18);
    for case in cases {
        replay(case);
    }
}

fn run_out(dispatcher: &mut Dispatcher) -> usize {
    std::iter::from_fn(|| dispatcher.step()).count()
}

#[test]
fn a_new_target_replaces_a_ramp_under_way() {
    let mut dispatcher = Dispatcher::new(vec![class("A", 1.0, 0)], vec!["w".to_owned()]);
    dispatcher.start(100, 1.0);
    assert!(dispatcher.step().is_some());
    assert!(dispatcher.step().is_some());
    dispatcher.start(1, 1.0);
    assert_eq!(run_out(&mut dispatcher), 1);
    assert_eq!(dispatcher.total(), 1);
    assert_eq!(dispatcher.step(), None);
}

#[test]
fn a_lost_workers_users_come_back_on_the_others_and_joins_before_a_step_add_up() {
    let workers = ["a_1", "b_1", "c_1"].map(str::to_owned);
    let mut dispatcher = Dispatcher::new(vec![class("A", 1.0, 0)], workers.to_vec());
    dispatcher.start(9, 9.0);
    run_out(&mut dispatcher);
    dispatcher.remove_worker("a_1");
    dispatcher.remove_worker("nobody");
    dispatcher.add_worker("d_1");
    dispatcher.add_worker("d_1");
    let step = dispatcher.step().unwrap();
    let change = |worker, delta| crate::load::Change {
        worker,
        class: 0,
        delta,
    };
    assert_eq!(dispatcher.workers(), ["b_1", "c_1", "d_1"]);
    assert_eq!(step.changes, [change(2, 3)]);
    assert_eq!(dispatcher.step(), None);
}

#[test]
fn without_workers_nothing_runs_and_the_first_one_sees_the_ramp_again() {
    let mut dispatcher = Dispatcher::new(vec![class("A", 1.0, 0)], vec!["w".to_owned()]);
    dispatcher.start(4, 2.0);
    run_out(&mut dispatcher);
    dispatcher.remove_worker("w");
    assert_eq!((dispatcher.total(), dispatcher.step()), (0, None));
    dispatcher.add_worker("v");
    assert_eq!(run_out(&mut dispatcher), 2);
    assert_eq!(dispatcher.counts(), [[4]]);
}

#[test]
fn ten_thousand_users_over_many_workers_and_classes_are_dealt_evenly() {
    let names = "ABCDEFGHIJ".chars().map(String::from);
    let classes = names.map(|name| class(&name, 1.0, 0)).collect();
    let workers: Vec<String> = (0..16).map(|number| format!("h{number}")).collect();
    let mut dispatcher = Dispatcher::new(classes, workers);
    dispatcher.start(10_000, 100.0);
    assert_eq!(run_out(&mut dispatcher), 100);
    let per_worker: Vec<u32> = dispatcher.counts().iter().map(|w| w.iter().sum()).collect();
    assert_eq!(per_worker, vec![625; 16]);
    let of_class_a: u32 = dispatcher.counts().iter().map(|worker| worker[0]).sum();
    assert_eq!(of_class_a, 1_000);
    dispatcher.start(0, 10_000.0);
    assert_eq!(run_out(&mut dispatcher), 1);
    assert_eq!(dispatcher.total(), 0);
}

fn any_class() -> impl Strategy<Value = (f64, u32)> {
    (0.0..10.0f64, prop_oneof![3 => Just(0u32), 1 => 1..4u32])
}

proptest! {
    #[test]
    fn a_ramp_never_overshoots_and_ends_at_its_target(
        shares in prop::collection::vec(any_class(), 1..5),
        workers in 1usize..5,
        targets in prop::collection::vec((0u32..60, 0.1..40.0f64), 1..6),
    ) {
        let classes: Vec<ClassShare> = shares
            .iter()
            .enumerate()
            .map(|(i, (weight, fixed))| class(&format!("C{i}"), *weight, *fixed))
            .collect();
        let most = classes
            .iter()
            .all(|class| class.fixed_count > 0 || class.weight <= 0.0)
            .then(|| classes.iter().map(|class| class.fixed_count).sum::<u32>());
        let workers = (0..workers).map(|number| format!("h_{number}")).collect();
        let mut dispatcher = Dispatcher::new(classes, workers);
        for (target, rate) in targets {
            dispatcher.start(target, rate);
            let mut before = dispatcher.total();
            let (low, high) = (before.min(target), before.max(target));
            while let Some(step) = dispatcher.step() {
                let total = dispatcher.total();
                prop_assert!(total >= low && total <= high);
                prop_assert!(before.abs_diff(total) <= dispatcher.users_per_step());
                let changed: i64 = step.changes.iter().map(|change| change.delta).sum();
                prop_assert_eq!(changed, i64::from(total) - i64::from(before));
                before = total;
            }
            prop_assert_eq!(dispatcher.total(), most.map_or(target, |most| most.min(target)));
            for class in 0..dispatcher.classes().len() {
                let counts = dispatcher.counts();
                let dealt: Vec<u32> = counts.iter().map(|worker| worker.iter().sum()).collect();
                let sum: u32 = counts.iter().map(|worker| worker[class]).sum();
                let fixed = dispatcher.classes()[class].fixed_count;
                prop_assert!(fixed == 0 || sum <= fixed);
                prop_assert_eq!(dealt.iter().sum::<u32>(), dispatcher.total());
            }
        }
    }
}

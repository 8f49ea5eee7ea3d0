//! How many requests a plan may send, before it sends any.
//!
//! Must not know who asks.

use std::time::Duration;

use crate::load::WaitTime;
use crate::request::DataSet;

use super::plan::{Load, Plan, Stage, Step, Task, UserClass};

/// About how many requests the plan sends if the target answers at once, for people to judge by.
/// None where it depends on the target alone (users that never wait), or the run has no end.
#[must_use]
pub fn requests(plan: &Plan) -> Option<u64> {
    counted(plan, is_request)
}

/// About how many of these requests have declared answers: those that cost tokens.
#[must_use]
pub fn answers(plan: &Plan) -> Option<u64> {
    counted(plan, |step| match step {
        Step::Request(request) => request.response.is_some(),
        Step::Wait(_) => false,
    })
}

fn counted(plan: &Plan, counts: fn(&Step) -> bool) -> Option<u64> {
    let user_seconds = user_seconds(&plan.load)?;
    let peak = f64::from(plan.load.peak_users());
    let fixed: f64 = plan
        .classes
        .iter()
        .map(|class| f64::from(class.fixed_count))
        .sum();
    let weighted = (peak - fixed).max(0.0);
    let weights: f64 = plan
        .classes
        .iter()
        .filter(|c| c.fixed_count == 0)
        .map(|class| class.weight)
        .sum();
    let mut requests = 0.0;
    for class in &plan.classes {
        let users = if class.fixed_count > 0 {
            f64::from(class.fixed_count).min(peak)
        } else {
            weighted * class.weight / weights
        };
        let Pace {
            requests_per_task,
            seconds_per_task,
        } = pace(class, &plan.data, counts)?;
        // Each user's first task comes before its first wait.
        let tasks = 1.0 + user_seconds / peak.max(1.0) / seconds_per_task;
        requests += users * tasks * requests_per_task;
    }
    whole(requests)
}

/// A number as a count.
pub(super) fn whole(number: f64) -> Option<u64> {
    format!("{:.0}", number.round()).parse().ok()
}

/// A count as a number to calculate with.
#[expect(
    clippy::cast_precision_loss,
    reason = "an estimate is not exact to the last of 2^53"
)]
pub(super) fn as_f64(count: u64) -> f64 {
    count as f64
}

/// What one user does whose answers take no time, on average.
struct Pace {
    requests_per_task: f64,
    seconds_per_task: f64,
}

/// None for users that never wait: only the target slows them down.
fn pace(class: &UserClass, data: &[DataSet], counts: fn(&Step) -> bool) -> Option<Pace> {
    let total = class.total_weight();
    let mean = |figure: &dyn Fn(&Task) -> f64| -> f64 {
        class
            .tasks
            .iter()
            .map(|task| figure(task) * f64::from(task.weight) / total)
            .sum()
    };
    let seconds = mean(&|task| task_seconds(task, data));
    let seconds_per_task = match class.wait_time {
        WaitTime::Pacing(pace) => seconds.max(pace.as_secs_f64()),
        wait => seconds + wait_seconds(wait),
    };
    let requests_per_task = mean(&|task| task_requests(task, data, counts));
    (seconds_per_task > 0.0).then_some(Pace {
        requests_per_task,
        seconds_per_task,
    })
}

fn is_request(step: &Step) -> bool {
    matches!(step, Step::Request(_))
}

fn task_requests(task: &Task, data: &[DataSet], counts: fn(&Step) -> bool) -> f64 {
    let (of_turn, turns) = turns(task, data);
    let counted = of_turn.iter().filter(|step| counts(step));
    counted.map(|_| turns).sum()
}

fn task_seconds(task: &Task, data: &[DataSet]) -> f64 {
    let (of_turn, turns) = turns(task, data);
    let pause = (task.conversation.as_ref()).map_or(0.0, |held| wait_seconds(held.pause));
    of_turn.iter().map(step_seconds).sum::<f64>() * turns + (turns - 1.0) * pause
}

/// The steps of one turn, and how many turns there are on average: one of all steps where there
/// is no conversation.
fn turns<'t>(task: &'t Task, data: &[DataSet]) -> (&'t [Step], f64) {
    match &task.conversation {
        None => (&task.steps, 1.0),
        Some(held) => (held.steps_of(&task.steps, 1), held.average_turns(data)),
    }
}

fn step_seconds(step: &Step) -> f64 {
    match step {
        Step::Request(_) => 0.0,
        Step::Wait(wait) => wait_seconds(*wait),
    }
}

fn wait_seconds(wait: WaitTime) -> f64 {
    match wait {
        WaitTime::Constant(time) | WaitTime::Pacing(time) => time.as_secs_f64(),
        WaitTime::Between(from, to) => (from + to).as_secs_f64() / 2.0,
    }
}

/// The area under the curve of users over time.
fn user_seconds(load: &Load) -> Option<f64> {
    match load {
        Load::Users {
            users,
            spawn_rate,
            run_time,
        } => Some(held(0, *users, *spawn_rate, (*run_time)?)),
        Load::Stages(stages) => {
            let mut before = 0;
            let areas = stages.iter().map(|stage| match *stage {
                Stage::Hold {
                    users,
                    spawn_rate,
                    lasts,
                } => {
                    let area = held(before, users, spawn_rate, lasts);
                    before = users;
                    area
                }
                Stage::Ramp { to, lasts } => {
                    let area = f64::from(before + to) / 2.0 * lasts.as_secs_f64();
                    before = to;
                    area
                }
            });
            Some(areas.sum())
        }
    }
}

/// Users go from `before` to `users` at a rate and stay there until the time is over.
fn held(before: u32, users: u32, spawn_rate: f64, lasts: Duration) -> f64 {
    let lasts = lasts.as_secs_f64();
    let ramp = (f64::from(users.abs_diff(before)) / spawn_rate).min(lasts);
    f64::from(before + users) / 2.0 * ramp + f64::from(users) * (lasts - ramp)
}

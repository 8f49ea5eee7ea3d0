//! `stages`: a closed load in several steps.
//!
//! Must not know how the stages are walked.

use super::super::plan::Stage;
use super::super::problems::Report;
use super::value::{At, Keys};

pub(super) const KEYS: Keys = Keys {
    known: &["users", "for", "spawn_rate", "ramp_to"],
    later: &["rate", "ramp_to_rate"],
};
const WANTED: &str = "{ users: 50, for: 2m, spawn_rate: 10 } or { ramp_to: 200, for: 5m }";

/// Reads the stages; a stage that says no spawn rate has `spawn_rate`, else all of its users in
/// the first second.
pub(in super::super) fn stages(
    at: &At<'_>,
    spawn_rate: Option<f64>,
    report: &mut Report,
) -> Vec<Stage> {
    let items = at.list(report, "a list of stages");
    if at.as_list().is_some() && items.is_empty() {
        at.problem(report, "has no stage; at least one is needed");
    }
    let mut stages = Vec::new();
    for item in &items {
        stages.extend(stage(item, spawn_rate, report));
    }
    let nobody = |stage: &Stage| {
        matches!(
            stage,
            Stage::Hold { users: 0, .. } | Stage::Ramp { to: 0, .. }
        )
    };
    if !stages.is_empty() && stages.iter().all(nobody) {
        at.problem(report, "must have users in at least one stage, found none");
    }
    stages
}

fn stage(at: &At<'_>, default_rate: Option<f64>, report: &mut Report) -> Option<Stage> {
    let fields = at.fields(&KEYS, report, &format!("a stage: {WANTED}"))?;
    if fields.refused {
        return None;
    }
    let lasts = fields
        .get("for")
        .and_then(|at| at.duration(report).map(|lasts| (at, lasts)));
    if fields.get("for").is_none() {
        at.problem(
            report,
            "has no `for`; say how long the stage lasts, such as for: 2m",
        );
    }
    let users = fields.get("users").map(|at| at.count(report, 0));
    let ramp = fields.get("ramp_to").map(|at| at.count(report, 0));
    let rate = fields.get("spawn_rate").map(|at| at.rate(report));
    let (at_for, lasts) = lasts?;
    if lasts.is_zero() {
        at_for.wrong(report, "above 0");
        return None;
    }
    match (users, ramp, rate) {
        (Some(users), None, rate) => {
            let users = users?;
            let rate = match rate {
                Some(rate) => rate?,
                None => default_rate.unwrap_or(f64::from(users.max(1))),
            };
            Some(Stage::Hold {
                users,
                spawn_rate: rate,
                lasts,
            })
        }
        (None, Some(to), None) => Some(Stage::Ramp { to: to?, lasts }),
        (None, Some(_), Some(_)) => {
            let message = "a ramp has no `spawn_rate`: it takes the whole stage; leave it out";
            at.problem(report, message);
            None
        }
        (Some(_), Some(_), _) | (None, None, _) => {
            at.problem(report, format!("must be {WANTED}"));
            None
        }
    }
}

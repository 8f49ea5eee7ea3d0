//! Scenarios to choose from, what an order would come to, and what is being run.
//!
//! Must not know how a plan is made.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::event::StageBand;
use crate::output::task_ratio::{json as ratios, planned};
use crate::scenario::plan::{Load, Task, UserClass};
use crate::scenario::{ListedContent, ListedScenario, Plan, estimate, paid};
use crate::threshold::Threshold;

use super::super::{Shared, reply};
use super::commands::{ordered, refusal};

/// The scenarios to choose from.
pub(super) async fn scenarios(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let launcher = Arc::clone(shared.control.launcher());
    let listed = tokio::task::spawn_blocking(move || {
        let listed: Vec<Value> = launcher.scenarios().iter().filter_map(scenario).collect();
        json!({ "default": launcher.default_scenario(), "scenarios": listed })
    });
    match listed.await {
        Ok(listed) => reply::json(&listed),
        Err(_) => broken(),
    }
}

/// A scenario that can be chosen; none for a workload that others include.
fn scenario(listed: &ListedScenario) -> Option<Value> {
    let ListedScenario {
        name,
        origin,
        content,
    } = listed;
    match content {
        ListedContent::Runnable {
            description,
            load: of,
        } => Some(json!({
            "name": name, "origin": origin, "description": description, "load": load(of),
        })),
        ListedContent::Broken(problems) => Some(json!({
            "name": name, "origin": origin, "problems": problems.to_string(),
        })),
        ListedContent::Shared { .. } => None,
    }
}

/// What an order would come to; nothing is sent.
pub(super) async fn plan(
    State(shared): State<Arc<Shared>>,
    request: Request,
) -> Result<Response<Body>, Response<Body>> {
    let order = ordered(request).await?;
    let launcher = Arc::clone(shared.control.launcher());
    let planned = tokio::task::spawn_blocking(move || {
        let plan = launcher.plan(&order)?;
        let approved = launcher
            .approve(&plan, order.confirm_host.as_deref())
            .is_ok();
        let mut value = described(&plan);
        value["approved"] = approved.into();
        Ok(value)
    });
    let planned = planned.await.map_err(|_| broken())?;
    planned
        .map(|value| reply::json(&value))
        .map_err(|refused| refusal(&refused))
}

/// What is, was or would be run.
pub(super) async fn run(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let view = shared.control.board().view();
    let mut value = view
        .plan
        .as_ref()
        .map_or_else(|| json!({}), |plan| described(plan));
    value["run"] = view.run.into();
    // Not every run keeps one.
    let launcher = shared.control.launcher();
    let history = view.plan.as_ref().and_then(|plan| launcher.history(plan));
    value["history"] = history.is_some().into();
    reply::json(&value)
}

fn broken() -> Response<Body> {
    reply::error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the scenarios could not be read",
    )
}

fn described(plan: &Plan) -> Value {
    json!({
        "scenario": plan.scenario,
        "description": plan.description,
        "host": plan.target.shown,
        "host_name": plan.target.base.host_str(),
        "host_class": plan.target.class,
        "load": load(&plan.load),
        "stages": StageBand::of(&plan.load),
        "requests": estimate::requests(plan),
        "paid": paid::reason(plan).filter(|_| paid::is_unlimited(plan)),
        "user_classes": plan.classes.iter().map(class).collect::<Vec<_>>(),
        "task_ratios": ratios(&planned(plan)),
        "thresholds": plan.thresholds.iter().map(condition).collect::<Vec<_>>(),
        "stop_if": plan.stop_if.iter().map(condition).collect::<Vec<_>>(),
        "settings": plan.settings,
        "warnings": plan.warnings,
        "resolved": plan.resolved,
    })
}

fn load(load: &Load) -> Value {
    match load {
        Load::Users {
            users,
            spawn_rate,
            run_time,
        } => json!({
            "users": users,
            "spawn_rate": spawn_rate,
            "run_time": run_time.map(|time| time.as_secs_f64()),
        }),
        Load::Stages(_) => json!({
            "peak_users": load.peak_users(),
            "run_time": load.run_time().map(|time| time.as_secs_f64()),
        }),
    }
}

fn class(class: &UserClass) -> Value {
    json!({
        "name": class.name,
        "weight": class.weight,
        "fixed_count": class.fixed_count,
        "tasks": class.tasks.iter().map(task).collect::<Vec<_>>(),
    })
}

fn task(task: &Task) -> Value {
    json!({ "name": task.name, "weight": task.weight, "tags": task.tags })
}

fn condition(threshold: &Threshold) -> Value {
    json!({ "condition": threshold.condition(), "level": threshold.level })
}

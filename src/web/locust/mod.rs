//! Locust's web API: the routes that scripts, exporters and dashboards poll.
//!
//! Owns Locust's paths, keys, types and messages. Must not know how a run is carried out.

mod downloads;
mod requests;
mod swarm;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::event::{Phase, StopReason};
use crate::output::task_ratio;

use super::board::{Stage, View};
use super::{Shared, reply};

/// Locust's routes.
pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/swarm", post(swarm::swarm))
        // Older scripts send these two as GET; the guard knows them.
        .route("/stop", get(stop).post(stop))
        .route("/stats/reset", get(reset).post(reset))
        .route("/stats/requests", get(requests::requests))
        .route("/stats/requests/csv", get(downloads::requests))
        .route("/stats/failures/csv", get(downloads::failures))
        .route("/stats/requests_full_history/csv", get(downloads::history))
        .route("/stats/report", get(downloads::report))
        .route("/exceptions", get(exceptions))
        .route("/exceptions/csv", get(downloads::exceptions))
        .route("/tasks", get(tasks))
        .route("/logs", get(logs))
        .route("/worker-count", get(worker_count))
        .route("/user", post(user))
}

/// Locust's word for what is going on.
fn state(view: &View) -> &'static str {
    match (view.stage, &view.tick) {
        (Stage::Ready, _) => "ready",
        (Stage::Starting, _) | (Stage::Going, None) => "spawning",
        (Stage::Over, _) => "stopped",
        (Stage::Going, Some(tick)) => match tick.phase {
            Phase::Spawning => "spawning",
            Phase::Running => "running",
            Phase::Stopping | Phase::Stopped => "cleanup",
        },
    }
}

async fn stop(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shared.control.stop(StopReason::Requested).await;
    reply::locust(json!({ "message": "Test stopped", "success": true }))
}

async fn reset(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shared.control.reset().await;
    reply::of_type("text/html; charset=utf-8", "ok")
}

async fn exceptions(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let view = shared.control.board().view();
    let rows = view.tick.iter().flat_map(|tick| &tick.snapshot.exceptions);
    let exceptions: Vec<Value> = rows
        .map(|row| {
            json!({
                "count": row.count,
                "msg": row.message,
                "traceback": row.traceback,
                "nodes": "local",
            })
        })
        .collect();
    reply::locust(json!({ "exceptions": exceptions }))
}

async fn tasks(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let view = shared.control.board().view();
    let users = match (&view.tick, view.stage) {
        (Some(tick), Stage::Going) => tick.snapshot.users_by_class.as_slice(),
        _ => &[],
    };
    let ratios = view
        .plan
        .as_ref()
        .map(|plan| task_ratio::running(plan, users));
    reply::locust(task_ratio::json(&ratios.unwrap_or_default()))
}

async fn logs(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let lines = shared.control.logs().lines();
    reply::locust(json!({ "master": lines, "workers": {} }))
}

async fn worker_count() -> Response<Body> {
    reply::locust(json!({ "worker_count": 0 }))
}

/// Locust changes a user class here while it runs; a plan does not change.
async fn user() -> Response<Body> {
    let problem = "user classes are changed in the scenario, not while the program runs";
    reply::error(StatusCode::NOT_IMPLEMENTED, problem)
}

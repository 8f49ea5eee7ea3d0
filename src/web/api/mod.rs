//! Our own web API, `/api/v1`: what Locust's routes cannot say or ask.
//!
//! Owns its paths and keys; `docs/web-api.md` tells them. Must not know how a run is carried out.

mod commands;
mod course;
mod events;
mod failures;
mod plans;
mod state;
mod told;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use serde_json::json;

use crate::output::record;

use super::{Shared, reply};

pub(super) use told::Told;

/// Our routes.
pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/state", get(now))
        .route("/events", get(events::events))
        .route("/run", get(plans::run))
        .route("/course", get(course::course))
        .route("/failures", get(failures::failures))
        .route("/record", get(whole_record))
        .route("/logs", get(logs))
        .route("/scenarios", get(plans::scenarios))
        .route("/plan", post(plans::plan))
        .route("/start", post(commands::start))
        .route("/users", post(commands::users))
        .route("/pause", post(commands::pause))
        .route("/resume", post(commands::resume))
        .route("/reset", post(commands::reset))
        .route("/stop", post(commands::stop))
        .route("/abort", post(commands::abort))
}

async fn now(State(shared): State<Arc<Shared>>) -> Response<Body> {
    stand(&shared)
}

/// How things stand.
fn stand(shared: &Shared) -> Response<Body> {
    let state = shared.told.of(&shared.control.board().view());
    reply::of_type("application/json", state.to_string())
}

async fn logs(State(shared): State<Arc<Shared>>) -> Response<Body> {
    reply::json(&json!({ "lines": shared.control.logs().lines() }))
}

/// The run record as far as the run has come.
async fn whole_record(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let Some(record) = shared.control.record().await else {
        return no_run_yet();
    };
    let name = record::file_name(&record.scenario, record.started_unix);
    let written = tokio::task::spawn_blocking(move || record::to_json(&record)).await;
    let Ok(text) = written else {
        return reply::error(StatusCode::INTERNAL_SERVER_ERROR, "the record broke down");
    };
    reply::attachment(reply::of_type("application/json", text), &name)
}

fn no_run_yet() -> Response<Body> {
    reply::error(StatusCode::NOT_FOUND, "there is no run yet")
}

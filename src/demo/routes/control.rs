//! `/faults` and `/counts`: the levers and the tally.
//!
//! Owns their HTTP. Must not know what a fault does. None of these requests is counted, so that a
//! test may look without changing what it looks at.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

use crate::demo::counts::CountsSnapshot;
use crate::demo::faults::Faults;
use crate::demo::reply::Whole;
use crate::demo::shared::Shared;
use crate::demo::tally::AnswersSnapshot;

/// The faults in force.
pub(super) async fn faults(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shown(&shared.faults())
}

/// Lays the faults of the body over those in force.
pub(super) async fn merge_faults(State(shared): State<Arc<Shared>>, body: Bytes) -> Response<Body> {
    let change: Value = match serde_json::from_slice(&body) {
        Ok(change) => change,
        Err(error) => return refused(&format!("the body must be JSON: {error}")),
    };
    match shared.merge_faults(&change) {
        Ok(faults) => shown(&faults),
        Err(error) => refused(&error.to_string()),
    }
}

/// Switches every fault off.
pub(super) async fn heal(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shared.heal();
    shown(&shared.faults())
}

/// What became of every request, and what was in the answers.
pub(super) async fn counts(State(shared): State<Arc<Shared>>) -> Response<Body> {
    Whole::json(StatusCode::OK, &Account::of(&shared)).into_response()
}

/// Starts counting again.
pub(super) async fn reset_counts(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shared.reset_counts();
    Whole::json(StatusCode::OK, &Account::of(&shared)).into_response()
}

/// The routes with their endings, and `answers` beside them.
#[derive(Serialize)]
struct Account {
    #[serde(flatten)]
    requests: CountsSnapshot,
    #[serde(skip_serializing_if = "AnswersSnapshot::is_empty")]
    answers: AnswersSnapshot,
}

impl Account {
    fn of(shared: &Shared) -> Self {
        Account {
            requests: shared.counts.snapshot(),
            answers: shared.answers.snapshot(),
        }
    }
}

fn shown(faults: &Faults) -> Response<Body> {
    Whole::json(StatusCode::OK, faults).into_response()
}

fn refused(message: &str) -> Response<Body> {
    Whole::error(StatusCode::BAD_REQUEST, message).into_response()
}

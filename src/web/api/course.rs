//! `/course`: what charts are drawn from.
//!
//! Must not know how they are drawn.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde_json::{Value, json};

use crate::event::StageBand;

use super::super::{Shared, reply};

/// The points of the run until now, its stages, and the moments at which something changed.
pub(super) async fn course(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let record = shared.control.record().await;
    let board = shared.control.board();
    let view = board.view();
    let (points, course) = board.course();
    let stages = view.plan.as_ref().map(|plan| StageBand::of(&plan.load));
    reply::json(&json!({
        "run": view.run,
        "points": points,
        "course": course,
        "stages": stages.unwrap_or_default(),
        "marks": record.map_or_else(|| Value::Array(Vec::new()), |record| json!(record.marks)),
    }))
}

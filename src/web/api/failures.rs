//! `/failures`: every failure, each with the first answers it was seen in.
//!
//! Must not know how they are shown.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde_json::{Value, json};

use crate::event::RunRecord;
use crate::stats::FailureRow;

use super::super::{Shared, reply};
use super::no_run_yet;

pub(super) async fn failures(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let Some(record) = shared.control.record().await else {
        return no_run_yet();
    };
    let failures: Vec<Value> = record
        .failures
        .iter()
        .map(|row| failure(&record, row))
        .collect();
    reply::json(&json!({
        "started": record.started_unix.as_secs_f64(),
        "failures": failures,
        "exceptions": record.exceptions,
    }))
}

fn failure(record: &RunRecord, row: &FailureRow) -> Value {
    let of_this = record
        .failed_answers
        .iter()
        .filter(|recorded| recorded.endpoint == row.endpoint && recorded.error == row.error);
    let mut failure = json!(row);
    failure["answers"] = of_this.map(|recorded| json!(recorded.answer)).collect();
    failure
}

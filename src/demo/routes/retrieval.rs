//! `GET /retrieval`: a search without an answer.
//!
//! Owns the parameters and the shape of the results. Must not know how documents are ranked.

use std::sync::Arc;

use axum::extract::Query;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::query::check_count;
use crate::demo::answer::Source;
use crate::demo::gate::Call;
use crate::demo::pipeline::milliseconds;
use crate::demo::reply::{Reply, Whole, breakdown};
use crate::demo::shared::Shared;
use crate::demo::tally::Tally;

#[derive(Deserialize)]
struct Parameters {
    #[serde(default)]
    query: String,
    #[serde(default = "five")]
    limit: i64,
}

fn five() -> i64 {
    5
}

/// The documents that fit the query best.
pub(super) async fn retrieval(shared: Arc<Shared>, mut call: Call) -> Reply {
    let (query, limit) = match read(&call) {
        Ok(asked) => asked,
        Err(message) => return Whole::error(StatusCode::BAD_REQUEST, &message).into(),
    };
    let results: Vec<Source> = {
        let hits = shared.index.search(&query, limit);
        hits.iter().map(Source::from).collect()
    };
    let latency = shared.latency;
    let searching = latency.draw(latency.retrieval, call.slowdown, &mut call.rng);
    shared.pause(searching).await;
    let took_ms = milliseconds(shared.clock.now().since(call.arrived));
    let tally = Tally {
        answers: 1,
        sources: results.len() as u64,
        ..Tally::default()
    };
    let found = json!({"results": results, "took_ms": took_ms});
    Whole::json(StatusCode::OK, &found)
        .with_header("server-timing", format!("retrieval;dur={took_ms}"))
        .with_answer(tally, &breakdown())
        .into()
}

fn read(call: &Call) -> Result<(String, usize), String> {
    let Query(parameters) = Query::<Parameters>::try_from_uri(&call.uri)
        .map_err(|error| format!("unreadable parameters: {}", error.body_text()))?;
    if parameters.query.trim().is_empty() {
        return Err("the parameter query must not be missing or empty".to_owned());
    }
    let limit = check_count("limit", parameters.limit)?;
    Ok((parameters.query, limit))
}

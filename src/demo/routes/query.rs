//! `POST /query` and `POST /query/stream`: a question, answered at once or as a stream.
//!
//! Owns how it is asked. Must not know how an answer comes about.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::demo::dialects::Rag;
use crate::demo::gate::Call;
use crate::demo::pipeline::Prompt;
use crate::demo::reply::{Reply, Whole};
use crate::demo::respond::{Telling, respond};
use crate::demo::shared::Shared;

#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    query: String,
    #[serde(default = "five")]
    top_k: i64,
    stream: Option<bool>,
}

fn five() -> i64 {
    5
}

/// Answers a question, whole unless a stream is asked for.
pub(super) async fn query(shared: Arc<Shared>, call: Call) -> Reply {
    match read(&call.body) {
        Err(message) => Whole::error(StatusCode::BAD_REQUEST, &message).into(),
        Ok((prompt, streamed)) => {
            let telling = Telling {
                dialect: Box::new(Rag::Tokens),
                streamed: streamed.unwrap_or(false),
            };
            respond(shared, call, prompt, telling).await
        }
    }
}

/// Answers a question as a stream, unless `stream` is false.
pub(super) async fn query_stream(shared: Arc<Shared>, call: Call) -> Reply {
    match read(&call.body) {
        Err(message) => Whole::error(StatusCode::BAD_REQUEST, &message).into(),
        Ok((prompt, streamed)) => {
            let telling = Telling {
                dialect: Box::new(Rag::Deltas),
                streamed: streamed.unwrap_or(true),
            };
            respond(shared, call, prompt, telling).await
        }
    }
}

/// The prompt, and whether it is to be answered as a stream.
fn read(body: &Bytes) -> Result<(Prompt, Option<bool>), String> {
    let question: Question = serde_json::from_slice(body)
        .map_err(|error| format!("the body must be JSON with a query: {error}"))?;
    if question.query.trim().is_empty() {
        return Err("query must not be missing or empty".to_owned());
    }
    let prompt = Prompt {
        top_k: check_count("top_k", question.top_k)?,
        question: question.query,
        history_tokens: 0,
        reasoning_tokens: 0,
        most_tokens: None,
    };
    Ok((prompt, question.stream))
}

/// A number of documents within its limits.
///
/// # Errors
/// What to tell the caller.
pub(super) fn check_count(name: &str, count: i64) -> Result<usize, String> {
    usize::try_from(count)
        .ok()
        .filter(|count| (1..=50).contains(count))
        .ok_or_else(|| format!("{name} must be between 1 and 50, found {count}"))
}

//! `POST /v1/chat/completions` and `POST /api/chat`: the same answers in the shapes of OpenAI and
//! Ollama.
//!
//! Owns how they are asked. Must not know how an answer comes about.

use std::sync::Arc;

use axum::http::StatusCode;
use rand::RngExt;

use super::conversation;
use crate::demo::dialects::{Ollama, OpenAi};
use crate::demo::gate::Call;
use crate::demo::reply::{Reply, Whole};
use crate::demo::respond::{Telling, respond};
use crate::demo::shared::Shared;

/// The model's name when the caller gives none.
const MODEL: &str = "ragload-demo";

/// Answers the last message of the user in OpenAI's shape, whole unless a stream is asked for.
pub(super) async fn openai(shared: Arc<Shared>, mut call: Call) -> Reply {
    let (conversation, prompt) = match conversation::read(&call.body, &call.faults) {
        Ok(asked) => asked,
        Err(message) => return Whole::error(StatusCode::BAD_REQUEST, &message).into(),
    };
    let dialect = OpenAi {
        id: format!("chatcmpl-{:016x}", call.rng.random::<u64>()),
        created: shared.clock.unix(call.arrived).as_secs(),
        model: conversation.model.unwrap_or_else(|| MODEL.to_owned()),
        include_usage: conversation.stream_options.include_usage,
    };
    let telling = Telling {
        dialect: Box::new(dialect),
        streamed: conversation.stream.unwrap_or(false),
    };
    respond(shared, call, prompt, telling).await
}

/// Answers the last message of the user in Ollama's shape, as a stream unless told otherwise.
pub(super) async fn ollama(shared: Arc<Shared>, call: Call) -> Reply {
    let (conversation, prompt) = match conversation::read(&call.body, &call.faults) {
        Ok(asked) => asked,
        Err(message) => return Whole::error(StatusCode::BAD_REQUEST, &message).into(),
    };
    let dialect = Ollama {
        model: conversation.model.unwrap_or_else(|| MODEL.to_owned()),
    };
    let telling = Telling {
        dialect: Box::new(dialect),
        streamed: conversation.stream.unwrap_or(true),
    };
    respond(shared, call, prompt, telling).await
}

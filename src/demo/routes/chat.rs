//! `POST /v1/chat/completions`: the same answers in OpenAI's shape.
//!
//! Owns that shape. Must not know how an answer comes about.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use rand::RngExt;
use serde::Deserialize;
use serde_json::{Value, json};

use super::query::Pace;
use crate::demo::answer::{self, Usage};
use crate::demo::gate::Call;
use crate::demo::pipeline::{self, Draft};
use crate::demo::reply::{Beat, Reply, Script, Whole, header};
use crate::demo::shared::Shared;
use crate::demo::sse;

/// Documents put into the prompt.
const TOP_K: usize = 3;
/// The model's name when the caller gives none.
const MODEL: &str = "ragload-demo";

#[derive(Deserialize)]
struct Conversation {
    #[serde(default)]
    messages: Vec<Message>,
    model: Option<String>,
    #[serde(default)]
    stream: bool,
    #[serde(default)]
    stream_options: StreamOptions,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    /// Text, or a list of parts of which the texts count.
    #[serde(default)]
    content: Value,
}

#[derive(Default, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

/// What every object of one answer repeats.
struct Envelope {
    id: String,
    created: u64,
    model: String,
    include_usage: bool,
}

/// Answers the last message of the user.
pub(super) async fn chat(shared: Arc<Shared>, mut call: Call) -> Reply {
    let (conversation, question) = match read(&call.body) {
        Ok(asked) => asked,
        Err(message) => return Whole::error(StatusCode::BAD_REQUEST, &message).into(),
    };
    let envelope = Envelope {
        id: format!("chatcmpl-{:016x}", call.rng.random::<u64>()),
        created: shared.clock.unix(call.arrived).as_secs(),
        model: conversation.model.unwrap_or_else(|| MODEL.to_owned()),
        include_usage: conversation.stream_options.include_usage,
    };
    match pipeline::draft(Arc::clone(&shared), &mut call, &question, TOP_K).await {
        Err(refusal) => refusal.into(),
        Ok(draft) if conversation.stream => Reply::Stream(stream(draft, envelope)),
        Ok(draft) => whole(&shared, draft, &envelope).await.into(),
    }
}

fn read(body: &Bytes) -> Result<(Conversation, String), String> {
    let conversation: Conversation = serde_json::from_slice(body)
        .map_err(|error| format!("the body must be JSON with messages: {error}"))?;
    let question = conversation
        .messages
        .iter()
        .rev()
        .find(|message| message.role == "user")
        .map(|message| text_of(&message.content))
        .filter(|text| !text.trim().is_empty())
        .ok_or("messages must hold a message of the user that is not empty")?;
    Ok((conversation, question))
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

async fn whole(shared: &Shared, draft: Draft, envelope: &Envelope) -> Whole {
    shared.pause(draft.generation).await;
    drop(draft.slot);
    let timings = draft.record.close();
    let completion = json!({
        "id": envelope.id,
        "object": "chat.completion",
        "created": envelope.created,
        "model": envelope.model,
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": draft.answer.text},
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": draft.answer.usage,
    });
    Whole::json(StatusCode::OK, &completion)
        .with_header("server-timing", timings.header())
        .with_header("x-cache", pipeline::cache_header(draft.cached))
}

fn stream(draft: Draft, envelope: Envelope) -> Script {
    let pace = Pace::of(&draft);
    let role = json!({"role": "assistant", "content": ""});
    let mut beats = VecDeque::from([Beat {
        wait: Duration::ZERO,
        bytes: sse::unnamed(&envelope.chunk(&role, None)),
    }]);
    let tokens = answer::tokens(&draft.answer.text).enumerate();
    beats.extend(tokens.map(|(number, token)| Beat {
        wait: pace.before(number),
        bytes: sse::unnamed(&envelope.chunk(&json!({"content": token}), None)),
    }));
    let headers = [
        header("server-timing", draft.record.timings().early_header()),
        header("x-cache", pipeline::cache_header(draft.cached)),
    ];
    let (usage, record) = (draft.answer.usage, draft.record);
    Script {
        headers: headers.into_iter().flatten().collect(),
        beats,
        ending: Box::new(move || {
            record.close();
            envelope.ending(usage)
        }),
        slot: draft.slot,
    }
}

impl Envelope {
    fn chunk(&self, delta: &Value, finish_reason: Option<&str>) -> Value {
        let choice = json!({
            "index": 0,
            "delta": delta,
            "logprobs": null,
            "finish_reason": finish_reason,
        });
        self.around(&json!([choice]), None)
    }

    /// The object around `choices`. With `include_usage` every chunk has the key, only the last
    /// one a value.
    fn around(&self, choices: &Value, usage: Option<Usage>) -> Value {
        let mut chunk = json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        });
        if self.include_usage {
            chunk["usage"] = json!(usage);
        }
        chunk
    }

    /// The finish reason, the usage if it was asked for, and the end marker.
    fn ending(&self, usage: Usage) -> Bytes {
        let mut bytes = sse::unnamed(&self.chunk(&json!({}), Some("stop"))).to_vec();
        if self.include_usage {
            bytes.extend(sse::unnamed(&self.around(&json!([]), Some(usage))));
        }
        bytes.extend(sse::DONE.as_bytes());
        bytes.into()
    }
}

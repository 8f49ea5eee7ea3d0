//! `POST /query`: a question, answered at once or as a stream.
//!
//! Owns this API's shape. Must not know how an answer comes about.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::demo::answer;
use crate::demo::gate::Call;
use crate::demo::pipeline::{self, Draft};
use crate::demo::reply::{Beat, Reply, Script, Whole, header};
use crate::demo::shared::Shared;
use crate::demo::sse;

/// Tokens between two keep-alive comments.
const TOKENS_PER_KEEP_ALIVE: usize = 20;
/// Share of the generation that passes before the first token, one part in so many.
const FIRST_TOKEN_PART: u32 = 3;

#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    query: String,
    #[serde(default = "five")]
    top_k: i64,
    #[serde(default)]
    stream: bool,
}

fn five() -> i64 {
    5
}

/// Answers a question.
pub(super) async fn query(shared: Arc<Shared>, mut call: Call) -> Reply {
    let (question, top_k) = match read(&call.body) {
        Ok(asked) => asked,
        Err(message) => return Whole::error(StatusCode::BAD_REQUEST, &message).into(),
    };
    let draft = pipeline::draft(Arc::clone(&shared), &mut call, &question.query, top_k).await;
    match draft {
        Err(refusal) => refusal.into(),
        Ok(draft) if question.stream => Reply::Stream(stream(draft)),
        Ok(draft) => whole(&shared, draft).await.into(),
    }
}

fn read(body: &Bytes) -> Result<(Question, usize), String> {
    let question: Question = serde_json::from_slice(body)
        .map_err(|error| format!("the body must be JSON with a query: {error}"))?;
    if question.query.trim().is_empty() {
        return Err("query must not be missing or empty".to_owned());
    }
    let top_k = check_count("top_k", question.top_k)?;
    Ok((question, top_k))
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

async fn whole(shared: &Shared, draft: Draft) -> Whole {
    shared.pause(draft.generation).await;
    drop(draft.slot);
    let timings = draft.record.close();
    let answer = json!({
        "answer": draft.answer.text,
        "sources": draft.answer.sources,
        "timings": timings,
        "usage": draft.answer.usage,
        "cached": draft.cached,
    });
    Whole::json(StatusCode::OK, &answer)
        .with_header("server-timing", timings.header())
        .with_header("x-cache", pipeline::cache_header(draft.cached))
}

fn stream(draft: Draft) -> Script {
    let sources = json!({"sources": draft.answer.sources});
    let mut beats = VecDeque::from([Beat {
        wait: Duration::ZERO,
        bytes: sse::named("sources", &sources),
    }]);
    let pace = Pace::of(&draft);
    for (number, token) in answer::tokens(&draft.answer.text).enumerate() {
        if number % TOKENS_PER_KEEP_ALIVE == 0 {
            beats.push_back(Beat {
                wait: Duration::ZERO,
                bytes: Bytes::from_static(sse::KEEP_ALIVE.as_bytes()),
            });
        }
        beats.push_back(Beat {
            wait: pace.before(number),
            bytes: sse::named("token", &json!({"text": token})),
        });
    }
    let cached = draft.cached;
    let headers = [
        header("server-timing", draft.record.timings().early_header()),
        header("x-cache", pipeline::cache_header(cached)),
    ];
    let (usage, record) = (draft.answer.usage, draft.record);
    Script {
        headers: headers.into_iter().flatten().collect(),
        beats,
        ending: Box::new(move || {
            let end = json!({"usage": usage, "timings": record.close(), "cached": cached});
            let end = sse::named("end", &end);
            [end.as_ref(), sse::DONE.as_bytes()].concat().into()
        }),
        slot: draft.slot,
    }
}

/// How the generation's time is spread over its tokens.
pub(super) struct Pace {
    first: Duration,
    between: Duration,
}

impl Pace {
    /// A third passes before the first token, the rest evenly between tokens.
    pub(super) fn of(draft: &Draft) -> Self {
        let gaps = draft
            .answer
            .usage
            .completion_tokens
            .saturating_sub(1)
            .max(1);
        let gaps = u32::try_from(gaps).unwrap_or(u32::MAX);
        let first = draft.generation / FIRST_TOKEN_PART;
        Pace {
            first,
            between: (draft.generation - first) / gaps,
        }
    }

    /// The wait before token `number`, counted from 0.
    pub(super) fn before(&self, number: usize) -> Duration {
        if number == 0 {
            self.first
        } else {
            self.between
        }
    }
}

//! From a question to an answer, through the stages of a RAG service.
//!
//! Owns the stages' order and their measured times. Must not know the shape of any API.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde::Serialize;

use super::answer::{self, Answer, Usage};
use super::cache::Key;
use super::gate::Call;
use super::pool::{self, Slot};
use super::reply::Whole;
use super::shared::Shared;
use super::tally::Tally;
use crate::model::Offset;

/// Milliseconds each stage took, as measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Timings {
    /// Searching.
    pub(super) retrieval_ms: f64,
    /// Waiting for a slot.
    pub(super) queue_ms: f64,
    /// From the slot to the first token of a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first_token_ms: Option<f64>,
    /// Generating.
    pub(super) llm_ms: f64,
    /// From the request's arrival to the end of the answer.
    pub(super) total_ms: f64,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prompt {
    /// The question.
    pub(super) question: String,
    /// Documents to answer it from.
    pub(super) top_k: usize,
    /// Tokens of the turns before it.
    pub(super) history_tokens: usize,
    /// Tokens of reasoning before the answer.
    pub(super) reasoning_tokens: usize,
    /// Most tokens of reasoning and answer; none where the caller does not say.
    pub(super) most_tokens: Option<usize>,
}

/// An answer that only has to be generated, or written out.
pub(super) struct Draft {
    /// What will be answered.
    pub(super) answer: Arc<Answer>,
    /// Tokens of this answer to this prompt.
    pub(super) usage: Usage,
    /// Whether it came from the cache.
    pub(super) cached: bool,
    /// Whether it is as long as the caller allows, and there was more to say.
    pub(super) cut_short: bool,
    /// The slot to hold meanwhile.
    pub(super) slot: Option<Slot>,
    /// What still has to be measured, and where the answer is to be kept.
    pub(super) record: Record,
}

/// The measurements of an answer under way.
pub(super) struct Record {
    shared: Arc<Shared>,
    arrived: Offset,
    retrieved: Offset,
    generating: Offset,
    first_token: Option<Offset>,
    keep: Option<(Key, Arc<Answer>)>,
}

/// Searches for an answer and takes a slot to generate it in.
///
/// # Errors
/// A 503 when no slot came free in time.
pub(super) async fn draft(
    shared: Arc<Shared>,
    call: &mut Call,
    prompt: &Prompt,
) -> Result<Draft, Whole> {
    let caching = call.faults.cache.unwrap_or(false);
    let key = Key::new(&prompt.question, prompt.top_k);
    if caching && let Some(answer) = shared.cache.look_up(&key, oldest(call)) {
        return Ok(from_cache(shared, call, prompt, answer).await);
    }
    let answer = Arc::new(found(&shared, call, prompt));
    let latency = shared.latency;
    let searching = latency.draw(latency.retrieval, call.slowdown, &mut call.rng);
    shared.pause(searching).await;
    let retrieved = shared.clock.now();
    let wait = call.faults.pool_wait.unwrap_or(pool::DEFAULT_WAIT);
    let Some(slot) = shared.pool.take(wait).await else {
        let message = format!(
            "all slots for generating answers were taken for {}",
            crate::model::units::format_duration(wait)
        );
        return Err(Whole::error(StatusCode::SERVICE_UNAVAILABLE, &message));
    };
    let usage = usage(&answer, prompt);
    Ok(Draft {
        usage: if caching {
            usage.with_cached(answer::INSTRUCTIONS)
        } else {
            usage
        },
        cached: false,
        cut_short: false,
        slot: Some(slot),
        record: Record {
            arrived: call.arrived,
            retrieved,
            generating: shared.clock.now(),
            first_token: None,
            // What a bad moment made of an answer is not to be repeated.
            keep: (caching && !answer.degraded).then(|| (key, Arc::clone(&answer))),
            shared,
        },
        answer,
    })
}

/// Since when an answer must have been kept to be told again.
fn oldest(call: &Call) -> Offset {
    let age = call.faults.cache_ttl.unwrap_or(Duration::MAX);
    Offset::from_duration(call.arrived.elapsed().saturating_sub(age))
}

/// What the search and the model make of a question.
fn found(shared: &Shared, call: &mut Call, prompt: &Prompt) -> Answer {
    let misses = call.suffers(call.faults.retrieval_miss_rate);
    let gives_up = call.suffers(call.faults.degraded_rate);
    let hits = if misses {
        Vec::new()
    } else {
        shared.index.search(&prompt.question, prompt.top_k)
    };
    if gives_up && !hits.is_empty() {
        answer::give_up(&prompt.question, &hits)
    } else {
        answer::answer(&prompt.question, &hits)
    }
}

fn usage(answer: &Answer, prompt: &Prompt) -> Usage {
    let usage = answer.usage.with_history(prompt.history_tokens);
    usage.with_reasoning(prompt.reasoning_tokens)
}

async fn from_cache(
    shared: Arc<Shared>,
    call: &mut Call,
    prompt: &Prompt,
    answer: Arc<Answer>,
) -> Draft {
    let latency = shared.latency;
    let looking_up = latency.draw(latency.health, call.slowdown, &mut call.rng);
    shared.pause(looking_up).await;
    let usage = usage(&answer, prompt);
    Draft {
        usage: usage.with_cached(usage.prompt_tokens),
        answer,
        cached: true,
        cut_short: false,
        slot: None,
        record: Record {
            arrived: call.arrived,
            retrieved: call.arrived,
            generating: shared.clock.now(),
            first_token: None,
            keep: None,
            shared,
        },
    }
}

impl Draft {
    /// What the whole answer holds.
    pub(super) fn tally(&self) -> Tally {
        let (prompt, output) = (
            self.usage.prompt_tokens_details,
            self.usage.completion_tokens_details,
        );
        Tally {
            answers: 1,
            prompt_tokens: self.usage.prompt_tokens as u64,
            cached_tokens: prompt.map_or(0, |details| details.cached_tokens as u64),
            output_tokens: self.usage.completion_tokens as u64,
            reasoning_tokens: output.map_or(0, |details| details.reasoning_tokens as u64),
            sources: self.answer.sources.len() as u64,
            degraded: u64::from(self.answer.degraded),
            length_limited: u64::from(self.cut_short),
            cache_hits: u64::from(self.cached),
            ..Tally::default()
        }
    }
}

impl Record {
    /// The first token is about to leave.
    pub(super) fn first_token(&mut self) {
        self.first_token = Some(self.shared.clock.now());
    }

    /// The answer is whole: keeps it, if there is a cache, and tells what each stage took.
    pub(super) fn close(&mut self) -> Timings {
        let timings = self.timings();
        if let Some((key, answer)) = self.keep.take() {
            let since = self.shared.clock.now();
            self.shared.cache.keep(key, answer, since);
        }
        timings
    }

    /// What each stage took up to now.
    pub(super) fn timings(&self) -> Timings {
        let now = self.shared.clock.now();
        let cached = self.retrieved == self.arrived;
        Timings {
            retrieval_ms: milliseconds(self.retrieved.since(self.arrived)),
            queue_ms: if cached {
                0.0
            } else {
                milliseconds(self.generating.since(self.retrieved))
            },
            first_token_ms: self
                .first_token
                .map(|first| milliseconds(first.since(self.generating))),
            llm_ms: milliseconds(now.since(self.generating)),
            total_ms: milliseconds(now.since(self.arrived)),
        }
    }
}

impl Timings {
    /// The stages as a `Server-Timing` header.
    pub(super) fn header(&self) -> String {
        format!(
            "retrieval;dur={}, queue;dur={}, llm;dur={}, total;dur={}",
            self.retrieval_ms, self.queue_ms, self.llm_ms, self.total_ms
        )
    }

    /// The stages that are over before the first piece of a stream.
    pub(super) fn early_header(&self) -> String {
        format!(
            "retrieval;dur={}, queue;dur={}",
            self.retrieval_ms, self.queue_ms
        )
    }
}

/// The value of `x-cache`.
pub(super) fn cache_header(cached: bool) -> &'static str {
    if cached { "HIT" } else { "MISS" }
}

/// A time in milliseconds, to the microsecond.
pub(super) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

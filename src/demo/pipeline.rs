//! From a question to an answer, through the stages of a RAG service.
//!
//! Owns the stages' order and their measured times. Must not know the shape of any API.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde::Serialize;

use super::answer::{self, Answer};
use super::cache::Key;
use super::gate::Call;
use super::pool::{self, Slot};
use super::reply::Whole;
use super::shared::Shared;
use crate::model::Offset;

/// Milliseconds each stage took, as measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Timings {
    /// Searching.
    pub(super) retrieval_ms: f64,
    /// Waiting for a slot.
    pub(super) queue_ms: f64,
    /// Generating.
    pub(super) llm_ms: f64,
    /// From the request's arrival to the end of the answer.
    pub(super) total_ms: f64,
}

/// An answer that only has to be generated, or written out.
pub(super) struct Draft {
    /// What will be answered.
    pub(super) answer: Arc<Answer>,
    /// Whether it came from the cache.
    pub(super) cached: bool,
    /// How long generating it is to take.
    pub(super) generation: Duration,
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
    keep: Option<(Key, Arc<Answer>)>,
}

/// Searches for `query` and takes a slot to generate the answer in.
///
/// # Errors
/// A 503 when no slot came free in time.
pub(super) async fn draft(
    shared: Arc<Shared>,
    call: &mut Call,
    query: &str,
    top_k: usize,
) -> Result<Draft, Whole> {
    let caching = call.faults.cache.unwrap_or(false);
    let key = Key::new(query, top_k);
    if caching && let Some(answer) = shared.cache.look_up(&key) {
        return Ok(from_cache(shared, call, answer).await);
    }
    let answer = {
        let hits = shared.index.search(query, top_k);
        Arc::new(answer::answer(query, &hits))
    };
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
    Ok(Draft {
        generation: latency.draw(latency.llm, call.slowdown, &mut call.rng),
        cached: false,
        slot: Some(slot),
        record: Record {
            arrived: call.arrived,
            retrieved,
            generating: shared.clock.now(),
            keep: caching.then(|| (key, Arc::clone(&answer))),
            shared,
        },
        answer,
    })
}

async fn from_cache(shared: Arc<Shared>, call: &mut Call, answer: Arc<Answer>) -> Draft {
    let latency = shared.latency;
    let looking_up = latency.draw(latency.health, call.slowdown, &mut call.rng);
    shared.pause(looking_up).await;
    Draft {
        answer,
        cached: true,
        generation: Duration::ZERO,
        slot: None,
        record: Record {
            arrived: call.arrived,
            retrieved: call.arrived,
            generating: shared.clock.now(),
            keep: None,
            shared,
        },
    }
}

impl Record {
    /// The answer is whole: keeps it, if there is a cache, and tells what each stage took.
    pub(super) fn close(self) -> Timings {
        let timings = self.timings();
        if let Some((key, answer)) = self.keep {
            self.shared.cache.keep(key, answer);
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

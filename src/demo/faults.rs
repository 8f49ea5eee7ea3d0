//! What can be made to go wrong, and how it is asked for.
//!
//! Owns the list of faults, their limits, their JSON and the merging of a change into what is set.
//! Must not know how a fault is carried out, nor HTTP.

mod limits;
mod optional_time;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use super::rate_limit::HeaderFamily;

/// Faults to switch on. Every one is optional: absent means the service behaves.
///
/// `reset_rate`, `hang_rate`, `error_rate`, `truncate_rate`, `stream_error_rate` and
/// `stream_reset_rate` are shares of all requests for answers and searches; a request suffers at most one of them. Durations are written `500ms`, `2s`, `1m30s`, or as a number of seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Requests per second let through, after a burst of one second's worth; others get 429.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<f64>,
    /// Headers that tell what the rate limit leaves; those of OpenAI when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit_headers: Option<HeaderFamily>,
    /// Number of slots for generating answers; 64 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool_size: Option<u32>,
    /// How long a request waits for a slot before it gets 503; 10 s when absent.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub pool_wait: Option<Duration>,
    /// KiB of memory that every request leaves behind, up to 512 MiB in total. Latency doubles
    /// with every 64 MiB leaked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leak_kb: Option<u32>,
    /// Share of requests answered with 500, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<f64>,
    /// Share of requests whose connection is reset without an answer, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_rate: Option<f64>,
    /// Share of requests whose answer breaks off, from 0 to 1: a body shorter than its
    /// content-length, or a stream without its end marker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncate_rate: Option<f64>,
    /// Share of requests whose answer tells of an error within itself, under status 200, from 0 to
    /// 1: a stream in its middle, a whole answer instead of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_error_rate: Option<f64>,
    /// Share of requests whose connection is reset in the midst of a stream, from 0 to 1; of a whole
    /// answer it is reset before it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_reset_rate: Option<f64>,
    /// Share of requests never answered, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hang_rate: Option<f64>,
    /// Share of streams that fall silent in the middle for `stall_for`, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stall_rate: Option<f64>,
    /// How long a stalled stream is silent; 10 s when absent.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub stall_for: Option<Duration>,
    /// Median time to the first token of a stream, without searching and waiting for a slot; that
    /// of [`Latency`](super::Latency) when absent.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub first_token: Option<Duration>,
    /// Median speed of a stream after its first token; that of [`Latency`](super::Latency) when
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_second: Option<f64>,
    /// Share of streams whose first token comes `slow_first_token_for` late, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_first_token_rate: Option<f64>,
    /// How late a slow first token comes; 5 s when absent.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub slow_first_token_for: Option<Duration>,
    /// Longest silence of a stream of events before it sends a keep-alive comment; it sends none
    /// into its silences when absent.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub keep_alive: Option<Duration>,
    /// Tokens of reasoning before the answer of the chat routes; none when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u32>,
    /// Share of generated answers that only say that they do not know, from 0 to 1. Their sources
    /// are as good as ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degraded_rate: Option<f64>,
    /// Share of searches for an answer that find nothing, from 0 to 1: it has no sources then, and
    /// says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieval_miss_rate: Option<f64>,
    /// Warm-up after this is set: latency starts tenfold and falls to normal, and `/health`
    /// answers 503 until then.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub slow_start: Option<Duration>,
    /// Whether repeated questions are answered from a cache; off when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<bool>,
    /// How long a cached answer is told again; as long as there is room for it when absent.
    #[serde(with = "optional_time", skip_serializing_if = "Option::is_none")]
    pub cache_ttl: Option<Duration>,
    /// Factor on every latency: 0 answers at once, 1 (when absent) is normal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_scale: Option<f64>,
}

/// Why a set of faults was refused; nothing of it took effect.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultError {
    /// A value lies outside its limits.
    #[error("{name} must be {wanted}, found {found}")]
    OutOfRange {
        /// The fault.
        name: &'static str,
        /// What it may be.
        wanted: &'static str,
        /// What it was.
        found: String,
    },
    /// A name no fault has, or a value of the wrong type.
    #[error("{name}: {reason}")]
    Unreadable {
        /// The key as written.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The change is no JSON object.
    #[error("faults must be a JSON object such as {{\"error_rate\": 0.1}}")]
    NotAnObject,
}

impl Faults {
    /// These faults with `change` laid over them: keys it names are set, `null` switches one off,
    /// the others stay.
    ///
    /// # Errors
    /// [`FaultError`] naming the first key that is unknown, of the wrong type or out of limits.
    pub fn merged(&self, change: &Value) -> Result<Faults, FaultError> {
        let Value::Object(change) = change else {
            return Err(FaultError::NotAnObject);
        };
        let Ok(Value::Object(mut whole)) = serde_json::to_value(self) else {
            return Err(FaultError::NotAnObject);
        };
        for (name, value) in change {
            // Each key is read alone first, so that the error can name it.
            let alone = Map::from_iter([(name.clone(), value.clone())]);
            read(name, alone)?;
            whole.insert(name.clone(), value.clone());
        }
        let merged = read("faults", whole)?;
        merged.validate()?;
        Ok(merged)
    }
}

fn read(name: &str, object: Map<String, Value>) -> Result<Faults, FaultError> {
    serde_json::from_value(Value::Object(object)).map_err(|error| FaultError::Unreadable {
        name: name.to_owned(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests;

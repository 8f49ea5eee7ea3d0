//! One finished request.
//!
//! Owns the noun that travels from a virtual user to its shard's recorder; after that everything
//! is aggregates. Must not know how it was made or what is done with it.

use std::time::Duration;

use super::{EndpointId, Failure, Offset};

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered, and every expectation met.
    Ok,
    /// Failed in Locust's sense, for this reason.
    Failed(Failure),
    /// Cut off by the end of the run: neither ok nor failed, counted apart.
    Interrupted,
}

/// One finished request: what was asked, when, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Whose statistics it belongs to.
    pub endpoint: EndpointId,
    /// When the plan wanted it sent. Equals `sent` in a closed load.
    pub due: Offset,
    /// When the user set out to send it: before name resolution and connecting.
    pub sent: Offset,
    /// When its last byte was there, or it failed.
    pub done: Offset,
    /// The status of the answer; none when there was no answer.
    pub status: Option<u16>,
    /// Bytes of the (decoded) body that arrived.
    pub bytes: u64,
    /// How it ended.
    pub outcome: Outcome,
}

impl Sample {
    /// Response time of a closed load, service time of an open one: `done − sent`.
    #[must_use]
    pub fn service_time(&self) -> Duration {
        self.done.since(self.sent)
    }
}

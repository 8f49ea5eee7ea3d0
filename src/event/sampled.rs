//! Answers that a run kept for people, or a language model, to judge.
//!
//! Plain data, bounded and masked by whoever keeps it. Must not know how they were chosen or where
//! they are written.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::model::{Endpoint, FailureKind, Offset, seconds};

/// The answers kept since they were last told of, in the order in which they were asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampled {
    /// Wall time of the run's start since the Unix epoch.
    pub started_unix: Duration,
    /// At least one.
    pub answers: Vec<SampledAnswer>,
}

/// One question with what was answered. What is not known is none, never zero.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampledAnswer {
    /// When it was asked: its times count from then.
    #[serde(skip)]
    pub sent: Offset,
    /// Whose statistics it belongs to.
    #[serde(flatten)]
    pub endpoint: Endpoint,
    /// What was asked: the question of the data row, else what was sent.
    pub question: Option<String>,
    /// What was answered; none where the status says that it is no answer.
    pub answer: Option<String>,
    /// Characters of the whole answer.
    pub answer_chars: u64,
    /// Ids of its sources, best first as the service gave them.
    pub sources: Vec<String>,
    /// Ids the scenario expects; none for a question without a label.
    pub expected_sources: Option<Vec<String>>,
    /// What it counts as.
    pub outcome: SampledOutcome,
    /// The class of its failure.
    pub failure_kind: Option<FailureKind>,
    /// Why it failed or counts as degraded.
    pub reason: Option<String>,
    /// The status; none when no answer began.
    pub status: Option<u16>,
    /// Whether it is whole: `complete`, `truncated`, `failed`.
    pub completion: Option<&'static str>,
    /// Why the model stopped, in the service's word.
    pub finish_reason: Option<String>,
    /// Whether it came out of a cache: `hit`, `miss`.
    pub cache: Option<&'static str>,
    /// Tokens and who counted them.
    pub tokens: SampledTokens,
    /// Its times.
    pub timings: SampledTimes,
    /// How long the service says each stage took, in seconds.
    pub stages: BTreeMap<String, f64>,
}

/// What an answer counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SampledOutcome {
    /// A success.
    Ok,
    /// A success that says too little.
    Degraded,
    /// A failure.
    Failed,
}

/// Tokens of one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SampledTokens {
    /// Those of the prompt.
    pub prompt: Option<SampledCount>,
    /// Those of the prompt that came out of a cache.
    pub cached: Option<SampledCount>,
    /// Those of the answer.
    pub output: Option<SampledCount>,
}

/// A number of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SampledCount {
    /// How many.
    pub count: u64,
    /// Who counted: `usage`, `native`, `chunks`, `chars÷4`.
    pub source: &'static str,
}

/// Times of one answer, in seconds in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SampledTimes {
    /// To its end.
    #[serde(with = "seconds")]
    pub response_time: Duration,
    /// To the first byte of the body.
    #[serde(with = "seconds")]
    pub ttfb: Option<Duration>,
    /// To the first event.
    #[serde(with = "seconds")]
    pub first_event: Option<Duration>,
    /// To the first sources.
    #[serde(with = "seconds")]
    pub sources: Option<Duration>,
    /// To the first text of the reasoning.
    #[serde(with = "seconds")]
    pub ttfr: Option<Duration>,
    /// To the first text of the answer.
    #[serde(with = "seconds")]
    pub ttft: Option<Duration>,
    /// Per output token after the first.
    #[serde(with = "seconds")]
    pub tpot: Option<Duration>,
}

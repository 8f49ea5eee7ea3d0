//! The shape of this service's own answers, and the two ways it streams them.
//!
//! Must not know how an answer comes about.

use axum::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Dialect, Ending, Opening};
use crate::demo::answer::{Answer, Source};
use crate::demo::moment::Moment;
use crate::demo::sse;

/// How this service streams its answers.
pub(in crate::demo) enum Rag {
    /// Events `sources`, `token`, `end`, and the marker `[DONE]`.
    Tokens,
    /// Events `sources`, `delta`, `usage`, `done`, without a marker.
    Deltas,
}

#[derive(Serialize)]
struct Sources<'a> {
    sources: &'a [Source],
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_us: Option<u64>,
}

#[derive(Serialize)]
struct Token<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_us: Option<u64>,
}

#[derive(Serialize)]
struct Delta<'a> {
    delta: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_us: Option<u64>,
}

impl Dialect for Rag {
    fn opening(&self, answer: &Answer, moment: Moment) -> Option<Opening> {
        let sources = Sources {
            sources: &answer.sources,
            sent_us: moment.sent_us(),
        };
        let event = sse::named("sources", &sources);
        Some(Opening {
            bytes: [event.as_ref(), sse::KEEP_ALIVE.as_bytes()].concat().into(),
            keep_alives: 1,
        })
    }

    fn token(&self, token: &str, moment: Moment) -> Bytes {
        let sent_us = moment.sent_us();
        match self {
            Rag::Tokens => sse::named(
                "token",
                &Token {
                    text: token,
                    sent_us,
                },
            ),
            Rag::Deltas => sse::named(
                "delta",
                &Delta {
                    delta: token,
                    sent_us,
                },
            ),
        }
    }

    fn ending(&self, end: &Ending<'_>, moment: Moment) -> Bytes {
        let figures = json!({"usage": end.usage, "timings": end.timings, "cached": end.cached});
        let figures = moment.stamp(figures);
        match self {
            Rag::Tokens => {
                let end = sse::named("end", &figures);
                [end.as_ref(), sse::DONE.as_bytes()].concat().into()
            }
            Rag::Deltas => {
                let usage = sse::named("usage", &figures);
                let done = sse::named("done", &moment.stamp(json!({"finish_reason": "stop"})));
                [usage, done].concat().into()
            }
        }
    }

    fn breakdown(&self, moment: Moment) -> Bytes {
        sse::named("error", &moment.stamp(self.whole_breakdown()))
    }

    fn whole(&self, end: &Ending<'_>, moment: Moment) -> Value {
        moment.stamp(json!({
            "answer": end.answer.text,
            "sources": end.answer.sources,
            "timings": end.timings,
            "usage": end.usage,
            "cached": end.cached,
        }))
    }

    fn shows_sources(&self) -> bool {
        true
    }
}

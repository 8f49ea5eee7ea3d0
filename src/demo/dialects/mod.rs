//! The forms in which answers are told.
//!
//! Owns what every form has to have. Must not know how an answer comes about, when its pieces are
//! due, nor how it is asked for.

mod ollama;
mod openai;
mod rag;

use axum::body::Bytes;
use serde_json::Value;

use super::answer::{Answer, Usage};
use super::moment::Moment;
use super::pipeline::Timings;
use super::reply;
use super::sse;

pub(super) use ollama::Ollama;
pub(super) use openai::OpenAi;
pub(super) use rag::Rag;

/// A form of answers: whole, and in pieces.
pub(super) trait Dialect: Send {
    /// The media type of its streams.
    fn content_type(&self) -> &'static str {
        sse::CONTENT_TYPE
    }

    /// What comes as soon as the search is over, if anything does.
    fn opening(&self, _answer: &Answer, _moment: Moment) -> Option<Opening> {
        None
    }

    /// A token of reasoning; `None` where answers have no place for it.
    fn thought(&self, _token: &str, _moment: Moment) -> Option<Bytes> {
        None
    }

    /// A token of the answer.
    fn token(&self, token: &str, moment: Moment) -> Bytes;

    /// The last piece, with the end marker.
    fn ending(&self, end: &Ending<'_>, moment: Moment) -> Bytes;

    /// The last piece of a stream that breaks down.
    fn breakdown(&self, moment: Moment) -> Bytes;

    /// A sign of life; `None` where there is none.
    fn keep_alive(&self) -> Option<Bytes> {
        Some(Bytes::from_static(sse::KEEP_ALIVE.as_bytes()))
    }

    /// The answer in one document.
    fn whole(&self, end: &Ending<'_>, moment: Moment) -> Value;

    /// The document that stands for an answer that broke down.
    fn whole_breakdown(&self) -> Value {
        reply::breakdown()
    }

    /// Whether answers show their sources.
    fn shows_sources(&self) -> bool {
        false
    }
}

/// The first piece of a stream, before any text.
pub(super) struct Opening {
    pub(super) bytes: Bytes,
    /// Keep-alive comments within.
    pub(super) keep_alives: u64,
}

/// All there is to tell at an answer's end.
pub(super) struct Ending<'a> {
    pub(super) answer: &'a Answer,
    pub(super) usage: Usage,
    pub(super) timings: Timings,
    pub(super) cached: bool,
    /// The reasoning, empty without any.
    pub(super) thoughts: &'a str,
    /// Whether it is as long as the caller allows, and there was more to say.
    pub(super) cut_short: bool,
}

impl Ending<'_> {
    /// Why there is no more of it, in the words of OpenAI and Ollama.
    fn reason(&self) -> &'static str {
        if self.cut_short { "length" } else { "stop" }
    }
}

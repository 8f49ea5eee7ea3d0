//! Chat completions as OpenAI tells them.
//!
//! Must not know how an answer comes about.

use axum::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Dialect, Ending, Opening};
use crate::demo::answer::{Answer, Usage};
use crate::demo::moment::Moment;
use crate::demo::sse;

/// What every object of one answer repeats.
pub(in crate::demo) struct OpenAi {
    pub(in crate::demo) id: String,
    /// Seconds since 1970.
    pub(in crate::demo) created: u64,
    pub(in crate::demo) model: String,
    /// Whether a stream ends with its usage.
    pub(in crate::demo) include_usage: bool,
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: &'a [Choice<'a>],
    /// With `include_usage` every chunk has the key, only the last one a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Option<Usage>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_us: Option<u64>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    delta: Delta<'a>,
    logprobs: Option<()>,
    finish_reason: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
}

impl OpenAi {
    fn chunk(&self, delta: Delta<'_>, finish_reason: Option<&str>, moment: Moment) -> Bytes {
        let choice = Choice {
            index: 0,
            delta,
            logprobs: None,
            finish_reason,
        };
        self.around(&[choice], None, moment)
    }

    fn around(&self, choices: &[Choice<'_>], usage: Option<Usage>, moment: Moment) -> Bytes {
        sse::unnamed(&Chunk {
            id: &self.id,
            object: "chat.completion.chunk",
            created: self.created,
            model: &self.model,
            choices,
            usage: self.include_usage.then_some(usage),
            sent_us: moment.sent_us(),
        })
    }
}

impl Dialect for OpenAi {
    fn opening(&self, _answer: &Answer, moment: Moment) -> Option<Opening> {
        let role = Delta {
            role: Some("assistant"),
            content: Some(""),
            ..Delta::default()
        };
        Some(Opening {
            bytes: self.chunk(role, None, moment),
            keep_alives: 0,
        })
    }

    fn thought(&self, token: &str, moment: Moment) -> Option<Bytes> {
        let delta = Delta {
            reasoning_content: Some(token),
            ..Delta::default()
        };
        Some(self.chunk(delta, None, moment))
    }

    fn token(&self, token: &str, moment: Moment) -> Bytes {
        let delta = Delta {
            content: Some(token),
            ..Delta::default()
        };
        self.chunk(delta, None, moment)
    }

    /// The finish reason, the usage if it was asked for, and the end marker.
    fn ending(&self, end: &Ending<'_>, moment: Moment) -> Bytes {
        let mut bytes = self
            .chunk(Delta::default(), Some(end.reason()), moment)
            .to_vec();
        if self.include_usage {
            bytes.extend(self.around(&[], Some(end.usage), moment));
        }
        bytes.extend(sse::DONE.as_bytes());
        bytes.into()
    }

    fn breakdown(&self, moment: Moment) -> Bytes {
        sse::unnamed(&moment.stamp(self.whole_breakdown()))
    }

    fn whole(&self, end: &Ending<'_>, moment: Moment) -> Value {
        let mut message = json!({"role": "assistant", "content": end.answer.text});
        if !end.thoughts.is_empty() {
            message["reasoning_content"] = end.thoughts.into();
        }
        moment.stamp(json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{
                "index": 0,
                "message": message,
                "logprobs": null,
                "finish_reason": end.reason(),
            }],
            "usage": end.usage,
        }))
    }
}

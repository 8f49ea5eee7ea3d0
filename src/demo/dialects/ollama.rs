//! Chat answers as Ollama tells them: lines of JSON, the last with the counters.
//!
//! Must not know how an answer comes about.

use std::time::Duration;

use axum::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Dialect, Ending};
use crate::demo::moment::{Moment, rfc_3339};
use crate::demo::reply::BROKE_DOWN;

/// What every line of one answer repeats.
pub(in crate::demo) struct Ollama {
    pub(in crate::demo) model: String,
}

#[derive(Serialize)]
struct Line<'a> {
    model: &'a str,
    created_at: String,
    message: Message<'a>,
    done: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_us: Option<u64>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<&'a str>,
}

impl Ollama {
    fn line(&self, content: &str, thinking: Option<&str>, moment: Moment) -> Bytes {
        line(&Line {
            model: &self.model,
            created_at: rfc_3339(moment.unix),
            message: Message {
                role: "assistant",
                content,
                thinking,
            },
            done: false,
            sent_us: moment.sent_us(),
        })
    }

    /// The object with the counters, around the text that has not been told yet.
    fn last(&self, end: &Ending<'_>, message: &Message<'_>, moment: Moment) -> Value {
        let timings = &end.timings;
        let reading = timings.first_token_ms.unwrap_or_default();
        moment.stamp(json!({
            "model": self.model,
            "created_at": rfc_3339(moment.unix),
            "message": message,
            "done": true,
            "done_reason": end.reason(),
            "total_duration": nanos(timings.total_ms),
            "load_duration": nanos(timings.queue_ms),
            "prompt_eval_count": end.usage.prompt_tokens,
            "prompt_eval_duration": nanos(reading),
            "eval_count": end.usage.completion_tokens,
            "eval_duration": nanos(timings.llm_ms - reading),
        }))
    }
}

impl Dialect for Ollama {
    fn content_type(&self) -> &'static str {
        "application/x-ndjson"
    }

    fn thought(&self, token: &str, moment: Moment) -> Option<Bytes> {
        Some(self.line("", Some(token), moment))
    }

    fn token(&self, token: &str, moment: Moment) -> Bytes {
        self.line(token, None, moment)
    }

    fn ending(&self, end: &Ending<'_>, moment: Moment) -> Bytes {
        let message = Message {
            role: "assistant",
            content: "",
            thinking: None,
        };
        line(&self.last(end, &message, moment))
    }

    fn breakdown(&self, moment: Moment) -> Bytes {
        line(&moment.stamp(self.whole_breakdown()))
    }

    fn keep_alive(&self) -> Option<Bytes> {
        None
    }

    fn whole(&self, end: &Ending<'_>, moment: Moment) -> Value {
        let message = Message {
            role: "assistant",
            content: &end.answer.text,
            thinking: Some(end.thoughts).filter(|thoughts| !thoughts.is_empty()),
        };
        self.last(end, &message, moment)
    }

    fn whole_breakdown(&self) -> Value {
        json!({"error": BROKE_DOWN})
    }
}

fn line(value: &impl Serialize) -> Bytes {
    let mut bytes = serde_json::to_vec(value).expect("what the service answers is plain data");
    bytes.push(b'\n');
    bytes.into()
}

fn nanos(milliseconds: f64) -> u64 {
    let time = Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or_default();
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

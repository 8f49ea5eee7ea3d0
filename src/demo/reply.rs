//! What a handler decides to answer, before any fault touches it.
//!
//! Owns whole answers and error bodies. Must not know faults or counting.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::stream::Script;
use super::tally::Tally;

/// What an answer says that tells of an error within itself.
pub(super) const BROKE_DOWN: &str = "the model broke down while it was answering";

/// An answer to be given.
pub(super) enum Reply {
    /// All at once.
    Whole(Box<Whole>),
    /// Piece by piece.
    Stream(Box<Script>),
}

/// An answer given all at once.
pub(super) struct Whole {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Bytes,
    /// What the body holds; zero where it is no answer.
    pub(super) tally: Tally,
    /// The body in its place, should it tell of an error within itself.
    breakdown: Option<Bytes>,
    content_type: &'static str,
}

impl Whole {
    /// `value` as JSON.
    pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        Whole {
            status,
            headers: Vec::new(),
            body: json_bytes(value),
            tally: Tally::default(),
            breakdown: None,
            content_type: "application/json",
        }
    }

    /// Plain text in the given format.
    pub(super) fn text(body: String, content_type: &'static str) -> Self {
        Whole {
            status: StatusCode::OK,
            headers: Vec::new(),
            body: body.into(),
            tally: Tally::default(),
            breakdown: None,
            content_type,
        }
    }

    /// An error body in the shape OpenAI uses, `{"error": {"message", "type", "code"}}`.
    pub(super) fn error(status: StatusCode, message: &str) -> Self {
        let kind = match status.as_u16() {
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            _ => "server_error",
        };
        let error = json!({"message": message, "type": kind, "code": status.as_u16()});
        Whole::json(status, &json!({"error": error}))
    }

    /// The same with another header; one whose value no header may hold is left out.
    pub(super) fn with_header(
        mut self,
        name: &'static str,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.headers.extend(header(name, value));
        self
    }

    /// The same as an answer that holds so much, and what stands in its place should it break
    /// down.
    pub(super) fn with_answer(mut self, tally: Tally, breakdown: &Value) -> Self {
        self.tally = tally;
        self.breakdown = Some(json_bytes(breakdown));
        self
    }

    /// Puts an error within an answer in the place of its body; whether it is an answer at all.
    pub(super) fn break_down(&mut self) -> bool {
        let breakdown = self.breakdown.take();
        let is_answer = breakdown.is_some();
        self.body = breakdown.unwrap_or_else(|| std::mem::take(&mut self.body));
        is_answer
    }

    /// The response, whole.
    pub(super) fn into_response(self) -> Response<Body> {
        let body = Body::from(self.body.clone());
        self.response_with(body)
    }

    /// The response that announces the whole body and breaks off after half of it.
    pub(super) fn into_broken_response(self) -> Response<Body> {
        let half = self.body.slice(..self.body.len() / 2);
        let pieces = futures_util::stream::unfold(Some(half), |half| async move {
            match half {
                Some(half) => Some((Ok(half), None)),
                None => {
                    // Hyper drops what it has not flushed when a body fails: let it flush first.
                    tokio::task::yield_now().await;
                    Some((Err(std::io::ErrorKind::ConnectionReset), None))
                }
            }
        });
        let body = Body::from_stream(futures_util::StreamExt::map(pieces, |piece| {
            piece.map_err(std::io::Error::from)
        }));
        let length = HeaderValue::from(self.body.len());
        let mut response = self.response_with(body);
        response.headers_mut().insert(CONTENT_LENGTH, length);
        response
    }

    fn response_with(self, body: Body) -> Response<Body> {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.extend(self.headers);
        response
    }
}

/// The body of an answer that tells of an error within itself, in the shape OpenAI uses.
pub(super) fn breakdown() -> Value {
    json!({"error": {"message": BROKE_DOWN, "type": "server_error", "code": 500}})
}

fn json_bytes(value: &impl Serialize) -> Bytes {
    let bytes = serde_json::to_vec(value).expect("what the service answers is plain data");
    bytes.into()
}

/// A header, unless its value holds characters a header cannot.
pub(super) fn header(
    name: &'static str,
    value: impl Into<Cow<'static, str>>,
) -> Option<(HeaderName, HeaderValue)> {
    let value = HeaderValue::from_str(&value.into()).ok()?;
    Some((HeaderName::from_static(name), value))
}

impl From<Whole> for Reply {
    fn from(whole: Whole) -> Self {
        Reply::Whole(Box::new(whole))
    }
}

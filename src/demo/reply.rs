//! What a handler decides to answer, before any fault touches it.
//!
//! Owns whole answers, streams as scripts, and error bodies. Must not know faults or counting.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::pool::Slot;

/// An answer to be given.
pub(super) enum Reply {
    /// All at once.
    Whole(Whole),
    /// Piece by piece.
    Stream(Script),
}

/// An answer given all at once.
pub(super) struct Whole {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Bytes,
    content_type: &'static str,
}

/// An answer given piece by piece, as server-sent events.
pub(super) struct Script {
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) beats: VecDeque<Beat>,
    /// Makes the last piece, with the end marker, once all others have left.
    pub(super) ending: Box<dyn FnOnce() -> Bytes + Send>,
    /// Held until the stream ends.
    pub(super) slot: Option<Slot>,
}

/// One piece of a stream.
pub(super) struct Beat {
    /// How long after the piece before it is due.
    pub(super) wait: Duration,
    /// What is sent.
    pub(super) bytes: Bytes,
}

impl Whole {
    /// `value` as JSON.
    pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("what the service answers is plain data");
        Whole {
            status,
            headers: Vec::new(),
            body: body.into(),
            content_type: "application/json",
        }
    }

    /// Plain text in the given format.
    pub(super) fn text(body: String, content_type: &'static str) -> Self {
        Whole {
            status: StatusCode::OK,
            headers: Vec::new(),
            body: body.into(),
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
        Reply::Whole(whole)
    }
}

//! The sans-I/O reader of one answer.
//!
//! A transport tells it what arrived and when; it keeps what later steps need, and only that.
//! Must not know where the bytes come from.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};

use crate::model::Offset;

/// What arrived in answer to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status of the last hop; none when no answer began.
    pub status: Option<StatusCode>,
    /// The reason phrase as the server sent it; empty when it sent none (HTTP/2 has none).
    pub reason: String,
    /// The headers of the last hop.
    pub headers: HeaderMap,
    /// The decoded body where the reader was told to keep it, else empty.
    pub body: Bytes,
    /// Bytes of the decoded body, kept or not.
    pub bytes: u64,
    /// When the headers were complete.
    pub headers_at: Option<Offset>,
    /// When the first byte of the body arrived.
    pub first_byte_at: Option<Offset>,
    /// When the last byte arrived.
    pub done_at: Option<Offset>,
}

/// Collects one answer from the events a transport reports.
#[derive(Debug, Default)]
pub struct AnswerReader {
    answer: Answer,
    body: BytesMut,
    keep_body: bool,
}

impl AnswerReader {
    /// A reader that keeps the body, or only counts it.
    #[must_use]
    pub fn new(keep_body: bool) -> Self {
        AnswerReader {
            keep_body,
            ..AnswerReader::default()
        }
    }

    /// Status line and headers arrived. Called again for each hop of a redirect; what was
    /// collected of an earlier hop's body is forgotten.
    pub fn head(&mut self, at: Offset, status: StatusCode, reason: &str, headers: HeaderMap) {
        self.body.clear();
        self.answer = Answer {
            status: Some(status),
            reason: reason.to_owned(),
            headers,
            headers_at: Some(at),
            ..Answer::default()
        };
    }

    /// A piece of the decoded body arrived.
    pub fn chunk(&mut self, at: Offset, bytes: &[u8]) {
        self.answer.first_byte_at.get_or_insert(at);
        self.answer.bytes += bytes.len() as u64;
        if self.keep_body {
            self.body.extend_from_slice(bytes);
        }
    }

    /// The answer is complete.
    pub fn finish(&mut self, at: Offset) {
        self.answer.done_at = Some(at);
    }

    /// What was read until now, complete or not.
    #[must_use]
    pub fn into_answer(mut self) -> Answer {
        self.answer.body = self.body.freeze();
        self.answer
    }
}

//! The sans-I/O reader of one answer.
//!
//! A transport tells it what arrived and when; it keeps what later steps need, and only that.
//! Must not know where the bytes come from.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::model::{Connections, Offset, Phases};

use super::response::ResponseReader;

/// What arrived in answer to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status of the last hop; none when no answer began.
    pub status: Option<StatusCode>,
    /// The reason phrase as the server sent it; empty when it sent none (HTTP/2 has none).
    pub reason: Cow<'static, str>,
    /// The headers of the last hop.
    pub headers: HeaderMap,
    /// The decoded body where the reader was told to keep it; of an error's body the beginning is
    /// kept anyway, for whoever asks why; else empty.
    pub body: Bytes,
    /// Bytes of the decoded body, kept or not.
    pub bytes: u64,
    /// When the headers were complete.
    pub headers_at: Option<Offset>,
    /// When the first byte of the body arrived.
    pub first_byte_at: Option<Offset>,
    /// When the last byte arrived.
    pub done_at: Option<Offset>,
    /// Where the time went, over all hops.
    pub phases: Phases,
    /// The connections it took, over all hops; none where the transport cannot tell.
    pub connections: Option<Connections>,
    /// The answers that led elsewhere before this one, in order.
    pub redirects: Vec<Redirect>,
}

/// An answer that was followed to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Its status.
    pub status: StatusCode,
    /// Where it led to, as the server wrote it.
    pub location: String,
}

/// What is kept of the body of an error that nobody reads, in bytes.
const GLIMPSE: usize = 4096;

/// Collects one answer from the events a transport reports.
#[derive(Debug, Default)]
pub struct AnswerReader {
    answer: Answer,
    body: BytesMut,
    /// Bytes of the body to keep.
    room: usize,
    keep_body: bool,
    phases: Phases,
    connections: Option<Connections>,
    /// Who reads a declared answer, beside this reader.
    declared: Option<Rc<RefCell<ResponseReader>>>,
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

    /// Lets someone else read along: whoever lends it reads what it has read at any time.
    #[must_use]
    pub fn along_with(mut self, declared: Option<Rc<RefCell<ResponseReader>>>) -> Self {
        self.declared = declared;
        self
    }

    /// Another hop of a redirect is sent: what arrived until now was not the answer.
    pub fn forget(&mut self) {
        self.body.clear();
        if let Some(declared) = &self.declared {
            declared.borrow_mut().forget();
        }
        let left = std::mem::take(&mut self.answer);
        self.answer.redirects = left.redirects;
        if let Some(status) = left.status {
            let location = left.headers.get(LOCATION).map(HeaderValue::as_bytes);
            let location = String::from_utf8_lossy(location.unwrap_or_default()).into_owned();
            self.answer.redirects.push(Redirect { status, location });
        }
    }

    /// Status line and headers arrived. Called again for each hop of a redirect; what was
    /// collected of an earlier hop's body is forgotten.
    pub fn head(
        &mut self,
        at: Offset,
        status: StatusCode,
        reason: impl Into<Cow<'static, str>>,
        headers: HeaderMap,
    ) {
        self.body.clear();
        if let Some(declared) = &self.declared {
            declared.borrow_mut().head(&headers);
        }
        let error = status.is_client_error() || status.is_server_error();
        self.room = match (self.keep_body, error) {
            (true, _) => usize::MAX,
            (false, true) => GLIMPSE,
            (false, false) => 0,
        };
        self.answer = Answer {
            status: Some(status),
            reason: reason.into(),
            headers,
            headers_at: Some(at),
            redirects: std::mem::take(&mut self.answer.redirects),
            ..Answer::default()
        };
    }

    /// A piece of the decoded body arrived.
    pub fn chunk(&mut self, at: Offset, bytes: &[u8]) {
        self.answer.first_byte_at.get_or_insert(at);
        self.answer.bytes += bytes.len() as u64;
        if let Some(declared) = &self.declared {
            declared.borrow_mut().chunk(at, bytes);
        }
        if self.room > 0 {
            let kept = &bytes[..bytes.len().min(self.room)];
            self.body.extend_from_slice(kept);
            self.room -= kept.len();
        }
    }

    /// Trailers arrived, where the transport can tell.
    pub fn trailers(&mut self, trailers: &HeaderMap) {
        if let Some(declared) = &self.declared {
            declared.borrow_mut().trailers(trailers);
        }
    }

    /// The answer is complete.
    pub fn finish(&mut self, at: Offset) {
        self.answer.done_at = Some(at);
    }

    /// Time was spent on a hop of this request.
    pub fn spent(&mut self, phases: &Phases) {
        self.phases.add(phases);
    }

    /// What connections this request took until now.
    pub fn connected(&mut self, connections: Connections) {
        self.connections = Some(connections);
    }

    /// The headers of the hop that is being read; empty before they are there.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// What was read until now, complete or not.
    #[must_use]
    pub fn into_answer(mut self) -> Answer {
        self.answer.body = self.body.freeze();
        self.answer.phases = self.phases;
        self.answer.connections = self.connections;
        self.answer
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(keep: bool, body: &[u8], cuts: &[usize]) -> Answer {
        let mut reader = AnswerReader::new(keep);
        reader.head(
            Offset::from_millis(1),
            StatusCode::OK,
            "OK",
            HeaderMap::new(),
        );
        let mut from = 0;
        for cut in cuts.iter().map(|cut| cut % (body.len() + 1)) {
            if cut > from {
                reader.chunk(Offset::from_millis(2), &body[from..cut]);
                from = cut;
            }
        }
        if from < body.len() {
            reader.chunk(Offset::from_millis(2), &body[from..]);
        }
        reader.finish(Offset::from_millis(3));
        reader.into_answer()
    }

    #[test]
    fn a_body_nobody_asks_for_is_only_counted() {
        let answer = read(false, b"hello", &[]);
        assert_eq!((answer.bytes, answer.body.len()), (5, 0));
        assert_eq!(answer.first_byte_at, Some(Offset::from_millis(2)));
        assert_eq!(answer.done_at, Some(Offset::from_millis(3)));
    }

    #[test]
    fn the_beginning_of_an_error_is_kept_for_whoever_asks_why() {
        let mut reader = AnswerReader::new(false);
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        reader.head(Offset::ZERO, status, "Oops", HeaderMap::new());
        reader.chunk(Offset::ZERO, &[b'a'; 3]);
        reader.chunk(Offset::ZERO, &[b'b'; 2 * GLIMPSE]);
        let answer = reader.into_answer();
        assert_eq!(
            (answer.body.len(), answer.bytes),
            (GLIMPSE, 3 + 2 * GLIMPSE as u64)
        );
    }

    #[test]
    fn the_body_of_an_earlier_hop_is_forgotten() {
        let mut reader = AnswerReader::new(true);
        reader.head(Offset::ZERO, StatusCode::FOUND, "Found", HeaderMap::new());
        reader.chunk(Offset::ZERO, b"elsewhere");
        reader.head(
            Offset::from_millis(5),
            StatusCode::OK,
            "OK",
            HeaderMap::new(),
        );
        reader.chunk(Offset::from_millis(6), b"here");
        let answer = reader.into_answer();
        assert_eq!((&answer.body[..], answer.bytes), (&b"here"[..], 4));
        assert_eq!(answer.headers_at, Some(Offset::from_millis(5)));
        assert_eq!(answer.first_byte_at, Some(Offset::from_millis(6)));
        assert_eq!(answer.done_at, None);
    }

    #[test]
    fn time_and_connections_of_an_earlier_hop_count() {
        let mut reader = AnswerReader::new(true);
        let hop = Phases {
            waiting: Some(std::time::Duration::from_millis(3)),
            ..Phases::default()
        };
        let connections = Connections { made: 2, again: 1 };
        reader.spent(&hop);
        reader.connected(connections);
        reader.forget();
        reader.head(Offset::ZERO, StatusCode::OK, "OK", HeaderMap::new());
        reader.spent(&hop);
        let answer = reader.into_answer();
        assert_eq!(answer.phases.waiting, Some(hop.waiting.unwrap() * 2));
        assert_eq!(answer.connections, Some(connections));
    }

    #[test]
    fn what_led_elsewhere_is_remembered_in_order() {
        let mut reader = AnswerReader::new(false);
        for (status, location) in [(302, "/login"), (307, "/sso?x=1")] {
            reader.forget();
            let location = HeaderValue::from_static(location);
            let status = StatusCode::from_u16(status).unwrap();
            let headers = HeaderMap::from_iter([(LOCATION, location)]);
            reader.head(Offset::ZERO, status, "", headers);
        }
        reader.forget();
        reader.head(Offset::ZERO, StatusCode::OK, "OK", HeaderMap::new());
        let answer = reader.into_answer();
        let led: Vec<(u16, &str)> = (answer.redirects.iter())
            .map(|redirect| (redirect.status.as_u16(), redirect.location.as_str()))
            .collect();
        assert_eq!(led, [(302, "/login"), (307, "/sso?x=1")]);
        assert_eq!(answer.status, Some(StatusCode::OK));
    }

    proptest! {
        #[test]
        fn how_a_body_is_cut_makes_no_difference(
            body in prop::collection::vec(any::<u8>(), 0..200),
            cuts in prop::collection::vec(any::<usize>(), 0..10),
        ) {
            let answer = read(true, &body, &cuts);
            prop_assert_eq!(&answer.body[..], &body[..]);
            prop_assert_eq!(answer, read(true, &body, &[]));
        }
    }
}

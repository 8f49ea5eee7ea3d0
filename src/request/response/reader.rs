//! The sans-I/O reader of declared answers.
//!
//! A transport tells it what arrived and when; after the last byte it has a [`Reading`]. It is
//! kept from request to request, so that its buffers are made once and no event costs an
//! allocation. Must not know where bytes come from, nor what a scenario expects of an answer.

use std::sync::Arc;

use http::HeaderMap;

use crate::model::Offset;

use super::format::{Format, MediaKind, Mismatch};
use super::framing::OnPiece;
use super::framing::sniff::{Shape, sniff};
use super::framing::sse::SseFramer;
use super::framing::text::TextFramer;
use super::framing::values::ValueFramer;
use super::interpreter::Interpreter;
use super::reading::{Reading, Truncation};
use super::spec::ResponseSpec;

/// Reads declared answers, one after the other.
#[derive(Debug, Default)]
pub struct ResponseReader {
    spec: Option<Arc<ResponseSpec>>,
    media: MediaKind,
    framer: Framer,
    interpreter: Interpreter,
}

/// Cuts the bytes of one answer.
#[derive(Debug)]
pub(super) enum Framer {
    /// What the answer is made of is not yet known: its first bytes.
    Unknown(Vec<u8>),
    Events(SseFramer),
    Values(ValueFramer),
    Text(TextFramer),
}

impl Default for Framer {
    fn default() -> Self {
        Framer::Unknown(Vec::new())
    }
}

impl ResponseReader {
    /// Starts another answer. `keeps_text`: whether its text is wanted whole, for checks.
    pub fn begin(&mut self, spec: &Arc<ResponseSpec>, keeps_text: bool) {
        self.interpreter.begin(spec, keeps_text);
        self.media = MediaKind::Unsaid;
        self.framer = Framer::default();
        self.spec = Some(Arc::clone(spec));
    }

    /// What came until now was not the answer: it leads elsewhere.
    pub fn forget(&mut self) {
        if let Some(spec) = self.spec.clone() {
            self.begin(&spec, self.interpreter.keeps_text());
        }
    }

    /// The headers of the answer arrived. Called again for each hop of a redirect: what came
    /// before was not the answer.
    pub fn head(&mut self, headers: &HeaderMap) {
        self.forget();
        if let Some(spec) = &self.spec {
            self.media = MediaKind::of(headers);
            self.interpreter.headers(spec, headers);
        }
    }

    /// The trailers of the answer arrived.
    pub fn trailers(&mut self, headers: &HeaderMap) {
        if let Some(spec) = &self.spec {
            self.interpreter.headers(spec, headers);
        }
    }

    /// Some decoded bytes of the body arrived.
    pub fn chunk(&mut self, at: Offset, bytes: &[u8]) {
        let Some(spec) = &self.spec else {
            return;
        };
        if bytes.is_empty() {
            return;
        }
        let interpreter = &mut self.interpreter;
        let reading = interpreter.reading_mut();
        reading.first_byte_at.get_or_insert(at);
        reading.active_at = Some(at);
        let mut on = |piece: super::framing::Piece<'_>| interpreter.piece(spec, at, piece);
        self.framer.feed(spec, self.media, bytes, &mut on);
    }

    /// The answer ended as its transport says it should.
    pub fn finish(&mut self, at: Offset) -> &Reading {
        self.end(at, None)
    }

    /// The answer broke off: reset, cut short, timed out.
    pub fn broken(&mut self, at: Offset) -> &Reading {
        self.end(at, Some(Truncation::Broken))
    }

    /// What is known until now.
    #[must_use]
    pub fn reading(&self) -> &Reading {
        self.interpreter.reading()
    }

    /// Whether the mark of a complete answer, or a failure, was seen, so that a transport need
    /// wait for the rest only as long as it takes to use the connection again.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.interpreter.is_over()
    }

    fn end(&mut self, at: Offset, broken: Option<Truncation>) -> &Reading {
        if let Some(spec) = self.spec.take() {
            let interpreter = &mut self.interpreter;
            let mut on = |piece: super::framing::Piece<'_>| interpreter.piece(&spec, at, piece);
            let (shape, unfinished) = self.framer.finish(&spec, self.media, &mut on);
            let format = self.settle_format(&spec, shape);
            let missing = broken
                .or(unfinished.then_some(Truncation::Unfinished))
                .or_else(|| {
                    let unmarked = spec.is_marked && format.is_stream();
                    unmarked.then_some(Truncation::NoMarker)
                });
            self.interpreter.finish(at, missing);
        }
        self.reading()
    }

    /// What the answer turned out to be.
    fn settle_format(&mut self, spec: &ResponseSpec, shape: Shape) -> Format {
        let reading = self.interpreter.reading_mut();
        let format = match shape {
            Shape::Events => Format::Sse,
            Shape::Text => Format::Text,
            // An error page, line by line.
            Shape::Values if reading.malformed > 0 && reading.malformed == reading.events => {
                Format::Text
            }
            Shape::Values if reading.events > 1 || spec.format == Format::Ndjson => Format::Ndjson,
            Shape::Values => Format::Json,
        };
        reading.format = format;
        let is_empty = reading.first_byte_at.is_none();
        reading.mismatch = Mismatch::between(spec.format, self.media, format).filter(|_| !is_empty);
        if format == Format::Json {
            // One document has no first token: its parts all come with its last byte.
            reading.first_event_at = None;
            reading.sources_at = None;
            reading.first_reasoning_at = None;
            reading.first_token_at = None;
            reading.last_token_at = None;
            reading.chunks = 0;
            reading.reasoning_chunks = 0;
        }
        format
    }
}

impl Framer {
    fn new(shape: Shape) -> Framer {
        match shape {
            Shape::Events => Framer::Events(SseFramer::default()),
            Shape::Values => Framer::Values(ValueFramer::default()),
            Shape::Text => Framer::Text(TextFramer::default()),
        }
    }

    pub(super) fn feed(
        &mut self,
        spec: &ResponseSpec,
        media: MediaKind,
        bytes: &[u8],
        on: &mut OnPiece<'_>,
    ) {
        match self {
            Framer::Events(framer) => framer.feed(bytes, on),
            Framer::Values(framer) => framer.feed(bytes, on),
            Framer::Text(framer) => framer.feed(bytes, on),
            Framer::Unknown(first) => {
                let mut first = std::mem::take(first);
                let all = if first.is_empty() {
                    bytes
                } else {
                    first.extend_from_slice(bytes);
                    &first
                };
                match sniff(spec.format, media, all, false) {
                    Some((shape, skipped)) => {
                        *self = Framer::new(shape);
                        self.feed(spec, media, &all[skipped..], on);
                    }
                    None => *self = Framer::Unknown(all.to_vec()),
                }
            }
        }
    }

    /// What the answer was made of, and whether it ended within a piece.
    pub(super) fn finish(
        &mut self,
        spec: &ResponseSpec,
        media: MediaKind,
        on: &mut OnPiece<'_>,
    ) -> (Shape, bool) {
        match self {
            Framer::Events(framer) => (Shape::Events, framer.finish(on)),
            Framer::Values(framer) => (Shape::Values, framer.finish(on)),
            Framer::Text(framer) => (Shape::Text, framer.finish(on)),
            Framer::Unknown(first) => {
                let first = std::mem::take(first);
                let (shape, skipped) =
                    sniff(spec.format, media, &first, true).unwrap_or((Shape::Text, 0));
                *self = Framer::new(shape);
                self.feed(spec, media, &first[skipped..], on);
                self.finish(spec, media, on)
            }
        }
    }
}

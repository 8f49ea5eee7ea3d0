//! The formats an answer can have, and what servers call them.
//!
//! Must not know how any of them is read.

use std::fmt;

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// What an answer is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Whichever the answer turns out to be.
    #[default]
    Auto,
    /// One JSON document.
    Json,
    /// Server-sent events.
    Sse,
    /// JSON values one after the other.
    Ndjson,
    /// Plain text, whole or streamed.
    Text,
}

impl Format {
    /// Every format with the word a scenario uses for it.
    pub const WORDS: &'static [(&'static str, Format)] = &[
        ("json", Format::Json),
        ("sse", Format::Sse),
        ("ndjson", Format::Ndjson),
        ("text", Format::Text),
        ("auto", Format::Auto),
    ];

    /// Whether its content comes bit by bit, so that a part of it can be missing unnoticed.
    #[must_use]
    pub fn is_stream(self) -> bool {
        matches!(self, Format::Sse | Format::Ndjson)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Format::WORDS.iter().find(|(_, format)| format == self);
        f.write_str(word.map_or("", |(word, _)| word))
    }
}

/// What the server says an answer is: the kinds of `Content-Type` that matter here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// It does not say.
    #[default]
    Unsaid,
    /// `text/event-stream`.
    EventStream,
    /// `application/x-ndjson` and the other names of lines of JSON.
    Ndjson,
    /// `application/json`, `application/problem+json`.
    Json,
    /// `text/plain`, `text/html`, and all other text.
    Text,
    /// Anything else.
    Other,
}

impl MediaKind {
    /// The kind the headers name.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> MediaKind {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return MediaKind::Unsaid;
        };
        let value = value.to_str().unwrap_or_default();
        let name = value.split(';').next().unwrap_or_default().trim();
        match name.to_ascii_lowercase().as_str() {
            "" => MediaKind::Unsaid,
            "text/event-stream" => MediaKind::EventStream,
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/jsonlines"
            | "application/x-jsonlines"
            | "application/json-seq"
            | "application/stream+json"
            | "application/json-lines" => MediaKind::Ndjson,
            name if name == "application/json" || name.ends_with("+json") => MediaKind::Json,
            name if name.starts_with("text/") => MediaKind::Text,
            _ => MediaKind::Other,
        }
    }

    /// Whether an answer of this format may be called so.
    #[must_use]
    pub fn fits(self, format: Format) -> bool {
        match self {
            MediaKind::Unsaid => true,
            MediaKind::EventStream => format == Format::Sse,
            MediaKind::Ndjson => matches!(format, Format::Ndjson | Format::Json),
            // Many servers send lines of JSON under the name of one document.
            MediaKind::Json => matches!(format, Format::Json | Format::Ndjson),
            MediaKind::Text | MediaKind::Other => format == Format::Text,
        }
    }
}

impl fmt::Display for MediaKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MediaKind::Unsaid => "no content type",
            MediaKind::EventStream => "text/event-stream",
            MediaKind::Ndjson => "application/x-ndjson",
            MediaKind::Json => "application/json",
            MediaKind::Text => "plain text",
            MediaKind::Other => "another content type",
        })
    }
}

/// An answer that is not what was expected of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mismatch {
    /// The scenario declares one format, the server sent another.
    Declared {
        /// As declared.
        declared: Format,
        /// As sent.
        found: Format,
    },
    /// The server calls its answer something it is not.
    ContentType {
        /// As called.
        media: MediaKind,
        /// As sent.
        found: Format,
    },
}

impl Mismatch {
    /// What is wrong with an answer that turned out to be `found`; the scenario's word counts
    /// before the server's.
    #[must_use]
    pub fn between(declared: Format, media: MediaKind, found: Format) -> Option<Mismatch> {
        if declared != Format::Auto && declared != found {
            return Some(Mismatch::Declared { declared, found });
        }
        (!media.fits(found)).then_some(Mismatch::ContentType { media, found })
    }
}

impl fmt::Display for Mismatch {
    /// `declared as sse, answered as json`, `sse sent as plain text`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Declared { declared, found } => {
                write!(f, "declared as {declared}, answered as {found}")
            }
            Mismatch::ContentType { media, found } => write!(f, "{found} sent as {media}"),
        }
    }
}

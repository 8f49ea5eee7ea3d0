//! What an answer is made of, seen from its first bytes.
//!
//! Owns the choice between what was declared, what the server says and what it sends: servers
//! fall back to plain JSON when a stream fails, and call a stream plain text. Must not know what
//! follows.

use super::super::format::{Format, MediaKind};

/// What a framer cuts the bytes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Shape {
    /// Server-sent events.
    Events,
    /// JSON values.
    Values,
    /// Plain text.
    Text,
}

/// Blanks before the first byte that says something: more of them say nothing either.
const MOST_BLANKS: usize = 4096;
const BOM: &[u8] = b"\xef\xbb\xbf";
/// How a stream of events can begin.
const FIELDS: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b":"];

/// The shape of an answer that begins with these bytes, and how many of them to leave out; none
/// while more are needed. More bytes never change an answer that fewer gave.
pub(in super::super) fn sniff(
    declared: Format,
    media: MediaKind,
    bytes: &[u8],
    ended: bool,
) -> Option<(Shape, usize)> {
    if !ended && bytes.len() < BOM.len() && BOM.starts_with(bytes) {
        return None;
    }
    let skipped = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    if declared == Format::Text {
        return Some((Shape::Text, skipped));
    }
    let bytes = &bytes[skipped..];
    let seen = &bytes[..bytes.len().min(MOST_BLANKS)];
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x1e;
    let Some(start) = seen.iter().position(|byte| !is_blank(byte)) else {
        let enough = ended || bytes.len() >= MOST_BLANKS;
        return enough.then(|| (usual(declared, media), skipped));
    };
    let shape = shape(declared, media, &bytes[start..], ended)?;
    Some((shape, skipped))
}

/// The shape of bytes the first of which is not blank.
fn shape(declared: Format, media: MediaKind, bytes: &[u8], ended: bool) -> Option<Shape> {
    let opens_tree = match bytes.first() {
        Some(b'{') => true,
        // A text may well begin with `[1]`.
        Some(b'[') => declared != Format::Auto || media != MediaKind::Text,
        _ => false,
    };
    if opens_tree {
        return Some(Shape::Values);
    }
    let usual = usual(declared, media);
    if usual == Shape::Events || FIELDS.iter().any(|field| bytes.starts_with(field)) {
        return Some(Shape::Events);
    }
    let may_be_field = FIELDS.iter().any(|field| field.starts_with(bytes));
    (ended || !may_be_field).then_some(usual)
}

/// The shape to expect.
fn usual(declared: Format, media: MediaKind) -> Shape {
    match (declared, media) {
        (Format::Sse, _) | (Format::Auto, MediaKind::EventStream) => Shape::Events,
        (Format::Json | Format::Ndjson, _)
        | (Format::Auto, MediaKind::Json | MediaKind::Ndjson) => Shape::Values,
        (Format::Text | Format::Auto, _) => Shape::Text,
    }
}

//! The form of server-sent events.
//!
//! Must not know what the events mean, nor when they are sent.

use axum::body::Bytes;
use serde::Serialize;

/// Their media type.
pub(super) const CONTENT_TYPE: &str = "text/event-stream; charset=utf-8";
/// A comment: no content, only a sign of life.
pub(super) const KEEP_ALIVE: &str = ": keep-alive\n\n";
/// The end marker.
pub(super) const DONE: &str = "data: [DONE]\n\n";
/// Room for an event of one token.
const ROOM: usize = 256;

/// An event with a name.
pub(super) fn named(event: &str, data: &impl Serialize) -> Bytes {
    let mut bytes = Vec::with_capacity(ROOM);
    bytes.extend_from_slice(b"event: ");
    bytes.extend_from_slice(event.as_bytes());
    bytes.push(b'\n');
    with_data(bytes, data)
}

/// An event without a name.
pub(super) fn unnamed(data: &impl Serialize) -> Bytes {
    with_data(Vec::with_capacity(ROOM), data)
}

fn with_data(mut bytes: Vec<u8>, data: &impl Serialize) -> Bytes {
    bytes.extend_from_slice(b"data: ");
    serde_json::to_writer(&mut bytes, data).expect("what the service answers is plain data");
    bytes.extend_from_slice(b"\n\n");
    bytes.into()
}

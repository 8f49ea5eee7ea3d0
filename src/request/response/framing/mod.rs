//! Bytes cut into the pieces a format is made of: events, values, texts.
//!
//! Owns the forms of streams. However the bytes are cut by the network, the pieces are the same.
//! No crate does this part: those that parse server-sent events drop what the standard tells a
//! browser to drop, the last event without its blank line, names without data, comments, and
//! these are what tells a broken answer from a whole one. Must not know what is in a piece.

pub(super) mod sniff;
pub(super) mod sse;
pub(super) mod text;
pub(super) mod values;

/// A piece of a stream longer than this is dropped: it would fill the memory, not a screen.
pub(super) const LONGEST_PIECE: usize = 16 << 20;

/// A piece of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'b> {
    /// An event with its name (empty: none was given) and its data, or one JSON value.
    Event {
        /// The name.
        name: &'b [u8],
        /// The data, lines joined.
        data: &'b [u8],
    },
    /// Some of a plain text.
    Text(&'b str),
    /// A comment: a sign of life without content.
    KeepAlive,
    /// An event too long to be kept.
    Dropped,
}

/// Told of each piece.
pub(super) type OnPiece<'f> = dyn FnMut(Piece<'_>) + 'f;

/// Appends to a buffer unless it would grow too long; whether it did.
fn push_within(buffer: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let fits = buffer.len() + bytes.len() <= LONGEST_PIECE;
    if fits {
        buffer.extend_from_slice(bytes);
    }
    fits
}

#[cfg(test)]
mod tests;

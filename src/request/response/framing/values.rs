//! JSON values one after the other: on lines of their own, run together, or a single one.
//!
//! Finds where each value ends without parsing it, so that every byte is looked at once and a
//! value that the network has cut needs no second try. Must not know what is in a value.

use memchr::memchr3;

use super::{OnPiece, Piece, push_within};

/// Cuts bytes into JSON values.
#[derive(Debug, Default)]
pub(in super::super) struct ValueFramer {
    /// The value under way, as far as it came with earlier bytes.
    buffer: Vec<u8>,
    state: State,
    too_long: bool,
}

/// Where the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Between values.
    #[default]
    Between,
    /// In a list or an object, so many levels deep.
    Tree(usize),
    /// In a text, so many levels deep; whether the byte before was a backslash.
    Text(usize, bool),
    /// In anything else, which ends with its line.
    Line,
}

impl ValueFramer {
    /// Takes the next bytes.
    pub(in super::super) fn feed(&mut self, bytes: &[u8], on: &mut OnPiece<'_>) {
        let (mut from, mut at) = (0, 0);
        while let Some(&byte) = bytes.get(at) {
            let before = self.state;
            let ended = self.step(byte);
            if before == State::Between {
                from = at;
            }
            at += 1;
            if ended {
                self.tell(&bytes[from..at], on);
                from = at;
            } else if matches!(self.state, State::Text(_, false)) {
                // Most of an answer is text: on to what may end it.
                at += memchr3(b'"', b'\\', b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
            }
        }
        if self.state != State::Between {
            self.too_long |= !push_within(&mut self.buffer, &bytes[from..]);
        }
    }

    /// The end of the bytes: whether a value was under way. One that ends with its line is told.
    pub(in super::super) fn finish(&mut self, on: &mut OnPiece<'_>) -> bool {
        let cut = matches!(self.state, State::Tree(_) | State::Text(..));
        if self.state == State::Line {
            self.tell(&[], on);
        }
        self.state = State::Between;
        self.buffer.clear();
        self.too_long = false;
        cut
    }

    /// Goes one byte on; whether a value ends with it.
    fn step(&mut self, byte: u8) -> bool {
        self.state = match (self.state, byte) {
            // RFC 7464 puts a record separator before each value.
            (State::Between, b' ' | b'\t' | b'\r' | b'\n' | 0x1e) => State::Between,
            (State::Between, b'{' | b'[') => State::Tree(1),
            (State::Between, b'"') => State::Text(0, false),
            (State::Between, _) => State::Line,
            (State::Tree(depth), b'{' | b'[') => State::Tree(depth + 1),
            (State::Tree(1), b'}' | b']') => return self.between(),
            (State::Tree(depth), b'}' | b']') => State::Tree(depth - 1),
            (State::Tree(depth), b'"') => State::Text(depth, false),
            (State::Text(depth, true), _) => State::Text(depth, false),
            (State::Text(depth, false), b'\\') => State::Text(depth, true),
            (State::Text(0, false), b'"') => return self.between(),
            (State::Text(depth, false), b'"') => State::Tree(depth),
            // No text goes over a line end: what comes next is another value.
            (State::Text(_, false), b'\n') | (State::Line, b'\n' | b'\r') => return self.between(),
            (same, _) => same,
        };
        false
    }

    fn between(&mut self) -> bool {
        self.state = State::Between;
        true
    }

    /// Tells a value of what was kept and `rest`.
    fn tell(&mut self, rest: &[u8], on: &mut OnPiece<'_>) {
        if !self.buffer.is_empty() || self.too_long {
            self.too_long |= !push_within(&mut self.buffer, rest);
        }
        let data = if self.buffer.is_empty() {
            rest
        } else {
            &self.buffer
        };
        on(if self.too_long {
            Piece::Dropped
        } else {
            Piece::Event { name: &[], data }
        });
        self.buffer.clear();
        self.too_long = false;
    }
}

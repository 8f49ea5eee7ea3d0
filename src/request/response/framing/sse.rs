//! Server-sent events: lines into fields, fields into events.
//!
//! Follows WHATWG HTML 9.2.6, and keeps what that tells a browser to throw away: comments are
//! told, an event without data is an event when it has a name, and the last event counts without
//! its blank line, which is told too. Must not know what the events mean.

use memchr::{memchr, memchr2};

use super::{OnPiece, Piece, push_within};

/// Cuts bytes into events.
#[derive(Debug, Default)]
pub(in super::super) struct SseFramer {
    /// The line under way.
    line: Vec<u8>,
    /// The event under way.
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// Something of it was too long to be kept.
    too_long: bool,
    /// The last byte was a carriage return: a line feed after it ends no other line.
    after_cr: bool,
}

impl SseFramer {
    /// Takes the next bytes.
    pub(in super::super) fn feed(&mut self, mut bytes: &[u8], on: &mut OnPiece<'_>) {
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = memchr2(b'\n', b'\r', bytes) {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            if self.line.is_empty() {
                self.field(line, on);
            } else {
                self.too_long |= !push_within(&mut self.line, line);
                let line = std::mem::take(&mut self.line);
                self.field(&line, on);
                self.line = line;
                self.line.clear();
            }
            let is_cr = bytes[end] == b'\r';
            self.after_cr = is_cr && rest.is_empty();
            bytes = match rest.strip_prefix(b"\n") {
                Some(after) if is_cr => after,
                _ => rest,
            };
        }
        self.too_long |= !push_within(&mut self.line, bytes);
    }

    /// The end of the bytes. Tells the event under way, if there is one, and whether there was.
    pub(in super::super) fn finish(&mut self, on: &mut OnPiece<'_>) -> bool {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.field(&line, on);
        }
        let under_way = self.is_under_way();
        self.dispatch(on);
        under_way
    }

    fn is_under_way(&self) -> bool {
        self.has_data || !self.name.is_empty() || self.too_long
    }

    fn field(&mut self, line: &[u8], on: &mut OnPiece<'_>) {
        if line.is_empty() {
            self.dispatch(on);
            return;
        }
        let colon = memchr(b':', line);
        let (field, value) = match colon {
            Some(0) => {
                on(Piece::KeepAlive);
                return;
            }
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.has_data {
                    self.too_long |= !push_within(&mut self.data, b"\n");
                }
                self.has_data = true;
                self.too_long |= !push_within(&mut self.data, value);
            }
            b"event" => {
                self.name.clear();
                self.too_long |= !push_within(&mut self.name, value);
            }
            // `id` and `retry` are for reconnecting; fields nobody knows are to be ignored.
            _ => {}
        }
    }

    fn dispatch(&mut self, on: &mut OnPiece<'_>) {
        if self.too_long {
            on(Piece::Dropped);
        } else if self.is_under_way() {
            on(Piece::Event {
                name: &self.name,
                data: &self.data,
            });
        }
        self.name.clear();
        self.data.clear();
        self.has_data = false;
        self.too_long = false;
    }
}

//! Plain text: bytes into characters.
//!
//! Owns characters that the network has cut. Must not know what the text says.

use super::{OnPiece, Piece};

/// Turns bytes into text.
#[derive(Debug, Default)]
pub(in super::super) struct TextFramer {
    /// The first bytes of a character whose last have not come.
    cut: Vec<u8>,
}

impl TextFramer {
    /// Takes the next bytes; tells their text in one piece unless some of them are no text.
    pub(in super::super) fn feed(&mut self, bytes: &[u8], on: &mut OnPiece<'_>) {
        if self.cut.is_empty() {
            let rest = told(bytes, on);
            self.cut.extend_from_slice(rest);
            return;
        }
        let mut joined = std::mem::take(&mut self.cut);
        joined.extend_from_slice(bytes);
        let rest = told(&joined, on);
        self.cut.extend_from_slice(rest);
    }

    /// The end of the bytes: whether a character was cut.
    pub(in super::super) fn finish(&mut self, on: &mut OnPiece<'_>) -> bool {
        let cut = !self.cut.is_empty();
        if cut {
            on(Piece::Text("\u{fffd}"));
            self.cut.clear();
        }
        cut
    }
}

/// Tells the text of these bytes and returns those of a character that may go on.
fn told<'b>(mut bytes: &'b [u8], on: &mut OnPiece<'_>) -> &'b [u8] {
    loop {
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => {
                tell(text, on);
                return &[];
            }
            Err(error) => error,
        };
        let (good, rest) = bytes.split_at(error.valid_up_to());
        tell(std::str::from_utf8(good).unwrap_or_default(), on);
        let Some(bad) = error.error_len() else {
            return rest;
        };
        on(Piece::Text("\u{fffd}"));
        bytes = &rest[bad..];
    }
}

fn tell(text: &str, on: &mut OnPiece<'_>) {
    if !text.is_empty() {
        on(Piece::Text(text));
    }
}

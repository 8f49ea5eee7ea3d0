//! Bodies that come in chunks (RFC 9112, 7.1).
//!
//! Must not know what is done with them.

use std::io;

use bytes::{Buf, BytesMut};
use httparse::{EMPTY_HEADER, Status};

use super::framing::{Piece, up_to};
use super::head::{end, owned};

/// A chunk's size with its extensions, or the trailers, may take so many bytes.
const LONGEST: usize = 16 * 1024;
/// No more trailers are read.
const MOST_TRAILERS: usize = 100;

/// What comes next.
#[derive(Debug, Default)]
pub(in super::super) enum Chunks {
    /// The size of a chunk.
    #[default]
    Size,
    /// So many more bytes of one.
    Data(u64),
    /// The line end behind a chunk.
    DataEnd,
    /// Trailers, or the blank line that ends all.
    Trailers,
    /// Nothing.
    End,
}

impl Chunks {
    /// Takes the next piece out of the buffer.
    ///
    /// # Errors
    /// When what is in it is no chunk.
    pub(super) fn take(&mut self, buffer: &mut BytesMut) -> io::Result<Piece> {
        loop {
            let piece = match self {
                Chunks::Size => self.size(buffer)?,
                Chunks::Data(left) => match up_to(left, buffer) {
                    Some(piece) => Some(piece),
                    None => self.goes_on(Chunks::DataEnd),
                },
                Chunks::DataEnd => self.data_end(buffer)?,
                Chunks::Trailers => self.trailers(buffer)?,
                Chunks::End => Some(Piece::End),
            };
            if let Some(piece) = piece {
                return Ok(piece);
            }
        }
    }

    fn goes_on(&mut self, next: Chunks) -> Option<Piece> {
        *self = next;
        None
    }

    fn size(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Piece>> {
        match buffer.first() {
            None => return Ok(Some(Piece::More)),
            // The parser takes a line without any digit for the last chunk's.
            Some(first) if !first.is_ascii_hexdigit() => {
                return Err(invalid("size line: missing size digit"));
            }
            Some(_) => {}
        }
        match httparse::parse_chunk_size(buffer) {
            Ok(Status::Complete((length, size))) => {
                buffer.advance(length);
                Ok(self.goes_on(match size {
                    0 => Chunks::Trailers,
                    size => Chunks::Data(size),
                }))
            }
            Ok(Status::Partial) if buffer.len() <= LONGEST => Ok(Some(Piece::More)),
            Ok(Status::Partial) => Err(invalid("size line: it does not end")),
            Err(_) => Err(invalid("size line: Invalid Size")),
        }
    }

    fn data_end(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Piece>> {
        match buffer[..] {
            [b'\r', b'\n', ..] => {
                buffer.advance(2);
                Ok(self.goes_on(Chunks::Size))
            }
            [] | [b'\r'] => Ok(Some(Piece::More)),
            [b'\r', ..] => Err(invalid("body LF")),
            [..] => Err(invalid("body CR")),
        }
    }

    fn trailers(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Piece>> {
        if buffer.starts_with(b"\r\n") {
            buffer.advance(2);
            return Ok(self.goes_on(Chunks::End));
        }
        let Some(end) = end(buffer) else {
            return if buffer.len() <= LONGEST {
                Ok(Some(Piece::More))
            } else {
                Err(invalid("trailers: they do not end"))
            };
        };
        let bytes = buffer.split_to(end).freeze();
        let mut parsed = [EMPTY_HEADER; MOST_TRAILERS];
        let parsed = match httparse::parse_headers(&bytes, &mut parsed) {
            Ok(Status::Complete((_, parsed))) => parsed,
            Ok(Status::Partial) | Err(_) => return Err(invalid("trailers")),
        };
        let trailers = owned(&bytes, parsed).map_err(|_| invalid("trailers"))?;
        *self = Chunks::End;
        Ok(Some(Piece::Trailers(trailers)))
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("Invalid chunk {what}"))
}

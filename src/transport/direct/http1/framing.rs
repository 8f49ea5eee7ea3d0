//! The body of an answer, piece by piece.
//!
//! Must not know what is done with it.

use std::io;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;

use super::chunks::Chunks;

/// Where a body ends.
#[derive(Debug)]
pub(in super::super) enum Framing {
    /// After so many more bytes.
    Length(u64),
    /// With the last chunk.
    Chunked(Chunks),
    /// With the connection.
    UntilEnd,
}

/// What comes next of a body.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Piece {
    /// Bytes of it.
    Data(Bytes),
    /// Headers behind it.
    Trailers(HeaderMap),
    /// Nothing before more is read.
    More,
    /// It ended.
    End,
}

impl Framing {
    /// Whether the connection can be used after the body.
    pub(super) fn leaves_connection(&self) -> bool {
        !matches!(self, Framing::UntilEnd)
    }

    /// Whether all of the body was taken.
    pub(in super::super) fn is_over(&self) -> bool {
        matches!(self, Framing::Length(0) | Framing::Chunked(Chunks::End))
    }

    /// Takes the next piece out of the buffer.
    ///
    /// # Errors
    /// When what is in it is no body that is framed like this.
    pub(in super::super) fn take(&mut self, buffer: &mut BytesMut) -> io::Result<Piece> {
        match self {
            Framing::Length(left) => Ok(up_to(left, buffer).unwrap_or(Piece::End)),
            Framing::Chunked(chunks) => chunks.take(buffer),
            Framing::UntilEnd if buffer.is_empty() => Ok(Piece::More),
            Framing::UntilEnd => Ok(Piece::Data(buffer.split().freeze())),
        }
    }

    /// The connection ended.
    ///
    /// # Errors
    /// When the body did not.
    pub(in super::super) fn end(&mut self) -> io::Result<()> {
        match self {
            Framing::UntilEnd => {
                *self = Framing::Length(0);
                Ok(())
            }
            Framing::Length(_) | Framing::Chunked(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// At most so many bytes; none when none are left to take.
pub(super) fn up_to(left: &mut u64, buffer: &mut BytesMut) -> Option<Piece> {
    if *left == 0 {
        return None;
    }
    if buffer.is_empty() {
        return Some(Piece::More);
    }
    let length = usize::try_from(*left).map_or(buffer.len(), |left| left.min(buffer.len()));
    *left -= length as u64;
    Some(Piece::Data(buffer.split_to(length).freeze()))
}

//! One HTTP/1.1 connection, driven by whoever sends over it.
//!
//! Owns when is written and when is read, and whether the connection may be used again. Must not
//! know names, redirects, or what the bytes mean.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderValue, Method};
use http_body::Frame;
use url::{Position, Url};

use crate::clock::RunClock;
use crate::model::Offset;
use crate::transport::added;
use crate::transport::errors::Causes;
use crate::transport::{TransportError, texts};

use super::http1::{Framing, Head, Outgoing, Piece, take};
use super::wire::{Socket, Watch, Wire};

/// What is read at once to begin with, in bytes: most answers are shorter.
const LEAST_ROOM: usize = 4 * 1024;
/// And at most, when there is much to read.
const MOST_ROOM: usize = 64 * 1024;

/// An error of a body, whatever lies between the body and its reader.
pub(super) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// What every address of a URL's origin begins with: `http://host:8000`.
pub(super) fn origin(url: &Url) -> &str {
    &url[..Position::BeforePath]
}

/// A connection to one origin.
pub(super) struct Connection {
    origin: Box<str>,
    /// What the origin's server is called in requests.
    host: HeaderValue,
    wire: Wire,
    unsent: Unsent,
    /// What was read and not yet understood.
    buffer: BytesMut,
    /// How much is read at once.
    room: usize,
    /// The body that is being read.
    framing: Framing,
    /// Whether the server keeps the connection for another request.
    keep_alive: bool,
}

/// What is still to be sent.
enum Unsent {
    /// These bytes.
    Bytes(Outgoing),
    /// Bytes that were written, and of which some may still lie in TLS's buffers.
    Flush,
    /// Nothing.
    Nothing,
    /// It cannot be sent.
    Broken(io::Error),
}

impl Connection {
    /// A connection to this address's origin over a socket.
    pub(super) fn over(socket: Socket, url: &Url, clock: RunClock) -> Self {
        Connection {
            origin: origin(url).into(),
            host: added::host(url),
            wire: Wire::new(socket, clock),
            unsent: Unsent::Nothing,
            buffer: BytesMut::new(),
            room: LEAST_ROOM,
            framing: Framing::Length(0),
            keep_alive: true,
        }
    }

    /// Where it leads.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The value of the `Host` header.
    pub(super) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// What was seen on its wire.
    pub(super) fn watch(&self) -> &Rc<Watch> {
        self.wire.watch()
    }

    /// Whether it may serve another request: the last one's answer is over, and nothing came
    /// behind it.
    pub(super) fn is_open(&self) -> bool {
        self.keep_alive && self.framing.is_over() && self.buffer.is_empty()
    }

    /// Lets go what only a request needs.
    pub(super) fn rest(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
            self.room = LEAST_ROOM;
        }
    }

    /// Sends a request that sets out at this moment, and waits for the head of its answer.
    ///
    /// # Errors
    /// When none came. Where nothing of the request was written, it may be sent another way.
    pub(super) async fn send(
        &mut self,
        request: Outgoing,
        method: &Method,
        at: Offset,
    ) -> Result<Head, TransportError> {
        // An answer that came before the whole request had been sent leaves something to do.
        poll_fn(|context| self.poll_send(context)).await;
        self.watch().begin(at);
        if !matches!(self.unsent, Unsent::Broken(_)) {
            self.unsent = Unsent::Bytes(request);
        }
        self.keep_alive = false;
        let mut head = poll_fn(|context| self.poll_head(method, context)).await?;
        self.framing = std::mem::replace(&mut head.framing, Framing::Length(0));
        self.keep_alive = head.keep_alive;
        Ok(head)
    }

    fn poll_head(
        &mut self,
        method: &Method,
        context: &mut Context<'_>,
    ) -> Poll<Result<Head, TransportError>> {
        loop {
            // Reading comes first: a server that has closed the connection, or says something
            // that nobody asked for, gets no request.
            match self.poll_read(context) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(texts::closed())),
                Poll::Ready(Ok(_)) if !self.watch().wrote() => {
                    return Poll::Ready(Err(texts::closed()));
                }
                Poll::Ready(Ok(_)) => {
                    if let Some(head) = take(&mut self.buffer, method).transpose() {
                        return Poll::Ready(head);
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(before_head(&error))),
                Poll::Pending => {
                    // What arrived before writing failed is read by now.
                    if let Unsent::Broken(error) = &self.unsent {
                        return Poll::Ready(Err(before_head(error)));
                    }
                    let _ = self.poll_send(context);
                    if !matches!(self.unsent, Unsent::Broken(_)) {
                        return Poll::Pending;
                    }
                }
            }
        }
    }

    /// Sends what is left to be sent; ready when nothing is, or it cannot be.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Connection { wire, unsent, .. } = self;
        loop {
            *unsent = match unsent {
                Unsent::Nothing | Unsent::Broken(_) => return Poll::Ready(()),
                Unsent::Flush => match ready!(wire.poll_flush(context)) {
                    Ok(()) => Unsent::Nothing,
                    Err(error) => Unsent::Broken(error),
                },
                Unsent::Bytes(bytes) if !bytes.has_remaining() => Unsent::Flush,
                Unsent::Bytes(bytes) => match ready!(wire.poll_write(context, bytes)) {
                    Ok(0) => Unsent::Broken(io::ErrorKind::WriteZero.into()),
                    Ok(_) => continue,
                    Err(error) => Unsent::Broken(error),
                },
            };
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let Connection {
            wire, buffer, room, ..
        } = self;
        if buffer.capacity() - buffer.len() < *room / 2 {
            buffer.reserve(*room);
        }
        let free = buffer.capacity() - buffer.len();
        let read = ready!(wire.poll_read(context, buffer))?;
        if read == free {
            *room = (*room * 2).min(MOST_ROOM);
        }
        Poll::Ready(Ok(read))
    }

    /// The next piece of the body that is being read.
    pub(super) fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Poll::Ready(loop {
            match self.framing.take(&mut self.buffer) {
                Ok(Piece::Data(bytes)) => break Some(Ok(Frame::data(bytes))),
                Ok(Piece::Trailers(trailers)) => break Some(Ok(Frame::trailers(trailers))),
                Ok(Piece::End) => break None,
                Ok(Piece::More) => {}
                Err(error) => break Some(Err(error.into())),
            }
            // Some servers answer before they have read the whole request, and then read it.
            let _ = self.poll_send(context);
            let read = ready!(self.poll_read(context));
            if let Err(error) = read.and_then(|read| match read {
                0 => self.framing.end(),
                _ => Ok(()),
            }) {
                break Some(Err(error.into()));
            }
        })
    }
}

fn before_head(error: &io::Error) -> TransportError {
    Causes::of(error).before_head()
}

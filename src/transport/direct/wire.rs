//! The socket under a connection, and what was seen on it.
//!
//! Owns the moments of an exchange: bytes are timed where the operating system takes or gives
//! them, once per call of it. Must not know HTTP.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWrite as _;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;
use tokio_util::io::{poll_read_buf, poll_write_buf};

use crate::clock::RunClock;
use crate::model::Offset;

/// A connected socket: bytes as they are, or within TLS.
pub(super) type Socket = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// What was seen on a wire. Shared by the connection and by whoever reads a body from it.
#[derive(Default)]
pub(super) struct Watch {
    wrote: Cell<bool>,
    written_at: Cell<Offset>,
    read_at: Cell<Offset>,
}

impl Watch {
    /// A request sets out at this moment: nothing of it is written yet.
    pub(super) fn begin(&self, at: Offset) {
        self.wrote.set(false);
        self.written_at.set(at);
        self.read_at.set(at);
    }

    /// Whether any byte of the request went out.
    pub(super) fn wrote(&self) -> bool {
        self.wrote.get()
    }

    /// When bytes last went out.
    pub(super) fn written_at(&self) -> Offset {
        self.written_at.get()
    }

    /// When bytes last came in.
    pub(super) fn read_at(&self) -> Offset {
        self.read_at.get()
    }
}

/// A socket that is watched.
pub(super) struct Wire {
    socket: Socket,
    clock: RunClock,
    watch: Rc<Watch>,
}

impl Wire {
    pub(super) fn new(socket: Socket, clock: RunClock) -> Self {
        Wire {
            socket,
            clock,
            watch: Rc::default(),
        }
    }

    /// What was seen on it.
    pub(super) fn watch(&self) -> &Rc<Watch> {
        &self.watch
    }

    /// Reads into the free room of the buffer, and says how much; nothing at its end.
    pub(super) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut BytesMut,
    ) -> Poll<io::Result<usize>> {
        let result = poll_read_buf(Pin::new(&mut self.socket), context, buffer);
        if let Poll::Ready(Ok(_)) = result {
            self.watch.read_at.set(self.clock.now());
        }
        result
    }

    /// Writes what it can of the bytes, and takes it away from them.
    pub(super) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &mut impl Buf,
    ) -> Poll<io::Result<usize>> {
        let result = poll_write_buf(Pin::new(&mut self.socket), context, bytes);
        if let Poll::Ready(Ok(_)) = result {
            self.watch.wrote.set(true);
            self.watch.written_at.set(self.clock.now());
        }
        result
    }

    /// Sees what was written on its way.
    pub(super) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }
}

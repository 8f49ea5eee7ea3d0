//! The socket under a connection, and what was seen on it.
//!
//! Owns the moments of an exchange: bytes are timed where the operating system takes or gives
//! them, once per call of it. Must not know HTTP.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;

use crate::clock::RunClock;
use crate::model::Offset;

/// A connected socket: bytes as they are, or within TLS.
pub(super) type Socket = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// What was seen on a wire. Shared by the wire, which lies within the HTTP connection, and by
/// whoever sends over it.
pub(super) struct Watch {
    clock: RunClock,
    /// Whom the socket wakes.
    waker: RefCell<Waker>,
    wrote: Cell<bool>,
    written_at: Cell<Offset>,
    read_at: Cell<Offset>,
}

impl Watch {
    pub(super) fn new(clock: RunClock) -> Self {
        Watch {
            clock,
            waker: RefCell::new(Waker::noop().clone()),
            wrote: Cell::new(false),
            written_at: Cell::new(Offset::ZERO),
            read_at: Cell::new(Offset::ZERO),
        }
    }

    /// From now on the socket wakes the task behind this waker.
    pub(super) fn wakes(&self, waker: &Waker) {
        let mut current = self.waker.borrow_mut();
        if !current.will_wake(waker) {
            current.clone_from(waker);
        }
    }

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

    fn written(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(_)) = result {
            self.wrote.set(true);
            self.written_at.set(self.clock.now());
        }
        result
    }

    fn came(&self, result: Poll<io::Result<()>>) -> Poll<io::Result<()>> {
        if let Poll::Ready(Ok(())) = result {
            self.read_at.set(self.clock.now());
        }
        result
    }
}

/// A socket that is watched. It wakes the watch's task, not the one behind the context that the
/// HTTP connection hands down.
pub(super) struct Wire {
    socket: Socket,
    watch: Rc<Watch>,
}

impl Wire {
    pub(super) fn new(socket: Socket, watch: Rc<Watch>) -> Self {
        Wire { socket, watch }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Wire { socket, watch } = self.get_mut();
        let waker = watch.waker.borrow();
        let result = Pin::new(socket).poll_read(&mut Context::from_waker(&waker), buffer);
        watch.came(result)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Wire { socket, watch } = self.get_mut();
        let waker = watch.waker.borrow();
        let result = Pin::new(socket).poll_write(&mut Context::from_waker(&waker), bytes);
        watch.written(result)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let Wire { socket, watch } = self.get_mut();
        let waker = watch.waker.borrow();
        let context = &mut Context::from_waker(&waker);
        let result = match pieces {
            // The plain call is the cheaper one.
            [piece] => Pin::new(socket).poll_write(context, piece),
            pieces => Pin::new(socket).poll_write_vectored(context, pieces),
        };
        watch.written(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Wire { socket, watch } = self.get_mut();
        let waker = watch.waker.borrow();
        Pin::new(socket).poll_flush(&mut Context::from_waker(&waker))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Wire { socket, watch } = self.get_mut();
        let waker = watch.waker.borrow();
        Pin::new(socket).poll_shutdown(&mut Context::from_waker(&waker))
    }
}

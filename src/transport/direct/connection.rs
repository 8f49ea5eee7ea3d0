//! One HTTP/1.1 connection, driven by whoever sends over it.
//!
//! hyper wants its connection and its user to be two tasks that wake each other through channels.
//! Here they are one: what hyper's channels wake is a flag, which says "look again", and only the
//! socket wakes the task. Must not know names, redirects or failure texts beyond the errors.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker, ready};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Version};
use http_body::{Body, Frame};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use url::{Position, Url};

use crate::clock::RunClock;
use crate::model::Offset;
use crate::transport::added;
use crate::transport::errors::Causes;
use crate::transport::{TransportError, texts};

use super::wire::{Socket, Watch, Wire};

/// How often hyper may ask to be looked at again before other users of the shard have a turn.
const ROUNDS: usize = 8;

/// An error of a body, whatever lies between the body and its reader.
pub(super) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// What every address of a URL's origin begins with: `http://host:8000`.
pub(super) fn origin(url: &Url) -> &str {
    &url[..Position::BeforePath]
}

/// A wire that leads somewhere: all that is left of a connection while its user rests.
pub(super) struct Line {
    origin: Box<str>,
    /// What the origin's server is called in requests.
    host: HeaderValue,
    wire: Wire,
    watch: Rc<Watch>,
}

/// A connection to one origin.
pub(super) struct Connection {
    origin: Box<str>,
    host: HeaderValue,
    sender: http1::SendRequest<Full<Bytes>>,
    driver: Driver,
}

struct Driver {
    http: http1::Connection<TokioIo<Wire>, Full<Bytes>>,
    watch: Rc<Watch>,
    flag: Arc<Flag>,
    /// Raises the flag.
    waker: Waker,
    /// hyper is done with the connection and must not be polled again.
    ended: bool,
    /// The server speaks HTTP/1.0, which hyper must remember.
    is_old: bool,
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Driver {
    /// Lets hyper work until this is done, or only the socket can bring it on. None: it never
    /// will be, for the connection ended.
    fn poll<T>(
        &mut self,
        context: &Context<'_>,
        mut done: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<Option<T>> {
        self.watch.wakes(context.waker());
        let inner = &mut Context::from_waker(&self.waker);
        for _ in 0..ROUNDS {
            self.flag.0.store(false, Ordering::Relaxed);
            if !self.ended {
                self.ended = self.http.poll_without_shutdown(inner).is_ready();
            }
            if let Poll::Ready(value) = done(inner) {
                return Poll::Ready(Some(value));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            if !self.flag.0.load(Ordering::Relaxed) {
                return Poll::Pending;
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Line {
    /// The line to this address's origin over a socket.
    pub(super) fn over(socket: Socket, url: &Url, clock: RunClock) -> Self {
        let watch = Rc::new(Watch::new(clock));
        Line {
            origin: origin(url).into(),
            host: added::host(url),
            wire: Wire::new(socket, Rc::clone(&watch)),
            watch,
        }
    }

    /// Where it leads.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }
}

impl Connection {
    /// A connection that speaks HTTP over a line.
    pub(super) async fn over(line: Line) -> hyper::Result<Self> {
        let (sender, http) = http1::handshake(TokioIo::new(line.wire)).await?;
        let flag = Arc::new(Flag::default());
        Ok(Connection {
            origin: line.origin,
            host: line.host,
            sender,
            driver: Driver {
                http,
                watch: line.watch,
                waker: Waker::from(Arc::clone(&flag)),
                flag,
                ended: false,
                is_old: false,
            },
        })
    }

    /// Where it leads.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether nothing but its line is needed until the next request.
    pub(super) fn is_idle(&self) -> bool {
        self.is_open() && self.sender.is_ready() && !self.driver.is_old
    }

    /// Its line, hyper's buffers and channels let go; none when the server said something that
    /// nobody asked for.
    pub(super) fn into_line(self) -> Option<Line> {
        let parts = self.driver.http.into_parts();
        parts.read_buf.is_empty().then(|| Line {
            origin: self.origin,
            host: self.host,
            wire: parts.io.into_inner(),
            watch: self.driver.watch,
        })
    }

    /// The value of the `Host` header.
    pub(super) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// What was seen on its wire.
    pub(super) fn watch(&self) -> &Rc<Watch> {
        &self.driver.watch
    }

    /// Sends a request that sets out at this moment, and waits for the head of its answer. The
    /// error is none when the connection ended without one.
    pub(super) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
        at: Offset,
    ) -> Result<Response<Incoming>, Option<hyper::Error>> {
        self.driver.watch.begin(at);
        let driver = &mut self.driver;
        let mut answer = pin!(self.sender.send_request(request));
        let answered =
            poll_fn(|context| driver.poll(context, |inner| answer.as_mut().poll(inner))).await;
        match answered {
            Some(Ok(response)) => {
                driver.is_old = response.version() == Version::HTTP_10;
                Ok(response)
            }
            Some(Err(error)) => Err(Some(error)),
            None => Err(None),
        }
    }

    /// The next piece of the body that is being read.
    pub(super) fn poll_frame(
        &mut self,
        body: &mut Incoming,
        context: &Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let mut body = Pin::new(body);
        let inner = &mut Context::from_waker(&self.driver.waker);
        // What came along with the head lies ready.
        let frame = match body.as_mut().poll_frame(inner) {
            Poll::Ready(frame) => Some(frame),
            Poll::Pending => ready!(
                self.driver
                    .poll(context, |inner| body.as_mut().poll_frame(inner))
            ),
        };
        Poll::Ready(match frame {
            Some(frame) => frame.map(|frame| frame.map_err(BodyError::from)),
            None => Some(Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())),
        })
    }

    /// Whether it may serve another request.
    pub(super) fn is_open(&self) -> bool {
        !self.driver.ended && !self.sender.is_closed()
    }

    /// Waits until it takes the next request, or is closed. An answer that came before the whole
    /// request had been sent leaves something to do.
    pub(super) async fn ready(&mut self) {
        if !self.sender.is_ready() {
            let Connection { sender, driver, .. } = self;
            poll_fn(|context| driver.poll(context, |inner| sender.poll_ready(inner))).await;
        }
    }

    /// Why it brought no head of an answer, its last words included.
    pub(super) fn why(self, error: Option<&hyper::Error>) -> TransportError {
        let Some(error) = error else {
            return texts::closed();
        };
        let causes = Causes::of(error);
        if !causes.is_not_http() {
            return causes.before_head();
        }
        let read = self.driver.http.into_parts().read_buf;
        texts::not_http(Some(&read[..]).filter(|read| !read.is_empty()))
    }
}

//! The web UI: Locust's web API, our own, metrics, and a page, over one server.
//!
//! Owns the server and what viewers are shown of a run. Runs are started and steered by way of
//! [`Control`]; how a plan is made and carried out is the [`Launcher`]'s. Must not know the command
//! line.

mod api;
mod board;
mod control;
mod feed;
mod form;
mod guard;
mod launcher;
mod locust;
mod login;
mod logs;
mod metrics;
mod order;
mod page;
mod reply;
mod routes;
mod serving;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub use board::{Board, Stage, View};
pub use control::{Control, NotRunning};
pub use feed::WebFeed;
pub use guard::{Access, Guard, Hosts};
pub use launcher::{Launch, Launcher, Order, Refused, origin};
pub use logs::Logs;

/// How long requests in flight may still take once the server is to end.
const GRACE: Duration = Duration::from_secs(2);
/// Viewers that can follow the events at once.
const VIEWERS: usize = 64;

/// What every route is given.
struct Shared {
    control: Arc<Control>,
    guard: Arc<Guard>,
    /// Places for viewers that follow the events.
    viewers: Arc<Semaphore>,
    /// The state as it was told last.
    told: api::Told,
    /// The server is going down: streams end.
    ending: CancellationToken,
}

/// A server that listens and does not answer yet.
pub struct Web {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Web {
    /// Listens on an address.
    ///
    /// # Errors
    /// The system's reason.
    pub async fn bind(listen: SocketAddr, guard: Guard, control: Control) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let shared = Shared {
            control: Arc::new(control),
            guard: Arc::new(guard),
            viewers: Arc::new(Semaphore::new(VIEWERS)),
            told: api::Told::default(),
            ending: CancellationToken::new(),
        };
        Ok(Web {
            address: listener.local_addr()?,
            listener,
            shared: Arc::new(shared),
        })
    }

    /// The address listened on, with the port the system chose.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The control of the runs it starts.
    #[must_use]
    pub fn control(&self) -> Arc<Control> {
        Arc::clone(&self.shared.control)
    }

    /// Answers until `until` is done. A run under way then is nobody's: end it before.
    pub async fn serve(self, until: impl Future<Output = ()>) {
        let ending = self.shared.ending.clone();
        let routes = routes::router(self.shared);
        let mut serving = pin!(serving::serve(self.listener, routes, ending.clone()));
        tokio::select! {
            () = &mut serving => return,
            () = until => ending.cancel(),
        }
        // Whoever has not finished by then is cut off.
        let _ = tokio::time::timeout(GRACE, serving).await;
    }
}

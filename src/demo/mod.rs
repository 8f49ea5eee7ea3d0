//! The embedded RAG service: something real enough to test against, with faults to switch on.
//!
//! Owns starting and stopping it. Must not know how load is generated, measured or reported: it
//! is a target like any other, and counts its own requests so that others can be checked against
//! it.

mod answer;
mod cache;
mod corpus;
mod counts;
mod dialects;
mod disturbance;
mod durations;
mod fate;
pub mod faults;
mod gate;
mod gauge;
pub mod latency;
mod leak;
mod limiter;
mod listener;
mod moment;
mod pace;
mod pipeline;
mod pool;
mod rate_limit;
mod reply;
mod respond;
mod retrieval;
mod routes;
mod shared;
mod sse;
mod stream;
mod tally;
mod words;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

pub use counts::CountsSnapshot;
pub use faults::{FaultError, Faults};
pub use latency::{Latency, LatencyError};
pub use rate_limit::HeaderFamily;
pub use tally::{AnswersSnapshot, Tally};

use listener::{BreakableListener, Connection};
use retrieval::Index;
use shared::Shared;

/// How long requests in flight may still take once the service is to stop.
const GRACE: Duration = Duration::from_secs(5);

/// What the service is to be like.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoConfig {
    /// Where to listen; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Seed of all chance: latencies and who meets which fault, in the order of arrival.
    pub seed: u64,
    /// Faults from the start; `POST /faults` and [`DemoHandle::set_faults`] change them.
    pub faults: Faults,
    /// How long each stage takes.
    pub latency: Latency,
}

impl Default for DemoConfig {
    /// On 127.0.0.1:8000, healthy, at the pace of a real service.
    fn default() -> Self {
        DemoConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8000)),
            seed: 1,
            faults: Faults::default(),
            latency: Latency::default(),
        }
    }
}

/// Why the service did not start or did not go on.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What is wrong with it and what to do.
        reason: String,
    },
    /// A fault is out of its limits.
    #[error(transparent)]
    Faults(#[from] FaultError),
    /// A latency is out of its limits.
    #[error(transparent)]
    Latency(#[from] LatencyError),
    /// The bundled documents are damaged: a fault of this program.
    #[error("cannot read the bundled documents: {0}")]
    Corpus(#[from] serde_json::Error),
    /// The service broke down.
    #[error("the demo service stopped: {0}")]
    Serve(#[source] io::Error),
}

/// The service, listening but not yet answering.
pub struct Demo {
    listener: BreakableListener,
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// A hold on a running service; copies act on the same one.
#[derive(Clone)]
pub struct DemoHandle {
    shared: Arc<Shared>,
}

impl Demo {
    /// Checks `config`, indexes the documents and starts listening. Connections are accepted from
    /// now on and answered once [`Demo::serve`] runs.
    ///
    /// # Errors
    /// [`DemoError`] for settings out of limits or an address that cannot be listened on.
    pub async fn bind(config: DemoConfig) -> Result<Demo, DemoError> {
        config.faults.validate()?;
        config.latency.validate()?;
        let index = Index::build(corpus::bundled()?);
        let failed = |error: io::Error| DemoError::Listen {
            address: config.listen,
            reason: reason(&error),
        };
        let listener = BreakableListener::bind(config.listen).map_err(failed)?;
        let address = listener.address().map_err(failed)?;
        let shared = Shared::new(index, config.latency, config.seed, config.faults);
        Ok(Demo {
            listener,
            address,
            shared: Arc::new(shared),
        })
    }

    /// The address listened on, with the port the system chose.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// A hold on the service that outlives [`Demo::serve`].
    #[must_use]
    pub fn handle(&self) -> DemoHandle {
        DemoHandle {
            shared: Arc::clone(&self.shared),
        }
    }

    /// Answers requests until `shutdown` completes; those in flight then have five seconds to
    /// finish.
    ///
    /// # Errors
    /// [`DemoError::Serve`] when the service breaks down.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<(), DemoError> {
        let stopping = self.shared.stopping.clone();
        let app = routes::router(Arc::clone(&self.shared))
            .into_make_service_with_connect_info::<Connection>();
        let serving = axum::serve(self.listener, app)
            .with_graceful_shutdown(stopping.clone().cancelled_owned())
            .into_future();
        let mut serving = pin!(serving);
        tokio::select! {
            ended = &mut serving => return ended.map_err(DemoError::Serve),
            () = shutdown => stopping.cancel(),
        }
        // Whoever has not finished by then is cut off with the runtime.
        tokio::time::timeout(GRACE, serving)
            .await
            .map_or(Ok(()), |ended| ended.map_err(DemoError::Serve))
    }
}

impl DemoHandle {
    /// The faults in force.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.shared.faults().as_ref().clone()
    }

    /// Puts `faults` in the place of those in force.
    ///
    /// # Errors
    /// [`FaultError`]; the faults then stay as they were.
    pub fn set_faults(&self, faults: Faults) -> Result<(), FaultError> {
        self.shared.set_faults(faults)
    }

    /// What became of every request since the start or the last reset.
    #[must_use]
    pub fn counts(&self) -> CountsSnapshot {
        self.shared.counts.snapshot()
    }

    /// What was in the answers since the start or the last reset.
    #[must_use]
    pub fn answers(&self) -> AnswersSnapshot {
        self.shared.answers.snapshot()
    }

    /// Starts counting again.
    pub fn reset_counts(&self) {
        self.shared.reset_counts();
    }
}

/// The system's reason in words, with what to do about it.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "address in use; choose another with --port".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "permission denied; choose a port of 1024 or above with --port".to_owned()
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address; use 127.0.0.1 or 0.0.0.0".to_owned()
        }
        _ => error.to_string(),
    }
}

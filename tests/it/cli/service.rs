//! What the program is aimed at: the demo service, and sockets that do less.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use ragload::demo::{CountsSnapshot, Demo, DemoConfig, DemoHandle, Faults, Latency};
use tokio::net::TcpSocket;
use tokio::sync::oneshot;

/// The demo service on a thread of its own, answering at once unless told otherwise.
pub(super) struct Service {
    address: SocketAddr,
    pub(super) handle: DemoHandle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// In good health.
    pub(super) fn start() -> Self {
        Self::with(Faults::default())
    }

    /// With these faults.
    pub(super) fn with(faults: Faults) -> Self {
        Self::of(faults, Latency::none(), 0)
    }

    /// Taking about so long for a question.
    pub(super) fn slow(time: Duration) -> Self {
        let latency = Latency {
            llm: time,
            retrieval: time,
            sigma: 0.0,
            ..Latency::default()
        };
        Self::of(Faults::default(), latency, 0)
    }

    /// On a port that was chosen before.
    pub(super) fn on_port(port: u16) -> Self {
        Self::of(Faults::default(), Latency::none(), port)
    }

    fn of(faults: Faults, latency: Latency, port: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let config = DemoConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            faults,
            latency,
            ..DemoConfig::default()
        };
        let demo = runtime.block_on(Demo::bind(config)).unwrap();
        let (address, handle) = (demo.local_addr(), demo.handle());
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let serving = demo.serve(async move { drop(stopped.await) });
            runtime.block_on(serving).unwrap();
        });
        Service {
            address,
            handle,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Its base address.
    pub(super) fn host(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that arrived, by route and ending.
    pub(super) fn counts(&self) -> CountsSnapshot {
        self.handle.counts()
    }

    /// Requests that were answered, or met a fault.
    pub(super) fn requests(&self) -> u64 {
        self.counts().values().flat_map(|row| row.values()).sum()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Its panic would only hide the test's own.
            drop(thread.join());
        }
    }
}

/// A port that refuses connections for as long as this lives: taken, but not listened on.
pub(super) struct Nobody {
    _socket: TcpSocket,
    pub(super) port: u16,
}

impl Nobody {
    pub(super) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let port = socket.local_addr().unwrap().port();
        Nobody {
            _socket: socket,
            port,
        }
    }

    pub(super) fn host(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A listener that counts connections and closes them: whoever comes by, was here.
pub(super) struct Tripwire {
    address: SocketAddr,
    touched: Arc<AtomicUsize>,
}

impl Tripwire {
    pub(super) fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let touched = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&touched);
        // Ends with the test program.
        std::thread::spawn(move || {
            while listener.accept().is_ok() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        Tripwire { address, touched }
    }

    pub(super) fn host(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Connections so far.
    pub(super) fn touched(&self) -> usize {
        self.touched.load(Ordering::SeqCst)
    }
}

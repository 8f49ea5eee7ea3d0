//! The transport for speed: connections of our own, one for each user and origin.
//!
//! HTTP/1.1 as Locust's users speak it: over TCP or TLS, without proxies. What it does, counts and
//! says of failures is what `general` does and says. Must not know users, checks or statistics.

mod client;
mod connect;
mod connection;
mod course;
mod decoding;
mod http1;
mod names;
mod receive;
mod sessions;
mod wire;

pub use client::DirectClient;

use std::sync::Arc;

use crate::clock::RunClock;

use super::tls::Configs;
use super::{ClientSettings, Transport, TransportError};

use names::Names;
use sessions::Sessions;

/// Makes clients over connections of their own.
pub struct Direct {
    clock: RunClock,
    tls: Configs,
    names: Arc<Names>,
}

impl Direct {
    /// A transport whose moments are told by this clock.
    #[must_use]
    pub fn new(clock: RunClock) -> Self {
        Direct {
            clock,
            tls: Configs::speaking(&[b"http/1.1"]),
            names: Arc::default(),
        }
    }
}

impl Transport for Direct {
    type Client = DirectClient;

    fn client(&self, settings: &ClientSettings) -> Result<DirectClient, TransportError> {
        let sessions = Sessions::of(self.tls.of(settings)?);
        let names = Arc::clone(&self.names);
        let hosts = settings.redirect_hosts.as_slice().into();
        Ok(DirectClient::new(self.clock, names, sessions, hosts))
    }
}

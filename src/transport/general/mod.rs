//! The transport for everything: reqwest with its cookies, proxies, encodings and HTTP/2.
//!
//! Nothing outside this folder knows reqwest. Each virtual user has connections and a cookie jar
//! of its own; TLS settings are shared. Must not know users, checks or statistics.

mod added;
mod client;
mod errors;
mod tls;

pub use client::GeneralClient;

use crate::clock::RunClock;

use super::{ClientSettings, Transport, TransportError};

/// Makes clients over reqwest.
pub struct General {
    clock: RunClock,
    tls: tls::Configs,
}

impl General {
    /// A transport whose moments are told by this clock.
    #[must_use]
    pub fn new(clock: RunClock) -> Self {
        General {
            clock,
            tls: tls::Configs::default(),
        }
    }
}

impl Transport for General {
    type Client = GeneralClient;

    fn client(&self, settings: &ClientSettings) -> Result<GeneralClient, TransportError> {
        let tls = self.tls.of(settings)?;
        Ok(GeneralClient::new(
            self.clock,
            tls,
            settings.redirect_hosts.clone(),
        ))
    }
}

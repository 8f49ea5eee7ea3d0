//! TLS for one user: the settings all users share, and the user's own sessions.
//!
//! Must not know connections.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::Resumption;

/// Sessions kept for resuming: those of a few origins.
const KEPT: usize = 32;

/// A user resumes its own sessions, as a browser does, and never another's: the first connection
/// of each costs a whole handshake, as it does from as many machines.
pub(super) struct Sessions {
    shared: Arc<ClientConfig>,
    own: Option<Arc<ClientConfig>>,
}

impl Sessions {
    /// None yet, of a user with these settings.
    pub(super) fn of(shared: Arc<ClientConfig>) -> Self {
        Sessions { shared, own: None }
    }

    /// The settings to connect with. A user without TLS never pays for a memory of sessions.
    pub(super) fn own(&mut self) -> &Arc<ClientConfig> {
        self.own.get_or_insert_with(|| {
            let mut own = ClientConfig::clone(&self.shared);
            own.resumption = Resumption::in_memory_sessions(KEPT);
            Arc::new(own)
        })
    }
}

//! The traits every transport implements, and their errors.
//!
//! A leaf: implementations import it, it imports none of them.

use std::future::Future;
use std::path::PathBuf;

use http::HeaderMap;

use crate::model::{Failure, FailureKind};
use crate::request::{AnswerReader, Prepared};

/// Makes clients; one per run, shared by all shards.
pub trait Transport: Send + Sync + 'static {
    /// What one virtual user sends with.
    type Client: Client;

    /// A client for one virtual user: its own connections and its own cookie jar.
    ///
    /// # Errors
    /// When the settings cannot be honoured (an unreadable certificate, a bad proxy address).
    fn client(&self, settings: &ClientSettings) -> Result<Self::Client, TransportError>;
}

/// Sends the requests of one virtual user, one at a time.
pub trait Client: 'static {
    /// Sends one request and reports what arrives to `reader`, redirects followed and bodies
    /// decoded, within the request's own timeout. Whatever arrived before an error has been
    /// reported too.
    ///
    /// Dropping the future abandons the request and its connection.
    fn send(
        &mut self,
        request: &Prepared,
        reader: &mut AnswerReader,
    ) -> impl Future<Output = Result<(), TransportError>>;

    /// The request whose future was dropped before its end is given up: reports to `reader` what it
    /// spent until now, and the connections it took. Nothing where a transport cannot tell.
    fn given_up(&mut self, _reader: &mut AnswerReader) {}

    /// The headers that sending this request now would add to its own: those of the connection,
    /// of the encodings that are understood, of the cookies. For people to see; none by default.
    fn added_headers(&self, _request: &Prepared) -> HeaderMap {
        HeaderMap::new()
    }

    /// The user will send nothing for a while: what only a request needs may be let go. Does
    /// nothing unless a transport has something to gain.
    fn rest(&mut self) {}
}

/// What a user class decides about its connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientSettings {
    /// Accept any certificate.
    pub insecure: bool,
    /// Certificates (PEM) to trust instead of the system's.
    pub ca_cert: Option<PathBuf>,
    /// Certificate chain and private key (PEM, in one file) to present.
    pub client_cert: Option<PathBuf>,
    /// Hosts, beside the first request's own, that a redirect may lead to.
    pub redirect_hosts: Vec<String>,
}

/// Why no complete answer came. The text is worded as Locust's `HttpUser` words it where it has
/// words for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct TransportError {
    /// The class of what went wrong.
    pub kind: FailureKind,
    /// Its text, as it appears in the failure table.
    pub text: String,
}

impl TransportError {
    /// An error of this class with this text.
    pub fn new(kind: FailureKind, text: impl Into<String>) -> Self {
        TransportError {
            kind,
            text: text.into(),
        }
    }
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Failure {
        Failure::new(error.kind, error.text)
    }
}

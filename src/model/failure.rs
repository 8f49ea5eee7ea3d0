//! Why a request counts as failed, in the words Locust's readers know.
//!
//! Owns the classes of failure and the two texts of each (file and console). Must not know how a
//! failure comes about: transports and checks word their own.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::python_repr::str_repr;

/// The class of a failure: what kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// An answer whose status was not accepted.
    Status,
    /// An answer of status 429 that was not accepted.
    RateLimited,
    /// An answer that did not meet an expectation of the scenario.
    Check,
    /// An answer of which a part is missing.
    Truncated,
    /// An answer that tells of a failure within itself, its status notwithstanding.
    InStream,
    /// An answer from which a needed value could not be extracted.
    Extract,
    /// No connection: name unknown, refused, unreachable, out of ports.
    Connect,
    /// A TLS handshake or certificate that was not accepted.
    Tls,
    /// The time allowed for the request ran out.
    Timeout,
    /// The connection broke before the whole answer was there.
    Closed,
    /// An answer that is not the protocol: bad status line, bad encoding, redirect loop.
    Protocol,
    /// The request could not be made from its template: nothing was sent.
    Template,
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FailureKind::Status => "status",
            FailureKind::RateLimited => "rate limit",
            FailureKind::Check => "check",
            FailureKind::Truncated => "truncated answer",
            FailureKind::InStream => "error within the answer",
            FailureKind::Extract => "extraction",
            FailureKind::Connect => "connection",
            FailureKind::Tls => "TLS",
            FailureKind::Timeout => "timeout",
            FailureKind::Closed => "closed connection",
            FailureKind::Protocol => "protocol",
            FailureKind::Template => "template",
        })
    }
}

/// One failed request's reason. Rows of the failure table are kept per (endpoint, failure).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Failure {
    /// The class it belongs to.
    pub kind: FailureKind,
    /// What happened, without Python's dressing for checks, with it for statuses and transport
    /// errors (`HTTPError('404 Client Error: …')`), as Locust's own console shows it.
    pub text: String,
}

impl Failure {
    /// A failure of this kind with this text.
    pub fn new(kind: FailureKind, text: impl Into<String>) -> Self {
        Failure {
            kind,
            text: text.into(),
        }
    }

    /// The text of the failures CSV, JSON and HTML: checks appear as Locust's
    /// `CatchResponseError('…')`, all else as it is.
    #[must_use]
    pub fn error(&self) -> String {
        match self.kind {
            FailureKind::Check
            | FailureKind::Truncated
            | FailureKind::InStream
            | FailureKind::Extract
            | FailureKind::Template => {
                format!("CatchResponseError({})", str_repr(&self.text))
            }
            FailureKind::Status
            | FailureKind::RateLimited
            | FailureKind::Connect
            | FailureKind::Tls
            | FailureKind::Timeout
            | FailureKind::Closed
            | FailureKind::Protocol => self.text.clone(),
        }
    }
}

//! The errors of HTTP libraries, in the words every transport uses.
//!
//! Owns the search through an error's causes. Must not know when an error happened beyond what it
//! is told.

use std::error::Error;
use std::io;

use crate::model::FailureKind;
use crate::model::python_repr::str_repr;

use super::{TransportError, texts};

/// hyper's words for a header that cannot be read.
const BAD_HEADER: &str = "invalid HTTP header";

/// What was found in the chain of an error's causes.
#[derive(Default)]
pub(super) struct Causes {
    system: Option<TransportError>,
    tls: Option<TransportError>,
    /// An end of file in the wrong place.
    ended: bool,
    /// Every cause's own text, outermost first.
    texts: Vec<String>,
}

impl Causes {
    /// The causes of this error, itself included.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Causes {
        let mut causes = Causes::default();
        let mut next = Some(error);
        while let Some(cause) = next {
            causes.texts.push(cause.to_string());
            next = cause.source();
            if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
                causes.tls.get_or_insert_with(|| texts::tls(tls));
            }
            if let Some(io) = cause.downcast_ref::<io::Error>() {
                causes.ended |= io.kind() == io::ErrorKind::UnexpectedEof;
                if let Some(system) = texts::system(io) {
                    causes.system.get_or_insert(system);
                }
                // The error an `io::Error` wraps is not its source: that is one further down.
                let wrapped: Option<&(dyn Error + 'static)> =
                    io.get_ref().map(|wrapped| wrapped as _);
                next = wrapped.or(next);
            }
        }
        causes
    }

    /// What the system or TLS says went wrong, where one of them is the cause.
    pub(super) fn known(&self) -> Option<TransportError> {
        self.tls.clone().or_else(|| self.system.clone())
    }

    /// Why a name has no address.
    pub(super) fn looking_up(self) -> TransportError {
        let unknown = || texts::unknown_host(&self.texts.join(" "));
        self.known().unwrap_or_else(unknown)
    }

    /// Why there is no connection.
    pub(super) fn connecting(self) -> TransportError {
        if let Some(known) = self.known() {
            return known;
        }
        if self.says("dns error") || self.says("failed to lookup address") {
            return self.looking_up();
        }
        if self.ended {
            return texts::handshake_closed();
        }
        TransportError::new(FailureKind::Connect, self.deepest())
    }

    /// Why a connection brought no head of an answer.
    pub(super) fn before_head(self) -> TransportError {
        if let Some(known) = self.known() {
            return known;
        }
        if self.says("before message completed") || self.ended {
            return texts::closed();
        }
        if self.says("message head is too large") {
            return texts::head_too_large();
        }
        if self.says(BAD_HEADER) {
            return texts::bad_header();
        }
        if self.is_not_http() {
            return texts::not_http(None);
        }
        TransportError::new(FailureKind::Protocol, self.deepest())
    }

    /// Why a body broke off, of which `read` bytes arrived; `expected` is the length told.
    pub(super) fn within_body(self, read: u64, expected: Option<u64>) -> TransportError {
        if let Some(system) = self.system {
            return texts::broken(&system);
        }
        if self.ended || self.says("end of file") || self.says("unexpected EOF") {
            return texts::incomplete(read, expected);
        }
        if let Some(tls) = self.tls {
            return tls;
        }
        let text = if self.says("Invalid chunk") {
            let why = str_repr(&self.deepest());
            format!("ChunkedEncodingError(ProtocolError({why}))")
        } else {
            format!("ContentDecodingError: {}", self.deepest())
        };
        TransportError::new(FailureKind::Protocol, text)
    }

    /// Whether what came is not HTTP from its first line on.
    fn is_not_http(&self) -> bool {
        let parts = ["invalid HTTP", "malformed", "unexpected message"];
        !self.says(BAD_HEADER) && parts.iter().any(|part| self.says(part))
    }

    fn says(&self, part: &str) -> bool {
        self.texts.iter().any(|text| text.contains(part))
    }

    fn deepest(mut self) -> String {
        self.texts.pop().unwrap_or_default()
    }
}

/// Whether an error may come from a connection that the server had closed already.
pub(super) fn is_closed(error: &TransportError) -> bool {
    error.kind == FailureKind::Closed
}

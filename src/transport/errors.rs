//! reqwest's errors in the words every transport uses.
//!
//! Must not know when an error happened beyond what it is told.

use std::error::Error;
use std::io;

use crate::model::FailureKind;
use crate::request::Prepared;
use crate::transport::{TransportError, texts};

/// What was found in the chain of an error's causes.
#[derive(Default)]
struct Causes {
    system: Option<TransportError>,
    tls: Option<TransportError>,
    /// An end of file in the wrong place.
    ended: bool,
    /// Every cause's own text, outermost first.
    texts: Vec<String>,
}

/// An error from before the head of the answer was there.
pub(super) fn before_head(error: reqwest::Error, request: &Prepared) -> TransportError {
    let connecting = error.is_connect();
    let timed_out = error.is_timeout();
    let mut causes = Causes::of(&error.without_url());
    if let Some(known) = causes.tls.take().or(causes.system.take()) {
        return known;
    }
    if connecting && timed_out {
        return texts::connect_timeout(&request.url, request.timeout);
    }
    let says = |part: &str| causes.texts.iter().any(|text| text.contains(part));
    if says("dns error") || says("failed to lookup address") {
        return texts::unknown_host(&causes.texts.join(" "));
    }
    if says("before message completed") || causes.ended && !connecting {
        return texts::closed();
    }
    if ["invalid HTTP", "message head is too large", "malformed"]
        .iter()
        .any(|part| says(part))
    {
        return texts::not_http();
    }
    let kind = if connecting {
        FailureKind::Connect
    } else {
        FailureKind::Protocol
    };
    TransportError::new(kind, causes.deepest())
}

/// An error from within the body, of which `read` bytes arrived; `expected` is the length told.
pub(super) fn within_body(
    error: reqwest::Error,
    read: u64,
    expected: Option<u64>,
) -> TransportError {
    let causes = Causes::of(&error.without_url());
    if let Some(system) = causes.system {
        return texts::broken(&system);
    }
    let says = |part: &str| causes.texts.iter().any(|text| text.contains(part));
    if causes.ended || says("end of file") || says("unexpected EOF") {
        return texts::incomplete(read, expected);
    }
    if let Some(tls) = causes.tls {
        return tls;
    }
    TransportError::new(
        FailureKind::Protocol,
        format!("ContentDecodingError: {}", causes.deepest()),
    )
}

/// Whether an error may come from a connection that the server had closed already.
pub(super) fn is_closed(error: &TransportError) -> bool {
    error.kind == FailureKind::Closed
}

impl Causes {
    fn of(error: &(dyn Error + 'static)) -> Causes {
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

    fn deepest(mut self) -> String {
        self.texts.pop().unwrap_or_default()
    }
}

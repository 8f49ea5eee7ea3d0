//! A request ready to go on the wire.
//!
//! The meeting point of templates (which make it) and transports (which send it). Must not know
//! either.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

/// One request with nothing left to fill in. Cheap to clone: the body is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The method to send.
    pub method: Method,
    /// Where to: absolute, `http` or `https`, without user information and fragment.
    pub url: Url,
    /// Headers in the order to send them; content type and authorization included, those that
    /// the transport itself decides (host, content length, accept-encoding, cookies) not.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
    /// Time allowed from setting out to the last byte of the answer.
    pub timeout: Duration,
    /// Time allowed for making a connection, where it is less than that.
    pub connect_timeout: Option<Duration>,
    /// Whether a redirect is followed (at most 30, as Locust does).
    pub follow_redirects: bool,
    /// Whether every sending is the same, so that what is made of it is worth keeping.
    pub constant: bool,
}

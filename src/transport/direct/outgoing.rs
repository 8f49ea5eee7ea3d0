//! A prepared request in the form hyper sends.
//!
//! Must not know connections.

use bytes::Bytes;
use http::header::COOKIE;
use http::{HeaderValue, Request};
use http_body_util::Full;

use crate::request::Prepared;
use crate::transport::TransportError;

use super::forms::form;

/// What hyper sends.
pub(super) type Outgoing = Request<Full<Bytes>>;

/// The request for a server that is called by this `Host`.
pub(super) fn outgoing(
    request: &Prepared,
    host: &HeaderValue,
    cookies: Option<HeaderValue>,
) -> Result<Outgoing, TransportError> {
    let (uri, mut headers) = form(request, host)?;
    if let Some(cookies) = cookies.filter(|_| !headers.contains_key(COOKIE)) {
        headers.insert(COOKIE, cookies);
    }
    let mut outgoing = Request::new(Full::new(request.body.clone()));
    *outgoing.method_mut() = request.method.clone();
    *outgoing.uri_mut() = uri;
    *outgoing.headers_mut() = headers;
    Ok(outgoing)
}

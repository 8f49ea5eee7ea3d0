//! A prepared request in the form hyper sends.
//!
//! Must not know connections.

use bytes::Bytes;
use http::{HeaderValue, Request, Uri};
use http_body_util::Full;
use url::Position;

use crate::model::FailureKind;
use crate::request::Prepared;
use crate::transport::TransportError;
use crate::transport::added::with_added;

/// What hyper sends.
pub(super) type Outgoing = Request<Full<Bytes>>;

/// The request for a server that is called by this `Host`.
pub(super) fn outgoing(
    request: &Prepared,
    host: &HeaderValue,
    cookies: Option<HeaderValue>,
) -> Result<Outgoing, TransportError> {
    let target = &request.url[Position::BeforePath..Position::AfterQuery];
    let uri = Uri::try_from(target)
        .map_err(|error| TransportError::new(FailureKind::Protocol, error.to_string()))?;
    let mut outgoing = Request::new(Full::new(request.body.clone()));
    *outgoing.method_mut() = request.method.clone();
    *outgoing.uri_mut() = uri;
    *outgoing.headers_mut() = with_added(request, host, cookies);
    Ok(outgoing)
}

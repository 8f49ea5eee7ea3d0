//! The headers that a transport adds to a request by itself.
//!
//! Must not know connections.

use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, COOKIE, HOST, HeaderName, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use url::{Position, Url};

use crate::request::Prepared;

/// How the tool names itself unless the scenario does.
const OWN_NAME: &str = concat!("ragload/", env!("CARGO_PKG_VERSION"));
/// The encodings that answers are decoded from.
const ENCODINGS: &str = "gzip, deflate, br, zstd";
/// The most headers that are added.
const MOST: usize = 6;

/// What a URL's server is called in the `Host` header.
pub(super) fn host(url: &Url) -> HeaderValue {
    // A URL's host and port hold nothing that a header cannot.
    HeaderValue::try_from(&url[Position::BeforeHost..Position::AfterPort])
        .unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A request's headers with those added that it does not have itself.
pub(super) fn with_added(
    request: &Prepared,
    host: &HeaderValue,
    cookies: Option<HeaderValue>,
) -> HeaderMap {
    let own = &request.headers;
    let mut headers = if own.is_empty() {
        HeaderMap::with_capacity(MOST)
    } else {
        let mut headers = own.clone();
        headers.reserve(MOST);
        headers
    };
    let mut add = |name: HeaderName, value: HeaderValue| {
        if own.is_empty() || !own.contains_key(&name) {
            headers.insert(name, value);
        }
    };
    add(HOST, host.clone());
    add(USER_AGENT, HeaderValue::from_static(OWN_NAME));
    add(ACCEPT, HeaderValue::from_static("*/*"));
    add(ACCEPT_ENCODING, HeaderValue::from_static(ENCODINGS));
    if let Some(cookies) = cookies {
        add(COOKIE, cookies);
    }
    // The length of a body follows from it.
    if says_no_body(request) {
        add(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    headers
}

/// Only those that are added, the length of the body included: for people to see.
pub(super) fn added_alone(request: &Prepared, cookies: Option<HeaderValue>) -> HeaderMap {
    let sent = with_added(request, &host(&request.url), cookies);
    let mut added = HeaderMap::with_capacity(MOST);
    // Removing the request's own instead would shuffle the others.
    for (name, value) in &sent {
        if !request.headers.contains_key(name) {
            added.insert(name.clone(), value.clone());
        }
    }
    if !request.body.is_empty() {
        added.insert(CONTENT_LENGTH, HeaderValue::from(request.body.len()));
    }
    added
}

/// Whether the request's method lets a body be expected and there is none, which must be said.
pub(super) fn says_no_body(request: &Prepared) -> bool {
    request.body.is_empty() && matches!(request.method, Method::POST | Method::PUT | Method::PATCH)
}

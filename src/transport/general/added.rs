//! The headers that reqwest adds to a request by itself, told beforehand.
//!
//! Held against what a server really receives by a test. Must not know connections.

use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, COOKIE, HOST, HeaderName, USER_AGENT};
use http::{HeaderMap, HeaderValue};

use crate::request::Prepared;

/// The encodings that answers are decoded from.
const ENCODINGS: &str = "zstd,gzip,deflate,br";

/// What is added to this request, but for what it has itself.
pub(super) fn headers(
    request: &Prepared,
    user_agent: &'static str,
    cookies: Option<HeaderValue>,
) -> HeaderMap {
    let mut added = HeaderMap::new();
    let mut add = |name: HeaderName, value: Option<HeaderValue>| {
        if let Some(value) = value.filter(|_| !request.headers.contains_key(&name)) {
            added.insert(name, value);
        }
    };
    add(HOST, host(request));
    add(USER_AGENT, Some(HeaderValue::from_static(user_agent)));
    add(ACCEPT, Some(HeaderValue::from_static("*/*")));
    add(ACCEPT_ENCODING, Some(HeaderValue::from_static(ENCODINGS)));
    add(COOKIE, cookies);
    add(CONTENT_LENGTH, content_length(request));
    added
}

fn host(request: &Prepared) -> Option<HeaderValue> {
    let host = request.url.host_str()?;
    let text = match request.url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    HeaderValue::try_from(text).ok()
}

/// An empty body has none, whatever the method.
fn content_length(request: &Prepared) -> Option<HeaderValue> {
    (!request.body.is_empty()).then(|| HeaderValue::from(request.body.len()))
}

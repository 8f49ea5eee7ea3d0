//! Where a redirect leads and what may travel there.
//!
//! Pure, and shared by every transport. Owns the rules: methods as Locust's client changes them,
//! credentials never to another origin, load never to a host that was not approved.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE,
    HeaderName, LOCATION, TRANSFER_ENCODING, USER_AGENT,
};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::model::FailureKind;
use crate::request::Prepared;

use super::TransportError;

/// So many redirects are followed in one request, as by Locust.
const MOST: usize = 30;

/// The headers that may travel to another origin; all others might carry credentials.
const SAFE: [HeaderName; 7] = [
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_TYPE,
    USER_AGENT,
];

/// Follows the redirects of one request.
pub(super) struct Redirects<'a> {
    /// Where the first request went, and the settings' further hosts.
    first: &'a Url,
    hosts: &'a [String],
    followed: usize,
}

impl<'a> Redirects<'a> {
    /// For a request that may be led to its own host and to `hosts`.
    pub(super) fn of(request: &'a Prepared, hosts: &'a [String]) -> Self {
        Redirects {
            first: &request.url,
            hosts,
            followed: 0,
        }
    }

    /// The request to send next; none when this answer is the last.
    pub(super) fn next(
        &mut self,
        request: &Prepared,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Option<Prepared>, TransportError> {
        if !request.follow_redirects || request.method == Method::HEAD || !is_redirect(status) {
            return Ok(None);
        }
        let Some(location) = headers.get(LOCATION) else {
            return Ok(None);
        };
        if self.followed == MOST {
            return Err(protocol("TooManyRedirects('Exceeded 30 redirects.')"));
        }
        self.followed += 1;
        let url = resolve(&request.url, location.as_bytes())?;
        self.check(&url)?;
        Ok(Some(led_to(request, url, status)))
    }

    fn check(&self, url: &Url) -> Result<(), TransportError> {
        let host = host(url);
        let port = url.port_or_known_default().unwrap_or_default();
        let with_port = format!("{host}:{port}");
        let approved = self
            .hosts
            .iter()
            .map(|entry| entry.trim_end_matches('.'))
            .any(|entry| {
                entry.eq_ignore_ascii_case(&host) || entry.eq_ignore_ascii_case(&with_port)
            });
        if host == self::host(self.first) || approved {
            return Ok(());
        }
        Err(protocol(format!(
            "redirect to {host} not followed: the host is not approved for load (see --approve-host)"
        )))
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_ascii_lowercase()
}

fn resolve(from: &Url, location: &[u8]) -> Result<Url, TransportError> {
    let location = String::from_utf8_lossy(location);
    let mut url = from
        .join(&location)
        .map_err(|_| protocol("redirect to something that is not an address"))?;
    if !matches!(url.scheme(), "http" | "https") {
        let text = format!(
            "redirect not followed: {} is neither http nor https",
            url.scheme()
        );
        return Err(protocol(text));
    }
    // What a server puts in front of a host name must not become our credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    Ok(url)
}

/// `request` as it goes on to `url`.
fn led_to(request: &Prepared, url: Url, status: StatusCode) -> Prepared {
    let mut next = request.clone();
    next.method = match (status.as_u16(), &request.method) {
        (302 | 303, _) => Method::GET,
        (301, &Method::POST) => Method::GET,
        (_, method) => method.clone(),
    };
    if !matches!(status.as_u16(), 307 | 308) {
        next.body = bytes::Bytes::new();
        next.headers.remove(CONTENT_TYPE);
        next.headers.remove(CONTENT_ENCODING);
        next.headers.remove(TRANSFER_ENCODING);
    }
    if url.origin() != request.url.origin() {
        next.headers = request
            .headers
            .iter()
            .filter(|(name, _)| SAFE.contains(name) && next.headers.contains_key(*name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        next.headers.remove(http::header::HOST);
    }
    next.url = url;
    next.constant = false;
    next
}

fn protocol(text: impl Into<String>) -> TransportError {
    TransportError::new(FailureKind::Protocol, text)
}

#[cfg(test)]
mod tests;

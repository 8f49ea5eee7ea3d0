//! The finished form of requests that are the same each time, kept for the next time.
//!
//! Kept per thread: a form's parts are counted references, and counting them on several threads
//! at once would slow all of them down. Must not know connections.

use std::cell::RefCell;

use http::{HeaderMap, HeaderValue, Uri};
use url::Position;

use crate::model::FailureKind;
use crate::request::Prepared;
use crate::transport::TransportError;
use crate::transport::added::{says_no_body, with_added};

/// More are not kept: looking through them would take longer than making one.
const MOST: usize = 64;

thread_local! {
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// A form, and what it was made of.
struct Kept {
    host: HeaderValue,
    own: HeaderMap,
    says_no_body: bool,
    uri: Uri,
    headers: HeaderMap,
}

/// Target and headers of a request to a server of this name.
pub(super) fn form(
    request: &Prepared,
    host: &HeaderValue,
) -> Result<(Uri, HeaderMap), TransportError> {
    if !request.constant {
        return Ok((uri(request)?, with_added(request, host, None)));
    }
    KEPT.with_borrow_mut(|kept| {
        let found = kept.iter().position(|kept| kept.is_of(request, host));
        let found = match found {
            Some(found) => found,
            None => {
                let new = Kept::of(request, host)?;
                if kept.len() == MOST {
                    kept.clear();
                }
                kept.push(new);
                kept.len() - 1
            }
        };
        let Kept { uri, headers, .. } = &kept[found];
        Ok((uri.clone(), headers.clone()))
    })
}

impl Kept {
    fn of(request: &Prepared, host: &HeaderValue) -> Result<Kept, TransportError> {
        let own = request.headers.iter();
        let own = own.map(|(name, value)| (name.clone(), copied(value)));
        let request = Prepared {
            headers: own.collect(),
            ..request.clone()
        };
        let host = copied(host);
        Ok(Kept {
            uri: uri(&request)?,
            headers: with_added(&request, &host, None),
            says_no_body: says_no_body(&request),
            own: request.headers,
            host,
        })
    }

    fn is_of(&self, request: &Prepared, host: &HeaderValue) -> bool {
        let path = self.uri.path_and_query();
        path.is_some_and(|path| path.as_str() == target(request))
            && self.host == host
            && self.says_no_body == says_no_body(request)
            && self.own == request.headers
    }
}

/// The same value with bytes of its own.
fn copied(value: &HeaderValue) -> HeaderValue {
    let mut copy = HeaderValue::from_bytes(value.as_bytes()).unwrap_or_else(|_| value.clone());
    copy.set_sensitive(value.is_sensitive());
    copy
}

fn uri(request: &Prepared) -> Result<Uri, TransportError> {
    Uri::try_from(target(request))
        .map_err(|error| TransportError::new(FailureKind::Protocol, error.to_string()))
}

fn target(request: &Prepared) -> &str {
    &request.url[Position::BeforePath..Position::AfterQuery]
}

#[cfg(test)]
mod tests {
    use http::Method;
    use url::Url;

    use super::*;

    fn request(url: &str) -> Prepared {
        Prepared {
            method: Method::GET,
            url: Url::parse(url).unwrap(),
            headers: HeaderMap::new(),
            body: bytes::Bytes::new(),
            timeout: std::time::Duration::from_secs(1),
            connect_timeout: None,
            follow_redirects: true,
            constant: true,
        }
    }

    #[test]
    fn what_is_kept_is_what_would_be_made() {
        let plain = request("http://h/a?b=c");
        let mut own = plain.clone();
        own.headers.insert("x-own", HeaderValue::from_static("1"));
        let mut other = own.clone();
        other.headers.insert("x-own", HeaderValue::from_static("2"));
        let post = Prepared {
            method: Method::POST,
            ..plain.clone()
        };
        let elsewhere = request("http://h/a?b=d");
        let hosts = ["h", "i:1"].map(HeaderValue::from_static);
        for _ in 0..2 {
            for request in [&plain, &own, &other, &post, &elsewhere] {
                for host in &hosts {
                    let made = Prepared {
                        constant: false,
                        ..request.clone()
                    };
                    assert_eq!(form(request, host).unwrap(), form(&made, host).unwrap());
                }
            }
        }
        assert_eq!(KEPT.with_borrow(Vec::len), 10);
    }

    #[test]
    fn only_so_many_are_kept() {
        let host = HeaderValue::from_static("h");
        for number in 0..=MOST {
            form(&request(&format!("http://h/{number}")), &host).unwrap();
        }
        assert_eq!(KEPT.with_borrow(Vec::len), 1);
    }
}

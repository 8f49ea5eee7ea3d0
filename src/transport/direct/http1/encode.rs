//! The bytes of a request.
//!
//! Those of a request that is the same each time are kept for the next time. Kept per thread:
//! they are counted references, and counting them on several threads at once would slow all of
//! them down. Must not know connections.

use std::cell::RefCell;

use bytes::buf::Chain;
use bytes::{Buf, Bytes};
use http::{HeaderMap, HeaderValue, Method};
use url::Position;

use crate::request::Prepared;
use crate::transport::added::with_added;

/// More are not kept: looking through them would take longer than making one.
const MOST: usize = 64;
/// A body that is no longer goes out in one piece with its head, in bytes.
const SHORT: usize = 16 * 1024;
/// Most heads are no longer, in bytes.
const USUAL: usize = 512;

/// A request on its way: what is still to be written of it.
pub(in super::super) type Outgoing = Chain<Bytes, Bytes>;

thread_local! {
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// A request's bytes, and what they were made of.
struct Kept {
    method: Method,
    target: Box<str>,
    host: HeaderValue,
    headers: HeaderMap,
    body: Bytes,
    begins: Bytes,
    rest: Bytes,
}

/// The request for a server that is called by this `Host`.
pub(in super::super) fn outgoing(
    request: &Prepared,
    host: &HeaderValue,
    cookies: Option<HeaderValue>,
) -> Outgoing {
    if !request.constant || cookies.is_some() {
        return made(request, host, cookies);
    }
    KEPT.with_borrow_mut(|kept| {
        let found = kept.iter().position(|kept| kept.is_of(request, host));
        let found = found.unwrap_or_else(|| {
            if kept.len() == MOST {
                kept.clear();
            }
            kept.push(Kept::of(request, host));
            kept.len() - 1
        });
        let Kept { begins, rest, .. } = &kept[found];
        begins.clone().chain(rest.clone())
    })
}

impl Kept {
    fn of(request: &Prepared, host: &HeaderValue) -> Self {
        let (begins, rest) = made(request, host, None).into_inner();
        let own = request.headers.iter();
        Kept {
            method: request.method.clone(),
            target: target(request).into(),
            host: copied(host),
            headers: own
                .map(|(name, value)| (name.clone(), copied(value)))
                .collect(),
            body: request.body.clone(),
            begins,
            rest,
        }
    }

    fn is_of(&self, request: &Prepared, host: &HeaderValue) -> bool {
        // Bodies that lie in the same place are the same: as long as one is kept here, no other
        // can lie there.
        *self.target == *target(request)
            && self.body.as_ptr() == request.body.as_ptr()
            && self.body.len() == request.body.len()
            && self.method == request.method
            && self.host == host
            && self.headers == request.headers
    }
}

/// The same value with bytes of its own.
fn copied(value: &HeaderValue) -> HeaderValue {
    HeaderValue::from_bytes(value.as_bytes()).unwrap_or_else(|_| value.clone())
}

fn target(request: &Prepared) -> &str {
    &request.url[Position::BeforePath..Position::AfterQuery]
}

fn made(request: &Prepared, host: &HeaderValue, cookies: Option<HeaderValue>) -> Outgoing {
    let body = &request.body;
    let together = body.len() <= SHORT;
    let mut bytes = Vec::with_capacity(USUAL + if together { body.len() } else { 0 });
    let mut add = |parts: &[&[u8]]| parts.iter().for_each(|part| bytes.extend_from_slice(part));
    let method = request.method.as_str().as_bytes();
    add(&[method, b" ", target(request).as_bytes(), b" HTTP/1.1\r\n"]);
    for (name, value) in &with_added(request, host, cookies) {
        add(&[name.as_ref(), b": ", value.as_bytes(), b"\r\n"]);
    }
    if !body.is_empty() {
        let length = body.len().to_string();
        add(&[b"content-length: ", length.as_bytes(), b"\r\n"]);
    }
    add(&[b"\r\n"]);
    if together {
        add(&[body]);
        return Bytes::from(bytes).chain(Bytes::new());
    }
    Bytes::from(bytes).chain(body.clone())
}

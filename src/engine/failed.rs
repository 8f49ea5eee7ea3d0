//! A failed request as it is kept for people: bounded, and without secrets.
//!
//! Must not know which ones are kept.

use std::borrow::Cow;

use http::HeaderMap;

use crate::model::Masker;
use crate::model::secret::MASK;
use crate::model::secret_keys::{is_authorizing, without_pairs};
use crate::request::Prepared;
use crate::stats::FailedAnswer;

use super::exchange::Exchange;

/// Characters kept of a body that came back.
const BODY: usize = 1024;
/// Characters kept of a body that was sent.
const REQUEST_BODY: usize = 512;
/// Headers kept, and characters of each of their values.
const HEADERS: (usize, usize) = (24, 200);
/// Bytes of a body that are looked at: a secret that what is kept cuts in two is masked first.
const LOOKED_AT: usize = 4 * BODY;

/// What is kept of a request and what came of it.
pub(super) fn kept(request: &Prepared, exchange: &Exchange, masker: &Masker) -> FailedAnswer {
    let shown = |bytes: &[u8], most: usize| {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LOOKED_AT)]);
        beginning(&masked(&text, masker), most).into_owned()
    };
    let answer = &exchange.answer;
    FailedAnswer {
        at: exchange.done,
        time: exchange.time(),
        headers_after: answer.headers_at.map(|at| at.since(exchange.sent)),
        method: request.method.to_string(),
        url: masked(request.url.as_str(), masker),
        request_body: shown(&request.body, REQUEST_BODY),
        status: answer.status.map(|status| status.as_u16()),
        headers: headers(&answer.headers, masker),
        body: shown(&answer.body, BODY),
        bytes: answer.bytes,
    }
}

fn headers(headers: &HeaderMap, masker: &Masker) -> Vec<(String, String)> {
    let (most, length) = HEADERS;
    let shown = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = if is_authorizing(name.as_str()) {
            MASK.to_owned()
        } else {
            let text = masked(&String::from_utf8_lossy(value.as_bytes()), masker);
            beginning(&text, length).into_owned()
        };
        (name.to_string(), value)
    };
    headers.iter().take(most).map(shown).collect()
}

/// The text without secrets.
pub(super) fn masked(text: &str, masker: &Masker) -> String {
    masker.mask(&without_pairs(text))
}

/// The first so many characters, with an ellipsis where some are left out.
pub(super) fn beginning(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

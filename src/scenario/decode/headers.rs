//! Headers: those of the top level under those of the class under those of the request.
//!
//! Owns which headers are left out and which hold secrets. Must not know how they are sent.

use super::super::problems::Report;
use super::super::secrets::{constant_parts, is_scheme, is_secret_key};
use super::super::tree::{Filled, Scalar};
use super::value::At;

/// Headers in order. A value of none takes out the header of that name from a lower level.
pub(in super::super) type HeaderList = Vec<(String, Option<String>)>;

const AUTHORIZING: &[&str] = &["authorization", "proxy-authorization", "cookie"];

/// Reads a map of headers.
pub(in super::super) fn headers(at: &At<'_>, report: &mut Report) -> HeaderList {
    let mut list = HeaderList::new();
    for (entry, value) in at.entries(report, "a map of headers") {
        if http::HeaderName::from_bytes(entry.key.as_bytes()).is_err() {
            let message = format!("{:?} is no name of a header", entry.key);
            report.problem(entry.key_mark, &at.path, message);
            continue;
        }
        let Some(scalar) = value.as_scalar() else {
            value.wrong(report, "a text");
            continue;
        };
        if scalar.text.contains(['\r', '\n']) {
            value.problem(report, "must be a single line");
            continue;
        }
        if is_authorizing(&entry.key) {
            keep_secret(&entry.key, scalar, report);
        }
        // `Bearer ${TOKEN:-}` without a token is no header at all, not a `Bearer ` of nothing.
        let left_out = scalar.is_null() || scalar.filled == Filled::Empty;
        list.push((entry.key.clone(), (!left_out).then(|| scalar.text.clone())));
    }
    list
}

/// `upper` over `lower`, names compared without case.
pub(in super::super) fn layered(lower: &HeaderList, upper: &HeaderList) -> HeaderList {
    let mut list = lower.clone();
    for (name, value) in upper {
        match list
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some(known) => *known = (name.clone(), value.clone()),
            None => list.push((name.clone(), value.clone())),
        }
    }
    list
}

/// Those that are sent.
pub(super) fn sent(list: HeaderList) -> Vec<(String, String)> {
    list.into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// Whether a header of this name lets somebody in.
#[must_use]
pub fn is_authorizing(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let parts = [
        "api-key",
        "apikey",
        "token",
        "secret",
        "auth-key",
        "access-key",
        "password",
        "signature",
    ];
    AUTHORIZING.contains(&name.as_str())
        || name.starts_with("x-auth")
        || is_secret_key(&name)
        || parts.iter().any(|part| name.contains(part))
}

/// Remembers what is secret in a header's value: all of it but schemes and templates.
fn keep_secret(name: &str, scalar: &Scalar, report: &mut Report) {
    let constant = constant_parts(&scalar.text).join(" ");
    for word in constant.split_whitespace().filter(|word| !is_scheme(word)) {
        report.secret(word);
    }
    if name.eq_ignore_ascii_case("cookie") {
        let values = constant.split(';').filter_map(|pair| pair.split_once('='));
        // Short values are flags and languages, which stand in ordinary texts too.
        for (_, value) in values.filter(|(_, value)| value.trim().len() >= 8) {
            report.secret(value);
        }
    }
}

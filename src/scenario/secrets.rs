//! What the keys of a scenario say is secret: passwords, tokens, keys.
//!
//! Owns where such keys are looked for. Must not know how texts are masked.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::model::secret::MASK;
use crate::model::secret_keys::{is_secret_key, is_truth_value, secret_values, without_pairs};

use super::problems::Report;
use super::tree::{Entry, Filled, Kind, Node, Scalar, normalised};

/// Words in front of a secret that are none.
const SCHEMES: &[&str] = &["bearer", "basic", "token", "digest", "apikey", "negotiate"];

/// What addresses and forms percent-encode.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Keys of the dialect that hold an address or a path, which may have a query.
const ADDRESSES: &[&str] = &[
    "host",
    "preflight",
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "request_name",
];

/// Marks and remembers every secret that a key of the scenario names.
pub(super) fn keep(root: &mut Node, report: &mut Report) {
    let Kind::Map(entries) = &mut root.kind else {
        return;
    };
    for entry in entries {
        match normalised(&entry.key).as_str() {
            "data" => data(&mut entry.value, report),
            _ => dialect(entry, report),
        }
    }
}

/// A key of the dialect with what is below it.
fn dialect(entry: &mut Entry, report: &mut Report) {
    let key = normalised(&entry.key);
    match key.as_str() {
        "json" | "form" | "params" => payload(&mut entry.value, false, report),
        "multipart" => multipart(&mut entry.value, report),
        "body" => text(&mut entry.value, report),
        key if ADDRESSES.contains(&key) => text(&mut entry.value, report),
        // Names and paths of answers are no secrets, and headers have rules of their own.
        "expect" | "extract" | "headers" => {}
        _ => below(&mut entry.value, report),
    }
}

fn below(node: &mut Node, report: &mut Report) {
    match &mut node.kind {
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| dialect(entry, report)),
        Kind::List(items) => items.iter_mut().for_each(|item| below(item, report)),
        Kind::Scalar(_) | Kind::Unusable(_) => {}
    }
}

/// What is sent as written: its own keys count, and those above them.
fn payload(node: &mut Node, secret: bool, report: &mut Report) {
    match &mut node.kind {
        Kind::Scalar(scalar) if secret => mark(scalar, report),
        Kind::Scalar(_) | Kind::Unusable(_) => {}
        Kind::List(items) => items
            .iter_mut()
            .for_each(|item| payload(item, secret, report)),
        Kind::Map(entries) => {
            for entry in entries {
                let secret = secret || is_secret_key(&entry.key);
                payload(&mut entry.value, secret, report);
            }
        }
    }
}

/// Rows written in the scenario; a set called `token` holds tokens.
fn data(node: &mut Node, report: &mut Report) {
    let Kind::Map(sets) = &mut node.kind else {
        return;
    };
    for set in sets {
        let secret = is_secret_key(&set.key);
        match &mut set.value.kind {
            Kind::Map(keys) => {
                let inline = keys.iter_mut().filter(|entry| entry.key == "inline");
                inline.for_each(|entry| payload(&mut entry.value, secret, report));
            }
            _ => payload(&mut set.value, secret, report),
        }
    }
}

fn multipart(node: &mut Node, report: &mut Report) {
    let Kind::Map(parts) = &mut node.kind else {
        return;
    };
    for part in parts.iter_mut().filter(|part| is_secret_key(&part.key)) {
        match &mut part.value.kind {
            Kind::Scalar(scalar) => mark(scalar, report),
            Kind::Map(keys) => {
                let texts = keys.iter_mut().filter(|entry| entry.key == "text");
                texts.for_each(|entry| payload(&mut entry.value, true, report));
            }
            Kind::List(_) | Kind::Unusable(_) => {}
        }
    }
}

/// A text whose pairs may hold secrets.
fn text(node: &mut Node, report: &mut Report) {
    let Kind::Scalar(scalar) = &mut node.kind else {
        return;
    };
    keep_pairs(&scalar.text, report);
    let shown = without_pairs(scalar.shown());
    if shown != scalar.text {
        scalar.masked = Some(shown);
    }
}

fn mark(scalar: &mut Scalar, report: &mut Report) {
    if scalar.is_null() || scalar.text.is_empty() || is_truth_value(&scalar.text) {
        return;
    }
    keep_value(&scalar.text, report);
    if !scalar.text.contains("{{") {
        scalar.filled = Filled::Secret;
        scalar.masked = Some(MASK.to_owned());
    }
}

/// Remembers the secrets among the pairs of a query, a form or a JSON text.
pub(super) fn keep_pairs(text: &str, report: &mut Report) {
    for value in secret_values(text) {
        keep_value(value, report);
        keep_value(&percent_decode_str(value).decode_utf8_lossy(), report);
    }
}

/// Remembers a value as it stands and as an address would hold it, templates and the scheme in
/// front left out.
fn keep_value(text: &str, report: &mut Report) {
    for part in constant_parts(text) {
        let part = part.trim();
        let first = part.split_whitespace().next().unwrap_or_default();
        let part = match part.strip_prefix(first) {
            Some(rest) if is_scheme(first) && !rest.is_empty() => rest.trim(),
            _ => part,
        };
        report.secret(part);
        let encoded = utf8_percent_encode(part, RESERVED).to_string();
        report.secret(&encoded);
    }
}

/// Whether a word says how somebody is let in: `Bearer`.
#[must_use]
pub fn is_scheme(word: &str) -> bool {
    SCHEMES.contains(&word.to_ascii_lowercase().as_str())
}

/// What stands outside of the templates of a text.
pub(super) fn constant_parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        parts.push(before);
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    parts.push(rest);
    parts
}

//! `_failures.csv`: one row per distinct failure, in Locust's order by key.
//!
//! Owns that key and the normalising of object addresses; the HTML report lists failures the same
//! way. Must not know files or quoting.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::model::Endpoint;
use crate::model::python_repr::str_repr;
use crate::output::tables::Tables;
use crate::output::utc;
use crate::stats::FailureRow;

use super::syntax;

const COLUMNS: [&str; 6] = [
    "Method",
    "Name",
    "Error",
    "Occurrences",
    "First Seen",
    "Last Seen",
];

/// The whole file.
#[must_use]
pub fn render(tables: &Tables<'_>) -> String {
    let header = COLUMNS.map(str::to_owned);
    let rows = by_key(tables.failures).into_values().map(|row| {
        [
            row.endpoint.method,
            row.endpoint.name,
            row.error,
            row.occurrences.to_string(),
            utc::iso(tables.unix(row.first)),
            utc::iso(tables.unix(row.last)),
        ]
    });
    syntax::rows(std::iter::once(header).chain(rows))
}

/// The failures with normalised texts, by key; those that only differed by an address are one.
#[must_use]
pub fn by_key(failures: &[FailureRow]) -> BTreeMap<String, FailureRow> {
    let mut rows: BTreeMap<String, FailureRow> = BTreeMap::new();
    for failure in failures {
        let error = normalised(&failure.error);
        let key = key(&failure.endpoint, &error);
        match rows.get_mut(&key) {
            Some(row) => {
                row.occurrences += failure.occurrences;
                row.first = row.first.min(failure.first);
                row.last = row.last.max(failure.last);
            }
            None => {
                let row = FailureRow {
                    error,
                    ..failure.clone()
                };
                rows.insert(key, row);
            }
        }
    }
    rows
}

/// Locust's key of a failure: SHA-256 of method, name and the `repr` of the normalised text.
#[must_use]
pub fn key(endpoint: &Endpoint, normalised: &str) -> String {
    let Endpoint { name, method } = endpoint;
    let hashed = format!("{method}.{name}.{}", str_repr(normalised));
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(hashed) {
        write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
    }
    hex
}

/// The text with the first object's address, wherever it occurs, as `0x....`: addresses differ
/// from run to run and from worker to worker.
#[must_use]
pub fn normalised(error: &str) -> String {
    const MARK: &str = "object at 0x";
    let address = error.find(MARK).and_then(|at| {
        let rest = &error[at + MARK.len() - "0x".len()..];
        rest.find('>').map(|end| &rest[..end])
    });
    address.map_or_else(
        || error.to_owned(),
        |address| error.replace(address, "0x...."),
    )
}

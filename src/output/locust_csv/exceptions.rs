//! `_exceptions.csv`: what went wrong in tasks outside of requests.
//!
//! Must not know files or quoting.

use crate::output::tables::Tables;

use super::syntax;

const COLUMNS: [&str; 4] = ["Count", "Message", "Traceback", "Nodes"];

/// Where it happened: Locust's word for a run in one process.
const NODES: &str = "local";

/// The whole file.
#[must_use]
pub fn render(tables: &Tables<'_>) -> String {
    let header = COLUMNS.map(str::to_owned);
    let rows = tables.exceptions.iter().map(|row| {
        [
            row.count.to_string(),
            row.message.clone(),
            row.traceback.clone(),
            NODES.to_owned(),
        ]
    });
    syntax::rows(std::iter::once(header).chain(rows))
}

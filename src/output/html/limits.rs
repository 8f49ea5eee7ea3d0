//! The section of the service's own limits, and of requests sent again because of them.
//!
//! Must not know how it is laid out.

use crate::event::RunRecord;
use crate::model::Counted;
use crate::model::units::{format_count, format_duration};
use crate::output::limits::{left, moment};
use crate::output::tables::Tables;
use crate::stats::Row;

use super::MISSING;
use super::answers::AnswerRow;

/// The section; empty where the service told of no limit and nothing was sent again.
pub(super) struct LimitsView {
    pub(super) heads: Vec<&'static str>,
    pub(super) rows: Vec<AnswerRow>,
    /// Whether anything was sent again.
    pub(super) retried: bool,
}

/// The section of a run.
pub(super) fn view(record: &RunRecord) -> LimitsView {
    let tables = Tables::from(record);
    let all = tables.aggregated;
    let retried = all.retries > 0;
    let columns: Vec<Column> = (Counted::ALL.into_iter().map(Column::Left))
        .chain([Column::Wait, Column::Retries])
        .filter(|column| column.cell(all).is_some())
        .collect();
    let rows = tables.rows.iter().copied().chain([all]);
    let told = |row: &&Row| row.rate_limits.is_some() || row.retries > 0;
    LimitsView {
        heads: columns.iter().map(|column| column.head()).collect(),
        rows: (rows.filter(told))
            .map(|row| AnswerRow {
                method: row.endpoint.method.clone(),
                name: row.endpoint.name.clone(),
                cells: (columns.iter())
                    .map(|column| column.cell(row).unwrap_or_else(|| MISSING.to_owned()))
                    .collect(),
            })
            .collect(),
        retried,
    }
}

/// One column of the table.
#[derive(Clone, Copy)]
enum Column {
    Left(Counted),
    Wait,
    Retries,
}

impl Column {
    fn head(self) -> &'static str {
        match self {
            Column::Left(Counted::Requests) => "Requests left",
            Column::Left(Counted::Tokens) => "Tokens left",
            Column::Left(Counted::InputTokens) => "Input tokens left",
            Column::Left(Counted::OutputTokens) => "Output tokens left",
            Column::Wait => "Longest Retry-After",
            Column::Retries => "Retries",
        }
    }

    fn cell(self, row: &Row) -> Option<String> {
        let told = row.rate_limits.as_ref();
        match self {
            Column::Left(of) => {
                let lowest = told?.lowest.iter().find(|lowest| lowest.of == of)?;
                Some(format!("{} at {}", left(lowest), moment(lowest.at)))
            }
            Column::Wait => told?.longest_retry_after.map(format_duration),
            Column::Retries => (row.retries > 0).then(|| format_count(row.retries)),
        }
    }
}

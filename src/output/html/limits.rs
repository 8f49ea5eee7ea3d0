//! The section of the service's own limits, and of requests sent again because of them.
//!
//! Must not know how it is laid out or which figures there are.

use crate::event::RunRecord;
use crate::output::limits::{LimitTable, TITLE};
use crate::output::tables::Tables;
use crate::stats::Row;

use super::answers::AnswerRow;

/// The section; empty where the service told of no limit and nothing was sent again.
pub(super) struct LimitsView {
    pub(super) title: &'static str,
    pub(super) about: String,
    pub(super) heads: Vec<&'static str>,
    pub(super) rows: Vec<AnswerRow>,
}

/// The section of a run.
pub(super) fn view(record: &RunRecord) -> LimitsView {
    let tables = Tables::from(record);
    let rows: Vec<&Row> = (tables.rows.iter().copied())
        .chain([tables.aggregated])
        .collect();
    let table = LimitTable::of(&rows);
    LimitsView {
        title: TITLE,
        about: table.about(),
        heads: table.heads,
        rows: (table.rows.into_iter())
            .map(|(row, cells)| AnswerRow::of(&rows[row].endpoint, cells))
            .collect(),
    }
}

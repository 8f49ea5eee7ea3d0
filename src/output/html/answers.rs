//! The section of declared answers: a table of endpoints, the stages behind them, how to read it.
//!
//! Must not know how they are laid out or which figures there are.

use crate::event::RunRecord;
use crate::output::answers::{AnswerTable, counted_by};
use crate::output::tables::Tables;
use crate::stats::{Measure, Row};

use super::MISSING;
use super::sections::measure;

/// The section; empty where nothing was declared.
pub(super) struct AnswersView {
    pub(super) heads: Vec<&'static str>,
    pub(super) rows: Vec<AnswerRow>,
    /// Lines as those of what else was measured: name, count, average, p50, p90, p95, p99, max.
    pub(super) stages: Vec<[String; 8]>,
    /// Who counted the tokens, in a sentence.
    pub(super) counted_by: String,
    /// Whether sources were compared with those of earlier answers: how much they agree.
    pub(super) stability: String,
}

/// The answers of one endpoint, or of all together.
pub(super) struct AnswerRow {
    pub(super) method: String,
    pub(super) name: String,
    pub(super) cells: Vec<String>,
}

/// The section of a run.
pub(super) fn view(record: &RunRecord) -> AnswersView {
    let tables = Tables::from(record);
    let rows: Vec<&Row> = tables
        .rows
        .iter()
        .copied()
        .chain([tables.aggregated])
        .collect();
    let shown = AnswerTable::of(&rows);
    let all = tables.aggregated;
    let of_stages = all
        .measures
        .iter()
        .filter(|figures| matches!(figures.measure, Measure::Stage(_) | Measure::Unaccounted));
    let answers = all.answers.as_ref();
    AnswersView {
        heads: shown.heads,
        rows: (shown.rows.into_iter())
            .map(|(row, cells)| AnswerRow {
                method: rows[row].endpoint.method.clone(),
                name: rows[row].endpoint.name.clone(),
                cells: (cells.into_iter())
                    .map(|cell| cell.unwrap_or_else(|| MISSING.to_owned()))
                    .collect(),
            })
            .collect(),
        stages: of_stages.map(measure).collect(),
        counted_by: answers.map_or_else(String::new, counted_by),
        stability: answers
            .and_then(|answers| {
                let share = crate::output::figures::percent(answers.source_stability?);
                Some(format!("{share} over {} answers", answers.compared))
            })
            .unwrap_or_default(),
    }
}

//! The section of declared answers: a table of endpoints, the stages behind them, how to read it.
//!
//! Must not know how they are laid out or which figures there are.

use crate::event::RunRecord;
use crate::model::Endpoint;
use crate::output::answers::{About, AnswerTable, counted_by};
use crate::output::measures::is_known;
use crate::output::tables::Tables;
use crate::stats::{Figures, Measure, Row};

use super::MISSING;
use super::sections::measure;

/// The section; empty where nothing was declared.
pub(super) struct AnswersView {
    /// What the answers were, then how fast they came; only those that have columns.
    pub(super) tables: Vec<PartView>,
    /// What was measured of all answers together, in lines as those of the phases: name, count,
    /// average, p50, p90, p95, p99, max.
    pub(super) figures: Vec<[String; 8]>,
    /// The same of the stages that services tell of.
    pub(super) stages: Vec<[String; 8]>,
    /// Who counted the tokens, in a sentence.
    pub(super) counted_by: String,
    /// Whether sources were compared with those of earlier answers: how much they agree.
    pub(super) stability: String,
}

/// A table of some of the columns, so that none is wider than the page.
pub(super) struct PartView {
    pub(super) heads: Vec<&'static str>,
    pub(super) rows: Vec<AnswerRow>,
}

/// The answers of one endpoint, or of all together.
pub(super) struct AnswerRow {
    pub(super) method: String,
    pub(super) name: String,
    pub(super) cells: Vec<String>,
}

impl AnswerRow {
    /// A row of these cells, with a mark where nothing is known.
    pub(super) fn of(endpoint: &Endpoint, cells: Vec<Option<String>>) -> AnswerRow {
        let cells = cells.into_iter();
        AnswerRow {
            method: endpoint.method.clone(),
            name: endpoint.name.clone(),
            cells: cells
                .map(|cell| cell.unwrap_or_else(|| MISSING.to_owned()))
                .collect(),
        }
    }
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
    let parts = [About::Outcome, About::Speed];
    let parts = parts.map(|about| part(AnswerTable::about(&rows, about), &rows));
    let all = tables.aggregated;
    let answers = all.answers.as_ref();
    AnswersView {
        tables: (parts.into_iter())
            .filter(|part| !part.heads.is_empty())
            .collect(),
        figures: (all.measures.iter())
            .filter(|figures| is_of_answers(figures))
            .map(measure)
            .collect(),
        stages: all.measures.iter().filter_map(stage).collect(),
        counted_by: answers.map_or_else(String::new, counted_by),
        stability: answers
            .and_then(|answers| {
                let share = crate::output::figures::percent(answers.source_stability?);
                Some(format!("{share} over {} answers", answers.compared))
            })
            .unwrap_or_default(),
    }
}

fn part(table: AnswerTable, rows: &[&Row]) -> PartView {
    PartView {
        heads: table.heads,
        rows: (table.rows.into_iter())
            .map(|(row, cells)| AnswerRow::of(&rows[row].endpoint, cells))
            .collect(),
    }
}

/// Whether these are figures of answers of which something is known.
fn is_of_answers(figures: &Figures) -> bool {
    let measure = &figures.measure;
    let is_stage = matches!(measure, Measure::Stage(_) | Measure::Unaccounted);
    is_known(figures) && !is_stage && !Measure::PHASES.contains(measure)
}

/// The line of a stage, or of what the stages leave unaccounted for.
fn stage(figures: &Figures) -> Option<[String; 8]> {
    let name = match &figures.measure {
        Measure::Stage(name) => name.to_string(),
        Measure::Unaccounted => "(unaccounted for)".to_owned(),
        _ => return None,
    };
    let mut line = measure(figures);
    line[0] = name;
    Some(line)
}

//! The tables of declared answers in the closing summary, where there are any.
//!
//! Must not know streams or which figures there are.

use std::time::Duration;

use crate::event::RunRecord;
use crate::model::units::{format_count, format_time};
use crate::output::answers::{AnswerTable, cost, counted_by, draws};
use crate::output::tables::Tables;
use crate::stats::{Figures, Measure, Row};

use super::style::{Style, tame};
use super::summary_tables::Table;

/// Columns left out where it is narrow, the first first.
const SPARE: [&str; 14] = [
    "MRR",
    "TTFT p99",
    "Stall p95",
    "TPOT p95",
    "Cache hits",
    "Sources",
    "Whole",
    "Truncated",
    "Answers",
    "Recall",
    "Tok/s user",
    "TPOT p50",
    "Degraded",
    "Tok/s all",
];

/// What the answers were: per endpoint and all together.
#[must_use]
pub fn answers(record: &RunRecord, width: usize, style: Style) -> String {
    let tables = Tables::from(record);
    let rows: Vec<&Row> = tables
        .rows
        .iter()
        .copied()
        .chain([tables.aggregated])
        .collect();
    let shown = AnswerTable::of(&rows);
    if shown.is_empty() {
        return String::new();
    }
    let mut heads = vec!["Declared answers"];
    heads.extend(&shown.heads);
    let mut table = Table::headed(&heads, &[0], 0);
    for (row, cells) in shown.rows {
        let name = tame(&rows[row].endpoint.to_string());
        let cells = cells
            .into_iter()
            .map(|cell| cell.unwrap_or_else(|| "-".to_owned()));
        table.add(std::iter::once(name).chain(cells).collect());
    }
    let mut out = table.render(width, &SPARE, style);
    if let Some(answers) = &tables.aggregated.answers
        && !answers.counted_by.is_empty()
    {
        let by = format!("tokens counted by: {}", counted_by(answers));
        out += &style.faint(&style.spelt(&by));
        out.push('\n');
    }
    if let Some(spent) = &record.cost {
        out += &style.faint(&format!("cost: {}", cost(spent)));
        out.push('\n');
    }
    for data in record.data.iter().filter(|data| data.draws > 0) {
        out += &style.faint(&style.spelt(&tame(&draws(data))));
        out.push('\n');
    }
    out
}

/// Where the services say their time went, of all requests together.
#[must_use]
pub fn stages(record: &RunRecord, width: usize, style: Style) -> String {
    let columns = ["Stages", "Count", "Avg", "p50", "p95", "p99"];
    let mut table = Table::new(columns, &[0], 0);
    for figures in &record.aggregated.row.measures {
        let name = match &figures.measure {
            Measure::Stage(name) => tame(name),
            _ => continue,
        };
        table.push(cells(name, figures));
    }
    if table.is_empty() {
        return String::new();
    }
    let measures = record.aggregated.row.measures.iter();
    for figures in measures.filter(|figures| figures.measure == Measure::Unaccounted) {
        table.push(cells("(unaccounted for)".to_owned(), figures));
    }
    table.render(width, &[], style)
}

fn cells(name: String, figures: &Figures) -> [String; 6] {
    let time = |seconds: f64| format_time(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    [
        name,
        format_count(figures.count),
        time(figures.average),
        time(figures.p50),
        time(figures.p95),
        time(figures.p99),
    ]
}

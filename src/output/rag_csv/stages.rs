//! `_rag_stages.csv`: one row per endpoint and stage that its service tells of, in milliseconds.
//!
//! Must not know files or quoting.

use crate::output::locust_csv::syntax;
use crate::output::tables::Tables;
use crate::stats::{Figures, Measure, Row};

use super::figure;

const COLUMNS: [&str; 11] = [
    "Type", "Name", "Stage", "Count", "Average", "Min", "50%", "90%", "95%", "99%", "Max",
];

/// The whole file.
#[must_use]
pub fn render(tables: &Tables<'_>) -> String {
    let header = COLUMNS.map(str::to_owned);
    let rows = tables.rows.iter().copied().chain([tables.aggregated]);
    syntax::rows(std::iter::once(header).chain(rows.flat_map(stages)))
}

fn stages(row: &Row) -> impl Iterator<Item = [String; 11]> + '_ {
    row.measures.iter().filter_map(|figures| {
        let name = match &figures.measure {
            Measure::Stage(name) => name.to_string(),
            Measure::Unaccounted => "(unaccounted)".to_owned(),
            _ => return None,
        };
        Some(fields(row, name, figures))
    })
}

fn fields(row: &Row, stage: String, figures: &Figures) -> [String; 11] {
    [
        row.endpoint.method.clone(),
        row.endpoint.name.clone(),
        stage,
        figures.count.to_string(),
        figure(figures, figures.average),
        figure(figures, figures.min),
        figure(figures, figures.p50),
        figure(figures, figures.p90),
        figure(figures, figures.p95),
        figure(figures, figures.p99),
        figure(figures, figures.max),
    ]
}

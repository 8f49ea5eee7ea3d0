//! `_rag.csv`: one row per endpoint with declared answers or objectives, and Aggregated.
//!
//! Must not know files or quoting.

use crate::output::answers::{counted_by, measured};
use crate::output::locust_csv::syntax;
use crate::output::measures::OF_ANSWERS;
use crate::output::tables::Tables;
use crate::stats::{AnswerFigures, Figures, Goodput, Row};

use super::{figure, number};

const COUNTS: [&str; 27] = [
    "Type",
    "Name",
    "Request Count",
    "Failure Count",
    "Answers",
    "Complete Ratio",
    "Degraded",
    "Truncated",
    "Errors Within",
    "Without Sources",
    "Mismatched",
    "Keep-Alives",
    "Bundled Pieces",
    "Output Tokens",
    "Prompt Tokens",
    "Cached Tokens",
    "Tokens Counted By",
    "Output Tokens/s",
    "Cache Hits",
    "Cache Misses",
    "Cache Hit Rate",
    "Labelled",
    "Recall",
    "Hit Rate",
    "MRR",
    "Compared",
    "Source Stability",
];
const OBJECTIVES: [&str; 6] = [
    "Good",
    "Judged",
    "Attainment",
    "Attainment Low",
    "Attainment High",
    "Goodput/s",
];
/// The name of a figure, and how to get it.
type Statistic = (&'static str, fn(&Figures) -> f64);
const STATISTICS: [Statistic; 7] = [
    ("Average", |figures| figures.average),
    ("Min", |figures| figures.min),
    ("50%", |figures| figures.p50),
    ("90%", |figures| figures.p90),
    ("95%", |figures| figures.p95),
    ("99%", |figures| figures.p99),
    ("Max", |figures| figures.max),
];

/// The whole file.
#[must_use]
pub fn render(tables: &Tables<'_>) -> String {
    let rows = tables.rows.iter().copied().chain([tables.aggregated]);
    let rows = rows.filter(|row| row.answers.is_some() || row.goodput.is_some());
    syntax::rows(std::iter::once(header()).chain(rows.map(fields)))
}

fn header() -> Vec<String> {
    let fixed = COUNTS.into_iter().chain(OBJECTIVES).map(str::to_owned);
    let measures = OF_ANSWERS.iter().flat_map(|(measure, _)| {
        let each = STATISTICS.iter();
        each.map(move |(statistic, _)| format!("{measure} {statistic}"))
    });
    fixed.chain(measures).collect()
}

fn fields(row: &Row) -> Vec<String> {
    let mut fields = vec![
        row.endpoint.method.clone(),
        row.endpoint.name.clone(),
        row.requests.to_string(),
        row.failures.to_string(),
    ];
    match &row.answers {
        Some(answers) => fields.extend(counts(answers)),
        None => fields.resize(COUNTS.len(), String::new()),
    }
    match &row.goodput {
        Some(goodput) => fields.extend(objectives(goodput)),
        None => fields.resize(COUNTS.len() + OBJECTIVES.len(), String::new()),
    }
    for (_, measure) in &OF_ANSWERS {
        let figures = measured(row, measure);
        for (_, statistic) in STATISTICS {
            fields.push(figures.map_or_else(String::new, |known| figure(known, statistic(known))));
        }
    }
    fields
}

fn counts(answers: &AnswerFigures) -> [String; 23] {
    let whole = |count: Option<u64>| count.map_or_else(String::new, |count| count.to_string());
    let share = |share: Option<f64>| share.map_or_else(String::new, number);
    [
        answers.answers.to_string(),
        number(answers.complete_ratio),
        answers.degraded.to_string(),
        answers.truncated.to_string(),
        answers.errors_within.to_string(),
        answers.without_sources.to_string(),
        answers.mismatched.to_string(),
        answers.keep_alives.to_string(),
        answers.bundled.to_string(),
        answers.output_tokens.to_string(),
        whole(answers.prompt_tokens),
        whole(answers.cached_tokens),
        counted_by(answers),
        number(answers.output_tokens_per_second),
        answers.cache_hits.to_string(),
        answers.cache_misses.to_string(),
        share(answers.cache_hit_rate),
        answers.labelled.to_string(),
        share(answers.recall),
        share(answers.hit_rate),
        share(answers.mrr),
        answers.compared.to_string(),
        share(answers.source_stability),
    ]
}

fn objectives(goodput: &Goodput) -> [String; 6] {
    [
        goodput.good.to_string(),
        goodput.judged.to_string(),
        number(goodput.attainment),
        number(goodput.interval.0),
        number(goodput.interval.1),
        number(goodput.per_second),
    ]
}

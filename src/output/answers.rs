//! The figures of declared answers as tables show them: console, Markdown and report alike.
//!
//! Owns which there are, their headings and spelling. Must not know how a table is drawn.

use std::time::Duration;

use crate::event::RecordedData;
use crate::model::units::{format_count, format_time};
use crate::stats::cost::money;
use crate::stats::{AnswerFigures, Cost, Figures, Goodput, Measure, Row};

use super::figures::{percent, rate};

/// What a column is about: a page has a table for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// What the answers were.
    Outcome,
    /// How fast they came.
    Speed,
}

/// One column.
struct Column {
    /// Its heading.
    head: &'static str,
    about: About,
    /// What stands in it for a row; none where nothing is known.
    cell: fn(&Row) -> Option<String>,
}

/// A table of declared answers: a heading row, and a row for each endpoint that has any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerTable {
    /// The headings of columns of which anything is known.
    pub heads: Vec<&'static str>,
    /// The endpoints by their places in what was given, with a cell for each heading.
    pub rows: Vec<(usize, Vec<Option<String>>)>,
}

/// Every column, the most telling first.
const COLUMNS: [Column; 17] = [
    column("Answers", |row| {
        of(row, |answers| format_count(answers.answers))
    }),
    column("Whole", |row| {
        of(row, |answers| percent(answers.complete_ratio))
    }),
    column("Degraded", |row| {
        of(row, |answers| format_count(answers.degraded))
    }),
    column("Truncated", |row| {
        of(row, |answers| format_count(answers.truncated))
    }),
    speed("TTFT p50", |row| {
        time(row, &Measure::Ttft, |figures| figures.p50)
    }),
    speed("TTFT p95", |row| {
        time(row, &Measure::Ttft, |figures| figures.p95)
    }),
    speed("TTFT p99", |row| {
        time(row, &Measure::Ttft, |figures| figures.p99)
    }),
    speed("TPOT p50", |row| {
        time(row, &Measure::Tpot, |figures| figures.p50)
    }),
    speed("TPOT p95", |row| {
        time(row, &Measure::Tpot, |figures| figures.p95)
    }),
    speed("Stall p95", |row| {
        time(row, &Measure::Stall, |figures| figures.p95)
    }),
    speed("Tok/s user", |row| {
        measured(row, &Measure::TokenRate).map(|figures| rate(figures.p50))
    }),
    speed("Tok/s all", |row| {
        let known = row
            .answers
            .as_ref()
            .filter(|answers| !answers.counted_by.is_empty());
        known.map(|answers| rate(answers.output_tokens_per_second))
    }),
    column("Sources", |row| {
        let known = measured(row, &Measure::SourceCount).filter(|figures| figures.max > 0.0);
        known.map(|figures| format!("{:.1}", figures.average))
    }),
    column("Recall", |row| row.answers.as_ref()?.recall.map(percent)),
    column("MRR", |row| {
        row.answers.as_ref()?.mrr.map(|mrr| format!("{mrr:.2}"))
    }),
    column("Cache hits", |row| {
        row.answers.as_ref()?.cache_hit_rate.map(percent)
    }),
    column("Goodput", |row| row.goodput.as_ref().map(goodput)),
];

const fn column(head: &'static str, cell: fn(&Row) -> Option<String>) -> Column {
    let about = About::Outcome;
    Column { head, about, cell }
}

const fn speed(head: &'static str, cell: fn(&Row) -> Option<String>) -> Column {
    let about = About::Speed;
    Column { head, about, cell }
}

impl AnswerTable {
    /// The table of these rows: those without declared answers and objectives are left out, and
    /// so are columns of which nothing is known.
    #[must_use]
    pub fn of(rows: &[&Row]) -> Self {
        Self::with(rows, &COLUMNS.iter().collect::<Vec<_>>())
    }

    /// The columns of it that are about this.
    #[must_use]
    pub fn about(rows: &[&Row], about: About) -> Self {
        let columns = COLUMNS.iter().filter(|column| column.about == about);
        Self::with(rows, &columns.collect::<Vec<_>>())
    }

    fn with(rows: &[&Row], columns: &[&Column]) -> Self {
        let has_any = |row: &Row| row.answers.is_some() || row.goodput.is_some();
        let chosen: Vec<_> = (rows.iter().enumerate())
            .filter(|(_, row)| has_any(row))
            .collect();
        let columns: Vec<&Column> = (columns.iter().copied())
            .filter(|column| chosen.iter().any(|(_, row)| (column.cell)(row).is_some()))
            .collect();
        AnswerTable {
            heads: columns.iter().map(|column| column.head).collect(),
            rows: (chosen.iter())
                .map(|(index, row)| {
                    let cells = columns.iter().map(|column| (column.cell)(row));
                    (*index, cells.collect())
                })
                .collect(),
        }
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The figures of a measure; none where it was never measured.
#[must_use]
pub fn measured<'r>(row: &'r Row, measure: &Measure) -> Option<&'r Figures> {
    (row.measures.iter()).find(|figures| figures.measure == *measure)
}

/// `97.5% (94.1-99.0%)`: the attainment and where it lies with a confidence of 95 %.
#[must_use]
pub fn goodput(goodput: &Goodput) -> String {
    let (low, high) = goodput.interval;
    let attained = percent(goodput.attainment);
    format!("{attained} ({:.1}-{:.1}%)", low * 100.0, high * 100.0)
}

/// Who counted the tokens: `usage`, or `usage 12, chunks 3`.
#[must_use]
pub fn counted_by(answers: &AnswerFigures) -> String {
    match &answers.counted_by[..] {
        [(name, _)] => name.clone(),
        several => {
            let each = several.iter();
            let each = each.map(|(name, count)| format!("{name} {}", format_count(*count)));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

/// `0.045 in all, 0.051 per 1000 answers, 0.000120 per good answer`.
#[must_use]
pub fn cost(cost: &Cost) -> String {
    let Cost {
        total,
        per_1000_answers,
        per_good_answer,
    } = cost;
    let part = |amount: &Option<f64>, of: &str| {
        amount.map_or_else(String::new, |amount| {
            format!(", {} per {of}", money(amount))
        })
    };
    let answers = part(per_1000_answers, "1000 answers");
    let good = part(per_good_answer, "good answer");
    format!("{} in all{answers}{good}", money(*total))
}

/// `question: 1 204 draws of 50 rows, 95.8% repeats`.
#[must_use]
pub fn draws(data: &RecordedData) -> String {
    let RecordedData {
        name,
        rows,
        draws,
        distinct,
        repeat_ratio,
    } = data;
    let of = if distinct == rows {
        format_count(*rows)
    } else {
        format!("{} of {}", format_count(*distinct), format_count(*rows))
    };
    let repeats =
        repeat_ratio.map_or_else(String::new, |share| format!(", {} repeats", percent(share)));
    format!("{name}: {} draws, {of} rows{repeats}", format_count(*draws))
}

fn of(row: &Row, spelt: fn(&AnswerFigures) -> String) -> Option<String> {
    row.answers.as_ref().map(spelt)
}

fn time(row: &Row, measure: &Measure, which: fn(&Figures) -> f64) -> Option<String> {
    let seconds = measured(row, measure).map(which)?;
    Duration::try_from_secs_f64(seconds).ok().map(format_time)
}

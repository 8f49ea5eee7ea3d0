//! The columns of the table of endpoints: their figures, and which stay where it is narrow.
//!
//! Must not know how figures are computed or how a table is drawn.

use std::time::Duration;

use crate::event::Tick;
use crate::model::units::{format_count, format_time};
use crate::output::console::style::tame;
use crate::output::figures::{percent, rate};
use crate::stats::{Measure, Row};

use super::text::columns;

/// Space between two columns.
pub(super) const GAP: usize = 2;
/// Columns that a name gets at least, if it is that long, and on a wide terminal.
const NAME: (usize, usize) = (12, 30);
/// Columns of a trend, at least and at most.
const TREND: (usize, usize) = (12, 40);

/// Time to the first token: 95th percentile.
const TTFT: &str = "TTFT p95";

/// Requests sent again.
const RETRIES: &str = "Retries";

/// Output tokens per second of all users.
const TOKENS: &str = "Tok/s";
/// Share of requests that met their objectives.
const GOOD: &str = "Good";

/// The headings in the order in which columns are left out where it is narrow; the others stay.
const FIRST_TO_GO: [&str; 12] = [
    "Avg", "Max", "Fail/s", "429s", RETRIES, TOKENS, "p99", "Requests", GOOD, "Req/s", TTFT, "p50",
];

/// The headings that make room for whole names, and for a trend where that is enough to have one.
const SPARE: [&str; 3] = ["Avg", "Max", "Fail/s"];

/// A column of figures.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) head: &'static str,
    /// Columns it takes at least: figures that come and go must not move their neighbours.
    least: usize,
    /// A cell for each endpoint, then Aggregated.
    pub(super) cells: Vec<String>,
}

/// What a table of some width has room for.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// Columns of the terminal that names get.
    pub(super) name: usize,
    pub(super) figures: Vec<Column>,
    /// Columns of the terminal that trends get; none without trends.
    pub(super) trend: Option<usize>,
}

impl Columns {
    /// Those that fit. Widths are those of all rows, so that scrolling moves nothing.
    pub(super) fn fitted(tick: &Tick, width: usize) -> Columns {
        let mut figures = figures(tick);
        let names = tick.snapshot.rows.iter().map(|row| columns(&name(row)));
        let longest = names.max().unwrap_or(0).max(NAME.0);
        let beside_trend = width.saturating_sub(longest + GAP + TREND.0);
        if taken_without(&figures, &SPARE) <= beside_trend {
            make_room(&mut figures, &SPARE, beside_trend);
        }
        make_room(&mut figures, &SPARE, width.saturating_sub(longest));
        let least = longest.min((width / 4).clamp(NAME.0, NAME.1));
        make_room(&mut figures, &FIRST_TO_GO, width.saturating_sub(least));
        let room = width.saturating_sub(taken_without(&figures, &[]));
        let name = longest.min(room);
        let trend = room.saturating_sub(name + GAP);
        Columns {
            name,
            figures,
            trend: (trend >= TREND.0).then_some(trend.min(TREND.1)),
        }
    }
}

impl Column {
    /// Columns of the terminal that it takes.
    pub(super) fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| columns(cell));
        let cells = cells.max().unwrap_or(0);
        cells.max(self.least).max(self.head.len())
    }

    /// Whether no row has a figure of it.
    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| *cell == missing())
    }
}

/// The name of a row, harmless to a terminal.
pub(super) fn name(row: &Row) -> String {
    tame(&row.endpoint.to_string())
}

/// All columns.
fn figures(tick: &Tick) -> Vec<Column> {
    let heads = [
        ("Requests", 8),
        ("429s", 5),
        (RETRIES, 7),
        ("Failed", 6),
        ("Req/s", 6),
        ("Fail/s", 6),
        (TTFT, 8),
        (TOKENS, 6),
        (GOOD, 6),
        ("Avg", 6),
        ("p50", 6),
        ("p95", 6),
        ("p99", 6),
        ("Max", 6),
    ];
    let mut figures = heads.map(|(head, least)| Column {
        head,
        least,
        cells: Vec::new(),
    });
    for row in tick.snapshot.rows.iter().chain([&tick.snapshot.aggregated]) {
        for (column, cell) in figures.iter_mut().zip(cells(row)) {
            column.cells.push(cell);
        }
    }
    // Columns for what not every service has appear when this one does.
    let all = &tick.snapshot.aggregated;
    let shown = |column: &Column| match column.head {
        TTFT | TOKENS | GOOD => !column.is_empty(),
        "429s" => all.rate_limited > 0,
        RETRIES => all.retries > 0,
        _ => true,
    };
    figures.into_iter().filter(shown).collect()
}

fn cells(row: &Row) -> [String; 14] {
    let Row {
        endpoint: _,
        requests,
        // Shown as a share.
        failures: _,
        rate_limited,
        // None before the end.
        interrupted: _,
        average,
        min: _,
        max,
        average_bytes: _,
        // Now, not since the start.
        rps: _,
        failures_per_second: _,
        percentiles,
        statuses: _,
        connections: _,
        measures,
        answers,
        goodput,
        retries,
        // In a line of their own.
        rate_limits: _,
        current,
    } = row;
    let time = |time: Option<Duration>| time.map_or_else(missing, format_time);
    let mut measures = measures.iter();
    let ttft = measures.find(|figures| figures.measure == Measure::Ttft);
    let ttft = ttft.and_then(|figures| Duration::try_from_secs_f64(figures.p95).ok());
    let counted = answers
        .as_ref()
        .filter(|answers| !answers.counted_by.is_empty());
    let tokens = counted.map(|answers| answers.output_tokens_per_second);
    [
        format_count(*requests),
        format_count(*rate_limited),
        format_count(*retries),
        row.fail_ratio().map_or_else(missing, percent),
        rate(current.rps),
        rate(current.failures_per_second),
        time(ttft),
        tokens.map_or_else(missing, rate),
        goodput.map_or_else(missing, |goodput| percent(goodput.attainment)),
        time(*average),
        time(percentiles.map(|values| values[0])),
        time(percentiles.map(|values| values[5])),
        time(percentiles.map(|values| values[7])),
        time(*max),
    ]
}

/// What stands where there is no figure.
fn missing() -> String {
    "-".to_owned()
}

fn taken_without(figures: &[Column], gone: &[&str]) -> usize {
    let columns = figures.iter().filter(|column| !gone.contains(&column.head));
    columns.map(|column| column.width() + GAP).sum()
}

/// Leaves columns out, one after the other, until the rest fits.
fn make_room(figures: &mut Vec<Column>, first_to_go: &[&str], room: usize) {
    for gone in first_to_go {
        if taken_without(figures, &[]) <= room {
            return;
        }
        figures.retain(|column| column.head != *gone);
    }
}

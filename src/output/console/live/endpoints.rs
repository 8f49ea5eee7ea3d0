//! The table of endpoints: figures of the whole run, and where the time is going.
//!
//! Owns which columns stay where it is narrow. Must not know how figures are computed.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style as Look};
use ratatui::text::{Line, Span};

use crate::event::Tick;
use crate::model::units::{format_count, format_time};
use crate::output::console::style::tame;
use crate::output::figures::{percent, rate};
use crate::output::verdict::Tone;
use crate::stats::{Measure, Row};

use super::sparkline::sparkline;
use super::text::{columns, cut_middle, left, put, right, space, titled};
use super::view::View;

/// Columns that a name gets at least, if it is that long, and on a wide terminal.
const NAME: (usize, usize) = (12, 30);
/// Columns of a trend, at least and at most.
const TREND: (usize, usize) = (12, 40);
/// Space between two columns.
const GAP: usize = 2;

/// A column of figures.
struct Column {
    head: &'static str,
    /// Columns it takes at least: figures that come and go must not move their neighbours.
    least: usize,
    cells: Vec<String>,
}

/// The headings that make room for a trend, where that is enough to have one.
const BEFORE_TREND: [&str; 3] = ["Avg", "Max", "Fail/s"];

/// The headings in the order in which columns are left out where it is narrow; the others stay.
const FIRST_TO_GO: [&str; 9] = [
    "Avg", "Max", "Fail/s", "429s", "p99", "Requests", "Req/s", TTFT, "p50",
];

/// Time to the first token: 95th percentile.
const TTFT: &str = "TTFT p95";

/// Draws the table, with a title above it if so wished.
pub(super) fn endpoints(view: &View, with_title: bool, area: Rect, buffer: &mut Buffer) {
    let Some(tick) = &view.story.tick else {
        return;
    };
    let rows: Vec<&Row> = tick.snapshot.rows.iter().collect();
    let room = usize::from(area.height).saturating_sub(2 + usize::from(with_title));
    let first = view.scrolled.min(rows.len().saturating_sub(room));
    let shown = &rows[first..(first + room).min(rows.len())];
    let mut area = area;
    if with_title {
        let title = title(shown.len(), first, rows.len());
        let title = titled(&title, usize::from(area.width), view.palette);
        put([title], area, buffer);
        area = below(area, 1);
    }
    table(view, tick, shown, area, buffer);
}

fn title(shown: usize, first: usize, all: usize) -> String {
    if shown == all {
        return "Endpoints, whole run".to_owned();
    }
    let last = first + shown;
    format!(
        "Endpoints {}-{last} of {all} (up, down), whole run",
        first + 1
    )
}

fn table(view: &View, tick: &Tick, shown: &[&Row], area: Rect, buffer: &mut Buffer) {
    let palette = view.palette;
    let width = usize::from(area.width);
    // Widths are those of all rows, so that scrolling moves nothing.
    let all = tick.snapshot.rows.iter().chain([&tick.snapshot.aggregated]);
    let names = all.clone().map(|row| columns(&name(row)));
    let least = (width / 4).clamp(NAME.0, NAME.1);
    let longest = names.max().unwrap_or(0).max(NAME.0);
    let mut table = figures(tick, all);
    let beside_trend = width.saturating_sub(longest + GAP + TREND.0);
    if taken_without(&table, &BEFORE_TREND) <= beside_trend {
        make_room(&mut table, &BEFORE_TREND, beside_trend);
    }
    let beside_name = width.saturating_sub(longest.min(least));
    make_room(&mut table, &FIRST_TO_GO, beside_name);
    let name_width = longest.min(width.saturating_sub(taken(&table)));
    let trend = width.saturating_sub(taken(&table) + name_width + GAP);
    let trend = (trend >= TREND.0).then_some(trend.min(TREND.1));
    let mut lines = vec![heading(view, &table, name_width, trend.is_some())];
    for row in shown.iter().copied().chain([&tick.snapshot.aggregated]) {
        lines.push(line(view, tick, row, &table, name_width));
    }
    put(lines, area, buffer);
    if let Some(trend) = trend {
        let at = Rect {
            x: area
                .right()
                .saturating_sub(u16::try_from(trend).unwrap_or(0)),
            width: u16::try_from(trend).unwrap_or(0),
            height: 1,
            ..area
        };
        let look = palette.accent(Color::Magenta);
        let series = shown
            .iter()
            .map(|row| view.story.history.p95_of.get(&row.endpoint));
        let series = series.chain([Some(&view.story.history.p95)]);
        for (row, series) in (1..area.height).zip(series) {
            let values = series.map(|series| series.last(trend)).unwrap_or_default();
            let at = Rect {
                y: area.y + row,
                ..at
            };
            sparkline(&values, look, palette, at, buffer);
        }
    }
}

fn name(row: &Row) -> String {
    tame(&row.endpoint.to_string())
}

/// The figures of all rows, Aggregated last.
fn figures<'r>(tick: &Tick, rows: impl Iterator<Item = &'r Row>) -> Vec<Column> {
    let heads = [
        ("Requests", 8),
        ("429s", 5),
        ("Failed", 6),
        ("Req/s", 6),
        ("Fail/s", 6),
        (TTFT, 8),
        ("Avg", 6),
        ("p50", 6),
        ("p95", 6),
        ("p99", 6),
        ("Max", 6),
    ];
    let mut table = heads.map(|(head, least)| Column {
        head,
        least,
        cells: Vec::new(),
    });
    for row in rows {
        for (column, cell) in table.iter_mut().zip(cells(row)) {
            column.cells.push(cell);
        }
    }
    let mut table = Vec::from(table);
    // Columns for what not every service has appear when it does.
    if table
        .iter()
        .any(|column| column.head == TTFT && column.is_empty())
    {
        table.retain(|column| column.head != TTFT);
    }
    if tick.snapshot.aggregated.rate_limited == 0 {
        table.retain(|column| column.head != "429s");
    }
    table
}

fn cells(row: &Row) -> [String; 11] {
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
        measures,
        current,
    } = row;
    let time = |time: Option<Duration>| time.map_or_else(missing, format_time);
    let ttft = measures
        .iter()
        .find(|figures| figures.measure == Measure::Ttft);
    let ttft = ttft.and_then(|figures| Duration::try_from_secs_f64(figures.p95).ok());
    [
        format_count(*requests),
        format_count(*rate_limited),
        row.fail_ratio().map_or_else(missing, percent),
        rate(current.rps),
        rate(current.failures_per_second),
        time(ttft),
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

impl Column {
    /// Whether no row has a figure of it.
    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| *cell == missing())
    }

    fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| columns(cell));
        cells
            .max()
            .unwrap_or(0)
            .max(self.least)
            .max(self.head.len())
    }
}

fn taken(table: &[Column]) -> usize {
    taken_without(table, &[])
}

fn taken_without(table: &[Column], gone: &[&str]) -> usize {
    let columns = table.iter().filter(|column| !gone.contains(&column.head));
    columns.map(|column| column.width() + GAP).sum()
}

/// Leaves columns out, one after the other, until the rest fits.
fn make_room(table: &mut Vec<Column>, first_to_go: &[&str], room: usize) {
    for gone in first_to_go {
        if taken(table) <= room {
            return;
        }
        table.retain(|column| column.head != *gone);
    }
}

fn heading(view: &View, table: &[Column], name_width: usize, trend: bool) -> Line<'static> {
    let mut text = left("Endpoint", name_width);
    for column in table {
        text += &space(GAP);
        text += &right(column.head, column.width());
    }
    if trend {
        text += "  p95 trend";
    }
    Line::styled(text, view.palette.faint())
}

fn line(view: &View, tick: &Tick, row: &Row, table: &[Column], name_width: usize) -> Line<'static> {
    let palette = view.palette;
    let is_sum = std::ptr::eq(row, &raw const tick.snapshot.aggregated);
    let look = if is_sum {
        palette.heading()
    } else {
        Look::new()
    };
    let index = (tick.snapshot.rows.iter())
        .position(|each| std::ptr::eq(each, row))
        .unwrap_or(tick.snapshot.rows.len());
    let name = left(&cut_middle(&name(row), name_width, palette), name_width);
    let mut spans = vec![Span::styled(name, look)];
    for column in table {
        let cell = column.cells.get(index).map_or("", String::as_str);
        let failing = row.failures > 0 && matches!(column.head, "Failed" | "Fail/s");
        let look = if failing && cell != "0" {
            look.patch(palette.toned(Tone::Bad))
        } else {
            look
        };
        let text = space(GAP) + &right(cell, column.width());
        spans.push(Span::styled(text, look));
    }
    Line::from(spans)
}

fn below(area: Rect, rows: u16) -> Rect {
    Rect {
        y: area.y + rows,
        height: area.height.saturating_sub(rows),
        ..area
    }
}

//! The table of endpoints: figures of the whole run, and where the time is going.
//!
//! Must not know which figures there are.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style as Look};
use ratatui::text::{Line, Span};

use crate::event::Tick;
use crate::output::verdict::Tone;
use crate::stats::Row;

use super::columns::{Columns, GAP, name};
use super::series::Series;
use super::sparkline::sparkline;
use super::text::{cut_middle, left, put, right, space, titled};
use super::view::View;

/// Draws the table, with a title above it if so wished.
pub(super) fn endpoints(view: &View, with_title: bool, area: Rect, buffer: &mut Buffer) {
    let Some(tick) = &view.story.tick else {
        return;
    };
    let all = tick.snapshot.rows.len();
    // Heading and Aggregated are always there.
    let room = usize::from(area.height).saturating_sub(2 + usize::from(with_title));
    let first = view.scrolled.min(all.saturating_sub(room));
    let last = all.min(first + room);
    let mut area = area;
    if with_title {
        let title = title(first, last, all);
        let title = titled(&title, usize::from(area.width), view.palette);
        put([title], area, buffer);
        area.y += 1;
        area.height = area.height.saturating_sub(1);
    }
    let columns = Columns::fitted(tick, usize::from(area.width));
    // Aggregated stands behind the endpoints.
    let rows = (first..last).chain([all]);
    let lines = rows.clone().map(|row| line(view, tick, row, &columns));
    put(
        [heading(view, &columns)].into_iter().chain(lines),
        area,
        buffer,
    );
    if let Some(trend) = columns.trend {
        trends(
            view,
            rows.map(|row| series(view, tick, row)),
            trend,
            area,
            buffer,
        );
    }
}

fn title(first: usize, last: usize, all: usize) -> String {
    if last - first == all {
        return "Endpoints, whole run".to_owned();
    }
    format!(
        "Endpoints {}-{last} of {all} (up, down), whole run",
        first + 1
    )
}

/// The row of an endpoint; behind the last one Aggregated.
fn row_at(tick: &Tick, index: usize) -> &Row {
    let row = tick.snapshot.rows.get(index);
    row.unwrap_or(&tick.snapshot.aggregated)
}

/// The course of a row's 95th percentile.
fn series<'v>(view: &'v View, tick: &Tick, index: usize) -> Option<&'v Series> {
    let history = &view.story.history;
    match tick.snapshot.rows.get(index) {
        Some(row) => history.p95_of.get(&row.endpoint),
        None => Some(&history.p95),
    }
}

fn heading(view: &View, columns: &Columns) -> Line<'static> {
    let mut text = left("Endpoint", columns.name);
    for column in &columns.figures {
        text += &space(GAP);
        text += &right(column.head, column.width());
    }
    if columns.trend.is_some() {
        text += &space(GAP);
        text += "p95 trend";
    }
    Line::styled(text, view.palette.faint())
}

fn line(view: &View, tick: &Tick, index: usize, columns: &Columns) -> Line<'static> {
    let palette = view.palette;
    let row = row_at(tick, index);
    let look = if index == tick.snapshot.rows.len() {
        palette.heading()
    } else {
        Look::new()
    };
    let name = cut_middle(&name(row), columns.name, palette);
    let mut line = Line::styled(left(&name, columns.name), look);
    for column in &columns.figures {
        let cell = column.cells.get(index).map_or("", String::as_str);
        let failing = matches!(column.head, "Failed" | "Fail/s") && row.failures > 0;
        let look = if failing && cell != "0" {
            palette.toned(Tone::Bad)
        } else {
            Look::new()
        };
        let text = space(GAP) + &right(cell, column.width());
        line.push_span(Span::styled(text, look));
    }
    line
}

/// Draws a trend beside each row, at the right edge.
fn trends<'v>(
    view: &View,
    series: impl Iterator<Item = Option<&'v Series>>,
    width: usize,
    area: Rect,
    buffer: &mut Buffer,
) {
    let look = view.palette.accent(Color::Magenta);
    let columns = u16::try_from(width).unwrap_or(0);
    for (row, series) in area.rows().skip(1).zip(series) {
        let values = series.map(|series| series.last(width)).unwrap_or_default();
        let at = Rect {
            x: row.right().saturating_sub(columns),
            width: columns,
            ..row
        };
        sparkline(&values, look, view.palette, at, buffer);
    }
}

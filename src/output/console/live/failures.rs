//! What goes wrong, by message, the most frequent first.
//!
//! Must not know where failures come from.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::event::Tick;
use crate::model::units::format_count;
use crate::output::console::style::tame;
use crate::output::figures::percent;
use crate::output::verdict::Tone;

use super::text::{columns, cut_end, put, right, titled};
use super::view::View;

/// How many kinds of failures and exceptions there are.
pub(super) fn kinds(view: &View) -> usize {
    let tick = view.story.tick.as_ref();
    tick.map_or(0, |tick| {
        tick.snapshot.failures.len() + tick.snapshot.exceptions.len()
    })
}

/// Draws as many as there are rows, with a title above them if so wished.
pub(super) fn failures(view: &View, with_title: bool, area: Rect, buffer: &mut Buffer) {
    let Some(tick) = &view.story.tick else {
        return;
    };
    let width = usize::from(area.width);
    let palette = view.palette;
    let rows = by_count(tick);
    let digits = rows.iter().map(|(count, _)| columns(&format_count(*count)));
    let digits = digits.max().unwrap_or(0);
    let lines = rows.iter().map(|(count, text)| {
        let count = right(&format_count(*count), digits);
        let text = cut_end(text, width.saturating_sub(digits + 2), palette);
        Line::from(vec![
            Span::styled(count, palette.toned(Tone::Bad)),
            Span::raw("  "),
            Span::raw(text),
        ])
    });
    let room = usize::from(area.height).saturating_sub(usize::from(with_title));
    let title = with_title.then(|| titled(&title(tick, room), width, palette));
    put(title.into_iter().chain(lines), area, buffer);
}

fn title(tick: &Tick, room: usize) -> String {
    let all = &tick.snapshot.aggregated;
    let kinds = tick.snapshot.failures.len() + tick.snapshot.exceptions.len();
    let share = all.fail_ratio().map_or_else(String::new, |share| {
        format!(", {} of all requests", percent(share))
    });
    let more = if kinds > room {
        format!(" ({room} of {kinds} kinds)")
    } else {
        String::new()
    };
    format!("Failures {}{share}{more}", format_count(all.failures))
}

/// Failures and exceptions with how often each occurred.
fn by_count(tick: &Tick) -> Vec<(u64, String)> {
    let failures = tick.snapshot.failures.iter().map(|row| {
        let text = format!("{}: {}", row.endpoint, row.console);
        (row.occurrences, tame(&text))
    });
    let exceptions = tick.snapshot.exceptions.iter().map(|row| {
        let text = format!("exception: {}", row.message);
        (row.count, tame(&text))
    });
    let mut rows: Vec<(u64, String)> = failures.chain(exceptions).collect();
    rows.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    rows
}

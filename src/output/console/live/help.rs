//! The help that lies over the view.
//!
//! Must not know what keys do.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use super::text::{cut_end, left, put};
use super::view::View;

/// Keys and what they do; a line without a key is a remark.
const LINES: [(&str, &str); 14] = [
    ("w W", "1 or 10 users more"),
    ("s S", "1 or 10 users fewer"),
    ("", "(stages take over again when they next change)"),
    ("p", "pause: no new tasks until p is pressed again"),
    ("q", "stop: tasks finish, then results and verdict"),
    ("Ctrl+C", "interrupt: requests in flight finish"),
    ("", "(twice: ends at once; results are written)"),
    ("Up Down", "scroll the endpoints"),
    ("Ctrl+L", "draw anew"),
    ("? Esc", "show and hide this help"),
    ("", ""),
    ("", "Rates, p50 and p95 on top: the last 10 s."),
    ("", "The table: the whole run, but for rates."),
    ("", "Sparklines: a column a second, newest right."),
];

/// Columns of the keys.
const KEYS: usize = 9;
/// Columns and rows of all.
const SIZE: (u16, u16) = (60, 16);

/// Draws it over the middle of the view.
pub(super) fn help(view: &View, area: Rect, buffer: &mut Buffer) {
    let palette = view.palette;
    let (width, height) = (SIZE.0.min(area.width), SIZE.1.min(area.height));
    let area = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    Clear.render(area, buffer);
    let block = Block::bordered()
        .border_set(palette.border())
        .title(Span::styled(" Keys ", palette.heading()));
    let inner = block.inner(area);
    block.render(area, buffer);
    let room = usize::from(inner.width).saturating_sub(KEYS + 1);
    let lines = LINES.map(|(key, what)| {
        Line::from(vec![
            Span::styled(left(&format!(" {key}"), KEYS), palette.heading()),
            Span::raw(cut_end(what, room, palette)),
        ])
    });
    put(lines, inner, buffer);
}

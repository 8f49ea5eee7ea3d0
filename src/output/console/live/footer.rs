//! The keys, or the answer to the last one.
//!
//! Must not know what keys do.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::text::{columns, cut_end, put};
use super::view::View;

/// The keys with what they do, the most important first: the last ones go where it is narrow.
const KEYS: [(&str, &str); 5] = [
    ("q", "stop"),
    ("?", "help"),
    ("w/s", "\u{b1}1 user"),
    ("W/S", "\u{b1}10"),
    ("p", "pause"),
];

/// The keys that do something still when the run is ending.
const LAST_KEYS: [(&str, &str); 2] = [("Ctrl+C", "end sooner"), ("?", "help")];

/// Draws the line.
pub(super) fn footer(view: &View, area: Rect, buffer: &mut Buffer) {
    let palette = view.palette;
    let width = usize::from(area.width);
    let mut spans = Vec::new();
    let mut taken = 0;
    if let Some((_, reply)) = &view.reply {
        let text = cut_end(&format!(" {reply} "), width, palette);
        taken += columns(&text) + 2;
        spans.push(Span::styled(text, palette.reply()));
        spans.push(Span::raw("  "));
    }
    let keys: &[(&str, &str)] = if view.story.is_ending() {
        &LAST_KEYS
    } else {
        &KEYS
    };
    for &(key, what) in keys {
        let what = if palette.style().ascii {
            what.replace('\u{b1}', "+-")
        } else {
            what.to_owned()
        };
        let needed = columns(key) + 1 + columns(&what);
        if taken + needed > width {
            break;
        }
        taken += needed + 3;
        spans.push(Span::styled(key, palette.heading()));
        spans.push(Span::styled(format!(" {what}   "), palette.faint()));
    }
    put([Line::from(spans)], area, buffer);
}

//! The newest notices and log lines.
//!
//! Must not know what they are about.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style as Look;
use ratatui::text::{Line, Span};

use crate::event::Severity;
use crate::model::units::format_duration;
use crate::output::verdict::Tone;

use super::story::Remark;
use super::text::{columns, cut_end, put, right, titled};
use super::view::View;

/// Draws as many of the newest as there are rows, with a title above them if so wished.
pub(super) fn remarks(view: &View, with_title: bool, area: Rect, buffer: &mut Buffer) {
    let palette = view.palette;
    let width = usize::from(area.width);
    let rows = usize::from(area.height).saturating_sub(usize::from(with_title));
    let remarks = &view.story.remarks;
    let shown = remarks.iter().skip(remarks.len().saturating_sub(rows));
    let times = shown.clone().map(|remark| columns(&time(remark))).max();
    let times = times.unwrap_or(0);
    let lines = shown.map(|remark| {
        let look = match remark.severity {
            Severity::Info => Look::new(),
            Severity::Warning => palette.toned(Tone::Open),
            Severity::Error => palette.toned(Tone::Bad),
        };
        let text = cut_end(&remark.text, width.saturating_sub(times + 2), palette);
        Line::from(vec![
            Span::styled(right(&time(remark), times), palette.faint()),
            Span::raw("  "),
            Span::styled(text, look),
        ])
    });
    let title = with_title.then(|| titled("Notices", width, palette));
    put(title.into_iter().chain(lines), area, buffer);
}

fn time(remark: &Remark) -> String {
    remark.at.map_or_else(String::new, |at| {
        format_duration(Duration::from_secs(at.elapsed().as_secs()))
    })
}

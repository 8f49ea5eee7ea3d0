//! Texts fitted into so many columns.
//!
//! Columns, not characters: some characters take two. Must not know what is said.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_truncate::UnicodeTruncateStr;
use unicode_width::UnicodeWidthStr;

use super::palette::Palette;

/// Columns that a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// At most so many columns, the end cut off: for messages, which say what matters first.
pub(super) fn cut_end(text: &str, width: usize, palette: Palette) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let (kept, _) = text.unicode_truncate(width.saturating_sub(1));
    let ellipsis = if width > 0 { palette.ellipsis() } else { "" };
    format!("{kept}{ellipsis}")
}

/// At most so many columns, the middle cut out: for names, which differ at their ends.
pub(super) fn cut_middle(text: &str, width: usize, palette: Palette) -> String {
    if columns(text) <= width || width < 5 {
        return cut_end(text, width, palette);
    }
    let room = width - 1;
    let (end, taken) = text.unicode_truncate_start(room / 2);
    let (start, _) = text.unicode_truncate(room - taken);
    format!("{start}{}{end}", palette.ellipsis())
}

/// So many columns, the text on the left.
pub(super) fn left(text: &str, width: usize) -> String {
    format!("{text}{}", space(width.saturating_sub(columns(text))))
}

/// So many columns, the text on the right.
pub(super) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", space(width.saturating_sub(columns(text))))
}

pub(super) fn space(width: usize) -> String {
    " ".repeat(width)
}

/// Puts lines into an area, as many as it has rows.
pub(super) fn put(lines: impl IntoIterator<Item = Line<'static>>, area: Rect, buffer: &mut Buffer) {
    for (row, line) in area.rows().zip(lines) {
        buffer.set_line(row.x, row.y, &line, row.width);
    }
}

/// A title with a rule to the end of the line.
pub(super) fn titled(title: &str, width: usize, palette: Palette) -> Line<'static> {
    let title = cut_end(title, width, palette);
    let rest = width.saturating_sub(columns(&title) + 1);
    Line::from(vec![
        Span::styled(title, palette.heading()),
        Span::raw(" "),
        Span::styled(palette.rule().repeat(rest), palette.faint()),
    ])
}

/// The first of these texts that fits, else the last one cut.
pub(super) fn first_that_fits(texts: &[String], width: usize, palette: Palette) -> String {
    let fits = texts.iter().find(|text| columns(text) <= width);
    fits.or(texts.last())
        .map(|text| cut_end(text, width, palette))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::console::Style;

    #[test]
    fn texts_are_cut_by_columns_at_the_end_or_in_the_middle() {
        let palette = Palette::new(Style::default());
        assert_eq!(cut_end("connection refused", 10, palette), "connectio…");
        assert_eq!(
            cut_middle("POST /v1/chat/completions", 13, palette),
            "POST /…etions"
        );
        assert_eq!(cut_middle("short", 13, palette), "short");
        // Two columns each: none is cut in half.
        assert_eq!(cut_end("検索検索", 6, palette), "検索…");
        assert_eq!(cut_middle("検索検索検索", 8, palette), "検索…索");
        for width in 0..6 {
            assert!(columns(&cut_middle("検索検索検索", width, palette)) <= width);
            assert!(columns(&cut_end("検索検索検索", width, palette)) <= width);
        }
    }
}

//! A course of values as bars, one column a second.
//!
//! Must not know what the values are.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style as Look;
use ratatui::widgets::{Sparkline, Widget};

use crate::output::figures::truncated;

use super::palette::Palette;
use super::series::largest;

/// Levels in a row of cells.
const LEVELS: u32 = 8;

/// Draws values from the left, the largest as high as the area. What is not nothing is seen.
pub(super) fn sparkline(
    values: &[Option<f64>],
    look: Look,
    palette: Palette,
    area: Rect,
    buffer: &mut Buffer,
) {
    let Some(largest) = largest(values).filter(|largest| *largest > 0.0) else {
        return;
    };
    let top = f64::from(LEVELS * u32::from(area.height));
    let levels = values.iter().map(|value| {
        let level = (*value)? / largest * top;
        Some(truncated(level.ceil()))
    });
    Sparkline::default()
        .data(levels.collect::<Vec<Option<u64>>>())
        .max(truncated(top))
        .bar_set(palette.bars())
        .style(look)
        .absent_value_symbol(" ")
        .render(area, buffer);
}

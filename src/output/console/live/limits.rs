//! How near the run has come to the service's own limits, once the service tells of any.
//!
//! Must not know how limits are told or spelt.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::output::limits::sentences;
use crate::stats::RateLimits;

use super::text::{first_that_fits, put};
use super::view::View;

/// What the service told of its limits until now.
pub(super) fn told(view: &View) -> Option<&RateLimits> {
    let tick = view.story.tick.as_ref()?;
    tick.snapshot.aggregated.rate_limits.as_ref()
}

/// All of it in a line, or what there is room for.
pub(super) fn limits(view: &View, area: Rect, buffer: &mut Buffer) {
    let Some(told) = told(view) else {
        return;
    };
    let width = usize::from(area.width);
    let text = first_that_fits(&sentences(told), width, view.palette);
    put([Line::raw(text)], area, buffer);
}

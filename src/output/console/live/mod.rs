//! The live view of a run on a whole terminal.
//!
//! Events and keys fold into a [`View`], and a view is drawn into a buffer of any size: both
//! pure. Must not know streams, threads or the clock.

mod asked;
mod columns;
mod endpoints;
mod failures;
mod figures;
mod footer;
mod generator;
mod header;
mod help;
mod history;
mod layout;
mod limits;
mod palette;
mod pills;
mod remarks;
mod series;
mod sparkline;
mod story;
mod text;
mod view;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::widgets::Widget;

use layout::{BESIDE, PARTS, Part};

pub use view::View;

/// Columns from which there is a margin on either side.
const MARGIN: u16 = 60;

impl Widget for &View {
    /// Draws the view as large as the area is.
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        let mut inner = area;
        if area.width >= MARGIN {
            inner.x += 1;
            inner.width -= 2;
        }
        for (part, area) in places(self, inner) {
            self.part(part, area, layout::is_titled(part, inner.height), buffer);
        }
        if self.help {
            help::help(self, area, buffer);
        }
        if self.palette.style().ascii {
            spell(area, buffer, self);
        }
    }
}

/// Where each part stands. Rows that are left over set parts apart, the rest stands above the
/// last two.
fn places(view: &View, area: Rect) -> Vec<(Part, Rect)> {
    let rows = layout::rows(view, area.width, area.height);
    let mut spare = area.height.saturating_sub(rows.iter().sum());
    let mut y = area.y;
    let mut places = Vec::new();
    for (part, height) in PARTS.into_iter().zip(rows) {
        if height == 0 {
            continue;
        }
        let gap = match part {
            Part::Figures | Part::Endpoints | Part::Failures | Part::Limits | Part::Remarks => {
                spare.min(1)
            }
            Part::Generator => spare,
            Part::Header | Part::Gauge | Part::Pills | Part::Footer => 0,
        };
        spare -= gap;
        y += gap;
        places.push((part, Rect { y, height, ..area }));
        y += height;
    }
    places
}

impl View {
    fn part(&self, part: Part, area: Rect, titled: bool, buffer: &mut Buffer) {
        match part {
            Part::Header => header::header(self, area, buffer),
            Part::Gauge => header::gauge(self, area, buffer),
            Part::Pills => pills::pills(self, area, buffer),
            Part::Figures => figures::figures(self, area, buffer),
            Part::Endpoints if area.width >= BESIDE && failures::kinds(self) > 0 => {
                let [left, right] =
                    Layout::horizontal([Constraint::Percentage(62), Constraint::Fill(1)])
                        .spacing(3)
                        .areas(area);
                endpoints::endpoints(self, titled, left, buffer);
                failures::failures(self, titled, right, buffer);
            }
            Part::Endpoints => endpoints::endpoints(self, titled, area, buffer),
            Part::Failures => failures::failures(self, titled, area, buffer),
            Part::Limits => limits::limits(self, area, buffer),
            Part::Remarks => remarks::remarks(self, titled, area, buffer),
            Part::Generator => generator::generator(self, area, buffer),
            Part::Footer => footer::footer(self, area, buffer),
        }
    }
}

/// Nothing but ASCII, whatever names and messages hold.
fn spell(area: Rect, buffer: &mut Buffer, view: &View) {
    for position in area.positions() {
        let cell = &mut buffer[position];
        if !cell.symbol().is_ascii() {
            let spelt = view.palette.style().spelt(cell.symbol());
            cell.set_symbol(&spelt);
        }
    }
}

//! The thresholds as pills: how each stands now.
//!
//! Must not know how thresholds are judged.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::output::console::style::tame;
use crate::output::verdict::{Tone, standing};
use crate::threshold::{Judgement, Standing};

use super::text::{columns, cut_middle, put};
use super::view::View;

/// Columns of the pill that says how many are left out.
const COUNT: usize = 5;

/// One pill.
#[derive(Clone, Debug)]
struct Pill {
    text: String,
    /// None while there is nothing to judge yet.
    tone: Option<Tone>,
}

/// Rows that all pills take at this width.
pub(super) fn rows_needed(view: &View, width: usize) -> usize {
    wrapped(&all(view, width), width).len()
}

/// As many pills as there is room for: where not all fit, those that are broken come first.
pub(super) fn pills(view: &View, area: Rect, buffer: &mut Buffer) {
    let palette = view.palette;
    let (width, rows) = (usize::from(area.width), usize::from(area.height));
    let mut lines = wrapped(&all(view, width), width);
    if lines.len() > rows {
        lines = fitted(all(view, width), width, rows);
        // The count of those that are left out stands beside a pill, or says nothing.
        if lines.last().is_some_and(|line| line.len() == 1) {
            lines = fitted(all(view, width.saturating_sub(COUNT)), width, rows);
        }
    }
    let lines = lines.into_iter().map(|pills| {
        let spans = pills.into_iter().flat_map(|pill| {
            let look = pill.tone.map_or(palette.faint(), |tone| palette.pill(tone));
            [Span::styled(pill.text, look), Span::raw(" ")]
        });
        Line::from_iter(spans)
    });
    put(lines, area, buffer);
}

fn all(view: &View, width: usize) -> Vec<Pill> {
    let judgements = (view.story.tick.as_ref()).map(|tick| tick.judgements.iter());
    let judgements = judgements.into_iter().flatten();
    judgements.map(|each| pill(view, each, width)).collect()
}

fn pill(view: &View, judgement: &Judgement, width: usize) -> Pill {
    let palette = view.palette;
    let open = matches!(judgement.standing, Standing::NoData | Standing::Pending);
    // What has no data now may still get some: only the end judges that.
    let tone = (!open).then(|| standing(judgement).1);
    let condition = tame(&judgement.condition());
    let observed = match judgement.standing {
        Standing::Pending => "not judged yet".to_owned(),
        Standing::Passed | Standing::Failed | Standing::NoData => judgement.shown_observed(),
    };
    let mark = tone.map_or_else(|| "?".to_owned(), |tone| palette.mark(tone));
    let text = format!("{mark} {condition}  {observed}");
    let text = cut_middle(&text, width.saturating_sub(3), palette);
    Pill {
        text: format!(" {text} "),
        tone,
    }
}

/// The pills in lines, with a last one for those that do not fit.
fn fitted(mut pills: Vec<Pill>, width: usize, rows: usize) -> Vec<Vec<Pill>> {
    pills.sort_by_key(|pill| match pill.tone {
        Some(Tone::Bad) => 0,
        Some(Tone::Open) => 1,
        None => 2,
        Some(Tone::Good) => 3,
    });
    let mut hidden: Vec<Pill> = Vec::new();
    while let Some(pill) = pills.pop() {
        hidden.push(pill);
        let mut shown = pills.clone();
        shown.push(Pill {
            text: format!(" +{} ", hidden.len()),
            tone: hidden.last().and_then(|pill| pill.tone),
        });
        let lines = wrapped(&shown, width);
        if lines.len() <= rows {
            return lines;
        }
    }
    Vec::new()
}

fn wrapped(pills: &[Pill], width: usize) -> Vec<Vec<Pill>> {
    let mut lines: Vec<Vec<Pill>> = Vec::new();
    let mut taken = 0;
    for pill in pills {
        let needed = columns(&pill.text);
        match lines.last_mut() {
            // A space is between two pills.
            Some(line) if taken + 1 + needed <= width => {
                line.push(pill.clone());
                taken += 1 + needed;
            }
            _ => {
                lines.push(vec![pill.clone()]);
                taken = needed;
            }
        }
    }
    lines
}

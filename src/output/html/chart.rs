//! A line chart as the template draws it: paths in a box of 1000 by 1000 that is stretched to fit,
//! and marks placed in percent, so that texts keep their size on any screen.
//!
//! Must not know what the lines mean.

use std::fmt::Write;

use super::axis::{Mark, Unit, horizontal, scale, vertical};

/// What one line shows: its name, how it is drawn and a value at each moment where there is one.
pub(super) struct Series {
    /// Its name in the legend.
    pub(super) name: &'static str,
    /// The class it is styled by.
    pub(super) class: &'static str,
    /// Seconds since the start, and the value.
    pub(super) values: Vec<(f64, Option<f64>)>,
    /// What the legend adds to the name.
    pub(super) note: String,
}

/// A chart ready to be drawn.
pub(super) struct Chart {
    /// Name for references within the page.
    pub(super) id: &'static str,
    /// Heading.
    pub(super) title: &'static str,
    /// What it shows, in a sentence.
    pub(super) description: String,
    /// Its lines.
    pub(super) lines: Vec<Line>,
    /// Marks from the bottom upward.
    pub(super) vertical: Vec<Mark>,
    /// Marks from the left.
    pub(super) horizontal: Vec<Mark>,
}

/// One line ready to be drawn.
pub(super) struct Line {
    /// Its name in the legend.
    pub(super) name: &'static str,
    /// The class it is styled by.
    pub(super) class: &'static str,
    /// What the legend adds to the name.
    pub(super) note: String,
    /// The path.
    pub(super) path: String,
}

/// What a chart is made from.
pub(super) struct Sketch {
    /// Name for references within the page.
    pub(super) id: &'static str,
    /// Heading.
    pub(super) title: &'static str,
    /// What it shows, in a sentence.
    pub(super) description: String,
    /// What its vertical axis measures.
    pub(super) unit: Unit,
    /// Whether values between whole numbers make no sense.
    pub(super) whole: bool,
    /// Its lines.
    pub(super) series: Vec<Series>,
}

impl Chart {
    /// Draws a sketch over this many seconds.
    pub(super) fn drawn(sketch: Sketch, length: f64) -> Self {
        let values = sketch.series.iter().flat_map(|series| &series.values);
        let largest = values.filter_map(|(_, value)| *value).fold(0.0, f64::max);
        let (end, step) = scale(largest, sketch.whole);
        Chart {
            id: sketch.id,
            title: sketch.title,
            description: sketch.description,
            lines: (sketch.series.into_iter())
                .map(|series| Line {
                    path: path(&series.values, length, end),
                    name: series.name,
                    class: series.class,
                    note: series.note,
                })
                .collect(),
            vertical: vertical(end, step, sketch.unit),
            horizontal: horizontal(length),
        }
    }
}

/// The path of a line, interrupted where there is no value: a gap is no zero.
fn path(values: &[(f64, Option<f64>)], length: f64, end: f64) -> String {
    let mut path = String::new();
    let mut drawing = false;
    for (index, &(at, value)) in values.iter().enumerate() {
        let Some(value) = value else {
            drawing = false;
            continue;
        };
        let x = (at / length * 1000.0).clamp(0.0, 1000.0);
        let y = (1000.0 - value / end * 1000.0).clamp(0.0, 1000.0);
        let command = if drawing { 'L' } else { 'M' };
        write!(path, "{command}{x:.0} {y:.0}").expect("writing to a String cannot fail");
        let lonely = !drawing && values.get(index + 1).is_none_or(|(_, next)| next.is_none());
        if lonely {
            // A line to itself: its round ends make it a dot.
            path.push_str("h0");
        }
        drawing = true;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_interrupts_the_line_and_a_lonely_value_is_a_dot() {
        let values = [
            (0.0, Some(0.0)),
            (5.0, Some(1.0)),
            (6.0, None),
            (10.0, Some(2.0)),
        ];
        assert_eq!(path(&values, 10.0, 2.0), "M0 1000L500 500M1000 0h0");
        assert_eq!(path(&[], 10.0, 1.0), "");
    }
}

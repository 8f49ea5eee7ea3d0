//! Where an axis ends and what stands on it.
//!
//! Must not know what is drawn.

use std::time::Duration;

use crate::model::units::format_duration;
use crate::output::figures::chosen;

/// One mark on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    /// Where, in percent from the left or the top.
    pub(super) at: String,
    /// What stands there.
    pub(super) label: String,
}

/// What a vertical axis measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Times, given in seconds.
    Time,
    /// Numbers.
    Number,
}

/// The end of an axis that shows `largest`, and the step between its some five marks: 1, 2, 2.5 or
/// 5 times a power of ten; a whole number where others make no sense.
pub(super) fn scale(largest: f64, whole: bool) -> (f64, f64) {
    let rough = if largest > 0.0 { largest / 5.0 } else { 0.2 };
    let rough = if whole { rough.max(1.0) } else { rough };
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0]
        .map(|factor| factor * power)
        .into_iter()
        .filter(|step| !whole || step.fract() == 0.0)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(power * 10.0);
    let steps = (largest / step * 0.999).ceil().max(1.0);
    (step * steps, step)
}

/// The marks of a vertical axis.
pub(super) fn vertical(end: f64, step: f64, unit: Unit) -> Vec<Mark> {
    steps(end, step)
        .map(|value| Mark {
            at: percent(1.0 - value / end),
            label: label(value, end, unit),
        })
        .collect()
}

fn label(value: f64, end: f64, unit: Unit) -> String {
    match unit {
        Unit::Number => chosen(value),
        Unit::Time if end >= 2.0 => format!("{} s", chosen(value)),
        Unit::Time => format!("{} ms", chosen(value * 1e3)),
    }
}

/// The marks of the time axis.
pub(super) fn horizontal(length: f64) -> Vec<Mark> {
    const STEPS: [f64; 16] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0,
        14_400.0, 43_200.0,
    ];
    let step = (STEPS.into_iter())
        .find(|step| length / step <= 6.0)
        .unwrap_or(86_400.0 * (length / 86_400.0 / 6.0).ceil());
    steps(length, step)
        .map(|at| Mark {
            at: percent(at / length),
            label: format_duration(Duration::from_secs_f64(at)),
        })
        .collect()
}

/// 0, step, 2·step … to the end.
fn steps(end: f64, step: f64) -> impl Iterator<Item = f64> {
    (0u32..=1000)
        .map(move |index| f64::from(index) * step)
        .take_while(move |value| *value <= end * 1.000_001)
}

/// A share as a CSS or SVG percentage.
pub(super) fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_just_above_what_it_shows_in_even_steps() {
        let cases = [
            (0.0, (0.2, 0.2)),
            (7.3, (8.0, 2.0)),
            (10.0, (10.0, 2.0)),
            (0.084, (0.1, 0.02)),
            (1234.0, (1250.0, 250.0)),
        ];
        for (largest, (end, step)) in cases {
            let found = scale(largest, false);
            assert!((found.0 - end).abs() < 1e-9, "{largest}: {found:?}");
            assert!((found.1 - step).abs() < 1e-9, "{largest}: {found:?}");
        }
        for (largest, end) in [(0.0, 1.0), (2.0, 2.0), (11.0, 15.0)] {
            assert!((scale(largest, true).0 - end).abs() < 1e-9, "{largest}");
        }
    }

    #[test]
    fn a_time_axis_has_few_round_marks() {
        let labels: Vec<String> = horizontal(118.0)
            .into_iter()
            .map(|mark| mark.label)
            .collect();
        assert_eq!(labels, ["0s", "30s", "1m", "1m30s"]);
        assert!(horizontal(90_000.0).len() <= 8);
    }
}

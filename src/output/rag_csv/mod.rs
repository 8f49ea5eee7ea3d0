//! The files of declared answers beside Locust's: one row per endpoint, one per stage.
//!
//! Owns their columns. What is not known is empty, never 0. Must not know files.

pub mod answers;
pub mod stages;

use crate::stats::Figures;
use crate::stats::measure::Unit;

use super::figures::Number;

/// A figure in the unit of the files: milliseconds for times.
fn figure(figures: &Figures, base: f64) -> String {
    let value = match figures.measure.unit() {
        // Microseconds are whole: so is what lies behind them.
        Unit::Time => (base * 1e6).round() / 1e3,
        Unit::Count | Unit::Rate => base,
    };
    Number::Float(value).to_string()
}

fn number(value: f64) -> String {
    Number::Float(value).to_string()
}

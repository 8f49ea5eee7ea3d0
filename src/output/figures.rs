//! Numbers as the outputs spell them, each rule in one place.
//!
//! Pure. Must not know which format asks.

use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

use crate::model::python_repr::float_repr;
use crate::model::units::format_count;
use crate::stats::Row;

/// A number whose Python type shows in how it is written: `16` or `16.0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An `int`.
    Int(u64),
    /// A `float`.
    Float(f64),
}

impl Number {
    /// As Python's `%d` prints it: the fraction cut off.
    #[must_use]
    pub fn truncated(self) -> u64 {
        match self {
            Number::Int(value) => value,
            Number::Float(value) => truncated(value),
        }
    }
}

impl serde::Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Number::Int(value) => serializer.serialize_u64(value),
            Number::Float(value) => serializer.serialize_f64(value),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(value) => write!(f, "{value}"),
            Number::Float(value) => f.write_str(&float_repr(*value)),
        }
    }
}

/// Milliseconds with fraction.
#[must_use]
pub fn ms(time: Duration) -> f64 {
    // Nanoseconds first: one rounding instead of two keeps 501.3 from becoming 501.29999999999995.
    time.as_nanos() as f64 / 1e6
}

/// Milliseconds rounded to the nearest whole one, ties to even as Python rounds.
#[must_use]
pub fn whole_ms(time: Duration) -> u64 {
    let nanos = time.as_nanos();
    let (whole, rest) = (nanos / 1_000_000, nanos % 1_000_000);
    let up = match rest.cmp(&500_000) {
        Ordering::Less => 0,
        Ordering::Equal => whole % 2,
        Ordering::Greater => 1,
    };
    u64::try_from(whole + up).unwrap_or(u64::MAX)
}

/// A time as measured, in milliseconds; `0` when there is none, as Locust's files demand.
#[must_use]
pub fn measured(time: Option<Duration>) -> Number {
    time.map_or(Number::Int(0), |time| Number::Float(ms(time)))
}

/// Locust's median: the percentile's whole milliseconds, kept within what was really measured; a
/// `float` only where it had to be moved there, `0` without times.
#[must_use]
pub fn median(row: &Row) -> Number {
    let (Some(median), Some(min), Some(max)) = (row.median(), row.min, row.max) else {
        return Number::Int(0);
    };
    let whole = whole_ms(median);
    let exact = whole as f64;
    if exact < ms(min) {
        Number::Float(ms(min))
    } else if exact > ms(max) {
        Number::Float(ms(max))
    } else {
        Number::Int(whole)
    }
}

/// The whole part of a number that is not negative.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cutting off is what is wanted; the cast saturates"
)]
pub fn truncated(value: f64) -> u64 {
    value as u64
}

/// A share as a percentage for reading: `0%`, `0.42%`, `12.5%`, `100%`; never `0%` or `100%`
/// when it is not.
#[must_use]
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.01 {
        return "<0.01%".to_owned();
    }
    if percent < 100.0 && percent > 99.99 {
        return ">99.99%".to_owned();
    }
    // More digits where they matter: near nothing and near all.
    let decimals = if (10.0..=99.0).contains(&percent) {
        1
    } else {
        2
    };
    format!("{}%", short(percent, decimals))
}

/// A rate as measured: `0`, `0.25`, `12.3`, `1 234`.
#[must_use]
pub fn rate(per_second: f64) -> String {
    match per_second {
        value if value >= 999.5 => format_count(truncated(value.round())),
        value if value >= 9.995 => format!("{value:.1}"),
        value if value >= 0.005 => format!("{value:.2}"),
        value if value > 0.0 => "<0.01".to_owned(),
        _ => "0".to_owned(),
    }
}

/// A number with at most so many decimals and no zeros at its end.
fn short(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Milliseconds for a column of a table: `0.85`, `3.2`, `412`, `1 234`.
#[must_use]
pub fn table_ms(time: Duration) -> String {
    let value = ms(time);
    if value < 0.995 {
        format!("{value:.2}")
    } else if value < 9.95 {
        format!("{value:.1}")
    } else {
        format_count(whole_ms(time))
    }
}

/// A number as someone chose it, a limit or a mark on an axis: `0.5`, `20`, `1 500`.
#[must_use]
pub fn chosen(value: f64) -> String {
    if value >= 1000.0 && value.fract() == 0.0 {
        format_count(truncated(value))
    } else {
        short(value, 4)
    }
}

/// A size for reading: `512 B`, `1.4 kB`, `3.0 MB`.
#[must_use]
pub fn bytes(count: f64) -> String {
    if count < 999.5 {
        format!("{count:.0} B")
    } else if count < 999_500.0 {
        format!("{:.1} kB", count / 1e3)
    } else {
        format!("{:.1} MB", count / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_rounded_to_the_nearest_and_ties_to_even() {
        let cases = [
            (500, 0),
            (1_500, 2),
            (2_500, 2),
            (147_300, 147),
            (999_600, 1000),
        ];
        for (micros, expected) in cases {
            assert_eq!(
                whole_ms(Duration::from_micros(micros)),
                expected,
                "{micros}"
            );
        }
    }

    #[test]
    fn a_share_never_claims_to_be_nothing_or_all_when_it_is_not() {
        let cases = [
            (0.0, "0%"),
            (0.000_01, "<0.01%"),
            (0.0042, "0.42%"),
            (0.125, "12.5%"),
            (0.999_99, ">99.99%"),
            (0.9987, "99.87%"),
            (1.0, "100%"),
        ];
        for (share, expected) in cases {
            assert_eq!(percent(share), expected);
        }
    }

    #[test]
    fn rates_and_sizes_read_well() {
        let rates = [0.0, 0.001, 0.25, 9.999, 12.34, 1234.4].map(rate);
        assert_eq!(rates, ["0", "<0.01", "0.25", "10.0", "12.3", "1 234"]);
        assert_eq!([0.5, 20.0, 1_500.0].map(chosen), ["0.5", "20", "1 500"]);
        assert_eq!([0.0, 1_440.0, 3e6].map(bytes), ["0 B", "1.4 kB", "3.0 MB"]);
    }
}

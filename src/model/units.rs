//! Durations, rates and shares as people write them, parsed and printed.
//!
//! Owns the spellings of units in scenarios, flags and messages. Must not know which key or flag
//! a value belongs to: errors are fragments that fit after the name of one.

use std::time::Duration;

/// A text that is not a value of its unit. Prints as a fragment with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Not a duration.
    #[error("{0:?} is not a duration (write 500ms, 2s, 1m30s, 4h, or plain seconds)")]
    Duration(String),
    /// Not a number of events per second.
    #[error("{0:?} is not a rate (write 0.5/s, 30/m, 100/h, or a plain number per second)")]
    Rate(String),
}

/// Reads a duration: numbers each followed by `ms`, `s`, `m`, `h` or `d`, largest unit first, or
/// a plain number of seconds.
///
/// # Errors
/// [`UnitError::Duration`] for anything else, negative and over-large numbers included.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    let bad = || UnitError::Duration(text.to_owned());
    let trimmed = text.trim();
    if let Some(seconds) = parse_number(trimmed) {
        return seconds_to_duration(seconds).ok_or_else(bad);
    }
    let mut rest = trimmed;
    let mut total = 0.0;
    let mut smallest_so_far = f64::INFINITY;
    while !rest.is_empty() {
        let number_ends = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .ok_or_else(bad)?;
        let number = parse_number(&rest[..number_ends]).ok_or_else(bad)?;
        rest = &rest[number_ends..];
        let unit_ends = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let unit = unit_seconds(&rest[..unit_ends]).ok_or_else(bad)?;
        if unit >= smallest_so_far {
            return Err(bad());
        }
        smallest_so_far = unit;
        total += number * unit;
        rest = &rest[unit_ends..];
    }
    if smallest_so_far.is_infinite() {
        return Err(bad());
    }
    seconds_to_duration(total).ok_or_else(bad)
}

/// Reads a rate in events per second: `5`, `0.5/s`, `30/m`, `100/h`.
///
/// # Errors
/// [`UnitError::Rate`] for anything that is not a finite number at or above zero of these units.
pub fn parse_rate(text: &str) -> Result<f64, UnitError> {
    let bad = || UnitError::Rate(text.to_owned());
    let (number, per) = match text.trim().split_once('/') {
        Some((number, unit)) => (number, unit_seconds(unit.trim()).ok_or_else(bad)?),
        None => (text.trim(), 1.0),
    };
    parse_number(number.trim())
        .map(|events| events / per)
        .ok_or_else(bad)
}

fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86400.0,
        _ => return None,
    })
}

/// A number of digits and at most one point; signs, exponents, `inf` and `nan` are not units.
fn parse_number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    plain.then(|| text.parse().ok()).flatten()
}

fn seconds_to_duration(seconds: f64) -> Option<Duration> {
    // Whole nanoseconds by rounding: 0.07 s is 70 ms, not 69.999999 ms.
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| duration.as_secs() < 1 << 32)
}

/// Prints a duration the shortest way that [`parse_duration`] reads back: `90s` is `1m30s`,
/// `500ms`, `4h`, `0s`. Parts below a millisecond are dropped.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [
        (seconds / 3600, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
        (u64::from(duration.subsec_millis()), "ms"),
    ];
    let text: String = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text
    }
}

/// Prints a measured time for reading: `850µs`, `3.2ms`, `412ms`, `1.23s`, `2m05s`.
#[must_use]
pub fn format_time(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    if milliseconds < 1.0 {
        format!("{:.0}µs", milliseconds * 1e3)
    } else if milliseconds < 9.95 {
        format!("{milliseconds:.1}ms")
    } else if milliseconds < 999.5 {
        format!("{milliseconds:.0}ms")
    } else if milliseconds < 59_995.0 {
        format!("{:.2}s", milliseconds / 1e3)
    } else {
        let seconds = time.as_secs();
        format!("{}m{:02}s", seconds / 60, seconds % 60)
    }
}

/// Prints a count with thin groups of three: `1 234 567`.
#[must_use]
pub fn format_count(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_in_every_spelling() {
        let cases = [
            ("500ms", 500),
            ("2s", 2_000),
            ("1m30s", 90_000),
            ("4h", 14_400_000),
            ("20", 20_000),
            ("0.5", 500),
            ("1.5s", 1_500),
            ("0.07s", 70),
            ("1h20m", 4_800_000),
            ("0", 0),
        ];
        for (text, milliseconds) in cases {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_a_duration_is_refused_with_the_remedy() {
        for text in [
            "",
            "1x",
            "s",
            "-5",
            "1h30",
            "30s1m",
            "1m1m",
            "nan",
            "1e3",
            "99999999999h",
        ] {
            let error = parse_duration(text).unwrap_err().to_string();
            assert!(error.contains("1m30s"), "{text}: {error}");
        }
    }

    #[test]
    fn rates_are_per_second() {
        assert_eq!(parse_rate("0.5/s"), Ok(0.5));
        assert_eq!(parse_rate("30/m"), Ok(0.5));
        assert_eq!(parse_rate("7"), Ok(7.0));
        assert!(parse_rate("7/x").is_err());
    }

    #[test]
    fn times_are_printed_with_three_digits_or_less() {
        let cases = [
            (850, "850µs"),
            (3_210, "3.2ms"),
            (411_900, "412ms"),
            (1_234_000, "1.23s"),
        ];
        for (micros, expected) in cases {
            assert_eq!(format_time(Duration::from_micros(micros)), expected);
        }
        assert_eq!(format_time(Duration::from_secs(125)), "2m05s");
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(format_count(1_234_567), "1 234 567");
        assert_eq!(format_count(12), "12");
    }

    proptest! {
        #[test]
        fn a_printed_duration_reads_back(milliseconds in 0u64..400_000_000) {
            let duration = Duration::from_millis(milliseconds);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
        }

        #[test]
        fn no_text_panics_the_parsers(text in ".*") {
            let _ = parse_duration(&text);
            let _ = parse_rate(&text);
        }
    }
}

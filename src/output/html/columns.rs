//! The numbers of the page's data, as short as they are worth: columns are texts, their values
//! parted by commas, for a report of a long run has a hundred thousand of them.
//!
//! Must not know what they measure.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::model::Offset;
use crate::output::figures::ms;

/// A number that is written without fraction where it has none.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Number(f64);

impl Number {
    /// To three significant digits, whole ones from a hundred on: no chart shows more.
    pub(super) fn short(value: f64) -> Self {
        let Some(power) = [1.0, 10.0, 100.0, 1000.0]
            .into_iter()
            .find(|power| value.abs() * power >= 99.95)
        else {
            return Number((value * 1e4).round() / 1e4);
        };
        Number((value * power).round() / power)
    }

    /// A response time in milliseconds.
    pub(super) fn time(time: Duration) -> Self {
        Number::short(ms(time))
    }

    /// A moment in seconds, to the millisecond.
    pub(super) fn moment(at: Offset) -> Self {
        Number((at.as_secs_f64() * 1e3).round() / 1e3)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Number {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the value has no fraction and lies far within the range"
    )]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// A column in which most values may be 0: nothing stands for it.
pub(super) fn counts(values: impl IntoIterator<Item = u64>) -> String {
    joined(values, |value| value == 0)
}

/// The same of numbers.
pub(super) fn rates(values: impl IntoIterator<Item = f64>) -> String {
    let values = values.into_iter().map(Number::short);
    joined(values, |value| value == Number(0.0))
}

/// A column in which values may be missing: nothing stands for those.
pub(super) fn known(values: impl IntoIterator<Item = Option<f64>>) -> String {
    let values = values.into_iter().map(|value| value.map(Number::short));
    texts(values.map(|value| value.map_or_else(String::new, |value| value.to_string())))
}

/// Columns of percentiles, the lower before the higher. Nothing stands for one that is missing, and
/// `=` for one that is the same as in the column before: with few requests in a stretch many are.
pub(super) fn percentiles<const N: usize>(stretches: &[[Option<Duration>; N]]) -> [String; N] {
    std::array::from_fn(|index| {
        texts(stretches.iter().map(|times| {
            let [before, now] = [index.checked_sub(1), Some(index)]
                .map(|index| index.and_then(|index| times[index]).map(Number::time));
            match now {
                None => String::new(),
                Some(_) if before == now => "=".to_owned(),
                Some(now) => now.to_string(),
            }
        }))
    })
}

fn joined<T: Copy + fmt::Display>(
    values: impl IntoIterator<Item = T>,
    is_nothing: impl Fn(T) -> bool,
) -> String {
    let text = |value: T| match is_nothing(value) {
        true => String::new(),
        false => value.to_string(),
    };
    texts(values.into_iter().map(text))
}

fn texts(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_three_digits_and_no_empty_fraction() {
        let cases = [
            (0.0, "0"),
            (12.0, "12"),
            (1234.4, "1234"),
            (123.46, "123"),
            (12.346, "12.3"),
            (1.2346, "1.23"),
            (0.123_46, "0.123"),
            (0.000_04, "0"),
        ];
        for (value, expected) in cases {
            let text = serde_json::to_string(&Number::short(value)).unwrap();
            assert_eq!(text, expected, "{value}");
        }
        assert_eq!(known([Some(0.0), None, Some(1.5)]), "0,,1.5");
        let moment = Number::moment(Offset::from_duration(Duration::from_micros(1_003_400)));
        assert_eq!(serde_json::to_string(&moment).unwrap(), "1.003");
    }
    #[test]
    fn a_column_leaves_out_what_says_nothing() {
        assert_eq!(counts([0, 3, 0, 0]), ",3,,");
        assert_eq!(rates([0.0, 12.346]), ",12.3");
        let ms = |ms| Some(Duration::from_millis(ms));
        let columns = percentiles(&[[ms(5), ms(5), ms(9)], [None; 3], [ms(1), ms(2), ms(2)]]);
        assert_eq!(columns, ["5,,1", "=,,2", "9,,="]);
    }
}

//! Durations in files: plain numbers of seconds, as every tool that reads JSON can compare.
//!
//! Owns that form, for `#[serde(with = "seconds")]`. Must not know which files.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Above this a time is a date since the Unix epoch, below it the length of something.
const DATES: Duration = Duration::from_secs(100_000_000);

/// A value made of durations that can stand as seconds.
pub trait Seconds: Sized {
    /// The same shape with numbers for durations.
    type Numbers: Serialize + for<'de> Deserialize<'de>;

    /// As numbers of seconds.
    fn to_numbers(&self) -> Self::Numbers;

    /// From numbers of seconds; none when one is negative, not finite or too large.
    fn from_numbers(numbers: Self::Numbers) -> Option<Self>;
}

/// Writes seconds.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<T: Seconds, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.to_numbers().serialize(serializer)
}

/// Reads seconds.
///
/// # Errors
/// When a number is none of seconds.
pub fn deserialize<'de, T: Seconds, D: Deserializer<'de>>(source: D) -> Result<T, D::Error> {
    T::from_numbers(T::Numbers::deserialize(source)?)
        .ok_or_else(|| serde::de::Error::custom("seconds must be a number of at least 0"))
}

impl Seconds for Duration {
    type Numbers = f64;

    fn to_numbers(&self) -> f64 {
        self.as_secs_f64()
    }

    fn from_numbers(seconds: f64) -> Option<Self> {
        let time = Duration::try_from_secs_f64(seconds).ok()?;
        // A number as large as a date has digits for microseconds, not for nanoseconds.
        if time < DATES {
            return Some(time);
        }
        let micros = u64::try_from((time.as_nanos() + 500) / 1000).ok()?;
        Some(Duration::from_micros(micros))
    }
}

impl<T: Seconds> Seconds for Option<T> {
    type Numbers = Option<T::Numbers>;

    fn to_numbers(&self) -> Self::Numbers {
        self.as_ref().map(Seconds::to_numbers)
    }

    fn from_numbers(numbers: Self::Numbers) -> Option<Self> {
        match numbers {
            Some(numbers) => T::from_numbers(numbers).map(Some),
            None => Some(None),
        }
    }
}

impl<T: Seconds> Seconds for Vec<T> {
    type Numbers = Vec<T::Numbers>;

    fn to_numbers(&self) -> Self::Numbers {
        self.iter().map(Seconds::to_numbers).collect()
    }

    fn from_numbers(numbers: Self::Numbers) -> Option<Self> {
        numbers.into_iter().map(T::from_numbers).collect()
    }
}

/// The percentiles of a row.
impl Seconds for [Duration; 11] {
    type Numbers = [f64; 11];

    fn to_numbers(&self) -> Self::Numbers {
        self.map(|time| time.as_secs_f64())
    }

    fn from_numbers(numbers: Self::Numbers) -> Option<Self> {
        let mut times = [Duration::ZERO; 11];
        for (time, seconds) in times.iter_mut().zip(numbers) {
            *time = Duration::from_numbers(seconds)?;
        }
        Some(times)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct File {
        #[serde(with = "super")]
        time: Duration,
        #[serde(with = "super")]
        times: Vec<Option<Duration>>,
    }

    #[test]
    fn a_duration_stands_as_seconds_and_nothing_else_is_one() {
        let file = File {
            time: Duration::from_millis(45),
            times: vec![None, Some(Duration::from_secs(2))],
        };
        let text = serde_json::to_string(&file).unwrap();
        assert_eq!(text, r#"{"time":0.045,"times":[null,2.0]}"#);
        for wrong in ["-1", "1e300", "\"2s\"", "null"] {
            let text = format!(r#"{{"time":{wrong},"times":[]}}"#);
            assert!(serde_json::from_str::<File>(&text).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn durations_of_any_run_read_back_to_the_nanosecond(nanos in 0u64..4_000_000_000_000_000) {
            let time = Duration::from_nanos(nanos);
            let file = File { time, times: vec![Some(time)] };
            let text = serde_json::to_string(&file).unwrap();
            prop_assert_eq!(serde_json::from_str::<File>(&text).unwrap(), file);
        }
    }
}

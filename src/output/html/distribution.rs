//! The distribution of response times as the page draws it: a histogram of even steps on a
//! logarithmic axis, and a percentile spectrum.
//!
//! Must not know whose times they are.

use serde::Serialize;

use crate::event::RecordedRow;
use crate::stats::{Histogram, encoding};

use super::columns::Number;

/// Bins of a histogram per power of ten: each is an eighth wider than the one before.
const PER_DECADE: u32 = 20;
/// Values of a spectrum per nine: so many from 90% to 99%, and from there to 99.9%.
const PER_NINE: u32 = 10;

/// The distribution of successful requests and that of failed ones; where a record does not tell
/// them apart, all stand as successful.
#[derive(Serialize)]
pub(super) struct Distribution {
    bins: Bins,
    spectrum: Spectrum,
}

/// How many fell between 10^(n / `per_decade`) and 10^((n + 1) / `per_decade`) microseconds, for
/// each n from `from` on.
#[derive(Serialize)]
struct Bins {
    from: u32,
    per_decade: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<Vec<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Vec<u64>>,
}

#[derive(Serialize)]
struct Spectrum {
    per_nine: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<Values>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Values>,
}

/// The value at 1 − 10^(−n / `per_nine`) for each n from 0 on, as far as so many requests tell;
/// last the largest.
#[derive(Serialize)]
struct Values {
    count: u64,
    values: Vec<Number>,
}

/// The distribution behind a row; none without times.
pub(super) fn of(row: &RecordedRow) -> Option<Distribution> {
    let all = encoding::decode(&row.histogram).ok()?;
    let failed = (row.failed_histogram.as_deref())
        .and_then(|text| encoding::decode(text).ok())
        .unwrap_or_default();
    let ok = all.without(&failed);
    let from = all.buckets().first().map(|(value, _)| bin(*value))?;
    Some(Distribution {
        bins: Bins {
            from,
            per_decade: PER_DECADE,
            ok: counts(&ok, from),
            failed: counts(&failed, from),
        },
        spectrum: Spectrum {
            per_nine: PER_NINE,
            ok: values(&ok),
            failed: values(&failed),
        },
    })
}

/// The bin a value in microseconds falls in.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a logarithm of a whole number lies between 0 and 20"
)]
fn bin(micros: u64) -> u32 {
    ((micros.max(1) as f64).log10() * f64::from(PER_DECADE)).floor() as u32
}

fn counts(times: &Histogram, from: u32) -> Option<Vec<u64>> {
    let last = times.buckets().last().map(|(value, _)| bin(*value))?;
    let mut counts = vec![0; (last - from) as usize + 1];
    for &(value, count) in times.buckets() {
        counts[(bin(value) - from) as usize] += count;
    }
    Some(counts)
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn values(times: &Histogram) -> Option<Values> {
    let count = times.count();
    let nines = |step: u32| 10f64.powf(-f64::from(step) / f64::from(PER_NINE));
    // Beyond one in `count` a percentile is the largest value.
    let told = (0..)
        .map(nines)
        .take_while(|rest| rest * count as f64 > 1.0);
    let values = told.map(|rest| times.quantile(1.0 - rest));
    let values: Option<Vec<Number>> = values
        .chain([times.quantile(1.0)])
        .map(|time| time.map(Number::time))
        .collect();
    values
        .filter(|_| count > 0)
        .map(|values| Values { count, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundred() -> Histogram {
        Histogram::from_buckets((1..=100).map(|ms| (ms * 1000, 1)).collect())
    }

    #[test]
    fn every_time_falls_into_one_bin() {
        let counts = counts(&hundred(), bin(1000)).unwrap();
        assert_eq!(counts.iter().sum::<u64>(), 100);
        assert_eq!(counts.len(), 41);
        assert_eq!(counts[40], 1, "100 ms begins the last bin");
        assert_eq!(bin(0), 0);
    }

    #[test]
    fn a_spectrum_ends_where_the_requests_do() {
        let Values { count, values } = values(&hundred()).unwrap();
        assert_eq!(count, 100);
        assert_eq!(values.len(), 21, "20 steps to 99%, and the largest");
        assert_eq!(values[10], Number::short(90.0));
        assert_eq!(values[20], Number::short(100.0));
        assert!(super::values(&Histogram::default()).is_none());
    }
}

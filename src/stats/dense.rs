//! Where a shard counts values as they come: dense HDR histograms, made when first needed.
//!
//! On the path of every request. Must not know what the values are.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hdrhistogram::Histogram as Hdr;

use super::series::SeriesByMeasure;
use super::{Histogram, Measure, Series};

/// Significant digits kept of a value.
pub(super) const DIGITS: u8 = 3;

/// A duration as the value that is counted: whole microseconds, rounded.
pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from((time.as_nanos() + 500) / 1000).unwrap_or(u64::MAX)
}

/// A histogram that does not exist before its first value.
#[derive(Debug, Default)]
pub(super) struct Dense(Option<Box<Hdr<u64>>>);

impl Dense {
    pub(super) fn record(&mut self, value: u64) {
        let hdr = self.0.get_or_insert_with(|| {
            let mut hdr = Hdr::new(DIGITS).expect("the number of digits is one HDR offers");
            hdr.auto(true);
            Box::new(hdr)
        });
        // HDR's bucket of zero has no width: what is below one unit is counted as one.
        let recorded = hdr.record(value.max(1));
        debug_assert!(
            recorded.is_ok(),
            "a histogram that resizes itself takes any value"
        );
    }

    /// What was counted since the last call, in the form that is merged and kept.
    pub(super) fn take(&mut self) -> Histogram {
        let Some(hdr) = self.0.as_mut().filter(|hdr| !hdr.is_empty()) else {
            return Histogram::default();
        };
        let buckets = hdr.iter_recorded();
        let taken = buckets
            .map(|bucket| {
                let value = hdr.highest_equivalent(bucket.value_iterated_to());
                (value, bucket.count_at_value())
            })
            .collect();
        hdr.reset();
        Histogram::from_buckets(taken)
    }
}

/// A series that is being counted.
#[derive(Debug, Default)]
struct DenseSeries {
    values: Dense,
    sum: u64,
    min: Option<u64>,
    max: Option<u64>,
}

impl DenseSeries {
    fn record(&mut self, value: u64) {
        self.values.record(value);
        self.sum = self.sum.saturating_add(value);
        self.min = Some(self.min.map_or(value, |min| min.min(value)));
        self.max = self.max.max(Some(value));
    }

    fn take(&mut self) -> Option<Series> {
        self.max?;
        Some(Series {
            values: self.values.take(),
            sum: std::mem::take(&mut self.sum),
            min: self.min.take(),
            max: self.max.take(),
        })
    }
}

/// All measures of one endpoint that are being counted.
#[derive(Debug, Default)]
pub(super) struct DenseMeasures {
    /// Grown to the place of the last one that had a value.
    fixed: Vec<DenseSeries>,
    stages: BTreeMap<Arc<str>, DenseSeries>,
}

impl DenseMeasures {
    pub(super) fn record(&mut self, measure: &Measure, value: u64) {
        match (measure.index(), measure) {
            (Some(index), _) => {
                if self.fixed.len() <= index {
                    self.fixed.resize_with(index + 1, DenseSeries::default);
                }
                self.fixed[index].record(value);
            }
            (None, Measure::Stage(name)) => match self.stages.get_mut(name) {
                Some(stage) => stage.record(value),
                None => self
                    .stages
                    .entry(Arc::clone(name))
                    .or_default()
                    .record(value),
            },
            (None, _) => debug_assert!(false, "only stages have no place"),
        }
    }

    pub(super) fn take(&mut self) -> SeriesByMeasure {
        let fixed = self.fixed.iter_mut().zip(Measure::FIXED);
        let fixed = fixed.filter_map(|(series, measure)| Some((measure, series.take()?)));
        let stages = (self.stages.iter_mut())
            .filter_map(|(name, series)| Some((Measure::Stage(Arc::clone(name)), series.take()?)));
        fixed.chain(stages).collect()
    }
}

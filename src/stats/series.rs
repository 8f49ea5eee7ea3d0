//! The values of one measure: how they are distributed, and what they add up to.
//!
//! Must not know what is measured.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::as_f64;
use super::{Histogram, Measure};

/// The values of one measure of one endpoint, in the measure's unit. A commutative monoid under
/// [`Series::merge`]; the default is its zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// Their distribution.
    pub values: Histogram,
    /// Their sum, exact.
    pub sum: u64,
    /// The smallest, exact.
    pub min: Option<u64>,
    /// The largest, exact.
    pub max: Option<u64>,
}

/// The series of several measures.
pub type SeriesByMeasure = BTreeMap<Measure, Series>;

impl Series {
    /// Adds all that `other` counted.
    pub fn merge(&mut self, other: &Series) {
        self.values.merge(&other.values);
        self.sum = self.sum.saturating_add(other.sum);
        self.min = [self.min, other.min].into_iter().flatten().min();
        self.max = self.max.max(other.max);
    }

    /// The value at or below which this share (0 to 1) of all values lies, never outside what was
    /// measured.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<u64> {
        Some(self.values.value_at(quantile)?.clamp(self.min?, self.max?))
    }

    /// The mean; none without values.
    #[must_use]
    pub fn average(&self) -> Option<f64> {
        let count = self.values.count();
        (count > 0).then(|| as_f64(self.sum) / as_f64(count))
    }
}

/// The figures of one measure, in base units: seconds, things counted, things per second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// What was measured.
    pub measure: Measure,
    /// How many values there are.
    pub count: u64,
    /// Their mean.
    pub average: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
}

impl Figures {
    /// The figures of a series; none without values.
    #[must_use]
    pub fn of(measure: &Measure, series: &Series) -> Option<Self> {
        let scale = measure.unit().scale();
        let base = |value: u64| as_f64(value) / scale;
        let quantile = |share| series.quantile(share).map(base);
        Some(Figures {
            measure: measure.clone(),
            count: series.values.count(),
            average: series.average()? / scale,
            min: series.min.map(base)?,
            max: series.max.map(base)?,
            p50: quantile(0.5)?,
            p90: quantile(0.9)?,
            p95: quantile(0.95)?,
            p99: quantile(0.99)?,
        })
    }
}

/// Adds the series of `theirs` to those of `mine`.
pub(super) fn merge_series(mine: &mut SeriesByMeasure, theirs: &SeriesByMeasure) {
    for (measure, series) in theirs {
        match mine.get_mut(measure) {
            Some(known) => known.merge(series),
            None => {
                mine.insert(measure.clone(), series.clone());
            }
        }
    }
}

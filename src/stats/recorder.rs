//! Where a shard's samples are counted: the only code of this module on the path of a request.
//!
//! Owns the dense HDR histograms, made when an endpoint is first hit. Must not know users or
//! other shards.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram as Hdr;

use crate::model::{EndpointId, Failure, Offset, Outcome, Sample};

use super::{Delta, Entry, ExceptionKey, FailedAnswer, FailedAnswers, Histogram, Occurrences};

/// Significant digits kept of a response time.
pub(super) const DIGITS: u8 = 3;

/// Counts samples until they are taken as a [`Delta`]. No lock, no channel; allocation only when
/// an endpoint or failure is first seen.
#[derive(Debug)]
pub struct Recorder {
    entries: Vec<Entry>,
    times: Vec<Option<Hdr<u64>>>,
    failures: BTreeMap<(EndpointId, Failure), Occurrences>,
    exceptions: BTreeMap<ExceptionKey, Occurrences>,
    failed_answers: FailedAnswers,
    failed_times: Vec<Option<Hdr<u64>>>,
}

impl Recorder {
    /// A recorder for a plan of this many endpoints.
    #[must_use]
    pub fn new(endpoints: usize) -> Self {
        Recorder {
            entries: vec![Entry::default(); endpoints],
            times: std::iter::repeat_with(|| None).take(endpoints).collect(),
            failures: BTreeMap::new(),
            exceptions: BTreeMap::new(),
            failed_answers: FailedAnswers::default(),
            failed_times: std::iter::repeat_with(|| None).take(endpoints).collect(),
        }
    }

    /// Counts one sample.
    pub fn record(&mut self, sample: &Sample) {
        let index = sample.endpoint.index();
        let entry = &mut self.entries[index];
        if sample.outcome == Outcome::Interrupted {
            entry.interrupted += 1;
            return;
        }
        let time = sample.service_time();
        entry.requests += 1;
        entry.total_time += time;
        entry.min = Some(entry.min.map_or(time, |min| min.min(time)));
        entry.max = entry.max.max(Some(time));
        entry.bytes += sample.bytes;
        entry.add_status(sample.status.unwrap_or(0), 1);
        entry.rate_limited += u64::from(sample.status == Some(429));
        entry.last_done = entry.last_done.max(Some(sample.done));
        if let Outcome::Failed(failure) = &sample.outcome {
            entry.failures += 1;
            self.failures
                .entry((sample.endpoint, failure.clone()))
                .and_modify(|sum| sum.merge(Occurrences::once(sample.done)))
                .or_insert_with(|| Occurrences::once(sample.done));
            record_time(&mut self.failed_times[index], time);
        }
        record_time(&mut self.times[index], time);
    }

    /// Counts something that went wrong in a task outside of a request.
    pub fn exception(&mut self, at: Offset, key: ExceptionKey) {
        self.exceptions
            .entry(key)
            .and_modify(|sum| sum.merge(Occurrences::once(at)))
            .or_insert_with(|| Occurrences::once(at));
    }

    /// Whether a failed answer of this kind is worth keeping: the first ones since the last
    /// [`Recorder::take`] are.
    #[must_use]
    pub fn wants_answer(&self, endpoint: EndpointId, failure: &Failure) -> bool {
        self.failed_answers.wants(endpoint, failure)
    }

    /// Keeps a failed answer.
    pub fn keep_answer(&mut self, endpoint: EndpointId, failure: Failure, answer: FailedAnswer) {
        self.failed_answers.keep(endpoint, failure, answer);
    }

    /// All that was counted since the last call, and starts anew.
    pub fn take(&mut self) -> Delta {
        let mut entries = std::mem::take(&mut self.entries);
        self.entries = vec![Entry::default(); entries.len()];
        for (index, entry) in entries.iter_mut().enumerate() {
            entry.times = taken(&mut self.times[index]);
            entry.failed_times = taken(&mut self.failed_times[index]);
        }
        Delta {
            entries,
            failures: std::mem::take(&mut self.failures),
            exceptions: std::mem::take(&mut self.exceptions),
            failed_answers: std::mem::take(&mut self.failed_answers),
        }
    }
}

fn record_time(slot: &mut Option<Hdr<u64>>, time: Duration) {
    let micros = u64::try_from((time.as_nanos() + 500) / 1000).unwrap_or(u64::MAX);
    let hdr = slot.get_or_insert_with(|| {
        let mut hdr = Hdr::new(DIGITS).expect("the number of digits is one HDR histograms offer");
        hdr.auto(true);
        hdr
    });
    // A time below a microsecond is counted as one: HDR's zero bucket is no response time.
    let recorded = hdr.record(micros.max(1));
    debug_assert!(
        recorded.is_ok(),
        "a histogram that resizes itself takes any value"
    );
}

fn taken(slot: &mut Option<Hdr<u64>>) -> Histogram {
    let Some(times) = slot.as_mut().filter(|times| !times.is_empty()) else {
        return Histogram::default();
    };
    let taken = sparse(times);
    times.reset();
    taken
}

fn sparse(times: &Hdr<u64>) -> Histogram {
    let buckets = times.iter_recorded();
    Histogram::from_buckets(
        buckets
            .map(|bucket| {
                let value = times.highest_equivalent(bucket.value_iterated_to());
                (value, bucket.count_at_value())
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(millis: u64) -> Sample {
        Sample {
            endpoint: EndpointId(0),
            due: Offset::ZERO,
            sent: Offset::ZERO,
            done: Offset::from_millis(millis),
            status: Some(200),
            bytes: 10,
            outcome: Outcome::Ok,
        }
    }

    #[test]
    fn taking_starts_anew() {
        let mut recorder = Recorder::new(1);
        recorder.record(&ok(5));
        assert_eq!(recorder.take().entries[0].requests, 1);
        assert_eq!(recorder.take().entries[0], Entry::default());
    }

    #[test]
    fn percentiles_keep_three_digits_and_stay_within_the_extremes() {
        let mut recorder = Recorder::new(1);
        (1..=1000).for_each(|millis| recorder.record(&ok(millis)));
        let entry = &recorder.take().entries[0];
        let p95 = entry.quantile(0.95).unwrap().as_secs_f64();
        assert!((p95 / 0.95 - 1.0).abs() < 0.001, "{p95}");
        assert_eq!(entry.quantile(1.0), Some(Duration::from_secs(1)));
        assert_eq!(entry.average(), Some(Duration::from_micros(500_500)));
    }

    #[test]
    fn an_interrupted_request_is_neither_ok_nor_failed() {
        let mut recorder = Recorder::new(1);
        recorder.record(&Sample {
            outcome: Outcome::Interrupted,
            ..ok(5)
        });
        let entry = &recorder.take().entries[0];
        assert_eq!(
            (entry.requests, entry.failures, entry.interrupted),
            (0, 0, 1)
        );
        assert_eq!(entry.quantile(0.5), None);
    }
}

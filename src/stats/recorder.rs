//! Where a shard's samples are counted: the only code of this module on the path of a request.
//!
//! Owns what is counted per endpoint. Must not know users or other shards.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::{Connections, EndpointId, Failure, Offset, Outcome, Phases, Sample};

use super::dense::{Dense, DenseMeasures, micros};
use super::{
    AnswerCounts, Delta, Entry, ExceptionKey, FailedAnswer, FailedAnswers, Measure, Occurrences,
    RateLimits,
};

/// Counts samples until they are taken as a [`Delta`]. No lock, no channel; allocation only when
/// an endpoint or failure is first seen.
#[derive(Debug)]
pub struct Recorder {
    entries: Vec<Entry>,
    times: Vec<Dense>,
    measures: Vec<DenseMeasures>,
    failures: BTreeMap<(EndpointId, Failure), Occurrences>,
    exceptions: BTreeMap<ExceptionKey, Occurrences>,
    failed_answers: FailedAnswers,
    failed_times: Vec<Dense>,
}

impl Recorder {
    /// A recorder for a plan of this many endpoints.
    #[must_use]
    pub fn new(endpoints: usize) -> Self {
        Recorder {
            entries: vec![Entry::default(); endpoints],
            times: dense(endpoints),
            measures: dense(endpoints),
            failures: BTreeMap::new(),
            exceptions: BTreeMap::new(),
            failed_answers: FailedAnswers::default(),
            failed_times: dense(endpoints),
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
            self.failed_times[index].record(micros(time));
        }
        self.times[index].record(micros(time));
    }

    /// Counts something that went wrong in a task outside of a request.
    pub fn exception(&mut self, at: Offset, key: ExceptionKey) {
        self.exceptions
            .entry(key)
            .and_modify(|sum| sum.merge(Occurrences::once(at)))
            .or_insert_with(|| Occurrences::once(at));
    }

    /// Counts where the time of a request went and the connections it took, as far as its
    /// transport could tell.
    pub fn exchange(
        &mut self,
        endpoint: EndpointId,
        phases: &Phases,
        connections: Option<Connections>,
    ) {
        let measures = &mut self.measures[endpoint.index()];
        let Phases {
            blocked,
            dns,
            connect,
            tls,
            sending,
            waiting,
            receiving,
        } = phases;
        let times = [blocked, dns, connect, tls, sending, waiting, receiving];
        for (measure, time) in Measure::PHASES.iter().zip(times) {
            if let Some(time) = time {
                measures.record(measure, micros(*time));
            }
        }
        if let Some(connections) = connections {
            let counts = &mut self.entries[endpoint.index()].connections;
            counts.get_or_insert_default().add(connections);
        }
    }

    /// Counts a duration of some request.
    pub fn measure_time(&mut self, endpoint: EndpointId, measure: &Measure, time: Duration) {
        self.measure(endpoint, measure, micros(time));
    }

    /// Counts a value of some request, in the measure's unit.
    pub fn measure(&mut self, endpoint: EndpointId, measure: &Measure, value: u64) {
        self.measures[endpoint.index()].record(measure, value);
    }

    /// What the declared answers of an endpoint were, to be added to.
    pub fn answers(&mut self, endpoint: EndpointId) -> &mut AnswerCounts {
        let entry = &mut self.entries[endpoint.index()];
        entry.answers.get_or_insert_default()
    }

    /// What answers of an endpoint told of limits, to be added to.
    pub fn rate_limits(&mut self, endpoint: EndpointId) -> &mut RateLimits {
        let entry = &mut self.entries[endpoint.index()];
        entry.rate_limits.get_or_insert_default()
    }

    /// Counts a request that is sent because the one before it was to be retried.
    pub fn retried(&mut self, endpoint: EndpointId) {
        self.entries[endpoint.index()].retries += 1;
    }

    /// Counts a request that was judged by objectives.
    pub fn judged(&mut self, endpoint: EndpointId, good: bool) {
        self.entries[endpoint.index()].goodput.add(good);
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
            entry.times = self.times[index].take();
            entry.failed_times = self.failed_times[index].take();
            entry.measures = self.measures[index].take();
        }
        Delta {
            entries,
            failures: std::mem::take(&mut self.failures),
            exceptions: std::mem::take(&mut self.exceptions),
            failed_answers: std::mem::take(&mut self.failed_answers),
        }
    }
}

fn dense<T: Default>(endpoints: usize) -> Vec<T> {
    std::iter::repeat_with(T::default).take(endpoints).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::entry::ConnectionCounts;

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
    fn measures_are_counted_apart_and_taken_with_the_rest() {
        let mut recorder = Recorder::new(2);
        let stage = Measure::Stage("retrieval".into());
        for millis in [10, 30] {
            let time = Duration::from_millis(millis);
            recorder.measure_time(EndpointId(1), &Measure::Ttft, time);
            recorder.measure_time(EndpointId(1), &stage, time / 2);
        }
        recorder.measure(EndpointId(1), &Measure::SourceCount, 0);
        let delta = recorder.take();
        assert!(delta.entries[0].measures.is_empty());
        let measures = &delta.entries[1].measures;
        assert_eq!(measures[&Measure::Ttft].average(), Some(20_000.0));
        assert_eq!(measures[&stage].quantile(1.0), Some(15_000));
        // A source count of zero is a value like any other.
        assert_eq!(measures[&Measure::SourceCount].quantile(0.5), Some(0));
        assert_eq!(recorder.take(), Recorder::new(2).take());
    }

    #[test]
    fn phases_that_did_not_happen_are_not_counted() {
        let mut recorder = Recorder::new(1);
        let kept = Phases {
            waiting: Some(Duration::from_millis(2)),
            ..Phases::default()
        };
        let made = Phases {
            connect: Some(Duration::from_millis(1)),
            ..kept
        };
        recorder.exchange(
            EndpointId(0),
            &made,
            Some(Connections { made: 1, again: 1 }),
        );
        recorder.exchange(
            EndpointId(0),
            &kept,
            Some(Connections { made: 0, again: 0 }),
        );
        let entry = &recorder.take().entries[0];
        assert_eq!(entry.measures[&Measure::Connect].values.count(), 1);
        assert_eq!(entry.measures[&Measure::Waiting].values.count(), 2);
        assert_eq!(entry.measures.len(), 2);
        let counts = ConnectionCounts { made: 1, again: 1 };
        assert_eq!(entry.connections, Some(counts));
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

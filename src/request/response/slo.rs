//! Objectives for the times of a single answer: what counts toward goodput.
//!
//! Must not know how many answers met them.

use std::time::Duration;

use crate::model::Offset;

use super::reading::Reading;

/// Objectives of one request; an answer is good when it succeeds and meets every one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slo {
    /// Longest time to the first token.
    pub ttft: Option<Duration>,
    /// Longest time per output token after the first.
    pub tpot: Option<Duration>,
    /// Longest response time.
    pub response_time: Option<Duration>,
    /// Share of answers that must be good, 0 to 1.
    pub attainment: Option<f64>,
}

impl Slo {
    /// Whether an answer to a request that began at `start` and ended at `done` met every
    /// objective. None when none is missed and one cannot be told, as the time to the first
    /// token of an answer that does not stream: not known is neither good nor bad.
    #[must_use]
    pub fn is_met(&self, reading: Option<&Reading>, start: Offset, done: Offset) -> Option<bool> {
        let first_token = reading.and_then(|reading| reading.since(start).first_token);
        let per_token = reading.and_then(|reading| reading.time_per_output_token());
        let within = |limit: Option<Duration>, time: Option<Duration>| match (limit, time) {
            (None, _) => Some(true),
            (Some(limit), time) => time.map(|time| time <= limit),
        };
        let all = [
            within(self.ttft, first_token),
            within(self.tpot, per_token.map(|(time, _)| time)),
            within(self.response_time, Some(done.since(start))),
        ];
        if all.contains(&Some(false)) {
            return Some(false);
        }
        (!all.contains(&None)).then_some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_when_it_meets_every_objective() {
        let slo = Slo {
            ttft: Some(Duration::from_secs(1)),
            response_time: Some(Duration::from_secs(3)),
            ..Slo::default()
        };
        let start = Offset::from_secs(10);
        let at = |milliseconds| Some(Offset::from_millis(milliseconds));
        let reading = |first_token_at| Reading {
            first_token_at,
            ..Reading::default()
        };
        let met = |first, done| slo.is_met(Some(&reading(first)), start, Offset::from_millis(done));
        assert_eq!(met(at(11_000), 13_000), Some(true));
        assert_eq!(met(at(11_001), 13_000), Some(false));
        assert_eq!(met(at(11_000), 13_001), Some(false));
        assert_eq!(met(None, 12_000), None);
        assert_eq!(met(None, 14_000), Some(false));
        assert_eq!(slo.is_met(None, start, Offset::from_secs(11)), None);
        assert_eq!(Slo::default().is_met(None, start, start), Some(true));
    }
}

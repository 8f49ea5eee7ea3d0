//! What is measured of a request beside its response time, handed to the recorder.
//!
//! Owns which answers count for what: times and tokens are those of successes, sources and labels
//! are looked at in every whole answer, and counts are over all that ended. Must not know how an
//! answer is read or what is done with the figures.

use std::time::Duration;

use crate::model::{EndpointId, Outcome};
use crate::request::response::checks::Judgement;
use crate::request::response::{Completion, Reading};
use crate::scenario::plan::RequestStep;
use crate::stats::answers::add;
use crate::stats::{Measure, Recorder};

use super::exchange::Exchange;

/// One declared answer that ended.
pub(super) struct Measured<'a> {
    /// Whose statistics it belongs to.
    pub(super) endpoint: EndpointId,
    /// What was sent and when.
    pub(super) exchange: &'a Exchange,
    /// How it ended.
    pub(super) outcome: &'a Outcome,
    /// What it was.
    pub(super) reading: &'a Reading,
    /// How it did; none where its status says that it is none.
    pub(super) judged: Option<&'a Judgement>,
}

impl Measured<'_> {
    /// Whether its sources can be held against those of other answers.
    pub(super) fn compares_sources(&self, step: &RequestStep) -> bool {
        let declared = step.response.as_ref();
        self.is_whole() && declared.is_some_and(|response| response.spec.names_sources())
    }

    /// Counts it. `agreement`: how much its sources agree with those of an earlier answer to the
    /// same request.
    pub(super) fn record(&self, agreement: Option<f64>, recorder: &mut Recorder) {
        let succeeded = *self.outcome == Outcome::Ok;
        self.count(recorder, succeeded);
        if let Some(agreement) = agreement {
            recorder.answers(self.endpoint).stability.add(agreement);
        }
        if succeeded {
            self.times(recorder);
            self.tokens(recorder);
            self.cache(recorder);
        }
        if self.is_whole() {
            let reading = self.reading;
            recorder.measure(self.endpoint, &Measure::AnswerLength, reading.answer_chars);
            recorder.measure(self.endpoint, &Measure::SourceCount, reading.source_count);
        }
    }

    /// Whether it is an answer, and all of it came.
    fn is_whole(&self) -> bool {
        self.judged.is_some() && self.reading.completion == Completion::Complete
    }

    fn count(&self, recorder: &mut Recorder, succeeded: bool) {
        let reading = self.reading;
        let whole = self.is_whole();
        let counts = recorder.answers(self.endpoint);
        counts.answers += 1;
        counts.complete += u64::from(whole && reading.has_answer);
        counts.truncated +=
            u64::from(matches!(reading.completion, Completion::Truncated(_)) && self.began());
        counts.errors_within += u64::from(self.judged.is_some() && reading.error.is_some());
        counts.without_sources += u64::from(whole && reading.source_count == 0);
        counts.mismatched += u64::from(self.judged.is_some() && reading.mismatch.is_some());
        counts.keep_alives += reading.keep_alives;
        counts.bundled += reading.bundled;
        if succeeded {
            counts.cache_hits += u64::from(reading.cache_hit == Some(true));
            counts.cache_misses += u64::from(reading.cache_hit == Some(false));
        }
        if let Some(tokens) = reading.output_tokens().filter(|_| self.judged.is_some()) {
            counts.output_tokens += tokens.count;
            counts.counted_by[tokens.source as usize] += 1;
        }
        add(
            &mut counts.prompt_tokens,
            reading.usage.prompt.map(|tokens| tokens.count),
        );
        add(
            &mut counts.cached_tokens,
            reading.usage.cached.map(|tokens| tokens.count),
        );
        let Some(judged) = self.judged else {
            return;
        };
        counts.degraded += u64::from(succeeded && judged.degraded.is_some());
        if whole {
            for found in judged.retrieval.iter().flatten() {
                counts.recall.add(found.recall);
                counts.hits.add(f64::from(u8::from(found.hit)));
                counts.reciprocal_rank.add(found.reciprocal_rank);
            }
        }
    }

    /// Whether any of it came: what never began is a failed connection and no cut off answer.
    fn began(&self) -> bool {
        self.judged.is_some() && self.exchange.answer.headers_at.is_some()
    }

    fn times(&self, recorder: &mut Recorder) {
        let times = self.reading.since(self.exchange.sent);
        let per_token = self.reading.time_per_output_token();
        for (measure, time) in [
            (Measure::FirstByte, times.first_byte),
            (Measure::FirstEvent, times.first_event),
            (Measure::Sources, times.sources),
            (Measure::Ttft, times.first_token),
            (Measure::Ttfr, times.first_reasoning),
            (Measure::Tpot, per_token.map(|(time, _)| time)),
            (Measure::Stall, self.reading.gaps.longest()),
            (Measure::Unaccounted, times.unaccounted),
        ] {
            if let Some(time) = time {
                recorder.measure_time(self.endpoint, &measure, time);
            }
        }
        for gap in self.reading.gaps.iter() {
            recorder.measure_time(self.endpoint, &Measure::Gap, gap);
        }
        for (name, time) in &self.reading.stages {
            recorder.measure_time(self.endpoint, &Measure::Stage(name.clone()), *time);
        }
    }

    fn tokens(&self, recorder: &mut Recorder) {
        if let Some(tokens) = self.reading.output_tokens() {
            recorder.measure(self.endpoint, &Measure::OutputTokens, tokens.count);
        }
        let rate = self
            .reading
            .time_per_output_token()
            .and_then(|(time, _)| thousandths_per_second(time));
        if let Some(rate) = rate {
            recorder.measure(self.endpoint, &Measure::TokenRate, rate);
        }
    }

    fn cache(&self, recorder: &mut Recorder) {
        let Some(hit) = self.reading.cache_hit else {
            return;
        };
        let (whole, first) = if hit {
            (Measure::HitTime, Measure::HitTtft)
        } else {
            (Measure::MissTime, Measure::MissTtft)
        };
        recorder.measure_time(self.endpoint, &whole, self.exchange.time());
        if let Some(time) = self.reading.since(self.exchange.sent).first_token {
            recorder.measure_time(self.endpoint, &first, time);
        }
    }
}

/// How often in a second something happens that takes so long, in thousandths; none for what takes
/// no time.
fn thousandths_per_second(time: Duration) -> Option<u64> {
    u64::try_from(1_000_000_000_000_u128.checked_div(time.as_nanos())?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::response::TokenSource;
    use crate::stats::TOKEN_SOURCES;

    #[test]
    fn who_counted_tokens_is_called_the_same_everywhere() {
        let all = [
            TokenSource::Usage,
            TokenSource::Native,
            TokenSource::Chunks,
            TokenSource::Chars,
        ];
        for source in all {
            assert_eq!(TOKEN_SOURCES[source as usize], source.name());
        }
    }

    #[test]
    fn a_rate_is_one_over_the_time_for_each() {
        assert_eq!(
            thousandths_per_second(Duration::from_millis(50)),
            Some(20_000)
        );
        assert_eq!(thousandths_per_second(Duration::ZERO), None);
    }
}

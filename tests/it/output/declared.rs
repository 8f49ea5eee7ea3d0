//! The declared answers of the fixture's run: what each was follows from its sample.

use ragload::model::{FailureKind, Outcome, Sample};
use ragload::stats::{Measure, Recorder};

/// The endpoint whose answers are declared.
const ENDPOINT: usize = 1;

/// Counts what a declared answer was.
pub(super) fn answer(recorder: &mut Recorder, sample: &Sample) {
    if sample.endpoint.index() != ENDPOINT {
        return;
    }
    let seed = sample.bytes;
    let ok = sample.outcome == Outcome::Ok;
    recorder.judged(
        sample.endpoint,
        ok && sample.service_time().as_millis() < 500,
    );
    let empty =
        matches!(&sample.outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Check);
    let counts = recorder.answers(sample.endpoint);
    counts.answers += 1;
    counts.complete += u64::from(ok);
    counts.truncated += u64::from(empty && seed.is_multiple_of(2));
    counts.errors_within += u64::from(empty && !seed.is_multiple_of(2));
    if !ok {
        return;
    }
    counts.degraded += u64::from(seed.is_multiple_of(25));
    counts.without_sources += u64::from(seed.is_multiple_of(6));
    counts.keep_alives += 1;
    counts.cache_hits += u64::from(seed.is_multiple_of(4));
    counts.cache_misses += u64::from(!seed.is_multiple_of(4));
    counts.counted_by[if seed.is_multiple_of(10) { 2 } else { 0 }] += 1;
    counts.output_tokens += tokens(sample);
    *counts.prompt_tokens.get_or_insert(0) += 200;
    counts
        .recall
        .add([0.0, 0.5, 1.0][usize::try_from(seed % 3).unwrap()]);
    counts
        .hits
        .add(if seed.is_multiple_of(3) { 0.0 } else { 1.0 });
    counts
        .reciprocal_rank
        .add(if seed.is_multiple_of(3) { 0.0 } else { 0.5 });
    counts.stability.add(0.75);
    measures(recorder, sample);
}

fn tokens(sample: &Sample) -> u64 {
    21 + sample.bytes % 30
}

fn measures(recorder: &mut Recorder, sample: &Sample) {
    let (endpoint, time) = (sample.endpoint, sample.service_time());
    let steps = u32::try_from(tokens(sample) - 1).unwrap();
    let per_token = time * 6 / 10 / steps;
    let (whole, first) = if sample.bytes.is_multiple_of(4) {
        (Measure::HitTime, Measure::HitTtft)
    } else {
        (Measure::MissTime, Measure::MissTtft)
    };
    for (measure, time) in [
        (Measure::FirstByte, time / 10),
        (Measure::FirstEvent, time / 8),
        (Measure::Sources, time / 5),
        (Measure::Ttft, time * 3 / 10),
        (Measure::Tpot, per_token),
        (Measure::Gap, per_token),
        (Measure::Gap, per_token * 2),
        (Measure::Stall, per_token * 2),
        (Measure::Unaccounted, time / 20),
        (Measure::Stage("retrieval".into()), time / 5),
        (Measure::Stage("<b>re-rank</b>".into()), time / 20),
        (whole, time),
        (first, time * 3 / 10),
    ] {
        recorder.measure_time(endpoint, &measure, time);
    }
    let rate = 1_000_000_000 / u64::try_from(per_token.as_micros()).unwrap().max(1);
    recorder.measure(endpoint, &Measure::TokenRate, rate);
    recorder.measure(endpoint, &Measure::OutputTokens, tokens(sample));
    recorder.measure(endpoint, &Measure::AnswerLength, sample.bytes);
    recorder.measure(endpoint, &Measure::SourceCount, sample.bytes % 6);
}

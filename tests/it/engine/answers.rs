//! Streamed answers in whole runs: what is measured of them, how they fail, how long they are
//! waited for.

use std::time::Duration;

use http::HeaderValue;
use http::header::{CONTENT_TYPE, HeaderName};
use ragload::event::{Ending, RunOutcome, RunRecord};
use ragload::model::FailureKind;
use ragload::stats::{Figures, Row};
use ragload::transport::TransportError;
use ragload::transport::sim::{SimReply, SimRequest};

use super::harness::{Ran, Simulation};

const MS: Duration = Duration::from_millis(1);

/// One user who asks once a second, so many times.
fn asks(times: u64, keys: &str) -> Simulation {
    Simulation::yaml(&format!(
        "users: 1\nspawn_rate: 1\nrun_time: {}s500ms\nuser_classes:\n  - name: U\n    \
         wait_time: {{ pacing: 1s }}\n    tasks:\n      - {{ post: /query, \
         response: {{ format: sse, answer: $.text, sources: {{ event: sources, path: '$.docs[*]' }}, \
         stages: {{ retrieval: $.retrieval_ms }}, server_timing: true, done: {{ data: '[DONE]' }}, \
         usage: {{ output: $.tokens }}, cache: {{ header: x-cache, hit: HIT }} }}, {keys} }}\n",
        times - 1
    ))
    .shards(1)
}

fn event(data: &str) -> String {
    format!("data: {data}\n\n")
}

fn opened() -> SimReply {
    SimReply::status(200)
        .header(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))
        .after(20 * MS)
}

/// Sources at 100 ms, three tokens at 200, 220 and 280 ms, the mark at 300 ms.
fn told(sources: &str) -> SimReply {
    let header = HeaderName::from_static("server-timing");
    opened()
        .header(header, HeaderValue::from_static("rerank;dur=5"))
        .piece(
            80 * MS,
            format!("event: sources\ndata: {{\"docs\": {sources}}}\n\n"),
        )
        .piece(100 * MS, event(r#"{"text": "Blue"}"#))
        .piece(20 * MS, event(r#"{"text": " is"}"#))
        .piece(60 * MS, event(r#"{"text": " blue."}"#))
        .piece(
            20 * MS,
            event(r#"{"tokens": 5, "retrieval_ms": 90}"#) + "data: [DONE]\n\n",
        )
}

fn whole() -> SimReply {
    told(r#"["a", "b"]"#)
}

fn row(record: &RunRecord) -> &Row {
    &record.rows[0].row
}

fn figures<'r>(ran: &'r Ran, measure: &str) -> Option<&'r Figures> {
    let mut all = row(&ran.record).measures.iter();
    all.find(|figures| figures.measure.to_string() == measure)
}

/// The median of a measure in milliseconds (or in its own unit), and how many values there are.
fn median(ran: &Ran, measure: &str) -> (f64, u64) {
    let figures = figures(ran, measure).unwrap_or_else(|| panic!("no {measure}"));
    (figures.p50, figures.count)
}

#[test]
fn every_moment_of_a_stream_is_measured_from_when_it_was_asked_for() {
    let ran = asks(5, "name: t").run(|_| whole());
    for (measure, expected, count) in [
        ("ttfb", 0.1, 5),
        ("time_to_first_event", 0.1, 5),
        ("time_to_sources", 0.1, 5),
        ("ttft", 0.2, 5),
        // From 200 to 280 ms in four steps.
        ("tpot", 0.02, 5),
        ("inter_chunk_gap", 0.02, 10),
        ("longest_stall", 0.06, 5),
        ("output_tokens_per_second", 50.0, 5),
        ("output_tokens", 5.0, 5),
        ("answer_length", 13.0, 5),
        ("source_count", 2.0, 5),
        ("stage:retrieval", 0.09, 5),
        ("stage:rerank", 0.005, 5),
        ("unaccounted", 0.105, 5),
    ] {
        let (found, values) = median(&ran, measure);
        // Three digits are kept of each value.
        assert!((found / expected - 1.0).abs() < 1e-3, "{measure}: {found}");
        assert_eq!(values, count, "{measure}");
    }
    assert_eq!(figures(&ran, "ttfr"), None);
    let row = row(&ran.record);
    assert_eq!((row.requests, row.failures), (5, 0));
    assert_eq!(row.median(), Some(300 * MS));
    let answers = row.answers.as_ref().unwrap();
    assert_eq!((answers.answers, answers.complete_ratio), (5, 1.0));
    assert_eq!(answers.counted_by, [("native".to_owned(), 5)]);
    assert_eq!((answers.output_tokens, answers.prompt_tokens), (25, None));
    assert_eq!((answers.cache_hit_rate, answers.recall), (None, None));
}

#[test]
fn an_answer_ends_with_its_mark_and_not_with_its_connection() {
    let ran = asks(3, "name: t").run(|_| whole().piece(400 * MS, ": bye\n\n"));
    assert_eq!(row(&ran.record).median(), Some(300 * MS));
    let silent = asks(4, "name: t").run(|_| whole().stalled());
    let row = row(&silent.record);
    assert_eq!((row.failures, row.median()), (0, Some(300 * MS)));
    let cut = TransportError::new(FailureKind::Closed, "reset");
    let cut = asks(2, "name: t").run(move |_| whole().broken(cut.clone()));
    assert_eq!(self::row(&cut.record).failures, 0);
}

/// The failures of a run with how often each came, and what was counted.
fn failures(ran: &Ran) -> Vec<(&str, u64)> {
    let failures = ran.record.failures.iter();
    failures
        .map(|row| (row.console.as_str(), row.occurrences))
        .collect()
}

#[test]
fn what_is_cut_off_fails_within_or_never_comes_fails_in_words_of_its_own() {
    let cut = TransportError::new(FailureKind::Closed, "ChunkedEncodingError('gone')");
    let closed = |bytes: u64| {
        let why = format!("IncompleteRead({bytes} bytes read, 9 more expected)");
        let text =
            format!("ChunkedEncodingError(ProtocolError('Connection broken: {why}', {why}))");
        TransportError::new(FailureKind::Closed, text)
    };
    let ran = asks(8, "timeouts: { first_event: 400ms, idle: 300ms }").run(move |request| {
        let begun = || opened().piece(50 * MS, event(r#"{"text": "Blue"}"#));
        match request.count {
            0 => begun(),
            1 => begun().piece(50 * MS, event(r#"{"error": {"type": "overloaded_error"}}"#)),
            2 => begun().broken(cut.clone()),
            3 => opened().piece(100 * MS, ": ping\n\n").stalled(),
            4 => begun().piece(200 * MS, ": ping\n\n").stalled(),
            5 | 6 => begun().broken(closed(request.count)),
            _ => whole(),
        }
    });
    let expected = [
        ("answer is truncated: it ended without its end mark", 1),
        ("error within the answer: overloaded_error", 1),
        ("ChunkedEncodingError('gone')", 1),
        ("no event within 400ms", 1),
        ("answer stalled for 300ms", 1),
        // Whatever part of it came.
        ("answer is truncated: the connection broke", 2),
    ];
    assert_eq!(failures(&ran), expected);
    let row = row(&ran.record);
    assert_eq!((row.requests, row.failures), (8, 7));
    let answers = row.answers.as_ref().unwrap();
    // Each that began and did not end, however that came about.
    assert_eq!((answers.truncated, answers.errors_within), (6, 1));
    assert_eq!((answers.answers, answers.keep_alives), (8, 2));
    // Only what succeeded is measured.
    assert_eq!(median(&ran, "ttft"), (0.2, 1));
}

#[test]
fn what_follows_a_failure_within_is_not_waited_for() {
    let ran = asks(2, "name: t").run(|_| {
        opened()
            .piece(80 * MS, event(r#"{"error": "out of memory"}"#))
            .stalled()
    });
    assert_eq!(
        failures(&ran),
        [("error within the answer: out of memory", 2)]
    );
    assert_eq!(row(&ran.record).median(), Some(100 * MS));
}

#[test]
fn degraded_answers_are_no_failures_and_counted_apart() {
    let said = |text: &str| {
        opened()
            .piece(50 * MS, event(&format!(r#"{{"text": "{text}"}}"#)))
            .piece(50 * MS, "data: [DONE]\n\n")
    };
    let script = move |request: &SimRequest<'_>| match request.count {
        0 => said("I'm sorry, I don't have enough information to answer that."),
        1 => said("   "),
        _ => said("Blue."),
    };
    let ran = asks(4, "name: t").run(script);
    assert_eq!(failures(&ran), [("answer is empty", 1)]);
    let answers = row(&ran.record).answers.as_ref().unwrap();
    assert_eq!((answers.degraded, answers.without_sources), (1, 4));
    let strict = asks(4, "expect: { not_fallback: failed, min_sources: 1 }").run(script);
    assert_eq!(row(&strict.record).failures, 4);
    assert_eq!(row(&strict.record).answers.as_ref().unwrap().degraded, 0);
}

#[test]
fn an_error_that_is_expected_is_no_answer() {
    let ran = asks(4, "expect: { status: [200, 429] }").run(|request| match request.count {
        0 => SimReply::status(429).body(r#"{"error": "slow down"}"#),
        1 => SimReply::status(500).body(r#"{"error": "broken"}"#),
        _ => whole(),
    });
    assert_eq!(failures(&ran).len(), 1);
    let row = row(&ran.record);
    assert_eq!((row.failures, row.rate_limited), (1, 1));
    let answers = row.answers.as_ref().unwrap();
    assert_eq!((answers.answers, answers.errors_within), (4, 0));
    assert_eq!(answers.truncated, 0);
}

#[test]
fn sources_are_held_against_labels_and_caches_are_told_apart() {
    let hit = HeaderName::from_static("x-cache");
    let keys = "expect: { recall_at: { k: 2, expected: 'a, x' } }, slo: { ttft: 250ms }";
    let ran = asks(4, keys).run(move |request| match request.count {
        0 => told(r#"["b", "a"]"#).header(hit.clone(), HeaderValue::from_static("MISS")),
        1 => told(r#"["c"]"#).header(hit.clone(), HeaderValue::from_static("HIT")),
        2 => told(r#"["a"]"#).after(70 * MS),
        _ => SimReply::status(503),
    });
    let row = row(&ran.record);
    let answers = row.answers.as_ref().unwrap();
    assert_eq!(answers.labelled, 3);
    assert!((answers.recall.unwrap() - 1.0 / 3.0).abs() < 1e-6);
    assert!((answers.hit_rate.unwrap() - 2.0 / 3.0).abs() < 1e-6);
    assert!((answers.mrr.unwrap() - 0.5).abs() < 1e-6);
    assert_eq!((answers.cache_hits, answers.cache_misses), (1, 1));
    assert_eq!(median(&ran, "cache_hit_time"), (0.3, 1));
    assert_eq!(median(&ran, "cache_miss_ttft"), (0.2, 1));
    // Of four, two are good: one is too late, one failed.
    let goodput = row.goodput.unwrap();
    assert_eq!((goodput.good, goodput.judged), (3, 4));
    assert!(goodput.interval.0 < 0.75 && goodput.interval.1 > 0.75);
}

#[test]
fn sources_are_held_against_those_of_the_first_answer_to_the_same_request() {
    let ran = asks(4, "json: { q: why }").run(|request| match request.count {
        0 => told(r#"["a", "b"]"#),
        1 => told(r#"["b", "a"]"#),
        2 => told(r#"["a", "c"]"#),
        _ => told("[]"),
    });
    let answers = row(&ran.record).answers.as_ref().unwrap();
    assert_eq!(answers.compared, 3);
    let mean = (1.0 + 1.0 / 3.0 + 0.0) / 3.0;
    assert!((answers.source_stability.unwrap() - mean).abs() < 1e-5);
}

#[test]
fn a_budget_that_is_used_up_ends_the_run() {
    let priced = |budget: &str| {
        let text = format!(
            "users: 1\nspawn_rate: 1\nrun_time: 60s\nprice: {{ output: 10/K }}\n\
             budget: {{ {budget} }}\nuser_classes:\n  - name: U\n    wait_time: 1s\n    tasks:\n      \
             - {{ post: /q, response: {{ format: sse, answer: $.text, done: {{ data: '[DONE]' }}, \
             usage: {{ output: $.tokens }} }} }}\n"
        );
        Simulation::yaml(&text).shards(1).run(|_| whole())
    };
    for (budget, ended) in [
        ("requests: 5", "budget of 5 requests: 5 sent"),
        ("tokens: 20", "budget of 20 tokens: 20 used"),
        ("cost: 0.2", "budget of 0.200: 0.200 spent"),
    ] {
        let ran = priced(budget);
        assert_eq!(ran.record.ending, Ending::Budget(ended.to_owned()));
        assert_eq!(ran.record.verdict.outcome, RunOutcome::StoppedEarly);
        let answers = row(&ran.record).requests;
        assert!((4..=6).contains(&answers), "{answers}");
    }
    let ran = priced("requests: 1M");
    assert_eq!(ran.record.ending, Ending::Completed);
    let tokens = row(&ran.record).answers.as_ref().unwrap().output_tokens;
    let cost = ran.record.cost.unwrap();
    assert!((cost.total - f64::from(u32::try_from(tokens).unwrap()) / 100.0).abs() < 1e-9);
    assert!((cost.per_1000_answers.unwrap() - 50.0).abs() < 1e-9);
}

fn drawn(order: &str, cache: &str, seconds: u64) -> Ran {
    Simulation::yaml(&format!(
        "users: 2\nspawn_rate: 2\nrun_time: {seconds}s\n\
         data: {{ question: {{ inline: [a, b, c, d], order: {order} }} }}\n\
         user_classes:\n  - name: U\n    wait_time: 1s\n    tasks:\n      \
         - {{ post: /q, json: {{ q: '{{{{ question }}}}' }}, response: {{ format: text{cache} }} }}\n"
    ))
    .run(|_| SimReply::status(200).body("yes"))
}

#[test]
fn how_often_rows_came_again_is_recorded_and_warned_about() {
    let warned = |ran: &Ran, text: &str| ran.notices.iter().any(|told| told.text.contains(text));
    let often = drawn("sequential", "", 20);
    let data = &often.record.data[0];
    assert_eq!((data.rows, data.distinct), (4, 4));
    assert!(
        data.draws >= 38 && data.repeat_ratio.unwrap() > 0.8,
        "{data:?}"
    );
    assert_eq!(often.requests("POST /q"), data.draws);
    assert!(warned(&often, "may have come out of caches"));
    let told = drawn("sequential", ", cache: { header: x-cache }", 20);
    assert!(!warned(&told, "caches"));
    let unique = drawn("unique", "", 20);
    assert!(warned(&unique, "the 4 rows of `question` were used up"));
    let few = drawn("unique", "", 1);
    assert!(!warned(&few, "used up") && few.record.data[0].repeat_ratio == Some(0.0));
}

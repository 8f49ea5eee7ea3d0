//! Answers kept for judging: what is kept of each, which ones, and how many.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use ragload::event::{SampledAnswer, SampledCount, SampledOutcome};
use ragload::model::FailureKind;
use ragload::transport::TransportError;
use ragload::transport::sim::{SimReply, SimRequest};

use super::harness::{Ran, Simulation};

const MS: Duration = Duration::from_millis(1);

/// Users who draw a labelled question every second or so.
fn asks(samples: &str, seconds: u64, seed: u64) -> Simulation {
    Simulation::seeded(
        &format!(
            "users: 4\nspawn_rate: 4\nrun_time: {seconds}s\nstop_timeout: 0s\n{samples}\n\
             headers: {{ Authorization: 'Bearer k3y-of-mine' }}\n\
             data: {{ question: {{ inline: [{{ id: a, text: 'Why a?' }}, {{ id: b, text: 'Why b?' }}, \
             {{ id: c, text: 'Why c?' }}] }} }}\nuser_classes:\n  - name: U\n    \
             wait_time: {{ between: [500ms, 1500ms] }}\n    tasks:\n      \
             - {{ post: /query, json: {{ q: '{{{{ question.text }}}}' }}, \
             response: {{ format: sse, answer: $.text, sources: {{ event: sources, path: '$.docs[*]' }}, \
             stages: {{ retrieval: $.retrieval_ms }}, done: {{ data: '[DONE]' }}, \
             usage: {{ output: $.usage.tokens }}, finish_reason: $.why, cache: {{ path: $.cached }} }}, \
             expect: {{ recall_at: {{ k: 2, expected: '{{{{ question.id }}}}' }} }} }}\n"
        ),
        seed,
    )
}

fn begun() -> SimReply {
    SimReply::status(200)
        .header(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))
        .after(20 * MS)
        .piece(
            80 * MS,
            "event: sources\ndata: {\"docs\": [\"b\", \"a\"]}\n\n",
        )
}

/// Sources at 100 ms, two tokens at 200 and 240 ms, the mark at 250 ms.
fn said(text: &str) -> SimReply {
    begun()
        .piece(100 * MS, format!("data: {{\"text\": \"{text}\"}}\n\n"))
        .piece(40 * MS, "data: {\"text\": \" So.\"}\n\n")
        .piece(
            10 * MS,
            "data: {\"usage\": {\"tokens\": 5}, \"retrieval_ms\": 90, \"why\": \"stop\", \
             \"cached\": false}\n\ndata: [DONE]\n\n",
        )
}

fn kept(ran: &Ran) -> Vec<&SampledAnswer> {
    ran.sampled.iter().flat_map(|all| &all.answers).collect()
}

fn asked(answer: &SampledAnswer) -> (String, Duration) {
    let question = answer.question.clone().unwrap_or_default();
    (question, answer.sent.elapsed())
}

#[test]
fn a_kept_answer_says_what_was_asked_what_came_and_when() {
    let ran = asks("samples: { rate: 100% }", 5, 1).run(|_| said("With k3y-of-mine."));
    let kept = kept(&ran);
    let requests = ran.requests("POST /query");
    assert_eq!(kept.len() as u64, requests);
    let answer = kept[0];
    let question = answer.question.as_deref().unwrap();
    assert!(question.starts_with("Why "), "{question}");
    assert_eq!(answer.answer.as_deref(), Some("With ***. So."));
    assert_eq!(answer.answer_chars, 21);
    assert_eq!(answer.sources, ["b", "a"]);
    let expected = answer.expected_sources.as_ref().unwrap();
    assert_eq!(format!("Why {}?", expected[0]), question);
    assert_eq!(
        (answer.outcome, answer.status),
        (SampledOutcome::Ok, Some(200))
    );
    assert_eq!(answer.completion, Some("complete"));
    assert_eq!(answer.finish_reason.as_deref(), Some("stop"));
    assert_eq!(answer.cache, Some("miss"));
    let (count, source) = (5, "usage");
    assert_eq!(answer.tokens.output, Some(SampledCount { count, source }));
    assert_eq!(answer.tokens.prompt, None);
    let times = &answer.timings;
    assert_eq!(times.response_time, 250 * MS);
    assert_eq!(times.first_event, Some(100 * MS));
    assert_eq!(
        (times.sources, times.ttft),
        (Some(100 * MS), Some(200 * MS))
    );
    assert_eq!((times.tpot, times.ttfr), (Some(10 * MS), None));
    assert_eq!(answer.stages.get("retrieval"), Some(&0.09));
    let sent: Vec<_> = kept.iter().map(|answer| answer.sent).collect();
    assert!(sent.is_sorted() || ran.sampled.len() > 1);
}

#[test]
fn failures_and_degraded_answers_are_kept_and_say_why() {
    let broken = TransportError::new(FailureKind::Timeout, "too slow for k3y-of-mine");
    let script = move |request: &SimRequest<'_>| match request.count % 4 {
        0 => said("I don't have enough information to answer that."),
        1 => SimReply::status(500)
            .body(r#"{"text": "broken"}"#)
            .after(MS),
        2 => begun().piece(MS, "data: {\"text\": \"Half\"}\n\n"),
        _ => SimReply::error(broken.clone()),
    };
    let ran = asks("samples: { rate: 1 }", 8, 1).run(script);
    let kept = kept(&ran);
    let of = |outcome, kind| {
        let is_it =
            |answer: &&&SampledAnswer| (answer.outcome, answer.failure_kind) == (outcome, kind);
        let found: Option<&&SampledAnswer> = kept.iter().find(is_it);
        *found.unwrap_or_else(|| panic!("{kind:?}"))
    };
    let degraded = of(SampledOutcome::Degraded, None);
    let reason = degraded.reason.as_deref().unwrap();
    assert!(reason.starts_with("fallback answer"), "{reason}");
    let refused = of(SampledOutcome::Failed, Some(FailureKind::Status));
    // The page of an error is no answer.
    assert_eq!((&refused.answer, refused.completion), (&None, None));
    assert_eq!((refused.status, refused.tokens.output), (Some(500), None));
    let half = of(SampledOutcome::Failed, Some(FailureKind::Truncated));
    assert_eq!(half.answer.as_deref(), Some("Half"));
    assert_eq!(half.completion, Some("truncated"));
    let silent = of(SampledOutcome::Failed, Some(FailureKind::Timeout));
    assert_eq!((silent.status, &silent.answer), (None, &None));
    assert_eq!(silent.reason.as_deref(), Some("too slow for ***"));
}

#[test]
fn the_same_seed_draws_the_same_answers_whoever_sends_them() {
    let drawn = |seed, shards| {
        let ran = asks("samples: { rate: 30% }", 60, seed)
            .shards(shards)
            .run(|_| said("Yes."));
        let mut drawn: Vec<_> = kept(&ran).into_iter().map(asked).collect();
        drawn.sort();
        (drawn, ran.requests("POST /query"))
    };
    let (once, requests) = drawn(7, 2);
    assert!(!once.is_empty() && (once.len() as u64) < requests / 2);
    assert_eq!(once, drawn(7, 2).0);
    assert_eq!(once, drawn(7, 1).0);
    assert_ne!(once, drawn(8, 2).0);
}

#[test]
fn what_users_do_is_the_same_with_samples_and_without() {
    let bodies = |samples: &str| {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&seen);
        let ran = asks(samples, 30, 3).run(move |request| {
            let body = String::from_utf8_lossy(&request.prepared.body).into_owned();
            told.lock().unwrap().push((request.client, body));
            said("Yes.")
        });
        let mut seen = seen.lock().unwrap().clone();
        seen.sort();
        (seen, ran.record.duration, kept(&ran).len())
    };
    let (without, with) = (bodies(""), bodies("samples: { rate: 50% }"));
    assert_eq!((&without.0, without.1), (&with.0, with.1));
    assert!(without.2 == 0 && with.2 > 10);
}

#[test]
fn answers_that_the_end_of_the_run_cuts_off_are_not_kept() {
    let ran = asks("samples: { rate: 100% }", 4, 1).run(|request| match request.count {
        0 => said("Yes."),
        _ => begun().stalled(),
    });
    assert_eq!(ran.record.aggregated.row.interrupted, 4);
    assert_eq!(kept(&ran).len(), 4);
}

#[test]
fn what_is_beyond_the_bound_of_a_second_is_left_out_and_told() {
    let hurried = "users: 4\nspawn_rate: 4\nrun_time: 2s\nsamples: { rate: 100% }\n\
        user_classes:\n  - name: U\n    tasks: [{ get: '/q?q=why', response: { format: text } }]\n";
    let ran = Simulation::yaml(hurried)
        .shards(1)
        .run(|_| SimReply::status(200).body("Yes.").after(MS));
    let requests = ran.record.aggregated.row.requests;
    let kept = kept(&ran);
    assert!(requests > 4000 && kept.len() >= 1000, "{requests}");
    assert_eq!(kept[0].question.as_deref(), Some("q=why"));
    let missing = requests - kept.len() as u64;
    let told = format!("{missing} because more were drawn in a second than are kept");
    let notice = ran
        .notices
        .iter()
        .find(|notice| notice.text.contains(&told));
    assert!(notice.is_some(), "{told}: {:?}", ran.notices);
}

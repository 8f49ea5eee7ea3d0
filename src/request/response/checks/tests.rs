//! Behaviour of the module above.

use serde_json::json;

use super::*;
use crate::request::response::StreamError;

fn reading(answer: &str) -> Reading {
    Reading {
        answer: Some(answer.to_owned()),
        has_answer: !answer.trim().is_empty(),
        completion: Completion::Complete,
        sources: ["a", "b", "c"].map(str::to_owned).to_vec(),
        source_count: 3,
        ..Reading::default()
    }
}

fn failure(checks: &AnswerChecks, reading: &Reading) -> Option<(FailureKind, String)> {
    let failure = checks.judge(reading, &[]).failure?;
    Some((failure.kind, failure.text))
}

#[test]
fn a_whole_answer_of_some_text_passes() {
    let judgement = AnswerChecks::default().judge(&reading("The sky."), &[]);
    assert_eq!(judgement, Judgement::default());
}

/// Judges each reading by its checks: the kind of the failure and its text.
fn fails(cases: Vec<(AnswerChecks, Reading, FailureKind, &str)>) {
    for (checks, reading, kind, text) in cases {
        assert_eq!(failure(&checks, &reading), Some((kind, text.to_owned())));
    }
}

#[test]
fn an_answer_that_is_not_whole_says_what_is_missing() {
    let fails = |reading: Reading, kind, text: &str| {
        fails(vec![(AnswerChecks::default(), reading, kind, text)]);
    };
    let told = |error: &str| Reading {
        error: Some(StreamError::of(error.as_bytes())),
        completion: Completion::Failed,
        ..reading("x")
    };
    let overloaded = told("{\"error\":{\"type\":\"overloaded_error\"}}");
    let text = "error within the answer: overloaded_error";
    fails(overloaded, FailureKind::InStream, text);
    let text = "error within the answer: rate limit";
    fails(
        told("{\"error\":\"rate limit\"}"),
        FailureKind::RateLimited,
        text,
    );
    for (truncation, text) in [
        (Truncation::NoMarker, "it ended without its end mark"),
        (Truncation::Unfinished, "it ended in the middle of an event"),
        (Truncation::Broken, "the connection broke"),
    ] {
        let cut = Reading {
            completion: Completion::Truncated(truncation),
            ..reading("x")
        };
        let text = format!("answer is truncated: {text}");
        fails(cut, FailureKind::Truncated, &text);
    }
    for reason in ["content_filter", "ERROR"] {
        let stopped = Reading {
            finish_reason: Some(reason.to_owned()),
            ..reading("x")
        };
        let text = format!("answer is incomplete: finish reason {reason}");
        fails(stopped, FailureKind::Check, &text);
    }
}

#[test]
fn an_answer_that_is_not_as_expected_says_what_was() {
    let default = AnswerChecks::default;
    let contains = AnswerChecks {
        contains: vec!["blue".to_owned()],
        ..default()
    };
    let matches = AnswerChecks {
        matches: vec![Regex::new(r"\d").unwrap()],
        ..default()
    };
    let sources = |least| AnswerChecks {
        min_sources: Some(least),
        ..default()
    };
    let too_long = Reading {
        answer: None,
        ..reading("x")
    };
    let one_source = Reading {
        source_count: 1,
        ..reading("x")
    };
    let not_json = Reading {
        events: 2,
        malformed: 2,
        ..reading("")
    };
    let case = |checks: &AnswerChecks, reading: Reading, text: &'static str| {
        (checks.clone(), reading, FailureKind::Check, text)
    };
    fails(vec![
        case(&default(), reading(" \n"), "answer is empty"),
        case(&default(), not_json, "answer is not JSON"),
        case(
            &contains,
            reading("red"),
            "answer does not contain \"blue\"",
        ),
        case(&contains, too_long, "answer is too long to be searched"),
        case(&matches, reading("red"), "answer does not match \"\\\\d\""),
        case(
            &sources(4),
            reading("x"),
            "answer has 3 sources, expected at least 4",
        ),
        case(
            &sources(2),
            one_source,
            "answer has 1 source, expected at least 2",
        ),
    ]);
}

#[test]
fn checks_can_be_turned_off() {
    let checks = AnswerChecks {
        non_empty: false,
        complete: false,
        fallback: Fallback {
            level: FallbackLevel::Off,
            phrases: None,
        },
        ..AnswerChecks::default()
    };
    assert!(!checks.needs_text());
    let cut = Reading {
        completion: Completion::Truncated(Truncation::Broken),
        ..reading("")
    };
    assert_eq!(checks.judge(&cut, &[]), Judgement::default());
    assert_eq!(
        checks.judge(&reading("I don't know."), &[]),
        Judgement::default()
    );
}

#[test]
fn a_reply_without_an_answer_is_degraded_or_failed() {
    let mut checks = AnswerChecks::default();
    let reply = reading("Sorry, but I don't know.");
    let canned = Reading {
        is_fallback: true,
        ..reading("x")
    };
    let degraded = |checks: &AnswerChecks, reading| checks.judge(reading, &[]).degraded;
    assert_eq!(
        degraded(&checks, &reply).as_deref(),
        Some("fallback answer: \"I don't know\"")
    );
    assert_eq!(
        degraded(&checks, &canned).as_deref(),
        Some("fallback answer: the service says so")
    );
    checks.fallback.level = FallbackLevel::Failed;
    let failed = failure(&checks, &reply).unwrap();
    assert_eq!(failed.0, FailureKind::Check);
    checks.fallback.phrases = Some(vec![Regex::new("(?i)no idea").unwrap()]);
    assert_eq!(failure(&checks, &reply), None);
    assert!(failure(&checks, &reading("No idea!")).is_some());
}

#[test]
fn an_answer_that_hit_the_limit_of_tokens_is_degraded_and_no_failure() {
    for reason in ["length", "MAX_TOKENS"] {
        let cut = Reading {
            finish_reason: Some(reason.to_owned()),
            ..reading("x")
        };
        let judgement = AnswerChecks::default().judge(&cut, &[]);
        let text = format!("answer was cut short: finish reason {reason}");
        assert_eq!((judgement.failure, judgement.degraded), (None, Some(text)));
    }
}

#[test]
fn sources_are_judged_against_the_labels_of_the_question() {
    let check = |k, must| RetrievalCheck {
        k,
        must,
        expected: vec![Template::compile("{{ question.docs }}").unwrap()],
    };
    let mut checks = AnswerChecks {
        retrieval: vec![
            check(3, RetrievalMust::Recall(Some(0.8))),
            check(1, RetrievalMust::Hit),
            check(3, RetrievalMust::Recall(None)),
        ],
        ..AnswerChecks::default()
    };
    assert_eq!(checks.names(), BTreeSet::from(["question".to_owned()]));
    let judge = |docs: Value| {
        let mut scope = Scope::empty();
        scope
            .variables
            .insert("question".to_owned(), json!({"docs": docs}));
        let expected = checks.expected(&mut scope).unwrap();
        let judgement = checks.judge(&reading("x"), &expected);
        (
            judgement.failure.map(|failure| failure.text),
            judgement.retrieval,
        )
    };
    for docs in [
        json!(["a", "b"]),
        json!("a; b"),
        json!("[\"a\", \"b\"]"),
        json!("a|b,"),
    ] {
        let (failure, retrieval) = judge(docs);
        assert_eq!(failure, None);
        assert!(retrieval.iter().flatten().all(|found| found.hit));
    }
    assert_eq!(
        judge(json!(["a", "x"])).0.as_deref(),
        Some("recall@3 is below 0.8")
    );
    assert_eq!(
        judge(json!("b")).0.as_deref(),
        Some("no expected source among the first 1")
    );
    // A question without a label says nothing about retrieval.
    for docs in [json!(null), json!(""), json!([])] {
        assert_eq!(judge(docs), (None, vec![None, None, None]));
    }
    checks.retrieval.truncate(1);
    let numbered = Reading {
        sources: vec!["7".to_owned()],
        ..reading("x")
    };
    let found = checks.judge(&numbered, &[vec!["7".to_owned()]]);
    assert_eq!(
        found.retrieval[0].unwrap().recall.to_bits(),
        1.0_f64.to_bits()
    );
}

//! Behaviour of the module above.

use proptest::prelude::*;
use regex::Regex;
use serde_json::json;

use super::*;

fn answer(status: u16, body: &'static str) -> Answer {
    let mut answer = Answer {
        status: StatusCode::from_u16(status).ok(),
        body: body.into(),
        ..Answer::default()
    };
    answer
        .headers
        .insert("x-cache", HeaderValue::from_static("HIT from edge"));
    answer
}

fn failure(expect: &Expect, answer: &Answer) -> Option<Failure> {
    expect.judge("/query", answer, Duration::ZERO).err()
}

fn text(expect: &Expect, answer: &Answer) -> String {
    failure(expect, answer)
        .map(|failure| failure.text)
        .unwrap_or_default()
}

fn json_check(path: &str, expected: JsonExpectation) -> Expect {
    Expect {
        json: vec![(JsonPath::parse(path).unwrap(), expected)],
        ..Expect::default()
    }
}

fn statuses(ranges: &[(u16, u16)]) -> Expect {
    Expect {
        status: ranges
            .iter()
            .map(|&(from, to)| StatusRange { from, to })
            .collect(),
        ..Expect::default()
    }
}

#[test]
fn statuses_are_judged_and_worded_as_locust_does() {
    let expect = Expect::default();
    for status in [200, 201, 204, 226, 301, 304, 399] {
        assert_eq!(failure(&expect, &answer(status, "")), None, "{status}");
    }
    let cases = [
        (404, FailureKind::Status, "404 Client Error: Not Found"),
        (
            429,
            FailureKind::RateLimited,
            "429 Client Error: Too Many Requests",
        ),
        (
            500,
            FailureKind::Status,
            "500 Server Error: Internal Server Error",
        ),
    ];
    for (status, kind, words) in cases {
        let expected = Failure::new(kind, format!("HTTPError('{words} for url: /query')"));
        assert_eq!(failure(&expect, &answer(status, "")), Some(expected));
    }
    assert_eq!(
        text(&expect, &answer(700, "")),
        "status 700 is not below 400"
    );
}

#[test]
fn the_reason_is_the_one_the_server_sent() {
    let mut answer = answer(404, "");
    answer.reason = "It's gone".into();
    assert_eq!(
        text(&Expect::default(), &answer),
        "HTTPError(\"404 Client Error: It's gone for url: /query\")"
    );
}

#[test]
fn an_accepted_status_is_ok_and_others_are_named() {
    let expect = statuses(&[(200, 200), (429, 429)]);
    assert_eq!(failure(&expect, &answer(429, "")), None);
    let unexpected = failure(&expect, &answer(204, "")).unwrap();
    assert_eq!(unexpected.kind, FailureKind::Check);
    assert_eq!(unexpected.text, "status 204 is not one of 200, 429");
    let expect = statuses(&[(200, 299), (301, 302)]);
    assert_eq!(
        text(&expect, &answer(304, "")),
        "status 304 is not one of 2xx, 301-302"
    );
    assert_eq!(
        failure(&statuses(&[(200, 200)]), &answer(429, "")).map(|failure| failure.kind),
        Some(FailureKind::RateLimited)
    );
}

#[test]
fn bodies_are_searched() {
    let expect = Expect {
        contains: vec!["answer".to_owned()],
        matches: vec![Regex::new("an.wer").unwrap()],
        ..Expect::default()
    };
    assert_eq!(text(&expect, &answer(200, "the answer")), "");
    assert_eq!(
        text(&expect, &answer(200, "no")),
        "body does not contain \"answer\""
    );
    let expect = Expect {
        contains: Vec::new(),
        ..expect
    };
    assert_eq!(
        text(&expect, &answer(200, "no")),
        "body does not match \"an.wer\""
    );
}

#[test]
fn json_answers_are_looked_into() {
    use JsonExpectation::{Equals, Exists, MinItems, NonEmpty};
    let body = r#"{"answer": "", "sources": [], "one": [{"id": 1.0}], "zero": 0}"#;
    let cases = [
        ("$.answer", Exists, ""),
        ("$.answer", NonEmpty, "$.answer is empty"),
        ("$.nothing", NonEmpty, "$.nothing is missing"),
        ("$.nothing", Exists, "$.nothing is missing"),
        ("$.zero", NonEmpty, ""),
        ("$.one", MinItems(1), ""),
        ("$.one[*].id", MinItems(1), ""),
        (
            "$.sources",
            MinItems(1),
            "$.sources has 0 items, expected at least 1",
        ),
        (
            "$.nothing",
            MinItems(2),
            "$.nothing has 0 items, expected at least 2",
        ),
        (
            "$.one",
            MinItems(2),
            "$.one has 1 item, expected at least 2",
        ),
        ("$.one", Equals(json!([{"id": 1}])), ""),
        ("$.answer", Equals(json!("yes")), "$.answer is not \"yes\""),
    ];
    for (path, expected, words) in cases {
        assert_eq!(
            text(&json_check(path, expected), &answer(200, body)),
            words,
            "{path}"
        );
    }
    for body in ["", "<html>", "{\"a\": 1"] {
        assert_eq!(
            text(&json_check("$.a", Exists), &answer(200, body)),
            "answer is not JSON"
        );
    }
}

#[test]
fn headers_and_times_are_judged() {
    let header = |name: &str, expected| Expect {
        headers: vec![(name.to_owned(), expected)],
        ..Expect::default()
    };
    let cases = [
        ("x-cache", HeaderExpectation::Exists, ""),
        (
            "x-other",
            HeaderExpectation::Exists,
            "header x-other is missing",
        ),
        (
            "x-cache",
            HeaderExpectation::Equals("HIT".to_owned()),
            "header x-cache is not \"HIT\"",
        ),
        (
            "x-cache",
            HeaderExpectation::Matches(Regex::new("^HIT").unwrap()),
            "",
        ),
        (
            "x-cache",
            HeaderExpectation::Matches(Regex::new("^MISS").unwrap()),
            "header x-cache does not match \"^MISS\"",
        ),
    ];
    for (name, expected, words) in cases {
        assert_eq!(text(&header(name, expected), &answer(200, "")), words);
    }
    let expect = Expect {
        max_time: Some(Duration::from_secs(2)),
        ..Expect::default()
    };
    let late = expect.judge("/", &answer(200, ""), Duration::from_millis(2001));
    assert_eq!(late.unwrap_err().text, "response time above 2s");
    assert!(
        expect
            .judge("/", &answer(200, ""), Duration::from_secs(2))
            .is_ok()
    );
}

#[test]
fn the_status_is_judged_before_anything_else() {
    let expect = json_check("$.answer", JsonExpectation::Exists);
    assert!(text(&expect, &answer(502, "<html>")).starts_with("HTTPError('502 Server Error"));
}

#[test]
fn every_expectation_is_explained_with_what_was_there() {
    let expect = Expect {
        contains: vec!["yes".to_owned(), "no".to_owned()],
        matches: vec![Regex::new("y.s").unwrap()],
        json: vec![
            (JsonPath::parse("$.a").unwrap(), JsonExpectation::NonEmpty),
            (
                JsonPath::parse("$.n").unwrap(),
                JsonExpectation::MinItems(3),
            ),
            (JsonPath::parse("$.x").unwrap(), JsonExpectation::Exists),
        ],
        headers: vec![
            (
                "x-cache".to_owned(),
                HeaderExpectation::Equals("HIT".to_owned()),
            ),
            ("x-none".to_owned(), HeaderExpectation::Exists),
        ],
        max_time: Some(Duration::from_secs(1)),
        ..statuses(&[(200, 200), (300, 399)])
    };
    let answer = answer(200, r#"{"a": "yes", "n": [1]}"#);
    let explained = expect.explain("/query", &answer, Duration::from_millis(1500));
    let lines: Vec<String> = explained
        .iter()
        .map(|check| {
            let mark = if check.failure.is_none() { "+" } else { "x" };
            format!(
                "{mark} {} {}: {}",
                check.subject, check.wanted, check.observed
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "+ status is one of 200, 3xx: 200 OK",
            "x header x-cache is \"HIT\": HIT from edge",
            "x header x-none exists: missing",
            "+ body contains \"yes\": found",
            "x body contains \"no\": not found in 22 characters",
            "+ body matches \"y.s\": yes",
            "+ $.a is not empty: \"yes\"",
            "x $.n has at least 3 items: 1 item",
            "x $.x exists: missing",
            "x response time is at most 1s: 1.50s",
        ]
    );
}

proptest! {
    #[test]
    fn what_is_explained_is_what_is_judged(
        status in prop::sample::select(vec![200u16, 304, 404, 429, 503]),
        body in prop::sample::select(vec!["", "ok", r#"{"a": 1}"#, r#"{"a": [], "b": "ok"}"#]),
        seconds in 0u64..3,
        chosen in prop::collection::vec(any::<bool>(), 6),
    ) {
        let when = |index: usize| chosen[index];
        let path = JsonPath::parse("$.a").unwrap();
        let expect = Expect {
            status: statuses(if when(0) { &[(200, 299), (404, 404)] } else { &[] }).status,
            contains: when(1).then(|| "ok".to_owned()).into_iter().collect(),
            matches: when(2).then(|| Regex::new("^.k").unwrap()).into_iter().collect(),
            json: when(3).then_some((path, JsonExpectation::NonEmpty)).into_iter().collect(),
            headers: when(4)
                .then(|| ("x-cache".to_owned(), HeaderExpectation::Exists))
                .into_iter()
                .collect(),
            max_time: when(5).then_some(Duration::from_secs(1)),
        };
        let (answer, time) = (answer(status, body), Duration::from_secs(seconds));
        let judged = expect.judge("/query", &answer, time).err().map(|failure| failure.text);
        let explained = expect.explain("/query", &answer, time);
        let first = explained.into_iter().find_map(|check| check.failure);
        prop_assert_eq!(judged, first);
    }
}

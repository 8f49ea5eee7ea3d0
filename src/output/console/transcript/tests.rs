//! Behaviour of the module above.

use http::Method;
use serde_json::json;
use serde_json_path::JsonPath;
use url::Url;

use crate::model::{Failure, Secret};
use crate::request::extract::ExtractFrom;
use crate::request::{Check, Extraction, Subject};

use super::*;

const COLOURED: Style = Style {
    colour: true,
    ascii: false,
};

fn transcript(style: Style, bodies: Bodies) -> Transcript {
    Transcript::new(Masker::new([Secret::new("known-secret")]), style, bodies)
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).ok(),
        body: body.to_owned().into(),
        bytes: body.len() as u64,
        headers_at: Some(Offset::from_millis(12)),
        first_byte_at: Some(Offset::from_millis(13)),
        done_at: Some(Offset::from_millis(250)),
        ..Answer::default()
    }
}

fn shown(transcript: &mut Transcript, answer: &Answer) -> String {
    transcript.answer(answer, Offset::ZERO, Offset::from_millis(250))
}

#[test]
fn an_answer_has_its_times_and_its_size() {
    let mut plain = transcript(Style::default(), Bodies::Short);
    assert_eq!(
        shown(&mut plain, &answer(200, "[1]")),
        "< 200 OK\n<\n< [1]\n  headers 12ms, first byte 13ms, total 250ms, 3 B\n"
    );
    let broken = Answer {
        done_at: None,
        ..answer(200, "[1")
    };
    assert_eq!(
        shown(&mut plain, &broken),
        "< 200 OK\n<\n< [1\n  headers 12ms, first byte 13ms, broken off after 250ms, 2 B of body\n"
    );
    let connected = Answer {
        phases: Phases {
            connect: Some(std::time::Duration::from_micros(300)),
            tls: Some(std::time::Duration::from_millis(14)),
            ..Phases::default()
        },
        ..answer(204, "")
    };
    assert_eq!(
        shown(&mut plain, &connected),
        "< 204 No Content\n  headers 12ms, first byte 13ms, total 250ms, 0 B; new connection: \
         connect 300µs, tls 14ms\n"
    );
    let none = Answer::default();
    assert_eq!(shown(&mut plain, &none), "  no answer after 250ms\n");
}

#[test]
fn colours_are_the_only_sequences_and_a_bad_status_is_red() {
    let mut coloured = transcript(COLOURED, Bodies::Short);
    let text = shown(&mut coloured, &answer(503, "\u{1b}[2Jbusy"));
    assert!(
        text.contains("\u{1b}[1;31m503 Service Unavailable\u{1b}[0m"),
        "{text:?}"
    );
    assert!(
        text.contains("\\u{1b}[2Jbusy") && !text.contains("\u{1b}[2J"),
        "{text:?}"
    );
}

#[test]
fn a_body_is_cut_in_both_directions_and_says_so() {
    let mut short = transcript(Style::default(), Bodies::Short);
    let long_line = format!("{}end", "x".repeat(LONGEST_LINE));
    let text = shown(&mut short, &answer(200, &long_line));
    assert!(!text.contains("end\n"), "{text}");
    let note = "< (the ends of long lines left out of 503 B; --whole shows everything)\n";
    assert!(text.contains(note), "{text}");
    let lines = |count: usize| -> String { (0..count).map(|n| format!("line {n}\n")).collect() };
    let text = shown(&mut short, &answer(200, &lines(40)));
    assert!(text.contains("< line 29\n< line 30\n"), "{text}");
    let text = shown(&mut short, &answer(200, &lines(42)));
    let middle = "< line 29\n< (2 lines left out of 326 B; --whole shows everything)\n< line 32\n";
    assert!(
        text.contains(middle) && text.contains("< line 41\n"),
        "{text}"
    );
    let mut whole = transcript(Style::default(), Bodies::Whole);
    let text = shown(&mut whole, &answer(200, &(lines(42) + &long_line)));
    assert!(
        text.contains("< line 29\n< line 30\n") && text.contains("xend\n"),
        "{text}"
    );
}

#[test]
fn a_secret_that_is_taken_out_is_masked_in_the_answer_it_came_in() {
    let extraction = Extraction {
        variable: "session_token".to_owned(),
        from: ExtractFrom::Regex(regex::Regex::new("s=(.*)").unwrap()),
    };
    let extracted = [(&extraction, Ok(json!("abc-12345")))];
    let mut plain = transcript(Style::default(), Bodies::Short);
    plain.keep_secrets(&extracted);
    let text = shown(&mut plain, &answer(200, "s=abc-12345")) + &plain.extracted(&extracted);
    assert!(!text.contains("abc-12345"), "{text}");
    assert!(
        text.contains("  ✓ session_token = \"***\", from regex \"s=(.*)\"\n"),
        "{text}"
    );
    let failure = Failure::new(crate::model::FailureKind::Check, "body has known-secret");
    assert_eq!(plain.failure(&failure), "  FAILED body has ***\n");
}

#[test]
fn a_check_on_a_secret_shows_that_it_is_there_and_no_more() {
    let check = |path: &str, observed: &str| Check {
        subject: Subject::Json(JsonPath::parse(path).unwrap().to_string()),
        wanted: "exists".to_owned(),
        observed: observed.to_owned(),
        failure: None,
    };
    let mut plain = transcript(Style::default(), Bodies::Short);
    let checks = [
        check("$.user['password']", "\"pw\""),
        check("$.id", "\"7\""),
        check("$.token", "missing"),
    ];
    let text = plain.checks(&checks);
    let observed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.rsplit(": ").next())
        .collect();
    assert_eq!(observed, ["***", "\"7\"", "missing"]);
}

#[test]
fn a_request_is_a_line_its_headers_and_its_body() {
    let request = Prepared {
        method: Method::POST,
        url: Url::parse("http://host/a%20b?q=x&access_token=abc").unwrap(),
        headers: HeaderMap::new(),
        body: r#"{"a":{"password":"pw"}}"#.into(),
        timeout: std::time::Duration::ZERO,
        connect_timeout: None,
        follow_redirects: true,
        constant: false,
    };
    let mut plain = transcript(Style::default(), Bodies::Short);
    assert_eq!(
        plain.request(&request, &HeaderMap::new()),
        "> POST /a%20b?q=x&access_token=***\n>\n> {\"a\": {\"password\": \"***\"}}\n"
    );
}

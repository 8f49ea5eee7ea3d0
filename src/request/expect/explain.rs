//! Each expectation by itself: what was wanted, what was observed, and whether that was enough.
//!
//! For people who debug a scenario. Judged by the functions that judge a run's answers, so that
//! the two cannot disagree. Must not know how it is shown.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use regex::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::model::units::{format_count, format_duration, format_time};
use crate::request::Answer;

use super::{
    Expect, HeaderExpectation, JsonExpectation, judge_contains, judge_header, judge_matches,
    parse_json,
};

/// One expectation, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it is about.
    pub subject: Subject,
    /// What was wanted, to follow the subject: `is below 400`.
    pub wanted: String,
    /// What was there: of any length, with whatever the server sent in it.
    pub observed: String,
    /// The text of the failure it is; none when it is met.
    pub failure: Option<String>,
}

/// What an expectation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The status.
    Status,
    /// The header of this name.
    Header(String),
    /// The body as text.
    Body,
    /// What this JSONPath query finds.
    Json(String),
    /// The response time.
    Time,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Status => f.write_str("status"),
            Subject::Header(name) => write!(f, "header {name}"),
            Subject::Body => f.write_str("body"),
            Subject::Json(path) => f.write_str(path),
            Subject::Time => f.write_str("response time"),
        }
    }
}

impl Expect {
    /// Every expectation in the order in which they are judged: the first that is not met is the
    /// failure that [`Expect::judge`] gives. `name` and `time` are as there.
    #[must_use]
    pub fn explain(&self, name: &str, answer: &Answer, time: Duration) -> Vec<Check> {
        // A new kind of expectation must not be left out.
        let Expect {
            status: _,
            contains,
            matches,
            json,
            headers,
            max_time,
        } = self;
        let text = String::from_utf8_lossy(&answer.body);
        let mut checks: Vec<Check> = self.status_check(name, answer).into_iter().collect();
        checks.extend(
            headers
                .iter()
                .map(|(name, expected)| header_check(name, expected, answer.headers.get(name))),
        );
        checks.extend(contains.iter().map(|part| contains_check(part, &text)));
        checks.extend(matches.iter().map(|pattern| matches_check(pattern, &text)));
        if !json.is_empty() {
            let value = parse_json(&answer.body);
            for (path, expected) in json {
                checks.push(json_check(path, expected, &value));
            }
        }
        checks.extend(max_time.map(|limit| Check {
            subject: Subject::Time,
            wanted: format!("is at most {}", format_duration(limit)),
            observed: format_time(time),
            failure: self.judge_time(time).err(),
        }));
        checks
    }

    /// None where no answer began.
    fn status_check(&self, name: &str, answer: &Answer) -> Option<Check> {
        let status = answer.status?;
        let judged = self.judge_status(name, status, &answer.reason);
        let ranges: Vec<String> = self.status.iter().map(ToString::to_string).collect();
        let reason = match answer.reason.as_ref() {
            "" => status.canonical_reason().unwrap_or_default(),
            sent => sent,
        };
        Some(Check {
            subject: Subject::Status,
            wanted: match &ranges[..] {
                [] => "is below 400".to_owned(),
                [range] => format!("is {range}"),
                ranges => format!("is one of {}", ranges.join(", ")),
            },
            observed: format!("{} {reason}", status.as_u16())
                .trim_end()
                .to_owned(),
            failure: judged.err().map(|failure| failure.text),
        })
    }
}

fn header_check(name: &str, expected: &HeaderExpectation, found: Option<&HeaderValue>) -> Check {
    let observed = found.map_or_else(missing, |value| {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    });
    Check {
        subject: Subject::Header(name.to_owned()),
        wanted: match expected {
            HeaderExpectation::Exists => "exists".to_owned(),
            HeaderExpectation::Equals(value) => format!("is {value:?}"),
            HeaderExpectation::Matches(pattern) => format!("matches {:?}", pattern.as_str()),
        },
        observed,
        failure: judge_header(name, expected, found).err(),
    }
}

fn contains_check(part: &str, text: &str) -> Check {
    let failure = judge_contains(part, text).err();
    Check {
        subject: Subject::Body,
        wanted: format!("contains {part:?}"),
        observed: match failure {
            None => "found".to_owned(),
            Some(_) => not_found(text),
        },
        failure,
    }
}

fn matches_check(pattern: &Regex, text: &str) -> Check {
    let found = pattern.find(text).map(|found| found.as_str().to_owned());
    Check {
        subject: Subject::Body,
        wanted: format!("matches {:?}", pattern.as_str()),
        observed: found.unwrap_or_else(|| not_found(text)),
        failure: judge_matches(pattern, text).err(),
    }
}

fn not_found(text: &str) -> String {
    match text.chars().count() as u64 {
        0 => "the body is empty".to_owned(),
        length => format!("not found in {} characters", format_count(length)),
    }
}

fn json_check(
    path: &JsonPath,
    expected: &JsonExpectation,
    answer: &Result<Value, String>,
) -> Check {
    let (observed, failure) = match answer {
        Ok(value) => (
            shown_nodes(&path.query(value).all(), expected),
            expected.judge(path, value).err(),
        ),
        Err(why) => (why.clone(), Some(why.clone())),
    };
    Check {
        subject: Subject::Json(path.to_string()),
        wanted: match expected {
            JsonExpectation::Exists => "exists".to_owned(),
            JsonExpectation::NonEmpty => "is not empty".to_owned(),
            JsonExpectation::Equals(value) => format!("is {value}"),
            JsonExpectation::MinItems(1) => "has at least 1 item".to_owned(),
            JsonExpectation::MinItems(least) => format!("has at least {least} items"),
        },
        observed,
        failure,
    }
}

fn shown_nodes(nodes: &[&Value], expected: &JsonExpectation) -> String {
    match (nodes, expected) {
        ([], _) => missing(),
        ([Value::Array(items)], JsonExpectation::MinItems(_)) => counted(items.len()),
        (nodes, JsonExpectation::MinItems(_)) => counted(nodes.len()),
        ([node], _) => node.to_string(),
        (nodes, _) => {
            let nodes: Vec<String> = nodes.iter().map(ToString::to_string).collect();
            nodes.join(", ")
        }
    }
}

fn counted(items: usize) -> String {
    let word = if items == 1 { "item" } else { "items" };
    format!("{items} {word}")
}

fn missing() -> String {
    "missing".to_owned()
}

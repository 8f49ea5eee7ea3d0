//! What an answer must be to count as a success.
//!
//! Owns the words of every check's failure. Must not know how answers arrive or what is counted.

use std::fmt;
use std::time::Duration;

use http::{HeaderValue, StatusCode};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::model::python_repr::str_repr;
use crate::model::units::format_duration;
use crate::model::{Failure, FailureKind};

use super::Answer;

mod explain;

pub use explain::{Check, Subject};

/// The compiled expectations of one request. The default expects what Locust expects: an answer
/// with a status below 400.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// Accepted statuses; empty: every status below 400.
    pub status: Vec<StatusRange>,
    /// Texts the body must hold.
    pub contains: Vec<String>,
    /// Patterns the body must match.
    pub matches: Vec<regex::Regex>,
    /// JSONPath queries with what each must give.
    pub json: Vec<(JsonPath, JsonExpectation)>,
    /// Header names (lower case) with what each must be.
    pub headers: Vec<(String, HeaderExpectation)>,
    /// Longest acceptable response time.
    pub max_time: Option<Duration>,
}

/// A range of accepted statuses, both ends included: `200`, `2xx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRange {
    /// Lowest.
    pub from: u16,
    /// Highest.
    pub to: u16,
}

/// What a JSONPath query must give.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonExpectation {
    /// At least one node.
    Exists,
    /// A node that is not null, `""`, `[]` or `{}`.
    NonEmpty,
    /// A node equal to this value.
    Equals(Value),
    /// A list of at least so many items (or so many nodes).
    MinItems(usize),
}

/// What a header must be.
#[derive(Clone, Debug)]
pub enum HeaderExpectation {
    /// Present, whatever its value.
    Exists,
    /// Exactly this.
    Equals(String),
    /// Matching this pattern.
    Matches(regex::Regex),
}

impl Expect {
    /// Whether judging needs the body kept.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        !(self.contains.is_empty() && self.matches.is_empty() && self.json.is_empty())
    }

    /// Judges a complete answer. `name` is the endpoint's name, which Locust puts in the place of
    /// the URL; `time` is the response time.
    ///
    /// # Errors
    /// The failure, worded as Locust words it where it has words. The texts hold nothing of the
    /// answer that could differ from request to request: each distinct text is a row of the
    /// failure table.
    pub fn judge(&self, name: &str, answer: &Answer, time: Duration) -> Result<(), Failure> {
        if let Some(status) = answer.status {
            self.judge_status(name, status, &answer.reason)?;
        }
        self.judge_content(answer)
            .and_then(|()| self.judge_time(time))
            .map_err(|text| Failure::new(FailureKind::Check, text))
    }

    fn judge_status(&self, name: &str, status: StatusCode, reason: &str) -> Result<(), Failure> {
        let code = status.as_u16();
        let accepted = if self.status.is_empty() {
            code < 400
        } else {
            self.status.iter().any(|range| range.holds(code))
        };
        if accepted {
            return Ok(());
        }
        let side = match code {
            400..=499 => "Client",
            500..=599 => "Server",
            _ => return Err(Failure::new(FailureKind::Check, self.unexpected(code))),
        };
        let kind = if status == StatusCode::TOO_MANY_REQUESTS {
            FailureKind::RateLimited
        } else {
            FailureKind::Status
        };
        // HTTP/2 has no reason phrases; the usual one keeps such rows together with HTTP/1's.
        let reason = match reason {
            "" => status.canonical_reason().unwrap_or_default(),
            sent => sent,
        };
        let text = format!("{code} {side} Error: {reason} for url: {name}");
        Err(Failure::new(
            kind,
            format!("HTTPError({})", str_repr(&text)),
        ))
    }

    fn unexpected(&self, code: u16) -> String {
        if self.status.is_empty() {
            return format!("status {code} is not below 400");
        }
        let ranges: Vec<String> = self.status.iter().map(StatusRange::to_string).collect();
        format!("status {code} is not one of {}", ranges.join(", "))
    }

    fn judge_content(&self, answer: &Answer) -> Result<(), String> {
        for (name, expected) in &self.headers {
            judge_header(name, expected, answer.headers.get(name))?;
        }
        if !(self.contains.is_empty() && self.matches.is_empty()) {
            let text = String::from_utf8_lossy(&answer.body);
            for part in &self.contains {
                judge_contains(part, &text)?;
            }
            for pattern in &self.matches {
                judge_matches(pattern, &text)?;
            }
        }
        if !self.json.is_empty() {
            let value = parse_json(&answer.body)?;
            for (path, expected) in &self.json {
                expected.judge(path, &value)?;
            }
        }
        Ok(())
    }

    fn judge_time(&self, time: Duration) -> Result<(), String> {
        match self.max_time {
            Some(limit) if time > limit => {
                Err(format!("response time above {}", format_duration(limit)))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl StatusRange {
    pub(super) fn holds(self, code: u16) -> bool {
        (self.from..=self.to).contains(&code)
    }
}

impl fmt::Display for StatusRange {
    /// `200`, `2xx`, `200-204`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.to);
        if from == to {
            write!(f, "{from}")
        } else if from % 100 == 0 && to == from + 99 {
            write!(f, "{}xx", from / 100)
        } else {
            write!(f, "{from}-{to}")
        }
    }
}

fn judge_contains(part: &str, text: &str) -> Result<(), String> {
    if text.contains(part) {
        return Ok(());
    }
    Err(format!("body does not contain {part:?}"))
}

fn judge_matches(pattern: &regex::Regex, text: &str) -> Result<(), String> {
    if pattern.is_match(text) {
        return Ok(());
    }
    Err(format!("body does not match {:?}", pattern.as_str()))
}

fn parse_json(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|_| "answer is not JSON".to_owned())
}

fn judge_header(
    name: &str,
    expected: &HeaderExpectation,
    found: Option<&HeaderValue>,
) -> Result<(), String> {
    let Some(found) = found else {
        return Err(format!("header {name} is missing"));
    };
    let found = String::from_utf8_lossy(found.as_bytes());
    match expected {
        HeaderExpectation::Equals(value) if found != value.as_str() => {
            Err(format!("header {name} is not {value:?}"))
        }
        HeaderExpectation::Matches(pattern) if !pattern.is_match(&found) => Err(format!(
            "header {name} does not match {:?}",
            pattern.as_str()
        )),
        HeaderExpectation::Exists
        | HeaderExpectation::Equals(_)
        | HeaderExpectation::Matches(_) => Ok(()),
    }
}

impl JsonExpectation {
    fn judge(&self, path: &JsonPath, answer: &Value) -> Result<(), String> {
        let nodes = path.query(answer).all();
        if let JsonExpectation::MinItems(least) = self {
            let count = match nodes[..] {
                [Value::Array(items)] => items.len(),
                _ => nodes.len(),
            };
            if count < *least {
                let items = if count == 1 { "item" } else { "items" };
                return Err(format!(
                    "{path} has {count} {items}, expected at least {least}"
                ));
            }
            return Ok(());
        }
        if nodes.is_empty() {
            return Err(format!("{path} is missing"));
        }
        match self {
            JsonExpectation::NonEmpty if nodes.iter().all(|node| is_empty(node)) => {
                Err(format!("{path} is empty"))
            }
            JsonExpectation::Equals(value) if !nodes.iter().any(|node| is_same(node, value)) => {
                Err(format!("{path} is not {value}"))
            }
            JsonExpectation::Exists
            | JsonExpectation::NonEmpty
            | JsonExpectation::Equals(_)
            | JsonExpectation::MinItems(_) => Ok(()),
        }
    }
}

fn is_empty(node: &Value) -> bool {
    match node {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Equal as people see it: `1` and `1.0` are the same number, at any depth.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let same = |(key, a)| b.get(key).is_some_and(|b| is_same(a, b));
            a.len() == b.len() && a.iter().all(same)
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests;

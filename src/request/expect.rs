//! What an answer must be to count as a success.

use std::time::Duration;

use serde_json::Value;

use crate::model::Failure;

use super::Answer;

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
    pub json: Vec<(serde_json_path::JsonPath, JsonExpectation)>,
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
    /// The failure, worded as Locust words it where it has words.
    pub fn judge(&self, _name: &str, _answer: &Answer, _time: Duration) -> Result<(), Failure> {
        Ok(())
    }
}

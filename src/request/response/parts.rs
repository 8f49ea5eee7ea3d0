//! What a scenario declares about an answer, as plain values.
//!
//! Owns the nouns of `response:`. Must not know YAML, nor how answers are read.

use std::time::Duration;

use regex::Regex;
use serde_json::Value;

use super::format::Format;
use super::path::Path;

/// A declared answer. Everything is optional; the default reads any text.
#[derive(Clone, Debug, Default)]
pub struct ResponseParts {
    /// What it is made of.
    pub format: Format,
    /// How the texts of its events make up the answer.
    pub mode: Mode,
    /// Where the text of the answer is, the first place that has any; none: the data itself.
    pub answer: Vec<Place>,
    /// Where the text of the reasoning before the answer is.
    pub reasoning: Vec<Place>,
    /// Where the ids of the sources are. A list gives each of its items, an object its `id`.
    pub sources: Vec<Place>,
    /// Durations the service tells of itself.
    pub stages: Vec<Stage>,
    /// Whether the `Server-Timing` header tells stages too.
    pub server_timing: bool,
    /// What marks a complete stream, the surest mark first; none: its end.
    pub done: Vec<Condition>,
    /// What marks a failure within the answer, besides any `{"error": …}`.
    pub error: Vec<Condition>,
    /// Where token counts are.
    pub usage: UsageParts,
    /// Where the reason is for which the model stopped.
    pub finish_reason: Vec<Place>,
    /// What tells whether the answer came out of a cache.
    pub cache: Option<CacheRule>,
    /// What marks a canned reply without knowledge.
    pub fallback: Vec<Condition>,
    /// Keys below `response` of places that need not be there, and that nobody asked for: where
    /// nothing is found there, it is no news.
    pub defaults: Vec<String>,
}

/// How the texts of events make up the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Each text goes on where the one before ended.
    Delta,
    /// Each text is the whole answer so far.
    Cumulative,
    /// Delta, until each text is seen to begin with the one before.
    #[default]
    Auto,
}

impl Mode {
    /// Every mode with the word a scenario uses for it.
    pub const WORDS: &'static [(&'static str, Mode)] = &[
        ("delta", Mode::Delta),
        ("cumulative", Mode::Cumulative),
        ("auto", Mode::Auto),
    ];
}

/// Where something is: in the events of a name, at a path of their JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Only in events of this name; none: in any.
    pub event: Option<String>,
    /// Where in the JSON; none: the data as it is.
    pub path: Option<Path>,
}

/// Something an event can be. What is given must hold together; without anything it never holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// Its name.
    pub event: Option<String>,
    /// Its data, blanks around it left out.
    pub data: Option<String>,
    /// What its JSON has.
    pub path: Option<(Path, Test)>,
}

impl Condition {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.event.is_none() && self.data.is_none() && self.path.is_none()
    }
}

/// What a path must find.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Anything but null, `false`, `0`, `""`, `[]` and `{}`.
    Truthy,
    /// This value.
    Equals(Value),
    /// Some other value than this one.
    Differs(Value),
}

/// A duration the service tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What the time went into: `retrieval`.
    pub name: String,
    /// Where the number is.
    pub place: Place,
    /// What the number counts.
    pub unit: Duration,
}

/// Where token counts are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageParts {
    /// Tokens of the prompt.
    pub prompt: Vec<Place>,
    /// Tokens of the answer.
    pub output: Vec<Place>,
    /// Tokens of the prompt that came out of a cache.
    pub cached: Vec<Place>,
}

/// What tells whether the answer came out of a cache.
#[derive(Clone, Debug)]
pub enum CacheRule {
    /// A header (lower case), and the pattern of its value on a hit.
    Header(String, Regex),
    /// A path of the JSON and what it finds on a hit.
    Body(Place, Test),
}

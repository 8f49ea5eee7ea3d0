//! A declared answer, compiled: every path of it in one selector.
//!
//! Owns which path is there for what. Must not know how pieces arrive.

use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use serde_json::Value;

use super::format::Format;
use super::parts::{CacheRule, Condition, Mode, Place, ResponseParts, Test};
use super::path::Path;
use super::reading::TokenSource;
use super::select::{Found, Selector};

/// A declared answer, ready to be read by.
#[derive(Clone, Debug)]
pub struct ResponseSpec {
    pub(super) format: Format,
    pub(super) mode: Mode,
    pub(super) server_timing: bool,
    /// The header that tells a cache hit.
    pub(super) cache_header: Option<(String, Regex)>,
    /// Events whose data is the answer as it is; none: the answer is somewhere in the JSON.
    pub(super) raw_answer: Option<RawAnswer>,
    pub(super) conditions: Vec<(Purpose, Condition)>,
    /// Whether a complete stream is marked.
    pub(super) is_marked: bool,
    /// Names of the stages, by number.
    pub(super) stages: Vec<(Arc<str>, Duration)>,
    /// What each path is there for, by its number in the selector.
    pub(super) wanted: Vec<Wanted>,
    pub(super) selector: Selector,
    /// Whether anything but errors is looked for in JSON.
    pub(super) reads_json: bool,
    /// Keys of which it is no news that nothing was found.
    pub(super) defaults: Vec<String>,
}

/// Which events are the answer as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RawAnswer {
    /// All that are there for nothing else.
    Any,
    /// Those of these names.
    Named(Vec<String>),
}

/// What a condition is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It marks a complete stream.
    Done,
    /// It marks a failure.
    Error,
    /// It marks a canned reply.
    Fallback,
}

/// What a path is there for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    pub(super) role: Role,
    /// Only in events of this name.
    pub(super) event: Option<String>,
    pub(super) path: Path,
}

/// What is done with what a path finds. A rank is its place among those for the same: the
/// lowest that finds anything in an event counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Role {
    Answer(usize),
    Reasoning(usize),
    Sources(usize),
    Stage(usize),
    Tokens(TokenKind, TokenSource),
    FinishReason,
    Cache(Test),
    /// A condition by its number, with what the path must find.
    Condition(usize, Test),
    /// The error every service may send.
    Error,
}

/// What a token count counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Prompt,
    Output,
    Cached,
}

impl ResponseSpec {
    /// Compiles what was declared.
    #[must_use]
    pub fn compile(parts: ResponseParts) -> ResponseSpec {
        let mut paths = Paths::default();
        paths.places(&parts.answer, Role::Answer);
        paths.places(&parts.reasoning, Role::Reasoning);
        paths.places(&parts.sources, Role::Sources);
        for (number, stage) in parts.stages.iter().enumerate() {
            paths.place(&stage.place, Role::Stage(number));
        }
        for (kind, places) in [
            (TokenKind::Prompt, &parts.usage.prompt),
            (TokenKind::Output, &parts.usage.output),
            (TokenKind::Cached, &parts.usage.cached),
        ] {
            for place in places {
                let source = token_source(place.path.as_ref());
                paths.place(place, Role::Tokens(kind, source));
            }
        }
        paths.places(&parts.finish_reason, |_| Role::FinishReason);
        let cache_header = match parts.cache {
            Some(CacheRule::Header(name, hit)) => Some((name, hit)),
            Some(CacheRule::Body(place, test)) => {
                paths.place(&place, Role::Cache(test));
                None
            }
            None => None,
        };
        let is_marked = !parts.done.is_empty();
        let conditions = conditions(parts.done, parts.error, parts.fallback);
        for (number, (_, condition)) in conditions.iter().enumerate() {
            if let Some((path, test)) = &condition.path {
                let role = Role::Condition(number, test.clone());
                paths.add(path.clone(), role, condition.event.clone());
            }
        }
        let reads_json = !paths.list.is_empty();
        if let Ok(error) = Path::parse("$.error") {
            paths.add(error, Role::Error, None);
        }
        ResponseSpec {
            format: parts.format,
            mode: parts.mode,
            server_timing: parts.server_timing,
            cache_header,
            raw_answer: raw_answer(&parts.answer),
            conditions,
            is_marked,
            stages: parts
                .stages
                .into_iter()
                .map(|stage| (stage.name.into(), stage.unit))
                .collect(),
            selector: Selector::new(paths.list.iter().map(|wanted| &wanted.path)),
            wanted: paths.list,
            reads_json,
            defaults: parts.defaults,
        }
    }

    /// The format it declares.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether it says where the sources are.
    #[must_use]
    pub fn names_sources(&self) -> bool {
        let of_sources = |wanted: &Wanted| matches!(wanted.role, Role::Sources(_));
        self.wanted.iter().any(of_sources)
    }

    /// Whether it says what tells a cache hit.
    #[must_use]
    pub fn tells_caches(&self) -> bool {
        let of_cache = |wanted: &Wanted| matches!(wanted.role, Role::Cache(_));
        self.cache_header.is_some() || self.wanted.iter().any(of_cache)
    }

    /// Whether an event of this name is there for something of its own.
    pub(super) fn claims(&self, event: &[u8]) -> bool {
        let by_path = self.wanted.iter().map(|wanted| &wanted.event);
        let by_condition = self.conditions.iter().map(|(_, known)| &known.event);
        by_path
            .chain(by_condition)
            .flatten()
            .any(|name| name.as_bytes() == event)
    }
}

/// Paths as they are collected.
#[derive(Default)]
struct Paths {
    list: Vec<Wanted>,
}

impl Paths {
    fn places(&mut self, places: &[Place], role: impl Fn(usize) -> Role) {
        for (rank, place) in places.iter().enumerate() {
            self.place(place, role(rank));
        }
    }

    fn place(&mut self, place: &Place, role: Role) {
        if let Some(path) = &place.path {
            self.add(path.clone(), role, place.event.clone());
        }
    }

    fn add(&mut self, path: Path, role: Role, event: Option<String>) {
        let wanted = Wanted { role, event, path };
        self.list.push(wanted);
    }
}

fn conditions(
    done: Vec<Condition>,
    error: Vec<Condition>,
    fallback: Vec<Condition>,
) -> Vec<(Purpose, Condition)> {
    let of = |purpose: Purpose, list: Vec<Condition>| list.into_iter().map(move |c| (purpose, c));
    of(Purpose::Done, done)
        .chain(of(Purpose::Error, error))
        .chain(of(Purpose::Fallback, fallback))
        .collect()
}

fn raw_answer(places: &[Place]) -> Option<RawAnswer> {
    if places.is_empty() {
        return Some(RawAnswer::Any);
    }
    let as_it_is = places.iter().filter(|place| place.path.is_none());
    let names: Vec<String> = as_it_is.filter_map(|place| place.event.clone()).collect();
    (!names.is_empty()).then_some(RawAnswer::Named(names))
}

/// OpenAI's `usage` object is a promise of its own; any other number is the server's own counter.
fn token_source(path: Option<&Path>) -> TokenSource {
    match path {
        Some(path) if path.names("usage") => TokenSource::Usage,
        Some(_) | None => TokenSource::Native,
    }
}

impl Test {
    /// Whether what was found passes.
    pub(super) fn passes(&self, found: &Found<'_>) -> bool {
        match self {
            Test::Truthy => is_truthy(found),
            Test::Equals(value) => is(found, value),
            Test::Differs(value) => !is(found, value),
        }
    }
}

/// Whether it is anything but null, `false`, `0`, `""`, `[]` and `{}`.
pub(super) fn is_truthy(found: &Found<'_>) -> bool {
    match found {
        Found::Null => false,
        Found::Bool(flag) => *flag,
        Found::Number(number) => number.as_f64() != Some(0.0),
        Found::Text(text) => !text.is_empty(),
        Found::Tree(Value::Array(items)) => !items.is_empty(),
        Found::Tree(Value::Object(fields)) => !fields.is_empty(),
        Found::Tree(_) => true,
    }
}

fn is(found: &Found<'_>, value: &Value) -> bool {
    match (found, value) {
        (Found::Null, Value::Null) => true,
        (Found::Bool(a), Value::Bool(b)) => a == b,
        (Found::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Found::Text(a), Value::String(b)) => a == b,
        (Found::Tree(a), b) => *a == b,
        _ => false,
    }
}

//! What the paths of a scenario found in one event.
//!
//! Owns what a value means for each thing that is looked for. Must not know events before it,
//! apart from the sources they told.

use std::time::Duration;

use serde_json::{Number, Value};

use super::interpreter::set_stage;
use super::reading::{Reading, TokenCount, TokenSource};
use super::select::Found;
use super::spec::{ResponseSpec, Role, TokenKind, is_truthy};

/// So many ids of one answer are kept.
const MOST_SOURCES: usize = 1000;
/// Fields of a source that name it, the best first.
const ID_FIELDS: [&str; 8] = [
    "id",
    "document_id",
    "doc_id",
    "chunk_id",
    "file_path",
    "source",
    "title",
    "reference_id",
];

/// The finds of one event; the room is used again for the next.
#[derive(Debug, Default)]
pub(super) struct Finds {
    /// Text of the answer.
    pub(super) answer: String,
    answer_rank: usize,
    /// Text of the reasoning.
    pub(super) reasoning: String,
    reasoning_rank: usize,
    sources: Vec<String>,
    sources_without_id: u64,
    sources_rank: usize,
    met: Vec<bool>,
    /// It tells of a failure.
    pub(super) error: bool,
    /// The number of the surest mark of the end it is.
    pub(super) mark: Option<usize>,
}

impl Finds {
    /// Forgets the event before.
    pub(super) fn begin(&mut self, conditions: usize) {
        self.answer.clear();
        self.answer.shrink_to(super::KEPT_CAPACITY);
        self.reasoning.clear();
        self.reasoning.shrink_to(super::KEPT_CAPACITY);
        self.sources.clear();
        self.sources_without_id = 0;
        (self.answer_rank, self.reasoning_rank) = (usize::MAX, usize::MAX);
        self.sources_rank = usize::MAX;
        self.met.clear();
        self.met.resize(conditions, false);
        self.error = false;
        self.mark = None;
    }

    /// Whether the path of a condition found what it must.
    pub(super) fn met(&self, condition: usize) -> bool {
        self.met.get(condition).copied().unwrap_or(false)
    }

    /// Looks through an event; whether it is JSON. Bytes that are not UTF-8 are no reason to
    /// lose it.
    pub(super) fn select(
        &mut self,
        spec: &ResponseSpec,
        name: &[u8],
        data: &[u8],
        reading: &mut Reading,
    ) -> bool {
        let mut sink = |slot: usize, found: Found<'_>| self.take(spec, name, slot, &found, reading);
        if spec.selector.select(data, &mut sink).is_ok() {
            return true;
        }
        let readable = String::from_utf8_lossy(data);
        let readable = super::repair::without_lone_surrogates(&readable);
        let repaired = readable.as_bytes() != data;
        self.begin(spec.conditions.len());
        let mut sink = |slot: usize, found: Found<'_>| self.take(spec, name, slot, &found, reading);
        if repaired && spec.selector.select(readable.as_bytes(), &mut sink).is_ok() {
            return true;
        }
        // Half a value says nothing.
        self.begin(spec.conditions.len());
        false
    }

    fn take(
        &mut self,
        spec: &ResponseSpec,
        name: &[u8],
        slot: usize,
        found: &Found<'_>,
        reading: &mut Reading,
    ) {
        let wanted = &spec.wanted[slot];
        let elsewhere = |event: &String| event.as_bytes() != name;
        if wanted.event.as_ref().is_some_and(elsewhere) {
            return;
        }
        match &wanted.role {
            Role::Answer(rank) => put(&mut self.answer, &mut self.answer_rank, *rank, found),
            Role::Reasoning(rank) => {
                put(&mut self.reasoning, &mut self.reasoning_rank, *rank, found);
            }
            Role::Sources(rank) => self.source(*rank, found),
            Role::Stage(number) => {
                let (stage, unit) = &spec.stages[*number];
                if let Some(time) = duration(found, *unit) {
                    set_stage(&mut reading.stages, stage, time);
                }
            }
            Role::Tokens(kind, source) => tokens(*kind, *source, found, reading),
            Role::FinishReason => {
                if let Found::Text(reason) = found
                    && !reason.is_empty()
                    && reading.finish_reason.as_deref() != Some(reason)
                {
                    reading.finish_reason = Some(reason.chars().take(40).collect());
                }
            }
            Role::Cache(test) => reading.cache_hit = Some(test.passes(found)),
            Role::Condition(number, test) => self.met[*number] |= test.passes(found),
            Role::Error => self.error |= is_truthy(found),
        }
    }

    /// The data of an event as text of the answer; of a JSON text, what it says.
    pub(super) fn push_raw(&mut self, data: &[u8]) {
        let quoted = data.trim_ascii().starts_with(b"\"");
        match serde_json::from_slice::<String>(data) {
            Ok(text) if quoted => self.answer.push_str(&text),
            Ok(_) | Err(_) => self.answer.push_str(&String::from_utf8_lossy(data)),
        }
    }

    fn source(&mut self, rank: usize, found: &Found<'_>) {
        if rank > self.sources_rank {
            return;
        }
        let nothing = match found {
            Found::Null => true,
            Found::Tree(Value::Array(items)) => items.is_empty(),
            _ => false,
        };
        if nothing {
            return;
        }
        if rank < self.sources_rank {
            self.sources_rank = rank;
            self.sources.clear();
            self.sources_without_id = 0;
        }
        match found {
            Found::Tree(Value::Array(items)) => {
                for item in items {
                    self.one_source(&item.into());
                }
            }
            other => self.one_source(other),
        }
    }

    fn one_source(&mut self, found: &Found<'_>) {
        let of_object = |value: &Value| {
            let found = ID_FIELDS.iter().filter_map(|field| value.get(field));
            found.filter_map(|id| scalar(&id.into())).next()
        };
        let id = match found {
            Found::Tree(value) => of_object(value),
            other => scalar(other),
        };
        match id.filter(|_| self.sources.len() < MOST_SOURCES) {
            Some(id) => self.sources.push(id),
            None => self.sources_without_id += 1,
        }
    }

    /// Adds the event's sources to those of the answer; whether there were any. One that an
    /// earlier event told is the same source once more.
    pub(super) fn take_sources(&mut self, reading: &mut Reading) -> bool {
        let any = !self.sources.is_empty() || self.sources_without_id > 0;
        let known = reading.sources.len();
        for id in self.sources.drain(..) {
            if reading.sources[..known].contains(&id) {
                continue;
            }
            reading.source_count += 1;
            if reading.sources.len() < MOST_SOURCES {
                reading.sources.push(id);
            }
        }
        reading.source_count += self.sources_without_id;
        self.sources_without_id = 0;
        any
    }
}

/// Puts what one of several places found into a text: the first place that has any counts.
fn put(text: &mut String, best: &mut usize, rank: usize, found: &Found<'_>) {
    let nothing = matches!(found, Found::Null | Found::Text(""));
    if rank > *best || nothing {
        return;
    }
    if rank < *best {
        *best = rank;
        text.clear();
    }
    match found {
        Found::Text(found) => text.push_str(found),
        Found::Tree(Value::Array(items)) => {
            // The parts of a message: texts, or objects that hold one.
            for item in items {
                let part = item.as_str().or_else(|| item.get("text")?.as_str());
                text.push_str(part.unwrap_or_default());
            }
        }
        Found::Tree(value) => text.push_str(&value.to_string()),
        other => text.push_str(&scalar(other).unwrap_or_default()),
    }
}

fn scalar(found: &Found<'_>) -> Option<String> {
    match found {
        Found::Text("") | Found::Null | Found::Tree(_) => None,
        Found::Text(text) => Some((*text).to_owned()),
        Found::Number(number) => Some(number.to_string()),
        Found::Bool(flag) => Some(flag.to_string()),
    }
}

/// A number, also where it is written as a text.
fn number(found: &Found<'_>) -> Option<Number> {
    match found {
        Found::Number(number) => Some(number.clone()),
        Found::Text(text) => text.trim().parse().ok(),
        Found::Null | Found::Bool(_) | Found::Tree(_) => None,
    }
}

fn duration(found: &Found<'_>, unit: Duration) -> Option<Duration> {
    let count = number(found)?.as_f64().filter(|count| *count >= 0.0)?;
    Duration::try_from_secs_f64(count * unit.as_secs_f64()).ok()
}

fn tokens(kind: TokenKind, source: TokenSource, found: &Found<'_>, reading: &mut Reading) {
    let Some(count) = number(found).and_then(|number| number.as_u64()) else {
        return;
    };
    let usage = &mut reading.usage;
    let known = match kind {
        TokenKind::Prompt => &mut usage.prompt,
        TokenKind::Output => &mut usage.output,
        TokenKind::Cached => &mut usage.cached,
    };
    // Counts grow while a stream runs; a more trusted counter is not overruled.
    if known.is_none_or(|known| source <= known.source) {
        *known = Some(TokenCount { count, source });
    }
}

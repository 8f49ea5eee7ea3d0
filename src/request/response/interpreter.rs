//! What the pieces of an answer mean.
//!
//! Owns the rules: what counts as text, sources, the mark of the end, a failure. Must not know
//! how bytes become pieces.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use crate::model::Offset;

use super::assembly::Assembly;
use super::finds::Finds;
use super::framing::Piece;
use super::reading::{Completion, Reading, Truncation};
use super::server_timing::server_timing;
use super::spec::{Purpose, RawAnswer, ResponseSpec};
use super::stream_error::StreamError;

/// So many stages of one answer are kept.
const MOST_STAGES: usize = 64;
/// The mark that OpenAI's streams end with, known whether a scenario declares it or not.
const DONE: &[u8] = b"[DONE]";
/// What the standard calls an event without a name.
const UNNAMED: &[u8] = b"message";

/// An event as it is looked at.
struct Event<'e> {
    at: Offset,
    /// Its name, that of the standard where it has none.
    name: &'e [u8],
    /// Its data without the blanks around it.
    data: &'e [u8],
    /// Its data, in which the blanks of a text count.
    whole: &'e [u8],
}

/// Reads the pieces of one answer after the other into [`Reading`]s.
#[derive(Debug, Default)]
pub(super) struct Interpreter {
    reading: Reading,
    assembly: Assembly,
    finds: Finds,
    /// The number of the surest mark seen of those declared.
    marker: Option<usize>,
    /// Some mark was seen: no text counts any more.
    is_done: bool,
}

impl Interpreter {
    /// Forgets the answer before and starts another. `keeps_text`: its text is wanted whole.
    pub(super) fn begin(&mut self, spec: &ResponseSpec, keeps_text: bool) {
        let reading = &mut self.reading;
        let room = reading.answer.take();
        let mut gaps = std::mem::take(&mut reading.gaps);
        let mut sources = std::mem::take(&mut reading.sources);
        let mut stages = std::mem::take(&mut reading.stages);
        gaps.clear();
        sources.clear();
        stages.clear();
        *reading = Reading {
            gaps,
            sources,
            stages,
            ..Reading::default()
        };
        self.assembly.begin(spec.mode, keeps_text, room);
        self.marker = None;
        self.is_done = false;
    }

    pub(super) fn reading(&self) -> &Reading {
        &self.reading
    }

    pub(super) fn reading_mut(&mut self) -> &mut Reading {
        &mut self.reading
    }

    /// Whether the surest mark was seen: nothing worth waiting for can follow.
    pub(super) fn is_over(&self) -> bool {
        self.marker == Some(0) || self.reading.error.is_some()
    }

    /// The headers, or the trailers.
    pub(super) fn headers(&mut self, spec: &ResponseSpec, headers: &HeaderMap) {
        if spec.server_timing {
            let stages = &mut self.reading.stages;
            server_timing(headers, |name, time| set_stage(stages, name, time));
        }
        if let Some((name, hit)) = &spec.cache_header
            && let Some(value) = headers.get(name)
        {
            let value = String::from_utf8_lossy(value.as_bytes());
            self.reading.cache_hit = Some(hit.is_match(&value));
        }
    }

    /// The next piece.
    pub(super) fn piece(&mut self, spec: &ResponseSpec, at: Offset, piece: Piece<'_>) {
        match piece {
            Piece::Event { name, data } => self.event(spec, at, name, data),
            Piece::Text(text) => {
                self.reading.first_event_at.get_or_insert(at);
                self.assembly.is_cut_by_chance();
                self.text(at, text);
            }
            Piece::KeepAlive => self.reading.keep_alives += 1,
            Piece::Dropped => {
                self.reading.events += 1;
                self.reading.malformed += 1;
            }
        }
    }

    fn event(&mut self, spec: &ResponseSpec, at: Offset, name: &[u8], data: &[u8]) {
        self.reading.events += 1;
        self.reading.first_event_at.get_or_insert(at);
        let name = name.trim_ascii();
        let event = Event {
            at,
            name: if name.is_empty() { UNNAMED } else { name },
            data: data.trim_ascii(),
            whole: data,
        };
        if event.data == DONE || event.name == DONE {
            self.mark(at, known_mark(spec));
            return;
        }
        self.select(spec, &event);
        self.conditions(spec, &event);
        if self.finds.take_sources(&mut self.reading) {
            self.reading.sources_at.get_or_insert(at);
        }
        if self.finds.error && self.reading.error.is_none() {
            self.reading.error = Some(StreamError::of(event.data));
        }
        if !self.is_done {
            self.content(spec, &event);
        }
        if let Some(mark) = self.finds.mark {
            self.mark(at, mark);
        }
    }

    /// Follows the paths of the scenario through the event.
    fn select(&mut self, spec: &ResponseSpec, event: &Event<'_>) {
        self.finds.begin(spec.conditions.len());
        // The only thing to find in text is a failure, which is an object.
        let worth_a_look = spec.reads_json || event.data.starts_with(b"{");
        if !worth_a_look || event.data.is_empty() {
            return;
        }
        let is_json = self
            .finds
            .select(spec, event.name, event.data, &mut self.reading);
        if !is_json && spec.reads_json {
            self.reading.malformed += 1;
        }
    }

    /// Judges what the scenario says an event can be.
    fn conditions(&mut self, spec: &ResponseSpec, event: &Event<'_>) {
        for (number, (purpose, condition)) in spec.conditions.iter().enumerate() {
            let same = |wanted: &Option<String>, found: &[u8]| {
                wanted.as_ref().is_none_or(|text| text.as_bytes() == found)
            };
            let holds = !condition.is_empty()
                && same(&condition.event, event.name)
                && same(&condition.data, event.data)
                && (condition.path.is_none() || self.finds.met(number));
            if !holds {
                continue;
            }
            match purpose {
                Purpose::Done => {
                    self.finds.mark.get_or_insert(number);
                }
                Purpose::Error => self.finds.error = true,
                Purpose::Fallback => self.reading.is_fallback = true,
            }
        }
    }

    /// Takes the text of an event, of the reasoning and of the answer.
    fn content(&mut self, spec: &ResponseSpec, event: &Event<'_>) {
        if !self.finds.reasoning.is_empty() {
            self.reading.reasoning_chunks += 1;
            self.reading.first_reasoning_at.get_or_insert(event.at);
        }
        let says_something_else = self.finds.error || self.finds.mark.is_some();
        let is_answer = match &spec.raw_answer {
            Some(_) if says_something_else => false,
            Some(RawAnswer::Any) => !spec.claims(event.name),
            Some(RawAnswer::Named(names)) => names.iter().any(|own| own.as_bytes() == event.name),
            None => false,
        };
        if is_answer && self.finds.answer.is_empty() {
            self.finds.push_raw(event.whole);
        }
        let text = std::mem::take(&mut self.finds.answer);
        self.text(event.at, &text);
        self.finds.answer = text;
    }

    /// Takes some text of the answer.
    fn text(&mut self, at: Offset, text: &str) {
        if !self.assembly.take(text) {
            return;
        }
        let reading = &mut self.reading;
        if let Some(before) = reading.last_token_at {
            reading.gaps.push(at.since(before));
            reading.bundled += u64::from(before == at);
        }
        reading.chunks += 1;
        reading.first_token_at.get_or_insert(at);
        reading.last_token_at = Some(at);
    }

    /// A mark of a complete answer: a surer one than before moves its end.
    fn mark(&mut self, at: Offset, number: usize) {
        if !self.is_done || self.marker.is_some_and(|before| number < before) {
            self.reading.completed_at = Some(at);
            self.marker = Some(number);
        }
        self.is_done = true;
    }

    /// The end of the pieces: `missing` says what shows that some did not come, which a mark of
    /// the end outweighs.
    pub(super) fn finish(&mut self, at: Offset, missing: Option<Truncation>) {
        self.assembly.finish();
        let reading = &mut self.reading;
        reading.answer_chars = self.assembly.chars();
        reading.has_answer = self.assembly.is_visible();
        reading.answer = self.assembly.take_text();
        reading.completion = match missing {
            _ if reading.error.is_some() => Completion::Failed,
            Some(missing) if !self.is_done => Completion::Truncated(missing),
            Some(_) | None => Completion::Complete,
        };
        if reading.completion == Completion::Complete {
            reading.completed_at.get_or_insert(at);
        }
    }

    /// Whether the text of the answer is wanted.
    pub(super) fn keeps_text(&self) -> bool {
        self.assembly.keeps_text()
    }
}

/// The number of the declared mark that `[DONE]` is, else one after all of them.
fn known_mark(spec: &ResponseSpec) -> usize {
    let is_it = |(_, condition): &(Purpose, super::parts::Condition)| {
        condition.data.as_deref() == Some("[DONE]") || condition.event.as_deref() == Some("[DONE]")
    };
    let declared = spec.conditions.iter().position(is_it);
    declared.unwrap_or(if spec.is_marked { usize::MAX } else { 0 })
}

/// Sets the time of a stage: what is told later is nearer to the truth.
pub(super) fn set_stage(stages: &mut Vec<(Arc<str>, Duration)>, name: &str, time: Duration) {
    if let Some((_, known)) = stages.iter_mut().find(|(known, _)| &**known == name) {
        *known = time;
    } else if stages.len() < MOST_STAGES {
        stages.push((name.into(), time));
    }
}

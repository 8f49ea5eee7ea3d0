//! What was read in a declared answer, so that people see whether their paths found what they
//! meant.
//!
//! Must not know how an answer is read.

use crate::model::Offset;
use crate::model::units::{format_count, format_time};
use crate::output::figures::percent;
use crate::output::verdict::Tone;
use crate::request::response::checks::Judgement;
use crate::request::response::reading::{TokenCount, Truncation};
use crate::request::response::unfound::{UNNAMED, Unfound};
use crate::request::response::{Completion, Reading};

use super::{Bodies, Transcript, line};

/// Ids of sources that are shown.
const SOURCES: usize = 10;

/// A declared answer that was read.
pub struct ReadAnswer<'a> {
    /// What was found.
    pub reading: &'a Reading,
    /// When it was asked for.
    pub sent: Offset,
    /// How it did, its failure left out.
    pub judged: &'a Judgement,
    /// Whether it failed.
    pub failed: bool,
    /// The ids each comparison with labels expects.
    pub expected: &'a [Vec<String>],
    /// What was looked for in vain.
    pub unfound: &'a [Unfound],
}

impl Transcript {
    /// What was read in a declared answer, a line for each part of it.
    pub fn declared(&mut self, read: &ReadAnswer<'_>) -> String {
        let mut out = String::new();
        for (name, text) in [
            ("answer", self.answer_text(read.reading)),
            ("sources", self.sources(read)),
            ("stages", self.stages(read.reading)),
            ("tokens", tokens(read.reading)),
            ("times", times(read)),
            ("ended", self.ended(read.reading)),
        ] {
            if !text.is_empty() {
                let text = self.style.spelt(&text);
                line(&mut out, format_args!("  {name:<8} {text}"));
            }
        }
        self.judged(&mut out, read);
        for unfound in read.unfound {
            let hint = self.faint(&format!("({})", self.text(&hint(unfound))));
            line(&mut out, format_args!("  {hint}"));
        }
        out
    }

    fn answer_text(&mut self, reading: &Reading) -> String {
        let count = reading.answer_chars;
        let characters = if count == 1 {
            "character"
        } else {
            "characters"
        };
        let size = format!("{} {characters}", format_count(count));
        match &reading.answer {
            Some(text) if reading.has_answer => {
                let text = self.veil.pairs(text);
                let text = match self.bodies {
                    Bodies::Whole => self.text(&text),
                    Bodies::Short => self.value(&text),
                };
                format!("{size}: {text}")
            }
            Some(_) if count > 0 => format!("{size}, all of them blanks"),
            Some(_) => "empty".to_owned(),
            None => format!("{size}, too many to be kept"),
        }
    }

    fn sources(&mut self, read: &ReadAnswer<'_>) -> String {
        let reading = read.reading;
        let mut parts = Vec::new();
        if reading.source_count > 0 {
            let ids = self.ids(&reading.sources);
            parts.push(format!("{}: {ids}", reading.source_count));
        }
        let expected: Vec<String> = read.expected.iter().flatten().cloned().collect();
        if !expected.is_empty() {
            parts.push(format!("expected {}", self.ids(&expected)));
        }
        for found in read.judged.retrieval.iter().flatten() {
            parts.push(format!("recall {}", percent(found.recall)));
        }
        parts.join("; ")
    }

    fn ids(&mut self, ids: &[String]) -> String {
        let mut shown: Vec<&str> = ids.iter().take(SOURCES).map(String::as_str).collect();
        if ids.len() > SOURCES {
            shown.push("…");
        }
        let text = self.veil.pairs(&shown.join(", "));
        self.value(&text)
    }

    fn stages(&self, reading: &Reading) -> String {
        let stages = reading.stages.iter();
        let stages = stages.map(|(name, time)| format!("{name} {}", format_time(*time)));
        self.value(&stages.collect::<Vec<_>>().join(", "))
    }

    fn ended(&self, reading: &Reading) -> String {
        let missing = match reading.completion {
            Completion::Complete => "complete",
            Completion::Failed => "with an error within",
            Completion::Truncated(Truncation::NoMarker) => "without its end mark",
            Completion::Truncated(Truncation::Unfinished) => "in the middle of an event",
            Completion::Truncated(Truncation::Broken) | Completion::Open => "broken off",
        };
        let mut parts = vec![missing.to_owned()];
        if let Some(reason) = &reading.finish_reason {
            parts.push(format!("finish reason {}", self.value(reason)));
        }
        if let Some(hit) = reading.cache_hit {
            parts.push(if hit { "cache hit" } else { "cache miss" }.to_owned());
        }
        parts.push(format!("read as {}", reading.format));
        if reading.events > 0 {
            parts.push(counted(reading.events));
        }
        if reading.format.is_stream() && reading.events > 0 {
            parts.push(format!("{} with text", format_count(reading.chunks)));
        }
        if let Some(mismatch) = &reading.mismatch {
            parts.push(self.text(&mismatch.to_string()));
        }
        parts.join(", ")
    }

    fn judged(&self, out: &mut String, read: &ReadAnswer<'_>) {
        let (tone, text) = match &read.judged.degraded {
            Some(why) => (Tone::Open, format!("degraded: {}", self.text(why))),
            None if read.failed => return,
            None => (Tone::Good, "the answer meets its checks".to_owned()),
        };
        line(out, format_args!("  {} {text}", self.style.mark(tone)));
    }
}

fn tokens(reading: &Reading) -> String {
    let shown = |(name, tokens): (&str, Option<TokenCount>)| {
        let TokenCount { count, source } = tokens?;
        Some(format!("{name} {count} ({})", source.name()))
    };
    let all = [
        ("output", reading.output_tokens()),
        ("prompt", reading.usage.prompt),
        ("cached", reading.usage.cached),
    ];
    all.into_iter()
        .filter_map(shown)
        .collect::<Vec<_>>()
        .join(", ")
}

fn times(read: &ReadAnswer<'_>) -> String {
    let times = read.reading.since(read.sent);
    let per_token = read.reading.time_per_output_token();
    let all = [
        ("first event", times.first_event),
        ("sources", times.sources),
        ("first reasoning", times.first_reasoning),
        ("first token", times.first_token),
        ("per token", per_token.map(|(time, _)| time)),
        ("complete", times.completed),
    ];
    let shown = all.into_iter().filter_map(|(name, time)| {
        let time = format_time(time?);
        Some(format!("{name} {time}"))
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn counted(events: u64) -> String {
    let s = if events == 1 { "" } else { "s" };
    format!("{} event{s}", format_count(events))
}

/// Why nothing was found, as far as can be seen.
fn hint(unfound: &Unfound) -> String {
    let places = unfound.places.iter().map(|(path, event)| match event {
        Some(event) => format!("{path} of `{event}`"),
        None => path.clone(),
    });
    let places: Vec<String> = places.collect();
    let what = format!("`response.{}` {}", unfound.key, places.join(" or "));
    if unfound.events > 0 {
        let (events, keys) = (counted(unfound.events), unfound.keys.join(", "));
        let keys = if keys.is_empty() { "none" } else { &keys };
        return format!("{what} found nothing in {events}; top-level keys seen: {keys}");
    }
    if unfound.names.is_empty() {
        return format!("{what} found nothing: nothing that came is JSON");
    }
    if unfound.names == [UNNAMED] {
        return format!("{what} found nothing: nothing that came has a name");
    }
    let names = unfound.names.join(", ");
    format!("{what} found nothing: no event of that name came, but {names}")
}

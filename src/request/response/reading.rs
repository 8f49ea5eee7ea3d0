//! What an answer was: its text, times, sources, stages, tokens, and whether it is whole.
//!
//! Owns the facts and the figures that follow from one answer alone. What is not known is none,
//! never zero. Must not know how the facts were found.

use std::sync::Arc;
use std::time::Duration;

use crate::model::Offset;

use super::format::{Format, Mismatch};
use super::gaps::Gaps;
use super::stream_error::StreamError;

/// Pieces that came faster than this, on average, lay ready before they were sent, in a cache or
/// a proxy: nothing writes so fast, and how far apart they came says nothing of who wrote them.
const LAY_READY: Duration = Duration::from_micros(100);

/// Everything known of one answer. Times are moments of the run: the figures of
/// [`Reading::since`] count them from where a request began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// What the answer is made of.
    pub format: Format,
    /// Whether that is not what was declared or what the server says.
    pub mismatch: Option<Mismatch>,
    /// The first byte of the body.
    pub first_byte_at: Option<Offset>,
    /// The first complete event, whatever it held; comments are none.
    pub first_event_at: Option<Offset>,
    /// The first event that held sources.
    pub sources_at: Option<Offset>,
    /// The first event that held text of the reasoning.
    pub first_reasoning_at: Option<Offset>,
    /// The first event that held text of the answer.
    pub first_token_at: Option<Offset>,
    /// The last event that held text of the answer.
    pub last_token_at: Option<Offset>,
    /// The mark of a complete answer, or its end where none is declared.
    pub completed_at: Option<Offset>,
    /// The last sign of life: any bytes, comments too.
    pub active_at: Option<Offset>,
    /// Times between events with text of the answer.
    pub gaps: Gaps,
    /// Events and JSON values, whatever they held.
    pub events: u64,
    /// Events that held text of the answer. Of plain text: reads that did.
    pub chunks: u64,
    /// Events with text that came with the one before: their gap is zero for that reason.
    pub bundled: u64,
    /// Events that held text of the reasoning.
    pub reasoning_chunks: u64,
    /// Comments: signs of life without content.
    pub keep_alives: u64,
    /// Events that are not JSON where JSON was looked for, or too long.
    pub malformed: u64,
    /// The answer, where the reader was told to keep it and it was not too long.
    pub answer: Option<String>,
    /// Characters of the answer.
    pub answer_chars: u64,
    /// Whether the answer is more than blanks.
    pub has_answer: bool,
    /// Ids of the sources, best first as the service gave them.
    pub sources: Vec<String>,
    /// Sources, those without an id and those too many to be kept included.
    pub source_count: u64,
    /// How long the service says each stage took.
    pub stages: Vec<(Arc<str>, Duration)>,
    /// Tokens the service counted.
    pub usage: Usage,
    /// Why the model stopped, in the service's word: `stop`, `length`.
    pub finish_reason: Option<String>,
    /// Whether it came out of a cache; none where nothing tells.
    pub cache_hit: Option<bool>,
    /// Whether the service calls it a canned reply.
    pub is_fallback: bool,
    /// Whether it is whole.
    pub completion: Completion,
    /// The failure it told of within itself.
    pub error: Option<StreamError>,
}

/// Whether an answer is whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Completion {
    /// It is still arriving.
    #[default]
    Open,
    /// It is whole.
    Complete,
    /// A part of it is missing.
    Truncated(Truncation),
    /// It tells of a failure: see [`Reading::error`].
    Failed,
}

/// What shows that a part is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truncation {
    /// It ended without the mark of a complete answer.
    NoMarker,
    /// It ended within an event or a value.
    Unfinished,
    /// The connection broke.
    Broken,
}

/// Tokens the service counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt: Option<TokenCount>,
    /// Tokens of the answer.
    pub output: Option<TokenCount>,
    /// Tokens of the prompt that came out of a cache. Absent is not zero: many servers tell it
    /// only when asked.
    pub cached: Option<TokenCount>,
}

/// A number of tokens and who counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenCount {
    /// How many.
    pub count: u64,
    /// Who counted.
    pub source: TokenSource,
}

/// Who counted tokens, the most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenSource {
    /// The service, in a `usage` object.
    Usage,
    /// The service, in a counter of its own.
    Native,
    /// Nobody: each event with text counts as one.
    Chunks,
    /// Nobody: four characters count as one.
    Chars,
}

impl TokenSource {
    /// Its name in outputs: `usage`, `native`, `chunks`, `chars÷4`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TokenSource::Usage => "usage",
            TokenSource::Native => "native",
            TokenSource::Chunks => "chunks",
            TokenSource::Chars => "chars÷4",
        }
    }
}

/// Times of one answer counted from one moment; see [`Reading::since`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Time to the first byte of the body (TTFB).
    pub first_byte: Option<Duration>,
    /// Time to the first event of any kind.
    pub first_event: Option<Duration>,
    /// Time to the first sources.
    pub sources: Option<Duration>,
    /// Time to the first text of the reasoning (TTFR).
    pub first_reasoning: Option<Duration>,
    /// Time to the first text of the answer (TTFT).
    pub first_token: Option<Duration>,
    /// Time to the mark of a complete answer, or to its end.
    pub completed: Option<Duration>,
    /// Part of the time to the first token that no stage accounts for; none without stages, and
    /// where they take longer, since then they go on after it.
    pub unaccounted: Option<Duration>,
}

impl Reading {
    /// The times counted from `start`: from when the request was sent, or from when it was due.
    #[must_use]
    pub fn since(&self, start: Offset) -> Times {
        let since = |at: Option<Offset>| at.map(|at| at.since(start));
        let first_token = since(self.first_token_at);
        let accounted: Duration = self.stages.iter().map(|(_, time)| *time).sum();
        Times {
            first_byte: since(self.first_byte_at),
            first_event: since(self.first_event_at),
            sources: since(self.sources_at),
            first_reasoning: since(self.first_reasoning_at),
            first_token,
            completed: since(self.completed_at),
            unaccounted: first_token
                .filter(|_| !self.stages.is_empty())
                .and_then(|time| time.checked_sub(accounted)),
        }
    }

    /// Time from the first to the last text of the answer; none for an answer that came at once,
    /// in one piece or in a burst of pieces that lay ready.
    #[must_use]
    pub fn generation_time(&self) -> Option<Duration> {
        let time = self.last_token_at?.since(self.first_token_at?);
        let gaps = u32::try_from(self.chunks.checked_sub(1)?).ok()?;
        (gaps > 0 && time >= LAY_READY * gaps).then_some(time)
    }

    /// Tokens of the answer by the most trusted count there is; none without an answer.
    #[must_use]
    pub fn output_tokens(&self) -> Option<TokenCount> {
        let estimate = |count: u64, source| (count > 0).then_some(TokenCount { count, source });
        let by_chunks = if self.format.is_stream() {
            self.chunks
        } else {
            0
        };
        self.usage
            .output
            .or_else(|| estimate(by_chunks, TokenSource::Chunks))
            .or_else(|| estimate(self.answer_chars.div_ceil(4), TokenSource::Chars))
    }

    /// Time per output token after the first (TPOT): `(last − first) / (tokens − 1)`; none for
    /// fewer than two tokens and for an answer that came at once. With who counted the tokens.
    #[must_use]
    pub fn time_per_output_token(&self) -> Option<(Duration, TokenSource)> {
        let tokens = self.output_tokens()?;
        let steps = tokens.count.checked_sub(1).filter(|steps| *steps > 0)?;
        let steps = u32::try_from(steps).ok()?;
        Some((self.generation_time()? / steps, tokens.source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Reading {
        Reading {
            format: Format::Sse,
            first_token_at: Some(Offset::from_millis(1500)),
            last_token_at: Some(Offset::from_millis(2500)),
            chunks: 11,
            answer_chars: 90,
            stages: vec![("retrieval".into(), Duration::from_millis(120))],
            ..Reading::default()
        }
    }

    #[test]
    fn times_count_from_where_the_request_began() {
        let times = stream().since(Offset::from_millis(1000));
        assert_eq!(times.first_token, Some(Duration::from_millis(500)));
        assert_eq!(times.unaccounted, Some(Duration::from_millis(380)));
        assert_eq!(times.first_reasoning, None);
        let mut other_stages = stream();
        other_stages.stages[0].1 = Duration::from_secs(2);
        assert_eq!(other_stages.since(Offset::ZERO).unaccounted, None);
        other_stages.stages.clear();
        assert_eq!(other_stages.since(Offset::ZERO).unaccounted, None);
    }

    #[test]
    fn an_answer_that_came_at_once_has_no_speed() {
        let mut burst = stream();
        for micros in [0, 999] {
            burst.last_token_at = Some(Offset::from_millis(1500) + Duration::from_micros(micros));
            assert_eq!(burst.generation_time(), None, "{micros} µs");
            assert_eq!(burst.time_per_output_token(), None, "{micros} µs");
        }
        // As fast as that, but written: ten gaps of the shortest that count.
        burst.last_token_at = Some(Offset::from_millis(1501));
        let per_token = Some((Duration::from_micros(100), TokenSource::Chunks));
        assert_eq!(burst.time_per_output_token(), per_token);
        // One gap counts, however much came at once after it: a proxy held the rest back.
        burst.last_token_at = Some(Offset::from_millis(3500));
        assert_eq!(burst.generation_time(), Some(Duration::from_secs(2)));
        burst.chunks = 1;
        assert_eq!(burst.generation_time(), None);
    }

    #[test]
    fn tokens_are_those_of_the_most_trusted_count() {
        let mut reading = stream();
        let chunks = reading.output_tokens().unwrap();
        assert_eq!((chunks.count, chunks.source), (11, TokenSource::Chunks));
        let per_token = Some((Duration::from_millis(100), TokenSource::Chunks));
        assert_eq!(reading.time_per_output_token(), per_token);
        let counted = |count| {
            Some(TokenCount {
                count,
                source: TokenSource::Usage,
            })
        };
        reading.usage.output = counted(21);
        let per_token = Some((Duration::from_millis(50), TokenSource::Usage));
        assert_eq!(reading.time_per_output_token(), per_token);
        // One token takes no time after the first: that is no figure, and not zero.
        reading.usage.output = counted(1);
        assert_eq!(reading.time_per_output_token(), None);
        let text = Reading {
            answer_chars: 90,
            chunks: 3,
            format: Format::Text,
            ..Reading::default()
        };
        let chars = text.output_tokens().unwrap();
        assert_eq!((chars.count, chars.source), (23, TokenSource::Chars));
        assert_eq!(Reading::default().output_tokens(), None);
    }
}

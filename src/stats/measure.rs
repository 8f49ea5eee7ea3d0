//! What is measured of a request beside its response time: phases of the exchange, moments of a
//! streamed answer, sizes.
//!
//! Owns their names and units. Must not know how they are measured or shown.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Something of which each request may have one value (of gaps: several).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Time before anything was done (k6: blocked).
    Blocked,
    /// Name resolution.
    Dns,
    /// The TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Handing over the request.
    Sending,
    /// From then to the head of the answer.
    Waiting,
    /// From then to the last byte.
    Receiving,
    /// From sent to the first byte of the body.
    FirstByte,
    /// From sent to the first event of a stream, of whatever kind.
    FirstEvent,
    /// From sent to the event that carries the sources.
    Sources,
    /// From sent to the first text of the answer.
    Ttft,
    /// From sent to the first text of the reasoning.
    Ttfr,
    /// Time per output token after the first one: one value per request.
    Tpot,
    /// From one piece of the answer to the next: of all requests together.
    Gap,
    /// The longest of these gaps in a request.
    Stall,
    /// What the service's own stages leave unaccounted for.
    Unaccounted,
    /// Output tokens per second of one user after the first token, in thousandths.
    TokenRate,
    /// Output tokens.
    OutputTokens,
    /// Characters of the answer.
    AnswerLength,
    /// Sources given.
    SourceCount,
    /// Response time of answers out of a cache.
    HitTime,
    /// Response time of answers not out of a cache.
    MissTime,
    /// Time to the first text of answers out of a cache.
    HitTtft,
    /// Time to the first text of answers not out of a cache.
    MissTtft,
    /// A stage of the service's own, by its name.
    Stage(Arc<str>),
}

/// What the values of a measure are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds.
    Time,
    /// Something counted.
    Count,
    /// Thousandths of something per second.
    Rate,
}

impl Unit {
    /// How many of it make one in base units: seconds, things, things per second.
    #[must_use]
    pub fn scale(self) -> f64 {
        match self {
            Unit::Time => 1e6,
            Unit::Count => 1.0,
            Unit::Rate => 1e3,
        }
    }
}

impl Measure {
    /// All that have a name of their own, in the order of their variants.
    pub const FIXED: [Measure; 24] = [
        Measure::Blocked,
        Measure::Dns,
        Measure::Connect,
        Measure::Tls,
        Measure::Sending,
        Measure::Waiting,
        Measure::Receiving,
        Measure::FirstByte,
        Measure::FirstEvent,
        Measure::Sources,
        Measure::Ttft,
        Measure::Ttfr,
        Measure::Tpot,
        Measure::Gap,
        Measure::Stall,
        Measure::Unaccounted,
        Measure::TokenRate,
        Measure::OutputTokens,
        Measure::AnswerLength,
        Measure::SourceCount,
        Measure::HitTime,
        Measure::MissTime,
        Measure::HitTtft,
        Measure::MissTtft,
    ];

    /// The phases of an exchange, in the order they happen.
    pub const PHASES: [Measure; 7] = [
        Measure::Blocked,
        Measure::Dns,
        Measure::Connect,
        Measure::Tls,
        Measure::Sending,
        Measure::Waiting,
        Measure::Receiving,
    ];

    /// Its place in [`Measure::FIXED`]; none for a stage.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        Some(match self {
            Measure::Blocked => 0,
            Measure::Dns => 1,
            Measure::Connect => 2,
            Measure::Tls => 3,
            Measure::Sending => 4,
            Measure::Waiting => 5,
            Measure::Receiving => 6,
            Measure::FirstByte => 7,
            Measure::FirstEvent => 8,
            Measure::Sources => 9,
            Measure::Ttft => 10,
            Measure::Ttfr => 11,
            Measure::Tpot => 12,
            Measure::Gap => 13,
            Measure::Stall => 14,
            Measure::Unaccounted => 15,
            Measure::TokenRate => 16,
            Measure::OutputTokens => 17,
            Measure::AnswerLength => 18,
            Measure::SourceCount => 19,
            Measure::HitTime => 20,
            Measure::MissTime => 21,
            Measure::HitTtft => 22,
            Measure::MissTtft => 23,
            Measure::Stage(_) => return None,
        })
    }

    /// What its values are.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match self {
            Measure::TokenRate => Unit::Rate,
            Measure::OutputTokens | Measure::AnswerLength | Measure::SourceCount => Unit::Count,
            _ => Unit::Time,
        }
    }

    /// Its name in files; of a stage `stage:` and the stage's name.
    fn name(&self) -> &str {
        match self {
            Measure::Blocked => "blocked",
            Measure::Dns => "dns",
            Measure::Connect => "connect",
            Measure::Tls => "tls",
            Measure::Sending => "sending",
            Measure::Waiting => "waiting",
            Measure::Receiving => "receiving",
            Measure::FirstByte => "ttfb",
            Measure::FirstEvent => "time_to_first_event",
            Measure::Sources => "time_to_sources",
            Measure::Ttft => "ttft",
            Measure::Ttfr => "ttfr",
            Measure::Tpot => "tpot",
            Measure::Gap => "inter_chunk_gap",
            Measure::Stall => "longest_stall",
            Measure::Unaccounted => "unaccounted",
            Measure::TokenRate => "output_tokens_per_second",
            Measure::OutputTokens => "output_tokens",
            Measure::AnswerLength => "answer_length",
            Measure::SourceCount => "source_count",
            Measure::HitTime => "cache_hit_time",
            Measure::MissTime => "cache_miss_time",
            Measure::HitTtft => "cache_hit_ttft",
            Measure::MissTtft => "cache_miss_ttft",
            Measure::Stage(name) => name,
        }
    }

    /// The measure of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Measure> {
        if let Some(stage) = name.strip_prefix("stage:") {
            return Some(Measure::Stage(stage.into()));
        }
        Measure::FIXED
            .into_iter()
            .find(|known| known.name() == name)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Measure::Stage(_) = self {
            f.write_str("stage:")?;
        }
        f.write_str(self.name())
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let name = String::deserialize(source)?;
        Measure::named(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("no measure is called {name:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_name_and_a_place_of_its_own() {
        for (index, measure) in Measure::FIXED.iter().enumerate() {
            assert_eq!(measure.index(), Some(index));
            assert_eq!(Measure::named(&measure.to_string()).as_ref(), Some(measure));
        }
        let stage = Measure::Stage("ttft".into());
        assert_eq!(Measure::named(&stage.to_string()), Some(stage));
        assert_eq!(Measure::named("nothing"), None);
    }
}

//! What a declared answer must be to count as a success, and when it counts as degraded.
//!
//! Owns the words of these checks' failures: like those of [`Expect`](crate::request::Expect)
//! they hold nothing that differs from request to request. Must not know how an answer was read.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use crate::model::{Failure, FailureKind};
use crate::request::{Scope, Template, TemplateError};

use super::fallback::{fallback_phrase, known_phrases};
use super::reading::{Completion, Reading, Truncation};
use super::retrieval::Retrieval;

/// What is expected of a declared answer. The default is that of every request with `response`.
#[derive(Clone, Debug)]
pub struct AnswerChecks {
    /// It must hold more than blanks.
    pub non_empty: bool,
    /// It must be whole.
    pub complete: bool,
    /// It must name at least so many sources.
    pub min_sources: Option<u64>,
    /// Texts it must hold.
    pub contains: Vec<String>,
    /// Patterns it must match.
    pub matches: Vec<Regex>,
    /// What a reply without an answer counts as.
    pub fallback: Fallback,
    /// Comparisons of its sources with labels.
    pub retrieval: Vec<RetrievalCheck>,
}

impl Default for AnswerChecks {
    fn default() -> Self {
        AnswerChecks {
            non_empty: true,
            complete: true,
            min_sources: None,
            contains: Vec::new(),
            matches: Vec::new(),
            fallback: Fallback::default(),
            retrieval: Vec::new(),
        }
    }
}

/// What a reply without an answer counts as, and how it is known.
#[derive(Clone, Debug, Default)]
pub struct Fallback {
    /// What it counts as.
    pub level: FallbackLevel,
    /// Phrases that give it away; none: the known ones.
    pub phrases: Option<Vec<Regex>>,
}

/// What a reply without an answer counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FallbackLevel {
    /// Apart from failures.
    #[default]
    Degraded,
    /// As a failure.
    Failed,
    /// As any other answer.
    Off,
}

/// One comparison of sources with labels.
#[derive(Clone, Debug)]
pub struct RetrievalCheck {
    /// So many sources are looked at.
    pub k: usize,
    /// What must hold.
    pub must: RetrievalMust,
    /// The expected ids: texts, or templates that give texts or lists.
    pub expected: Vec<Template>,
}

/// What must hold of sources compared with labels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RetrievalMust {
    /// Recall of at least this share; none: it is only measured.
    Recall(Option<f64>),
    /// At least one hit.
    Hit,
}

/// How an answer did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// Why it counts as failed.
    pub failure: Option<Failure>,
    /// Why it counts as degraded; only where it did not fail.
    pub degraded: Option<String>,
    /// How its sources compare with the labels, for each comparison; none without a label.
    pub retrieval: Vec<Option<Retrieval>>,
}

/// Reasons to stop that leave an answer unusable.
const BROKEN_OFF: [&str; 5] = [
    "error",
    "error_toxic",
    "content_filter",
    "refusal",
    "safety",
];
/// Reasons to stop that leave it short.
const CUT_SHORT: [&str; 4] = ["length", "max_tokens", "max_output_tokens", "model_length"];

/// What is missing where a connection ended before the answer did.
const BROKE: &str = "the connection broke";

/// The failure of a declared answer whose connection ended before it did: in one text, whatever
/// part of it came, since each text is a row of its own.
#[must_use]
pub fn broke_off() -> Failure {
    truncated(BROKE)
}

fn truncated(missing: &str) -> Failure {
    let text = format!("answer is truncated: {missing}");
    Failure::new(FailureKind::Truncated, text)
}

impl AnswerChecks {
    /// Whether the text of the answer must be kept.
    #[must_use]
    pub fn needs_text(&self) -> bool {
        let of_phrases = self.fallback.level != FallbackLevel::Off;
        of_phrases || !(self.contains.is_empty() && self.matches.is_empty())
    }

    /// The names its templates take from the scope.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        let templates = self.retrieval.iter().flat_map(|check| &check.expected);
        templates.flat_map(Template::names).collect()
    }

    /// The ids each comparison expects in this scope, that of the request.
    ///
    /// # Errors
    /// When a template cannot be rendered.
    pub fn expected(&self, scope: &mut Scope) -> Result<Vec<Vec<String>>, TemplateError> {
        let mut all = Vec::with_capacity(self.retrieval.len());
        for check in &self.retrieval {
            let mut ids = Vec::new();
            for template in &check.expected {
                push_ids(&template.value(scope)?, &mut ids);
            }
            all.push(ids);
        }
        Ok(all)
    }

    /// Judges an answer; `expected` are the ids of [`AnswerChecks::expected`].
    #[must_use]
    pub fn judge(&self, reading: &Reading, expected: &[Vec<String>]) -> Judgement {
        let compare = |(check, ids): (&RetrievalCheck, &Vec<String>)| {
            Retrieval::of(&reading.sources, ids, check.k)
        };
        let retrieval: Vec<Option<Retrieval>> =
            self.retrieval.iter().zip(expected).map(compare).collect();
        let judged = judge_error(reading)
            .and_then(|()| self.judge_whole(reading))
            .and_then(|()| {
                self.judge_content(reading)
                    .and_then(|()| self.judge_sources(reading, &retrieval))
                    .map_err(|text| Failure::new(FailureKind::Check, text))
            });
        let (failure, degraded) = match (judged, self.fallback.level, self.degraded(reading)) {
            (Err(failure), _, _) => (Some(failure), None),
            (Ok(()), FallbackLevel::Failed, Some(Degraded::Fallback(text))) => {
                (Some(Failure::new(FailureKind::Check, text)), None)
            }
            (Ok(()), _, found) => (None, found.map(Degraded::into_text)),
        };
        Judgement {
            failure,
            degraded,
            retrieval,
        }
    }

    fn judge_whole(&self, reading: &Reading) -> Result<(), Failure> {
        if !self.complete {
            return Ok(());
        }
        let missing = match reading.completion {
            Completion::Truncated(Truncation::NoMarker) => "it ended without its end mark",
            Completion::Truncated(Truncation::Unfinished) => "it ended in the middle of an event",
            Completion::Truncated(Truncation::Broken) | Completion::Open => BROKE,
            Completion::Complete | Completion::Failed => {
                return match &reading.finish_reason {
                    Some(reason) if is_one_of(reason, &BROKEN_OFF) => {
                        let text = format!("answer is incomplete: finish reason {reason}");
                        Err(Failure::new(FailureKind::Check, text))
                    }
                    Some(_) | None => Ok(()),
                };
            }
        };
        Err(truncated(missing))
    }

    fn judge_content(&self, reading: &Reading) -> Result<(), String> {
        if self.non_empty && !reading.has_answer {
            let unreadable = reading.events > 0 && reading.malformed == reading.events;
            return Err(if unreadable {
                "answer is not JSON".to_owned()
            } else {
                "answer is empty".to_owned()
            });
        }
        if self.contains.is_empty() && self.matches.is_empty() {
            return Ok(());
        }
        let Some(text) = &reading.answer else {
            return Err("answer is too long to be searched".to_owned());
        };
        if let Some(part) = self.contains.iter().find(|part| !text.contains(*part)) {
            return Err(format!("answer does not contain {part:?}"));
        }
        match self.matches.iter().find(|pattern| !pattern.is_match(text)) {
            Some(pattern) => Err(format!("answer does not match {:?}", pattern.as_str())),
            None => Ok(()),
        }
    }

    fn judge_sources(
        &self,
        reading: &Reading,
        retrieval: &[Option<Retrieval>],
    ) -> Result<(), String> {
        let count = reading.source_count;
        if let Some(least) = self.min_sources.filter(|least| count < *least) {
            let sources = if count == 1 { "source" } else { "sources" };
            return Err(format!(
                "answer has {count} {sources}, expected at least {least}"
            ));
        }
        for (check, found) in self.retrieval.iter().zip(retrieval) {
            let Some(found) = found else {
                continue;
            };
            match check.must {
                RetrievalMust::Recall(Some(least)) if found.recall < least => {
                    return Err(format!("recall@{} is below {least}", check.k));
                }
                RetrievalMust::Hit if !found.hit => {
                    return Err(format!("no expected source among the first {}", check.k));
                }
                RetrievalMust::Recall(_) | RetrievalMust::Hit => {}
            }
        }
        Ok(())
    }

    fn degraded(&self, reading: &Reading) -> Option<Degraded> {
        if self.fallback.level != FallbackLevel::Off {
            if reading.is_fallback {
                let text = "fallback answer: the service says so".to_owned();
                return Some(Degraded::Fallback(text));
            }
            let phrases = self.fallback.phrases.as_deref();
            let phrases = phrases.unwrap_or_else(|| known_phrases());
            let text = reading.answer.as_deref().unwrap_or_default();
            if let Some(phrase) = fallback_phrase(text, phrases) {
                return Some(Degraded::Fallback(format!("fallback answer: {phrase:?}")));
            }
        }
        let reason = reading.finish_reason.as_deref()?;
        is_one_of(reason, &CUT_SHORT)
            .then(|| Degraded::Short(format!("answer was cut short: finish reason {reason}")))
    }
}

/// Why an answer is degraded.
enum Degraded {
    Fallback(String),
    Short(String),
}

impl Degraded {
    fn into_text(self) -> String {
        match self {
            Degraded::Fallback(text) | Degraded::Short(text) => text,
        }
    }
}

fn judge_error(reading: &Reading) -> Result<(), Failure> {
    let Some(error) = &reading.error else {
        return Ok(());
    };
    let kind = if error.is_rate_limit() {
        FailureKind::RateLimited
    } else {
        FailureKind::InStream
    };
    let text = format!("error within the answer: {}", error.label());
    Err(Failure::new(kind, text))
}

fn is_one_of(reason: &str, reasons: &[&str]) -> bool {
    reasons
        .iter()
        .any(|known| reason.eq_ignore_ascii_case(known))
}

/// The ids of a label: a list, a JSON list in a text, or a text with separators.
fn push_ids(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| push_ids(item, ids)),
        Value::String(text) if text.trim_start().starts_with('[') => {
            match serde_json::from_str(text) {
                Ok(list @ Value::Array(_)) => push_ids(&list, ids),
                Ok(_) | Err(_) => push_separated(text, ids),
            }
        }
        Value::String(text) => push_separated(text, ids),
        Value::Number(number) => ids.push(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Object(_) => {}
    }
}

fn push_separated(text: &str, ids: &mut Vec<String>) {
    let parts = text.split([',', ';', '|', '\n']).map(str::trim);
    ids.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
}

#[cfg(test)]
mod tests;

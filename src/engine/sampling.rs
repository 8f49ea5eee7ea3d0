//! Answers kept for judging: which of a user's are drawn, and what is kept of each.
//!
//! Owns the bounds, so that no rate and no service can fill the memory. Must not know where kept
//! answers go.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

use crate::event::{SampledAnswer, SampledCount, SampledOutcome, SampledTimes, SampledTokens};
use crate::model::{Masker, Outcome};
use crate::request::conversation::ASK;
use crate::request::response::checks::Judgement;
use crate::request::response::reading::TokenCount;
use crate::request::response::{Completion, Reading};
use crate::request::{Prepared, Scope};
use crate::scenario::Plan;
use crate::scenario::plan::RequestStep;

use super::exchange::Exchange;
use super::failed::{beginning, masked};
use super::variables::seed_beside;

/// Characters kept of an answer: what is longer ends with `…`.
const ANSWER: usize = 32_768;
/// Characters kept of a question.
const QUESTION: usize = 8192;
/// Answers a shard keeps between two reports.
const KEPT: usize = 1000;
/// Bytes of texts a shard keeps between two reports, the last answer's beyond them.
const ROOM: usize = 4 << 20;
/// The variable that holds the question, and the columns of its row that may.
const VARIABLE: &str = "question";
const COLUMNS: [&str; 4] = ["question", "query", "text", "prompt"];

/// Draws which of one user's answers are kept, by a chance of its own: what the user does is the
/// same with it and without it.
#[derive(Debug)]
pub(super) struct Draw {
    rate: f64,
    random: Xoshiro256PlusPlus,
}

impl Draw {
    /// That of user number `number` (from 0 over the whole run).
    pub(super) fn of_user(plan: &Plan, number: u64) -> Self {
        Draw {
            rate: plan.samples.as_ref().map_or(0.0, |samples| samples.rate),
            random: Xoshiro256PlusPlus::seed_from_u64(seed_beside(plan.seed, number)),
        }
    }

    /// One that draws every answer.
    pub(super) fn every() -> Self {
        Draw {
            rate: 1.0,
            random: Xoshiro256PlusPlus::seed_from_u64(0),
        }
    }

    /// Whether the next answer is drawn.
    pub(super) fn next(&mut self) -> bool {
        self.rate > 0.0 && self.random.random::<f64>() < self.rate
    }
}

/// What a shard kept since it was last asked.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// In the order in which they ended.
    pub(super) answers: Vec<SampledAnswer>,
    /// Drawn, and beyond what is kept.
    pub(super) left_out: u64,
    bytes: usize,
}

impl Kept {
    /// Keeps an answer, if there is room.
    pub(super) fn keep(&mut self, answer: impl FnOnce() -> SampledAnswer) {
        if self.answers.len() >= KEPT || self.bytes >= ROOM {
            self.left_out += 1;
            return;
        }
        let answer = answer();
        let texts = [&answer.question, &answer.answer];
        let sources = answer.sources.iter().map(String::len);
        self.bytes += texts.into_iter().flatten().map(String::len).sum::<usize>();
        self.bytes += sources.sum::<usize>();
        self.answers.push(answer);
    }
}

/// An answer that was drawn.
pub(super) struct Drawn<'a> {
    pub(super) plan: &'a Plan,
    pub(super) step: &'a RequestStep,
    /// The scope it was asked in.
    pub(super) scope: &'a Scope,
    pub(super) request: &'a Prepared,
    pub(super) exchange: &'a Exchange,
    pub(super) outcome: &'a Outcome,
    pub(super) reading: &'a Reading,
    /// How it did; none where its status says that it is none.
    pub(super) judged: Option<&'a Judgement>,
    /// The ids each comparison with labels expects.
    pub(super) expected: &'a [Vec<String>],
}

impl Drawn<'_> {
    /// What is kept of it: bounded, and without secrets.
    pub(super) fn kept(&self) -> SampledAnswer {
        let (reading, masker) = (self.reading, &self.plan.masker);
        let ids = |ids: &[String]| ids.iter().map(|id| masked(id, masker)).collect();
        let is_answer = self.judged.is_some();
        let (outcome, reason) = self.outcome();
        let cache = reading.cache_hit.filter(|_| is_answer);
        SampledAnswer {
            sent: self.exchange.sent,
            endpoint: self.plan.endpoints[self.step.endpoint.index()].clone(),
            question: self.question(),
            answer: (reading.answer.as_deref().filter(|_| is_answer))
                .map(|text| shown(text, ANSWER, masker)),
            answer_chars: if is_answer { reading.answer_chars } else { 0 },
            sources: ids(&reading.sources),
            expected_sources: self.expected_sources().as_deref().map(ids),
            outcome,
            failure_kind: match self.outcome {
                Outcome::Failed(failure) => Some(failure.kind),
                Outcome::Ok | Outcome::Interrupted => None,
            },
            reason: reason.map(|text| masked(text, masker)),
            status: self.exchange.answer.status.map(|status| status.as_u16()),
            completion: completion(reading.completion).filter(|_| is_answer),
            finish_reason: (reading.finish_reason.as_deref()).map(|text| masked(text, masker)),
            cache: cache.map(|hit| if hit { "hit" } else { "miss" }),
            tokens: self.tokens(),
            timings: self.timings(),
            stages: (reading.stages.iter())
                .map(|(name, time)| (name.to_string(), time.as_secs_f64()))
                .collect(),
        }
    }

    fn outcome(&self) -> (SampledOutcome, Option<&str>) {
        let degraded = self.judged.and_then(|judged| judged.degraded.as_deref());
        match (self.outcome, degraded) {
            (Outcome::Failed(failure), _) => (SampledOutcome::Failed, Some(&failure.text)),
            (_, Some(text)) => (SampledOutcome::Degraded, Some(text)),
            (_, None) => (SampledOutcome::Ok, None),
        }
    }

    /// What was asked in the turn of a conversation, or by the data row that the request used; else
    /// what was sent.
    fn question(&self) -> Option<String> {
        let answers_turn = self.step.response.as_ref().is_some_and(|r| r.answers_turn);
        let asked = self.scope.variables.get(ASK).filter(|_| answers_turn);
        let names = self.step.spec.names();
        let is_used = names.iter().any(|(_, name)| name == VARIABLE);
        let row = (self.scope.variables.get(VARIABLE)).filter(|_| is_used);
        let sent = || {
            let body = String::from_utf8_lossy(&self.request.body);
            let query = || self.request.url.query().map(str::to_owned);
            (!body.is_empty()).then(|| body.into_owned()).or_else(query)
        };
        let text = asked
            .or(row)
            .and_then(text_of)
            .map(str::to_owned)
            .or_else(sent)?;
        Some(shown(&text, QUESTION, &self.plan.masker))
    }

    /// Every id that some comparison expects, once.
    fn expected_sources(&self) -> Option<Vec<String>> {
        let mut all: Vec<String> = Vec::new();
        for id in self.expected.iter().flatten() {
            if !all.contains(id) {
                all.push(id.clone());
            }
        }
        (!all.is_empty()).then_some(all)
    }

    fn tokens(&self) -> SampledTokens {
        let count = |tokens: TokenCount| SampledCount {
            count: tokens.count,
            source: tokens.source.name(),
        };
        if self.judged.is_none() {
            return SampledTokens::default();
        }
        let usage = &self.reading.usage;
        SampledTokens {
            prompt: usage.prompt.map(count),
            cached: usage.cached.map(count),
            output: self.reading.output_tokens().map(count),
        }
    }

    fn timings(&self) -> SampledTimes {
        let times = self.reading.since(self.exchange.sent);
        SampledTimes {
            response_time: self.exchange.time(),
            ttfb: times.first_byte,
            first_event: times.first_event,
            sources: times.sources,
            ttfr: times.first_reasoning,
            ttft: times.first_token,
            tpot: (self.reading.time_per_output_token()).map(|(time, _)| time),
        }
    }
}

fn completion(completion: Completion) -> Option<&'static str> {
    match completion {
        Completion::Open => None,
        Completion::Complete => Some("complete"),
        Completion::Truncated(_) => Some("truncated"),
        Completion::Failed => Some("failed"),
    }
}

/// The text of a row, or of the first of its columns that may hold a question.
fn text_of(row: &Value) -> Option<&str> {
    let of_column = |column: &&str| row.get(column)?.as_str();
    row.as_str().or_else(|| COLUMNS.iter().find_map(of_column))
}

/// The first so many characters without secrets. Twice as much is looked at: a secret that what is
/// kept cuts in two is masked first.
fn shown(text: &str, most: usize, masker: &Masker) -> String {
    let end = text.char_indices().nth(2 * most).map(|(end, _)| end);
    let text = masked(&text[..end.unwrap_or(text.len())], masker);
    beginning(&text, most).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Secret;

    #[test]
    fn a_question_is_a_text_or_the_column_that_holds_one() {
        assert_eq!(text_of(&json!("Why?")), Some("Why?"));
        assert_eq!(text_of(&json!({"id": 1, "text": "Why?"})), Some("Why?"));
        assert_eq!(
            text_of(&json!({"text": "t", "question": "Why?"})),
            Some("Why?")
        );
        assert_eq!(text_of(&json!({"id": "1"})), None);
    }

    #[test]
    fn a_text_is_cut_where_characters_end_and_never_within_a_secret() {
        let masker = Masker::new([Secret::new("key-of-mine")]);
        assert_eq!(shown("äöü", 3, &masker), "äöü");
        assert_eq!(shown("äöüß", 3, &masker), "äöü…");
        assert_eq!(shown("abcde key-of-mine", 9, &masker), "abcde ***");
    }

    #[test]
    fn a_draw_is_its_user_s_own_and_always_the_same() {
        let drawn = |rate: f64, seed| {
            let random = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut draw = Draw { rate, random };
            (0..1000).map(|_| draw.next()).collect::<Vec<bool>>()
        };
        let half = drawn(0.5, 1);
        assert_eq!(half, drawn(0.5, 1));
        assert_ne!(half, drawn(0.5, 2));
        let count = half.iter().filter(|drawn| **drawn).count();
        assert!((400..600).contains(&count), "{count}");
        assert!(drawn(1.0, 1).iter().all(|drawn| *drawn));
        assert!(!drawn(0.0, 1).iter().any(|drawn| *drawn));
    }
}

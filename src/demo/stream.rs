//! Playing an answer as a stream.
//!
//! Owns the order of a stream's pieces and the pace at which they leave, with its stalls, its
//! signs of life and its breaking off. Must not know the form of the pieces.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Response};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::answer;
use super::counts::Outcome;
use super::dialects::{Dialect, Ending};
use super::disturbance::Disturbance;
use super::listener::Connection;
use super::moment::Moment;
use super::pace::Pace;
use super::pipeline::Draft;
use super::shared::{Shared, Ticket};
use crate::model::Offset;

/// An answer to be given piece by piece.
pub(super) struct Script {
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) dialect: Box<dyn Dialect>,
    /// Its slot is held until the stream ends.
    pub(super) draft: Draft,
    /// The reasoning before the answer, empty without any.
    pub(super) thoughts: String,
    pub(super) pace: Pace,
    /// Whether each piece tells when it was sent.
    pub(super) stamped: bool,
    /// Longest silence without a sign of life.
    pub(super) keep_alive: Option<Duration>,
    pub(super) rng: Xoshiro256PlusPlus,
}

/// What comes next in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Opening,
    Thought,
    Token,
    Ending,
    Breakdown,
    /// Nothing, though more was to come.
    Cut,
    /// Nothing more on this connection.
    Reset,
}

/// A stream under way.
struct Player {
    shared: Arc<Shared>,
    ticket: Ticket,
    script: Script,
    disturbance: Disturbance,
    connection: Connection,
    /// `None` once the last piece has left.
    step: Option<Step>,
    /// When it is due: later pieces follow from it, so that delays do not add up.
    due: Offset,
    /// When the last piece left.
    left: Offset,
    /// Bytes of the reasoning and of the answer told so far.
    thought_at: usize,
    told_at: usize,
    /// Tokens of the answer until the disturbance strikes.
    until_middle: usize,
}

/// The response that plays `script` on a connection, struck by a disturbance.
pub(super) fn play(
    shared: Arc<Shared>,
    ticket: Ticket,
    mut script: Script,
    struck: (Disturbance, Connection),
) -> Response<Body> {
    let headers = std::mem::take(&mut script.headers);
    let content_type = HeaderValue::from_static(script.dialect.content_type());
    let player = Player::new(shared, ticket, script, struck);
    let pieces = futures_util::stream::unfold(player, Player::next);
    let mut response = Response::new(Body::from_stream(pieces));
    let all = response.headers_mut();
    all.insert(CONTENT_TYPE, content_type);
    all.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    all.extend(headers);
    response
}

impl Player {
    fn new(
        shared: Arc<Shared>,
        mut ticket: Ticket,
        script: Script,
        (disturbance, connection): (Disturbance, Connection),
    ) -> Self {
        let usage = &script.draft.usage;
        ticket.tally = script.draft.tally();
        ticket.tally.streams = 1;
        // Told with the pieces that hold them.
        (ticket.tally.sources, ticket.tally.output_tokens) = (0, 0);
        (ticket.tally.prompt_tokens, ticket.tally.cached_tokens) = (0, 0);
        let reasoning = std::mem::take(&mut ticket.tally.reasoning_tokens);
        let reasoning = usize::try_from(reasoning).unwrap_or(usize::MAX);
        let now = shared.clock.now();
        Player {
            until_middle: usage.completion_tokens.saturating_sub(reasoning) / 2,
            shared,
            ticket,
            script,
            disturbance,
            connection,
            step: Some(Step::Opening),
            due: now,
            left: now,
            thought_at: 0,
            told_at: 0,
        }
    }

    /// The next piece, when it is due.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Player)> {
        loop {
            let step = self.step?;
            if let Some(comment) = self.sign_of_life().await {
                return Some((Ok(comment), self));
            }
            if self.due > self.shared.clock.now() {
                self.shared.clock.sleep_until(self.due).await;
            }
            if step == Step::Reset {
                // What was not flushed is lost with the connection: let it leave first.
                tokio::task::yield_now().await;
            }
            self.left = self.shared.clock.now();
            let piece = self.perform(step);
            self.step = self.after(step);
            if let Some(piece) = piece {
                return Some((Ok(piece), self));
            }
        }
    }

    /// A keep-alive comment, when one is due before the next piece.
    async fn sign_of_life(&mut self) -> Option<Bytes> {
        let at = self.left + self.script.keep_alive?;
        if at >= self.due {
            return None;
        }
        let comment = self.script.dialect.keep_alive()?;
        self.shared.clock.sleep_until(at).await;
        self.left = at;
        self.ticket.tally.keep_alives += 1;
        Some(comment)
    }

    /// Makes the piece of a step and accounts for it; some steps have none.
    fn perform(&mut self, step: Step) -> Option<Bytes> {
        let moment = Moment {
            unix: self.shared.clock.unix(self.left),
            stamped: self.script.stamped,
        };
        match step {
            Step::Opening => self.opening(moment),
            Step::Thought => self.thought(moment),
            Step::Token => Some(self.token(moment)),
            Step::Ending => Some(self.ending(moment)),
            Step::Breakdown => {
                self.ticket.settle(Outcome::StreamError);
                Some(self.script.dialect.breakdown(moment))
            }
            Step::Cut => {
                self.ticket.settle(Outcome::Truncated);
                None
            }
            Step::Reset => {
                self.ticket.settle(Outcome::StreamReset);
                self.connection.reset();
                None
            }
        }
    }

    fn opening(&mut self, moment: Moment) -> Option<Bytes> {
        let dialect = &self.script.dialect;
        let answer = &self.script.draft.answer;
        let opening = dialect.opening(answer, moment)?;
        self.ticket.tally.keep_alives += opening.keep_alives;
        if dialect.shows_sources() {
            self.ticket.tally.sources += answer.sources.len() as u64;
        }
        Some(opening.bytes)
    }

    fn thought(&mut self, moment: Moment) -> Option<Bytes> {
        if self.thought_at == 0 {
            self.script.draft.record.first_token();
        }
        let token = answer::tokens(&self.script.thoughts[self.thought_at..]).next()?;
        self.thought_at += token.len();
        let piece = self.script.dialect.thought(token, moment)?;
        self.ticket.tally.output_tokens += 1;
        self.ticket.tally.reasoning_tokens += 1;
        Some(piece)
    }

    fn token(&mut self, moment: Moment) -> Bytes {
        if self.told_at == 0 && self.thought_at == 0 {
            self.script.draft.record.first_token();
        }
        let text = &self.script.draft.answer.text[self.told_at..];
        let token = answer::tokens(text).next().unwrap_or_default();
        self.told_at += token.len();
        self.ticket.tally.output_tokens += 1;
        self.until_middle = self.until_middle.saturating_sub(1);
        self.script.dialect.token(token, moment)
    }

    fn ending(&mut self, moment: Moment) -> Bytes {
        let draft = &mut self.script.draft;
        drop(draft.slot.take());
        let timings = draft.record.close();
        let whole = draft.tally();
        self.ticket.tally.prompt_tokens = whole.prompt_tokens;
        self.ticket.tally.cached_tokens = whole.cached_tokens;
        self.ticket.settle(Outcome::Status(200));
        let end = Ending {
            answer: &draft.answer,
            usage: draft.usage,
            timings,
            cached: draft.cached,
            thoughts: &self.script.thoughts,
            cut_short: draft.cut_short,
        };
        self.script.dialect.ending(&end, moment)
    }

    /// What follows `step`, and when it is due.
    fn after(&mut self, step: Step) -> Option<Step> {
        if matches!(
            step,
            Step::Ending | Step::Breakdown | Step::Cut | Step::Reset
        ) {
            return None;
        }
        let thinks = self.thought_at < self.script.thoughts.len();
        let speaks = self.told_at < self.script.draft.answer.text.len();
        if !thinks && !speaks {
            return Some(Step::Ending);
        }
        self.due = self.due + self.wait_after(step);
        if thinks {
            return Some(Step::Thought);
        }
        if self.until_middle > 0 {
            return Some(Step::Token);
        }
        let disturbance = std::mem::take(&mut self.disturbance);
        self.due = self.due + disturbance.stall.unwrap_or_default();
        self.ticket.tally.stalled += u64::from(disturbance.stall.is_some());
        Some(match disturbance {
            Disturbance { cut: true, .. } => Step::Cut,
            Disturbance { reset: true, .. } => Step::Reset,
            Disturbance { error: true, .. } => Step::Breakdown,
            _ => Step::Token,
        })
    }

    fn wait_after(&mut self, step: Step) -> Duration {
        if step != Step::Opening {
            return self.script.pace.next(&mut self.script.rng);
        }
        let late = self.disturbance.late.take();
        self.ticket.tally.slow_first_tokens += u64::from(late.is_some());
        self.script.pace.first + late.unwrap_or_default()
    }
}

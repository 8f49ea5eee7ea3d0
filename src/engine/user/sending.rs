//! One request of a user: sent as often as its retries allow, each attempt counted by itself.
//!
//! Owns what every attempt counts for (a request of its own, with its time and its failure) and
//! what is asked of the last alone (its objectives, timed from the first). The path of a request:
//! nothing here locks. Must not know tasks, nor how long is waited before another attempt.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use crate::model::{Failure, Offset, Outcome, Sample};
use crate::request::rate_limit::RateLimit;
use crate::request::response::checks::Judgement;
use crate::request::{AnswerReader, Prepared, TemplateError};
use crate::scenario::plan::RequestStep;
use crate::transport::{Client, TransportError};

use super::super::allowance::Permit;
use super::super::exchange::Exchange;
use super::super::failed;
use super::super::limits;
use super::super::measured::Measured;
use super::super::sampling::Drawn;
use super::super::signal::Level;
use super::retrying::Attempts;
use super::{Flow, VirtualUser};

/// What came of an attempt: how the transport ended, none where the user was told to end first.
type Attempted = (Exchange, Option<Result<(), TransportError>>);

/// No more requests may be sent.
struct NoneLeft;

impl<C: Client> VirtualUser<C> {
    /// Sends a request, again where it is to be retried, and counts every attempt.
    pub(super) async fn request(&mut self, step: &RequestStep, task: &str, index: usize) -> Flow {
        if self.signal.level() >= Level::Halt {
            return Flow::UserOver;
        }
        let prepared = match step.spec.prepare(&mut self.scope) {
            Ok(prepared) => prepared,
            Err(error) => return self.not_sent(step, &error, task, index),
        };
        let mut attempts = Attempts::default();
        loop {
            let reader = match self.reader(step) {
                Ok(reader) => reader,
                Err(error) => return self.not_sent(step, &error, task, index),
            };
            let Ok(under_way) = self.permission().await else {
                return Flow::UserOver;
            };
            let (mut exchange, result) = self.attempt(step, &prepared, reader).await;
            if attempts.another(exchange.sent) {
                self.shard.recorder.borrow_mut().retried(step.endpoint);
            }
            let told = self.told(&exchange);
            let Some(result) = result else {
                self.record(step, &exchange, &told, Outcome::Interrupted);
                return Flow::UserOver;
            };
            let (outcome, complete) = self.judge(step, &prepared, &mut exchange, result);
            let status = exchange.status();
            let random = &mut self.scope.random;
            let wait = attempts.wait(step.retry.as_ref(), status, &told, random);
            if wait.is_none() {
                self.judge_objectives(step, attempts.since(exchange.sent), &exchange, &outcome);
            }
            self.record(step, &exchange, &told, outcome);
            // It is counted, and a budget that is used up need not wait for another attempt.
            drop(under_way);
            match wait {
                Some(wait) if self.rest(wait).await == Flow::Next => {}
                // Told to end before it came to that: like one cut off, it is neither good nor bad.
                Some(_) => return Flow::UserOver,
                None if complete => return Flow::Next,
                None => return Flow::TaskOver,
            }
        }
    }

    /// Judges one attempt and counts what its answer was: how it ended, and whether all that later
    /// steps need could be taken out.
    fn judge(
        &mut self,
        step: &RequestStep,
        prepared: &Prepared,
        exchange: &mut Exchange,
        result: Result<(), TransportError>,
    ) -> (Outcome, bool) {
        let (plan, scope) = (&self.shard.plan, &mut self.scope);
        let judged = exchange.judge(result, step, plan, scope, &self.declared);
        let outcome = match judged.outcome {
            Ok(()) => Outcome::Ok,
            Err(failure) => {
                self.keep_answer(step, prepared, exchange, &failure);
                Outcome::Failed(failure)
            }
        };
        let judgement = judged.declared.as_ref();
        self.measure(step, prepared, exchange, (&outcome, judgement));
        self.sample(step, prepared, exchange, (&outcome, judgement));
        (outcome, judged.complete)
    }

    /// What reads the answer to an attempt.
    fn reader(&mut self, step: &RequestStep) -> Result<AnswerReader, TemplateError> {
        let declared = self.declared.begin(step, &mut self.scope)?;
        let keep_body = step.expect.needs_body() || step.extract.iter().any(|e| e.needs_body());
        Ok(AnswerReader::new(keep_body).along_with(declared))
    }

    /// Waits until one more request may be sent, where the run has a budget of them.
    async fn permission(&self) -> Result<Option<Permit>, NoneLeft> {
        let Some(allowance) = &self.shard.allowance else {
            return Ok(None);
        };
        let permit = allowance.take(&self.signal).await;
        permit.map(Some).ok_or(NoneLeft)
    }

    /// Sends the request once, and waits for all of its answer that is worth waiting for.
    async fn attempt(
        &mut self,
        step: &RequestStep,
        prepared: &Prepared,
        mut reader: AnswerReader,
    ) -> Attempted {
        let sent = self.shard.clock.now();
        let mut given_up = false;
        let result = {
            let mut sending = pin!(self.client.send(prepared, &mut reader));
            poll_fn(|context| {
                if self.signal.poll_reached(Level::Kill, context).is_ready() {
                    return Poll::Ready(None);
                }
                match sending.as_mut().poll(context) {
                    Poll::Ready(result) => Poll::Ready(Some(result)),
                    Poll::Pending => {
                        let over = self.declared.poll_patience(step, sent, context);
                        given_up = over.is_ready();
                        over.map(Some)
                    }
                }
            })
            .await
        };
        if given_up {
            self.client.given_up(&mut reader);
        }
        let answer = reader.into_answer();
        let exchange = Exchange {
            done: answer.done_at.unwrap_or_else(|| self.shard.clock.now()),
            answer,
            sent,
        };
        (exchange, result)
    }

    /// A template has no value: the request cannot be made, and this run of the task is over.
    fn not_sent(
        &self,
        step: &RequestStep,
        error: &TemplateError,
        task: &str,
        index: usize,
    ) -> Flow {
        let endpoint = &self.shard.plan.endpoints[step.endpoint.index()];
        let place = format!("{task}, step {}: {endpoint}", index + 1);
        self.exception(&error.to_string(), &place);
        Flow::TaskOver
    }

    /// What the answer told of limits.
    fn told(&self, exchange: &Exchange) -> RateLimit {
        let at = exchange.answer.headers_at.unwrap_or(exchange.done);
        RateLimit::of(&exchange.answer.headers, self.shard.clock.unix(at))
    }

    /// Counts what a declared answer was.
    fn measure(
        &self,
        step: &RequestStep,
        request: &Prepared,
        exchange: &Exchange,
        (outcome, judged): (&Outcome, Option<&Judgement>),
    ) {
        let declared = step.response.as_ref().and_then(|_| self.declared.reading());
        let Some(reading) = declared else {
            return;
        };
        let measured = Measured {
            endpoint: step.endpoint,
            exchange,
            outcome,
            reading: &reading,
            judged,
        };
        let agreement = measured.compares_sources(step).then(|| {
            let mut baselines = self.shard.baselines.borrow_mut();
            baselines.agreement(request, &reading.sources)
        });
        let mut recorder = self.shard.recorder.borrow_mut();
        measured.record(agreement.flatten(), &mut recorder);
    }

    /// Counts whether a request met its objectives: once, by its last attempt, and in the time
    /// since the first was sent.
    fn judge_objectives(
        &self,
        step: &RequestStep,
        since: Offset,
        exchange: &Exchange,
        outcome: &Outcome,
    ) {
        let Some(slo) = &step.slo else {
            return;
        };
        let reading = step.response.as_ref().and_then(|_| self.declared.reading());
        let met = match outcome {
            Outcome::Ok => slo.is_met(reading.as_deref(), since, exchange.done),
            Outcome::Failed(_) => Some(false),
            Outcome::Interrupted => None,
        };
        if let Some(met) = met {
            self.shard.recorder.borrow_mut().judged(step.endpoint, met);
        }
    }

    /// Keeps the answer for judging, if it is drawn.
    fn sample(
        &self,
        step: &RequestStep,
        request: &Prepared,
        exchange: &Exchange,
        (outcome, judged): (&Outcome, Option<&Judgement>),
    ) {
        let reading = self.declared.reading();
        let Some(reading) = reading.filter(|_| self.declared.is_drawn()) else {
            return;
        };
        let drawn = Drawn {
            plan: &self.shard.plan,
            step,
            scope: &self.scope,
            request,
            exchange,
            outcome,
            reading: &reading,
            judged,
            expected: self.declared.expected(),
        };
        self.shard.kept.borrow_mut().keep(|| drawn.kept());
    }

    /// Keeps what came back for whoever asks why: the first answers of each failure.
    fn keep_answer(
        &self,
        step: &RequestStep,
        request: &Prepared,
        exchange: &Exchange,
        failure: &Failure,
    ) {
        let mut recorder = self.shard.recorder.borrow_mut();
        if recorder.wants_answer(step.endpoint, failure) {
            let kept = failed::kept(request, exchange, &self.shard.plan.masker);
            recorder.keep_answer(step.endpoint, failure.clone(), kept);
        }
    }

    fn record(&self, step: &RequestStep, exchange: &Exchange, told: &RateLimit, outcome: Outcome) {
        let answer = &exchange.answer;
        let mut recorder = self.shard.recorder.borrow_mut();
        recorder.exchange(step.endpoint, &answer.phases, answer.connections);
        limits::note(step.endpoint, exchange, told, &mut recorder);
        recorder.record(&Sample {
            endpoint: step.endpoint,
            due: exchange.sent,
            sent: exchange.sent,
            done: exchange.done,
            status: exchange.status(),
            bytes: answer.bytes,
            outcome,
        });
    }
}

//! One virtual user: tasks by weight, steps in order, waits, and what is done with each answer.
//!
//! The path of a request: nothing here locks, and nothing is shared beyond the user's shard. Must
//! not know other users, ticks or totals.

use std::rc::Rc;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::load::wait::PreviousWait;
use crate::model::{Failure, FailureKind, Offset, Outcome, Sample};
use crate::request::data::DataPer;
use crate::request::{Answer, AnswerReader, Scope};
use crate::scenario::plan::{RequestStep, Step, Task, UserClass};
use crate::stats::ExceptionKey;
use crate::transport::{Client, TransportError};

use super::failed::Exchange;
use super::shard::ShardState;
use super::signal::{Level, Signal};

/// A virtual user.
pub(super) struct VirtualUser<C> {
    shard: Rc<ShardState>,
    class: usize,
    client: C,
    scope: Scope,
    previous_wait: PreviousWait,
    signal: Rc<Signal>,
}

/// Whether the steps go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    /// To the next step.
    Next,
    /// This run of the task is over: a value it needs is missing.
    TaskOver,
    /// The user ends.
    UserOver,
}

impl<C: Client> VirtualUser<C> {
    /// User number `number` (from 0 over the whole run) of this class.
    pub(super) fn new(
        shard: Rc<ShardState>,
        class: usize,
        number: u64,
        client: C,
        signal: Rc<Signal>,
    ) -> Self {
        let scope = Scope {
            user_id: number,
            user_class: shard.plan.classes[class].name.clone(),
            iteration: 0,
            variables: indexmap::IndexMap::new(),
            random: Xoshiro256PlusPlus::seed_from_u64(user_seed(shard.plan.seed, number)),
        };
        let previous_wait = PreviousWait {
            ended: shard.clock.now(),
        };
        VirtualUser {
            shard,
            class,
            client,
            scope,
            previous_wait,
            signal,
        }
    }

    /// Lives until told to end.
    pub(super) async fn run(mut self) {
        let shard = Rc::clone(&self.shard);
        let class = &shard.plan.classes[self.class];
        self.draw_rows(DataPer::User);
        if !(class.on_start.is_empty() && class.on_stop.is_empty()) {
            // Logins take rows as well, before any task has drawn one.
            self.draw_rows(DataPer::Task);
        }
        if self.start(class).await {
            self.work(class).await;
            self.stop(class).await;
        }
    }

    /// Runs `on_start`; false when the user just dies, as in Locust after an exception there.
    async fn start(&mut self, class: &UserClass) -> bool {
        match self.steps(&class.on_start, "on_start").await {
            // A user told to end meanwhile does no work, but says farewell.
            Flow::Next | Flow::UserOver => true,
            Flow::TaskOver => {
                let text = "on_start did not complete: the user ends and is not replaced";
                self.exception(text, "on_start");
                false
            }
        }
    }

    async fn work(&mut self, class: &UserClass) {
        while self.signal.level() == Level::Run {
            let shard = Rc::clone(&self.shard);
            tokio::select! {
                biased;
                () = self.signal.reached(Level::Stop) => return,
                () = shard.gate.passed() => {}
            }
            self.draw_rows(DataPer::Task);
            let task = choose_task(&class.tasks, &mut self.scope.random);
            let kept = self.scope.variables.len();
            if self.steps(&task.steps, &task.name).await == Flow::UserOver {
                return;
            }
            self.forget_variables_beyond(kept);
            self.scope.iteration += 1;
            let uniform = self.scope.random.random::<f64>();
            let now = shard.clock.now();
            let wait = class.wait_time.next(uniform, now, &mut self.previous_wait);
            if self.rest(wait).await == Flow::UserOver {
                return;
            }
        }
    }

    /// Runs `on_stop`, unless no more requests are wanted.
    async fn stop(&mut self, class: &UserClass) {
        if class.on_stop.is_empty() || matches!(self.signal.level(), Level::Halt | Level::Abort) {
            return;
        }
        // A signal of its own: the one that ended the user must not end its farewell as well.
        self.signal = Rc::clone(&self.shard.farewell);
        self.steps(&class.on_stop, "on_stop").await;
    }

    async fn steps(&mut self, steps: &[Step], task: &str) -> Flow {
        for (index, step) in steps.iter().enumerate() {
            let flow = match step {
                Step::Request(step) => self.request(step, task, index).await,
                Step::Wait(wait) => {
                    let uniform = self.scope.random.random::<f64>();
                    let mut no_memory = PreviousWait::default();
                    let wait = wait.next(uniform, self.shard.clock.now(), &mut no_memory);
                    self.rest(wait).await
                }
            };
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    /// Waits; a user told to stop meanwhile ends.
    async fn rest(&self, wait: Duration) -> Flow {
        if wait.is_zero() {
            // Users that never wait must still let the others of their shard have a turn.
            tokio::task::yield_now().await;
            return match self.signal.level() {
                Level::Run => Flow::Next,
                Level::Stop | Level::Halt | Level::Kill | Level::Abort => Flow::UserOver,
            };
        }
        let due = self.shard.clock.now() + wait;
        tokio::select! {
            biased;
            () = self.signal.reached(Level::Stop) => Flow::UserOver,
            () = tokio::time::sleep(wait) => {
                self.shard.note_lateness(due);
                Flow::Next
            }
        }
    }

    async fn request(&mut self, step: &RequestStep, task: &str, index: usize) -> Flow {
        if self.signal.level() >= Level::Halt {
            return Flow::UserOver;
        }
        let prepared = match step.spec.prepare(&mut self.scope) {
            Ok(prepared) => prepared,
            Err(error) => {
                let endpoint = &self.shard.plan.endpoints[step.endpoint.index()];
                self.exception(
                    &error.to_string(),
                    &format!("{task}, step {}: {endpoint}", index + 1),
                );
                return Flow::TaskOver;
            }
        };
        let keep_body = step.expect.needs_body() || step.extract.iter().any(|e| e.needs_body());
        let mut reader = AnswerReader::new(keep_body);
        let sent = self.shard.clock.now();
        let result = tokio::select! {
            biased;
            () = self.signal.reached(Level::Kill) => None,
            result = self.client.send(&prepared, &mut reader) => Some(result),
        };
        let done = self.shard.clock.now();
        let answer = reader.into_answer();
        let Some(result) = result else {
            self.record(step, sent, done, &answer, Outcome::Interrupted);
            return Flow::UserOver;
        };
        let whole = result.is_ok();
        let done = answer.done_at.filter(|_| whole).unwrap_or(done);
        let judged = self.judge(step, result, &answer, done.since(sent));
        let exchange = Exchange {
            request: &prepared,
            sent,
            done,
            answer: &answer,
        };
        self.finish(step, &exchange, judged)
    }

    fn judge(
        &self,
        step: &RequestStep,
        result: Result<(), TransportError>,
        answer: &Answer,
        time: Duration,
    ) -> Result<(), Failure> {
        result?;
        step.expect.judge(
            &self.shard.plan.endpoints[step.endpoint.index()].name,
            answer,
            time,
        )
    }

    /// Extracts what later steps need and counts the sample. A failed extraction makes the request
    /// a failed one, unless it was one already, and ends this run of the task.
    fn finish(
        &mut self,
        step: &RequestStep,
        exchange: &Exchange<'_>,
        judged: Result<(), Failure>,
    ) -> Flow {
        let extracted = self.extract(step, exchange.answer);
        let flow = if extracted.is_ok() {
            Flow::Next
        } else {
            Flow::TaskOver
        };
        let outcome = match judged.and(extracted) {
            Ok(()) => Outcome::Ok,
            Err(failure) => Outcome::Failed(self.failed(step, exchange, &failure)),
        };
        let Exchange {
            sent, done, answer, ..
        } = *exchange;
        self.record(step, sent, done, answer, outcome);
        flow
    }

    /// The failure as it may be shown; the first ones are kept with what came back.
    fn failed(&self, step: &RequestStep, exchange: &Exchange<'_>, failure: &Failure) -> Failure {
        let masker = &self.shard.plan.masker;
        let text = masker.mask(&failure.text);
        let failure = Failure::new(failure.kind, text);
        let mut recorder = self.shard.recorder.borrow_mut();
        if recorder.wants_answer(step.endpoint, &failure) {
            let kept = exchange.kept(masker);
            recorder.keep_answer(step.endpoint, failure.clone(), kept);
        }
        failure
    }

    fn extract(&mut self, step: &RequestStep, answer: &Answer) -> Result<(), Failure> {
        for extraction in &step.extract {
            let value = extraction
                .take(answer)
                .map_err(|text| Failure::new(FailureKind::Extract, text))?;
            self.scope
                .variables
                .insert(extraction.variable.clone(), value);
        }
        Ok(())
    }

    fn record(
        &self,
        step: &RequestStep,
        sent: Offset,
        done: Offset,
        answer: &Answer,
        outcome: Outcome,
    ) {
        let mut recorder = self.shard.recorder.borrow_mut();
        recorder.exchange(step.endpoint, &answer.phases, answer.connections);
        recorder.record(&Sample {
            endpoint: step.endpoint,
            due: sent,
            sent,
            done,
            status: answer.status.map(|status| status.as_u16()),
            bytes: answer.bytes,
            outcome,
        });
    }

    fn exception(&self, message: &str, place: &str) {
        let class = &self.scope.user_class;
        let message = self.shard.plan.masker.mask(message);
        let key = ExceptionKey {
            message,
            traceback: format!("user class {class}, task {place}"),
        };
        self.shard
            .recorder
            .borrow_mut()
            .exception(self.shard.clock.now(), key);
    }

    fn draw_rows(&mut self, per: DataPer) {
        let mut dealers = self.shard.dealers.borrow_mut();
        for (set, dealer) in self.shard.plan.data.iter().zip(dealers.iter_mut()) {
            if set.per == per {
                let row = dealer.draw(&mut self.scope.random);
                self.scope.variables.insert(set.name.clone(), row);
            }
        }
    }

    /// What a task extracted is gone when it is run again; what `on_start` extracted stays.
    fn forget_variables_beyond(&mut self, kept: usize) {
        self.scope.variables.truncate(kept);
    }
}

/// Uniform among the tasks, each counted `weight` times (Locust's choice with replacement).
fn choose_task<'a>(tasks: &'a [Task], random: &mut Xoshiro256PlusPlus) -> &'a Task {
    let total: u64 = tasks.iter().map(|task| u64::from(task.weight)).sum();
    let mut ticket = random.random_range(0..total.max(1));
    for task in tasks {
        let weight = u64::from(task.weight);
        if ticket < weight {
            return task;
        }
        ticket -= weight;
    }
    &tasks[tasks.len() - 1]
}

/// A seed of its own for each user: run seed and number mixed so that neighbours have nothing in
/// common. Adding the number to the seed would not do: xoshiro is seeded by SplitMix64, whose
/// stream for one seed is a shift of that for another that lies a few steps on.
fn user_seed(seed: u64, number: u64) -> u64 {
    mixed(seed ^ mixed(number.wrapping_add(1)))
}

/// The output function of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, 2014).
fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

//! A plan gone through once: every request of every user class, in order, and nothing counted.
//!
//! For people who debug a scenario: what happens is told as it happens, and what a run would do is
//! done by what a run does it with. Waits are left out. Must not know how it is shown.

use std::cell::Ref;

use http::HeaderMap;
use serde_json::Value;

use crate::clock::RunClock;
use crate::load::WaitTime;
use crate::model::{Endpoint, Failure, Offset};
use crate::request::response::Reading;
use crate::request::response::checks::Judgement;
use crate::request::response::unfound::Unfound;
use crate::request::{Answer, AnswerReader, Check, Dealer, Extraction, Prepared, Scope};
use crate::scenario::Plan;
use crate::scenario::plan::{RequestStep, Step, UserClass};
use crate::transport::{Client, Transport};

use super::declared::Declared;
use super::exchange::Exchange;
use super::sampling::Draw;
use super::shard::Place;
use super::variables::{dealers, draw_first_rows, draw_task_rows, scope};

mod converse;

pub use converse::turns;

/// What happens on the way.
pub enum Moment<'a> {
    /// A user of this class begins.
    User(&'a UserClass),
    /// There is no user of this class: its connections cannot be set up.
    NoUser(String),
    /// A step that waits was reached, and is not waited for.
    Wait(WaitTime),
    /// A request is about to be sent.
    Sending(Sending<'a>),
    /// A request could not be made from its templates.
    NotSent {
        /// Which it would have been.
        place: Spot<'a>,
        /// The data rows and extracted values that its templates use.
        used: Vec<(String, Value)>,
        /// Why not.
        problem: String,
    },
    /// The answer to the last request sent, or the lack of one.
    Answered(Answered<'a>),
    /// Steps that are left out because a value they may need is missing, as a run leaves them out.
    LeftOut(usize),
    /// The user ends without any of its tasks, as in a run: `on_start` did not complete.
    UserEnds,
}

/// Where in a plan a request stands.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    /// The task's name, or `on_start`, `on_stop`.
    pub task: &'a str,
    /// The turn of a conversation, from 1; none elsewhere.
    pub turn: Option<u32>,
    /// The number of the step, from 1.
    pub step: usize,
    /// How many steps there are.
    pub steps: usize,
    /// Whose statistics it would belong to.
    pub endpoint: &'a Endpoint,
}

/// A request about to be sent.
pub struct Sending<'a> {
    /// Where it stands.
    pub place: Spot<'a>,
    /// The data rows and extracted values that its templates use.
    pub used: Vec<(String, Value)>,
    /// The request.
    pub request: &'a Prepared,
    /// The headers that the transport adds to it.
    pub added: HeaderMap,
}

/// What came back.
pub struct Answered<'a> {
    /// The answer, as far as it came.
    pub answer: &'a Answer,
    /// When the request was sent.
    pub sent: Offset,
    /// When it was over.
    pub done: Offset,
    /// Every expectation; none where no whole answer came.
    pub checks: Vec<Check>,
    /// What was to be taken out, and the value or why there is none.
    pub extracted: Vec<(&'a Extraction, Result<Value, String>)>,
    /// The failure, as a run would count it.
    pub outcome: Result<(), Failure>,
    /// What was read in it, where it is declared and its status says that it is one.
    pub read: Option<Read<'a>>,
}

/// What was read in a declared answer.
pub struct Read<'a> {
    /// What was found.
    pub reading: Ref<'a, Reading>,
    /// How it did; its failure is the request's.
    pub judged: Judgement,
    /// The ids each comparison with labels expects.
    pub expected: &'a [Vec<String>],
    /// What was looked for in vain.
    pub unfound: Vec<Unfound>,
}

/// What it came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests sent.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Requests that could not be made, and users that could not begin.
    pub not_sent: u64,
    /// Steps and tasks that were left out because of it.
    pub left_out: u64,
}

/// Goes through the plan: of each class one user, with `on_start`, each task and `on_stop`.
pub async fn once<T: Transport>(
    plan: &Plan,
    transport: &T,
    clock: RunClock,
    tell: &mut impl FnMut(Moment<'_>, Tally),
) -> Tally {
    let mut tally = Tally::default();
    let mut dealers = dealers(plan, Place { index: 0, of: 1 });
    for (index, class) in plan.classes.iter().enumerate() {
        let client = match transport.client(&class.client) {
            Ok(client) => client,
            Err(error) => {
                tally.not_sent += 1;
                tell(Moment::User(class), tally);
                tell(Moment::NoUser(plan.masker.mask(&error.text)), tally);
                continue;
            }
        };
        let mut user = OneUser {
            plan,
            clock,
            client,
            declared: Declared::new(clock, Draw::every()),
            scope: scope(plan, index, index as u64),
            dealers: &mut dealers,
            turn: None,
            tell,
            tally,
        };
        user.run(index, class).await;
        tally = user.tally;
    }
    tally
}

/// The user that stands for its class.
struct OneUser<'a, C, F> {
    plan: &'a Plan,
    clock: RunClock,
    client: C,
    declared: Declared,
    scope: Scope,
    dealers: &'a mut Vec<Dealer>,
    /// The turn that is on, within a conversation.
    turn: Option<u32>,
    tell: &'a mut F,
    tally: Tally,
}

impl<'a, C: Client, F: FnMut(Moment<'_>, Tally)> OneUser<'a, C, F> {
    async fn run(&mut self, index: usize, class: &'a UserClass) {
        self.tell(Moment::User(class));
        draw_first_rows(self.plan, index, self.dealers, &mut self.scope);
        if !self.steps(&class.on_start, "on_start").await {
            self.tally.left_out += class.tasks.len() as u64;
            self.tell(Moment::UserEnds);
            return;
        }
        for task in &class.tasks {
            draw_task_rows(self.plan, self.dealers, &mut self.scope);
            let kept = self.scope.variables.len();
            match &task.conversation {
                Some(conversation) => self.converse(task, conversation).await,
                None => _ = self.steps(&task.steps, &task.name).await,
            }
            self.scope.variables.truncate(kept);
            self.scope.iteration += 1;
        }
        self.steps(&class.on_stop, "on_stop").await;
    }

    /// Whether the last step was reached.
    async fn steps(&mut self, steps: &'a [Step], task: &'a str) -> bool {
        for (index, step) in steps.iter().enumerate() {
            let goes_on = match step {
                Step::Request(request) => {
                    let place = Spot {
                        task,
                        turn: self.turn,
                        step: index + 1,
                        steps: steps.len(),
                        endpoint: &self.plan.endpoints[request.endpoint.index()],
                    };
                    self.request(request, place).await
                }
                Step::Wait(wait) => {
                    self.tell(Moment::Wait(*wait));
                    true
                }
            };
            if !goes_on {
                let left = steps.len() - index - 1;
                self.tally.left_out += left as u64;
                if left > 0 {
                    self.tell(Moment::LeftOut(left));
                }
                return false;
            }
        }
        true
    }

    /// Whether the steps behind it make sense.
    async fn request(&mut self, step: &'a RequestStep, place: Spot<'a>) -> bool {
        let used = self.used(step);
        let ready = step.spec.prepare(&mut self.scope).and_then(|request| {
            let declared = self.declared.begin(step, &mut self.scope)?;
            Ok((request, declared))
        });
        match ready {
            Ok((request, declared)) => {
                self.tally.requests += 1;
                self.tell(Moment::Sending(Sending {
                    added: self.client.added_headers(&request),
                    request: &request,
                    place,
                    used,
                }));
                // All of it is kept, for people to read.
                let reader = AnswerReader::new(true).along_with(declared);
                self.exchange(step, &request, reader).await
            }
            Err(error) => {
                self.tally.not_sent += 1;
                let problem = self.plan.masker.mask(&error.to_string());
                self.tell(Moment::NotSent {
                    place,
                    used,
                    problem,
                });
                false
            }
        }
    }

    /// Sends, judges and tells; whether all could be taken out that later steps need.
    async fn exchange(
        &mut self,
        step: &'a RequestStep,
        request: &Prepared,
        mut reader: AnswerReader,
    ) -> bool {
        let sent = self.clock.now();
        let result = tokio::select! {
            biased;
            result = self.client.send(request, &mut reader) => result,
            over = self.declared.patience(step, sent) => {
                self.client.given_up(&mut reader);
                over
            }
        };
        let mut exchange = Exchange {
            done: self.clock.now(),
            answer: reader.into_answer(),
            sent,
        };
        let whole = result.is_ok();
        let (plan, scope) = (self.plan, &mut self.scope);
        let judged = exchange.judge(result, step, plan, scope, &self.declared);
        self.tally.failed += u64::from(judged.outcome.is_err());
        let checks = whole.then(|| {
            let name = &self.plan.endpoints[step.endpoint.index()].name;
            step.expect.explain(name, &exchange.answer, exchange.time())
        });
        let take = |extraction: &'a Extraction| (extraction, extraction.take(&exchange.answer));
        let answered = Answered {
            answer: &exchange.answer,
            sent,
            done: exchange.done,
            checks: checks.unwrap_or_default(),
            extracted: step.extract.iter().map(take).collect(),
            outcome: judged.outcome,
            read: read(step, &exchange.answer, judged.declared, &self.declared),
        };
        (self.tell)(Moment::Answered(answered), self.tally);
        judged.complete
    }

    /// The variables that the request's templates use, in the order in which they came about.
    fn used(&self, step: &RequestStep) -> Vec<(String, Value)> {
        let names = step.spec.names();
        let is_used = |variable: &String| names.iter().any(|(_, name)| name == variable);
        let variables = self.scope.variables.iter();
        variables
            .filter(|(name, _)| is_used(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn tell(&mut self, moment: Moment<'_>) {
        (self.tell)(moment, self.tally);
    }
}

/// What was read in an answer that was judged as a declared one.
fn read<'d>(
    step: &RequestStep,
    answer: &Answer,
    judged: Option<Judgement>,
    declared: &'d Declared,
) -> Option<Read<'d>> {
    let (judged, response) = judged.zip(step.response.as_ref())?;
    Some(Read {
        reading: declared.reading()?,
        judged,
        expected: declared.expected(),
        unfound: response.spec.unfound(&answer.headers, &answer.body),
    })
}

//! One virtual user: tasks by weight, steps in order, waits, and what is done with each answer.
//!
//! Nothing here locks, and nothing is shared beyond the user's shard. How a request is sent and
//! counted is in `sending`. Must not know other users, ticks or totals.

mod converse;
mod retrying;
mod sending;

use std::rc::Rc;
use std::time::Duration;

use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::load::WaitTime;
use crate::load::wait::PreviousWait;
use crate::request::Scope;
use crate::scenario::plan::{Step, Task, UserClass};
use crate::stats::ExceptionKey;
use crate::transport::Client;

use super::declared::Declared;
use super::sampling::Draw;
use super::shard::ShardState;
use super::signal::{Level, Signal};
use super::variables::{draw_first_rows, draw_task_rows, scope};

/// From here on a rest is worth tidying up for: most users of most scenarios rest most of the time.
const LONG_REST: Duration = Duration::from_millis(200);

/// A virtual user.
pub(super) struct VirtualUser<C> {
    shard: Rc<ShardState>,
    class: usize,
    client: C,
    declared: Declared,
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
        let previous_wait = PreviousWait {
            ended: shard.clock.now(),
        };
        VirtualUser {
            scope: scope(&shard.plan, class, number),
            declared: Declared::new(shard.clock, Draw::of_user(&shard.plan, number)),
            shard,
            class,
            client,
            previous_wait,
            signal,
        }
    }

    /// Lives until told to end.
    pub(super) async fn run(&mut self) {
        let shard = Rc::clone(&self.shard);
        let class = &shard.plan.classes[self.class];
        draw_first_rows(
            &shard.plan,
            self.class,
            &mut shard.dealers.borrow_mut(),
            &mut self.scope,
        );
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
            if self.pass_gate().await == Flow::UserOver {
                return;
            }
            self.draw_task_rows();
            let task = choose_task(&class.tasks, &mut self.scope.random);
            let kept = self.scope.variables.len();
            let flow = match &task.conversation {
                Some(conversation) => self.converse(task, conversation).await,
                None => self.steps(&task.steps, &task.name).await,
            };
            if flow == Flow::UserOver {
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

    /// Waits while the run is paused; a user told to stop meanwhile ends.
    async fn pass_gate(&self) -> Flow {
        if self.shard.gate.is_closed() {
            tokio::select! {
                biased;
                () = self.signal.reached(Level::Stop) => return Flow::UserOver,
                () = self.shard.gate.passed() => {}
            }
        }
        Flow::Next
    }

    /// Runs `on_stop`, unless no more requests are wanted.
    async fn stop(&mut self, class: &UserClass) {
        if class.on_stop.is_empty() || matches!(self.signal.level(), Level::Halt | Level::Abort) {
            return;
        }
        // A signal of its own: the one that ended the user must not end its farewell as well.
        self.signal = self.shard.farewells.signal();
        self.steps(&class.on_stop, "on_stop").await;
    }

    async fn steps(&mut self, steps: &[Step], task: &str) -> Flow {
        for (index, step) in steps.iter().enumerate() {
            let flow = match step {
                Step::Request(step) => self.request(step, task, index).await,
                Step::Wait(wait) => self.pause(*wait).await,
            };
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    /// Waits between two steps or turns, which nothing paces.
    async fn pause(&mut self, wait: WaitTime) -> Flow {
        let uniform = self.scope.random.random::<f64>();
        let mut no_memory = PreviousWait::default();
        let wait = wait.next(uniform, self.shard.clock.now(), &mut no_memory);
        self.rest(wait).await
    }

    /// Waits; a user told to stop meanwhile ends.
    async fn rest(&mut self, wait: Duration) -> Flow {
        if wait.is_zero() {
            // Users that never wait must still let the others of their shard have a turn.
            tokio::task::yield_now().await;
            return match self.signal.level() {
                Level::Run => Flow::Next,
                Level::Stop | Level::Halt | Level::Kill | Level::Abort => Flow::UserOver,
            };
        }
        if wait >= LONG_REST {
            self.client.rest();
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

    fn draw_task_rows(&mut self) {
        let mut dealers = self.shard.dealers.borrow_mut();
        draw_task_rows(&self.shard.plan, &mut dealers, &mut self.scope);
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

//! One shard: some of the users, their connections, their randomness and their recorder.
//!
//! A local future: nothing on the request path is shared with other shards. Must not know the
//! schedule: it spawns and stops users as told.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::clock::RunClock;
use crate::model::Offset;
use crate::request::Dealer;
use crate::request::data::Dealt;
use crate::scenario::Plan;
use crate::stats::{Delta, ExceptionKey, Recorder};
use crate::transport::Transport;

use super::allowance::{Allowance, Held, Ration};
use super::sampling::Kept;
use super::signal::{Farewells, Gate, Level, Signal};
use super::stability::Baselines;
use super::user::VirtualUser;
use super::variables::dealers;

/// How often a shard looks how late its timers are.
const LAG_PROBE: Duration = Duration::from_millis(100);

/// What a shard can be told.
#[derive(Debug)]
pub(super) enum ShardCommand {
    /// Spawn so many users of a class, numbered upwards from `first`.
    Spawn {
        class: usize,
        count: u32,
        first: u64,
    },
    /// Stop so many users of a class, the youngest first; kill them after the timeout.
    Stop {
        class: usize,
        count: u32,
        timeout: Duration,
    },
    /// Tell every user to end, this firmly.
    StopAll(Level),
    /// Hold users back before their next task, or let them go on.
    Pause(bool),
    /// Change what may be sent, of a budget of requests.
    Allow(Ration),
    /// Hand over what was counted since the last report.
    Report(oneshot::Sender<ShardReport>),
}

/// What a shard hands over when asked.
#[derive(Debug, Default)]
pub(super) struct ShardReport {
    /// What was counted since the last report.
    pub(super) delta: Delta,
    /// What was dealt of each data set since the last report.
    pub(super) dealt: Vec<Dealt>,
    /// The answers that were kept since the last report.
    pub(super) kept: Kept,
    /// Users running, by class.
    pub(super) users: Vec<u32>,
    /// How it stands with what it may send, of a budget of requests.
    pub(super) held: Held,
    /// How late its timers were, at worst, since the last report.
    pub(super) lag: Duration,
    /// How long this thread's runtime has been at work since it began.
    pub(super) worked: Duration,
}

/// What the users of one shard share. On one thread: cells, no locks.
pub(super) struct ShardState {
    pub(super) plan: Arc<Plan>,
    pub(super) clock: RunClock,
    pub(super) recorder: RefCell<Recorder>,
    /// Not in the recorder: what it hands over is added up, for the whole run.
    pub(super) kept: RefCell<Kept>,
    pub(super) dealers: RefCell<Vec<Dealer>>,
    pub(super) baselines: RefCell<Baselines>,
    pub(super) gate: Gate,
    /// None where the run has no budget of requests.
    pub(super) allowance: Option<Allowance>,
    /// What `on_stop` steps listen to: raised only when everything is to end now.
    pub(super) farewells: Farewells,
    running: RefCell<Vec<u32>>,
    lag: Cell<Duration>,
}

/// The users of one class in order of spawning.
type Roll = Vec<Rc<Signal>>;

/// A shard at work.
struct Shard<T: Transport> {
    state: Rc<ShardState>,
    transport: Arc<T>,
    rolls: Vec<Roll>,
    users: JoinSet<()>,
}

/// Which shard of how many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// From 0.
    pub(super) index: usize,
    /// At least 1.
    pub(super) of: usize,
}

/// Runs a shard until its commands end and its last user is gone. `short` hears of users that wait
/// for more of a budget of requests.
pub(super) async fn shard<T: Transport>(
    plan: Arc<Plan>,
    transport: Arc<T>,
    clock: RunClock,
    place: Place,
    mut commands: mpsc::Receiver<ShardCommand>,
    short: Arc<Notify>,
) {
    let classes = plan.classes.len();
    let dealers = dealers(&plan, place);
    let state = Rc::new(ShardState {
        recorder: RefCell::new(Recorder::new(plan.endpoints.len())),
        kept: RefCell::default(),
        dealers: RefCell::new(dealers),
        baselines: RefCell::default(),
        gate: Gate::default(),
        allowance: plan.budget.requests.map(|_| Allowance::empty(short)),
        farewells: Farewells::default(),
        running: RefCell::new(vec![0; classes]),
        lag: Cell::new(Duration::ZERO),
        plan,
        clock,
    });
    let mut shard = Shard {
        state: Rc::clone(&state),
        transport,
        rolls: vec![Roll::new(); classes],
        users: JoinSet::new(),
    };
    let work = async {
        while let Some(command) = commands.recv().await {
            while let Some(ended) = shard.users.try_join_next() {
                shard.state.note_panic(ended);
            }
            shard.obey(command);
        }
    };
    tokio::select! {
        () = work => {}
        () = probe_lag(&state) => {}
    }
}

impl<T: Transport> Shard<T> {
    fn obey(&mut self, command: ShardCommand) {
        match command {
            ShardCommand::Spawn {
                class,
                count,
                first,
            } => {
                self.forget_ended(class);
                for number in first..first + u64::from(count) {
                    self.spawn(class, number);
                }
            }
            ShardCommand::Stop {
                class,
                count,
                timeout,
            } => self.stop(class, count, timeout),
            ShardCommand::StopAll(level) => {
                self.rolls
                    .iter()
                    .flatten()
                    .for_each(|signal| signal.raise(level));
                // Farewells send requests too: none when no new ones are wanted.
                if matches!(level, Level::Halt | Level::Abort) {
                    self.state.farewells.raise(level);
                }
            }
            ShardCommand::Pause(paused) => self.state.gate.set_closed(paused),
            ShardCommand::Allow(ration) => {
                if let Some(allowance) = &self.state.allowance {
                    allowance.change(ration);
                }
            }
            ShardCommand::Report(reply) => {
                // Whoever asked may be gone; then nobody needs the answer.
                let _ = reply.send(self.state.report());
            }
        }
    }

    fn spawn(&mut self, class: usize, number: u64) {
        let client = match self
            .transport
            .client(&self.state.plan.classes[class].client)
        {
            Ok(client) => client,
            Err(error) => {
                let name = &self.state.plan.classes[class].name;
                self.state
                    .exception(error.to_string(), format!("user class {name}, spawning"));
                return;
            }
        };
        let signal = Rc::new(Signal::default());
        self.rolls[class].push(Rc::clone(&signal));
        let mut user = VirtualUser::new(
            Rc::clone(&self.state),
            class,
            number,
            client,
            Rc::clone(&signal),
        );
        let presence = Presence::new(Rc::clone(&self.state), class);
        self.users.spawn_local(async move {
            let _presence = presence;
            user.run().await;
        });
    }

    fn stop(&mut self, class: usize, count: u32, timeout: Duration) {
        self.forget_ended(class);
        let roll = &mut self.rolls[class];
        let leaving = roll.split_off(roll.len().saturating_sub(count as usize));
        for signal in leaving {
            if timeout.is_zero() {
                signal.raise(Level::Kill);
                continue;
            }
            signal.raise(Level::Stop);
            tokio::task::spawn_local(async move {
                tokio::time::sleep(timeout).await;
                signal.raise(Level::Kill);
            });
        }
    }

    /// Users that ended by themselves hold no signal any more: only the roll does.
    fn forget_ended(&mut self, class: usize) {
        self.rolls[class].retain(|signal| Rc::strong_count(signal) > 1);
    }
}

impl ShardState {
    fn report(&self) -> ShardReport {
        ShardReport {
            delta: self.recorder.borrow_mut().take(),
            dealt: (self.dealers.borrow_mut().iter_mut())
                .map(Dealer::take_dealt)
                .collect(),
            kept: self.kept.take(),
            users: self.running.borrow().clone(),
            held: (self.allowance.as_ref()).map_or_else(Held::default, Allowance::report),
            lag: self.lag.take(),
            worked: Handle::current().metrics().worker_total_busy_duration(0),
        }
    }

    /// A timer that was due then is served now.
    pub(super) fn note_lateness(&self, due: Offset) {
        // Timers fire up to a millisecond late by their granularity; that is no lag.
        let late = self.clock.now().since(due);
        let late = late.saturating_sub(Duration::from_millis(1));
        self.lag.set(self.lag.get().max(late));
    }

    fn exception(&self, message: String, traceback: String) {
        let key = ExceptionKey { message, traceback };
        self.recorder.borrow_mut().exception(self.clock.now(), key);
    }

    /// A user's task that panicked is a defect of ours: it is counted where people look.
    fn note_panic(&self, ended: Result<(), tokio::task::JoinError>) {
        let Err(error) = ended else { return };
        let Ok(payload) = error.try_into_panic() else {
            return;
        };
        let text = (payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned()))
        .or_else(|| payload.downcast_ref::<String>().cloned());
        let text = text.unwrap_or_else(|| "no message".to_owned());
        let message = format!("a virtual user panicked: {text}");
        self.exception(message, "ragload".to_owned());
    }
}

/// Counts a user as running for as long as it lives, however it ends.
struct Presence {
    state: Rc<ShardState>,
    class: usize,
}

impl Presence {
    fn new(state: Rc<ShardState>, class: usize) -> Self {
        state.running.borrow_mut()[class] += 1;
        Presence { state, class }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.state.running.borrow_mut()[self.class] -= 1;
    }
}

/// Keeps the worst lateness of a regular timer: what users of this shard suffer as well.
async fn probe_lag(state: &ShardState) {
    loop {
        let due = state.clock.now() + LAG_PROBE;
        state.clock.sleep_until(due).await;
        state.note_lateness(due);
    }
}

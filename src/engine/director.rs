//! The course of a run: when users are spawned and stopped, when figures are taken, when it ends.
//!
//! Owns the one loop that acts on the load's law, the clock and the commands. Must not know what
//! users do or how figures are computed.

mod ending;
mod ramp;
mod rations;
mod tick;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

use crate::clock::RunClock;
use crate::event::{Command, Ending, MarkKind, Phase, RunRecord, Severity, SinkError, StopReason};
use crate::load::{ClassShare, Dispatcher, LoadShape, Target};
use crate::model::Offset;
use crate::scenario::Plan;
use crate::stats::snapshot::UserCounts;
use crate::transport::Transport;

use super::audience::Audience;
use super::collector::{Collector, Standpoint};
use super::launch::{ShardHandle, Shards, launch};
use super::probe::Probe;
use super::shard::ShardCommand;
use super::signal::Level;
use rations::{Rations, shortage};

/// The pace of ticks.
const TICK: Duration = Duration::from_secs(1);
/// Users per second that Locust's keys spawn at.
const KEY_SPAWN_RATE: f64 = 100.0;

/// Everything a run depends on.
pub struct RunParts<T> {
    /// What to do.
    pub plan: Arc<Plan>,
    /// What to send with.
    pub transport: Arc<T>,
    /// The run's clock; its zero is the start of the run.
    pub clock: RunClock,
    /// What is asked while it runs.
    pub commands: mpsc::Receiver<Command>,
    /// Who is told.
    pub audience: Audience,
    /// How the generator is doing.
    pub probe: Probe,
    /// How many shards, and where.
    pub shards: Shards,
}

/// A finished run.
#[derive(Debug)]
pub struct Finished {
    /// All that is left of it.
    pub record: Arc<RunRecord>,
    /// What could not be written whole, one error per destination.
    pub sink_errors: Vec<SinkError>,
}

/// Runs a plan to its end, whichever end that is.
///
/// # Errors
/// When the operating system refuses the threads to run it on; nothing was sent then.
pub async fn run<T: Transport>(parts: RunParts<T>) -> std::io::Result<Finished> {
    let RunParts {
        plan,
        transport,
        clock,
        commands,
        audience,
        probe,
        shards,
    } = parts;
    let short = Arc::default();
    let handles = launch(shards, &plan, &transport, clock, &short)?;
    let mut director = Director::new(plan, clock, handles, audience, probe);
    director.keep_to_budget(short);
    director.collector.started();
    director.tick().await;
    let mut commands = Orders(commands);
    let ending = director.conduct(&mut commands).await;
    let ending = director.wind_down(ending, &mut commands).await;
    // Whoever still asks must not wait for an answer while everyone waits for them.
    drop(commands);
    let (record, audience) = director.finish(ending);
    Ok(Finished {
        record,
        sink_errors: audience.close(),
    })
}

/// The commands; a closed channel is one on which nothing more comes.
struct Orders(mpsc::Receiver<Command>);

impl Orders {
    async fn next(&mut self) -> Command {
        match self.0.recv().await {
            Some(command) => command,
            None => std::future::pending().await,
        }
    }
}

struct Director {
    plan: Arc<Plan>,
    clock: RunClock,
    shards: Vec<ShardHandle>,
    collector: Collector,
    /// None where the run has no budget of requests.
    rations: Option<Rations>,
    probe: Probe,
    shape: Box<dyn LoadShape>,
    dispatcher: Dispatcher,
    /// The shape's target that was last acted on.
    wanted: Option<Target>,
    target_users: u32,
    /// Users per second of the ramp last begun.
    spawn_rate: f64,
    next_step: Option<Offset>,
    next_tick: Offset,
    /// The number of the next user; above zero once any was spawned.
    next_user: u64,
    users: UserCounts,
    phase: Phase,
    /// When users that were told to end are told more firmly.
    cut_off_at: Option<Offset>,
    told: Told,
    /// How late timers were since the last tick.
    lag: Duration,
    paused: bool,
    /// Whether statistics were reset after the first ramp.
    was_reset: bool,
}

/// What was said already and needs saying once.
#[derive(Default)]
struct Told {
    /// That the generator is the bottleneck.
    limit: bool,
    /// That a shard is lost.
    shard_lost: bool,
}

impl Director {
    fn new(
        plan: Arc<Plan>,
        clock: RunClock,
        shards: Vec<ShardHandle>,
        audience: Audience,
        probe: Probe,
    ) -> Self {
        let classes = (plan.classes.iter())
            .map(|class| ClassShare {
                name: class.name.clone(),
                weight: class.weight,
                fixed_count: class.fixed_count,
            })
            .collect();
        // Zero-padded, so that the dispatcher's order by name is the order of the shards.
        let names = (0..shards.len())
            .map(|index| format!("shard{index:05}"))
            .collect();
        let by_class = plan
            .classes
            .iter()
            .map(|class| (class.name.clone(), 0))
            .collect();
        Director {
            shape: plan.load.shape(),
            dispatcher: Dispatcher::new(classes, names),
            rations: None,
            collector: Collector::new(Arc::clone(&plan), clock, audience),
            plan,
            clock,
            shards,
            probe,
            wanted: None,
            target_users: 0,
            spawn_rate: KEY_SPAWN_RATE,
            next_step: None,
            next_tick: Offset::ZERO,
            next_user: 0,
            users: UserCounts { by_class },
            phase: Phase::Spawning,
            cut_off_at: None,
            told: Told::default(),
            lag: Duration::ZERO,
            paused: false,
            was_reset: false,
        }
    }

    /// Shares a budget of requests out among the shards, where there is one.
    fn keep_to_budget(&mut self, short: Arc<Notify>) {
        let budget = self.plan.budget.requests;
        self.rations = budget.map(|budget| Rations::new(budget, self.shards.len(), short));
    }

    /// Follows the load's law until the run is to end.
    async fn conduct(&mut self, commands: &mut Orders) -> Ending {
        loop {
            if let Some(ending) = self.follow_shape().await {
                return ending;
            }
            tokio::select! {
                biased;
                command = commands.next() => {
                    if let Some(ending) = self.obey(command).await {
                        return ending;
                    }
                }
                () = shortage(self.rations.as_ref()) => self.is_short(),
                () = self.clock.sleep_until(self.next_wake()) => {}
            }
            self.share_out_if_due().await;
            if self.clock.now() >= self.next_tick
                && let Some(ending) = self.tick().await
            {
                return ending;
            }
        }
    }

    fn next_wake(&self) -> Offset {
        let now = self.clock.now();
        let moments = [
            self.next_step,
            self.shape.next_change(now),
            self.shape.ends_at(),
            self.rations.as_ref().and_then(Rations::due),
        ];
        moments
            .into_iter()
            .flatten()
            .fold(self.next_tick, Offset::min)
    }

    /// Acts on what the shape wants now; an ending when it wants no more.
    async fn follow_shape(&mut self) -> Option<Ending> {
        let now = self.clock.now();
        let target = self.shape.target(now);
        if self.wanted != Some(target) {
            self.wanted = Some(target);
            match target {
                Target::Done => return Some(Ending::Completed),
                Target::Users { count, spawn_rate } => self.ramp(count, spawn_rate),
                // Open loads have no shape yet that would ask for arrivals.
                Target::Arrivals { .. } => {}
            }
        }
        while let Some(due) = self.next_step.filter(|due| *due <= now) {
            self.step(due).await;
        }
        None
    }

    async fn obey(&mut self, command: Command) -> Option<Ending> {
        match command {
            Command::AddUsers(more) => self.add_users(more),
            Command::SetUsers {
                users,
                spawn_rate,
                end,
            } => self.set_users(users, spawn_rate, end),
            Command::ResetStats => self.reset_statistics().await,
            Command::Record => self.collector.tell_record(),
            Command::Pause => self.pause(true).await,
            Command::Resume => self.pause(false).await,
            Command::Stop(reason) => return Some(Ending::Stopped(reason)),
            Command::Abort => {
                self.tell_all(|| ShardCommand::StopAll(Level::Abort)).await;
                return Some(Ending::Stopped(StopReason::Interrupt));
            }
        }
        None
    }

    /// Holds users back before their next task, or lets them go on.
    async fn pause(&mut self, paused: bool) {
        if std::mem::replace(&mut self.paused, paused) == paused {
            return;
        }
        let (kind, mark, text) = if paused {
            let text = "Paused: no new tasks until resumed";
            (MarkKind::Paused, "paused", text)
        } else {
            (MarkKind::Resumed, "resumed", "Resumed")
        };
        self.collector.mark(kind, mark);
        self.tell_all(|| ShardCommand::Pause(paused)).await;
        self.collector.announce(Severity::Info, text.to_owned());
    }

    async fn tell_all(&self, command: impl Fn() -> ShardCommand) {
        for shard in &self.shards {
            shard.tell(command()).await;
        }
    }

    fn finish(mut self, ending: Ending) -> (Arc<RunRecord>, Audience) {
        self.phase = Phase::Stopped;
        let now = self.clock.now();
        let generator = self.generator(now);
        let stand = Standpoint {
            users: self.users.clone(),
            target_users: 0,
            phase: Phase::Stopped,
            paused: false,
            ends_at: self.shape.ends_at(),
            generator,
        };
        // Conditions for an early end have no one left to end.
        let _ = self.collector.tick(now, &stand);
        self.shards.into_iter().for_each(ShardHandle::close);
        self.collector.finish(now, ending)
    }
}

//! The course of a run: when users are spawned and stopped, when figures are taken, when it ends.
//!
//! Owns the one loop that acts on the load's law, the clock and the commands. Must not know what
//! users do or how figures are computed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::clock::RunClock;
use crate::event::{Command, Ending, Phase, RunRecord, Severity, SinkError, StopReason};
use crate::load::{Change, ClassShare, Dispatcher, LoadShape, Target};
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

/// The pace of ticks.
const TICK: Duration = Duration::from_secs(1);
/// How often a run that is stopping looks whether its users are gone.
const STOPPING_POLL: Duration = Duration::from_millis(20);
/// How long `on_stop` steps may take once users were killed.
const FAREWELL: Duration = Duration::from_secs(5);
/// Users per second that Locust's keys spawn at.
const KEY_SPAWN_RATE: f64 = 100.0;
/// A timer this late means that latencies of that second are the generator's as well.
const LAG_LIMIT: Duration = Duration::from_millis(100);

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
    let handles = launch(shards, &plan, &transport, clock)?;
    let mut director = Director::new(plan, clock, handles, audience, probe);
    director.collector.started();
    director.tick().await;
    let mut commands = Orders(commands);
    let ending = director.conduct(&mut commands).await;
    let ending = director.wind_down(ending, &mut commands).await;
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
    probe: Probe,
    shape: Box<dyn LoadShape>,
    dispatcher: Dispatcher,
    /// The shape's target that was last acted on.
    wanted: Option<Target>,
    target_users: u32,
    next_step: Option<Offset>,
    next_tick: Offset,
    next_user: u64,
    users: UserCounts,
    /// Whether a user was ever spawned.
    began: bool,
    phase: Phase,
    lagging: bool,
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
            collector: Collector::new(Arc::clone(&plan), clock, audience),
            plan,
            clock,
            shards,
            probe,
            wanted: None,
            target_users: 0,
            next_step: None,
            next_tick: Offset::ZERO,
            next_user: 0,
            users: UserCounts { by_class },
            began: false,
            phase: Phase::Spawning,
            lagging: false,
            shard_lost: false,
        }
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
                () = self.clock.sleep_until(self.next_wake()) => {}
            }
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
        let everyone_gone = self.began && self.next_step.is_none() && self.target_users > 0;
        (everyone_gone && self.users.total() == 0 && self.phase == Phase::Running)
            .then_some(Ending::NoUsers)
    }

    fn ramp(&mut self, count: u32, spawn_rate: f64) {
        if self.target_stays() {
            let text = format!("Ramping to {count} users at a rate of {spawn_rate:.2} per second");
            self.collector.notice(Severity::Info, text);
        }
        self.target_users = count;
        self.dispatcher.start(count, spawn_rate);
        self.phase = Phase::Spawning;
        self.next_step = Some(self.clock.now());
    }

    /// Whether the target will be the same for a while: one that moves with every user of a
    /// stage's ramp is not worth a line each time.
    fn target_stays(&self) -> bool {
        let now = self.clock.now();
        self.shape
            .next_change(now)
            .is_none_or(|change| change > now + TICK)
    }

    /// One step of a ramp: tells the shards, and notes when the next one is due.
    async fn step(&mut self, due: Offset) {
        let step = self.dispatcher.step();
        // No step: fixed counts allow no more users, or there was nothing to do.
        let over = step.is_none() || self.dispatcher.reached();
        for change in step.into_iter().flat_map(|step| step.changes) {
            self.change(&change).await;
        }
        if !over {
            self.next_step = Some(due + self.dispatcher.pause());
            return;
        }
        self.next_step = None;
        self.phase = Phase::Running;
        if self.target_stays() {
            self.announce_spawned();
        }
        if self.plan.reset_stats {
            self.collector.notice(Severity::Info, "Resetting stats");
            self.collector.reset(self.clock.now());
        }
    }

    async fn change(&mut self, change: &Change) {
        let class = change.class;
        let count = u32::try_from(change.delta.unsigned_abs()).unwrap_or(u32::MAX);
        let command = if change.delta > 0 {
            let first = self.next_user;
            self.next_user += u64::from(count);
            self.began = true;
            ShardCommand::Spawn {
                class,
                count,
                first,
            }
        } else {
            ShardCommand::Stop {
                class,
                count,
                timeout: self.plan.stop_timeout,
            }
        };
        self.shards[change.worker].tell(command).await;
    }

    fn announce_spawned(&mut self) {
        let running = |class: usize| -> u32 {
            self.dispatcher
                .counts()
                .iter()
                .map(|shard| shard[class])
                .sum()
        };
        let classes = self.plan.classes.iter().enumerate();
        let counts: serde_json::Map<String, serde_json::Value> = classes
            .map(|(index, class)| (class.name.clone(), running(index).into()))
            .collect();
        let counts = serde_json::Value::Object(counts);
        let total = self.dispatcher.total();
        let text = format!("All users spawned: {counts} ({total} total users)");
        self.collector.notice(Severity::Info, text);
    }

    async fn obey(&mut self, command: Command) -> Option<Ending> {
        match command {
            Command::AddUsers(more) => {
                let users = self.dispatcher.total().saturating_add_signed(more);
                self.ramp(users, KEY_SPAWN_RATE);
            }
            Command::Pause => self.tell_all(|| ShardCommand::Pause(true)).await,
            Command::Resume => self.tell_all(|| ShardCommand::Pause(false)).await,
            Command::Stop(reason) => return Some(Ending::Stopped(reason)),
            Command::Abort => {
                self.tell_all(|| ShardCommand::StopAll(Level::Abort)).await;
                return Some(Ending::Stopped(StopReason::Interrupt));
            }
        }
        None
    }

    async fn tell_all(&self, command: impl Fn() -> ShardCommand) {
        for shard in &self.shards {
            shard.tell(command()).await;
        }
    }

    /// Takes every shard's delta into the pending stretch.
    async fn gather(&mut self) -> Duration {
        let mut lag = Duration::ZERO;
        let mut lost = 0;
        self.users
            .by_class
            .iter_mut()
            .for_each(|(_, count)| *count = 0);
        for shard in &self.shards {
            let Some(report) = shard.ask().await else {
                lost += 1;
                continue;
            };
            self.collector.add(&report.delta);
            for ((_, sum), count) in self.users.by_class.iter_mut().zip(&report.users) {
                *sum += count;
            }
            lag = lag.max(report.lag);
        }
        if lost > 0 && !self.shard_lost {
            self.shard_lost = true;
            let text = format!(
                "{lost} of {} load threads died: their users are gone, and what they had not \
                 reported yet is lost",
                self.shards.len()
            );
            self.collector.notice(Severity::Error, text);
        }
        lag
    }

    async fn tick(&mut self) -> Option<Ending> {
        let lag = self.gather().await;
        self.warn_of_lag(lag);
        let now = self.clock.now();
        while self.next_tick <= now {
            self.next_tick = self.next_tick + TICK;
        }
        let stand = Standpoint {
            users: self.users.clone(),
            target_users: self.target_users,
            phase: self.phase,
            ends_at: self.shape.ends_at(),
            generator: self.probe.read(lag),
        };
        self.collector.tick(now, &stand)
    }

    fn warn_of_lag(&mut self, lag: Duration) {
        let lagging = lag >= LAG_LIMIT;
        if lagging && !self.lagging {
            let text = format!(
                "the load generator fell {} ms behind: response times of these seconds are partly \
                 its own (fewer users, more cores or more machines help)",
                lag.as_millis()
            );
            self.collector.notice(Severity::Warning, text);
        }
        self.lagging = lagging;
    }

    /// Lets users end: firmly when the stop timeout is over, at once when asked again.
    async fn wind_down(&mut self, mut ending: Ending, commands: &mut Orders) -> Ending {
        self.phase = Phase::Stopping;
        self.next_step = None;
        self.target_users = 0;
        // A pause must not hold back users that are to end.
        self.tell_all(|| ShardCommand::Pause(false)).await;
        let mut measures = self.measures(&ending);
        while let Some((level, patience)) = measures.pop_front() {
            self.tell_all(|| ShardCommand::StopAll(level)).await;
            match self.until_gone(patience, commands).await {
                Gone::Yes => break,
                Gone::No => self.announce_impatience(level),
                Gone::AskedAgain(reason) => {
                    ending = Ending::Stopped(reason);
                    measures = VecDeque::from([(Level::Abort, FAREWELL)]);
                }
            }
        }
        ending
    }

    /// What users are told, one after the other, and how long each is given to work.
    fn measures(&self, ending: &Ending) -> VecDeque<(Level, Duration)> {
        let asked = matches!(
            ending,
            Ending::Stopped(StopReason::Interrupt | StopReason::Terminate)
        );
        // Whoever asks for the end wants no new requests, farewells included.
        let (gently, firmly) = if asked {
            (Level::Halt, Level::Abort)
        } else {
            (Level::Stop, Level::Kill)
        };
        let mut measures = VecDeque::from([(firmly, FAREWELL), (Level::Abort, FAREWELL)]);
        if !self.plan.stop_timeout.is_zero() {
            measures.push_front((gently, self.plan.stop_timeout));
        }
        measures
    }

    fn announce_impatience(&mut self, level: Level) {
        if matches!(level, Level::Stop | Level::Halt) {
            let text = format!(
                "Not all users finished their tasks & terminated in {} seconds. Stopping them...",
                self.plan.stop_timeout.as_secs()
            );
            self.collector.notice(Severity::Info, text);
        }
    }

    async fn until_gone(&mut self, patience: Duration, commands: &mut Orders) -> Gone {
        let deadline = self.clock.now() + patience;
        loop {
            self.gather().await;
            if self.users.total() == 0 {
                return Gone::Yes;
            }
            let now = self.clock.now();
            if now >= deadline {
                return Gone::No;
            }
            if now >= self.next_tick {
                self.tick().await;
            }
            let wake = (now + STOPPING_POLL).min(deadline);
            tokio::select! {
                biased;
                command = commands.next() => match command {
                    Command::Stop(reason) => return Gone::AskedAgain(reason),
                    Command::Abort => return Gone::AskedAgain(StopReason::Interrupt),
                    Command::AddUsers(_) | Command::Pause | Command::Resume => {}
                },
                () = self.clock.sleep_until(wake) => {}
            }
        }
    }

    fn finish(mut self, ending: Ending) -> (Arc<RunRecord>, Audience) {
        self.phase = Phase::Stopped;
        let now = self.clock.now();
        let stand = Standpoint {
            users: self.users.clone(),
            target_users: 0,
            phase: Phase::Stopped,
            ends_at: self.shape.ends_at(),
            generator: self.probe.read(Duration::ZERO),
        };
        // Conditions for an early end have no one left to end.
        let _ = self.collector.tick(now, &stand);
        self.shards.into_iter().for_each(ShardHandle::close);
        self.collector.finish(now, ending)
    }
}

/// What became of users told to end.
enum Gone {
    Yes,
    No,
    /// Someone asked again, for this reason.
    AskedAgain(StopReason),
}

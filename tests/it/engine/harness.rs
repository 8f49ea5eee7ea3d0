//! Runs a scenario on a paused clock and hands back everything it told.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ragload::clock::RunClock;
use ragload::engine::{Audience, Probe, RunParts, Shards, run};
use ragload::event::{Command, Event, Notice, RunRecord, Sampled, Sink, SinkError, Tick};
use ragload::scenario::{self, Defaults, Environment, Overrides, Plan};
use ragload::transport::Sim;
use ragload::transport::sim::{Served, SimReply, SimRequest};
use tokio::sync::mpsc;
use tokio::task::LocalSet;

/// The wall time every simulated run begins at.
const STARTED: Duration = Duration::from_secs(1_800_000_000);
/// The seed of runs that do not choose one.
const SEED: u64 = 42;

/// What a simulated run left.
pub(super) struct Ran {
    pub(super) record: Arc<RunRecord>,
    pub(super) ticks: Vec<Arc<Tick>>,
    pub(super) notices: Vec<Notice>,
    /// What was told whenever the record was asked for.
    pub(super) so_far: Vec<Arc<RunRecord>>,
    /// The answers kept for judging, as they were told.
    pub(super) sampled: Vec<Arc<Sampled>>,
    pub(super) served: Served,
}

impl Ran {
    /// Requests the server saw.
    pub(super) fn arrived(&self) -> u64 {
        self.served.values().sum()
    }

    /// Users running at each whole second.
    pub(super) fn users_at(&self, second: usize) -> u32 {
        self.ticks[second].snapshot.users
    }

    /// Requests finished, by `METHOD name`.
    pub(super) fn requests(&self, endpoint: &str) -> u64 {
        let mut rows = self.record.rows.iter().map(|recorded| &recorded.row);
        rows.find(|row| row.endpoint.to_string() == endpoint)
            .map_or(0, |row| row.requests)
    }
}

/// A run to be simulated.
pub(super) struct Simulation {
    plan: Plan,
    shards: usize,
    commands: Vec<(Duration, Command)>,
}

impl Simulation {
    /// Of a shipped scenario.
    pub(super) fn shipped(name: &str) -> Self {
        Self::of(name, &BTreeMap::new(), SEED)
    }

    /// Of a scenario written in the test.
    pub(super) fn yaml(text: &str) -> Self {
        Self::seeded(text, SEED)
    }

    /// Of a scenario written in the test, with a seed.
    pub(super) fn seeded(text: &str, seed: u64) -> Self {
        let files = BTreeMap::from([(PathBuf::from("test.yaml"), text.as_bytes().to_vec())]);
        Self::of("test.yaml", &files, seed)
    }

    fn of(name: &str, files: &BTreeMap<PathBuf, Vec<u8>>, seed: u64) -> Self {
        let environment = Environment::default();
        let defaults = Defaults::of_run(seed);
        let plan = scenario::load(name, files, &environment, &Overrides::default(), defaults)
            .unwrap_or_else(|problems| panic!("{problems}"));
        Simulation {
            plan,
            shards: 2,
            commands: Vec::new(),
        }
    }

    /// With statistics reset once all users are spawned.
    pub(super) fn resetting(mut self) -> Self {
        self.plan.reset_stats = true;
        self
    }

    /// Over so many shards.
    pub(super) fn shards(mut self, shards: usize) -> Self {
        self.shards = shards;
        self
    }

    /// With this asked at this time.
    pub(super) fn at(mut self, seconds: f64, command: Command) -> Self {
        self.commands
            .push((Duration::from_secs_f64(seconds), command));
        self
    }

    /// Runs it against a server that answers as `script` says.
    pub(super) fn run(
        self,
        script: impl Fn(&SimRequest<'_>) -> SimReply + Send + Sync + 'static,
    ) -> Ran {
        paused(async move {
            let clock = RunClock::start_at(STARTED);
            let sim = Sim::new(clock, script);
            let told = Arc::new(Mutex::new(Told::default()));
            let (sender, commands) = mpsc::channel(16);
            tokio::task::spawn_local(ask(clock, self.commands, sender));
            let parts = RunParts {
                plan: Arc::new(self.plan),
                transport: Arc::new(sim.clone()),
                clock,
                commands,
                audience: Audience::inline(vec![Box::new(Listener(Arc::clone(&told)))]),
                probe: Probe::none(),
                shards: Shards::Local(self.shards),
            };
            let finished = run(parts).await.unwrap();
            assert!(finished.sink_errors.is_empty());
            let told = std::mem::take(&mut *told.lock().unwrap());
            let Told {
                ticks,
                notices,
                so_far,
                sampled,
            } = told;
            Ran {
                record: finished.record,
                ticks,
                notices,
                so_far,
                sampled,
                served: sim.served(),
            }
        })
    }
}

/// An answer of 200 after this many milliseconds, with the body the shared workload expects.
pub(super) fn answer(millis: u64) -> SimReply {
    SimReply::status(200)
        .body(r#"{"answer": "yes"}"#)
        .after(Duration::from_millis(millis))
}

async fn ask(clock: RunClock, plan: Vec<(Duration, Command)>, commands: mpsc::Sender<Command>) {
    for (at, command) in plan {
        clock
            .sleep_until(ragload::model::Offset::from_duration(at))
            .await;
        commands.send(command).await.unwrap();
    }
    // Kept open until the run is over: a closed channel asks for nothing either.
    std::future::pending::<()>().await;
}

fn paused<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, future)
}

#[derive(Default)]
struct Told {
    ticks: Vec<Arc<Tick>>,
    notices: Vec<Notice>,
    so_far: Vec<Arc<RunRecord>>,
    sampled: Vec<Arc<Sampled>>,
}

struct Listener(Arc<Mutex<Told>>);

impl Sink for Listener {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        let mut told = self.0.lock().unwrap();
        match event {
            Event::Tick(tick) => told.ticks.push(Arc::clone(tick)),
            Event::Notice(notice) => told.notices.push(notice.clone()),
            Event::SoFar(record) => told.so_far.push(Arc::clone(record)),
            Event::Sampled(sampled) => told.sampled.push(Arc::clone(sampled)),
            Event::Started(_) | Event::Finished(_) => {}
        }
        Ok(())
    }

    fn takes_samples(&self) -> bool {
        true
    }
}

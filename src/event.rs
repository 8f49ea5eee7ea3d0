//! The contract between a run and everyone who watches or steers it: what happened
//! ([`Event`], [`RunRecord`], [`Sink`]) and what may be asked ([`Command`]).
//!
//! Pure data. Must not know the engine that tells it or the outputs that show it.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::Offset;
use crate::scenario::Plan;
use crate::stats::{Point, Snapshot};
use crate::threshold::Judgement;

pub use crate::stats::Generator;
pub use record::{
    Mark, MarkKind, RecordedAnswer, RecordedData, RecordedRow, RunOutcome, RunRecord,
    SCHEMA_VERSION, StageBand, Verdict,
};
pub use sampled::{
    Sampled, SampledAnswer, SampledCount, SampledOutcome, SampledTimes, SampledTokens,
};

mod record;
mod sampled;

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run begins; nothing was sent yet.
    Started(Arc<Started>),
    /// A second passed.
    Tick(Arc<Tick>),
    /// Answers were kept for judging; told to those who ask for it ([`Sink::takes_samples`]).
    Sampled(Arc<Sampled>),
    /// Something worth a line in the log.
    Notice(Notice),
    /// The record of the run as far as it has come, told when somebody asked for it.
    SoFar(Arc<RunRecord>),
    /// The run is over; this is all that is left of it.
    Finished(Arc<RunRecord>),
}

/// The beginning of a run.
#[derive(Clone, Debug)]
pub struct Started {
    /// What will be done.
    pub plan: Arc<Plan>,
    /// Wall time of the start since the Unix epoch.
    pub started_unix: Duration,
}

/// How things stand, told about once a second and once more at the end.
#[derive(Clone, Debug)]
pub struct Tick {
    /// The figures.
    pub snapshot: Snapshot,
    /// What happened since the tick before.
    pub stretch: Point,
    /// Wall time of the snapshot since the Unix epoch.
    pub unix: Duration,
    /// Users wanted now.
    pub target_users: u32,
    /// What the run is doing.
    pub phase: Phase,
    /// Whether users are held back before their next task.
    pub paused: bool,
    /// When the run is to end, none when it goes on until stopped; while it is stopping, when
    /// what its users still do is cut off.
    pub ends_at: Option<Offset>,
    /// How each threshold stands, in the plan's order.
    pub judgements: Vec<Judgement>,
    /// How the generator itself is doing.
    pub generator: Generator,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Users are being spawned or stopped on the way to a new number.
    Spawning,
    /// All users wanted are running.
    Running,
    /// The run is over; users are finishing their tasks.
    Stopping,
    /// All users are gone.
    Stopped,
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The normal course of things.
    Info,
    /// Something a user should look at.
    Warning,
    /// Something went wrong.
    Error,
}

/// A line for the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// When.
    pub at: Offset,
    /// How much it matters.
    pub severity: Severity,
    /// What, in one sentence without full stop.
    pub text: String,
}

/// What may be asked of a running engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// So many users more (or fewer) than are wanted: at the rate of the ramp under way, else at
    /// Locust's rate for its keys. A load whose target moves takes over again when it does.
    AddUsers(i32),
    /// So many users from now on, whatever the load's law says.
    SetUsers {
        /// Users to reach and hold.
        users: u32,
        /// Users spawned (or stopped) per second on the way; above zero.
        spawn_rate: f64,
        /// When the run is over.
        end: End,
    },
    /// Clear the statistics: what was counted until now no longer counts.
    ResetStats,
    /// Tell the record as far as the run has come ([`Event::SoFar`]).
    Record,
    /// No new tasks, nor turns of a conversation, until resumed; what is in flight ends.
    Pause,
    /// Go on after a pause.
    Resume,
    /// End the run: no new tasks, those running may finish within the stop timeout.
    Stop(StopReason),
    /// End it now: what is in flight is interrupted.
    Abort,
}

/// When a run is over whose users were set by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// When it would have been.
    Unchanged,
    /// After so much more time.
    After(Duration),
    /// When somebody stops it.
    Never,
}

/// Why a run was asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// Ctrl+C.
    Interrupt,
    /// SIGTERM, or the console was closed.
    Terminate,
    /// Someone asked for an orderly end, results as of a full run.
    Requested,
}

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason", content = "detail")]
pub enum Ending {
    /// Its time, stages or shape were over.
    Completed,
    /// It was asked to.
    Stopped(StopReason),
    /// A `stop_if` condition held: its expression with the observed value.
    StopIf(String),
    /// A budget was used up: which, and what was spent.
    Budget(String),
    /// A threshold with `abort` was broken: its expression with the observed value.
    Threshold(String),
    /// No user was left to go on with: each ended by itself.
    NoUsers,
    /// A thread that makes load died: its users and what it had not reported are gone.
    ThreadLost,
    /// It had not ended when this was told.
    Unfinished,
}

/// A sink that can no longer do its work. Prints as a fragment that names the destination.
#[derive(Debug, thiserror::Error)]
#[error("{destination}: {problem}")]
pub struct SinkError {
    /// The file or stream.
    pub destination: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Someone who is told what happens: a file, a terminal, a web feed.
pub trait Sink: Send {
    /// Takes note of an event. Must not block for long: a slow sink misses ticks.
    ///
    /// # Errors
    /// When what it writes is not whole any more. It is told of later events all the same, and
    /// writes what it still can.
    fn on(&mut self, event: &Event) -> Result<(), SinkError>;

    /// Whether it is told of [`Event::Sampled`].
    fn takes_samples(&self) -> bool {
        false
    }
}

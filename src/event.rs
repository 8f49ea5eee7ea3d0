//! The contract between a run and everyone who watches or steers it: what happened
//! ([`Event`], [`RunRecord`], [`Sink`]) and what may be asked ([`Command`]).
//!
//! Pure data. Must not know the engine that tells it or the outputs that show it.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Endpoint, Offset};
use crate::scenario::Plan;
use crate::scenario::plan::Setting;
use crate::stats::{ExceptionRow, FailureRow, Point, Row, Snapshot};
use crate::threshold::Judgement;

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run begins; nothing was sent yet.
    Started(Arc<Started>),
    /// A second passed.
    Tick(Arc<Tick>),
    /// Something worth a line in the log.
    Notice(Notice),
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
    /// Wall time of the snapshot since the Unix epoch.
    pub unix: Duration,
    /// Users wanted now.
    pub target_users: u32,
    /// What the run is doing.
    pub phase: Phase,
    /// When the run is to end; none when it goes on until stopped.
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

/// How the load generator itself is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Share of one core this process used in the last second, 0 and up; none where unknown.
    pub cpu: Option<f64>,
    /// Resident memory in bytes; none where unknown.
    pub memory: Option<u64>,
    /// How late a shard was at its worst in the last second: time between when a timer was due
    /// and when it was served.
    pub lag: Duration,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// So many users more (or fewer), at Locust's rate for its keys.
    AddUsers(i32),
    /// No new tasks until resumed; what is in flight ends.
    Pause,
    /// Go on after a pause.
    Resume,
    /// End the run: no new tasks, those running may finish within the stop timeout.
    Stop(StopReason),
    /// End it now: what is in flight is interrupted.
    Abort,
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
    /// A threshold with `abort` was broken: its expression with the observed value.
    Threshold(String),
    /// No user was left to go on with: each ended by itself.
    NoUsers,
    /// A thread that makes load died: its users and what it had not reported are gone.
    ThreadLost,
}

/// The version of [`RunRecord`]'s form that is written now.
pub const SCHEMA_VERSION: u32 = 1;

/// All that is left of a run: every output can be made from it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The version of this form.
    pub schema_version: u32,
    /// The ragload that wrote it.
    pub ragload_version: String,
    /// The scenario's name.
    pub scenario: String,
    /// Its description.
    pub description: String,
    /// The target, without credentials.
    pub host: String,
    /// Wall time of the start, in seconds since the Unix epoch.
    pub started_unix: Duration,
    /// Length of the run until its last user was gone.
    pub duration: Duration,
    /// Seed of its randomness.
    pub seed: u64,
    /// Most users that were running.
    pub peak_users: u32,
    /// Each setting with its provenance.
    pub settings: Vec<Setting>,
    /// The scenario as resolved, as YAML, secrets masked.
    pub resolved: String,
    /// Why it ended.
    pub ending: Ending,
    /// How each threshold stands at the end, in the plan's order.
    pub judgements: Vec<Judgement>,
    /// Passed or not, and why.
    pub verdict: Verdict,
    /// Figures per endpoint, by (name, method), each with its histogram.
    pub rows: Vec<RecordedRow>,
    /// All endpoints together.
    pub aggregated: RecordedRow,
    /// Failures in order of first occurrence.
    pub failures: Vec<FailureRow>,
    /// Exceptions in order of first occurrence.
    pub exceptions: Vec<ExceptionRow>,
    /// The course of the run.
    pub timeline: Vec<Point>,
    /// What was worth a line.
    pub notices: Vec<Notice>,
}

/// A row with the histogram behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedRow {
    /// The figures.
    #[serde(flatten)]
    pub row: Row,
    /// Response times in microseconds: HDR V2 deflate, base64.
    pub histogram: String,
}

impl RecordedRow {
    /// Whose row it is.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.row.endpoint
    }
}

/// What the run came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The class of the outcome, from which the exit code follows.
    pub outcome: RunOutcome,
    /// One sentence that says why.
    pub reason: String,
}

/// The classes of outcome of a run that began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// Every threshold met; or none was there and no request failed.
    Passed,
    /// A threshold was broken, or had no data.
    ThresholdsBroken,
    /// Nothing was measured that could be judged, or not the load that was asked for.
    NoData,
    /// Requests failed, and no threshold was there to judge them.
    RequestsFailed,
    /// A `stop_if` condition or a budget ended it.
    StoppedEarly,
    /// Ctrl+C ended it.
    Interrupted,
    /// SIGTERM ended it.
    Terminated,
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
}

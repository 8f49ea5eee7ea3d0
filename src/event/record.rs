//! What is left of a run, from which every output can be made again.
//!
//! Plain data. Must not know its text form or who reads it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Endpoint, Offset, seconds};
use crate::scenario::plan::{Load, Setting, Stage};
use crate::stats::{Cost, Course, ExceptionRow, FailedAnswer, FailureRow, Measure, Point, Row};
use crate::threshold::Judgement;

use super::{Ending, Notice};

/// The version of [`RunRecord`]'s form that is written now.
pub const SCHEMA_VERSION: u32 = 2;

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
    #[serde(with = "seconds")]
    pub started_unix: Duration,
    /// Length of the run until its last user was gone.
    #[serde(with = "seconds")]
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
    /// The first failed answers of each endpoint and failure, in the order of the failures.
    pub failed_answers: Vec<RecordedAnswer>,
    /// Exceptions in order of first occurrence.
    pub exceptions: Vec<ExceptionRow>,
    /// What was drawn of each data set.
    #[serde(default)]
    pub data: Vec<RecordedData>,
    /// What it cost; none where nobody said what tokens cost.
    #[serde(default)]
    pub cost: Option<Cost>,
    /// The course of the run.
    pub timeline: Vec<Point>,
    /// The stages of the load; none for one of users, spawn rate and run time.
    pub stages: Vec<StageBand>,
    /// Moments at which something changed.
    pub marks: Vec<Mark>,
    /// What was worth a line.
    pub notices: Vec<Notice>,
}

/// A row with the histogram behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedRow {
    /// The figures.
    #[serde(flatten)]
    pub row: Row,
    /// Response times in microseconds, those of failed requests included: HDR V2 deflate, base64.
    pub histogram: String,
    /// Response times of failed requests alone; none where none failed.
    pub failed_histogram: Option<String>,
    /// The histograms of what else was measured, in the unit of each measure.
    pub measure_histograms: Vec<(Measure, String)>,
    /// Its course beside the timeline's points; empty for all endpoints together.
    pub course: Course,
}

impl RecordedRow {
    /// Whose row it is.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.row.endpoint
    }
}

/// What was drawn of one data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedData {
    /// Its name.
    pub name: String,
    /// Rows it has.
    pub rows: u64,
    /// Rows drawn, each as often as it was.
    pub draws: u64,
    /// Rows drawn, each once.
    pub distinct: u64,
    /// Draws that repeated a row by all of them, 0 to 1; none before the first draw.
    pub repeat_ratio: Option<f64>,
}

/// A failed request with whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedAnswer {
    /// Whose.
    pub endpoint: Endpoint,
    /// The text of the failure, as in [`FailureRow::error`].
    pub error: String,
    /// What was asked and what came back.
    #[serde(flatten)]
    pub answer: FailedAnswer,
}

/// One stage of a load of stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageBand {
    /// When it began.
    pub from: Offset,
    /// When it was to end.
    pub to: Offset,
    /// What it does, in a few words.
    pub label: String,
}

impl StageBand {
    /// Those of a load; none for one of users, spawn rate and run time.
    #[must_use]
    pub fn of(load: &Load) -> Vec<StageBand> {
        let Load::Stages(stages) = load else {
            return Vec::new();
        };
        let mut from = Offset::ZERO;
        let band = |stage: &Stage| {
            let to = from + stage.lasts();
            let label = stage.to_string();
            StageBand {
                from: std::mem::replace(&mut from, to),
                to,
                label,
            }
        };
        let bands = stages.iter().map(band);
        bands.filter(|band| band.to > band.from).collect()
    }
}

/// A moment at which something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub at: Offset,
    /// What kind of thing.
    pub kind: MarkKind,
    /// What, in a few words.
    pub text: String,
}

/// What can change in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Somebody asked for more or fewer users.
    Users,
    /// Users were held back.
    Paused,
    /// They went on.
    Resumed,
    /// The statistics were cleared.
    Reset,
    /// A threshold was broken.
    Threshold,
    /// A threshold that was broken is met again.
    ThresholdMet,
    /// Users were told to end.
    Ending,
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
    /// It was still running when its record was asked for.
    Unfinished,
}

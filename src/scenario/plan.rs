//! What was decided: a scenario with every default filled in and nothing left to look up.
//!
//! Owns the contract between reading scenarios and running them. Must not know YAML, flags or
//! environments, nor the engine.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::load::WaitTime;
pub use crate::load::shapes::Stage;
use crate::model::{Endpoint, EndpointId, Masker};
use crate::request::response::{AnswerChecks, ResponseSpec, Slo, Timeouts};
use crate::request::{DataSet, Expect, Extraction, RequestSpec, Retry};
use crate::stats::{Budget, Price};
use crate::threshold::Threshold;
use crate::transport::{ClientKind, ClientSettings};

pub use super::conversation::{Conversation, Turns};
use super::host::HostClass;

/// Everything a run does, decided. Nothing in it still needs a default.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenario's name: `smoke`.
    pub scenario: String,
    /// Its one-line description; may be empty.
    pub description: String,
    /// The file it came from; none when built in.
    pub source: Option<PathBuf>,
    /// The target.
    pub target: TargetHost,
    /// When and how many.
    pub load: Load,
    /// How long running tasks may take to end at the end of the run; zero kills them at once.
    pub stop_timeout: Duration,
    /// The user classes in order of their names; at least one, each with at least one task.
    pub classes: Vec<UserClass>,
    /// Every (method, name) that can occur; an [`EndpointId`] is an index into it.
    pub endpoints: Vec<Endpoint>,
    /// The data sets behind variables.
    pub data: Vec<DataSet>,
    /// What the run is judged by.
    pub thresholds: Vec<Threshold>,
    /// What ends the run early, with an exit code of its own.
    pub stop_if: Vec<Threshold>,
    /// What tokens cost; none where nobody said.
    pub price: Option<Price>,
    /// What an answer is expected to take, to know about what a run costs before it is sent; none
    /// where nobody said.
    pub expected_tokens: Option<ExpectedTokens>,
    /// What may be spent.
    pub budget: Budget,
    /// Which answers are kept for judging; none: none are.
    pub samples: Option<Samples>,
    /// The request sent before any load.
    pub preflight: Preflight,
    /// What requests are sent with.
    pub client: ClientKind,
    /// Seed of all randomness of the run.
    pub seed: u64,
    /// Whether statistics are cleared when all users are spawned.
    pub reset_stats: bool,
    /// Each setting with its value as shown and where it came from, for `check` and the report.
    pub settings: Vec<Setting>,
    /// Things worth saying that are no errors.
    pub warnings: Vec<String>,
    /// Masks every secret value of the scenario in any text.
    pub masker: Masker,
    /// The scenario as resolved, as YAML, secrets masked.
    pub resolved: String,
}

impl Plan {
    /// Every address that is known before the run: the target's, and those that requests have of
    /// their own.
    pub fn addresses(&self) -> impl Iterator<Item = &Url> {
        let steps = self.classes.iter().flat_map(UserClass::steps);
        let requests = steps.filter_map(|step| match step {
            Step::Request(request) => request.spec.constant_address(),
            Step::Wait(_) => None,
        });
        std::iter::once(&self.target.base).chain(requests)
    }

    /// Whether any request declares its answer, or has objectives.
    #[must_use]
    pub fn declares_answers(&self) -> bool {
        let mut steps = self.classes.iter().flat_map(UserClass::steps);
        steps.any(|step| match step {
            Step::Request(request) => request.response.is_some() || request.slo.is_some(),
            Step::Wait(_) => false,
        })
    }
}

/// The tokens that one answer is expected to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedTokens {
    /// Of its prompt.
    pub input: u32,
    /// Of the answer.
    pub output: u32,
}

/// The target of a run.
#[derive(Clone, Debug)]
pub struct TargetHost {
    /// Base address, credentials and all: for sending only. [`TargetHost::shown`] is for people.
    pub base: Url,
    /// The base address without credentials.
    pub shown: String,
    /// Which rules of safety apply.
    pub class: HostClass,
    /// Whether a flag, a variable or the scenario approved it.
    pub approved: bool,
}

/// When and how many.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    /// So many users, reached at a rate, for a time.
    Users {
        /// Users at the peak.
        users: u32,
        /// Users spawned per second; above zero.
        spawn_rate: f64,
        /// Length of the run, ramp-up included; none: until stopped.
        run_time: Option<Duration>,
    },
    /// Stages one after the other.
    Stages(Vec<Stage>),
}

/// Which answers are kept for judging.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Share of the declared answers, above 0 and at most 1.
    pub rate: f64,
    /// The name of the file, behind what the names of a run's files begin with.
    pub file: PathBuf,
}

/// The request sent before any load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preflight {
    /// None.
    Off,
    /// A GET of this path; with how long to go on trying (`--wait-for`), zero for once.
    Get {
        /// Path below the host.
        path: String,
        /// How long to try.
        wait_for: Duration,
    },
}

/// One kind of user.
#[derive(Clone, Debug)]
pub struct UserClass {
    /// Its name.
    pub name: String,
    /// Share among the weighted classes; above zero unless `fixed_count` is set.
    pub weight: f64,
    /// This many users of it, before any weighted ones; 0: by weight.
    pub fixed_count: u32,
    /// The wait after each task.
    pub wait_time: WaitTime,
    /// Steps when a user starts.
    pub on_start: Vec<Step>,
    /// Steps when a user stops.
    pub on_stop: Vec<Step>,
    /// What it does; at least one task.
    pub tasks: Vec<Task>,
    /// TLS and redirects.
    pub client: ClientSettings,
}

impl UserClass {
    /// The weights of its tasks together: what a task's share is a share of.
    #[must_use]
    pub fn total_weight(&self) -> f64 {
        self.tasks.iter().map(|task| f64::from(task.weight)).sum()
    }

    /// Every step of it, wherever it stands.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        let tasks = self.tasks.iter().flat_map(|task| &task.steps);
        self.on_start.iter().chain(&self.on_stop).chain(tasks)
    }
}

/// One task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// Share among the class's tasks; at least 1.
    pub weight: u32,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it does, in order; at least one step.
    pub steps: Vec<Step>,
    /// Whether it does so in each turn of a conversation.
    pub conversation: Option<Conversation>,
}

/// One step of a task.
#[derive(Clone, Debug)]
pub enum Step {
    /// Send a request and read its answer.
    Request(Box<RequestStep>),
    /// Wait; `Pacing` does not occur here.
    Wait(WaitTime),
}

/// A request with what is done with its answer.
#[derive(Clone, Debug)]
pub struct RequestStep {
    /// Whose statistics it belongs to.
    pub endpoint: EndpointId,
    /// The request.
    pub spec: RequestSpec,
    /// What the answer must be.
    pub expect: Expect,
    /// What is taken out of it.
    pub extract: Vec<Extraction>,
    /// How the answer is read and judged, where the scenario declares it.
    pub response: Option<Response>,
    /// The time allowed for each part of the answer; those for a connection and for all of it are
    /// the request's.
    pub timeouts: Timeouts,
    /// What makes an answer a good one.
    pub slo: Option<Slo>,
    /// After which answers it is sent once more; none where nobody asked for that.
    pub retry: Option<Retry>,
}

/// A declared answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// How it is read.
    pub spec: Arc<ResponseSpec>,
    /// What is expected of it.
    pub checks: AnswerChecks,
    /// Whether it answers what is asked in the turn of a conversation.
    pub answers_turn: bool,
}

/// One setting with its provenance.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Setting {
    /// Its name: `host`, `users`, `run_time`.
    pub name: String,
    /// Its value as shown.
    pub value: String,
    /// Where it came from: `--users`, `SMOKE_USERS in .env`, `scenarios/smoke.yaml:4`, `default`.
    pub origin: String,
}

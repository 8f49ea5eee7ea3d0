//! The web UI's hand: scenarios, plans, approvals and runs, as for the command line.
//!
//! Must not know who asks for a run.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::RunClock;
use crate::engine::Finished;
use crate::event::{Severity, Sink};
use crate::files::Disk;
use crate::model::Offset;
use crate::output::OutputPlan;
use crate::output::verdict::headline;
use crate::scenario::{
    self, Defaults, Environment, Given, ListedScenario, Overrides, Plan, list as scenarios, paid,
};
use crate::web::{Launch, Launcher, Order, Refused, origin};

use super::execution::{Execution, Refusal};
use super::{approval, logging, open_files, plan, spending};

/// The files of a run of this plan that starts at this wall time.
pub(super) type Outputs = Box<dyn Fn(&Plan, Duration) -> OutputPlan + Send + Sync>;
/// The exit code of a finished run.
pub(super) type CodeOf = Box<dyn Fn(&Finished) -> u8 + Send + Sync>;
/// Who is told beside the files, the log and the web UI.
pub(super) type Live = Box<dyn Fn() -> Vec<Box<dyn Sink>> + Send + Sync>;

/// Everything a run from the web UI shares with one from the command line.
pub(super) struct Runs {
    pub(super) environment: Environment,
    /// What was typed on the command line.
    pub(super) given: Overrides,
    pub(super) defaults: fn(u64) -> Defaults,
    /// The scenario that is run when none is named.
    pub(super) scenario: String,
    pub(super) threads: usize,
    pub(super) outputs: Outputs,
    pub(super) live: Live,
    pub(super) code_of: CodeOf,
    /// Whether the history is offered to viewers.
    pub(super) offers_history: bool,
    /// The exit code of the last run.
    pub(super) last: Mutex<Option<u8>>,
}

impl Runs {
    /// The exit code of the last run; 0 when there was none.
    pub(super) fn exit_code(&self) -> u8 {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.unwrap_or(0)
    }

    /// What is run when nothing is ordered.
    ///
    /// # Errors
    /// Every problem of it.
    pub(super) fn usual(&self) -> Result<Plan, Refused> {
        self.plan(&Order::default())
    }

    fn overrides(&self, order: &Order) -> Overrides {
        let given = self.given.clone();
        let text = |value: &Option<String>, field| {
            let value = value.as_ref();
            value.map(|value| Given::new(value.clone(), origin(field)))
        };
        let list = |value: &Option<Vec<String>>, field| {
            let value = value.as_ref();
            value.map(|value| Given::new(value.clone(), origin(field)))
        };
        Overrides {
            host: text(&order.host, "host").or(given.host),
            users: text(&order.users, "users").or(given.users),
            spawn_rate: text(&order.spawn_rate, "spawn_rate").or(given.spawn_rate),
            run_time: text(&order.run_time, "run_time").or(given.run_time),
            stop_timeout: text(&order.stop_timeout, "stop_timeout").or(given.stop_timeout),
            tags: list(&order.tags, "tags").or(given.tags),
            exclude_tags: list(&order.exclude_tags, "exclude_tags").or(given.exclude_tags),
            user_classes: list(&order.user_classes, "user_classes").or(given.user_classes),
            ..given
        }
    }

    /// Whether the order's scenario may be read: any file on this machine may not.
    fn scenario<'o>(&'o self, order: &'o Order) -> Result<&'o str, Refused> {
        let Some(name) = order
            .scenario
            .as_deref()
            .filter(|name| *name != self.scenario)
        else {
            return Ok(&self.scenario);
        };
        if self.scenarios().iter().any(|listed| listed.name == name) {
            return Ok(name);
        }
        let problem = format!("there is no scenario {name:?} in the list");
        Err(Refused::Wrong(problem))
    }

    fn finished(&self, finished: &Finished, outputs: &OutputPlan) {
        for error in &finished.sink_errors {
            tracing::error!(target: logging::MAIN, "cannot write {error}");
        }
        let headline = headline(&finished.record);
        tracing::info!(target: logging::MAIN, "{}: {}", headline.word, headline.reason);
        let files: Vec<String> = (outputs.files().iter())
            .map(|path| path.display().to_string())
            .collect();
        if !files.is_empty() {
            tracing::info!(target: logging::MAIN, "Written: {}", files.join(", "));
        }
        self.remember((self.code_of)(finished));
    }

    fn remember(&self, code: u8) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    }
}

impl Launcher for Runs {
    fn scenarios(&self) -> Vec<ListedScenario> {
        scenarios(&Disk::new("."), &self.environment)
    }

    fn default_scenario(&self) -> &str {
        &self.scenario
    }

    fn plan(&self, order: &Order) -> Result<Plan, Refused> {
        let scenario = self.scenario(order)?;
        let (overrides, disk) = (self.overrides(order), Disk::new("."));
        let defaults = (self.defaults)(plan::seed());
        scenario::load(scenario, &disk, &self.environment, &overrides, defaults)
            .map_err(|problems| Refused::Wrong(problems.to_string()))
    }

    fn approve(&self, plan: &Plan, confirmed: Option<&str>) -> Result<(), Refused> {
        let limited = !paid::is_unlimited(plan);
        if approval::is_given(plan) && limited {
            return Ok(());
        }
        let host = plan.target.base.host_str().unwrap_or_default().to_owned();
        let is_typed = |typed: &str| typed.trim().eq_ignore_ascii_case(&host);
        if !host.is_empty() && confirmed.is_some_and(is_typed) {
            return Ok(());
        }
        let problem = if approval::is_given(plan) {
            spending::refusal(plan)
        } else {
            approval::refusal(&host)
        };
        Err(Refused::NotApproved { host, problem })
    }

    fn run(&self, launch: Launch) -> Result<(), String> {
        let Launch { plan, feed, orders } = launch;
        for line in approval::announcement(&plan).lines() {
            log(Severity::Info, line);
        }
        let open_files = open_files::warning(plan.load.peak_users(), open_files::raise());
        for warning in plan.warnings.iter().chain(&open_files) {
            log(Severity::Warning, warning);
        }
        let now = RunClock::start().unix(Offset::ZERO);
        let outputs = (self.outputs)(&plan, now);
        let mut live: Vec<Box<dyn Sink>> = vec![Box::new(logging::LogSink)];
        live.extend((self.live)());
        let execution = Execution {
            plan,
            outputs: &outputs,
            live: || vec![live, vec![feed]],
            threads: self.threads,
            say: log,
        };
        match execution.run(orders, std::future::pending()) {
            Ok(finished) => {
                self.finished(&finished, &outputs);
                Ok(())
            }
            Err(Refusal { code, problem }) => {
                log(Severity::Error, &problem);
                self.remember(code);
                Err(problem)
            }
        }
    }

    fn history(&self, plan: &Plan) -> Option<PathBuf> {
        let outputs = (self.outputs)(plan, Duration::ZERO);
        outputs.history_file().filter(|_| self.offers_history)
    }
}

fn log(severity: Severity, text: &str) {
    match severity {
        Severity::Info => tracing::info!(target: logging::MAIN, "{text}"),
        Severity::Warning => tracing::warn!(target: logging::MAIN, "{text}"),
        Severity::Error => tracing::error!(target: logging::MAIN, "{text}"),
    }
}

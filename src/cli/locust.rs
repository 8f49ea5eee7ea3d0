//! Locust's own command line, in its `--headless` form.
//!
//! Owns what Locust's users expect to see where: log lines and tables on stderr, Locust's exit
//! codes. Must not know how a run works.

use std::sync::Arc;

use crate::event::{RunOutcome, RunRecord, Sink};
use crate::output::console::{LocustTables, Screen, locust_tables};
use crate::output::tables::Tables;
use crate::output::{OutputPlan, locust_json};
use crate::scenario::{Defaults, Environment, Given, Overrides, Plan};

use super::execution::Refusal;
use super::live::LocustKeys;
use super::locust_args::LocustCli;
use super::logging::LogSink;
use super::run::{execute, named_outputs, style};
use super::screen::{say, show};
use super::{exit, logging, plan, task_ratio};

/// Runs as Locust would.
pub(super) fn main(cli: &LocustCli, environment: &Environment) -> anyhow::Result<u8> {
    let refuse = |problem: &str| {
        say(&format!("ragload: error: {problem}\n"));
        Ok(exit::USAGE)
    };
    if let Some((option, instead)) = cli.later.given() {
        return refuse(&format!("{option} is not supported yet; {instead}"));
    }
    if cli.output.csv_full_history && cli.output.files.csv.is_none() {
        return refuse("--csv-full-history needs --csv");
    }
    let scenario = match scenario_name(cli) {
        Ok(scenario) => scenario,
        Err(problem) => return refuse(&problem),
    };
    let shows_only = cli.shown.any();
    if !cli.output.headless && !shows_only {
        return refuse("the web UI is not part of this version yet; run with --headless");
    }
    set_up_logging(cli)?;
    let demo = plan::demo_if(&cli.ours.aim)?;
    let overrides = overrides(cli, demo.as_ref());
    let defaults = Defaults::of_locust(plan::seed());
    let plan = match plan::resolve(&scenario, environment, &overrides, defaults) {
        Ok(plan) => plan,
        Err(code) => return Ok(code),
    };
    if shows_only {
        show(&task_ratio::shown(&cli.shown, &plan));
        return Ok(0);
    }
    run(cli, plan, environment)
}

fn run(cli: &LocustCli, plan: Plan, environment: &Environment) -> anyhow::Result<u8> {
    let mut outputs = OutputPlan::default();
    named_outputs(&cli.output, &plan, &mut outputs);
    let mut live: Vec<Box<dyn Sink>> = Vec::new();
    if !cli.skip_log_setup {
        live.push(Box::new(LogSink));
        if !cli.output.only_summary {
            live.push(Box::new(LocustTables::new(Screen::stderr(style(
                environment,
            )))));
        }
    }
    tracing::info!(target: logging::MAIN, "Starting ragload {}", env!("CARGO_PKG_VERSION"));
    let limit = plan.load.run_time().map_or_else(
        || "No run time limit set, use CTRL+C to interrupt".to_owned(),
        |time| format!("Run time limit set to {} seconds", time.as_secs()),
    );
    tracing::info!(target: logging::MAIN, "{limit}");
    let finished = match execute(Arc::new(plan), &cli.ours, &outputs, |steering| {
        live.push(Box::new(LocustKeys::new(steering.clone())));
        live
    }) {
        Ok(finished) => finished,
        Err(Refusal { code, problem }) => {
            say(&format!("error: {problem}\n"));
            return Ok(code);
        }
    };
    let record: &RunRecord = &finished.record;
    for error in &finished.sink_errors {
        say(&format!("error: cannot write {error}\n"));
    }
    let judged = matches!(
        record.verdict.outcome,
        RunOutcome::ThresholdsBroken | RunOutcome::StoppedEarly
    );
    if judged {
        tracing::error!(target: logging::MAIN, "{}", record.verdict.reason);
    }
    let failed = record.aggregated.row.failures > 0 || !record.exceptions.is_empty();
    let on_error = cli.output.exit_code_on_error.unwrap_or(1);
    let whole = finished.sink_errors.is_empty();
    let code = exit::of_locust_run(record.verdict.outcome, failed, on_error, whole);
    tracing::info!(target: logging::MAIN, "Shutting down (exit code {code})");
    if cli.output.json {
        show(&(locust_json::render(record) + "\n"));
    }
    if !cli.skip_log_setup && cli.output.files.json_file.is_none() {
        let columns = Screen::stdout(style(environment)).columns();
        say(&locust_tables::closing(&Tables::from(record), columns));
    }
    Ok(code)
}

fn set_up_logging(cli: &LocustCli) -> anyhow::Result<()> {
    if cli.skip_log_setup {
        return Ok(());
    }
    let level = logging::parse_level(cli.output.loglevel.as_deref().unwrap_or("INFO"))
        .map_err(|problem| anyhow::anyhow!("--loglevel: {problem}"))?;
    logging::set_up(level, cli.output.logfile.as_deref(), std::io::stderr())
}

/// The scenario that `-f` names; a Python file or none at all is told what to do instead.
fn scenario_name(cli: &LocustCli) -> Result<String, String> {
    let python = |name: &str| name.to_ascii_lowercase().ends_with(".py");
    match &cli.locustfile {
        Some(name) if python(name) => Err(format!(
            "{name} is a Python locustfile, and ragload runs YAML scenarios: `ragload init` writes \
             some to start from, and README's \"Coming from Locust\" shows how the words map"
        )),
        Some(name) => Ok(name.clone()),
        None => Err(
            "name a scenario with -f: a YAML file, or one of `ragload list` (smoke, load, \
             stress, spike, soak)"
                .to_owned(),
        ),
    }
}

fn overrides(cli: &LocustCli, demo: Option<&super::demo::OwnDemo>) -> Overrides {
    let list = |list: &Option<Vec<String>>, flag: &str| {
        list.as_ref().map(|list| Given::new(list.clone(), flag))
    };
    let classes = Some(cli.user_classes.clone()).filter(|classes| !classes.is_empty());
    Overrides {
        tags: list(&cli.tags, "--tags"),
        exclude_tags: list(&cli.exclude_tags, "--exclude-tags"),
        user_classes: classes.map(|classes| Given::new(classes, "command line")),
        ..plan::common(&cli.load, &cli.ours, demo)
    }
}

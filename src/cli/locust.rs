//! Locust's own command line: the web UI, or a run at once with `--headless`.
//!
//! Owns what Locust's users expect to see where: log lines and tables on stderr, Locust's exit
//! codes. Must not know how a run works.

use std::sync::{Arc, Mutex};

use crate::engine::Finished;
use crate::event::{RunOutcome, RunRecord, Sink};
use crate::output::console::{LocustTables, Screen, locust_tables};
use crate::output::tables::Tables;
use crate::output::{OutputPlan, locust_json};
use crate::scenario::{Defaults, Environment, Given, Overrides, Plan};
use crate::web::Logs;

use super::execution::{self, Refusal};
use super::live::LocustKeys;
use super::locust_args::LocustCli;
use super::logging::LogSink;
use super::run::{execute, named_outputs, style};
use super::screen::{say, show};
use super::web_runs::Runs;
use super::{exit, logging, plan, task_ratio, web};

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
    let logs = Logs::default();
    set_up_logging(cli, &logs)?;
    let demo = plan::demo_if(&cli.ours.aim)?;
    let overrides = overrides(cli, demo.as_ref());
    if !cli.output.headless && !shows_only {
        tracing::info!(target: logging::MAIN, "Starting ragload {}", env!("CARGO_PKG_VERSION"));
        let runs = web_runs(cli, scenario, overrides, environment);
        return web::serve(runs, &cli.ui, logs);
    }
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
    if let Some(file) = &outputs.samples {
        tracing::info!(target: logging::MAIN, "Kept answers written to {}", file.display());
    }
    let code = code_of(&finished, cli.output.exit_code_on_error.unwrap_or(1));
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

/// Locust's exit code of a finished run.
fn code_of(finished: &Finished, on_error: u8) -> u8 {
    let record: &RunRecord = &finished.record;
    let failed = record.aggregated.row.failures > 0 || !record.exceptions.is_empty();
    let whole = finished.sink_errors.is_empty();
    exit::of_locust_run(record.verdict.outcome, failed, on_error, whole)
}

/// Runs from the web UI leave what was named, as Locust's do.
fn web_runs(
    cli: &LocustCli,
    scenario: String,
    given: Overrides,
    environment: &Environment,
) -> Runs {
    let (output, style) = (cli.output.clone(), style(environment));
    let on_error = output.exit_code_on_error.unwrap_or(1);
    let prints = cli.output.print_stats && !cli.skip_log_setup;
    Runs {
        environment: environment.clone(),
        given,
        defaults: Defaults::of_locust,
        scenario,
        threads: execution::threads(&cli.ours),
        offers_history: output.csv_full_history,
        outputs: Box::new(move |plan, _| {
            let mut outputs = OutputPlan::default();
            named_outputs(&output, plan, &mut outputs);
            outputs
        }),
        live: Box::new(move || {
            let tables = || Box::new(LocustTables::new(Screen::stderr(style))) as Box<dyn Sink>;
            prints.then(tables).into_iter().collect()
        }),
        code_of: Box::new(move |finished| code_of(finished, on_error)),
        last: Mutex::new(None),
    }
}

fn set_up_logging(cli: &LocustCli, logs: &Logs) -> anyhow::Result<()> {
    if cli.skip_log_setup {
        return Ok(());
    }
    let level = logging::parse_level(cli.output.loglevel.as_deref().unwrap_or("INFO"))
        .map_err(|problem| anyhow::anyhow!("--loglevel: {problem}"))?;
    let logfile = cli.output.logfile.as_deref();
    logging::set_up_kept(level, logfile, std::io::stderr(), logs)
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

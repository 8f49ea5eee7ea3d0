//! Locust's own command line, in its `--headless` form.
//!
//! Owns what Locust's users expect to see where: log lines and tables on stderr, Locust's exit
//! codes. Must not know how a run works.

use std::fmt::Write;
use std::sync::Arc;

use crate::event::{RunOutcome, RunRecord, Sink};
use crate::output::console::{LocustTables, Screen, locust_tables};
use crate::output::tables::Tables;
use crate::output::{OutputPlan, locust_json};
use crate::scenario::plan::UserClass;
use crate::scenario::{Defaults, Environment, Given, Overrides, Plan};

use super::locust_args::LocustCli;
use super::logging::LogSink;
use super::run::{Refusal, execute, named_outputs, style};
use super::screen::{say, show};
use super::{exit, logging, plan};

/// Runs as Locust would.
pub(super) fn main(cli: &LocustCli, environment: &Environment) -> anyhow::Result<u8> {
    let refuse = |problem: &str| {
        say(&format!("ragload: error: {problem}\n"));
        Ok(exit::USAGE)
    };
    if let Some((option, instead)) = cli.later.given() {
        return refuse(&format!("{option} is not supported yet; {instead}"));
    }
    if cli.output.csv_full_history && cli.output.csv.is_none() {
        return refuse("--csv-full-history needs --csv");
    }
    let scenario = match scenario_name(cli) {
        Ok(scenario) => scenario,
        Err(problem) => return refuse(&problem),
    };
    let shows_only = cli.list || cli.show_task_ratio || cli.show_task_ratio_json;
    if !cli.output.headless && !shows_only {
        return refuse("the web UI is not part of this version yet; run with --headless");
    }
    set_up_logging(cli)?;
    let demo = plan::demo_if(&cli.ours)?;
    let overrides = overrides(cli, demo.as_ref());
    let defaults = Defaults::of_locust(plan::seed());
    let plan = match plan::resolve(&scenario, environment, &overrides, defaults) {
        Ok(plan) => plan,
        Err(code) => return Ok(code),
    };
    if shows_only {
        show(&shown(cli, &plan));
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
    let finished = match execute(Arc::new(plan), &cli.ours, &outputs, live) {
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
    if !cli.skip_log_setup && cli.output.json_file.is_none() {
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

/// What `--list`, `--show-task-ratio` and `--show-task-ratio-json` print.
fn shown(cli: &LocustCli, plan: &Plan) -> String {
    if cli.list {
        let names = plan
            .classes
            .iter()
            .map(|class| format!("    {}\n", class.name));
        return format!("Available Users:\n{}", names.collect::<String>());
    }
    let per_class = ratios(plan);
    let total: Vec<ClassRatio> = per_class.iter().map(ClassRatio::of_all).collect();
    if cli.show_task_ratio_json {
        let json = serde_json::json!({
            "per_class": ratio_json(&per_class), "total": ratio_json(&total)
        });
        return format!("{json:#}\n");
    }
    ratio_table("Task ratio per User class", &per_class) + &ratio_table("Total task ratio", &total)
}

/// A class's share among the classes, and its tasks' shares.
struct ClassRatio {
    name: String,
    share: f64,
    tasks: Vec<(String, f64)>,
}

impl ClassRatio {
    /// The same with the tasks' shares among the tasks of all classes.
    fn of_all(&self) -> ClassRatio {
        let tasks = self.tasks.iter();
        ClassRatio {
            name: self.name.clone(),
            share: self.share,
            tasks: tasks
                .map(|(name, share)| (name.clone(), share * self.share))
                .collect(),
        }
    }
}

/// The classes by weight, each with the shares of its tasks within it.
fn ratios(plan: &Plan) -> Vec<ClassRatio> {
    let weight = |class: &UserClass| {
        if class.fixed_count > 0 {
            f64::from(class.fixed_count)
        } else {
            class.weight
        }
    };
    let all: f64 = plan.classes.iter().map(weight).sum();
    let ratio = |class: &UserClass| {
        let total: u32 = class.tasks.iter().map(|task| task.weight).sum();
        let share = |weight: u32| f64::from(weight) / f64::from(total.max(1));
        let tasks = class
            .tasks
            .iter()
            .map(|task| (task.name.clone(), share(task.weight)));
        ClassRatio {
            name: class.name.clone(),
            share: weight(class) / all,
            tasks: tasks.collect(),
        }
    };
    plan.classes.iter().map(ratio).collect()
}

fn ratio_json(ratios: &[ClassRatio]) -> serde_json::Value {
    let node = |ClassRatio { name, share, tasks }: &ClassRatio| {
        let tasks: serde_json::Map<_, _> = (tasks.iter())
            .map(|(name, share)| (name.clone(), serde_json::json!({ "ratio": share })))
            .collect();
        (
            name.clone(),
            serde_json::json!({ "ratio": share, "tasks": tasks }),
        )
    };
    serde_json::Value::Object(ratios.iter().map(node).collect())
}

fn ratio_table(title: &str, ratios: &[ClassRatio]) -> String {
    let mut out = format!("\n {title}\n{}\n", "-".repeat(80));
    let mut row = |indent: usize, name: &str, share: f64| {
        let indent = "  ".repeat(indent);
        let percent = format!("{indent}{:<6.1}", share * 100.0);
        let name = format!("{indent}{name}");
        // Writing to a string cannot fail.
        let _ = writeln!(out, " {percent:<10} {name:<50}");
    };
    for ClassRatio { name, share, tasks } in ratios {
        row(0, name, *share);
        for (task, share) in tasks {
            row(1, task, *share);
        }
    }
    out
}

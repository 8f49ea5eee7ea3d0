//! `ragload run`: from a plan to files, a summary and an exit code.
//!
//! The wiring, split by stage. Must not decide what a plan means or what a verdict is.

use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::RunClock;
use crate::engine::Finished;
use crate::event::{Severity, Sink};
use crate::output::OutputPlan;
use crate::output::console::{Progress, Screen, Style};
use crate::output::locust_csv::history::Detail;
use crate::scenario::plan::Load;
use crate::scenario::{Defaults, Environment, Plan};

use super::args::{FileArgs, OurArgs, OutputArgs, RunArgs, SkipArgs};
use super::execution::{self, Execution, Refusal};
use super::live::Spectators;
use super::screen::{say, show};
use super::steering::Steering;
use super::{
    approval, check, conclusion, exit, logging, open_files, plan, signals, spending, task_ratio,
};

/// Runs a scenario.
pub(super) fn main(args: &RunArgs, environment: &Environment) -> anyhow::Result<u8> {
    let level = logging::parse_level(args.output.loglevel.as_deref().unwrap_or("INFO"))
        .map_err(|problem| anyhow::anyhow!("--loglevel: {problem}"))?;
    let style = style(environment);
    let progress = Progress::new(Screen::stderr(style));
    logging::set_up(level, args.output.logfile.as_deref(), progress.log())?;
    let demo = plan::demo_if(&args.ours.aim)?;
    let overrides = plan::overrides_of_run(args, demo.as_ref());
    let defaults = Defaults::of_run(plan::seed());
    let plan = match plan::resolve(&args.scenario, environment, &overrides, defaults) {
        Ok(plan) => plan,
        Err(code) => return Ok(code),
    };
    if args.shown.any() {
        show(&task_ratio::shown(&args.shown, &plan));
        return Ok(0);
    }
    if args.dry_run {
        show(&check::describe(&plan));
        return Ok(0);
    }
    let clock = RunClock::start();
    let outputs = outputs(args, &plan, clock);
    let spectators = Spectators {
        args,
        environment,
        progress,
        style,
    };
    let live = |steering: &Steering| spectators.sinks(steering);
    let finished = match execute(Arc::new(plan), &args.ours, &outputs, live) {
        Ok(finished) => finished,
        Err(Refusal { code, problem }) => {
            say(&format!("error: {problem}\n"));
            return Ok(code);
        }
    };
    Ok(conclusion::conclude(
        &finished,
        &args.output,
        &outputs,
        environment,
    ))
}

/// Everything between the plan and the record: announcement, approval, the run itself.
/// `live` makes those who are told as the run goes, beside its files.
pub(super) fn execute(
    plan: Arc<Plan>,
    ours: &OurArgs,
    outputs: &OutputPlan,
    live: impl FnOnce(&Steering) -> Vec<Box<dyn Sink>>,
) -> Result<Finished, Refusal> {
    say(&approval::announcement(&plan));
    let open_files = open_files::warning(plan.load.peak_users(), open_files::raise());
    for warning in plan.warnings.iter().chain(&open_files) {
        tell(Severity::Warning, warning);
    }
    approval::may_run(&plan)
        .and_then(|()| spending::may_spend(&plan, ours.approve_cost))
        .map_err(|problem| Refusal::new(exit::REFUSED, &problem))?;
    let (steering, orders) = Steering::new();
    let execution = Execution {
        plan,
        outputs,
        live: || vec![live(&steering)],
        threads: execution::threads(ours),
        say: tell,
    };
    execution.run(orders, signals::forward(steering.clone()))
}

fn tell(severity: Severity, text: &str) {
    match severity {
        Severity::Info => say(&format!("{text}\n")),
        Severity::Warning => say(&format!("warning: {text}\n")),
        Severity::Error => say(&format!("error: {text}\n")),
    }
}

/// The files this run is to leave.
fn outputs(args: &RunArgs, plan: &Plan, clock: RunClock) -> OutputPlan {
    let started = clock.unix(crate::model::Offset::ZERO);
    let mut outputs = OutputPlan::of_run(&args.output.results_dir, &plan.scenario, started);
    named_outputs(&args.output, plan, &mut outputs);
    skip_outputs(&args.skip, &mut outputs);
    outputs
}

/// What `--no-csv` and its like leave out.
pub(super) fn skip_outputs(args: &SkipArgs, outputs: &mut OutputPlan) {
    if args.no_csv {
        outputs.csv = None;
    }
    if args.no_html {
        outputs.html = None;
    }
}

/// What `--csv`, `--html` and their like change.
pub(super) fn named_outputs(args: &OutputArgs, plan: &Plan, outputs: &mut OutputPlan) {
    name_files(&args.files, outputs);
    outputs.answers = plan.declares_answers();
    let samples = plan.samples.as_ref();
    outputs.samples = samples.map(|samples| outputs.beside(&samples.file));
    if args.csv_full_history {
        outputs.history = Detail::Full;
    }
    if let Some(name) = &args.files.html {
        outputs.html = Some(PathBuf::from(fill_placeholders(name, &plan.load)));
    }
}

/// The files as they are named.
pub(super) fn name_files(args: &FileArgs, outputs: &mut OutputPlan) {
    if let Some(prefix) = &args.csv {
        outputs.csv = Some(prefix.clone());
    }
    if let Some(name) = &args.html {
        outputs.html = Some(PathBuf::from(name));
    }
    outputs.json_file.clone_from(&args.json_file);
    outputs.junit.clone_from(&args.junit);
    outputs.markdown.clone_from(&args.markdown);
}

/// Locust's `{u}` `{r}` `{t}` in the name of the report.
fn fill_placeholders(name: &str, load: &Load) -> String {
    let Load::Users {
        users,
        spawn_rate,
        run_time,
    } = load
    else {
        return name.to_owned();
    };
    let name = name
        .replace("{u}", &users.to_string())
        .replace("{r}", &spawn_rate.to_string());
    match run_time {
        Some(time) => name.replace("{t}", &time.as_secs().to_string()),
        None => name,
    }
}

/// How texts are dressed: no colours under `NO_COLOR`, ASCII where nothing else is sure to show.
pub(super) fn style(environment: &Environment) -> Style {
    style_on(environment, cfg!(windows))
}

fn style_on(environment: &Environment, windows: bool) -> Style {
    let set = |name: &str| environment.get(name).is_some_and(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| environment.get(name));
    let plain_locale = locale.is_some_and(|value| matches!(value, "C" | "POSIX"));
    // Of a console that does not say what it is the font may have little but letters.
    let named = ["WT_SESSION", "TERM_PROGRAM", "TERM", "ConEmuANSI"];
    let plain_console = windows && !named.iter().any(|name| set(name));
    Style {
        colour: !set("NO_COLOR"),
        ascii: plain_locale || plain_console || set("RAGLOAD_ASCII"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_ascii_where_nothing_else_is_sure_to_show() {
        let ascii = |variables: &[(&str, &str)], windows: bool| {
            let variables = variables.iter();
            let variables =
                variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            style_on(&Environment::new(variables.collect(), None), windows).ascii
        };
        assert!(!ascii(&[], false));
        assert!(ascii(&[("LC_ALL", "C")], false));
        assert!(ascii(
            &[("LANG", "en_US.UTF-8"), ("LC_ALL", "POSIX")],
            false
        ));
        assert!(ascii(&[("RAGLOAD_ASCII", "1")], false));
        assert!(ascii(&[], true));
        assert!(!ascii(&[("WT_SESSION", "5")], true));
        assert!(!ascii(&[("TERM_PROGRAM", "vscode")], true));
    }
}

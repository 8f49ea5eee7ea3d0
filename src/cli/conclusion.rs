//! The end of `run`: the summary, what CI is told, the exit code.
//!
//! Must not know how the run went about it.

use crate::engine::Finished;
use crate::event::{RunRecord, SinkError};
use crate::output::console::{Screen, summary};
use crate::output::verdict::headline;
use crate::output::{OutputPlan, locust_json};
use crate::scenario::Environment;

use super::args::OutputArgs;
use super::run::style;
use super::screen::{say, show};
use super::{exit, github};

/// Columns of a summary that is not shown on a terminal.
const WIDTH: usize = 120;

/// Shows the summary and gives the exit code.
pub(super) fn conclude(
    finished: &Finished,
    args: &OutputArgs,
    outputs: &OutputPlan,
    environment: &Environment,
) -> u8 {
    let record: &RunRecord = &finished.record;
    let mut screen = Screen::stdout(style(environment));
    let annotations = github::annotations(record, environment);
    let text = if args.json {
        let headline = headline(record);
        say(&format!(
            "{}  {}\n{annotations}",
            headline.word, headline.reason
        ));
        locust_json::render(record) + "\n"
    } else {
        show(&annotations);
        let width = screen.columns().unwrap_or(WIDTH);
        summary::render(record, &outputs.files(), width, screen.style())
    };
    // A verdict is one even when nobody can be shown it.
    let not_shown = screen.show(&text).err();
    let not_summed_up = github::step_summary(record, environment).err();
    let errors = finished
        .sink_errors
        .iter()
        .chain(&not_shown)
        .chain(&not_summed_up);
    let errors: Vec<&SinkError> = errors.collect();
    for error in &errors {
        say(&format!("error: cannot write {error}\n"));
    }
    let on_error = args.exit_code_on_error.unwrap_or(1);
    exit::of_run(record.verdict.outcome, on_error, errors.is_empty())
}

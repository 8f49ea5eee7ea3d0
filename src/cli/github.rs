//! What a job on GitHub Actions gets beside the files: a step summary and annotations.
//!
//! Must not know what a run is judged by: it words judgements that were made.

use std::path::Path;

use crate::event::{RunOutcome, RunRecord, SinkError};
use crate::output::{destination, markdown};
use crate::scenario::Environment;
use crate::threshold::{Judgement, Level, Standing};

/// Appends the summary to the file that the job names, if it names one.
///
/// # Errors
/// When it cannot be appended to.
pub(super) fn step_summary(record: &RunRecord, environment: &Environment) -> Result<(), SinkError> {
    let Some(path) = environment
        .get("GITHUB_STEP_SUMMARY")
        .filter(|path| !path.is_empty())
    else {
        return Ok(());
    };
    let text = markdown::render(record);
    destination::append_to(Path::new(path), text.as_bytes()).map_err(|error| SinkError {
        destination: path.to_owned(),
        problem: error.to_string(),
    })
}

/// The annotations of a job: an error per broken threshold, or one with the verdict; empty
/// elsewhere.
pub(super) fn annotations(record: &RunRecord, environment: &Environment) -> String {
    if environment.get("GITHUB_ACTIONS") != Some("true") {
        return String::new();
    }
    let broken: String = record
        .judgements
        .iter()
        .filter_map(|j| annotation(record, j))
        .collect();
    let told = record.judgements.iter().any(Judgement::fails_run);
    if told || record.verdict.outcome == RunOutcome::Passed {
        return broken;
    }
    broken + &command("error", record, &record.verdict.reason)
}

fn annotation(record: &RunRecord, judgement: &Judgement) -> Option<String> {
    let level = match (judgement.standing, judgement.level) {
        (Standing::Failed | Standing::NoData, Level::Fail) => "error",
        (Standing::Failed | Standing::NoData, Level::Warn) => "warning",
        (Standing::Passed | Standing::Pending, _) => return None,
    };
    Some(command(level, record, &judgement.to_string()))
}

/// A workflow command, its texts escaped so that they end where they end.
fn command(level: &str, record: &RunRecord, text: &str) -> String {
    let escape = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let title = escape(&record.scenario)
        .replace(':', "%3A")
        .replace(',', "%2C");
    format!("::{level} title=ragload {title}::{}\n", escape(text))
}

//! `ragload report`: the outputs of an earlier run, made again from its record.
//!
//! Must not compute anything: the record has every figure.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueHint};

use crate::event::RunRecord;
use crate::output::console::{Screen, summary};
use crate::output::record::RecordError;
use crate::output::{OutputPlan, RenderErrors, destination, record, utc};
use crate::scenario::Environment;

use super::args::{FileArgs, SkipArgs};
use super::exit;
use super::run::{name_files, skip_outputs, style};
use super::screen::say;

/// Where the records of all runs are, unless somebody names another place.
const RECORDS: &str = "results/runs";

/// `ragload report`.
#[derive(Debug, Args)]
#[command(
    mut_arg("csv", |arg| arg.help("Prefix of the CSV files")),
    mut_arg("html", |arg| arg.help("HTML report file")),
    mut_arg("markdown", |arg| arg.help("Write the summary as Markdown")),
    after_help = "\
Written are the CSV files, but for the history, and the HTML report, beside the record under its
name; with --json-file, --junit and --markdown these as well. The exit code is 0 whatever the
verdict was."
)]
pub(super) struct ReportArgs {
    /// The run record, or a folder with records, of which the newest is taken [default:
    /// results/runs]
    #[arg(value_name = "RUN.json", value_hint = ValueHint::AnyPath)]
    pub(super) record: Option<PathBuf>,
    /// Prefix of the CSV files and the HTML report [default: beside the record, under its name]
    #[arg(short, long, value_name = "PREFIX", value_hint = ValueHint::AnyPath)]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) files: FileArgs,
    #[command(flatten)]
    pub(super) skip: SkipArgs,
}

/// Writes them.
pub(super) fn main(args: &ReportArgs, environment: &Environment) -> anyhow::Result<u8> {
    let path = match &args.record {
        Some(path) if path.is_dir() => newest(path)?,
        Some(path) => path.clone(),
        None if Path::new(RECORDS).is_dir() => newest(Path::new(RECORDS))?,
        None => anyhow::bail!(
            "there is no {RECORDS} here; name a run record, such as results/smoke_run.json, or a \
             folder with records"
        ),
    };
    let text =
        destination::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let record = match record::from_json(&text) {
        Ok(record) => record,
        Err(error) => {
            say(&format!("error: {}: {error}\n", path.display()));
            return Ok(exit::USAGE);
        }
    };
    let prefix = args.output.clone().unwrap_or_else(|| beside(&path));
    let mut outputs = OutputPlan::of_report(&prefix);
    name_files(&args.files, &mut outputs);
    let all = &record.aggregated.row;
    outputs.answers = all.answers.is_some() || all.goodput.is_some();
    skip_outputs(&args.skip, &mut outputs);
    let mut screen = Screen::stdout(style(environment));
    let told = heading(&record, &path) + &summary::verdict(&record, screen.style());
    if let Err(problem) = outputs.render(record) {
        say(&format!("error: cannot {problem}\n"));
        return Ok(match problem {
            RenderErrors::Open(_) => exit::USAGE,
            RenderErrors::Write(_) => exit::OUTPUT_BROKEN,
        });
    }
    let files = outputs.rendered_files().into_iter();
    let written = files.map(|file| format!("written  {}\n", file.display()));
    screen.show(&(told + &written.collect::<String>()))?;
    Ok(0)
}

/// The record's own name, without what says that it is one.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(name.strip_suffix("_run").unwrap_or(&name))
}

fn heading(record: &RunRecord, path: &Path) -> String {
    let started = utc::readable(record.started_unix);
    format!("Run of {started}, from {}\n", path.display())
}

/// The newest run record of a folder, among whatever else is there.
fn newest(folder: &Path) -> anyhow::Result<PathBuf> {
    let shown = folder.display();
    let files = destination::newest_first(folder, ".json");
    let files = files.with_context(|| format!("cannot read {shown}"))?;
    let is_record = |path: &&PathBuf| {
        let record = destination::read(path).map(|text| record::from_json(&text));
        // One of another form is one, and whoever asked is told so.
        !matches!(
            record,
            Err(_) | Ok(Err(RecordError::NotJson | RecordError::NotARecord(_)))
        )
    };
    let found = files.iter().find(is_record).cloned();
    found.with_context(|| format!("there is no run record in {shown}"))
}

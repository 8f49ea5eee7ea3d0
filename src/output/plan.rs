//! Which files a run leaves, and opening them all before it.
//!
//! Must not know how a file is written or what is in it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::event::{Event, RunRecord, Sink, SinkError};

use super::destination::{Destination, FileDestination, Kept, probe};
use super::locust_csv::history::Detail;
use super::record;
use super::registry::{FORMATS, Format, Written};

/// The files a run is to leave; what is none is not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputPlan {
    /// What the names of Locust's CSV files begin with.
    pub csv: Option<PathBuf>,
    /// Whether there are declared answers or objectives, which have CSV files of their own.
    pub answers: bool,
    /// What the history holds.
    pub history: Detail,
    /// Answers kept for judging.
    pub samples: Option<PathBuf>,
    /// The HTML report.
    pub html: Option<PathBuf>,
    /// Locust's JSON; `.json` is added, as Locust does.
    pub json_file: Option<PathBuf>,
    /// JUnit XML.
    pub junit: Option<PathBuf>,
    /// Markdown.
    pub markdown: Option<PathBuf>,
    /// The run record.
    pub records: Vec<PathBuf>,
    /// The copy of the run record that later runs leave alone.
    pub kept: Option<Kept>,
}

/// Files that cannot be written, each with the reason.
#[derive(Debug)]
pub struct OutputErrors(Vec<(PathBuf, io::Error)>);

impl std::error::Error for OutputErrors {}

impl fmt::Display for OutputErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let files = if count == 1 { "file" } else { "files" };
        write!(f, "write {count} output {files}:")?;
        for (path, error) in &self.0 {
            write!(f, "\n  {}: {error}", path.display())?;
        }
        write!(
            f,
            "\nname another place for them (--results-dir, --csv, --html), or make this one \
             writable"
        )
    }
}

impl OutputPlan {
    /// What `run` leaves by default: `<results>/<scenario>…` and a copy of the record that stays.
    #[must_use]
    pub fn of_run(results: &Path, scenario: &str, started_unix: Duration) -> Self {
        let prefix = results.join(record::file_stem(scenario));
        let kept = results
            .join("runs")
            .join(record::file_name(scenario, started_unix));
        OutputPlan {
            html: Some(with_suffix(&prefix, ".html")),
            records: vec![with_suffix(&prefix, "_run.json")],
            kept: Some(Kept::at(&kept)),
            csv: Some(prefix),
            ..OutputPlan::default()
        }
    }

    /// What `report` makes again from a record: `<prefix>…`, all but the history, the samples and
    /// the record.
    #[must_use]
    pub fn of_report(prefix: &Path) -> Self {
        OutputPlan {
            html: Some(with_suffix(prefix, ".html")),
            csv: Some(prefix.to_owned()),
            ..OutputPlan::default()
        }
    }

    /// Checks that everything could be opened, without touching what is there.
    ///
    /// # Errors
    /// All that is in the way.
    pub fn check(&self) -> Result<(), OutputErrors> {
        self.check_those(|_| true)
    }

    /// The files that [`OutputPlan::render`] makes.
    #[must_use]
    pub fn rendered_files(&self) -> Vec<PathBuf> {
        self.chosen(from_record).map(|(_, path)| path).collect()
    }

    /// The files, in the order they are listed in.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        self.chosen(|_| true).map(|(_, path)| path).collect()
    }

    /// The file that the history is appended to.
    #[must_use]
    pub fn history_file(&self) -> Option<PathBuf> {
        let is_history = |format: &Format| format.name == "stats_history.csv";
        self.chosen(is_history).map(|(_, path)| path).next()
    }

    /// Where a file of this name stands: beside the others, its name behind what theirs begin
    /// with; as it is where there are none.
    #[must_use]
    pub fn beside(&self, name: &Path) -> PathBuf {
        match &self.csv {
            Some(prefix) => with_suffix(prefix, &format!("_{}", name.display())),
            None => name.to_owned(),
        }
    }

    /// Opens everything, or says all that is in the way; then nothing was changed.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn open(&self) -> Result<Vec<Box<dyn Sink>>, OutputErrors> {
        self.open_those(|_| true)
    }

    /// Writes everything that can be made from a record alone: all but the history and samples.
    ///
    /// # Errors
    /// When a file cannot be opened, or those that could not be written whole.
    pub fn render(&self, record: RunRecord) -> Result<(), RenderErrors> {
        let mut sinks = self.open_those(from_record)?;
        let finished = Event::Finished(Arc::new(record));
        let failed: Vec<SinkError> = (sinks.iter_mut())
            .filter_map(|sink| sink.on(&finished).err())
            .collect();
        if failed.is_empty() {
            Ok(())
        } else {
            Err(RenderErrors::Write(failed))
        }
    }

    fn check_those(&self, wanted: impl Fn(&Format) -> bool) -> Result<(), OutputErrors> {
        let mut problems = Vec::new();
        for (_, path) in self.chosen(wanted) {
            probe(&path).unwrap_or_else(|error| problems.push((path, error)));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(OutputErrors(problems))
        }
    }

    fn open_those(
        &self,
        wanted: impl Fn(&Format) -> bool + Copy,
    ) -> Result<Vec<Box<dyn Sink>>, OutputErrors> {
        self.check_those(wanted)?;
        let mut problems = Vec::new();
        let mut sinks = Vec::new();
        for (format, path) in self.chosen(wanted) {
            match self.destination(format, &path) {
                Ok(destination) => sinks.push((format.sink)(destination, self)),
                Err(error) => problems.push((path, error)),
            }
        }
        if problems.is_empty() {
            Ok(sinks)
        } else {
            Err(OutputErrors(problems))
        }
    }

    fn destination(&self, format: &Format, path: &Path) -> io::Result<Box<dyn Destination>> {
        if let Some(kept) = self.kept.iter().find(|kept| kept.path() == path) {
            return Ok(Box::new(kept.clone()));
        }
        Ok(Box::new(match format.written {
            Written::AtEnd => FileDestination::at_end(path),
            Written::AsItGoes | Written::Rewritten => FileDestination::live(path)?,
        }))
    }

    fn chosen(
        &self,
        wanted: impl Fn(&Format) -> bool,
    ) -> impl Iterator<Item = (&'static Format, PathBuf)> {
        let paths = |format: &'static Format| (format.paths)(self).into_iter();
        FORMATS
            .iter()
            .filter(move |format| wanted(format))
            .flat_map(move |format| paths(format).map(move |path| (format, path)))
    }
}

/// Whether a format can be made from a record alone.
fn from_record(format: &Format) -> bool {
    format.written != Written::AsItGoes
}

/// Why a record could not be shown again.
#[derive(Debug, thiserror::Error)]
pub enum RenderErrors {
    /// Files that cannot be opened.
    #[error(transparent)]
    Open(#[from] OutputErrors),
    /// Files that could not be written whole.
    #[error("write {}", listed(.0))]
    Write(Vec<SinkError>),
}

fn listed(errors: &[SinkError]) -> String {
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    errors.join("; ")
}

/// The path with this at the end of its name, whatever ending it has.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(suffix);
    PathBuf::from(text)
}

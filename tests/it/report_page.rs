//! The report in a real browser: what it shows, what it does when it is clicked, dragged and typed
//! at, and that it stays inert whatever a server said.

mod charts;
pub(crate) mod hostile;
mod looks;
mod opening;
mod tables;

use std::fs;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;

use ragload::event::RunRecord;
use ragload::output::html;
use tempfile::TempDir;

use crate::browser::Browser;

/// A browser with a report in it.
struct Report {
    browser: Browser,
    file: PathBuf,
    _folder: TempDir,
}

impl Report {
    /// The report of a run, opened.
    fn of(record: &RunRecord) -> Report {
        let mut report = Report::closed(record);
        report.open("");
        report
    }

    /// The report of a run in a file, and a browser that does not show it yet.
    fn closed(record: &RunRecord) -> Report {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("report.html");
        fs::write(&file, html::render(record)).expect("a report");
        Report {
            browser: Browser::start(),
            file,
            _folder: folder,
        }
    }

    /// Opens it at a place.
    fn open(&mut self, place: &str) {
        self.browser.open(&self.file, place);
    }

    /// Says what went wrong, if anything did.
    fn ends_well(mut self) {
        let problems = self.browser.problems();
        assert!(problems.is_empty(), "{problems:#?}");
    }

    /// How many elements a selector finds.
    fn count(&mut self, selector: &str) -> usize {
        let found = self.evaluate(&format!("document.querySelectorAll({selector:?}).length"));
        found
            .as_u64()
            .and_then(|count| usize::try_from(count).ok())
            .expect("a count")
    }

    /// The text of the first element a selector finds, as a reader sees it.
    fn shown(&mut self, selector: &str) -> String {
        self.text(&format!("document.querySelector({selector:?}).innerText"))
    }
}

impl Deref for Report {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl DerefMut for Report {
    fn deref_mut(&mut self) -> &mut Browser {
        &mut self.browser
    }
}

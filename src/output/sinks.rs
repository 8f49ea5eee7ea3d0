//! The two ways a file comes about: rewritten as the run goes, or written when it is over.
//!
//! Owns when something is written and how a failure is told: once per file, and later writes are
//! tried all the same. Must not know formats.

use std::io;

use crate::event::{Event, RunRecord, Sink, SinkError};

use super::destination::Destination;
use super::tables::Tables;

/// A destination whose first failure is told and whose later ones are not.
pub struct Reporting {
    to: Box<dyn Destination>,
    told: bool,
}

impl Reporting {
    /// Nothing failed yet.
    #[must_use]
    pub fn new(to: Box<dyn Destination>) -> Self {
        Reporting { to, told: false }
    }

    /// Writes.
    ///
    /// # Errors
    /// The first time it fails.
    pub fn write(
        &mut self,
        how: impl FnOnce(&mut dyn Destination) -> io::Result<()>,
    ) -> Result<(), SinkError> {
        match how(self.to.as_mut()) {
            Err(error) if !self.told => {
                self.told = true;
                Err(SinkError {
                    destination: self.to.name().to_owned(),
                    problem: problem(&error),
                })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// What is wrong, with the remedy where there is one.
fn problem(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => {
            format!("{error}; what was written before is kept: free some space")
        }
        _ => error.to_string(),
    }
}

/// A file that always shows how things stand.
pub struct Rewritten {
    to: Reporting,
    render: fn(&Tables<'_>) -> String,
}

impl Rewritten {
    /// A file that shows this.
    #[must_use]
    pub fn new(to: Box<dyn Destination>, render: fn(&Tables<'_>) -> String) -> Self {
        Rewritten {
            to: Reporting::new(to),
            render,
        }
    }
}

impl Sink for Rewritten {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        match event {
            Event::Started(started) => {
                let nothing = super::tables::nothing_yet();
                let content = (self.render)(&Tables {
                    rows: Vec::new(),
                    aggregated: &nothing,
                    failures: &[],
                    exceptions: &[],
                    started_unix: started.started_unix,
                });
                self.to.write(|to| to.replace(content.as_bytes()))
            }
            Event::Tick(tick) => {
                let content = (self.render)(&Tables::from(tick.as_ref()));
                self.to.write(|to| to.replace(content.as_bytes()))
            }
            Event::Finished(record) => {
                let content = (self.render)(&Tables::from(record.as_ref()));
                self.to.write(|to| to.finish(content.as_bytes()))
            }
            Event::Sampled(_) | Event::Notice(_) | Event::SoFar(_) => Ok(()),
        }
    }
}

/// A file that is made from the record of a run.
pub struct AtEnd {
    to: Reporting,
    render: fn(&RunRecord) -> String,
}

impl AtEnd {
    /// A file that shows this.
    #[must_use]
    pub fn new(to: Box<dyn Destination>, render: fn(&RunRecord) -> String) -> Self {
        AtEnd {
            to: Reporting::new(to),
            render,
        }
    }
}

impl Sink for AtEnd {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        match event {
            Event::Finished(record) => {
                let content = (self.render)(record);
                self.to.write(|to| to.finish(content.as_bytes()))
            }
            Event::Started(_)
            | Event::Tick(_)
            | Event::Sampled(_)
            | Event::Notice(_)
            | Event::SoFar(_) => Ok(()),
        }
    }
}

//! Locust's way of showing a run: its request table every two seconds.
//!
//! The tables at the end come after a log line with the exit code and are therefore a function,
//! [`super::locust_tables::closing`]. Must not know log lines.

use std::time::Duration;

use crate::event::{Event, Sink, SinkError};
use crate::model::Offset;
use crate::output::tables::{Tables, nothing_yet};

use super::locust_tables::{Rates, name_width, requests};
use super::screen::Screen;

/// Time between two tables.
const EVERY: Duration = Duration::from_secs(2);

/// Ticks come a little late or early.
const EARLY: Duration = Duration::from_millis(500);

/// Shows the request table as Locust does without `--only-summary`.
pub struct LocustTables {
    screen: Screen,
    last: Offset,
}

impl LocustTables {
    /// Shows it here.
    #[must_use]
    pub fn new(screen: Screen) -> Self {
        LocustTables {
            screen,
            last: Offset::ZERO,
        }
    }

    fn show(&mut self, tables: &Tables<'_>) -> Result<(), SinkError> {
        let width = name_width(self.screen.columns());
        let table = requests(tables, Rates::Current, width);
        self.screen.show(&format!("{table}\n"))
    }
}

impl Sink for LocustTables {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        match event {
            Event::Started(started) => self.show(&Tables {
                rows: Vec::new(),
                aggregated: &nothing_yet(),
                failures: &[],
                exceptions: &[],
                started_unix: started.started_unix,
            }),
            Event::Tick(tick) if tick.snapshot.at.since(self.last) + EARLY >= EVERY => {
                self.last = tick.snapshot.at;
                self.show(&Tables::from(tick.as_ref()))
            }
            Event::Tick(_)
            | Event::Sampled(_)
            | Event::Notice(_)
            | Event::SoFar(_)
            | Event::Finished(_) => Ok(()),
        }
    }
}

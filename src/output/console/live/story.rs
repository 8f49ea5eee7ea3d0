//! What the view knows of a run: everything it was told, folded as it came.
//!
//! Must not know keys, sizes or colours.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::event::{Event, Notice, Phase, Severity, Started, Tick};
use crate::model::Offset;
use crate::output::console::style::tame;

use super::history::History;

/// Remarks that are kept: more than any terminal shows.
const KEPT: usize = 100;

/// What happened so far.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) started: Option<Arc<Started>>,
    pub(super) tick: Option<Arc<Tick>>,
    pub(super) history: History,
    /// Notices and log lines, the newest last.
    pub(super) remarks: VecDeque<Remark>,
}

/// A line worth showing, harmless to a terminal.
#[derive(Clone, Debug)]
pub(super) struct Remark {
    /// When; none where the line says so itself.
    pub(super) at: Option<Offset>,
    pub(super) severity: Severity,
    pub(super) text: String,
}

impl Story {
    /// Takes in what happened.
    pub(super) fn on(&mut self, event: &Event) {
        match event {
            Event::Started(started) => self.started = Some(Arc::clone(started)),
            Event::Tick(tick) => {
                self.history.push(tick);
                self.tick = Some(Arc::clone(tick));
            }
            Event::Notice(notice) => {
                let Notice { at, severity, text } = notice;
                self.remark(Some(*at), *severity, text);
            }
            Event::Sampled(_) | Event::SoFar(_) | Event::Finished(_) => {}
        }
    }

    /// Adds a line of the log.
    pub(super) fn log(&mut self, line: &str) {
        self.remark(None, Severity::Warning, line.trim_end());
    }

    fn remark(&mut self, at: Option<Offset>, severity: Severity, text: &str) {
        if self.remarks.len() == KEPT {
            self.remarks.pop_front();
        }
        let text = tame(text);
        self.remarks.push_back(Remark { at, severity, text });
    }

    /// How far the run is.
    pub(super) fn at(&self) -> Offset {
        self.tick
            .as_ref()
            .map_or(Offset::ZERO, |tick| tick.snapshot.at)
    }

    /// Whether its users are being told to end.
    pub(super) fn is_ending(&self) -> bool {
        let phase = self.tick.as_ref().map(|tick| tick.phase);
        matches!(phase, Some(Phase::Stopping | Phase::Stopped))
    }

    /// When it is to end; none when it goes on until stopped.
    pub(super) fn ends_at(&self) -> Option<Offset> {
        self.tick.as_ref()?.ends_at
    }

    /// How long it goes on still; none when until stopped.
    pub(super) fn left(&self) -> Option<Duration> {
        Some(self.ends_at()?.since(self.at()))
    }

    /// The share of its time that is over; none while it is ending or without an end.
    pub(super) fn share(&self) -> Option<f64> {
        let end = self.ends_at().filter(|_| !self.is_ending())?.as_secs_f64();
        (end > 0.0).then(|| (self.at().as_secs_f64() / end).min(1.0))
    }
}

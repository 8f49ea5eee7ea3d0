//! Who watches a run as it goes: the live view on a terminal, else a line of progress.
//!
//! Owns when the view is shown. Must not know what it shows.

mod drawing;
mod keyboard;
mod keys;
mod locust_keys;
mod viewer;

use std::io::IsTerminal;

use crate::event::Sink;
use crate::output::console::{LocustTables, Progress, Screen, Style};
use crate::scenario::Environment;

use super::args::RunArgs;
use super::logging::LogSink;
use super::steering::Steering;
use viewer::Viewer;

pub(super) use locust_keys::LocustKeys;

/// What those who watch are made from.
pub(super) struct Spectators<'a> {
    pub(super) args: &'a RunArgs,
    pub(super) environment: &'a Environment,
    pub(super) progress: Progress,
    pub(super) style: Style,
}

impl Spectators<'_> {
    /// Everyone who is told as the run goes, beside its files.
    pub(super) fn sinks(self, steering: &Steering) -> Vec<Box<dyn Sink>> {
        let args = &self.args.output;
        let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
        let draws = !(args.only_summary || args.print_stats);
        // Where the progress is shown, it shows notices already.
        if !draws || args.logfile.is_some() {
            sinks.push(Box::new(LogSink));
        }
        if draws && self.shows_view() {
            let viewer = Viewer::new(self.progress, self.style, steering.clone());
            sinks.push(Box::new(viewer));
        } else if draws {
            sinks.push(Box::new(self.progress));
        } else if args.print_stats {
            sinks.push(Box::new(LocustTables::new(Screen::stderr(self.style))));
        }
        sinks
    }

    fn shows_view(&self) -> bool {
        // All three: what reads our output from a pipe may want the keyboard for itself.
        let terminal = std::io::stdin().is_terminal()
            && std::io::stdout().is_terminal()
            && std::io::stderr().is_terminal();
        terminal && !self.args.no_tui && suits(self.environment, cfg!(windows))
    }
}

/// Whether a terminal of this environment is one to draw on, with someone before it.
fn suits(environment: &Environment, windows: bool) -> bool {
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    let in_ci = set("CI").is_some_and(|value| !matches!(value, "false" | "0"));
    let able = match set("TERM") {
        Some(terminal) => terminal != "dumb",
        // Windows consoles have no such name.
        None => windows,
    };
    able && !in_ci
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_view_is_for_a_terminal_that_can_and_never_for_ci() {
        let of = |variables: &[(&str, &str)], windows: bool| {
            let variables = variables.iter();
            let variables =
                variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            suits(&Environment::new(variables.collect(), None), windows)
        };
        assert!(of(&[("TERM", "xterm-256color")], false));
        assert!(of(&[("TERM", "xterm"), ("CI", "false")], false));
        assert!(of(&[("TERM", "xterm"), ("CI", "")], false));
        assert!(of(&[], true));
        assert!(!of(&[], false));
        assert!(!of(&[("TERM", "dumb")], false));
        assert!(!of(&[("TERM", "dumb")], true));
        assert!(!of(&[("TERM", "xterm"), ("CI", "true")], false));
    }
}

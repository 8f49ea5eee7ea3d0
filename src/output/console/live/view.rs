//! The view as the person before it has it: the story so far, and what they did to it.
//!
//! Owns which command a wish is and what a key is seen to do. Must not know keys or streams.

use crate::event::{Command, Event, StopReason};
use crate::model::Offset;
use crate::output::console::Style;

use super::asked::Asked;
use super::palette::Palette;
use super::story::Story;

/// How long an answer to a key stays.
const SHOWN: std::time::Duration = std::time::Duration::from_secs(4);

/// The live view of a run.
#[derive(Debug)]
pub struct View {
    pub(super) palette: Palette,
    pub(super) story: Story,
    pub(super) asked: Asked,
    /// The answer to the last key, and when it was given.
    pub(super) reply: Option<(Offset, String)>,
    pub(super) help: bool,
    /// Endpoints above the first that is shown.
    pub(super) scrolled: usize,
    /// Whether the next Ctrl+C ends the run at once.
    pub(super) insisted: bool,
}

impl View {
    /// A view of a run that has not begun.
    #[must_use]
    pub fn new(style: Style) -> Self {
        View {
            palette: Palette::new(style),
            story: Story::default(),
            asked: Asked::default(),
            reply: None,
            help: false,
            scrolled: 0,
            insisted: false,
        }
    }

    /// Takes in what happened.
    pub fn on(&mut self, event: &Event) {
        self.story.on(event);
        if let Event::Tick(tick) = event {
            self.asked.settle(tick);
            let now = tick.snapshot.at;
            self.reply.take_if(|(at, _)| now.since(*at) >= SHOWN);
        }
    }

    /// Adds a line of the log.
    pub fn log(&mut self, line: &str) {
        self.story.log(line);
    }

    /// So many users more or fewer: what to ask of the run, if it can be asked now.
    pub fn add_users(&mut self, more: i32) -> Option<Command> {
        let (before, command) = {
            let tick = self.story.tick.as_ref()?;
            if self.story.is_ending() {
                self.say("the run is ending: its users are leaving");
                return None;
            }
            (tick.target_users, Command::AddUsers(more))
        };
        let after = self.ask(command)?;
        let arrow = self.palette.arrow();
        self.say(&format!("users {before} {arrow} {after}"));
        Some(command)
    }

    /// Holds users back, or lets them go on: what to ask of the run, if it can be asked now.
    pub fn toggle_pause(&mut self) -> Option<Command> {
        if self.story.is_ending() {
            return None;
        }
        let paused = self.is_paused();
        let command = if paused {
            Command::Resume
        } else {
            Command::Pause
        };
        self.ask(command)?;
        self.say(if paused { "going on" } else { "paused" });
        Some(command)
    }

    /// Ends the run in good order: what to ask of it, if it is not ending already. With the help
    /// before them, people mean the help.
    pub fn stop(&mut self) -> Option<Command> {
        if std::mem::take(&mut self.help) {
            return None;
        }
        if self.story.is_ending() {
            self.say("stopping already; Ctrl+C ends sooner");
            return None;
        }
        self.say("stopping");
        Some(Command::Stop(StopReason::Requested))
    }

    /// Shows the help, or hides it.
    pub fn toggle_help(&mut self) {
        self.help = !self.help;
    }

    /// Hides what lies over the view.
    pub fn close(&mut self) {
        self.help = false;
    }

    /// Moves the endpoints by so many rows.
    pub fn scroll(&mut self, rows: isize) {
        let endpoints = (self.story.tick.as_ref()).map_or(0, |tick| tick.snapshot.rows.len());
        let last = endpoints.saturating_sub(1);
        self.scrolled = self.scrolled.saturating_add_signed(rows).min(last);
    }

    /// Notes whether the next Ctrl+C ends the run at once.
    pub fn set_insisted(&mut self, insisted: bool) {
        self.insisted = insisted;
    }

    /// Whether users are held back.
    pub(super) fn is_paused(&self) -> bool {
        let tick = self.story.tick.as_ref();
        tick.is_some_and(|tick| self.asked.paused(tick)) && !self.story.is_ending()
    }

    /// Notes what is asked; the users then wanted, or none before the first tick.
    fn ask(&mut self, command: Command) -> Option<u32> {
        let tick = self.story.tick.as_ref()?;
        self.asked.ask(command, tick);
        Some(self.asked.users(tick))
    }

    fn say(&mut self, text: &str) {
        self.reply = Some((self.story.at(), text.to_owned()));
    }
}

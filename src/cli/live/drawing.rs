//! The thread that draws the view.
//!
//! Must not know what is drawn, nor which key means what.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender};

use crossterm::event::Event as Input;

use crate::event::{Event, StopReason};
use crate::output::console::progress::Curtain;
use crate::output::console::{FullScreen, View};

use super::super::steering::Steering;
use super::keys::{Wish, wish};

/// What may change the view.
pub(super) enum News {
    /// Something happened.
    Happened(Event),
    /// A key was pressed.
    Wished(Wish),
    /// The terminal has another size.
    Resized,
    /// Nothing is to be shown any more.
    Over,
}

/// Hands on what is typed: Ctrl+C to the run, and everything to the view.
pub(super) fn hand_on(input: &Input, news: &SyncSender<News>, steering: &Steering) {
    let typed = match input {
        Input::Key(key) => wish(*key).map(News::Wished),
        Input::Resize(..) => Some(News::Resized),
        // Text that is pasted is not typed at this view.
        Input::Paste(_) | Input::Mouse(_) | Input::FocusGained | Input::FocusLost => None,
    };
    if matches!(typed, Some(News::Wished(Wish::Interrupt))) {
        // Where the run is over, nothing is left to be asked.
        let _ = steering.end_blocking(StopReason::Interrupt);
    }
    if let Some(typed) = typed {
        // Keys typed at a view that is held back are lost, and it is drawn in full later.
        let _ = news.try_send(typed);
    }
}

/// The view on its screen.
pub(super) struct Drawing {
    pub(super) screen: FullScreen,
    pub(super) view: View,
    pub(super) news: Receiver<News>,
    pub(super) curtain: Curtain,
    pub(super) steering: Steering,
}

impl Drawing {
    /// Draws whenever there is news, until the run is over or the terminal cannot be drawn on any
    /// more. Either way the terminal is given back then.
    pub(super) fn until_over(mut self) {
        while let Ok(news) = self.news.recv() {
            if !matches!(self.draw(news), Ok(Run::GoesOn)) {
                return;
            }
        }
    }

    /// Takes in all there is, then draws once: a slow terminal gets fewer pictures.
    fn draw(&mut self, first: News) -> io::Result<Run> {
        let mut next = Some(first);
        while let Some(news) = next {
            match news {
                News::Over => return Ok(Run::IsOver),
                News::Happened(event) => self.view.on(&event),
                News::Wished(wish) => self.grant(wish)?,
                News::Resized => {}
            }
            next = self.news.try_recv().ok();
        }
        for line in self.curtain.new_log_lines() {
            self.view.log(&line);
        }
        self.view.set_insisted(self.steering.insisted());
        self.screen.draw(&self.view)?;
        Ok(Run::GoesOn)
    }

    fn grant(&mut self, wish: Wish) -> io::Result<()> {
        let command = match wish {
            Wish::Users(more) => self.view.add_users(more),
            Wish::Pause => self.view.toggle_pause(),
            Wish::Stop => self.view.stop(),
            Wish::Help => {
                self.view.toggle_help();
                None
            }
            Wish::Close => {
                self.view.close();
                None
            }
            Wish::Scroll(rows) => {
                self.view.scroll(rows);
                None
            }
            Wish::Redraw => {
                self.screen.clear()?;
                None
            }
            // Asked for where the key was read.
            Wish::Interrupt => None,
        };
        if let Some(command) = command {
            // Where the run is over, nothing is left to be asked.
            let _ = self.steering.ask_blocking(command);
        }
        Ok(())
    }
}

/// Whether the run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    GoesOn,
    IsOver,
}

//! The thread that reads the keyboard.
//!
//! Apart from the one that draws: a terminal that is held back must not hold back Ctrl+C. Must
//! not know which key means what.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use crossterm::event::{self, Event as Input};

use crate::event::StopReason;

use super::super::steering::Steering;
use super::drawing::News;
use super::keys::{Wish, wish};

/// How often a keyboard at rest is left to see whether it is needed still.
const PATIENCE: Duration = Duration::from_millis(100);

/// What the keyboard is connected to.
pub(super) struct Keyboard {
    pub(super) news: SyncSender<News>,
    pub(super) steering: Steering,
    /// Set when keys are no longer for the view.
    pub(super) over: Arc<AtomicBool>,
}

impl Keyboard {
    /// Reads keys until they are no longer for the view. A keyboard that cannot be read ends the
    /// view: without it Ctrl+C is a signal again.
    pub(super) fn until_over(self) {
        while !self.over.load(Ordering::Relaxed) {
            let input = match event::poll(PATIENCE) {
                Ok(true) => event::read(),
                Ok(false) => continue,
                Err(error) => Err(error),
            };
            match input {
                Ok(input) => self.take(&input),
                Err(_) => {
                    let _ = self.news.send(News::Over);
                    return;
                }
            }
        }
    }

    fn take(&self, input: &Input) {
        let news = match input {
            Input::Key(key) => wish(*key).map(News::Wished),
            Input::Resize(..) => Some(News::Resized),
            // Text that is pasted is not typed at this view.
            Input::Paste(_) | Input::Mouse(_) | Input::FocusGained | Input::FocusLost => None,
        };
        if matches!(news, Some(News::Wished(Wish::Interrupt))) {
            // Where the run is over, nothing is left to be asked.
            let _ = self.steering.end_blocking(StopReason::Interrupt);
        }
        if let Some(news) = news {
            // Keys typed at a view that is held back are lost, and it is drawn in full later.
            let _ = self.news.try_send(news);
        }
    }
}

//! The live view as a sink: raised when a run begins, lowered when it is over.
//!
//! Owns that the line of progress takes over where the view cannot be had or breaks down, and
//! that nothing said meanwhile is lost. Must not know keys or what is drawn.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::event::{Event, Sink, SinkError};
use crate::output::console::progress::Curtain;
use crate::output::console::{FullScreen, Progress, Style, View};

use super::super::steering::Steering;
use super::drawing::{Drawing, News, hand_on};
use super::keyboard;

/// News that may wait to be drawn.
const WAITING: usize = 16;

/// Shows the live view, and the progress where that fails.
pub(super) struct Viewer {
    progress: Progress,
    curtain: Curtain,
    style: Style,
    steering: Steering,
    raised: Option<Raised>,
}

/// The view that is up.
struct Raised {
    news: SyncSender<News>,
    drawing: JoinHandle<()>,
    /// Tells the keyboard's thread that keys are no longer for the view. It is not waited for:
    /// a keyboard may be read for as long as nobody types.
    over: Arc<AtomicBool>,
}

impl Viewer {
    pub(super) fn new(progress: Progress, style: Style, steering: Steering) -> Self {
        Viewer {
            curtain: progress.curtain(),
            progress,
            style,
            steering,
            raised: None,
        }
    }

    /// Puts the view up, if the terminal can be had.
    fn raise(&mut self) -> Result<(), SinkError> {
        self.curtain.close();
        self.raised = self.up();
        if self.raised.is_none() {
            return self.curtain.open();
        }
        Ok(())
    }

    fn up(&self) -> Option<Raised> {
        let (news, happening) = sync_channel(WAITING);
        let drawing = Drawing {
            screen: FullScreen::take().ok()?,
            view: View::new(self.style),
            news: happening,
            curtain: self.curtain.clone(),
            steering: self.steering.clone(),
        };
        let over = Arc::new(AtomicBool::new(false));
        let (typed, steering, flag) = (news.clone(), self.steering.clone(), Arc::clone(&over));
        let keys = move || {
            let read = keyboard::read_until(&flag, |input| hand_on(input, &typed, &steering));
            if read.is_err() {
                // Without a keyboard there is no view: Ctrl+C is a signal again.
                let _ = typed.send(News::Over);
            }
        };
        // Without a thread there is no view: it is dropped, and the terminal is given back.
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let drawing = thread("view").spawn(|| drawing.until_over()).ok()?;
        let keys = thread("keyboard").spawn(keys);
        let raised = Raised {
            news,
            drawing,
            over,
        };
        if keys.is_err() {
            raised.lower();
            return None;
        }
        Some(raised)
    }

    /// Takes the view down, and writes what was held back for it.
    fn lower(&mut self) -> Result<(), SinkError> {
        let Some(raised) = self.raised.take() else {
            return Ok(());
        };
        raised.lower();
        self.curtain.open()
    }
}

impl Raised {
    /// Ends the view; the terminal is given back when this returns.
    fn lower(self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = self.news.send(News::Over);
        drop(self.news);
        // A view that panicked has given the terminal back, and said why.
        let _ = self.drawing.join();
    }
}

impl Sink for Viewer {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        if matches!(event, Event::Started(_)) {
            self.raise()?;
        }
        let progress = self.progress.on(event);
        let Some(raised) = &self.raised else {
            return progress;
        };
        // It only waits for a terminal that is held back; the audience knows what to do then.
        let told = raised.news.send(News::Happened(event.clone()));
        if told.is_err() || matches!(event, Event::Finished(_)) {
            return progress.and(self.lower());
        }
        progress
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        // Nobody is left to be told.
        let _ = self.lower();
    }
}

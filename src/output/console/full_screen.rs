//! The whole terminal, taken for the live view and given back whatever happens.
//!
//! Owns raw mode, the alternate screen and the cursor. Must not know what is shown.

use std::io::{self, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use ratatui::backend::CrosstermBackend;
use ratatui::widgets::Widget;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::possession::{give_back_on_panic, is_ours};

/// Whether the terminal is taken. There is one per process, and a panic on any thread gives it
/// back. Changed only by who holds the lock of stderr.
static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal behind stderr, for as long as this lives: keys come unread and unechoed, and what
/// is drawn leaves nothing behind.
pub struct FullScreen {
    terminal: Terminal<CrosstermBackend<Page>>,
}

impl FullScreen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it cannot be had: there is none, it has no size, or it is not this program's. It is
    /// as it was then.
    pub fn take() -> io::Result<FullScreen> {
        if !is_ours() {
            return Err(io::Error::other("this program runs in the background"));
        }
        give_back_on_panic(&HOOK, give_back);
        let options = TerminalOptions {
            viewport: Viewport::Fullscreen,
        };
        let terminal = Terminal::with_options(CrosstermBackend::new(Page::default()), options)?;
        enable_raw_mode()?;
        let mut stderr = io::stderr().lock();
        TAKEN.store(true, Ordering::SeqCst);
        let mut screen = FullScreen { terminal };
        execute!(stderr, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
        drop(stderr);
        screen.clear()?;
        Ok(screen)
    }

    /// Draws over the whole terminal, however large it is now.
    ///
    /// # Errors
    /// When it cannot be written to, or was given back because something panicked.
    pub fn draw(&mut self, what: impl Widget) -> io::Result<()> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Err(io::Error::other("it was given back because of a panic"));
        }
        self.terminal
            .draw(|frame| frame.render_widget(what, frame.area()))?;
        Ok(())
    }

    /// Empties it, so that the next time everything is drawn: something else may have written
    /// there.
    ///
    /// # Errors
    /// As [`FullScreen::draw`].
    pub fn clear(&mut self) -> io::Result<()> {
        // Terminal::clear would ask the terminal where its cursor is, and wait for the answer.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Leaves the terminal as it was found, if it is taken.
fn give_back() {
    // On one thread this lock can be had twice: a panic while drawing does not wait for itself.
    let mut stderr = io::stderr().lock();
    if TAKEN.swap(false, Ordering::SeqCst) {
        // Each is tried, whatever became of the others; nobody is left to be told.
        let _ = execute!(
            stderr,
            EndSynchronizedUpdate,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

/// What is drawn, held back until it is whole: it is written in one go, and only while the
/// terminal is taken.
#[derive(Default)]
struct Page(Vec<u8>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let page = std::mem::take(&mut self.0);
        let mut stderr = io::stderr().lock();
        if page.is_empty() || !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        execute!(stderr, BeginSynchronizedUpdate)?;
        stderr.write_all(&page)?;
        execute!(stderr, EndSynchronizedUpdate)
    }
}

//! The keyboard read key by key, while lines are written as ever.
//!
//! Owns the terminal's mode for that. Must not know which key means what.

use std::io;
use std::sync::{Mutex, Once, PoisonError};

use super::possession::{give_back_on_panic, is_ours};

/// The mode as it was before; none while keys are read by the line.
static BEFORE: Mutex<Option<Mode>> = Mutex::new(None);
static HOOK: Once = Once::new();

/// Keys come one by one and unechoed for as long as this lives; what is written, and on Unix
/// Ctrl+C, work as ever.
pub struct KeyMode(());

impl KeyMode {
    /// Takes the keyboard.
    ///
    /// # Errors
    /// When stdin is no terminal, or not this program's.
    pub fn take() -> io::Result<KeyMode> {
        if !is_ours() {
            return Err(io::Error::other("this program runs in the background"));
        }
        give_back_on_panic(&HOOK, give_back);
        let before = Mode::by_key()?;
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        Ok(KeyMode(()))
    }
}

impl Drop for KeyMode {
    fn drop(&mut self) {
        give_back();
    }
}

fn give_back() {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(before) = before {
        before.restore();
    }
}

/// A mode of the terminal.
#[cfg(unix)]
struct Mode(rustix::termios::Termios);

#[cfg(unix)]
impl Mode {
    /// Sets what Unix calls cbreak, and gives the mode that was before.
    fn by_key() -> io::Result<Mode> {
        use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex};
        let before = rustix::termios::tcgetattr(io::stdin())?;
        let mut by_key = before.clone();
        by_key.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        by_key.special_codes[SpecialCodeIndex::VMIN] = 1;
        by_key.special_codes[SpecialCodeIndex::VTIME] = 0;
        rustix::termios::tcsetattr(io::stdin(), OptionalActions::Now, &by_key)?;
        Ok(Mode(before))
    }

    fn restore(&self) {
        use rustix::termios::OptionalActions;
        // A terminal that is gone needs nothing given back.
        let _ = rustix::termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// A mode of the console: raw ones change its input only.
#[cfg(not(unix))]
struct Mode;

#[cfg(not(unix))]
impl Mode {
    fn by_key() -> io::Result<Mode> {
        crossterm::terminal::enable_raw_mode()?;
        Ok(Mode)
    }

    fn restore(&self) {
        // A console that is gone needs nothing given back.
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

//! What taking the terminal needs in whatever form: that it is ours to take, and that a panic
//! gives it back.
//!
//! Must not know what it is taken for.

use std::panic;
use std::sync::Once;

/// Whether the terminal is this program's: one in the background that changes a terminal's modes
/// is stopped by the system.
#[cfg(unix)]
pub(super) fn is_ours() -> bool {
    let foreground = rustix::termios::tcgetpgrp(std::io::stdin());
    // Where there is no such thing as a foreground, nobody is in the background.
    foreground.map_or(true, |group| group == rustix::process::getpgrp())
}

/// Whether the terminal is this program's.
#[cfg(not(unix))]
pub(super) fn is_ours() -> bool {
    true
}

/// Has the terminal given back before any panic is told, on whatever thread. The hook is set
/// once, and `give_back` must do nothing while the terminal is not taken.
pub(super) fn give_back_on_panic(once: &Once, give_back: fn()) {
    once.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            give_back();
            before(panicked);
        }));
    });
}

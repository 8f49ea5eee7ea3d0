//! How a virtual user is told to end, and how firmly.
//!
//! Lives on one shard's thread: no lock. Must not know what the user is doing.

use std::cell::Cell;

use tokio::sync::Notify;

/// How firmly a user is to end; each level includes those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Not at all.
    #[default]
    Run,
    /// After the task it is in, as Locust stops users within the stop timeout.
    Stop,
    /// After the request in flight: no new ones, whatever the task still had to do.
    Halt,
    /// Now: the request in flight is interrupted; `on_stop` still runs.
    Kill,
    /// Now, with nothing more sent.
    Abort,
}

/// One user's ear. Levels only ever rise.
#[derive(Debug, Default)]
pub(super) struct Signal {
    level: Cell<Level>,
    changed: Notify,
}

impl Signal {
    /// Raises the level; lower ones are ignored.
    pub(super) fn raise(&self, level: Level) {
        if level > self.level.get() {
            self.level.set(level);
            self.changed.notify_waiters();
        }
    }

    /// The level as it stands.
    pub(super) fn level(&self) -> Level {
        self.level.get()
    }

    /// Returns once the level is at least `level`.
    pub(super) async fn reached(&self, level: Level) {
        loop {
            // Listening before looking: a change in between is not missed.
            let changed = self.changed.notified();
            if self.level.get() >= level {
                return;
            }
            changed.await;
        }
    }
}

/// Holds users back before their next task while the run is paused.
#[derive(Debug, Default)]
pub(super) struct Gate {
    closed: Cell<bool>,
    opened: Notify,
}

impl Gate {
    /// Closes or opens it.
    pub(super) fn set_closed(&self, closed: bool) {
        self.closed.set(closed);
        if !closed {
            self.opened.notify_waiters();
        }
    }

    /// Returns once it is open.
    pub(super) async fn passed(&self) {
        loop {
            let opened = self.opened.notified();
            if !self.closed.get() {
                return;
            }
            opened.await;
        }
    }
}

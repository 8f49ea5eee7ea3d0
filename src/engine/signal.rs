//! How a virtual user is told to end, and how firmly.
//!
//! Lives on one shard's thread: no lock. Must not know what the user is doing.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

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
    /// Who listens. One who does so again and again, as a user does with each request, stays.
    listening: RefCell<Vec<Waker>>,
}

impl Signal {
    /// Raises the level; lower ones are ignored.
    pub(super) fn raise(&self, level: Level) {
        if level > self.level.get() {
            self.level.set(level);
            self.listening.take().into_iter().for_each(Waker::wake);
        }
    }

    /// The level as it stands.
    pub(super) fn level(&self) -> Level {
        self.level.get()
    }

    /// Returns once the level is at least `level`.
    pub(super) async fn reached(&self, level: Level) {
        poll_fn(|context| self.poll_reached(level, context)).await;
    }

    /// Ready once the level is at least `level`; until then the task is woken by every change.
    pub(super) fn poll_reached(&self, level: Level, context: &Context<'_>) -> Poll<()> {
        if self.level.get() >= level {
            return Poll::Ready(());
        }
        let mut listening = self.listening.borrow_mut();
        let waker = context.waker();
        if !listening.iter().any(|known| known.will_wake(waker)) {
            listening.push(waker.clone());
        }
        Poll::Pending
    }
}

/// The signals of users that say farewell: raised together, also for those that begin later.
#[derive(Debug, Default)]
pub(super) struct Farewells {
    level: Cell<Level>,
    signals: RefCell<Vec<Weak<Signal>>>,
}

impl Farewells {
    /// A signal for one more user.
    pub(super) fn signal(&self) -> Rc<Signal> {
        let signal = Rc::new(Signal::default());
        signal.raise(self.level.get());
        let mut signals = self.signals.borrow_mut();
        if signals.len() == signals.capacity() {
            signals.retain(|signal| signal.strong_count() > 0);
        }
        signals.push(Rc::downgrade(&signal));
        signal
    }

    /// Raises the level for all of them.
    pub(super) fn raise(&self, level: Level) {
        self.level.set(self.level.get().max(level));
        let signals = self.signals.borrow();
        for signal in signals.iter().filter_map(Weak::upgrade) {
            signal.raise(level);
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

    /// Whether it is closed.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.get()
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

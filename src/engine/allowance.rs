//! What a shard may still send, where the run has a budget of requests.
//!
//! Owns its users' waiting for it and the count of what is under way. On one thread:
//! cells. Must not know the budget, nor what other shards may send.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::{Notify, Semaphore, oneshot};

use super::signal::{Level, Signal};

/// The requests a shard may still send.
pub(super) struct Allowance {
    left: Semaphore,
    /// Requests sent since the last report.
    taken: Cell<u64>,
    waiting: Rc<Cell<u64>>,
    under_way: Rc<Cell<u64>>,
    /// Told when a user has to wait.
    short: Arc<Notify>,
}

/// A change of what a shard may send.
#[derive(Debug)]
pub(super) enum Ration {
    /// So many more; together with what it holds, at most [`Allowance::MOST`].
    Grant(u64),
    /// At most so many, and say how many others there were.
    HandBack {
        keep: u64,
        reply: oneshot::Sender<u64>,
    },
    /// None any more: the budget is used up.
    UsedUp,
}

/// How a shard stands with its allowance.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    /// What it may still send.
    pub(super) left: u64,
    /// What it sent since the last report.
    pub(super) taken: u64,
    /// Its users that wait for more.
    pub(super) waiting: u64,
    /// What was sent and is not counted yet.
    pub(super) under_way: u64,
}

impl Allowance {
    /// The most a shard can hold at once.
    pub(super) const MOST: u64 = Semaphore::MAX_PERMITS as u64;

    /// One that lets nothing be sent yet, and tells `short` of users that have to wait.
    pub(super) fn empty(short: Arc<Notify>) -> Self {
        Allowance {
            left: Semaphore::new(0),
            taken: Cell::default(),
            waiting: Rc::default(),
            under_way: Rc::default(),
            short,
        }
    }

    /// Waits until one more request may be sent; none when none may be sent any more, or when the
    /// user is told to send no new ones meanwhile.
    pub(super) async fn take(&self, signal: &Signal) -> Option<Permit> {
        let _waiting = Counted::new(&self.waiting);
        if self.left.available_permits() == 0 {
            self.short.notify_one();
        }
        let permit = tokio::select! {
            biased;
            () = signal.reached(Level::Halt) => None,
            permit = self.left.acquire() => permit.ok(),
        };
        permit?.forget();
        self.taken.set(self.taken.get() + 1);
        let _counted = Counted::new(&self.under_way);
        Some(Permit { _counted })
    }

    /// Changes what may be sent.
    pub(super) fn change(&self, ration: Ration) {
        match ration {
            Ration::Grant(more) => self.left.add_permits(whole(more)),
            Ration::HandBack { keep, reply } => {
                let more = self.left.available_permits().saturating_sub(whole(keep));
                // What nobody takes back any more is never sent.
                let _ = reply.send(self.left.forget_permits(more) as u64);
            }
            // Whoever waits need not any longer.
            Ration::UsedUp => self.left.close(),
        }
    }

    /// How things stand; what was taken is told once.
    pub(super) fn report(&self) -> Held {
        Held {
            left: self.left.available_permits() as u64,
            taken: self.taken.take(),
            waiting: self.waiting.get(),
            under_way: self.under_way.get(),
        }
    }
}

/// A request that may be sent; it is under way until this is dropped.
pub(super) struct Permit {
    _counted: Counted,
}

/// Counts one for as long as it lives, however that ends.
struct Counted(Rc<Cell<u64>>);

impl Counted {
    fn new(count: &Rc<Cell<u64>>) -> Self {
        count.set(count.get() + 1);
        Counted(Rc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

fn whole(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

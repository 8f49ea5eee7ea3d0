//! The slots for generating answers.
//!
//! Owns how many requests may generate at once and how the others wait. Must not know requests,
//! nor what is done in a slot.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::gauge::{Entered, Gauge};

/// Slots when no fault says otherwise.
pub(super) const DEFAULT_SIZE: u32 = 64;
/// Longest wait for a slot when no fault says otherwise.
pub(super) const DEFAULT_WAIT: Duration = Duration::from_secs(10);

/// A number of slots, given out in the order of asking.
pub(super) struct Pool {
    slots: RwLock<Slots>,
    in_use: Gauge,
    waiting: Gauge,
}

struct Slots {
    size: u32,
    semaphore: Arc<Semaphore>,
}

/// A slot taken; dropping it gives it back.
pub(super) struct Slot {
    _permit: OwnedSemaphorePermit,
    _in_use: Entered,
}

/// The pool at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PoolState {
    /// Slots taken.
    pub(super) in_use: usize,
    /// Slots in all.
    pub(super) size: u32,
    /// Requests waiting for one.
    pub(super) waiting: usize,
}

impl Slots {
    fn new(size: u32) -> Self {
        let permits = usize::try_from(size).unwrap_or(usize::MAX);
        Slots {
            size,
            semaphore: Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS))),
        }
    }
}

impl Pool {
    /// A pool of `size` free slots.
    pub(super) fn new(size: u32) -> Self {
        Pool {
            slots: RwLock::new(Slots::new(size)),
            in_use: Gauge::default(),
            waiting: Gauge::default(),
        }
    }

    /// Changes the number of slots. Whoever holds or awaits one of the old slots keeps it, so that
    /// for a moment more than `size` can be in use.
    pub(super) fn resize(&self, size: u32) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if slots.size != size {
            *slots = Slots::new(size);
        }
    }

    /// Takes a slot; `None` when none came free within `wait`.
    pub(super) async fn take(&self, wait: Duration) -> Option<Slot> {
        let semaphore = {
            let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(&slots.semaphore)
        };
        let permit = match Arc::clone(&semaphore).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let _waiting = self.waiting.enter();
                tokio::time::timeout(wait, semaphore.acquire_owned())
                    .await
                    .ok()?
                    .ok()?
            }
        };
        Some(Slot {
            _permit: permit,
            _in_use: self.in_use.enter(),
        })
    }

    /// What the pool looks like now.
    pub(super) fn state(&self) -> PoolState {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        PoolState {
            in_use: self.in_use.value(),
            size: slots.size,
            waiting: self.waiting.value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_full_pool_refuses_after_the_wait_and_takes_again_when_a_slot_is_returned() {
        let pool = Pool::new(1);
        let slot = pool.take(Duration::ZERO).await;
        assert!(slot.is_some());
        assert!(pool.take(Duration::from_secs(5)).await.is_none());
        drop(slot);
        assert!(pool.take(Duration::from_secs(5)).await.is_some());
        let idle = PoolState {
            in_use: 0,
            size: 1,
            waiting: 0,
        };
        assert_eq!(pool.state(), idle);
    }
}

//! Counting what is going on right now.
//!
//! Owns gauges that cannot drift: whoever is counted holds a guard. Must not know what is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A number of things under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Gauge(Arc<AtomicUsize>);

/// One thing under way; dropping it ends it, also when its task is cancelled.
#[derive(Debug)]
pub(super) struct Entered(Arc<AtomicUsize>);

impl Gauge {
    /// Counts one more until the guard is dropped.
    pub(super) fn enter(&self) -> Entered {
        self.0.fetch_add(1, Ordering::Relaxed);
        Entered(Arc::clone(&self.0))
    }

    /// How many are under way.
    pub(super) fn value(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

//! The memory leak.
//!
//! Owns the memory that requests leave behind and how it slows the service. Must not know
//! requests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Most that is ever leaked, in bytes: enough to be seen, too little to harm the machine.
const CAP: u64 = 512 * 1024 * 1024;
/// Leaked bytes after which everything takes twice as long.
const DOUBLES_AFTER: f64 = 64.0 * 1024.0 * 1024.0;

/// Memory kept for nothing.
#[derive(Debug, Default)]
pub(super) struct Leak {
    kept: Mutex<Vec<Vec<u8>>>,
    bytes: AtomicU64,
}

impl Leak {
    /// Keeps another `kb` KiB, unless that would pass the cap.
    pub(super) fn keep(&self, kb: u32) {
        let bytes = u64::from(kb) * 1024;
        if bytes == 0 || self.bytes() + bytes > CAP {
            return;
        }
        // Written, not merely reserved, so that it counts as resident.
        let block = vec![1_u8; usize::try_from(bytes).unwrap_or(0)];
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(block);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Gives everything back.
    pub(super) fn free(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Vec::new();
        self.bytes.store(0, Ordering::Relaxed);
    }

    /// Bytes leaked so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How many times longer everything takes for it; 1 when nothing is leaked.
    pub(super) fn slowdown(&self) -> f64 {
        1.0 + self.bytes() as f64 / DOUBLES_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_slows_down_until_it_is_freed() {
        let leak = Leak::default();
        leak.keep(1024);
        assert_eq!(leak.bytes(), 1024 * 1024);
        assert!(leak.slowdown() > 1.01);
        leak.free();
        assert_eq!(leak.bytes(), 0);
        assert!(leak.slowdown() < 1.001);
    }

    #[test]
    fn a_leak_stops_at_its_cap() {
        let leak = Leak::default();
        leak.bytes.store(CAP - 10, Ordering::Relaxed);
        leak.keep(1);
        assert_eq!(leak.bytes(), CAP - 10);
    }
}

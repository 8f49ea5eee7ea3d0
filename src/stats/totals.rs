//! The sum of all deltas since the start of the statistics.
//!
//! Must not know how it is shown.

use crate::model::Offset;

use super::Delta;

/// Everything counted since the start, or since the statistics were last reset.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// When counting began.
    pub since: Offset,
    /// All of it.
    pub delta: Delta,
}

impl Totals {
    /// Adds a delta.
    pub fn add(&mut self, delta: &Delta) {
        self.delta.merge(delta);
    }

    /// Forgets all and counts from `at`.
    pub fn reset(&mut self, at: Offset) {
        *self = Totals {
            since: at,
            delta: Delta::default(),
        };
    }
}

//! One step of a ramp: users to start and stop, by worker and class.
//!
//! A leaf: the dispatcher makes steps, an engine or a cluster acts on them.

use std::collections::BTreeMap;

/// What is to be done in one step; nothing when the running users already are what is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// At most one change for each worker and class, in order of worker, then class.
    pub changes: Vec<Change>,
}

/// Users of one class to start or stop on one worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Index into [`super::Dispatcher::workers`].
    pub worker: usize,
    /// Index into [`super::Dispatcher::classes`].
    pub class: usize,
    /// Above zero: users to start; below: users to stop; never zero.
    pub delta: i64,
}

/// Changes summed up by worker and class.
#[derive(Default)]
pub(super) struct Changes(BTreeMap<(usize, usize), i64>);

impl Changes {
    /// Starts (or, below zero, stops) users.
    pub(super) fn add(&mut self, worker: usize, class: usize, delta: i64) {
        *self.0.entry((worker, class)).or_default() += delta;
    }

    /// What is left of it when starts and stops cancel out.
    pub(super) fn into_step(self) -> Step {
        let changes = self
            .0
            .into_iter()
            .filter(|(_, delta)| *delta != 0)
            .map(|((worker, class), delta)| Change {
                worker,
                class,
                delta,
            })
            .collect();
        Step { changes }
    }
}

//! Which user of which class is started or stopped on which worker, step by step.
//!
//! Owns the state of a ramp, by Locust's rules: users are dealt round robin over the workers, the
//! last one started is the first one stopped, a new target takes over from a ramp under way. A
//! local shard is a worker like any other. Must not know time (the caller waits for
//! [`Dispatcher::pause`]), how users are started, or whether one died by itself.

use std::collections::HashMap;
use std::time::Duration;

use super::pace::Pace;
use super::selection::{ClassShare, Selection};
use super::step::{Changes, Step};
use super::workers::WorkerList;

/// Deals the users of a load to classes and workers; a pure state machine.
///
/// ```
/// use ragload::load::{ClassShare, Dispatcher};
///
/// let class = |name: &str, weight| ClassShare { name: name.into(), weight, fixed_count: 0 };
/// let mut dispatcher =
///     Dispatcher::new(vec![class("Ask", 2.0), class("Search", 1.0)], vec!["local".into()]);
/// dispatcher.start(3, 2.0);
/// while let Some(step) = dispatcher.step() {
///     // act on step.changes, then, unless dispatcher.reached(), wait for dispatcher.pause()
/// #   assert!(!step.changes.is_empty());
/// }
/// assert_eq!(dispatcher.counts(), [[2, 1]]);
/// ```
#[derive(Clone, Debug)]
pub struct Dispatcher {
    classes: Vec<ClassShare>,
    workers: WorkerList,
    selection: Selection,
    /// The worker that gets the next user.
    turn: usize,
    /// Running users, worker by worker, class by class.
    counts: Vec<Vec<u32>>,
    /// (worker, class) of every running user in the order they were started.
    started: Vec<(usize, usize)>,
    target: u32,
    pace: Pace,
    /// Changes that a new set of workers brought and no step has told yet.
    moved: Option<Step>,
    /// Whether a step is due even if it is empty: once per start.
    fresh: bool,
    /// Whether there was no class left to start a user of.
    exhausted: bool,
}

impl Dispatcher {
    /// No users yet, over these classes and workers in any order. Workers with the same name are
    /// one.
    #[must_use]
    pub fn new(mut classes: Vec<ClassShare>, workers: Vec<String>) -> Self {
        classes.sort_by(|a, b| a.name.cmp(&b.name));
        let workers = WorkerList::new(workers);
        Dispatcher {
            selection: Selection::new(&classes),
            counts: vec![vec![0; classes.len()]; workers.ids().len()],
            classes,
            workers,
            turn: 0,
            started: Vec::new(),
            target: 0,
            pace: Pace::of(1.0),
            moved: None,
            fresh: false,
            exhausted: false,
        }
    }

    /// Sets a new target in users and a rate in users per second, above zero, for the way up or
    /// down. Replaces a ramp under way. The first step is due at once.
    pub fn start(&mut self, target: u32, spawn_rate: f64) {
        self.target = target;
        self.pace = Pace::of(spawn_rate);
        self.fresh = true;
        self.exhausted = false;
    }

    /// The next step, or none when the target is reached or as near as fixed counts and workers
    /// allow. After every start there is at least one step, an empty one if there is nothing to
    /// do: workers are told their users again.
    pub fn step(&mut self) -> Option<Step> {
        if self.workers.ids().is_empty() {
            return None;
        }
        let moved = self.moved.take();
        if moved.as_ref().is_some_and(|step| !step.changes.is_empty()) {
            self.fresh = false;
            return moved;
        }
        let mut changes = Changes::default();
        let total = self.total();
        if total < self.target && !self.exhausted {
            self.start_users(&mut changes);
        } else if total > self.target {
            self.stop_users(&mut changes);
        } else if !self.fresh {
            return None;
        }
        self.fresh = false;
        Some(changes.into_step())
    }

    fn start_users(&mut self, changes: &mut Changes) {
        let wanted = self.pace.users_per_step.min(self.target - self.total());
        for _ in 0..wanted {
            let Some((worker, class)) = self.start_one() else {
                self.exhausted = true;
                break;
            };
            changes.add(worker, class, 1);
        }
    }

    fn start_one(&mut self) -> Option<(usize, usize)> {
        let counts = &self.counts;
        let running = |class: usize| counts.iter().map(|worker| worker[class]).sum();
        let class = self.selection.next(running)?;
        let worker = self.turn;
        self.turn = (self.turn + 1) % self.counts.len();
        self.counts[worker][class] += 1;
        self.started.push((worker, class));
        Some((worker, class))
    }

    fn stop_users(&mut self, changes: &mut Changes) {
        let surplus = self.total() - self.target;
        for _ in 0..self.pace.users_per_step.min(surplus) {
            let Some((worker, class)) = self.started.pop() else {
                break;
            };
            self.counts[worker][class] -= 1;
            self.selection.users_were_stopped();
            changes.add(worker, class, -1);
        }
    }

    /// A worker joined: the next step deals the running users anew over all workers. One that is
    /// there already changes nothing.
    pub fn add_worker(&mut self, id: &str) {
        let before = self.counts_by_worker();
        if self.workers.add(id) {
            self.deal_anew(&before);
        }
    }

    /// A worker is gone with its users: the next step starts them on the workers that are left.
    /// When it was the last one, no users are left, and a worker that joins later sees a ramp
    /// from zero to the target.
    pub fn remove_worker(&mut self, id: &str) {
        let before = self.counts_by_worker();
        if self.workers.remove(id) {
            self.deal_anew(&before);
        }
    }

    /// The counts the workers were last told, by worker.
    fn counts_by_worker(&self) -> HashMap<String, Vec<u32>> {
        let mut told = self.counts.clone();
        for change in self.moved.iter().flat_map(|step| &step.changes) {
            let count = &mut told[change.worker][change.class];
            *count = u32::try_from(i64::from(*count) - change.delta).unwrap_or(0);
        }
        self.workers.ids().iter().cloned().zip(told).collect()
    }

    /// Deals as many users as are running, as if from zero, over the workers as they are now.
    fn deal_anew(&mut self, before: &HashMap<String, Vec<u32>>) {
        let users = self.total();
        self.selection = Selection::new(&self.classes);
        self.counts = vec![vec![0; self.classes.len()]; self.workers.ids().len()];
        self.started.clear();
        self.turn = 0;
        self.exhausted = false;
        if self.counts.is_empty() {
            self.moved = None;
            return;
        }
        for _ in 0..users {
            if self.start_one().is_none() {
                break;
            }
        }
        self.moved = Some(self.changes_since(before));
    }

    fn changes_since(&self, before: &HashMap<String, Vec<u32>>) -> Step {
        let mut changes = Changes::default();
        for (worker, (id, counts)) in self.workers.ids().iter().zip(&self.counts).enumerate() {
            let told = before.get(id);
            for (class, count) in counts.iter().enumerate() {
                let told = told.map_or(0, |counts| counts[class]);
                changes.add(worker, class, i64::from(*count) - i64::from(told));
            }
        }
        changes.into_step()
    }

    /// Whether as many users are running as the target says: then no pause follows.
    #[must_use]
    pub fn reached(&self) -> bool {
        self.total() == self.target
    }

    /// Users that are to run in the end.
    #[must_use]
    pub fn target(&self) -> u32 {
        self.target
    }

    /// Users started or stopped in each full step; at least 1.
    #[must_use]
    pub fn users_per_step(&self) -> u32 {
        self.pace.users_per_step
    }

    /// From the start of one step to the start of the next.
    #[must_use]
    pub fn pause(&self) -> Duration {
        self.pace.pause
    }

    /// Users by worker and class as of the last step (as of the next one when workers came or
    /// went), in the order of [`Dispatcher::workers`] and [`Dispatcher::classes`].
    #[must_use]
    pub fn counts(&self) -> &[Vec<u32>] {
        &self.counts
    }

    /// Users over all workers and classes. A user that died by itself still counts.
    #[must_use]
    pub fn total(&self) -> u32 {
        u32::try_from(self.started.len()).unwrap_or(u32::MAX)
    }

    /// The workers in the order in which they get users.
    #[must_use]
    pub fn workers(&self) -> &[String] {
        self.workers.ids()
    }

    /// The classes in order of their names.
    #[must_use]
    pub fn classes(&self) -> &[ClassShare] {
        &self.classes
    }
}

#[cfg(test)]
mod tests;

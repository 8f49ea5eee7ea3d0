//! Ramps: which shard spawns or stops which users, step by step.
//!
//! Must not know why a target is what it is.

use crate::event::{End, MarkKind, Phase, Severity};
use crate::load::Change;
use crate::load::shapes::Constant;
use crate::model::Offset;

use super::super::shard::ShardCommand;
use super::{Director, KEY_SPAWN_RATE, TICK};

impl Director {
    /// Changes how many users are wanted, as asked by someone who watches. By what is wanted, not
    /// by who is running: of two requests in one ramp the second must not undo the first.
    pub(super) fn add_users(&mut self, more: i32) {
        let (rate, due) = match self.phase {
            Phase::Spawning => (self.spawn_rate, self.next_step),
            Phase::Running | Phase::Stopping | Phase::Stopped => (KEY_SPAWN_RATE, None),
        };
        let (before, users) = (
            self.target_users,
            self.target_users.saturating_add_signed(more),
        );
        self.collector
            .mark(MarkKind::Users, format!("users {before} → {users}"));
        self.ramp(users, rate);
        // A ramp under way keeps its step: however often keys are pressed, it goes no faster.
        self.next_step = due.or(self.next_step);
    }

    pub(super) fn ramp(&mut self, count: u32, spawn_rate: f64) {
        if self.target_stays() {
            let text = format!("Ramping to {count} users at a rate of {spawn_rate:.2} per second");
            self.collector.notice(Severity::Info, text);
        }
        self.target_users = count;
        self.spawn_rate = spawn_rate;
        self.dispatcher.start(count, spawn_rate);
        self.phase = Phase::Spawning;
        self.next_step = Some(self.clock.now());
    }

    /// Whether the target will be the same for a while: one that moves with every user of a
    /// stage's ramp is not worth a line each time.
    fn target_stays(&self) -> bool {
        let now = self.clock.now();
        let change = self.shape.next_change(now);
        // The end of the load is no new target.
        let change = change.filter(|_| change != self.shape.ends_at());
        change.is_none_or(|change| change > now + TICK)
    }

    /// One step of a ramp: tells the shards, and notes when the next one is due.
    pub(super) async fn step(&mut self, due: Offset) {
        let step = self.dispatcher.step();
        // No step: fixed counts allow no more users, or there was nothing to do.
        let over = step.is_none() || self.dispatcher.reached();
        for change in step.into_iter().flat_map(|step| step.changes) {
            self.change(&change).await;
        }
        self.collector.saw_users(self.dispatcher.total());
        if !over {
            self.next_step = Some(due + self.dispatcher.pause());
            return;
        }
        self.next_step = None;
        self.phase = Phase::Running;
        if self.target_stays() {
            self.announce_spawned();
        }
        // Once: later ramps are part of what is measured.
        if self.plan.reset_stats && !std::mem::replace(&mut self.was_reset, true) {
            self.reset_statistics().await;
        }
    }

    /// Puts a law of so many users in the place of the load's own.
    pub(super) fn set_users(&mut self, users: u32, spawn_rate: f64, end: End) {
        let now = self.clock.now();
        let ends_at = match end {
            End::Unchanged => self.shape.ends_at(),
            End::After(time) => Some(now + time),
            End::Never => None,
        };
        let before = self.target_users;
        self.collector
            .mark(MarkKind::Users, format!("users {before} → {users}"));
        self.shape = Box::new(Constant {
            users,
            spawn_rate,
            run_time: ends_at.map(Offset::elapsed),
        });
        // Asked for anew even when it is what was wanted already: by hand it may have become
        // another number since.
        self.wanted = None;
    }

    /// Clears the statistics.
    pub(super) async fn reset_statistics(&mut self) {
        self.collector.notice(Severity::Info, "Resetting stats");
        self.gather().await;
        self.collector.reset(self.clock.now());
        self.collector.mark(MarkKind::Reset, "statistics reset");
    }

    async fn change(&mut self, change: &Change) {
        let class = change.class;
        let count = u32::try_from(change.delta.unsigned_abs()).unwrap_or(u32::MAX);
        let command = if change.delta > 0 {
            let first = self.next_user;
            self.next_user += u64::from(count);
            ShardCommand::Spawn {
                class,
                count,
                first,
            }
        } else {
            ShardCommand::Stop {
                class,
                count,
                timeout: self.plan.stop_timeout,
            }
        };
        self.shards[change.worker].tell(command).await;
    }

    fn announce_spawned(&mut self) {
        let running = |class: usize| -> u32 {
            self.dispatcher
                .counts()
                .iter()
                .map(|shard| shard[class])
                .sum()
        };
        let classes = self.plan.classes.iter().enumerate();
        let counts: Vec<String> = classes
            .map(|(index, class)| {
                let name = serde_json::Value::from(class.name.as_str());
                format!("{name}: {}", running(index))
            })
            .collect();
        let (counts, total) = (counts.join(", "), self.dispatcher.total());
        // Spaced as Locust spaces it: people search logs for it.
        let text = format!("All users spawned: {{{counts}}} ({total} total users)");
        self.collector.notice(Severity::Info, text);
    }
}

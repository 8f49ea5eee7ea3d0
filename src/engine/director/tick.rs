//! Taking figures: every shard's delta once a second, and how the generator itself is doing.
//!
//! Must not know what is computed from them.

use std::time::Duration;

use crate::event::{Ending, Generator, Phase, Severity};

use super::super::collector::Standpoint;
use super::{Director, TICK};

impl Director {
    /// Takes every shard's delta into the pending stretch.
    pub(super) async fn gather(&mut self) -> Duration {
        let mut lag = Duration::ZERO;
        let mut lost = 0;
        self.users
            .by_class
            .iter_mut()
            .for_each(|(_, count)| *count = 0);
        for shard in &self.shards {
            let Some(report) = shard.ask().await else {
                lost += 1;
                continue;
            };
            self.collector.add(&report.delta);
            for ((_, sum), count) in self.users.by_class.iter_mut().zip(&report.users) {
                *sum += count;
            }
            lag = lag.max(report.lag);
        }
        if lost > 0 && !self.told.shard_lost {
            self.told.shard_lost = true;
            let text = format!(
                "{lost} of {} load threads died: their users are gone, and what they had not \
                 reported yet is lost",
                self.shards.len()
            );
            self.collector.notice(Severity::Error, text);
        }
        lag
    }

    /// Takes figures and tells everyone; an ending when the run must not go on.
    pub(super) async fn tick(&mut self) -> Option<Ending> {
        let lag = self.gather().await;
        let generator = self.probe.read(lag);
        self.warn_of_limit(generator);
        let now = self.clock.now();
        while self.next_tick <= now {
            self.next_tick = self.next_tick + TICK;
        }
        let stand = Standpoint {
            users: self.users.clone(),
            target_users: self.target_users,
            phase: self.phase,
            ends_at: self.shape.ends_at(),
            generator,
        };
        let early = self.collector.tick(now, &stand);
        early
            .or_else(|| self.told.shard_lost.then_some(Ending::ThreadLost))
            .or_else(|| self.everyone_gone().then_some(Ending::NoUsers))
    }

    /// Whether all users ended by themselves: nothing would ever be sent again. Asked with fresh
    /// counts only.
    fn everyone_gone(&self) -> bool {
        let expected = self.next_user > 0 && self.target_users > 0 && self.phase == Phase::Running;
        expected && self.users.total() == 0
    }

    fn warn_of_limit(&mut self, generator: Generator) {
        if generator.limited && !self.told.limit {
            let text = format!(
                "the load generator fell {} ms behind: response times of these seconds are partly \
                 its own (fewer users, more cores or more machines help)",
                generator.lag.as_millis()
            );
            self.collector.notice(Severity::Warning, text);
        }
        self.told.limit = generator.limited;
    }
}

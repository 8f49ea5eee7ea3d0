//! Taking figures: every shard's delta once a second, and how the generator itself is doing.
//!
//! Must not know what is computed from them.

use crate::event::{Ending, Generator, Phase, Severity};
use crate::model::Offset;
use crate::stats::Limit;

use super::super::collector::Standpoint;
use super::super::probe::Strain;
use super::{Director, TICK};

impl Director {
    /// Takes every shard's delta into the pending stretch.
    pub(super) async fn gather(&mut self) {
        let mut lost = 0;
        self.users
            .by_class
            .iter_mut()
            .for_each(|(_, count)| *count = 0);
        for (index, shard) in self.shards.iter_mut().enumerate() {
            let report = shard.ask().await;
            if let Some(rations) = &mut self.rations {
                rations.note(index, report.as_ref().map(|report| report.held));
            }
            let Some(report) = report else {
                lost += 1;
                continue;
            };
            self.collector.add(&report.delta);
            self.collector.add_draws(&report.dealt);
            self.collector.add_samples(report.kept);
            for ((_, sum), count) in self.users.by_class.iter_mut().zip(&report.users) {
                *sum += count;
            }
            self.lag = self.lag.max(report.lag);
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
    }

    /// Takes figures and tells everyone; an ending when the run must not go on.
    pub(super) async fn tick(&mut self) -> Option<Ending> {
        self.gather().await;
        let now = self.clock.now();
        let generator = self.generator(now);
        self.warn_of_limit(generator);
        while self.next_tick <= now {
            self.next_tick = self.next_tick + TICK;
        }
        let stand = Standpoint {
            users: self.users.clone(),
            target_users: self.target_users,
            phase: self.phase,
            paused: self.paused,
            ends_at: self.cut_off_at.or_else(|| self.shape.ends_at()),
            generator,
        };
        let early = self.collector.tick(now, &stand);
        self.share_out().await;
        early
            .or_else(|| self.all_sent())
            .or_else(|| self.told.shard_lost.then_some(Ending::ThreadLost))
            .or_else(|| self.everyone_gone().then_some(Ending::NoUsers))
    }

    /// Whether all users ended by themselves: nothing would ever be sent again. Asked with fresh
    /// counts only.
    fn everyone_gone(&self) -> bool {
        let expected = self.next_user > 0 && self.target_users > 0 && self.phase == Phase::Running;
        expected && self.users.total() == 0
    }

    /// How the generator was doing since the last tick.
    pub(super) fn generator(&mut self, now: Offset) -> Generator {
        let busy = self.shards.iter_mut().filter_map(|shard| shard.busy(now));
        let strain = Strain {
            busy: busy.reduce(f64::max),
            lag: std::mem::take(&mut self.lag),
        };
        self.probe.read(strain)
    }

    /// Says so while it can still be helped; how long it lasted stands in the record.
    fn warn_of_limit(&mut self, generator: Generator) {
        let Some(limit) = generator.limit().filter(|_| !self.told.limit) else {
            return;
        };
        self.told.limit = true;
        let why = match limit {
            Limit::Lag => format!("its timers are {} ms late", generator.lag.as_millis()),
            Limit::Busy => "a thread of it has no time left".to_owned(),
        };
        let text = format!("the load generator is the bottleneck now: {why}");
        self.collector.announce(Severity::Warning, text);
    }
}

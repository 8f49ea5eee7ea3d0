//! A budget of requests, shared out among shards so that never more is sent.
//!
//! What is not granted, what shards hold and what they sent add up to the budget at any time:
//! shards are only given what is there, and what they hand back was not sent. Must not know what a
//! share is by law, nor how users wait for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::event::Ending;
use crate::load::rations::shares;
use crate::model::Offset;

use super::super::allowance::{Allowance, Held, Ration};
use super::super::launch::ShardHandle;
use super::super::shard::ShardCommand;
use super::Director;

/// What is left is not shared out more often than this, however many users wait for more.
const PACE: Duration = Duration::from_millis(20);

/// What may still be sent, and who holds it.
pub(super) struct Rations {
    budget: u64,
    /// What is granted to nobody.
    free: u64,
    /// How each shard stood when it last reported; none of one that is gone.
    held: Vec<Option<Held>>,
    /// Hears of users that wait for more.
    short: Arc<Notify>,
    /// When it was last shared out, and is to be again before the next tick.
    shared: Offset,
    due: Option<Offset>,
}

impl Rations {
    pub(super) fn new(budget: u64, shards: usize, short: Arc<Notify>) -> Self {
        Rations {
            short,
            shared: Offset::ZERO,
            due: None,
            budget,
            free: budget,
            held: vec![Some(Held::default()); shards],
        }
    }

    /// When it is to be shared out again, ahead of the next tick.
    pub(super) fn due(&self) -> Option<Offset> {
        self.due
    }

    /// How this shard stands; none when it is gone.
    pub(super) fn note(&mut self, shard: usize, held: Option<Held>) {
        self.held[shard] = held;
    }

    fn sum(&self, of: impl Fn(&Held) -> u64) -> u64 {
        self.held.iter().flatten().map(of).sum()
    }

    fn left(&self) -> u64 {
        self.free + self.sum(|held| held.left)
    }

    /// Whether what shards hold may not do until they are asked again.
    fn may_run_out(&self) -> bool {
        let short = |held: &Held| held.waiting > 0 || held.left < 2 * held.taken;
        self.free > 0 || self.held.iter().flatten().any(short)
    }

    /// Gives each shard its share of what is left, by what it sent and what waits there.
    async fn share(&mut self, shards: &[ShardHandle]) {
        let demand = |held: &Held| 1 + held.taken + held.waiting;
        let demands: Vec<u64> = (self.held.iter())
            .map(|held| held.as_ref().map_or(0, demand))
            .collect();
        let shares = shares(self.left(), &demands);
        let mut wanting = Vec::new();
        for ((shard, held), share) in shards.iter().zip(&self.held).zip(shares) {
            let share = share.min(Allowance::MOST);
            let left = held.map_or(0, |held| held.left);
            if left > share {
                self.free += shard.hand_back(share).await;
            } else {
                wanting.push((shard, share - left));
            }
        }
        for (shard, wants) in wanting {
            // Who hands back sends on meanwhile, and may have less left than it had.
            let granted = wants.min(self.free);
            if granted > 0 {
                self.free -= granted;
                let ration = Ration::Grant(granted);
                shard.tell(ShardCommand::Allow(ration)).await;
            }
        }
    }
}

/// Returns when users wait for more. Never, where there is no budget.
pub(super) async fn shortage(rations: Option<&Rations>) {
    match rations {
        Some(rations) => rations.short.notified().await,
        None => std::future::pending().await,
    }
}

impl Director {
    /// Users wait for more: it is shared out again soon.
    pub(super) fn is_short(&mut self) {
        if let Some(rations) = &mut self.rations {
            rations.due = Some(rations.shared + PACE);
        }
    }

    /// Shares out anew what users wait for, when it is time to.
    pub(super) async fn share_out_if_due(&mut self) {
        let due = self.rations.as_ref().and_then(Rations::due);
        if due.is_some_and(|due| due <= self.clock.now()) {
            self.gather().await;
            self.share_out().await;
        }
    }

    /// Sees to it that every shard has what it may send until the next tick.
    pub(super) async fn share_out(&mut self) {
        let Some(rations) = &mut self.rations else {
            return;
        };
        rations.shared = self.clock.now();
        rations.due = None;
        if rations.left() == 0 {
            self.tell_all(|| ShardCommand::Allow(Ration::UsedUp)).await;
        } else if rations.may_run_out() {
            rations.share(&self.shards).await;
        }
    }

    /// An ending when all was sent that may be, and answered.
    pub(super) fn all_sent(&self) -> Option<Ending> {
        let rations = self.rations.as_ref()?;
        let over = rations.left() == 0 && rations.sum(|held| held.under_way) == 0;
        let budget = rations.budget;
        over.then(|| Ending::Budget(format!("budget of {budget} requests: {budget} sent")))
    }
}

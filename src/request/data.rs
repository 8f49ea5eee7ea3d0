//! Data rows and the order in which users draw them.
//!
//! Owns the dealing out of rows over shards. Must not know files: rows are given.

mod cache_bust;
mod dealt;

use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

pub use cache_bust::{BustAt, CacheBust};
pub use dealt::Dealt;

/// The rows behind one variable. A row is a text or an object of columns.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// The variable a drawn row is kept in.
    pub name: String,
    /// The rows; at least one.
    pub rows: Arc<[Value]>,
    /// The order in which they are drawn.
    pub order: DataOrder,
    /// How long a drawn row stays.
    pub per: DataPer,
    /// What makes each drawn row differ from all others, so that no cache knows it.
    pub cache_bust: Option<CacheBust>,
}

/// The order in which rows are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum DataOrder {
    /// Each draw independent and uniform, from the user's own randomness.
    #[default]
    Random,
    /// As written, from the first, over and over; dealt out over shards without overlap.
    Sequential,
    /// Like sequential, over one order shuffled by the run's seed.
    Shuffle,
    /// Like sequential, and no row is meant to be drawn twice: see [`Dealer::dealt`].
    Unique,
    /// Each draw independent, the row of rank k (from 1, as written) with a probability in
    /// proportion to 1/k^s: few questions are asked often, most of them seldom. The exponent s
    /// is not negative.
    Zipf(f64),
}

/// How long a drawn row stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataPer {
    /// A new row for each turn of a conversation; elsewhere, for each run of a task.
    #[default]
    Turn,
    /// A new row for each run of a task, for all the turns of a conversation.
    Task,
    /// One row for a user's whole life.
    User,
}

/// Deals the rows of one data set to the users of one shard.
#[derive(Clone, Debug)]
pub struct Dealer {
    set: DataSet,
    /// Shuffled row numbers; the rows' own order when absent.
    permutation: Option<Arc<[usize]>>,
    /// The next position in the endlessly repeated order.
    position: u64,
    /// How far the next position of this shard is: the number of shards.
    stride: u64,
    /// The popularity of rows.
    zipf: Option<Zipf<f64>>,
    /// What was dealt.
    dealt: Dealt,
}

impl Dealer {
    /// The dealer of shard `shard` of `shards` (counted from 0) in a run of this seed.
    ///
    /// The shards share one endlessly repeated order, and shard k of n takes the positions k,
    /// k + n, k + 2n, …, so that no row is dealt twice before all were dealt once, as long as
    /// the shards draw alike.
    #[must_use]
    pub fn new(set: DataSet, seed: u64, shard: usize, shards: usize) -> Self {
        let shuffled = set.order == DataOrder::Shuffle;
        Dealer {
            permutation: shuffled.then(|| permutation(set.rows.len(), seed ^ digest(&set.name))),
            position: shard as u64,
            stride: shards.max(1) as u64,
            zipf: popularity(set.order, set.rows.len()),
            dealt: Dealt::new(set.rows.len()),
            set,
        }
    }

    /// The data set it deals from.
    #[must_use]
    pub fn set(&self) -> &DataSet {
        &self.set
    }

    /// The next row for a user with this randomness.
    pub fn draw(&mut self, random: &mut Xoshiro256PlusPlus) -> Value {
        let rows = self.set.rows.len();
        if rows == 0 {
            return Value::Null;
        }
        let index = match (self.set.order, &self.zipf) {
            (DataOrder::Zipf(_), Some(zipf)) => row_of_rank(zipf.sample(random), rows),
            (DataOrder::Random | DataOrder::Zipf(_), _) => random.random_range(0..rows),
            (DataOrder::Sequential | DataOrder::Shuffle | DataOrder::Unique, _) => {
                self.next_in_order(rows)
            }
        };
        self.dealt.add(index);
        let row = self.set.rows[index].clone();
        match &self.set.cache_bust {
            Some(bust) => bust.apply(row, random),
            None => row,
        }
    }

    /// What this dealer dealt until now, or since it was last taken: how often rows were repeated.
    #[must_use]
    pub fn dealt(&self) -> &Dealt {
        &self.dealt
    }

    /// The same, and starts anew.
    pub fn take_dealt(&mut self) -> Dealt {
        if self.dealt.draws() == 0 {
            return Dealt::default();
        }
        std::mem::replace(&mut self.dealt, Dealt::new(self.set.rows.len()))
    }

    fn next_in_order(&mut self, rows: usize) -> usize {
        let at = usize::try_from(self.position % rows as u64).expect("below the number of rows");
        self.position = self.position.wrapping_add(self.stride);
        let shuffled = self.permutation.as_ref();
        shuffled
            .and_then(|order| order.get(at))
            .copied()
            .unwrap_or(at)
    }
}

/// How popular rows are, for an order that says so.
#[expect(
    clippy::cast_precision_loss,
    reason = "a file has fewer rows than 2^53"
)]
fn popularity(order: DataOrder, rows: usize) -> Option<Zipf<f64>> {
    match order {
        DataOrder::Zipf(exponent) => Zipf::new(rows as f64, exponent).ok(),
        DataOrder::Random | DataOrder::Sequential | DataOrder::Shuffle | DataOrder::Unique => None,
    }
}

/// The row of a rank, from 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank lies between 1 and the number of rows"
)]
fn row_of_rank(rank: f64, rows: usize) -> usize {
    (rank as usize).clamp(1, rows) - 1
}

/// The numbers below `count` in an order of the seed's choosing (Fisher and Yates).
fn permutation(count: usize, seed: u64) -> Arc<[usize]> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, random.random_range(0..=last));
    }
    order.into()
}

/// A number of a name (FNV-1a), so that two data sets are not shuffled alike.
fn digest(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests;

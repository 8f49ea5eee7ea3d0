//! Data rows and the order in which users draw them.
//!
//! Owns the dealing out of rows over shards. Must not know files: rows are given.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

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
}

/// The order in which rows are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataOrder {
    /// Each draw independent and uniform, from the user's own randomness.
    #[default]
    Random,
    /// As written, from the first, over and over; dealt out over shards without overlap.
    Sequential,
    /// Like sequential, over one order shuffled by the run's seed.
    Shuffle,
}

/// How long a drawn row stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataPer {
    /// A new row for each run of a task.
    #[default]
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
        let index = match self.set.order {
            DataOrder::Random => random.random_range(0..rows),
            DataOrder::Sequential | DataOrder::Shuffle => self.next_in_order(rows),
        };
        self.set.rows[index].clone()
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

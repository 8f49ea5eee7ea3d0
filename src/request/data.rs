//! Data rows and the order in which users draw them.

use std::sync::Arc;

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
}

impl Dealer {
    /// The dealer of shard `shard` of `shards` (counted from 0) in a run of this seed.
    #[must_use]
    pub fn new(set: DataSet, _seed: u64, _shard: usize, _shards: usize) -> Self {
        Dealer { set }
    }

    /// The next row for a user with this randomness.
    pub fn draw(&mut self, _random: &mut Xoshiro256PlusPlus) -> Value {
        self.set.rows.first().cloned().unwrap_or(Value::Null)
    }
}

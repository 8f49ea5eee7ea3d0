//! The law of a load: how many users (later: arrivals) are wanted at an offset.
//!
//! A leaf: shapes import it, it imports none of them.

use crate::model::Offset;

/// What a load shape wants at some moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// A closed load: this many users, reached by spawning or stopping at this rate.
    Users {
        /// Users that should be running.
        count: u32,
        /// Users spawned (or stopped) per second on the way there; above zero.
        spawn_rate: f64,
    },
    /// An open load: requests set out at this rate whatever the answers do.
    Arrivals {
        /// Arrivals per second; zero or above.
        per_second: f64,
    },
    /// The load is over.
    Done,
}

/// The law of one load: pure, asked at any offset in any order.
pub trait LoadShape: Send + Sync {
    /// What is wanted at `elapsed` since the load began.
    fn target(&self, elapsed: Offset) -> Target;

    /// When the load is over; none for one that only ends from outside.
    fn ends_at(&self) -> Option<Offset>;

    /// The next offset after `elapsed` at which the target may differ; none when it never will.
    fn next_change(&self, elapsed: Offset) -> Option<Offset>;

    /// The most users it ever wants; none for a load that is not counted in users.
    fn peak_users(&self) -> Option<u32>;
}

/// A load shape as it is listed in [`SHAPES`](super::SHAPES).
#[derive(Clone, Copy, Debug)]
pub struct ShapeKind {
    /// Its name, as scenarios write it.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Loads of this shape that show its edges; at least one.
    pub examples: fn() -> Vec<Box<dyn LoadShape>>,
}

//! So many users, reached at a rate, for a time: Locust's `--users`, `--spawn-rate`, `--run-time`.
//!
//! Must not know how users are started.

use std::time::Duration;

use crate::load::shape::{LoadShape, ShapeKind, Target};
use crate::model::Offset;

/// How this shape is listed.
pub const KIND: ShapeKind = ShapeKind {
    name: "constant",
    about: "so many users, reached at a spawn rate, for a run time",
    examples,
};

/// The same users from beginning to end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant {
    /// Users to reach and hold.
    pub users: u32,
    /// Users spawned per second on the way; above zero.
    pub spawn_rate: f64,
    /// Length of the load, the way up included; none: until stopped from outside.
    pub run_time: Option<Duration>,
}

impl LoadShape for Constant {
    fn target(&self, elapsed: Offset) -> Target {
        if self.ends_at().is_some_and(|end| elapsed >= end) {
            return Target::Done;
        }
        Target::Users {
            count: self.users,
            spawn_rate: self.spawn_rate,
        }
    }

    fn ends_at(&self) -> Option<Offset> {
        self.run_time.map(Offset::from_duration)
    }

    fn next_change(&self, elapsed: Offset) -> Option<Offset> {
        self.ends_at().filter(|end| elapsed < *end)
    }

    fn peak_users(&self) -> Option<u32> {
        Some(self.users)
    }
}

fn examples() -> Vec<Box<dyn LoadShape>> {
    let run_times = [
        None,
        Some(Duration::ZERO),
        Some(Duration::from_secs(60)),
        Some(Duration::MAX),
    ];
    run_times
        .into_iter()
        .map(|run_time| -> Box<dyn LoadShape> {
            Box::new(Constant {
                users: 10,
                spawn_rate: 2.5,
                run_time,
            })
        })
        .collect()
}

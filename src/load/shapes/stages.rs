//! Stages one after the other, each holding users or ramping in a straight line.
//!
//! Owns the arithmetic of ramps, in whole users and whole nanoseconds so that the moments of
//! change are exact. Must not know how users are started.

use std::fmt;
use std::time::Duration;

use crate::load::shape::{LoadShape, ShapeKind, Target};
use crate::model::Offset;

/// How this shape is listed.
pub const KIND: ShapeKind = ShapeKind {
    name: "stages",
    about: "stages one after the other, each holding users or ramping to them",
    examples,
};

/// One stage of a closed load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// Go to this many users at this rate, and hold until the time is over.
    Hold {
        /// Users to hold.
        users: u32,
        /// Users spawned or stopped per second on the way; above zero.
        spawn_rate: f64,
        /// Length of the stage.
        lasts: Duration,
    },
    /// Go in a straight line from the users of the stage before to this many.
    Ramp {
        /// Users at the end of the stage.
        to: u32,
        /// Length of the stage.
        lasts: Duration,
    },
}

/// In a few words: `50 users`, `to 200 users`.
impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stage::Hold { users, .. } => write!(f, "{users} users"),
            Stage::Ramp { to, .. } => write!(f, "to {to} users"),
        }
    }
}

impl Stage {
    /// Length of the stage.
    #[must_use]
    pub const fn lasts(&self) -> Duration {
        match *self {
            Stage::Hold { lasts, .. } | Stage::Ramp { lasts, .. } => lasts,
        }
    }

    /// Users wanted at its end.
    #[must_use]
    pub const fn users(&self) -> u32 {
        match *self {
            Stage::Hold { users, .. } => users,
            Stage::Ramp { to, .. } => to,
        }
    }
}

/// Stages in order; the load is over when the last one is. The first ramps from zero users.
#[derive(Clone, Debug, PartialEq)]
pub struct Stages {
    placed: Vec<Placed>,
}

/// A stage with its place in the run.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Placed {
    stage: Stage,
    begins: Offset,
    ends: Offset,
    /// Users wanted at the end of the stage before.
    from: u32,
}

impl Stages {
    /// These stages, one after the other. One that lasts no time only says where a ramp after it
    /// begins.
    #[must_use]
    pub fn new(stages: impl IntoIterator<Item = Stage>) -> Self {
        let mut begins = Offset::ZERO;
        let mut from = 0;
        let place = |stage: Stage| {
            let placed = Placed {
                stage,
                begins,
                ends: begins + stage.lasts(),
                from,
            };
            begins = placed.ends;
            from = stage.users();
            placed
        };
        Stages {
            placed: stages.into_iter().map(place).collect(),
        }
    }

    fn end(&self) -> Offset {
        self.placed.last().map_or(Offset::ZERO, |last| last.ends)
    }

    fn at(&self, elapsed: Offset) -> Option<&Placed> {
        self.placed.iter().find(|placed| elapsed < placed.ends)
    }
}

impl LoadShape for Stages {
    fn target(&self, elapsed: Offset) -> Target {
        let Some(placed) = self.at(elapsed) else {
            return Target::Done;
        };
        match placed.stage {
            Stage::Hold {
                users, spawn_rate, ..
            } => Target::Users {
                count: users,
                spawn_rate,
            },
            Stage::Ramp { to, .. } => {
                let line = placed.line(to);
                Target::Users {
                    count: line.users_after(elapsed.since(placed.begins)),
                    spawn_rate: line.spawn_rate(),
                }
            }
        }
    }

    fn ends_at(&self) -> Option<Offset> {
        Some(self.end())
    }

    fn next_change(&self, elapsed: Offset) -> Option<Offset> {
        let placed = self.at(elapsed)?;
        let next = match placed.stage {
            Stage::Hold { .. } => None,
            Stage::Ramp { to, .. } => placed
                .line(to)
                .next_step(elapsed.since(placed.begins))
                .map(|after| placed.begins + after),
        };
        Some(next.unwrap_or(placed.ends))
    }

    fn peak_users(&self) -> Option<u32> {
        self.placed.iter().map(|placed| placed.stage.users()).max()
    }
}

impl Placed {
    fn line(&self, to: u32) -> Line {
        Line {
            from: self.from,
            to,
            lasts: self.ends.since(self.begins),
        }
    }
}

/// A straight line from users to users, rounded to the nearest user: the first step comes after
/// half a user's time, the last one half a user's time before the end.
#[derive(Clone, Copy)]
struct Line {
    from: u32,
    to: u32,
    /// Above zero: an empty stage is never the current one.
    lasts: Duration,
}

impl Line {
    fn height(self) -> u32 {
        self.from.abs_diff(self.to)
    }

    /// Whole users gone up or down by then.
    fn steps_after(self, elapsed: Duration) -> u32 {
        let lasts = self.lasts.as_nanos();
        let climbed = 2 * u128::from(self.height()) * elapsed.as_nanos() + lasts;
        u32::try_from(climbed / (2 * lasts)).map_or(self.height(), |done| done.min(self.height()))
    }

    fn users_after(self, elapsed: Duration) -> u32 {
        let steps = self.steps_after(elapsed);
        if self.to >= self.from {
            self.from + steps
        } else {
            self.from - steps
        }
    }

    /// When the next user is due; none when all are there.
    fn next_step(self, elapsed: Duration) -> Option<Duration> {
        let next = u128::from(self.steps_after(elapsed)) + 1;
        let height = u128::from(self.height());
        (next <= height).then(|| {
            let after = ((2 * next - 1) * self.lasts.as_nanos()).div_ceil(2 * height);
            Duration::from_nanos(u64::try_from(after).unwrap_or(u64::MAX))
        })
    }

    /// The slope in whole users per second, at least 1: a dispatcher that is given each new
    /// target when it comes, or once a second, keeps up with the line.
    fn spawn_rate(self) -> f64 {
        let slope = f64::from(self.height()) / self.lasts.as_secs_f64();
        slope.ceil().max(1.0)
    }
}

fn examples() -> Vec<Box<dyn LoadShape>> {
    let seconds = Duration::from_secs;
    let ramp = |to, lasts| Stage::Ramp {
        to,
        lasts: seconds(lasts),
    };
    let hold = |users, lasts| Stage::Hold {
        users,
        spawn_rate: 3.0,
        lasts: seconds(lasts),
    };
    let runs = [
        vec![],
        vec![hold(5, 10)],
        vec![ramp(20, 7), hold(20, 30), ramp(3, 11), ramp(3, 5)],
        vec![hold(8, 5), hold(40, 0), ramp(4, 13), hold(0, 0)],
        vec![ramp(0, 3), ramp(600, 60), hold(1, 2), ramp(0, 1)],
    ];
    runs.into_iter()
        .map(|stages| -> Box<dyn LoadShape> { Box::new(Stages::new(stages)) })
        .collect()
}

#[cfg(test)]
mod tests;

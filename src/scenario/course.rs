//! The load of a plan as a law over time.
//!
//! Must not know who acts on it.

use std::time::Duration;

use crate::load::LoadShape;
use crate::load::shapes::{Constant, Stages};
use crate::model::Offset;

use super::plan::Load;

impl Load {
    /// The law the engine follows.
    #[must_use]
    pub fn shape(&self) -> Box<dyn LoadShape> {
        match self {
            Load::Users {
                users,
                spawn_rate,
                run_time,
            } => Box::new(Constant {
                users: *users,
                spawn_rate: *spawn_rate,
                run_time: *run_time,
            }),
            Load::Stages(stages) => Box::new(Stages::new(stages.clone())),
        }
    }

    /// Length of the run; none when it goes on until stopped.
    #[must_use]
    pub fn run_time(&self) -> Option<Duration> {
        self.shape().ends_at().map(Offset::elapsed)
    }

    /// Most users that are wanted at any time.
    #[must_use]
    pub fn peak_users(&self) -> u32 {
        self.shape().peak_users().unwrap_or(0)
    }
}

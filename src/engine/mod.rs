//! Running a plan: shards, virtual users, the director that spawns and collects, the verdict.
//!
//! Every outside influence is a parameter of [`run`]: the plan, the transport, the clock, the
//! commands and who is told. Must not know files, terminals or command lines.

mod allowance;
mod audience;
mod collector;
mod conversation;
mod declared;
mod director;
mod exchange;
mod failed;
mod launch;
mod limits;
mod measured;
mod once;
mod preflight;
mod probe;
mod sampling;
mod shard;
mod signal;
mod stability;
mod user;
mod variables;
mod verdict;

pub use audience::Audience;
pub use director::{Finished, RunParts, run};
pub use launch::Shards;
pub use once::{Answered, Moment, Read, Sending, Spot, Tally, once, turns};
pub use preflight::{PreflightAnswer, PreflightError, preflight};
pub use probe::Probe;

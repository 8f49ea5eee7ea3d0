//! Whole runs on a paused clock over the simulated transport: what a plan does, second by second.

mod answers;
mod budget;
mod conversations;
mod counts;
mod harness;
mod limits;
mod profiles;
mod record;
mod samples;
mod steering;
mod stopping;
mod users;

//! When and how much: load shapes, wait times, weights, and which user is spawned where.
//!
//! Pure arithmetic over offsets it is given. Must not know clocks, sockets, requests or the
//! engine that acts on its answers.

pub mod shape;
pub mod wait;

pub use shape::{LoadShape, Target};
pub use wait::WaitTime;

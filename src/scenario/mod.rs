//! What was decided: YAML, `.env`, environment and flags, resolved into a [`Plan`] or into every
//! problem at once.
//!
//! Pure: files and environment are given to it. Must not know the engine or any output.

mod course;
pub mod estimate;
pub mod host;
pub mod plan;

pub use host::HostClass;
pub use plan::Plan;

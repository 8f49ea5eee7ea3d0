//! The ground floor: plain values every other module speaks in.
//!
//! Owns the nouns of one request (offset, endpoint, sample, phases, failure), units as people write
//! them, and secrets. Must not know clocks, sockets, files, statistics or output formats.

pub mod counted;
pub mod endpoint;
pub mod failure;
pub mod offset;
pub mod phases;
pub mod python_repr;
pub mod sample;
pub mod seconds;
pub mod secret;
pub mod secret_keys;
pub mod units;

pub use counted::Counted;
pub use endpoint::{Endpoint, EndpointId};
pub use failure::{Failure, FailureKind};
pub use offset::Offset;
pub use phases::{Connections, Phases};
pub use sample::{Outcome, Sample};
pub use secret::{Masker, Secret};

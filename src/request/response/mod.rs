//! How a declared answer is read: streams, presets' forms, and what was in them.
//!
//! Owns everything behind `response:`. Bytes and moments are given to it. Must not know
//! transports, statistics or YAML.

pub mod checks;
pub mod fallback;
pub mod format;
pub mod gaps;
pub mod parts;
pub mod path;
pub mod reader;
pub mod reading;
pub mod retrieval;
pub mod slo;
pub mod spec;
pub mod stream_error;
pub mod timeouts;
pub mod unfound;

mod assembly;
mod finds;
mod framing;
mod interpreter;
mod repair;
mod select;
mod server_timing;

pub use checks::AnswerChecks;
pub use format::{Format, Mismatch};
pub use parts::ResponseParts;
pub use path::Path;
pub use reader::ResponseReader;
pub use reading::{Completion, Reading, Times, TokenSource, Truncation};
pub use retrieval::Retrieval;
pub use slo::Slo;
pub use spec::ResponseSpec;
pub use stream_error::StreamError;
pub use timeouts::Timeouts;

/// Room that is kept from one answer to the next: more was for an answer of unusual length.
const KEPT_CAPACITY: usize = 64 << 10;

#[cfg(test)]
mod tests;

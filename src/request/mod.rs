//! What is asked and how the answer is read: templates, bodies, checks and extraction.
//!
//! Pure: bytes and offsets are given to it. Must not know sockets, clocks, statistics or YAML.

pub mod answer;
pub mod prepared;

pub use answer::{Answer, AnswerReader};
pub use prepared::Prepared;

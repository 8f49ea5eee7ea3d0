//! What is asked and how the answer is read: templates, bodies, checks and extraction.
//!
//! Pure: bytes and offsets are given to it. Must not know sockets, clocks, statistics or YAML.

pub mod answer;
mod body;
pub mod conversation;
pub mod data;
pub mod expect;
pub mod extract;
mod fields;
mod headers;
mod jinja;
mod json_body;
mod multipart;
pub mod prepared;
pub mod rate_limit;
pub mod response;
pub mod retry;
pub mod scope;
pub mod spec;
mod target;
pub mod template;
mod values;
mod wording;

pub use answer::{Answer, AnswerReader, Redirect};
pub use data::{DataSet, Dealer};
pub use expect::{Check, Expect, Subject};
pub use extract::Extraction;
pub use prepared::Prepared;
pub use retry::Retry;
pub use scope::Scope;
pub use spec::RequestSpec;
pub use template::{Template, TemplateError};

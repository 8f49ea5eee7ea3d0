//! What is asked and how the answer is read: templates, bodies, checks and extraction.
//!
//! Pure: bytes and offsets are given to it. Must not know sockets, clocks, statistics or YAML.

pub mod answer;
pub mod data;
pub mod expect;
pub mod extract;
pub mod prepared;
pub mod scope;
pub mod spec;
pub mod template;

pub use answer::{Answer, AnswerReader};
pub use data::{DataSet, Dealer};
pub use expect::Expect;
pub use extract::Extraction;
pub use prepared::Prepared;
pub use scope::Scope;
pub use spec::RequestSpec;
pub use template::{Template, TemplateError};

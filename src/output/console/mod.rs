//! What a run shows on a terminal: Locust's tables, the progress line and the closing summary; and
//! single requests, for whoever debugs a scenario.
//!
//! The tables and the summary are functions from figures to text; the sinks write them to a
//! [`Screen`]. Must not know files or log levels.

pub mod locust;
pub mod locust_tables;
pub mod progress;
pub mod screen;
pub mod style;
pub mod summary;
pub mod summary_tables;
pub mod transcript;

pub use locust::LocustTables;
pub use progress::Progress;
pub use screen::Screen;
pub use style::Style;
pub use transcript::{Bodies, Transcript};

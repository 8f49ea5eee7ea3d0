//! What a run shows on a terminal: the live view, Locust's tables, the progress line and the
//! closing summary; and single requests, for whoever debugs a scenario.
//!
//! The view, the tables and the summary are functions from figures to text; what is shown goes to
//! a [`Screen`] or to the [`FullScreen`]. Must not know files, keys or log levels.

pub mod answer_tables;
pub mod full_screen;
pub mod key_mode;
pub mod live;
pub mod locust;
pub mod locust_tables;
mod possession;
pub mod progress;
pub mod screen;
pub mod style;
pub mod summary;
pub mod summary_tables;
pub mod transcript;

pub use full_screen::FullScreen;
pub use key_mode::KeyMode;
pub use live::View;
pub use locust::LocustTables;
pub use progress::Progress;
pub use screen::Screen;
pub use style::Style;
pub use transcript::{Bodies, ReadAnswer, Transcript};

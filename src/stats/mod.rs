//! What was measured: from one shard's recorder to the figures everything else shows.
//!
//! The chain: [`Recorder`] → [`Delta`] → [`Totals`] and [`Window`] → [`Snapshot`] → [`Timeline`].
//! Pure: offsets are given to it. Must not know clocks, sinks or how a figure is printed.

pub mod answer_point;
pub mod answers;
pub mod cost;
pub mod course;
pub mod delta;
mod dense;
pub mod encoding;
pub mod entry;
pub mod failed_answer;
pub mod generator;
pub mod goodput;
pub mod histogram;
pub mod measure;
pub mod points;
pub mod rate_limits;
pub mod recorder;
pub mod series;
pub mod snapshot;
pub mod timeline;
pub mod totals;
pub mod window;

pub use answer_point::AnswerPoint;
pub use answers::{AnswerCounts, AnswerFigures, ShareSum, TOKEN_SOURCES};
pub use cost::{Budget, Cost, Price, Spent};
pub use course::Course;
pub use delta::{Delta, ExceptionKey, Occurrences};
pub use entry::{ConnectionCounts, Entry};
pub use failed_answer::{FailedAnswer, FailedAnswers};
pub use generator::{Generator, Limit};
pub use goodput::{GoodCounts, Goodput};
pub use histogram::Histogram;
pub use measure::Measure;
pub use points::Points;
pub use rate_limits::{LowestBudget, RateLimits};
pub use recorder::Recorder;
pub use series::{Figures, Series, SeriesByMeasure};
pub use snapshot::{Current, ExceptionRow, FailureRow, PERCENTILES, Percentiles, Row, Snapshot};
pub use timeline::{Circumstances, Point, Spread, Timeline};
pub use totals::Totals;
pub use window::Window;

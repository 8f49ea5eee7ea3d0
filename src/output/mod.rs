//! Everything a run shows and leaves: files, tables, the progress line, the report.
//!
//! Sinks format, they never compute: every figure comes computed in a snapshot or a run record.
//! Pure but for `destination`, the only place that opens files, and `console::screen`, the only
//! one that knows the terminal. Must not know the engine, the web or the command line.

pub mod answers;
pub mod console;
pub mod destination;
pub mod figures;
pub mod html;
pub mod junit;
pub mod limits;
pub mod locust_csv;
pub mod locust_json;
pub mod markdown;
pub mod measures;
pub mod plan;
pub mod rag_csv;
pub mod record;
pub mod registry;
pub mod samples;
pub mod sinks;
pub mod tables;
pub mod task_ratio;
pub mod utc;
pub mod verdict;

pub use plan::{OutputErrors, OutputPlan, RenderErrors};
pub use registry::{FORMATS, Format, Written};

//! The same workload by the real Locust and by ragload, against one server: what differs and is
//! not named here as a difference on purpose is a bug.
//!
//! Differences on purpose: percentiles are those of an HDR histogram, not rounded to two digits;
//! the files are written once more at the end, where Locust's may miss the last second; the rates
//! of the history do not lag two seconds behind.

mod both;
mod figures;
mod form;
mod injected;
mod outcomes;
mod sampling;
mod table;
mod web;

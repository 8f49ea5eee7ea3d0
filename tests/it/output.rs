//! Everything a run shows and leaves, checked against golden files and against Locust's own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod conformance;
mod console;
mod declared;
mod destination;
pub(crate) mod fixture;
pub(crate) mod golden;
mod html;
mod junit;
mod live;
mod locust_csv;
pub(crate) mod long_run;
mod memory;
mod record;

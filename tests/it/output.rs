//! Everything a run shows and leaves, checked against golden files and against Locust's own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod conformance;
mod console;
mod destination;
mod fixture;
pub(crate) mod golden;
mod html;
mod junit;
mod locust_csv;
mod memory;
mod record;

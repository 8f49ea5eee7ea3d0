//! Everything a run shows and leaves, checked against golden files and against Locust's own.

mod conformance;
mod console;
mod destination;
mod fixture;
mod golden;
mod html;
mod locust_csv;
mod record;

//! The one integration binary: several would link slowly.

mod architecture;
mod demo;
mod engine;
mod interop;
mod locust;
mod output;
mod powershell;
mod report_page;
mod readme;
mod scenario;
mod tools;
mod transport;

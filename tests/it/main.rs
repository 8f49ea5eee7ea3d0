//! The one integration binary: several would link slowly.

mod architecture;
mod browser;
mod cli;
mod demo;
mod engine;
mod interop;
mod locust;
mod output;
mod powershell;
mod readme;
mod report_page;
mod scenario;
mod scripts;
mod streams;
mod timing;
mod tools;
mod transport;

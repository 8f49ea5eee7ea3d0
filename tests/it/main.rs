//! The one integration binary: several would link slowly.

mod architecture;
mod cli;
mod demo;
mod engine;
mod locust;
mod output;
mod powershell;
mod scenario;
mod tools;
mod transport;

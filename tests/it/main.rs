//! The one integration binary: several would link slowly.

mod architecture;
mod demo;
mod engine;
mod locust;
mod output;
mod powershell;
mod readme;
mod scenario;
mod tools;
mod transport;

//! The one integration binary: several would link slowly.

mod architecture;
mod demo;
mod locust;
mod powershell;
mod scenario;
mod tools;

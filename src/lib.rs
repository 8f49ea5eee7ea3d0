//! ragload: load testing for RAG and LLM HTTP services, compatible with Locust.
//!
//! The modules stand on floors; each imports only from floors below its own, which
//! `tests/it/architecture.rs` checks. `ARCHITECTURE.md` tells the whole.

pub mod cli;
pub mod clock;
pub mod demo;
pub mod engine;
pub mod event;
pub mod files;
pub mod load;
pub mod model;
pub mod output;
pub mod request;
pub mod scenario;
pub mod stats;
pub mod threshold;
pub mod transport;
pub mod web;

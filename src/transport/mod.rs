//! Sending bytes: how a prepared request travels and its answer comes back.
//!
//! Each transport is one folder or file behind the two traits of [`contract`]; this file lists
//! them. Must not know users, statistics, checks or scenarios: it is told what to send and tells
//! a reader what arrived.

mod added;
pub mod chosen;
pub mod contract;
pub mod direct;
mod errors;
pub mod general;
mod redirect;
pub mod sim;
mod texts;
mod tls;

pub use chosen::{Choice, Chosen, ClientKind};
pub use contract::{Client, ClientSettings, Transport, TransportError};
pub use direct::Direct;
pub use general::General;
pub use sim::Sim;

//! HTTP/1.1 as a client speaks it, without I/O: the bytes of a request, and what the bytes of an
//! answer mean.
//!
//! Ours, though libraries know HTTP: a whole request took half as many instructions again over a
//! connection of hyper's, and its own time is what a load generator must have least of. Heads and
//! chunk sizes are still parsed by the library that hyper parses them with, and both transports
//! take the same torture. Must not know sockets or time.

mod chunks;
mod encode;
mod framing;
mod head;

pub(super) use encode::{Outgoing, outgoing};
pub(super) use framing::{Framing, Piece};
pub(super) use head::{Head, take};

#[cfg(test)]
mod tests;

//! The load shapes there are, one file each.
//!
//! To add one: write its file, give it a [`ShapeKind`](super::shape::ShapeKind), and add that to
//! [`SHAPES`](super::SHAPES); the conformance test here walks them all. Must not know how a
//! scenario spells a shape.

pub mod constant;
pub mod stages;

pub use constant::Constant;
pub use stages::{Stage, Stages};

#[cfg(test)]
mod conformance;

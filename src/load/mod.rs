//! When and how much: load shapes, wait times, weights, and which user is spawned where.
//!
//! Pure arithmetic over offsets it is given. Must not know clocks, sockets, requests or the
//! engine that acts on its answers.

pub mod dispatch;
pub mod pace;
pub mod rations;
pub mod selection;
pub mod shape;
pub mod shapes;
pub mod step;
pub mod wait;
mod workers;

pub use dispatch::Dispatcher;
pub use selection::ClassShare;
pub use shape::{LoadShape, ShapeKind, Target};
pub use shapes::{Constant, Stage, Stages};
pub use step::{Change, Step};
pub use wait::WaitTime;

/// Every load shape there is.
pub const SHAPES: &[ShapeKind] = &[shapes::constant::KIND, shapes::stages::KIND];

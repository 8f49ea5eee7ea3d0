//! What was decided: YAML, `.env`, environment and flags, resolved into a [`Plan`] or into every
//! problem at once.
//!
//! Text becomes a tree whose nodes know their lines (`parse`, `tree`); variables are put in
//! (`variables`), includes merged (`include`), `--set` applied (`assign`), short forms made long
//! (`expand`); then a decoder
//! that goes on after each problem (`decode`) and precedence (`settings`) make the plan
//! (`resolve`).
//!
//! Pure: files and environment are given to it. Must not know the engine or any output.

pub mod environment;
pub mod estimate;
pub mod host;
pub mod list;
pub mod overrides;
pub mod paid;
pub mod plan;
pub mod presets;
pub mod problems;
pub mod resolve;

mod approval;
mod assign;
mod context;
mod conversation;
mod course;
mod decode;
mod expand;
mod include;
mod load_settings;
mod locate;
mod masked;
mod origin;
mod parse;
mod run_settings;
mod secrets;
mod selection;
mod settings;
mod shared;
mod target;
mod tree;
mod variables;

pub use environment::Environment;
pub use host::HostClass;
pub use list::{ListedContent, ListedScenario, list};
pub use overrides::{Defaults, Given, Overrides};
pub use plan::Plan;
pub use problems::{Problem, Problems};
pub use resolve::load;
pub use secrets::is_scheme;

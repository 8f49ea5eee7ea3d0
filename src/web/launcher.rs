//! The server's hand to what it must not know: scenarios, flags, files and threads.
//!
//! Owns what may be asked for and how it may be refused. Whoever wires the program gives the hand.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::event::{Command, Sink};
use crate::scenario::{ListedScenario, Plan};

/// What somebody wants to be run; what is none is as on the command line, in the environment and
/// in the scenario. Values are texts as typed, so that a bad one becomes a problem that names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// A scenario of the list.
    pub scenario: Option<String>,
    /// The target.
    pub host: Option<String>,
    /// Peak number of users.
    pub users: Option<String>,
    /// Users spawned per second.
    pub spawn_rate: Option<String>,
    /// Length of the run.
    pub run_time: Option<String>,
    /// How long running tasks may take to end.
    pub stop_timeout: Option<String>,
    /// Only tasks with one of these tags.
    pub tags: Option<Vec<String>>,
    /// No tasks with any of these tags.
    pub exclude_tags: Option<Vec<String>>,
    /// Only these user classes.
    pub user_classes: Option<Vec<String>>,
    /// The host's name, typed by somebody who was asked to: approves that host for this run.
    pub confirm_host: Option<String>,
}

/// What a problem or a setting says of a value that came with an order: `users (web form)`.
#[must_use]
pub fn origin(field: &str) -> String {
    format!("{field} (web form)")
}

/// Why a run was not started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// One is under way.
    #[error("a run is under way: stop it first")]
    Busy,
    /// The order makes no plan.
    #[error("{0}")]
    Wrong(String),
    /// The host is not approved for load.
    #[error("{problem}")]
    NotApproved {
        /// Its name, which typed in full approves it.
        host: String,
        /// What is wrong, with the remedies.
        problem: String,
    },
    /// The target did not answer, or something else stood in the way.
    #[error("{0}")]
    NotBegun(String),
}

/// A run to be carried out.
pub struct Launch {
    /// What is to be done.
    pub plan: Arc<Plan>,
    /// Who is told, beside those that any run tells.
    pub feed: Box<dyn Sink>,
    /// What is asked of it.
    pub orders: mpsc::Receiver<Command>,
}

/// Whoever can make plans and carry them out.
pub trait Launcher: Send + Sync + 'static {
    /// The scenarios to choose from.
    fn scenarios(&self) -> Vec<ListedScenario>;

    /// The name of the scenario that is run when the order names none.
    fn default_scenario(&self) -> &str;

    /// What an order comes to, whether load may go to its host or not.
    ///
    /// # Errors
    /// Every problem of it.
    fn plan(&self, order: &Order) -> Result<Plan, Refused>;

    /// Whether load may go to the plan's host.
    ///
    /// # Errors
    /// When nobody approved it, `confirmed` included.
    fn approve(&self, plan: &Plan, confirmed: Option<&str>) -> Result<(), Refused>;

    /// Carries a run out, on this thread, to its end.
    ///
    /// # Errors
    /// Why it did not begin.
    fn run(&self, launch: Launch) -> Result<(), String>;

    /// The history file that a run of this plan appends to, when a full one is kept.
    fn history(&self, plan: &Plan) -> Option<PathBuf>;
}

//! Every scenario there is, one entry each, broken ones included.
//!
//! Must not know how entries are printed.

use crate::files::Sources;

use super::environment::Environment;
use super::locate::{self, Found};
use super::origin::Location;
use super::overrides::{Defaults, Overrides};
use super::plan::Load;
use super::problems::{Problems, Report};
use super::resolve;
use super::shared;

/// One scenario found.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedScenario {
    /// Its name, as `run` takes it.
    pub name: String,
    /// `built-in`, or its path.
    pub origin: String,
    /// What it is.
    pub content: ListedContent,
}

/// What a listed scenario is.
#[derive(Clone, Debug, PartialEq)]
pub enum ListedContent {
    /// A scenario to run, with what the environment makes of it.
    Runnable {
        /// Its one-line description; may be empty.
        description: String,
        /// When and how many.
        load: Load,
    },
    /// Included by others: it says nothing of users or times.
    Shared {
        /// Its one-line description; may be empty.
        description: String,
    },
    /// It cannot be run.
    Broken(Problems),
}

/// Lists the shipped scenarios and those of `./scenarios`, a local one in the place of the
/// shipped one of its name.
#[must_use]
pub fn list(sources: &dyn Sources, environment: &Environment) -> Vec<ListedScenario> {
    let listed = |found: Found| ListedScenario {
        content: content(&found, sources, environment),
        origin: match &found.location {
            Location::Shipped(_) => "built-in".to_owned(),
            Location::Disk(_) | Location::Set(_) => found.location.to_string(),
        },
        name: found.name,
    };
    locate::all(sources).into_iter().map(listed).collect()
}

fn content(found: &Found, sources: &dyn Sources, environment: &Environment) -> ListedContent {
    let mut report = Report::default();
    let Some(root) = resolve::read(found, sources, environment, &mut report) else {
        return ListedContent::Broken(report.into_problems());
    };
    let is_shared = shared::is_shared(&root);
    // The seed plays no part in what is listed.
    let defaults = Defaults {
        wants_load: false,
        ..Defaults::of_run(0)
    };
    let overrides = Overrides::default();
    match resolve::load(&found.name, sources, environment, &overrides, defaults) {
        Ok(plan) if is_shared => ListedContent::Shared {
            description: plan.description,
        },
        Ok(plan) => ListedContent::Runnable {
            description: plan.description,
            load: plan.load,
        },
        Err(problems) => ListedContent::Broken(problems),
    }
}

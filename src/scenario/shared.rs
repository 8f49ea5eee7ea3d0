//! Workloads that others include, and that say nothing of users themselves.
//!
//! Must not know how much load is right.

use std::path::{Path, PathBuf};

use crate::files::{Sources, shipped};

use super::locate::{self, Found};
use super::origin::Location;
use super::parse;
use super::problems::Report;
use super::resolve::Inputs;
use super::tree::{Kind, Node};

/// Keys of which at least one makes a file a scenario to run, and not something shared.
const LOAD_KEYS: &[&str] = &["users", "spawn_rate", "run_time", "stages"];

/// Whether a scenario says nothing of users and times.
pub(super) fn is_shared(root: &Node) -> bool {
    LOAD_KEYS.iter().all(|key| root.get(key).is_none())
}

/// Reports a shared workload that is run by itself, unless somebody says how.
pub(super) fn check(root: &Node, given: &Inputs<'_>, sources: &dyn Sources, report: &mut Report) {
    let overrides = given.overrides;
    let prefix = locate::variable_prefix(&given.found.name);
    let own = ["USERS", "RUNTIME", "RUN_TIME"].map(|what| format!("{prefix}_{what}"));
    let own = own.each_ref().map(String::as_str);
    let names = [&own[..], &["LOCUST_USERS", "LOCUST_RUN_TIME"]].concat();
    let told = overrides.users.is_some()
        || overrides.run_time.is_some()
        || given.environment.first(&names).is_some();
    if told || !given.defaults.wants_load || !is_shared(root) {
        return;
    }
    let profiles = includers(given.found, sources);
    // What nobody includes is a scenario of one user until stopped, as with Locust.
    if !profiles.is_empty() {
        let message = format!(
            "says nothing of users: run a profile that includes it ({}), or give -u, -r and -t",
            profiles.join(", ")
        );
        report.problem_with(given.found.location.to_string(), message);
    }
}

/// The scenarios that include this one themselves.
fn includers(found: &Found, sources: &dyn Sources) -> Vec<String> {
    let location = match &found.location {
        Location::Disk(path) => {
            Location::Disk(PathBuf::new()).relative(path.to_str().unwrap_or_default())
        }
        other => other.clone(),
    };
    let all = locate::all(sources).into_iter();
    all.filter(|other| included(other, sources).contains(&location))
        .map(|other| other.name)
        .collect()
}

/// What a scenario includes.
fn included(found: &Found, sources: &dyn Sources) -> Vec<Location> {
    let text = match &found.location {
        Location::Shipped(name) => shipped(name).map(str::to_owned),
        Location::Disk(path) => text(path, sources),
        Location::Set(_) => None,
    };
    let (root, _) = parse::parse(&text.unwrap_or_default(), 0);
    let Some(include) = root.as_ref().and_then(|root| root.get("include")) else {
        return Vec::new();
    };
    let items = match &include.kind {
        Kind::List(items) => &items[..],
        _ => std::slice::from_ref(include),
    };
    let path = |item: &Node| match &item.kind {
        Kind::Scalar(scalar) => Some(found.location.relative(&scalar.text)),
        Kind::List(_) | Kind::Map(_) | Kind::Unusable(_) => None,
    };
    items.iter().filter_map(path).collect()
}

fn text(path: &Path, sources: &dyn Sources) -> Option<String> {
    String::from_utf8(sources.read(path).ok()?).ok()
}

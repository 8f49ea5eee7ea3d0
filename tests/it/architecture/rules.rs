//! The rules. Each looks at all sources and returns what breaks it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::source::{Mention, Source};

/// The floors, from the ground; a module imports only from floors below its own.
const FLOORS: &[(usize, &[&str])] = &[
    (1, &["model"]),
    (2, &["stats", "load", "request", "clock", "files"]),
    (3, &["threshold", "diagnosis", "transport"]),
    (4, &["scenario"]),
    (5, &["event"]),
    (6, &["output", "engine"]),
    (7, &["web", "cluster", "demo"]),
    (8, &["cli"]),
    (9, &["main"]),
];

/// Modules that may import even less than their floor allows.
const NARROW: &[(&str, &[&str])] = &[("demo", &["model", "clock", "files"])];

/// Modules that are only given things; `output` is pure but for its destinations.
const PURE: &[&str] = &[
    "model",
    "load",
    "request",
    "stats",
    "threshold",
    "diagnosis",
    "scenario",
    "event",
    "output",
];

/// What a pure module must not name, and what that would touch.
const IMPURE: &[(&str, &str)] = &[
    ("tokio", "the runtime"),
    ("reqwest", "sockets"),
    ("axum", "sockets"),
    ("std::net", "sockets"),
    ("std::fs", "files"),
    ("std::env", "the environment"),
    ("std::time::Instant", "the clock"),
    ("std::time::SystemTime", "the clock"),
    ("jiff::Timestamp::now", "the clock"),
    ("jiff::ZonedDateTime::now", "the clock"),
    ("rand::rng", "unseeded chance"),
    ("rand::thread_rng", "unseeded chance"),
    ("rand::random", "unseeded chance"),
    ("uuid::Uuid::new_v4", "unseeded chance"),
];

/// Addresses are plain values, though they live beside the sockets.
const PLAIN_VALUES: &[&str] = &[
    "std::net::IpAddr",
    "std::net::Ipv4Addr",
    "std::net::Ipv6Addr",
    "std::net::SocketAddr",
    "std::net::AddrParseError",
];

/// Third-party crates with one job, and the only modules that know them.
const CRATES: &[(&str, &[&str])] = &[
    ("reqwest", &["transport"]),
    ("httparse", &["transport"]),
    ("hyper", &["web"]),
    ("hyper_util", &["transport", "web"]),
    ("tower_http", &["transport"]),
    ("tokio_rustls", &["transport"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli", "main"]),
    ("axum", &["demo", "web"]),
    ("askama", &["output", "web"]),
    ("hdrhistogram", &["stats"]),
    ("minijinja", &["request"]),
    ("saphyr_parser", &["scenario"]),
    ("sysinfo", &["engine", "demo"]),
    ("ratatui", &["output"]),
    ("crossterm", &["output", "cli"]),
    ("rustix", &["output"]),
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helpers", "common", "types", "misc", "imp"];

const MOST_LINES_OF_A_FILE: usize = 400;
const MOST_LINES_OF_A_FUNCTION: usize = 80;

/// One broken rule, in one place.
pub(super) struct Violation {
    place: String,
    what: String,
}

impl Violation {
    fn new(source: &Source, line: usize, what: String) -> Self {
        Self {
            place: format!("{}:{line}", source.file),
            what,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

fn floor(module: &str) -> Option<usize> {
    let found = FLOORS.iter().find(|(_, modules)| modules.contains(&module));
    found.map(|(floor, _)| *floor)
}

/// The other top-level module of this crate that a path leads into.
fn imported<'a>(source: &Source, mention: &'a Mention) -> Option<&'a str> {
    let target = mention.path.strip_prefix("crate::")?.split("::").next()?;
    let is_other = target != source.top() && !source.top().is_empty();
    is_other.then_some(target)
}

/// No module imports from its own floor or a higher one, and each has a floor.
pub(super) fn arrows(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| !source.top().is_empty()) {
        let (top, own) = (source.top(), floor(source.top()));
        if own.is_none() {
            let what = format!("module {top} has no floor: give it one in the table of this test");
            found.push(Violation::new(source, 1, what));
        }
        for mention in &source.mentions {
            let Some(target) = imported(source, mention) else {
                continue;
            };
            let why = match (own, floor(target)) {
                (_, None) => format!("{target} has no floor in the table of this test"),
                (Some(own), Some(other)) if other >= own => format!(
                    "{top} (floor {own}) imports only from floors below its own, \
                     and {target} is on floor {other}"
                ),
                _ if is_too_narrow(top, target) => format!("{top} may not import {target}"),
                _ => continue,
            };
            found.push(Violation::new(
                source,
                mention.line,
                format!("{}: {why}", mention.path),
            ));
        }
    }
    found
}

fn is_too_narrow(top: &str, target: &str) -> bool {
    let narrow = NARROW.iter().find(|(module, _)| *module == top);
    narrow.is_some_and(|(_, allowed)| !allowed.contains(&target))
}

/// No top-level module imports itself by way of others.
pub(super) fn cycles(sources: &[Source]) -> Vec<Violation> {
    let mut graph: BTreeMap<&str, BTreeMap<&str, (&Source, usize)>> = BTreeMap::new();
    for source in sources {
        for mention in &source.mentions {
            if let Some(target) = imported(source, mention) {
                let edges = graph.entry(source.top()).or_default();
                edges.entry(target).or_insert((source, mention.line));
            }
        }
    }
    let mut found = Vec::new();
    for (start, edges) in &graph {
        for (next, (source, line)) in edges {
            if reaches(&graph, next, start) {
                let what = format!("{start} imports {next}, which leads back to {start}");
                found.push(Violation::new(source, *line, what));
            }
        }
    }
    found
}

fn reaches<T>(graph: &BTreeMap<&str, BTreeMap<&str, T>>, from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(module) = open.pop() {
        if module == to {
            return true;
        }
        let next = graph.get(module).into_iter().flat_map(BTreeMap::keys);
        open.extend(next.filter(|next| seen.insert(next)));
    }
    false
}

/// Pure modules name nothing that touches the world.
pub(super) fn purity(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| is_pure(source)) {
        for mention in &source.mentions {
            if let Some(touched) = touched_by(&mention.path) {
                let (path, top) = (&mention.path, source.top());
                let what = format!("{path}: {top} is pure and must not touch {touched}");
                found.push(Violation::new(source, mention.line, what));
            }
        }
    }
    found
}

/// What naming a path would touch.
fn touched_by(path: &str) -> Option<&'static str> {
    let is_plain = PLAIN_VALUES.iter().any(|value| path.starts_with(value));
    let impure = IMPURE
        .iter()
        .find(|(impure, _)| !is_plain && leads_to(path, impure));
    impure.map(|(_, touched)| *touched)
}

fn is_pure(source: &Source) -> bool {
    let is_destination = source.file.starts_with("src/output/destination");
    PURE.contains(&source.top()) && !is_destination
}

/// Whether a path is the forbidden one, something inside it, or a glob that brings it in.
fn leads_to(path: &str, forbidden: &str) -> bool {
    let glob = path
        .strip_suffix('*')
        .is_some_and(|before| forbidden.starts_with(before));
    glob || path
        .strip_prefix(forbidden)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// A third-party crate with one job is named only where that job is done.
pub(super) fn crates(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources {
        for mention in &source.mentions {
            let (path, top) = (&mention.path, source.top());
            let named = CRATES
                .iter()
                .find(|(name, _)| path.split("::").next() == Some(name));
            if let Some((name, allowed)) = named.filter(|(_, allowed)| !allowed.contains(&top)) {
                let places = allowed.join(" and ");
                let what = format!("{path}: {name} is known in {places} only");
                found.push(Violation::new(source, mention.line, what));
            }
        }
    }
    found
}

/// A file is short, has a name that says something, and opens by saying what it is.
pub(super) fn files(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources {
        if source.lines > MOST_LINES_OF_A_FILE {
            let lines = source.lines;
            let what = format!("{lines} lines without tests, at most {MOST_LINES_OF_A_FILE}");
            found.push(Violation::new(source, 1, what));
        }
        if !source.says_what_it_is {
            let what = "the file must open with `//!` and say what it is".to_owned();
            found.push(Violation::new(source, 1, what));
        }
        let empty = source
            .module
            .iter()
            .find(|name| EMPTY_NAMES.contains(&name.as_str()));
        if let Some(name) = empty {
            let what = format!("the name {name} does not say what is inside");
            found.push(Violation::new(source, 1, what));
        }
    }
    found
}

/// A function is short.
pub(super) fn functions(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources {
        for function in source
            .functions
            .iter()
            .filter(|f| f.lines > MOST_LINES_OF_A_FUNCTION)
        {
            let (name, lines) = (&function.name, function.lines);
            let what = format!("fn {name} has {lines} lines, at most {MOST_LINES_OF_A_FUNCTION}");
            found.push(Violation::new(source, function.line, what));
        }
    }
    found
}

/// Only the modules that own the terminal print.
pub(super) fn prints(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources
        .iter()
        .filter(|source| !matches!(source.top(), "cli" | "output"))
    {
        for print in &source.prints {
            let what = format!(
                "{} outside cli and output: return it, or log it",
                print.path
            );
            found.push(Violation::new(source, print.line, what));
        }
    }
    found
}

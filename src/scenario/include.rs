//! Reading a scenario with everything it includes, merged into one tree.
//!
//! Owns `include:` (maps merge deep, lists replace, the including file wins) and its loops. Must
//! not know what any other key means, apart from those that exclude each other.

use crate::files::{ReadError, Sources, shipped};

use super::environment::Environment;
use super::origin::{Location, Mark};
use super::parse;
use super::problems::Report;
use super::tree::{Entry, Kind, Node, same_key};
use super::variables;

/// Includes may be nested this deep.
const DEEPEST: usize = 16;

/// Keys of which only one may stand in a map: setting one in an upper file or by `--set`
/// replaces another in a lower one, where merging would leave both.
const EXCLUSIVE: &[&[&str]] = &[
    &["constant", "between", "pacing", "throughput"],
    &["inline", "file"],
];

/// Reads files for one scenario.
pub(super) struct Loader<'a> {
    pub(super) sources: &'a dyn Sources,
    pub(super) environment: &'a Environment,
    pub(super) report: &'a mut Report,
}

impl Loader<'_> {
    /// The tree of a file and its includes; none when it cannot be read, which is reported.
    pub(super) fn load(&mut self, location: Location) -> Option<Node> {
        self.load_below(location, None, &mut Vec::new())
    }

    /// `includer`: where the include is written.
    fn load_below(
        &mut self,
        location: Location,
        includer: Option<Mark>,
        chain: &mut Vec<Location>,
    ) -> Option<Node> {
        if let Some(message) = refused(&location, chain) {
            self.report.problem(includer?, "include", message);
            return None;
        }
        let text = match self.read(&location) {
            Ok(text) => text,
            Err(message) => {
                match includer {
                    Some(mark) => {
                        let message = format!("{location}: {message}");
                        self.report.problem(mark, "include", message);
                    }
                    None => self.report.problem_with(location.to_string(), message),
                }
                return None;
            }
        };
        let index = self.report.add_location(location.clone());
        let root = self.parse(&text, index)?;
        chain.push(location);
        let merged = self.with_includes(root, chain);
        chain.pop();
        Some(merged)
    }

    fn read(&self, location: &Location) -> Result<String, String> {
        let path = match location {
            Location::Shipped(name) => {
                return shipped(name)
                    .map(str::to_owned)
                    .ok_or_else(|| "no such file".to_owned());
            }
            Location::Disk(path) => path,
            Location::Set(_) => return Err("is not a file".to_owned()),
        };
        let bytes = self.sources.read(path).map_err(|error| {
            let name = path.file_name().and_then(|name| name.to_str());
            let remedy = match name.filter(|name| shipped(name).is_some()) {
                Some(_) if error == ReadError::Missing => {
                    " (`ragload init` writes the shipped scenarios here)"
                }
                _ => "",
            };
            format!("{error}{remedy}")
        })?;
        String::from_utf8(bytes).map_err(|_| "is not UTF-8 text; save it as UTF-8".to_owned())
    }

    fn parse(&mut self, text: &str, location: usize) -> Option<Node> {
        let (root, faults) = parse::parse(text, location);
        let broken = !faults.is_empty();
        for fault in faults {
            self.report.problem(fault.mark, "", fault.message);
        }
        let start = Mark {
            location,
            line: 1,
            column: 1,
        };
        let Some(mut root) = root else {
            if !broken {
                self.report.problem(
                    start,
                    "",
                    "is empty; a scenario has at least `user_classes`",
                );
            }
            return None;
        };
        variables::substitute(&mut root, self.environment, self.report);
        if !matches!(root.kind, Kind::Map(_)) {
            let message = "must be a map of keys such as `users: 10`";
            self.report.problem(root.mark, "", message);
            return None;
        }
        Some(root)
    }

    fn with_includes(&mut self, mut root: Node, chain: &mut Vec<Location>) -> Node {
        let Some(include) = take(&mut root, "include") else {
            return root;
        };
        let mut below: Option<Node> = None;
        for (path, mark) in self.include_paths(include) {
            let location = self.report.location(mark).relative(&path);
            if let Some(node) = self.load_below(location, Some(mark), chain) {
                below = Some(match below {
                    Some(lower) => merge(lower, node),
                    None => node,
                });
            }
        }
        match below {
            Some(lower) => merge(lower, root),
            None => root,
        }
    }

    /// The paths of `include: a.yaml` or `include: [a.yaml, b.yaml]`.
    fn include_paths(&mut self, include: Node) -> Vec<(String, Mark)> {
        let items = match include.kind {
            Kind::List(items) => items,
            _ => vec![include],
        };
        let mut paths = Vec::new();
        for item in items {
            match item.kind {
                Kind::Scalar(scalar) if !scalar.text.is_empty() => {
                    paths.push((scalar.text, item.mark));
                }
                Kind::Unusable(message) => self.report.problem(item.mark, "include", message),
                Kind::Scalar(_) | Kind::List(_) | Kind::Map(_) => {
                    let message = "must be the path of a file, or a list of paths";
                    self.report.problem(item.mark, "include", message);
                }
            }
        }
        paths
    }
}

fn refused(location: &Location, chain: &[Location]) -> Option<String> {
    if let Some(start) = chain.iter().position(|open| open == location) {
        let mut names: Vec<String> = chain[start..].iter().map(ToString::to_string).collect();
        names.push(location.to_string());
        return Some(format!("goes round in a circle: {}", names.join(" -> ")));
    }
    (chain.len() >= DEEPEST).then(|| format!("nested deeper than {DEEPEST} files"))
}

fn take(root: &mut Node, key: &str) -> Option<Node> {
    let Kind::Map(entries) = &mut root.kind else {
        return None;
    };
    let index = entries.iter().position(|entry| same_key(&entry.key, key))?;
    Some(entries.remove(index).value)
}

/// `upper` over `lower`: maps merge deep, anything else replaces.
pub(super) fn merge(lower: Node, upper: Node) -> Node {
    match (lower.kind, upper.kind) {
        (Kind::Map(lower), Kind::Map(mut entries)) => {
            for entry in lower {
                merge_entry(&mut entries, entry);
            }
            Node {
                mark: upper.mark,
                kind: Kind::Map(entries),
            }
        }
        (_, kind) => Node {
            mark: upper.mark,
            kind,
        },
    }
}

fn merge_entry(upper: &mut Vec<Entry>, lower: Entry) {
    let same = upper
        .iter_mut()
        .find(|entry| same_key(&entry.key, &lower.key));
    if let Some(entry) = same {
        let null = Node {
            mark: entry.value.mark,
            kind: Kind::List(Vec::new()),
        };
        let value = std::mem::replace(&mut entry.value, null);
        entry.value = merge(lower.value, value);
    } else if !upper
        .iter()
        .any(|entry| exclude_each_other(&entry.key, &lower.key))
    {
        upper.push(lower);
    }
}

/// Whether only one of these keys may stand in a map.
pub(super) fn exclude_each_other(a: &str, b: &str) -> bool {
    a != b
        && EXCLUSIVE
            .iter()
            .any(|group| group.contains(&a) && group.contains(&b))
}

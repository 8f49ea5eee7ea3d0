//! `--set user_classes[0].wait_time.constant=0s`: one value put into the tree.
//!
//! Must not know what a key means; a wrong one is found when the tree is read.

use super::environment::Environment;
use super::include::exclude_each_other;
use super::origin::{Location, Mark};
use super::parse;
use super::problems::Report;
use super::tree::{Entry, Filled, Kind, Node, Scalar, same_key};
use super::variables;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Key(String),
    Index(usize),
}

/// Puts every `PATH=VALUE` into the tree, in order; bad ones are reported.
pub(super) fn apply(
    root: &mut Node,
    settings: &[String],
    environment: &Environment,
    report: &mut Report,
) {
    for setting in settings {
        let location = Location::Set(setting.clone());
        let shown = location.to_string();
        let location = report.add_location(location);
        let mark = Mark {
            location,
            line: 1,
            column: 1,
        };
        let Some((path, value)) = setting.split_once('=') else {
            report.problem_with(shown, "must be PATH=VALUE, such as --set users=5");
            continue;
        };
        let outcome = segments(path).and_then(|segments| {
            let value = value_node(value, mark, environment, report)?;
            assign(root, &segments, value)
        });
        if let Err(message) = outcome {
            report.problem_with(shown, message);
        }
    }
}

fn value_node(
    text: &str,
    mark: Mark,
    environment: &Environment,
    report: &mut Report,
) -> Result<Node, String> {
    let (root, faults) = parse::parse(text, mark.location);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault.message);
    }
    let mut node = root.unwrap_or(Node {
        mark,
        kind: Kind::Scalar(Scalar {
            text: String::new(),
            plain: true,
            filled: Filled::AsWritten,
            masked: None,
        }),
    });
    variables::substitute(&mut node, environment, report);
    Ok(node)
}

/// `a.b[0]["c.d"]` as its steps.
fn segments(path: &str) -> Result<Vec<Segment>, String> {
    let bad =
        || format!("the path {path:?} must be keys and indices, such as user_classes[0].weight");
    let mut segments = Vec::new();
    let mut rest = path.trim();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (key, after) = quoted.split_once("\"]").ok_or_else(bad)?;
            segments.push(Segment::Key(key.to_owned()));
            rest = after;
        } else if let Some(index) = rest.strip_prefix('[') {
            let (index, after) = index.split_once(']').ok_or_else(bad)?;
            segments.push(Segment::Index(index.trim().parse().map_err(|_| bad())?));
            rest = after;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                return Err(bad());
            }
            segments.push(Segment::Key(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        if let Some(after) = rest.strip_prefix('.') {
            if after.is_empty() || after.starts_with(['.', '[']) {
                return Err(bad());
            }
            rest = after;
        }
    }
    if segments.is_empty() {
        Err(bad())
    } else {
        Ok(segments)
    }
}

fn assign(node: &mut Node, segments: &[Segment], value: Node) -> Result<(), String> {
    let Some((first, rest)) = segments.split_first() else {
        *node = value;
        return Ok(());
    };
    match first {
        Segment::Index(index) => match &mut node.kind {
            Kind::List(items) => {
                let count = items.len();
                let item = items.get_mut(*index).ok_or_else(|| {
                    format!("there is no item [{index}]: the list has {count}, counted from 0")
                })?;
                assign(item, rest, value)
            }
            _ => Err(format!("there is no list to take item [{index}] of")),
        },
        Segment::Key(key) => {
            let entries = as_map(node, key, value.mark)?;
            entries.retain(|entry| !exclude_each_other(&entry.key, key));
            let index = entries.iter().position(|entry| same_key(&entry.key, key));
            let index = index.unwrap_or_else(|| {
                entries.push(Entry {
                    key: key.clone(),
                    key_mark: value.mark,
                    value: Node {
                        mark: value.mark,
                        kind: Kind::Map(Vec::new()),
                    },
                });
                entries.len() - 1
            });
            assign(&mut entries[index].value, rest, value)
        }
    }
}

/// The entries of a map; nothing written, or the short form of a wait time, becomes one.
fn as_map<'n>(node: &'n mut Node, key: &str, mark: Mark) -> Result<&'n mut Vec<Entry>, String> {
    let short_wait = matches!(key, "constant" | "between" | "pacing" | "throughput")
        && matches!(node.kind, Kind::Scalar(_));
    if node.is_null() || short_wait {
        *node = Node {
            mark,
            kind: Kind::Map(Vec::new()),
        };
    }
    match &mut node.kind {
        Kind::Map(entries) => Ok(entries),
        Kind::List(_) => Err(format!("`{key}` would be put into a list; write [0].{key}")),
        Kind::Scalar(_) | Kind::Unusable(_) => {
            Err(format!("`{key}` would be put into a plain value"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_keys_and_indices() {
        let key = |text: &str| Segment::Key(text.to_owned());
        assert_eq!(
            segments("user_classes[0].wait_time.constant"),
            Ok(vec![
                key("user_classes"),
                Segment::Index(0),
                key("wait_time"),
                key("constant")
            ])
        );
        assert_eq!(
            segments("headers[\"X.Y\"]"),
            Ok(vec![key("headers"), key("X.Y")])
        );
        for bad in ["", ".", "a..b", "a[x]", "a[0", "a.", "a.[0]"] {
            assert!(segments(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-b.\\[\\]\"0-9=é]{0,20}") {
            let _ = segments(&text);
        }
    }
}

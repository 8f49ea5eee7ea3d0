//! From YAML text to a tree: anchors, merge keys, and limits on both.
//!
//! Must not know any key but `<<`.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::origin::Mark;
use super::tree::{Entry, Filled, Kind, Node, Scalar};

/// Deeper trees are refused: nothing in a scenario needs them, and recursion must end.
const DEEPEST: usize = 64;
/// Aliases may copy this many nodes in all; more is a mistake or an attack.
const MOST_COPIES: usize = 100_000;

/// Something wrong with the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) mark: Mark,
    pub(super) message: String,
}

/// Reads the one document of a text. A syntax error ends the reading; other faults do not.
pub(super) fn parse(text: &str, location: usize) -> (Option<Node>, Vec<Fault>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder::new(location);
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let outcome = match event {
            Ok((event, span)) => builder.take(event, span.start),
            Err(error) => Err(builder.syntax(text, &error)),
        };
        if let Err(fault) = outcome {
            builder.faults.push(fault);
            return (None, builder.faults);
        }
    }
    let root = builder.root.take();
    (root, builder.faults)
}

struct Builder {
    location: usize,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    copies: usize,
    documents: usize,
    root: Option<Node>,
    faults: Vec<Fault>,
}

/// A list or map that is still open.
struct Frame {
    mark: Mark,
    anchor: usize,
    open: Open,
}

enum Open {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        merged: Vec<Node>,
        key: Option<Key>,
    },
}

struct Key {
    text: String,
    mark: Mark,
    merges: bool,
}

impl Builder {
    fn new(location: usize) -> Self {
        Builder {
            location,
            stack: Vec::new(),
            anchors: HashMap::new(),
            copies: 0,
            documents: 0,
            root: None,
            faults: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'_>, at: Marker) -> Result<(), Fault> {
        let mark = self.mark(at);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref();
                self.check_tag(mark, tag)?;
                let as_text = tag.is_some_and(|tag| tag.suffix == "str");
                let kind = Kind::Scalar(Scalar {
                    text: text.into_owned(),
                    plain: style == ScalarStyle::Plain && !as_text,
                    filled: Filled::AsWritten,
                    masked: None,
                });
                self.place(Node { mark, kind }, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_tag(mark, tag.as_deref())?;
                self.open(mark, anchor, Open::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.check_tag(mark, tag.as_deref())?;
                let open = Open::Map {
                    entries: Vec::new(),
                    merged: Vec::new(),
                    key: None,
                };
                self.open(mark, anchor, open)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.copy(anchor, mark),
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(fault(mark, "must be one YAML document, found a second"));
                }
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn mark(&self, at: Marker) -> Mark {
        Mark {
            location: self.location,
            line: at.line().max(1),
            column: at.col() + 1,
        }
    }

    fn syntax(&self, text: &str, error: &ScanError) -> Fault {
        let mut mark = self.mark(*error.marker());
        let indented_by_tab = |line: usize| {
            let line = text.lines().nth(line - 1).unwrap_or_default();
            line.trim_start_matches(' ').starts_with('\t')
        };
        // A scalar that goes on into a line with a tab is blamed on its own line.
        if !indented_by_tab(mark.line) && indented_by_tab(mark.line + 1) {
            mark.line += 1;
            mark.column = 1;
        }
        let written = text.lines().nth(mark.line - 1).unwrap_or_default();
        let remedy = if indented_by_tab(mark.line) {
            " (the line is indented with a tab: YAML wants spaces)"
        } else if written.contains("${") || written.contains("{{") {
            " (quote a text that holds ${...} or {{ ... }})"
        } else {
            ""
        };
        let message = format!(
            "not valid YAML at column {}: {}{remedy}",
            mark.column,
            error.info()
        );
        fault(mark, message)
    }

    fn check_tag(&self, mark: Mark, tag: Option<&Tag>) -> Result<(), Fault> {
        match tag {
            Some(tag) if !tag.is_yaml_core_schema() => Err(fault(
                mark,
                format!(
                    "the tag `{}{}` means nothing here; leave it out",
                    tag.handle, tag.suffix
                ),
            )),
            _ => Ok(()),
        }
    }

    fn open(&mut self, mark: Mark, anchor: usize, open: Open) -> Result<(), Fault> {
        if self.stack.len() >= DEEPEST {
            return Err(fault(mark, format!("nested deeper than {DEEPEST} levels")));
        }
        if let Some(Frame {
            open: Open::Map { key: None, .. },
            ..
        }) = self.stack.last()
        {
            return Err(fault(
                mark,
                "a key must be a plain text, not a list or a map",
            ));
        }
        self.stack.push(Frame { mark, anchor, open });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        let kind = match frame.open {
            Open::List(items) => Kind::List(items),
            Open::Map {
                mut entries,
                merged,
                ..
            } => {
                for node in merged {
                    self.merge(&mut entries, node);
                }
                Kind::Map(entries)
            }
        };
        let mark = frame.mark;
        self.place(Node { mark, kind }, frame.anchor)
    }

    /// `<<`: keys of the map (or maps) that are not there yet.
    fn merge(&mut self, entries: &mut Vec<Entry>, node: Node) {
        match node.kind {
            Kind::Map(more) => {
                for entry in more {
                    if !entries.iter().any(|known| known.key == entry.key) {
                        entries.push(entry);
                    }
                }
            }
            Kind::List(maps) => maps.into_iter().for_each(|map| self.merge(entries, map)),
            Kind::Scalar(_) | Kind::Unusable(_) => {
                self.faults
                    .push(fault(node.mark, "`<<` must be given a map: <<: *anchor"));
            }
        }
    }

    fn copy(&mut self, anchor: usize, mark: Mark) -> Result<(), Fault> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(fault(mark, "the alias stands within its own anchor"));
        };
        self.copies += node.size();
        if self.copies > MOST_COPIES {
            return Err(fault(
                mark,
                format!("aliases copy more than {MOST_COPIES} values"),
            ));
        }
        if self.stack.len() + node.depth() > DEEPEST {
            return Err(fault(mark, format!("nested deeper than {DEEPEST} levels")));
        }
        let node = node.clone();
        self.place(node, 0)
    }

    /// Puts a finished node where it belongs: into the open list, as key or value of the open
    /// map, or as the root.
    fn place(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut frame.open {
            Open::List(items) => items.push(node),
            Open::Map {
                entries,
                merged,
                key,
            } => match key.take() {
                None => *key = Some(as_key(node)?),
                Some(Key { merges: true, .. }) => merged.push(node),
                Some(Key { text, mark, .. }) => {
                    if let Some(known) = entries.iter().find(|entry| entry.key == text) {
                        let line = known.key_mark.line;
                        self.faults.push(fault(
                            mark,
                            format!("the key `{text}` is given twice (first on line {line})"),
                        ));
                    }
                    entries.push(Entry {
                        key: text,
                        key_mark: mark,
                        value: node,
                    });
                }
            },
        }
        Ok(())
    }
}

fn as_key(node: Node) -> Result<Key, Fault> {
    match node.kind {
        Kind::Scalar(scalar) => Ok(Key {
            merges: scalar.plain && scalar.text == "<<",
            text: scalar.text,
            mark: node.mark,
        }),
        Kind::List(_) | Kind::Map(_) | Kind::Unusable(_) => Err(fault(
            node.mark,
            "a key must be a plain text, not a list or a map",
        )),
    }
}

fn fault(mark: Mark, message: impl Into<String>) -> Fault {
    Fault {
        mark,
        message: message.into(),
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;

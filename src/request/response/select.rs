//! Following many paths through one JSON text in a single pass.
//!
//! Owns the tree of all paths of a request. Where every path is simple, what no path leads to is
//! skipped while parsing and nothing is allocated; where one is not, the text becomes a value
//! first. Must not know what the finds are for.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_json_path::JsonPath;

use super::path::{Path, Step};

/// What stands where a path leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found<'v> {
    /// `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(&'v str),
    /// A list or an object.
    Tree(&'v Value),
}

impl<'v> From<&'v Value> for Found<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Null => Found::Null,
            Value::Bool(flag) => Found::Bool(*flag),
            Value::Number(number) => Found::Number(number.clone()),
            Value::String(text) => Found::Text(text),
            Value::Array(_) | Value::Object(_) => Found::Tree(value),
        }
    }
}

/// Told of each find: the number of the path, and what it found.
pub(super) type Sink<'s> = dyn FnMut(usize, Found<'_>) + 's;

/// All paths of a request, numbered in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector {
    root: Node,
    /// Those that need the whole value.
    whole: Vec<(usize, JsonPath)>,
}

/// Where the simple paths go on from one place.
#[derive(Clone, Debug, Default)]
struct Node {
    /// The paths that end here.
    slots: Vec<usize>,
    names: Vec<(String, Node)>,
    items: Vec<(usize, Node)>,
    /// Where members and items without a node of their own lead.
    each: Option<Box<Node>>,
}

impl Selector {
    /// A selector of these paths.
    pub(super) fn new<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Selector {
        let mut selector = Selector::default();
        for (slot, path) in paths.into_iter().enumerate() {
            match path.steps() {
                Some(steps) => selector.root.insert(steps, slot),
                None => selector.whole.push((slot, path.query().clone())),
            }
        }
        selector
    }

    /// Reports everything the paths find in a JSON text. What was found before a fault in the
    /// text may have been reported.
    ///
    /// # Errors
    /// When the text is not one JSON value.
    pub(super) fn select(&self, json: &[u8], sink: &mut Sink<'_>) -> serde_json::Result<()> {
        if !self.whole.is_empty() {
            let value: Value = serde_json::from_slice(json)?;
            self.root.walk(&value, sink);
            for (slot, query) in &self.whole {
                for node in query.query(&value) {
                    sink(*slot, node.into());
                }
            }
            return Ok(());
        }
        let mut parser = serde_json::Deserializer::from_slice(json);
        Below {
            node: &self.root,
            sink,
        }
        .deserialize(&mut parser)?;
        parser.end()
    }
}

impl Node {
    /// Adds a path. A wildcard is added to every place that has a node of its own too, so that
    /// one look-up gives all that goes on there.
    fn insert(&mut self, steps: &[Step], slot: usize) {
        let Some((step, rest)) = steps.split_first() else {
            self.slots.push(slot);
            return;
        };
        match step {
            Step::Name(name) => {
                if !self.names.iter().any(|(own, _)| own == name) {
                    self.names.push((name.clone(), self.shared()));
                }
                let found = self.names.iter_mut().find(|(own, _)| own == name);
                found
                    .into_iter()
                    .for_each(|(_, node)| node.insert(rest, slot));
            }
            Step::Index(index) => {
                if !self.items.iter().any(|(own, _)| own == index) {
                    self.items.push((*index, self.shared()));
                }
                let found = self.items.iter_mut().find(|(own, _)| own == index);
                found
                    .into_iter()
                    .for_each(|(_, node)| node.insert(rest, slot));
            }
            Step::Each => {
                let names = self.names.iter_mut().map(|(_, node)| node);
                let items = self.items.iter_mut().map(|(_, node)| node);
                names.chain(items).for_each(|node| node.insert(rest, slot));
                self.each.get_or_insert_default().insert(rest, slot);
            }
        }
    }

    /// What leads on from every place, for a place that gets a node of its own.
    fn shared(&self) -> Node {
        self.each.as_deref().cloned().unwrap_or_default()
    }

    fn member(&self, name: &str) -> Option<&Node> {
        let own = self.names.iter().find(|(own, _)| own == name);
        own.map(|(_, node)| node).or(self.each.as_deref())
    }

    fn item(&self, index: usize) -> Option<&Node> {
        let own = self.items.iter().find(|(own, _)| *own == index);
        own.map(|(_, node)| node).or(self.each.as_deref())
    }

    fn found(&self, what: &Found<'_>, sink: &mut Sink<'_>) {
        for slot in &self.slots {
            sink(*slot, what.clone());
        }
    }

    /// Follows the paths through a value.
    fn walk(&self, value: &Value, sink: &mut Sink<'_>) {
        self.found(&value.into(), sink);
        match value {
            Value::Object(fields) => {
                for (name, below) in fields {
                    if let Some(node) = self.member(name) {
                        node.walk(below, sink);
                    }
                }
            }
            Value::Array(items) => {
                for (index, below) in items.iter().enumerate() {
                    if let Some(node) = self.item(index) {
                        node.walk(below, sink);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Parses what stands at a node.
struct Below<'n, 's, 'k> {
    node: &'n Node,
    sink: &'s mut Sink<'k>,
}

impl<'de> DeserializeSeed<'de> for Below<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Below<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.node.found(&Found::Null, self.sink);
        Ok(())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.node.found(&Found::Bool(flag), self.sink);
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.node.found(&Found::Number(number.into()), self.sink);
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.node.found(&Found::Number(number.into()), self.sink);
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        if let Some(number) = Number::from_f64(number) {
            self.node.found(&Found::Number(number), self.sink);
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.node.found(&Found::Text(text), self.sink);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if !self.node.slots.is_empty() {
            let value = Value::deserialize(SeqAccessDeserializer::new(items))?;
            self.node.walk(&value, self.sink);
            return Ok(());
        }
        for index in 0.. {
            let more = match self.node.item(index) {
                Some(node) => {
                    let below = Below {
                        node,
                        sink: &mut *self.sink,
                    };
                    items.next_element_seed(below)?.is_some()
                }
                None => items.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        if !self.node.slots.is_empty() {
            let value = Value::deserialize(MapAccessDeserializer::new(fields))?;
            self.node.walk(&value, self.sink);
            return Ok(());
        }
        while let Some(member) = fields.next_key_seed(Key(self.node))? {
            match member {
                Some(node) => fields.next_value_seed(Below {
                    node,
                    sink: &mut *self.sink,
                })?,
                None => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Finds the node a key leads to, without keeping the key.
struct Key<'n>(&'n Node);

impl<'de, 'n> DeserializeSeed<'de> for Key<'n> {
    type Value = Option<&'n Node>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        parser.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for Key<'n> {
    type Value = Option<&'n Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.member(key))
    }
}

#[cfg(test)]
mod tests;

//! A YAML document as a tree in which every node knows its line.
//!
//! Owns the tree and what a plain scalar means. Must not know any key, nor how text becomes a
//! tree ([`super::parse`]).

use serde_json::Value;

use super::origin::Mark;

/// One node.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) mark: Mark,
    pub(super) kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// A value that cannot be known, and why: reported when somebody reads it, and only then.
    Unusable(String),
}

/// One entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_mark: Mark,
    pub(super) value: Node,
}

/// A scalar as written, variables substituted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Written without quotes, so that `10` is a number and `true` a truth value.
    pub(super) plain: bool,
    pub(super) filled: Filled,
    /// The text with its secrets masked where they stand; none where it holds none.
    pub(super) masked: Option<String>,
}

/// What the variables within a scalar did to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filled {
    /// There are none.
    AsWritten,
    /// There are some, and all of them are empty.
    Empty,
    /// At least one has a value.
    Value,
    /// At least one holds a secret.
    Secret,
}

impl Scalar {
    /// The text as it may be shown: what is too short to be found in other texts is masked here.
    pub(super) fn shown(&self) -> &str {
        self.masked.as_deref().unwrap_or(&self.text)
    }

    /// The value by the YAML 1.2 core schema.
    pub(super) fn value(&self) -> Value {
        if !self.plain {
            return Value::String(self.text.clone());
        }
        match self.text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => Value::Null,
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            text => number(text).unwrap_or_else(|| Value::String(text.to_owned())),
        }
    }

    pub(super) fn is_null(&self) -> bool {
        self.value().is_null()
    }
}

fn number(text: &str) -> Option<Value> {
    let based = |prefix, radix| {
        text.strip_prefix(prefix)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_alphanumeric()))
            .and_then(|digits| u64::from_str_radix(digits, radix).ok())
    };
    if let Some(number) = based("0x", 16).or_else(|| based("0o", 8)) {
        return Some(number.into());
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts_well = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let digits_alone = unsigned.bytes().all(|b| b.is_ascii_digit());
    let like_a_float = unsigned
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if !starts_well || !like_a_float {
        return None;
    }
    if digits_alone {
        let positive = text.strip_prefix('+').unwrap_or(text);
        if let Ok(number) = positive.parse::<i64>() {
            return Some(number.into());
        }
        if let Ok(number) = positive.parse::<u64>() {
            return Some(number.into());
        }
    }
    let float: f64 = text.parse().ok()?;
    serde_json::Number::from_f64(float).map(Value::Number)
}

impl Entry {
    /// Whether it is this key of the dialect.
    pub(super) fn key_is(&self, key: &str) -> bool {
        same_key(&self.key, key)
    }
}

impl Node {
    /// Whether nothing is written here, which counts as the key not being there.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(scalar) if scalar.is_null())
    }

    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries
                .iter()
                .find(|entry| same_key(&entry.key, key))
                .map(|entry| &entry.value),
            Kind::Scalar(_) | Kind::List(_) | Kind::Unusable(_) => None,
        }
    }

    /// Nodes in this tree, itself included.
    pub(super) fn size(&self) -> usize {
        1 + self.children().map(Node::size).sum::<usize>()
    }

    /// Levels of this tree, itself included.
    pub(super) fn depth(&self) -> usize {
        1 + self.children().map(Node::depth).max().unwrap_or(0)
    }

    fn children(&self) -> impl Iterator<Item = &Node> {
        let (items, entries): (&[Node], &[Entry]) = match &self.kind {
            Kind::List(items) => (items, &[]),
            Kind::Map(entries) => (&[], entries),
            Kind::Scalar(_) | Kind::Unusable(_) => (&[], &[]),
        };
        items.iter().chain(entries.iter().map(|entry| &entry.value))
    }

    /// Calls `visit` with every scalar's node below and including this one.
    pub(super) fn visit_scalars(&mut self, visit: &mut impl FnMut(&mut Node)) {
        match &mut self.kind {
            Kind::Scalar(_) => visit(self),
            Kind::List(items) => items.iter_mut().for_each(|item| item.visit_scalars(visit)),
            Kind::Map(entries) => entries
                .iter_mut()
                .for_each(|entry| entry.value.visit_scalars(visit)),
            Kind::Unusable(_) => {}
        }
    }
}

/// A key of the dialect: a hyphen is read as an underscore.
pub(super) fn normalised(key: &str) -> String {
    key.replace('-', "_")
}

/// Whether two spellings are the same key of the dialect.
pub(super) fn same_key(a: &str, b: &str) -> bool {
    a == b || normalised(a) == normalised(b)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scalar(text: &str, plain: bool) -> Value {
        let text = text.to_owned();
        let filled = Filled::AsWritten;
        Scalar {
            text,
            plain,
            filled,
            masked: None,
        }
        .value()
    }

    #[test]
    fn plain_scalars_mean_what_the_core_schema_says() {
        for (text, expected) in [
            ("10", json!(10)),
            ("-3", json!(-3)),
            ("1.5", json!(1.5)),
            ("1e3", json!(1000.0)),
            ("0x1F", json!(31)),
            ("true", json!(true)),
            ("~", json!(null)),
            ("off", json!("off")),
            ("yes", json!("yes")),
            ("2m", json!("2m")),
            ("2024-01-01", json!("2024-01-01")),
            ("1.2.3", json!("1.2.3")),
            (".inf", json!(".inf")),
            (
                "18446744073709551615",
                json!(18_446_744_073_709_551_615_u64),
            ),
            ("-", json!("-")),
            ("e5", json!("e5")),
        ] {
            assert_eq!(scalar(text, true), expected, "{text}");
        }
        assert_eq!(scalar("10", false), json!("10"));
    }
}

//! JSONPath queries as a scenario writes them.
//!
//! Owns which of them are simple: names, positions and `[*]` only, so that they can be followed
//! while a text is being parsed. Must not know what is done with what they find.

use std::fmt;

use serde_json_path::{JsonPath, ParseError};

/// A JSONPath query (RFC 9535), compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    query: JsonPath,
    steps: Option<Vec<Step>>,
}

/// One step of a simple path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The member of this name.
    Name(String),
    /// The item at this position, from 0.
    Index(usize),
    /// Every member and every item.
    Each,
}

impl Path {
    /// Compiles a query.
    ///
    /// # Errors
    /// When it is not JSONPath.
    pub fn parse(text: &str) -> Result<Path, ParseError> {
        Ok(Path {
            query: JsonPath::parse(text)?,
            steps: simple_steps(text),
        })
    }

    /// The whole query, whatever it is made of.
    pub(super) fn query(&self) -> &JsonPath {
        &self.query
    }

    /// Its steps, when it is simple.
    pub(super) fn steps(&self) -> Option<&[Step]> {
        self.steps.as_deref()
    }

    /// Whether one of its names is this one.
    pub(super) fn names(&self, name: &str) -> bool {
        let is_it = |step: &Step| matches!(step, Step::Name(own) if own == name);
        self.steps
            .as_ref()
            .is_some_and(|steps| steps.iter().any(is_it))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.query.fmt(f)
    }
}

/// The steps of a valid query that has nothing but names, positions and wildcards.
fn simple_steps(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix('[') {
            Some(inner) => bracket(inner)?,
            None => dotted(rest.strip_prefix('.')?)?,
        };
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

/// `name` or `*`, and what follows.
fn dotted(text: &str) -> Option<(Step, &str)> {
    if let Some(after) = text.strip_prefix('*') {
        return Some((Step::Each, after));
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
    let end = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    (!name.is_empty()).then(|| (Step::Name(name.to_owned()), after))
}

/// `0]`, `*]`, `'name']` or `"name"]`, and what follows.
fn bracket(text: &str) -> Option<(Step, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'));
    if let Some(quote) = quote {
        let (name, after) = text[1..].split_once(quote)?;
        let plain = !name.contains('\\');
        let after = after.strip_prefix(']').filter(|_| plain)?;
        return Some((Step::Name(name.to_owned()), after));
    }
    let (inner, after) = text.split_once(']')?;
    let step = match inner {
        "*" => Step::Each,
        digits => Step::Index(digits.parse().ok()?),
    };
    Some((step, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_positions_and_wildcards_are_simple_and_nothing_else_is() {
        let name = |name: &str| Step::Name(name.to_owned());
        for (text, steps) in [
            ("$", Some(vec![])),
            (
                "$.choices[0].delta.content",
                Some(vec![
                    name("choices"),
                    Step::Index(0),
                    name("delta"),
                    name("content"),
                ]),
            ),
            (
                "$.docs[*]['doc id']",
                Some(vec![name("docs"), Step::Each, name("doc id")]),
            ),
            ("$[\"a.b\"].*", Some(vec![name("a.b"), Step::Each])),
            ("$.größe", Some(vec![name("größe")])),
            ("$..id", None),
            ("$.docs[-1]", None),
            ("$.docs[0,1]", None),
            ("$.docs[1:3]", None),
            ("$.docs[?@.score > 0.5].id", None),
            ("$['it\\'s']", None),
        ] {
            let path = Path::parse(text).unwrap();
            assert_eq!(path.steps(), steps.as_deref(), "{text}");
        }
        assert!(Path::parse("answer").is_err());
    }
}

//! Single values of the tree with their YAML path, read as the type a key wants.
//!
//! Owns the wording of "wrong type" and "unknown key". Must not know any key.

use std::time::Duration;

use serde_json::Value;

use crate::model::units::{parse_duration, parse_rate};

use super::super::origin::Mark;
use super::super::problems::{Report, nearest, suggestion};
use super::super::tree::{Entry, Filled, Kind, Node, Scalar, normalised};

/// A node and its path.
#[derive(Clone, Debug)]
pub(in super::super) struct At<'t> {
    pub(in super::super) node: &'t Node,
    pub(in super::super) path: String,
}

/// The keys of one map of the dialect.
pub(in super::super) struct Keys {
    /// Those that are read.
    pub(in super::super) known: &'static [&'static str],
    /// Those that will be, one day.
    pub(in super::super) later: &'static [&'static str],
}

/// A map of the dialect whose keys were checked.
#[derive(Clone, Debug)]
pub(in super::super) struct Fields<'t> {
    pub(in super::super) at: At<'t>,
    /// Whether a key was refused: what seems to be missing may be there, mistyped.
    pub(in super::super) refused: bool,
    entries: Vec<(String, At<'t>)>,
}

impl<'t> At<'t> {
    pub(in super::super) fn root(node: &'t Node) -> At<'t> {
        At {
            node,
            path: String::new(),
        }
    }

    pub(in super::super) fn mark(&self) -> Mark {
        self.node.mark
    }

    pub(in super::super) fn problem(&self, report: &mut Report, message: impl Into<String>) {
        report.problem(self.node.mark, &self.path, message);
    }

    /// Reports that something else must stand here.
    pub(in super::super) fn wrong(&self, report: &mut Report, wanted: &str) {
        match &self.node.kind {
            Kind::Unusable(message) => self.problem(report, message.clone()),
            _ => self.problem(report, format!("must be {wanted}, found {}", self.shown())),
        }
    }

    fn shown(&self) -> String {
        match &self.node.kind {
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a map".to_owned(),
            Kind::Scalar(scalar) if scalar.filled == Filled::Secret => "a secret".to_owned(),
            Kind::Scalar(scalar) => match scalar.value() {
                Value::Null => "nothing".to_owned(),
                Value::String(text) => format!("{text:?}"),
                _ => scalar.text.clone(),
            },
            Kind::Unusable(_) => "nothing".to_owned(),
        }
    }

    fn child(&self, key: &str, node: &'t Node) -> At<'t> {
        let simple = !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let path = match (self.path.is_empty(), simple) {
            (true, true) => key.to_owned(),
            (false, true) => format!("{}.{key}", self.path),
            (_, false) => format!("{}[{key:?}]", self.path),
        };
        At { node, path }
    }

    /// The scalar here, when it is one.
    pub(in super::super) fn as_scalar(&self) -> Option<&'t Scalar> {
        match &self.node.kind {
            Kind::Scalar(scalar) => Some(scalar),
            Kind::List(_) | Kind::Map(_) | Kind::Unusable(_) => None,
        }
    }

    /// The items of a list.
    pub(in super::super) fn as_list(&self) -> Option<Vec<At<'t>>> {
        let Kind::List(items) = &self.node.kind else {
            return None;
        };
        let item = |(index, node)| At {
            node,
            path: format!("{}[{index}]", self.path),
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// The items of a list; anything else is reported.
    pub(in super::super) fn list(&self, report: &mut Report, wanted: &str) -> Vec<At<'t>> {
        self.as_list().unwrap_or_else(|| {
            self.wrong(report, wanted);
            Vec::new()
        })
    }

    /// The items of a list, or the one value that stands in its place.
    pub(in super::super) fn one_or_many(&self) -> Vec<At<'t>> {
        self.as_list().unwrap_or_else(|| vec![self.clone()])
    }

    /// The entries of a map whose keys are free: headers, parameters, variables.
    pub(in super::super) fn as_entries(&self) -> Option<Vec<(&'t Entry, At<'t>)>> {
        let Kind::Map(entries) = &self.node.kind else {
            return None;
        };
        let entry = |entry: &'t Entry| (entry, self.child(&entry.key, &entry.value));
        Some(entries.iter().map(entry).collect())
    }

    /// As [`At::as_entries`]; anything but a map is reported.
    pub(in super::super) fn entries(
        &self,
        report: &mut Report,
        wanted: &str,
    ) -> Vec<(&'t Entry, At<'t>)> {
        self.as_entries().unwrap_or_else(|| {
            self.wrong(report, wanted);
            Vec::new()
        })
    }

    /// A map of the dialect: unknown and doubled keys are reported.
    pub(in super::super) fn fields(
        &self,
        keys: &Keys,
        report: &mut Report,
        wanted: &str,
    ) -> Option<Fields<'t>> {
        let Some(found) = self.as_entries() else {
            self.wrong(report, wanted);
            return None;
        };
        let mut fields = Fields {
            at: self.clone(),
            refused: false,
            entries: Vec::new(),
        };
        for (entry, at) in found {
            let key = normalised(&entry.key);
            // `x-…` holds anchors and notes, as in Compose files.
            if key.starts_with("x_") && self.path.is_empty() {
                continue;
            }
            match self.refusal(&key, entry, keys, &fields) {
                None => fields.entries.push((key, at)),
                Some((path, message)) => {
                    report.problem(entry.key_mark, path.unwrap_or(&at.path), message);
                    fields.refused = true;
                }
            }
        }
        Some(fields)
    }

    /// Why a key cannot stand here, and the path to say it at (none: the key's own).
    fn refusal(
        &self,
        key: &str,
        entry: &Entry,
        keys: &Keys,
        before: &Fields<'_>,
    ) -> Option<(Option<&str>, String)> {
        if keys.later.contains(&key) {
            return Some((None, "not supported yet; leave it out".to_owned()));
        }
        if !keys.known.contains(&key) {
            return Some((Some(&self.path), unknown_key(&entry.key, keys)));
        }
        let again = before.entries.iter().any(|(known, _)| known == key);
        (again && !self.written_twice(&entry.key)).then(|| {
            let message = format!("the key `{key}` is given twice, once with a hyphen");
            (Some(self.path.as_str()), message)
        })
    }

    /// Whether a key stands here twice in one spelling, which the parser has reported.
    fn written_twice(&self, key: &str) -> bool {
        let count = |entries: &[Entry]| entries.iter().filter(|entry| entry.key == key).count();
        matches!(&self.node.kind, Kind::Map(entries) if count(entries) > 1)
    }

    /// A text; numbers and truth values are read as written.
    pub(in super::super) fn text(&self, report: &mut Report) -> Option<String> {
        match self.as_scalar() {
            Some(scalar) if !scalar.is_null() => Some(scalar.text.clone()),
            _ => {
                self.wrong(report, "a text");
                None
            }
        }
    }

    /// As [`At::text`], secrets masked where they stand.
    pub(in super::super) fn shown_text(&self, report: &mut Report) -> Option<String> {
        self.text(report)?;
        self.as_scalar().map(|scalar| scalar.shown().to_owned())
    }

    pub(in super::super) fn boolean(&self, report: &mut Report) -> Option<bool> {
        let value = self.as_scalar().map(Scalar::value);
        let found = value.and_then(|value| value.as_bool());
        if found.is_none() {
            self.wrong(report, "true or false");
        }
        found
    }

    /// A whole number of at least `least`.
    pub(in super::super) fn count(&self, report: &mut Report, least: u32) -> Option<u32> {
        let value = self.as_scalar().map(Scalar::value);
        let number = value.as_ref().and_then(Value::as_u64);
        let found = number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| *number >= least);
        if found.is_none() {
            let is_number = value.as_ref().is_some_and(Value::is_number);
            let whole = value.as_ref().is_some_and(|v| v.is_i64() || v.is_u64());
            match (is_number, whole) {
                (true, true) if number.is_some_and(|number| number > u64::from(u32::MAX)) => {
                    self.wrong(report, &format!("at most {}", u32::MAX));
                }
                (true, true) => self.wrong(report, &format!("at least {least}")),
                _ => self.wrong(report, &format!("a whole number of at least {least}")),
            }
        }
        found
    }

    /// A number that is not negative.
    pub(in super::super) fn share(&self, report: &mut Report) -> Option<f64> {
        let value = self.as_scalar().map(Scalar::value);
        let number = value.as_ref().and_then(Value::as_f64);
        let found = number.filter(|number| number.is_finite() && *number >= 0.0);
        if found.is_none() {
            self.wrong(report, "a number of at least 0");
        }
        found
    }

    pub(in super::super) fn duration(&self, report: &mut Report) -> Option<Duration> {
        let text = self.text(report)?;
        self.parsed(report, parse_duration(&text))
    }

    /// A rate above zero.
    pub(in super::super) fn rate(&self, report: &mut Report) -> Option<f64> {
        let text = self.text(report)?;
        let rate = self.parsed(report, parse_rate(&text))?;
        if rate > 0.0 {
            return Some(rate);
        }
        self.wrong(report, "above 0");
        None
    }

    /// The value of a parser's outcome; its error is reported as it stands.
    pub(in super::super) fn parsed<T, E: std::fmt::Display>(
        &self,
        report: &mut Report,
        outcome: Result<T, E>,
    ) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(report, error.to_string());
                None
            }
        }
    }

    /// The whole tree below as JSON.
    pub(in super::super) fn json(&self, report: &mut Report) -> Value {
        match &self.node.kind {
            Kind::Scalar(scalar) => scalar.value(),
            Kind::Unusable(message) => {
                self.problem(report, message.clone());
                Value::Null
            }
            Kind::List(_) => {
                let items = self.as_list().unwrap_or_default();
                items.iter().map(|item| item.json(report)).collect()
            }
            Kind::Map(_) => {
                let entries = self.as_entries().unwrap_or_default();
                let pair = |(entry, at): (&Entry, At<'t>)| (entry.key.clone(), at.json(report));
                Value::Object(entries.into_iter().map(pair).collect())
            }
        }
    }
}

impl<'t> Fields<'t> {
    /// The value of a key; nothing written counts as not there.
    pub(in super::super) fn get(&self, key: &str) -> Option<At<'t>> {
        self.entries
            .iter()
            .rev()
            .find(|(known, at)| known == key && !at.node.is_null())
            .map(|(_, at)| at.clone())
    }

    /// The value that the word under a key stands for.
    pub(in super::super) fn word<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
        report: &mut Report,
    ) -> Option<T> {
        let at = self.get(key)?;
        let text = at.text(report)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("unknown {key} `{text}`; {}", suggestion(&text, &known));
            at.problem(report, message);
        }
        found.map(|(_, value)| *value)
    }

    /// Which of these keys stand here, as written in the list.
    pub(in super::super) fn present(&self, keys: &[&'static str]) -> Vec<&'static str> {
        let here = |key: &&&'static str| self.get(key).is_some();
        keys.iter().filter(here).copied().collect()
    }
}

fn unknown_key(key: &str, keys: &Keys) -> String {
    let known = keys.known.iter().chain(keys.later).copied();
    match nearest(&normalised(key), known) {
        Some(near) => format!("unknown key `{key}`; did you mean `{near}`?"),
        None => format!("unknown key `{key}`; known: {}", keys.known.join(", ")),
    }
}

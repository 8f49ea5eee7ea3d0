//! The merged tree as text that may be shown: secrets masked.
//!
//! Must not decide what is secret: the masker, marked scalars and the names of headers say so.

use serde_json::{Map, Value};
use url::Url;

use crate::model::secret_keys::{is_authorizing, without_pairs};
use crate::model::{Endpoint, Masker, secret::MASK};
use crate::threshold::Threshold;

use super::plan::Setting;
use super::problems::Report;
use super::target::{keep_credentials, shown};
use super::tree::{Kind, Node, Scalar, normalised};

/// Remembers the credentials of every address in the tree.
pub(super) fn keep_address_credentials(root: &mut Node, report: &mut Report) {
    root.visit_scalars(&mut |node| {
        if let Some(url) = address(node) {
            keep_credentials(&url, report);
        }
    });
}

fn address(node: &Node) -> Option<Url> {
    match &node.kind {
        Kind::Scalar(scalar) if scalar.text.contains("://") && scalar.text.contains('@') => {
            Url::parse(scalar.text.trim()).ok()
        }
        _ => None,
    }
}

/// Rows are named by paths, which may hold a key.
pub(super) fn name_rows(endpoints: &mut [Endpoint], masker: &Masker) {
    for endpoint in endpoints {
        endpoint.name = masker.mask(&endpoint.name);
    }
}

/// Conditions are told as written.
pub(super) fn name_conditions<'t>(
    conditions: impl Iterator<Item = &'t mut Threshold>,
    masker: &Masker,
) {
    for condition in conditions {
        condition.on_text = condition.on_text.take().map(|on| masker.mask(&on));
    }
}

/// The tree as YAML, with the settings that were decided in the place of those written.
pub(super) fn resolved(root: &Node, settings: &[Setting], masker: &Masker) -> String {
    let Value::Object(mut map) = masked(root, masker) else {
        return String::new();
    };
    for setting in settings {
        let is_load = matches!(
            setting.name.as_str(),
            "host" | "users" | "spawn_rate" | "run_time"
        );
        if is_load && setting.value != "until stopped" {
            let number = setting.value.parse::<u64>().map(Value::from);
            let value = number.unwrap_or_else(|_| Value::from(masker.mask(&setting.value)));
            map.insert(setting.name.clone(), value);
        }
    }
    serde_yaml::to_string(&map).unwrap_or_default()
}

fn masked(node: &Node, masker: &Masker) -> Value {
    match &node.kind {
        Kind::Scalar(scalar) => masked_scalar(node, scalar, masker),
        Kind::List(items) => items.iter().map(|item| masked(item, masker)).collect(),
        Kind::Map(entries) => {
            let mut map = Map::new();
            for entry in entries {
                let value = match normalised(&entry.key).as_str() {
                    "headers" => masked_headers(&entry.value, masker),
                    _ => masked(&entry.value, masker),
                };
                map.insert(masker.mask(&entry.key), value);
            }
            Value::Object(map)
        }
        Kind::Unusable(_) => Value::Null,
    }
}

fn masked_scalar(node: &Node, scalar: &Scalar, masker: &Masker) -> Value {
    if let Some(url) = address(node) {
        return Value::from(masker.mask(&without_pairs(&shown(&url))));
    }
    // Masked by position first: a short secret is not looked for in texts.
    let text = masker.mask(scalar.shown());
    if text == scalar.text {
        scalar.value()
    } else {
        Value::from(text)
    }
}

fn masked_headers(node: &Node, masker: &Masker) -> Value {
    let Kind::Map(entries) = &node.kind else {
        return masked(node, masker);
    };
    let value = |key: &str, node: &Node| match masked(node, masker) {
        Value::String(text) if is_authorizing(key) && !text.is_empty() => {
            let shows_nothing = text.contains(MASK) || text.contains("{{");
            Value::from(if shows_nothing { text } else { MASK.to_owned() })
        }
        other => other,
    };
    let pair = |entry: &super::tree::Entry| (entry.key.clone(), value(&entry.key, &entry.value));
    Value::Object(entries.iter().map(pair).collect())
}

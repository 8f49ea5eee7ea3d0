//! `data`: the rows behind variables.
//!
//! Must not know how they are dealt.

use serde_json::Value;

use crate::request::DataSet;
use crate::request::data::{DataOrder, DataPer};

use super::super::context::Context;
use super::super::problems::suggestion;
use super::super::tree::Scalar;
use super::extract::usable_name;
use super::rows::rows;
use super::value::{At, Fields, Keys};

pub(super) const KEYS: Keys = Keys {
    known: &["inline", "file", "order", "per"],
    later: &["zipf_s", "cache_bust"],
};
const WANTED: &str = "a map such as { inline: [a, b], order: random } or { file: questions.csv }";

/// Reads every data set.
pub(in super::super) fn data(at: &At<'_>, context: &mut Context<'_>) -> Vec<DataSet> {
    let mut sets = Vec::new();
    for (entry, value) in at.entries(&mut context.report, "a map of variables to their rows") {
        if let Err(message) = usable_name(&entry.key) {
            context.report.problem(entry.key_mark, &at.path, message);
        }
        sets.extend(data_set(&entry.key, &value, context));
    }
    sets
}

fn data_set(name: &str, at: &At<'_>, context: &mut Context<'_>) -> Option<DataSet> {
    if at.as_list().is_some() {
        let rows = inline(at, context)?;
        return Some(DataSet {
            name: name.to_owned(),
            rows: rows.into(),
            order: DataOrder::default(),
            per: DataPer::default(),
            cache_bust: None,
        });
    }
    let fields = at.fields(&KEYS, &mut context.report, WANTED)?;
    let order = word(&fields, "order", ORDERS, context);
    let per = word(&fields, "per", PERS, context);
    let found = match (fields.get("inline"), fields.get("file")) {
        (Some(inline_rows), None) => inline(&inline_rows, context),
        (None, Some(file)) => from_file(&file, context),
        (Some(_), Some(_)) => {
            at.problem(
                &mut context.report,
                "must have `inline` or `file`, found both",
            );
            None
        }
        (None, None) => {
            at.problem(&mut context.report, format!("must be {WANTED}"));
            None
        }
    };
    Some(DataSet {
        name: name.to_owned(),
        // Without rows the set still defines its name; the problem is reported already.
        rows: found.unwrap_or_default().into(),
        order: order.unwrap_or_default(),
        per: per.unwrap_or_default(),
        cache_bust: None,
    })
}

const ORDERS: &[(&str, DataOrder)] = &[
    ("random", DataOrder::Random),
    ("sequential", DataOrder::Sequential),
    ("shuffle", DataOrder::Shuffle),
];
const PERS: &[(&str, DataPer)] = &[("task", DataPer::Task), ("user", DataPer::User)];

fn word<T: Copy>(
    fields: &Fields<'_>,
    key: &str,
    words: &[(&str, T)],
    context: &mut Context<'_>,
) -> Option<T> {
    let at = fields.get(key)?;
    let text = at.text(&mut context.report)?;
    let found = words.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = match (key, text.as_str()) {
            ("order", "zipf" | "unique") => format!("`{text}` is not supported yet"),
            _ => format!("unknown {key} `{text}`; {}", suggestion(&text, &known)),
        };
        at.problem(&mut context.report, message);
    }
    found.map(|(_, value)| *value)
}

fn inline(at: &At<'_>, context: &mut Context<'_>) -> Option<Vec<Value>> {
    let items = at.list(&mut context.report, "a list of rows");
    if at.as_list()?.is_empty() {
        at.problem(&mut context.report, "has no rows; at least one is needed");
        return None;
    }
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        if item.as_list().is_some() || item.node.is_null() {
            item.wrong(&mut context.report, "a text or a map of columns");
        }
        let text = item.as_scalar().map(|scalar: &Scalar| scalar.text.clone());
        rows.push(match text {
            Some(text) => Value::String(text),
            None => item.json(&mut context.report),
        });
    }
    Some(rows)
}

fn from_file(at: &At<'_>, context: &mut Context<'_>) -> Option<Vec<Value>> {
    let (path, bytes) = context.file(at)?;
    match rows(&path, &bytes) {
        Ok(rows) => Some(rows),
        Err((0, message)) => {
            at.problem(&mut context.report, format!("{} {message}", path.display()));
            None
        }
        Err((line, message)) => {
            let message = format!("{}:{line}: {message}", path.display());
            at.problem(&mut context.report, message);
            None
        }
    }
}

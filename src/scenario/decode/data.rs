//! `data`: the rows behind variables.
//!
//! Must not know how they are dealt.

use serde_json::Value;

use crate::request::DataSet;
use crate::request::data::{BustAt, CacheBust, DataOrder, DataPer};

use super::super::context::Context;
use super::super::problems::Report;
use super::super::tree::Scalar;
use super::extract::usable_name;
use super::rows::rows;
use super::value::{At, Fields, Keys};

pub(super) const KEYS: Keys = Keys {
    known: &["inline", "file", "order", "per", "zipf_s", "cache_bust"],
    later: &[],
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
    let order = order(&fields, &mut context.report);
    let per = fields.word("per", PERS, &mut context.report);
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
    let rows = found.unwrap_or_default();
    let cache_bust = cache_bust(name, &fields, &rows, &mut context.report);
    Some(DataSet {
        name: name.to_owned(),
        // Without rows the set still defines its name; the problem is reported already.
        rows: rows.into(),
        order: order.unwrap_or_default(),
        per: per.unwrap_or_default(),
        cache_bust,
    })
}

/// `zipf` stands for any exponent here: `zipf_s` says which.
const ORDERS: &[(&str, DataOrder)] = &[
    ("random", DataOrder::Random),
    ("sequential", DataOrder::Sequential),
    ("shuffle", DataOrder::Shuffle),
    ("unique", DataOrder::Unique),
    ("zipf", DataOrder::Zipf(1.0)),
];
const PERS: &[(&str, DataPer)] = &[
    ("turn", DataPer::Turn),
    ("task", DataPer::Task),
    ("user", DataPer::User),
];
const BUSTS: &[(&str, Option<BustAt>)] = &[
    ("none", None),
    ("suffix", Some(BustAt::Suffix)),
    ("prefix", Some(BustAt::Prefix)),
];
/// Columns that hold what is asked, the likeliest first.
const ASKED: &[&str] = &["question", "query", "prompt", "text", "input"];

fn order(fields: &Fields<'_>, report: &mut Report) -> Option<DataOrder> {
    let order = fields.word("order", ORDERS, report);
    let Some(at) = fields.get("zipf_s") else {
        return order;
    };
    let exponent = at.share(report)?;
    match order {
        Some(DataOrder::Zipf(_)) => Some(DataOrder::Zipf(exponent)),
        other => {
            at.problem(report, "belongs to `order: zipf`");
            other
        }
    }
}

/// What is added to rows of texts, or to the column of the question.
fn cache_bust(
    name: &str,
    fields: &Fields<'_>,
    rows: &[Value],
    report: &mut Report,
) -> Option<CacheBust> {
    let at = fields.word("cache_bust", BUSTS, report)??;
    let Some(first) = rows.iter().find_map(Value::as_object) else {
        return Some(CacheBust { at, column: None });
    };
    let mut likely = std::iter::once(name).chain(ASKED.iter().copied());
    let Some(column) = likely.find(|column| first.get(*column).is_some_and(Value::is_string))
    else {
        let columns: Vec<&str> = first.keys().map(String::as_str).collect();
        let message = format!(
            "does not know which column is asked: call it {} (columns: {})",
            ASKED.join(", "),
            columns.join(", ")
        );
        let place = fields.get("cache_bust");
        place.unwrap_or(fields.at.clone()).problem(report, message);
        return None;
    };
    Some(CacheBust {
        at,
        column: Some(column.to_owned()),
    })
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

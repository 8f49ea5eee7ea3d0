//! `expect`: what an answer must be.
//!
//! Must not know how it is judged.

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::request::Expect;
use crate::request::expect::{HeaderExpectation, JsonExpectation, StatusRange};

use super::super::problems::{Report, nearest};
use super::super::tree::{Scalar, normalised};
use super::value::{At, Keys};

pub(super) const KEYS: Keys = Keys {
    known: &[
        "status",
        "contains",
        "matches",
        "json",
        "header",
        "max_time",
        "answer",
        "complete",
        "min_sources",
        "recall_at",
        "hit_at",
        "not_fallback",
    ],
    later: &[],
};
/// Those that are about what was answered.
pub(super) const OF_ANSWERS: &[&str] = &[
    "answer",
    "complete",
    "min_sources",
    "recall_at",
    "hit_at",
    "not_fallback",
];

pub(super) const HEADER_KEYS: Keys = Keys {
    known: &["matches"],
    later: &[],
};

/// Reads a map of expectations.
pub(super) fn expect(at: &At<'_>, report: &mut Report) -> Expect {
    let mut expect = Expect::default();
    let wanted = "a map such as { status: 200, contains: ok }";
    let Some(fields) = at.fields(&KEYS, report, wanted) else {
        return expect;
    };
    let many = |key: &str| {
        fields
            .get(key)
            .map(|at| at.one_or_many())
            .unwrap_or_default()
    };
    expect.status = many("status")
        .iter()
        .filter_map(|at| status(at, report))
        .collect();
    expect.contains = many("contains")
        .iter()
        .filter_map(|at| at.text(report))
        .collect();
    expect.matches = many("matches")
        .iter()
        .filter_map(|at| pattern(at, report))
        .collect();
    if let Some(at) = fields.get("json") {
        let wanted = "a map such as { \"$.answer\": non_empty }";
        for (entry, value) in at.entries(report, wanted) {
            let path = value.parsed(report, json_path(&entry.key));
            let expectation = json_expectation(&value, report);
            expect.json.extend(path.zip(expectation));
        }
    }
    if let Some(at) = fields.get("header") {
        expect.headers = header_expectations(&at, report);
    }
    expect.max_time = fields.get("max_time").and_then(|at| at.duration(report));
    expect
}

/// `200` or `2xx`.
pub(super) fn status(at: &At<'_>, report: &mut Report) -> Option<StatusRange> {
    let text = at
        .as_scalar()
        .map(|scalar| scalar.text.trim().to_ascii_lowercase());
    let range = text.as_deref().and_then(status_range);
    if range.is_none() {
        at.wrong(
            report,
            "a status such as 200, a class such as 2xx, or a list of them",
        );
    }
    range
}

fn status_range(text: &str) -> Option<StatusRange> {
    let (from, to) = match text.strip_suffix("xx") {
        Some(class) => {
            let class: u16 = class.parse().ok().filter(|class| *class < 10)?;
            (class * 100, class * 100 + 99)
        }
        None => {
            let status = text.parse().ok()?;
            (status, status)
        }
    };
    (from >= 100 && to <= 599).then_some(StatusRange { from, to })
}

/// A pattern over a text.
pub(super) fn pattern(at: &At<'_>, report: &mut Report) -> Option<regex::Regex> {
    let text = at.text(report)?;
    let outcome = regex::Regex::new(&text).map_err(|error| {
        // The crate draws the pattern with a marker over several lines; the last says it all.
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default();
        let reason = reason.strip_prefix("error: ").unwrap_or(reason);
        format!("{text:?} is not a regular expression: {reason}")
    });
    at.parsed(report, outcome)
}

/// Compiles a JSONPath query.
pub(super) fn json_path(text: &str) -> Result<JsonPath, String> {
    JsonPath::parse(text).map_err(|error| {
        format!(
            "{text:?} is not a JSONPath (write $.answer or $.docs[*].id): {} at position {}",
            error.message(),
            error.position() + 1
        )
    })
}

fn json_expectation(at: &At<'_>, report: &mut Report) -> Option<JsonExpectation> {
    if let Some([(entry, value)]) = at.as_entries().as_deref() {
        if entry.key == "min_items" || entry.key == "min-items" {
            let least = value.count(report, 0)?;
            return Some(JsonExpectation::MinItems(least as usize));
        }
        if entry.key == "equals" {
            return Some(JsonExpectation::Equals(value.json(report)));
        }
    }
    if let Some(near) = mistyped(at) {
        at.problem(report, near);
        return None;
    }
    let word = at.as_scalar().map(Scalar::value);
    Some(match word.as_ref().and_then(Value::as_str) {
        Some("exists") => JsonExpectation::Exists,
        Some("non_empty" | "non-empty") => JsonExpectation::NonEmpty,
        _ => JsonExpectation::Equals(at.json(report)),
    })
}

/// What is nearly one of the words, and would be compared with the answer as it stands.
fn mistyped(at: &At<'_>) -> Option<String> {
    let near = |found: &str, words: [&'static str; 2]| {
        let bare = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
        let same = words.into_iter().find(|word| bare(word) == bare(found));
        same.or_else(|| nearest(&normalised(found).to_lowercase(), words))
    };
    if let Some([(entry, _)]) = at.as_entries().as_deref() {
        let (key, near) = (&entry.key, near(&entry.key, ["min_items", "equals"])?);
        return Some(format!(
            "unknown key `{key}`; did you mean `{near}`? (to compare with this map, write \
             {{ equals: {{ {key}: ... }} }})"
        ));
    }
    let Some(Value::String(word)) = at.as_scalar().map(Scalar::value) else {
        return None;
    };
    if matches!(word.as_str(), "exists" | "non_empty" | "non-empty") {
        return None;
    }
    let near = near(&word, ["exists", "non_empty"])?;
    Some(format!(
        "unknown word `{word}`; did you mean `{near}`? (to compare with this text, write \
         {{ equals: {word} }})"
    ))
}

/// A name alone, or a map of names to `exists`, a text, or `{ matches: … }`.
fn header_expectations(at: &At<'_>, report: &mut Report) -> Vec<(String, HeaderExpectation)> {
    if at.as_scalar().is_some() {
        let name = at.text(report);
        return name
            .map(|name| (name.to_ascii_lowercase(), HeaderExpectation::Exists))
            .into_iter()
            .collect();
    }
    let mut list = Vec::new();
    for (entry, value) in at.entries(report, "a map such as { X-Cache: HIT }") {
        let expectation = if value.as_entries().is_some() {
            let fields = value.fields(&HEADER_KEYS, report, "a map such as { matches: \"HIT.*\" }");
            let matches = fields.and_then(|fields| fields.get("matches"));
            matches
                .and_then(|at| pattern(&at, report))
                .map(HeaderExpectation::Matches)
        } else {
            value.text(report).map(|text| match text.as_str() {
                "exists" => HeaderExpectation::Exists,
                _ => HeaderExpectation::Equals(text),
            })
        };
        list.extend(expectation.map(|found| (entry.key.to_ascii_lowercase(), found)));
    }
    list
}

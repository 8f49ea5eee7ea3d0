//! A failure that an answer tells of within itself, its status notwithstanding.
//!
//! Owns how services word such failures. Must not know how an answer is found to hold one.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

/// Characters of a message that are kept.
const LONGEST: usize = 300;
/// Characters of a message that stands for a missing code.
const LONGEST_LABEL: usize = 80;

/// What a limit upstream looks like in a code or a message.
static RATE_LIMITED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"(?i)rate.?limit|\b429\b|quota|too many requests";
    Regex::new(words).ok()
});

/// A failure told within an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamError {
    /// Its code or type: `overloaded_error`, `502`.
    pub code: Option<String>,
    /// Its message, cut where it is long; may be empty.
    pub message: String,
}

impl StreamError {
    /// The failure an event tells of: JSON in one of the usual forms, or a plain text.
    pub(super) fn of(data: &[u8]) -> StreamError {
        match serde_json::from_slice::<Value>(data) {
            Ok(Value::Object(fields)) => of_object(&fields),
            Ok(Value::String(message)) => StreamError::plain(&message),
            Ok(_) | Err(_) => StreamError::plain(&String::from_utf8_lossy(data)),
        }
    }

    fn plain(message: &str) -> StreamError {
        StreamError {
            code: None,
            message: cut(message.trim(), LONGEST),
        }
    }

    /// What tells one kind of failure from another: the code, else how the message begins.
    #[must_use]
    pub fn label(&self) -> String {
        let first_line = self.message.lines().next().unwrap_or_default();
        match &self.code {
            Some(code) => code.clone(),
            None if first_line.is_empty() => "without a message".to_owned(),
            None => cut(first_line, LONGEST_LABEL),
        }
    }

    /// Whether it is a limit on requests or tokens, at the service or behind it.
    #[must_use]
    pub fn is_rate_limit(&self) -> bool {
        let matches = |text: &str| {
            RATE_LIMITED
                .as_ref()
                .is_some_and(|words| words.is_match(text))
        };
        self.code.as_deref().is_some_and(matches) || matches(&self.message)
    }
}

/// `{"error": {…}}`, `{"error": "…"}`, or an object that is the failure itself.
fn of_object(fields: &Map<String, Value>) -> StreamError {
    let inner = match fields.get("error") {
        Some(Value::Object(inner)) => inner,
        Some(Value::String(message)) => {
            return StreamError {
                code: code(fields),
                ..StreamError::plain(message)
            };
        }
        _ => fields,
    };
    let text = |key: &str| inner.get(key).and_then(Value::as_str);
    let keys = ["message", "msg", "detail", "description", "reason"];
    let message = keys.into_iter().find_map(text).unwrap_or_default();
    StreamError {
        code: code(inner),
        ..StreamError::plain(message)
    }
}

fn code(fields: &Map<String, Value>) -> Option<String> {
    let keys = ["code", "type", "status"];
    let found = keys.into_iter().filter_map(|key| fields.get(key));
    let shown = |value: &Value| match value {
        Value::String(text) if !text.is_empty() && text != "error" => Some(cut(text, 40)),
        Value::Number(number) if number.as_f64() != Some(0.0) => Some(number.to_string()),
        _ => None,
    };
    found.filter_map(shown).next()
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_form_of_a_failure_is_understood() {
        for (data, code, message) in [
            (
                r#"{"error":{"message":"Boom","type":"server_error","code":null}}"#,
                Some("server_error"),
                "Boom",
            ),
            (
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                Some("overloaded_error"),
                "Overloaded",
            ),
            (
                r#"{"id":"x","error":{"code":502,"message":"Provider disconnected"},"choices":[]}"#,
                Some("502"),
                "Provider disconnected",
            ),
            (r#"{"error":"no context found"}"#, None, "no context found"),
            (
                r#"{"event":"error","status":400,"code":"invalid_param","message":"No such app"}"#,
                Some("invalid_param"),
                "No such app",
            ),
            (
                r#"{"code":102,"message":"You don't own the chat"}"#,
                Some("102"),
                "You don't own the chat",
            ),
            (r#""just a text""#, None, "just a text"),
            ("  Something broke\n", None, "Something broke"),
            ("", None, ""),
            ("[1]", None, "[1]"),
        ] {
            let error = StreamError::of(data.as_bytes());
            assert_eq!(error.code.as_deref(), code, "{data}");
            assert_eq!(error.message, message, "{data}");
        }
    }

    #[test]
    fn a_label_is_short_and_a_limit_is_known_by_its_words() {
        let long = StreamError::of("ä".repeat(500).as_bytes());
        assert_eq!(long.label().chars().count(), LONGEST_LABEL + 1);
        assert_eq!(long.message.chars().count(), LONGEST + 1);
        for (data, limited) in [
            (r#"{"error":{"code":"rate_limit_exceeded"}}"#, true),
            (r#"{"error":{"code":429,"message":"slow down"}}"#, true),
            (r#"{"error":"Too Many Requests"}"#, true),
            (r#"{"error":"upstream said 4290 things"}"#, false),
        ] {
            assert_eq!(
                StreamError::of(data.as_bytes()).is_rate_limit(),
                limited,
                "{data}"
            );
        }
    }
}

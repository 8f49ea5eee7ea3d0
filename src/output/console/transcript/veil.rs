//! What may be shown of a request and its answer: secrets masked by their value and by their name.
//!
//! Owns what is learnt on the way: a token that one answer brought is masked in all that follows.
//! Must not know how anything is laid out.

use std::sync::LazyLock;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderName, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;
use serde_json::Value;

use crate::model::secret::MASK;
use crate::model::secret_keys::{is_authorizing, is_secret_key, secret_values, without_pairs};
use crate::model::{Masker, Secret};
use crate::scenario::is_scheme;

/// How names of secrets end, in lower case, without what separates words.
const ENDINGS: &[&str] = &["token", "secret", "password", "apikey", "jwt"];

/// Shorter values are learnt by nobody: they stand in ordinary texts too.
const SHORTEST_LEARNT: usize = 6;

/// A value under the name `token` that is shorter, and of letters or digits alone, is a word of a
/// language model's answer.
const SHORTEST_TOKEN: usize = 16;

/// User and password in an address.
static CREDENTIALS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@"'<>]+@"#).ok());

/// Masks what must not be seen.
pub(super) struct Veil {
    masker: Masker,
}

impl Veil {
    /// One that knows the secrets of a scenario.
    pub(super) fn new(masker: Masker) -> Self {
        Veil { masker }
    }

    /// Any text: known secrets and credentials in addresses masked.
    pub(super) fn text(&self, text: &str) -> String {
        let text = self.masker.mask(text);
        match CREDENTIALS.as_ref() {
            Some(pattern) => (pattern.replace_all(&text, format!("${{1}}{MASK}@"))).into_owned(),
            None => text,
        }
    }

    /// A query, a form or a text in which pairs of names and values may stand.
    pub(super) fn pairs(&mut self, text: &str) -> String {
        let found: Vec<String> = secret_values(text).map(str::to_owned).collect();
        found.iter().for_each(|value| self.learn(value));
        self.text(&without_pairs(text))
    }

    /// The value of a header.
    pub(super) fn header(&mut self, name: &HeaderName, value: &HeaderValue) -> String {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if *name == COOKIE {
            let pairs = text.split(';').map(str::trim);
            return pairs
                .map(|pair| self.cookie(pair))
                .collect::<Vec<_>>()
                .join("; ");
        }
        if *name == SET_COOKIE {
            let (pair, attributes) = text.split_at(text.find(';').unwrap_or(text.len()));
            return self.cookie(pair) + &self.text(attributes);
        }
        if !is_authorizing(name.as_str()) {
            return self.pairs(&text);
        }
        match text.split_once(' ') {
            Some((scheme, secret)) if is_scheme(scheme) => {
                self.learn(secret);
                format!("{scheme} {MASK}")
            }
            _ => {
                self.learn(&text);
                MASK.to_owned()
            }
        }
    }

    fn cookie(&mut self, pair: &str) -> String {
        match pair.split_once('=') {
            Some((name, value)) => {
                self.learn(value);
                format!("{}={MASK}", self.text(name))
            }
            None => MASK.to_owned(),
        }
    }

    /// A value with what its keys call secret masked.
    pub(super) fn json(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(self.pairs(text)),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| (self.text(key), self.named(key, value)))
                .collect(),
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(number) => {
                let shown = self.text(&number.to_string());
                if shown == number.to_string() {
                    value.clone()
                } else {
                    Value::from(shown)
                }
            }
        }
    }

    /// The value of something of this name: a key, a variable, a column.
    pub(super) fn named(&mut self, name: &str, value: &Value) -> Value {
        if !is_secret_name(name) {
            return self.json(value);
        }
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::String(text) if is_word_of_an_answer(name, text) => self.json(value),
            Value::Number(number) if is_word_of_an_answer(name, &number.to_string()) => {
                value.clone()
            }
            Value::String(_) | Value::Number(_) => {
                self.learn(value.as_str().unwrap_or(&value.to_string()));
                Value::from(MASK)
            }
            Value::Array(items) => items.iter().map(|item| self.named(name, item)).collect(),
            // All that is below is secret, whatever it is called.
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| (self.text(key), self.named("secret", value)))
                .collect(),
        }
    }

    /// Masks this value from now on.
    fn learn(&mut self, value: &str) {
        let value = value.trim();
        if value.len() >= SHORTEST_LEARNT {
            self.masker.add(Secret::new(value));
            let encoded = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
            self.masker.add(Secret::new(encoded));
        }
    }
}

/// Whether something of this name is a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let bare = bare(name);
    is_secret_key(name) || ENDINGS.iter().any(|ending| bare.ends_with(ending))
}

/// The last part of a name, as it is compared.
fn bare(name: &str) -> String {
    let mut parts = name.rsplit(['[', ']', '.', '\'', '"']);
    let last = parts.find(|part| !part.is_empty()).unwrap_or_default();
    let letters = last.chars().filter(|c| c.is_alphanumeric());
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// Language models speak in tokens too: `"token": " world"`.
fn is_word_of_an_answer(name: &str, text: &str) -> bool {
    let bare = bare(name);
    let is_ambiguous = bare == "token" || bare.ends_with("token") && !is_secret_key(name);
    let has = |of: fn(char) -> bool| text.chars().any(of);
    let is_mixed = has(char::is_alphabetic) && has(|c| c.is_ascii_digit());
    is_ambiguous && text.chars().count() < SHORTEST_TOKEN && !is_mixed
}

#[cfg(test)]
mod tests {
    use http::header::{AUTHORIZATION, LOCATION};
    use serde_json::json;

    use super::*;

    fn header(veil: &mut Veil, name: &HeaderName, value: &'static str) -> String {
        veil.header(name, &HeaderValue::from_static(value))
    }

    #[test]
    fn headers_are_masked_by_their_names() {
        let mut veil = Veil::new(Masker::new([Secret::new("known-secret")]));
        let own = |name: &'static str| HeaderName::from_static(name);
        for (name, value, shown) in [
            (AUTHORIZATION, "Bearer abc.def", "Bearer ***"),
            (AUTHORIZATION, "abc.def", "***"),
            (own("x-api-key"), "k-1", "***"),
            (own("x-auth"), "1", "***"),
            (COOKIE, "session=s-9; lang=en", "session=***; lang=***"),
            (
                SET_COOKIE,
                "session=s-9; Path=/; HttpOnly",
                "session=***; Path=/; HttpOnly",
            ),
            (
                LOCATION,
                "https://me:pw@host/cb?code=1&token=abc123",
                "https://***@host/cb?code=1&token=***",
            ),
            (own("x-trace"), "with known-secret in it", "with *** in it"),
            (own("x-ratelimit-remaining-tokens"), "149984", "149984"),
            (own("content-type"), "application/json", "application/json"),
        ] {
            assert_eq!(header(&mut veil, &name, value), shown, "{name}: {value}");
        }
    }

    #[test]
    fn values_are_masked_by_their_keys_at_any_depth() {
        let mut veil = Veil::new(Masker::default());
        let shown = veil.json(&json!({
            "user": "me", "Password": "hunter2", "pin": 1234,
            "auth": { "kind": "basic", "n": 17 }, "ok": true,
            "list": [{ "access_token": "x" }], "csrf_token": "a1b2c3", "usage": { "max_tokens": 5 },
            "next": "/cb?api_key=k-77&x=1",
        }));
        assert_eq!(
            shown,
            json!({
                "user": "me", "Password": "***", "pin": 1234,
                "auth": { "kind": "***", "n": "***" }, "ok": true,
                "list": [{ "access_token": "***" }], "csrf_token": "***",
                "usage": { "max_tokens": 5 },
                "next": "/cb?api_key=***&x=1",
            })
        );
    }

    #[test]
    fn the_tokens_of_a_language_model_are_no_secrets() {
        let mut veil = Veil::new(Masker::default());
        for (value, shown) in [
            (json!(" world"), json!(" world")),
            (json!("2023"), json!("2023")),
            (json!(1917), json!(1917)),
            (json!("s3cr3t"), json!("***")),
            (json!("a-long-token-of-words"), json!("***")),
        ] {
            assert_eq!(veil.named("token", &value), shown, "{value}");
        }
        assert_eq!(veil.named("access_token", &json!("world")), json!("***"));
    }

    #[test]
    fn what_was_masked_once_is_masked_wherever_it_comes_again() {
        let mut veil = Veil::new(Masker::default());
        veil.json(&json!({ "access_token": "abc/def-99" }));
        assert_eq!(
            veil.text("GET /x/abc/def-99?y=abc%2Fdef%2D99"),
            "GET /x/***?y=***"
        );
    }
}

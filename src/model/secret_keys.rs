//! Which names say that their value is a secret: keys, parameters, headers.
//!
//! Owns that list, and the masking of `key=value` and `"key": value` in any text. Must not know
//! where texts come from.

use std::sync::LazyLock;

use regex::{Captures, Match, Regex};

use super::secret::MASK;

/// Keys whose values are never shown, in lower case, without what separates words.
const SECRET_KEYS: &str = "password passwd pwd pass passphrase secret clientsecret token \
    accesstoken refreshtoken idtoken apikey xapikey authorization auth credential credentials \
    privatekey signature";

/// Headers that carry credentials whatever their value looks like.
const AUTHORIZING: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
];

/// `key=value` of a query or a form, or `"key": value` of JSON.
static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pair = r#"(?:(?P<key>[\w.\[\]-]+)=|"(?P<name>[^"\\]+)"\s*:\s*)"#;
    // A text that was cut off may end within a secret.
    let value =
        r#""(?P<quoted>(?:[^"\\]|\\.)*)(?:"|\\?$)|(?P<bare>(?:\{\{.*?\}\}|[^&\s#",{}\[\]])+)"#;
    Regex::new(&format!("{pair}(?:{value})")).ok()
});

/// Whether the value of a key, header or parameter of this name is a secret. Of `user[password]`
/// and `user.password` the last part counts.
#[must_use]
pub fn is_secret_key(key: &str) -> bool {
    let mut parts = key.rsplit(['[', ']', '.']);
    let last = parts.find(|part| !part.is_empty()).unwrap_or_default();
    let bare: String = last
        .chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    SECRET_KEYS.split(' ').any(|key| key == bare)
}

/// Whether a header of this name lets somebody in.
#[must_use]
pub fn is_authorizing(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // `x-ratelimit-remaining-tokens` counts what may still be asked.
    if name.contains("ratelimit") || name.contains("rate-limit") {
        return false;
    }
    let parts = [
        "api-key",
        "apikey",
        "token",
        "secret",
        "auth-key",
        "access-key",
        "password",
        "signature",
    ];
    AUTHORIZING.contains(&name.as_str())
        || name.starts_with("x-auth")
        || is_secret_key(&name)
        || parts.iter().any(|part| name.contains(part))
}

/// Whether a value is `true` or `false`: no secret, whatever its key.
#[must_use]
pub fn is_truth_value(text: &str) -> bool {
    ["true", "false"].contains(&text.to_ascii_lowercase().as_str())
}

/// The values of the secret pairs of a query, a form or a JSON text.
pub fn secret_values(text: &str) -> impl Iterator<Item = &str> {
    let pairs = PAIR.iter().flat_map(move |pair| pair.captures_iter(text));
    pairs.filter_map(|found| secret_value(&found).map(|value| value.as_str()))
}

/// The text with the values of its secret pairs masked where they stand, templates left alone.
#[must_use]
pub fn without_pairs(text: &str) -> String {
    let Some(pair) = PAIR.as_ref() else {
        return text.to_owned();
    };
    let masked = pair.replace_all(text, |found: &Captures<'_>| {
        let start = found.get(0).map_or(0, |whole| whole.start());
        let whole = &found[0];
        match secret_value(found).filter(|value| !value.as_str().contains("{{")) {
            Some(value) => {
                let (before, after) = (
                    &whole[..value.start() - start],
                    &whole[value.end() - start..],
                );
                format!("{before}{MASK}{after}")
            }
            None => whole.to_owned(),
        }
    });
    masked.into_owned()
}

fn secret_value<'t>(found: &Captures<'t>) -> Option<Match<'t>> {
    let key = found.name("key").or_else(|| found.name("name"))?;
    let value = found.name("quoted").or_else(|| found.name("bare"))?;
    let named = is_secret_key(key.as_str());
    (named && !value.is_empty() && !is_truth_value(value.as_str())).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_secret_keys_are_masked_where_they_stand() {
        let cases = [
            ("token=token&q=a", "token=***&q=a"),
            (
                r#"{"q": "a", "access_token": "ab\"c", "n": 1}"#,
                r#"{"q": "a", "access_token": "***", "n": 1}"#,
            ),
            (r#"{"password": "cut o"#, r#"{"password": "***"#),
            (r#"{"password": "cut o\"#, r#"{"password": "***\"#),
            ("nothing here", "nothing here"),
        ];
        for (text, masked) in cases {
            assert_eq!(without_pairs(text), masked);
        }
    }

    #[test]
    fn how_much_may_still_be_asked_is_no_secret() {
        assert!(is_authorizing("X-Auth-Token") && is_authorizing("Set-Cookie"));
        assert!(!is_authorizing("x-ratelimit-remaining-tokens"));
        assert!(!is_authorizing("anthropic-ratelimit-tokens-limit"));
    }
}

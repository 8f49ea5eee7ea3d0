//! JSON that is broken in the one way streams break it.
//!
//! A service that cuts a text between the two halves of a character writes each half as an
//! escape of its own, which no JSON parser accepts. Must not know what the JSON is for.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Pairs of halves, escaped backslashes, and halves alone.
static HALVES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let high = r"\\u[dD][89abAB][0-9a-fA-F]{2}";
    let low = r"\\u[dD][c-fC-F][0-9a-fA-F]{2}";
    Regex::new(&format!(r"(?P<whole>{high}{low}|\\\\)|{high}|{low}")).ok()
});

/// The text with every half of a character that stands alone replaced.
pub(super) fn without_lone_surrogates(json: &str) -> Cow<'_, str> {
    let Some(halves) = HALVES.as_ref() else {
        return Cow::Borrowed(json);
    };
    halves.replace_all(json, |found: &Captures<'_>| match found.name("whole") {
        Some(whole) => whole.as_str().to_owned(),
        None => "\\ufffd".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_halves_that_stand_alone_are_replaced() {
        for (json, repaired) in [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""a\ud83d""#, r#""a\ufffd""#),
            (r#""\uDE00b""#, r#""\ufffdb""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            ("plain", "plain"),
        ] {
            assert_eq!(without_lone_surrogates(json), repaired);
        }
    }
}

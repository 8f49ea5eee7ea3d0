//! `${NAME}` and `${NAME:-default}` within scalars.
//!
//! Must not know any key. A variable that is not set spoils its scalar only: whoever reads that
//! scalar reports it, so that a key nobody uses asks for nothing.

use crate::model::secret::MASK;

use super::environment::Environment;
use super::problems::Report;
use super::tree::{Filled, Kind, Node};

/// Parts of a variable's name that say its value must not be shown.
const SECRET_NAMES: &[&str] = &[
    "TOKEN",
    "KEY",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "AUTH",
    "CREDENTIAL",
    "COOKIE",
    "BEARER",
    "PASSPHRASE",
    "SIGNATURE",
];

/// Words that say so only where they stand alone: `DB_PW`, not `COMPASS`.
const SECRET_WORDS: &[&str] = &["PW", "PWD", "PASS", "CREDS"];

/// Defaults may hold variables again, so deep.
const DEEPEST: usize = 8;

/// Substitutes the variables of every scalar of a tree.
pub(super) fn substitute(root: &mut Node, environment: &Environment, report: &mut Report) {
    root.visit_scalars(&mut |node| {
        let Kind::Scalar(scalar) = &mut node.kind else {
            return;
        };
        if !scalar.text.contains('$') {
            return;
        }
        let mut found = Found::default();
        match expand(&scalar.text, environment, &mut found, 0) {
            Ok(text) => {
                scalar.text = text.real;
                scalar.filled = found.filled();
                scalar.masked = (scalar.filled == Filled::Secret).then_some(text.shown);
                found
                    .secrets
                    .iter()
                    .for_each(|secret| report.secret(secret));
            }
            Err(message) => node.kind = Kind::Unusable(message),
        }
    });
}

/// What was met while one scalar was expanded.
#[derive(Default)]
struct Found {
    empty: bool,
    filled: bool,
    secrets: Vec<String>,
}

impl Found {
    fn filled(&self) -> Filled {
        match (self.secrets.is_empty(), self.filled, self.empty) {
            (false, _, _) => Filled::Secret,
            (true, true, _) => Filled::Value,
            (true, false, true) => Filled::Empty,
            (true, false, false) => Filled::AsWritten,
        }
    }
}

/// A text with its variables put in, and the same with the secret ones masked.
#[derive(Debug, Default, PartialEq, Eq)]
struct Expanded {
    real: String,
    shown: String,
}

impl Expanded {
    fn push_str(&mut self, text: &str) {
        self.real.push_str(text);
        self.shown.push_str(text);
    }

    fn push(&mut self, other: &Expanded) {
        self.real.push_str(&other.real);
        self.shown.push_str(&other.shown);
    }
}

fn expand(
    text: &str,
    environment: &Environment,
    found: &mut Found,
    depth: usize,
) -> Result<Expanded, String> {
    let mut out = Expanded::default();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push_str("$");
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            let end = closing(after).filter(|_| depth < DEEPEST).ok_or_else(|| {
                "`${` without its `}`: write ${NAME} or ${NAME:-default}, and $${ for the \
                 characters themselves"
                    .to_owned()
            })?;
            out.push(&value(&after[..end], environment, found, depth)?);
            rest = &after[end + 1..];
        } else {
            // JSONPath and patterns are full of lone dollars.
            out.push_str("$");
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// The index of the `}` that ends a variable, those within its default skipped.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut previous = ' ';
    for (index, character) in text.char_indices() {
        match character {
            '{' if previous == '$' => depth += 1,
            '}' if depth == 0 => return Some(index),
            '}' => depth -= 1,
            _ => {}
        }
        previous = character;
    }
    None
}

fn value(
    inner: &str,
    environment: &Environment,
    found: &mut Found,
    depth: usize,
) -> Result<Expanded, String> {
    let (name, default) = match inner.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inner, None),
    };
    if !is_name(name) {
        return Err(format!(
            "`${{{inner}}}` names no variable: write ${{NAME}} or ${{NAME:-default}}, and $${{ \
             for the characters themselves"
        ));
    }
    let plain = |value: &str| Expanded {
        real: value.to_owned(),
        shown: value.to_owned(),
    };
    let mut value = match (environment.get(name), default) {
        // As in a shell, `:-` also stands in for a variable that is set but empty.
        (Some(value), None) => plain(value),
        (Some(value), Some(_)) if !value.is_empty() => plain(value),
        (_, Some(default)) => expand(default, environment, found, depth + 1)?,
        (None, None) => {
            return Err(format!(
                "the variable {name} is not set: set it, put it into .env, or write \
                 ${{{name}:-default}}"
            ));
        }
    };
    if value.real.is_empty() {
        found.empty = true;
    } else {
        found.filled = true;
        if is_secret(name) {
            found.secrets.push(value.real.clone());
            MASK.clone_into(&mut value.shown);
        }
    }
    Ok(value)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a variable's name says that its value is a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    SECRET_NAMES.iter().any(|part| name.contains(part))
        || name.split('_').any(|word| SECRET_WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn expanded(text: &str) -> Result<(String, Filled), String> {
        let process = [("NAME", "x"), ("EMPTY", ""), ("API_KEY", "sk-1234")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment = Environment::new(BTreeMap::from(process), None);
        let mut found = Found::default();
        let text = expand(text, &environment, &mut found, 0)?;
        Ok((text.real, found.filled()))
    }

    #[test]
    fn names_that_say_secret_are_told_from_those_that_do_not() {
        for name in ["PW", "DB_PWD", "pass", "X_PASS_1", "PASSWORD", "RAG_TOKEN"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["COMPASS", "BYPASS", "HOST", "PWDX", "SESSION"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn variables_are_put_in() {
        for (text, expected, filled) in [
            ("a ${NAME} b", "a x b", Filled::Value),
            ("${NONE:-10}", "10", Filled::Value),
            ("${EMPTY:-10}", "10", Filled::Value),
            ("Bearer ${NONE:-}", "Bearer ", Filled::Empty),
            ("${EMPTY}", "", Filled::Empty),
            ("${NONE:-${NAME}}", "x", Filled::Value),
            ("$${NAME} $$", "${NAME} $", Filled::AsWritten),
            ("$.answer and ^a$", "$.answer and ^a$", Filled::AsWritten),
            ("Bearer ${API_KEY}", "Bearer sk-1234", Filled::Secret),
        ] {
            assert_eq!(expanded(text), Ok((expected.to_owned(), filled)), "{text}");
        }
    }

    #[test]
    fn what_is_not_set_or_malformed_is_told() {
        for (text, part) in [
            ("${NONE}", "the variable NONE is not set"),
            ("${NAME", "without its `}`"),
            ("${}", "names no variable"),
            ("${a b}", "names no variable"),
            ("${NAME:?must}", "names no variable"),
        ] {
            assert!(expanded(text).unwrap_err().contains(part), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[${}:A-Z\\-é ]{0,40}") {
            let _ = expanded(&text);
        }
    }
}

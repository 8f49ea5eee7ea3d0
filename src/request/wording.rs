//! What goes wrong in templates, in words for the people who wrote them.
//!
//! Must not know how templates are evaluated.

use minijinja::{Environment, Error, ErrorKind};
use serde_json::Value;

use super::{Scope, TemplateError};

/// At most so many names are listed in a message.
const LISTED: usize = 12;

/// An error of the template engine as a fragment; `paths` are the attribute paths the template
/// takes from its scope.
pub(super) fn of_error(error: &Error, paths: &[String], scope: &Scope) -> TemplateError {
    let missing = (error.kind() == ErrorKind::UndefinedError)
        .then(|| paths.iter().find_map(|path| missing(path, scope)))
        .flatten();
    TemplateError(missing.unwrap_or_else(|| plain(error)))
}

/// An error found when compiling.
pub(super) fn of_syntax(error: &Error, source: &str) -> TemplateError {
    let what = unclosed(source).unwrap_or_else(|| plain(error));
    TemplateError(format!("not a valid template: {what}"))
}

/// Says that a tag is not closed, where no other is opened before its end.
fn unclosed(source: &str) -> Option<String> {
    let is_open = |open: &str, close: &str| {
        let opened = source.split(open).skip(1);
        let mut inner = opened.filter(|inner| !inner.contains(close));
        inner.next().is_some()
    };
    let pairs = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let (open, close) = pairs
        .into_iter()
        .find(|(open, close)| is_open(open, close))?;
    Some(format!(
        "`{open}` without its `{close}`: `{close}` is missing"
    ))
}

fn plain(error: &Error) -> String {
    match (error.kind(), error.detail()) {
        (ErrorKind::InvalidOperation | ErrorKind::SyntaxError, Some(detail)) => detail.to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    }
}

/// Why `path` leads nowhere in this scope; none when it leads somewhere.
fn missing(path: &str, scope: &Scope) -> Option<String> {
    let mut segments = path.split('.');
    let root = segments.next()?;
    if root == "user" {
        return segments
            .next()
            .filter(|name| !matches!(*name, "id" | "class"))
            .map(|_| format!("{path}: a user has only id and class"));
    }
    if super::Template::BUILT_IN.contains(&root) {
        return None;
    }
    let Some(mut value) = scope.variables.get(root) else {
        return Some(format!("{root} is not set"));
    };
    let mut walked = root.to_owned();
    for segment in segments {
        match step(value, segment) {
            Some(next) => value = next,
            None => {
                return Some(format!(
                    "{path}: {}",
                    describe(value, &walked, root, segment)
                ));
            }
        }
        walked.push('.');
        walked.push_str(segment);
    }
    None
}

fn step<'a>(value: &'a Value, segment: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(segment),
        Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn describe(value: &Value, walked: &str, root: &str, segment: &str) -> String {
    let row = walked == root;
    match value {
        Value::Object(fields) => {
            let names: Vec<&str> = fields.keys().take(LISTED).map(String::as_str).collect();
            let (whole, part) = if row {
                ("the row", "column ")
            } else {
                (walked, "")
            };
            format!(
                "{whole} has no {part}`{segment}` (it has: {})",
                names.join(", ")
            )
        }
        Value::String(_) if row => "the row is a text and has no columns".to_owned(),
        Value::Null => format!("{walked} is null"),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            format!("{walked} has no `{segment}`")
        }
    }
}

/// A filter or test the engine does not know: it would tell only when the template is rendered.
pub(super) fn unknown_filter_or_test(env: &Environment<'_>, source: &str) -> Option<String> {
    if source.contains("raw") {
        return None;
    }
    let mut state = env.empty_state();
    words_in_tags(source).into_iter().find_map(|(role, name)| {
        let result = match role {
            Role::Filter => state.apply_filter(&name, &[]).map(|_| ()),
            Role::Test => state.perform_test(&name, &[]).map(|_| ()),
        };
        match result.map_err(|error| error.kind()) {
            Err(ErrorKind::UnknownFilter) => Some(format!("unknown filter `{name}`")),
            Err(ErrorKind::UnknownTest) => Some(format!("unknown test `{name}`")),
            Ok(()) | Err(_) => None,
        }
    })
}

#[derive(Clone, Copy)]
enum Role {
    Filter,
    Test,
}

/// The words that follow `|` (filters) and `is` (tests) between `{{ … }}` and `{% … %}`, outside
/// quotes.
fn words_in_tags(source: &str) -> Vec<(Role, String)> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        rest = words_in_tag(&rest[start + 2..], &mut found);
    }
    found
}

/// Reads one tag; returns what follows it.
fn words_in_tag<'a>(tag: &'a str, found: &mut Vec<(Role, String)>) -> &'a str {
    let mut rest = tag;
    let mut role = None;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("}}") || rest.starts_with("%}") {
            return &rest[2..];
        }
        if c == '"' || c == '\'' {
            rest = after_quoted(&rest[1..], c);
            role = None;
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            let word = &rest[..end];
            rest = &rest[end..];
            role = match (role.take(), word) {
                (Some(Role::Test), "not") | (None, "is") => Some(Role::Test),
                (Some(role), word) => {
                    found.push((role, word.to_owned()));
                    None
                }
                (None, _) => None,
            };
        } else {
            if c == '|' {
                role = Some(Role::Filter);
            } else if !c.is_whitespace() {
                role = None;
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    rest
}

fn after_quoted(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return &text[at + 1..];
        }
    }
    ""
}

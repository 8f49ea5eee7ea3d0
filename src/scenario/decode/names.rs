//! Whether the names a template uses will be there when it is rendered.
//!
//! Must not know how templates are compiled.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use crate::request::DataSet;
use crate::request::conversation::VARIABLES;
use crate::request::template::Template;

use super::super::problems::{Report, nearest};
use super::value::At;

/// At most so many columns are named in a warning.
const LISTED: usize = 8;

/// The message for a name nothing defines.
pub(super) fn unknown_name(name: &str, known: &BTreeSet<String>) -> String {
    if VARIABLES.contains(&name) {
        return format!("`{name}` is there only for the requests of a `conversation`");
    }
    let candidates = known.iter().map(String::as_str);
    match nearest(name, candidates.chain(Template::BUILT_IN.iter().copied())) {
        Some(near) => format!("unknown variable `{name}`; did you mean `{near}`?"),
        None if known.is_empty() => format!(
            "unknown variable `{name}`; define it under `data`, or `extract` it in an earlier step"
        ),
        None => {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            format!(
                "unknown variable `{name}`; known here: {}",
                known.join(", ")
            )
        }
    }
}

/// Reports columns that templates below a value take from rows that do not have them, and warns
/// of rows of columns that are put in whole.
pub(super) fn check_columns(at: &At<'_>, data: &[DataSet], report: &mut Report) {
    if let Some(scalar) = at.as_scalar() {
        for (set, column) in columns_used(&scalar.text, data) {
            if let Some(message) = missing_column(set, &column) {
                at.problem(report, message);
            }
        }
        for set in data.iter().filter(|set| is_put_in_whole(&scalar.text, set)) {
            let place = format!("{}: {}", report.origin(at.mark()), at.path);
            report.warn(format!("{place}: {}", whole_row(set)));
        }
    }
    let items = at.as_list().unwrap_or_default();
    let entries = at.as_entries().unwrap_or_default();
    for below in items
        .into_iter()
        .chain(entries.into_iter().map(|(_, value)| value))
    {
        check_columns(&below, data, report);
    }
}

/// `question.text` in `{{ question.text }}`, for each data set.
fn columns_used<'d>(text: &str, data: &'d [DataSet]) -> Vec<(&'d DataSet, String)> {
    let mut used = Vec::new();
    for expression in expressions(text) {
        // Whoever asks whether a column is there knows that it may be missing.
        if expression.contains("default") || expression.contains("defined") {
            continue;
        }
        for set in data {
            let name = regex::escape(&set.name);
            let pattern = format!(r#"(?:^|[^\w."'])({name})\.([A-Za-z_]\w*)\s*(\(?)"#);
            let Ok(pattern) = Regex::new(&pattern) else {
                continue;
            };
            for found in pattern.captures_iter(expression) {
                // A method such as `.items()` is no column.
                if found[3].is_empty() {
                    used.push((set, found[2].to_owned()));
                }
            }
        }
    }
    used
}

/// What stands within `{{ … }}`.
fn expressions(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{")
        .skip(1)
        .filter_map(|rest| rest.split("}}").next())
}

/// `{{ question }}` of rows that have columns. A filter such as `tojson` says it is meant.
fn is_put_in_whole(text: &str, set: &DataSet) -> bool {
    let whole = |expression: &str| {
        let expression = expression.trim_matches(['-', '+']).trim();
        expression == set.name || falls_back_to_whole(expression, set)
    };
    expressions(text).any(whole) && set.rows.iter().any(Value::is_object)
}

/// `question.text | default(question)` of rows that have no such column.
fn falls_back_to_whole(expression: &str, set: &DataSet) -> bool {
    let name = &set.name;
    let Some((column, fallback)) = expression.split_once('|') else {
        return false;
    };
    let column = column.trim().strip_prefix(name.as_str());
    let column = column.and_then(|rest| rest.strip_prefix('.'));
    let is_default = fallback.trim() == format!("default({name})");
    is_default && column.is_some_and(|column| !columns(set).contains(&column))
}

fn whole_row(set: &DataSet) -> String {
    let name = &set.name;
    let columns = columns(set);
    let written: Vec<String> = (columns.iter().take(LISTED))
        .map(
            |column| match column.chars().all(|c| c.is_alphanumeric() || c == '_') {
                true => format!("{{{{ {name}.{column} }}}}"),
                false => format!("{{{{ {name}[{column:?}] }}}}"),
            },
        )
        .collect();
    format!(
        "`{{{{ {name} }}}}` puts in the whole row as an object; write one of its columns: {} (or \
         {{{{ {name} | tojson }}}} if the row is meant)",
        written.join(", ")
    )
}

/// The columns of a data set's rows; none when they are plain texts.
fn columns(set: &DataSet) -> Vec<&str> {
    let mut columns = Vec::new();
    for cells in set.rows.iter().filter_map(Value::as_object) {
        for name in cells.keys().map(String::as_str) {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
    }
    columns
}

fn missing_column(set: &DataSet, column: &str) -> Option<String> {
    let known = columns(set);
    let name = &set.name;
    if set.rows.is_empty() || known.contains(&column) {
        return None;
    }
    if known.is_empty() {
        return Some(format!(
            "`{name}` has no column `{column}`: its rows are plain texts; write {{{{ {name} }}}}"
        ));
    }
    Some(match nearest(column, known.iter().copied()) {
        Some(near) => {
            format!("`{name}` has no column `{column}`; did you mean `{name}.{near}`?")
        }
        None => format!(
            "`{name}` has no column `{column}`; columns: {}",
            known.join(", ")
        ),
    })
}

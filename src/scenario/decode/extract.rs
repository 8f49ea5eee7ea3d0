//! `extract`: values taken out of an answer for later requests.
//!
//! Must not know how they are taken.

use crate::request::extract::{ExtractFrom, Extraction};
use crate::request::template::Template;

use super::super::problems::Report;
use super::expect::{json_path, pattern};
use super::value::{At, Keys};

const KINDS: &[&str] = &["json", "regex", "header"];
pub(super) const KEYS: Keys = Keys {
    known: KINDS,
    later: &[],
};
const WANTED: &str = "a JSONPath such as $.id, or one of { json: $.id }, { regex: \"id=(\\d+)\" }, \
                      { header: X-Id }";

/// Reads a map of variables to places.
pub(super) fn extractions(at: &At<'_>, report: &mut Report) -> Vec<Extraction> {
    let mut list = Vec::new();
    for (entry, value) in at.entries(report, "a map such as { session: $.id }") {
        if let Err(message) = usable_name(&entry.key) {
            report.problem(entry.key_mark, &at.path, message);
        }
        if let Some(from) = place(&value, report) {
            list.push(Extraction {
                variable: entry.key.clone(),
                from,
            });
        }
    }
    list
}

/// Whether templates can speak of a variable of this name.
pub(super) fn usable_name(name: &str) -> Result<(), String> {
    let identifier = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !identifier {
        return Err(format!(
            "{name:?} cannot be used in a template: a variable has letters, digits and `_`"
        ));
    }
    if Template::BUILT_IN.contains(&name) {
        return Err(format!(
            "the name `{name}` is taken by a built-in; choose another"
        ));
    }
    Ok(())
}

fn place(at: &At<'_>, report: &mut Report) -> Option<ExtractFrom> {
    if at.as_scalar().is_some() {
        let text = at.text(report)?;
        return at.parsed(report, json_path(&text)).map(ExtractFrom::Json);
    }
    let fields = at.fields(&KEYS, report, WANTED)?;
    let [kind] = fields.present(KINDS)[..] else {
        at.problem(report, format!("must be {WANTED}"));
        return None;
    };
    let value = fields.get(kind)?;
    match kind {
        "json" => {
            let text = value.text(report)?;
            value
                .parsed(report, json_path(&text))
                .map(ExtractFrom::Json)
        }
        "regex" => pattern(&value, report).map(ExtractFrom::Regex),
        _ => Some(ExtractFrom::Header(
            value.text(report)?.to_ascii_lowercase(),
        )),
    }
}

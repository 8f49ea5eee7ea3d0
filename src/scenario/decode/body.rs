//! Parameters and bodies of a request.
//!
//! Must not know how they are encoded.

use serde_json::Value;

use crate::request::spec::{BodyParts, MultipartPart, PartContent};

use super::super::context::Context;
use super::super::problems::Report;
use super::value::{At, Fields, Keys};

/// The keys that say what is sent along.
pub(in super::super) const BODIES: &[&str] = &["json", "body", "form", "multipart"];
pub(super) const PART_KEYS: Keys = Keys {
    known: &["file", "text", "file_name", "content_type"],
    later: &[],
};

/// The body of a request; several are reported.
pub(super) fn body(fields: &Fields<'_>, context: &mut Context<'_>) -> BodyParts {
    let present = fields.present(BODIES);
    if present.len() > 1 {
        let message = format!("must have one body, found {}", present.join(" and "));
        fields.at.problem(&mut context.report, message);
        return BodyParts::None;
    }
    let Some((kind, at)) = present
        .first()
        .and_then(|kind| Some((*kind, fields.get(kind)?)))
    else {
        return BodyParts::None;
    };
    match kind {
        "json" => BodyParts::Json(at.json(&mut context.report)),
        "body" => at
            .text(&mut context.report)
            .map_or(BodyParts::None, BodyParts::Raw),
        "form" => BodyParts::Form(pairs(&at, &mut context.report)),
        _ => BodyParts::Multipart(multipart(&at, context)),
    }
}

/// Names with their values: a text, a number, a truth value, or a list of these.
pub(super) fn pairs(at: &At<'_>, report: &mut Report) -> Vec<(String, Value)> {
    let mut pairs = Vec::new();
    for (entry, value) in at.entries(report, "a map of names to values") {
        let nested = |at: &At<'_>| at.as_entries().is_some() || at.as_list().is_some();
        let bad = value.as_entries().is_some()
            || value
                .as_list()
                .is_some_and(|items| items.iter().any(nested));
        if bad {
            value.wrong(report, "a text, a number, or a list of them");
        } else {
            pairs.push((entry.key.clone(), value.json(report)));
        }
    }
    pairs
}

fn multipart(at: &At<'_>, context: &mut Context<'_>) -> Vec<MultipartPart> {
    let wanted = "a map of fields to texts or { file: document.pdf }";
    let entries = at.entries(&mut context.report, wanted);
    let mut parts = Vec::new();
    for (entry, value) in entries {
        parts.extend(part(&entry.key, &value, context));
    }
    parts
}

fn part(name: &str, at: &At<'_>, context: &mut Context<'_>) -> Option<MultipartPart> {
    if at.as_scalar().is_some() {
        return Some(MultipartPart {
            name: name.to_owned(),
            content: PartContent::Text(at.text(&mut context.report)?),
            file_name: None,
            content_type: None,
        });
    }
    let wanted = "a text or { file: document.pdf, content_type: application/pdf }";
    let fields = at.fields(&PART_KEYS, &mut context.report, wanted)?;
    let mut text = |key: &str| fields.get(key).and_then(|at| at.text(&mut context.report));
    let (content_type, mut file_name) = (text("content_type"), text("file_name"));
    let content = match (fields.get("file"), fields.get("text")) {
        (Some(file), None) => {
            let (path, bytes) = context.file(&file)?;
            let own = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            file_name = file_name.or(own);
            PartContent::File(bytes.into())
        }
        (None, Some(text)) => PartContent::Text(text.text(&mut context.report)?),
        _ => {
            at.problem(&mut context.report, format!("must be {wanted}"));
            return None;
        }
    };
    Some(MultipartPart {
        name: name.to_owned(),
        content,
        file_name,
        content_type,
    })
}

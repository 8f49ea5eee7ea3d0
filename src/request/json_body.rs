//! JSON bodies: templates stand in string values and are put in as values.
//!
//! Owns the rule that no data can break a body's syntax: JSON is written by a serializer, never
//! put together as text. Must not know requests.

use serde_json::Value;

use super::fields::{Problem, at};
use super::{Scope, Template, TemplateError};

/// A JSON value whose texts may hold templates.
#[derive(Clone, Debug)]
pub(super) enum JsonTemplate {
    /// Holds no template; already written out.
    Constant(Vec<u8>),
    /// One text with templates, and its place in the request.
    Text(String, Template),
    /// A list with templates somewhere in it.
    List(Vec<JsonTemplate>),
    /// An object with templates somewhere in it; keys are written out.
    Object(Vec<(Vec<u8>, JsonTemplate)>),
}

impl JsonTemplate {
    /// Compiles a value at `place`, adding what is wrong to `problems`.
    pub(super) fn compile(value: &Value, place: &str, problems: &mut Vec<Problem>) -> JsonTemplate {
        match value {
            Value::String(text) => match Template::compile(text) {
                Ok(template) if template.is_constant() => Self::constant(value),
                Ok(template) => JsonTemplate::Text(place.to_owned(), template),
                Err(error) => {
                    problems.push((place.to_owned(), error));
                    Self::constant(value)
                }
            },
            Value::Array(items) => {
                let items: Vec<_> = items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| Self::compile(item, &format!("{place}[{i}]"), problems))
                    .collect();
                if items.iter().all(Self::is_constant) {
                    Self::constant(value)
                } else {
                    JsonTemplate::List(items)
                }
            }
            Value::Object(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(key, field)| {
                        let field = Self::compile(field, &format!("{place}.{key}"), problems);
                        (written(&Value::String(key.clone())), field)
                    })
                    .collect();
                if fields.iter().all(|(_, field)| field.is_constant()) {
                    Self::constant(value)
                } else {
                    JsonTemplate::Object(fields)
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Self::constant(value),
        }
    }

    fn constant(value: &Value) -> JsonTemplate {
        JsonTemplate::Constant(written(value))
    }

    pub(super) fn is_constant(&self) -> bool {
        matches!(self, JsonTemplate::Constant(_))
    }

    /// The templates in it, each with its place.
    pub(super) fn templates<'a>(&'a self, found: &mut Vec<(String, &'a Template)>) {
        match self {
            JsonTemplate::Constant(_) => {}
            JsonTemplate::Text(place, template) => found.push((place.clone(), template)),
            JsonTemplate::List(items) => items.iter().for_each(|item| item.templates(found)),
            JsonTemplate::Object(fields) => {
                fields.iter().for_each(|(_, field)| field.templates(found));
            }
        }
    }

    /// Writes the value for this scope.
    pub(super) fn write(&self, scope: &mut Scope, out: &mut Vec<u8>) -> Result<(), TemplateError> {
        match self {
            JsonTemplate::Constant(bytes) => out.extend_from_slice(bytes),
            JsonTemplate::Text(place, template) => {
                let value = template.value(scope).map_err(|error| at(place, &error))?;
                out.extend_from_slice(&written(&value));
            }
            JsonTemplate::List(items) => {
                out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    separate(i, out);
                    item.write(scope, out)?;
                }
                out.push(b']');
            }
            JsonTemplate::Object(fields) => {
                out.push(b'{');
                for (i, (key, field)) in fields.iter().enumerate() {
                    separate(i, out);
                    out.extend_from_slice(key);
                    out.push(b':');
                    field.write(scope, out)?;
                }
                out.push(b'}');
            }
        }
        Ok(())
    }
}

fn separate(index: usize, out: &mut Vec<u8>) {
    if index > 0 {
        out.push(b',');
    }
}

fn written(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

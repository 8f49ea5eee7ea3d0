//! Named values in order, as query strings and forms carry them.
//!
//! Must not know where the encoded text is put.

use serde_json::Value;
use url::form_urlencoded;

use super::values::text_of;
use super::{Scope, Template, TemplateError};

/// One place within a request that can be wrong, and how.
pub(super) type Problem = (String, TemplateError);

/// Fields whose texts may hold templates.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    place: &'static str,
    fields: Vec<(String, Field)>,
}

#[derive(Clone, Debug)]
enum Field {
    Constant(Value),
    Template(Template),
    List(Vec<Field>),
}

impl Fields {
    /// Compiles the fields of `params` or `form`, adding what is wrong to `problems`.
    pub(super) fn compile(
        place: &'static str,
        written: &[(String, Value)],
        problems: &mut Vec<Problem>,
    ) -> Fields {
        let fields = written
            .iter()
            .map(|(name, value)| {
                let field = Field::compile(value, &format!("{place}.{name}"), problems);
                (name.clone(), field)
            })
            .collect();
        Fields { place, fields }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(super) fn is_constant(&self) -> bool {
        self.fields.iter().all(|(_, field)| field.is_constant())
    }

    /// The templates among them, each with its place.
    pub(super) fn templates(&self) -> Vec<(String, &Template)> {
        let mut found = Vec::new();
        for (name, field) in &self.fields {
            field.templates(&format!("{}.{name}", self.place), &mut found);
        }
        found
    }

    /// The fields URL-encoded; null leaves a field out, a list repeats it.
    pub(super) fn encode(&self, scope: &mut Scope) -> Result<String, TemplateError> {
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        for (name, field) in &self.fields {
            let value = field
                .value(scope)
                .map_err(|error| at(&format!("{}.{name}", self.place), &error))?;
            append(&mut encoded, name, &value);
        }
        Ok(encoded.finish())
    }
}

fn append(encoded: &mut form_urlencoded::Serializer<'_, String>, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            for item in items.iter().filter(|item| !item.is_null()) {
                encoded.append_pair(name, &text_of(item));
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            encoded.append_pair(name, &text_of(value));
        }
    }
}

impl Field {
    fn compile(value: &Value, place: &str, problems: &mut Vec<Problem>) -> Field {
        match value {
            Value::String(text) => match Template::compile(text) {
                Ok(template) => Field::Template(template),
                Err(error) => {
                    problems.push((place.to_owned(), error));
                    Field::Constant(Value::Null)
                }
            },
            Value::Array(items) => Field::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| Field::compile(item, &format!("{place}[{i}]"), problems))
                    .collect(),
            ),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                Field::Constant(value.clone())
            }
        }
    }

    fn is_constant(&self) -> bool {
        match self {
            Field::Constant(_) => true,
            Field::Template(template) => template.is_constant(),
            Field::List(items) => items.iter().all(Field::is_constant),
        }
    }

    fn templates<'a>(&'a self, place: &str, found: &mut Vec<(String, &'a Template)>) {
        match self {
            Field::Constant(_) => {}
            Field::Template(template) => found.push((place.to_owned(), template)),
            Field::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    item.templates(&format!("{place}[{i}]"), found);
                }
            }
        }
    }

    fn value(&self, scope: &mut Scope) -> Result<Value, TemplateError> {
        match self {
            Field::Constant(value) => Ok(value.clone()),
            Field::Template(template) => template.value(scope),
            Field::List(items) => items
                .iter()
                .map(|item| item.value(scope))
                .collect::<Result<_, _>>()
                .map(Value::Array),
        }
    }
}

/// The same error with the place within the request in front.
pub(super) fn at(place: &str, error: &TemplateError) -> TemplateError {
    TemplateError(format!("{place}: {error}"))
}

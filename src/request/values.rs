//! Values of the scenario's world (JSON) and of the template engine's, turned into each other.
//!
//! Must not know templates or requests: only the two value types and how they print.

use std::sync::Arc;

use minijinja::value::{Value as Jinja, ValueKind};
use minijinja::{Error, ErrorKind};
use serde_json::{Number, Value};

/// Deeper values than this are refused: they come from a template that builds them in a loop.
const DEEPEST: usize = 128;

/// A scenario's value as templates see it.
pub(super) fn to_jinja(value: &Value) -> Jinja {
    match value {
        Value::Null => Jinja::from(()),
        Value::Bool(flag) => Jinja::from(*flag),
        Value::Number(number) => number_to_jinja(number),
        Value::String(text) => Jinja::from(text.as_str()),
        Value::Array(items) => items.iter().map(to_jinja).collect(),
        Value::Object(fields) => Jinja::from_pairs(
            fields
                .iter()
                .map(|(key, value)| (key.as_str(), to_jinja(value))),
        ),
    }
}

fn number_to_jinja(number: &Number) -> Jinja {
    if let Some(whole) = number.as_i64() {
        Jinja::from(whole)
    } else if let Some(whole) = number.as_u64() {
        Jinja::from(whole)
    } else {
        Jinja::from(number.as_f64().unwrap_or(f64::NAN))
    }
}

/// What a template computed, as a scenario's value.
pub(super) fn from_jinja(value: &Jinja) -> Result<Value, Error> {
    from_jinja_at(value, 0)
}

fn from_jinja_at(value: &Jinja, depth: usize) -> Result<Value, Error> {
    if depth > DEEPEST {
        return Err(invalid("the value is nested too deep"));
    }
    Ok(match value.kind() {
        ValueKind::Undefined => return Err(ErrorKind::UndefinedError.into()),
        ValueKind::None => Value::Null,
        ValueKind::Bool => Value::Bool(value.is_true()),
        ValueKind::Number => number_from_jinja(value)?,
        ValueKind::Seq | ValueKind::Iterable => Value::Array(
            value
                .try_iter()?
                .map(|item| from_jinja_at(&item, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        ValueKind::Map => {
            let mut fields = serde_json::Map::new();
            for key in value.try_iter()? {
                let field = value.get_item(&key)?;
                fields.insert(key.to_string(), from_jinja_at(&field, depth + 1)?);
            }
            Value::Object(fields)
        }
        ValueKind::Invalid => return Err(invalid(value.to_string())),
        _ => Value::String(value.to_string()),
    })
}

fn number_from_jinja(value: &Jinja) -> Result<Value, Error> {
    if value.is_integer() {
        if let Ok(whole) = i64::try_from(value.clone()) {
            return Ok(whole.into());
        }
        if let Ok(whole) = u64::try_from(value.clone()) {
            return Ok(whole.into());
        }
    }
    f64::try_from(value.clone())
        .ok()
        .and_then(Number::from_f64)
        .map(Value::Number)
        .ok_or_else(|| invalid("the number does not fit into JSON"))
}

/// A value as it stands in running text: texts and numbers plain, null as nothing, lists and
/// objects as JSON.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// The same for a template's value, with texts shared where they can be.
pub(super) fn text_of_jinja(value: &Jinja) -> Result<Arc<str>, Error> {
    match value.to_str() {
        Some(text) => Ok(text),
        None if value.is_undefined() => Ok("".into()),
        None => from_jinja(value).map(|value| text_of(&value).into()),
    }
}

fn invalid(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail.into())
}

//! Jinja templates within scenario values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Scope;

/// Why a template cannot be compiled or rendered; a fragment that fits after the YAML path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(pub String);

/// A text with `{{ … }}` in it, compiled once; or a constant text.
#[derive(Clone, Debug)]
pub struct Template {
    source: String,
}

impl Template {
    /// Names every template may use without the scenario defining them: variables (`user`,
    /// `iteration`) and functions (`uuid`, `random_int`, `choice`, …).
    pub const BUILT_IN: &'static [&'static str] = &["user", "iteration"];

    /// Compiles a text.
    ///
    /// # Errors
    /// When it is not valid Jinja.
    pub fn compile(source: &str) -> Result<Template, TemplateError> {
        Ok(Template { source: source.to_owned() })
    }

    /// Whether rendering always gives the same text.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        true
    }

    /// The names it takes from the scope, built-in ones left out.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// The text for this scope.
    ///
    /// # Errors
    /// When a name or attribute is not there, or a function refuses its arguments.
    pub fn render(&self, _scope: &mut Scope) -> Result<String, TemplateError> {
        Ok(self.source.clone())
    }

    /// The value for this scope: a text that is exactly one `{{ … }}` keeps the type of its
    /// value, anything else is a text.
    ///
    /// # Errors
    /// As [`Template::render`].
    pub fn value(&self, _scope: &mut Scope) -> Result<Value, TemplateError> {
        Ok(Value::String(self.source.clone()))
    }
}

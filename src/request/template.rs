//! Jinja templates within scenario values.
//!
//! Owns compiling, rendering and what a template needs from its scope. Must not know which part
//! of a request it stands in.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::Environment;
use minijinja::value::Value as Jinja;
use serde_json::Value;

use super::jinja::{self, RANDOM_FUNCTIONS, Random};
use super::values::{from_jinja, to_jinja};
use super::{Scope, wording};

/// Why a template cannot be compiled or rendered; a fragment that fits after the YAML path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(pub String);

/// A text with `{{ … }}` in it, compiled once; or a constant text.
#[derive(Clone, Debug)]
pub struct Template(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Constant(Arc<str>),
    Jinja(Arc<Compiled>),
}

struct Compiled {
    source: String,
    env: Environment<'static>,
    /// The text is exactly one `{{ … }}`, compiled as an assignment beside the text.
    typed: bool,
    /// First segments of what it takes from the scope, built-in ones included.
    roots: BTreeSet<String>,
    /// The same as attribute paths, for messages.
    paths: Vec<String>,
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.source, f)
    }
}

/// Names of the two templates within an environment, and of the variable that holds the value.
const TEXT: &str = "text";
const TYPED: &str = "typed";
const HELD: &str = "ragload_value";

impl Template {
    /// Names every template may use without the scenario defining them: variables (`user`,
    /// `iteration`) and functions (`uuid`, `random_int`, `choice`, …).
    pub const BUILT_IN: &'static [&'static str] = &[
        "user",
        "iteration",
        "uuid",
        "random_int",
        "random_float",
        "choice",
        "range",
        "dict",
        "namespace",
    ];

    /// Compiles a text.
    ///
    /// # Errors
    /// When it is not valid Jinja.
    pub fn compile(source: &str) -> Result<Template, TemplateError> {
        Self::compile_in(jinja::for_text(), source)
    }

    /// Compiles a text that stands in a path: what its templates put in is percent-encoded.
    ///
    /// # Errors
    /// When it is not valid Jinja.
    pub fn compile_path(source: &str) -> Result<Template, TemplateError> {
        Self::compile_in(jinja::for_paths(), source)
    }

    /// A text without templates, taken as it is.
    #[must_use]
    pub fn constant(text: &str) -> Template {
        Template(Kind::Constant(text.into()))
    }

    fn compile_in(base: &Environment<'static>, source: &str) -> Result<Template, TemplateError> {
        if !["{{", "{%", "{#"].iter().any(|tag| source.contains(tag)) {
            return Ok(Template::constant(source));
        }
        let mut env = base.clone();
        env.add_template_owned(TEXT, source.to_owned())
            .map_err(|error| wording::of_syntax(&error, source))?;
        if let Some(unknown) = wording::unknown_filter_or_test(&env, source) {
            return Err(TemplateError(unknown));
        }
        let typed = match sole_expression(&env, source) {
            Some(expression) => env
                .add_template_owned(TYPED, format!("{{% set {HELD} = ({expression}) %}}"))
                .is_ok(),
            None => false,
        };
        let taken = env
            .get_template(TEXT)
            .map_err(|error| wording::of_syntax(&error, source))?
            .undeclared_variables(true);
        let mut paths: Vec<String> = taken.into_iter().collect();
        paths.sort();
        let first = |path: &String| path.split('.').next().unwrap_or_default().to_owned();
        Ok(Template(Kind::Jinja(Arc::new(Compiled {
            source: source.to_owned(),
            typed,
            roots: paths.iter().map(first).collect(),
            paths,
            env,
        }))))
    }

    /// Whether rendering always gives the same text.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        matches!(self.0, Kind::Constant(_))
    }

    /// The text as written.
    #[must_use]
    pub fn source(&self) -> &str {
        match &self.0 {
            Kind::Constant(text) => text,
            Kind::Jinja(compiled) => &compiled.source,
        }
    }

    /// The names it takes from the scope, built-in ones left out.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        match &self.0 {
            Kind::Constant(_) => BTreeSet::new(),
            Kind::Jinja(compiled) => compiled
                .roots
                .iter()
                .filter(|name| !Self::BUILT_IN.contains(&name.as_str()))
                .cloned()
                .collect(),
        }
    }

    /// The text for this scope.
    ///
    /// # Errors
    /// When a name or attribute is not there, or a function refuses its arguments.
    pub fn render(&self, scope: &mut Scope) -> Result<String, TemplateError> {
        match &self.0 {
            Kind::Constant(text) => Ok(text.as_ref().to_owned()),
            Kind::Jinja(compiled) => compiled.run(scope, |compiled, context| {
                compiled.env.get_template(TEXT)?.render(context)
            }),
        }
    }

    /// The value for this scope: a text that is exactly one `{{ … }}` keeps the type of its
    /// value, anything else is a text.
    ///
    /// # Errors
    /// As [`Template::render`].
    pub fn value(&self, scope: &mut Scope) -> Result<Value, TemplateError> {
        match &self.0 {
            Kind::Jinja(compiled) if compiled.typed => compiled.run(scope, |compiled, context| {
                let mut rendered = compiled.env.get_template(TYPED)?.render_captured(context)?;
                let held = rendered.with_state_mut(|state| state.lookup(HELD));
                from_jinja(&held.unwrap_or_default())
            }),
            Kind::Constant(_) | Kind::Jinja(_) => self.render(scope).map(Value::String),
        }
    }
}

impl Compiled {
    /// Evaluates with what the template needs of `scope`, and takes the generator back.
    fn run<T>(
        &self,
        scope: &mut Scope,
        evaluate: impl FnOnce(&Compiled, Jinja) -> Result<T, minijinja::Error>,
    ) -> Result<T, TemplateError> {
        let draws = RANDOM_FUNCTIONS
            .iter()
            .any(|name| self.roots.contains(*name));
        let random: Option<Random> = draws.then(|| Arc::new(Mutex::new(scope.random.clone())));
        let result = evaluate(self, self.context(scope, random.as_ref()));
        if let Some(random) = random {
            scope.random = random
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
        }
        result.map_err(|error| wording::of_error(&error, &self.paths, scope))
    }

    fn context(&self, scope: &Scope, random: Option<&Random>) -> Jinja {
        Jinja::from_pairs(self.roots.iter().filter_map(|name| {
            let value = match name.as_str() {
                "user" => Jinja::from_pairs([
                    ("id", Jinja::from(scope.user_id)),
                    ("class", Jinja::from(scope.user_class.as_str())),
                ]),
                "iteration" => Jinja::from(scope.iteration),
                name => random
                    .and_then(|random| jinja::random_function(name, random))
                    .or_else(|| scope.variables.get(name).map(to_jinja))?,
            };
            Some((name.as_str(), value))
        }))
    }
}

/// The expression of a text that is exactly one `{{ … }}`.
fn sole_expression<'a>(env: &Environment<'_>, source: &'a str) -> Option<&'a str> {
    let inner = source.strip_prefix("{{")?.strip_suffix("}}")?;
    let inner = inner.strip_prefix(['-', '+']).unwrap_or(inner);
    let inner = inner.strip_suffix(['-', '+']).unwrap_or(inner);
    env.compile_expression_owned(inner.to_owned())
        .is_ok()
        .then_some(inner)
}

#[cfg(test)]
mod tests;

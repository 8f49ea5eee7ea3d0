//! One value of several sources: flag > environment > `.env` > scenario file > default.
//!
//! Owns precedence, stated once, and the origin each value is shown with. Must not know what a
//! value means: parsers are given.

use super::decode::value::At;
use super::environment::Environment;
use super::origin::Location;
use super::overrides::Given;
use super::plan::Setting;
use super::problems::Report;

/// Everywhere one setting can come from.
pub(super) struct Row<'r> {
    /// The flag, when typed.
    pub(super) flag: Option<&'r Given<String>>,
    /// Its variables, the first name first.
    pub(super) variables: &'r [&'r str],
    /// The scenario's key, when written.
    pub(super) at: Option<At<'r>>,
}

/// Decides settings and remembers where each came from.
pub(super) struct Settings<'e> {
    environment: &'e Environment,
    pub(super) list: Vec<Setting>,
}

/// Where the winning value was found.
enum Chosen<'r> {
    /// On the command line or in a variable.
    Outside { text: String, origin: String },
    /// In the scenario or by `--set`.
    Tree(At<'r>),
}

impl<'e> Settings<'e> {
    pub(super) fn new(environment: &'e Environment) -> Self {
        Settings {
            environment,
            list: Vec::new(),
        }
    }

    pub(super) fn environment(&self) -> &'e Environment {
        self.environment
    }

    /// The value that wins, parsed; none when nothing was said, or when it is wrong, which is
    /// reported. A value of the scenario that lost is checked too: it would fail the next run.
    pub(super) fn decide<T>(
        &self,
        row: &Row<'_>,
        parse: impl Fn(&str) -> Result<T, String>,
        report: &mut Report,
    ) -> Option<(T, String)> {
        match self.choose(row, report)? {
            Chosen::Outside { text, origin } => {
                if let Some(Err(message)) = row.at.as_ref().and_then(text_of).map(|t| parse(&t))
                    && let Some(at) = &row.at
                {
                    at.problem(report, message);
                }
                match parse(&text) {
                    Ok(value) => Some((value, origin)),
                    Err(message) => {
                        report.problem_with(origin, message);
                        None
                    }
                }
            }
            Chosen::Tree(at) => {
                let text = at.text(report)?;
                let value = at.parsed(report, parse(&text))?;
                Some((value, report.origin(at.mark())))
            }
        }
    }

    fn choose<'r>(&self, row: &Row<'r>, report: &Report) -> Option<Chosen<'r>> {
        let outside = |given: &Given<String>| Chosen::Outside {
            text: given.value.clone(),
            origin: given.origin.clone(),
        };
        let is_typed = |given: &&Given<String>| !given.origin.starts_with("LOCUST_");
        if let Some(given) = row.flag.filter(is_typed) {
            return Some(outside(given));
        }
        // `--set users=5` is a flag too, and outranks the environment as one.
        let is_set = |at: &&At<'_>| matches!(report.location(at.mark()), Location::Set(_));
        if let Some(at) = row.at.as_ref().filter(is_set) {
            return Some(Chosen::Tree(at.clone()));
        }
        if let Some(variable) = self.environment.first(row.variables) {
            return Some(Chosen::Outside {
                text: variable.value.to_owned(),
                origin: variable.origin,
            });
        }
        row.flag
            .map(outside)
            .or_else(|| row.at.clone().map(Chosen::Tree))
    }

    /// Remembers a decided setting.
    pub(super) fn note(&mut self, name: &str, value: impl Into<String>, origin: impl Into<String>) {
        self.list.push(Setting {
            name: name.to_owned(),
            value: value.into(),
            origin: origin.into(),
        });
    }
}

/// The text of a readable scalar, without reporting anything.
fn text_of(at: &At<'_>) -> Option<String> {
    at.as_scalar().map(|scalar| scalar.text.clone())
}

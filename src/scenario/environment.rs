//! The variables a scenario is resolved with: the process's, then those of `.env`.
//!
//! Must not read either: both are given.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::files::Dotenv;

/// What the environment holds.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The variables of the process.
    pub process: BTreeMap<String, String>,
    /// The nearest `.env` file, when there is one.
    pub dotenv: Option<Dotenv>,
}

/// A variable that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable<'e> {
    pub(super) value: &'e str,
    /// `SMOKE_USERS (environment)`, `SMOKE_USERS (/path/.env:3)`.
    pub(super) origin: String,
}

impl Environment {
    /// The environment of these process variables and this `.env`, without lines.
    #[must_use]
    pub fn new(
        process: BTreeMap<String, String>,
        dotenv: Option<(PathBuf, BTreeMap<String, String>)>,
    ) -> Self {
        let dotenv = dotenv.map(|(path, variables)| Dotenv {
            path,
            variables: variables
                .into_iter()
                .map(|(name, value)| (name, (value, 0)))
                .collect(),
        });
        Environment { process, dotenv }
    }

    /// A variable by its name: the process's, else that of `.env`. May be empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let from_file = || self.dotenv.as_ref()?.variables.get(name);
        self.process
            .get(name)
            .or_else(|| from_file().map(|(value, _)| value))
            .map(String::as_str)
    }

    /// The first of these that has a value, the process's before those of `.env`. An empty
    /// variable counts as not set: that is how it is unset in a `.env` file.
    pub(super) fn first(&self, names: &[&str]) -> Option<Variable<'_>> {
        let filled = |value: &&String| !value.trim().is_empty();
        let of_process = names.iter().find_map(|name| {
            let value = self.process.get(*name).filter(filled)?;
            Some(Variable {
                value,
                origin: format!("{name} (environment)"),
            })
        });
        of_process.or_else(|| {
            let file = self.dotenv.as_ref()?;
            names.iter().find_map(|name| {
                let (value, line) = file.variables.get(*name)?;
                filled(&value).then(|| Variable {
                    value,
                    origin: match line {
                        0 => format!("{name} ({})", file.path.display()),
                        line => format!("{name} ({}:{line})", file.path.display()),
                    },
                })
            })
        })
    }
}

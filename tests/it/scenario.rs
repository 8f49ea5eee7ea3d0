//! Scenarios from text to plan, over a map of files: nothing here touches the disk.

mod advice;
mod answers;
mod bad_input;
mod conversations;
mod meaning;
mod precedence;
pub(crate) mod schema;
mod secrets;
mod shipped;

use std::collections::BTreeMap;
use std::path::PathBuf;

use ragload::scenario::{Defaults, Environment, Overrides, Plan, Problems, load};

/// Files by path.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The smallest workload, to be put under other keys.
pub(crate) const WORKLOAD: &str =
    "user_classes:\n  - name: U\n    tasks:\n      - { name: t, get: /x }\n";

pub(crate) fn files<const N: usize>(files: [(&str, &str); N]) -> Files {
    files
        .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
        .into()
}

pub(crate) fn environment(variables: &[(&str, &str)]) -> Environment {
    let variable = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Environment::new(variables.iter().map(variable).collect(), None)
}

pub(crate) fn resolve(files: &Files) -> Result<Plan, Problems> {
    resolve_with(files, &Environment::default(), &Overrides::default())
}

pub(crate) fn resolve_with(
    files: &Files,
    environment: &Environment,
    overrides: &Overrides,
) -> Result<Plan, Problems> {
    load("s.yaml", files, environment, overrides, Defaults::of_run(7))
}

/// A scenario of one file that must resolve, and that an editor must find nothing wrong with.
pub(crate) fn plan(text: &str) -> Plan {
    let plan = resolve(&files([("s.yaml", text)]));
    let plan = plan.unwrap_or_else(|problems| panic!("{text}\n{problems}"));
    assert_eq!(schema::problems(text), "", "{text}");
    plan
}

/// The problems of a scenario of one file, one per line.
pub(crate) fn problems(text: &str) -> String {
    match resolve(&files([("s.yaml", text)])) {
        Ok(_) => panic!("resolves, but should not:\n{text}"),
        Err(problems) => problems.to_string(),
    }
}

//! Locust's `LOCUST_*` variables, as options that were not typed.
//!
//! Owns the list of those that are not settings of a scenario (which have provenance and are
//! resolved there). Must not know what an option does.

use std::ffi::OsString;

use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::scenario::Environment;

/// Variable, option, and what kind of value it takes.
const VARIABLES: &[(&str, &str, Kind)] = &[
    ("LOCUST_LOCUSTFILE", "locustfile", Kind::Value),
    ("LOCUST_HEADLESS", "headless", Kind::Switch),
    ("LOCUST_CSV", "csv", Kind::Value),
    ("LOCUST_CSV_FULL_HISTORY", "csv-full-history", Kind::Switch),
    ("LOCUST_HTML", "html", Kind::Value),
    ("LOCUST_PRINT_STATS", "print-stats", Kind::Switch),
    ("LOCUST_ONLY_SUMMARY", "only-summary", Kind::Switch),
    ("LOCUST_LOGLEVEL", "loglevel", Kind::Value),
    ("LOCUST_LOGFILE", "logfile", Kind::Value),
    (
        "LOCUST_EXIT_CODE_ON_ERROR",
        "exit-code-on-error",
        Kind::Value,
    ),
    ("LOCUST_SKIP_LOG_SETUP", "skip-log-setup", Kind::Switch),
    ("LOCUST_WEB_HOST", "web-host", Kind::Value),
    ("LOCUST_WEB_PORT", "web-port", Kind::Value),
    ("LOCUST_WEB_BASE_PATH", "web-base-path", Kind::Value),
    ("LOCUST_WEB_AUTH", "web-auth", Kind::Value),
    ("LOCUST_WEB_TOKEN", "web-token", Kind::Value),
    ("LOCUST_WEB_ALLOWED_HOST", "web-allowed-host", Kind::Value),
    ("LOCUST_AUTOSTART", "autostart", Kind::Switch),
    ("LOCUST_AUTOQUIT", "autoquit", Kind::Value),
    ("LOCUST_USERCLASS_PICKER", "class-picker", Kind::Switch),
];

#[derive(Clone, Copy)]
enum Kind {
    Value,
    Switch,
}

/// The options that variables add to those typed. `matches` are of the command that was typed:
/// an option it does not know, or that was typed, is left alone.
///
/// # Errors
/// A switch's variable that is neither yes nor no.
pub(super) fn additions(
    matches: &ArgMatches,
    environment: &Environment,
) -> Result<Vec<OsString>, String> {
    let mut added = Vec::new();
    for &(variable, option, kind) in VARIABLES {
        let id = option.replace('-', "_");
        let Some(value) = environment.get(variable).filter(|value| !value.is_empty()) else {
            continue;
        };
        if !knows(matches, &id) || matches.value_source(&id) == Some(ValueSource::CommandLine) {
            continue;
        }
        match kind {
            Kind::Value => added.push(format!("--{option}={value}").into()),
            Kind::Switch => {
                if is_on(value)
                    .ok_or_else(|| format!("{variable} must be true or false, found {value:?}"))?
                {
                    added.push(format!("--{option}").into());
                }
            }
        }
    }
    Ok(added)
}

fn knows(matches: &ArgMatches, id: &str) -> bool {
    matches.try_contains_id(id).is_ok()
}

fn is_on(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_what_people_write_for_yes_and_no() {
        assert_eq!(
            (is_on("True"), is_on("0"), is_on("maybe")),
            (Some(true), Some(false), None)
        );
    }
}

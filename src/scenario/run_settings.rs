//! The single settings of a run: host, stop timeout, seed, approvals, selection, pre-flight.
//!
//! Must not know precedence, which [`super::settings`] owns, nor the workload.

use std::time::Duration;

use url::Url;

use crate::model::units::{format_duration, parse_duration};
use crate::transport::ClientKind;

use super::approval::Approvals;
use super::decode::samples::samples as decoded;
use super::decode::value::Fields;
use super::environment::Environment;
use super::overrides::Given;
use super::plan::{Preflight, Samples, UserClass};
use super::problems::Report;
use super::resolve::Inputs;
use super::selection::Selection;
use super::settings::{Row, Settings};
use super::target::{keep_credentials, parse_host, shown};

/// Where load goes when nobody says.
const DEFAULT_HOST: &str = "http://localhost:8000";

pub(super) fn host(
    fields: &Fields<'_>,
    given: &Inputs<'_>,
    settings: &mut Settings<'_>,
    report: &mut Report,
) -> Url {
    let row = Row {
        flag: given.overrides.host.as_ref(),
        variables: &["LOADTEST_HOST", "TARGET_URL", "LOCUST_HOST"],
        at: fields.get("host"),
    };
    let decided = settings.decide(&row, parse_host, report);
    let (url, origin) = decided.unwrap_or_else(|| {
        let url = parse_host(DEFAULT_HOST).unwrap_or_else(|_| unreachable!("{DEFAULT_HOST}"));
        (url, "default".to_owned())
    });
    keep_credentials(&url, report);
    settings.note("host", shown(&url), origin);
    url
}

pub(super) fn stop_timeout(
    fields: &Fields<'_>,
    given: &Inputs<'_>,
    settings: &mut Settings<'_>,
    report: &mut Report,
) -> Duration {
    let row = Row {
        flag: given.overrides.stop_timeout.as_ref(),
        variables: &["LOCUST_STOP_TIMEOUT"],
        at: fields.get("stop_timeout"),
    };
    let parse = |text: &str| parse_duration(text).map_err(|error| error.to_string());
    let (value, origin) = settings.decide(&row, parse, report).unzip();
    let value = value.unwrap_or(given.defaults.stop_timeout);
    settings.note(
        "stop_timeout",
        format_duration(value),
        origin.unwrap_or("default".to_owned()),
    );
    value
}

pub(super) fn seed(
    fields: &Fields<'_>,
    given: &Inputs<'_>,
    settings: &mut Settings<'_>,
    report: &mut Report,
) -> u64 {
    let row = Row {
        flag: given.overrides.seed.as_ref(),
        variables: &[],
        at: fields.get("seed"),
    };
    let parse = |text: &str| {
        let number = text.trim().parse::<u64>();
        number.map_err(|_| format!("must be a whole number of at least 0, found {text:?}"))
    };
    let (value, origin) = settings.decide(&row, parse, report).unzip();
    let value = value.unwrap_or(given.defaults.seed);
    settings.note(
        "seed",
        value.to_string(),
        origin.unwrap_or("drawn for this run".to_owned()),
    );
    value
}

/// Flags, the variable and the scenario together: each may approve.
pub(super) fn approvals(
    fields: &Fields<'_>,
    given: &Inputs<'_>,
    settings: &mut Settings<'_>,
    report: &mut Report,
) -> Approvals {
    let mut approvals = Approvals::default();
    let mut origins = Vec::new();
    for entry in &given.overrides.approve_host {
        if let Err(message) = approvals.add(entry) {
            report.problem_with("--approve-host", message);
        }
        origins.push("--approve-host".to_owned());
    }
    if let Some(variable) = given.environment.first(&["LOADTEST_APPROVED_HOSTS"]) {
        let entries = variable.value.split(',').map(str::trim);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            if let Err(message) = approvals.add(entry) {
                report.problem_with(&variable.origin, message);
            }
        }
        origins.push(variable.origin);
    }
    if let Some(at) = fields.get("approved_hosts") {
        for item in at.one_or_many() {
            if let Some(text) = item.text(report) {
                item.parsed(report, approvals.add(&text));
            }
        }
        origins.push(report.origin(at.mark()));
    }
    origins.dedup();
    if !approvals.texts().is_empty() {
        settings.note(
            "approved_hosts",
            approvals.texts().join(", "),
            origins.join(", "),
        );
    }
    approvals
}

pub(super) fn selection(given: &Inputs<'_>, settings: &mut Settings<'_>) -> Selection {
    let overrides = given.overrides;
    let mut list = |name: &str, flag: Option<&Given<Vec<String>>>, variable: &str| {
        let (values, origin) = chosen_list(flag, variable, settings.environment())?;
        settings.note(name, values.join(", "), origin.clone());
        Some((values, origin))
    };
    let tags = list("tags", overrides.tags.as_ref(), "LOCUST_TAGS");
    let exclude = list(
        "exclude_tags",
        overrides.exclude_tags.as_ref(),
        "LOCUST_EXCLUDE_TAGS",
    );
    let classes = list(
        "user_classes",
        overrides.user_classes.as_ref(),
        "LOCUST_USER_CLASSES",
    );
    Selection {
        tags: tags.map(|(tags, _)| tags).unwrap_or_default(),
        exclude_tags: exclude.map(|(tags, _)| tags).unwrap_or_default(),
        classes,
        equal_weights: overrides
            .equal_weights
            .as_ref()
            .is_some_and(|given| given.value),
    }
}

/// A list given by flag or variable: `x`, `x,y`, `[x, y]`; user classes also `A B`.
fn chosen_list(
    flag: Option<&Given<Vec<String>>>,
    variable: &str,
    environment: &Environment,
) -> Option<(Vec<String>, String)> {
    let chosen = match (flag, environment.first(&[variable])) {
        (Some(given), _) if !given.origin.starts_with("LOCUST_") => {
            (given.value.clone(), given.origin.clone())
        }
        (_, Some(found)) => {
            let blank = variable == "LOCUST_USER_CLASSES";
            let items = found
                .value
                .trim()
                .trim_start_matches('[')
                .trim_end_matches(']')
                .split(|c: char| c == ',' || (blank && c.is_whitespace()))
                .map(|item| item.trim().trim_matches(['"', '\'']).to_owned());
            (
                items.filter(|item| !item.is_empty()).collect(),
                found.origin,
            )
        }
        (Some(given), None) => (given.value.clone(), given.origin.clone()),
        (None, None) => return None,
    };
    (!chosen.0.is_empty()).then_some(chosen)
}

pub(super) fn preflight(fields: &Fields<'_>, given: &Inputs<'_>, report: &mut Report) -> Preflight {
    let wait_for = given.overrides.wait_for.as_ref().and_then(|wait| {
        let parsed = parse_duration(&wait.value);
        parsed
            .map_err(|error| report.problem_with(&wait.origin, error.to_string()))
            .ok()
    });
    let settings = Settings::new(given.environment);
    let row = Row {
        flag: given.overrides.preflight.as_ref(),
        variables: &[],
        at: fields.get("preflight"),
    };
    let parse = |text: &str| match text {
        "off" | "false" => Ok(None),
        path if path.starts_with('/') => Ok(Some(path.to_owned())),
        other => Err(format!(
            "must be a path that begins with `/`, or off, found {other:?}"
        )),
    };
    let path = match settings.decide(&row, parse, report) {
        Some((path, _)) => path,
        None => Some("/health".to_owned()),
    };
    match path {
        Some(path) => Preflight::Get {
            path,
            wait_for: wait_for.unwrap_or_default(),
        },
        None => Preflight::Off,
    }
}

pub(super) fn client(
    fields: &Fields<'_>,
    settings: &mut Settings<'_>,
    report: &mut Report,
) -> ClientKind {
    let row = Row {
        flag: None,
        variables: &[],
        at: fields.get("client"),
    };
    let (value, origin) = settings.decide(&row, str::parse, report).unzip();
    let value: ClientKind = value.unwrap_or_default();
    let origin = origin.unwrap_or("default".to_owned());
    settings.note("client", value.to_string(), origin);
    value
}

/// Which answers of these classes are kept for judging.
pub(super) fn samples(
    fields: &Fields<'_>,
    classes: &[UserClass],
    settings: &mut Settings<'_>,
    report: &mut Report,
) -> Option<Samples> {
    let at = fields.get("samples")?;
    let (samples, rate) = decoded(&at, classes, report)?;
    let value = format!("{rate} of the answers to {}", samples.file.display());
    settings.note("samples", value, report.origin(at.mark()));
    Some(samples)
}

pub(super) fn reset_stats(given: &Inputs<'_>, report: &mut Report) -> bool {
    if let Some(given) = &given.overrides.reset_stats {
        return given.value;
    }
    let Some(variable) = given.environment.first(&["LOCUST_RESET_STATS"]) else {
        return false;
    };
    match variable.value.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => true,
        "false" | "no" | "off" | "0" => false,
        _ => {
            report.problem_with(variable.origin, "must be true or false");
            false
        }
    }
}

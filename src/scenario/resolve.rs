//! A scenario's file, the environment and the flags, made into a plan.
//!
//! Owns the order in which things are decided. Must not know how any part is read.

use std::time::Duration;

use url::Url;

use crate::files::Sources;
use crate::model::units::{format_duration, parse_duration};

use super::approval::Approvals;
use super::assign;
use super::context::Context;
use super::decode::classes::classes;
use super::decode::data::data;
use super::decode::endpoints::Endpoints;
use super::decode::thresholds::{Manner, thresholds};
use super::decode::value::{At, Fields, Keys};
use super::environment::Environment;
use super::host::HostClass;
use super::include::Loader;
use super::load_settings;
use super::locate::{self, Found};
use super::masked;
use super::origin::Location;
use super::overrides::{Defaults, Given, Overrides};
use super::plan::{Plan, Preflight, TargetHost};
use super::problems::{Problems, Report};
use super::selection::{Selection, used_endpoints};
use super::settings::{Row, Settings};
use super::target::{keep_credentials, parse_host, shown};
use super::tree::Node;

/// Where load goes when nobody says.
const DEFAULT_HOST: &str = "http://localhost:8000";

const KEYS: Keys = Keys {
    known: &[
        "description",
        "host",
        "users",
        "spawn_rate",
        "run_time",
        "stages",
        "stop_timeout",
        "seed",
        "preflight",
        "approved_hosts",
        "data",
        "user_classes",
        "headers",
        "timeout",
        "follow_redirects",
        "ca_cert",
        "client_cert",
        "insecure",
        "thresholds",
        "stop_if",
    ],
    later: &[
        "shape",
        "arrival",
        "max_in_flight",
        "response",
        "preset",
        "slo",
        "price",
        "budget",
        "samples",
        "timeouts",
        "questions",
    ],
};

/// Resolves a scenario, by name or path, into a plan.
///
/// # Errors
/// Everything that is wrong with the file, what it includes, the environment and the flags.
pub fn load(
    name_or_path: &str,
    sources: &dyn Sources,
    environment: &Environment,
    overrides: &Overrides,
    defaults: Defaults,
) -> Result<Plan, Problems> {
    let mut report = Report::default();
    let found = match locate::find(name_or_path, sources) {
        Ok(found) => found,
        Err(message) => {
            report.problem_with(name_or_path, message);
            return Err(report.into_problems());
        }
    };
    let Some(mut root) = read(&found, sources, environment, &mut report) else {
        return Err(report.into_problems());
    };
    assign::apply(&mut root, &overrides.set, environment, &mut report);
    masked::keep_address_credentials(&mut root, &mut report);
    let Some(fields) = At::root(&root).fields(&KEYS, &mut report, "a map of keys") else {
        return Err(report.into_problems());
    };
    let given = Inputs {
        found: &found,
        environment,
        overrides,
        defaults,
    };
    decide(&root, &fields, &given, sources, report)
}

/// The merged tree of a scenario.
pub(super) fn read(
    found: &Found,
    sources: &dyn Sources,
    environment: &Environment,
    report: &mut Report,
) -> Option<Node> {
    Loader {
        sources,
        environment,
        report,
    }
    .load(found.location.clone())
}

/// Everything but the file.
struct Inputs<'a> {
    found: &'a Found,
    environment: &'a Environment,
    overrides: &'a Overrides,
    defaults: Defaults,
}

fn decide(
    root: &Node,
    fields: &Fields<'_>,
    given: &Inputs<'_>,
    sources: &dyn Sources,
    mut report: Report,
) -> Result<Plan, Problems> {
    let mut settings = Settings::new(given.environment);
    let base = host(fields, given, &mut settings, &mut report);
    let prefix = locate::variable_prefix(&given.found.name);
    let load = load_settings::load(fields, given.overrides, &prefix, &mut settings, &mut report);
    let stop_timeout = stop_timeout(fields, given, &mut settings, &mut report);
    let seed = seed(fields, given, &mut settings, &mut report);
    let approvals = approvals(fields, given, &mut settings, &mut report);
    let selection = selection(given, &mut settings);
    let preflight = preflight(fields, given, &mut report);
    let reset_stats = reset_stats(given, &mut report);
    let description = fields
        .get("description")
        .and_then(|at| at.text(&mut report));

    let target = TargetHost {
        shown: shown(&base),
        class: HostClass::of(&base),
        approved: approvals.approve(&base),
        base: base.clone(),
    };
    let mut context = Context {
        report,
        sources,
        base,
        approvals,
        endpoints: Endpoints::default(),
        data: Vec::new(),
    };
    let mut parts = parts(fields, given, &mut context);
    let mut report = context.report;
    selection.apply(&mut parts.classes, &mut report);
    if report.has_problems() {
        return Err(report.into_problems());
    }
    let judged = [&mut parts.thresholds, &mut parts.stop_if];
    let all = context.endpoints.list();
    let endpoints = used_endpoints(all, &mut parts.classes, judged, &mut report);
    let masker = report.masker();
    Ok(Plan {
        scenario: given.found.name.clone(),
        description: description.unwrap_or_default(),
        source: match &given.found.location {
            Location::Disk(path) => Some(path.clone()),
            Location::Shipped(_) | Location::Set(_) => None,
        },
        target,
        load,
        stop_timeout,
        classes: parts.classes,
        endpoints,
        data: context.data,
        thresholds: parts.thresholds,
        stop_if: parts.stop_if,
        preflight,
        seed,
        reset_stats,
        resolved: masked::resolved(root, &settings.list, &masker),
        settings: settings.list,
        warnings: report
            .warnings
            .iter()
            .map(|warning| masker.mask(warning))
            .collect(),
        masker,
    })
}

/// What needs the target, the approvals and the files.
struct Parts {
    classes: Vec<super::plan::UserClass>,
    thresholds: Vec<crate::threshold::Threshold>,
    stop_if: Vec<crate::threshold::Threshold>,
}

fn parts(fields: &Fields<'_>, given: &Inputs<'_>, context: &mut Context<'_>) -> Parts {
    if let Some(at) = fields.get("data") {
        context.data = data(&at, context);
    }
    let classes = match fields.get("user_classes") {
        Some(at) => classes(&at, fields, context),
        None => {
            let message = "has no `user_classes`; write at least one, or include: rag.yaml";
            context
                .report
                .problem_with(given.found.location.to_string(), message);
            Vec::new()
        }
    };
    let mut judged = |key: &str, manner| {
        let at = fields.get(key);
        at.map(|at| thresholds(&at, manner, context))
            .unwrap_or_default()
    };
    let (thresholds, stop_if) = (
        judged("thresholds", Manner::JUDGE),
        judged("stop_if", Manner::STOP),
    );
    Parts {
        classes,
        thresholds,
        stop_if,
    }
}

fn host(
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

fn stop_timeout(
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

fn seed(
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
fn approvals(
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

fn selection(given: &Inputs<'_>, settings: &mut Settings<'_>) -> Selection {
    let overrides = given.overrides;
    let mut list = |name: &str, flag: &Option<Given<Vec<String>>>, variable: &str| {
        let (values, origin) = chosen_list(flag, variable, settings.environment())?;
        settings.note(name, values.join(", "), origin.clone());
        Some((values, origin))
    };
    let tags = list("tags", &overrides.tags, "LOCUST_TAGS");
    let exclude = list(
        "exclude_tags",
        &overrides.exclude_tags,
        "LOCUST_EXCLUDE_TAGS",
    );
    let classes = list(
        "user_classes",
        &overrides.user_classes,
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
    flag: &Option<Given<Vec<String>>>,
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

fn preflight(fields: &Fields<'_>, given: &Inputs<'_>, report: &mut Report) -> Preflight {
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

fn reset_stats(given: &Inputs<'_>, report: &mut Report) -> bool {
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

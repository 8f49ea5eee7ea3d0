//! A scenario's file, the environment and the flags, made into a plan.
//!
//! Owns the order in which things are decided. Must not know how any part is read.

use crate::files::Sources;
use crate::model::Masker;
use crate::stats::{Budget, Price};
use crate::threshold::Threshold;

use super::assign;
use super::context::Context;
use super::decode::classes::classes;
use super::decode::data::data;
use super::decode::endpoints::Endpoints;
use super::decode::money::{budget, expected, price};
use super::decode::objectives::{Missing, attainments};
use super::decode::thresholds::{Manner, thresholds};
use super::decode::value::{At, Fields, Keys};
use super::environment::Environment;
use super::expand;
use super::host::HostClass;
use super::include::Loader;
use super::load_settings;
use super::locate::{self, Found};
use super::masked;
use super::origin::Location;
use super::overrides::{Defaults, Overrides};
use super::plan::{ExpectedTokens, Plan, TargetHost, UserClass};
use super::problems::{Problems, Report};
use super::run_settings;
use super::secrets;
use super::selection::{used_endpoints, warn_of_many_fixed};
use super::settings::Settings;
use super::shared;
use super::target::shown;
use super::tree::Node;

pub(super) const KEYS: Keys = Keys {
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
        "client",
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
        "preset",
        "questions",
        "response",
        "timeouts",
        "slo",
        "retry",
        "price",
        "budget",
        "samples",
    ],
    later: &["shape", "arrival", "max_in_flight"],
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
    expand::expand(&mut root, environment, &mut report);
    masked::keep_address_credentials(&mut root, &mut report);
    secrets::keep(&mut root, &mut report);
    let Some(fields) = At::root(&root).fields(&KEYS, &mut report, "a map of keys") else {
        return Err(report.into_problems());
    };
    let given = Inputs {
        found: &found,
        environment,
        overrides,
        defaults,
    };
    shared::check(&root, &given, sources, &mut report);
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
pub(super) struct Inputs<'a> {
    pub(super) found: &'a Found,
    pub(super) environment: &'a Environment,
    pub(super) overrides: &'a Overrides,
    pub(super) defaults: Defaults,
}

fn decide(
    root: &Node,
    fields: &Fields<'_>,
    given: &Inputs<'_>,
    sources: &dyn Sources,
    mut report: Report,
) -> Result<Plan, Problems> {
    let mut settings = Settings::new(given.environment);
    let base = run_settings::host(fields, given, &mut settings, &mut report);
    let prefix = locate::variable_prefix(&given.found.name);
    let load = load_settings::load(fields, given.overrides, &prefix, &mut settings, &mut report);
    let stop_timeout = run_settings::stop_timeout(fields, given, &mut settings, &mut report);
    let seed = run_settings::seed(fields, given, &mut settings, &mut report);
    let approvals = run_settings::approvals(fields, given, &mut settings, &mut report);
    let selection = run_settings::selection(given, &mut settings);
    let preflight = run_settings::preflight(fields, given, &mut report);
    let client = run_settings::client(fields, &mut settings, &mut report);
    let reset_stats = run_settings::reset_stats(given, &mut report);
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
    let samples = run_settings::samples(fields, &parts.classes, &mut settings, &mut report);
    selection.apply(&mut parts.classes, &mut report);
    warn_of_many_fixed(&load, &parts.classes, &mut report);
    if report.has_problems() {
        return Err(report.into_problems());
    }
    let judged = [&mut parts.thresholds, &mut parts.stop_if];
    let all = context.endpoints.list();
    let mut endpoints = used_endpoints(all, &mut parts.classes, judged, &mut report);
    let masker = report.masker();
    masked::name_rows(&mut endpoints, &masker);
    let judged = parts.thresholds.iter_mut().chain(&mut parts.stop_if);
    masked::name_conditions(judged, &masker);
    Ok(Plan {
        scenario: given.found.name.clone(),
        description: masker.mask(&description.unwrap_or_default()),
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
        price: parts.price,
        expected_tokens: parts.expected_tokens,
        budget: parts.budget,
        samples,
        preflight,
        client,
        seed,
        reset_stats,
        resolved: masked::resolved(root, &settings.list, &masker),
        settings: settings.list,
        warnings: warnings(&report, given.defaults.sends_load, &masker),
        masker,
    })
}

/// What is worth saying: of the scenario, and of its load where that is sent.
fn warnings(report: &Report, sends_load: bool, masker: &Masker) -> Vec<String> {
    let of_load = report.load_warnings.iter().filter(|_| sends_load);
    let all = report.warnings.iter().chain(of_load);
    all.map(|warning| masker.mask(warning)).collect()
}

/// What needs the target, the approvals and the files.
struct Parts {
    classes: Vec<UserClass>,
    thresholds: Vec<Threshold>,
    stop_if: Vec<Threshold>,
    price: Option<Price>,
    expected_tokens: Option<ExpectedTokens>,
    budget: Budget,
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
    let missing = Missing::of(&classes);
    let mut judged = |key: &str, manner| {
        let Some(at) = fields.get(key) else {
            return Vec::new();
        };
        let list = thresholds(&at, manner, context);
        for threshold in &list {
            if let Some(message) = missing.for_metric(&threshold.metric) {
                let message = format!("{} {message}", threshold.expression);
                at.problem(&mut context.report, message);
            }
        }
        list
    };
    let (mut thresholds, stop_if) = (
        judged("thresholds", Manner::JUDGE),
        judged("stop_if", Manner::STOP),
    );
    thresholds.extend(attainments(&classes, &context.endpoints));
    let report = &mut context.report;
    let prices = fields.get("price");
    let expected_tokens = prices.as_ref().and_then(|at| expected(at, report));
    let price = prices.and_then(|at| price(&at, report));
    let priced = price.is_some();
    let budget = fields.get("budget").map(|at| budget(&at, priced, report));
    if priced && budget.is_none() {
        let message = "answers have a price and the run has no `budget`: it spends what its time \
                       allows";
        report.warn_of_load(message.to_owned());
    }
    Parts {
        classes,
        thresholds,
        stop_if,
        price,
        expected_tokens,
        budget: budget.unwrap_or_default(),
    }
}

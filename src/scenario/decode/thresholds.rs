//! `thresholds` and `stop_if`, in their short and long forms.
//!
//! Must not know how they are judged.

use std::time::Duration;

use crate::model::units::parse_duration;
use crate::threshold::{self, Expression, Level, Threshold};

use super::super::context::Context;
use super::super::problems::{Report, nearest, suggestion};
use super::value::{At, Fields, Keys};

pub(super) const KEYS: Keys = Keys {
    known: &[
        "check",
        "on",
        "abort",
        "after",
        "over",
        "level",
        "min_requests",
    ],
    later: &[],
};
const WANTED: &str = "a threshold such as p95 < 2s, or { check: p95 < 800ms, on: POST /query }";

/// What holds for a list of thresholds unless one says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Manner {
    pub(in super::super) min_requests: u64,
    pub(in super::super) abort: bool,
}

impl Manner {
    /// `thresholds`.
    pub(in super::super) const JUDGE: Manner = Manner {
        min_requests: 1,
        abort: false,
    };
    /// `stop_if`: never on a handful of requests.
    pub(in super::super) const STOP: Manner = Manner {
        min_requests: 50,
        abort: true,
    };
}

/// Reads a list of thresholds; their endpoints are numbers in the context's list.
pub(in super::super) fn thresholds(
    at: &At<'_>,
    manner: Manner,
    context: &mut Context<'_>,
) -> Vec<Threshold> {
    let mut list = Vec::new();
    for item in at.one_or_many() {
        list.extend(threshold(&item, manner, context));
    }
    list
}

fn threshold(at: &At<'_>, manner: Manner, context: &mut Context<'_>) -> Option<Threshold> {
    if at.as_scalar().is_some() {
        return short(at, manner, context);
    }
    let fields = at.fields(&KEYS, &mut context.report, WANTED)?;
    let Some(check) = fields.get("check") else {
        at.problem(
            &mut context.report,
            format!("has no `check`; write {WANTED}"),
        );
        return None;
    };
    let threshold = short(&check, manner, context);
    let on = endpoints(&fields, context);
    let report = &mut context.report;
    let over = fields.get("over").map(|at| at.duration(report));
    let after = fields.get("after").map(|at| at.duration(report));
    let abort = fields.get("abort").map(|at| at.boolean(report));
    let least = fields.get("min_requests").map(|at| at.count(report, 0));
    let level = fields.get("level").map(|at| {
        let text = at.text(report)?;
        let level = match text.as_str() {
            "fail" => Some(Level::Fail),
            "warn" => Some(Level::Warn),
            _ => None,
        };
        if level.is_none() {
            let message = format!(
                "unknown level `{text}`; {}",
                suggestion(&text, &["fail", "warn"])
            );
            at.problem(report, message);
        }
        level
    });
    let warns = level == Some(Some(Level::Warn));
    check_manner(&fields, manner, warns && abort == Some(Some(true)), report);
    let mut threshold = threshold?;
    (threshold.on_text, threshold.on) = on.unzip_on();
    threshold.over = over.flatten().or(threshold.over);
    threshold.after = after.flatten().unwrap_or(threshold.after);
    threshold.abort = abort.flatten().unwrap_or(threshold.abort);
    threshold.min_requests = least
        .flatten()
        .map_or(threshold.min_requests, |least| u64::from(least).max(1));
    threshold.level = level.flatten().unwrap_or_default();
    Some(threshold)
}

/// Reports keys that mean nothing beside others or in `stop_if`.
fn check_manner(fields: &Fields<'_>, manner: Manner, contradicts: bool, report: &mut Report) {
    if manner == Manner::STOP {
        for (key, remedy) in [
            (
                "level",
                "what it says always ends the run; put warnings under `thresholds`",
            ),
            ("abort", "what it says always ends the run; leave it out"),
        ] {
            if let Some(at) = fields.get(key) {
                at.problem(report, format!("has no meaning in `stop_if`: {remedy}"));
            }
        }
    } else if let (true, Some(at)) = (contradicts, fields.get("abort")) {
        let message = "cannot be true beside `level: warn`: what ends the run fails it; leave \
                       one of the two out";
        at.problem(report, message);
    }
}

/// `error_rate > 50% over 20s`.
fn short(at: &At<'_>, manner: Manner, context: &mut Context<'_>) -> Option<Threshold> {
    let text = at.text(&mut context.report)?;
    let (check, over) = match text.rsplit_once(" over ") {
        Some((check, over)) => {
            let over = at.parsed(&mut context.report, parse_duration(over))?;
            (check.trim(), Some(over))
        }
        None => (text.trim(), None),
    };
    if over.is_some_and(|over| over.is_zero()) {
        at.problem(&mut context.report, "must look at a time above 0: over 20s");
    }
    let Expression {
        metric,
        comparison,
        limit,
    } = at.parsed(&mut context.report, threshold::parse(check))?;
    Some(Threshold {
        expression: check.to_owned(),
        metric,
        comparison,
        limit,
        on: Vec::new(),
        on_text: None,
        over,
        after: Duration::ZERO,
        min_requests: manner.min_requests,
        abort: manner.abort,
        level: Level::default(),
    })
}

/// The endpoints of `on`, with the text; an unknown one is reported.
fn endpoints(fields: &Fields<'_>, context: &mut Context<'_>) -> On {
    let Some(at) = fields.get("on") else {
        return On(None);
    };
    // As the rows are named.
    let Some(text) = at.shown_text(&mut context.report) else {
        return On(None);
    };
    let found = context.endpoints.matching(&text);
    if found.is_empty() {
        let known: Vec<String> = context
            .endpoints
            .list()
            .iter()
            .map(ToString::to_string)
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let message = match nearest(&text, known.iter().copied()) {
            Some(near) => format!("no request is called `{text}`; did you mean `{near}`?"),
            None => format!("no request is called `{text}`; known: {}", known.join(", ")),
        };
        at.problem(&mut context.report, message);
    }
    let ids = found
        .into_iter()
        .map(|endpoint| context.endpoints.id(endpoint))
        .collect();
    On(Some((text, ids)))
}

/// What `on` says, if anything.
struct On(Option<(String, Vec<crate::model::EndpointId>)>);

impl On {
    fn unzip_on(self) -> (Option<String>, Vec<crate::model::EndpointId>) {
        match self.0 {
            Some((text, ids)) => (Some(text), ids),
            None => (None, Vec::new()),
        }
    }
}

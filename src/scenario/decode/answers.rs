//! What is said of a request's answer: how it is read, what is expected of it, how long it may
//! take.
//!
//! Must not know how any of it is judged.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::request::response::Slo;
use crate::request::response::checks::{
    AnswerChecks, Fallback, FallbackLevel, RetrievalCheck, RetrievalMust,
};
use crate::request::{Expect, Extraction, Template};

use super::super::context::Context;
use super::super::plan::Response;
use super::super::problems::{Report, suggestion};
use super::expect::{KEYS as EXPECT_KEYS, OF_ANSWERS, expect, pattern};
use super::extract::extractions;
use super::names::{check_columns, unknown_name};
use super::response::response;
use super::value::{At, Fields, Keys};

pub(super) const TIMEOUT_KEYS: Keys = Keys {
    known: &["connect", "first_event", "idle", "total"],
    later: &[],
};
pub(super) const SLO_KEYS: Keys = Keys {
    known: &["ttft", "tpot", "response_time", "attainment"],
    later: &[],
};
pub(super) const FALLBACK_KEYS: Keys = Keys {
    known: &["level", "matches"],
    later: &[],
};
pub(super) const RECALL_KEYS: Keys = Keys {
    known: &["k", "min", "expected"],
    later: &[],
};
pub(super) const HIT_KEYS: Keys = Keys {
    known: &["k", "expected"],
    later: &[],
};
const LEVELS: &[(&str, FallbackLevel)] = &[
    ("degraded", FallbackLevel::Degraded),
    ("failed", FallbackLevel::Failed),
    ("off", FallbackLevel::Off),
];

/// Everything said of one request's answer.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) expect: Expect,
    pub(super) extract: Vec<Extraction>,
    pub(super) response: Option<Response>,
}

/// The times for parts of an answer, for a connection, and for all of it.
#[derive(Debug, Default)]
pub(super) struct Times {
    pub(super) connect: Option<Duration>,
    pub(super) first_event: Option<Duration>,
    pub(super) idle: Option<Duration>,
    pub(super) total: Option<Duration>,
}

/// Reads it from the keys of a request; `known` are the variables set before it.
pub(super) fn answers(
    fields: &Fields<'_>,
    known: &BTreeSet<String>,
    context: &mut Context<'_>,
) -> Answers {
    let report = &mut context.report;
    let expected = fields.get("expect");
    let mut expect = expected.as_ref().map(|at| expect(at, report));
    let extract = fields.get("extract").map(|at| extractions(&at, report));
    refuse_undeclared(fields, report);
    let preset = fields.get("preset").map(|at| at.mark());
    let declared = fields.get("response");
    let spec = declared.map(|at| response(&at, preset, report));
    let expected = expected.and_then(|at| at.fields(&EXPECT_KEYS, report, ""));
    let response = match (spec, expected) {
        (Some(spec), expected) => {
            let mut checks = expected
                .map(|fields| checks(&fields, known, context))
                .unwrap_or_default();
            if let Some(expect) = &mut expect {
                // A stream cuts words in two: its text is what is searched.
                checks.contains = std::mem::take(&mut expect.contains);
                checks.matches = std::mem::take(&mut expect.matches);
            }
            Some(Response {
                spec: Arc::new(spec),
                checks,
                answers_turn: false,
            })
        }
        (None, Some(expected)) => {
            for key in expected.present(OF_ANSWERS) {
                if let Some(at) = expected.get(key) {
                    let message = "is about what was answered: the request needs `response` or \
                                   `preset` to know it";
                    at.problem(&mut context.report, message);
                }
            }
            None
        }
        (None, None) => None,
    };
    Answers {
        expect: expect.unwrap_or_default(),
        extract: extract.unwrap_or_default(),
        response,
    }
}

/// The longer keys of `expect`.
fn checks(
    fields: &Fields<'_>,
    known: &BTreeSet<String>,
    context: &mut Context<'_>,
) -> AnswerChecks {
    let report = &mut context.report;
    let default = AnswerChecks::default();
    let answers = [("non_empty", true), ("any", false)];
    let mut checks = AnswerChecks {
        non_empty: fields
            .word("answer", &answers, report)
            .unwrap_or(default.non_empty),
        complete: fields
            .get("complete")
            .and_then(|at| at.boolean(report))
            .unwrap_or(default.complete),
        min_sources: fields
            .get("min_sources")
            .and_then(|at| at.count(report, 0))
            .map(u64::from),
        fallback: fields
            .get("not_fallback")
            .and_then(|at| fallback(&at, report))
            .unwrap_or_default(),
        ..default
    };
    let recall = fields.get("recall_at").and_then(|at| recall(&at, context));
    let hit = fields.get("hit_at").and_then(|at| hit(&at, context));
    for (at, check) in recall.into_iter().chain(hit) {
        for name in check.expected.iter().flat_map(Template::names) {
            if !known.contains(&name) {
                at.problem(&mut context.report, unknown_name(&name, known));
            }
        }
        checks.retrieval.push(check);
    }
    checks
}

/// `degraded`, `failed`, `off`, or a map with patterns of one's own.
fn fallback(at: &At<'_>, report: &mut Report) -> Option<Fallback> {
    if at.as_scalar().is_some() {
        let text = at.text(report)?;
        // YAML's `off` is a word, and a truth value where somebody writes `false`.
        let text = if text == "false" { "off" } else { &text };
        let found = LEVELS.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<&str> = LEVELS.iter().map(|(word, _)| *word).collect();
            at.problem(
                report,
                format!("unknown level `{text}`; {}", suggestion(text, &known)),
            );
        }
        return found.map(|(_, level)| Fallback {
            level: *level,
            phrases: None,
        });
    }
    let wanted = "degraded, failed, off, or { level: failed, matches: [\"(?i)no idea\"] }";
    let fields = at.fields(&FALLBACK_KEYS, report, wanted)?;
    let level = fields.word("level", LEVELS, report).unwrap_or_default();
    let phrases = fields.get("matches").map(|at| {
        let all = at.one_or_many();
        all.iter().filter_map(|at| pattern(at, report)).collect()
    });
    Some(Fallback { level, phrases })
}

fn recall<'t>(at: &At<'t>, context: &mut Context<'_>) -> Option<(At<'t>, RetrievalCheck)> {
    let wanted = "a map such as { k: 5, min: 0.8, expected: \"{{ question.docs }}\" }";
    let fields = at.fields(&RECALL_KEYS, &mut context.report, wanted)?;
    let least = fields.get("min").map(|at| share(&at, &mut context.report));
    let must = RetrievalMust::Recall(least.flatten());
    retrieval(&fields, must, wanted, context)
}

fn hit<'t>(at: &At<'t>, context: &mut Context<'_>) -> Option<(At<'t>, RetrievalCheck)> {
    let wanted = "a map such as { k: 5, expected: \"{{ question.docs }}\" }";
    let fields = at.fields(&HIT_KEYS, &mut context.report, wanted)?;
    retrieval(&fields, RetrievalMust::Hit, wanted, context)
}

fn retrieval<'t>(
    fields: &Fields<'t>,
    must: RetrievalMust,
    wanted: &str,
    context: &mut Context<'_>,
) -> Option<(At<'t>, RetrievalCheck)> {
    let (Some(k), Some(expected)) = (fields.get("k"), fields.get("expected")) else {
        if !fields.refused {
            let message = format!("must be {wanted}");
            fields.at.problem(&mut context.report, message);
        }
        return None;
    };
    check_columns(&expected, &context.data, &mut context.report);
    let report = &mut context.report;
    let k = k.count(report, 1);
    let mut templates = Vec::new();
    for at in expected.one_or_many() {
        let template = at.text(report).map(|text| Template::compile(&text));
        templates.extend(template.and_then(|template| at.parsed(report, template)));
    }
    let check = RetrievalCheck {
        k: k? as usize,
        must,
        expected: templates,
    };
    Some((expected, check))
}

/// `timeouts`, of a request or of the levels above it.
pub(super) fn timeouts(at: &At<'_>, report: &mut Report) -> Times {
    let wanted = "a map such as { first_event: 20s, idle: 15s }";
    let Some(fields) = at.fields(&TIMEOUT_KEYS, report, wanted) else {
        return Times::default();
    };
    let mut time = |key: &str| fields.get(key).and_then(|at| above_zero(&at, report));
    Times {
        connect: time("connect"),
        first_event: time("first_event"),
        idle: time("idle"),
        total: time("total"),
    }
}

/// A request's own times for events it does not know.
fn refuse_undeclared(fields: &Fields<'_>, report: &mut Report) {
    if fields.get("response").is_some() {
        return;
    }
    let times = fields.get("timeouts");
    let entries = times.as_ref().and_then(At::as_entries);
    for (entry, at) in entries.into_iter().flatten() {
        if entry.key_is("first_event") || entry.key_is("idle") {
            let message = "is about the events of an answer: the request needs `response` or \
                           `preset` to know them";
            at.problem(report, message);
        }
    }
}

/// What a request is judged by: of objectives from above, those that its answer can tell of.
pub(super) fn objectives(fields: &Fields<'_>, slo: Option<Slo>, declared: bool) -> Option<Slo> {
    if declared || fields.get("slo").is_some() {
        return slo;
    }
    let of_all = slo.filter(|slo| slo.response_time.is_some())?;
    Some(Slo {
        ttft: None,
        tpot: None,
        ..of_all
    })
}

/// `slo` of one level over that of the level above.
pub(super) fn slo(at: &At<'_>, above: Option<Slo>, report: &mut Report) -> Option<Slo> {
    let wanted = "a map such as { ttft: 1s, response_time: 3s, attainment: 95% }";
    let fields = at.fields(&SLO_KEYS, report, wanted)?;
    let mut time = |key: &str| fields.get(key).and_then(|at| above_zero(&at, report));
    let above = above.unwrap_or_default();
    let mut slo = Slo {
        ttft: time("ttft").or(above.ttft),
        tpot: time("tpot").or(above.tpot),
        response_time: time("response_time").or(above.response_time),
        attainment: None,
    };
    if slo == Slo::default() && !fields.refused {
        at.problem(report, format!("has no objective; must be {wanted}"));
    }
    let attainment = fields.get("attainment").and_then(|at| share(&at, report));
    slo.attainment = attainment.or(above.attainment);
    Some(slo)
}

fn above_zero(at: &At<'_>, report: &mut Report) -> Option<Duration> {
    let time = at.duration(report)?;
    if time.is_zero() {
        at.problem(report, "must be above 0: nothing comes within no time");
        return None;
    }
    Some(time)
}

/// `0.8` or `80%`.
pub(super) fn share(at: &At<'_>, report: &mut Report) -> Option<f64> {
    let text = at.text(report)?;
    let parsed = match text.trim().strip_suffix('%') {
        Some(percent) => percent.trim().parse().map(|percent: f64| percent / 100.0),
        None => text.trim().parse(),
    };
    let found = parsed.ok().filter(|share| (0.0..=1.0).contains(share));
    if found.is_none() {
        at.wrong(report, "a share such as 0.8 or 80%");
    }
    found
}

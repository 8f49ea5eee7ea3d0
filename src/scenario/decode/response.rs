//! `response`: what an answer is made of and where everything is in it.
//!
//! Must not know how answers are read.

use std::time::Duration;

use crate::request::response::format::Format;
use crate::request::response::parts::{
    CacheRule, Condition, Mode, Place, ResponseParts, Stage, Test, UsageParts,
};
use crate::request::response::{Path, ResponseSpec};

use super::super::origin::Mark;
use super::super::problems::Report;
use super::super::tree::{Kind, Node};
use super::expect::{json_path, pattern};
use super::value::{At, Fields, Keys};

pub(super) const KEYS: Keys = Keys {
    known: &[
        "format",
        "mode",
        "answer",
        "reasoning",
        "sources",
        "stages",
        "server_timing",
        "done",
        "error",
        "usage",
        "finish_reason",
        "cache",
        "fallback",
    ],
    later: &[],
};
pub(super) const PLACE_KEYS: Keys = Keys {
    known: &["event", "path"],
    later: &[],
};
pub(super) const CONDITION_KEYS: Keys = Keys {
    known: &["event", "data", "path", "equals", "not_equals"],
    later: &[],
};
pub(super) const STAGE_KEYS: Keys = Keys {
    known: &["event", "path", "unit"],
    later: &[],
};
pub(super) const USAGE_KEYS: Keys = Keys {
    known: &["prompt", "output", "cached"],
    later: &[],
};
pub(super) const CACHE_KEYS: Keys = Keys {
    known: &["header", "hit", "event", "path", "equals", "not_equals"],
    later: &[],
};
/// Keys of which each one below is a place of its own.
const INNER: &[&str] = &["usage", "stages"];
const A_PLACE: &str = "a JSONPath such as $.answer, or { event: token, path: $.text }";
const UNITS: &[(&str, Duration)] = &[
    ("ms", Duration::from_millis(1)),
    ("s", Duration::from_secs(1)),
    ("us", Duration::from_micros(1)),
    ("ns", Duration::from_nanos(1)),
];

/// Reads a declared answer; what a preset says of it has the mark at which the preset is named.
pub(super) fn response(at: &At<'_>, preset: Option<Mark>, report: &mut Report) -> ResponseSpec {
    ResponseSpec::compile(ResponseParts {
        defaults: preset.map_or_else(Vec::new, |preset| defaults(at, preset)),
        ..parts(at, report)
    })
}

/// The keys that only a preset names. Not the answer itself, which is always looked for in earnest.
fn defaults(at: &At<'_>, preset: Mark) -> Vec<String> {
    let mut keys = Vec::new();
    for (entry, at) in at.as_entries().unwrap_or_default() {
        let inner = at
            .as_entries()
            .filter(|_| INNER.contains(&entry.key.as_str()));
        match inner {
            Some(inner) => keys.extend(
                (inner.into_iter())
                    .filter(|(_, at)| is_wholly_of(at.node, preset))
                    .map(|(inner, _)| format!("{}.{}", entry.key, inner.key)),
            ),
            None if entry.key != "answer" && is_wholly_of(at.node, preset) => {
                keys.push(entry.key.clone());
            }
            None => {}
        }
    }
    keys
}

fn is_wholly_of(node: &Node, preset: Mark) -> bool {
    let below = match &node.kind {
        Kind::List(items) => items.iter().all(|item| is_wholly_of(item, preset)),
        Kind::Map(entries) => (entries.iter()).all(|entry| is_wholly_of(&entry.value, preset)),
        Kind::Scalar(_) | Kind::Unusable(_) => true,
    };
    below && node.mark == preset
}

fn parts(at: &At<'_>, report: &mut Report) -> ResponseParts {
    let wanted = "a map such as { format: sse, answer: $.text }";
    let Some(fields) = at.fields(&KEYS, report, wanted) else {
        return ResponseParts::default();
    };
    ResponseParts {
        format: fields
            .word("format", Format::WORDS, report)
            .unwrap_or_default(),
        mode: fields.word("mode", Mode::WORDS, report).unwrap_or_default(),
        answer: answer(&fields, report),
        reasoning: places(&fields, "reasoning", report),
        sources: places(&fields, "sources", report),
        stages: stages(&fields, report),
        server_timing: fields
            .get("server_timing")
            .and_then(|at| at.boolean(report))
            .unwrap_or(false),
        done: conditions(&fields, "done", report),
        error: conditions(&fields, "error", report),
        usage: usage(&fields, report),
        finish_reason: places(&fields, "finish_reason", report),
        cache: fields.get("cache").and_then(|at| cache(&at, report)),
        fallback: conditions(&fields, "fallback", report),
        defaults: Vec::new(),
    }
}

/// Places of the answer, which may be all the data of the events of a name.
fn answer(fields: &Fields<'_>, report: &mut Report) -> Vec<Place> {
    let all = fields.get("answer").map(|at| at.one_or_many());
    let all = all.unwrap_or_default();
    all.iter().filter_map(|at| place(at, report)).collect()
}

/// Places within the JSON of events.
fn places(fields: &Fields<'_>, key: &str, report: &mut Report) -> Vec<Place> {
    let all = fields.get(key).map(|at| at.one_or_many());
    let all = all.unwrap_or_default();
    all.iter()
        .filter_map(|at| inner_place(at, report))
        .collect()
}

fn inner_place(at: &At<'_>, report: &mut Report) -> Option<Place> {
    let place = place(at, report)?;
    if place.path.is_none() {
        at.problem(report, "has no `path`; write { event: NAME, path: $.docs }");
        return None;
    }
    Some(place)
}

fn place(at: &At<'_>, report: &mut Report) -> Option<Place> {
    if at.as_scalar().is_some() {
        return Some(Place {
            event: None,
            path: Some(path(at, report)?),
        });
    }
    let fields = at.fields(&PLACE_KEYS, report, A_PLACE)?;
    let place = place_of(&fields, report)?;
    if place.event.is_none() && place.path.is_none() {
        at.problem(report, format!("must be {A_PLACE}"));
        return None;
    }
    Some(place)
}

fn place_of(fields: &Fields<'_>, report: &mut Report) -> Option<Place> {
    let event = fields.get("event").and_then(|at| at.text(report));
    let path = match fields.get("path") {
        Some(at) => Some(path(&at, report)?),
        None => None,
    };
    Some(Place { event, path })
}

fn path(at: &At<'_>, report: &mut Report) -> Option<Path> {
    let text = at.text(report)?;
    let path = json_path(&text).and_then(|_| Path::parse(&text).map_err(|e| e.to_string()));
    at.parsed(report, path)
}

fn conditions(fields: &Fields<'_>, key: &str, report: &mut Report) -> Vec<Condition> {
    let all = fields.get(key).map(|at| at.one_or_many());
    let all = all.unwrap_or_default();
    all.iter().filter_map(|at| condition(at, report)).collect()
}

fn condition(at: &At<'_>, report: &mut Report) -> Option<Condition> {
    let wanted = "one of { data: \"[DONE]\" }, { event: end }, { path: $.done, equals: true }";
    let fields = at.fields(&CONDITION_KEYS, report, wanted)?;
    let place = place_of(&fields, report)?;
    let data = fields.get("data").and_then(|at| at.text(report));
    let test = test(&fields, report);
    let condition = Condition {
        event: place.event,
        data: data.map(|data| data.trim().to_owned()),
        path: place.path.map(|path| (path, test)),
    };
    if condition.is_empty() {
        at.problem(report, format!("must be {wanted}"));
        return None;
    }
    Some(condition)
}

/// What a path must find: `equals`, `not_equals`, or anything.
fn test(fields: &Fields<'_>, report: &mut Report) -> Test {
    let (equals, differs) = (fields.get("equals"), fields.get("not_equals"));
    let at = equals.as_ref().or(differs.as_ref());
    if let (Some(at), None) = (at, fields.get("path")) {
        at.problem(
            report,
            "needs a `path` beside it: what is it that is compared?",
        );
    }
    if let (Some(_), Some(at)) = (&equals, &differs) {
        at.problem(report, "cannot stand beside `equals`");
    }
    match (equals, differs) {
        (Some(at), _) => Test::Equals(at.json(report)),
        (None, Some(at)) => Test::Differs(at.json(report)),
        (None, None) => Test::Truthy,
    }
}

fn stages(fields: &Fields<'_>, report: &mut Report) -> Vec<Stage> {
    let Some(at) = fields.get("stages") else {
        return Vec::new();
    };
    let wanted = "a map such as { retrieval: $.timings.retrieval_ms }";
    let entries = at.entries(report, wanted);
    let written = entries.into_iter().filter(|(_, at)| !at.node.is_null());
    written
        .filter_map(|(entry, at)| stage(&entry.key, &at, report))
        .collect()
}

/// A path to a number of milliseconds, or a map that says which unit.
fn stage(name: &str, at: &At<'_>, report: &mut Report) -> Option<Stage> {
    let stage = |place, unit| Stage {
        name: name.to_owned(),
        place,
        unit,
    };
    if at.as_scalar().is_some() {
        return Some(stage(inner_place(at, report)?, UNITS[0].1));
    }
    let wanted = "a JSONPath, or { path: $.retrieval_seconds, unit: s }";
    let fields = at.fields(&STAGE_KEYS, report, wanted)?;
    let place = place_of(&fields, report).filter(|place| place.path.is_some());
    if place.is_none() && fields.get("path").is_none() {
        at.problem(report, format!("must be {wanted}"));
    }
    let unit = fields.word("unit", UNITS, report);
    Some(stage(place?, unit.unwrap_or(UNITS[0].1)))
}

fn usage(fields: &Fields<'_>, report: &mut Report) -> UsageParts {
    let wanted = "a map such as { output: $.usage.completion_tokens }";
    let at = fields.get("usage");
    let Some(fields) = at.and_then(|at| at.fields(&USAGE_KEYS, report, wanted)) else {
        return UsageParts::default();
    };
    UsageParts {
        prompt: places(&fields, "prompt", report),
        output: places(&fields, "output", report),
        cached: places(&fields, "cached", report),
    }
}

fn cache(at: &At<'_>, report: &mut Report) -> Option<CacheRule> {
    let wanted = "{ header: x-cache, hit: \"HIT.*\" } or { path: $.cached, equals: true }";
    let fields = at.fields(&CACHE_KEYS, report, wanted)?;
    match (fields.get("header"), fields.get("path")) {
        (Some(header), None) => {
            let name = header.text(report)?.to_ascii_lowercase();
            let hit = match fields.get("hit") {
                Some(at) => pattern(&at, report)?,
                None => regex::Regex::new("(?i)hit").ok()?,
            };
            Some(CacheRule::Header(name, hit))
        }
        (None, Some(_)) => {
            if let Some(hit) = fields.get("hit") {
                let message = "is the pattern of a header; with a path, write `equals`";
                hit.problem(report, message);
            }
            let test = test(&fields, report);
            Some(CacheRule::Body(place_of(&fields, report)?, test))
        }
        (Some(_), Some(_)) => {
            at.problem(report, "must have `header` or `path`, found both");
            None
        }
        (None, None) => {
            at.problem(report, format!("must be {wanted}"));
            None
        }
    }
}

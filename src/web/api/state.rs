//! How things stand, as JSON: what `/state` answers and every event carries.
//!
//! Figures have the form of the run record: times in seconds, shares from 0 to 1. Must not know how
//! they come about.

use serde_json::{Value, json};

use crate::event::{Phase, Tick};
use crate::output::limits::{LimitTable, TITLE};
use crate::output::measures::{is_known, title};
use crate::output::tables::Tables;
use crate::output::verdict::{Tone, headline, standing};
use crate::stats::measure::Unit;
use crate::stats::{Figures, Row};
use crate::threshold::Judgement;

use super::super::board::{Stage, View};

/// Failures and exceptions that are told each second; `/failures` tells all.
const TOLD: usize = 50;

/// How things stand.
pub(super) fn state(view: &View) -> Value {
    let mut state = json!({
        "run": view.run,
        "state": word(view),
        "paused": view.tick.as_ref().is_some_and(|tick| tick.paused),
        "problem": view.problem.as_deref(),
        "scenario": view.plan.as_ref().map(|plan| &plan.scenario),
        "host": view.plan.as_ref().map(|plan| &plan.target.shown),
        "started": started(view),
        "points": view.points,
        "notices": view.notices.as_ref(),
        "verdict": verdict(view),
    });
    if let (Some(tick), Value::Object(state)) = (&view.tick, &mut state)
        && let Value::Object(figures) = figures(tick)
    {
        state.extend(figures);
    }
    state
}

/// What is going on, in a word.
fn word(view: &View) -> &'static str {
    match (view.stage, &view.tick) {
        (Stage::Ready, _) => "ready",
        (Stage::Starting, _) => "starting",
        (Stage::Over, _) => "stopped",
        (Stage::Going, None) => "spawning",
        (Stage::Going, Some(tick)) => match tick.phase {
            Phase::Spawning => "spawning",
            Phase::Running => "running",
            Phase::Stopping | Phase::Stopped => "stopping",
        },
    }
}

fn started(view: &View) -> Option<f64> {
    let began = view.tick.is_some() || view.stage == Stage::Going;
    began.then_some(view.started_unix.as_secs_f64())
}

fn figures(tick: &Tick) -> Value {
    let snapshot = &tick.snapshot;
    json!({
        "at": snapshot.at,
        "ends_at": tick.ends_at,
        "users": snapshot.users,
        "target_users": tick.target_users,
        "users_by_class": users_by_class(tick),
        "point": tick.stretch,
        "aggregated": snapshot.aggregated,
        "measures": measures(&snapshot.aggregated),
        "requests": snapshot.rows,
        "limits": limits(&Tables::from(tick)),
        "failures": &snapshot.failures[..snapshot.failures.len().min(TOLD)],
        "failures_in_all": snapshot.failures.len(),
        "exceptions": &snapshot.exceptions[..snapshot.exceptions.len().min(TOLD)],
        "exceptions_in_all": snapshot.exceptions.len(),
        "thresholds": tick.judgements.iter().map(threshold).collect::<Vec<_>>(),
        "generator": tick.generator,
    })
}

fn users_by_class(tick: &Tick) -> Value {
    let users = tick.snapshot.users_by_class.iter();
    users
        .map(|(class, users)| (class.clone(), Value::from(*users)))
        .collect()
}

/// The service's own limits as they stand in the report; none where it told of none and nothing
/// was sent again.
fn limits(tables: &Tables<'_>) -> Option<Value> {
    let rows = tables.rows.iter().copied();
    let rows: Vec<&Row> = rows.chain([tables.aggregated]).collect();
    let table = LimitTable::of(&rows);
    if table.rows.is_empty() {
        return None;
    }
    let shown = table.rows.iter();
    Some(json!({
        "title": TITLE,
        "about": table.about(),
        "heads": table.heads,
        "rows": shown
            .map(|(row, cells)| json!({ "endpoint": rows[*row].endpoint, "cells": cells }))
            .collect::<Vec<_>>(),
    }))
}

/// What is known of all requests beside their response time.
fn measures(row: &Row) -> Vec<Value> {
    let known = row.measures.iter().filter(|figures| is_known(figures));
    known.map(measure).collect()
}

/// What was measured beside the response time, by its name for people, with what its figures are
/// counted in.
fn measure(figures: &Figures) -> Value {
    let mut measure = json!(figures);
    measure["title"] = title(&figures.measure).into();
    measure["unit"] = match figures.measure.unit() {
        Unit::Time => "time",
        Unit::Count => "count",
        Unit::Rate => "rate",
    }
    .into();
    measure
}

fn threshold(judgement: &Judgement) -> Value {
    let (said, tone) = standing(judgement);
    json!({
        "condition": judgement.condition(),
        "observed": judgement.shown_observed(),
        "limit": judgement.shown_limit(),
        "standing": judgement.standing,
        "level": judgement.level,
        "said": said,
        "tone": spelt(tone),
    })
}

/// What the run came to, once it is over.
fn verdict(view: &View) -> Option<Value> {
    let record = view.record.as_ref().filter(|_| view.stage == Stage::Over)?;
    let headline = headline(record);
    Some(json!({
        "outcome": record.verdict.outcome,
        "word": headline.word,
        "tone": spelt(headline.tone),
        "reason": headline.reason,
    }))
}

fn spelt(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Open => "open",
        Tone::Bad => "bad",
    }
}

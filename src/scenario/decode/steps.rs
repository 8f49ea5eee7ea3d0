//! The steps of a task, of `on_start` and of `on_stop`.
//!
//! Must not know which of these they are.

use std::collections::BTreeSet;

use super::super::context::Context;
use super::super::plan::Step;
use super::request_keys::request_keys;
use super::requests::{Inherited, request};
use super::value::{At, Keys};
use super::waits::wait_step;

pub(super) const KEYS: Keys = Keys {
    known: request_keys!["name", "wait"],
    later: &[],
};

/// Reads a list of steps; `known` gains the variables they extract.
pub(super) fn steps(
    at: &At<'_>,
    inherited: &Inherited,
    known: &mut BTreeSet<String>,
    context: &mut Context<'_>,
) -> Vec<Step> {
    let wanted = "a list of steps such as { get: /path } or { wait: 2s }";
    let mut steps = Vec::new();
    for item in at.list(&mut context.report, wanted) {
        steps.extend(step(&item, inherited, known, context));
    }
    steps
}

fn step(
    at: &At<'_>,
    inherited: &Inherited,
    known: &mut BTreeSet<String>,
    context: &mut Context<'_>,
) -> Option<Step> {
    let wanted = "a step such as { get: /path } or { wait: 2s }";
    let fields = at.fields(&KEYS, &mut context.report, wanted)?;
    let Some(wait) = fields.get("wait") else {
        let step = request(&fields, inherited, known, context)?;
        return Some(Step::Request(Box::new(step)));
    };
    let others = fields.present(KEYS.known);
    if others.iter().any(|key| !matches!(*key, "wait" | "name")) {
        at.problem(&mut context.report, "a `wait` is a step of its own");
        return None;
    }
    wait_step(&wait, &mut context.report).map(Step::Wait)
}

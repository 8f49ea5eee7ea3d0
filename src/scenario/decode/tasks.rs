//! The tasks of a user class.
//!
//! Must not know which of them tags will leave.

use std::collections::BTreeSet;

use super::super::context::Context;
use super::super::plan::{Step, Task};
use super::conversation::opened;
use super::request_keys::request_keys;
use super::requests::{Inherited, METHODS, request};
use super::steps::steps;
use super::value::{At, Fields, Keys};

pub(super) const KEYS: Keys = Keys {
    known: request_keys!["name", "weight", "tags", "steps", "conversation"],
    later: &[],
};
/// What stands beside `steps`; anything else belongs into a step.
const BESIDE_STEPS: &[&str] = &["name", "weight", "tags", "steps", "conversation"];

/// Reads the tasks of a class; `known` are the variables its `on_start` extracts, and the data.
pub(super) fn tasks(
    at: &At<'_>,
    inherited: &Inherited,
    known: &BTreeSet<String>,
    context: &mut Context<'_>,
) -> Vec<Task> {
    let items = at.list(&mut context.report, "a list of tasks");
    if at.as_list().is_some() && items.is_empty() {
        at.problem(&mut context.report, "has no tasks; at least one is needed");
    }
    let mut tasks = Vec::new();
    for item in items {
        tasks.extend(task(&item, inherited, known, context));
    }
    tasks
}

fn task(
    at: &At<'_>,
    inherited: &Inherited,
    known: &BTreeSet<String>,
    context: &mut Context<'_>,
) -> Option<Task> {
    let wanted = "a task such as { name: query, post: /query }";
    let fields = at.fields(&KEYS, &mut context.report, wanted)?;
    let report = &mut context.report;
    let weight = fields
        .get("weight")
        .map_or(Some(1), |at| at.count(report, 1));
    let name = fields.get("name").and_then(|at| at.text(report));
    let tags = fields
        .get("tags")
        .map(|at| at.one_or_many())
        .unwrap_or_default();
    let tags = tags.iter().filter_map(|tag| tag.text(report)).collect();
    let mut known = known.clone();
    let conversation = opened(&fields, &mut known, context);
    let mut steps = match fields.get("steps") {
        Some(list) => several(&fields, &list, inherited, &mut known, context),
        None => {
            let step = request(&fields, inherited, &mut known, context)?;
            vec![Step::Request(Box::new(step))]
        }
    };
    let name = name.unwrap_or_else(|| default_name(&steps, context));
    // What a step that was refused would have done is not known.
    let is_whole = fields.get("steps").is_none_or(|list| {
        let written = list.as_list().unwrap_or_default();
        written.len() == steps.len()
    });
    let conversation = conversation.filter(|_| is_whole);
    Some(Task {
        name,
        weight: weight?,
        tags,
        conversation: conversation.and_then(|opened| opened.over(&mut steps, context)),
        steps,
    })
}

fn several(
    fields: &Fields<'_>,
    list: &At<'_>,
    inherited: &Inherited,
    known: &mut BTreeSet<String>,
    context: &mut Context<'_>,
) -> Vec<Step> {
    let misplaced: Vec<&str> = fields
        .present(KEYS.known)
        .into_iter()
        .filter(|key| !BESIDE_STEPS.contains(key))
        .collect();
    if !misplaced.is_empty() {
        let what = if misplaced.iter().any(|key| METHODS.contains(key)) {
            "a task is one request or has `steps`, not both"
        } else {
            "beside `steps`, these belong into a step"
        };
        let message = format!("{what}: found {}", misplaced.join(", "));
        fields.at.problem(&mut context.report, message);
    }
    let found = steps(list, inherited, known, context);
    if list.as_list().is_some_and(|items| items.is_empty()) {
        list.problem(&mut context.report, "has no steps; at least one is needed");
    }
    found
}

/// A task without a name is called after its first request.
fn default_name(steps: &[Step], context: &Context<'_>) -> String {
    let endpoint = steps.iter().find_map(|step| match step {
        Step::Request(request) => context.endpoints.list().get(request.endpoint.index()),
        Step::Wait(_) => None,
    });
    endpoint.map_or_else(|| "wait".to_owned(), |endpoint| endpoint.name.clone())
}

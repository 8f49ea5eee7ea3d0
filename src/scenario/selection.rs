//! Which classes and tasks of a scenario run: tags, class names, weights of nothing.
//!
//! Owns Locust's rules for `--tags` and `--exclude-tags`. Must not know where they came from.

use std::collections::BTreeSet;

use crate::model::{Endpoint, EndpointId};
use crate::threshold::Threshold;

use super::plan::{Load, Step, Task, UserClass};
use super::problems::{Report, suggestion};

/// What was chosen; empty lists choose everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    pub(super) tags: Vec<String>,
    pub(super) exclude_tags: Vec<String>,
    /// Class names, with where they were given.
    pub(super) classes: Option<(Vec<String>, String)>,
    /// Every class and every task equally likely.
    pub(super) equal_weights: bool,
}

impl Selection {
    /// Leaves what was chosen; reports when nothing is left.
    pub(super) fn apply(&self, classes: &mut Vec<UserClass>, report: &mut Report) {
        if classes.is_empty() {
            return;
        }
        self.keep_named(classes, report);
        if self.equal_weights {
            for class in classes.iter_mut() {
                class.weight = 1.0;
                class.tasks.iter_mut().for_each(|task| task.weight = 1);
            }
        }
        let tasks = classes.iter().flat_map(|class| &class.tasks);
        let known: BTreeSet<String> = tasks.flat_map(|task| task.tags.clone()).collect();
        let had_tasks = classes.iter().any(|class| !class.tasks.is_empty());
        classes.retain_mut(|class| {
            let before = class.tasks.len();
            class.tasks.retain(|task| self.keeps(task));
            if class.tasks.is_empty() && before > 0 {
                let name = &class.name;
                report.warn(format!(
                    "no task of {name} has the tags asked for: it does not run"
                ));
            }
            before == 0 || !class.tasks.is_empty()
        });
        if classes.is_empty() && had_tasks && !report.has_problems() {
            report.problem_with("tags", self.nothing_left(&known));
        }
        drop_weightless(classes, report);
    }

    /// What was asked for in vain, and what there is.
    fn nothing_left(&self, known: &BTreeSet<String>) -> String {
        let asked: Vec<String> = [("with", &self.tags), ("without", &self.exclude_tags)]
            .into_iter()
            .filter(|(_, tags)| !tags.is_empty())
            .map(|(how, tags)| format!("{how} {}", tags.join(", ")))
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let known = if known.is_empty() {
            "no task has any tag".to_owned()
        } else {
            format!("the tasks' tags are: {}", known.join(", "))
        };
        format!("no task is left {}; {known}", asked.join(" and "))
    }

    fn keep_named(&self, classes: &mut Vec<UserClass>, report: &mut Report) {
        let Some((names, origin)) = &self.classes else {
            return;
        };
        let known: Vec<String> = classes.iter().map(|class| class.name.clone()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
            let message = format!("unknown user class `{name}`; {}", suggestion(name, &known));
            report.problem_with(origin, message);
        }
        classes.retain(|class| names.contains(&class.name));
    }

    /// Locust's rule: at least one of the tags, none of the excluded.
    fn keeps(&self, task: &Task) -> bool {
        let has = |tags: &[String]| task.tags.iter().any(|tag| tags.contains(tag));
        (self.tags.is_empty() || has(&self.tags)) && !has(&self.exclude_tags)
    }
}

/// Warns when more users are fixed to classes than there ever are.
pub(super) fn warn_of_many_fixed(load: &Load, classes: &[UserClass], report: &mut Report) {
    let fixed = classes.iter().map(|class| u64::from(class.fixed_count));
    let (fixed, users) = (fixed.sum::<u64>(), load.peak_users());
    if fixed > u64::from(users) {
        report.warn_of_load(format!(
            "the fixed_count of the user classes adds up to {fixed}, but there are at most \
             {users} users: not every class gets what it asks for"
        ));
    }
}

fn drop_weightless(classes: &mut Vec<UserClass>, report: &mut Report) {
    let counts = |class: &UserClass| class.weight > 0.0 || class.fixed_count > 0;
    if classes.is_empty() || classes.iter().all(counts) {
        return;
    }
    if !classes.iter().any(counts) {
        let message = "every user class has weight 0; give at least one a weight above 0";
        report.problem_with("user_classes", message);
        return;
    }
    classes.retain(|class| {
        if !counts(class) {
            report.warn(format!("{} has weight 0: it does not run", class.name));
        }
        counts(class)
    });
}

/// Renumbers endpoints to those the classes can reach, in the order of their old numbers;
/// thresholds on others are dropped with a warning. Gives the new list.
pub(super) fn used_endpoints(
    all: &[Endpoint],
    classes: &mut [UserClass],
    thresholds: [&mut Vec<Threshold>; 2],
    report: &mut Report,
) -> Vec<Endpoint> {
    let mut used = vec![false; all.len()];
    for_each_endpoint(classes, |endpoint| used[endpoint.index()] = true);
    let mut renumbered = Vec::with_capacity(all.len());
    let mut next = 0;
    for is_used in &used {
        renumbered.push(is_used.then_some(EndpointId(next)));
        next += u32::from(*is_used);
    }
    for_each_endpoint(classes, |endpoint| {
        if let Some(new) = renumbered[endpoint.index()] {
            *endpoint = new;
        }
    });
    for list in thresholds {
        list.retain_mut(|threshold| {
            let new = threshold
                .on
                .iter()
                .filter_map(|old| renumbered[old.index()]);
            threshold.on = new.collect();
            let gone = threshold.on.is_empty() && threshold.on_text.is_some();
            if let (true, Some(on)) = (gone, &threshold.on_text) {
                let expression = &threshold.expression;
                report.warn_of_load(format!(
                    "{expression} on {on} is not judged: nothing chosen sends it"
                ));
            }
            !gone
        });
    }
    let pairs = all.iter().zip(&used);
    pairs
        .filter(|(_, is_used)| **is_used)
        .map(|(endpoint, _)| endpoint.clone())
        .collect()
}

fn for_each_endpoint(classes: &mut [UserClass], mut act: impl FnMut(&mut EndpointId)) {
    for class in classes {
        let tasks = class
            .tasks
            .iter_mut()
            .flat_map(|task| task.steps.iter_mut());
        let own = class.on_start.iter_mut().chain(class.on_stop.iter_mut());
        for step in tasks.chain(own) {
            if let Step::Request(request) = step {
                act(&mut request.endpoint);
            }
        }
    }
}

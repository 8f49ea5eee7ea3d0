//! Which share of the users a class has, and which share of its tasks each task.
//!
//! Must not know where it is shown.

use serde_json::{Map, Value, json};

use crate::scenario::Plan;
use crate::scenario::plan::UserClass;

/// A class's share among the classes, and its tasks' shares.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassRatio {
    /// The class.
    pub name: String,
    /// Its share, 0 to 1.
    pub share: f64,
    /// Its tasks with their shares, 0 to 1.
    pub tasks: Vec<(String, f64)>,
}

impl ClassRatio {
    fn of(class: &UserClass, share: f64) -> Self {
        let total = class.total_weight();
        let tasks = class.tasks.iter();
        ClassRatio {
            name: class.name.clone(),
            share,
            tasks: tasks
                .map(|task| (task.name.clone(), f64::from(task.weight) / total))
                .collect(),
        }
    }

    /// The same with the tasks' shares among the tasks of all classes.
    #[must_use]
    pub fn of_all(&self) -> ClassRatio {
        let tasks = self.tasks.iter();
        ClassRatio {
            name: self.name.clone(),
            share: self.share,
            tasks: tasks
                .map(|(name, share)| (name.clone(), share * self.share))
                .collect(),
        }
    }
}

/// The classes with the shares that the plan gives them.
#[must_use]
pub fn planned(plan: &Plan) -> Vec<ClassRatio> {
    let weight = |class: &UserClass| {
        if class.fixed_count > 0 {
            f64::from(class.fixed_count)
        } else {
            class.weight
        }
    };
    let all: f64 = plan.classes.iter().map(weight).sum();
    let ratio = |class: &UserClass| ClassRatio::of(class, weight(class) / all);
    plan.classes.iter().map(ratio).collect()
}

/// The classes with their shares of the users running, given per class in the plan's order; 0
/// while nobody runs.
#[must_use]
pub fn running(plan: &Plan, users: &[(String, u32)]) -> Vec<ClassRatio> {
    let all: f64 = users.iter().map(|(_, count)| f64::from(*count)).sum();
    let of_class = |class: &UserClass| {
        let own = users.iter().find(|(name, _)| *name == class.name);
        own.map_or(0.0, |(_, count)| f64::from(*count))
    };
    let share = |class: &UserClass| {
        if all > 0.0 {
            of_class(class) / all
        } else {
            0.0
        }
    };
    let ratio = |class: &UserClass| ClassRatio::of(class, share(class));
    plan.classes.iter().map(ratio).collect()
}

/// Locust's JSON of them: the tasks' shares within their class, and among all.
#[must_use]
pub fn json(ratios: &[ClassRatio]) -> Value {
    let total: Vec<ClassRatio> = ratios.iter().map(ClassRatio::of_all).collect();
    json!({ "per_class": tree(ratios), "total": tree(&total) })
}

fn tree(ratios: &[ClassRatio]) -> Value {
    let node = |ClassRatio { name, share, tasks }: &ClassRatio| {
        let tasks: Map<_, _> = (tasks.iter())
            .map(|(name, share)| (name.clone(), json!({ "ratio": share })))
            .collect();
        (name.clone(), json!({ "ratio": share, "tasks": tasks }))
    };
    Value::Object(ratios.iter().map(node).collect())
}

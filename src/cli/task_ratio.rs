//! What `--list`, `--show-task-ratio` and `--show-task-ratio-json` print, as Locust prints it.
//!
//! Must not know which command line asked.

use std::fmt::Write;

use crate::scenario::Plan;
use crate::scenario::plan::UserClass;

use super::args::ShownArgs;

/// What `--list`, `--show-task-ratio` and `--show-task-ratio-json` print.
pub(super) fn shown(args: &ShownArgs, plan: &Plan) -> String {
    if args.list {
        let names = plan
            .classes
            .iter()
            .map(|class| format!("    {}\n", class.name));
        return format!("Available Users:\n{}", names.collect::<String>());
    }
    let per_class = ratios(plan);
    let total: Vec<ClassRatio> = per_class.iter().map(ClassRatio::of_all).collect();
    if args.show_task_ratio_json {
        let json = serde_json::json!({
            "per_class": ratio_json(&per_class), "total": ratio_json(&total)
        });
        return format!("{json:#}\n");
    }
    ratio_table("Task ratio per User class", &per_class) + &ratio_table("Total task ratio", &total)
}

/// A class's share among the classes, and its tasks' shares.
struct ClassRatio {
    name: String,
    share: f64,
    tasks: Vec<(String, f64)>,
}

impl ClassRatio {
    /// The same with the tasks' shares among the tasks of all classes.
    fn of_all(&self) -> ClassRatio {
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

/// The classes by weight, each with the shares of its tasks within it.
fn ratios(plan: &Plan) -> Vec<ClassRatio> {
    let weight = |class: &UserClass| {
        if class.fixed_count > 0 {
            f64::from(class.fixed_count)
        } else {
            class.weight
        }
    };
    let all: f64 = plan.classes.iter().map(weight).sum();
    let ratio = |class: &UserClass| {
        let total = class.total_weight();
        let share = |weight: u32| f64::from(weight) / total;
        let tasks = class
            .tasks
            .iter()
            .map(|task| (task.name.clone(), share(task.weight)));
        ClassRatio {
            name: class.name.clone(),
            share: weight(class) / all,
            tasks: tasks.collect(),
        }
    };
    plan.classes.iter().map(ratio).collect()
}

fn ratio_json(ratios: &[ClassRatio]) -> serde_json::Value {
    let node = |ClassRatio { name, share, tasks }: &ClassRatio| {
        let tasks: serde_json::Map<_, _> = (tasks.iter())
            .map(|(name, share)| (name.clone(), serde_json::json!({ "ratio": share })))
            .collect();
        (
            name.clone(),
            serde_json::json!({ "ratio": share, "tasks": tasks }),
        )
    };
    serde_json::Value::Object(ratios.iter().map(node).collect())
}

fn ratio_table(title: &str, ratios: &[ClassRatio]) -> String {
    let mut out = format!("\n {title}\n{}\n", "-".repeat(80));
    let mut row = |indent: usize, name: &str, share: f64| {
        let indent = "  ".repeat(indent);
        let percent = format!("{indent}{:<6.1}", share * 100.0);
        let name = format!("{indent}{name}");
        // Writing to a string cannot fail.
        let _ = writeln!(out, " {percent:<10} {name:<50}");
    };
    for ClassRatio { name, share, tasks } in ratios {
        row(0, name, *share);
        for (task, share) in tasks {
            row(1, task, *share);
        }
    }
    out
}

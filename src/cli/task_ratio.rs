//! What `--list`, `--show-task-ratio` and `--show-task-ratio-json` print, as Locust prints it.
//!
//! Must not know which command line asked, nor how a ratio comes about.

use std::fmt::Write;

use crate::output::task_ratio::{self, ClassRatio};
use crate::scenario::Plan;

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
    let per_class = task_ratio::planned(plan);
    if args.show_task_ratio_json {
        return format!("{:#}\n", task_ratio::json(&per_class));
    }
    let total: Vec<ClassRatio> = per_class.iter().map(ClassRatio::of_all).collect();
    ratio_table("Task ratio per User class", &per_class) + &ratio_table("Total task ratio", &total)
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

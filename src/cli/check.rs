//! `ragload check`: the resolved plan for people.
//!
//! Must not resolve anything: it shows a plan.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::load::WaitTime;
use crate::model::units::{format_count, format_duration};
use crate::scenario::plan::{Conversation, Preflight, Step, Task, Turns, UserClass};
use crate::scenario::{Plan, estimate};
use crate::threshold::{Level, Threshold};

use super::approval::{budget, client, load_in_words};
use super::spending;

/// The plan as text.
pub(super) fn describe(plan: &Plan) -> String {
    let mut out = String::new();
    let source = plan
        .source
        .as_ref()
        .map_or_else(|| "built in".to_owned(), |p| p.display().to_string());
    let lines = [
        ("Scenario", format!("{} ({source})", plan.scenario)),
        ("About", plan.description.clone()),
        (
            "Target",
            format!("{} ({})", plan.target.shown, approval(plan)),
        ),
        ("Client", client(plan).to_string()),
        ("Pre-flight", preflight(plan)),
        ("Load", load_in_words(&plan.load)),
        (
            "Requests",
            estimate::requests(plan).map_or_else(
                || "as many as the target answers".to_owned(),
                |n| format!("about {}, if they are answered at once", format_count(n)),
            ),
        ),
        ("Cost", spending::cost(plan).unwrap_or_default()),
        ("Budget", budget(plan).unwrap_or_default()),
        (
            "At the end",
            format!(
                "running tasks get {} to finish",
                format_duration(plan.stop_timeout)
            ),
        ),
    ];
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        line(&mut out, format_args!("{name:<12}{value}"));
    }
    line(&mut out, format_args!("\nSettings"));
    settings(&mut out, plan);
    for class in &plan.classes {
        user_class(&mut out, plan, class);
    }
    data(&mut out, plan);
    conditions(&mut out, "Thresholds", &plan.thresholds);
    conditions(&mut out, "Stop if", &plan.stop_if);
    for warning in &plan.warnings {
        line(&mut out, format_args!("\nwarning: {warning}"));
    }
    plan.masker.mask(&out)
}

/// Appends a line; writing to a string cannot fail.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

fn approval(plan: &Plan) -> &'static str {
    match (plan.target.class.runs_unasked(), plan.target.approved) {
        (true, _) => "may be put under load unasked",
        (false, true) => "approved for load",
        (false, false) => "NOT approved for load: see --approve-host",
    }
}

fn preflight(plan: &Plan) -> String {
    match &plan.preflight {
        Preflight::Off => "off".to_owned(),
        Preflight::Get { path, wait_for } if wait_for.is_zero() => format!("GET {path}"),
        Preflight::Get { path, wait_for } => {
            format!("GET {path}, for up to {}", format_duration(*wait_for))
        }
    }
}

fn settings(out: &mut String, plan: &Plan) {
    let width = |of: fn(&crate::scenario::plan::Setting) -> &str| {
        plan.settings
            .iter()
            .map(|setting| of(setting).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (names, values) = (width(|s| &s.name), width(|s| &s.value));
    for setting in &plan.settings {
        let (name, value, origin) = (&setting.name, &setting.value, &setting.origin);
        line(
            out,
            format_args!("  {name:<names$}  {value:<values$}  {origin}"),
        );
    }
}

fn user_class(out: &mut String, plan: &Plan, class: &UserClass) {
    let share = if class.fixed_count > 0 {
        format!("{} users", class.fixed_count)
    } else {
        format!("weight {}", class.weight)
    };
    line(
        out,
        format_args!(
            "\nUser class {} ({share}), {}",
            class.name,
            wait("waits", class.wait_time)
        ),
    );
    for (name, steps) in [("on_start", &class.on_start), ("on_stop", &class.on_stop)] {
        if !steps.is_empty() {
            line(out, format_args!("          {name}"));
            steps_of(out, plan, steps);
        }
    }
    for task in &class.tasks {
        task_lines(out, plan, task, class.total_weight());
    }
}

fn task_lines(out: &mut String, plan: &Plan, task: &Task, total: f64) {
    let percent = 100.0 * f64::from(task.weight) / total;
    let tags = if task.tags.is_empty() {
        String::new()
    } else {
        format!("  [{}]", task.tags.join(", "))
    };
    line(out, format_args!("  {percent:>5.1} %  {}{tags}", task.name));
    if let Some(held) = &task.conversation {
        conversation(out, held);
    }
    steps_of(out, plan, &task.steps);
}

/// `             conversation of 2 to 5 turns, wait 2s to 8s between them`.
fn conversation(out: &mut String, held: &Conversation) {
    let turns = match held.turns {
        Turns::Listed => "as many turns as questions are listed".to_owned(),
        Turns::Between(1, 1) => "1 turn".to_owned(),
        Turns::Between(least, most) if least == most => format!("{most} turns"),
        Turns::Between(least, most) => format!("{least} to {most} turns"),
    };
    let pause = wait("wait", held.pause);
    line(
        out,
        format_args!("             conversation of {turns}, {pause} between them"),
    );
}

fn steps_of(out: &mut String, plan: &Plan, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Request(request) => {
                let endpoint = &plan.endpoints[request.endpoint.index()];
                let again = (request.retry.as_ref())
                    .map_or_else(String::new, |retry| again(retry.attempts));
                line(out, format_args!("             {endpoint}{again}"));
            }
            Step::Wait(time) => line(out, format_args!("             {}", wait("wait", *time))),
        }
    }
}

/// `, sent up to 3 times`; nothing where it is sent but once.
fn again(attempts: u32) -> String {
    if attempts > 1 {
        format!(", sent up to {attempts} times")
    } else {
        String::new()
    }
}

/// `wait 1s to 3s`.
pub(super) fn wait(verb: &str, wait: WaitTime) -> String {
    match wait {
        WaitTime::Constant(time) if time.is_zero() => "no wait".to_owned(),
        WaitTime::Constant(time) => format!("{verb} {}", format_duration(time)),
        WaitTime::Between(from, to) => {
            format!(
                "{verb} {} to {}",
                format_duration(from),
                format_duration(to)
            )
        }
        WaitTime::Pacing(pace) => {
            format!("{verb} so that tasks start every {}", format_duration(pace))
        }
    }
}

fn data(out: &mut String, plan: &Plan) {
    if !plan.data.is_empty() {
        line(out, format_args!("\nData"));
    }
    for set in &plan.data {
        let order = format!("{:?}", set.order).to_lowercase();
        line(
            out,
            format_args!(
                "  {}: {} rows, {order}{}",
                set.name,
                set.rows.len(),
                columns(&set.rows)
            ),
        );
    }
}

/// `, columns text, lang`; nothing for rows that are plain texts.
fn columns(rows: &[Value]) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    match &columns[..] {
        [] => String::new(),
        names => format!(", columns {}", names.join(", ")),
    }
}

fn conditions(out: &mut String, title: &str, thresholds: &[Threshold]) {
    if !thresholds.is_empty() {
        line(out, format_args!("\n{title}"));
    }
    for threshold in thresholds {
        let level = if threshold.level == Level::Warn {
            " (warns only)"
        } else {
            ""
        };
        let abort = if threshold.abort {
            " (ends the run)"
        } else {
            ""
        };
        let after = match threshold.after {
            Duration::ZERO => String::new(),
            after => format!(" after {}", format_duration(after)),
        };
        let least = match threshold.min_requests {
            0 | 1 => String::new(),
            least => format!(", from {least} requests on"),
        };
        line(
            out,
            format_args!("  {}{after}{least}{level}{abort}", threshold.condition()),
        );
    }
}

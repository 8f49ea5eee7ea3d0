//! The file formats, one entry each: adding one here gives it a destination opened before the
//! run, a golden file and the conformance tests.

use std::path::PathBuf;

use crate::event::Sink;

use super::destination::{Destination, Kept};
use super::locust_csv::{exceptions, failures, history, stats};
use super::plan::{OutputPlan, with_suffix};
use super::sinks::{AtEnd, Rewritten};
use super::{html, junit, locust_json, markdown, rag_csv, record, samples};

/// When a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Added to every second; cannot be made from a record.
    AsItGoes,
    /// Rewritten every second and at the end.
    Rewritten,
    /// Once, at the end.
    AtEnd,
}

/// One file format.
pub struct Format {
    /// Its name in listings.
    pub name: &'static str,
    /// When its file is written.
    pub written: Written,
    /// The files of it a plan wants.
    pub paths: fn(&OutputPlan) -> Vec<PathBuf>,
    /// What writes it to a destination.
    pub sink: fn(Box<dyn Destination>, &OutputPlan) -> Box<dyn Sink>,
}

/// Every file format.
pub const FORMATS: &[Format] = &[
    Format {
        name: "stats.csv",
        written: Written::Rewritten,
        paths: |plan| csv(plan, "_stats.csv"),
        sink: |to, _| Box::new(Rewritten::new(to, stats::render)),
    },
    Format {
        name: "stats_history.csv",
        written: Written::AsItGoes,
        paths: |plan| csv(plan, "_stats_history.csv"),
        sink: |to, plan| Box::new(history::History::new(to, plan.history)),
    },
    Format {
        name: "failures.csv",
        written: Written::Rewritten,
        paths: |plan| csv(plan, "_failures.csv"),
        sink: |to, _| Box::new(Rewritten::new(to, failures::render)),
    },
    Format {
        name: "exceptions.csv",
        written: Written::Rewritten,
        paths: |plan| csv(plan, "_exceptions.csv"),
        sink: |to, _| Box::new(Rewritten::new(to, exceptions::render)),
    },
    Format {
        name: "rag.csv",
        written: Written::Rewritten,
        paths: |plan| of_answers(plan, "_rag.csv"),
        sink: |to, _| Box::new(Rewritten::new(to, rag_csv::answers::render)),
    },
    Format {
        name: "rag_stages.csv",
        written: Written::Rewritten,
        paths: |plan| of_answers(plan, "_rag_stages.csv"),
        sink: |to, _| Box::new(Rewritten::new(to, rag_csv::stages::render)),
    },
    Format {
        name: "answers.jsonl",
        written: Written::AsItGoes,
        paths: |plan| plan.samples.iter().cloned().collect(),
        sink: |to, _| Box::new(samples::Samples::new(to)),
    },
    Format {
        name: "report.html",
        written: Written::AtEnd,
        paths: |plan| plan.html.iter().cloned().collect(),
        sink: |to, _| Box::new(AtEnd::new(to, html::render)),
    },
    Format {
        name: "locust.json",
        written: Written::AtEnd,
        paths: |plan| {
            let path = plan.json_file.iter();
            path.map(|path| with_suffix(path, ".json")).collect()
        },
        sink: |to, _| Box::new(AtEnd::new(to, locust_json::render)),
    },
    Format {
        name: "junit.xml",
        written: Written::AtEnd,
        paths: |plan| plan.junit.iter().cloned().collect(),
        sink: |to, _| Box::new(AtEnd::new(to, junit::render)),
    },
    Format {
        name: "summary.md",
        written: Written::AtEnd,
        paths: |plan| plan.markdown.iter().cloned().collect(),
        sink: |to, _| Box::new(AtEnd::new(to, markdown::render)),
    },
    Format {
        name: "run.json",
        written: Written::AtEnd,
        paths: |plan| {
            let kept = plan.kept.iter().map(Kept::path);
            plan.records.iter().cloned().chain(kept).collect()
        },
        sink: |to, _| Box::new(AtEnd::new(to, record::to_json)),
    },
];

fn csv(plan: &OutputPlan, suffix: &str) -> Vec<PathBuf> {
    let prefix = plan.csv.iter();
    prefix.map(|prefix| with_suffix(prefix, suffix)).collect()
}

/// Files beside Locust's, where there is anything to stand in them.
fn of_answers(plan: &OutputPlan, suffix: &str) -> Vec<PathBuf> {
    if plan.answers {
        csv(plan, suffix)
    } else {
        Vec::new()
    }
}

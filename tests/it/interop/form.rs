//! The form of the outputs: what a program that reads them relies on.

use std::path::Path;

use super::figures::NAMES;
use super::table::{Form, Table};
use crate::locust::{LocustOutcome, csv_header};

fn files(outcome: &LocustOutcome) -> [&Path; 4] {
    [
        &outcome.stats,
        &outcome.history,
        &outcome.failures,
        &outcome.exceptions,
    ]
}

/// Headers, rows and the form of every field of all four files.
pub(super) fn files_have_the_same_form(locust: &LocustOutcome, ours: &LocustOutcome) {
    for (theirs, ours) in files(locust).into_iter().zip(files(ours)) {
        assert_eq!(csv_header(theirs), csv_header(ours));
        let is_history = theirs == locust.history;
        let [theirs, ours] = [theirs, ours].map(Table::read);
        assert_eq!(row_sets(&theirs), row_sets(&ours));
        for column in &theirs.columns {
            let mut forms = [&theirs, &ours].map(|table| table.forms(column, is_history));
            if column.contains("Median") {
                // An int, or a float where it is the minimum or maximum: chance says which.
                for forms in &mut forms {
                    if forms.remove(&Form::Float) {
                        forms.insert(Form::Int);
                    }
                }
            }
            let [theirs, ours] = forms;
            assert_eq!(theirs, ours, "column {column}");
        }
    }
}

/// The rows' types and names in their order; of a history, those of every moment, each once.
fn row_sets(table: &Table) -> Vec<Vec<String>> {
    let Some(key) = [["Type", "Name"], ["Method", "Name"]]
        .into_iter()
        .find(|key| table.columns.contains(&key[0].to_owned()))
    else {
        return Vec::new();
    };
    let mut sets: Vec<Vec<String>> = vec![Vec::new()];
    for row in table.select(&key) {
        let is_last = row[1] == "Aggregated";
        if let Some(set) = sets.last_mut() {
            set.push(row.join(" "));
        }
        if is_last {
            sets.push(Vec::new());
        }
    }
    // In the first seconds it is chance which requests have come back already.
    sets.retain(|set| set.len() == NAMES.len() + 1);
    sets.dedup();
    sets
}

/// Headings and rules, in their order; the bodies of the tables are measurements.
pub(super) fn tables_look_the_same(theirs: &str, ours: &str) {
    let frame = |text: &str| -> Vec<String> {
        let is_frame = |line: &&str| {
            line.starts_with("Type ")
                || line.starts_with("--------")
                || line.starts_with("Response time percentiles")
                || line.starts_with("Error report")
                || line.starts_with("# occurrences")
        };
        text.lines().filter(is_frame).map(str::to_owned).collect()
    };
    let (theirs, ours) = (frame(theirs), frame(ours));
    assert!(theirs.len() >= 7, "{theirs:#?}");
    assert_eq!(theirs, ours);
}

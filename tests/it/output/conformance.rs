//! What holds for every file format: these tests walk the registry.

use std::io;
use std::sync::Arc;

use ragload::event::{Event, Sink};
use ragload::output::locust_csv::history::Detail;
use ragload::output::{FORMATS, Format, OutputPlan, Written};

use super::fixture;
use super::golden;
use super::memory::Memory;

fn sink(format: &Format, to: &Memory) -> Box<dyn Sink> {
    (format.sink)(Box::new(to.clone()), &OutputPlan::default())
}

/// A page without its style and its program, and a text of another kind as it is: what a golden
/// file holds is to be read.
fn content(text: &str) -> String {
    let without = |text: String, start: &str, end: &str| match text.split_once(start) {
        Some((before, rest)) => {
            let (_, after) = rest.split_once(end).unwrap();
            format!("{before}{start}…{end}{after}")
        }
        None => text,
    };
    if !text.starts_with("<!doctype html>") {
        return text.to_owned();
    }
    let text = without(text.to_owned(), "<style>", "</style>");
    let text = without(text, "<script>", "</script>");
    without(text, "script-src 'sha256-", "'")
}

fn finished(record: ragload::event::RunRecord) -> Event {
    Event::Finished(Arc::new(record))
}

#[test]
fn every_format_shows_the_fixture_run_as_its_golden_file_does() {
    let run = fixture::run();
    for format in FORMATS {
        let memory = Memory::default();
        let mut sink = sink(format, &memory);
        for event in run.events() {
            sink.on(&event).unwrap();
        }
        golden::check(format.name, &content(&memory.text()));
    }
}

#[test]
fn every_format_survives_a_run_in_which_nothing_was_measured() {
    for format in FORMATS {
        let memory = Memory::default();
        sink(format, &memory)
            .on(&finished(fixture::empty()))
            .unwrap();
        golden::check(&format!("empty/{}", format.name), &content(&memory.text()));
    }
}

#[test]
fn a_full_history_has_a_row_for_every_endpoint() {
    let run = fixture::run();
    let plan = OutputPlan {
        history: Detail::Full,
        ..OutputPlan::default()
    };
    let format = FORMATS
        .iter()
        .find(|format| format.written == Written::AsItGoes)
        .unwrap();
    let memory = Memory::default();
    let mut sink = (format.sink)(Box::new(memory.clone()), &plan);
    for tick in run.ticks.iter().take(12) {
        sink.on(&Event::Tick(Arc::clone(tick))).unwrap();
    }
    golden::check("stats_history_full.csv", &memory.text());
}

#[test]
fn a_destination_that_fails_is_told_of_once_and_tried_again() {
    let run = fixture::run();
    for format in FORMATS {
        let memory = Memory::failing(io::ErrorKind::StorageFull);
        let mut sink = sink(format, &memory);
        let events = run.events();
        let errors: Vec<String> = (events.iter())
            .filter_map(|event| sink.on(event).err())
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors.len(), 1, "{}: {errors:?}", format.name);
        assert!(errors[0].starts_with("memory: "), "{}", errors[0]);
        assert_eq!(memory.text(), "", "{}", format.name);
        // There is room again.
        *memory.fails.lock().unwrap() = None;
        for event in &events {
            sink.on(event).unwrap();
        }
        assert_ne!(memory.text(), "", "{}", format.name);
    }
}

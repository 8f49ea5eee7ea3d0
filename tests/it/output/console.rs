//! What a terminal shows.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use ragload::event::{Event, Notice, RunOutcome, RunRecord, Severity, Sink, Started, Tick};
use ragload::model::Offset;
use ragload::output::console::locust_tables::{self, Rates};
use ragload::output::console::progress::{redrawn, written};
use ragload::output::console::{LocustTables, Progress, Screen, Style, summary};
use ragload::output::tables::Tables;

use super::fixture;
use super::golden;
use super::memory::Memory;

fn terminal(memory: &Memory, columns: usize) -> Screen {
    Screen::new(
        "terminal",
        Box::new(memory.clone()),
        Box::new(move || Some(columns)),
        Style::default(),
    )
}

fn ticks(sink: &mut dyn Sink, ticks: &[Arc<Tick>]) {
    for tick in ticks {
        sink.on(&Event::Tick(Arc::clone(tick))).unwrap();
    }
}

#[test]
fn locusts_tables_are_as_in_the_golden_file() {
    let run = fixture::run();
    let closing = locust_tables::closing(&Tables::from(&run.record), None);
    golden::check("console_locust.txt", &closing);
    let narrow = locust_tables::closing(&Tables::from(&run.record), Some(100));
    golden::check("console_locust_narrow.txt", &narrow);
}

/// The lines Locust 2.47.0 printed.
#[test]
fn headings_and_rules_are_those_of_locust() {
    let record = fixture::empty();
    let table = locust_tables::requests(&Tables::from(&record), Rates::Current, 80);
    let expected = [
        "Type     Name                                                                          # reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s",
        "--------|----------------------------------------------------------------------------|-------|-------------|-------|-------|-------|-------|--------|-----------",
        "--------|----------------------------------------------------------------------------|-------|-------------|-------|-------|-------|-------|--------|-----------",
        "         Aggregated                                                                         0     0(0.00%) |      0       0       0      0 |    0.00        0.00",
    ];
    assert_eq!(table.lines().collect::<Vec<_>>(), expected);
    let run = fixture::run();
    let tables = Tables::from(&run.record);
    let percentiles = locust_tables::percentiles(&tables, 80);
    let expected = [
        "Response time percentiles (approximated)",
        "Type     Name                                                                                  50%    66%    75%    80%    90%    95%    98%    99%  99.9% 99.99%   100% # reqs",
        "--------|--------------------------------------------------------------------------------|--------|------|------|------|------|------|------|------|------|------|------|------",
    ];
    assert_eq!(percentiles.lines().take(3).collect::<Vec<_>>(), expected);
    let errors = locust_tables::errors(&tables, 80);
    let rule = format!("{}|{}", "-".repeat(18), "-".repeat(141));
    assert_eq!(errors.lines().nth(2), Some(rule.as_str()));
    assert!(errors.ends_with("-\n\n"));
}

#[test]
fn locusts_tables_come_every_two_seconds() {
    let memory = Memory::default();
    let mut sink = LocustTables::new(Screen::plain("stderr", Box::new(memory.clone())));
    ticks(&mut sink, &fixture::run().ticks[..7]);
    assert_eq!(memory.text().matches("Type     Name").count(), 3);
}

#[test]
fn the_summary_is_as_in_the_golden_file() {
    let record = fixture::run().record;
    let files = [
        PathBuf::from("results/smoke.html"),
        PathBuf::from("results/smoke_run.json"),
    ];
    golden::check(
        "summary.txt",
        &summary::render(&record, &files, 120, Style::default()),
    );
    golden::check(
        "summary_ascii.txt",
        &summary::render(&record, &files, 80, Style::PLAIN_ASCII),
    );
    let colour = Style {
        colour: true,
        ascii: false,
    };
    golden::check(
        "summary_colour.txt",
        &summary::render(&record, &files, 120, colour),
    );
    golden::check(
        "empty/summary.txt",
        &summary::render(&fixture::empty(), &[], 120, Style::default()),
    );
}

#[test]
fn the_verdict_comes_first() {
    let mut record = fixture::run().record;
    let first = |record: &RunRecord| {
        summary::render(record, &[], 120, Style::default())
            .lines()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        first(&record),
        "FAILED  smoke against http://localhost:8000: p95 < 200ms on POST /query: observed 591ms; 1 more threshold broken"
    );
    record.verdict.outcome = RunOutcome::Passed;
    record.verdict.reason = "5 of 5 thresholds met".to_owned();
    assert_eq!(
        first(&record),
        "PASSED  smoke against http://localhost:8000: 5 of 5 thresholds met"
    );
    assert_eq!(
        first(&fixture::empty()),
        "FAILED  smoke against http://localhost:8000: no request finished"
    );
}

#[test]
fn ascii_is_ascii_and_no_colour_is_no_escape() {
    let record = fixture::run().record;
    assert!(summary::render(&record, &[], 80, Style::PLAIN_ASCII).is_ascii());
    assert!(!summary::render(&record, &[], 80, Style::default()).contains('\u{1b}'));
    let plain = summary::render(&record, &[], 80, Style::PLAIN_ASCII);
    let tables = plain.split_once("Requests ").unwrap().1;
    let tables = tables.split_once("warning:").unwrap().0;
    assert!(tables.lines().all(|line| line.len() <= 80), "{tables}");
    let tick = &fixture::run().ticks[40];
    assert!(redrawn(tick, 200, Style::PLAIN_ASCII).is_ascii());
}

#[test]
fn the_progress_line_never_wraps() {
    let run = fixture::run();
    for width in 0..160 {
        for tick in &run.ticks {
            let line = redrawn(tick, width, Style::default());
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
    let tick = &run.ticks[29];
    golden::check(
        "progress.txt",
        &format!(
            "{}\n{}\n{}\n{}\n",
            redrawn(tick, 119, Style::default()),
            redrawn(tick, 79, Style::default()),
            redrawn(tick, 30, Style::PLAIN_ASCII),
            written(tick, Style::default()),
        ),
    );
}

#[test]
fn a_terminal_shows_one_line_and_log_lines_above_it() {
    let memory = Memory::default();
    let mut progress = Progress::new(terminal(&memory, 120));
    let run = fixture::run();
    ticks(&mut progress, &run.ticks[..2]);
    io::Write::write_all(&mut progress.log(), b"a log line\n").unwrap();
    progress.on(&Event::Finished(Arc::new(run.record))).unwrap();
    let text = memory.text();
    assert_eq!(text.matches('\n').count(), 1);
    assert!(text.contains("\r\u{1b}[Ka log line\n"));
    assert!(text.ends_with("\r\u{1b}[K"));
}

#[test]
fn a_log_gets_a_line_after_a_second_and_every_five_from_then() {
    let memory = Memory::default();
    let mut progress = Progress::new(Screen::plain("stderr", Box::new(memory.clone())));
    ticks(&mut progress, &fixture::run().ticks[..12]);
    let text = memory.text();
    let times: Vec<&str> = text
        .lines()
        .map(|line| line.split(']').next().unwrap())
        .collect();
    assert_eq!(times, ["[06:45:44Z", "[06:45:49Z", "[06:45:54Z"]);
    assert!(!text.contains('\u{1b}') && !text.contains('\r'));
}

#[test]
fn the_time_left_is_told_as_long_as_the_run_goes_on() {
    let mut tick = fixture::run().ticks[29].as_ref().clone();
    assert!(written(&tick, Style::default()).starts_with("30s, 1m30s left: 10 users, "));
    tick.paused = true;
    assert!(written(&tick, Style::default()).starts_with("30s, paused, 1m30s left: "));
    tick.paused = false;
    tick.ends_at = None;
    assert!(written(&tick, Style::default()).starts_with("30s: "));
    tick.phase = ragload::event::Phase::Stopping;
    tick.ends_at = Some(Offset::ZERO);
    let line = written(&tick, Style::default());
    assert!(
        line.starts_with("30s, stopping, 10 users left: 21.7 req/s"),
        "{line}"
    );
    // No bar that goes on to the end the run no longer has, and no number of users to reach.
    tick.ends_at = Some(Offset::from_secs(60));
    tick.target_users = 0;
    let line = redrawn(&tick, 200, Style::default());
    assert!(
        line.starts_with("30s, stopping, 10 users left  21.7 req/s"),
        "{line}"
    );
}

#[test]
fn a_narrow_line_loses_the_bar_then_p50_then_the_target_and_never_the_failures() {
    let mut tick = fixture::run().ticks[29].as_ref().clone();
    tick.target_users = 20;
    let fits = |width: usize| redrawn(&tick, width, Style::PLAIN_ASCII);
    let whole = fits(200);
    assert!(
        whole.starts_with('#') && whole.contains("10/20 users"),
        "{whole}"
    );
    let mut width = whole.len();
    for part in [
        "...",
        "p50",
        "/20",
        "exception",
        "p95",
        "req/s",
        "users",
        "left",
        "(53)",
    ] {
        assert!(fits(width).contains(part), "{part}: {}", fits(width));
        width = fits(width).len() - 1;
        assert!(!fits(width).contains(part), "{part}: {}", fits(width));
        assert!(fits(width).contains("11.7% failed"), "{}", fits(width));
    }
    assert_eq!(fits(12), "11.7% failed");
}

#[test]
fn a_log_has_the_clock_in_front_of_notices_too() {
    let started = Event::Started(Arc::new(Started {
        plan: Arc::new(crate::scenario::plan(crate::scenario::WORKLOAD)),
        started_unix: fixture::STARTED,
    }));
    let memory = Memory::default();
    let mut progress = Progress::new(Screen::plain("stderr", Box::new(memory.clone())));
    progress.on(&started).unwrap();
    let notice = Notice {
        at: Offset::from_secs(17),
        severity: Severity::Warning,
        text: "the generator is busy".to_owned(),
    };
    progress.on(&Event::Notice(notice.clone())).unwrap();
    let told = "after 17s: warning: the generator is busy\n";
    assert_eq!(memory.text(), format!("[06:46:00Z] {told}"));
    let memory = Memory::default();
    let mut progress = Progress::new(terminal(&memory, 120));
    progress.on(&started).unwrap();
    progress.on(&Event::Notice(notice)).unwrap();
    assert_eq!(memory.text(), told);
}

#[test]
fn a_reader_who_went_away_is_a_normal_end_and_other_failures_are_told_once() {
    let run = fixture::run();
    for (kind, expected) in [
        (io::ErrorKind::BrokenPipe, 0),
        (io::ErrorKind::StorageFull, 1),
    ] {
        let screen = |columns| {
            let memory = Memory::failing(kind);
            Screen::new(
                "stderr",
                Box::new(memory),
                Box::new(move || columns),
                Style::default(),
            )
        };
        let sinks: [Box<dyn Sink>; 3] = [
            Box::new(Progress::new(screen(Some(100)))),
            Box::new(Progress::new(screen(None))),
            Box::new(LocustTables::new(screen(None))),
        ];
        for mut sink in sinks {
            let errors = run
                .events()
                .iter()
                .filter_map(|event| sink.on(event).err())
                .count();
            assert_eq!(errors, expected, "{kind}");
        }
    }
}

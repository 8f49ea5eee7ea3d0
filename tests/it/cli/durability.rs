//! Nothing written is lost: not by `kill -9`, not by a disk that fills up.

#![cfg(unix)]

use super::program::{Folder, PROGRAM, Ran};
use super::running::{ran, start, until};
use super::service::Service;

/// Rows of a CSV file, each of as many fields as the header.
#[track_caller]
fn whole_rows(text: &str) -> usize {
    assert!(text.is_empty() || text.ends_with('\n'), "torn: {text}");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .records()
        .map(|row| assert!(row.is_ok(), "{row:?}"))
        .count()
}

#[test]
fn a_killed_run_leaves_whole_rows_up_to_its_last_second() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let run = [
        "run",
        "quick.yaml",
        "-t",
        "60s",
        "-H",
        &host,
        "--csv-full-history",
    ];
    let running = start(folder.ragload(&run));
    let history = "results/quick_stats_history.csv";
    until("two seconds are written", || {
        // The start, then two endpoints and Aggregated each second.
        folder.has(history) && folder.read(history).lines().count() >= 1 + 1 + 2 * 3
    });
    running.signal("KILL");
    let ran = running.end();
    assert_eq!(ran.code, None);
    assert!(whole_rows(&folder.read(history)) >= 7);
    let last = folder.read(history);
    let total: u64 = last
        .lines()
        .last()
        .and_then(|row| row.split(',').nth(17)?.parse().ok())
        .unwrap();
    assert!(total > 10, "{last}");
    assert_eq!(whole_rows(&folder.read("results/quick_stats.csv")), 3);
    assert_eq!(whole_rows(&folder.read("results/quick_failures.csv")), 0);
}

/// A scenario that keeps every answer.
const KEEPS: &str = "users: 2
spawn_rate: 100
samples: { rate: 100%, file: kept.jsonl }
user_classes:
  - name: A
    wait_time: { constant: 20ms }
    tasks: [{ post: /query, json: { query: hi }, response: { answer: $.answer } }]
";

/// Lines of JSON, each with its question.
#[track_caller]
fn whole_lines(text: &str) -> usize {
    assert!(text.is_empty() || text.ends_with('\n'), "torn: {text}");
    let lines = text.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        assert_eq!(line["question"], r#"{"query":"hi"}"#, "{line}");
        assert_eq!(line["status"], 200, "{line}");
    });
    lines.count()
}

#[test]
fn a_killed_run_leaves_the_answers_it_kept_in_whole_lines() {
    let (folder, service) = (Folder::new(), Service::start());
    folder.write("keeps.yaml", KEEPS);
    let host = service.host();
    let running = start(folder.ragload(&["run", "keeps.yaml", "-t", "60s", "-H", &host]));
    let file = "results/keeps_kept.jsonl";
    until("answers are written", || {
        folder.has(file) && folder.read(file).lines().count() > 10
    });
    running.signal("KILL");
    assert_eq!(running.end().code, None);
    assert!(whole_lines(&folder.read(file)) > 10);
}

#[test]
fn kept_answers_stand_beside_the_other_results_and_are_listed() {
    let (folder, service) = (Folder::new(), Service::start());
    folder.write("keeps.yaml", KEEPS);
    let host = service.host();
    let run = ["run", "keeps.yaml", "-t", "400ms", "-H", &host];
    let named = [&run[..], &["--csv", "out/mine", "--no-html"]].concat();
    ran(folder.ragload(&named))
        .expect(0)
        .shows("out/mine_kept.jsonl");
    assert!(whole_lines(&folder.read("out/mine_kept.jsonl")) > 2);
    let bare = [&run[..], &["--no-csv", "--no-html"]].concat();
    let bare = ran(folder.ragload(&bare)).expect(0);
    bare.shows("results/keeps_kept.jsonl");
    let of_locust = ["-f", "keeps.yaml", "--headless", "-t", "400ms", "-H", &host];
    let of_locust = ran(folder.ragload(&of_locust)).expect(0);
    of_locust.says("Kept answers written to kept.jsonl");
    assert!(whole_lines(&folder.read("kept.jsonl")) > 2);
}

#[test]
fn a_disk_that_fills_up_loses_no_answer_that_was_kept_before() {
    let (folder, service) = (Folder::new(), Service::start());
    folder.write("keeps.yaml", KEEPS);
    let host = service.host();
    let run = ["run", "keeps.yaml", "-t", "3s", "-H", &host, "--no-html"];
    let full = on_a_full_disk(&folder, 16, &run).expect(5);
    full.says("cannot write results/keeps_kept.jsonl: File too large");
    assert!(whole_lines(&folder.read("results/keeps_kept.jsonl")) > 1);
}

/// Runs with files of at most so many blocks of 512 bytes: to the program, the disk is full.
fn on_a_full_disk(folder: &Folder, blocks: u32, arguments: &[&str]) -> Ran {
    let mut command = folder.program("sh");
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    command.args(["-c", &limited, PROGRAM]).args(arguments);
    ran(command)
}

#[test]
fn outputs_that_do_not_fit_are_told_and_the_older_ones_stay() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let run = ["run", "quick.yaml", "-t", "400ms", "-H", &host];
    ran(folder.ragload(&run)).expect(0);
    let before = folder.read("results/quick.html");
    let full = on_a_full_disk(&folder, 8, &run).expect(5);
    let full = full.says("cannot write results/quick.html: File too large");
    full.says("results/quick_run.json").shows("PASSED");
    assert_eq!(folder.read("results/quick.html"), before);
    assert_eq!(whole_rows(&folder.read("results/quick_stats.csv")), 3);
    let left = folder.files();
    assert!(!left.iter().any(|file| file.ends_with(".part")), "{left:?}");
}

#[test]
fn a_disk_that_fills_up_in_the_middle_loses_no_row_written_before() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let run = [
        "run",
        "quick.yaml",
        "-t",
        "3s",
        "-H",
        &host,
        "--no-html",
        "--csv-full-history",
    ];
    let full = on_a_full_disk(&folder, 2, &run).expect(5);
    full.says("cannot write results/quick_stats_history.csv: File too large");
    let rows = whole_rows(&folder.read("results/quick_stats_history.csv"));
    assert!((1..10).contains(&rows), "{rows}");
}

#[test]
fn a_device_without_room_is_told() {
    let (folder, service) = (Folder::quick(""), Service::start());
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let host = service.host();
    let run = [
        "run",
        "quick.yaml",
        "-t",
        "400ms",
        "-H",
        &host,
        "--html",
        "/dev/full",
    ];
    let full = ran(folder.ragload(&run)).expect(5);
    full.says("cannot write /dev/full: No space left on device")
        .says("free some space");
}

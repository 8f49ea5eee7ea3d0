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

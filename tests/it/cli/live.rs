//! The live view on a real terminal: what it shows, what keys do, and that the terminal is left as
//! it was found whatever ends the run.

#![cfg(unix)]

use std::path::PathBuf;
use std::process::Command;

use ragload::demo::Faults;
use ragload::output::console::FullScreen;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::program::Folder;
use super::running::until;
use super::service::Service;
use super::window::Window;

/// A window as most people have it.
const USUAL: (u16, u16) = (80, 24);

fn run(service: &Service, more: &str) -> String {
    format!("run quick.yaml -H {} {more}", service.host())
}

/// The id of the program in the window, which is the only one with this folder.
fn signal(folder: &Folder, name: &str) {
    let id = folder.read("id");
    let sent = Command::new("kill").args(["-s", name, id.trim()]).status();
    assert!(sent.expect("kill can be run").success());
}

/// Runs the program in a window that notes its id in the file `id`.
fn with_id<'f>(folder: &'f Folder, arguments: &str) -> Window<'f> {
    let program = super::program::PROGRAM;
    let command = format!("sh -c 'echo $$ >id; exec \"{program}\" {arguments}'");
    Window::open(folder, USUAL.0, USUAL.1, &command)
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_terminal_shows_the_view_and_then_the_summary() {
    let (folder, service) = (Folder::quick("thresholds: [p95 < 2s]"), Service::start());
    let window = Window::ragload(&folder, USUAL, &run(&service, "-t 5s"));
    let screen = window.until_shows("2s left");
    for text in [
        "RUNNING",
        "✓ p95 < 2s",
        "Requests/s",
        "POST /query",
        "All users",
        "CPU",
    ] {
        assert!(screen.contains(text), "no {text:?} on:\n{screen}");
    }
    // Smaller, and it fits again.
    window.resize(50, 14);
    let narrow = window.until_shows("fail/s");
    assert!(narrow.contains("q stop"), "{narrow}");
    window.resize(120, 40);
    let all = window.until_left_as_found(0);
    let told = all.find("after 0s: All users spawned").expect(&all);
    let verdict = all.find("PASSED  quick against").expect(&all);
    assert!(told < verdict && !all.contains("RUNNING"), "{all}");
    assert!(folder.read("results/quick.html").contains("</html>"));
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn keys_change_users_pause_and_stop_with_the_verdict_of_a_full_run() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let window = Window::ragload(&folder, USUAL, &run(&service, "-t 60s"));
    window.until_shows("RUNNING");
    window.type_keys(&["w"]);
    window.until_shows("users 2 → 3");
    window.until_shows("Users 3");
    window.type_keys(&["W", "s"]);
    window.until_shows("Users 12");
    window.type_keys(&["?"]);
    window.until_shows("1 or 10 users more");
    // With the help before one, q means the help.
    window.type_keys(&["q", "p"]);
    window.until_shows("PAUSED");
    window.until_shows("Paused: no new tasks");
    let asked = service.requests();
    window.type_keys(&["p"]);
    window.until_shows("RUNNING");
    until("requests go on", || service.requests() > asked);
    window.type_keys(&["q"]);
    let all = window.until_left_as_found(0);
    assert!(all.contains("PASSED  quick against"), "{all}");
    assert!(all.contains("Ramping to 12 users"), "{all}");
    assert_eq!(folder.record("quick")["peak_users"], 13);
    assert!(folder.has("results/quick.html"));
}

/// Questions that arrived.
fn asked(service: &Service) -> u64 {
    let counts = service.counts();
    counts
        .get("POST /query")
        .map_or(0, |row| row.values().sum())
}

/// A folder with a run whose requests never end, and a service to aim it at.
fn hanging() -> (Folder, Service) {
    let folder = Folder::new();
    folder.write(
        "quick.yaml",
        "users: 2\nspawn_rate: 100\nuser_classes:\n  - name: Patient\n    tasks: \
         [{ name: query, post: /query, json: { query: hi } }]\n",
    );
    let service = Service::with(Faults {
        hang_rate: Some(1.0),
        ..Faults::default()
    });
    (folder, service)
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn ctrl_c_waits_for_requests_in_flight_and_the_second_one_does_not() {
    let (folder, service) = hanging();
    let window = Window::ragload(&folder, USUAL, &run(&service, "-t 60s"));
    window.until_shows("RUNNING");
    until("both users wait", || asked(&service) == 2);
    window.type_keys(&["C-c"]);
    let screen = window.until_shows("stopping: waiting for 2 users, up to");
    assert!(screen.contains("Ctrl+C again to end now"), "{screen}");
    window.type_keys(&["w"]);
    window.until_shows("the run is ending");
    window.type_keys(&["C-c"]);
    let all = window.until_left_as_found(130);
    assert!(
        all.contains("INTERRUPTED") && all.contains("2 interrupted"),
        "{all}"
    );
    assert!(folder.has("results/quick.html"));
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_key_and_a_signal_count_as_two() {
    let (folder, service) = hanging();
    let window = with_id(&folder, &run(&service, "-t 60s"));
    window.until_shows("RUNNING");
    until("both users wait", || asked(&service) == 2);
    window.type_keys(&["C-c"]);
    window.until_shows("Ctrl+C again to end now");
    signal(&folder, "INT");
    window.until_left_as_found(130);
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn sigterm_ends_the_run_and_gives_the_terminal_back() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let window = with_id(&folder, &run(&service, "-t 60s"));
    window.until_shows("RUNNING");
    signal(&folder, "TERM");
    let all = window.until_left_as_found(143);
    assert!(all.contains("TERMINATED  quick against"), "{all}");
    assert!(folder.has("results/quick.html"));
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_window_that_is_closed_ends_the_run_which_still_writes_its_results() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let window = with_id(&folder, &run(&service, "-t 60s"));
    window.until_shows("RUNNING");
    drop(window);
    let id = folder.read("id");
    until("the program has ended", || {
        let there = Command::new("kill").args(["-0", id.trim()]).output();
        !there.expect("kill can be run").status.success()
    });
    assert_eq!(folder.record("quick")["verdict"]["outcome"], "terminated");
    assert!(folder.read("results/quick.html").contains("</html>"));
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn an_output_that_breaks_shows_in_the_view_and_after_it() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let program = super::program::PROGRAM;
    let arguments = run(&service, "-t 6s --no-html --csv-full-history");
    let command = format!("sh -c \"trap '' XFSZ; ulimit -f 1; exec '{program}' {arguments}\" 2>&1");
    let window = Window::open(&folder, USUAL.0, USUAL.1, &command);
    window.until_shows("cannot write results/quick_stats_history.csv");
    let all = window.until_left_as_found(5);
    assert!(
        all.contains("error: cannot write results/quick_stats_history.csv"),
        "{all}"
    );
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn without_someone_before_it_a_terminal_gets_the_line_of_progress() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let run = run(&service, "-t 3s");
    let program = super::program::PROGRAM;
    let cases = [
        ("", "--no-tui"),
        ("CI=true", ""),
        ("TERM=dumb", ""),
        ("", "</dev/null"),
    ];
    for (variables, more) in cases {
        let command = format!("env {variables} '{program}' {run} {more}");
        let window = Window::open(&folder, 100, 50, &command);
        let screen = window.until_shows("1s left");
        let lines = screen.lines().filter(|line| line.contains("req/s"));
        assert_eq!(lines.count(), 1, "{command}\n{screen}");
        assert!(!screen.contains("q stop"), "{command}\n{screen}");
        let all = window.until_left_as_found(0);
        assert!(!all.contains("left:"), "the line is gone: {all}");
    }
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_run_in_the_background_leaves_the_terminal_to_whoever_has_it() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let (program, run) = (super::program::PROGRAM, run(&service, "-t 3s"));
    // With job control a background job that takes the terminal would be stopped.
    let command = format!("set -m\n'{program}' {run} &\nwait $!");
    let window = Window::open(&folder, 100, 50, &command);
    window.until_shows("1s left");
    let all = window.until_left_as_found(0);
    assert!(all.contains("PASSED  quick against"), "{all}");
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn locusts_command_line_has_locusts_keys() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let host = service.host();
    let arguments = format!("-f quick.yaml --headless -t 60s -H {host}");
    let window = Window::ragload(&folder, (160, 50), &arguments);
    window.until_shows("All users spawned: {\"Quick\": 2}");
    window.type_keys(&["W"]);
    window.until_shows("Ramping to 12 users at a rate of 100.00 per second");
    window.until_shows("(12 total users)");
    // The view's own keys mean nothing here, and nothing that is typed is echoed.
    window.type_keys(&["q", "p", "s"]);
    let screen = window.until_shows("(11 total users)");
    assert!(!screen.contains("qps"), "{screen}");
    window.type_keys(&["C-c"]);
    let all = window.until_left_as_found(0);
    assert!(all.contains("Shutting down (exit code 0)"), "{all}");
}

/// Draws a word, or panics.
struct Word(&'static str);

impl Widget for Word {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        assert_ne!(self.0, "panic", "a defect in drawing");
        buffer.set_string(area.x, area.y, self.0, ratatui::style::Style::new());
    }
}

/// The part that is played on the terminal: takes it, and panics while it has it.
fn take_and_panic(where_to: &str) {
    let mut screen = FullScreen::take().expect("the terminal can be had");
    screen.draw(Word("the view")).expect("it can be drawn on");
    if where_to == "drawing" {
        let _ = screen.draw(Word("panic"));
        unreachable!("drawing panics");
    }
    let elsewhere = std::thread::spawn(|| panic!("a defect elsewhere"));
    assert!(elsewhere.join().is_err());
    let error = screen
        .draw(Word("never shown"))
        .expect_err("it was given back");
    panic!("{error}");
}

/// This test is both parts: in the window it runs itself again, as the one that panics.
#[test]
#[ignore = "scripts/test.sh runs it"]
#[expect(clippy::disallowed_methods, reason = "tells which part is played")]
fn a_panic_gives_the_terminal_back_before_it_is_told() {
    if let Ok(where_to) = std::env::var("RAGLOAD_TEST_PANICS") {
        return take_and_panic(&where_to);
    }
    let itself: PathBuf = std::env::current_exe().expect("a test has a program");
    let itself = itself.display();
    for (where_to, told) in [
        ("drawing", "a defect in drawing"),
        ("elsewhere", "given back because of a panic"),
    ] {
        let folder = Folder::new();
        let name = "cli::live::a_panic_gives_the_terminal_back_before_it_is_told";
        let command = format!(
            "RAGLOAD_TEST_PANICS={where_to} '{itself}' --ignored --exact --nocapture {name}"
        );
        let window = Window::open(&folder, USUAL.0, USUAL.1, &command);
        let all = window.until_left_as_found(101);
        assert!(all.contains(told), "{all}");
        assert!(
            !all.contains("the view") && !all.contains("never shown"),
            "{all}"
        );
    }
}

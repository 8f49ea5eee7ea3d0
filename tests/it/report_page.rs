//! The report in a real browser: inert whatever a server said, readable on a phone.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::locust::forget_settings_of_the_machine;
use crate::tools::tool;

/// A browser that neither asks nor tells anybody anything.
const QUIET: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=2000",
];

/// Runs the browser on a page; its own profile lies in `folder`.
fn browse(folder: &Path, page: &Path, arguments: &[&str]) -> String {
    let profile = folder.join("profile");
    let output = Command::new(tool("chromium"))
        .args(QUIET)
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("chromium starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A server whose failures try to run scripts and to call home in whoever reads of them.
struct Hostile {
    address: SocketAddr,
    /// The first lines of all requests.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Hostile {
    fn start() -> Hostile {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        // Ends with the test's process.
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut request = [0; 4096];
                let Ok(length) = stream.read(&mut request) else {
                    continue;
                };
                let text = String::from_utf8_lossy(&request[..length]);
                let line = text.lines().next().unwrap_or_default().to_owned();
                seen.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
                // A client that has gone is no loss.
                let _ = stream.write_all(attack(address).as_bytes());
            }
        });
        Hostile { address, asked }
    }

    fn asked_for(&self, part: &str) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|line| line.contains(part)).count()
    }
}

/// An answer whose reason phrase, which failure texts show, is markup.
fn attack(home: SocketAddr) -> String {
    let run = "document.documentElement.dataset.owned=1";
    let reason = format!(
        "Oops </td></table><script>{run}</script><img src=http://{home}/owned onerror={run}>\
         <style>@import url(http://{home}/owned)</style>"
    );
    format!("HTTP/1.1 500 {reason}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

/// The report of a short run against that server.
fn report(folder: &Path, server: &Hostile) -> PathBuf {
    let scenario = folder.join("hostile.yaml");
    let text = "{ preflight: off, user_classes: [{ name: User, wait_time: { constant: 50ms }, \
                tasks: [{ name: ask, get: /ask }] }] }";
    fs::write(&scenario, text).expect("a scenario");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ragload"));
    forget_settings_of_the_machine(&mut command);
    let output = command
        .current_dir(folder)
        .args(["run", "hostile.yaml", "--only-summary"])
        .args(["-u", "2", "-r", "2", "-t", "3s", "--results-dir", "."])
        .args(["-H", &format!("http://{}", server.address)])
        .output()
        .expect("ragload starts");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    folder.join("hostile.html")
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_hostile_failure_is_shown_and_does_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Hostile::start();
    let page = report(folder.path(), &server);
    let source = fs::read_to_string(&page).expect("a report");
    assert!(
        source.contains("dataset.owned"),
        "the attack is not in the page"
    );

    let dom = browse(folder.path(), &page, &["--dump-dom"]);

    assert!(dom.contains("FAILED"), "no verdict:\n{dom}");
    assert!(dom.contains("500 Server Error: Oops &lt;/td&gt;"), "{dom}");
    for live in ["data-owned", "<script", "<img", "onerror=\""] {
        assert!(!dom.contains(live), "{live} in:\n{dom}");
    }
    assert!(server.asked_for("/ask") > 0);
    assert_eq!(server.asked_for("/owned"), 0, "the page called home");
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_page_fits_a_phone_and_shows_something() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let page = report(folder.path(), &Hostile::start());
    let frame = folder.path().join("frame.html");
    let text = "<iframe id=page src=hostile.html style='border:0;width:400px;height:900px' \
                onload=\"const root = page.contentDocument.documentElement; \
                document.title = `${root.scrollWidth} of ${root.clientWidth}`\"></iframe>";
    fs::write(&frame, text).expect("a page");

    let options = ["--allow-file-access-from-files", "--dump-dom"];
    let dom = browse(folder.path(), &frame, &options);
    let picture = folder.path().join("page.png");
    let options = [
        "--window-size=1200,1600".to_owned(),
        format!("--screenshot={}", picture.display()),
    ];
    browse(
        folder.path(),
        &page,
        &options.each_ref().map(String::as_str),
    );

    let widths = dom
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .and_then(|(title, _)| title.split_once(" of "));
    let (needed, there) = widths.unwrap_or_else(|| panic!("not measured:\n{dom}"));
    assert_eq!(needed, there, "the page scrolls sideways");
    // A page of one colour compresses to far less.
    let size = fs::metadata(&picture).expect("a picture").len();
    assert!(size > 30_000, "{size} bytes");
}

//! What servers say is shown and does nothing.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::browser::Browser;
use crate::locust::forget_settings_of_the_machine;
use crate::output::fixture;

use super::Report;

/// A server whose failures try to run scripts and to call home in whoever reads of them.
pub(crate) struct Hostile {
    pub(crate) address: SocketAddr,
    /// The first lines of all requests.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Hostile {
    pub(crate) fn start() -> Hostile {
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

    /// How many requests have this in their first line.
    pub(crate) fn asked_for(&self, part: &str) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|line| line.contains(part)).count()
    }
}

/// An answer whose reason phrase, header and body, which the report shows, are markup.
fn attack(home: SocketAddr) -> String {
    let run = "document.documentElement.dataset.owned=1";
    let markup = format!(
        "Oops </td></table></script><script>{run}</script><img src=http://{home}/owned onerror={run}>\
         <style>@import url(http://{home}/owned)</style>"
    );
    let length = markup.len();
    format!(
        "HTTP/1.1 500 {markup}\r\nX-Oops: {markup}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{markup}"
    )
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
    let mut browser = Browser::start();

    browser.open(&page, "");
    browser.click(".opener");
    browser.click(".answers-of summary");
    browser.until("document.querySelector('.sample').checkVisibility()");

    let text = browser.text("document.body.innerText");
    assert!(text.contains("FAILED"), "no verdict:\n{text}");
    for said in ["500 Server Error: Oops </td>", "x-oops: Oops </td>"] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
    let body = browser.text("document.querySelector('.sample pre:last-of-type').textContent");
    assert!(
        body.starts_with("Oops </td></table></script><script>"),
        "{body}"
    );
    let strangers =
        "document.querySelectorAll('img, style ~ style, script:not([type]) ~ script').length";
    assert!(
        browser.number(strangers).abs() < 0.5,
        "its markup has become elements"
    );
    assert!(
        browser
            .evaluate("document.documentElement.dataset.owned ?? null")
            .is_null()
    );
    assert_eq!(browser.problems(), Vec::<String>::new());
    assert!(server.asked_for("/ask") > 0);
    assert_eq!(server.asked_for("/owned"), 0, "the page called home");
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn names_full_of_markup_are_names_wherever_they_appear() {
    let mut record = fixture::run().record;
    record.stages[0].label = "<img src=x onerror=alert(1)> users".to_owned();
    record.marks[0].text = "</title><script>alert(1)</script>".to_owned();
    let mut report = Report::of(&record);
    report.click("#endpoint-table tbody:nth-of-type(2) .opener");
    assert_eq!(report.count("img, script"), 2, "the page's own two scripts");
    let labels = report
        .text("[...document.querySelectorAll('.stage')].map((node) => node.textContent).join()");
    assert!(labels.contains("<img src"), "{labels}");
    report.ends_well();
}

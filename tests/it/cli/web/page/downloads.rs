//! Files of a run that goes on.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::super::super::program::Folder;
use super::super::super::running::until;
use super::super::super::service::Service;
use super::super::site::Site;
use super::Page;

/// The text of the one whole file whose name ends so; the browser names one otherwise until it is.
fn downloaded(folder: &Path, ending: &str) -> String {
    let mut text = None;
    until(&format!("a file {ending} is there"), || {
        let files = fs::read_dir(folder).expect("a folder");
        let mut paths = files.map(|file| file.expect("a file").path());
        let path = paths.find(|path| path.to_string_lossy().ends_with(ending));
        text = path.map(|path| fs::read_to_string(path).expect("a text"));
        text.as_ref().is_some_and(|text| !text.is_empty())
    });
    text.unwrap_or_default()
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn every_file_can_be_had_while_the_run_goes_on() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let kept = tempfile::tempdir().expect("a temporary folder");
    let mut page = Page::of(&site);
    page.download_into(kept.path());
    page.start(&[("users", "2"), ("run_time", "60s")]);
    page.until_drawn(3);
    for (link, ending, begins) in [
        (
            "stats/requests/csv",
            "_requests.csv",
            "Type,Name,Request Count",
        ),
        ("stats/failures/csv", "_failures.csv", "Method,Name,Error"),
        (
            "exceptions/csv",
            "_exceptions.csv",
            "Count,Message,Traceback",
        ),
        (
            "stats/requests_full_history/csv",
            "_requests_full_history.csv",
            "Timestamp,User Count,Type,Name",
        ),
        ("stats/report?download=1", ".html", "<!doctype html>"),
    ] {
        page.click(&format!("#download-section a[href='{link}']"));
        let text = downloaded(kept.path(), ending);
        assert!(text.starts_with(begins), "{link}: {text:.200}");
    }
    page.click("#download-section a[href='api/v1/record']");
    let record: Value = serde_json::from_str(&downloaded(kept.path(), ".json")).expect("a record");
    assert!(record["aggregated"]["requests"].as_u64() > Some(0));
    assert!(downloaded(kept.path(), "history.csv").lines().count() > 2);
    assert_eq!(page.shown("#state"), "running");
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_history_that_is_not_kept_is_not_offered() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &["--no-csv"]);
    let mut page = Page::of(&site);
    page.start(&[("run_time", "60s")]);
    page.until_shown("#download-section");
    assert!(page.is_shown("#download-section a[href='stats/requests/csv']"));
    assert!(!page.is_shown("#history-link"));
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_report_so_far_draws_its_charts_apart_from_this_site() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    site.post_json("/api/v1/start", &serde_json::json!({ "run_time": "60s" }))
        .expect(200);
    site.until_requests(20);
    let mut page = Page(crate::browser::Browser::start());
    page.visit(&format!("http://{}/stats/report", site.address));
    page.until_shown("#charts .plot .line");
    assert_eq!(
        page.text("origin"),
        "null",
        "it could ask this server for anything"
    );
    page.ends_well();
}

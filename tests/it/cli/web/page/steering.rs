//! Runs that are started, changed, held back and stopped by hand.

use ragload::demo::Faults;

use super::super::super::program::Folder;
use super::super::super::service::Service;
use super::super::site::Site;
use super::Page;

const MINUTE: &[(&str, &str)] = &[("users", "3"), ("spawn_rate", "100"), ("run_time", "60s")];

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_run_is_started_changed_paused_and_stopped() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    assert_eq!(page.shown("#state"), "ready");
    page.start(MINUTE);
    assert!(!page.is_shown("#start"), "the form is still there");
    page.until_says("#tiles div:first-child .value", "3");

    page.click("#edit");
    page.fill("#users-form [name=users]", "5");
    page.fill("#users-form [name=spawn_rate]", "100");
    page.click("#users-form .go");
    page.until_says("#tiles div:first-child .value", "5");
    assert!(!page.is_shown("#users-dialog"));
    page.until_shown("#charts .mark");

    page.click("#pause");
    page.until_state("paused");
    page.until_says("#pause", "Resume");
    page.click("#pause");
    page.until_state("running");

    page.click("#reset");
    page.click("#reset-dialog .go");
    page.until_says("#event-list", "Resetting stats");

    page.until_drawn(3);
    assert!(!page.shown("#charts").contains("first token"));
    page.click("#stop");
    page.until_state("stopped");
    page.until_says("#verdict", "PASSED");
    page.until_says("#tiles div:first-child", "Requests");
    for steering in ["#edit", "#pause", "#reset", "#stop"] {
        assert!(!page.is_shown(steering), "{steering} of no run");
    }
    page.click("#anew");
    page.until_shown("#start");
    page.start(MINUTE);
    assert_eq!(site.state()["run"], 2);
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_keyboard_alone_will_do() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    page.until_shown("#plan p");
    let focus = |selector: &str| format!("document.querySelector({selector:?}).focus()");
    page.evaluate(&focus("#order [name=run_time]"));
    for key in ["6", "0", "s", "Enter"] {
        page.press(key);
    }
    page.until_state("running");
    page.evaluate(&focus("#edit"));
    page.press("Enter");
    page.until_shown("#users-dialog");
    let focused = page.text("document.activeElement.name");
    assert_eq!(focused, "users", "a dialog begins where one types");
    for key in ["4", "Enter"] {
        page.press(key);
    }
    page.until_says("#tiles div:first-child .value", "4");
    page.evaluate(&focus("#stop"));
    page.press("Enter");
    page.until_state("stopped");
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_threshold_turns_red_when_it_breaks() {
    let (folder, service) = (
        Folder::quick("thresholds: [error_rate < 1%]"),
        Service::start(),
    );
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    page.start(MINUTE);
    page.until_shown("#thresholds .good");
    let broken = Faults {
        error_rate: Some(1.0),
        ..Faults::default()
    };
    service.handle.set_faults(broken).expect("a fault");
    page.until_shown("#thresholds .bad");
    page.until_says("#threshold-table", "broken");
    page.until_shown("#charts .mark.threshold");
    let colour =
        |selector: &str| format!("getComputedStyle(document.querySelector({selector:?})).color");
    let (red, bad) = (
        page.text(&colour("#thresholds .bad")),
        page.text(&colour("#failure-table td.failed")),
    );
    assert_eq!(red, bad);
    page.until_says("#charts", "Answers per second by class of status");
    page.click("#stop");
    page.until_says("#verdict", "FAILED");
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn answers_that_stream_have_a_chart_of_their_first_tokens() {
    let (folder, service) = (Folder::new(), Service::start());
    folder.write("questions.csv", "question\nWhat is BM25?\n");
    folder.write(
        "quick.yaml",
        "{ preset: rag-sse, questions: questions.csv }",
    );
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    page.start(MINUTE);
    page.until_says("#charts", "Time to the first token");
    page.click("#stop");
    page.until_says("#verdict", "PASSED");
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn what_cannot_be_run_is_said_beside_the_form() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    page.until_shown("#plan p");
    page.fill("#order [name=run_time]", "soon");
    page.until_says("#refused", "run_time (web form)");
    page.fill("#order [name=run_time]", "1m");
    page.until("!document.querySelector('#refused').checkVisibility()");
    // A name of nobody's: it is not even looked up before somebody approves it.
    page.fill("#order [name=host]", "http://shop.example.com");
    page.until_says("#confirm", "Type shop.example.com to put it under load");
    page.click("#go");
    page.until_says("#refused", "shop.example.com");
    assert_eq!(site.state()["run"], 0);
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn whoever_has_the_token_comes_in() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(
        &folder,
        &service.host(),
        &["--web-token", "t0k", "--web-base-path", "/load"],
    );
    let mut page = Page(crate::browser::Browser::start());
    page.visit(&format!("http://{}/load/", site.address));
    page.fill("input", "t0k");
    page.press("Enter");
    page.until_loaded();
    page.until_shown("#start #plan p");
    page.start(MINUTE);
    page.until_drawn(2);
    page.ends_well();
}

//! Several who look, those who come back, and a server that goes.

use super::super::super::program::Folder;
use super::super::super::service::Service;
use super::super::site::Site;
use super::Page;

const MINUTE: &[(&str, &str)] = &[("users", "2"), ("run_time", "60s")];

#[test]
#[ignore = "scripts/test.sh runs it"]
fn several_pages_show_the_same_and_each_can_steer() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let (mut one, mut other) = (Page::of(&site), Page::of(&site));
    one.start(MINUTE);
    other.until_state("running");
    assert!(!other.is_shown("#start"));
    other.click("#edit");
    other.fill("#users-form [name=users]", "6");
    other.click("#users-form .go");
    for page in [&mut one, &mut other] {
        page.until_says("#tiles div:first-child .value", "6");
        page.until_shown("#charts .mark");
    }
    let mut late = Page::of(&site);
    late.until_drawn(2);
    late.click("#stop");
    for mut page in [one, other, late] {
        page.until_says("#verdict", "PASSED");
        page.ends_well();
    }
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_reload_in_the_middle_of_a_run_loses_nothing() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    page.start(MINUTE);
    page.until_drawn(4);
    let before = page.seconds_drawn();
    page.reload();
    page.until_state("running");
    page.until_shown("#charts .plot .line");
    let after = page.seconds_drawn();
    assert!(after >= before, "{after} seconds of {before} are left");
    page.until_says("#event-list", "All users spawned");
    page.click("#stop");
    page.until_says("#verdict", "PASSED");
    page.reload();
    page.until_says("#verdict", "PASSED");
    page.until_shown("#charts .plot .line");
    assert!(page.seconds_drawn() >= after);
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_page_says_that_its_server_has_gone() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    assert!(!page.is_shown("#connection"));
    drop(site);
    page.until_shown("#connection");
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn nothing_comes_from_anywhere_else() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    page.start(MINUTE);
    page.until_drawn(2);
    page.click("#log-box summary");
    page.until_says("#log-lines", "All users spawned");
    let own = format!("http://{}/", site.address);
    let asked = page.asked_for();
    assert!(
        asked.iter().any(|url| url.ends_with("/assets/charts.js")),
        "{asked:?}"
    );
    let strange: Vec<_> = (asked.iter())
        .filter(|url| !url.starts_with(&own) && *url != "about:blank")
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
    page.ends_well();
}

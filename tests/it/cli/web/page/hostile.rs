//! What a target answers is shown and does nothing.

use super::super::super::program::Folder;
use super::super::site::Site;
use super::Page;
use crate::report_page::hostile::Hostile;

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_hostile_failure_is_shown_and_does_nothing() {
    let (folder, target) = (Folder::quick("preflight: off"), Hostile::start());
    let site = Site::quick(&folder, &format!("http://{}", target.address), &[]);
    let mut page = Page::of(&site);
    page.start(&[("run_time", "60s")]);
    page.until_shown("#failure-table .opener");
    page.click("#failure-table .opener");
    page.until_shown(".sample pre");
    let text = page.shown("#failure-table");
    for said in [
        "500 Server Error: Oops </td></table></script><script>",
        "x-oops: Oops </td>",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
    page.click("#stop");
    page.until_says("#verdict", "FAILED");
    assert!(page.count("img, iframe, style, main script").abs() < 0.5);
    assert!(
        page.evaluate("document.documentElement.dataset.owned ?? null")
            .is_null()
    );
    assert!(target.asked_for("/query") > 0);
    assert_eq!(target.asked_for("/owned"), 0, "the page called home");
    page.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn names_of_a_scenario_are_names() {
    let folder = Folder::new();
    let name = "<img src=x onerror=document.documentElement.dataset.owned=1>";
    folder.write(
        "quick.yaml",
        &super::super::super::program::QUICK
            .replace("name: Quick", &format!("name: '{name}'"))
            .replace(
                "get: /retrieval",
                &format!("request_name: '{name}', get: /retrieval"),
            ),
    );
    let service = super::super::super::service::Service::start();
    let site = Site::quick(&folder, &service.host(), &[]);
    let mut page = Page::of(&site);
    page.until_says("#plan", "users");
    page.start(&[("run_time", "60s")]);
    page.until_says("#request-table tbody", name);
    page.until_says("#task-table", name);
    assert!(page.count("img").abs() < 0.5);
    page.ends_well();
}

//! What the page asks before a run that is paid for.

use super::super::super::program::Folder;
use super::super::safety::paid;
use super::super::site::Site;
use super::Page;

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_run_that_is_paid_for_without_a_budget_begins_once_the_hosts_name_is_typed() {
    let folder = Folder::new();
    folder.write("quick.yaml", &paid(""));
    let host = "gateway.invalid";
    let site = Site::quick(&folder, "http://gateway.invalid", &["--approve-host", host]);
    let mut page = Page::of(&site);
    page.until_says(
        "#plan",
        "may charge for every request (its answers have a price)",
    );
    page.until_says("#confirm", "Type gateway.invalid");
    page.click("#go");
    page.until_says("#refused", "nothing limits what the run spends");
    page.fill("#order [name=confirm_host]", host);
    page.click("#go");
    // Approved, it asks the target, which is not there.
    page.until_says("#refused", "was not answered");
}

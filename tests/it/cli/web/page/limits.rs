//! What the page shows of a service's limits, and the names of what is measured.

use super::super::super::program::Folder;
use super::super::limits::limited;
use super::Page;

#[test]
#[ignore = "scripts/test.sh runs it"]
fn budgets_and_retries_are_shown_once_there_are_any_in_the_words_of_the_report() {
    let folder = Folder::new();
    let (_service, site) = limited(&folder);
    let mut page = Page::of(&site);
    page.until_says("#limit-table", "Retries");
    assert_eq!(page.shown("#limits"), "Limits of the service");
    page.until_says("#limit-table tbody", "0 of 20 at 00:0");
    page.until_says("#limit-table tfoot", "Aggregated");
    page.until_says("#tiles", "sent again");
    assert!(page.is_shown("#limit-link"));
    page.ends_well();
}

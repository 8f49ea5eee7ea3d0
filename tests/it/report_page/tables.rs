//! The tables: sorting, filtering, endpoints that open.

use crate::output::fixture;
use crate::output::long_run::LongRun;

use super::Report;

/// The names in the table of endpoints, from the top.
const NAMES: &str = "[...document.querySelectorAll('#endpoint-table tbody:not([hidden]) .name')].map((node) => node.textContent).join('\\n')";

fn names(report: &mut Report) -> Vec<String> {
    report.text(NAMES).lines().map(str::to_owned).collect()
}

/// The texts of a column of the table of endpoints.
fn column(report: &mut Report, index: usize) -> Vec<String> {
    let texts = format!(
        "[...document.querySelectorAll('#endpoint-table tbody')].map((body) => body.rows[0].cells[{index}].textContent)"
    );
    let texts = report.evaluate(&texts);
    let texts = texts.as_array().expect("a list");
    texts
        .iter()
        .map(|text| text.as_str().expect("a text").to_owned())
        .collect()
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_column_sorts_by_click_and_by_key_and_says_so() {
    let mut report = Report::of(&fixture::run().record);
    let head = "#endpoint-table thead th:nth-child(9)";
    report.click(&format!("{head} .sort"));
    let sorted = column(&mut report, 8);
    let times: Vec<f64> = sorted.iter().filter_map(|text| text.parse().ok()).collect();
    assert!(
        times.len() > 5 && times.is_sorted_by(|a, b| a >= b),
        "{sorted:?}"
    );
    assert_eq!(
        sorted.last().map(String::as_str),
        Some("–"),
        "what has no value is last"
    );
    assert_eq!(
        report.text(&format!("document.querySelector('{head}').ariaSort")),
        "descending"
    );
    report.evaluate(&format!("document.querySelector('{head} .sort').focus()"));
    report.press("Enter");
    let sorted = column(&mut report, 8);
    let times: Vec<f64> = sorted.iter().filter_map(|text| text.parse().ok()).collect();
    assert!(times.is_sorted(), "{sorted:?}");
    assert_eq!(sorted.last().map(String::as_str), Some("–"));
    report.click("#endpoint-table thead th:first-child .sort");
    assert!(
        report
            .evaluate(&format!("document.querySelector('{head}').ariaSort"))
            .is_null()
    );
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn an_endpoint_opens_into_charts_of_its_own_and_has_an_address() {
    let mut report = Report::of(&fixture::run().record);
    let opener = "#endpoint-table tbody:nth-of-type(5) .opener";
    assert_eq!(report.shown(opener), "POST /query");
    let before = report.count(".plot");
    report.click(opener);
    assert_eq!(
        report.text(&format!("document.querySelector('{opener}').ariaExpanded")),
        "true"
    );
    assert_eq!(report.count(".panel .plot"), 6);
    let titles = report
        .text("[...document.querySelectorAll('.panel h3')].map((node) => node.textContent).join()");
    assert!(
        titles.starts_with("Requests per second,Response times,Response-time histogram"),
        "{titles}"
    );
    let measures = report.text("document.querySelector('.panel table').innerText");
    assert!(measures.contains("waiting\t9"), "{measures}");
    // Its time charts share the crosshair with the others.
    let middle = report.middle(".panel .plot");
    report.point(middle);
    assert!(report.count("#charts .cursor") > 4);
    let place = report.text("location.hash");
    report.click(opener);
    assert_eq!(report.count(".plot"), before);

    report.open(&place);
    assert_eq!(report.count(".panel .plot"), 6, "{place}");
    assert_eq!(
        report.text("document.activeElement.innerText"),
        "POST /query"
    );
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn what_is_opened_goes_along_when_the_table_is_sorted() {
    let mut report = Report::of(&fixture::run().record);
    report.click("#endpoint-table tbody:nth-of-type(5) .opener");
    report.click("#endpoint-table thead th:nth-child(2) .sort");
    let first = report.text("document.querySelector('#endpoint-table tbody').rows.length + document.querySelector('#endpoint-table tbody .name').textContent");
    assert_eq!(first, "2POST /query");
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn many_endpoints_are_filtered_by_what_is_typed() {
    let run = LongRun {
        endpoints: 40,
        seconds: 60,
        rate: 100,
    };
    let mut report = Report::of(&run.record());
    assert_eq!(names(&mut report).len(), 40);
    report.click("input[type=search]");
    for key in "post v2".chars() {
        report.press(&key.to_string());
    }
    let left = names(&mut report);
    assert!(
        !left.is_empty() && left.iter().all(|name| name.starts_with("POST /v2")),
        "{left:?}"
    );
    let said = report.shown("input[type=search] + span");
    assert_eq!(said, format!("{} of 40 endpoints", left.len()));
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_answers_of_a_failure_are_opened_where_the_failure_stands() {
    let mut report = Report::of(&fixture::run().record);
    assert_eq!(report.count(".sample"), 2);
    report.click(".answers-of summary");
    let sample = report.shown(".answers-of[open] .sample");
    for part in [
        "500 · GET http://localhost:8000/items",
        "headers after 14ms",
        "set-cookie: ***",
        "Beginning of its body of 4.7 kB",
    ] {
        assert!(sample.contains(part), "{part} is not in:\n{sample}");
    }
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_scenario_is_copied_by_a_button() {
    let record = fixture::run().record;
    let mut report = Report::of(&record);
    report.call(
        "Browser.grantPermissions",
        &serde_json::json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
    );
    report.click("#scenario-head button");
    report.until("document.querySelector('#scenario-head button').textContent !== 'Copy'");
    assert_eq!(
        report.text("navigator.clipboard.readText()"),
        record.resolved
    );
    report.ends_well();
}

//! The report: inert, self-contained and small.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ragload::event::RunRecord;
use ragload::output::html;
use ragload::stats::Row;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::tools::project;

use super::fixture;
use super::long_run::LongRun;

#[test]
fn no_text_from_outside_becomes_markup() {
    let page = html::render(&fixture::run().record);
    for hostile in [
        "<script>alert",
        "<b>truly",
        "</pre><script",
        "</script><script>alert",
    ] {
        assert!(!page.contains(hostile), "{hostile}");
    }
    assert!(page.contains("&#60;script&#62;alert(&#39;name&#39;)"));
    assert_eq!(
        page.matches("<script").count(),
        2,
        "the data and the program"
    );
    assert_eq!(page.matches("</script").count(), 2);
    let folders = ["templates", "templates/web"].map(project);
    let files = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    for path in paths.filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(&path).unwrap();
        for forbidden in [
            "|safe",
            "| safe",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
        ] {
            assert!(
                !text.contains(forbidden),
                "{forbidden} in {}",
                path.display()
            );
        }
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = html::render(&fixture::run().record);
    for reference in [
        "src=", "href=\"h", "@import", "url(", "<link", "<img", "fetch(", "import(",
    ] {
        assert!(!page.contains(reference), "{reference}");
    }
}

#[test]
fn the_policy_names_the_one_script_that_may_run() {
    let page = html::render(&fixture::run().record);
    let (_, script) = page.split_once("<script>").unwrap();
    let (script, _) = script.split_once("</script>").unwrap();
    let hash = STANDARD.encode(Sha256::digest(script));
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'"
    );
    assert!(page.contains(&policy), "{policy}");
}

#[test]
fn every_tag_that_is_opened_is_closed() {
    for record in [fixture::run().record, fixture::empty()] {
        let page = html::render(&record);
        for tag in [
            "main", "section", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "figure",
            "svg", "details", "dl", "dd", "ul", "p",
        ] {
            let opened = page.matches(&format!("<{tag}>")).count()
                + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }
}

#[test]
fn a_gap_in_the_measurements_is_a_gap_in_the_still_line() {
    let page = html::render(&fixture::run().record);
    let p95 = page.split("class=\"line p95\" d=\"").nth(2).unwrap();
    let path = p95.split('"').next().unwrap();
    assert_eq!(path.matches('M').count(), 2, "{path}");
}

/// What the page draws.
fn data(record: &RunRecord) -> Value {
    let page = html::render(record);
    let (_, data) = page.split_once("id=\"data\">").unwrap();
    serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn the_few_milliseconds_after_the_last_second_do_not_bend_the_lines() {
    let mut record = fixture::run().record;
    let before = data(&record);
    let mut rest = record.timeline.last().unwrap().clone();
    rest.at = rest.at + Duration::from_millis(80);
    rest.users = 0;
    rest.rps = 12.5;
    record.timeline.push(rest);
    for row in &mut record.rows {
        row.course.requests.push(1);
        row.course.failures.push(1);
        for times in [
            &mut row.course.p50,
            &mut row.course.p95,
            &mut row.course.p99,
        ] {
            times.push(Some(Duration::from_secs(9)));
        }
    }
    assert_eq!(data(&record), before);
}

#[test]
fn every_request_is_in_the_data_once() {
    let record = fixture::run().record;
    let data = data(&record);
    // Columns are texts; what nothing stands for is 0.
    let sum = |counts: &Value| -> u64 {
        match counts.as_str() {
            Some(text) => text
                .split(',')
                .filter_map(|count| count.parse::<u64>().ok())
                .sum(),
            None => counts
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_u64)
                .sum(),
        }
    };
    for (row, endpoint) in record
        .rows
        .iter()
        .zip(data["endpoints"].as_array().unwrap())
    {
        let Row {
            requests, failures, ..
        } = row.row;
        let bins = &endpoint["bins"];
        assert_eq!(sum(&endpoint["requests"]), requests, "{}", row.endpoint());
        assert_eq!(sum(&endpoint["failures"]), failures, "{}", row.endpoint());
        assert_eq!(sum(&bins["ok"]) + sum(&bins["failed"]), requests);
        assert_eq!(sum(&bins["failed"]), failures);
    }
    let classes: u64 = data["statuses"].as_array().unwrap().iter().map(sum).sum();
    assert_eq!(classes, record.aggregated.row.requests);
}

#[test]
fn many_endpoints_are_drawn_in_fewer_and_longer_stretches() {
    let run = LongRun {
        endpoints: 100,
        seconds: 600,
        rate: 300,
    };
    let record = run.record();
    let data = data(&record);
    let step = usize::try_from(data["step"].as_u64().unwrap()).unwrap();
    assert!(step > 1);
    let endpoint = &data["endpoints"][0];
    for column in [&endpoint["requests"], &endpoint["times"][0]] {
        let values = column.as_str().unwrap().split(',');
        assert_eq!(values.count(), 600_usize.div_ceil(step));
    }
    let course = &record.rows[0].course;
    let worst = course.p50[..step].iter().flatten().max().unwrap();
    let shown = endpoint["times"][0]
        .as_str()
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    let shown: f64 = shown.parse().unwrap();
    assert!(
        (shown - worst.as_secs_f64() * 1e3).abs() < shown / 100.0,
        "{shown}"
    );
}

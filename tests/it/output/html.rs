//! The report: inert, self-contained and small.

use ragload::output::html;

use super::fixture;

#[test]
fn no_text_from_outside_becomes_markup() {
    let page = html::render(&fixture::run().record);
    for hostile in ["<script", "<b>truly", "</pre><script"] {
        assert!(!page.contains(hostile), "{hostile}");
    }
    assert!(page.contains("&#60;script&#62;alert(&#39;name&#39;)"));
    for template in ["report.html", "chart.html", "request_cells.html"] {
        let path = format!("{}/templates/{template}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(
            !text.contains("|safe") && !text.contains("| safe"),
            "{template}"
        );
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_stays_small() {
    let page = html::render(&fixture::run().record);
    for reference in ["src=", "href=", "@import", "url(", "<link", "<img"] {
        assert!(!page.contains(reference), "{reference}");
    }
    assert!(page.len() < 100_000, "{} bytes", page.len());
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
fn a_gap_in_the_measurements_is_a_gap_in_the_line() {
    let page = html::render(&fixture::run().record);
    let p95 = page.split("class=\"line p95\" d=\"").nth(2).unwrap();
    let path = p95.split('"').next().unwrap();
    assert_eq!(path.matches('M').count(), 2, "{path}");
}

#[test]
fn the_few_milliseconds_after_the_last_second_do_not_bend_the_lines() {
    let mut record = fixture::run().record;
    let lines = |page: &str| -> Vec<String> {
        let paths = page.split("class=\"line ").skip(1);
        paths
            .map(|path| path.split("/>").next().unwrap().to_owned())
            .collect()
    };
    let before = lines(&html::render(&record));
    let mut rest = record.timeline.last().unwrap().clone();
    rest.at = rest.at + std::time::Duration::from_millis(80);
    rest.users = 0;
    rest.rps = 12.5;
    record.timeline.push(rest);
    assert_eq!(lines(&html::render(&record)), before);
}

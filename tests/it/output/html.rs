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

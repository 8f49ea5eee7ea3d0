//! Opening reports of all kinds: quickly, without complaint, and not too large to forward.

use std::fs;
use std::path::Path;

use ragload::event::RunRecord;
use ragload::output::{html, record};

use crate::output::fixture;
use crate::output::long_run::LongRun;
use crate::tools::project;

use super::Report;

const TEN_MINUTES: LongRun = LongRun {
    endpoints: 10,
    seconds: 600,
    rate: 120,
};
const SOAK: LongRun = LongRun {
    endpoints: 10,
    seconds: 14_400,
    rate: 25,
};

/// How long the page took until it could be used, by its own marks, and how large it is.
#[expect(clippy::print_stderr, reason = "the figures are what it is run for")]
fn opened(name: &str, record: &RunRecord) {
    let mut report = Report::of(record);
    let ready = report.number("performance.getEntriesByName('report-ready')[0].startTime");
    let script = report.number("performance.getEntriesByName('report')[0].duration");
    let page = html::render(record);
    let size = page.len();
    // For looking at.
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("report {name}.html"));
    fs::write(kept, page).expect("a report");
    eprintln!(
        "{name}: {size} bytes, usable after {ready:.0} ms, {script:.0} ms of them in its script"
    );
    // Far more than it takes: only a page that hangs fails here.
    assert!(ready < 20_000.0, "{name}: {ready} ms");
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn reports_of_all_kinds_open_without_complaint() {
    let one_point = RunRecord {
        timeline: fixture::run().record.timeline[..1].to_vec(),
        ..fixture::run().record
    };
    let mut nameless = fixture::run().record;
    nameless.rows[0].row.endpoint.name = format!("/{}", "very-long-name/".repeat(60));
    nameless.rows[1].row.endpoint.name = "\u{202e}/right-to-left שלום \"quoted\" ''".to_owned();
    let old =
        std::fs::read_to_string(project("tests/fixtures/record_form_1.json")).expect("a record");
    let old = record::from_json(&old).expect("a record of the first form");
    let many = LongRun {
        endpoints: 200,
        seconds: 600,
        rate: 400,
    };
    let short = LongRun {
        endpoints: 1,
        seconds: 3,
        rate: 5,
    };
    for (name, record) in [
        ("nothing measured", fixture::empty()),
        ("one point", one_point),
        ("strange names", nameless),
        ("first form", old),
        ("three seconds", short.record()),
        ("200 endpoints", many.record()),
        ("ten minutes", TEN_MINUTES.record()),
        ("soak", SOAK.record()),
    ] {
        opened(name, &record);
    }
}

#[test]
fn a_report_is_small_enough_to_be_forwarded() {
    for (name, run, most) in [
        ("ten minutes", TEN_MINUTES, 300_000),
        ("soak", SOAK, 500_000),
    ] {
        let size = html::render(&run.record()).len();
        assert!(size <= most, "{name}: {size} bytes");
    }
}

#[test]
fn hundreds_of_endpoints_do_not_make_megabytes() {
    let size = |endpoints| {
        let run = LongRun {
            endpoints,
            seconds: 600,
            rate: 300,
        };
        html::render(&run.record()).len()
    };
    let (hundred, five) = (size(100), size(500));
    assert!(hundred < 800_000, "{hundred}");
    assert!(five < 2_500_000, "{five}");
}

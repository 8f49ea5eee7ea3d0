//! The charts: legends, zoom, the crosshair they share.

use crate::output::fixture;

use super::Report;

/// The labels of the time axis of each time chart, in order.
const AXES: &str = "[...document.querySelectorAll('#charts .plot')].map((plot) => \
    [...plot.querySelectorAll(':scope > text[text-anchor=middle]')].map((node) => node.textContent).join(' '))";

/// The lines drawn in the second chart, which shows response times.
const TIMES: &str = "#charts figure:nth-child(2) path[data-series]";

/// One of them.
const P95: &str = "#charts figure:nth-child(2) path[data-series=p95]";

fn report() -> Report {
    let mut report = Report::of(&fixture::run().record);
    report.middle("#charts .plot");
    report
}

/// A place in the first chart, in shares of what it shows from left to right.
fn place(report: &mut Report, share: f64) -> (f64, f64) {
    let (x, y) = report.middle("#charts .plot");
    let width = report.number("document.querySelector('#charts .plot').clientWidth");
    // Beside the plot stand the labels of the vertical axis.
    let (left, right) = (x - width / 2.0 + 62.0, x + width / 2.0 - 12.0);
    (left + (right - left) * share, y)
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_legend_entry_hides_its_line_and_shows_it_again() {
    let mut report = report();
    let key = "#charts figure:nth-child(2) .key:nth-child(3)";
    assert!(report.shown(key).starts_with("p99"));
    let before = report.count(TIMES);
    report.click(key);
    assert_eq!(
        report.text(&format!("document.querySelector('{key}').ariaPressed")),
        "false"
    );
    assert_eq!(report.count(TIMES), before - 1);
    report.evaluate(&format!("document.querySelector('{key}').focus()"));
    report.press("Enter");
    assert_eq!(report.count(TIMES), before);
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn dragging_zooms_every_chart_and_there_are_three_ways_back() {
    let mut report = report();
    let whole = report.evaluate(AXES);
    let all_charts_agree = |axes: &serde_json::Value| {
        let axes = axes.as_array().expect("a list");
        assert!(axes.len() >= 5, "{axes:?}");
        assert!(axes.iter().all(|axis| *axis == axes[0]), "{axes:?}");
    };
    all_charts_agree(&whole);
    for back in ["Escape", "double-click", "button"] {
        let (from, to) = (place(&mut report, 0.25), place(&mut report, 0.5));
        report.drag(from, to);
        let zoomed = report.evaluate(AXES);
        all_charts_agree(&zoomed);
        assert_ne!(zoomed, whole, "{back}");
        assert_eq!(report.shown(".shown"), "30s to 1m");
        match back {
            "Escape" => {
                report.evaluate("document.querySelector('#charts .plot').focus()");
                report.press("Escape");
            }
            "double-click" => report.double_click(from),
            _ => report.click(".above .push"),
        }
        assert_eq!(report.evaluate(AXES), whole, "{back}");
        assert_eq!(report.shown(".shown"), "");
    }
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn one_crosshair_runs_through_all_charts_with_the_values_of_its_moment() {
    let mut report = report();
    assert!(
        report
            .shown("#charts figure:nth-child(1) .key")
            .contains("max")
    );
    let at = place(&mut report, 0.5);
    report.point(at);
    let charts = report.count("#charts .plot");
    assert_eq!(report.count("#charts .cursor"), charts);
    let moments = report.text(
        "[...new Set([...document.querySelectorAll('#charts .pill')].map((node) => node.textContent))].join()",
    );
    assert!(moments.starts_with("1m · 06:46:43Z"), "{moments}");
    let record = fixture::run().record;
    let point = &record.timeline[59];
    let shown = report.shown("#charts figure:nth-child(3) .key .value");
    assert_eq!(shown, point.users.to_string());
    assert!(
        !report
            .shown("#charts figure:nth-child(1) .key")
            .contains("max")
    );
    // Away from the charts it is gone.
    report.point((5.0, 5.0));
    assert_eq!(report.count(".cursor"), 0);
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn keys_move_the_crosshair_and_zoom() {
    let mut report = report();
    let plot = "document.querySelector('#charts .plot')";
    let whole = report.evaluate(AXES);
    report.evaluate(&format!("{plot}.focus()"));
    report.press("Home");
    report.press("ArrowRight");
    let said = report.text(&format!("{plot}.getAttribute('aria-valuetext')"));
    assert!(said.starts_with("2s · 06:45:45Z: Requests/s "), "{said}");
    report.press("+");
    assert_ne!(report.evaluate(AXES), whole);
    report.press("-");
    assert_eq!(report.evaluate(AXES), whole);
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_gap_in_the_measurements_is_a_gap_in_the_line() {
    let mut report = report();
    let path = report.text(&format!(
        "document.querySelector({P95:?}).getAttribute('d')"
    ));
    assert_eq!(path.matches('M').count(), 2, "{path}");
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn stages_moments_and_the_generators_bad_seconds_are_drawn_behind_the_lines() {
    let mut report = report();
    let names = report
        .text("[...document.querySelectorAll('.stage')].map((node) => node.textContent).join()");
    assert_eq!(names, "10 users,to 20 users,to 10 users");
    let charts = report.count("#charts .plot");
    assert_eq!(report.count("#charts .shade"), charts);
    assert!(
        report
            .shown(".limits")
            .contains("the load generator was the bottleneck")
    );
    let marks = report.text("[...document.querySelectorAll('#charts figure:first-child .mark title')].map((node) => node.textContent).join()");
    assert_eq!(
        marks,
        "30s: users 10 → 11,1m1s: broken: p95 < 200ms on POST /query"
    );
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_logarithmic_axis_spreads_short_times() {
    let mut report = report();
    let labels = "[...document.querySelectorAll('#charts figure:nth-child(2) text[text-anchor=end]')].map((node) => node.textContent).join()";
    assert!(report.text(labels).starts_with("0 "));
    report.click("#charts figure:nth-child(2) .tool");
    assert!(!report.text(labels).starts_with("0 "));
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_marks_of_a_histogram_name_the_times_they_stand_at() {
    let mut report = report();
    let labels = report.text(
        "[...document.querySelectorAll('#together-charts figure:first-child text[text-anchor=middle]')]\
         .map((node) => node.textContent).join()",
    );
    assert_eq!(labels, "1ms,10ms,100ms,1s");
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn distributions_and_scatter_plots_say_what_is_pointed_at() {
    let mut report = report();
    let middle = report.middle("#together-charts figure:nth-child(1) .plot");
    report.point(middle);
    let said = report.shown("#together-charts figure:nth-child(1) .said");
    assert!(
        said.contains(" to ") && said.contains("successful"),
        "{said}"
    );
    report.evaluate("document.querySelector('#together-charts figure:nth-child(2) .plot').focus()");
    report.press("ArrowRight");
    let said = report.shown("#together-charts figure:nth-child(2) .said");
    assert!(said.starts_with("0% of successful within "), "{said}");
    let at = place(&mut report, 0.5);
    report.point(at);
    let said = report
        .text("document.querySelector('#together-charts figure:nth-child(3) .said').textContent");
    assert!(said.ends_with("after 1m"), "{said}");
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_chart_takes_more_data_while_it_is_shown() {
    let mut report = report();
    report.evaluate(
        "globalThis.live = new Charts.Timeline({ to: 2 }); \
         globalThis.chart = live.add(document.querySelector('main'), { title: 'Live', unit: 'rate', \
         x: [1, 2], series: [{ name: 'now', kind: 'all', y: [5, 7] }] }); chart.figure.id = 'live'",
    );
    let read = |report: &mut Report| {
        let path =
            report.text("document.querySelector('#live path[data-series]').getAttribute('d')");
        (path.matches('L').count(), report.shown("#live .value"))
    };
    assert_eq!(read(&mut report), (1, "max 7.00/s".to_owned()));
    report.evaluate(
        "chart.update({ x: [1, 2, 3], series: [{ name: 'now', kind: 'all', y: [5, 7, 9] }] }); \
         live.update({ to: 3 })",
    );
    assert_eq!(read(&mut report), (2, "max 9.00/s".to_owned()));
    report.ends_well();
}

//! How the page looks: in the dark, on a phone, on paper, without scripts.

use crate::output::fixture;
use crate::output::long_run::LongRun;

use super::Report;

#[test]
#[ignore = "scripts/test.sh runs it"]
fn nothing_scrolls_sideways_on_a_phone_but_tables() {
    let mut report = Report::of(&fixture::run().record);
    for width in [320, 390, 768] {
        report.size(width, 800);
        report.until("document.querySelector('#charts .plot').clientWidth < innerWidth");
        let wide = report.number("document.documentElement.scrollWidth");
        assert!(wide <= f64::from(width), "{wide} of {width}");
        report.click("#endpoint-table .opener");
        let wide = report.number("document.documentElement.scrollWidth");
        assert!(
            wide <= f64::from(width),
            "an endpoint open: {wide} of {width}"
        );
        let panel = report.number("document.querySelector('.panel .pairs').clientWidth");
        assert!(panel <= f64::from(width), "its charts: {panel} of {width}");
        report.click("#endpoint-table .opener");
    }
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn on_a_small_screen_the_tables_of_answers_fit_and_nothing_touches() {
    let mut report = Report::of(&fixture::run().record);
    report.size(1100, 800);
    report.until("document.querySelector('#charts .plot').clientWidth < 1100");
    let wide = report.number("document.documentElement.scrollWidth");
    assert!(wide <= 1100.0, "{wide}");
    let hidden = report.number(
        "Math.max(...[...document.querySelectorAll('.answer-table')].map((table) => \
         table.parentElement).map((card) => card.scrollWidth - card.clientWidth))",
    );
    assert!(hidden <= 0.0, "{hidden} pixels have to be scrolled to");
    let apart = report.number(
        "Math.min(...[...document.querySelectorAll('section:has(> .pairs) > :is(.card, .pairs)')] \
         .filter((part) => part.previousElementSibling.matches('.card, .pairs')).map((part) => \
         part.getBoundingClientRect().top - part.previousElementSibling.getBoundingClientRect().bottom))",
    );
    assert!(apart >= 8.0, "{apart} pixels between a table and charts");
    let off = report.number(
        "Math.max(...[...document.querySelectorAll('.pairs .tool')].map((tool) => Math.abs( \
         tool.getBoundingClientRect().top \
         - tool.closest('figcaption').firstChild.getBoundingClientRect().top)))",
    );
    assert!(off < 12.0, "a switch stands {off} pixels from its title");
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_answers_have_their_figures_in_their_own_section_by_their_names() {
    let mut report = Report::of(&fixture::run().record);
    let phases = report.shown("#measures");
    assert!(
        phases.contains("waiting") && !phases.contains("ttft"),
        "{phases}"
    );
    let figures = report.shown("#answer-figures");
    for name in [
        "TTFB\t",
        "Time to sources\t",
        "TTFT\t",
        "Inter-chunk gap\t",
        "Source count\t",
    ] {
        assert!(figures.contains(name), "{name}: {figures}");
    }
    assert!(
        !figures.contains("retrieval"),
        "stages have a table: {figures}"
    );
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_dark_is_dark_by_the_systems_wish_and_by_the_button() {
    let mut report = Report::of(&fixture::run().record);
    let ground = "getComputedStyle(document.body).backgroundColor";
    report.media("", "light");
    let light = report.text(ground);
    let picture = report.screenshot();
    report.media("", "dark");
    let dark = report.text(ground);
    assert_ne!(light, dark);
    assert_ne!(picture, report.screenshot());
    report.click("nav button");
    assert_eq!(
        report.text(ground),
        light,
        "the button goes before the system"
    );
    report.click("nav button");
    assert_eq!(report.text(ground), dark);
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn paper_is_white_and_has_the_verdict_and_the_charts_but_no_buttons() {
    let mut report = Report::of(&fixture::run().record);
    let pdf = report.pdf();
    assert!(
        pdf.starts_with(b"%PDF") && pdf.len() > 50_000,
        "{} bytes",
        pdf.len()
    );
    report.media("print", "dark");
    let ground = report.text("getComputedStyle(document.body).backgroundColor");
    assert_eq!(ground, "rgb(255, 255, 255)");
    let visible =
        |selector: &str| format!("document.querySelector('{selector}').checkVisibility()");
    for shown in [".verdict", "#charts .plot", "#endpoint-table"] {
        assert_eq!(report.text(&visible(shown)), "true", "{shown}");
    }
    for hidden in ["nav", ".tool", ".above"] {
        assert_eq!(report.text(&visible(hidden)), "false", "{hidden}");
    }
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn without_scripts_the_page_is_whole_and_its_charts_stand_still() {
    let mut report = Report::closed(&fixture::run().record);
    report.scripts(false);
    report.open("");
    report.scripts(true);
    assert!(report.shown(".verdict").contains("FAILED"));
    assert_eq!(report.count("#charts .still .box path"), 10);
    assert!(report.shown(".unscripted").contains("Scripts are blocked"));
    assert_eq!(report.count("button"), 0, "no button that does nothing");
    report.ends_well();
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn no_label_is_cut_off_and_no_chart_leaves_its_card() {
    let run = LongRun {
        endpoints: 3,
        seconds: 14_400,
        rate: 5,
    };
    let mut report = Report::of(&run.record());
    for width in [360, 1280] {
        report.size(width, 900);
        report.until(&format!(
            "document.querySelector('#charts .plot').clientWidth < {width}"
        ));
        let outside = report.text(
            "[...document.querySelectorAll('.chart text')].filter((node) => { \
             const [text, card] = [node.getBoundingClientRect(), node.closest('figure').getBoundingClientRect()]; \
             return text.left < card.left || text.right > card.right || text.bottom > card.bottom; \
             }).map((node) => node.textContent).join()",
        );
        assert_eq!(outside, "", "at {width}");
    }
    report.ends_well();
}

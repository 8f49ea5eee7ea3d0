//! The report: one self-contained HTML page made from a run's record.
//!
//! No network, no font from elsewhere, no script but our own. Every text goes through the
//! template's escaping; what does not, the script and its data, is `inert`'s. Where scripts are
//! blocked the page is whole all the same: its charts stand still. Must not know files.

mod answer_columns;
mod answers;
mod axis;
mod chart;
mod charts;
mod columns;
mod data;
mod distribution;
mod failures;
mod generator;
mod inert;
mod limits;
mod page;
mod run_card;
mod sections;
mod stretches;

use std::time::Duration;

use askama::Template;

use crate::event::RunRecord;
use crate::model::python_repr::float_repr;

/// What stands where there is no figure.
const MISSING: &str = "–";

/// The page.
#[must_use]
pub fn render(record: &RunRecord) -> String {
    page::Page::of(record)
        .render()
        .expect("the page is rendered into memory")
}

/// The file name with Locust's placeholders filled in: `{u}` users, `{r}` spawn rate, `{t}` run
/// time in seconds; one stays where its value is not known.
#[must_use]
pub fn file_name(
    pattern: &str,
    users: Option<u32>,
    spawn_rate: Option<f64>,
    run_time: Option<Duration>,
) -> String {
    let number = |value: f64| float_repr(value).trim_end_matches(".0").to_owned();
    let values = [
        ("{u}", users.map(|users| users.to_string())),
        ("{r}", spawn_rate.map(number)),
        ("{t}", run_time.map(|time| number(time.as_secs_f64()))),
    ];
    (values.into_iter()).fold(pattern.to_owned(), |name, (mark, value)| match value {
        Some(value) => name.replace(mark, &value),
        None => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_the_file_name_are_filled_in_as_locust_does() {
        let minute = Some(Duration::from_secs(60));
        let name = file_name("r_{u}_{r}_{t}.html", Some(10), Some(1.5), minute);
        assert_eq!(name, "r_10_1.5_60.html");
        assert_eq!(file_name("{u}-{t}", Some(7), Some(2.0), None), "7-{t}");
    }
}

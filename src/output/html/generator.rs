//! Whether the load generator kept up, in a sentence.
//!
//! Must not know how it was measured.

use std::time::Duration;

use crate::event::{Generator, RunRecord};
use crate::model::units::{format_count, format_duration, format_time};
use crate::output::figures::{bytes, percent};

/// What is said of the load generator.
pub(super) struct GeneratorView {
    pub(super) limited: bool,
    pub(super) word: &'static str,
    pub(super) sentence: String,
}

pub(super) fn view(record: &RunRecord) -> GeneratorView {
    let known = record.timeline.iter().filter_map(|point| point.generator);
    let Some(worst) = known.reduce(Generator::worst) else {
        return GeneratorView {
            limited: false,
            word: "Not known.",
            sentence: "The run record does not say how the load generator was doing.".to_owned(),
        };
    };
    let figures = figures(&worst);
    let limited = limited(record);
    if limited.is_zero() {
        return GeneratorView {
            limited: false,
            word: "It kept up.",
            sentence: format!("Response times are the target's: {figures}."),
        };
    }
    let limited = format_duration(Duration::from_secs(limited.as_secs().max(1)));
    GeneratorView {
        limited: true,
        word: "It was the bottleneck",
        sentence: format!(
            "for {limited}, shaded in the charts: response times of these seconds are partly its \
             own. At its worst: {figures}. Fewer users, more cores or more machines help."
        ),
    }
}

fn figures(worst: &Generator) -> String {
    let cpu = worst
        .cpu
        .map(|share| format!("{} of one core in use", percent(share)));
    let busy = worst
        .busy
        .map(|share| format!("its busiest thread at work {} of the time", percent(share)));
    let lag = Some(format!("timers up to {} late", format_time(worst.lag)));
    let memory = worst
        .memory
        .map(|size| format!("{} of memory", bytes(size as f64)));
    let open = worst
        .open_files
        .map(|count| format!("{} files and connections open", format_count(count)));
    let figures = [cpu, busy, lag, memory, open];
    let figures: Vec<String> = figures.into_iter().flatten().collect();
    figures.join(", ")
}

/// For how long it was the bottleneck.
fn limited(record: &RunRecord) -> Duration {
    let starts = std::iter::once(crate::model::Offset::ZERO)
        .chain(record.timeline.iter().map(|point| point.at));
    (record.timeline.iter().zip(starts))
        .filter(|(point, _)| point.generator.is_some_and(|generator| generator.limited))
        .map(|(point, start)| point.at.since(start))
        .sum()
}

//! What the progress line says, and what is left out where it would not fit.
//!
//! Must not know streams.

use std::time::Duration;

use crate::event::{Phase, Tick};
use crate::model::units::{format_duration, format_time};
use crate::output::console::style::{Style, cut};
use crate::output::figures::{percent, rate};

/// Cells of the bar.
const BAR: usize = 10;

/// A part of the line that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Bar,
    Median,
    Target,
    Exceptions,
    P95,
    Rate,
    Users,
    TimeLeft,
    FailureCount,
    Time,
}

/// The parts in the order in which they go where the line is narrow. The share of failures stays.
const FIRST_TO_GO: [Part; 10] = [
    Part::Bar,
    Part::Median,
    Part::Target,
    Part::Exceptions,
    Part::P95,
    Part::Rate,
    Part::Users,
    Part::TimeLeft,
    Part::FailureCount,
    Part::Time,
];

/// The line on a terminal of this width: what matters least goes first where it is narrow.
#[must_use]
pub fn redrawn(tick: &Tick, width: usize, style: Style) -> String {
    let mut line = String::new();
    for gone in 0..=FIRST_TO_GO.len() {
        let kept = Kept(&FIRST_TO_GO[gone..]);
        let bar = share_done(tick)
            .filter(|_| kept.has(Part::Bar))
            .map(|share| style.bar(share, BAR));
        let time = kept.has(Part::Time).then(|| time(tick, kept));
        let parts: Vec<String> = bar
            .into_iter()
            .chain(time)
            .chain(figures(tick, kept))
            .collect();
        line = style.spelt_line(&parts);
        if line.chars().count() <= width {
            return line;
        }
    }
    cut(&line, width, style)
}

/// The line in a log.
#[must_use]
pub fn written(tick: &Tick, style: Style) -> String {
    let all = Kept(&FIRST_TO_GO);
    let mut line = style.spelt(&time(tick, all));
    line.push_str(": ");
    line.push_str(&style.spelt(&figures(tick, all).join(", ")));
    line
}

/// The parts that are shown.
#[derive(Clone, Copy)]
struct Kept<'p>(&'p [Part]);

impl Kept<'_> {
    fn has(self, part: Part) -> bool {
        self.0.contains(&part)
    }
}

impl Style {
    /// The parts on one line, set apart by space: the bar is already in the right characters.
    fn spelt_line(self, parts: &[String]) -> String {
        self.spelt(&parts.join("  "))
    }
}

fn is_ending(tick: &Tick) -> bool {
    matches!(tick.phase, Phase::Stopping | Phase::Stopped)
}

fn users(count: u32) -> String {
    format!("{count} user{}", if count == 1 { "" } else { "s" })
}

fn time(tick: &Tick, kept: Kept<'_>) -> String {
    let mut elapsed = whole_seconds(tick.snapshot.at.elapsed());
    if tick.paused {
        elapsed.push_str(", paused");
    }
    match (tick.phase, tick.ends_at) {
        (Phase::Stopping, _) if kept.has(Part::Users) => {
            format!("{elapsed}, stopping, {} left", users(tick.snapshot.users))
        }
        (Phase::Stopping, _) => format!("{elapsed}, stopping"),
        (Phase::Stopped, _) => format!("{elapsed}, stopped"),
        (Phase::Spawning | Phase::Running, Some(end)) if kept.has(Part::TimeLeft) => {
            let left = end.since(tick.snapshot.at);
            format!("{elapsed}, {} left", whole_seconds(left))
        }
        (Phase::Spawning | Phase::Running, _) => elapsed,
    }
}

/// To the nearest second: ticks are some milliseconds off.
fn whole_seconds(time: Duration) -> String {
    let rounded = time.saturating_add(Duration::from_millis(500));
    format_duration(Duration::from_secs(rounded.as_secs()))
}

/// The figures that are kept, in the order they are read in.
fn figures(tick: &Tick, kept: Kept<'_>) -> Vec<String> {
    let all = &tick.snapshot.aggregated;
    let mut parts = Vec::new();
    // While users are leaving there is no number of them to reach.
    if kept.has(Part::Users) && !is_ending(tick) {
        parts.push(match (tick.snapshot.users, tick.target_users) {
            (now, target) if now != target && kept.has(Part::Target) => {
                format!("{now}/{}", users(target))
            }
            (now, _) => users(now),
        });
    }
    if kept.has(Part::Rate) {
        parts.push(format!("{} req/s", rate(all.current.rps)));
    }
    if let Some(values) = all.current.percentiles {
        let shown = [
            (Part::Median, "p50", values[0]),
            (Part::P95, "p95", values[5]),
        ];
        let shown = shown.iter().filter(|(part, _, _)| kept.has(*part));
        parts.extend(shown.map(|(_, name, value)| format!("{name} {}", format_time(*value))));
    }
    parts.push(match all.fail_ratio() {
        Some(ratio) if all.failures > 0 && kept.has(Part::FailureCount) => {
            format!("{} failed ({})", percent(ratio), all.failures)
        }
        Some(ratio) if all.failures > 0 => format!("{} failed", percent(ratio)),
        Some(_) => "0% failed".to_owned(),
        None => "no answer yet".to_owned(),
    });
    let exceptions: u64 = tick.snapshot.exceptions.iter().map(|row| row.count).sum();
    if exceptions > 0 && kept.has(Part::Exceptions) {
        let plural = if exceptions == 1 { "" } else { "s" };
        parts.push(format!("{exceptions} exception{plural}"));
    }
    parts
}

/// None while the run is ending: the end it was going to has no meaning any more.
fn share_done(tick: &Tick) -> Option<f64> {
    let end = tick.ends_at.filter(|_| !is_ending(tick))?.as_secs_f64();
    (end > 0.0).then(|| (tick.snapshot.at.as_secs_f64() / end).min(1.0))
}

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

/// The line on a terminal of this width: what matters least goes first where it is narrow.
#[must_use]
pub fn redrawn(tick: &Tick, width: usize, style: Style) -> String {
    let mut parts = vec![time(tick)];
    parts.extend(figures(tick));
    // The bar goes first, then what stands last; the time stays.
    let bar = share_done(tick).map(|share| style.bar(share, BAR));
    let with_bar: Vec<String> = bar.into_iter().chain(parts.iter().cloned()).collect();
    let mut candidates = vec![with_bar];
    for kept in (1..=parts.len()).rev() {
        candidates.push(parts[..kept].to_vec());
    }
    let mut lines = candidates.iter().map(|parts| style.spelt_line(parts));
    let shortest = lines.next_back().unwrap_or_default();
    lines
        .find(|line| line.chars().count() <= width)
        .unwrap_or_else(|| cut(&shortest, width, style))
}

/// The line in a log.
#[must_use]
pub fn written(tick: &Tick, style: Style) -> String {
    let mut line = style.spelt(&time(tick));
    line.push_str(": ");
    line.push_str(&style.spelt(&figures(tick).join(", ")));
    line
}

impl Style {
    /// The parts on one line, set apart by space: the bar is already in the right characters.
    fn spelt_line(self, parts: &[String]) -> String {
        self.spelt(&parts.join("  "))
    }
}

fn time(tick: &Tick) -> String {
    let elapsed = whole_seconds(tick.snapshot.at.elapsed());
    let stopping = match tick.phase {
        Phase::Stopping => ", stopping",
        Phase::Stopped => ", stopped",
        Phase::Spawning | Phase::Running => "",
    };
    match tick.ends_at {
        Some(end) if stopping.is_empty() => {
            let left = end.since(tick.snapshot.at);
            format!("{elapsed}, {} left", whole_seconds(left))
        }
        _ => format!("{elapsed}{stopping}"),
    }
}

/// To the nearest second: ticks are some milliseconds off.
fn whole_seconds(time: Duration) -> String {
    let rounded = time.saturating_add(Duration::from_millis(500));
    format_duration(Duration::from_secs(rounded.as_secs()))
}

/// The figures, those that matter most first.
fn figures(tick: &Tick) -> Vec<String> {
    let all = &tick.snapshot.aggregated;
    let users = match (tick.snapshot.users, tick.target_users) {
        (users, target) if users == target => format!("{users} users"),
        (users, target) => format!("{users}/{target} users"),
    };
    let mut parts = vec![users, format!("{} req/s", rate(all.current.rps))];
    let failed = match all.fail_ratio() {
        Some(ratio) if all.failures > 0 => {
            format!("{} failed ({})", percent(ratio), all.failures)
        }
        Some(_) => "0% failed".to_owned(),
        None => "no answer yet".to_owned(),
    };
    parts.push(failed);
    if let Some(values) = all.current.percentiles {
        parts.insert(2, format!("p50 {}", format_time(values[0])));
        parts.insert(3, format!("p95 {}", format_time(values[5])));
    }
    let exceptions: u64 = tick.snapshot.exceptions.iter().map(|row| row.count).sum();
    if exceptions > 0 {
        let plural = if exceptions == 1 { "" } else { "s" };
        parts.push(format!("{exceptions} exception{plural}"));
    }
    parts
}

fn share_done(tick: &Tick) -> Option<f64> {
    let end = tick.ends_at?.as_secs_f64();
    (end > 0.0).then(|| (tick.snapshot.at.as_secs_f64() / end).min(1.0))
}

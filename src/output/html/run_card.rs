//! What a run was and came to, as texts for the top of the page.
//!
//! Must not know how they are laid out.

use std::time::Duration;

use crate::event::{Ending, RunRecord, StopReason};
use crate::model::units::{format_count, format_duration, format_time};
use crate::output::answers::{cost, draws};
use crate::output::figures::{percent, rate};
use crate::output::limits::SENT_AGAIN;
use crate::output::utc;

use super::MISSING;

/// A figure at the top of the page.
pub(super) struct Tile {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) note: String,
}

/// A line of the run's card.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
}

pub(super) fn tiles(record: &RunRecord) -> Vec<Tile> {
    let all = &record.aggregated.row;
    let missing = || MISSING.to_owned();
    let percentile = |index: usize| {
        all.percentiles
            .map_or_else(missing, |values| format_time(values[index]))
    };
    let failed = match all.failures {
        0 => "none".to_owned(),
        failures => format!("{} failed", format_count(failures)),
    };
    // Of which requests the times are, where not of all alike.
    let whose = if all.failures > 0 {
        "failed included"
    } else {
        ""
    };
    let longest = all
        .max
        .map_or_else(String::new, |max| format!("max {}", format_time(max)));
    let ratio = all.fail_ratio().map_or_else(missing, percent);
    let per_second = format!("{}/s", rate(all.rps));
    let mut tiles = vec![
        tile("Requests", format_count(all.requests), &per_second),
        tile("Failures", ratio, &failed),
        tile("Median", percentile(0), whose),
        tile("p95", percentile(5), whose),
        tile("p99", percentile(7), &longest),
        tile(
            "Users",
            format_count(u64::from(record.peak_users)),
            "at most",
        ),
    ];
    let seldom = [
        ("Rate limited", all.rate_limited, "status 429"),
        ("Retries", all.retries, SENT_AGAIN),
        ("Cut off", all.interrupted, "by the run's end"),
    ];
    for (label, count, note) in seldom {
        if count > 0 {
            tiles.push(tile(label, format_count(count), note));
        }
    }
    tiles
}

fn tile(label: &'static str, value: String, note: &str) -> Tile {
    Tile {
        label,
        value,
        note: note.to_owned(),
    }
}

pub(super) fn facts(record: &RunRecord) -> Vec<Fact> {
    let ended = record.started_unix.saturating_add(record.duration);
    let whole_seconds = Duration::from_secs(record.duration.as_secs());
    let fact = |label, value| Fact { label, value };
    let mut facts = vec![
        fact("Scenario", record.scenario.clone()),
        fact("Target", record.host.clone()),
        fact("Started", utc::readable(record.started_unix)),
        fact(
            "Ended",
            format!("{}, {}", utc::readable(ended), ending(&record.ending)),
        ),
        fact("Duration", format_duration(whole_seconds)),
        fact("Peak users", format_count(u64::from(record.peak_users))),
        fact("Seed", record.seed.to_string()),
        fact("ragload", record.ragload_version.clone()),
    ];
    let drawn = record.data.iter().filter(|data| data.draws > 0);
    facts.extend(drawn.map(|data| fact("Data", draws(data))));
    facts.extend(record.cost.iter().map(|spent| fact("Cost", cost(spent))));
    facts
}

fn ending(ending: &Ending) -> String {
    match ending {
        Ending::Completed => "completed".to_owned(),
        Ending::Stopped(StopReason::Interrupt) => "Ctrl+C".to_owned(),
        Ending::Stopped(StopReason::Terminate) => "SIGTERM".to_owned(),
        Ending::Stopped(StopReason::Requested) => "stopped on request".to_owned(),
        Ending::StopIf(condition) => format!("stop_if {condition}"),
        Ending::Budget(spent) => spent.clone(),
        Ending::Threshold(condition) => format!("threshold {condition}"),
        Ending::NoUsers => "no user left".to_owned(),
        Ending::ThreadLost => "a load thread died".to_owned(),
        Ending::Unfinished => "still running".to_owned(),
    }
}
